"""The log: trees, tiles, proofs, notes, policies, witnesses and the walk over everything."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable

import pymerkle
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from cradlemark.core.errors import CradlemarkError, InputError, InputErrors, NotFoundError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.audit import Audit, audit
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint, read_checkpoint, sign_checkpoint
from cradlemark.trust.log_proofs import LogProof, read_log_proof, verify_log_proof
from cradlemark.trust.merkle import (
    EMPTY_ROOT,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_at,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from cradlemark.trust.notes import (
    WITNESS_KEY,
    Note,
    VerifierKey,
    cosign,
    key_of,
    read_note,
    read_signatures,
    sign_note,
    verifier_key,
    verify_note,
)
from cradlemark.trust.policy import Policy, read_policy
from cradlemark.trust.signers import KeySigner
from cradlemark.trust.tiles import Edge, decode_bundle, encode_bundle, grow, read_edge, tile_hashes, tiles_of
from cradlemark.trust.witness import answer, request_body

ORIGIN = "example.org/log"


def Key(seed: int) -> KeySigner:  # noqa: N802 - reads as the thing it makes
    return KeySigner(Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32))


LOG, WITNESS = Key(1), Key(2)
POLICY = Policy((key_of(ORIGIN, LOG),))


def entries(count: int) -> list[bytes]:
    return [f"entry {number}".encode() for number in range(count)]


def published(count: int, *, steps: int = 1) -> tuple[Edge, dict[str, bytes]]:
    edge, files, all_entries = Edge(), {}, entries(count)
    for step in range(steps):
        part = all_entries[count * step // steps : count * (step + 1) // steps]
        edge, more = grow(edge, part)
        files |= more
    files["checkpoint"] = bytes(sign_checkpoint(Checkpoint(ORIGIN, edge.size, edge.root), LOG))
    return edge, files


def reader(files: dict[str, bytes]) -> Callable[[str], bytes]:
    def read(path: str) -> bytes:
        if path not in files:
            raise NotFoundError(f"there is no {path}", code="file-missing")
        return files[path]

    return read


@pytest.mark.parametrize("size", [0, 1, 2, 3, 255, 256, 257, 511, 512, 1000])
def test_root_is_that_of_another_implementation(size: int) -> None:
    other = pymerkle.InmemoryTree(algorithm="sha256")
    for entry in entries(size):
        other.append_entry(entry)
    edge, files = published(size, steps=3)
    expected = other.get_root() if size else EMPTY_ROOT
    assert edge.root == expected == root_of([leaf_hash(entry) for entry in entries(size)])
    assert root_at(size, tile_hashes(reader(files), size)) == expected


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_535, 65_536, 65_537])
def test_growing_in_steps_gives_the_same_files_as_at_once(size: int) -> None:
    edge, files = published(size)
    stepwise, more = published(size, steps=7)
    assert edge == stepwise
    wanted = {path for path in files if path != "checkpoint"}
    assert all(more[path] == files[path] for path in wanted)
    assert len(wanted) == len(list(tiles_of(size))) + -(-size // 256)
    assert read_edge(reader(files), size) == edge


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 700), st.integers(0, 10**6), st.integers(0, 10**6))
def test_every_entry_and_every_older_tree_is_proven(size: int, some: int, other: int) -> None:
    index, old = some % size, other % (size + 1)
    edge, files = published(size)
    hash_at = tile_hashes(reader(files), size)
    proof = inclusion_proof(index, size, hash_at)
    leaf = leaf_hash(entries(size)[index])
    verify_inclusion(leaf=leaf, index=index, size=size, proof=proof, root=edge.root)
    growth = consistency_proof(old, size, hash_at)
    old_root = published(old)[0].root
    verify_consistency(old=old, old_root=old_root, new=size, new_root=edge.root, proof=growth)
    for wrong in (
        {"index": (index + 1) % size if size > 1 else 1},
        {"leaf": leaf_hash(b"other")},
        {"proof": (*proof, leaf)},
        {"root": leaf_hash(b"root")},
    ):
        with pytest.raises(TrustError):
            verify_inclusion(
                **({"leaf": leaf, "index": index, "size": size, "proof": proof, "root": edge.root} | wrong)
            )
    if 0 < old < size:
        other_root = leaf_hash(b"other")
        with pytest.raises(TrustError):
            verify_consistency(old=old, old_root=other_root, new=size, new_root=edge.root, proof=growth)
        with pytest.raises(TrustError):
            verify_consistency(
                old=old, old_root=old_root, new=size, new_root=edge.root, proof=(*growth, leaf)
            )


def test_two_roots_of_one_size_are_a_fork() -> None:
    with pytest.raises(TrustError) as caught:
        verify_consistency(old=5, old_root=b"a" * 32, new=5, new_root=b"b" * 32, proof=())
    assert caught.value.code == "log-fork"


def test_entries_have_a_length_that_fits() -> None:
    assert decode_bundle(encode_bundle([b"", b"x" * 65_535])) == (b"", b"x" * 65_535)
    with pytest.raises(InputError, match="too long"):
        grow(Edge(), [b"x" * 65_536])
    with pytest.raises(TrustError, match="in the middle"):
        decode_bundle(b"\x00\x05abc")


@pytest.mark.parametrize("size", [1, 256, 300, 70_000])
def test_sound_log_passes_the_walk(size: int) -> None:
    _, files = published(size)
    found = audit(reader(files), ORIGIN, POLICY)
    assert found.problems == ()
    assert found.entries == size
    assert found.files == len(files)


def walked(files: dict[str, bytes]) -> Audit:
    return audit(reader(files), ORIGIN, POLICY)


def test_every_flipped_bit_is_found() -> None:
    _, files = published(600)
    source = random.Random(5)
    names = sorted(files)
    for _ in range(1000):
        name = source.choice(names)
        bit = source.randrange(len(files[name]) * 8)
        content = bytearray(files[name])
        content[bit // 8] ^= 1 << bit % 8
        assert walked(files | {name: bytes(content)}).problems, (name, bit)
    for bit in range(len(files["checkpoint"]) * 8):
        content = bytearray(files["checkpoint"])
        content[bit // 8] ^= 1 << bit % 8
        assert walked(files | {"checkpoint": bytes(content)}).problems, bit


def test_walk_names_the_file_that_is_wrong() -> None:
    _, files = published(600)
    broken = files | {"tile/0/001": b"\x00" + files["tile/0/001"][1:]}
    assert {problem.where for problem in walked(broken).problems} >= {"tile/0/001"}
    gone = {name: content for name, content in files.items() if name != "tile/entries/001"}
    assert "tile/entries/001" in {problem.where for problem in walked(gone).problems}


def test_walk_looks_at_the_content_of_entries() -> None:
    _, files = published(3)
    found = audit(
        reader(files), ORIGIN, POLICY, check_entry=lambda index, _: Text("no", "否") if index == 2 else Text()
    )
    assert [problem.message.en for problem in found.problems] == ["entry 2: no"]


def test_note_keeps_its_bytes_and_holds() -> None:
    note = sign_note("one\n\ntwo\n", "example.org/a", LOG)
    assert read_note(bytes(note)) == note
    key = key_of("example.org/a", LOG)
    assert verifier_key(str(key)) == key
    assert verify_note(note, [key])[0].key == key


def test_note_of_another_implementation_verifies() -> None:
    # Example of the documentation of the Go package golang.org/x/mod/sumdb/note.
    key = verifier_key("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    content = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    note = read_note(content.encode())
    assert [one.key for one in verify_note(note, [key])] == [key]
    assert bytes(note).decode() == content


@pytest.mark.parametrize(
    "content",
    [
        b"", b"text\n", b"text\n\n", b"text\n\n- a AAAAAAA=\n", "text\n\n— a b c\n".encode(),
        "text\n\n— a AAAAAA==".encode(), b"\xff\n\n", "te\x00xt\n\n— a AAAAAAA=\n".encode(),
        "text\n\n— a+b AAAAAAA=\n".encode(), "text\n\n— a AAAAAAB=\n".encode(),
    ],
)  # fmt: skip
def test_broken_notes_are_refused(content: bytes) -> None:
    with pytest.raises(TrustError) as caught:
        read_note(content)
    assert caught.value.code == "note-malformed"


def test_note_of_unknown_or_wrong_keys_is_refused() -> None:
    note = sign_note("text\n", "example.org/a", LOG)
    with pytest.raises(TrustError) as caught:
        verify_note(note, [key_of("example.org/b", LOG)])
    assert caught.value.code == "signature-missing"
    with pytest.raises(TrustError) as caught:
        verify_note(Note("other\n", note.signatures), [key_of("example.org/a", LOG)])
    assert caught.value.code == "signature-wrong"
    with pytest.raises(TrustError):
        verify_note(Note(note.text, note.signatures * 2), [key_of("example.org/a", LOG)])


@pytest.mark.parametrize("text", ["", "a", "a+b", "a+00000000+AAAA", f"a b+00000000+{'A' * 44}"])
def test_broken_keys_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        verifier_key(text)
    assert caught.value.code == "key-invalid"


@pytest.mark.parametrize(
    "text", ["a\n1\n", "a\n01\nAAAA\n", f"a\n-1\n{'A' * 43}=\n", "\n1\nx\n", f"a\n1\n{'A' * 43}=\n\n"]
)
def test_broken_checkpoints_are_refused(text: str) -> None:
    with pytest.raises(TrustError):
        read_checkpoint(text)


def test_checkpoint_of_another_log_is_refused() -> None:
    note = sign_note(Checkpoint("example.org/other", 1, b"r" * 32).text, ORIGIN, LOG)
    with pytest.raises(TrustError) as caught:
        open_checkpoint(bytes(note), POLICY, origin=ORIGIN)
    assert caught.value.code == "checkpoint-origin"


def witnessed(policy_tail: str) -> Policy:
    key = key_of("w.example/1", WITNESS, kind=WITNESS_KEY)
    return read_policy(f"log {key_of(ORIGIN, LOG)}\nwitness one {key}\n{policy_tail}")


def proof_of(index: int, size: int, *, cosigned: bool) -> tuple[LogProof, bytes]:
    edge, files = published(size)
    checkpoint = files["checkpoint"]
    if cosigned:
        text = Checkpoint(ORIGIN, size, edge.root).text
        checkpoint += str(cosign(text, "w.example/1", WITNESS, time=1_790_000_000)).encode()
    hashes = inclusion_proof(index, size, tile_hashes(reader(files), size))
    return LogProof(index, hashes, checkpoint, b"where to look"), entries(size)[index]


def test_proof_file_proves_offline_that_an_entry_is_logged() -> None:
    proof, entry = proof_of(77, 300, cosigned=True)
    again = read_log_proof(bytes(proof))
    assert again == proof
    proven = verify_log_proof(again, entry, witnessed("quorum one\n"))
    assert (proven.index, proven.checkpoint.size, proven.witnesses) == (77, 300, ("one",))
    assert proven.times == (1_790_000_000,)
    with pytest.raises(TrustError, match="not proven"):
        verify_log_proof(again, b"another", witnessed("quorum one\n"))


def test_proof_without_witness_misses_the_quorum() -> None:
    proof, entry = proof_of(0, 2, cosigned=False)
    verify_log_proof(proof, entry, witnessed("quorum none\n"))
    with pytest.raises(TrustError) as caught:
        verify_log_proof(proof, entry, witnessed("quorum one\n"))
    assert caught.value.code == "quorum-missed"


def test_cosignature_alone_does_not_make_a_checkpoint() -> None:
    proof, entry = proof_of(0, 2, cosigned=True)
    head, _, _ = proof.checkpoint.partition(b"\n\n")
    only = head + b"\n\n" + proof.checkpoint.split(b"\n")[-2] + b"\n"
    with pytest.raises(TrustError) as caught:
        verify_log_proof(LogProof(0, proof.hashes, only), entry, witnessed("quorum one\n"))
    assert caught.value.code == "signature-missing"


def test_every_flipped_bit_of_a_proof_is_found() -> None:
    proof, entry = proof_of(5, 40, cosigned=True)
    content = bytes(LogProof(proof.index, proof.hashes, proof.checkpoint))
    policy = witnessed("quorum one\n")
    for bit in range(len(content) * 8):
        changed = bytearray(content)
        changed[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CradlemarkError):
            verify_log_proof(read_log_proof(bytes(changed)), entry, policy)


def test_policy_counts_groups_as_written() -> None:
    keys = {name: key_of(f"w.example/{name}", Key(10 + i), kind=WITNESS_KEY) for i, name in enumerate("abcd")}
    lines = [f"witness {name} {key}" for name, key in keys.items()]
    policy = read_policy("\n".join([*lines, "group x 2 a b c", "group y all x d", "# done", "quorum y", ""]))
    note = sign_note("text\n", ORIGIN, LOG)

    def signed(names: str) -> Note:
        more = (cosign("text\n", f"w.example/{n}", Key(10 + "abcd".index(n)), time=9) for n in names)
        return Note(note.text, (*note.signatures, *more))

    assert policy.require(verify_note(signed("acd"), policy.keys)) == ("a", "c", "d")
    for names in ("abc", "ad", "d"):
        with pytest.raises(TrustError):
            policy.require(verify_note(signed(names), policy.keys))


def test_every_wrong_line_of_a_policy_is_named() -> None:
    key = key_of("w.example/1", WITNESS, kind=WITNESS_KEY)
    text = (
        f"log {key}\nwitness none {key}\nwitness a {key}\ngroup g 3 a\ngroup h any b\nsudo x\n"
        "group i any a a\nquorum z\n"
    )
    with pytest.raises(InputErrors) as caught:
        read_policy(text)
    assert [problem.where for problem in caught.value.problems] == [
        "policy, line 1", "policy, line 2", "policy, line 4", "policy, line 5", "policy, line 6", "policy, line 7",
        "policy, line 8", "policy",
    ]  # fmt: skip


class Witnessing:
    def __init__(self) -> None:
        self.latest: dict[str, Checkpoint] = {}

    def ask(self, request: bytes) -> tuple[int, bytes]:
        key: VerifierKey = key_of(ORIGIN, LOG)
        given = answer(request, name="w.example/1", signer=WITNESS, logs=[key], latest=self.latest, time=7)
        if given.seen is not None:
            self.latest[given.seen.origin] = given.seen
        return given.status, given.body


def asked(old: int, size: int, *, root: bytes = b"", key: KeySigner = LOG, origin: str = ORIGIN) -> bytes:
    edge, files = published(size)
    proof = consistency_proof(old, size, tile_hashes(reader(files), size)) if old <= size else ()
    checkpoint = sign_checkpoint(Checkpoint(origin, size, root or edge.root), key)
    return request_body(old=old, proof=proof, checkpoint=bytes(checkpoint))


def test_witness_signs_what_only_grows() -> None:
    witness = Witnessing()
    status, body = witness.ask(asked(0, 50))
    assert status == 200
    line = read_signatures(body)[0]
    checkpoint = sign_checkpoint(Checkpoint(ORIGIN, 50, published(50)[0].root), LOG)
    key = key_of("w.example/1", WITNESS, kind=WITNESS_KEY)
    assert verify_note(Note(checkpoint.text, (line,)), [key])[0].time == 7
    assert witness.ask(asked(50, 300))[0] == 200
    assert witness.ask(asked(300, 300))[0] == 200


def test_witness_refuses_everything_else() -> None:
    witness = Witnessing()
    witness.ask(asked(0, 50))
    assert witness.ask(asked(0, 60)) == (409, b"50\n")
    assert witness.ask(asked(60, 50))[0] == 400
    assert witness.ask(asked(50, 50, root=b"f" * 32))[0] == 409
    assert witness.ask(asked(50, 60, root=b"f" * 32))[0] == 422
    assert witness.ask(asked(50, 60, key=Key(3)))[0] == 403
    assert witness.ask(asked(50, 60, origin="example.org/unknown"))[0] == 404
    for broken in (b"", b"old 1", b"old 01\n\n", b"old 5\n%%%\n\n" + b"x", b"x" * 200_000):
        assert witness.ask(broken)[0] == 400
    assert witness.latest[ORIGIN].size == 50


def test_proof_files_that_are_none_are_refused() -> None:
    good = bytes(proof_of(1, 4, cosigned=False)[0])
    for bad in (
        b"", good[5:], good.replace(b"index 1", b"index 01"), good.replace(b"index 1\n", b""),
        good.replace(b"extra ", b"extra !"), good.partition(b"\n\n")[0],
        good.replace(b"index 1\n", b"index 1\n" + b"x" * 44 + b"\n"),
        good.replace(b"index 1\n", b"index 1\n" + (base64.b64encode(b"h" * 32) + b"\n") * 64),
    ):  # fmt: skip
        with pytest.raises(TrustError) as caught:
            read_log_proof(bad)
        assert caught.value.code == "proof-malformed"
