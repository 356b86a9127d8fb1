"""Cells of a line: separated, perhaps quoted, over several lines where a text is."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

LONGEST_QUOTE = 2_000
"""Most lines of one quoted cell."""
CELL = 200_000
"""Longest cell over several lines [characters]."""
MOST_CELLS = 1_000
"""Most cells of a row that are told apart; what follows stays together."""
BREAK = "\x7f"
"""What SimaPro writes for the end of a line inside a cell."""


class Rows:
    """Rows of cells from lines; a row may be put back.

    Parameters
    ----------
    lines : iterator of str
    separator : str

    Attributes
    ----------
    line : int
        Number of the line that was read last.
    unclosed : int
        Quotes that were not closed and are taken as they stand.
    """

    def __init__(self, lines: Iterator[str], separator: str) -> None:
        self._lines = lines
        self._separator = separator
        self._pending: list[str] = []
        self.line = 0
        self.unclosed = 0

    def __iter__(self) -> Iterator[tuple[int, list[str]]]:
        while (line := self._next()) is not None:
            start = self.line
            cells = line.split(self._separator, MOST_CELLS) if '"' not in line else self._quoted(line)
            while cells and not cells[-1].strip():
                cells.pop()
            yield start, cells

    def skip(self, count: int) -> None:
        """Pass over lines at the beginning."""
        for _ in range(count):
            self._next()

    def _next(self) -> str | None:
        if self._pending:
            self.line += 1
            return self._pending.pop()
        line = next(self._lines, None)
        self.line += line is not None
        return line

    def _quoted(self, line: str) -> list[str]:
        if self._open(line):
            return self._over_several_lines(line)
        return self._parsed(line)

    def _open(self, text: str) -> bool:
        """Whether a cell begins with a quote that is not closed."""
        if text.count('"') % 2 == 0:
            return False
        cells = text.split(self._separator, MOST_CELLS)
        return any(cell.lstrip().startswith('"') for cell in cells)

    def _over_several_lines(self, line: str) -> list[str]:
        """Join lines until the quote is closed; when it never is, take it as it stands and give the lines back."""
        joined = line
        taken: list[str] = []
        while len(taken) < LONGEST_QUOTE and len(joined) < CELL:
            following = self._next()
            if following is None:
                break
            taken.append(following)
            if following.strip() == "End":
                break
            joined += "\n" + following
            if joined.count('"') % 2 == 0:
                return self._parsed(joined)
        self._pending.extend(reversed(taken))
        self.line -= len(taken)
        self.unclosed += 1
        return line.split(self._separator, MOST_CELLS)

    def _parsed(self, text: str) -> list[str]:
        try:
            return next(csv.reader([text.replace("\n", BREAK)], delimiter=self._separator))
        except csv.Error as error:
            raise InputError(
                Text(
                    f"line {self.line} cannot be split into cells: {error}",
                    f"第 {self.line} 行无法分列",
                ),
                code="simapro-line",
                hint=Text("export it again", "重新导出"),
            ) from error


def text_of(cell: str) -> str:
    """Text of a cell with its line ends, without those around it."""
    return cell.replace(BREAK, "\n").strip() if BREAK in cell else cell.strip()
