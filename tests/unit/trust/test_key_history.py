"""Keys as a log tells them: who vouches for whom, and what a trust file says otherwise."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import TrustError
from cradlemark.trust.key_history import KeyHistory
from cradlemark.trust.key_statements import (
    Distrust,
    KeyStatement,
    check_statement,
    sign_distrust,
    sign_statement,
)
from cradlemark.trust.policy import Policy, Window
from cradlemark.trust.signers import KeySigner
from cradlemark.trust.trust_files import TrustedKey, TrustFile

ORIGIN = "example.org/log"
SIGNERS = {
    name: KeySigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))
    for seed, name in enumerate(("log-1", "log-2", "log-3", "credential-1", "stranger"), start=40)
}


def statement(name: str, replaces: str = "", **more: Any) -> KeyStatement:
    purpose = name.partition("-")[0]
    return KeyStatement(ORIGIN, name, purpose, "ed25519", SIGNERS[name].public_key, replaces, **more)


def content(told: KeyStatement, *, previous: str = "", others: tuple[str, ...] = ()) -> dict[str, Any]:
    by = SIGNERS[previous] if previous else None
    return sign_statement(
        told, SIGNERS[told.key], previous=by, others={name: SIGNERS[name] for name in others}
    )


def entry(kind: str, record: Mapping[str, Any]) -> bytes:
    return canonical_json({"schema": "cradlemark-log/1", "kind": kind, "subject": "x", **record})


FIRST = [entry("key", content(statement("log-1"))), entry("key", content(statement("credential-1")))]
ROTATED = entry("key", content(statement("log-2", "log-1"), previous="log-1"))
LOST = entry(
    "key",
    content(statement("log-3", "log-2", lost=True, reason="The token burnt."), others=("credential-1",)),
)


def followed(*entries: bytes) -> tuple[KeyHistory, list[str]]:
    history = KeyHistory(ORIGIN)
    found = [history.check(index, one) for index, one in enumerate(entries)]
    assert all(one.complete for one in found if one)
    return history, [one["en"] for one in found]


def key(name: str, until: str = "", **more: Any) -> TrustedKey:
    return TrustedKey(
        name,
        name.partition("-")[0],
        "ed25519",
        SIGNERS[name].public_key,
        "2026-01-01T00:00:00Z",
        until,
        False,
        **more,
    )


def trust(*keys: TrustedKey) -> TrustFile:
    return TrustFile(ORIGIN, {}, keys, Policy(()))


ENDED = "2026-02-01T00:00:00Z"
KEYS = (
    key("log-1", ENDED, window=Window(0, 3)),
    key("credential-1"),
    key("log-2", ENDED, window=Window(3, 3)),
    key("log-3", emergency=True, window=Window(4)),
)


def test_every_key_is_vouched_for_by_the_one_before() -> None:
    history, wrong = followed(*FIRST, ROTATED, b"no record", entry("rules", {"digest": "x"}))
    assert wrong == [""] * 5
    assert list(history.notes(trust(*KEYS[:2], attrs.evolve(KEYS[2], until="", window=Window(3))))) == []


def test_an_emergency_is_told() -> None:
    history, wrong = followed(*FIRST, ROTATED, LOST)
    assert wrong == [""] * 4
    (told,) = history.notes(trust(*KEYS))
    assert "entry 3: key log-3 came without the signature of log-2" in told.en
    assert "vouched for by credential-1: The token burnt." in told.en
    assert "紧急" not in told.en
    assert "credential-1 担保" in told.zh
    assert list(history.differences(trust(*KEYS))) == []


def forged(**changed: Any) -> bytes:
    return entry("key", json.loads(ROTATED) | changed)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (entry("key", content(statement("log-2", "log-1"))), "missing"),
        (entry("key", content(statement("log-2", "log-1"), previous="stranger")), "does not fit"),
        (entry("key", content(statement("log-2", "log-9"), previous="log-1")), "not known"),
        (entry("key", content(statement("log-2"))), "replaces none"),
        (entry("key", content(statement("log-2", "credential-1"), previous="credential-1")), "in use is"),
        (FIRST[0], "already"),
        (
            entry(
                "key",
                content(attrs.evolve(statement("log-2", "log-1"), origin="example.org"), previous="log-1"),
            ),
            "key of example.org",
        ),
        (forged(signature=base64.b64encode(b"s" * 64).decode()), "does not fit"),
        (forged(previous_signature="%"), "missing"),
        (forged(vouched={"credential-1": base64.b64encode(b"s" * 64).decode()}), "does not fit"),
        (forged(vouched={"nobody": "AAAA"}), "not known"),
        (forged(statement=json.loads(ROTATED)["statement"] + " "), "as it is signed"),
        (forged(statement="{"), "missing"),
        (forged(statement=7), "missing"),
        (entry("witnesses", {"quorum": "many"}), "wrong kind"),
        (b'{"kind":"key"', "JSON"),
    ],
)
def test_entries_that_slip_in_a_key(wrong: bytes, told: str) -> None:
    _, found = followed(*FIRST, wrong)
    assert found[:2] == ["", ""]
    assert told in found[2], found[2]


def test_a_key_of_the_same_name_signs_only_its_own_statement() -> None:
    good = json.loads(ROTATED)
    known = {"log-1": ("ed25519", SIGNERS["log-1"].public_key)}
    assert check_statement(good, known).key == "log-2"  # type: ignore[arg-type]
    good["statement"] = good["statement"].replace('"compromised":false', '"compromised":true')
    with pytest.raises(TrustError) as caught:
        check_statement(good, known)  # type: ignore[arg-type]
    assert caught.value.code == "signature-wrong"


@pytest.mark.parametrize(
    "changed",
    [
        {"public_key": SIGNERS["stranger"].public_key}, {"purpose": "credential"}, {"until": ""},
        {"window": Window(0, 9)}, {"window": Window()}, {"window": Window(1, 3)}, {"emergency": True},
        {"compromised": True}, {"id": "log-7"}, {"algorithm": "p256"},
    ],
)  # fmt: skip
def test_a_trust_file_that_says_otherwise_is_noticed(changed: dict[str, Any]) -> None:
    history, _ = followed(*FIRST, ROTATED, LOST)
    found = list(history.differences(trust(attrs.evolve(KEYS[0], **changed), *KEYS[1:])))
    assert len(found) == 1
    assert found[0].code == "key-statement"


def test_an_emergency_cannot_be_hidden_in_the_trust_file() -> None:
    history, _ = followed(*FIRST, ROTATED, LOST)
    hidden = attrs.evolve(KEYS[3], emergency=False)
    assert [one.where for one in history.differences(trust(*KEYS[:3], hidden))] == ["trust file, key log-3"]


def distrusted(**changed: Any) -> bytes:
    told = {"key": "log-1", "by": "log-2", "reason": "Sold."} | changed
    signer = SIGNERS[told.pop("signer", told["by"])]
    return entry("distrust", sign_distrust(Distrust(told.pop("origin", ORIGIN), **told), signer))


def test_a_key_that_is_not_believed_any_more_is_told_in_the_trust_file() -> None:
    history, wrong = followed(*FIRST, ROTATED, distrusted())
    assert wrong == [""] * 4
    used = attrs.evolve(KEYS[2], until="", window=Window(3))
    assert list(history.differences(trust(attrs.evolve(KEYS[0], compromised=True), KEYS[1], used))) == []
    assert [one.where for one in history.differences(trust(KEYS[0], KEYS[1], used))] == [
        "trust file, key log-1"
    ]


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"key": "log-2"}, "cannot say that"),
        ({"key": "log-9"}, "cannot say that"),
        ({"by": "credential-1"}, "cannot say that"),
        ({"by": "log-1"}, "cannot say that"),
        ({"by": "stranger"}, "not known"),
        ({"signer": "stranger"}, "does not fit"),
        ({"origin": "example.org"}, "key of example.org"),
    ],
)
def test_only_the_key_in_use_says_that(changed: dict[str, str], told: str) -> None:
    _, wrong = followed(*FIRST, ROTATED, distrusted(**changed))
    assert told in wrong[3]


def test_a_statement_of_distrust_is_written_in_one_way() -> None:
    content = json.loads(distrusted())
    for text in (content["statement"] + " ", content["statement"].replace("Sold", "Lost"), "{}", 7):
        assert followed(*FIRST, ROTATED, entry("distrust", {**content, "statement": text}))[1][3]


def test_an_older_trust_file_is_not_wrong_but_told() -> None:
    history, _ = followed(*FIRST, ROTATED)
    older = trust(key("log-1"), key("credential-1"))
    assert list(history.differences(older)) == []
    assert [one.en for one in history.notes(older)] == [
        "key log-2 of entry 2 is not in the trust file: it is older than the log"
    ]


def test_fewer_witnesses_than_the_log_asks_for_are_told() -> None:
    history, wrong = followed(*FIRST, entry("witnesses", {"quorum": 2, "witnesses": {}}))
    assert wrong[2] == ""
    (told,) = history.notes(trust(key("log-1"), key("credential-1")))
    assert told.en == "the log asks for 2 witnesses since entry 2, the trust file for 0"
