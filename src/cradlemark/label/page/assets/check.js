/* Checks a label in the browser, with its own cryptography only: signature of the credential (ES256 or Ed25519), record against
   credential, state against the signed status lists, and the entry against the signed checkpoint of the log (RFC 6962 hashes).
   Keys come from the server of this page; whoever wants to know better checks with the trust file and the command. */
(() => {
  "use strict";
  const section = document.getElementById("check");
  if (!section) return;
  const { root, number, did, keys: keysPath, base } = section.dataset;
  const words = section.querySelector("template").content;
  const LARGEST_LIST = 2 ** 21, LEEWAY = 300, CONTROL = /[\u0000-\u0009\u000b-\u001f]/;

  /* Why a check does not hold ("fails") or could not be made ("open"); `why` names the words for it. */
  class Doubt extends Error {
    constructor(why, outcome = "fails", detail = "") { super(why); Object.assign(this, { why, outcome, detail }); }
  }
  const demand = (good, why, detail) => { if (!good) throw new Doubt(why, "fails", detail); };
  const bytesOf = (text) => new TextEncoder().encode(text);
  const textOf = (bytes) => {
    try { return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes); } catch { throw new Doubt("malformed"); }
  };
  const objectOf = (bytes) => {
    try { const found = JSON.parse(textOf(bytes)); if (found && typeof found === "object") return found; } catch { /* below */ }
    throw new Doubt("malformed");
  };
  const same = (one, other) => one.length === other.length && one.every((byte, place) => byte === other[place]);
  const joined = (...parts) => new Uint8Array(parts.flatMap((part) => [...part]));
  const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

  /* Base64 in the one way of writing that a content has, so that no bit of the text can change unseen. */
  function decoded(text, url = false) {
    const plain = url ? text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4) : text;
    demand(url ? /^[\w-]*$/.test(text) : /^[\w+/]*={0,2}$/.test(text) && !text.includes("_"), "malformed");
    let binary;
    try { binary = atob(plain); } catch { throw new Doubt("malformed"); }
    demand(btoa(binary) === plain, "malformed");
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  }

  /* ---- files ---------------------------------------------------------------------------------------------------------- */
  let fetched = new Map();
  function file(path) {
    if (!fetched.has(path)) fetched.set(path, load(new URL(path, document.baseURI)));
    return fetched.get(path);
  }
  async function load(address) {
    let answer;
    try { answer = await fetch(address, { cache: "no-cache", credentials: "omit" }); } catch { throw new Doubt("missing", "open"); }
    if (!answer.ok) throw new Doubt("missing", "open");
    return new Uint8Array(await answer.arrayBuffer());
  }

  /* ---- credentials ---------------------------------------------------------------------------------------------------- */
  async function verified(path) {
    const parts = textOf(await file(path)).trim().split(".");
    demand(parts.length === 3, "malformed");
    const [head, body, signature] = parts.map((part) => decoded(part, true));
    const header = objectOf(head), document_ = objectOf(body);
    demand(header.typ === "vc+jwt" && !["crit", "b64", "zip", "enc"].some((name) => name in header), "malformed");
    const issuer = typeof document_.issuer === "string" ? document_.issuer : document_.issuer?.id;
    demand(issuer === did, "issuer");
    const jwk = await keyOf(header);
    const elliptic = jwk.kty === "EC" && jwk.crv === "P-256";
    demand(elliptic ? header.alg === "ES256" : jwk.crv === "Ed25519" && ["Ed25519", "EdDSA"].includes(header.alg), "key");
    const kind = elliptic ? { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } : { name: "Ed25519" };
    const { kty, crv, x, y } = jwk;
    const key = await imported("jwk", elliptic ? { kty, crv, x, y } : { kty, crv, x }, kind);
    demand(await crypto.subtle.verify(kind, key, signature, bytesOf(`${parts[0]}.${parts[1]}`)), "signature");
    return { header, document: document_ };
  }
  async function imported(form, material, kind) {
    try { return await crypto.subtle.importKey(form, material, kind, false, ["verify"]); } catch (error) {
      if (error.name === "NotSupportedError") throw new Doubt("ed25519", "open");
      throw new Doubt("malformed");
    }
  }
  /* The key has to vouch in the DID document, be the same in the key set, and have been in use when it signed. */
  async function keyOf(header) {
    const controller = objectOf(await file(root + keysPath)), set = objectOf(await file(`${root}jwks.json`));
    demand(controller.id === did && (controller.assertionMethod ?? []).includes(header.kid), "key");
    const method = (controller.verificationMethod ?? []).find((one) => one.id === header.kid);
    const listed = (set.keys ?? []).find((one) => one.kid === header.kid);
    demand(method?.publicKeyJwk && !method.revoked && listed, "key");
    demand(["kty", "crv", "x", "y"].every((name) => method.publicKeyJwk[name] === listed[name]), "key");
    const { nbf = 0, exp = Infinity } = listed;
    demand(!("iat" in header) || (header.iat >= nbf - LEEWAY && header.iat <= exp + LEEWAY), "key_time");
    return method.publicKeyJwk;
  }
  const credential = async () => (await verified("credential.jwt")).document;
  const entriesOf = (document_) => [document_.credentialStatus, document_.revocationStatus].flat().filter(Boolean);

  async function unpacked(encoded) {
    demand(typeof encoded === "string" && encoded.startsWith("u"), "malformed");
    if (!("DecompressionStream" in window)) throw new Doubt("gzip", "open");
    const packed = new Blob([decoded(encoded.slice(1), true)]).stream();
    const reader = packed.pipeThrough(new DecompressionStream("gzip")).getReader();
    const chunks = [];
    let size = 0;
    try {
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        size += part.value.length;
        demand(size <= LARGEST_LIST, "malformed");
        chunks.push(part.value);
      }
    } catch { throw new Doubt("malformed"); }
    return new Uint8Array(await new Blob(chunks).arrayBuffer());
  }
  async function status(purpose) {
    const document_ = await after(credential);
    const place = entriesOf(document_).find((one) => one.statusPurpose === purpose);
    const address = String(place?.statusListCredential ?? "");
    demand(place && address.startsWith(`${base}/`), "malformed");
    const list = (await verified(root + address.slice(base.length + 1))).document;
    demand(list.id === address && list.credentialSubject?.statusPurpose === purpose, "malformed");
    const bits = await unpacked(list.credentialSubject.encodedList), index = Number(place.statusListIndex);
    demand(Number.isInteger(index) && index >= 0 && index < bits.length * 8, "malformed");
    demand(!(bits[index >> 3] & (0x80 >> (index & 7))), "set");
    return list.validFrom;
  }

  /* ---- the log -------------------------------------------------------------------------------------------------------- */
  async function proof() {
    const text = textOf(await file("label.tlog-proof")), gap = text.indexOf("\n\n");
    demand(gap > 0, "malformed");
    const lines = text.slice(0, gap).split("\n");
    demand(lines.shift() === "c2sp.org/tlog-proof@v1", "malformed");
    if (lines[0]?.startsWith("extra ")) lines.shift();
    const index = /^index (0|[1-9]\d{0,14})$/.exec(lines.shift() ?? "");
    demand(index && lines.length <= 63, "malformed");
    const hashes = lines.map((line) => decoded(line));
    demand(hashes.every((hash) => hash.length === 32), "malformed");
    return { index: Number(index[1]), hashes, ...noteOf(text.slice(gap + 2)) };
  }
  /* A signed note (C2SP signed-note) that holds a checkpoint: origin, size, root. */
  function noteOf(note) {
    const cut = note.lastIndexOf("\n\n");
    demand(cut > 0 && note.endsWith("\n") && !CONTROL.test(note), "malformed");
    const body = note.slice(0, cut + 1), [origin, size, rootHash] = body.split("\n");
    demand(/^(0|[1-9]\d{0,14})$/.test(size), "malformed");
    const signatures = note.slice(cut + 2, -1).split("\n").map((line) => {
      const found = /^— (\S+) (\S+)$/.exec(line);
      demand(found, "malformed");
      const value = decoded(found[2]);
      return { name: found[1], id: hex(value.slice(0, 4)), value: value.slice(4) };
    });
    return { body, origin, size: Number(size), root: decoded(rootHash), signatures };
  }
  /* A key like name+0123abcd+base64, whose second part is made from the others. */
  async function noteKey(text) {
    const [name, id, ...rest] = String(text).split("+"), material = decoded(rest.join("+"));
    const expected = hex((await sha256(joined(bytesOf(`${name}\n`), material))).slice(0, 4));
    demand(material.length === 33 && id === expected, "key");
    return { name, id, kind: material[0], raw: material.slice(1) };
  }
  /* Whether a key signed a note: 1 is a plain signature, 4 that of a witness over the note and the time. */
  async function signed(note, key) {
    const line = note.signatures.find((one) => one.name === key.name && one.id === key.id);
    if (!line) return false;
    const raw = await imported("raw", key.raw, { name: "Ed25519" });
    const time = key.kind === 4 ? line.value.slice(0, 8).reduce((sum, byte) => sum * 256 + byte, 0) : 0;
    const body = key.kind === 4 ? `cosignature/v1\ntime ${time}\n${note.body}` : note.body;
    demand(await crypto.subtle.verify({ name: "Ed25519" }, raw, key.kind === 4 ? line.value.slice(8) : line.value, bytesOf(body)), "signature");
    return true;
  }
  const trust = async () => objectOf(await file(`${root}trust.json`));

  /* RFC 9162, section 2.1.3.2; numbers stay below 2^53, so halves are exact. */
  async function rootFrom(leaf, { index, size, hashes }) {
    demand(index < size, "path");
    let place = index, last = size - 1, hash = leaf;
    for (const sibling of hashes) {
      demand(last > 0, "path");
      if (place % 2 === 1 || place === last) {
        hash = await sha256(joined([1], sibling, hash));
        while (place % 2 === 0 && place > 0) { place /= 2; last = Math.floor(last / 2); }
      } else hash = await sha256(joined([1], hash, sibling));
      place = Math.floor(place / 2); last = Math.floor(last / 2);
    }
    demand(last === 0, "path");
    return hash;
  }

  /* ---- the checks, in the order of the page --------------------------------------------------------------------------- */
  const digestOf = async (path) => `sha256:${hex(await sha256(await file(path)))}`;
  async function after(check) {
    try { return await check(); } catch (error) { throw error.outcome === "fails" ? new Doubt("before") : error; }
  }
  const checks = {
    async page() {
      const claim = objectOf(await file("claim.json"));
      for (const shown of document.querySelectorAll("[data-claim]")) {
        const path = shown.dataset.claim, stated = path.split(".").reduce((value, name) => value?.[name], claim);
        const text = shown.textContent.replace(/\u2212/g, "-").replace(/\s+/g, " ").trim();
        demand(String(stated) === text, "differs", path);
      }
      demand(claim.number === number, "number");
    },
    async signature() {
      const { header } = await verified("credential.jwt");
      return `${header.alg}, ${header.kid.split("#").pop()}`;
    },
    async claim() {
      const told = (await after(credential)).credentialSubject?.carbonLabel, digest = await digestOf("claim.json");
      demand(told?.claimDigest === digest, "digest", digest);
      demand(told.labelNumber === number, "number");
      return digest;
    },
    async period() {
      const { validFrom, validUntil } = await after(credential), period = `${validFrom} – ${validUntil}`, now = Date.now();
      demand(now >= Date.parse(validFrom) - LEEWAY * 1000 && now <= Date.parse(validUntil) + LEEWAY * 1000, "time", period);
      return period;
    },
    suspension: () => status("suspension"),
    revocation: () => status("revocation"),
    async entry() {
      const told = objectOf(await file("entry.json"));
      demand(told.subject === number, "number");
      demand(told.claim === (await digestOf("claim.json")), "digest");
    },
    async inclusion() {
      const found = await proof(), leaf = await sha256(joined([0], await file("entry.json")));
      demand(same(await rootFrom(leaf, found), found.root), "path");
      return `${found.index} / ${found.size}`;
    },
    async checkpoint() {
      const note = await proof(), { origin, keys } = await trust();
      demand(note.origin === origin, "issuer");
      const trusted = [];
      for (const row of keys.filter((one) => one.purpose === "log" && !one.compromised)) {
        const key = await noteKey(row.vkey);
        if (key.name === origin && (await signed(note, key))) trusted.push(row);
      }
      demand(trusted.length, "key");
      demand(trusted.some((row) => note.size >= (row.first_size ?? 0) && note.size <= (row.last_size ?? Infinity)), "retired");
      return origin;
    },
    async witnesses() {
      const { witnesses, quorum } = await trust(), names = Object.keys(witnesses ?? {});
      if (!names.length || quorum === "none") throw new Doubt("", "optional");
      const note = await proof(), seen = [];
      for (const name of names) if (await signed(note, await noteKey(witnesses[name].vkey))) seen.push(name);
      demand(seen.length >= Number(quorum), "quorum", seen.join(", "));
      return seen.join(", ");
    },
  };

  /* ---- showing -------------------------------------------------------------------------------------------------------- */
  const button = section.querySelector("button"), result = section.querySelector(".result");
  const told = (kind, name) => words.querySelector(`[data-${kind}="${name}"]`).textContent;

  function show(step, outcome, why, detail) {
    const line = section.querySelector(`[data-step="${step}"]`), mark = line.querySelector("b");
    mark.className = outcome;
    mark.textContent = told("outcome", outcome);
    line.querySelector("small")?.remove();
    const reason = why ? told("why", why) : "";
    const text = reason.includes("{detail}") ? reason.replace("{detail}", detail) : [reason, detail].filter(Boolean).join(": ");
    if (text) line.append(Object.assign(document.createElement("small"), { textContent: text }));
  }
  async function outcomeOf(step) {
    try {
      if (!window.crypto?.subtle) throw new Doubt("secure", "open");
      show(step, "holds", "", (await checks[step]()) ?? "");
      return "holds";
    } catch (error) {
      const known = error instanceof Doubt ? error : new Doubt("malformed");
      show(step, known.outcome, known.why, known.detail);
      return known.outcome;
    }
  }
  async function run() {
    fetched = new Map();
    button.disabled = true;
    button.textContent = button.dataset.running;
    result.className = "result";
    result.textContent = "";
    const outcomes = [];
    for (const step of Object.keys(checks)) outcomes.push(await outcomeOf(step));
    const all = outcomes.includes("fails") ? "fails" : outcomes.includes("open") ? "partly" : "holds";
    result.className = `result ${all}`;
    result.textContent = told("result", all);
    button.textContent = button.dataset.again;
    button.disabled = false;
    button.focus();
  }
  section.querySelector(".without").hidden = true;
  section.querySelector(".with").hidden = false;
  button.addEventListener("click", run);
})();
