"""The UK government's greenhouse gas conversion factors, official workbook (condensed or full set).

The workbook states CO2e and, on most sheets, the parts of CO2, CH4 and N2O in CO2e under AR5 (CH4 28, N2O 265).
Dividing by these gives masses, so the datasets can be put on another GWP set. Every value is checked: total = sum of
parts within rounding.

Source: DESNZ, Greenhouse gas reporting: conversion factors, Open Government Licence v3.0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.engine.pedigree import Pedigree
from cradlemark.inventory.dataset import Climate, Dataset, GasAmount, Origin, Source
from cradlemark.inventory.import_result import ImportResult, SheetCount, make_database
from cradlemark.inventory.importers.desnz_sheets import (
    Rule,
    name_in_chinese,
    pure_gas,
    rule_of,
    waste_boundary,
)
from cradlemark.inventory.safe_files import Cell, Sheet, read_grid

AR5_CH4, AR5_N2O = 28.0, 265.0
"""GWP100 that the workbook applies [kg CO2e / kg]."""
ROUNDING = 4 * 0.5e-5
"""Largest difference of a total and three parts, each printed to 5 decimals [kg CO2e / printed unit]."""
TITLE = "UK DESNZ, Greenhouse gas reporting: conversion factors"
URL = "https://www.gov.uk/government/collections/government-conversion-factors-for-company-reporting"

_UNITS: dict[str, tuple[str, float, str]] = {
    "tonnes": ("kg", 1e-3, ""),
    "kg": ("kg", 1.0, ""),
    "litres": ("L", 1.0, ""),
    "cubic metres": ("m3", 1.0, ""),
    "kwh (net cv)": ("kWh", 1.0, "net"),
    "kwh (gross cv)": ("kWh", 1.0, "gross"),
    "kwh": ("kWh", 1.0, ""),
    "gj": ("GJ", 1.0, ""),
    "tonne.km": ("tkm", 1.0, ""),
    "km": ("vkm", 1.0, ""),
}


_REDUNDANT = {
    "miles": Text("per mile; the same factor per km is kept", "以英里计；同一因子已按 km 保留"),
    "million litres": Text(
        "per million litres; the same factor per m3 is kept", "以百万升计；同一因子已按 m3 保留"
    ),
}


@attrs.frozen
class Entry:
    """One value of the workbook with its labels and place.

    Parameters
    ----------
    total : float
        [kg CO2e / printed unit]
    parts : dict
        CO2e of CO2, CH4 and N2O [kg CO2e / printed unit]; empty when the sheet does not state them.
    """

    labels: tuple[str, ...]
    group: str
    unit: str
    total: Cell
    parts: dict[str, float]
    where: str


def read_desnz(path: Path | str | bytes, *, where: str = "") -> ImportResult:
    """Read the official workbook.

    Parameters
    ----------
    path : path or bytes
        The workbook (.xlsx).
    where : str
        Name of the file for messages; the file name by default.

    Returns
    -------
    ImportResult
        With a `SheetCount` for every sheet that has factors, also for those not taken over.

    Raises
    ------
    InputError
        ``desnz-format`` when the file is not this workbook, or an error of `read_grid`.
    """
    where = where or (Path(path).name if not isinstance(path, bytes) else "workbook")
    sheets = read_grid(path, where=where)
    year = _year_of(sheets)
    if year is None:
        raise InputError(
            Text(
                "this is not the workbook of UK government conversion factors",
                "这不是英国政府换算系数的工作簿",
            ),
            code="desnz-format",
            where=where,
            hint=Text(
                "import your own table with: cradlemark data import TABLE",
                "用以下命令导入自己的表：cradlemark data import TABLE",
            ),
        )
    datasets: dict[str, Dataset] = {}
    problems: list[Problem] = []
    counts: list[SheetCount] = []
    for sheet in sheets:
        counts.extend(_take_sheet(sheet, year, where, datasets, problems))
    database = make_database(
        datasets.values(),
        database_id=f"desnz-{year}",
        version=str(year),
        licence="OGL-3.0",
        source=f"{TITLE} {year}",
    )
    read = sum(count.read for count in counts)
    return ImportResult(database, tuple(problems), read, sum(count.kept for count in counts), tuple(counts))


def _year_of(sheets: list[Sheet]) -> int | None:
    for sheet in sheets:
        for row in sheet.rows[:10]:
            for label, value in pairwise(row):
                if label == "Year:" and isinstance(value, float | int) and 2000 <= value <= 2100:
                    return int(value)
    return None


def _take_sheet(
    sheet: Sheet, year: int, where: str, datasets: dict[str, Dataset], problems: list[Problem]
) -> list[SheetCount]:
    entries = list(_entries(sheet, where))
    if not entries:
        return []
    rule = rule_of(sheet.name)
    if rule is None:
        reason = Text(
            "passenger travel, buildings and memo items have no place in a product footprint",
            "客运、建筑和备忘项不属于产品足迹",
        )
        return [SheetCount(sheet.name, len(entries), 0, len(entries), reason)]
    kept = 0
    for entry in entries:
        made = _dataset(entry, rule, sheet.name, year)
        if isinstance(made, Problem):
            problems.append(made)
        elif made.id in datasets and datasets[made.id].climate != made.climate:
            problems.append(
                Problem(
                    entry.where,
                    "id-duplicate",
                    Text(f"a second value for {made.id}", f"{made.id} 的第二个值"),
                )
            )
        else:
            datasets[made.id] = made
            kept += 1
    return [SheetCount(sheet.name, len(entries), kept, len(entries) - kept)]


def _entries(sheet: Sheet, where: str) -> Iterator[Entry]:
    """All values below the header rows of a sheet."""
    head: list[Cell] | None = None
    above: list[Cell] = []
    labels: list[str] = []
    for index, row in enumerate(sheet.rows):
        if "Unit" in row and any(isinstance(cell, str) and cell.startswith("kg CO2e") for cell in row):
            head, above = row, sheet.rows[index - 1] if index else []
            labels = [""] * row.index("Unit")
        elif head is None or _is_blank(row):
            head = None
        else:
            labels = [_clean(cell) or old for cell, old in zip(row, labels, strict=False)]
            yield from _row_entries(
                row, head, above, tuple(labels), f"{where}, sheet {sheet.name}, row {index + 1}"
            )


def _is_blank(row: list[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in row)


def _clean(cell: Cell) -> str:
    return " ".join(cell.split()) if isinstance(cell, str) else ""


def _row_entries(
    row: list[Cell], head: list[Cell], above: list[Cell], labels: tuple[str, ...], where: str
) -> Iterator[Entry]:
    unit = _clean(row[head.index("Unit")])
    group = ""
    starts = "kg CO2e" if "kg CO2e" in head else "kg CO2e of CO2 per unit"
    for column, title in enumerate(head):
        group = _clean(above[column]) or group if column < len(above) else group
        if title != starts or row[column] is None:
            continue
        parts: dict[str, float] = {}
        for offset, gas in enumerate(("CO2", "CH4", "N2O"), start=column + 1):
            value = row[offset] if offset < len(row) else None
            if (
                offset < len(head)
                and head[offset] == f"kg CO2e of {gas} per unit"
                and isinstance(value, float)
            ):
                parts[gas] = value
        yield Entry(labels, group, unit, row[column], parts, f"{where}, column {_letters(column)}")


def _letters(column: int) -> str:
    first, second = divmod(column, 26)
    return (chr(64 + first) if first else "") + chr(65 + second)


def _dataset(entry: Entry, rule: Rule, sheet: str, year: int) -> Dataset | Problem:
    refusal = _refusal(entry, rule)
    if refusal:
        return refusal
    unit, scale, basis = _UNITS[entry.unit.lower()]
    labels = [label for label in entry.labels if label]
    boundary = waste_boundary(entry.group) if rule.category == "waste_treatment" else rule.boundary
    category = rule.category_of(" ".join((*labels, entry.group)))
    words = [*labels, *([entry.group] if entry.group and rule.named_group else [])]
    per = f"per {unit}" + (f" {basis}" if basis else "")
    identity = "-".join(_slug(word) for word in (*words, unit, basis) if word)
    return Dataset(
        id=f"desnz-{year}-{_slug(rule.short)}-{identity}",
        name=Text(f"{rule.title}: {', '.join(words)}, {per}", name_in_chinese(rule, words, unit, basis)),
        category=category,
        unit=unit,
        climate=_climate(entry, category, scale),
        geography="GB",
        year=year,
        boundary=boundary,
        purpose=rule.purpose,
        kind="factor",
        source=Source(f"{TITLE} {year}", f"sheet {sheet}, row {entry.where.rpartition(', row ')[2]}", URL),
        licence="OGL-3.0",
        status="verified",
        database=f"desnz-{year}",
        calorific_basis=basis,  # type: ignore[arg-type]
        pedigree=Pedigree(2, 1, 1, 1, 3 if category in _COARSE else 1),
        note=_note(entry, rule, boundary),
    )


_COARSE = {
    "packaging",
    "polymer",
    "paper_wood",
    "metal_nonferrous",
    "glass_mineral",
    "electronics",
    "textile",
}


def _refusal(entry: Entry, rule: Rule) -> Problem | None:
    if entry.unit.lower() in _REDUNDANT:
        return Problem(entry.where, "unit-redundant", _REDUNDANT[entry.unit.lower()])
    if entry.unit.lower() not in _UNITS:
        return Problem(
            entry.where,
            "unit-unknown",
            Text(f"the unit {entry.unit!r} is not known here", f"此处不识别单位 {entry.unit!r}"),
        )
    if isinstance(entry.total, bool) or not isinstance(entry.total, float | int):
        return Problem(
            entry.where, "number-invalid", Text(f"{entry.total!r} is no number", f"{entry.total!r} 不是数字")
        )
    if rule.wanted_group and entry.group and entry.group != rule.wanted_group:
        return Problem(
            entry.where,
            "part-of-total",
            Text(
                f"{entry.group!r} is a part of the total, which is kept",
                f"{entry.group!r} 是总量的一部分，总量已保留",
            ),
        )
    if len(entry.parts) == 3:
        difference = abs(sum(entry.parts.values()) - entry.total)
        if difference > ROUNDING + 5e-6 * abs(entry.total):
            message = Text(
                f"CO2e {entry.total:g} is not the sum of its parts (difference {difference:.2g})",
                f"CO2e {entry.total:g} 不等于各部分之和（相差 {difference:.2g}）",
            )
            return Problem(
                entry.where,
                "identity-mismatch",
                message,
                Text("check the cell in the workbook", "检查工作簿中的单元格"),
            )
    return None


def _climate(entry: Entry, category: str, scale: float) -> Climate:
    assert isinstance(entry.total, float | int)
    total = float(entry.total) * scale
    origin: Origin = "aircraft" if category == "freight_air" else "fossil"
    place = 4 if origin == "aircraft" else 0
    co2e = (total if place == 0 else 0.0, 0.0, 0.0, 0.0, total if place == 4 else 0.0)
    gas = pure_gas(entry.labels[-1]) if category == "refrigerant" else ""
    amounts: tuple[GasAmount, ...] = ()
    if gas:
        amounts = (GasAmount(gas, "fossil", 1.0),)
    elif len(entry.parts) == 3 and entry.group != "With RF":
        masses = (
            ("co2", entry.parts["CO2"]),
            ("ch4_fossil", entry.parts["CH4"] / AR5_CH4),
            ("n2o", entry.parts["N2O"] / AR5_N2O),
        )
        amounts = tuple(GasAmount(name, origin, mass * scale) for name, mass in masses)
    known = bool(amounts) or origin == "aircraft"
    return Climate("AR5", co2e, amounts, known)


def _note(entry: Entry, rule: Rule, boundary: str) -> str:
    notes = [rule.note]
    if boundary == "treatment_transport_only":
        notes.append(
            "transport to the plant only, by the convention of the source; never the whole end of life"
        )
    if entry.group == "With RF":
        notes.append(
            "includes the factor 1.7 for radiative forcing on CO2, which is not a greenhouse-gas emission"
        )
    return "; ".join(filter(None, notes))


def _slug(text: str) -> str:
    return re.sub(
        r"[^a-z0-9]+", "-", text.lower().replace(">", "over ").replace("<", "under ").replace("+", " plus")
    ).strip("-")
