"""Runs of all processes for a demand, the elementary flows that they cause, and the impacts of those."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.engine.matrices import Matrices
from cradlemark.engine.solve import Operator, solve


@attrs.frozen(eq=False)
class LifeCycleInventory:
    """What a demand causes.

    Parameters
    ----------
    matrices : Matrices
    demand : ndarray of float64, shape (processes,)
        f, net output that the system has to deliver [unit of the product]; negative for a waste it has to take in.
    runs : ndarray of float64, shape (processes,)
        s, with A s = f: how often each process runs [run].
    residual, forward_error : float
        As in `solve.Solution` [1].
    """

    matrices: Matrices
    demand: NDArray[np.float64]
    runs: NDArray[np.float64]
    residual: float
    forward_error: float

    @property
    def flows(self) -> NDArray[np.float64]:
        """B s, shape (flows,) [unit of the flow]."""
        return np.asarray(self.matrices.biosphere @ self.runs)

    @property
    def impacts(self) -> NDArray[np.float64]:
        """C B s, shape (categories,) [unit of the category]."""
        return np.asarray(self.matrices.direct @ self.runs)


def demand_vector(matrices: Matrices, demand: Mapping[int, float]) -> NDArray[np.float64]:
    """Net output f, shape (processes,), of a demand.

    Parameters
    ----------
    demand : mapping of product index to float
        Amount wanted [unit of the product]; for a waste the amount to be treated, positive as well.

    Raises
    ------
    InputErrors
        ``demand-empty``; ``demand-unknown`` for a product that is not there; ``demand-amount`` for no finite number.
    """
    raise_if_any(_demand_problems(matrices, demand))
    vector = np.zeros(len(matrices.system.processes))
    for product, amount in demand.items():
        process = matrices.process_of[product]
        vector[process] += amount * matrices.sign[process]
    return vector


def _demand_problems(matrices: Matrices, demand: Mapping[int, float]) -> list[Problem]:
    count = len(matrices.system.products)
    if not any(demand.values()):
        message = Text("nothing is demanded", "没有需求")
        return [
            Problem(
                "demand",
                "demand-empty",
                message,
                Text("name a product and an amount other than 0", "给出产品和非零数量"),
            )
        ]
    problems = []
    for product, amount in demand.items():
        where = f"demand, product {product}"
        if not 0 <= product < count:
            message = Text(
                f"there is no product {product}; the system has {count}",
                f"没有产品 {product}；系统有 {count} 个",
            )
            problems.append(
                Problem(
                    where, "demand-unknown", message, Text(f"use 0 to {count - 1}", f"使用 0 至 {count - 1}")
                )
            )
        elif not np.isfinite(amount):
            message = Text(
                f"the amount of {matrices.system.products[product]!r} is no finite number",
                f"{matrices.system.products[product]!r} 的数量不是有限数值",
            )
            problems.append(Problem(where, "demand-amount", message, Text("give a number", "给出数字")))
    return problems


def life_cycle_inventory(operator: Operator, demand: Mapping[int, float]) -> LifeCycleInventory:
    """Solve A s = f for one demand; parameters and errors as in `demand_vector` and `solve.solve`."""
    vector = demand_vector(operator.matrices, demand)
    solution = solve(operator, vector, kind="forward")
    return LifeCycleInventory(
        operator.matrices,
        vector,
        solution.values[0],
        float(solution.residual[0]),
        float(solution.forward_error[0]),
    )
