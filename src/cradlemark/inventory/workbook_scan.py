"""Measure the sheets of an XLSX container by streaming its XML, before anything is loaded.

A loader allocates a dense area from the first to the last used cell, and copies a shared string into every cell that
names it. Two cells far apart, or one long string named often, would fill the memory from a small file. Whatever is not
written as spreadsheet programs write it is taken apart tag by tag, because a loader reads it too.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from typing import NoReturn

import attrs

from cradlemark.core.language import Text
from cradlemark.inventory.container_scan import (
    MAX_CELLS,
    MAX_CHARACTERS,
    MAX_MERGED,
    refuse,
    refuse_area,
    refuse_text,
)

MAX_STRINGS = 1_000_000
"""Most shared strings."""
MAX_ELEMENTS = 400_000
"""Most elements of the parts that say what else there is: sheets, styles, relations, names."""
MAX_SHEET_TAGS = 1_000
"""Most sheets that a workbook may name, of all kinds."""
_STRING_TAGS = len(b"<si><t></t>")
_CELL_BYTES = 100
"""Usual length of a cell without long text [byte]; what a part has beyond is counted as text."""
_CHUNK = 1 << 20
_LONGEST_TAG = 1 << 17
_STRINGS = "xl/sharedstrings.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_PARTS = ("xl/workbook.xml", "xl/styles.xml", "[content_types].xml")

# Tags may have any prefix and any attributes. What differs in number from the usual spelling is taken apart tag by tag.
_PREFIX = rb"<(?:[^\s<>/:!?\"'=]+:)?"
_USUAL = rb'<c r="[A-Z]{1,3}[0-9]{1,7}"'
_EMPTY = rb'(?!(?: [a-z]{1,3}="\w*")* ?/>)'
_ANY_CELL = re.compile(_PREFIX + rb"c(?=[\s/>])")
_ANY_ROW = re.compile(_PREFIX + rb"row(?=[\s/>])")
_BARE_CELL, _PREFIXED_CELL = re.compile(rb"<c[\s/>]"), re.compile(rb":c[\s/>]")
_BARE_ROW, _PREFIXED_ROW = re.compile(rb"<row[\s/>]"), re.compile(rb":row[\s/>]")
_USUAL_CELL = re.compile(_USUAL + rb"[\s/>]")
_USUAL_ROW = re.compile(rb'<row r="([0-9]{1,7})"[\s/>]')
_CELL_ROW = re.compile(rb'<c r="[A-Z]+([0-9]+)"')
_CELL_COLUMN = re.compile(rb'<c r="([A-Z]+)[0-9]+"')
_FILLED_ROW = re.compile(_CELL_ROW.pattern + _EMPTY)
_FILLED_COLUMN = re.compile(_CELL_COLUMN.pattern + _EMPTY)
_OWN_VALUE = _USUAL + rb'(?: [a-z]{1,3}="[0-9]+")*(?: t="(?:n|b|e|d|str|inlineStr)")? ?/?>'
_OWN_CELL = re.compile(_OWN_VALUE)
_SHARED_CELL = re.compile(
    rb"(?!" + _OWN_VALUE + rb')<c [^<>"]*(?:"[^<>"]*"[^<>"]*)*>\s*<v>\s*([0-9]{1,9})\s*</v>\s*</c>'
)
_TAG = re.compile(
    _PREFIX + rb"(?:(?P<name>c|row)(?P<attributes>(?:\s+[^\s<>=\"'/]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(?P<empty>/?)>)"
    rb"|</(?:[^\s<>/:!?\"'=]+:)?row\s*>"
)  # fmt: skip
_ADDRESS = re.compile(rb"\sr\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PLACE = re.compile(rb"\$?([A-Za-z]+)\$?([0-9]+)")
_ANY_STRING = re.compile(_PREFIX + rb"si(?=[\s/>])")
_MERGED = re.compile(_PREFIX + rb"mergeCell(?=[\s/>])")
_SHEET = re.compile(_PREFIX + rb"sheet(?=[\s/>])")


def check_workbook_sheets(archive: zipfile.ZipFile, where: str) -> None:
    """Refuse an XLSX container with a document type declaration, an oversized sheet or amplified strings."""
    lengths = _shared_lengths(archive, where)
    longest = max(lengths, default=0)
    relations = _relations(archive)
    text = 0
    for member in archive.infolist():
        name, place = member.filename.lower(), f"{where}, part {member.filename}"
        if name in _PARTS or name.endswith(".rels"):
            _check_part(archive, member, place)
        # Any part may be a sheet by the relations of the workbook, whatever it is called and begins with.
        named = b"&" in relations or name.rpartition("/")[2].encode() in relations
        if name != _STRINGS and (named or _is_xml(archive, member)):
            held = _check_sheet(archive, member, place, lengths, longest)
            text += held if named else 0
        if text > MAX_CHARACTERS:
            refuse_text(where)


def _relations(archive: zipfile.ZipFile) -> bytes:
    """What the workbook says about its parts, in lower case."""
    found = [member for member in archive.infolist() if member.filename.lower() == _RELATIONS]
    return b"".join(archive.read(member).lower() for member in found if member.file_size <= _CHUNK * 64)


def _is_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    with archive.open(member) as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Pieces of a member that never cut a tag, and rarely a tag from its text."""
    rest = b""
    with archive.open(member) as stream:
        while block := stream.read(_CHUNK):
            block = rest + block
            cut = max(block.rfind(b"</c>"), block.rfind(b"</row>"), block.rfind(b"</si>"))
            if cut <= 0 and len(block) > 2 * _CHUNK:
                # A tag that has not ended by now cannot be that of a cell; text without tags tells nothing.
                last = block.rfind(b"<")
                cut = last if last > len(block) - _LONGEST_TAG else len(block)
            if cut <= 0:
                rest = block
                continue
            rest = block[cut:]
            yield block[:cut]
    if rest:
        yield rest


