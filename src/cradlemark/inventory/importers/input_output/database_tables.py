"""Tables of a process database from an input-output table, as whole arrays.

A sector is a process that makes one unit of its product; a category of final demand is a process whose product is one
year of it, which uses the products and causes the stressors that final demand causes itself. A table with more than
`FULL` coefficients has no row in ``exchanges`` for each of them: they stand in ``technosphere`` and ``biosphere`` only,
whose ``exchange`` is -1.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.inventory.importers.input_output.accounts import Account, Core, Entries
from cradlemark.inventory.importers.input_output.characterised import Factor
from cradlemark.inventory.importers.input_output.characters import character_tables
from cradlemark.inventory.importers.input_output.elementary_flows import Flows, flows_of_accounts
from cradlemark.inventory.processes.assemble import Assembled
from cradlemark.inventory.processes.columns import Coded, FloatArray, IntArray, coded
from cradlemark.inventory.processes.schema import NONE, SCHEMA
from cradlemark.inventory.processes.tables import Table, TableBuilder

FULL = 1_000_000
"""Most coefficients for which ``exchanges`` has a row each."""
YEAR = "a"
"""Unit of final demand: what is used in one year."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_MADE, _USED, _STRESSOR = 0, 1, 2
"""Kinds of exchanges, in the order in which they stand in a process."""


def database_tables(
    core: Core,
    accounts: Sequence[Account],
    factors: Sequence[Factor],
    *,
    counts: Counter[str],
    problems: list[Problem],
) -> tuple[Assembled, Counter[str]]:
    """Make all tables; also the number of names by language.

    Parameters
    ----------
    core : Core
    accounts, factors : sequence
    counts : Counter
        Is completed.
    problems : list of Problem
        Is completed with factors that fit no stressor.
    """
    return _Making(core, accounts, factors, counts, problems).run()


@attrs.frozen(eq=False)
class _Places:
    """Rows of ``exchanges``: of what is made, of the uses that have one, of the stressors (-1 where there is none)."""

    made: IntArray
    used: IntArray
    stressors: IntArray


