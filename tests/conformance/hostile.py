"""Makes the files that an attacker, or a broken program, hands in."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import openpyxl

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_CONTENT = f"""<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/xl/workbook.xml" ContentType="{_KIND}.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_KIND}.worksheet+xml"/></Types>"""
_BOOK = f'<workbook {_MAIN} xmlns:r="{_LINKS}"><sheets><sheet name="BOM" sheetId="1" r:id="r1"/></sheets></workbook>'
_SHEET = "xl/worksheets/sheet1.xml"


def _relation(kind: str, target: str) -> str:
    link = f'<Relationship Id="r1" Type="{_LINKS}/{kind}" Target="{target}"/>'
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{link}</Relationships>'


def workbook(path: Path, rows: str | bytes) -> Path:
    """Write an XLSX file around the XML of its rows."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _CONTENT)
        archive.writestr("_rels/.rels", _relation("officeDocument", "xl/workbook.xml"))
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _relation("worksheet", "worksheets/sheet1.xml"))
        head = f"<worksheet {_MAIN}><sheetData>".encode()
        body = rows if isinstance(rows, bytes) else rows.encode()
        archive.writestr(_SHEET, head + body + b"</sheetData></worksheet>")
    return path


def wide_workbook(path: Path, columns: int = 1_000_000) -> Path:
    """One row with a cell in each of very many columns."""
    cells = "".join(f'<c r="{_letters(n)}1"><v>{n}</v></c>' for n in range(1, columns + 1))
    return workbook(path, f'<row r="1">{cells}</row>')


def _letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def zip_bomb(path: Path, *, lying: bool = False) -> Path:
    """A sheet that unpacks to 600 MB; a lying one says in its headers that it does not."""
    workbook(path, b" " * 600_000_000)
    if lying:
        data = bytearray(path.read_bytes())
        name = _SHEET.encode()
        struct.pack_into("<I", data, data.rfind(name) - 46 + 24, 1000)
        struct.pack_into("<I", data, data.find(name) - 30 + 22, 1000)
        path.write_bytes(data)
    return path


def far_cells(path: Path) -> Path:
    """Two cells at opposite corners of the largest sheet."""
    first, last = (
        '<row r="1"><c r="A1"><v>1</v></c></row>',
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    )
    return workbook(path, first + last)


def edited(source: Path, target: Path, sheet: str, cells: dict[str, object]) -> Path:
    """Copy a workbook with other contents in some cells."""
    book = openpyxl.load_workbook(source)
    for address, content in cells.items():
        book[sheet][address] = content
    book.save(target)
    return target