def _refuse_doctype(head: bytes, where: str) -> None:
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        refuse(
            where,
            "file-unsafe",
            Text("the workbook declares its own document type", "工作簿自带文档类型声明"),
            Text("make the file anew", "重新制作该文件"),
        )


def _check_part(archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str) -> None:
    elements = sheets = 0
    for chunk in _chunks(archive, member):
        elements += chunk.count(b"<")
        sheets += len(_SHEET.findall(chunk))
        if elements > MAX_ELEMENTS or sheets > MAX_SHEET_TAGS:
            refuse(
                where, "file-bomb", Text("the part names more sheets, styles or relations than can be loaded", "该部分列出的工作表、样式或关系多到无法载入"),
                Text("save the table alone as .xlsx or .csv", "将表格单独另存为 .xlsx 或 .csv"),
            )  # fmt: skip


def _shared_lengths(archive: zipfile.ZipFile, where: str) -> Sequence[int]:
    """Lengths of the shared strings; those of strings that are written in another way are taken for the longest."""
    lengths: list[int] = []
    for member in archive.infolist():
        if member.filename.lower() != _STRINGS:
            continue
        place, started, open_length = f"{where}, part {member.filename}", 0, 0
        for number, chunk in enumerate(_chunks(archive, member)):
            if number == 0:
                _refuse_doctype(chunk[: 1 << 16], place)
            started += len(_ANY_STRING.findall(chunk))
            if started > MAX_STRINGS:
                refuse(
                    place, "file-bomb", Text(f"the workbook has more than {MAX_STRINGS:,} texts", f"工作簿的文字超过 {MAX_STRINGS:,} 条"),
                    Text("save the table alone as .xlsx or .csv", "将表格单独另存为 .xlsx 或 .csv"),
                )  # fmt: skip
            pieces = chunk.replace(b"<si/>", b"</si>").split(b"</si>")
            lengths.extend(max(len(piece) - _STRING_TAGS, 0) for piece in pieces[:-1])
            if len(pieces) > 1:
                lengths[-len(pieces) + 1] += open_length
                open_length = 0
            open_length += len(pieces[-1])
        if started != len(lengths):
            lengths = [member.file_size] * started
    return lengths


@attrs.define
class _Extent:
    """How far the cells of a sheet reach, and how much they hold."""

    rows: int = 1
    columns: int = 1
    cells: int = 0
    text: int = 0
    merged: int = 0
    size: int = 0
    last_row: int = 0
    """Largest number that a row gives itself."""
    loose_rows: int = 0
    """Rows without a number: they follow the one before them."""
    loose_cells: int = 0
    """Cells without an address in the row that is open."""
    widest: int = 0
    """Most cells without an address in a row; they follow the cell before them."""

    @property
    def height(self) -> int:
        """Rows that the cells can reach."""
        return max(self.rows, self.last_row + self.loose_rows if self.widest else 0)

    @property
    def width(self) -> int:
        """Columns that the cells can reach."""
        return self.columns + self.widest


