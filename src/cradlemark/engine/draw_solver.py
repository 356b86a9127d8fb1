"""Solve many systems that differ a little from a factorised one: GMRES preconditioned with the central factors."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.engine.solve import Factorisation

Array = NDArray[np.float64]

STEPS = 40
"""Krylov dimension at which an iterative solution is given up for a direct one."""
ROUNDS = 4
"""Restarts of the iteration, each from the error estimated anew."""
CLOSE = 1e-9
"""Estimated relative error [1] of an iterative solution, before its last correction."""


@attrs.frozen(eq=False)
class Nearby:
    """A solution of M x = b, close to the system that is factorised.

    Parameters
    ----------
    values : ndarray of float64, shape (processes,)
    residual : float
        Componentwise relative residual [1].
    forward_error : float
        Largest |M₀⁻¹ (b - M x)| before the last correction, relative to the terms each component is made of [1]; M₀ is
        the factorised matrix.
    steps : int
        Iterations.
    """

    values: Array
    residual: float
    forward_error: float
    steps: int


def solve_nearby(
    central: Factorisation, matrix: Any, right: Array, start: Array, weight: Array, *, adjoint: bool
) -> Nearby | None:
    """Solve M x = b, or return None when it does not converge.

    Parameters
    ----------
    central : Factorisation
        Of the matrix that M is close to.
    matrix : scipy.sparse array, shape (processes, processes)
        M, transposed already for an adjoint system.
    right, start : ndarray of float64, shape (processes,)
        b and a first guess.
    weight : ndarray of float64, shape (processes,)
        Size of each component, > 0; errors are measured relative to it.
    adjoint : bool
        Whether M is close to Aᵀ (or to A).

    Notes
    -----
    Left preconditioned, so what is made small is the estimated error itself, in the norm weighted by 1 / weight.
    Saad and Schultz, SIAM J. Sci. Stat. Comput. 7 (1986) 856-869.
    """

    def inverse(vector: Array) -> Array:
        column = vector.reshape(-1, 1)
        return (central.adjoint(column) if adjoint else central.forward(column))[:, 0]

    values, steps = start, 0
    error = inverse(right - matrix @ values)
    for _ in range(ROUNDS):
        size = _relative(error, weight)
        if size <= CLOSE:
            values = values + error
            return Nearby(values, _residual(matrix, right, values), size, steps)
        if not np.isfinite(size):
            return None
        correction, done = _krylov(matrix, inverse, error, weight)
        if done == STEPS:
            return None
        values, steps = values + correction, steps + done
        error = inverse(right - matrix @ values)
    return None


def _relative(error: Array, weight: Array) -> float:
    with np.errstate(all="ignore"):
        return float(np.abs(error / weight).max())


def _residual(matrix: Any, right: Array, values: Array) -> float:
    difference = np.abs(right - matrix @ values)
    gross = abs(matrix) @ np.abs(values) + np.abs(right)
    return float(np.divide(difference, gross, out=np.zeros_like(gross), where=gross > 0.0).max())


def _krylov(matrix: Any, inverse: Any, error: Array, weight: Array) -> tuple[Array, int]:
    """Minimise the weighted norm of M₀⁻¹(r - M c) over a growing Krylov space, given M₀⁻¹ r; return c and its size."""
    first = error / weight
    norm = float(np.linalg.norm(first))
    wanted = 2.0 * CLOSE  # the norm runs over all components, the estimate is of the worst one
    if not norm > 0.0:
        return np.zeros_like(error), 0
    basis = np.empty((STEPS + 1, error.size))
    basis[0] = first / norm
    hessenberg = np.zeros((STEPS + 1, STEPS))
    for step in range(STEPS):
        vector = inverse(matrix @ (basis[step] * weight)) / weight
        for _ in range(2):  # twice is enough to keep the basis orthogonal
            parts = basis[: step + 1] @ vector
            vector = vector - parts @ basis[: step + 1]
            hessenberg[: step + 1, step] += parts
        length = float(np.linalg.norm(vector))
        hessenberg[step + 1, step] = length
        if not np.isfinite(length):
            break
        target = np.zeros(step + 2)
        target[0] = norm
        small = hessenberg[: step + 2, : step + 1]
        weights, *_ = np.linalg.lstsq(small, target, rcond=None)
        left = float(np.linalg.norm(target - small @ weights))
        if left <= wanted or length <= 1e-14 * norm:
            return np.asarray(weights @ basis[: step + 1]) * weight, step + 1
        basis[step + 1] = vector / length
    return np.zeros_like(error), STEPS
