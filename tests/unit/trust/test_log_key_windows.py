"""Checkpoints of a log whose key was replaced: which key is believed at which size."""

from __future__ import annotations

import base64
import json
from typing import Any

import attrs
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from cradlemark.core.errors import InputError, TrustError
from cradlemark.trust.audit import audit
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from cradlemark.trust.log_proofs import LogProof, read_log_proof, verify_log_proof
from cradlemark.trust.merkle import inclusion_proof
from cradlemark.trust.notes import Note, cosign, key_of
from cradlemark.trust.policy import Policy, Window, read_policy
from cradlemark.trust.signers import KeySigner
from cradlemark.trust.tiles import Edge, grow, tile_hashes
from cradlemark.trust.trust_files import SCHEMA, read_trust_file

ORIGIN = "example.org/log"
HAND_OVER = 5
OLD, NEW, THIRD = (
    KeySigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)) for seed in (21, 22, 23)
)
OLD_KEY, NEW_KEY = key_of(ORIGIN, OLD), key_of(ORIGIN, NEW)
POLICY = Policy((OLD_KEY, NEW_KEY), windows={OLD_KEY: Window(0, HAND_OVER), NEW_KEY: Window(HAND_OVER)})
BEFORE = Policy((OLD_KEY,))
"""What somebody has who got his trust file before the hand-over."""
ENTRIES = [f"entry {number}".encode() for number in range(12)]


def signed(size: int, *signers: KeySigner) -> bytes:
    edge, _ = grow(Edge(), ENTRIES[:size])
    return bytes(sign_checkpoint(Checkpoint(ORIGIN, size, edge.root), *signers))


def code_of(content: bytes, policy: Policy = POLICY) -> str:
    try:
        open_checkpoint(content, policy)
    except TrustError as error:
        return error.code
    return ""


@pytest.mark.parametrize(
    ("size", "signers", "expected", "before"),
    [
        (1, (OLD,), "", ""),
        (HAND_OVER, (OLD,), "", ""),
        (HAND_OVER, (OLD, NEW), "", ""),
        (HAND_OVER, (NEW,), "", "signature-missing"),
        (HAND_OVER + 1, (OLD,), "key-retired", ""),
        (HAND_OVER + 1, (NEW,), "", "signature-missing"),
        (HAND_OVER + 1, (OLD, NEW), "", ""),
        (HAND_OVER - 1, (NEW,), "key-retired", "signature-missing"),
        (HAND_OVER - 1, (OLD, NEW), "", ""),
        (HAND_OVER + 1, (OLD, THIRD), "key-retired", ""),
        (HAND_OVER + 1, (THIRD,), "signature-missing", "signature-missing"),
    ],
)
def test_each_size_needs_its_key(
    size: int, signers: tuple[KeySigner, ...], expected: str, before: str
) -> None:
    content = signed(size, *signers)
    assert code_of(content) == expected
    assert code_of(content, BEFORE) == before


def test_old_proofs_are_good_for_ever() -> None:
    _, files = grow(Edge(), ENTRIES[:4])
    hashes = inclusion_proof(2, 4, tile_hashes(files.__getitem__, 4))
    proof = read_log_proof(bytes(LogProof(2, hashes, signed(4, OLD))))
    proven = verify_log_proof(proof, ENTRIES[2], POLICY)
    assert (proven.checkpoint.size, proven.keys) == (4, (OLD_KEY,))


def test_a_former_key_may_not_sign_something_else_beside_the_new_one() -> None:
    """Whoever reads with the old trust file would believe the other text; so nobody believes the note."""
    good, other = signed(8, NEW), signed(7, OLD)
    mixed = good + other.split(b"\n\n")[1]
    assert code_of(mixed) == "signature-wrong"


