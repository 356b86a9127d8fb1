"""Status lists: one bit a label, compressed, so that a reader learns the state of one without asking for it.

After Bitstring Status List 1.0 (W3C). Two lists: ``suspension`` says that a label must not be used now, ``revocation`` that it
never will be again. Both follow from the states of the labels and nothing else: the same states give the same bytes.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal, get_args

import attrs

from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.label.workflow import workflow
from cradlemark.trust.envelopes import decode, encode

Purpose = Literal["suspension", "revocation"]
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)
ENTRIES = 131_072
"""Labels in one list; the least that the standard allows, so that one label hides among many."""
LEAST_BYTES = ENTRIES // 8
LARGEST_BITS = 16 * 2**20
"""Longest list of others that is unpacked [bit]."""
LARGEST_ENCODED = 3_000_000
"""Longest list of others that is read [character]."""
_MULTIBASE = "u"
_HEADER = bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 255])
"""Of gzip (RFC 1952): no name, no time, best compression, no system named."""


@attrs.frozen
class StatusPlace:
    """Place of a label in the lists.

    Parameters
    ----------
    number : int
        Which list.
    position : int
        Which bit of it, the first one is the highest bit of the first byte.
    """

    number: int
    position: int


def place_of(index: int) -> StatusPlace:
    """List and bit of a running index.

    Examples
    --------
    >>> place_of(131_073)
    StatusPlace(number=1, position=1)
    """
    if index < 0:
        raise InputError(
            Text(f"{index} is no place in a status list", f"{index} 不是状态列表中的位置"),
            code="status-index",
            hint=Text("it begins with 0", "从 0 开始"),
        )
    return StatusPlace(*divmod(index, ENTRIES))


def is_set(purpose: Purpose, state: str) -> bool:
    """Whether a label of this state has its bit set.

    ``suspension``: its mark must not be used now. ``revocation``: besides, no step leads to a state where it may be.
    """
    return state not in _usable() if purpose == "suspension" else state in _lost()


@cache
def _usable() -> frozenset[str]:
    return frozenset(name for name, state in workflow().states["label"].items() if state.mark)


@cache
def _lost() -> frozenset[str]:
    """States that no usable one can be reached from."""
    reaching = set(_usable())
    steps = workflow().steps["label"].values()
    while more := {source for step in steps if step.target in reaching for source in step.source} - reaching:
        reaching |= more
    return frozenset(workflow().states["label"]) - reaching


def bits_of(set_positions: Iterable[int]) -> bytes:
    """A list with these bits set, uncompressed.

    Raises
    ------
    InputError
        ``status-index``
    """
    content = bytearray(LEAST_BYTES)
    for position in set_positions:
        if not 0 <= position < ENTRIES:
            raise InputError(
                Text(f"{position} is no place in a status list", f"{position} 不是状态列表中的位置"),
                code="status-index",
                hint=Text(f"0 to {ENTRIES - 1}", f"0 至 {ENTRIES - 1}"),
            )
        content[position >> 3] |= 0x80 >> (position & 7)
    return bytes(content)


def pack(bits: bytes) -> str:
    """A list as it is written: gzip without time and name, in multibase base64url."""
    squeezer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    body = squeezer.compress(bits) + squeezer.flush()
    trailer = zlib.crc32(bits).to_bytes(4, "little") + (len(bits) & 0xFFFFFFFF).to_bytes(4, "little")
    return _MULTIBASE + encode(_HEADER + body + trailer)


def unpack(text: str, *, where: str = "") -> bytes:
    """A list of anybody, uncompressed; never more than `LARGEST_BITS` are unpacked.

    Raises
    ------
    TrustError
        ``status-list-malformed``
    """
    if len(text) > LARGEST_ENCODED or not text.startswith(_MULTIBASE):
        raise _malformed(Text("it is too long, or not in base64url", "过长，或不是 base64url"), where)
    packed = decode(text[1:])
    if packed is None:
        raise _malformed(Text("it is not in base64url", "不是 base64url"), where)
    unpacker = zlib.decompressobj(16 + zlib.MAX_WBITS)
    try:
        bits = unpacker.decompress(packed, LARGEST_BITS // 8)
    except zlib.error as error:
        raise _malformed(Text("it cannot be unpacked", "无法解压"), where) from error
    if not unpacker.eof or unpacker.unused_data:
        raise _malformed(
            Text(
                "it is cut off, too long when unpacked, or more follows", "不完整、解压后过长，或后面还有内容"
            ),
            where,
        )
    if len(bits) < LEAST_BYTES:
        raise _malformed(Text(f"it has fewer than {ENTRIES} entries", f"少于 {ENTRIES} 个条目"), where)
    return bits


def bit(bits: bytes, position: int, *, where: str = "") -> bool:
    """One entry of an unpacked list.

    Raises
    ------
    TrustError
        ``status-list-malformed`` when the list is shorter.
    """
    if not 0 <= position < len(bits) * 8:
        raise _malformed(Text(f"it has no entry {position}", f"没有条目 {position}"), where)
    return bool(bits[position >> 3] & (0x80 >> (position & 7)))


def list_address(base: str, purpose: Purpose, number: int) -> str:
    """Where a list is, below the address of the programme."""
    return f"{base}/{list_path(purpose, number)}"


def list_path(purpose: Purpose, number: int) -> str:
    """Where a list lies below the published folder."""
    return f"status/{purpose}-{number}.jwt"


def list_document(
    states: Mapping[int, str], *, purpose: Purpose, number: int, base: str, did: str, since: str
) -> dict[str, Any]:
    """The credential of one status list.

    Parameters
    ----------
    states : mapping of int to str
        State of each label of this list by its position.
    purpose : {"suspension", "revocation"}
    number : int
    base : str
        Address of the programme, without a slash at the end.
    did : str
        Of the programme.
    since : str
        From when it holds, ISO time.
    """
    address = list_address(base, purpose, number)
    set_positions = (position for position, state in states.items() if is_set(purpose, state))
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": did,
        "validFrom": since,
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": pack(bits_of(set_positions)),
        },
    }


def _malformed(why: Text, where: str) -> TrustError:
    return TrustError(
        Text("this is no status list: {why}", "这不是状态列表：{why}").format(why=why),
        code="status-list-malformed",
        where=where,
        hint=Text("get it anew", "重新获取"),
    )
