"""Rows whose cells may not stand in their columns, and columns without a header.

In a text file a separator inside a number or text (``1,2`` in a table separated by commas) begins a new cell: the number is cut
and what follows it moves to the right. Read as it stands such a row gives a wrong number that nothing else tells, so it is
refused. The cells of a workbook cannot move; what stands there without a header is only not used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Protocol

import attrs

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.inventory.text_files import Cell, column_letters

_WHOLE = re.compile(r"\s*[+-]?(?:\d+|\d{1,3}(?:[.' ]\d{3})+)\s*")
_DECIMALS = re.compile(r"\s*\d+\s*(?:[^\W\d_]{1,5}[23]?|[%‰])?\s*")
"""Digits, and at most a unit behind them."""
_SHOWN = 40
"""Longest text of a cell that is shown [characters]."""
_BEYOND = Text(
    'the row has {width} cells instead of {expected}, "{cell}" stands beyond the last header{number}',
    '该行有 {width} 个单元格，应为 {expected} 个，"{cell}" 超出最后一个表头{number}',
)
_LONGER = Text(
    "the row has {width} cells instead of {expected}{number}",
    "该行有 {width} 个单元格，应为 {expected} 个{number}",
)
_BESIDE = Text('"{cell}" stands in a column without a header{number}', '"{cell}" 位于没有表头的列{number}')
_NUMBER = Text(
    ': "{whole}" and "{decimals}" may be the one number {whole},{decimals}',
    '："{whole}" 和 "{decimals}" 可能是同一个数 {whole},{decimals}',
)
_QUOTE = Text(
    "put the number or text that holds {delimiter} in quotation marks, or save the table with another separator; "
    "if the cell is meant, give its column a header",
    "含 {delimiter} 的数字或文字加引号，或改用其他分隔符保存；若该单元格有用，请为其列加表头",
)
_EMPTY = Text(
    'put the number that holds "," in quotation marks, or save the table with another separator; '
    "if no number was cut, take the empty cell at the end of the row away",
    '含 "," 的数字加引号，或改用其他分隔符保存；若没有数字被分开，请删去行尾的空单元格',
)
_SEPARATORS = {"": Text("the separator", "分隔符"), "\t": Text("a tab", "制表符")}
_UNNAMED = Text(
    'the column has no header and is not used; filled cells: {count}, the first "{cell}" in row {row}',
    '该列没有表头，未使用；填写的单元格：{count}，首个为第 {row} 行的 "{cell}"',
)
_NAME_IT = Text(
    "give it a header if it matters; if a number was cut at its decimal comma, write it into one cell",
    "需要该列时请加表头；若数字在小数逗号处被分成两格，请写回一格",
)


class Table(Protocol):
    """Rows of cells; of a text file also how many cells each row has, and what separates them."""

    @property
    def rows(self) -> list[list[Cell]]:
        """Cells, all rows of the same length."""

    @property
    def widths(self) -> tuple[int, ...]:
        """Cells that each row has in a text file; empty for other files."""

    @property
    def delimiter(self) -> str:
        """What separates the cells of a text file."""


@attrs.frozen
class Span:
    """How far the columns of a text table reach.

    Parameters
    ----------
    columns : int
        Columns up to the last one that has a header or is read.
    width : int
        Cells that a row should have.
    delimiter : str
        What separates the cells; empty when it is not known.
    """

    columns: int
    width: int
    delimiter: str


def span_of(columns: Collection[int], widths: Sequence[int], *, header: int | None, delimiter: str) -> Span:
    """How far the columns of a text table reach.

    Parameters
    ----------
    columns : collection of int
        Columns that have a header or are read.
    widths : sequence of int
        Cells that each row has in its file.
    header : int, optional
        Row of the header, from 0: its cells are counted. Without one those of the shortest row that has all columns are.
    """
    last = 1 + max(columns, default=-1)
    shortest = min((width for width in widths if width >= last), default=last)
    return Span(last, shortest if header is None else max(widths[header], last), delimiter)


def moved(row: Sequence[Cell], width: int, span: Span, *, where: str) -> Problem | None:
    """Why the cells of a row may have moved; None if they stand where they should.

    Refused are: a row with more cells than the header, one of them beyond its last column; a row with more cells, empty ones,
    and a number that a comma may have cut; a number that a comma may have cut at the border of the last column.

    Parameters
    ----------
    row : sequence of Cell
    width : int
        Cells that the row has in its file.
    where : str
        Place of the row.

    Examples
    --------
    >>> span = Span(3, 3, ",")
    >>> print(moved(["Screw", "kg", "1", "2"], 4, span, where="bom.csv, row 3").message)
    the row has 4 cells instead of 3, "2" stands beyond the last header: "1" and "2" may be the one number 1,2
    >>> moved(["Screw", "kg", "1.2"], 3, span, where="bom.csv, row 3")
    """
    longer, beyond = width > span.width, _beyond(row, span)
    if beyond is None and not longer:
        return None
    cut = _cut(
        row[: span.columns + 1], first=0 if longer else max(span.columns - 1, 0), delimiter=span.delimiter
    )
    if not cut and (beyond is None or not longer):
        return None
    words = {"width": width, "expected": span.width, "number": cut}
    if beyond is None:
        return Problem(where, "cells-moved", _LONGER.format(**words), _EMPTY)
    message = (_BEYOND if longer else _BESIDE).format(cell=_shown(row[beyond]), **words)
    delimiter = _SEPARATORS.get(span.delimiter, f'"{span.delimiter}"')
    return Problem(
        f"{where}, column {column_letters(beyond)}",
        "cells-moved",
        message,
        _QUOTE.format(delimiter=delimiter),
    )


def moved_rows(
    table: Table, columns: Collection[int], *, header: int | None, start: int, where: Callable[[int], str]
) -> dict[int, Problem]:
    """Rows below the header whose cells may have moved, by position from 0; none in a workbook.

    Parameters
    ----------
    table : Table
    columns : collection of int
        Columns that have a header or are read.
    header : int, optional
        Row of the header, from 0.
    start : int
        First row below the header.
    where : callable
        Place of a row by its position.
    """
    if not table.widths:
        return {}
    span = span_of(columns, table.widths, header=header, delimiter=table.delimiter)
    found: dict[int, Problem] = {}
    for position in range(start, len(table.rows)):
        row, width = table.rows[position], table.widths[position]
        if width <= span.width and _beyond(row, span) is None:
            continue  # nearly every row; its place is not needed
        problem = moved(row, width, span, where=where(position))
        if problem is not None:
            found[position] = problem
    return found


def _beyond(row: Sequence[Cell], span: Span) -> int | None:
    """The first column behind the last one where a row holds something."""
    return next((place for place in range(span.columns, len(row)) if row[place] is not None), None)


def _cut(row: Sequence[Cell], *, first: int, delimiter: str) -> Text:
    """The number that a comma may have cut into two cells, the left one at `first` or behind it; empty if there is none."""
    if delimiter != ",":
        return Text()
    for whole, decimals in zip(row[first:], row[first + 1 :], strict=False):
        if (
            isinstance(whole, str)
            and isinstance(decimals, str)
            and _WHOLE.fullmatch(whole)
            and _DECIMALS.fullmatch(decimals)
        ):
            return _NUMBER.format(whole=_shown(whole), decimals=_shown(decimals))
    return Text()


def unnamed_columns(
    table: Table, columns: Collection[int], rows: Sequence[int], *, where: str, first_row: int = 1
) -> Iterator[Problem]:
    """Warn of columns that hold something and have no header.

    Parameters
    ----------
    table : Table
    columns : collection of int
        Columns that have a header or are read.
    rows : sequence of int
        Positions of the rows that are read, from 0.
    where : str
        Place of the table, up to the word column.
    first_row : int
        Number of the row at position 0.
    """
    width = max(map(len, table.rows), default=0)
    for place in (place for place in range(width) if place not in columns):
        filled = [row for row in rows if _cell(table.rows[row], place) is not None]
        if not filled:
            continue
        cell = _shown(table.rows[filled[0]][place])
        message = _UNNAMED.format(count=len(filled), cell=cell, row=filled[0] + first_row)
        yield Problem(f"{where}column {column_letters(place)}", "column-unnamed", message, _NAME_IT)


def _cell(row: Sequence[Cell], place: int) -> Cell:
    return row[place] if place < len(row) else None


def _shown(cell: Cell) -> str:
    whole = isinstance(cell, float) and cell.is_integer()
    return " ".join((f"{cell:.0f}" if whole else str(cell)).split())[:_SHOWN]
