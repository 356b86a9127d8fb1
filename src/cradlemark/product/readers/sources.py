"""A user's file as one or more grids of cells with their places, whatever the format."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.container_scan import refuse_area
from cradlemark.inventory.safe_files import MAX_FILE, Cell, check_container, decode_text, read_grid
from cradlemark.inventory.text_files import read_delimited
from cradlemark.product.bom import Place
from cradlemark.product.readers.error_cells import CONTAINERS, put_error_cells

_HTML_HINT = Text(
    "open it in a spreadsheet program and save it as .xlsx or .csv",
    "用电子表格程序打开后另存为 .xlsx 或 .csv",
)


@attrs.frozen
class Grid:
    """Cells of one sheet and where they are in the user's file.

    Parameters
    ----------
    first_row : int
        Number of the first row in the file, from 1.
    paths : tuple of str
        Place of each row in a document without rows.
    widths : tuple of int
        Cells that each row has in a delimited text; empty for other files.
    """

    file: str
    rows: list[list[Cell]]
    sheet: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    encoding: str = ""
    delimiter: str = ""
    first_row: int = 1
    paths: tuple[str, ...] = ()
    widths: tuple[int, ...] = ()

    def place(self, row: int) -> Place:
        """Return the place of a row of `rows`."""
        if self.paths:
            return Place(self.file, path=self.paths[row])
        return Place(self.file, self.sheet, row + self.first_row)


def read_source(path: Path | str, *, name: str = "") -> list[Grid]:
    """Read a file of any supported format as grids.

    Raises
    ------
    InputError
        With a code beginning with ``file-``, see `cradlemark.inventory.safe_files.read_grid`.
    """
    file = Path(path)
    name = name or file.name
    if not file.is_file():
        read_grid(file, where=name)
    content = file.read_bytes() if file.stat().st_size <= MAX_FILE else b""
    if content[:4] in CONTAINERS:
        return _workbook(content, name)
    try:
        check_container(content or file, where=name)
    except InputError as error:
        if error.code != "file-html":
            raise
        return read_html(content, name)
    return [read_text(content, name)]


def _workbook(content: bytes, name: str) -> list[Grid]:
    sheets = read_grid(content, where=name)
    put_error_cells(content, sheets)
    return [
        Grid(name, sheet.rows, sheet.name, tuple(sheet.merged), sheet.hidden)
        for sheet in sheets
        if sheet.rows
    ]


def read_text(content: bytes, name: str) -> Grid:
    """Read a delimited text file."""
    text, encoding = decode_text(content, name)
    table = read_delimited(text, where=name)
    first_row = 2 if re.match(r"\ufeff?sep=(.)\r?\n", text, re.IGNORECASE) else 1
    return Grid(
        name,
        table.rows,
        encoding=encoding,
        delimiter=table.delimiter,
        first_row=first_row,
        widths=table.widths,
    )


def read_html(content: bytes, name: str) -> list[Grid]:
    """Read the tables of a web page that was saved with the name of a workbook.

    Raises
    ------
    InputError
        ``file-html`` when it has no table, ``file-too-long`` or ``file-too-wide``.
    """
    text, encoding = decode_text(content, name)
    parser = _Tables(name)
    parser.feed(text)
    parser.close()
    tables = [rows for rows in parser.tables if len(rows) > 1]
    if not tables:
        raise InputError(
            Text("the web page has no table", "网页没有表格"), code="file-html", where=name, hint=_HTML_HINT
        )
    return [
        Grid(name, _even(rows), f"table {number}" if len(tables) > 1 else "", encoding=encoding)
        for number, rows in enumerate(tables, start=1)
    ]


def _even(rows: list[list[Cell]]) -> list[list[Cell]]:
    width = max(len(row) for row in rows)
    return [row + [None] * (width - len(row)) for row in rows]


class _Tables(HTMLParser):
    """Collects the cells of all tables; a spanning cell is followed by empty ones."""

    def __init__(self, name: str) -> None:
        super().__init__(convert_charrefs=True)
        self.name = name
        self.tables: list[list[list[Cell]]] = []
        self.open: list[list[list[Cell]]] = []
        self.text: list[str] | None = None
        self.span = 1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "table":
            self.open.append([])
            self.tables.append(self.open[-1])
        elif tag == "tr" and self.open:
            self._end_cell()
            self.open[-1].append([])
            refuse_area(self.name, len(self.open[-1]), 1)
        elif tag in ("td", "th") and self.open and self.open[-1]:
            self._end_cell()
            span = dict(attrs).get("colspan") or "1"
            self.span = int(span) if span.isdecimal() and len(span) < 5 else 1
            self.text = []
        elif tag == "br" and self.text is not None:
            self.text.append(" ")

    def handle_data(self, data: str) -> None:
        if self.text is not None:
            self.text.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "table" and self.open:
            self._end_cell()
            self.open.pop()

    def _end_cell(self) -> None:
        if self.text is None or not self.open or not self.open[-1]:
            self.text = None
            return
        content = "".join(self.text).strip("\r\n\t ")
        row = self.open[-1][-1]
        row.append(content or None)
        row.extend([None] * (self.span - 1))
        refuse_area(self.name, 1, len(row))
        self.text = None
