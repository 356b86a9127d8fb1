"""Values of cells in tables of unit processes: numbers, shares, uncertainties, places; one error per wrong cell."""

from __future__ import annotations

import math
import re

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.places import known_place
from cradlemark.core.quantities import parse_number
from cradlemark.inventory.cell_values import cell_text
from cradlemark.inventory.importers.process_tables.sheets import Row
from cradlemark.inventory.processes.records import Uncertainty

LONGEST = 5_000
"""Longest text of a cell [characters]."""
_PERCENT = re.compile(r"±?\s*([\d.,]+)\s*[%％]")
_SPREAD = re.compile(
    r"(lognormal|normal|uniform|triangular|对数正态|正态|均匀|三角)\s*[:：]\s*(.+)", re.IGNORECASE
)
_WHOSE = frozenset({"process", "type", "location"})
_KINDS = {"对数正态": "lognormal", "正态": "normal", "均匀": "uniform", "三角": "triangular"}


def text(row: Row, column: str) -> str:
    """A cell as text without white space around it; empty when there is none.

    Raises
    ------
    InputError
        ``text-too-long``; ``cells-moved``, of a row of which only what says whose it is is taken: process, its place, type.
    """
    if row.moved is not None and column not in _WHOSE:
        raise InputError(row.moved.message, code=row.moved.code, where=row.moved.where, hint=row.moved.hint)
    found = cell_text(row.cells.get(column)).strip()
    if len(found) > LONGEST:
        raise _error(
            row,
            column,
            "text-too-long",
            Text(f"the text has {len(found):,} characters", f"文字有 {len(found):,} 个字符"),
            Text(f"at most {LONGEST:,}", f"最多 {LONGEST:,} 个"),
        )
    return found


def number(row: Row, column: str) -> float:
    """A cell as a finite number; nan when it is empty.

    Raises
    ------
    InputError
        ``number-invalid``.
    """
    cell = row.cells.get(column)
    if cell is None or (isinstance(cell, str) and not cell.strip()):
        return math.nan
    if isinstance(cell, bool):
        raise _error(
            row,
            column,
            "number-invalid",
            Text(f"{cell_text(cell)!r} is no number", f"{cell_text(cell)!r} 不是数字"),
            Text("write a plain number", "写普通数字"),
        )
    try:
        value = float(cell) if isinstance(cell, int | float) else parse_number(cell_text(cell))
    except (InputError, OverflowError, TypeError) as error:
        plain = Text("write a plain number", "写普通数字")
        hint = error.hint if isinstance(error, InputError) and error.hint else plain
        raise _error(
            row,
            column,
            "number-invalid",
            Text(f"{cell_text(cell)[:60]!r} is no number", f"{cell_text(cell)[:60]!r} 不是数字"),
            hint,
        ) from error
    if not math.isfinite(value):
        raise _error(
            row,
            column,
            "number-invalid",
            Text(f"{cell_text(cell)[:60]!r} is no finite number", f"{cell_text(cell)[:60]!r} 不是有限数值"),
            Text("correct it", "修正它"),
        )
    return value


def share(row: Row, column: str) -> float:
    """A share between 0 and 1, also written in per cent; nan when it is empty.

    Raises
    ------
    InputError
        ``number-invalid``.
    """
    words = text(row, column)
    found = _PERCENT.fullmatch(words)
    value = float(found.group(1).replace(",", ".")) / 100.0 if found else number(row, column)
    if not math.isnan(value) and not 0.0 <= value <= 1.0:
        raise _error(
            row,
            column,
            "number-invalid",
            Text(f"{words!r} is no share", f"{words!r} 不是份额"),
            Text("use 0 to 1, or per cent", "用 0 至 1，或百分比"),
        )
    return value


def uncertainty(row: Row, column: str = "uncertainty") -> Uncertainty | None:
    """The distribution around the amount; a plain per cent is the 95 % interval of a lognormal one.

    Raises
    ------
    InputError
        ``distribution-invalid``.
    """
    words = text(row, column)
    if not words:
        return None
    percent = _PERCENT.fullmatch(words)
    if percent:
        return Uncertainty(
            "lognormal",
            math.nan,
            math.exp(math.log1p(float(percent.group(1).replace(",", ".")) / 100.0) / 1.96),
        )
    found = _SPREAD.fullmatch(words)
    try:
        values = [parse_number(part) for part in re.split(r"[:：]", found.group(2))] if found else []
        spread = _spread(found.group(1).lower() if found else "", values)
    except InputError:
        spread = None
    if spread is None:
        raise _error(
            row,
            column,
            "distribution-invalid",
            Text(f"{words[:60]!r} is no uncertainty", f"{words[:60]!r} 不是不确定性"),
            Text(
                "write lognormal:1.2, normal:0.3, uniform:2:4.5, triangular:2:4.5 or 15 %",
                "写作 lognormal:1.2、normal:0.3、uniform:2:4.5、triangular:2:4.5 或 15 %",
            ),
        )
    return spread


def _spread(kind: str, values: list[float]) -> Uncertainty | None:
    match _KINDS.get(kind, kind), values:
        case "lognormal", [deviation] if deviation >= 1.0:
            return Uncertainty("lognormal", math.nan, deviation)
        case "normal", [deviation] if deviation >= 0.0:
            return Uncertainty("normal", math.nan, deviation)
        case "uniform", [low, high] if low <= high:
            return Uncertainty("uniform", low, high)
        case "triangular", [low, high] if low <= high:
            return Uncertainty("triangular", low, math.nan, high)
    return None


def place(row: Row, column: str = "location") -> str:
    """Code of a place; a word that is not known stays as it is written, unless the cells of the row have moved."""
    words = text(row, column)
    if not words:
        return ""
    try:
        return known_place(words)
    except InputError:
        return words if row.moved is None else ""


def _error(row: Row, column: str, code: str, message: Text, hint: Text) -> InputError:
    return InputError(message, code=code, where=row.place(column), hint=hint)
