"""How the study workbook looks: colours, cells, widths and heights."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from typing import Any

from cradlemark.core.language import Language
from cradlemark.product.workbook import Column

_INK = "#1B2A2A"
_GREY = "#6B7678"
_LINE = "#C9D2D2"
_PAPER = "#F4F7F6"
_REQUIRED = "#FFF6DC"
_FONTS: dict[Language, str] = {"en": "Calibri", "zh": "Microsoft YaHei"}

_WIDTHS = {
    "level": 7.0,
    "parent": 13.0,
    "part_number": 14.0,
    "text": 24.0,
    "carrier": 20.0,
    "mode": 24.0,
    "belongs_to": 40.0,
    "path": 48.0,
    "note": 32.0,
    "component_note": 28.0,
    "digest": 30.0,
    "dataset": 24.0,
    "reason": 40.0,
}
_TYPE_WIDTHS = {"value": 12.0, "boolean": 11.0, "choice": 18.0, "place": 11.0, "date": 13.0, "text": 26.0}


def column_width(column: Column) -> float:
    """Return the width of a column [characters]."""
    key = column.key.rpartition(".")[2] if column.part != "unit" else ""
    if column.part == "unit" or column.key == "unit":
        return 10.0
    if column.part in {"en", "zh"}:
        return 40.0 if column.field_key in {"reason", "text", "description"} else 22.0
    if key in _WIDTHS:
        return _WIDTHS[key]
    if key.endswith("_dataset"):
        return 24.0
    return _TYPE_WIDTHS.get(column.field.type if column.field else "", 16.0)


def row_height(text: str, width: float) -> float:
    """Return the height of a row that shows a wrapped text [point]; Han characters count as two."""
    lines = 0
    for line in text.split("\n"):
        columns = sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in line)
        lines += max(1, math.ceil(columns * 1.12 / max(width, 1.0)))
    return 5.0 + 13.0 * lines


class Styles:
    """Cell formats of one workbook, made once each.

    Parameters
    ----------
    colours : mapping
        Colour of each group of sheets.
    """

    def __init__(self, book: Any, colours: Mapping[str, str], language: Language) -> None:
        self._font = _FONTS[language]
        self._book = book
        self._colours = colours
        self._made: dict[str, Any] = {}

    def _format(self, name: str, **properties: object) -> Any:
        if name not in self._made:
            base = {"font_name": self._font, "font_size": 10, "font_color": _INK, "valign": "vcenter"}
            self._made[name] = self._book.add_format({**base, **properties})
        return self._made[name]

    def title(self, group: str) -> Any:
        """Bar at the top of a sheet."""
        return self._format(
            f"title {group}",
            bold=True,
            font_size=15,
            indent=1,
            font_color="#FFFFFF",
            bg_color=self._colours[group],
        )

    def section(self, group: str) -> Any:
        """Heading inside the form."""
        return self._format(
            f"section {group}", bold=True, font_size=11, font_color=self._colours[group], bg_color="#E3ECEA"
        )

    def header(self, group: str, *, required: bool) -> Any:
        """Header of a column."""
        return self._format(
            f"header {group} {required}",
            bold=True,
            text_wrap=True,
            font_color="#FFFFFF",
            bg_color=self._colours[group],
            border=1,
            border_color="#FFFFFF",
            italic=False,
            underline=0,
            top=5 if required else 1,
            top_color="#F2B705" if required else "#FFFFFF",
        )

    def link(self, group: str) -> Any:
        """Link to a sheet."""
        return self._format(
            f"link {group}", font_color=self._colours[group], bold=True, underline=1, valign="top"
        )

    def label(self, *, required: bool) -> Any:
        """Name of a field in the form."""
        colour = _REQUIRED if required else _PAPER
        return self._format(
            f"label {required}",
            indent=1,
            text_wrap=True,
            bold=required,
            bg_color=colour,
            border=1,
            border_color=_LINE,
        )

    def input(self, column: Column, *, formula: bool = False) -> Any:
        """Cell to fill in."""
        kind = column.field.type if column.field else ""
        number = kind in {"value", "integer"} and not column.part
        return self._format(
            f"input {number} {formula}",
            border=1,
            border_color=_LINE,
            text_wrap=not number,
            valign="top",
            align="right" if number else "left",
            quote_prefix=formula,
            num_format="General",
        )

    @property
    def date(self) -> Any:
        """Cell with a day."""
        return self._format(
            "date", border=1, border_color=_LINE, num_format="yyyy-mm-dd", align="left", valign="top"
        )

    @property
    def blank(self) -> Any:
        """Cell that stays empty."""
        return self._format("blank", bg_color=_PAPER, border=1, border_color=_LINE)

    @property
    def key(self) -> Any:
        """Key that ties a column or row to the document."""
        return self._format("key", font_size=7, font_color="#8C9698", bg_color=_PAPER)

    @property
    def guide(self) -> Any:
        """Guidance of a sheet."""
        return self._format("guide", text_wrap=True, font_color=_GREY, valign="top")

    @property
    def column_guide(self) -> Any:
        """Guidance of a column or field."""
        return self._format(
            "column guide",
            text_wrap=True,
            font_size=8.5,
            font_color=_GREY,
            bg_color=_PAPER,
            border=1,
            border_color=_LINE,
            valign="vcenter",
        )

    @property
    def form_header(self) -> Any:
        """Header of the form."""
        return self._format(
            "form header", bold=True, font_size=9, font_color=_GREY, bottom=2, bottom_color=_LINE
        )

    @property
    def text(self) -> Any:
        """Running text."""
        return self._format("text", text_wrap=True, valign="top", font_size=10.5)
