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
from typing import Any, cast

import numpy as np

from cradlemark.core.errors import Problem
from cradlemark.inventory.importers.input_output.accounts import Account, Core
from cradlemark.inventory.importers.input_output.characterised import Factor
from cradlemark.inventory.importers.input_output.characters import character_tables
from cradlemark.inventory.importers.input_output.elementary_flows import Flows, flows_of_accounts
from cradlemark.inventory.processes.assemble import Assembled
from cradlemark.inventory.processes.schema import NONE, SCHEMA
from cradlemark.inventory.processes.tables import Column, IntArray, Table, TableBuilder

FULL = 1_000_000
"""Most coefficients for which ``exchanges`` has a row each."""
YEAR = "a"
"""Unit of final demand: what is used in one year."""
_HAN = re.compile(r"[\u4e00-\u9fff]")
_INPUT, _EMISSION = "input", "emission"


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
        uses = self._uses()
        stressors = self._stressors()
        self.counts["exchanges read"] += made
        full = len(uses["value"]) + len(stressors["value"]) <= FULL
        linked = uses["supplier"] >= 0
        kept = np.ones(linked.size, np.bool_) if full else ~linked
        exchanges, rows = self._exchanges(uses, stressors, kept, full=full)
        self.counts["exchanges in the matrices only"] = (
            0 if full else int(linked.sum()) + len(stressors["value"])
        )
        self.counts["inputs linked in the matrices only"] = 0 if full else int(linked.sum())
        products = np.arange(made, dtype=np.int32)
        technosphere = Table(
            "technosphere",
            {
                "row": _joined(products, uses["supplier"][linked]),
                "column": _joined(products, uses["column"][linked]),
                "amount": np.concatenate([np.ones(made), -uses["value"][linked]]),
                "exchange": _joined(
                    rows["made"], rows["uses"][linked] if full else np.full(int(linked.sum()), NONE)
                ),
            },
        )
        biosphere = Table(
            "biosphere",
            {
                "flow": stressors["flow"],
                "column": stressors["column"],
                "direction": self._directions(stressors["flow"]),
                "amount": stressors["value"],
                "exchange": rows["stressors"],
            },
        )
        cut = Table(
            "cut_offs",
            {
                "flow": _plain(uses["flow"][~linked]),
                "column": _plain(uses["column"][~linked]),
                "amount": uses["value"][~linked],
                "reason": ("open_no_producer",) * int((~linked).sum()),
                "exchange": _plain(rows["uses"][~linked]),
            },
        )
        return {"exchanges": exchanges, "technosphere": technosphere, "biosphere": biosphere, "cut_offs": cut}

    def _uses(self) -> dict[str, Any]:
        """Inputs of sectors and of final demand: product flow, supplying activity, using activity, amount."""
        core = self.core
        column = np.concatenate(
            [self.activity[core.coefficients.column], self.demand_activity[core.demand.column]]
        )
        flow = np.concatenate([core.coefficients.row, core.demand.row])
        value = np.concatenate([core.coefficients.value, core.demand.value])
        return {
            "flow": flow.astype(np.int32),
            "supplier": self.activity[flow].astype(np.int32),
            "column": column.astype(np.int32),
            "value": value,
        }

    def _stressors(self) -> dict[str, Any]:
        flow, column, value, demanded = self.flows.entries
        place = np.empty(len(column), np.int64)
        place[demanded] = self.demand_activity[column[demanded]]
        place[~demanded] = self.activity[column[~demanded]]
        # Intensities of a sector without output (given as S) say nothing: there is no unit of output.
        idle = place < 0
        self.counts["exchanges refused"] += int(idle.sum())
        if idle.any():
            self.problems.append(
                Problem(
                    "satellite accounts",
                    "output-zero",
                    f"{int(idle.sum()):,} intensities belong to sectors without output",
                    "they are left out",
                )
            )
        return {
            "flow": flow[~idle].astype(np.int32),
            "column": place[~idle].astype(np.int32),
            "value": value[~idle],
        }

    def _directions(self, flow: IntArray) -> tuple[str, ...]:
        offset = self.size + len(self.core.categories)
        return tuple(self.flows.directions[row - offset] for row in flow.tolist())

    def _exchanges(
        self, uses: dict[str, Any], stressors: dict[str, Any], kept: Any, *, full: bool
    ) -> tuple[Table, dict[str, IntArray]]:
        """Rows of exchanges by process, its product first, then inputs, then stressors; and where each entry stands."""
        made, number = self.processes.size, self.processes
        chosen = np.flatnonzero(kept)
        stressor_rows = np.arange(len(stressors["value"]) if full else 0)
        column = np.concatenate(
            [np.arange(made), uses["column"][chosen], stressors["column"][stressor_rows]]
        ).astype(np.int64)
        kind = np.repeat([0, 1, 2], [made, chosen.size, stressor_rows.size])
        flow = np.concatenate([number, uses["flow"][chosen], stressors["flow"][stressor_rows]]).astype(
            np.int64
        )
        order = np.lexsort((flow, kind, column))
        amount = np.concatenate([np.ones(made), uses["value"][chosen], stressors["value"][stressor_rows]])[
            order
        ]
        supplier = uses["supplier"][chosen]
        provider = np.concatenate(
            [
                np.full(made, NONE),
                np.where(supplier >= 0, number[supplier], NONE),
                np.full(stressor_rows.size, NONE),
            ]
        )[order]
        place = np.empty(order.size, np.int64)
        place[order] = np.arange(order.size)
        column, kind, flow = column[order], kind[order], flow[order]
        starts = np.flatnonzero(np.diff(column, prepend=-1))
        within = np.arange(order.size) - np.repeat(starts, np.diff(np.append(starts, order.size)))
        table = self._exchange_table(number[column], within, flow, kind, amount, provider)
        at_uses = np.full(len(uses["value"]), NONE, np.int64)
        at_uses[chosen] = place[made : made + chosen.size]
        at_stressors = (
            place[made + chosen.size :] if full else np.full(len(stressors["value"]), NONE, np.int64)
        )
        return table, {"made": place[:made], "uses": at_uses, "stressors": at_stressors}

    def _exchange_table(
        self,
        process: IntArray,
        number: IntArray,
        flow: IntArray,
        kind: IntArray,
        amount: Any,
        provider: IntArray,
    ) -> Table:
        count = len(amount)
        offset = self.size + len(self.core.categories)
        kinds = kind.tolist()
        own = [
            self.flows.directions[row - offset] if what == 2 else ""
            for row, what in zip(flow.tolist(), kinds, strict=True)
        ]
        roles = {"input": "resource", "output": "emission"}
        units = [
            *(s.unit for s in self.core.sectors),
            *(YEAR for _ in self.core.categories),
            *(str(f.columns["unit"]) for f in self.flows.records),
        ]
        columns: dict[str, Column] = {}
        for field in SCHEMA["exchanges"]:
            if field.kind == "text":
                columns[field.name] = ("",) * count
            else:
                columns[field.name] = np.full(count, NONE if field.kind == "integer" else np.nan)
        columns |= {
            "process": process,
            "number": number,
            "flow": flow,
            "amount": amount,
            "source_amount": amount,
            "factor": np.ones(count),
            "provider": provider,
            "direction": tuple(
                ("output", "input", text)[what] for what, text in zip(kinds, own, strict=True)
            ),
            "role": tuple(
                ("reference", "input", roles.get(text, ""))[what]
                for what, text in zip(kinds, own, strict=True)
            ),
            "source_unit": tuple(units[row] for row in flow.tolist()),
            "link": tuple(
                ("unique_producer" if by >= 0 else "open_no_producer") if what == 1 else ""
                for what, by in zip(kinds, provider.tolist(), strict=True)
            ),
        }
        return Table("exchanges", columns)


def _joined(first: Any, second: Any) -> IntArray:
    return cast("IntArray", np.concatenate([first.astype(np.int32), second.astype(np.int32)]))


def _plain(values: Any) -> IntArray:
    return cast("IntArray", values.astype(np.int64))


def _unique(names: Any) -> list[str]:
    """Names, with a number behind those that are there twice because labels hold the separator themselves."""
    seen: Counter[str] = Counter()
    found = []
    for name in names:
        seen[name] += 1
        found.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return found
