"""Status lists: the same states give the same bytes; lists of others are unpacked with care."""

from __future__ import annotations

import gzip

import pytest

from cradlemark.core.errors import InputError, TrustError
from cradlemark.label.status_list import (
    ENTRIES,
    LARGEST_BITS,
    PURPOSES,
    bit,
    bits_of,
    is_set,
    list_document,
    pack,
    place_of,
    unpack,
)
from cradlemark.label.workflow import workflow
from cradlemark.trust.envelopes import decode, encode


def test_which_states_set_which_bit() -> None:
    found = {
        state: tuple(purpose for purpose in PURPOSES if is_set(purpose, state))
        for state in workflow().states["label"]
    }
    usable: tuple[str, ...] = ()
    assert found == {
        "registered": ("suspension",), "active": usable, "watch": usable, "change_review": usable,
        "suspended": ("suspension",), "scope_reduced": usable, "renewal_open": usable, "expired": PURPOSES,
        "withdrawn": PURPOSES, "revoked": PURPOSES, "superseded": PURPOSES, "recognised": usable,
    }  # fmt: skip


def test_every_usable_state_is_told_from_every_other() -> None:
    for name, state in workflow().states["label"].items():
        assert is_set("suspension", name) is not state.mark


@pytest.mark.parametrize("positions", [[], [0], [7, 8], [ENTRIES - 1], list(range(0, ENTRIES, 3))])
def test_packed_and_unpacked(positions: list[int]) -> None:
    bits = unpack(pack(bits_of(positions)))
    assert len(bits) * 8 == ENTRIES
    wanted = set(positions)
    assert all(bit(bits, place) is (place in wanted) for place in range(ENTRIES))


def test_the_highest_bit_is_the_first() -> None:
    assert bits_of([0, 9])[:2] == b"\x80\x40"


def test_the_standard_reader_unpacks_it() -> None:
    content = decode(pack(bits_of([5]))[1:])
    assert content is not None
    assert gzip.decompress(content) == bits_of([5])
    assert content[:10] == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])


def test_the_same_states_give_the_same_list() -> None:
    options = {"purpose": "revocation", "number": 0, "base": "https://a.example", "did": "did:web:a.example"}
    states = {place: "revoked" if place % 2 else "active" for place in range(500)}
    one = list_document(states, since="2026-12-01T00:00:00Z", **options)  # type: ignore[arg-type]
    other = list_document(dict(reversed(states.items())), since="2026-12-01T00:00:00Z", **options)  # type: ignore[arg-type]
    assert one == other
    assert one["credentialSubject"]["encodedList"] == pack(bits_of(range(1, 500, 2)))


@pytest.mark.parametrize(
    ("index", "place"), [(0, (0, 0)), (ENTRIES - 1, (0, ENTRIES - 1)), (ENTRIES, (1, 0))]
)
def test_place(index: int, place: tuple[int, int]) -> None:
    found = place_of(index)
    assert (found.number, found.position) == place


def test_no_place_outside() -> None:
    with pytest.raises(InputError):
        place_of(-1)
    for position in (-1, ENTRIES):
        with pytest.raises(InputError):
            bits_of([position])
        with pytest.raises(TrustError):
            bit(bits_of([]), position)


def packed(content: bytes) -> str:
    return "u" + encode(gzip.compress(content, mtime=0))


@pytest.mark.parametrize(
    "text",
    [
        "", "u", "z" + pack(bits_of([]))[1:], pack(bits_of([]))[1:], pack(bits_of([])) + "=", "uQUJD",
        packed(bytes(LARGEST_BITS // 8 + 1)), packed(bytes(100)), pack(bits_of([]))[:-8], "u" + "A" * 4_000_000,
        "u" + encode(gzip.compress(bits_of([])) + b"more"), packed(bytes(300_000_000)),
    ],
    ids=[
        "empty", "nothing", "base58", "no-prefix", "padding", "no-gzip", "bomb", "short", "cut-off", "long", "more",
        "large-bomb",
    ],
)  # fmt: skip
def test_what_is_no_list(text: str) -> None:
    with pytest.raises(TrustError) as caught:
        unpack(text)
    assert caught.value.code == "status-list-malformed"


def test_a_changed_list_does_not_unpack() -> None:
    content = bytearray(decode(pack(bits_of([5]))[1:]) or b"")
    content[-6] ^= 1  # of the checksum
    with pytest.raises(TrustError):
        unpack("u" + encode(bytes(content)))


def test_longer_lists_of_others_are_read() -> None:
    assert bit(unpack(packed(bytes(LARGEST_BITS // 8 - 1) + b"\x01")), LARGEST_BITS - 1)
