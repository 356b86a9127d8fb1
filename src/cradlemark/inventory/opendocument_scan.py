"""Measure the sheets of an OpenDocument container before it is loaded: a loader repeats what the file says once."""

from __future__ import annotations

import zipfile
from functools import lru_cache
from xml.parsers import expat

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.container_scan import (
    MAX_CELLS,
    MAX_CHARACTERS,
    refuse,
    refuse_area,
    refuse_text,
)

MAX_TABLES = 1_000
"""Most tables of one document."""
MAX_DEPTH = 100
"""Deepest nesting of elements."""
_CHUNK = 1 << 20
_CELLS = frozenset({"table-cell", "covered-table-cell"})
_VALUES = frozenset(
    {"value", "string-value", "boolean-value", "date-value", "time-value", "value-type", "formula"}
)
"""Attributes that fill a cell, each by itself: a loader does not ask for the others."""


def check_opendocument(archive: zipfile.ZipFile, where: str) -> None:
    """Refuse a container whose repeated cells, rows and texts are too large, or with its own entities."""
    counter = _RepeatCounter(f"{where}, part content.xml")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = counter.start
    parser.EndElementHandler = counter.end
    parser.CharacterDataHandler = counter.text
    parser.StartDoctypeDeclHandler = counter.doctype
    with archive.open("content.xml") as stream:
        try:
            while block := stream.read(_CHUNK):
                parser.Parse(block, False)
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise InputError(
                Text("the workbook is damaged or cut off", "工作簿损坏或不完整"),
                code="file-truncated",
                where=where,
                hint=Text("save it again", "重新保存"),
            ) from error
        finally:
            _local.cache_clear()  # names can be long


class _RepeatCounter:
    """Running extent of the sheets of one OpenDocument file, and the text that its cells have when they are repeated."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.row = self.column = self.used_column = self.width = self.repeat = 0
        self.cell_repeat = 0
        self.filled = self.in_table = self.in_row = False
        self.depth = self.tables = self.written = 0
        self.area = self.before = 0
        self.cell_text = self.row_text = self.all_text = 0

    def doctype(self, *_declaration: object) -> None:
        refuse(
            self.where,
            "file-unsafe",
            Text("the document declares its own document type", "文档自带文档类型声明"),
            Text("make the file anew", "重新制作该文件"),
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        local = _local(name)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            refuse(
                self.where,
                "file-bomb",
                Text(f"it is nested deeper than {MAX_DEPTH} elements", f"嵌套超过 {MAX_DEPTH} 层"),
                Text("save it again", "重新保存"),
            )
        if (local == "table" and self.in_table) or (local == "table-row" and self.in_row):
            refuse(
                self.where,
                "file-format",
                Text("a table holds a table of its own", "表格内含另一个表格"),
                Text("put it on a sheet of its own", "将其放在单独的工作表中"),
            )
        if local == "table":
            self._begin_table()
        elif local == "table-row":
            self.in_row = True
            self.written += 1
            # Rows without cells take time too, although they make no sheet longer.
            refuse_area(self.where, self.written, 1)
            self.column = self.used_column = self.row_text = 0
            self.repeat = _count(attributes, "number-rows-repeated")
        elif local in _CELLS:
            self.cell_repeat = _count(attributes, "number-columns-repeated")
            self.filled, self.cell_text = False, 0
            for key, value in attributes.items():
                if _local(key) in _VALUES:
                    self.filled = True
                    self.cell_text += len(value)
        elif local == "s":
            self.cell_text += _count(attributes, "c")
        elif local == "p":
            self.filled = True
            self.cell_text += 1

    def text(self, piece: str) -> None:
        self.cell_text += len(piece)

    def end(self, name: str) -> None:
        local = _local(name)
        self.depth -= 1
        if local in _CELLS:
            self.column += self.cell_repeat
            if self.filled:
                self.used_column = self.column
                self.row_text += self.cell_text * self.cell_repeat
            self.filled = False
        elif local == "table-row":
            self._end_row()
        elif local == "table":
            self.in_table = False

    def _begin_table(self) -> None:
        self.in_table = True
        self.tables += 1
        self.before += self.area
        self.row = self.width = self.area = 0
        if self.tables > MAX_TABLES:
            refuse(
                self.where,
                "file-too-long",
                Text(
                    f"the workbook has more than {MAX_TABLES:,} sheets",
                    f"工作簿的工作表超过 {MAX_TABLES:,} 个",
                ),
                Text("split the file", "拆分文件"),
            )

    def _end_row(self) -> None:
        self.in_row = False
        self.row += self.repeat
        if not self.used_column:
            return
        self.width = max(self.width, self.used_column)
        refuse_area(self.where, self.row, self.width)
        self.area = self.row * self.width
        if self.before + self.area > MAX_CELLS:
            refuse(
                self.where,
                "file-too-long",
                Text(
                    f"the sheets span more than {MAX_CELLS:,} cells",
                    f"各工作表覆盖的单元格超过 {MAX_CELLS:,} 个",
                ),
                Text("split the file", "拆分文件"),
            )
        self.all_text += self.row_text * self.repeat
        if self.all_text > MAX_CHARACTERS:
            refuse_text(self.where)


@lru_cache(maxsize=1024)
def _local(name: str) -> str:
    """A name without its name space: a loader may know a part by its prefix alone, whatever that stands for."""
    return name.rpartition(" ")[2]


def _count(attributes: dict[str, str], wanted: str) -> int:
    """The largest number that attributes of one name give, in any name space; 1 when there is none."""
    largest = -1
    for key, value in attributes.items():
        if _local(key) == wanted:
            largest = max(largest, int(value) if value.isdecimal() and len(value) < 10 else 10**9)
    return 1 if largest < 0 else largest
