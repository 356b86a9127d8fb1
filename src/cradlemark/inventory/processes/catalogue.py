"""What the products of a process database are to a study: names, unit, place, year, what they stand for, and doubts.

A catalogue is made once per database, because recognising names and solving take time, and is kept beside its tables;
see `catalogue_store`. Nothing here depends on a study.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.places import known_place
from cradlemark.core.quantities import dimension, normalise_unit
from cradlemark.inventory.concepts import Stand, packaged_concepts
from cradlemark.inventory.gates import implausible
from cradlemark.inventory.matching.index import roles_of_category, stand_by_names
from cradlemark.inventory.matching.recognise import packaged_recogniser
from cradlemark.inventory.processes.intensities import ProductIntensities, product_intensities
from cradlemark.inventory.processes.supply import Supply, solve_supply
from cradlemark.inventory.processes.tables import ProcessDatabase
from cradlemark.inventory.starter import starter_database

_YEAR = re.compile(r"(?:19[5-9]|20\d)\d(?!\d)")
_IDENTIFIER = re.compile(r"[^\w.-]+")
_BURNT = re.compile(r"combust|burn[et]|incinerat|燃烧|焚烧", re.IGNORECASE)
_SEGMENT = re.compile(r"[,，;；]")
_ELECTRICITY = re.compile(r"electric(?:ity|al energy)|\bpower mix|电力|电能", re.IGNORECASE)
_SPARE_ROLES = frozenset({"material", "process"})
"""Roles of a product whose name says nothing: it is found by its own name only."""


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


_LISTS = ("doubts", "concepts", "roles")
_STAND = ("concepts", "variant", "form", "treatment")
COLUMNS = (*(field.name for field in attrs.fields(Entry) if field.name != "stand"), *_STAND)
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
        stand = Stand(lists["concepts"], *(values.pop(name) for name in _STAND if name != "concepts"))
        return Entry(**values, doubts=lists["doubts"], stand=stand, roles=frozenset(lists["roles"]))


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {field.name: getattr(entry, field.name) for field in attrs.fields(Entry)}
    stand: Stand = row.pop("stand")
    row |= {name: getattr(stand, name) for name in _STAND} | {"roles": sorted(entry.roles)}
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
    entries = [_entry(database, row, solved) for row in range(len(database["activities"]))]
    return Catalogue.of(_unique(entries), supply)


def _entry(database: ProcessDatabase, row: int, solved: ProductIntensities) -> Entry:
    activity = database["activities"].row(row)
    process = database["processes"].row(int(activity["process"]))
    flow = database["flows"].row(int(activity["flow"]))
    unit = _unit(str(flow["unit"]))
    treats = float(activity["amount"]) < 0.0 or flow["kind"] == "waste"
    names = (str(flow["name_en"]), str(flow["name_zh"]), str(process["name_en"]), str(process["name_zh"]))
    single = activity["allocation"] == "single"
    stand, roles, category = standing(names if single else names[:2], unit, treats=treats)
    gate = implausible(category, unit, float(solved.values[0, row]))
    doubts = (*solved.doubts[row], *((gate[0],) if gate and not solved.doubts[row] else ()))
    return Entry(
        id=":".join(_IDENTIFIER.sub("_", str(part)) for part in (database.id, process["id"], flow["id"])),
        name_en=names[0], name_zh=names[1], process_en=names[2], process_zh=names[3], process=str(process["id"]),
        category=category, unit=unit, geography=_place(str(process["location"])), location=str(process["location"]),
        year=_year(str(process["valid_from"])) or _year(str(process["valid_until"])), period=_period(process),
        technology=str(process["technology"]), synonyms=str(flow["synonyms"]),
        kind="aggregated" if process["kind"] == "aggregated" else "unit_process",
        boundary="treatment" if treats else "cradle_to_gate", allocation=str(activity["allocation"]),
        cut_offs=int(solved.cut_off_inputs[row]), doubts=doubts, stand=stand, roles=roles,
    )  # fmt: skip


def _unique(entries: Sequence[Entry]) -> Iterator[Entry]:
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


def _period(process: dict[str, str | float | int]) -> str:
    years = dict.fromkeys(_year(str(process[name])) for name in ("valid_from", "valid_until"))
    return "-".join(str(year) for year in years if year)


def standing(names: tuple[str, ...], unit: str, *, treats: bool) -> tuple[Stand, frozenset[str], str]:
    """What a product stands for in matching, the roles it can play, and its category.

    Parameters
    ----------
    names : tuple of str
        Product in English and Chinese; also the process, when it makes nothing else. Empty where there is none.
    unit : str
        Reference unit, which tells transport and energy from things.
    treats : bool
        Whether it takes in waste.

    Notes
    -----
    A fuel that is not burnt here is offered as a material only: its supply is never the supply and burning that an
    energy line of a study asks for.
    """
    fixed = _role_of_unit(unit, names)
    role = "waste" if treats else fixed
    concepts, recogniser = packaged_concepts(), packaged_recogniser()
    told = [part for name in names for part in _SEGMENT.split(name)] if role == "transport" else names
    stand = stand_by_names(told, role, recogniser)
    kind = concepts[stand.concepts[0]].kind if stand.concepts else ""
    burnt = any(_BURNT.search(name) for name in names)
    if role:
        roles = frozenset({"electricity", "energy"}) if role == "electricity" else frozenset({role})
    elif burnt:
        roles = frozenset({"energy"})
    elif kind == "energy":
        return stand, frozenset({"material"}), "fuel_supply"
    else:
        roles = frozenset({kind}) if kind in {"material", "process", "waste"} else _SPARE_ROLES
    return stand, roles, _category(stand, roles, burnt=burnt)


@cache
def _role_of_unit(unit: str, names: tuple[str, ...]) -> str:
    try:
        kind = dimension(unit)
    except InputError:
        return ""
    if kind in {"transport", "vehicle transport"}:
        return "transport"
    if kind == "energy":
        return "electricity" if any(_ELECTRICITY.search(name) for name in names) else "energy"
    return ""


def _category(stand: Stand, roles: frozenset[str], *, burnt: bool) -> str:
    """Category of what a product stands for, as the packaged datasets of the same concept or family have it."""
    if "waste" in roles:
        return "waste_treatment"
    if "electricity" in roles:
        return "electricity"
    if burnt:
        return "fuel_combustion"
    for concept in stand.concepts[:1]:
        for family, _ in packaged_concepts().lineage(concept):
            for category in _categories_of_concepts().get(family, ()):
                if roles & roles_of_category(category):
                    return category
    return "heat" if roles == {"energy"} else "other"


@cache
def _categories_of_concepts() -> dict[str, tuple[str, ...]]:
    """Categories of the packaged datasets by the concept they stand for, the most frequent first."""
    counts: dict[str, Counter[str]] = {}
    datasets = starter_database().datasets
    for identifier, stand in packaged_concepts().stands.items():
        if stand.concepts and identifier in datasets:
            counts.setdefault(stand.concepts[0], Counter())[datasets[identifier].category] += 1
    return {concept: tuple(name for name, _ in found.most_common()) for concept, found in counts.items()}
