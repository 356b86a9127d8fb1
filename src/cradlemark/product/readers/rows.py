"""Tell lines from titles, repeated headers, totals, headings and signatures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.safe_files import Cell
from cradlemark.product.bom import NUMBER_FIELDS, ColumnMapping, Field
from cradlemark.product.readers.columns import repeats_header
from cradlemark.product.readers.measures import known_unit
from cradlemark.product.readers.numbers import is_error, plain, scan_number
from cradlemark.product.readers.sources import Grid
from cradlemark.product.readers.vocabulary import key, vocabulary

Kind = Literal["line", "additional", "empty", "skipped", "total"]
_FILL_DOWN: frozenset[Field] = frozenset({"parent", "supplier", "origin", "mode", "material"})
_OWN: frozenset[Field] = frozenset(
    {"part_number", "name", "name_en", "name_zh", "level", "position", "quantity"}
)
_TRAILING_NUMBER = re.compile(r"[\s\d.,]+[^\W\d]{0,3}$")


@attrs.frozen
class RowKind:
    """What a row is, and why it is no line."""

    kind: Kind
    reason: Text = Text()


@attrs.frozen
class RowSorter:
    """Sorts the rows below the header.

    Parameters
    ----------
    last_number : int
        Last row that has a number in a number column; text below it is a footnote.
    headings : frozenset of int
        Rows with one merged cell across at least half of the mapped columns.
    """

    mapping: ColumnMapping
    skip: tuple[re.Pattern[str], ...]
    last_number: int
    headings: frozenset[int]
    own: tuple[int, ...] = ()
    """Columns that make a row a line of its own."""

    def sort(self, row: Sequence[Cell], index: int) -> RowKind:
        """Say what one row is."""
        filled = [cell for cell in row if cell is not None]
        if not filled:
            return RowKind("empty")
        if self.skip and (pattern := self._matching(filled)):
            return RowKind(
                "skipped", Text(f'matches the skip pattern "{pattern}"', f'符合跳过模式 "{pattern}"')
            )
        if repeats_header(row, self.mapping):
            return RowKind("skipped", Text("the header again", "重复的表头"))
        first = [plain(cell) for cell in filled[:3]]
        if total := next((text for text in first if _is_total(text)), ""):
            return RowKind("total", Text(f'a total: "{total[:40]}"', f'合计："{total[:40]}"'))
        if not self._numbers(row):
            texts = [plain(cell) for cell in filled]
            if _is_footer(texts):
                return RowKind(
                    "skipped",
                    Text(f'signatures or remarks: "{texts[0][:40]}"', f'签名或备注："{texts[0][:40]}"'),
                )
            if index > self.last_number and len(filled) <= 2 and not self._says_amount(row):
                return RowKind(
                    "skipped",
                    Text(
                        f'text below the last line: "{texts[0][:40]}"',
                        f'最后一行之下的文字："{texts[0][:40]}"',
                    ),
                )
        if index in self.headings and len(filled) == 1:
            return RowKind(
                "skipped",
                Text(f'a heading across the row: "{first[0][:40]}"', f'整行标题："{first[0][:40]}"'),
            )
        return RowKind("additional" if self._is_additional(row) else "line")

    def _matching(self, filled: Sequence[Cell]) -> str:
        texts = [plain(cell) for cell in filled]
        return next((p.pattern for p in self.skip if any(p.fullmatch(text) for text in texts)), "")

    def _says_amount(self, row: Sequence[Cell]) -> bool:
        """Whether a cell of a number column holds anything, readable or not, or one of the units a unit."""
        for column in self.mapping.columns:
            cell = row[column.index] if column.index < len(row) else None
            if cell is None:
                continue
            if column.field in NUMBER_FIELDS or (column.field == "unit" and known_unit(plain(cell))):
                return True
        return False

    def _numbers(self, row: Sequence[Cell]) -> list[Cell]:
        return [
            row[column.index]
            for column in self.mapping.columns
            if column.field in NUMBER_FIELDS and column.index < len(row) and _is_numeric(row[column.index])
        ]

    def _is_additional(self, row: Sequence[Cell]) -> bool:
        """A row with material and mass but no part number, name, level or quantity of its own."""
        if any(index < len(row) and row[index] is not None for index in self.own):
            return False
        filled = {c.field for c in self.mapping.columns if c.index < len(row) and row[c.index] is not None}
        has_mass = bool(filled & {"net_mass", "net_mass_total"})
        return "material" in filled and has_mass


def row_sorter(grid: Grid, mapping: ColumnMapping) -> RowSorter:
    """Prepare a sorter for one sheet.

    Raises
    ------
    InputError
        ``skip-pattern`` when a pattern of the mapping is no regular expression.
    """
    numbers = [column.index for column in mapping.columns if column.field in NUMBER_FIELDS]
    last = max(
        (i for i, row in enumerate(grid.rows) if any(_is_numeric(row[n]) for n in numbers if n < len(row))),
        default=-1,
    )
    width = max((column.index for column in mapping.columns), default=0) + 1
    headings = frozenset(top for top, left, bottom, right in grid.merged
                         if top == bottom and 2 * (right - left + 1) >= width)  # fmt: skip
    own = tuple(column.index for column in mapping.columns if column.field in _OWN)
    return RowSorter(mapping, _patterns(mapping), last, headings, own)


def _is_numeric(cell: Cell) -> bool:
    if isinstance(cell, str):
        return scan_number(cell) is not None or is_error(cell)
    return cell is not None


def _patterns(mapping: ColumnMapping) -> tuple[re.Pattern[str], ...]:
    patterns = []
    for text in mapping.skip:
        if len(text) > 200 or re.search(r"[+*}]\)*[+*{]", text):
            raise InputError(Text(f'"{text[:60]}" is not allowed as a skip pattern', f"不允许 \"{text[:60]}\" 作为跳过模式"), code="skip-pattern", where="mapping, skip",
                             hint=Text("use a short pattern without nested repetition", "使用不含嵌套重复的短模式"))  # fmt: skip
        try:
            patterns.append(re.compile(text, re.IGNORECASE))
        except re.error as error:
            raise InputError(Text(f'"{text}" is not a regular expression: {error}', f"\"{text}\" 不是正则表达式"), code="skip-pattern",
                             where="mapping, skip") from error  # fmt: skip
    return tuple(patterns)


def _is_total(text: str) -> bool:
    if not text or len(text) > 40 or text[0].isdigit():
        return False
    totals = vocabulary().totals
    return key(text) in totals or key(_TRAILING_NUMBER.sub("", text)) in totals


def _is_footer(texts: list[str]) -> bool:
    """Whether a cell begins with a word of signatures, followed by nothing or a colon."""
    footers = vocabulary().footers
    for number, text in enumerate(texts):
        head, *rest = re.split(r"[:：]", text, maxsplit=1)
        if key(head) in footers and (rest or number == 0) and len(texts) <= 8:
            return True
    return False


def fill_merged(grid: Grid, mapping: ColumnMapping) -> tuple[list[list[Cell]], dict[tuple[int, int], int]]:
    """Fill vertically merged cells of parent, supplier, material and the like.

    Returns
    -------
    rows : list of rows
        A copy where a value was filled in.
    covered : dict of (row, column) to row
        Merged cells of number columns below the one that holds the value: which line the number is for is unknown.
    """
    fields = {column.index: column.field for column in mapping.columns}
    rows = list(grid.rows)
    covered: dict[tuple[int, int], int] = {}
    start = mapping.header_row - 1 + mapping.header_rows
    for top, left, bottom, _right in grid.merged:
        if bottom == top or top < start:
            continue
        for row in range(top + 1, min(bottom + 1, len(rows))):
            if fields.get(left) in _FILL_DOWN and rows[row][left] is None:
                rows[row] = [*rows[row][:left], rows[top][left], *rows[row][left + 1 :]]
            elif fields.get(left) in NUMBER_FIELDS:
                covered[(row, left)] = top
    return rows, covered
