"""Which characters a font can show: a PDF/A refuses any other one, and names may hold all of Unicode."""

from __future__ import annotations

import struct
import unicodedata
from bisect import bisect_right
from functools import cache
from pathlib import Path
from typing import BinaryIO

import attrs

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text

MISSING = "□"
"""Stands for a character that the font cannot show."""
_KEPT = frozenset("\n\t")
_SEGMENTED = 12
"""Format of the character map that covers all of Unicode (OpenType 1.9, chapter cmap)."""


@attrs.frozen
class Coverage:
    """Characters of a font as code ranges: first codes, sorted, and the last code of each."""

    first: tuple[int, ...]
    last: tuple[int, ...]

    def holds(self, character: str) -> bool:
        """Whether the font has a glyph for a character; characters without a shape of their own need none."""
        if character in _KEPT or unicodedata.category(character) == "Cf":
            return True
        code = ord(character)
        place = bisect_right(self.first, code) - 1
        return place >= 0 and code <= self.last[place]

    def shown(self, text: str) -> str:
        """Return the text with what can be shown for every character without a glyph: ₂ as 2, else `MISSING`."""
        if text.isascii() and text.isprintable():
            return text
        return "".join(mark if self.holds(mark) else self._instead(mark) for mark in text)

    def _instead(self, mark: str) -> str:
        plain = unicodedata.normalize("NFKC", mark)
        return plain if plain != mark and all(map(self.holds, plain)) else MISSING


@cache
def coverage(font: Path) -> Coverage:
    """Read the character map of a TrueType or OpenType font.

    Raises
    ------
    StateError
        ``font-unreadable`` when it has no map of all of Unicode.
    """
    with font.open("rb") as file:
        try:
            return _groups(file, _character_map(file))
        except (struct.error, StopIteration):
            raise StateError(
                Text(f"the font {font.name} has no map of its characters", f"字体 {font.name} 没有字符映射"), code="font-unreadable",
                hint=Text("install the project's dependencies again", "重新安装项目的依赖"),
            ) from None  # fmt: skip


def _read(file: BinaryIO, place: int, layout: str) -> tuple[int, ...]:
    file.seek(place)
    return struct.unpack(layout, file.read(struct.calcsize(layout)))


def _character_map(file: BinaryIO) -> int:
    """Place of the sub-table in the file."""
    (tables,) = _read(file, 4, ">H")
    records = (_read(file, 12 + 16 * index, ">4sIII") for index in range(tables))
    start = next(record[2] for record in records if record[0] == b"cmap")  # type: ignore[comparison-overlap]
    (count,) = _read(file, start + 2, ">H")
    places = [start + _read(file, start + 4 + 8 * index, ">HHI")[2] for index in range(count)]
    return next(place for place in places if _read(file, place, ">H") == (_SEGMENTED,))


def _groups(file: BinaryIO, place: int) -> Coverage:
    (count,) = _read(file, place + 12, ">I")
    numbers = _read(file, place + 16, f">{3 * count}I")
    return Coverage(numbers[0::3], numbers[1::3])
