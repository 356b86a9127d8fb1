"""Keys as others read them: the DID document of a web origin, a set of JSON Web Keys, and a policy of log keys.

After did:web (W3C CCG), Decentralized Identifiers 1.0 and Controlled Identifiers 1.0 (W3C), RFC 7517 and C2SP tlog-policy. A key
that was replaced stays, so that what it signed can still be checked; one that somebody else may have is marked as revoked and no
longer vouches for anything.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote

import attrs

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.trust.envelopes import ALGORITHMS, decode, encode
from cradlemark.trust.notes import VerifierKey
from cradlemark.trust.signers import COORDINATE
from cradlemark.trust.trust_files import TrustedKey, log_key, policy_lines

DID_DOCUMENT = "did.json"
KEY_SET = "jwks.json"
LOG_POLICY = "log-policy.txt"
LARGEST_DOCUMENT = 1_000_000
"""Longest DID document that is read [byte]."""
MOST_KEYS = 1_000
_CONTEXTS = ("https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1")
_DID_WEB = re.compile(r"did:web:[A-Za-z0-9._-]+(?:%3[Aa][0-9]{1,5})?(?::[A-Za-z0-9._~%-]+)*")
_POINT = 4
"""First byte of an uncompressed point."""


@attrs.frozen
class Controller:
    """Somebody who signs, and with which keys.

    Parameters
    ----------
    did : str
    keys : tuple of TrustedKey
        Those that vouch for credentials, and those that were revoked.
    times_known : bool
        Whether it is known when each key was in use.
    """

    did: str
    keys: tuple[TrustedKey, ...]
    times_known: bool

    def key(self, address: str) -> TrustedKey | None:
        """A key by its address, like ``did:web:example.org#credential-1``, or by its bare id."""
        did, _, name = address.rpartition("#")
        return next((key for key in self.keys if did in ("", self.did) and key.id == name), None)


def did_of(origin: str) -> str:
    """The DID of a host and path.

    Raises
    ------
    InputError
        ``origin-invalid``

    Examples
    --------
    >>> did_of("example.org/labels"), did_of("localhost:8000")
    ('did:web:example.org:labels', 'did:web:localhost%3A8000')
    """
    host, *path = origin.rstrip("/").split("/")
    did = ":".join(["did:web", host.replace(":", "%3A"), *(quote(part, safe="") for part in path)])
    if not _DID_WEB.fullmatch(did):
        raise InputError(
            Text(f"{origin[:80]!r} gives no DID", f"{origin[:80]!r} 不能构成 DID"),
            code="origin-invalid",
            hint=Text("give host and path, like example.org/labels", "给出主机和路径，如 example.org/labels"),
        )
    return did


def did_address(did: str) -> str:
    """Where the document of a DID of the web is.

    Raises
    ------
    InputError
        ``did-invalid``

    Examples
    --------
    >>> did_address("did:web:example.org:labels"), did_address("did:web:example.org")
    ('https://example.org/labels/did.json', 'https://example.org/.well-known/did.json')
    """
    if not _DID_WEB.fullmatch(did):
        raise InputError(
            Text(f"{did[:80]!r} is no DID of the web", f"{did[:80]!r} 不是网络 DID"),
            code="did-invalid",
            hint=Text("like did:web:example.org", "形如 did:web:example.org"),
        )
    host, *path = did.split(":")[2:]
    return "/".join(["https:/", unquote(host), *(path or [".well-known"]), DID_DOCUMENT])


def document_path(did: str) -> str:
    """Where the DID document lies below the published folder of its origin."""
    return DID_DOCUMENT if did.count(":") > 2 else f".well-known/{DID_DOCUMENT}"


def public_jwk(key: TrustedKey) -> dict[str, str]:
    """A public key as JSON Web Key (RFC 7517, RFC 8037)."""
    if key.algorithm == "ed25519":
        return {"kty": "OKP", "crv": "Ed25519", "x": encode(key.public_key), "alg": ALGORITHMS["ed25519"][0]}
    x, y = key.public_key[1 : 1 + COORDINATE], key.public_key[1 + COORDINATE :]
    return {"kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y), "alg": ALGORITHMS["p256"][0]}


def did_document(did: str, keys: Iterable[TrustedKey]) -> bytes:
    """The DID document: every key, and those that vouch for credentials under ``assertionMethod``."""
    shown = [key for key in keys if key.purpose == "credential"]
    document = {
        "@context": list(_CONTEXTS),
        "id": did,
        "verificationMethod": [_method(did, key) for key in shown],
        "assertionMethod": [f"{did}#{key.id}" for key in shown if not key.compromised],
    }
    return _written(document)


def _method(did: str, key: TrustedKey) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": f"{did}#{key.id}", "type": "JsonWebKey", "controller": did, "publicKeyJwk": public_jwk(key)
    }  # fmt: skip
    return found | ({"revoked": key.until} if key.compromised else {})


