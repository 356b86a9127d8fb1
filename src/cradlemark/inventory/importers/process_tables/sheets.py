"""Tables of unit processes in an archive: sheets of workbooks, text files, and files with one JSON object per line."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.core.positions import place_in
from cradlemark.inventory.cell_values import cell_text
from cradlemark.inventory.importers.archive import WORKBOOKS, Archive
from cradlemark.inventory.importers.loaded_sheets import look_at_sheets, read_sheets
from cradlemark.inventory.importers.process_tables.headings import NAMES, NEEDED, TableName, headings_of
from cradlemark.inventory.moved_cells import moved_rows, unnamed_columns
from cradlemark.inventory.processes.limits import MAX_EXCHANGES, MAX_UNREADABLE, unreadable
from cradlemark.inventory.safe_files import Sheet
from cradlemark.inventory.table_columns import plain
from cradlemark.inventory.text_files import Cell, column_letters

HEADER_WITHIN = 40
GRIDS = (".csv", ".tsv", ".txt", ".xls", *sorted(WORKBOOKS))
LINES = (".jsonl", ".ndjson")
LONGEST_LINE = 1_000_000
"""Longest line of JSON [byte]."""
MOST_LINES = 1_000_000
MOST_KEYS = 20
"""Fields of a line that are not known and are named."""


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
    moved : Problem, optional
        Why the cells may not stand in their columns; then none of their values can be taken.
    """

    where: str
    cells: Mapping[str, Cell]
    letters: Mapping[str, str]
    moved: Problem | None = None

    def place(self, column: str) -> str:
        """Place of a cell for messages."""
        letter = self.letters.get(column, "")
        return f"{self.where}, column {letter} ({column})" if letter else f"{self.where}, {column}"


@attrs.frozen
class FoundTable:
    """A table with its rows, which are made as they are asked for, and the processes that more of them name than are read."""

    table: TableName
    where: str
    rows: Iterable[Row]
    problems: tuple[Problem, ...]
    crowded: frozenset[str] = frozenset()

    def rows_read(self, process: str) -> int:
        """How many rows of a process are read: of a crowded one, which is refused, as many as show that the source is junk."""
        return MAX_UNREADABLE + 1 if process in self.crowded else MAX_EXCHANGES


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
            if "exchanges" in _tables_in(archive, name):
                return True
        except InputError as error:
            if plain(_stem(name)) in NAMES or name == archive.name:
                refused = refused or error.with_traceback(None)  # the trace holds what was read so far
    if refused is not None:
        raise refused
    return False


def _tables_in(archive: Archive, name: str) -> Iterator[TableName]:
    """Tables of a document, by what their headings say."""
    where = archive.name if name == archive.name else f"{archive.name}, {name}"
    if _ending(name) in GRIDS:
        for sheet in look_at_sheets(archive, name, where=where):
            heading = _heading(sheet, sheet.name or _stem(name))
            if heading is not None:
                yield heading.table
    elif _ending(name) in LINES:
        yield from _line_tables(archive.read(name), _stem(name), where)


def tables(archive: Archive) -> tuple[tuple[FoundTable, ...], tuple[Text, ...], tuple[Problem, ...]]:
    """All tables of an archive, what is none, and documents that had to be refused."""
    found: list[FoundTable] = []
    others: list[Text] = []
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
            others.append(Text(f"file {name}", f"文件 {name}"))
        else:
            places = [table.where.rstrip(", ") for table in here if table.table not in NEEDED]
            others.extend(Text(place, place_in(place, "zh")) for place in places)
    return tuple(found), tuple(others), tuple(problems)


def _document(archive: Archive, name: str) -> Iterator[FoundTable]:
    ending = _ending(name)
    where = archive.name if name == archive.name else f"{archive.name}, {name}"
    below = "" if name == archive.name else f"{name}, "
    if ending in GRIDS:
        for sheet in read_sheets(archive, name, where=where):
            place = f"{below}sheet {sheet.name}, " if sheet.name else below
            found = _sheet(sheet, sheet.name or _stem(name), place)
            if found is not None:
                yield found
    elif ending in LINES:
        yield from _lines(archive.read(name), _stem(name), below)


@attrs.frozen
class _Heading:
    """A row of headings: its table, its place, counted from 0, and names of columns by theirs."""

    table: TableName
    row: int
    columns: dict[int, str]


def _heading(sheet: Sheet, title: str) -> _Heading | None:
    """The row with the most headings that are known."""
    best: _Heading | None = None
    named = NAMES.get(plain(title))
    for index, row in enumerate(sheet.rows[:HEADER_WITHIN]):
        for table in (named,) if named else tuple(NEEDED):
            columns = _columns(table, row)
            names = set(columns.values())
            if any(needed <= names for needed in NEEDED[table]) or (named and len(names) >= 2):
                candidate = _Heading(table, index, columns)
                best = candidate if best is None or len(columns) > len(best.columns) else best
    return best


def _sheet(sheet: Sheet, title: str, where: str) -> FoundTable | None:
    best = _heading(sheet, title)
    if best is None:
        return None
    table, header, columns = best.table, best.row, best.columns
    named = {place for place, cell in enumerate(sheet.rows[header]) if cell is not None}
    moved = moved_rows(
        sheet, named, header=header, start=header + 1, where=lambda row: f"{where}row {row + 1}"
    )
    below = [row for row in range(header + 1, len(sheet.rows)) if row not in moved]
    problems = (
        *_unknown(sheet.rows[header], columns, where, header),
        *unnamed_columns(sheet, named, below, where=where),
    )
    rows = _SheetRows(sheet, header, columns, where, moved)
    return FoundTable(table, where, rows, problems, _crowded(rows.column("process")))


