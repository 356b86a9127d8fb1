"""Make the catalogue of a process database: solve it, and find out what its products are called and stand for."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.places import known_place
from cradlemark.core.quantities import normalise_unit
from cradlemark.inventory.gates import implausible
from cradlemark.inventory.matching import Matcher
from cradlemark.inventory.matching.normalise import key_of
from cradlemark.inventory.processes.catalogue import Catalogue, Entry
from cradlemark.inventory.processes.columns import FloatArray
from cradlemark.inventory.processes.cut_offs import CutOffWeights, cut_off_weights
from cradlemark.inventory.processes.intensities import ProductIntensities, product_intensities
from cradlemark.inventory.processes.solved import solve_database
from cradlemark.inventory.processes.standing import HOLDS_MATERIAL, standing
from cradlemark.inventory.processes.supply import gas_factors, supply_of
from cradlemark.inventory.processes.tables import ProcessDatabase
from cradlemark.inventory.starter import default_inventory

HEAVY = 0.5
"""Estimate of what is cut off in the whole supply chain, per value [1], from which the value is doubtful; our own choice."""
_YEAR = re.compile(r"(?:19[5-9]|20\d)\d(?!\d)")
_IDENTIFIER = re.compile(r"[^\w.-]+")
_PROCESS = ("id", "name_en", "name_zh", "kind", "location", "valid_from", "valid_until", "technology")
_FLOW = ("id", "name_en", "name_zh", "kind", "unit", "synonyms")


def make_catalogue(database: ProcessDatabase) -> Catalogue:
    """Solve a database and describe its products.

    Raises
    ------
    MissingDataError
        ``database-empty``
    InputErrors, InaccurateError
        From the engine.
    """
    pairs, gas = gas_factors(database)
    solved = solve_database(database, methods=(gas,))
    weights = cut_off_weights(solved, Matcher(default_inventory()))
    entries = _entries(database, product_intensities(database, system=solved), weights)
    return Catalogue.of(_unique(entries), supply_of(solved, pairs))


def _entries(
    database: ProcessDatabase, solved: ProductIntensities, weights: CutOffWeights
) -> Iterator[Entry]:
    processes, flows, activities = database["processes"], database["flows"], database["activities"]
    process_columns = {name: processes.texts(name) for name in _PROCESS}
    flow_columns = {name: flows.texts(name) for name in _FLOW}
    inputs = mass_of_inputs(database)
    columns = (
        activities.integers("process"),
        activities.integers("flow"),
        activities.numbers("amount"),
        inputs,
    )
    allocations = activities.texts("allocation")
    for row, (process, flow, amount, mass) in enumerate(zip(*(c.tolist() for c in columns), strict=True)):
        yield _entry(
            database.id,
            {name: column[process] for name, column in process_columns.items()},
            {name: column[flow] for name, column in flow_columns.items()},
            _Solved(
                float(solved.values[0, row]),
                solved.doubts[row],
                int(solved.cut_off_inputs[row]),
                float(weights.added[row]),
                int(weights.unknown[row]),
            ),
            allocation=allocations[row],
            treats=amount < 0.0 or flow_columns["kind"][flow] == "waste",
            holds_material=mass >= HOLDS_MATERIAL,
        )


@attrs.frozen
class _Solved:
    value: float
    doubts: tuple[str, ...]
    cut_offs: int
    cut_off_added: float
    cut_off_unknown: int

    @property
    def heavy(self) -> str:
        """Why the cut-offs make the value doubtful; empty when they do not."""
        if self.value <= 0.0 or abs(self.cut_off_added) <= HEAVY * self.value:
            return ""
        return f"inputs that are cut off may add {self.cut_off_added / self.value:.0%} of it"


def _entry(
    database: str,
    process: dict[str, str],
    flow: dict[str, str],
    solved: _Solved,
    *,
    allocation: str,
    treats: bool,
    holds_material: bool,
) -> Entry:
    unit = _unit(flow["unit"])
    names = (flow["name_en"], flow["name_zh"], process["name_en"], process["name_zh"])
    place = standing(
        names if allocation == "single" else names[:2], unit, treats=treats, holds_material=holds_material
    )
    gate = implausible(place.category, unit, solved.value) if not solved.doubts else None
    return Entry(
        id=":".join(_IDENTIFIER.sub("_", part) for part in (database, process["id"], flow["id"])),
        name_en=names[0], name_zh=names[1], process_en=names[2], process_zh=names[3], process=process["id"],
        category=place.category, unit=unit, geography=_place(process["location"]), location=process["location"],
        year=_year(process["valid_from"]) or _year(process["valid_until"]), period=_period(process),
        technology=process["technology"], synonyms=flow["synonyms"],
        kind="aggregated" if process["kind"] == "aggregated" else "unit_process",
        boundary="treatment" if treats else "cradle_to_gate", allocation=allocation, cut_offs=solved.cut_offs,
        cut_off_added=solved.cut_off_added, cut_off_unknown=solved.cut_off_unknown,
        doubts=tuple(filter(None, (*solved.doubts, gate[0].en if gate else "", solved.heavy))), stand=place.stand, roles=place.roles,
        keys=tuple(dict.fromkeys(key for key in map(_key, names) if key)),
    )  # fmt: skip


def mass_of_inputs(database: ProcessDatabase) -> FloatArray:
    """Mass of products an activity takes in, supplied or cut off, shape (activities,) [kg / reference unit]."""
    activities, flows = database["activities"], database["flows"]
    made = np.abs(activities.numbers("amount"))
    in_kg = flows.coded("unit").within(("kg",))
    technosphere, cut = database["technosphere"], database["cut_offs"]
    taken = technosphere.numbers("amount")
    bought = (taken < 0.0) & in_kg[activities.integers("flow")[technosphere.integers("row")]]
    total = np.bincount(technosphere.integers("column")[bought], -taken[bought], minlength=len(made))
    missing = in_kg[cut.integers("flow")]
    total = total + np.bincount(
        cut.integers("column")[missing], np.abs(cut.numbers("amount")[missing]), minlength=len(made)
    )
    return np.divide(total, made, out=np.zeros(len(made)), where=made > 0.0)


def _unique(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Entries with identifiers that differ, whatever the source uses as identifiers."""
    seen: Counter[str] = Counter()
    for entry in entries:
        seen[entry.id] += 1
        yield attrs.evolve(entry, id=f"{entry.id}:{seen[entry.id]}") if seen[entry.id] > 1 else entry


_key = cache(key_of)


@cache
def _unit(unit: str) -> str:
    try:
        return normalise_unit(unit)
    except InputError:
        return unit


@cache
def _place(location: str) -> str:
    """Code of a place, or the text of the source; Chinese sources write the parts the other way round (``GX-CN``)."""
    parts = location.split("-")
    turned = ["-".join(reversed(parts[-2:]))] if parts[-1] == "CN" and len(parts) > 1 else []
    for spelling in (*turned, location, parts[-1], parts[0]):
        try:
            return known_place(spelling)
        except InputError:
            continue
    return location


def _year(text: str) -> int:
    found = _YEAR.match(text.strip())
    return int(found.group()) if found else 0


def _period(process: Mapping[str, str]) -> str:
    years = dict.fromkeys(_year(process[name]) for name in ("valid_from", "valid_until"))
    return "-".join(str(year) for year in years if year)
