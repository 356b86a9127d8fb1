"""Cells of the study workbook: which column is which, and where every content came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.core.quantities import parse_number
from cradlemark.core.suggestion import did_you_mean
from cradlemark.inventory.safe_files import Cell, Sheet
from cradlemark.product.bom import column_letter
from cradlemark.product.readers.study_document import Path
from cradlemark.product.workbook import KEY_COLUMN, Column, SheetLayout, header_unit

HEAD = 15
"""Rows in which the keys or headers of the columns are looked for."""


class Row(dict[str, Any]):
    """A table of the document that knows the row it came from.

    Parameters
    ----------
    row : FilledRow, optional
        Row of the sheet.
    prefix : str
        What stands before its keys in the columns, for example ``material.``.
    """

    def __init__(
        self, content: Mapping[str, Any] | None = None, row: FilledRow | None = None, prefix: str = ""
    ) -> None:
        super().__init__(content or {})
        self.row = row
        self.prefix = prefix
        self.rows: dict[str, tuple[FilledRow, str]] = {}
        """Place of single keys, when they come from other rows."""

    def where(self, key: str) -> str:
        """Place of a key in the user's workbook; empty when it is not known."""
        if key in self.rows:
            row, column = self.rows[key]
            return row.where(column)
        return self.row.where(self.prefix + key) if self.row else ""


def place_of(document: Row, path: Path) -> str:
    """Place of a path of the document: the deepest one that is known."""
    place = ""
    node: Any = document
    for step in path:
        if isinstance(node, Row) and isinstance(step, str):
            place = node.where(step) or place
        try:
            node = node[step]
        except (KeyError, IndexError, TypeError):
            break
        if isinstance(node, Row) and node.row is not None:
            place = node.row.where("")
    return place


@attrs.frozen(slots=False)
class FilledRow:
    """A row with content.

    Parameters
    ----------
    number : int
        Row of the sheet, from 1.
    cells : mapping
        Contents by the key of the column.
    letters : mapping
        Letters of the columns by key.
    """

    file: str
    sheet: str
    number: int
    layout: SheetLayout
    cells: Mapping[str, Cell]
    letters: Mapping[str, str]

    def get(self, key: str) -> Cell:
        """Return the content of a column."""
        return self.cells.get(key)

    def where(self, key: str) -> str:
        """Place of a column of this row, for example ``study.xlsx, sheet Components, row 14, column D (net amount)``."""
        place = f"{self.file}, sheet {self.sheet}, row {self.number}"
        column = self._column(key) if key else None
        if column is None:
            return place
        letter = self.letters.get(column.key, "")
        return (
            f"{place}, column {letter} ({column.title.en.lower()})"
            if letter
            else f"{place} ({column.title.en.lower()})"
        )

    def _column(self, key: str) -> Column | None:
        by_key = self.layout.by_key
        return by_key.get(key) or by_key.get(f"{key}.en")

    def value(self, key: str, unit_key: str) -> Any:
        """Return number and unit as the document writes them."""
        return _value(self.get(key), self.get(unit_key), "")

    def table(self) -> Row:
        """Return the row as a table of the document."""
        table = Row(row=self)
        for key, content in fields_of(self.layout.columns, self.cells):
            if key != "belongs_to":
                set_deep(table, key, content, self)
        return table


@attrs.frozen
class FormCells:
    """Fields of the form with their contents and rows."""

    cells: tuple[tuple[str, Any, FilledRow], ...]
    places: Mapping[str, tuple[FilledRow, str]]
    problems: tuple[Problem, ...]


def fields_of(columns: tuple[Column, ...], cells: Mapping[str, Cell]) -> list[tuple[str, Any]]:
    """Bring the columns of a row together to fields: number with unit, both languages of a text."""
    fields: dict[str, Any] = {}
    for column in columns:
        content = cells.get(column.key)
        if column.part in {"en", "zh"}:
            if content is not None:
                fields.setdefault(column.field_key, {})[column.part] = content
        elif column.part == "unit":
            continue
        elif column.field is not None and column.field.type == "value":
            value = _value(content, cells.get(f"{column.key}.unit"), header_unit(column))
            if value is not None:
                fields[column.key] = value
        elif content is not None:
            fields[column.key] = content
    return list(fields.items())


