// Judges a credential and its status lists with code of others: jose, ajv, jsonld and vc-bitstring-status-list from npm.
// Reads a case as JSON on standard input, writes what each judge says; "ok" means that it accepts. Nothing is fetched.
import {readFileSync} from 'node:fs';
import {compactVerify, createLocalJWKSet, decodeProtectedHeader, importJWK, jwtVerify} from 'jose';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import jsonld from 'jsonld';
import {checkStatus} from '@digitalbazaar/vc-bitstring-status-list';
import {named} from '@digitalbazaar/credentials-context';

const given = JSON.parse(readFileSync(0, 'utf8'));
const contexts = new Map([[named.get('v2').id, named.get('v2').context]]);
for(const [url, text] of Object.entries(given.contexts)) {
  contexts.set(url, JSON.parse(text));
}
const options = {typ: 'vc+jwt', algorithms: ['ES256'], currentDate: new Date(given.now)};

async function signatures(token) {
  await jwtVerify(token, createLocalJWKSet(given.keySet), options);
  const {kid} = decodeProtectedHeader(token);
  const method = given.didDocument.verificationMethod.find(one => one.id === kid);
  if(!method || !given.didDocument.assertionMethod.includes(kid)) {
    throw new Error(`${kid} does not vouch`);
  }
  const {payload} = await compactVerify(token, await importJWK(method.publicKeyJwk), {algorithms: ['ES256']});
  return JSON.parse(new TextDecoder().decode(payload));
}

async function documentLoader(url) {
  if(!contexts.has(url)) {
    throw new Error(`nothing is fetched: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts.get(url)};
}

const peek = token => JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
const expands = document => jsonld.expand(document, {documentLoader, safe: true});
const loadList = async url => ({document: peek(given.lists[url])});

async function bits(credential) {
  const found = {};
  for(const token of Object.values(given.lists)) {
    await expands(await signatures(token));
  }
  for(const entry of [credential.credentialStatus, credential.revocationStatus ?? []].flat()) {
    const result = await checkStatus({
      credential: {...credential, credentialStatus: entry}, documentLoader: loadList,
      verifyBitstringStatusListCredential: false
    });
    if(!result.verified) {
      throw result.error;
    }
    found[entry.statusPurpose] = result.results[0].status;
  }
  return found;
}

async function says(judge) {
  try {
    return await judge() ?? 'ok';
  } catch(error) {
    return `refused: ${error.message} ${JSON.stringify(error.details?.event?.details ?? '')}`;
  }
}

const document = peek(given.credential);
const ajv = new Ajv({strict: false, allErrors: true});
addFormats(ajv);
const validate = ajv.compile(given.schema);
const verdict = {
  jose: await says(async () => { await signatures(given.credential); }),
  ajv: await says(() => {
    if(!validate(document)) {
      throw new Error(ajv.errorsText(validate.errors));
    }
  }),
  jsonld: await says(async () => { await expands(document); }),
  status: await says(() => bits(document))
};
console.log(JSON.stringify(verdict));
