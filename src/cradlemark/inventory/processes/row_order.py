"""Rows in an order that does not depend on the order in which a source was read: the same database has the same digest."""

from __future__ import annotations

import numpy as np

from cradlemark.inventory.processes.tables import IntArray, Table


def in_order(tables: dict[str, Table]) -> dict[str, Table]:
    """Sort processes and flows by identifier, and what belongs to them after them."""
    renumbered: dict[str, IntArray] = {}
    for name in ("processes", "flows", "impact_categories"):
        order = np.array(sorted(range(len(tables[name])), key=tables[name].texts("id").__getitem__), np.int64)
        tables[name] = tables[name].take(order)
        places = np.empty(len(order) + 1, np.int64)
        places[order] = np.arange(len(order))
        places[-1] = -1  # row -1 stays -1
        renumbered[name] = places
    for name, owners in _OWNERS.items():
        changed = {column: renumbered[table][tables[name].integers(column)] for column, table in owners}
        tables[name] = tables[name].replace(**changed)
        tables[name] = tables[name].take(_sorted_rows(tables[name], SORTED_BY[name]))
    return tables


_OWNERS = {
    "flow_properties": (("flow", "flows"),),
    "exchanges": (("process", "processes"), ("flow", "flows")),
    "allocation_factors": (("process", "processes"), ("flow", "flows")),
    "parameters": (("process", "processes"),),
    "characterisation": (("category", "impact_categories"),),
}
SORTED_BY = {
    "flow_properties": ("flow", "property"),
    "exchanges": ("process", "number", "flow", "direction"),
    "allocation_factors": ("process", "method", "flow", "exchange"),
    "parameters": ("process", "name"),
    "characterisation": ("category", "flow", "direction", "location"),
}


def _sorted_rows(table: Table, by: tuple[str, ...]) -> IntArray:
    columns = [table.columns[name] for name in by]
    keys = [column if isinstance(column, tuple) else column.tolist() for column in columns]
    return np.array([row for *_, row in sorted(zip(*keys, range(len(table)), strict=True))], np.int64)
