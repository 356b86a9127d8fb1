"""Drop-downs of the study workbook, and the hidden sheet that feeds them."""

from __future__ import annotations

from typing import Any

from xlsxwriter.utility import xl_col_to_name

from cradlemark.core.language import Language
from cradlemark.core.places import known_place, place_name
from cradlemark.engine.distributions import KINDS
from cradlemark.product.schema import Field, study_schema
from cradlemark.product.workbook import NO, YES, Column, WorkbookLayout

LAST_ROW = 2000
"""Last row that references between sheets offer."""
PLACES = (
    "CN", "CN-BJ", "CN-TJ", "CN-HE", "CN-SX", "CN-NM", "CN-LN", "CN-JL", "CN-HL", "CN-SH", "CN-JS", "CN-ZJ", "CN-AH",
    "CN-FJ", "CN-JX", "CN-SD", "CN-HA", "CN-HB", "CN-HN", "CN-GD", "CN-GX", "CN-HI", "CN-CQ", "CN-SC", "CN-GZ",
    "CN-YN", "CN-XZ", "CN-SN", "CN-GS", "CN-QH", "CN-NX", "CN-XJ", "HK", "MO", "TW", "JP", "KR", "IN", "VN", "TH",
    "MY", "ID", "SG", "AU", "DE", "FR", "IT", "ES", "NL", "BE", "AT", "CH", "PL", "CZ", "HU", "RO", "SE", "FI", "DK",
    "NO", "GB", "IE", "PT", "TR", "US", "CA", "MX", "BR", "ZA", "EG", "SA", "AE", "RER", "RoW", "GLO",
)  # fmt: skip
"""Places that drop-downs offer; any other known place may be typed."""

_REFERENCES = {
    ("Operation", "component"): ("components", "part_number"),
    ("Material", "end_of_life"): ("end_of_life", "id"),
}
_KEY_REFERENCES = {
    "operation": ("operations", "id"),
    "parent": ("components", "part_number"),
    "evidence": ("evidence", "id"),
}


class DropDowns:
    """Lists that columns offer.

    Parameters
    ----------
    page : worksheet
        Hidden sheet that takes the lists.
    first_row : int
        First row of content on every list sheet, from 0.
    """

    def __init__(
        self, book: Any, page: Any, layout: WorkbookLayout, language: Language, *, first_row: int
    ) -> None:
        self._book = book
        self._page = page
        self._layout = layout
        self._language: Language = language
        self._first_row = first_row
        self._lists: dict[tuple[str, ...], str] = {}

    def validate(self, page: Any, column: Column, first: int, last: int, place: int) -> None:
        """Give a column its drop-down, if it has one."""
        reference = self._reference(column)
        if reference:
            page.data_validation(
                first, place, last, place, {"validate": "list", "source": reference, "show_error": False}
            )
            return
        offered, strict = self._offered(column)
        if not offered:
            return
        rule: dict[str, object] = {"validate": "list", "source": self._source(offered), "show_error": strict}
        if strict:
            rule |= {"error_title": "Cradlemark", "error_message": "Choose from the list. 请从列表中选择。"}
        page.data_validation(first, place, last, place, rule)

    def write_lists(self) -> None:
        """Fill the hidden sheet."""
        for place, offered in enumerate(self._lists):
            for row, item in enumerate(offered):
                self._page.write_string(row, place, item)

    def _source(self, offered: tuple[str, ...]) -> str:
        if offered not in self._lists:
            letter = xl_col_to_name(len(self._lists))
            self._lists[offered] = f"={self._page.get_name()}!${letter}$1:${letter}${len(offered)}"
        return self._lists[offered]

    def _offered(self, column: Column) -> tuple[tuple[str, ...], bool]:
        """Return what a column offers, and whether nothing else is allowed."""
        schema, language = study_schema(), self._language
        yes_no = (YES[language], NO[language])
        field = column.field
        if field is None:
            if column.key in {"confidential", *self._layout.presence}:
                return yes_no, True
            return (KINDS, True) if column.key == "kind" else ((), False)
        if column.part == "unit":
            return schema.quantities[field.quantity].units, False
        if field.type == "boolean":
            return yes_no, True
        if field.type == "choice":
            return tuple(
                schema.label(choice, field.key)[language] for choice in field.choices if choice
            ), True
        if field.type == "place":
            return tuple(self._place(code) for code in PLACES), False
        return (), False

    def _place(self, code: str) -> str:
        return f"{known_place(code)} {place_name(code)[self._language]}"

    def _reference(self, column: Column) -> str:
        target = _KEY_REFERENCES.get(column.key) or self._of_field(column.field)
        if target is None:
            return ""
        sheet = self._layout.sheet(target[0])
        place = next(number for number, item in enumerate(sheet.columns) if item.key == target[1])
        letter = xl_col_to_name(place)
        name = sheet.title[self._language]
        return f"='{name}'!${letter}${self._first_row + 1}:${letter}${LAST_ROW}"

    def _of_field(self, field: Field | None) -> tuple[str, str] | None:
        for (table, key), target in _REFERENCES.items():
            if field is study_schema()[table].by_key[key]:
                return target
        return None