def _crowded(cells: Iterable[Cell]) -> frozenset[str]:
    """Processes that are named too often: known before any of their rows is read."""
    found: Counter[str] = Counter()
    for cell, count in Counter(cells).items():
        found[cell_text(cell).strip()] += count
    return frozenset(name for name, count in found.items() if count > MAX_EXCHANGES)


@attrs.frozen(eq=False)
class _SheetRows:
    """Rows of a table, made as they are asked for: an import may stop long before the last one."""

    sheet: Sheet
    header: int
    columns: Mapping[int, str]
    where: str
    moved: Mapping[int, Problem]

    def column(self, name: str) -> Iterator[Cell]:
        """Cells of a column, of every row below the headings; nothing when the table does not have it."""
        for place in (place for place, known in self.columns.items() if known == name):
            yield from (self.sheet.rows[row][place] for row in range(self.header + 1, len(self.sheet.rows)))

    def __iter__(self) -> Iterator[Row]:
        letters = {name: column_letters(place) for place, name in self.columns.items()}
        merged = _merged(self.sheet)
        columns = tuple(self.columns.items())
        for index in range(self.header + 1, len(self.sheet.rows)):
            line = self.sheet.rows[index]
            cells = {
                name: cell
                for place, name in columns
                if (cell := line[place]) is not None and (type(cell) is not str or cell.strip())
            }
            if cells and merged:
                said = ((name, merged.get((index, place), line[place])) for place, name in columns)
                cells = {name: cell for name, cell in said if cell is not None and str(cell).strip()}
            if cells:
                yield Row(f"{self.where}row {index + 1}", cells, letters, self.moved.get(index))


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
                Text(
                    f"the heading {cell.strip()[:80]!r} is not known or is there twice; the column is not read",
                    f"列标题 {cell.strip()[:80]!r} 未知或重复；该列不读取",
                ),
                Text("see the headings with cradlemark db template", "用 cradlemark db template 查看列标题"),
            )


def _lines(content: bytes, stem: str, where: str) -> Iterator[FoundTable]:
    """One object per line; ``table`` in the object, or the name of the file, says which table it belongs to."""
    by_table: dict[TableName, list[Row]] = {}
    problems: list[Problem] = []
    for place, found in _line_records(content, stem, where):
        if isinstance(found, Problem):
            problems.append(found)
            continue
        table, record = found
        cells, unknown = _cells_of(record, table)
        problems.extend(_unknown_fields(place, unknown))
        by_table.setdefault(table, []).append(Row(place, cells, {}))
    for table, rows in by_table.items():
        crowded = _crowded(row.cells.get("process") for row in rows)
        yield FoundTable(table, where, tuple(rows), tuple(problems), crowded)
        problems = []
    if problems:
        raise _first_of(problems)


def _line_tables(content: bytes, stem: str, where: str) -> Iterator[TableName]:
    """Tables of the lines, each line's as it is met; nothing but wrong lines is told as an error."""
    problems: list[Problem] = []
    right = False
    for _, found in _line_records(content, stem, where):
        if isinstance(found, Problem):
            problems.append(found)
        else:
            right = True
            yield found[0]
    if problems and not right:
        raise _first_of(problems)


def _line_records(
    content: bytes, stem: str, where: str
) -> Iterator[tuple[str, tuple[TableName, dict[str, object]] | Problem]]:
    """Place of every line with its table and object, or what is wrong with it."""
    if content.count(b"\n") > MOST_LINES:
        raise InputError(
            Text("the file has too many lines", "文件行数过多"),
            code="file-too-long",
            where=where,
            hint=Text(f"at most {MOST_LINES:,}", f"最多 {MOST_LINES:,} 行"),
        )
    bad: list[Problem] = []
    for number, line in enumerate(io.BytesIO(content.removeprefix(b"\xef\xbb\xbf")), start=1):
        if not line.strip():
            continue
        place = f"{where}line {number}"
        record = _object(line)
        table = NAMES.get(plain(str(record.pop("table", stem))[:100])) if record is not None else None
        if record is not None and table is not None:
            yield place, (table, record)
            continue
        bad.append(_wrong_line(place, record))
        if len(bad) > MAX_UNREADABLE and 2 * len(bad) > number:
            raise unreadable(len(bad), where.rstrip(", "), bad)
        yield place, bad[-1]


def _wrong_line(place: str, record: object) -> Problem:
    no_object = Text("the line is no JSON object", "该行不是 JSON 对象")
    no_table = Text("the line does not say which table it is of", "该行未说明属于哪个表")
    hint = Text("write one object per line, with table", "每行写一个对象，并注明 table")
    return Problem(place, "json-syntax", no_object if record is None else no_table, hint)


def _unknown_fields(place: str, unknown: list[str]) -> Iterator[Problem]:
    hint = Text("see the headings", "查看列标题")
    for key in unknown[:MOST_KEYS]:
        yield Problem(
            place, "column-unknown", Text(f"{key[:80]!r} is not read", f"{key[:80]!r} 不读取"), hint
        )
    rest = len(unknown) - MOST_KEYS
    if rest > 0:
        more = Text(f"{rest:,} more fields are not read", f"另有 {rest:,} 个字段不读取")
        yield Problem(place, "column-unknown", more, hint)


def _first_of(problems: list[Problem]) -> InputError:
    first = problems[0]
    return InputError(first.message, code=first.code, where=first.where, hint=first.hint)


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
        name = known.get(key) or known.get(plain(key))
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
