"""A process database as a system of matrices for the engine: one activity is one column and one product."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.inventory.processes.characterise import Factors
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
    keys = list(zip(biosphere.integers("flow").tolist(), biosphere.texts("direction"), strict=True))
    places = {key: row for row, key in enumerate(sorted(set(keys)))}
    names, products = _names(database)
    characterisation, categories = _characterisation(factors, places)
    flows = _flow_names(database, list(places))
    # The names go in by keyword at once: their converter takes any iterable, which a type checker cannot see.
    texts: dict[str, Any] = {
        "processes": names,
        "products": products,
        "flows": flows,
        "categories": categories,
    }
    return MatrixSystem(
        technosphere=Entries(
            technosphere.integers("row"), technosphere.integers("column"), technosphere.numbers("amount")
        ),
        biosphere=Entries(
            np.array([places[key] for key in keys], np.int64),
            biosphere.integers("column"),
            biosphere.numbers("amount"),
        ),
        characterisation=characterisation,
        **texts,
        waste=activities.numbers("amount") < 0.0,
        places=[database["processes"].texts("location")[p] for p in activities.integers("process").tolist()],
    )


def _names(database: ProcessDatabase) -> tuple[tuple[str, ...], tuple[str, ...]]:
    processes, flows = database["processes"], database["flows"]
    activities = database["activities"]
    names, products = [], []
    columns = zip(activities.integers("process").tolist(), activities.integers("flow").tolist(), strict=True)
    for process, flow in columns:
        names.append(processes.texts("name_en")[process] or processes.texts("name_zh")[process])
        product = flows.texts("name_en")[flow] or flows.texts("name_zh")[flow]
        products.append(f"{product} [{flows.texts('unit')[flow]}]")
    return tuple(names), tuple(products)


def _flow_names(database: ProcessDatabase, keys: list[tuple[int, str]]) -> tuple[str, ...]:
    flows = database["flows"]
    return tuple(
        f"{flows.texts('name_en')[row] or flows.texts('name_zh')[row]}, {flows.texts('category')[row]}, {direction}"
        f" [{flows.texts('unit')[row]}]"
        for row, direction in keys
    )


def _characterisation(
    factors: Sequence[Factors], places: dict[tuple[int, str], int]
) -> tuple[Entries, tuple[str, ...]]:
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    categories: list[str] = []
    for part in factors:
        seen: set[tuple[int, int]] = set()
        lines = zip(
            part.category.tolist(), part.flow.tolist(), part.direction, part.value.tolist(), strict=True
        )
        for category, flow, direction, value in lines:
            for side in (direction,) if direction else ("input", "output"):
                column = places.get((flow, side))
                if column is not None and (category, column) not in seen:
                    seen.add((category, column))
                    rows.append(category + len(categories))
                    columns.append(column)
                    values.append(value)
        categories.extend(part.names)
    return Entries(np.array(rows, np.int64), np.array(columns, np.int64), np.array(values)), tuple(categories)
