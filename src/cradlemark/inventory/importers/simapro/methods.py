"""Impact assessment methods: impact categories and damage categories with factors for substances.

A factor for a substance without subcompartment holds for every subcompartment of it that has no factor of its own. So
that it reaches the flows of the processes, it is written for each of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
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

Substance = tuple[str, str]
"""Compartment and name of a substance."""
Key = tuple[str, str, str, str]
"""Compartment, subcompartment, name and reference unit of a substance."""
Known = Mapping[tuple[str, str, str], Iterable[str]]
"""Subcompartments that processes use, by compartment, name and reference unit."""
_COUNTED = {
    "Normalization": Text("normalisation factors", "标准化因子"), "Weighting": Text("weighting factors", "权重因子"),
    "Normalization-Weighting set": Text("normalisation and weighting sets", "标准化与权重集"),
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
        self._numbers: dict[Substance, str] = {}
        self._told: set[tuple[str, str]] = set()
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
            counted = _COUNTED.get(section.name)
            name = counted or Text(f"method section {section.name[:60]}", f"方法的节 {section.name[:60]}")
            self._collector.unread[name] += len(section.rows) if counted else 1

    def _name(self, section: Section) -> None:
        self._method = section.rows[0][1][0].strip() if section.rows else ""

    def _version(self, section: Section) -> None:
        self._edition = ".".join(cell.strip() for cell in section.rows[0][1]) if section.rows else ""

    def _category(self, section: Section) -> None:
        self._current = self._named(section)
        if self._current is not None:
            if self._current.name in self._categories:
                self._problem(
                    section.line,
                    "id-duplicate",
                    Text(
                        f"the category {self._current.name[:60]} is there twice",
                        f"类别 {self._current.name[:60]} 重复",
                    ),
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
                self._take_cas(line, cells)
            except InputError as error:
                self._collector.counts["characterisation factors refused"] += 1
                self._problem(line, error.code, error.message, error.hint)

    def _add(self, category: Category | None, key: Key, value: float) -> None:
        if category is None:
            raise InputError(
                Text("a factor outside of a category", "某因子不属于任何类别"),
                code="value-missing",
                hint=Text("export it again", "重新导出"),
            )
        if category.factors.setdefault(key, value) != value:
            raise InputError(
                Text(
                    f"{key[2][:60]} has two factors; the first stays", f"{key[2][:60]} 有两个因子，保留第一个"
                ),
                code="id-duplicate",
                hint=Text("keep one of them", "只保留一个"),
            )

    def _factor(self, cells: list[str]) -> tuple[Key, float]:
        compartment, sub, name, _, factor, unit = ([cell.strip() for cell in cells] + [""] * 6)[:6]
        place = OF_METHODS.get(compartment.lower())
        if place is None:
            raise InputError(
                Text(
                    f"the compartment {compartment[:40]!r} is not known",
                    f"环境介质 {compartment[:40]!r} 未知",
                ),
                code="value-unknown",
                hint=Text("correct it", "修正它"),
            )
        units = self._contents.units
        reference = units.reference_of(units.quantity_of(unit))
        value = read_number(factor, self._file.header.decimal) / units.factor(unit, reference)
        return (place, sub or UNSPECIFIED, name, reference), value

    def _take_cas(self, line: int, cells: list[str]) -> None:
        """Keep the CAS number of a factor for its substance; what the list of substances says goes before it."""
        compartment, _, name, text = (cell.strip() for cell in cells[:4])
        substance = OF_METHODS[compartment.lower()], name
        cas = read_cas(text)
        listed = self._contents.substances.get(substance)
        number = self._numbers.setdefault(substance, listed.cas if listed else "") or cas.number
        self._numbers[substance] = number
        if cas.remark:
            self._tell_cas(line, name, text, "cas-invalid", cas.remark)
        elif cas.number not in {"", number}:
            self._tell_cas(
                line,
                name,
                text,
                "cas-differs",
                Text(
                    f"its CAS number is {number} and {cas.number}; {number} is used",
                    f"其 CAS 号为 {number} 和 {cas.number}；采用 {number}",
                ),
            )

    def _tell_cas(self, line: int, name: str, text: str, code: str, remark: Text) -> None:
        """Say once, not at every factor of a substance, what is wrong with its CAS number."""
        if (name, text) not in self._told:
            self._told.add((name, text))
            self._collector.problem(
                self._file.place(line, name), code, remark, Text("correct it in the source", "在数据源中修正")
            )

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
                Text("the file ends within a method; it is left out", "文件在方法中间结束；该方法已略去"),
                Text("export it again", "重新导出"),
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
                    Text(
                        f"{damage.name[:40]} names a category {name[:40]!r} that is not there",
                        f"{damage.name[:40]} 引用的类别 {name[:40]!r} 不存在",
                    ),
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
                CharacterisationFactor(
                    flow_id(*key), value, direction=direction_of(key[0]), flow_name=key[2],
                    cas=self._numbers.get((key[0], key[2]), ""),
                )
                for key, value in sorted(wide.items())
            ),
            method=title,
        )  # fmt: skip
        before = self._collector.counts["characterisation factors read"]
        self._collector.add_category(record, where=self._file.place(category.line, category.name))
        # The collector counts what it was given; what the source says was counted line by line.
        self._collector.counts["characterisation factors read"] = before
        self._collector.counts["factors for subcompartments in use"] += len(wide) - len(factors)

    def _problem(
        self,
        line: int,
        code: str,
        message: Text,
        hint: Text = Text("correct it in the source", "在数据源中修正"),
    ) -> None:
        self._collector.problem(self._file.place(line), code, message, hint)
