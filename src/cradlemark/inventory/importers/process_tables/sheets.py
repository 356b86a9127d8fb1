"""Tables of unit processes in an archive: sheets of workbooks, text files, and files with one JSON object per line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.inventory.importers.archive import WORKBOOKS, Archive
from cradlemark.inventory.importers.process_tables.headings import NAMES, NEEDED, TableName, headings_of
from cradlemark.inventory.safe_files import Sheet, read_grid
from cradlemark.inventory.table_columns import plain
from cradlemark.inventory.tables import column_letters
from cradlemark.inventory.text_files import Cell

HEADER_WITHIN = 40
GRIDS = (".csv", ".tsv", ".txt", ".xls", *sorted(WORKBOOKS))
LINES = (".jsonl", ".ndjson")
LONGEST_LINE = 1_000_000
"""Longest line of JSON [byte]."""
MOST_LINES = 1_000_000


@attrs.frozen
class Row:
    """One row.

    Parameters
    ----------
    where : str
        Document (where there are several), sheet and row.
    cells : mapping of str to Cell
        By column name; empty cells are left out.
    letters : mapping of str to str
        Letters of the columns.
    """

    where: str
    cells: Mapping[str, Cell]
    letters: Mapping[str, str]

    def place(self, column: str) -> str:
        """Place of a cell for messages."""
        letter = self.letters.get(column, "")
        return f"{self.where}, column {letter} ({column})" if letter else f"{self.where}, {column}"


@attrs.frozen
class FoundTable:
    """A table with its rows."""

    table: TableName
    where: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


def is_process_tables(archive: Archive) -> bool:
    """Whether some document has a row of headings for exchanges: process, flow, amount and unit.

    Raises
    ------
    InputError
        When there is none, and a document that is named like a table of processes had to be refused: it may have been it.
    """
    refused: InputError | None = None
    for name in archive.names()[:40]:
        try:
            if any(found.table == "exchanges" for found in _document(archive, name)):
                return True
        except InputError as error:
            if plain(_stem(name)) in NAMES or name == archive.name:
                refused = refused or error.with_traceback(None)  # the trace holds what was read so far
    if refused is not None:
        raise refused
    return False


def tables(archive: Archive) -> tuple[tuple[FoundTable, ...], tuple[str, ...], tuple[Problem, ...]]:
    """All tables of an archive, what is none, and documents that had to be refused."""
    found: list[FoundTable] = []
    others: list[str] = []
    problems: list[Problem] = []
    for name in archive.names():
        try:
            here = list(_document(archive, name))
        except InputError as error:
            problems.extend(error.problems)
            continue
        known = [table for table in here if table.table in NEEDED]
        found.extend(known)
        if not known:
            others.append(f"file {name}")
        else:
            others.extend(table.where.rstrip(", ") for table in here if table.table not in NEEDED)
    return tuple(found), tuple(others), tuple(problems)


def _document(archive: Archive, name: str) -> Iterator[FoundTable]:
    ending = _ending(name)
    where = archive.name if name == archive.name else f"{archive.name}, {name}"
    below = "" if name == archive.name else f"{name}, "
    if ending in GRIDS:
        for sheet in read_grid(archive.read(name), where=where):
            place = f"{below}sheet {sheet.name}, " if sheet.name else below
            found = _sheet(sheet, sheet.name or _stem(name), place)
            if found is not None:
                yield found
    elif ending in LINES:
        yield from _lines(archive.read(name), _stem(name), below)


def _sheet(sheet: Sheet, title: str, where: str) -> FoundTable | None:
    best: tuple[int, TableName, int, dict[int, str]] | None = None
    named = NAMES.get(plain(title))
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        for table in (named,) if named else tuple(NEEDED):
            columns = _columns(table, row)
            names = set(columns.values())
            if any(needed <= names for needed in NEEDED[table]) or (named and len(names) >= 2):
                candidate = (len(columns), table, index, columns)
                best = candidate if best is None or candidate[0] > best[0] else best
    if best is None:
        return None
    _, table, header, columns = best
    letters = {name: column_letters(place) for place, name in columns.items()}
    rows = []
    merged = _merged(sheet)
    for index in range(header + 1, len(sheet.rows)):
        cells = {
            name: merged.get((index, place), sheet.rows[index][place]) for place, name in columns.items()
        }
        cells = {name: cell for name, cell in cells.items() if cell is not None and str(cell).strip()}
        if cells and any(sheet.rows[index][place] is not None for place in columns):
            rows.append(Row(f"{where}row {index + 1}", cells, letters))
    return FoundTable(table, where, tuple(rows), tuple(_unknown(sheet.rows[header], columns, where, header)))


def _merged(sheet: Sheet) -> dict[tuple[int, int], Cell]:
    """Cells below the first of an area merged downwards: they say what the first says."""
    found: dict[tuple[int, int], Cell] = {}
    for top, left, bottom, _right in sheet.merged:
        for row in range(top + 1, bottom + 1):
            found[row, left] = sheet.rows[top][left]
    return found


def _columns(table: TableName, row: list[Cell]) -> dict[int, str]:
    known = headings_of(table)
    found: dict[int, str] = {}
    for place, cell in enumerate(row):
        name = known.get(plain(cell)) if isinstance(cell, str) else None
        if name and name not in found.values():
            found[place] = name
    return found


def _unknown(row: list[Cell], columns: Mapping[int, str], where: str, header: int) -> Iterator[Problem]:
    for place, cell in enumerate(row):
        if isinstance(cell, str) and cell.strip() and place not in columns:
            yield Problem(
                f"{where}row {header + 1}, column {column_letters(place)}",
                "column-unknown",
                f"the heading {cell.strip()[:80]!r} is not known or is there twice; the column is not read",
                "see the headings with cradlemark db template",
            )


def _lines(content: bytes, stem: str, where: str) -> Iterator[FoundTable]:
    """One object per line; ``table`` in the object, or the name of the file, says which table it belongs to."""
    by_table: dict[TableName, list[Row]] = {}
    problems: list[Problem] = []
    lines = content.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    if len(lines) > MOST_LINES:
        raise InputError(
            "the file has too many lines", code="file-too-long", where=where, hint=f"at most {MOST_LINES:,}"
        )
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{where}line {number}"
        record = _object(line)
        table = NAMES.get(plain(str(record.pop("table", stem)))) if record is not None else None
        if record is None or table is None:
            message = (
                "the line is no JSON object"
                if record is None
                else "the line does not say which table it is of"
            )
            problems.append(Problem(place, "json-syntax", message, "write one object per line, with table"))
            continue
        cells, unknown = _cells_of(record, table)
        problems.extend(
            Problem(place, "column-unknown", f"{key[:80]!r} is not read", "see the headings")
            for key in unknown
        )
        by_table.setdefault(table, []).append(Row(place, cells, {}))
    for table, rows in by_table.items():
        yield FoundTable(table, where, tuple(rows), tuple(problems))
        problems = []
    if problems:
        raise InputError(
            problems[0].message, code=problems[0].code, where=problems[0].where, hint=problems[0].hint
        )


def _object(line: bytes) -> dict[str, object] | None:
    if len(line) > LONGEST_LINE:
        return None
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _cells_of(record: Mapping[str, object], table: TableName) -> tuple[dict[str, Cell], list[str]]:
    """Values of an object by column, and its keys that are no column or hold no plain value."""
    known = headings_of(table)
    cells: dict[str, Cell] = {}
    unknown: list[str] = []
    for key, value in record.items():
        name = known.get(plain(key))
        if name is None or name in cells or not isinstance(value, str | int | float | bool | None):
            unknown.append(key)
        elif value is not None:
            cells[name] = value
    return cells, unknown


def _ending(name: str) -> str:
    base = name.rpartition("/")[2].lower()
    return base[base.rfind(".") :] if "." in base else ""


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0]
