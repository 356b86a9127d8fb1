"""Adjoint systems of several draws solved side by side: BiCGSTAB preconditioned with the central factors."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cradlemark.engine.draw_kernels import LANES, compiled
from cradlemark.engine.draw_solver import CLOSE, ROUNDS
from cradlemark.engine.solve import Block, Factorisation

Array = NDArray[np.float64]

ITERATIONS = 20
"""Iterations of one round after which a draw is left to another method."""


@attrs.frozen(eq=False)
class _Triangles:
    """Triangular factors of one block, strictly lower and upper part and diagonal, by columns."""

    block: Block
    lower: tuple[Any, Any, Any]
    upper: tuple[Any, Any, Any]
    diagonal: Array

    def solve(self, known: Array) -> Array:
        """Return the solution for right-hand sides of shape (size, LANES)."""
        moved = np.empty_like(known)
        moved[self.block.factors.perm_r] = known
        compiled("lower")(*self.lower, moved)
        compiled("upper")(*self.upper, self.diagonal, moved)
        return np.ascontiguousarray(moved[self.block.factors.perm_c])


def _triangles(block: Block) -> _Triangles:
    upper = block.factors.U
    diagonal = np.asarray(upper.diagonal(), dtype=np.float64)
    strict = (sparse.tril(block.factors.L, -1), sparse.triu(upper, 1))
    return _Triangles(block, _columns(strict[0]), _columns(strict[1]), diagonal)


def _columns(matrix: Any) -> tuple[Any, Any, Any]:
    """Starts, rows (unsigned: no test for a count from the end) and values of a matrix by columns."""
    matrix = matrix.tocsc()
    return matrix.indptr, matrix.indices.astype(np.uint32), matrix.data


@attrs.frozen(eq=False)
class BatchFactors:
    """Central factors, ready for `LANES` right-hand sides at once."""

    order: NDArray[np.int64]
    blocks: tuple[_Triangles, ...]

    def inverse(self, right: Array) -> Array:
        """Solve Aᵀ x = right with the central A, shape (processes, LANES)."""
        known = right[self.order]
        for triangles in reversed(self.blocks):
            start, stop, beside = triangles.block.start, triangles.block.stop, triangles.block.right
            part = known[start:stop]
            if beside.nnz:
                compiled("subtract")(beside.indptr, beside.indices, beside.data, known[stop:], part)
            known[start:stop] = triangles.solve(part)
        result = np.empty_like(known)
        result[self.order] = known
        return result


def batch_factors(factors: Factorisation) -> BatchFactors:
    """Unpack the factors."""
    return BatchFactors(factors.order, tuple(_triangles(block) for block in factors.blocks))


@attrs.frozen(eq=False)
class DrawnMatrices:
    """Technospheres of a batch: one pattern by rows, values of shape (entries, LANES)."""

    indptr: NDArray[np.int32]
    indices: NDArray[np.int32]
    values: Array

    def transposed_times(self, known: Array) -> Array:
        """Aᵀ known of each draw, shape (processes, LANES)."""
        result = np.empty_like(known)
        compiled("multiply_transposed")(self.indptr, self.indices, self.values, known, result)
        return result


@attrs.frozen(eq=False)
class Together:
    """Solutions of a batch; columns that did not converge are to be ignored.

    Parameters
    ----------
    values : ndarray of float64, shape (processes, LANES)
    residual, forward_error : ndarray of float64, shape (LANES,)
        As in `draw_solver.Nearby` [1].
    steps : ndarray of int64, shape (LANES,)
        Iterations, two solves with the central factors each.
    converged : ndarray of bool, shape (LANES,)
    """

    values: Array
    residual: Array
    forward_error: Array
    steps: NDArray[np.int64]
    converged: NDArray[np.bool_]


def solve_together(
    factors: BatchFactors, matrices: DrawnMatrices, right: Array, start: Array, weight: Array
) -> Together:
    """Solve Aᵀ x = b for every draw of a batch.

    Parameters
    ----------
    right : ndarray of float64, shape (processes, LANES)
    start, weight : ndarray of float64, shape (processes,)
        First guess, and size of each component, > 0, that errors are measured against.

    Notes
    -----
    Each draw is computed as if it were alone: a draw that is done is not changed any more while others go on. van der
    Vorst, SIAM J. Sci. Stat. Comput. 13 (1992) 631-644.
    """
    scale = weight[:, None]
    values = np.repeat(start[:, None], LANES, axis=1)
    steps = np.zeros(LANES, dtype=np.int64)
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            error = factors.inverse(right - matrices.transposed_times(values))
            size = np.abs(error / scale).max(axis=0)
            active = np.isfinite(size) & (size > CLOSE)
            if not active.any():
                break
            correction, done = _bicgstab(factors, matrices, error / scale, scale, active)
            values += correction * scale
            steps += done
        values = values + error
        residual = _residuals(matrices, right, values)
        converged = (size <= CLOSE) & np.isfinite(residual)
    return Together(values, residual, size, steps, converged)


def _dot(one: Array, other: Array) -> Array:
    return np.asarray(np.einsum("nl,nl->l", one, other))


def _bicgstab(
    factors: BatchFactors, matrices: DrawnMatrices, first: Array, scale: Array, active: NDArray[np.bool_]
) -> tuple[Array, NDArray[np.int64]]:
    """Return scaled corrections, 0 for draws that are not active, and iterations of each draw."""

    def operator(vector: Array) -> Array:
        return factors.inverse(matrices.transposed_times(vector * scale)) / scale

    going, steps = active.copy(), np.zeros(LANES, dtype=np.int64)
    total, rest, shadow = np.zeros_like(first), first.copy(), first
    direction, moved = np.zeros_like(first), np.zeros_like(first)
    product, length, damping = np.ones(LANES), np.ones(LANES), np.ones(LANES)
    for _ in range(ITERATIONS):
        previous, product = product, _dot(shadow, rest)
        direction = rest + (product / previous * length / damping) * (direction - damping * moved)
        moved = operator(direction)
        length = product / _dot(shadow, moved)
        half = rest - length * moved
        image = operator(half)
        damping = _dot(image, half) / _dot(image, image)
        change = length * direction + damping * half
        sound = np.isfinite(change).all(axis=0)
        total[:, going & sound] += change[:, going & sound]
        rest = half - damping * image
        steps += going
        going &= sound & (np.abs(rest).max(axis=0) > 0.5 * CLOSE)
        if not going.any():
            break
    return total, steps


def _residuals(matrices: DrawnMatrices, right: Array, values: Array) -> Array:
    difference = np.abs(right - matrices.transposed_times(values))
    absolute = attrs.evolve(matrices, values=np.abs(matrices.values))
    gross: Any = absolute.transposed_times(np.abs(values)) + np.abs(right)
    return np.asarray(np.where(difference == 0.0, 0.0, difference / gross).max(axis=0))
