"""What the elementary flows of a database mean for the climate: by the database's own methods, or by gas.

A flow is a greenhouse gas when it is an emission to air and its CAS number, or without one its name or chemical
formula, is that of a gas of the packaged table. Of gases with one CAS number the name decides: biogenic, fossil or
not stated.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

import attrs
import numpy as np

from cradlemark.inventory.characterisation import Gas, gases
from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.processes.allocation import content_of_flows
from cradlemark.inventory.processes.columns import Coded, FloatArray, IntArray, coded
from cradlemark.inventory.processes.schema import NONE
from cradlemark.inventory.processes.tables import ProcessDatabase, Table

_AIR = re.compile(r"\bair\b|空气|大气|\bluft\b", re.IGNORECASE)
_PART = re.compile(r"[,，;；(（]")
_HALOGEN = re.compile(r"fluor|chlor|brom|iod|\b(?:h?cfc|hfc|hfe|pfc|halon|r)-?\d|氟|氯|溴|碘", re.IGNORECASE)
_ALSO = {"n2o": ("一氧化二氮", "笑气"), "sf6": ("六氟化硫",), "nf3": ("三氟化氮",)}
"""Names beside those of the table of gases."""
_BIOGENIC = re.compile(r"biogenic|non-fossil|short cycle|生物", re.IGNORECASE)
_FOSSIL = re.compile(r"\bfossil|化石", re.IGNORECASE)
_LAND_USE = re.compile(r"land (?:use|transformation)|soil or biomass stock|土地", re.IGNORECASE)
_BY_ORIGIN: Mapping[str, tuple[str, str, str]] = {
    "124-38-9": ("co2", "co2_biogenic_balanced", "co2"),
    "74-82-8": ("ch4_fossil", "ch4_biogenic", "ch4"),
}
"""Gases by CAS number: fossil, biogenic, not stated."""


def _coded(direction: Coded | Sequence[str]) -> Coded:
    return direction if isinstance(direction, Coded) else coded(direction)


@attrs.frozen(eq=False)
class Factors:
    """Characterisation of flows.

    Parameters
    ----------
    names : tuple of str
        Names of the categories, with their unit in brackets.
    category : ndarray of int
    flow : ndarray of int
        Row of flows.
    direction : Coded
        ``input``, ``output`` or empty for both; made from texts where those are given.
    value : ndarray of float64
        [unit of the category / reference unit of the flow]
    unknown : tuple of str
        Flows that methods characterise and no process names.
    """

    names: tuple[str, ...]
    category: IntArray
    flow: IntArray
    direction: Coded = attrs.field(converter=_coded)
    value: FloatArray
    unknown: tuple[str, ...] = ()


@attrs.frozen
class GreenhouseFlow:
    """An emission of a greenhouse gas to air.

    Parameters
    ----------
    row : int
        Row of flows.
    gas : Gas
    mass : float
        [kg / reference unit of the flow]
    """

    row: int
    gas: Gas
    mass: float


def own_factors(database: ProcessDatabase) -> Factors:
    """Factors of the methods that came with the database, tied to its flows by identifier.

    Regional factors are left out unless a flow has no general one; then none is used and the flow is not characterised.
    """
    table, categories = database["characterisation"], database["impact_categories"]
    flow = table.coded("flow")
    rows = {identifier: row for row, identifier in enumerate(database["flows"].texts("id"))}
    flow_row = np.array([rows.get(identifier, NONE) for identifier in flow.values] or [NONE], np.int64)
    row = flow_row[flow.codes]
    general = table.coded("location").within(("", "GLO"))
    known = np.flatnonzero(general & (row != NONE))
    unknown = np.unique(flow.codes[general & (row == NONE)]).tolist()
    names = tuple(
        f"{english or chinese} [{unit}]"
        for english, chinese, unit in zip(
            categories.texts("name_en"), categories.texts("name_zh"), categories.texts("unit"), strict=True
        )
    )
    return Factors(
        names,
        table.integers("category")[known],
        row[known],
        table.coded("direction").take(known),
        table.numbers("value")[known],
        tuple(sorted(flow.values[code] for code in unknown)),
    )


def climate_factors(database: ProcessDatabase, gwp_set: GwpSet) -> Factors:
    """Global warming potential over 100 years of the emissions to air of a database.

    Parameters
    ----------
    database : ProcessDatabase
    gwp_set : {"AR4", "AR5", "AR6"}

    Returns
    -------
    Factors
        One category [kg CO2e]; a gas without a value in the set, or a flow without mass, has no factor.
    """
    found = {
        flow.row: flow.gas.gwp[gwp_set] * flow.mass
        for flow in greenhouse_flows(database)
        if gwp_set in flow.gas.gwp
    }
    return Factors(
        (f"Climate change, GWP100 {gwp_set} [kg CO2e]",),
        np.zeros(len(found), np.int64),
        np.array(list(found), np.int64),
        ("output",) * len(found),
        np.array(list(found.values()), np.float64),
    )


def greenhouse_flows(database: ProcessDatabase) -> tuple[GreenhouseFlow, ...]:
    """Emissions of greenhouse gases to air in a database, in the order of its flows; one without mass is left out."""
    flows = database["flows"]
    mass = content_of_flows(flows, database["flow_properties"])["mass"]
    compartment, elementary = flows.coded("category"), flows.coded("kind").within(("elementary",))
    to_air = np.array([_is_air(text) for text in compartment.values] or [False], np.bool_)[compartment.codes]
    found = []
    for row in np.flatnonzero(elementary & to_air & np.isfinite(mass)).tolist():
        gas = _gas_of_row(flows, row)
        if gas is not None:
            found.append(GreenhouseFlow(row, gas, float(mass[row])))
    return tuple(found)


def uncounted_gases(database: ProcessDatabase) -> tuple[tuple[int, Gas], ...]:
    """Emissions that are greenhouse gases by number or name and count in no climate impact, as rows of flows.

    They have no compartment, so that it is not known whether they go to air, or they go to air and have no mass.
    """
    flows = database["flows"]
    mass = content_of_flows(flows, database["flow_properties"])["mass"]
    compartment, elementary = flows.coded("category"), flows.coded("kind").within(("elementary",))
    to_air = np.array([_is_air(text) for text in compartment.values] or [False], np.bool_)[compartment.codes]
    unstated = np.array([not text.strip() for text in compartment.values] or [False], np.bool_)[
        compartment.codes
    ]
    emitted = np.zeros(len(flows), np.bool_)
    biosphere = database["biosphere"]
    emitted[biosphere.integers("flow")[biosphere.coded("direction").within(("output",))]] = True
    rows = np.flatnonzero(elementary & emitted & (unstated | (to_air & ~np.isfinite(mass)))).tolist()
    found = ((row, _gas_of_row(flows, row)) for row in rows)
    return tuple((row, gas) for row, gas in found if gas is not None)


def _gas_of_row(flows: Table, row: int) -> Gas | None:
    english, chinese, number, formula = (
        flows.texts(name)[row] for name in ("name_en", "name_zh", "cas", "formula")
    )
    return _gas(english, number, formula) or (_gas(chinese, number, formula) if chinese else None)


def gas_of_flow(
    name: str, compartment: str, cas: str, formula: str, *, elementary: bool = True
) -> Gas | None:
    """The greenhouse gas that an elementary flow is, when it goes to air.

    Examples
    --------
    >>> gas_of_flow("Methane, non-fossil", "emission/air", "000074-82-8", "CH4").id
    'ch4_biogenic'
    >>> gas_of_flow("Methane", "resource/in ground", "74-82-8", "CH4") is None
    True
    """
    return _gas(name, cas, formula) if elementary and _is_air(compartment) else None


def _is_air(compartment: str) -> bool:
    return "resource" not in compartment.lower() and _AIR.search(compartment) is not None


def _gas(name: str, cas: str, formula: str) -> Gas | None:
    number = cas.lstrip("0")
    if number in _BY_ORIGIN:
        return gases()[_BY_ORIGIN[number][_origin(name)]]
    if number:
        return _by_cas().get(number)
    parts = _PART.split(name)
    # "Methane, tetrafluoro-, CFC-14" is no methane: its name stands at the end, or nowhere.
    spelled = (name, parts[-1] if _HALOGEN.search(name) else parts[0], formula)
    by_name = next((found for text in spelled if (found := _by_name().get(_plain(text)))), None)
    if by_name is not None and by_name.cas in _BY_ORIGIN:
        return gases()[_BY_ORIGIN[by_name.cas][_origin(name)]]
    return by_name


def _origin(name: str) -> int:
    if _LAND_USE.search(name):
        return 0
    if _BIOGENIC.search(name):
        return 1
    return 0 if _FOSSIL.search(name) else 2


@cache
def _by_cas() -> dict[str, Gas]:
    return {gas.cas: gas for gas in reversed(list(gases().values())) if gas.cas}


def _plain(name: str) -> str:
    """A name without upper case, spaces and hyphens: ``hfc134a`` of ``HFC-134a``."""
    return re.sub(r"[\s-]", "", name.lower())


@cache
def _by_name() -> dict[str, Gas]:
    found: dict[str, Gas] = {}
    for gas in reversed(list(gases().values())):
        inside = re.search(r"\(([^)]+)\)", gas.name.en)
        parts = {_PART.split(name)[0].strip() for name in (gas.name.en, gas.name.zh)}
        names = {gas.name.en, gas.name.zh, *(part for part in parts if not part[:1].isdigit())}
        spellings = {*names, gas.formula, inside.group(1) if inside else "", *_ALSO.get(gas.id, ())}
        found |= {_plain(spelling): gas for spelling in spellings if spelling}
    return found
