"""Measure the sheets of a spreadsheet container by streaming its XML, before anything is loaded.

A loader allocates a dense area from the first to the last used cell, and copies a shared string into every cell
that names it. Two cells far apart, or one long string named often, would fill the memory from a small file.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import NoReturn
from xml.parsers import expat

from cradlemark.core.errors import InputError

MAX_ROWS = 200_000
MAX_COLUMNS = 2_000
MAX_CELLS = 5_000_000
"""Largest dense area of one sheet [cells]."""
MAX_CHARACTERS = 200_000_000
"""Largest sum of the text of all cells [byte]."""
MAX_MERGED = 20_000

_CHUNK = 1 << 20
_CELL = re.compile(rb'<(?:\w+:)?c\s(?:[^>]*?\s)?r="\$?([A-Za-z]+)\$?([0-9]+)"[^>]*(?<!/)>')
_BARE_CELL = re.compile(rb'<(?:\w+:)?c(?:\s(?![^>]*\br=")[^>]*)?>')
_SHARED = re.compile(
    rb'<(?:\w+:)?c\s[^>]*?\bt="s"[^>]*>(?:\s*<(?:\w+:)?f[^<]*(?:</(?:\w+:)?f>)?)?\s*<(?:\w+:)?v>([0-9]+)<'
)
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\b")


def refuse(where: str, code: str, message: str, limit: str) -> NoReturn:
    """Raise `InputError` for a container that must not be loaded."""
    raise InputError(message, code=code, where=where, hint=limit)


def refuse_area(where: str, rows: int, columns: int) -> None:
    """Refuse a sheet whose used area is too long, too wide or too large."""
    if columns > MAX_COLUMNS:
        refuse(
            where, "file-too-wide", f"the sheet uses {columns:,} columns",
            f"at most {MAX_COLUMNS:,}; delete what lies to the right of the table",
        )  # fmt: skip
    if rows > MAX_ROWS:
        refuse(
            where, "file-too-long", f"the sheet uses {rows:,} rows",
            f"at most {MAX_ROWS:,}; delete what lies below the table, or split the file",
        )  # fmt: skip
    if rows * columns > MAX_CELLS:
        refuse(
            where, "file-too-long", f"the sheet spans {rows * columns:,} cells",
            f"at most {MAX_CELLS:,}; split the file",
        )  # fmt: skip


def check_workbook_sheets(archive: zipfile.ZipFile, where: str) -> None:
    """Refuse an XLSX container with a document type declaration, an oversized sheet or amplified strings."""
    lengths = _shared_lengths(archive, where)
    longest = max(lengths, default=0)
    text = 0
    for member in archive.infolist():
        if member.filename.lower() != "xl/sharedstrings.xml" and _is_xml(archive, member):
            text += _check_sheet(archive, member, f"{where}, part {member.filename}", lengths, longest)
            if text > MAX_CHARACTERS:
                refuse(where, "file-bomb", "the cells hold more text than can be loaded", "split the file")


def _is_xml(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Any part may be named as a sheet by the workbook's relations, so the place does not matter."""
    with archive.open(member) as stream:
        return stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<")


