"""Factors of a block that is full, or nearly, such as an input-output table: LAPACK instead of a sparse method."""

from __future__ import annotations

import warnings

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.linalg import LinAlgWarning, lu_factor, lu_solve

Array = NDArray[np.float64]

DENSE_SHARE = 0.1
"""Share of places that hold an entry [1] from which a block is treated as full."""
DENSE_FROM = 64
"""Processes below which it makes no difference."""


def is_dense(block: sparse.csc_array | sparse.csr_array) -> bool:
    """Whether a block is better factorised as a full matrix."""
    size = block.shape[0]
    return bool(size >= DENSE_FROM and block.nnz >= DENSE_SHARE * size * size)


@attrs.frozen(eq=False)
class DenseFactors:
    """P L U of a full block with rows of equal size, with partial pivoting.

    Parameters
    ----------
    factors : tuple of ndarray
        As `scipy.linalg.lu_factor` gives them.
    scale : ndarray of float64, shape (size, 1)
        What the rows were multiplied with.
    """

    factors: tuple[Array, NDArray[np.int32]]
    scale: Array

    def solve(self, right: Array, trans: str = "N") -> Array:
        """Solve M x = right, or Mᵀ x = right for "T", shape (size, columns)."""
        if trans == "N":
            return np.asarray(lu_solve(self.factors, right * self.scale, check_finite=False))
        return np.asarray(lu_solve(self.factors, right, trans=1, check_finite=False) * self.scale)


def dense_factors(full: Array) -> DenseFactors:
    """Factorise a full block, by columns in memory; it is overwritten.

    Raises
    ------
    RuntimeError
        When it is exactly singular, as SuperLU does.

    Notes
    -----
    Rows are divided by their largest entry first, so that pivots are not chosen by units alone.
    """
    scale = 1.0 / np.maximum(full.max(axis=1, keepdims=True), -full.min(axis=1, keepdims=True))
    full *= scale
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", LinAlgWarning)
        factors = lu_factor(full, overwrite_a=True, check_finite=False)
    if not np.all(np.diagonal(factors[0])):
        message = "Factor is exactly singular"
        raise RuntimeError(message)
    return DenseFactors(factors, scale)
