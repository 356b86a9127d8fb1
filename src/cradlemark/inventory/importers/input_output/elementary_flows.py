"""Stressors of satellite accounts as elementary flows: name, compartment, direction, mass; by region where factors are.

A stressor goes out (an emission) unless its name, account or compartment says that it is taken in: value added,
employment, land, water, energy, materials. EXIOBASE writes gas and compartment into the name (``CO2 - combustion -
air``); both are taken out of it, so that the gas is recognised. A list of factors by region whose factors are the same
everywhere is a general one; where they differ, the stressor becomes one flow for each region.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

import attrs
import numpy as np

from cradlemark.inventory.importers.input_output.accounts import Account, Core
from cradlemark.inventory.importers.input_output.characterised import Factor
from cradlemark.inventory.importers.input_output.labels import Label, amount_in
from cradlemark.inventory.processes.tables import FloatArray, IntArray

_TAKEN_IN = re.compile(
    r"value.?added|factor.?inputs?|compensation|surplus|\btax|subsid|employment|labou?r|workers?|hours|capital|domestic extraction"
    r"|resource|material|energy carrier|energy use|water (?:consumption|withdrawal|use)|land.?use|cropland|forest area|pasture"
    r"|infrastructure land|增加值|就业|能源消费|水资源|土地",
    re.IGNORECASE,
)
_COMPARTMENTS = {
    "air": "emission/air",
    "water": "emission/water",
    "soil": "emission/soil",
    "undef": "emission/unspecified",
}
_FORMULA = re.compile(r"(CO2|CH4|N2O|SF6|NF3)(?:_bio)?\b", re.IGNORECASE)


@attrs.frozen
class FlowRecord:
    """One elementary flow: columns of ``flows``, rows of ``flow_properties``, and the stressor it is.

    Parameters
    ----------
    region : str
        Region of its emission; empty for all.
    """

    columns: dict[str, str]
    properties: tuple[dict[str, str | float], ...]
    account: str
    stressor: Label
    region: str = ""


@attrs.frozen(eq=False)
class Flows:
    """Elementary flows of all accounts.

    Parameters
    ----------
    records : tuple of FlowRecord
    directions : tuple of str
    entries : tuple of ndarray
        Row of ``flows``, sector or category of final demand, value, and whether it is final demand.
    factors : sequence of Factor
    """

    records: tuple[FlowRecord, ...]
    directions: tuple[str, ...]
    entries: tuple[IntArray, IntArray, FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]
    factors: Sequence[Factor]


def flows_of_accounts(
    accounts: Sequence[Account], factors: Sequence[Factor], core: Core, *, first_row: int
) -> Flows:
    """Give every stressor a flow, or one for each region when its factors differ by region.

    Parameters
    ----------
    accounts, factors : sequence
    core : Core
    first_row : int
        Row of the first elementary flow in ``flows``.
    """
    regional = _regional(factors, {sector.region for sector in core.sectors})
    sector_regions = np.array([sector.region for sector in core.sectors], np.str_)
    demand_regions = np.array([label[0] if len(label) > 1 else "" for label in core.categories], np.str_)
    records: list[FlowRecord] = []
    parts: list[tuple[IntArray, IntArray, FloatArray, np.ndarray[tuple[int], np.dtype[np.bool_]]]] = []
    for account in accounts:
        row = np.concatenate([account.intensities.row, account.of_demand.row]).astype(np.int64)
        column = np.concatenate([account.intensities.column, account.of_demand.column]).astype(np.int64)
        value = np.concatenate([account.intensities.value, account.of_demand.value])
        demanded = np.repeat([False, True], [len(account.intensities), len(account.of_demand)])
        place = np.empty(len(account.stressors), np.int64)
        split: list[int] = []
        for stressor, label in enumerate(account.stressors):
            place[stressor] = first_row + len(records)
            if any(key in regional for key in ((label[0], ""), _key(label))):
                split.append(stressor)
            else:
                records.append(_record(account, stressor, ""))
        flow = place[row] if row.size else row
        for stressor in split:
            here = np.flatnonzero(row == stressor)
            regions = np.where(
                demanded[here],
                demand_regions[np.where(demanded[here], column[here], 0)] if demand_regions.size else "",
                sector_regions[np.where(demanded[here], 0, column[here])],
            )
            for region in sorted(set(regions.tolist())):
                flow[here[regions == region]] = first_row + len(records)
                records.append(_record(account, stressor, region))
        parts.append((flow, column, value, demanded))
    entries = (
        tuple(np.concatenate([part[i] for part in parts]) for i in range(4))
        if parts
        else (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0), np.zeros(0, np.bool_))
    )
    directions = tuple(_direction(record) for record in records)
    return Flows(tuple(records), directions, entries, factors)  # type: ignore[arg-type]


def _key(label: Label) -> tuple[str, str]:
    return label[0], label[1] if len(label) > 1 else ""


def _regional(factors: Sequence[Factor], regions: set[str]) -> set[tuple[str, str]]:
    """Stressors with factors that differ by region in some list, or are there for some regions only."""
    values: defaultdict[tuple[str, str, str, str], dict[str, float]] = defaultdict(dict)
    for factor in factors:
        if factor.region:
            values[factor.method, factor.impact, factor.stressor, factor.compartment][factor.region] = (
                factor.value
            )
    return {
        (key[2], key[3])
        for key, found in values.items()
        if len(set(found.values())) > 1 or not regions <= found.keys()
    }


def _record(account: Account, stressor: int, region: str) -> FlowRecord:
    label, unit = account.stressors[stressor], account.units[stressor]
    name = label[0]
    compartment, formula = _compartment(label), _formula(name)
    columns = {
        "id": "/".join((account.name, *(part for part in label if part), *((region,) if region else ()))),
        "name_en": name,
        "kind": "elementary",
        "category": compartment,
        "formula": formula,
        "location": region,
        "unit": unit,
        "property": "amount",
    }
    properties: list[dict[str, str | float]] = [
        {"property": "amount", "name": "amount", "unit": unit, "factor": 1.0}
    ]
    mass = amount_in(unit, "kg")
    if mass is not None:
        properties = [{"property": "amount", "name": "mass", "unit": "kg", "factor": mass}]
    return FlowRecord(columns, tuple(properties), account.name, label, region)


def _compartment(label: Label) -> str:
    if len(label) > 1 and label[1]:
        return _COMPARTMENTS.get(label[1].strip().lower(), label[1])
    last = label[0].rpartition(" - ")[2].strip().lower()
    return _COMPARTMENTS.get(last, "")


def _formula(name: str) -> str:
    found = _FORMULA.match(name)
    return found.group(1).upper() if found else ""


def _direction(record: FlowRecord) -> str:
    category = record.columns["category"]
    if category.startswith("emission/"):
        return "output"
    return "input" if _TAKEN_IN.search(f"{record.account} {record.stressor[0]} {category}") else "output"
