"""A process database as a system of matrices for the engine: one activity is one column and one product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.columns import Coded, FloatArray, IntArray
from cradlemark.inventory.processes.schema import NONE
from cradlemark.inventory.processes.tables import ProcessDatabase


def matrix_system(database: ProcessDatabase, factors: Sequence[Factors]) -> MatrixSystem:
    """Put activities, flows and factors into matrices.

    Inputs without a provider are cut off: they are in the table ``cut_offs``, not in the matrices.

    Parameters
    ----------
    database : ProcessDatabase
    factors : sequence of Factors
        Categories one behind the other.

    Returns
    -------
    MatrixSystem
        Activity j makes product j; a flow that is taken and given has two rows, one for each direction.
    """
    technosphere, biosphere = database["technosphere"], database["biosphere"]
    activities = database["activities"]
    places = _flow_places(database)
    rows = places[biosphere.integers("flow"), _sides(biosphere.coded("direction"))]
    names = activity_names(database)
    characterisation, categories = _characterisation(factors, places)
    # The names go in by keyword at once: their converter takes any iterable, which a type checker cannot see.
    texts: dict[str, Any] = {
        "processes": names.processes,
        "products": names.products,
        "flows": _flow_names(database, places),
        "categories": categories,
        "places": names.places,
    }
    return MatrixSystem(
        technosphere=Entries(
            technosphere.integers("row"), technosphere.integers("column"), technosphere.numbers("amount")
        ),
        biosphere=Entries(rows, biosphere.integers("column"), biosphere.numbers("amount")),
        characterisation=characterisation,
        **texts,
        waste=activities.numbers("amount") < 0.0,
    )


def _sides(direction: Coded) -> IntArray:
    """0 for input, 1 for output, 2 for both, by row."""
    sides = {"input": 0, "output": 1, "": 2}
    return np.array([sides[text] for text in direction.values] or [0], np.int64)[direction.codes]


def _flow_places(database: ProcessDatabase) -> IntArray:
    """Row of each flow in the biosphere, shape (flows, 2): as an input, as an output; -1 where it does not occur."""
    biosphere = database["biosphere"]
    occurs = np.zeros((len(database["flows"]), 2), np.bool_)
    occurs[biosphere.integers("flow"), _sides(biosphere.coded("direction"))] = True
    return np.where(occurs, np.cumsum(occurs).reshape(occurs.shape) - 1, NONE)


def flow_keys(database: ProcessDatabase) -> tuple[tuple[int, str], ...]:
    """Row of flows and direction of each row of the biosphere matrix, in order."""
    found = np.argwhere(_flow_places(database) != NONE).tolist()
    return tuple((flow, ("input", "output")[side]) for flow, side in found)


@attrs.frozen
class ActivityNames:
    """What stands for each activity in messages and lists."""

    processes: tuple[str, ...]
    products: tuple[str, ...]
    places: tuple[str, ...]


def activity_names(database: ProcessDatabase) -> ActivityNames:
    """Process, product with its unit, and place of every activity."""
    processes, flows, activities = database["processes"], database["flows"], database["activities"]
    process_names = _first_of(processes.texts("name_en"), processes.texts("name_zh"))
    flow_names = _first_of(flows.texts("name_en"), flows.texts("name_zh"))
    units, places = flows.texts("unit"), processes.texts("location")
    makers = activities.integers("process").tolist()
    products = [f"{flow_names[flow]} [{units[flow]}]" for flow in activities.integers("flow").tolist()]
    return ActivityNames(
        tuple([process_names[row] for row in makers]), tuple(products), tuple([places[row] for row in makers])
    )


def _first_of(english: Sequence[str], chinese: Sequence[str]) -> list[str]:
    return [one or other for one, other in zip(english, chinese, strict=True)]


def _flow_names(database: ProcessDatabase, places: IntArray) -> list[str]:
    flows = database["flows"]
    names = _first_of(flows.texts("name_en"), flows.texts("name_zh"))
    compartments, units = flows.texts("category"), flows.texts("unit")
    return [
        f"{names[flow]}, {compartments[flow]}, {('input', 'output')[side]} [{units[flow]}]"
        for flow, side in np.argwhere(places != NONE).tolist()
    ]


def _characterisation(factors: Sequence[Factors], places: IntArray) -> tuple[Entries, list[str]]:
    """Entries of all categories; of several factors of one category for one flow and direction the first counts."""
    parts: list[tuple[IntArray, IntArray, FloatArray]] = []
    categories: list[str] = []
    for part in factors:
        sides = _sides(part.direction)
        side = np.stack([np.where(sides == 2, 0, sides), np.where(sides == 2, 1, NONE)], axis=1)
        column = np.where(side == NONE, NONE, places[part.flow[:, None], side]).reshape(-1)
        category = np.repeat(part.category, 2)
        known = np.flatnonzero(column != NONE)
        _, first = np.unique(category[known] * places.size + column[known], return_index=True)
        kept = known[np.sort(first)]
        parts.append((category[kept] + len(categories), column[kept], np.repeat(part.value, 2)[kept]))
        categories.extend(part.names)
    none = (np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.float64))
    rows, columns, values = (np.concatenate(same) for same in zip(none, *parts, strict=True))
    return Entries(rows, columns, values), categories
