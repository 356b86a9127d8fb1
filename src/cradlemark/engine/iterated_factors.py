"""Solutions of a block whose factors would fill up: by iteration (GMRES), without a factorisation."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import gmres

from cradlemark.engine.weak_loops import even_units

Array = NDArray[np.float64]

CLOSE = 1e-13
"""Relative residual [1] at which an iteration ends."""
STEPS = 60
"""Size of the Krylov space at which it is begun anew."""
ROUNDS = 10
"""Krylov spaces after which an iteration is given up."""


@attrs.frozen(eq=False)
class IteratedFactors:
    """A block M, with products counted in units in which most exchanges are near 1.

    Parameters
    ----------
    even : sparse array, shape (size, size)
        U⁻¹ D⁻¹ M U with the diagonal D of M and units U.
    turned : sparse array, shape (size, size)
        The same, transposed.
    own, unit : ndarray of float64, shape (size, 1)
        D and U.

    Notes
    -----
    Saad and Schultz, SIAM J. Sci. Stat. Comput. 7 (1986) 856-869. Converges fast where steps contract: where a product
    needs less of others than it is worth. A solution that does not converge is returned as it is; `solve` refuses it.
    """

    even: sparse.csr_array
    turned: sparse.csr_array
    own: Array
    unit: Array

    def solve(self, right: Array, trans: str = "N") -> Array:
        """Solve M x = right, or Mᵀ x = right for "T", shape (size, columns)."""
        if trans == "N":
            return _iterated(self.even, right / (self.own * self.unit)) * self.unit
        return _iterated(self.turned, right * self.unit) / (self.own * self.unit)


def iterated_factors(block: sparse.csc_array) -> IteratedFactors:
    """Bring a block with a full diagonal into even units."""
    own = block.diagonal()
    shares = (sparse.diags_array(1.0 / own) @ block).tocsr()
    unit = even_units(shares.tocoo())
    even = (sparse.diags_array(1.0 / unit) @ shares @ sparse.diags_array(unit)).tocsr()
    return IteratedFactors(even, even.T.tocsr(), own[:, None], unit[:, None])


def _iterated(matrix: sparse.csr_array, right: Array) -> Array:
    found = np.empty_like(right)
    for column in range(right.shape[1]):
        found[:, column], _ = gmres(
            matrix, right[:, column], rtol=CLOSE, atol=0.0, restart=STEPS, maxiter=ROUNDS
        )
    return found
