"""Supply of a process database as masses of greenhouse gases by origin, so that any GWP set can be applied afterwards.

All gases are solved as categories of one adjoint solve. Carbon dioxide that plants took from the air and that comes back
from them is kept as a mass in both directions and weighs nothing (``co2_biogenic_balanced``), as in the climate impact of
`intensities.product_intensities`; other gases from living matter have their own values.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from cradlemark.inventory.dataset import Origin
from cradlemark.inventory.processes.allocation import content_of_flows
from cradlemark.inventory.processes.catalogue import Pair, Supply
from cradlemark.inventory.processes.characterise import Factors, greenhouse_flows
from cradlemark.inventory.processes.solved import Solved
from cradlemark.inventory.processes.tables import ProcessDatabase

BIOGENIC_CO2 = "co2_biogenic_balanced"
_BIOGENIC = re.compile(r"biogenic|non-fossil|short cycle|生物", re.IGNORECASE)
_LAND_USE = re.compile(r"land (?:use|transformation)|soil or biomass stock|土地", re.IGNORECASE)
_AIRCRAFT = re.compile(r"stratosphere|aircraft|平流层|航空", re.IGNORECASE)
_UPTAKE = re.compile(r"^carbon dioxide|^二氧化碳|^co2\b", re.IGNORECASE)
_FROM_AIR = re.compile(r"\bair\b|空气|大气", re.IGNORECASE)


def supply_of(solved: Solved, pairs: tuple[Pair, ...]) -> Supply:
    """Masses of gases from a database that was solved with the factors of `gas_factors` behind its own categories."""
    first = len(solved.result.values) - len(pairs)
    residual = float(solved.result.residual[first:].max(initial=0.0))
    return Supply(pairs, solved.result.values[first:], residual)


def gas_factors(database: ProcessDatabase) -> tuple[tuple[Pair, ...], Factors]:
    """Gases of a database, each with its origin a category of its own [kg of the gas]."""
    entries = [(pair, row, "output", mass) for pair, row, mass in _emissions(database)]
    entries += [((BIOGENIC_CO2, "biogenic_removal"), row, "input", -mass) for row, mass in _uptakes(database)]
    pairs = tuple(sorted({pair for pair, *_ in entries}))
    place = {pair: index for index, pair in enumerate(pairs)}
    return pairs, Factors(
        tuple(f"{gas}, {origin} [kg]" for gas, origin in pairs),
        np.array([place[pair] for pair, *_ in entries], np.int64),
        np.array([row for _, row, *_ in entries], np.int64),
        tuple(direction for *_, direction, _ in entries),
        np.array([mass for *_, mass in entries], np.float64),
    )


def _emissions(database: ProcessDatabase) -> Iterator[tuple[Pair, int, float]]:
    names, compartments = database["flows"].texts("name_en"), database["flows"].texts("category")
    for flow in greenhouse_flows(database):
        origin = origin_of_flow(flow.gas.id, names[flow.row], compartments[flow.row])
        yield (flow.gas.id, origin), flow.row, flow.mass


def origin_of_flow(gas: str, name: str, compartment: str) -> Origin:
    """Origin that name and compartment of an emission tell; fossil when they tell none.

    Examples
    --------
    >>> origin_of_flow("ch4_biogenic", "Methane, non-fossil", "air/unspecified")
    'biogenic_emission'
    >>> origin_of_flow("co2", "Carbon dioxide, fossil", "air/lower stratosphere + upper troposphere")
    'aircraft'
    """
    if _LAND_USE.search(name):
        return "land_use_change"
    if "biogenic" in gas or _BIOGENIC.search(name):
        return "biogenic_emission"
    return "aircraft" if _AIRCRAFT.search(compartment) else "fossil"


def _uptakes(database: ProcessDatabase) -> Iterator[tuple[int, float]]:
    """Carbon dioxide that is taken from the air as a resource, with its mass [kg / reference unit of the flow]."""
    flows = database["flows"]
    mass = content_of_flows(flows, database["flow_properties"])["mass"]
    for row in range(len(flows)):
        name, compartment = flows.texts("name_en")[row], flows.texts("category")[row]
        if flows.texts("kind")[row] != "elementary" or not np.isfinite(mass[row]):
            continue
        is_carbon_dioxide = flows.texts("cas")[row].lstrip("0") == "124-38-9" or bool(_UPTAKE.match(name))
        from_air = bool(_FROM_AIR.search(f"{name} {compartment}")) and not _LAND_USE.search(name)
        if is_carbon_dioxide and from_air and _is_resource(compartment):
            yield row, float(mass[row])


def _is_resource(compartment: str) -> bool:
    return "resource" in compartment.lower() or "资源" in compartment
