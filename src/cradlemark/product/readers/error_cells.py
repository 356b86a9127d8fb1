"""Find formulas without a number in workbooks: the reader of cells gives them as empty, which they are not.

A formula may have an error value (``#REF!``), or no value at all when the program that wrote it does not calculate.
"""

from __future__ import annotations

import html
import io
import re
import struct
import zipfile
from collections.abc import Iterator
from xml.parsers import expat

from cradlemark.inventory.old_workbook import _workbook_stream as workbook_stream
from cradlemark.inventory.safe_files import Cell, Sheet
from cradlemark.product.bom import column_index

CONTAINERS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""First bytes of the workbooks that have such cells."""
ErrorCell = tuple[str, int, int, str]
"""Sheet, row and column from 0, error text."""

_ERROR = re.compile(rb'<c\b([^>]*\bt="e"[^>]*)>(?:<f\b[^>]*/>|<f\b[^>]*>[^<]*</f>)?<v>(#[^<]{1,12})</v>')
_FORMULA = re.compile(rb"<c\b([^>]*)>\s*<f\b[^>]*?(?:/>|>([^<]{0,2000})</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>")
_ADDRESS = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_SHEET_TAG = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_ATTRIBUTE = re.compile(r'([\w:]+)="([^"]*)"')
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0"
_KIND = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 value-type"
_OLD_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip


def put_error_cells(content: bytes, sheets: list[Sheet]) -> None:
    """Put error values (``#REF!``) and formulas without a value (``=B2*2``) into the cells of a checked workbook."""
    by_name = {sheet.name: sheet for sheet in sheets}
    for name, row, column, text in find_error_cells(content):
        sheet = by_name.get(name)
        if sheet is not None and row < 200_000 and column < 2_000:
            _put(sheet.rows, row, column, text)


def _put(rows: list[list[Cell]], row: int, column: int, text: str) -> None:
    width = len(rows[0]) if rows else 0
    while row >= len(rows):
        rows.append([None] * width)
    if column >= width:
        for line in rows:
            line.extend([None] * (column + 1 - len(line)))
    rows[row][column] = text


def find_error_cells(content: bytes) -> Iterator[ErrorCell]:
    """Yield the error cells of an XLSX, ODS or XLS workbook, and of XLSX the formulas without a value."""
    if not content.startswith(b"PK"):
        yield from _old(workbook_stream(content, "workbook"))
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = set(archive.namelist())
        if "xl/workbook.xml" in members:
            for name, member in _sheet_members(archive, members).items():
                for row, column, text in _in_sheet(archive.read(member)):
                    yield name, row, column, text
        elif "content.xml" in members:
            data = archive.read("content.xml")
            if b'value-type="error"' in data:
                yield from _OpenDocument().read(data)


def _in_sheet(data: bytes) -> Iterator[tuple[int, int, str]]:
    if b't="e"' in data:
        for attributes, value in _ERROR.findall(data):
            yield from _cell(attributes, value.decode("ascii", "replace"))
    if b"<f" in data:
        for attributes, formula in _FORMULA.findall(data):
            yield from _cell(attributes, "=" + html.unescape(formula.decode("utf-8", "replace")))


def _cell(attributes: bytes, text: str) -> Iterator[tuple[int, int, str]]:
    if address := _ADDRESS.search(attributes):
        yield int(address.group(2)) - 1, column_index(address.group(1).decode()), text


def _sheet_members(archive: zipfile.ZipFile, members: set[str]) -> dict[str, str]:
    """Return the part of each sheet of an XLSX workbook by the sheet's name."""
    book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
    if "xl/_rels/workbook.xml.rels" not in members:
        return {}
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {}
    for tag in _RELATION.findall(relations):
        known = dict(_ATTRIBUTE.findall(tag))
        target = known.get("Target", "").lstrip("/")
        targets[known.get("Id", "")] = target if target.startswith("xl/") else f"xl/{target}"
    found = {}
    for tag in _SHEET_TAG.findall(book):
        known = dict(_ATTRIBUTE.findall(tag))
        member = targets.get(known.get("r:id", ""), "")
        if member in members:
            found[html.unescape(known.get("name", ""))] = member
    return found


class _OpenDocument:
    """Counts rows and cells of an ODS document and collects the cells of type error."""

    def __init__(self) -> None:
        self.sheet = ""
        self.row = self.column = self.row_repeat = self.cell_repeat = 0
        self.error: list[str] | None = None
        self.found: list[ErrorCell] = []

    def read(self, data: bytes) -> list[ErrorCell]:
        """Return the error cells."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.text
        parser.Parse(data, True)
        return self.found

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin a table, row or cell."""
        if name == f"{_TABLE} table":
            self.sheet, self.row = attributes.get(f"{_TABLE} name", ""), 0
        elif name == f"{_TABLE} table-row":
            self.column, self.row_repeat = 0, _repeat(attributes, "rows")
        elif name in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            self.cell_repeat = _repeat(attributes, "columns")
            self.error = [] if attributes.get(_KIND) == "error" else None

    def text(self, data: str) -> None:
        """Collect the text of an error cell."""
        if self.error is not None:
            self.error.append(data)

    def end(self, name: str) -> None:
        """End a row or cell."""
        if name == f"{_TABLE} table-row":
            self.row += self.row_repeat
        elif name in (f"{_TABLE} table-cell", f"{_TABLE} covered-table-cell"):
            if self.error is not None:
                text = "".join(self.error).strip()
                shown = text if text.startswith(("#", "Err:")) else f"#{text[:10] or 'VALUE'}!"
                self.found.append((self.sheet, self.row, self.column, shown))
            self.error = None
            self.column += self.cell_repeat


def _repeat(attributes: dict[str, str], what: str) -> int:
    text = attributes.get(f"{_TABLE} number-{what}-repeated", "1")
    return int(text) if text.isdecimal() and len(text) < 8 else 1


def _old(stream: bytes) -> Iterator[ErrorCell]:
    """Yield the error cells of a BIFF stream: records BoolErr and Formula ([MS-XLS] 2.4.24, 2.4.127)."""
    names: dict[int, str] = {}
    sheet, at = "", 0
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        if kind == 0x0085 and length >= 8:
            offset, name = _bound_sheet(data)
            names[offset] = name
        elif kind == 0x0809:
            sheet = names.get(at, sheet)
        elif kind == 0x0205 and length >= 8 and data[7] == 1:
            yield sheet, *struct.unpack_from("<HH", data), _OLD_ERRORS.get(data[6], "#VALUE!")
        elif kind == 0x0006 and length >= 14 and data[12:14] == b"\xff\xff" and data[6] == 2:
            yield sheet, *struct.unpack_from("<HH", data), _OLD_ERRORS.get(data[8], "#VALUE!")
        at += 4 + length


def _bound_sheet(data: bytes) -> tuple[int, str]:
    offset, _, count, wide = struct.unpack_from("<IHBB", data)
    raw = data[8 : 8 + (2 * count if wide & 1 else count)]
    return offset, raw.decode("utf-16-le" if wide & 1 else "latin-1", "replace")
