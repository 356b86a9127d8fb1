"""Keys as DID document, key set and policy."""

from __future__ import annotations

import json

import pytest

from cradlemark.core.errors import InputError
from cradlemark.trust.key_documents import (
    did_address,
    did_document,
    did_of,
    document_path,
    key_set,
    log_policy,
    read_did_document,
)
from cradlemark.trust.policy import read_policy
from cradlemark.trust.signers import KeySigner, new_key
from cradlemark.trust.trust_files import TrustedKey

DID = "did:web:example.org:labels"


def key(name: str, *, purpose: str = "credential", until: str = "", compromised: bool = False) -> TrustedKey:
    algorithm = "ed25519" if purpose == "log" or name.startswith("ed") else "p256"
    public = KeySigner(new_key(algorithm)).public_key  # type: ignore[arg-type]
    return TrustedKey(name, purpose, algorithm, public, "2026-01-01T00:00:00Z", until, compromised)  # type: ignore[arg-type]


KEYS = (
    key("credential-1", until="2026-02-01T00:00:00Z", compromised=True),
    key("credential-2", until="2026-03-01T00:00:00Z"),
    key("ed-3"),
    key("document-1", purpose="document"),
    key("log-1", purpose="log"),
)


def test_replaced_keys_stay_and_lost_ones_vouch_for_nothing() -> None:
    controller = read_did_document(did_document(DID, KEYS))
    assert controller.did == DID
    assert [(one.id, one.compromised, one.public_key) for one in controller.keys] == [
        (one.id, one.compromised, one.public_key) for one in KEYS[:3]
    ]
    assert controller.key(f"{DID}#credential-2") == controller.key("credential-2") != None  # noqa: E711
    assert controller.key("did:web:other#credential-2") is None
    assert controller.key("") is None


def test_lost_and_foreign_keys_are_not_in_the_set() -> None:
    keys = json.loads(key_set(DID, KEYS))["keys"]
    assert [one["kid"] for one in keys] == [f"{DID}#credential-2", f"{DID}#ed-3"]
    assert (keys[0]["nbf"], keys[0]["exp"], "exp" in keys[1]) == (1_767_225_600, 1_772_323_200, False)
    assert not any("d" in one for one in keys)


def test_policy_is_one_that_tools_for_logs_read() -> None:
    policy = read_policy(log_policy("example.org/labels", KEYS, {}, "none").decode())
    assert [(one.name, one.public_key) for one in policy.logs] == [("example.org/labels", KEYS[4].public_key)]


@pytest.mark.parametrize(
    ("origin", "did", "address", "path"),
    [
        ("example.org", "did:web:example.org", "https://example.org/.well-known/did.json", ".well-known/did.json"),
        ("example.org/a/b/", "did:web:example.org:a:b", "https://example.org/a/b/did.json", "did.json"),
        ("localhost:8000/x", "did:web:localhost%3A8000:x", "https://localhost:8000/x/did.json", "did.json"),
    ],
)  # fmt: skip
def test_did_of_an_origin(origin: str, did: str, address: str, path: str) -> None:
    assert (did_of(origin), did_address(did), document_path(did)) == (did, address, path)


@pytest.mark.parametrize("origin", ["", "/", "a b", "exa mple/x", "example.org//x", "https://example.org"])
def test_origins_without_did(origin: str) -> None:
    with pytest.raises(InputError) as caught:
        did_of(origin)
    assert caught.value.code == "origin-invalid"


def test_no_address_for_another_did() -> None:
    for did in ("did:key:z6Mk", "did:web:", "did:web:a/b", "did:web:a:b/../c"):
        with pytest.raises(InputError):
            did_address(did)


def method(**changes: object) -> dict[str, object]:
    found = json.loads(did_document(DID, KEYS))["verificationMethod"][1]
    return found | changes


def did(methods: list[object], **changes: object) -> bytes:
    document = {"id": DID, "verificationMethod": methods, "assertionMethod": [f"{DID}#credential-2"]}
    return json.dumps(document | changes).encode()


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"\xff", b"[" * 10_000, did([], id="example.org"), did([], assertionMethod=[1]), did([1]),
        did([method(publicKeyJwk={"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"})]), did([method()] * 1_001),
        did([]) + b" " * 1_000_000, did([{}]),
    ],
)  # fmt: skip
def test_what_is_no_did_document(content: bytes) -> None:
    with pytest.raises(InputError) as caught:
        read_did_document(content)
    assert caught.value.code == "did-invalid"


def test_methods_of_others_and_of_other_kinds_are_passed_over() -> None:
    other_kind = method(publicKeyJwk={"kty": "RSA", "n": "x", "e": "AQAB"})
    for one in (method(id="did:web:other#credential-2"), other_kind, method(id="#not-vouching")):
        assert read_did_document(did([one])).keys == ()
    assert len(read_did_document(did([method(id="#credential-2")])).keys) == 1
    assert len(read_did_document(did([], assertionMethod=[method()])).keys) == 1