def test_every_flipped_bit_of_a_checkpoint_with_two_keys_and_a_witness_is_found() -> None:
    """By the walk; whoever opens one only passes over a signature whose name was changed, as notes ask for."""
    policy = attrs.evolve(POLICY, witnesses={"w": key_of("w.example/1", THIRD, kind=4)}, quorum="w")
    _, files = grow(Edge(), ENTRIES[:HAND_OVER])
    content = signed(HAND_OVER, OLD, NEW)
    text = content.decode().split("\n\n")[0] + "\n"
    content += str(cosign(text, "w.example/1", THIRD, time=9)).encode()
    found = audit((files | {"checkpoint": content}).__getitem__, ORIGIN, policy)
    assert (found.problems, found.witnesses) == ((), ("w",))
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        assert audit((files | {"checkpoint": bytes(changed)}).__getitem__, ORIGIN, policy).problems, bit


def test_a_policy_of_lines_knows_no_sizes() -> None:
    policy = read_policy(f"log {OLD_KEY}\nlog {NEW_KEY}\nquorum none\n")
    assert code_of(signed(9, OLD), policy) == ""
    assert {key.id for key in policy.keys_of(ORIGIN)} == {OLD_KEY.id, NEW_KEY.id}


def trust_document() -> dict[str, Any]:
    def row(name: str, signer: KeySigner, until: str, first: int, last: int | None) -> dict[str, Any]:
        return {
            "id": name, "purpose": "log", "algorithm": "ed25519", "since": "2026-01-01T00:00:00Z", "until": until,
            "public_key": base64.b64encode(signer.public_key).decode(), "compromised": False, "emergency": False,
            "vkey": str(key_of(ORIGIN, signer)), "first_size": first, "last_size": last,
        }  # fmt: skip

    return {
        "schema": SCHEMA, "origin": ORIGIN, "programme": {}, "quorum": 1,
        "keys": [row("log-1", OLD, "2026-02-01T00:00:00Z", 0, HAND_OVER), row("log-2", NEW, "", HAND_OVER, None)],
        "witnesses": {"w": {"vkey": str(key_of("w.example/1", THIRD, kind=4)), "address": "https://w.example"}},
    }  # fmt: skip


def read(document: dict[str, Any]) -> Policy:
    return read_trust_file(json.dumps(document).encode()).policy


def test_a_trust_file_carries_sizes_and_witnesses() -> None:
    policy = read(trust_document())
    assert dict(policy.windows) == dict(POLICY.windows)
    assert code_of(signed(9, OLD), policy) == "key-retired"
    with pytest.raises(TrustError) as caught:
        policy.require(open_checkpoint(signed(9, NEW), policy).verified)
    assert caught.value.code == "quorum-missed"
    note = open_checkpoint(signed(9, NEW), policy).note
    both = Note(note.text, (*note.signatures, cosign(note.text, "w.example/1", THIRD, time=1)))
    assert policy.require(open_checkpoint(bytes(both), policy).verified) == ("w",)


def test_a_lost_key_that_others_may_have_is_none_of_the_log() -> None:
    document = trust_document()
    document["keys"][0]["compromised"] = True
    assert code_of(signed(2, OLD), read(document)) == "signature-missing"
    document["keys"][1]["compromised"] = True
    with pytest.raises(InputError):
        read(document)


@pytest.mark.parametrize(
    ("place", "name", "value"),
    [("keys", "last_size", "5"), ("keys", "last_size", True), ("keys", "first_size", None), ("keys", "first_size", 1.0),
     ("keys", "vkey", str(key_of(ORIGIN, THIRD))), ("keys", "vkey", str(key_of("example.org/other", OLD))),
     ("keys", "algorithm", "p256"), ("", "quorum", 2), ("", "quorum", 0), ("", "quorum", "all"),
     ("", "witnesses", {"w": {"address": "https://w.example"}}), ("", "witnesses", {"w": str(OLD_KEY)}),
     ("", "witnesses", {"w": {"vkey": str(OLD_KEY)}}), ("", "witnesses", [])],
)  # fmt: skip
def test_trust_files_that_contradict_themselves(place: str, name: str, value: object) -> None:
    document = trust_document()
    (document[place][0] if place else document)[name] = value
    with pytest.raises(InputError) as caught:
        read(document)
    assert caught.value.code == "trust-file-invalid"
