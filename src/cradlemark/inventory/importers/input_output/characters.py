"""Characterisation of an input-output table as impact categories, tied to the elementary flows of its accounts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.inventory.importers.input_output.characterised import Factor
from cradlemark.inventory.importers.input_output.elementary_flows import FlowRecord, Flows
from cradlemark.inventory.importers.input_output.labels import amount_in
from cradlemark.inventory.processes.tables import Table, TableBuilder

CHARACTERISED = "impacts"
"""Name of an account whose rows are impacts already: each becomes a category of its own."""


def character_tables(flows: Flows, counts: Counter[str], problems: list[Problem]) -> tuple[Table, Table]:
    """The tables ``impact_categories`` and ``characterisation``; factors that fit no stressor are listed."""
    return _Characters(flows, counts, problems).run()


class _Characters:
    def __init__(self, flows: Flows, counts: Counter[str], problems: list[Problem]) -> None:
        self.flows, self.counts, self.problems = flows, counts, problems
        self.categories, self.values = TableBuilder("impact_categories"), TableBuilder("characterisation")
        self.rows: dict[tuple[str, str], int] = {}
        self.units: dict[tuple[str, str], str] = {}
        self.by_stressor: defaultdict[str, list[FlowRecord]] = defaultdict(list)
        for record in flows.records:
            self.by_stressor[record.stressor[0]].append(record)
        self.methods: defaultdict[str, set[str]] = defaultdict(set)
        for factor in flows.factors:
            self.methods[factor.impact].add(factor.method)
        self.seen: set[tuple[int, str]] = set()

    def run(self) -> tuple[Table, Table]:
        for record in self.flows.records:
            if record.account.lower() == CHARACTERISED:
                self._own(record)
        for factor in self.flows.factors:
            self._factor(factor)
        self.counts["characterisation factors stored"] = len(self.values)
        return self.categories.table(), self.values.table()

    def _own(self, record: FlowRecord) -> None:
        name = record.stressor[0]
        row = self.categories.add(
            id=record.columns["id"], method=record.account, name_en=name, unit=record.columns["unit"]
        )
        self.values.add(category=row, flow=record.columns["id"], flow_name=name, value=1.0)

    def _factor(self, factor: Factor) -> None:
        matching = list(self._matching(factor))
        if not matching:
            named = f"{factor.stressor[:60]!r} {factor.compartment} {factor.region}".strip()
            self._refuse(
                factor,
                "factor-unmatched",
                Text("no stressor {named}", "没有排放项 {named}").format(named=named),
                Text("spell it as in the account", "按账户中的写法填写"),
            )
            return
        category = self._category(factor)
        if category is None:
            return
        for record, scale in matching:
            key = (category, record.columns["id"])
            if scale is None:
                unit = record.columns["unit"]
                self._refuse(
                    factor,
                    "unit-unknown",
                    Text(
                        f"the factor is per {factor.unit}, the stressor is in {unit}",
                        f"因子按每 {factor.unit} 给出，排放项以 {unit} 计",
                    ),
                    Text("give it per that unit", "按该单位给出"),
                )
            elif key not in self.seen:
                self.seen.add(key)
                self.values.add(
                    category=category,
                    flow=record.columns["id"],
                    flow_name=factor.stressor,
                    value=factor.value * scale,
                )

    def _matching(self, factor: Factor) -> Iterator[tuple[FlowRecord, float | None]]:
        """Flows that a factor is for, and its units per unit of the flow."""
        for record in self.by_stressor.get(factor.stressor, ()):
            compartment = record.stressor[1] if len(record.stressor) > 1 else ""
            if factor.compartment and compartment and factor.compartment != compartment:
                continue
            if record.region and factor.region and record.region != factor.region:
                continue
            unit = record.columns["unit"]
            yield record, 1.0 if not factor.unit or factor.unit == unit else amount_in(unit, factor.unit)

    def _category(self, factor: Factor) -> int | None:
        key = (factor.method, factor.impact)
        if key not in self.rows:
            name = (
                factor.impact
                if len(self.methods[factor.impact]) == 1
                else f"{factor.impact} ({factor.method})"
            )
            self.rows[key] = self.categories.add(
                id=f"{factor.method}/{factor.impact}",
                method=factor.method,
                name_en=name,
                unit=factor.impact_unit,
            )
            self.units[key] = factor.impact_unit
        if self.units[key] != factor.impact_unit:
            self._refuse(
                factor,
                "unit-unknown",
                Text(
                    f"the impact is in {factor.impact_unit}, in an earlier row in {self.units[key]}",
                    f"影响的单位为 {factor.impact_unit}，而前面的行为 {self.units[key]}",
                ),
                Text("use one unit", "使用一种单位"),
            )
            return None
        return self.rows[key]

    def _refuse(self, factor: Factor, code: str, message: Text, hint: Text) -> None:
        self.counts["characterisation factors refused"] += 1
        self.problems.append(Problem(factor.where, code, message, hint))