def key_set(did: str, keys: Iterable[TrustedKey]) -> bytes:
    """A set of JSON Web Keys: those that may be believed, with the time they sign in [seconds since 1970].

    ``nbf`` and ``exp`` say when the key began and stopped to sign; what it signed in between stays valid.
    """
    shown = [key for key in keys if key.purpose == "credential" and not key.compromised]
    return _written({
        "keys": [
            {**public_jwk(key), "kid": f"{did}#{key.id}", "use": "sig"}
            | {name: seconds(time) for name, time in (("nbf", key.since), ("exp", key.until)) if time}
            for key in shown
        ]
    })  # fmt: skip


def log_policy(
    origin: str, keys: Iterable[TrustedKey], witnesses: Mapping[str, VerifierKey], quorum: int | str
) -> bytes:
    """Key of the log, its witnesses and how many are needed, as tools for logs read it.

    Such a policy knows no sizes, so a former key in it would be believed for a checkpoint of today too; it stands in a remark.
    """
    shown = [key for key in keys if key.purpose == "log" and not key.compromised]
    former = [
        f"# former key, of checkpoints up to {key.window.last} entries: {log_key(origin, key)}"
        for key in shown
        if key.until
    ]
    used = [f"log {log_key(origin, key)}" for key in shown if not key.until]
    return ("\n".join([*former, *used, *policy_lines(witnesses, quorum)]) + "\n").encode()


def read_did_document(content: bytes, *, where: str = "") -> Controller:
    """Read the DID document of somebody who signs; methods of kinds that are not used here are passed over.

    Raises
    ------
    InputError
        ``did-invalid``
    """
    if len(content) > LARGEST_DOCUMENT:
        raise _invalid(Text("it is too long", "过长"), where)
    try:
        return _controller(read_json(content, where=where))
    except (InputError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise _invalid(
            Text("a field is missing or of the wrong kind", "某字段缺失或类型不对"), where
        ) from error


def _controller(document: Mapping[str, Any]) -> Controller:
    did, vouching = document["id"], document.get("assertionMethod", [])
    methods = [*document.get("verificationMethod", []), *_inside(vouching)]
    if not isinstance(did, str) or not did.startswith("did:") or len(methods) > MOST_KEYS:
        raise ValueError(did)
    names = {_absolute(did, one if isinstance(one, str) else one["id"]) for one in vouching}
    keys = tuple(key for method in methods if (key := _read_method(did, method, names)) is not None)
    return Controller(did, keys, times_known=False)


def _inside(methods: Iterable[Any]) -> list[Mapping[str, Any]]:
    return [method for method in methods if isinstance(method, dict)]


def _absolute(did: str, address: str) -> str:
    return did + address if address.startswith("#") else address


def _read_method(did: str, method: Mapping[str, Any], vouching: set[str]) -> TrustedKey | None:
    address = _absolute(did, method["id"])
    owner, _, name = address.partition("#")
    jwk = method.get("publicKeyJwk")
    revoked = str(method.get("revoked", ""))
    if owner != did or not isinstance(jwk, dict) or not (address in vouching or revoked):
        return None
    if (jwk.get("kty"), jwk.get("crv")) == ("EC", "P-256"):
        return TrustedKey(name, "credential", "p256", _point(jwk), "", revoked, bool(revoked))
    if (jwk.get("kty"), jwk.get("crv")) == ("OKP", "Ed25519"):
        return TrustedKey(name, "credential", "ed25519", _number(jwk["x"]), "", revoked, bool(revoked))
    return None


def _point(jwk: Mapping[str, Any]) -> bytes:
    return bytes([_POINT]) + _number(jwk["x"]) + _number(jwk["y"])


def _number(text: str) -> bytes:
    content = decode(text)
    if content is None or len(content) != COORDINATE:
        raise ValueError(text)
    return content


def seconds(time: str) -> int:
    """Seconds since 1970 of a time in ISO form, UTC."""
    import datetime

    return int(datetime.datetime.fromisoformat(time).timestamp())


def _written(document: Mapping[str, Any]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def _invalid(why: Text, where: str) -> InputError:
    return InputError(
        Text("this is no DID document: {why}", "这不是 DID 文档：{why}").format(why=why),
        code="did-invalid",
        where=where,
        hint=Text("get did.json from its owner", "向其所有者获取 did.json"),
    )
