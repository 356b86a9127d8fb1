"""Hostile plain tables: text, workbooks and lines of JSON."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from benchmarks.hostile_cases.case import Case, Write, document, spoiled, zipped

TEXT, BOOK, LINES = "table as text", "table as workbook", "table as lines of JSON"
HEAD = "process,type,flow,amount,unit\n"
MADE = "plant,reference,steel,1,kg\n"
SHEET = "xl/worksheets/sheet1.xml"
FAR = '<row r="900000"><c r="BXX900000"><v>1</v></c></row>'


def text(rows: Callable[[], str], *, head: str = HEAD) -> Write:
    return document("works.csv", lambda: head + rows())


def book(
    rows: Iterable[Iterable[Any]],
    *,
    sheets: int = 1,
    change: Callable[[bytes], bytes] | None = None,
    part: str = SHEET,
) -> Write:
    """A workbook, one part of it changed."""

    def write(folder: Path) -> Path:
        import xlsxwriter

        file = io.BytesIO()
        with xlsxwriter.Workbook(file, {"strings_to_formulas": False}) as made:
            for number in range(sheets):
                sheet = made.add_worksheet(f"sheet {number}")
                for place, row in enumerate(rows):
                    sheet.write_row(place, 0, row)
        path = folder / "works.xlsx"
        with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
            for name in old.namelist():
                content = old.read(name)
                new.writestr(name, change(content) if change and name == part else content)
        return path

    return write


ROWS = [HEAD.strip().split(","), MADE.strip().split(",")]


def _behind(what: str) -> Callable[[bytes], bytes]:
    return lambda content: content.replace(b"</sheetData>", what.encode() + b"</sheetData>")


def _merged(count: int, area: Callable[[int], str]) -> Callable[[bytes], bytes]:
    def change(content: bytes) -> bytes:
        areas = "".join(f'<mergeCell ref="{area(n)}"/>' for n in range(count))
        return content.replace(b"</sheetData>", f"</sheetData><mergeCells>{areas}</mergeCells>".encode())

    return change


def _tall() -> list[list[Any]]:
    return [*ROWS, *[["plant", "input", "coal", 1, "kg"]] * 3_000]


def _open_book(
    rows: str,
    *,
    before: str = "",
    end: str = "</table:table></office:spreadsheet></office:body></office:document-content>",
) -> Write:
    """An OpenDocument workbook of one sheet."""
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    head = f'<?xml version="1.0"?>{before}<office:document-content{spaces}><office:body><office:spreadsheet><table:table>'
    parts = {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": "<manifest/>",
    }
    return zipped(lambda: {**parts, "content.xml": head + rows + end}, name="works.ods")


def _open_rows(
    rows: int = 1, columns: int = 1, *, value: str = 'office:value-type="string"', inside: str = ""
) -> str:
    """A row of OpenDocument that says how often it and its cell are there."""
    cell = f'<table:table-cell table:number-columns-repeated="{columns}" {value}><text:p>x</text:p></table:table-cell>{inside}'
    return f'<table:table-row table:number-rows-repeated="{rows}">{cell}</table:table-row>'


def _lines(make: Callable[[], str]) -> Write:
    return document("exchanges.jsonl", make)


def _line(**changed: Any) -> str:
    made = {"process": "plant", "type": "reference", "flow": "steel", "amount": 1, "unit": "kg"}
    return json.dumps({**made, **changed}) + "\n"


_PROCESSES = '{"table": "processes", "name": "plant"}\n'
_BYTES = {
    "empty": "file-empty", "blank": "file-empty", "zero bytes": "file-empty", "zero bytes inside": "file-format",
    "bytes of noise": "file-",
}  # fmt: skip
CASES = (
    *spoiled(TEXT, "works.csv", lambda: HEAD + MADE, _BYTES),
    Case(TEXT, "UTF-16 without a mark", document("works.csv", lambda: (HEAD + MADE).encode("utf-16-le")), kept=True),
    Case(TEXT, "a line of 25 MB", text(lambda: "x" * 25_000_000), "file-"),
    Case(TEXT, "1,000,000 columns", text(lambda: ",".join(["x"] * 1_000_000)), "file-too-wide"),
    Case(TEXT, "199,000 rows of which one has 1,900 cells", text(lambda: MADE * 199_000 + "x," * 1_900), "file-too-long"),
    Case(TEXT, "199,000 exchanges of one process", text(lambda: MADE + "plant,input,coal,1,kg\n" * 198_900), "source-limit"),
    Case(TEXT, "199,000 rows that are no exchanges", text(lambda: "plant,what,x,1,kg\n" * 199_000), "source-refused"),
    Case(TEXT, "199,000 distinct units", text(lambda: MADE + "".join(f"plant,input,coal,1,u{n}\n" for n in range(199_000))), "source-limit"),
    Case(TEXT, "20,000 units of 3 letters", text(lambda: MADE + "".join(f"plant,input,coal {n},1,{'k' * (1 + n % 40)}g{n}\n" for n in range(20_000))), "source-limit"),
    Case(TEXT, "3,000 units that can be read", text(lambda: MADE + "".join(f"plant,input,coal {n},1,kg^{n % 9 + 1}*m^{n % 31 + 1}*s^{n % 11 + 1}\n" for n in range(3_000))), "source-limit"),
    Case(TEXT, "60,000 exchanges of one process", text(lambda: MADE + "plant,input,coal,1,kg\n" * 60_000), "source-limit"),
    Case(TEXT, "amounts that are NaN, inf and 1e400", text(lambda: MADE + "".join(f"plant,input,coal,{bad},kg\n" for bad in ("NaN", "inf", "1e400"))), "number-invalid", kept=True),
    Case(TEXT, "an amount of 1,000,000 digits", text(lambda: MADE + f"plant,input,coal,{'9' * 1_000_000},kg\n"), "file-format"),
    Case(TEXT, "a name of 1,000,000 characters", text(lambda: MADE + f"plant,input,{'c' * 1_000_000},1,kg\n"), "file-format"),
    Case(TEXT, "a unit of 1,000,000 characters", text(lambda: MADE + f"plant,input,coal,1,{'k' * 1_000_000}\n"), "file-format"),
    Case(TEXT, "a unit of 300 brackets", text(lambda: MADE + f"plant,input,coal,1,{'(' * 300}kg{')' * 300}\n"), "unit-unknown", kept=True),
    Case(TEXT, "formulas x^x^x", text(lambda: MADE.replace("\n", ",\n") + f"plant,input,coal,,kg,{'^'.join(['x'] * 900)}\n" * 200, head=HEAD.replace("\n", ",formula\n")), "formula-", kept=True),
    Case(BOOK, "a cell far away", book(ROWS, change=_behind(FAR)), "file-too"),
    Case(BOOK, "a cell far away in single quotes", book(ROWS, change=_behind(FAR.replace('"', "'"))), "file-too"),
    Case(BOOK, "a sheet cut off", book(ROWS, change=lambda content: content[:-60]), "file-truncated"),
    Case(BOOK, "document type", book(ROWS, change=lambda content: content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet')), "file-unsafe"),
    Case(BOOK, "a sheet of 100 MB of spaces", book(ROWS, change=_behind(" " * 100_000_000)), "file-bomb"),
    Case(BOOK, "60 sheets", book(ROWS, sheets=60), "file-too-long"),
    Case(BOOK, "9,000 merged areas that overlap", book(_tall(), change=_merged(9_000, lambda n: f"A{3 + n % 7}:A{3_000 - n % 5}")), "file-bomb"),
    Case(BOOK, "1,000 merged areas of the whole sheet", book(_tall(), change=_merged(1_000, lambda _n: "A1:XFD1048576")), "file-bomb"),
    Case(BOOK, "OpenDocument of 1,000,000 repeated rows", _open_book(_open_rows(1_000_000)), "file-too-long"),
    Case(BOOK, "OpenDocument of 1,000,000,000 repeated cells", _open_book(_open_rows(1, 1_000_000_000)), "file-too-wide"),
    Case(BOOK, "OpenDocument of 190,000 rows of 1,900 cells", _open_book(_open_rows(190_000, 1_900)), "file-too-long"),
    Case(BOOK, "OpenDocument of 190,000 rows of 1,900 formulas", _open_book(_open_rows(190_000, 1_900, value='table:formula="of:=1"').replace("<text:p>x</text:p>", "")), "file-too-long"),
    Case(BOOK, "OpenDocument of tables in cells", _open_book(_open_rows(190_000, 1_900, inside=f"<table:table-cell><table:table>{_open_rows()}</table:table></table:table-cell>")), "file-format"),
    Case(BOOK, "OpenDocument of 100,000 nested groups", _open_book("<table:table-row-group>" * 100_000), "file-bomb"),
    Case(BOOK, "OpenDocument of entities that multiply", _open_book(_open_rows(), before='<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'), "file-unsafe"),
    Case(BOOK, "OpenDocument cut off", _open_book(_open_rows(), end=""), "file-truncated"),
    Case(BOOK, "OpenDocument of 400,000 wide empty rows", _open_book('<table:table-row><table:table-cell table:number-columns-repeated="16384"/></table:table-row>' * 400_000), "-"),
    Case(BOOK, "20,000 unknown processes", book([["process", "type", "flow", "amount", "unit"], *[[f"plant {n}", "what", "x", 1, "kg"] for n in range(20_000)]]), "source-refused"),
    Case(LINES, "empty", _lines(lambda: ""), "file-empty"),
    Case(LINES, "cut off", _lines(lambda: _line()[:-9]), "json-syntax"),
    Case(LINES, "UTF-16 without a mark", document("exchanges.jsonl", lambda: _line().encode("utf-16-le")), "json-syntax"),
    Case(LINES, "900,000 lines that are no JSON", _lines(lambda: "{\n" * 900_000), "source-refused"),
    Case(LINES, "3 million empty lines", _lines(lambda: "\n" * 3_000_000), "file-too-long"),
    Case(LINES, "a line of 40 MB", _lines(lambda: _line(flow="x" * 40_000_000)), "json-syntax"),
    Case(LINES, "500,000 nested lists", _lines(lambda: "[" * 500_000 + "\n" + _line()), "json-syntax", kept=True),
    Case(LINES, "20,000 unknown processes", _lines(lambda: _PROCESSES + "".join(_line(table="exchanges", process=f"plants {n}") for n in range(20_000))), "source-refused"),
    Case(LINES, "20,000 unknown flows", _lines(lambda: '{"table": "flows", "name": "steel", "unit": "kg"}\n' + "".join(_line(table="exchanges", flow=f"steels {n}") for n in range(20_000))), "source-refused"),
    Case(LINES, "100,000 fields of one line", _lines(lambda: _line(**{f"f{n}": 1 for n in range(60_000)})), "column-unknown", kept=True),
    Case(LINES, "60,000 parameters", _lines(lambda: _line(table="exchanges") + "".join(json.dumps({"table": "parameters", "process": "plant", "name": f"p{n}", "formula": f"p{n + 1}"}) + "\n" for n in range(60_000))), "source-limit"),
)  # fmt: skip
