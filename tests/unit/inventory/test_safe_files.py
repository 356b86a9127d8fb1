"""Tables from strangers: what is fine is read whole, what is hostile is refused with one clear error and in time."""

from __future__ import annotations

import io
import random
import struct
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
import xlsxwriter
from tests.machine import within

from cradlemark.core.errors import InputError
from cradlemark.inventory.safe_files import check_container, read_grid
from cradlemark.inventory.workbook_scan import column_number

NAMESPACE = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = b"</sheetData></worksheet>"
SHEET = "xl/worksheets/sheet1.xml"


def workbook() -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("表 1")
    sheet.write_row(1, 1, ["x", 1.5, True])
    sheet.merge_range(3, 0, 3, 2, "merged")
    book.add_worksheet("second").hide()
    book.close()
    return buffer.getvalue()


def rebuilt(changes: dict[str, bytes], *, level: int = 6) -> bytes:
    """The workbook with some parts replaced or added."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(workbook())) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
    ):
        for name in dict.fromkeys([*old.namelist(), *changes]):
            new.writestr(name, changes.get(name) or old.read(name))
    return buffer.getvalue()


def archive_of(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, "<a/>")
    return buffer.getvalue()


def letters(number: int) -> str:
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def test_workbook_is_read_with_empty_cells_merged_areas_and_hidden_sheets():
    first, second = read_grid(workbook(), where="a.xlsx")
    assert first.name == "表 1"
    assert first.rows[0] == [None, None, None, None]
    assert first.rows[1] == [None, "x", 1.5, True]
    assert first.merged == [(3, 0, 3, 2)]
    assert not first.hidden
    assert second.hidden
    assert len({len(row) for row in first.rows}) == 1


def test_content_decides_not_the_name(tmp_path: Path):
    file = tmp_path / "list.csv"
    file.write_bytes(workbook())
    assert read_grid(file, where="list.csv")[0].name == "表 1"
    assert check_container(file, where="list.csv") == "xlsx"


def test_many_rows_are_read():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>%d</v></c></row>' % (i, i, i) for i in range(1, 30_001))
    sheets = read_grid(rebuilt({SHEET: NAMESPACE + rows + END}), where="a.xlsx")
    assert len(sheets[0].rows) == 30_000
    assert sheets[0].rows[-1] == [30_000]


def test_formatted_but_empty_cells_far_away_do_no_harm():
    cells = b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576" s="1"/></row>'
    assert read_grid(rebuilt({SHEET: NAMESPACE + cells + END}), where="a.xlsx")[0].rows == [[1]]


def opendocument(body: str, before: str = "") -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?>{before}'
            '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
            'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
            'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
            f'<table:table table:name="t">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return buffer.getvalue()


CELL = '<table:table-cell {} office:value-type="string"><text:p>a</text:p></table:table-cell>'


def test_opendocument_is_read_with_its_usual_empty_repeats():
    body = (
        f"<table:table-row>{CELL.format('')}<table:table-cell table:number-columns-repeated='16383'/></table:table-row>"
        "<table:table-row table:number-rows-repeated='1048575'>"
        "<table:table-cell table:number-columns-repeated='16384'/></table:table-row>"
    )
    assert read_grid(opendocument(body), where="a.ods")[0].rows == [["a"]]


def compound_file(streams: dict[str, bytes]) -> bytes:
    """A minimal OLE compound file with 512-byte sectors; streams are padded to at least 4,096 bytes."""
    sectors: list[bytes] = []
    table: list[int] = []
    entries = [("Root Entry", 5, 0xFFFFFFFE, 0)]
    for name, short in streams.items():
        content = short.ljust(4096, b"\0")
        pieces = [content[at : at + 512].ljust(512, b"\0") for at in range(0, len(content), 512)]
        start = len(sectors)
        sectors.extend(pieces)
        table.extend([*range(start + 1, start + len(pieces)), 0xFFFFFFFE])
        entries.append((name, 2, start, len(content)))
    directory = b""
    for index, (name, kind, start, length) in enumerate(entries):
        coded = name.encode("utf-16-le") + b"\0\0"
        child = 1 if index == 0 and len(entries) > 1 else 0xFFFFFFFF
        right = index + 1 if 0 < index < len(entries) - 1 else 0xFFFFFFFF
        directory += coded.ljust(64, b"\0") + struct.pack(
            "<HBBIII", len(coded), kind, 1, 0xFFFFFFFF, right, child
        )
        directory += b"\0" * 36 + struct.pack("<III", start, length, 0)
    directory = directory.ljust(-(-len(directory) // 512) * 512, b"\0")
    first = len(sectors)
    pieces = [directory[at : at + 512] for at in range(0, len(directory), 512)]
    sectors.extend(pieces)
    table.extend([*range(first + 1, first + len(pieces)), 0xFFFFFFFE])
    needed = 1
    while needed * 128 < len(table) + needed:
        needed += 1
    fat_at = len(sectors)
    table.extend([0xFFFFFFFD] * needed)
    fat = b"".join(struct.pack("<I", entry) for entry in table).ljust(needed * 512, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, needed, first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    listed = list(range(fat_at, fat_at + needed))
    header += b"".join(struct.pack("<I", s) for s in [*listed, *[0xFFFFFFFF] * (109 - needed)])
    return header + b"".join(sectors) + fat


def record(kind: int, content: bytes) -> bytes:
    return struct.pack("<HH", kind, len(content)) + content


def old_workbook(cells: list[tuple[int, int, float]], extra: bytes = b"") -> bytes:
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 1997, 0, 6))
    name = b"\x06\x00Sheet1"
    bound_length = 4 + 6 + len(name)
    end = record(0x000A, b"")
    sheet_at = len(begin) + len(extra) + bound_length + len(end)
    bound = record(0x0085, struct.pack("<IBB", sheet_at, 0, 0) + name)
    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 1997, 0, 6))
    sheet += b"".join(
        record(0x0203, struct.pack("<HHHd", row, column, 0, value)) for row, column, value in cells
    )
    return compound_file({"Workbook": begin + extra + bound + end + sheet + end})


def test_old_workbook_is_read():
    (sheet,) = read_grid(old_workbook([(0, 0, 1.5), (2, 1, 2.5)]), where="a.xls")
    assert sheet.rows == [[1.5, None], [None, None], [None, 2.5]]


ENCRYPTED = compound_file({"EncryptionInfo": b"x", "EncryptedPackage": b"y" * 5000})

FIRST = b'<row r="1"><c r="A1"><v>1</v></c></row>'
FAR = {
    "in single quotes": b"<row r='900000'><c r='BXX900000'><v>1</v></c></row>",
    "with spaces around the equals sign": b'<row r="900000"><c r = "BXX900000"><v>1</v></c></row>',
    "after a bracket in an attribute": b'<row r="900000"><c x=">" r="BXX900000"><v>1</v></c></row>',
    "on a new line": b'<row r="900000"><c\nr="BXX900000"><v>1</v></c></row>',
    "in small letters": b'<row r="900000"><c r="bxx900000"><v>1</v></c></row>',
    "of a row whose cells have none": b'<row r="900000">' + b"<c><v>1</v></c>" * 1_999 + b"</row>",
    "of a formula alone": b'<row r="900000"><c r="BXX900000"><f>1</f></c></row>',
    "beyond 32 bits": b'<row r="4294967295"><c><v>1</v></c></row>',
    "beyond 64 bits": b'<row r="99999999999999999999"><c><v>1</v></c></row>',
}
"""Ways to write one cell so far away that the rectangle around both takes gigabytes."""
PREFIXED = (
    b'<a-b:worksheet xmlns:a-b="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><a-b:sheetData>'
    b'<a-b:row r="1"><a-b:c r="A1"><a-b:v>1</a-b:v></a-b:c></a-b:row>'
    b'<a-b:row r="900000"><a-b:c r="BXX900000"><a-b:v>1</a-b:v></a-b:c></a-b:row></a-b:sheetData></a-b:worksheet>'
)
WIDE, TENFOLD = "table:number-columns-repeated='1000'", "table:number-columns-repeated='10'"


def repeated(cells: str, rows: int = 100_000) -> str:
    """A row of OpenDocument that says how often it is there."""
    return f"<table:table-row table:number-rows-repeated='{rows}'>{cells}</table:table-row>"


REPEATED = {
    "many cells of text": repeated(CELL.format(WIDE)),
    "many values without a type": repeated(f"<table:table-cell office:value='1' {WIDE}/>"),
    "many strings without a type": repeated(f"<table:table-cell office:string-value='a' {WIDE}/>"),
    "many formulas": repeated(f"<table:table-cell table:formula='of:=1' {WIDE}/>"),
    "a count of rows of another name before its own": (
        f"<table:table-row xmlns:x='urn:x' x:number-rows-repeated='1' table:number-rows-repeated='100000'>{CELL.format(WIDE)}</table:table-row>"
    ),
    "a count that is no number": repeated(CELL.format("")).replace("100000", "-100000"),
    "a count of 30 digits": repeated(CELL.format("")).replace("100000", "9" * 30),
    "empty rows above": repeated("<table:table-cell/>", 150_000) * 2 + repeated(CELL.format(""), 1),
}
"""Rows that say they are there so often that a sheet has more cells or rows than are loaded."""
HOSTILE: dict[str, tuple[bytes, str]] = {
    **{
        f"far address {how}": (rebuilt({SHEET: NAMESPACE + FIRST + cell + END}), "file-too-long")
        for how, cell in FAR.items()
    },
    "far address behind a name space": (rebuilt({SHEET: PREFIXED}), "file-too-long"),
    "empty": (b"", "file-empty"),
    "only spaces": (b" \r\n \t", "file-empty"),
    "truncated": (workbook()[:3000], "file-truncated"),
    "tail missing": (workbook()[:-30], "file-truncated"),
    "web page as xls": (b"<html><body><table><tr><td>1</td></tr></table>", "file-html"),
    "web page with doctype": (b"\xef\xbb\xbf <!DOCTYPE html><html>", "file-html"),
    "xml": (b'<?xml version="1.0"?><a/>', "file-format"),
    "pdf": (b"%PDF-1.7 ...", "file-format"),
    "picture": (b"\x89PNG\r\n\x1a\n", "file-format"),
    "binary": (bytes(range(256)) * 20, "file-format"),
    "encrypted xlsx": (ENCRYPTED, "file-encrypted"),
    "encrypted xls": (old_workbook([(0, 0, 1.0)], extra=record(0x002F, b"\0" * 6)), "file-encrypted"),
    "old document without workbook": (compound_file({"WordDocument": b"x"}), "file-format"),
    "old workbook cut off": (old_workbook([(0, 0, 1.0)])[:700], "file-truncated"),
    "old workbook spans 16 million cells": (old_workbook([(0, 0, 1.0), (65535, 255, 1.0)]), "file-too-long"),
    "zip bomb": (rebuilt({SHEET: b" " * 150_000_000}), "file-bomb"),
    "zip of zips": (rebuilt({"xl/inner.zip": b"PK"}), "file-unsafe"),
    "path out of the container": (rebuilt({"../../etc/passwd": b"x"}), "file-unsafe"),
    "absolute path": (rebuilt({"/etc/passwd": b"x"}), "file-unsafe"),
    "too many parts": (rebuilt({f"xl/media/{i}.bin": b"x" for i in range(2_100)}), "file-bomb"),
    "document type": (rebuilt({SHEET: b'<!DOCTYPE x [<!ENTITY a "b">]>' + NAMESPACE + END}), "file-unsafe"),
    "two cells far apart": (
        rebuilt({SHEET: NAMESPACE + b'<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>' + END}),
        "file-too-wide",
    ),
    "a row far below": (
        rebuilt({SHEET: NAMESPACE + b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>' + END}),
        "file-too-long",
    ),
    "an area too large": (
        rebuilt({SHEET: NAMESPACE + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="9"><c r="BXX190000"><v>1</v></c></row>' + END}),
        "file-too-long",
    ),
    "absurd address": (
        rebuilt({SHEET: NAMESPACE + b'<row r="1"><c r="ZZZZZZZZZZZZ99999999999999999999"><v>1</v></c></row>' + END}),
        "file-too-wide",
    ),
    "cells without address": (
        rebuilt({SHEET: NAMESPACE + b"<row>" + b"<c><v>1</v></c>" * 5_000 + b"</row>" + END}),
        "file-too-wide",
    ),
    "a million columns": (
        rebuilt(
            {
                SHEET: NAMESPACE
                + b'<row r="1">'
                + b"".join(b'<c r="%s1"><v>1</v></c>' % letters(i).encode() for i in range(1, 1_000_001))
                + b"</row>"
                + END
            },
            level=1,
        ),
        "file-too-wide",
    ),
    "one long string in many cells": (
        rebuilt(
            {
                "xl/sharedStrings.xml": b"<sst><si><t>" + bytes(range(97, 123)) * 20_000 + b"</t></si></sst>",
                SHEET: NAMESPACE
                + b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (i, i) for i in range(1, 50_000))
                + END,
            },
            level=1,
        ),
        "file-bomb",
    ),
    "sheet at another place": (
        rebuilt({"xl/other/strange.dat": NAMESPACE + b'<row r="1"><c r="XFD1"><v>1</v></c></row>' + END}),
        "file-too-wide",
    ),
    "word document": (archive_of("word/document.xml"), "file-format"),
    "empty archive": (archive_of(), "file-format"),
    "ods with repeated values": (
        opendocument(f"<table:table-row>{CELL.format('table:number-columns-repeated=' + repr('999999999'))}</table:table-row>"),
        "file-too-wide",
    ),
    "ods with repeated rows": (
        opendocument(
            f"<table:table-row table:number-rows-repeated='900000'>{CELL.format('')}</table:table-row>"
        ),
        "file-too-long",
    ),
    **{
        f"ods with {what}": (opendocument(body), "file-too-long") for what, body in REPEATED.items()
    },
    "ods with a table in a cell": (
        opendocument(repeated(CELL.format(WIDE) + f"<table:table-cell><table:table>{repeated('', 1)}</table:table></table:table-cell>")),
        "file-format",
    ),
    "ods with a table between rows": (
        opendocument(repeated(CELL.format("")) + f"<table:table>{repeated('', 1)}</table:table>" + repeated(CELL.format(WIDE), 1)),
        "file-format",
    ),
    "ods with a row in a row": (
        opendocument(repeated(CELL.format(WIDE) + repeated("", 1))),
        "file-format",
    ),
    "ods with nested groups": (
        opendocument("<table:table-row-group>" * 200 + repeated(CELL.format(""), 1) + "</table:table-row-group>" * 200),
        "file-bomb",
    ),
    "ods with many sheets": (
        opendocument("</table:table>" + "<table:table/>" * 1_001 + "<table:table>"),
        "file-too-long",
    ),
    "ods with sheets that are large together": (
        opendocument("</table:table><table:table>".join([repeated(CELL.format(WIDE), 1_900)] * 2)),
        "file-too-long",
    ),
    "ods with one long text in many cells": (
        opendocument(f"<table:table-row>{CELL.format(TENFOLD).replace('>a<', '>' + 'x' * 7_000_000 + '<')}</table:table-row>"),
        "file-bomb",
    ),
    "ods with entities that multiply": (
        opendocument(repeated(CELL.format(""), 1), before='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'),
        "file-unsafe",
    ),
    "ods cut off": (opendocument(repeated(CELL.format(""), 1))[:-200], "file-truncated"),
    "ods whose content is cut off": (opendocument("<table:table-row>"), "file-truncated"),
    "csv with too many columns": (b",".join([b"1"] * 5_000), "file-too-wide"),
    "csv with too many cells": ((b"1," * 1_899 + b"1\n") + b"1\n" * 199_000, "file-too-long"),
    "csv with too many cells because of its last line": (b"1\n" * 199_000 + b"1," * 1_899 + b"1\n", "file-too-long"),
    "csv with too many rows": (b"1,2\n" * 200_002, "file-too-long"),
    "csv with an endless quotation": (b'a,b\n"' + b"x," * 200_000, "file-format"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_file_is_refused_in_time_with_code_place_and_hint(name):
    content, code = HOSTILE[name]
    start = time.process_time()  # other work on the machine must not decide
    with pytest.raises(InputError) as caught:
        read_grid(content, where="upload.xlsx")
    assert caught.value.code == code
    assert caught.value.where.startswith("upload.xlsx")
    assert caught.value.hint.en
    assert within(time.process_time() - start, 2.0)


@pytest.mark.parametrize(
    "name",
    ["zip bomb", "a million columns", "one long string in many cells", "old workbook spans 16 million cells"],
)
def test_hostile_file_needs_less_than_300_megabytes(name, tmp_path: Path):
    if not Path("/proc/self/status").exists():
        pytest.skip("the largest memory of a process is read from /proc, which this system does not have")
    file = tmp_path / "hostile"
    file.write_bytes(HOSTILE[name][0])
    program = (
        "import sys; from pathlib import Path; from cradlemark.inventory.safe_files import read_grid\n"
        "try: read_grid(sys.argv[1], where='x')\n"
        "except ValueError as error: print(error.code)\n"
        # not ru_maxrss: that begins with the memory of the process which started this one
        "print(Path('/proc/self/status').read_text().partition('VmHWM:')[2].split()[0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(file)], capture_output=True, text=True, check=True
    )
    code, kilobytes = done.stdout.split()
    assert code == HOSTILE[name][1]
    assert int(kilobytes) < 300_000


def test_missing_and_too_large_files(tmp_path: Path):
    with pytest.raises(InputError) as caught:
        read_grid(tmp_path / "no.xlsx", where="no.xlsx")
    assert caught.value.code == "file-missing"
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(100_000_001)
    with pytest.raises(InputError) as caught:
        read_grid(large, where="large.csv")
    assert caught.value.code == "file-too-large"


@pytest.mark.parametrize(("text", "number"), [(b"A", 1), (b"Z", 26), (b"aa", 27), (b"XFD", 16384)])
def test_column_number(text, number):
    assert column_number(text) == number


def test_every_prefix_of_a_workbook_is_refused_or_read_but_never_crashes():
    content = workbook()
    for length in range(0, len(content), 97):
        with pytest.raises(InputError):
            read_grid(content[:length], where="a.xlsx")


def test_damaged_bytes_are_refused_or_read_but_never_crash():
    chance = random.Random(3)
    cell = f"<table:table-row>{CELL.format('')}</table:table-row>"
    samples = [workbook(), old_workbook([(0, 0, 1.0), (5, 5, 2.0)]), opendocument(cell)]
    outcomes = set()
    for _ in range(600):
        content = bytearray(chance.choice(samples))
        for _ in range(chance.choice([1, 3, 20])):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            read_grid(bytes(content), where="a")
            outcomes.add("read")
        except InputError as error:
            outcomes.add(error.code)
    assert {"read", "file-truncated"} <= outcomes
