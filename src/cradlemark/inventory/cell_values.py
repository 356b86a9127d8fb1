"""One cell of a factor table as the text of a row: numbers, units, places and words as people write them."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.places import known_place
from cradlemark.core.quantities import normalise_unit, parse_number
from cradlemark.inventory.rows import ColumnError
from cradlemark.inventory.table_columns import allowed_values, columns, fixed_value, has_fixed_values
from cradlemark.inventory.text_files import Cell

LONGEST_TEXT = 2_000
"""Longest text of a cell [characters]."""
NUMBERS = {
    "kgco2e", "fossil", "biogenic_emission", "biogenic_removal", "land_use_change", "aircraft", "primary_data_share",
}  # fmt: skip
CO2E_MASS = {"kg": 1.0, "g": 1e-3, "t": 1e3, "mg": 1e-6}
"""Units of the CO2e of a factor, in kg."""

_IDENTITY = re.compile(r"[\w.:/-]{1,120}")
_FACTOR_UNIT = re.compile(
    r"\s*(kg|g|t|mg)\s*CO\s*[2₂]\s*-?\s*(?:e|eq|eqv|当量)?\.?\s*(?:/|每|per\s)\s*(.+)", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_PERCENT = re.compile(r"±?\s*([\d.,]+)\s*[%％]")


def cell_text(cell: Cell) -> str:
    """A cell as plain text; dates as ISO 8601, whole numbers without a decimal point, empty for None."""
    if isinstance(cell, str):
        return " ".join(cell.split())
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float | int):
        return repr(float(cell)).removesuffix(".0")
    if isinstance(cell, dt.date | dt.datetime | dt.time):
        return cell.isoformat()
    return " ".join(str(cell).split())


def row_value(column: str, cell: Cell) -> str:
    """Canonical text of a cell in a column.

    Raises
    ------
    ColumnError
        When it cannot be read, with the repair.
    """
    text = cell_text(cell)
    if not text:
        return ""
    _check_text(column, text)
    if column in NUMBERS or columns()[column].gas:
        return _number_text(column, cell, text)
    if has_fixed_values(column):
        return _word(column, text)
    return _READERS.get(column, str)(text)


def unit_and_scale(text: str) -> tuple[str, float]:
    """Canonical unit, and by what the value must be multiplied to be in kg CO2e per that unit.

    ``kgCO2e/t`` means kilograms of CO2e per tonne; ``tCO2/t`` and ``gCO2e/kWh`` are read likewise. A plain unit has
    the scale 1.
    """
    found = _FACTOR_UNIT.fullmatch(text)
    scale = CO2E_MASS[found.group(1).lower()] if found else 1.0
    unit = _translated("unit", normalise_unit, (found.group(2) if found else text))
    return unit, scale


def _check_text(column: str, text: str) -> None:
    if len(text) > LONGEST_TEXT:
        raise ColumnError(
            column,
            Text(f"the text has {len(text):,} characters", f"文字有 {len(text):,} 个字符"),
            code="text-too-long",
            hint=Text(f"at most {LONGEST_TEXT:,}", f"最多 {LONGEST_TEXT:,} 个字符"),
        )
    if _CONTROL.search(text):
        raise ColumnError(
            column,
            Text("the text has invisible control characters", "文字含不可见的控制字符"),
            code="text-control",
            hint=Text("type the text anew", "重新输入该文字"),
        )


def _number_text(column: str, cell: Cell, text: str) -> str:
    if isinstance(cell, bool):
        raise ColumnError(
            column,
            Text(f"{text!r} is no number", f"{text!r} 不是数字"),
            code="number-invalid",
            hint=Text("write a plain number", "写普通数字"),
        )
    try:
        value = float(cell) if isinstance(cell, float | int) else parse_number(text)
    except InputError as error:
        raise ColumnError(column, error.message, code="number-invalid", hint=error.hint) from error
    if not math.isfinite(value):
        raise ColumnError(
            column,
            Text(f"{text!r} is no finite number", f"{text!r} 不是有限数值"),
            code="number-invalid",
            hint=Text("write a plain number", "写普通数字"),
        )
    return repr(value)


def _word(column: str, text: str) -> str:
    found = fixed_value(column, text)
    if found is None:
        raise ColumnError(
            column,
            Text(f"{text[:80]!r} is not known as {column}", f"{column} 列不识别 {text[:80]!r}"),
            code="category-unknown" if column == "category" else "value-unknown",
            hint=Text(
                f"use one of: {', '.join(allowed_values(column))}",
                f"使用以下之一：{'、'.join(allowed_values(column))}",
            ),
        )
    return found


def _identity(text: str) -> str:
    if not _IDENTITY.fullmatch(text):
        raise ColumnError(
            "id",
            Text(f"{text[:80]!r} is no identifier", f"{text[:80]!r} 不是标识符"),
            code="id-invalid",
            hint=Text("letters, digits and . _ : / -, no spaces", "字母、数字和 . _ : / -，不含空格"),
        )
    return text


def _translated(column: str, read: Callable[[str], str], text: str) -> str:
    try:
        return read(text)
    except InputError as error:
        raise ColumnError(column, error.message, code=error.code, hint=error.hint) from error


def _year(text: str) -> str:
    found = re.fullmatch(r"(\d{4})(?:-\d\d-\d\d.*|\s*年)?", text)
    if not found:
        raise ColumnError(
            "year",
            Text(f"{text[:40]!r} is no year", f"{text[:40]!r} 不是年份"),
            code="year-invalid",
            hint=Text("four digits, such as 2024", "四位数字，如 2024"),
        )
    return found.group(1)


def _pedigree(text: str) -> str:
    digits = re.sub(r"[\s,;，；()（）\[\]]", "", text)
    return digits + "1" if len(digits) == 5 else digits


def _uncertainty(text: str) -> str:
    """A stated relative uncertainty is read as the 95 % interval of a lognormal: gsd = (1 + u)^(1 / 1.96)."""
    found = _PERCENT.fullmatch(text)
    if not found:
        return text.lower().replace(" ", "").replace("：", ":")
    share = float(found.group(1).replace(",", ".")) / 100.0
    return f"lognormal:{math.exp(math.log1p(share) / 1.96):.6g}"


def _place(text: str) -> str:
    return _translated("geography", known_place, text)


def _list(text: str) -> str:
    return text.replace("；", ";").replace("：", ":")


_READERS: dict[str, Callable[[str], str]] = {
    "id": _identity,
    "geography": _place,
    "year": _year,
    "pedigree": _pedigree,
    "uncertainty": _uncertainty,
    **dict.fromkeys(("gases", "alternatives", "synonyms", "concepts", "classification"), _list),
}
