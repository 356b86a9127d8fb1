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
from cradlemark.inventory.processes.tables import ProcessDatabase

_AIR = re.compile(r"\bair\b|空气|大气|\bluft\b", re.IGNORECASE)
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
    names, numbers, formulas = (flows.texts(name) for name in ("name_en", "cas", "formula"))
    found = []
    for row in np.flatnonzero(elementary & to_air & np.isfinite(mass)).tolist():
        gas = _gas(names[row], numbers[row], formulas[row])
        if gas is not None:
            found.append(GreenhouseFlow(row, gas, float(mass[row])))
    return tuple(found)


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
    by_name = _by_name().get(name.lower().split(",")[0].strip()) or _by_name().get(formula.lower())
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


@cache
def _by_name() -> dict[str, Gas]:
    found: dict[str, Gas] = {}
    for gas in reversed(list(gases().values())):
        inside = re.search(r"\(([^)]+)\)", gas.name.en)
        spellings = {gas.name.en.split(",")[0], gas.name.zh, gas.formula, inside.group(1) if inside else ""}
        found |= {spelling.lower(): gas for spelling in spellings if spelling}
    return found
