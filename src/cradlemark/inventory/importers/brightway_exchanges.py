"""Exchanges of a Brightway workbook as records.

Brightway's matrix has +amount for ``production`` and ``substitution`` and -amount for ``technosphere``, whatever the node. Here a
treatment of waste (negative production) is a positive service: whoever has the waste puts it out, and the treatment takes
it in. So all entries of the row of a waste are turned round.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.brightway_nodes import Node, Nodes, Target, path_of
from cradlemark.inventory.importers.brightway_sections import Line
from cradlemark.inventory.importers.brightway_units import unit_symbol
from cradlemark.inventory.importers.brightway_values import amount_of, formula_of, turned, uncertainty_of
from cradlemark.inventory.processes.records import Direction, Exchange, Flow, FlowKind

ExchangeType = Literal["production", "substitution", "technosphere", "biosphere"]
_TYPES: Mapping[str, ExchangeType] = {
    "production": "production", "generic production": "production", "substitution": "substitution",
    "technosphere": "technosphere", "generic consumption": "technosphere", "biosphere": "biosphere",
}  # fmt: skip
_READ = {
    "name", "amount", "unit", "database", "location", "type", "formula", "categories", "reference product", "product",
    "input", "code", "uncertainty type", "uncertainty_type", "loc", "scale", "shape", "minimum", "maximum", "negative",
    "comment",
}  # fmt: skip


def exchange_type(line: Line) -> ExchangeType:
    """Type of an exchange.

    Raises
    ------
    InputError
        ``exchange-type`` for none or one that has no place in a matrix.
    """
    text = line.text("type").lower()
    found = _TYPES.get(text)
    if found is None:
        raise InputError(
            Text(f"the exchange type {text[:40]!r} has no place in a matrix", f"交换类型 {text[:40]!r} 在矩阵中没有位置"), code="exchange-type",
            hint=Text(f"use one of {', '.join(_TYPES)}", f"使用以下之一：{'、'.join(_TYPES)}"),
        )  # fmt: skip
    return found


def unread_columns(line: Line) -> list[str]:
    """Columns of an exchange that are not kept."""
    return [name for name in line.cells if name not in _READ]


@attrs.frozen
class Products:
    """What the nodes of a workbook make.

    Parameters
    ----------
    flows : mapping of str to str
        Identifier of the flow of each node, by its identifier.
    waste : set of str
        Identifiers of the flows that are wastes.
    makers : set of str
        Identifiers of the processes that make their own flow.
    """

    flows: Mapping[str, str]
    waste: frozenset[str]
    makers: frozenset[str]


class ExchangeReader:
    """Exchanges of one workbook.

    Parameters
    ----------
    nodes : Nodes
    products : Products
    add_flow : callable
        Takes a flow that no node of the workbook stands for; the same one may come again.
    """

    def __init__(self, nodes: Nodes, products: Products, add_flow: Callable[[Flow], None]) -> None:
        self._nodes = nodes
        self._products = products
        self._add_flow = add_flow

    def read(self, line: Line, number: int, owner: Node, *, own: bool, alone: bool) -> tuple[Exchange, Text]:
        """One exchange, and why its uncertainty is not kept.

        Parameters
        ----------
        own : bool
            Whether it is the production of the owner's own product.
        alone : bool
            Whether it is the only production of the owner.
        """
        kind = exchange_type(line)
        amount = amount_of(line)
        uncertainty, lost = uncertainty_of(line, amount)
        plain = Exchange(
            number, "", "output", amount, unit=unit_symbol(line.text("unit")), formula=formula_of(line),
            comment=line.text("comment"), uncertainty=uncertainty, flow_name=line.text("name"),
        )  # fmt: skip
        if own:
            return self._product(plain, self._products.flows[owner.id], reference=True), lost
        target = self._nodes.target(line, elementary=kind == "biosphere")
        if kind == "biosphere":
            return self._elementary(plain, line, target), lost
        return self._other(plain, line, target, kind, alone), lost

    def _product(self, plain: Exchange, flow: str, *, reference: bool) -> Exchange:
        if flow in self._products.waste:
            return attrs.evolve(_turned(plain), flow=flow, direction="input", reference=reference)
        return attrs.evolve(plain, flow=flow, direction="output", reference=reference)

    def _elementary(self, plain: Exchange, line: Line, target: Target) -> Exchange:
        if len(target.nodes) == 1:
            node = target.nodes[0]
            taken: Direction = "input" if node.resource else "output"
            return attrs.evolve(plain, flow=self._products.flows[node.id], direction=taken)
        flow, direction = _elementary_flow(line, target)
        self._add_flow(flow)
        # Brightway does not look at the unit of an exchange; a flow from elsewhere has the one that is stated here.
        return attrs.evolve(plain, flow=flow.id, direction=direction, unit="")

    def _other(
        self, plain: Exchange, line: Line, target: Target, kind: ExchangeType, alone: bool
    ) -> Exchange:
        flows = {self._products.flows[node.id] for node in target.nodes}
        if len(flows) > 1:
            raise InputError(
                Text(f"{len(target.nodes)} activities fit: {', '.join(sorted(n.id[:60] for n in target.nodes)[:4])}", f"有 {len(target.nodes)} 个活动符合：{'、'.join(sorted(n.id[:60] for n in target.nodes)[:4])}"),
                code="exchange-ambiguous", hint=Text("name one by its database and code in the column input", "在 input 列中用数据库和代码指明其一"),
            )  # fmt: skip
        if not flows:
            outside = _outside_flow(line, target)
            self._add_flow(outside)
            flow, provider, unit = outside.id, target.id, ""
        else:
            makers = [node.id for node in target.nodes if node.id in self._products.makers]
            flow, provider, unit = flows.pop(), makers[0] if len(makers) == 1 else "", plain.unit
            if kind == "production" and not makers:
                return self._product(plain, flow, reference=alone)
        plain = attrs.evolve(plain, flow=flow, provider=provider, unit=unit)
        if flow in self._products.waste:
            out = plain if kind in {"production", "substitution"} else _turned(plain)
            return attrs.evolve(out, direction="output")
        return attrs.evolve(plain, direction="input", avoided=kind != "technosphere")


def _turned(plain: Exchange) -> Exchange:
    """The exchange with the other sign."""
    formula = f"(-({plain.formula}))" if plain.formula else ""
    return attrs.evolve(plain, amount=-plain.amount, formula=formula, uncertainty=turned(plain.uncertainty))


def _elementary_flow(line: Line, target: Target) -> tuple[Flow, Direction]:
    categories = path_of(line.text("categories"))
    unit = unit_symbol(line.text("unit"))
    name = line.text("name") or target.id
    taken = (
        categories.lower().startswith("natural resource")
        or line.text("flow type").lower() == "natural resource"
    )
    identifier = target.id or "|".join((line.text("database"), name, categories, unit))
    flow = outside(identifier, name, unit, "elementary", categories, line.text("location"))
    return flow, "input" if taken else "output"


def _outside_flow(line: Line, target: Target) -> Flow:
    name = line.text("reference product", "product") or line.text("name") or target.id
    unit, place = unit_symbol(line.text("unit")), line.text("location")
    parts = (line.text("database"), line.text("name"), line.text("reference product", "product"), place, unit)
    shown = ", ".join(part for part in (line.text("name") or name, place) if part)
    database = line.text("database") or target.id.partition("::")[0]
    return outside(target.id or "|".join(parts), shown, unit, "product", database, place)


def outside(identifier: str, name: str, unit: str, kind: FlowKind, category: str, location: str) -> Flow:
    """A flow that is counted in one unit."""
    quantity = f"amount in {unit}"
    return Flow(identifier, {"": name}, kind, {quantity: 1.0}, quantity, category=category, location=location)
