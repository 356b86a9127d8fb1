"""Characterisation of satellite accounts: a list with one factor per row.

Headings: ``stressor``, ``impact``, ``factor``; optional ``compartment``, ``region``, ``impact_unit``, ``stressor_unit``,
in any order. A factor is in units of the impact per unit of the stressor.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import islice

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.core.quantities import parse_number
from cradlemark.inventory.cell_values import cell_text
from cradlemark.inventory.importers.input_output.layout import Document
from cradlemark.inventory.moved_cells import Span, moved
from cradlemark.inventory.table_columns import plain
from cradlemark.inventory.text_files import Cell

MOST_FACTORS = 500_000
_HEADINGS = {
    "stressor": "stressor",
    "flow": "stressor",
    "emission": "stressor",
    "污染物": "stressor",
    "排放": "stressor",
    "compartment": "compartment",
    "medium": "compartment",
    "介质": "compartment",
    "impact": "impact",
    "category": "impact",
    "impact category": "impact",
    "indicator": "impact",
    "影响类别": "impact",
    "factor": "factor",
    "value": "factor",
    "characterisation factor": "factor",
    "characterization factor": "factor",
    "因子": "factor",
    "impact unit": "impact_unit",
    "影响单位": "impact_unit",
    "stressor unit": "stressor_unit",
    "unit": "stressor_unit",
    "单位": "stressor_unit",
    "region": "region",
    "location": "region",
    "country": "region",
    "地区": "region",
}


@attrs.frozen
class Factor:
    """One factor.

    Parameters
    ----------
    method : str
        Name of the list.
    stressor, compartment, region : str
        Empty compartment or region: all.
    value : float
        [`impact_unit` / `unit`]
    """

    method: str
    impact: str
    impact_unit: str
    stressor: str
    compartment: str
    region: str
    unit: str
    value: float
    where: str


def is_characterisation(document: Document) -> bool:
    """Whether the first row has the headings of a list of factors."""
    return _columns(_first(document)) is not None


def read_factors(document: Document) -> tuple[list[Factor], list[Problem], int]:
    """All factors of a list, what could not be read, and the number of rows.

    Raises
    ------
    InputError
        ``file-too-long`` and those of the reader.
    """
    factors: list[Factor] = []
    problems: list[Problem] = []
    columns: Mapping[str, int] | None = None
    span = None
    read = 0
    with document.rows() as rows:
        for number, cells in rows:
            if columns is None:
                columns = _columns(cells) if any(cells) else None
                named = [place for place, cell in enumerate(cells) if cell not in {None, ""}]
                # A sheet of a workbook has no separators that could move its cells.
                span = Span(1 + max(named, default=-1), len(cells), "") if document.sheet is None else None
                continue
            if not any(cell not in {None, ""} for cell in cells):
                continue
            read += 1
            if read > MOST_FACTORS:
                raise InputError(
                    Text("the list has too many factors", "列表中的因子过多"),
                    code="file-too-long",
                    where=document.where,
                    hint=Text(f"at most {MOST_FACTORS:,}", f"最多 {MOST_FACTORS:,} 个"),
                )
            where = f"{document.where}, line {number}"
            wrong = moved([cell or None for cell in cells], len(cells), span, where=where) if span else None
            if wrong is not None:
                problems.append(wrong)
                continue
            try:
                factors.append(_factor(cells, columns, document.stem, where))
            except InputError as error:
                problems.append(Problem(where, error.code, error.message, error.hint))
    return factors, problems, read


def _first(document: Document) -> Sequence[Cell]:
    try:
        with document.rows() as rows:
            return next((cells for _, cells in islice(rows, 20) if any(cells)), ())
    except InputError:
        return ()


def _columns(cells: Sequence[Cell]) -> Mapping[str, int] | None:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells[:40]):
        name = _HEADINGS.get(plain(cell_text(cell)))
        if name:
            found.setdefault(name, place)
    return found if {"stressor", "impact", "factor"} <= found.keys() else None


def _factor(cells: Sequence[Cell], columns: Mapping[str, int], method: str, where: str) -> Factor:
    def text(name: str) -> str:
        place = columns.get(name, len(cells))
        return cell_text(cells[place]).strip() if place < len(cells) else ""

    value = _value(text("factor"))
    if not text("stressor") or not text("impact"):
        raise InputError(
            Text("stressor or impact is empty", "排放项或影响为空"),
            code="value-missing",
            hint=Text("name both", "写明两者"),
        )
    return Factor(
        method,
        text("impact"),
        text("impact_unit"),
        text("stressor"),
        text("compartment"),
        text("region"),
        text("stressor_unit"),
        value,
        where,
    )


def _value(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = parse_number(text)
    if not math.isfinite(value):
        raise InputError(
            Text(f"{text[:40]!r} is no finite number", f"{text[:40]!r} 不是有限数值"),
            code="number-invalid",
            hint=Text("correct it", "修正它"),
        )
    return value
