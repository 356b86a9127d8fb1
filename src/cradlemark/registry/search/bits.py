"""Sets of running numbers as the bits of a whole number: bit *n* stands for the label with number *n*."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

_ONES = bytes.maketrans(b"01", b"\0\1")


def bits_of(numbers: Iterable[int]) -> int:
    """A set of running numbers as bits.

    Examples
    --------
    >>> bin(bits_of([0, 3]))
    '0b1001'
    """
    found = list(numbers)
    if not found:
        return 0
    cells = bytearray(max(found) // 8 + 1)
    for number in found:
        cells[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(cells, "little")


def numbers_of(bits: int) -> Iterator[int]:
    """The running numbers in a set of bits, ascending.

    Examples
    --------
    >>> list(numbers_of(0b1001))
    [0, 3]
    """
    flags = flags_of(bits)
    place = flags.find(1)
    while place >= 0:
        yield place
        place = flags.find(1, place + 1)


def flags_of(bits: int, *, least: int = 0) -> bytes:
    """A one for every running number in a set of bits, a zero for the others.

    Parameters
    ----------
    least : int
        How many flags there are at least.

    Examples
    --------
    >>> list(flags_of(0b1001, least=6))
    [1, 0, 0, 1, 0, 0]
    """
    return f"{bits:0{max(least, 1)}b}"[::-1].encode().translate(_ONES)
