"""What the verifier believes, what it refuses, and what it says it did not check."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from tests.unit.label.builders import claim
from tests.unit.label.credentials import (
    INDEX,
    ISSUER,
    NOW,
    ORIGIN,
    controller,
    document,
    signed,
    signer,
    status_list,
    trusted,
)

from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import TrustError
from cradlemark.label.credential import Issuer, credential_document
from cradlemark.label.credential_verification import TITLES, Verdict, controller_of, verify_credential
from cradlemark.label.status_list import list_document
from cradlemark.trust.envelopes import encode, sign_envelope
from cradlemark.trust.key_documents import did_document, read_did_document
from cradlemark.trust.notes import NOTE_KEY, VerifierKey
from cradlemark.trust.signers import KeySigner
from cradlemark.trust.trust_files import read_trust_file

HEADER = {"typ": "vc+jwt", "cty": "vc", "kid": ISSUER.key_address, "iat": int(NOW.timestamp())}
LISTS = (status_list("suspension", {INDEX: "active"}), status_list("revocation", {INDEX: "active"}))


def verdict(text: str | None = None, **options: Any) -> Verdict:
    options = {"controller": controller(), "now": NOW, "status_lists": LISTS} | options
    return verify_credential(signed() if text is None else text, **options)


def failure(text: str | None = None, **options: Any) -> tuple[str, str]:
    found = verdict(text, **options)
    assert not found.believed
    failed = next(check for check in found.checks if check.outcome == "fails")
    with pytest.raises(TrustError) as caught:
        found.refuse()
    assert caught.value.code == failed.code
    return failed.id, failed.code


def with_header(**changes: Any) -> str:
    header = {name: value for name, value in (HEADER | changes).items() if value is not None}
    return sign_envelope(canonical_json(document()), signer(), header=header)


def test_everything_holds() -> None:
    found = verdict(claim=claim())
    assert {check.id: check.outcome for check in found.checks} == dict.fromkeys(TITLES, "holds")
    assert found.believed
    assert found.document["credentialSubject"]["carbonLabel"]["labelNumber"] == claim().number
    found.refuse()


def test_what_is_not_given_is_said_to_be_not_checked() -> None:
    found = verdict(controller=read_did_document(did_document(ISSUER.did, [trusted()])), status_lists=())
    unchecked = [check.id for check in found.checks if check.outcome == "not_checked"]
    assert unchecked == ["key_time", "suspension", "revocation", "claim"]
    assert found.believed
    assert verdict(with_header(iat=None)).outcome("key_time") == "not_checked"


def test_the_other_profile_and_ed25519_are_believed_too() -> None:
    assert verdict(signed(document("w3c"))).believed
    key = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(b"k" * 32))
    known = attrs.evolve(trusted(), algorithm="ed25519", public_key=key.public_key)
    assert verdict(signed(by=key), controller=controller(known), status_lists=()).believed


@pytest.mark.parametrize(
    "changes",
    [
        {"typ": "JWT"}, {"typ": None}, {"typ": "vp+jwt"}, {"typ": "vc+sd-jwt"}, {"typ": "vc+ld+jwt"}, {"cty": "vp"},
        {"cty": "vc+ld+json"}, {"cty": ""}, {"typ": ["vc+jwt"]},
    ],
)  # fmt: skip
def test_wrong_types(changes: dict[str, Any]) -> None:
    assert failure(with_header(**changes)) == ("type", "credential-type")


@pytest.mark.parametrize("changes", [{"typ": "application/vc+jwt"}, {"cty": None}, {"cty": "VC"}])
def test_other_ways_to_write_the_types(changes: dict[str, Any]) -> None:
    assert verdict(with_header(**changes)).believed


@pytest.mark.parametrize(
    "changes",
    [
        {"vc": {}}, {"vp": "x"}, {"vc": None}, {"iss": "did:web:other"}, {"jti": "x"}, {"sub": "x"},
    ],
)  # fmt: skip
def test_stray_and_contradicting_claims(changes: dict[str, Any]) -> None:
    assert failure(signed(document(**changes))) == ("claims", "credential-claims")


def test_agreeing_claims_are_no_fault() -> None:
    assert verdict(signed(document(iss=ISSUER.did, jti=document()["id"]))).believed


def test_unsigned_and_otherwise_signed_texts() -> None:
    for name in ("none", "HS256", "ES384"):
        head = encode(canonical_json(HEADER | {"alg": name}))
        with pytest.raises(TrustError) as caught:
            verdict(f"{head}.{encode(canonical_json(document()))}.")
        assert caught.value.code == "envelope-algorithm"


def test_a_public_key_as_shared_secret_signs_nothing() -> None:
    import hashlib
    import hmac

    body = f"{encode(canonical_json(HEADER | {'alg': 'HS256'}))}.{encode(canonical_json(document()))}"
    mark = hmac.new(signer().public_key, body.encode(), hashlib.sha256).digest()
    with pytest.raises(TrustError):
        verdict(f"{body}.{encode(mark)}")


@pytest.mark.parametrize("origin", ["example.org", "localhost:8000/labels", "example.org/标签/a b"])
def test_programmes_at_other_addresses(origin: str) -> None:
    issuer = Issuer(origin, "Operator", "credential-1")
    made = credential_document(claim(), issuer=issuer, status_index=INDEX)
    assert made["id"].isascii()
    known = attrs.evolve(controller(), did=issuer.did)
    found = verdict(signed(made, key=issuer.key_address), controller=known, status_lists=(), claim=claim())
    assert (found.believed, found.outcome("claim")) == (True, "holds")


def test_another_issuer() -> None:
    other = attrs.evolve(controller(), did="did:web:other.example")
    assert failure(controller=other) == ("issuer", "credential-issuer")
    assert failure(signed(document(issuer=7))) == ("issuer", "credential-issuer")


def test_unknown_lost_and_swapped_keys() -> None:
    assert failure(signed(key=f"{ISSUER.did}#credential-9")) == ("key", "credential-key")
    assert failure(signed(key="did:web:other#credential-1")) == ("key", "credential-key")
    assert failure(controller=controller(trusted(compromised=True))) == ("key", "key-compromised")
    lost = read_did_document(
        did_document(ISSUER.did, [trusted(until="2026-12-24T00:00:00Z", compromised=True)])
    )
    assert failure(controller=lost) == ("key", "key-compromised")
    assert failure(signed(by=signer(8))) == ("signature", "signature-wrong")
    known = attrs.evolve(trusted(), algorithm="ed25519", public_key=b"k" * 32)
    assert failure(controller=controller(known)) == ("signature", "envelope-algorithm")


@pytest.mark.parametrize(
    ("since", "until", "outcome"),
    [
        ("2026-12-02T00:00:00Z", "", "fails"), ("2026-01-01T00:00:00Z", "2026-11-30T00:00:00Z", "fails"),
        ("2026-01-01T00:00:00Z", "2026-12-02T00:00:00Z", "holds"), ("2026-12-01T12:03:00Z", "", "holds"),
    ],
)  # fmt: skip
def test_keys_vouch_for_what_they_signed_in_their_time(since: str, until: str, outcome: str) -> None:
    found = verdict(controller=controller(trusted(since=since, until=until)), status_lists=())
    assert found.outcome("key_time") == outcome
    assert found.believed is (outcome == "holds")


def test_nothing_is_said_about_the_content_when_the_signature_fails() -> None:
    found = verdict(signed(by=signer(8)))
    assert found.document == {}
    assert {check.outcome for check in found.checks if check.id in {"shape", "period", "claim"}} == {
        "not_checked"
    }


@pytest.mark.parametrize(
    ("now", "code"),
    [
        ("2026-11-27T23:54:00+00:00", "credential-early"), ("2028-11-28T00:06:00+00:00", "credential-expired"),
        ("2026-11-27T23:56:00+00:00", ""), ("2028-11-28T00:03:00+00:00", ""), ("2028-11-28T07:59:59+08:00", ""),
    ],
)  # fmt: skip
def test_period(now: str, code: str) -> None:
    time = datetime.datetime.fromisoformat(now)
    if code:
        assert failure(now=time) == ("period", code)
    else:
        assert verdict(now=time).believed


def test_claims_on_time_count_too() -> None:
    moment = int(NOW.timestamp())
    assert failure(signed(document(exp=moment - 400))) == ("period", "credential-expired")
    assert failure(signed(document(nbf=moment + 400))) == ("period", "credential-early")
    assert failure(signed(document(exp="tomorrow"))) == ("period", "credential-claims")
    assert verdict(signed(document(exp=moment + 1, nbf=moment - 1))).believed


def without(*path: str) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for name in path[:-1]:
            content = content[name]
        del content[path[-1]]

    return change


def with_value(value: Any, *path: str) -> Callable[[dict[str, Any]], None]:
    def change(content: dict[str, Any]) -> None:
        for name in path[:-1]:
            content = content[name]
        content[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (without("id"), "$.id"), (without("name"), "$.name"), (without("type"), "$.type"),
        (without("@context"), "$.@context"), (without("issuer", "name"), "$.issuer.name"),
        (without("credentialSubject"), "$.credentialSubject"),
        (without("credentialSubject", "issuedToParty"), "$.credentialSubject.issuedToParty"),
        (with_value(["https://a.example"], "@context"), "$.@context"),
        (with_value(["VerifiableCredential"], "type"), "$.type"), (with_value("a b", "id"), "$.id"),
        (with_value("first", "credentialSubject", "assessorLevel"), "$.credentialSubject.assessorLevel"),
        (with_value({}, "credentialSubject", "conformityAssessment"), "$.credentialSubject.conformityAssessment"),
        (with_value([{}], "credentialSubject", "conformityAssessment"), "$.credentialSubject.conformityAssessment[0].id"),
        (with_value([], "credentialSubject"), "$.credentialSubject"),
        (with_value("-1", "credentialStatus", "statusListIndex"), "$.credentialStatus[0].statusListIndex"),
        (with_value("x", "credentialStatus", "type"), "$.credentialStatus[0].type"),
        (with_value(7, "revocationStatus"), "$.credentialStatus[1]"),
    ],
)  # fmt: skip
def test_shape(change: Callable[[dict[str, Any]], None], place: str) -> None:
    content = json.loads(canonical_json(document()))
    change(content)
    found = verdict(signed(content), status_lists=())
    (failed,) = (check for check in found.checks if check.id == "shape")
    assert (failed.outcome, failed.code) == ("fails", "credential-shape")
    assert failed.detail.en.startswith(place + " ")


@pytest.mark.parametrize(
    ("state", "failed"),
    [
        ("suspended", ["suspension"]), ("revoked", ["suspension", "revocation"]), ("active", []),
        ("withdrawn", ["suspension", "revocation"]), ("watch", []),
    ],
)  # fmt: skip
@pytest.mark.parametrize("profile", ["untp", "w3c"])
def test_states(profile: Any, state: str, failed: list[str]) -> None:
    lists = [status_list(purpose, {INDEX: state, 1: "revoked"}) for purpose in ("suspension", "revocation")]
    found = verdict(signed(document(profile)), status_lists=lists)
    assert [check.id for check in found.checks if check.outcome == "fails"] == failed
    assert found.believed is not failed


def test_lists_of_others_do_not_count() -> None:
    forged = [status_list(purpose, {}, by=signer(8)) for purpose in ("suspension", "revocation")]
    assert failure(status_lists=forged) == ("suspension", "signature-wrong")
    assert (
        verdict(status_lists=[status_list("suspension", {}, number=1)]).outcome("suspension") == "not_checked"
    )


def test_a_list_of_another_purpose_does_not_count() -> None:
    content = json.loads(base64.urlsafe_b64decode(LISTS[1].split(".")[1] + "=="))
    content["id"] = document()["credentialStatus"]["statusListCredential"]
    assert failure(status_lists=[signed(content)]) == ("suspension", "status-list-malformed")
    content["credentialSubject"]["encodedList"] = "uAAAA"
    assert failure(status_lists=[signed(content)]) == ("suspension", "status-list-malformed")


def test_an_entry_outside_of_the_list() -> None:
    content = document()
    content["credentialStatus"] |= {"statusListIndex": 131_072}
    assert failure(signed(content)) == ("suspension", "status-list-malformed")


def test_a_credential_is_no_status_list() -> None:
    content = document(id=document()["credentialStatus"]["statusListCredential"])
    assert failure(status_lists=[signed(content)]) == ("suspension", "status-list-malformed")


def test_another_claim() -> None:
    assert failure(claim=claim(64)) == ("claim", "credential-claim")
    content = document()
    content["credentialSubject"]["conformityAssessment"][0]["assessedPerformance"][0]["measure"]["value"] = (
        0.1
    )
    assert failure(signed(content), claim=claim()) == ("claim", "credential-claim")
    assert failure(signed(document(validUntil="2038-11-27T23:59:59Z")), claim=claim()) == (
        "claim",
        "credential-claim",
    )


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"\xff", b"7", b"[" * 50_000, b'{"a":1,"a":2}', b'{"a":1e999}']
)
def test_content_that_is_no_document(payload: bytes) -> None:
    with pytest.raises(TrustError) as caught:
        verdict(sign_envelope(payload, signer(), header=HEADER))
    assert caught.value.code == "credential-malformed"


def test_keys_of_a_trust_file() -> None:
    log = VerifierKey(ORIGIN, NOTE_KEY, b"k" * 32)
    keys = [
        {"id": "log-1", "purpose": "log", "algorithm": "ed25519", "public_key": base64.b64encode(b"k" * 32).decode(),
         "since": "2026-01-01T00:00:00Z", "until": "", "compromised": False, "vkey": str(log)},
        {"id": "credential-1", "purpose": "credential", "algorithm": "p256", "since": "2026-01-01T00:00:00Z",
         "public_key": base64.b64encode(signer().public_key).decode(), "until": "", "compromised": False},
    ]  # fmt: skip
    content = {
        "schema": "cradlemark-trust/1", "origin": ORIGIN, "programme": {}, "keys": keys, "quorum": "none",
        "witnesses": {},
    }  # fmt: skip
    known = controller_of(read_trust_file(json.dumps(content).encode()))
    assert [key.id for key in known.keys] == ["credential-1"]
    assert verdict(controller=known).believed
    assert failure(signed(key=f"{ISSUER.did}#log-1"), controller=known) == ("key", "credential-key")


def test_the_newest_list_counts() -> None:
    """Whoever hands over an old list beside the new one gains nothing."""
    content = document()
    for order in ((0, 1), (1, 0)):
        made = [
            list_document(
                {INDEX: state}, purpose="suspension", number=0, base=ISSUER.base, did=ISSUER.did, since=since
            )
            for state, since in (("active", "2026-11-29T00:00:00Z"), ("suspended", "2026-11-30T00:00:00Z"))
        ]
        found = verdict(signed(content), status_lists=[signed(made[place]) for place in order])
        assert found.outcome("suspension") == "fails"


def test_lists_that_have_ended_do_not_count() -> None:
    made = list_document(
        {}, purpose="suspension", number=0, base=ISSUER.base, did=ISSUER.did, since="2026-12-03T00:00:00Z"
    )
    assert verdict(status_lists=[signed(made)]).outcome("suspension") == "holds"
    made |= {"validFrom": "2026-11-30T00:00:00Z", "validUntil": "2026-11-30T12:00:00Z"}
    assert failure(status_lists=[signed(made)]) == ("suspension", "credential-expired")


def test_too_long_a_text() -> None:
    with pytest.raises(TrustError) as caught:
        verdict("a" * 2_000_001)
    assert caught.value.code == "credential-malformed"
