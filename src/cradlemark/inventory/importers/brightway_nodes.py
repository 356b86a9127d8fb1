"""Nodes of a Brightway workbook and how its exchanges name them.

An exchange names a node by ``input`` (database and code) or by ``database`` and ``code``; otherwise by its name and what it
says beside: database, reference product, unit, location. Something that is stated and differs is never passed over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal

import attrs

from cradlemark.inventory.importers.brightway_sections import Activity, Line
from cradlemark.inventory.importers.brightway_units import unit_symbol

NodeKind = Literal["process", "product", "elementary"]
_ELEMENTARY = {
    "emission",
    "natural resource",
    "inventory indicator",
    "economic",
    "social",
    "biosphere",
    "elementary flow",
}


@attrs.frozen
class Node:
    """An activity of the workbook.

    Parameters
    ----------
    database, code, name, product, unit, location, categories : str
        `product` is the reference product, or the name; `unit` a symbol.
    kind : {"process", "product", "elementary"}
    resource : bool
        Whether an elementary flow is taken from nature.
    """

    database: str
    code: str
    name: str
    product: str
    unit: str
    location: str
    categories: str
    kind: NodeKind
    resource: bool
    activity: Activity

    @property
    def id(self) -> str:
        """Database and code."""
        return f"{self.database}::{self.code}"


def node_of(activity: Activity) -> Node:
    """The node that an activity of the layout is."""
    about = activity.about
    kind = about.text("type").lower()
    product, location = about.text("reference product"), about.text("location")
    unit = unit_symbol(about.text("unit") or _unit_of_production(activity))
    categories = path_of(about.text("categories"))
    parts = (activity.name, about.text("reference product"), location, unit, categories)
    code = about.text("code") or "|".join(part for part in parts if part)
    found: NodeKind = "elementary" if kind in _ELEMENTARY else "product" if kind == "product" else "process"
    return Node(
        activity.database, code, activity.name, product or activity.name, unit, location, categories, found,
        kind == "natural resource", activity,
    )  # fmt: skip


def _unit_of_production(activity: Activity) -> str:
    """Unit of the only production, for an activity that states none."""
    made = [line for line in activity.exchanges if line.text("type").lower() == "production"]
    return made[0].text("unit") if len(made) == 1 else ""


def path_of(categories: str) -> str:
    """A path with slashes from ``air::urban air``, or from a tuple as Python writes it."""
    plain = categories.strip()
    if plain.startswith("(") and plain.endswith(")"):
        return "/".join(part.strip(" '\"") for part in plain[1:-1].split(",") if part.strip(" '\""))
    return "/".join(part.strip() for part in plain.split("::"))


@attrs.frozen
class Target:
    """What an exchange names.

    Parameters
    ----------
    nodes : tuple of Node
        Nodes that fit; several when nothing tells them apart.
    id : str
        Database and code that it names outright, or empty.
    """

    nodes: tuple[Node, ...]
    id: str = ""


class Nodes:
    """Nodes of a workbook, to be found.

    Parameters
    ----------
    nodes : sequence of Node
    """

    def __init__(self, nodes: Sequence[Node]) -> None:
        self._by_id = {node.id: node for node in nodes}
        self._by_name: defaultdict[str, list[Node]] = defaultdict(list)
        for node in nodes:
            for name in {node.name.lower(), node.product.lower()}:
                self._by_name[name].append(node)

    def target(self, exchange: Line, *, elementary: bool) -> Target:
        """The nodes that an exchange of the biosphere, or of another type, names."""
        named = named_outright(exchange)
        if named:
            found = self._by_id.get(named)
            return Target((found,) if found and (found.kind == "elementary") == elementary else (), named)
        name = exchange.text("name") or exchange.text("reference product", "product")
        fitting = [n for n in self._by_name.get(name.lower(), ()) if (n.kind == "elementary") == elementary]
        by_own_name = [node for node in fitting if node.name.lower() == name.lower()]
        fields = ["database", "unit", "categories" if elementary else "location"]
        found_nodes = by_own_name or fitting
        if not elementary:
            fields.insert(1, "reference product")
        for field in fields:
            found_nodes = [node for node in found_nodes if _agrees(node, exchange, field)]
        return Target(tuple(found_nodes))


def named_outright(exchange: Line) -> str:
    """Database and code that an exchange names, joined by ``::``; empty when it names none."""
    given = exchange.text("input")
    if given:
        plain = given.strip()
        if plain.startswith("(") and plain.endswith(")"):
            parts = [part.strip(" '\"") for part in plain[1:-1].split(",", 1)]
            return "::".join(parts) if len(parts) == 2 else plain
        return plain
    code, database = exchange.text("code"), exchange.text("database")
    return f"{database}::{code}" if code and database else ""


def _agrees(node: Node, exchange: Line, field: str) -> bool:
    stated = exchange.text(field, "product") if field == "reference product" else exchange.text(field)
    if not stated:
        return True
    own = {
        "database": node.database, "reference product": node.product, "unit": node.unit, "location": node.location,
        "categories": node.categories,
    }[field]  # fmt: skip
    wanted = unit_symbol(stated) if field == "unit" else path_of(stated) if field == "categories" else stated
    return not own or own.lower() == wanted.lower()
