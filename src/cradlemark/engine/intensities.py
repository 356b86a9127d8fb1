"""Impact of one unit of every product, from one adjoint solve per category."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.engine.life_cycle_inventory import demand_vector
from cradlemark.engine.matrices import Matrices
from cradlemark.engine.solve import Operator, solve


@attrs.frozen(eq=False)
class Intensities:
    """Cradle-to-gate impacts of all products at once.

    Parameters
    ----------
    matrices : Matrices
    values : ndarray of float64, shape (categories, processes)
        Impact per unit of the reference product of each process; per unit treated where it is a waste
        [unit of the category / unit of the product].
    residual, forward_error : ndarray of float64, shape (categories,)
        As in `solve.Solution` [1].
    """

    matrices: Matrices
    values: NDArray[np.float64]
    residual: NDArray[np.float64]
    forward_error: NDArray[np.float64]

    @property
    def of_output(self) -> NDArray[np.float64]:
        """λ, the impact per unit of net output, shape (categories, processes): the values, negative for wastes."""
        return self.values * self.matrices.sign

    def of_demand(self, demand: Mapping[int, float]) -> NDArray[np.float64]:
        """Impacts of a demand, shape (categories,) [unit of the category]; demand as in `demand_vector`."""
        return np.asarray(self.of_output @ demand_vector(self.matrices, demand))


def intensities(operator: Operator) -> Intensities:
    """Solve Aᵀ λ = (C B)ᵀ for all categories.

    Raises
    ------
    InaccurateError
        ``result-inaccurate``, when residual or estimated forward error of any category misses 1e-9.
    """
    matrices = operator.matrices
    solution = solve(operator, matrices.direct, kind="adjoint")
    return Intensities(matrices, solution.values * matrices.sign, solution.residual, solution.forward_error)