def _value(content: Cell, unit: Cell, own_unit: str) -> Any:
    """Number and unit as the document writes them; a unit without a number is nothing."""
    if content is None:
        return None
    if isinstance(content, str) and content.startswith("#"):
        # The error value of a spreadsheet formula: most often a formula that was typed without an apostrophe.
        return content
    stated = str(unit).strip().removesuffix(".0") if unit is not None else ""
    if not stated and own_unit and not (isinstance(content, str) and _has_unit(content)):
        stated = own_unit
    if not stated:
        return content
    if isinstance(content, str) and content.lstrip().startswith(("=", ":=", "＝")):
        return {"formula": content.strip().lstrip(":=＝"), "unit": stated}
    return {"value": content, "unit": stated}


def _has_unit(content: str) -> bool:
    if content.lstrip().startswith(("=", ":=", "＝")):
        return False
    try:
        parse_number(content)
    except InputError:
        return True
    return False


def set_deep(table: Row, key: str, content: Any = None, row: FilledRow | None = None) -> None:
    """Set a content under a dotted key, making the tables on the way; without content make the table only."""
    *before, last = key.split(".") if content is not None else [*key.split("."), ""]
    prefix = ""
    for part in before:
        prefix += f"{part}."
        inner = table.get(part)
        if not isinstance(inner, Row):
            inner = Row(row=table.row, prefix=prefix)
            table[part] = inner
        table = inner
    if last:
        table[last] = content
        if row is not None:
            table.rows[last] = (row, key)


