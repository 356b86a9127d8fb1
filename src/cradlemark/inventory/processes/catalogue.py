"""What the products of a process database are to a study: names, unit, place, year, what they stand for, gases, doubts.

Values only: how they are made is in `cataloguing`, where they are kept in `catalogue_store`. Nothing here depends on a study.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs
import numpy as np

from cradlemark.core.language import Text
from cradlemark.inventory.characterisation import gases
from cradlemark.inventory.concepts import Stand
from cradlemark.inventory.dataset import GasAmount, GwpSet, Origin
from cradlemark.inventory.processes.columns import FloatArray

Pair = tuple[str, Origin]
"""A gas of the gas table and where it comes from."""


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
    cut_off_added : float
        What the inputs that are cut off in the whole supply chain may add [kg CO2e / unit], by stand-ins.
    cut_off_unknown : int
        Such inputs without an estimate.
    doubts : tuple of str
        Why the value should be looked at.
    stand : Stand
        What it stands for in matching.
    roles : frozenset of str
    keys : tuple of str
        All its names as matching compares them.
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
    cut_off_added: float
    cut_off_unknown: int
    doubts: tuple[str, ...]
    stand: Stand
    roles: frozenset[str]
    keys: tuple[str, ...]


@attrs.frozen(eq=False)
class Supply:
    """Masses of gases behind one unit of every product.

    Parameters
    ----------
    pairs : tuple of (str, Origin)
        Gas and origin of each row, in order.
    masses : ndarray of float64, shape (pairs, activities)
        [kg of the gas / reference unit of the product]; removals negative.
    residual : float
        Largest relative residual of the solution [1].
    """

    pairs: tuple[Pair, ...]
    masses: FloatArray
    residual: float

    def gases(self, activity: int) -> tuple[GasAmount, ...]:
        """Masses that are not zero for one activity [kg / reference unit]."""
        column = self.masses[:, activity].tolist()
        return tuple(
            GasAmount(gas, origin, mass)
            for (gas, origin), mass in zip(self.pairs, column, strict=True)
            if mass
        )


_LISTS = ("doubts", "concepts", "roles", "keys")
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

    def climate(self, gwp_set: GwpSet) -> FloatArray:
        """Climate impact of every product [kg CO2e / reference unit]; a gas without a value in the set counts 0."""
        table = gases()
        values = np.array([table[gas].gwp.get(gwp_set, 0.0) for gas, _ in self.supply.pairs])
        return np.asarray(values @ self.supply.masses)

    def entry(self, row: int) -> Entry:
        """One product."""
        values = {name: column[row] for name, column in self.columns.items()}
        lists = {name: split(values.pop(name)) for name in _LISTS}
        plain = {name: values.pop(name) for name in _STAND if name != "concepts"}
        stand = Stand(lists["concepts"], **plain, note=Text(*(values.pop(name) for name in _NOTE)))
        return Entry(
            **values,
            doubts=lists["doubts"],
            stand=stand,
            roles=frozenset(lists["roles"]),
            keys=lists["keys"],
        )


def _row(entry: Entry) -> dict[str, Any]:
    row: dict[str, Any] = {field.name: getattr(entry, field.name) for field in attrs.fields(Entry)}
    stand: Stand = row.pop("stand")
    row |= {name: getattr(stand, name) for name in _STAND} | {"roles": sorted(entry.roles)}
    row |= dict(zip(_NOTE, (stand.note.en, stand.note.zh), strict=True))
    return row | {name: SEPARATOR.join(row[name]) for name in _LISTS}


def split(cell: str) -> tuple[str, ...]:
    """Parts of a cell that holds a list."""
    return tuple(cell.split(SEPARATOR)) if cell else ()
