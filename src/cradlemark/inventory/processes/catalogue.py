"""What the products of a process database are to a study: names, unit, place, year, what they stand for, and doubts.

A catalogue is made once per database, because recognising names and solving take time, and is kept beside its tables;
see `catalogue_store`. Nothing here depends on a study.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.places import known_place
from cradlemark.core.quantities import normalise_unit
from cradlemark.inventory.concepts import Stand
from cradlemark.inventory.gates import implausible
from cradlemark.inventory.processes.columns import FloatArray
from cradlemark.inventory.processes.intensities import ProductIntensities, product_intensities
from cradlemark.inventory.processes.standing import HOLDS_MATERIAL, standing
from cradlemark.inventory.processes.supply import Supply, solve_supply
from cradlemark.inventory.processes.tables import ProcessDatabase

_YEAR = re.compile(r"(?:19[5-9]|20\d)\d(?!\d)")
_IDENTIFIER = re.compile(r"[^\w.-]+")


@attrs.frozen
class Entry:
    """One product of one process.

    Parameters
    ----------
    id : str
        ``database:process:product``.
    name_en, name_zh : str
        Of the product.
    process_en, process_zh : str
        Of the process that makes it.
    process : str
        Its identifier in the source.
    category : str
        As in the table of magnitude gates.
    unit : str
        Reference unit.
    geography : str
        Code of the place, or as the source writes it.
    location : str
        As the source writes it.
    year : int
        First year that the data stand for; 0 when the source does not say.
    period, technology, synonyms : str
    kind : str
        ``unit_process`` or ``aggregated``.
    boundary : str
        ``cradle_to_gate``, or ``treatment`` for waste that is taken in.
    allocation : str
        That was applied.
    cut_offs : int
        Inputs of the process itself that have no provider.
    doubts : tuple of str
        Why the value should be looked at.
    stand : Stand
        What it stands for in matching.
    roles : frozenset of str
    """

    id: str
    name_en: str
    name_zh: str
    process_en: str
    process_zh: str
    process: str
    category: str
    unit: str
    geography: str
    location: str
    year: int
    period: str
    technology: str
    synonyms: str
    kind: str
    boundary: str
    allocation: str
    cut_offs: int
    doubts: tuple[str, ...]
    stand: Stand
    roles: frozenset[str]


_PROCESS = ("id", "name_en", "name_zh", "kind", "location", "valid_from", "valid_until", "technology")
_FLOW = ("id", "name_en", "name_zh", "kind", "unit", "synonyms")
_LISTS = ("doubts", "concepts", "roles")
_STAND = ("concepts", "variant", "form", "treatment", "penalty")
_NOTE = ("note_en", "note_zh")
COLUMNS = (*(field.name for field in attrs.fields(Entry) if field.name != "stand"), *_STAND, *_NOTE)
"""Columns of a catalogue; lists are joined by `SEPARATOR`."""
SEPARATOR = "\x1f"


@attrs.frozen(eq=False)
class Catalogue:
    """All products of a database with their supply; entries are made one by one when they are asked for.

    Parameters
    ----------
    columns : mapping of str to list
        `COLUMNS`, in the order of the table ``activities``.
    supply : Supply
    """

    columns: Mapping[str, list[Any]]
    supply: Supply

    @classmethod
    def of(cls, entries: Iterable[Entry], supply: Supply) -> Catalogue:
        """Put entries into columns."""
        rows = [_row(entry) for entry in entries]
        return cls({name: [row[name] for row in rows] for name in COLUMNS}, supply)

    def __len__(self) -> int:
        return len(self.columns["id"])

    def entry(self, row: int) -> Entry:
        """One product."""
        values = {name: column[row] for name, column in self.columns.items()}
        lists = {name: split(values.pop(name)) for name in _LISTS}
        plain = {name: values.pop(name) for name in _STAND if name != "concepts"}
        stand = Stand(lists["concepts"], **plain, note=Text(*(values.pop(name) for name in _NOTE)))
        return Entry(**values, doubts=lists["doubts"], stand=stand, roles=frozenset(lists["roles"]))


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {field.name: getattr(entry, field.name) for field in attrs.fields(Entry)}
    stand: Stand = row.pop("stand")
    row |= {name: getattr(stand, name) for name in _STAND} | {"roles": sorted(entry.roles)}
    row |= dict(zip(_NOTE, (stand.note.en, stand.note.zh), strict=True))
    return row | {name: SEPARATOR.join(row[name]) for name in _LISTS}


def split(cell: str) -> tuple[str, ...]:
    """Parts of a cell that holds a list."""
    return tuple(cell.split(SEPARATOR)) if cell else ()


def make_catalogue(database: ProcessDatabase) -> Catalogue:
    """Solve a database and describe its products.

    Raises
    ------
    MissingDataError
        ``database-empty``
    InputErrors, InaccurateError
        From the engine.
    """
    solved = product_intensities(database)
    supply = solve_supply(database)
    return Catalogue.of(_unique(_entries(database, solved)), supply)


def _entries(database: ProcessDatabase, solved: ProductIntensities) -> Iterator[Entry]:
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
            _Solved(float(solved.values[0, row]), solved.doubts[row], int(solved.cut_off_inputs[row])),
            allocation=allocations[row],
            treats=amount < 0.0 or flow_columns["kind"][flow] == "waste",
            holds_material=mass >= HOLDS_MATERIAL,
        )


@attrs.frozen
class _Solved:
    value: float
    doubts: tuple[str, ...]
    cut_offs: int


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
        doubts=(*solved.doubts, *((gate[0],) if gate else ())), stand=place.stand, roles=place.roles,
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