class Page:
    """One sheet of the workbook, matched with its layout."""

    def __init__(self, file: str, layout: SheetLayout, grid: Sheet) -> None:
        self.file = file
        self.layout = layout
        self.grid = grid
        self.problems: list[Problem] = []
        self._head, self._columns = self._find_columns()

    def _find_columns(self) -> tuple[int, dict[int, str]]:
        """Find the row with the keys, else the one with the titles in either language."""
        keys = {column.key: column.key for column in self.layout.columns} | {KEY_COLUMN: KEY_COLUMN}
        titles = {
            title.casefold(): column.key
            for column in self.layout.columns
            for title in (column.title.en, column.title.zh)
        }
        if self.layout.kind == "form":
            return self._form_head()
        for known in (keys, titles):
            best, columns = -1, dict[int, str]()
            for number, row in enumerate(self.grid.rows[:HEAD]):
                read = _text if known is keys else _folded_title
                found = {
                    place: known[word] for place, cell in enumerate(row) if (word := read(cell)) in known
                }
                if len(found) > len(columns):
                    best, columns = number, found
            if len(columns) >= min(2, len(self.layout.columns)):
                self._check(columns)
                return best, columns
        if any(_filled(cell) for row in self.grid.rows[5:] for cell in row):
            self._problem(
                "columns-unknown",
                Text("the columns are not known", "各列未知"),
                Text("leave the grey row with the keys in place", "保留含键的灰色行"),
            )
        return len(self.grid.rows), {}

    def _form_head(self) -> tuple[int, dict[int, str]]:
        for number, row in enumerate(self.grid.rows[:HEAD]):
            if any(_text(cell).casefold() == KEY_COLUMN for cell in row):
                return number, {}
        self._problem(
            "columns-unknown",
            Text("the column with the keys is missing", "缺少含键的列"),
            Text("leave the grey column in place", "保留灰色的列"),
        )
        return len(self.grid.rows), {}

    def _problem(self, code: str, message: Text, hint: Text) -> None:
        self.problems.append(Problem(f"{self.file}, sheet {self.grid.name}", code, message, hint))

    def _check(self, columns: Mapping[int, str]) -> None:
        twice = {key for key in columns.values() if list(columns.values()).count(key) > 1}
        for key in sorted(twice):
            self._problem(
                "columns-twice",
                Text(f"the column {key!r} is there twice", f"列 {key!r} 重复"),
                Text("remove one", "删去一个"),
            )

    def rows(self) -> list[FilledRow]:
        """Return the rows with content below the headers."""
        letters = {key: column_letter(place) for place, key in self._columns.items()}
        words = self._head_words()
        filled: list[FilledRow] = []
        for number, row in enumerate(self.grid.rows[self._head + 1 :], start=self._head + 2):
            cells = {
                key: _content(row[place])
                for place, key in self._columns.items()
                if place < len(row) and _filled(row[place])
            }
            if not cells or (number <= self._head + 4 and _is_head(cells, words)):
                continue
            filled.append(FilledRow(self.file, self.grid.name, number, self.layout, cells, letters))
            self._stray(row, number)
        return filled

    def _stray(self, row: list[Cell], number: int) -> None:
        """Contents beside the known columns would be lost without a word."""
        for place, cell in enumerate(row):
            if place not in self._columns and _filled(cell):
                self.problems.append(
                    Problem(
                        f"{self.file}, sheet {self.grid.name}, row {number}, column {column_letter(place)}",
                        "cell-stray",
                        Text(
                            f"{_text(cell)[:40]!r} stands in a column that has no key",
                            f"{_text(cell)[:40]!r} 所在的列没有键",
                        ),
                        Text("move it to a note, or remove it", "移到备注，或删去"),
                    )
                )

    def _head_words(self) -> frozenset[str]:
        words = set()
        for column in self.layout.columns:
            words |= {column.guide.en, column.guide.zh, *_header_forms(column)}
        return frozenset(word for word in words if word)

    def form(self) -> FormCells:
        """Return the fields of the form: key in the first column with keys, content and unit beside."""
        head = self.grid.rows[self._head] if self._head < len(self.grid.rows) else []
        start = next((place for place, cell in enumerate(head) if _text(cell).casefold() == KEY_COLUMN), 0)
        letters = {key: column_letter(start + 2) for key in self.layout.by_key}
        letters |= {
            key: column_letter(start + 3)
            for key, column in self.layout.by_key.items()
            if column.part == "unit"
        }
        cells: dict[str, Cell] = {}
        rows: dict[str, FilledRow] = {}
        problems: list[Problem] = []
        for number, row in enumerate(self.grid.rows[self._head + 1 :], start=self._head + 2):
            key = _text(row[start]) if start < len(row) else ""
            if not key:
                continue
            place = FilledRow(self.file, self.grid.name, number, self.layout, {}, letters)
            if key not in self.layout.by_key:
                hint = did_you_mean(key, self.layout.by_key) or Text(
                    "leave the grey column in place", "保留灰色的列"
                )
                problems.append(
                    Problem(
                        place.where(""),
                        "key-unknown",
                        Text(f"there is no field {key!r}", f"没有字段 {key!r}"),
                        hint,
                    )
                )
                continue
            rows[key] = place
            cells[key] = _content(row[start + 2]) if len(row) > start + 2 else None
            if f"{key}.unit" in self.layout.by_key and len(row) > start + 3:
                cells[f"{key}.unit"] = _content(row[start + 3])
        places = {key: (row, key) for key, row in rows.items()}
        places |= {column.field_key: places[column.key] for column in self.layout.columns
                   if column.part == "en" and column.key in places}  # fmt: skip
        found = tuple(
            (key, content, places[key][0])
            for key, content in fields_of(self.layout.columns, cells)
            if key in places
        )
        return FormCells(found, places, tuple(problems))


def _header_forms(column: Column) -> set[str]:
    return {column.title.en, column.title.zh}


def _is_head(cells: Mapping[str, Cell], words: frozenset[str]) -> bool:
    """Whether a row is made of titles and guidance; single ones may be of another edition of the template."""
    known = sum(_title(cell) in words or _text(cell) in words for cell in cells.values())
    return 2 * known > len(cells)


def _title(cell: Cell) -> str:
    """First line of a header without the mark of what is required."""
    return _text(cell).split("\n", 1)[0].removesuffix("*").strip()


def _folded_title(cell: Cell) -> str:
    return _title(cell).casefold()


def _text(cell: Cell) -> str:
    return cell.strip() if isinstance(cell, str) else "" if cell is None else str(cell)


def _filled(cell: Cell) -> bool:
    return cell is not None and (not isinstance(cell, str) or bool(cell.strip()))


def _content(cell: Cell) -> Cell:
    return cell.strip() if isinstance(cell, str) and cell.strip() else None if isinstance(cell, str) else cell
