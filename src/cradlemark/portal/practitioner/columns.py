"""The columns of a bill of materials as a form, and the mapping that the form says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs
from django.utils.translation import gettext_noop as _

from cradlemark.product.bom import FIELDS, MASS_FIELDS, NUMBER_FIELDS, column_letter

TITLES = {
    "level": _("Level"), "position": _("Position"), "part_number": _("Part number"), "parent": _("Parent part"),
    "name": _("Name"), "name_en": _("Name (English)"), "name_zh": _("Name (Chinese)"), "material": _("Material"),
    "quantity": _("Quantity in its parent"), "quantity_total": _("Quantity in the whole product"), "unit": _("Unit of the quantity"),
    "net_mass": _("Net mass of one piece"), "net_mass_total": _("Net mass of the line"), "gross_mass": _("Gross mass of one piece"),
    "gross_mass_total": _("Gross mass of the line"), "mass_unit": _("Unit of the mass"), "yield": _("Yield"),
    "scrap_route": _("Scrap route"), "recycled_content": _("Recycled content"), "supplier": _("Supplier"), "origin": _("Origin"),
    "distance": _("Transport distance"), "mode": _("Vehicle"), "data_kind": _("Data kind"), "dataset": _("Dataset"), "note": _("Note"),
}  # fmt: skip
"""What the fields of a bill are called for people."""
UNITS = {"distance": ("km", "m"), "yield": ("%", "1"), "recycled_content": ("%", "1")}
MASS_UNITS = ("g", "kg", "mg", "t")
COUNT_UNITS = ("piece", "kg", "g", "m", "m2", "m3", "L")
MOST_COLUMNS = 256


@attrs.frozen
class Column:
    """One column of the sheet on the form."""

    index: int
    letter: str
    header: str
    field: str
    unit: str
    reason: str
    samples: tuple[str, ...]

    @property
    def units(self) -> tuple[str, ...]:
        """Units that are offered; none for a column without numbers."""
        if self.field not in NUMBER_FIELDS and not self.unit:
            return ()
        offered = MASS_UNITS if self.field in MASS_FIELDS else UNITS.get(self.field, COUNT_UNITS)
        return offered if not self.unit or self.unit in offered else (self.unit, *offered)


def columns_of(reading: Mapping[str, Any]) -> list[Column]:
    """Every column of the sheet that was read, with what it was taken as and a few of its cells."""
    taken: dict[str, tuple[str, Mapping[str, Any]]] = {}
    for field, entry in reading.get("mapping", {}).get("columns", {}).items():
        for one in entry if isinstance(entry, list) else [entry]:
            taken[one["column"]] = (field, one)
    rows = reading["preview"]
    header = header_place(reading)
    columns = []
    for index in range(min(reading["width"], MOST_COLUMNS)):
        letter = column_letter(index)
        field, entry = taken.get(letter, ("", {}))
        cells = [row[index] if index < len(row) else "" for row in rows]
        title = entry.get("header") or (cells[header] if header is not None else "")
        below = cells[header + 1 :] if header is not None else cells
        samples = tuple(cell for cell in below if cell)[:3]
        if field or title or samples:
            reason = reading.get("reasons", {}).get(letter, "")
            columns.append(Column(index, letter, title, field, entry.get("unit", ""), reason, samples))
    return columns


def header_place(reading: Mapping[str, Any]) -> int | None:
    """Which of the rows that are shown ends the header, from 0; None when it is not among them."""
    mapping = reading.get("mapping", {})
    row = mapping.get("header_row", 0) + mapping.get("header_rows", 1) - 1
    place = row - (reading["first_row"] - reading.get("start", 1)) - 1
    return place if mapping.get("header_row") and 0 <= place < len(reading["preview"]) else None


def mapping_of_form(sent: Mapping[str, str], reading: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping that a form says.

    What a column was taken as by its header stays as it was unless the field is changed.
    """
    before = {column.letter: column for column in columns_of(reading)}
    kept = reading.get("mapping", {}).get("columns", {})
    columns: dict[str, list[dict[str, Any]]] = {}
    same_header = _whole(sent.get("header_row")) == reading.get("mapping", {}).get("header_row")
    for index in range(min(reading["width"], MOST_COLUMNS)):
        letter = column_letter(index)
        field = sent.get(f"field-{letter}", "")
        if field not in FIELDS:
            continue
        entry: dict[str, Any] = {"column": letter}
        if unit := sent.get(f"unit-{letter}", "").strip():
            entry["unit"] = unit
        known = before.get(letter)
        if known is not None and known.field == field and same_header:
            old = kept[field]
            old = next(one for one in (old if isinstance(old, list) else [old]) if one["column"] == letter)
            entry |= {key: old[key] for key in ("header", "stated") if key in old}
        columns.setdefault(field, []).append(entry)
    made: dict[str, Any] = {
        "header_row": _whole(sent.get("header_row")), "header_rows": max(_whole(sent.get("header_rows")), 1),
        "columns": {field: found[0] if len(found) == 1 else found for field, found in columns.items()},
    }  # fmt: skip
    if sent.get("decimal") in {".", ","}:
        made["decimal"] = sent["decimal"]
    if reading["sheet"]:
        made["sheet"] = reading["sheet"]
    return made


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 7 else 0
