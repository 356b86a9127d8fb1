"""From the tables of a source to a linked and allocated database: activities, technosphere, biosphere, cut-offs.

An activity is one process as the maker of one of its products. Amounts of an activity are those of the process times
its shares; the amount made stands on the diagonal and is not scaled to 1.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np

from cradlemark.inventory.processes.allocation import (
    Declared,
    Functions,
    Policy,
    Shares,
    allocate,
    content_of_flows,
    usable_policies,
)
from cradlemark.inventory.processes.linking import MAPPED, Demand, Linker
from cradlemark.inventory.processes.mapping import Choice, Decisions, decide
from cradlemark.inventory.processes.schema import NONE
from cradlemark.inventory.processes.tables import Table, TableBuilder

DEMANDS = ("input", "waste", "avoided")
ELEMENTARY = ("resource", "emission")


@attrs.frozen
class Divided:
    """How one multi-output process was divided, for the report."""

    process: int
    products: int
    method: str
    sums: tuple[float, float]
    reasons: tuple[str, ...]
    possible: tuple[str, ...] = ()
    """Policies that were not asked for and would have a basis, where there was none."""


@attrs.frozen(eq=False)
class Assembled:
    """Tables with links and activities, and what was decided."""

    tables: dict[str, Table]
    divided: tuple[Divided, ...]
    without_product: tuple[int, ...]
    empty_products: tuple[int, ...]
    """Rows of exchanges that name a product with the amount zero: no function."""
    decisions: Decisions = attrs.field(factory=lambda: Decisions({}))
    """What a mapping file decided."""


def assemble(
    tables: Mapping[str, Table], policies: Sequence[Policy], choices: Sequence[Choice] = ()
) -> Assembled:
    """Divide processes, link inputs and make the columns of the matrices.

    Parameters
    ----------
    tables : mapping of str to Table
        Tables of a source, in order.
    policies : sequence of Policy
        Allocation policies in order of preference.
    choices : sequence of Choice
        Of a mapping file; they come before every rule.
    """
    return _Assembly(tables, policies, choices).run()


class _Assembly:
    def __init__(
        self, tables: Mapping[str, Table], policies: Sequence[Policy], choices: Sequence[Choice]
    ) -> None:
        self.tables = dict(tables)
        self.choices = choices
        self.exchanges = tables["exchanges"]
        self.policies = policies
        self.roles = self.exchanges.texts("role")
        self.flows = self.exchanges.integers("flow").tolist()
        self.amounts = self.exchanges.numbers("amount").tolist()
        self.prices = self.exchanges.numbers("price").tolist()
        self.numbers = self.exchanges.integers("number").tolist()
        self.rows_of: dict[int, list[int]] = defaultdict(list)
        for row, process in enumerate(self.exchanges.integers("process").tolist()):
            self.rows_of[process].append(row)
        self.functions: dict[int, Functions] = {}
        self.shares: dict[int, Shares] = {}
        self.divided: list[Divided] = []
        self.made: dict[tuple[int, int], int] = {}
        self.builders = {
            name: TableBuilder(name) for name in ("activities", "technosphere", "biosphere", "cut_offs")
        }
        self.empty: list[int] = []
        self.supplied: dict[int, tuple[int, float]] = {}
        """Flow that is supplied and its units per unit of the flow asked for, where both differ, by exchange."""

    def run(self) -> Assembled:
        """Do the three steps in order."""
        usable = self.tables["processes"].integers("usable").tolist()
        for process, rows in sorted(self.rows_of.items()):
            found = self._functions_of(rows)
            if found.flows and usable[process]:
                self.functions[process] = found
        self._divide()
        self._name_activities()
        decisions = decide(self.choices, self.tables, self.functions)
        linker = Linker(self.tables["processes"], self.functions, set(self.shares), decisions)
        links, providers = self._link(linker)
        for process in sorted(self.shares):
            self._entries(process, links, providers, linker)
        self.tables["exchanges"] = self.exchanges.replace(
            link=tuple(links), provider=np.array(providers, np.int64)
        )
        self.tables |= {name: builder.table() for name, builder in self.builders.items()}
        self.tables["mappings"] = decisions.table()
        without = tuple(row for row in range(len(self.tables["processes"])) if row not in self.functions)
        return Assembled(self.tables, tuple(self.divided), without, tuple(self.empty), decisions)

    def _is_function(self, row: int) -> bool:
        if self.roles[row] not in {"reference", "product"}:
            return False
        if self.amounts[row] == 0.0:
            self.empty.append(row)
            return False
        return True

    def _functions_of(self, rows: list[int]) -> Functions:
        amounts: dict[int, float] = {}
        reference: Counter[int] = Counter()
        price: dict[int, float] = {}
        others: list[int] = []
        for row in rows:
            if self._is_function(row):
                flow = self.flows[row]
                amounts[flow] = amounts.get(flow, 0.0) + self.amounts[row]
                reference[flow] += self.roles[row] == "reference"
                price[flow] = price.get(flow, 0.0) + self.prices[row]
            elif self.roles[row] not in {"reference", "product"}:
                others.append(row)
        return Functions(
            tuple(amounts), tuple(amounts.values()), tuple(reference[flow] > 0 for flow in amounts),
            tuple(price.values()), np.array(others, np.int64),
        )  # fmt: skip

    def _divide(self) -> None:
        content = content_of_flows(self.tables["flows"], self.tables["flow_properties"])
        declared = self._declared()
        methods = self.tables["processes"].texts("allocation")
        for process, functions in self.functions.items():
            whole, single = declared.get(process, ({}, {}))
            numbers = tuple(self.numbers[row] for row in functions.others.tolist())
            factors = Declared(methods[process], whole, single, numbers)
            shares, reasons = allocate(functions, factors, self.policies, content)
            if shares is not None:
                self.shares[process] = shares
            if len(functions.flows) > 1:
                method, sums = (shares.method, shares.sums) if shares else ("", (0.0, 0.0))
                others = () if shares else usable_policies(functions, factors, self.policies, content)
                self.divided.append(Divided(process, len(functions.flows), method, sums, reasons, others))

    def _declared(self) -> dict[int, tuple[dict[tuple[str, int], float], dict[tuple[int, int], float]]]:
        table = self.tables["allocation_factors"]
        found: dict[int, tuple[dict[tuple[str, int], float], dict[tuple[int, int], float]]] = {}
        columns = (
            table.integers("process").tolist(), table.integers("flow").tolist(), table.texts("method"),
            table.integers("exchange").tolist(), table.numbers("value").tolist(),
        )  # fmt: skip
        for process, flow, method, exchange, value in zip(*columns, strict=True):
            whole, single = found.setdefault(process, ({}, {}))
            if exchange == NONE:
                whole[method, flow] = value
            else:
                single[flow, exchange] = value
        return found

    def _name_activities(self) -> None:
        for process, shares in sorted(self.shares.items()):
            functions = self.functions[process]
            for position, flow in enumerate(functions.flows):
                if position in shares.substituted:
                    continue
                row = shares.shares[position]
                same = row.size == 0 or bool(np.all(row == row[0]))
                self.made[process, flow] = self.builders["activities"].add(
                    process=process, flow=flow, amount=functions.amounts[position], allocation=shares.method,
                    share=(float(row[0]) if row.size else 1.0) if same else float("nan"),
                )  # fmt: skip

    def _link(self, linker: Linker) -> tuple[list[str], list[int]]:
        links = [""] * len(self.exchanges)
        providers = [NONE] * len(self.exchanges)
        declared = self.exchanges.texts("declared_provider")
        places = self.exchanges.texts("location")
        for process, rows in self.rows_of.items():
            for row in rows:
                role = self.roles[row]
                if role in DEMANDS:
                    demand = Demand(process, self.flows[row], declared[row], places[row])
                    found = linker.find(demand)
                    links[row], providers[row] = found.rule, found.process
                    if found.process != NONE and (found.process, found.flow) not in self.made:
                        links[row], providers[row] = "open_no_allocation", NONE
                    elif found.rule == MAPPED:
                        self.supplied[row] = found.flow, found.factor
                elif role == "treatment":
                    links[row] = "open_waste_taken_in"
        return links, providers

    def _entries(self, process: int, links: list[str], providers: list[int], linker: Linker) -> None:
        functions, shares = self.functions[process], self.shares[process]
        others = functions.others.tolist()
        for position, flow in enumerate(functions.flows):
            if position in shares.substituted:
                continue
            column = self.made[process, flow]
            for row in self._output_rows(process, flow):
                self.builders["technosphere"].add(
                    row=column, column=column, amount=self.amounts[row], exchange=row
                )
            for row, share in zip(others, shares.shares[position].tolist(), strict=True):
                if share != 0.0:
                    self._entry(row, column, self.amounts[row] * share, links, providers)
            for replaced in shares.substituted:
                self._replaced(process, functions.flows[replaced], column, linker)

    def _output_rows(self, process: int, flow: int) -> Iterator[int]:
        for row in self.rows_of[process]:
            if (
                self.flows[row] == flow
                and self.roles[row] in {"reference", "product"}
                and self.amounts[row] != 0.0
            ):
                yield row

    def _entry(self, row: int, column: int, amount: float, links: list[str], providers: list[int]) -> None:
        role, flow = self.roles[row], self.flows[row]
        if role in ELEMENTARY:
            direction = "input" if role == "resource" else "output"
            self.builders["biosphere"].add(
                flow=flow, column=column, direction=direction, amount=amount, exchange=row
            )
            return
        supplied, factor = self.supplied.get(row, (flow, 1.0))
        # Where a treatment is written with a negative product, the waste it takes counts as an output in its row.
        given = role == "avoided" or (role == "waste" and self._is_negative(providers[row], supplied))
        used = -amount if given else amount
        if providers[row] == NONE:
            self.builders["cut_offs"].add(
                flow=flow, column=column, amount=used, reason=links[row], exchange=row
            )
        else:
            supplier = self.made[providers[row], supplied]
            self.builders["technosphere"].add(
                row=supplier, column=column, amount=-used * factor, exchange=row
            )

    def _is_negative(self, provider: int, flow: int) -> bool:
        if provider == NONE:
            return False
        functions = self.functions[provider]
        return functions.amounts[functions.flows.index(flow)] < 0.0

    def _replaced(self, process: int, flow: int, column: int, linker: Linker) -> None:
        """A by-product takes the place of the same product made elsewhere."""
        for row in self._output_rows(process, flow):
            found = linker.find(Demand(process, flow), without=process)
            supplier = self.made.get((found.process, found.flow), NONE)
            if supplier == NONE:
                self.builders["cut_offs"].add(
                    flow=flow, column=column, amount=-self.amounts[row], exchange=row,
                    reason=found.rule if found.process == NONE else "open_no_allocation",
                )  # fmt: skip
            else:
                self.builders["technosphere"].add(
                    row=supplier, column=column, amount=self.amounts[row] * found.factor, exchange=row
                )
