"""The layout of a Brightway workbook: sheets of rows as databases, activities, exchanges and parameters, as they stand.

A section begins with its name in the first cell. Sheets whose cell A1 is empty or says ``skip`` are passed over;
``cutoff`` in A1 with a number in B1 keeps that many columns.

Source: documentation of bw2io, ``ExcelImporter``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import attrs

from cradlemark.core.language import Text
from cradlemark.inventory.cell_values import cell_text
from cradlemark.inventory.safe_files import Sheet
from cradlemark.inventory.text_files import Cell

Cells = Mapping[str, Cell]
_ENDS = {"activity", "database", "project parameters", "database parameters"}
_UNKNOWN = "(Unknown)"
_OUTSIDE = Text("row outside every section", "不属于任何部分的行")
_PASSED_OVER = Text("sheet passed over", "跳过的工作表")
_NAMELESS = Text("cell without a column name", "没有列名的单元格")


@attrs.frozen
class Line:
    """A row of a table: where it stands, and its cells by column in lower case; empty cells are left out."""

    where: str
    cells: Cells

    def text(self, *names: str) -> str:
        """Text of the first of some columns that is there."""
        return next((cell_text(self.cells[name]) for name in names if name in self.cells), "")


@attrs.frozen
class Activity:
    """A node with its exchanges and parameters, as they stand."""

    database: str
    name: str
    about: Line
    exchanges: tuple[Line, ...]
    parameters: tuple[Line, ...]


@attrs.define
class Layout:
    """All sections of a workbook.

    Parameters
    ----------
    activities : list of Activity
    project : list of Line
        Parameters of the project.
    databases : dict of str to list of Line
        Parameters by the name of their database.
    unread : Counter of Text
        What is passed over.
    nameless : list of str
        Places of tables whose columns have no names.
    """

    activities: list[Activity] = attrs.field(factory=list)
    project: list[Line] = attrs.field(factory=list)
    databases: dict[str, list[Line]] = attrs.field(factory=dict)
    unread: Counter[Text] = attrs.field(factory=Counter)
    nameless: list[str] = attrs.field(factory=list)


def looks_like_brightway(sheets: Sequence[Sheet]) -> bool:
    """Whether a sheet has a ``Database`` and any sheet an ``Activity``, each with a name beside it."""
    found = {
        _first(row)
        for sheet in sheets
        for row in sheet.rows
        if len(row) > 1 and isinstance(row[1], str) and _first(row) in {"database", "activity"}
    }
    return found == {"database", "activity"}


def layout_of(sheets: Sequence[Sheet]) -> Layout:
    """Sections of all sheets; an activity belongs to the database named last before it, on its sheet or an earlier one."""
    found = Layout()
    database = next((_name(row) for sheet in sheets for row in sheet.rows if _is_database(row)), "")
    for sheet in sheets:
        rows = _usable_rows(sheet, found)
        place = 0
        while place < len(rows):
            if _is_database(rows[place]):
                database = _name(rows[place])
            place = _section(sheet, rows, place, database, found)
    return found


def _section(sheet: Sheet, rows: Sequence[Sequence[Cell]], place: int, database: str, found: Layout) -> int:
    """Read the section that begins in a row; returns the row behind it."""
    row = rows[place]
    first = _first(row)
    if first == "activity" and len(row) > 1 and isinstance(row[1], str):
        end = _end(rows, place)
        found.activities.append(_activity(sheet, rows, place, end, database, found))
        return end
    if first == "project parameters":
        lines, end = _until_blank(sheet, rows, place + 1, found)
        found.project += lines
        return end
    if first == "database parameters" and not any(cell_text(cell) for cell in row[1:]):
        lines, end = _until_blank(sheet, rows, place + 1, found)
        found.databases.setdefault(database, []).extend(lines)
        return end
    if _is_database(row):
        found.databases.setdefault(database, [])
        end = _blank_or_section(rows, place + 1)
        fields = (cell_text(rows[each][0]) for each in range(place + 1, end))
        found.unread.update(
            Text(f"database field {field[:80]}", f"数据库字段 {field[:80]}")
            for field in fields
            if field.lower() != "format"
        )
        return end
    if first not in {"cutoff", ""} or any(cell is not None for cell in row):
        found.unread.update([_OUTSIDE] * (first != "cutoff"))
    return place + 1


def _is_database(row: Sequence[Cell]) -> bool:
    return _first(row) == "database" and len(row) > 1 and bool(cell_text(row[1]))


def _name(row: Sequence[Cell]) -> str:
    return cell_text(row[1])


def _first(row: Sequence[Cell]) -> str:
    return row[0].strip().lower() if row and isinstance(row[0], str) else ""


def _usable_rows(sheet: Sheet, found: Layout) -> list[list[Cell]]:
    head = _first(sheet.rows[0]) if sheet.rows else ""
    if sheet.name and (not head or head == "skip"):
        found.unread[_PASSED_OVER] += 1
        return []
    if head == "cutoff" and len(sheet.rows[0]) > 1:
        width = sheet.rows[0][1]
        if isinstance(width, int | float) or (isinstance(width, str) and width.strip().isdecimal()):
            return [row[: max(int(width), 0)] for row in sheet.rows]
    return sheet.rows


def _end(rows: Sequence[Sequence[Cell]], start: int) -> int:
    for place in range(start + 1, len(rows)):
        if _first(rows[place]) in _ENDS:
            return place
    return len(rows)


def _activity(
    sheet: Sheet, rows: Sequence[Sequence[Cell]], start: int, end: int, database: str, found: Layout
) -> Activity:
    parts: dict[str, list[int]] = {"about": [], "exchanges": [], "parameters": []}
    part = "about"
    for place in range(start + 1, end):
        word = _first(rows[place])
        if word in {"exchanges", "parameters"}:
            part = word
        elif any(cell is not None for cell in rows[place]):
            parts[part].append(place)
    about: dict[str, Cell] = {}
    for place in parts["about"]:
        if len(rows[place]) > 1 and rows[place][1] is not None and rows[place][1] != _UNKNOWN:
            about.setdefault(cell_text(rows[place][0]).lower(), rows[place][1])
    return Activity(
        database, _name(rows[start]), Line(_where(sheet, start), about),
        tuple(_table(sheet, rows, parts["exchanges"], found)), tuple(_table(sheet, rows, parts["parameters"], found)),
    )  # fmt: skip


def _blank_or_section(rows: Sequence[Sequence[Cell]], start: int) -> int:
    for place in range(start, len(rows)):
        if all(cell is None for cell in rows[place]) or _first(rows[place]) in _ENDS:
            return place
    return len(rows)


def _until_blank(
    sheet: Sheet, rows: Sequence[Sequence[Cell]], start: int, found: Layout
) -> tuple[list[Line], int]:
    """A table behind blank rows, up to the next blank one; and the row behind it."""
    while start < len(rows) and all(cell is None for cell in rows[start]):
        start += 1
    end = _blank_or_section(rows, start)
    return list(_table(sheet, rows, range(start, end), found)), end


def _table(
    sheet: Sheet, rows: Sequence[Sequence[Cell]], places: Sequence[int], found: Layout
) -> Iterator[Line]:
    """Rows below a row of column names; a cell without a column name is counted."""
    if not places:
        return
    names = [cell_text(cell).lower() for cell in rows[places[0]]]
    if not any(names):
        found.nameless.append(_where(sheet, places[0]))
        return
    nameless = 0
    for place in places[1:]:
        cells: dict[str, Cell] = {}
        for name, cell in zip(names, rows[place], strict=False):
            if cell is None or cell == _UNKNOWN:
                continue
            if name:
                cells.setdefault(name, cell)
            else:
                nameless += 1
        if cells:
            yield Line(_where(sheet, place), cells)
    if nameless:
        found.unread[_NAMELESS] += nameless


def _where(sheet: Sheet, row: int) -> str:
    return f"sheet {sheet.name}, row {row + 1}" if sheet.name else f"row {row + 1}"