def _chunks(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    """Pieces of a member that never cut a tag together with its text."""
    rest = b""
    with archive.open(member) as stream:
        while block := stream.read(_CHUNK):
            block = rest + block
            cut = max(block.rfind(b"</c>"), block.rfind(b"</row>"), block.rfind(b"</si>"))
            if cut < 0 and len(block) > 8 * _CHUNK:
                cut = block.rfind(b"<")
            if cut <= 0:
                rest = block
                continue
            rest = block[cut:]
            yield block[:cut]
    if rest:
        yield rest


def _refuse_doctype(head: bytes, where: str) -> None:
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        refuse(where, "file-unsafe", "the workbook declares its own document type", "make the file anew")


def _shared_lengths(archive: zipfile.ZipFile, where: str) -> list[int]:
    members = [m for m in archive.infolist() if m.filename.lower() == "xl/sharedstrings.xml"]
    lengths: list[int] = []
    for member in members:
        open_length = 0
        for number, chunk in enumerate(_chunks(archive, member)):
            if number == 0:
                _refuse_doctype(chunk[: 1 << 16], f"{where}, part {member.filename}")
            pieces = chunk.split(b"</si>")
            for piece in pieces[:-1]:
                lengths.append(open_length + len(piece))
                open_length = 0
            open_length += len(pieces[-1])
    return lengths


def _check_sheet(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, where: str, lengths: list[int], longest: int
) -> int:
    columns: set[bytes] = set()
    last_row = cells = text = merged = 0
    for number, chunk in enumerate(_chunks(archive, member)):
        if number == 0:
            _refuse_doctype(chunk[: 1 << 16], where)
        found = _CELL.findall(chunk)
        bare = len(_BARE_CELL.findall(chunk)) if b"<c>" in chunk or len(found) == 0 else 0
        cells += len(found) + bare
        columns.update({column for column, _row in found})
        last_row = max([last_row, *(_row_number(row) for _column, row in found)])
        if bare:
            _refuse_bare(chunk, where)
        merged += len(_MERGED.findall(chunk))
        if cells * longest > MAX_CHARACTERS:
            text += sum(lengths[int(i)] for i in _SHARED.findall(chunk) if int(i[-9:]) < len(lengths))
        if text > MAX_CHARACTERS:
            refuse(where, "file-bomb", "the cells hold more text than can be loaded", "split the file")
        refuse_area(where, max(last_row, 1), max((column_number(c) for c in columns), default=1))
        if cells > MAX_CELLS or merged > MAX_MERGED:
            refuse(
                where,
                "file-too-long",
                "the sheet has too many cells or merged areas",
                f"at most {MAX_CELLS:,}",
            )
    return text


def _refuse_bare(chunk: bytes, where: str) -> None:
    """Cells without an address follow one another; count them row by row."""
    for row in re.split(rb"<(?:\w+:)?row\b", chunk):
        refuse_area(where, 1, len(_BARE_CELL.findall(row)))


def _row_number(digits: bytes) -> int:
    return int(digits) if len(digits) < 10 else 10**9


def column_number(letters: bytes) -> int:
    """Number of a column from its letters, counted from 1; absurdly long ones are simply large."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def check_opendocument(archive: zipfile.ZipFile, where: str) -> None:
    """Refuse an ODS container whose repeated cells and rows span too large an area, or with its own entities."""
    counter = _RepeatCounter(f"{where}, part content.xml")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.StartDoctypeDeclHandler = counter.doctype
    with archive.open("content.xml") as stream:
        try:
            while block := stream.read(_CHUNK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise InputError(
                "the workbook is damaged or cut off", code="file-truncated", where=where, hint="save it again"
            ) from error


class _RepeatCounter:
    """Running extent of the sheets of one OpenDocument file."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.row = self.column = self.used_column = self.width = self.repeat = 0
        self.cell_repeat = 0
        self.filled = False

    def doctype(self, *_declaration: object) -> None:
        refuse(self.where, "file-unsafe", "the document declares its own document type", "make the file anew")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "table":
            self.row = self.width = 0
        elif local == "table-row":
            self.column = self.used_column = 0
            self.repeat = self._count(attributes, "number-rows-repeated")
        elif local in {"table-cell", "covered-table-cell"}:
            self.cell_repeat = self._count(attributes, "number-columns-repeated")
            self.filled = any(key.endswith(" value-type") for key in attributes)
        elif local == "p":
            self.filled = True

    def end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local in {"table-cell", "covered-table-cell"}:
            self.column += self.cell_repeat
            if self.filled:
                self.used_column = self.column
            self.filled = False
        elif local == "table-row":
            self.row += self.repeat
            if self.used_column:
                self.width = max(self.width, self.used_column)
                refuse_area(self.where, self.row, self.width)

    def _count(self, attributes: dict[str, str], wanted: str) -> int:
        for key, value in attributes.items():
            if key.endswith(wanted):
                return int(value) if value.isdigit() and len(value) < 10 else 10**9
        return 1
