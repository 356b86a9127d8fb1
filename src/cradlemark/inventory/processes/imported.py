"""A process database as datasets of an inventory: one for each product of each process, made when it is asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from heapq import nsmallest
from pathlib import Path

import attrs

from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text
from cradlemark.inventory.characterisation import climate_from_gases, gases
from cradlemark.inventory.database import Database
from cradlemark.inventory.dataset import Dataset, GwpSet, Source
from cradlemark.inventory.matching.index import Cost, Offer, PreparedDatasets
from cradlemark.inventory.processes.background import ProcessBackground
from cradlemark.inventory.processes.catalogue import Catalogue, Entry, split
from cradlemark.inventory.processes.catalogue_store import read_catalogue
from cradlemark.inventory.processes.remark_words import phrase
from cradlemark.inventory.processes.store import StoredProcesses, list_processes

NOT_STATED = "not stated"
_ALIKE = ("concepts", "unit", "category", "boundary", "roles", "variant", "form", "treatment", "penalty")
SHORTEST_DIGEST = 8
"""Fewest digits of a digest that name a database."""


@attrs.define(eq=False, slots=False)
class ImportedDatasets(PreparedDatasets):
    """Datasets of one process database under one GWP set.

    Parameters
    ----------
    about : StoredProcesses
    catalogue : Catalogue
    gwp_set : {"AR4", "AR5", "AR6"}
        Masses of gases are kept, so another set can be applied later.
    """

    about: StoredProcesses
    catalogue: Catalogue
    gwp_set: GwpSet = "AR6"
    _made: dict[int, Dataset] = attrs.field(factory=dict, init=False, repr=False)

    @cached_property
    def rows(self) -> Mapping[str, int]:
        """Row of the catalogue by dataset id."""
        return {entry_id: row for row, entry_id in enumerate(self.catalogue.columns["id"])}

    @cached_property
    def _groups(self) -> Mapping[str, Sequence[Sequence[int]]]:
        """Rows by concept, in groups that are equal in all that matching looks at but place, year and cut-offs."""
        columns = self.catalogue.columns
        alike = zip(*(columns[name] for name in _ALIKE), columns["doubts"], strict=True)
        found: dict[str, dict[tuple[object, ...], list[int]]] = {}
        for row, (cell, (*rest, doubts)) in enumerate(zip(columns["concepts"], alike, strict=True)):
            if cell:
                key = (*rest, bool(doubts))
                for concept in split(cell):
                    found.setdefault(concept, {}).setdefault(key, []).append(row)
        return {concept: tuple(groups.values()) for concept, groups in found.items()}

    @property
    def concepts(self) -> Collection[str]:
        """Concepts that any product stands for."""
        return self._groups.keys()

    def nearest(self, concept: str, cost: Cost, limit: int) -> Iterator[str]:
        """Ids of the products nearest in place and year, of each group."""
        columns = self.catalogue.columns
        ids, places, years, cut_offs = (columns[name] for name in ("id", "geography", "year", "cut_offs"))
        for rows in self._groups.get(concept, ()):
            ranked = rows
            if len(rows) > limit:
                ranked = nsmallest(
                    limit, rows, key=lambda row: (cost(places[row], years[row], cut_offs[row]), ids[row])
                )
            yield from (ids[row] for row in ranked)

    @cached_property
    def newest(self) -> int:
        """Latest year of all products; 0 when none is stated."""
        return max(self.catalogue.columns["year"], default=0)

    def names(self) -> Iterator[tuple[str, str]]:
        """Every name as matching compares it, with the id of its dataset."""
        columns = self.catalogue.columns
        for keys, dataset in zip(columns["keys"], columns["id"], strict=True):
            yield from ((key, dataset) for key in split(keys))

    def offer(self, key: str) -> Offer:
        """One dataset as matching sees it."""
        entry = self.catalogue.entry(self.rows[key])
        return Offer(self[key], entry.stand, entry.roles, bool(entry.doubts), entry.cut_offs)

    def __getitem__(self, key: str) -> Dataset:
        row = self.rows[key]
        if row not in self._made:
            self._made[row] = self._dataset(row)
        return self._made[row]

    def __iter__(self) -> Iterator[str]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __contains__(self, key: object) -> bool:
        return key in self.rows

    @cached_property
    def background(self) -> ProcessBackground:
        """Draws and supply chain behind the datasets."""
        return ProcessBackground(self.about, self.catalogue, self.rows.__getitem__)

    def _dataset(self, row: int) -> Dataset:
        entry = self.catalogue.entry(row)
        amounts = self.catalogue.supply.gases(row)
        counted = tuple(amount for amount in amounts if self.gwp_set in gases()[amount.gas].gwp)
        climate = climate_from_gases(counted, gwp_set=self.gwp_set, gases_complete=self._has_other_gases)
        uncounted = sorted({amount.gas for amount in amounts} - {amount.gas for amount in counted})
        return Dataset(
            id=entry.id, name=_name(entry), category=entry.category, unit=entry.unit, climate=climate,
            geography=entry.geography or NOT_STATED, year=entry.year or None, boundary=entry.boundary,
            purpose="product", kind="aggregated" if entry.kind == "aggregated" else "unit_process",
            source=Source(self._title, f"process {entry.process}"), licence=self.about.licence or NOT_STATED,
            status="derived", database=self.about.id,
            synonyms=tuple(filter(None, (entry.process_en, entry.process_zh))), concepts=entry.stand.concepts,
            technology=entry.technology, note=" ".join(_notes(entry, self.gwp_set, uncounted)),
            remarks=remarks(entry), doubtful=bool(entry.doubts),
        )  # fmt: skip

    @cached_property
    def _has_other_gases(self) -> bool:
        return any(not gas.startswith("co2") for gas, _ in self.catalogue.supply.pairs)

    @cached_property
    def _title(self) -> str:
        return " ".join(filter(None, (self.about.source or self.about.id, self.about.version)))


def _name(entry: Entry) -> Text:
    """Name of the product, with the process that makes it where that says more."""
    return Text(_with(entry.name_en, entry.process_en), _with(entry.name_zh, entry.process_zh))


def _with(product: str, process: str) -> str:
    if not product or not process or process.casefold() in product.casefold():
        return product or process
    return f"{product} | {process}"


def _notes(entry: Entry, gwp_set: str, uncounted: list[str]) -> Iterator[str]:
    yield "Computed from the exchanges of the source."
    if entry.allocation != "single":
        yield f"Allocation: {entry.allocation}."
    if entry.period:
        yield f"Period of the source: {entry.period}."
    if entry.location != entry.geography:
        yield f"Place in the source: {entry.location or NOT_STATED}."
    if uncounted:
        yield f"{gwp_set} has no GWP100 of: {', '.join(uncounted)}."


def remarks(entry: Entry) -> tuple[Text, ...]:
    """What should be looked at before the number of an entry is used."""
    found = [Text(f"doubtful: {doubt}", f"存疑：{phrase(doubt, 'zh')}") for doubt in entry.doubts]
    if entry.cut_offs:
        inputs = "input" if entry.cut_offs == 1 else "inputs"
        found.append(
            Text(
                f"{entry.cut_offs} {inputs} of the process itself cut off for want of a provider",
                f"该过程自身有{entry.cut_offs}项输入因无供应方而被截断",
            )
        )
    if entry.cut_off_added:
        amount = f"{entry.cut_off_added:.3g} kg CO2e"
        found.append(
            Text(
                f"inputs cut off in its supply chain may add {amount} per {entry.unit}, by stand-ins",
                f"按替代数据估算，其供应链中被截断的输入每{entry.unit}约增加{amount}",
            )
        )
    if entry.cut_off_unknown:
        inputs = "input" if entry.cut_off_unknown == 1 else "inputs"
        found.append(
            Text(
                f"{entry.cut_off_unknown} {inputs} cut off in its supply chain without estimate",
                f"其供应链中有{entry.cut_off_unknown}项被截断的输入无法估算",
            )
        )
    return tuple(found)


def imported_database(about: StoredProcesses, *, gwp_set: GwpSet = "AR6") -> Database:
    """A stored process database as a database of datasets.

    Parameters
    ----------
    about : StoredProcesses
    gwp_set : {"AR4", "AR5", "AR6"}
        That the datasets are under.

    Raises
    ------
    TrustError
        ``digest-mismatch`` when its content is not what was imported.
    MissingDataError, InputErrors, InaccurateError
        When it cannot be solved.
    """
    datasets = ImportedDatasets(about, read_catalogue(about), gwp_set)
    licence = about.licence or NOT_STATED
    return Database(
        about.id, about.version, about.digest, licence, about.source, datasets, datasets.background
    )


def stored_version(name: str, digest: str = "", store: Path | None = None) -> StoredProcesses | None:
    """The stored process database of a name, in the version of a digest where one is given; None when there is none.

    Parameters
    ----------
    name : str
        Id, folder, digest or the beginning of a digest; of several versions the one stored last.
    digest : str
        ``sha256:...`` or its beginning; empty for any.

    Raises
    ------
    TrustError
        ``database-changed`` when only other versions are stored.
    """
    plain = name.removeprefix("sha256:")
    named = [
        item
        for item in list_processes(store)
        if name in {item.id, item.folder.name, item.digest}
        or (len(plain) >= SHORTEST_DIGEST and item.digest.removeprefix("sha256:").startswith(plain))
    ]
    if not named:
        return None
    wanted = digest.removeprefix("sha256:")
    found = [item for item in named if item.digest.removeprefix("sha256:").startswith(wanted)]
    if not found:
        there = ", ".join(sorted(item.digest[:19] for item in named))
        raise TrustError(
            Text(f"process database {name!r} is stored with digest {there}..., not {digest[:19]}...", f"存储的过程数据库 {name!r} 的摘要为 {there}...，而不是 {digest[:19]}..."),
            code="database-changed", where=name,
            hint=Text("import the version the study was made with, or update the digest and calculate again", "导入研究所用的版本，或更新摘要后重新计算"),
        )  # fmt: skip
    return max(found, key=lambda item: (item.folder / "datapackage.json").stat().st_mtime_ns)