class _Making:
    def __init__(
        self,
        core: Core,
        accounts: Sequence[Account],
        factors: Sequence[Factor],
        counts: Counter[str],
        problems: list[Problem],
    ) -> None:
        self.core, self.counts, self.problems = core, counts, problems
        self.active = np.flatnonzero(core.active)
        self.size = len(core.sectors)
        self.flows: Flows = flows_of_accounts(
            accounts, factors, core, first_row=self.size + len(core.categories)
        )
        self.languages: Counter[str] = Counter()
        self.activity = np.full(self.size, NONE, np.int64)
        self.activity[self.active] = np.arange(self.active.size)
        _flow, column, _value, demanded = self.flows.entries
        self.demanded = np.union1d(core.demand.column, column[demanded]).astype(np.int64)
        self.demand_activity = np.full(len(core.categories), NONE, np.int64)
        self.demand_activity[self.demanded] = self.active.size + np.arange(self.demanded.size)
        self.processes = np.concatenate([self.active, self.size + self.demanded])

    def run(self) -> tuple[Assembled, Counter[str]]:
        tables = {name: TableBuilder(name).table() for name in SCHEMA}
        tables["processes"], tables["parameters"] = self._processes(), self._outputs()
        tables["flows"], tables["flow_properties"], tables["units"] = self._flows()
        tables["activities"] = self._activities()
        tables["impact_categories"], tables["characterisation"] = character_tables(
            self.flows, self.counts, self.problems
        )
        tables |= self._matrices()
        self.counts["processes unit_process"] = len(tables["processes"])
        self.counts["final demand categories"] = len(self.core.categories)
        self.counts["impact categories"] = len(tables["impact_categories"])
        self.counts["parameters"] = len(tables["parameters"])
        self.counts["flows read"] = len(tables["flows"])
        usable = tables["processes"].integers("usable")
        without = tuple(np.flatnonzero(usable == 0).tolist())
        return Assembled(tables, (), without, ()), self.languages

    def _names(self, name: str) -> dict[str, str]:
        chinese = bool(_HAN.search(name))
        self.languages["zh" if chinese else "not stated"] += 1
        return {"name_zh" if chinese else "name_en": name}

    def _processes(self) -> Table:
        builder = TableBuilder("processes")
        active = self.core.active
        for place, (identifier, sector) in enumerate(zip(self._ids(), self.core.sectors, strict=True)):
            builder.add(
                id=identifier,
                **self._names(sector.name),
                kind="unit_process",
                category="input-output table/sectors",
                location=sector.region,
                usable=int(active[place]),
            )
        for place, (identifier, label) in enumerate(
            zip(self._demand_ids(), self.core.categories, strict=True)
        ):
            builder.add(
                id=identifier,
                **self._names(f"Final demand: {label[-1]}"),
                kind="unit_process",
                category="input-output table/final demand",
                location=label[0] if len(label) > 1 else "",
                usable=int(self.demand_activity[place] >= 0),
            )
        return builder.table()

    def _ids(self) -> list[str]:
        return _unique("/".join(part for part in label if part) for label in self.core.labels)

    def _demand_ids(self) -> list[str]:
        return _unique(
            "final demand/" + "/".join(part for part in label if part) for label in self.core.categories
        )

    def _outputs(self) -> Table:
        builder = TableBuilder("parameters")
        for place, value in enumerate(self.core.output.tolist()):
            if np.isfinite(value):
                unit = self.core.sectors[place].unit
                builder.add(
                    process=place,
                    name="total_output",
                    value=value,
                    description=f"total output of the source's year [{unit}]",
                )
        return builder.table()

    def _flows(self) -> tuple[Table, Table, Table]:
        flows, properties, units = (
            TableBuilder("flows"),
            TableBuilder("flow_properties"),
            TableBuilder("units"),
        )
        for row, (identifier, sector) in enumerate(zip(self._ids(), self.core.sectors, strict=True)):
            flows.add(
                id=identifier,
                **self._names(sector.name),
                kind="product",
                category="input-output table/products",
                location=sector.region,
                unit=sector.unit,
                property="value",
            )
            properties.add(flow=row, property="value", name="value", unit=sector.unit, factor=1.0)
        for row, (identifier, label) in enumerate(
            zip(self._demand_ids(), self.core.categories, strict=True), start=self.size
        ):
            flows.add(
                id=identifier,
                **self._names(f"Final demand: {label[-1]}"),
                kind="product",
                category="input-output table/final demand",
                location=label[0] if len(label) > 1 else "",
                unit=YEAR,
                property="time",
            )
            properties.add(flow=row, property="time", name="time", unit=YEAR, factor=1.0)
        for flow in self.flows.records:
            row = flows.add(**flow.columns)
            for item in flow.properties:
                properties.add(flow=row, **item)
        for unit in sorted(
            {*(s.unit for s in self.core.sectors), *(str(f.columns["unit"]) for f in self.flows.records)}
        ):
            units.add(group=unit, group_name=unit, unit=unit, factor=1.0)
        return flows.table(), properties.table(), units.table()

    def _activities(self) -> Table:
        builder = TableBuilder("activities")
        for process in self.processes.tolist():
            builder.add(process=process, flow=process, amount=1.0, allocation="single", share=1.0)
        return builder.table()

    def _matrices(self) -> dict[str, Table]:
        made = self.processes.size
        all_, stressors = self._made_and_used(), self._stressors()
        uses = Entries(all_.row[made:], all_.column[made:], all_.value[made:])
        self.counts["exchanges read"] += made
        open_ = np.flatnonzero(uses.row < 0)
        full = uses.value.size + stressors.value.size <= FULL
        only = 0 if full else uses.value.size - open_.size
        self.counts["exchanges in the matrices only"] = only + (0 if full else stressors.value.size)
        self.counts["inputs linked in the matrices only"] = only
        chosen = np.arange(uses.value.size) if full else open_
        exchanges, places = self._exchanges(uses, chosen, stressors, full=full)
        used = np.full(uses.value.size, NONE, np.int32)
        used[chosen] = places.used
        flows = np.concatenate([self.core.coefficients.row, self.core.demand.row])[open_]
        cut: dict[str, Any] = {
            "flow": flows.astype(np.int64),
            "column": uses.column[open_].astype(np.int64),
            "amount": uses.value[open_],
            "reason": Coded(np.zeros(open_.size, np.int32), ("open_no_producer",)),
            "exchange": used[open_].astype(np.int64),
        }
        biosphere: dict[str, Any] = {
            "flow": stressors.row,
            "column": stressors.column,
            "direction": self._directions(stressors.row),
            "amount": stressors.value,
            "exchange": places.stressors,
        }
        return {
            "exchanges": exchanges,
            "cut_offs": Table("cut_offs", cut),
            "technosphere": self._technosphere(all_, np.concatenate([places.made.astype(np.int32), used])),
            "biosphere": Table("biosphere", biosphere),
        }

    def _technosphere(self, all_: Entries, exchange: IntArray) -> Table:
        """What has a supplier; the amounts used are negated where they stand, because the arrays are large."""
        np.negative(all_.value[self.processes.size :], out=all_.value[self.processes.size :])
        linked = all_.row >= 0
        kept = all_.where(linked)
        columns: dict[str, Any] = {
            "row": kept.row,
            "column": kept.column,
            "amount": kept.value,
            "exchange": exchange if linked.all() else exchange[linked],
        }
        return Table("technosphere", columns)

    def _made_and_used(self) -> Entries:
        """What every activity makes, then what it uses: supplying activity, or -1, using activity, amount.

        Rows and columns are half as wide as the schema says: tens of millions of entries have to fit.
        """
        coefficients, demand = self.core.coefficients, self.core.demand
        made, first = self.processes.size, self.processes.size + len(coefficients)
        row, column = np.empty(first + len(demand), np.int32), np.empty(first + len(demand), np.int32)
        value = np.empty(first + len(demand))
        row[:made] = column[:made] = np.arange(made)
        value[:made] = 1.0
        activity, demanding = self.activity.astype(np.int32), self.demand_activity.astype(np.int32)
        np.take(activity, coefficients.row, out=row[made:first], mode="clip")
        np.take(activity, coefficients.column, out=column[made:first], mode="clip")
        value[made:first] = coefficients.value
        row[first:], column[first:] = activity[demand.row], demanding[demand.column]
        value[first:] = demand.value
        return Entries(row, column, value)  # type: ignore[arg-type]

    def _stressors(self) -> Entries:
        """Elementary flows: row of ``flows``, activity, amount."""
        flow, column, value, demanded = self.flows.entries
        place = np.empty(len(column), np.int64)
        place[demanded] = self.demand_activity[column[demanded]]
        place[~demanded] = self.activity[column[~demanded]]
        # Intensities of a sector without output (given as S) say nothing: there is no unit of output.
        idle = place < 0
        self.counts["exchanges refused"] += int(idle.sum())
        if idle.any():
            message = Text(
                f"{int(idle.sum()):,} intensities belong to sectors without output",
                f"有 {int(idle.sum()):,} 个强度属于无产出的部门",
            )
            self.problems.append(
                Problem("satellite accounts", "output-zero", message, Text("they are left out", "已略去"))
            )
        return Entries(flow.astype(np.int32), place, value).where(~idle)

    def _directions(self, flow: IntArray) -> Coded:
        """``input`` or ``output`` for rows of elementary flows."""
        taken_in = np.array(
            [direction == "input" for direction in self.flows.directions] or [False], np.int32
        )
        return Coded(taken_in[flow - (self.size + len(self.core.categories))], ("output", "input"))

    def _exchanges(
        self, uses: Entries, chosen: IntArray, stressors: Entries, *, full: bool
    ) -> tuple[Table, _Places]:
        """Rows of exchanges by process, its product first, then inputs, then stressors; and where each entry stands."""
        made, number = self.processes.size, self.processes
        own = np.arange(stressors.value.size if full else 0)
        column = np.concatenate([np.arange(made), uses.column[chosen], stressors.column[own]]).astype(
            np.int64
        )
        used = np.concatenate([self.core.coefficients.row, self.core.demand.row])[chosen]
        kind = np.repeat([_MADE, _USED, _STRESSOR], [made, chosen.size, own.size])
        flow = np.concatenate([number, used, stressors.row[own]]).astype(np.int64)
        order = np.lexsort((flow, kind, column))
        amount = np.concatenate([np.ones(made), uses.value[chosen], stressors.value[own]])[order]
        provider = np.full(order.size, NONE, np.int64)
        supplier = uses.row[chosen]
        provider[made : made + chosen.size] = np.where(supplier >= 0, number[supplier], NONE)
        place = np.empty(order.size, np.int64)
        place[order] = np.arange(order.size)
        column, kind, flow = column[order], kind[order], flow[order]
        starts = np.flatnonzero(np.diff(column, prepend=-1))
        within = np.arange(order.size) - np.repeat(starts, np.diff(np.append(starts, order.size)))
        table = self._exchange_table(number[column], within, flow, kind, amount, provider[order])
        at_stressors = np.full(stressors.value.size, NONE, np.int64)
        at_stressors[own] = place[made + chosen.size :]
        return table, _Places(place[:made], place[made : made + chosen.size], at_stressors)

    def _exchange_table(
        self,
        process: IntArray,
        number: IntArray,
        flow: IntArray,
        kind: IntArray,
        amount: FloatArray,
        provider: IntArray,
    ) -> Table:
        count = len(amount)
        nothing = Coded(np.zeros(count, np.int32), ("",))
        columns: dict[str, Any] = {}
        for field in SCHEMA["exchanges"]:
            absent = np.full(count, NONE) if field.kind == "integer" else np.full(count, np.nan)
            columns[field.name] = nothing if field.kind == "text" else absent
        taken_in = np.ones(count, np.int32)
        taken_in[kind == _MADE] = 0
        taken_in[kind == _STRESSOR] = self._directions(flow[kind == _STRESSOR]).codes
        role = np.where(kind == _STRESSOR, 2 + taken_in, kind).astype(np.int32)
        link = np.where(kind == _USED, 1 + (provider < 0), 0).astype(np.int32)
        units = coded(self._units_of_flows())
        columns |= {
            "process": process,
            "number": number,
            "flow": flow,
            "amount": amount,
            "source_amount": amount,
            "factor": np.ones(count),
            "provider": provider,
            "direction": Coded(taken_in, ("output", "input")),
            "role": Coded(role, ("reference", "input", "emission", "resource")),
            "source_unit": Coded(units.codes[flow], units.values),
            "link": Coded(link, ("", "unique_producer", "open_no_producer")),
        }
        return Table("exchanges", columns)

    def _units_of_flows(self) -> list[str]:
        own = [str(record.columns["unit"]) for record in self.flows.records]
        return [*(sector.unit for sector in self.core.sectors), *(YEAR for _ in self.core.categories), *own]


def _unique(names: Any) -> list[str]:
    """Names, with a number behind those that are there twice because labels hold the separator themselves."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found
