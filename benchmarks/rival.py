"""The same made-up database for bw2calc: data packages, and what is measured with them."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from cradlemark.engine.system import Entries, MatrixSystem

PROCESS, FLOW = 10**6, 2 * 10**6


def package(system: MatrixSystem, spread: float) -> Any:
    """The matrices as a data package of bw_processing; a characterisation matrix for each category."""
    import bw_processing

    made = bw_processing.create_datapackage()
    for name, entries, row in (
        ("technosphere_matrix", system.technosphere, PROCESS),
        ("biosphere_matrix", system.biosphere, FLOW),
    ):
        indices = np.zeros(len(entries), dtype=bw_processing.INDICES_DTYPE)
        indices["row"], indices["col"] = entries.row + row, entries.column + PROCESS
        made.add_persistent_vector(
            matrix=name,
            name=name,
            data_array=entries.amount,
            indices_array=indices,
            distributions_array=_distributions(entries, spread, fixed=row == PROCESS),
        )
    factors = system.characterisation
    for category in range(len(system.categories)):
        mine = factors.row == category
        indices = np.zeros(int(mine.sum()), dtype=bw_processing.INDICES_DTYPE)
        indices["row"] = indices["col"] = factors.column[mine] + FLOW
        made.add_persistent_vector(
            matrix="characterization_matrix",
            name=f"c{category}",
            identifier=["category", str(category)],
            data_array=factors.amount[mine],
            indices_array=indices,
        )
    return made


def _distributions(entries: Entries, spread: float, *, fixed: bool) -> Any:
    import bw_processing

    found = np.zeros(len(entries), dtype=bw_processing.UNCERTAINTY_DTYPE)
    certain = (entries.row == entries.column) & fixed
    found["uncertainty_type"] = np.where(certain, 0, 2)
    found["loc"] = np.where(certain, entries.amount, np.log(np.abs(entries.amount)))
    found["scale"] = np.where(certain, np.nan, np.log(spread))
    found["negative"] = entries.amount < 0.0
    for field in ("shape", "minimum", "maximum"):
        found[field] = np.nan
    return found


def solver() -> str:
    import bw2calc

    return "PARDISO" if bw2calc.PYPARDISO else "SuperLU"


def first_score(data: Any, product: int) -> float:
    """Load, first inventory and score of one product."""
    import bw2calc

    calculation = bw2calc.LCA({product + PROCESS: 1.0}, data_objs=[data])
    calculation.lci()
    calculation.lcia()
    return float(calculation.score)


def all_scores(data: Any, categories: int) -> Any:
    """Load, and scores of all products in all categories by the adjoint system, shape (categories, products)."""
    import bw2calc

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        calculation = bw2calc.FastScoresOnlyMultiLCA(
            demands={"one": {PROCESS: 1.0}},
            method_config={"impact_categories": [("category", str(number)) for number in range(categories)]},
            data_objs=[data],
            direction="adjoint",
        )
        next(calculation)
    return calculation.product_scores


def iterative(data: Any, product: int) -> Any:
    """Monte Carlo of one product by BiCGSTAB, ready for the next draw."""
    import bw2calc

    calculation = bw2calc.IterativeLCA({product + PROCESS: 1.0}, data_objs=[data], use_distributions=True)
    calculation.lci()
    calculation.lcia()
    return calculation
