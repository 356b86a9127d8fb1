"""The QR code of a label as squares on the dots of a printer."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

import attrs

QUIET_ZONE = 4
"""Empty modules on each side (ISO/IEC 18004)."""
DOT = 25.4 / 300.0
"""Dot of a printer with 300 dots per inch [mm]; modules are whole dots, so that no edge is blurred."""
LEAST_DOTS = 3
"""0.254 mm: the smallest module."""
RETAIL_DOTS = 5
"""0.423 mm: the first whole number of dots at or above the 0.396 mm of the GS1 General Specifications."""


@attrs.frozen
class Code:
    """A QR code.

    Parameters
    ----------
    text : str
    size : int
        Modules on a side, without quiet zone.
    runs : tuple of (int, int, int)
        Dark modules: row, first column, number of columns.
    """

    text: str
    size: int
    runs: tuple[tuple[int, int, int], ...]

    @property
    def across(self) -> int:
        """Modules on a side, with quiet zone."""
        return self.size + 2 * QUIET_ZONE

    @property
    def svg(self) -> str:
        """The code with quiet zone as a drawing of one path, a unit a module."""
        path = "".join(
            f"M{QUIET_ZONE + column} {QUIET_ZONE + row}h{length}v1h-{length}z"
            for row, column, length in self.runs
        )
        box = f'width="{self.across}" height="{self.across}" viewBox="0 0 {self.across} {self.across}"'
        return f'<svg xmlns="http://www.w3.org/2000/svg" {box}><path d="{path}"/></svg>'

    def side(self, dots: int) -> float:
        """Length of a side with quiet zone [mm], for modules of so many dots."""
        return self.across * dots * DOT

    def fitting(self, room: float, *, most: int = RETAIL_DOTS) -> int:
        """Dots of the largest module, from `most` down, with which the code fits into the room [mm]; 0 when none does."""
        return next((dots for dots in range(most, LEAST_DOTS - 1, -1) if self.side(dots) <= room + 1e-9), 0)


@lru_cache(maxsize=64)
def code_of(text: str) -> Code:
    """Make the code of a text: level M (15 % of the codewords can be damaged), smallest version."""
    import segno

    symbol = segno.make_qr(text, error="m", boost_error=False)
    rows = [bytes(row) for row in symbol.matrix]
    runs = tuple(run for row, modules in enumerate(rows) for run in _dark(row, modules))
    return Code(text, len(rows), runs)


def _dark(row: int, modules: bytes) -> list[tuple[int, int, int]]:
    runs, column = [], 0
    for dark, group in groupby(modules):
        length = len(list(group))
        if dark:
            runs.append((row, column, length))
        column += length
    return runs