def _check_sheet(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str, lengths: Sequence[int], longest: int
) -> int:
    found = _Extent()
    for number, chunk in enumerate(_chunks(archive, member)):
        if number == 0:
            _refuse_doctype(chunk[: 1 << 16], where)
        _measure(chunk, found, where)
        if longest and found.cells * longest > MAX_CHARACTERS:
            found.text += _repeated(chunk, lengths, longest)
        refuse_area(where, found.height, found.width)
        if found.cells > MAX_CELLS or found.merged > MAX_MERGED:
            refuse(
                where, "file-too-long", Text("the sheet has too many cells or merged areas", "工作表的单元格或合并区域过多"),
                Text(f"at most {MAX_CELLS:,} cells and {MAX_MERGED:,} areas", f"最多 {MAX_CELLS:,} 个单元格和 {MAX_MERGED:,} 个区域"),
            )  # fmt: skip
        if found.text > MAX_CHARACTERS:
            refuse_text(where)
    return found.text + max(found.size - _CELL_BYTES * found.cells, 0)


def _measure(chunk: bytes, found: _Extent, where: str) -> None:
    found.size += len(chunk)
    found.merged += len(_MERGED.findall(chunk)) if b"mergeCell" in chunk else 0
    cells, rows = _cells_in(chunk), _rows_in(chunk)
    numbers = _USUAL_ROW.findall(chunk)
    found.cells += cells
    if rows != len(numbers) or cells != len(_USUAL_CELL.findall(chunk)):
        if _take_apart(chunk, found, where) != cells + rows:
            _refuse_spelling(where)
        return
    found.last_row = max(found.last_row, *map(int, numbers), 0)
    empty = b"/>" in chunk  # perhaps cells that are only formatted, which count for nothing
    row, column = (_FILLED_ROW, _FILLED_COLUMN) if empty else (_CELL_ROW, _CELL_COLUMN)
    found.rows = max(found.rows, *map(int, set(row.findall(chunk))), 0)
    found.columns = max(found.columns, *map(column_number, set(column.findall(chunk))), 0)


def _cells_in(chunk: bytes) -> int:
    return len((_ANY_CELL if _PREFIXED_CELL.search(chunk) else _BARE_CELL).findall(chunk))


def _rows_in(chunk: bytes) -> int:
    return len((_ANY_ROW if _PREFIXED_ROW.search(chunk) else _BARE_ROW).findall(chunk))


def _take_apart(chunk: bytes, found: _Extent, where: str) -> int:
    """Take the tags of rows and cells in their order; returns their number."""
    seen = 0
    for tag in _TAG.finditer(chunk):
        if tag["name"] != b"c":
            found.loose_cells = 0
        if tag["name"] is None:
            continue
        seen += 1
        address = _ADDRESS.search(tag["attributes"])
        written = b"" if address is None else address[1] or address[2] or b"?"
        if tag["name"] == b"row":
            found.loose_rows += not written
            found.last_row = max(found.last_row, _row_number(written) if written else 0)
        elif not tag["empty"]:
            _take_cell(written, found, where)
    return seen


def _take_cell(address: bytes, found: _Extent, where: str) -> None:
    if not address:
        found.loose_cells += 1
        found.widest = max(found.widest, found.loose_cells)
        return
    place = _PLACE.fullmatch(address)
    if place is None:
        _refuse_spelling(where)
    found.columns = max(found.columns, column_number(place[1]))
    found.rows = max(found.rows, _row_number(place[2]))


def _repeated(chunk: bytes, lengths: Sequence[int], longest: int) -> int:
    """Text that the cells of a piece hold when each has its own copy of a shared string."""
    cells, own, named = _cells_in(chunk), len(_OWN_CELL.findall(chunk)), _SHARED_CELL.findall(chunk)
    text = sum(lengths[place] for place in map(int, named) if place < len(lengths))
    # Whatever is written in another way may name the longest.
    return text + max(cells - own - len(named), 0) * longest


def _refuse_spelling(where: str) -> NoReturn:
    refuse(
        where, "file-truncated", Text("cells are written in a way that is not read", "单元格的写法无法读取"),
        Text("open it in a spreadsheet program and save it again", "用电子表格程序打开并重新保存"),
    )  # fmt: skip


def _row_number(digits: bytes) -> int:
    return int(digits) if digits.isdigit() and len(digits) < 10 else 10**9


def column_number(letters: bytes) -> int:
    """Number of a column from its letters, counted from 1; absurdly long ones are simply large."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number
