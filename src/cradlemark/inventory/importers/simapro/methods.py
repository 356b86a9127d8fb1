"""Impact assessment methods: impact categories and damage categories with factors for substances.

A factor for a substance without subcompartment holds for every subcompartment of it that has no factor of its own. So
that it reaches the flows of the processes, it is written for each of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import attrs

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.simapro.blocks import Section
from cradlemark.inventory.importers.simapro.contents import Contents, File
from cradlemark.inventory.importers.simapro.substances import (
    OF_METHODS,
    UNSPECIFIED,
    direction_of,
    flow_id,
    read_cas,
)
from cradlemark.inventory.importers.simapro.values import read_number
from cradlemark.inventory.processes.collect import Collector
from cradlemark.inventory.processes.records import CharacterisationFactor, ImpactCategory

Key = tuple[str, str, str, str]
"""Compartment, subcompartment, name and reference unit of a substance."""
Known = Mapping[tuple[str, str, str], Iterable[str]]
"""Subcompartments that processes use, by compartment, name and reference unit."""
_COUNTED = {
    "Normalization": "normalisation factors", "Weighting": "weighting factors",
    "Normalization-Weighting set": "normalisation and weighting sets",
}  # fmt: skip
_KEPT = frozenset(
    {"Name", "Version", "Impact category", "Substances", "Damage category", "Impact categories"}
)


@attrs.define
class Category:
    """An impact category while it is read."""

    name: str
    unit: str
    line: int
    factors: dict[Key, float] = attrs.Factory(dict)

    def factor(self, key: Key) -> float | None:
        """Factor of a substance: its own, or that without subcompartment; None without either."""
        found = self.factors.get(key)
        return self.factors.get((key[0], UNSPECIFIED, *key[2:])) if found is None else found


class Methods:
    """Takes the sections of methods one by one."""

    def __init__(self, contents: Contents, collector: Collector, file: File, known: Known) -> None:
        self._contents = contents
        self._collector = collector
        self._file = file
        self._known = known
        self._take: dict[str, Callable[[Section], None]] = {
            "Name": self._name, "Version": self._version, "Impact category": self._category,
            "Substances": self._substances, "Damage category": self._damage_category,
            "Impact categories": self._damage_factors,
        }  # fmt: skip
        self._reset()

    def _reset(self) -> None:
        self._method = ""
        self._edition = ""
        self._categories: dict[str, Category] = {}
        self._damage: Category | None = None
        self._damages: list[tuple[Category, list[tuple[int, str, float]]]] = []
        self._current: Category | None = None

    def take(self, section: Section) -> None:
        """Take one section; the last of a method gives its categories to the collector."""
        if not section.name:
            self._finish(section)
        elif section.name in _KEPT:
            self._take[section.name](section)
        elif section.rows:
            counted = _COUNTED.get(section.name, "")
            unread = self._collector.unread
            unread[counted or f"method section {section.name[:60]}"] += len(section.rows) if counted else 1

    def _name(self, section: Section) -> None:
        self._method = section.rows[0][1][0].strip() if section.rows else ""

    def _version(self, section: Section) -> None:
        self._edition = ".".join(cell.strip() for cell in section.rows[0][1]) if section.rows else ""

    def _category(self, section: Section) -> None:
        self._current = self._named(section)
        if self._current is not None:
            if self._current.name in self._categories:
                self._problem(
                    section.line, "id-duplicate", f"the category {self._current.name[:60]} is there twice"
                )
                self._current = None
                return
            self._categories[self._current.name] = self._current

    def _damage_category(self, section: Section) -> None:
        self._damage = self._named(section)
        if self._damage is not None:
            self._damages.append((self._damage, []))

    def _named(self, section: Section) -> Category | None:
        if not section.rows:
            return None
        line, cells = section.rows[0]
        return Category(cells[0].strip(), cells[1].strip() if len(cells) > 1 else "", line)

    def _substances(self, section: Section) -> None:
        for line, cells in section.rows:
            self._collector.counts["characterisation factors read"] += 1
            try:
                self._add(self._current, *self._factor(cells))
            except InputError as error:
                self._collector.counts["characterisation factors refused"] += 1
                self._problem(line, error.code, error.message, error.hint)

    def _add(self, category: Category | None, key: Key, value: float) -> None:
        if category is None:
            raise InputError("a factor outside of a category", code="value-missing", hint="export it again")
        if category.factors.setdefault(key, value) != value:
            raise InputError(
                f"{key[2][:60]} has two factors; the first stays",
                code="id-duplicate",
                hint="keep one of them",
            )

    def _factor(self, cells: list[str]) -> tuple[Key, float]:
        compartment, sub, name, cas, factor, unit = ([cell.strip() for cell in cells] + [""] * 6)[:6]
        place = OF_METHODS.get(compartment.lower())
        if place is None:
            raise InputError(
                f"the compartment {compartment[:40]!r} is not known", code="value-unknown", hint="correct it"
            )
        units = self._contents.units
        reference = units.reference_of(units.quantity_of(unit))
        value = read_number(factor, self._file.header.decimal) / units.factor(unit, reference)
        self._compare_cas(place, name, cas)
        return (place, sub or UNSPECIFIED, name, reference), value

    def _compare_cas(self, compartment: str, name: str, text: str) -> None:
        if not text or text == "0":
            return
        self._collector.unread["CAS numbers of characterisation factors"] += 1
        cas = read_cas(text)
        listed = self._contents.substances.get((compartment, name))
        if cas.remark or (listed and listed.cas and cas.number and listed.cas != cas.number):
            self._collector.counts["CAS numbers of factors that are wrong or differ"] += 1

    def _damage_factors(self, section: Section) -> None:
        if self._damage is None:
            return
        for line, cells in section.rows:
            try:
                value = read_number(cells[1] if len(cells) > 1 else "", self._file.header.decimal)
                self._damages[-1][1].append((line, cells[0].strip(), value))
            except InputError as error:
                self._problem(line, error.code, error.message, error.hint)

    def _finish(self, section: Section) -> None:
        if section.end == "file":
            self._problem(
                section.block_line,
                "file-truncated",
                "the file ends within a method; it is left out",
                "export it again",
            )
            self._collector.counts["documents refused"] += 1
        else:
            for category in self._categories.values():
                self._give(category, category.factors, "")
            for damage, parts in self._damages:
                self._give(damage, self._summed(damage, parts), "damage/")
            self._collector.counts["impact methods"] += 1
        self._reset()

    def _summed(self, damage: Category, parts: list[tuple[int, str, float]]) -> dict[Key, float]:
        """Factors of a damage category: those of its impact categories, weighted with its damage factors."""
        found: list[tuple[Category, float]] = []
        for line, name, value in parts:
            category = self._categories.get(name)
            if category is None:
                self._problem(
                    line,
                    "value-unknown",
                    f"{damage.name[:40]} names a category {name[:40]!r} that is not there",
                )
            else:
                found.append((category, value))
        keys = {key for category, _ in found for key in self._widened(category.factors)}
        return {key: sum(value * (category.factor(key) or 0.0) for category, value in found) for key in keys}

    def _widened(self, factors: Mapping[Key, float]) -> dict[Key, float]:
        """Factors, and those without subcompartment once more for each subcompartment in use without its own."""
        wide = dict(factors)
        for (compartment, sub, name, unit), value in factors.items():
            if sub == UNSPECIFIED:
                for used in self._known.get((compartment, name, unit), ()):
                    wide.setdefault((compartment, used, name, unit), value)
        return wide

    def _give(self, category: Category, factors: Mapping[Key, float], kind: str) -> None:
        title = f"{self._method} {self._edition}".strip()
        wide = self._widened(factors)
        record = ImpactCategory(
            f"{title}/{kind}{category.name}", {"": category.name}, category.unit,
            tuple(
                CharacterisationFactor(flow_id(*key), value, direction=direction_of(key[0]), flow_name=key[2])
                for key, value in sorted(wide.items())
            ),
            method=title,
        )  # fmt: skip
        before = self._collector.counts["characterisation factors read"]
        self._collector.add_category(record, where=self._file.place(category.line, category.name))
        # The collector counts what it was given; what the source says was counted line by line.
        self._collector.counts["characterisation factors read"] = before
        self._collector.counts["factors for subcompartments in use"] += len(wide) - len(factors)

    def _problem(self, line: int, code: str, message: str, hint: str = "correct it in the source") -> None:
        self._collector.problem(self._file.place(line), code, message, hint)
