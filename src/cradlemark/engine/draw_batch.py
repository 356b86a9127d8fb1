"""Systems of several draws solved side by side: BiCGSTAB preconditioned with the central factors.

Equations and unknowns are numbered in the order of the pivots of the central factors, so that nothing has to be moved
between one solve and the next.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU

from cradlemark.engine import draw_kernels as kernels
from cradlemark.engine.draw_lanes import LANES
from cradlemark.engine.draw_solver import CLOSE, ROUNDS
from cradlemark.engine.solve import Block, Factorisation

Array = NDArray[np.float64]
Rows = tuple[NDArray[np.int64], NDArray[np.uint32], Array]
"""A sparse matrix by rows: starts, columns (unsigned: no test for a count from the end) and values."""
Part = tuple[NDArray[np.integer], NDArray[np.integer], Array]
"""Rows, columns and values of some entries."""

NEGLIGIBLE = 1e-3
"""Entries of the factors that move a component by less than this part of its size [1] are left out."""
ITERATIONS = 20
"""Iterations of one round after which a draw is left to another method."""


@attrs.frozen(eq=False)
class BatchFactors:
    """Central factors of M (Aᵀ or A) by rows, ready for `LANES` right-hand sides at once.

    Parameters
    ----------
    equations, unknowns : ndarray of int64, shape (processes,)
        Process at each place of a right-hand side and of a solution.
    blocks : tuple of (int, int)
        Start and stop of each block, in the order in which they are solved.
    first, second : tuple
        Triangle that is solved from the top, with what earlier blocks contribute, and triangle solved from the bottom.
    first_inverse, second_inverse : ndarray of float64, shape (processes,)
        One over the pivots.
    """

    equations: NDArray[np.int64]
    unknowns: NDArray[np.int64]
    blocks: tuple[tuple[int, int], ...]
    first: Rows
    first_inverse: Array
    second: Rows
    second_inverse: Array

    def inverse(self, known: Array) -> None:
        """Solve M₀ x = known in place, shape (processes, LANES)."""
        for top, bottom in self.blocks:
            kernels.downwards(*self.first, self.first_inverse, top, bottom, known)
            kernels.upwards(*self.second, self.second_inverse, top, bottom, known)


def batch_factors(factors: Factorisation, weight: Array, *, adjoint: bool) -> BatchFactors:
    """Unpack the factors of Aᵀ, for Aᵀ itself or transposed, for A.

    Parameters
    ----------
    factors : Factorisation
    weight : ndarray of float64, shape (processes,)
        Size of each component of a solution, > 0.
    adjoint : bool

    Notes
    -----
    Draws differ from the central system by per cents, so a preconditioner may, too: what is left out of the factors costs
    hardly any iteration, and three quarters of the entries of a large component may go.
    """
    kernels.prepare()
    rows, columns, place = _numbering(factors)
    pivots = np.concatenate([_sparse(block).U.diagonal() for block in factors.blocks])
    ends = (rows, columns) if adjoint else (columns, rows)
    size = weight[ends[1]]
    scaled = size * np.abs(pivots)
    lower: list[Part] = []
    upper: list[Part] = []
    for block in factors.blocks:
        span = slice(block.start, block.stop)
        beside, factors_here = block.right.tocoo(), _sparse(block)
        at = (block.start + factors_here.perm_r[beside.coords[0]], place[block.stop + beside.coords[1]])
        outside = _heavy(*at, beside.data, scaled, size, adjoint=adjoint)
        inner = (scaled[span], scaled[span]) if adjoint else (size[span], size[span])
        below = _heavy(*_triangle(factors_here.L), *inner, adjoint=adjoint, start=block.start)
        above = _heavy(
            *_triangle(factors_here.U), scaled[span], size[span], adjoint=adjoint, start=block.start
        )
        (lower if adjoint else upper).append(outside)
        lower.append(below)
        upper.append(above)
    ones, inverse = np.ones(rows.size), 1.0 / pivots
    spans = tuple((block.start, block.stop) for block in factors.blocks)
    below_rows, above_rows = _rows(lower, rows.size), _rows(upper, rows.size)
    if adjoint:
        return BatchFactors(*ends, spans[::-1], below_rows, ones, above_rows, inverse)
    return BatchFactors(*ends, spans, above_rows, inverse, below_rows, ones)


def _sparse(block: Block) -> Any:
    """Return factors with triangles; draws of other blocks go one by one."""
    assert isinstance(block.factors, SuperLU)
    return block.factors


def _numbering(factors: Factorisation) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Process at each row and at each column of the factors, and the column of each place of their order."""
    rows, columns, place = (np.empty(factors.order.size, dtype=np.int64) for _ in range(3))
    for block in factors.blocks:
        span = slice(block.start, block.stop)
        rows[block.start + _sparse(block).perm_r] = factors.order[span]
        columns[block.start + _sparse(block).perm_c] = factors.order[span]
        place[span] = block.start + _sparse(block).perm_c
    return rows, columns, place


def _triangle(matrix: sparse.csc_array) -> tuple[NDArray[np.int32], NDArray[np.int32], Array]:
    """Entries of a factor that are not on its diagonal."""
    column = np.repeat(np.arange(matrix.shape[1], dtype=np.int32), np.diff(matrix.indptr))
    outside = matrix.indices != column
    return matrix.indices[outside], column[outside], matrix.data[outside]


def _heavy(
    row: NDArray[np.integer],
    column: NDArray[np.integer],
    value: Array,
    row_size: Array,
    column_size: Array,
    *,
    adjoint: bool,
    start: int = 0,
) -> Part:
    """Entries that count, transposed for a forward system; sizes are those of a right-hand side and of an unknown."""
    if not adjoint:
        row, column = column, row
    heavy = np.flatnonzero(np.abs(value) * column_size[column] > NEGLIGIBLE * row_size[row])
    return row[heavy] + start, column[heavy] + start, value[heavy]


def _rows(parts: list[Part], count: int) -> Rows:
    """Put entries together by rows."""
    row, column, value = (np.concatenate(each) for each in zip(*parts, strict=True))
    matrix = sparse.coo_array(
        (value, (row.astype(np.int32), column.astype(np.int32))), shape=(count, count)
    ).tocsr()
    matrix.sort_indices()
    return matrix.indptr.astype(np.int64), matrix.indices.astype(np.uint32), matrix.data


@attrs.frozen(eq=False)
class DrawnMatrices:
    """Drawn M of a batch, numbered as the factors: one pattern by rows, values of shape (entries, LANES)."""

    start: NDArray[np.int64]
    column: NDArray[np.uint32]
    values: Array

    def times(self, known: Array, result: Array) -> None:
        """result = M known of each draw, shape (processes, LANES)."""
        kernels.multiply(self.start, self.column, self.values, known, result)

    def gross(self, known: Array) -> Array:
        """|M| |known|."""
        result = np.empty_like(known)
        kernels.gross_multiply(self.start, self.column, self.values, known, result)
        return result


@attrs.frozen(eq=False)
class Together:
    """Solutions of a batch; columns that did not converge are to be ignored.

    Parameters
    ----------
    values : ndarray of float64, shape (processes, LANES)
        In the order of the processes.
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
    factors: BatchFactors,
    matrices: DrawnMatrices,
    right: Array,
    start: Array,
    weight: Array,
    wanted: NDArray[np.bool_],
) -> Together:
    """Solve M x = b for every draw of a batch.

    Parameters
    ----------
    right : ndarray of float64, shape (processes, LANES)
    start, weight : ndarray of float64, shape (processes,)
        First guess, and size of each component, > 0, that errors are measured against.
    wanted : ndarray of bool, shape (LANES,)
        Which draws to solve.

    Notes
    -----
    Each draw is computed as if it were alone. A draw that a round does not bring ten times closer is given up; one that is done is not changed any more while others go on. van der
    Vorst, SIAM J. Sci. Stat. Comput. 13 (1992) 631-644.
    """
    known = np.ascontiguousarray(right[factors.equations])
    scale = weight[factors.unknowns]
    values = np.repeat(start[factors.unknowns][:, None], LANES, axis=1)
    steps, error, before = np.zeros(LANES, dtype=np.int64), np.empty_like(known), np.full(LANES, np.inf)
    with np.errstate(all="ignore"):
        for _ in range(ROUNDS):
            matrices.times(values, error)
            np.subtract(known, error, out=error)
            factors.inverse(error)
            relative = error / scale[:, None]
            size = np.abs(relative).max(axis=0)
            active = wanted & (size > CLOSE) & (size < 0.1 * before)
            if not active.any():
                break
            correction, done = _bicgstab(factors, matrices, relative, scale, active)
            correction *= scale[:, None]
            values += correction
            steps, before = steps + done, size
        values += error
        residual = _residuals(matrices, known, values)
        converged = (size <= CLOSE) & np.isfinite(residual)
    solved = np.empty_like(values)
    solved[factors.unknowns] = values
    return Together(solved, residual, size, steps, converged)


def _bicgstab(
    factors: BatchFactors, matrices: DrawnMatrices, shadow: Array, scale: Array, active: NDArray[np.bool_]
) -> tuple[Array, NDArray[np.int64]]:
    """Return scaled corrections, 0 for draws that are not active, and iterations of each draw."""
    going, steps, inverse_scale = active.copy(), np.zeros(LANES, dtype=np.int64), 1.0 / scale
    total, rest, carried = np.zeros_like(shadow), shadow.copy(), np.empty_like(shadow)
    direction, moved, image = np.zeros_like(shadow), np.zeros_like(shadow), np.empty_like(shadow)
    sums, numbers = np.empty((2, LANES)), np.empty((3, LANES))
    length, damping, growth = np.ones(LANES), np.ones(LANES), np.zeros(LANES)
    product = np.asarray(np.einsum("nl,nl->l", shadow, shadow))
    for _ in range(ITERATIONS):
        kernels.turn(rest, moved, direction, carried, scale, growth, damping)
        matrices.times(carried, moved)
        factors.inverse(moved)
        kernels.weigh(moved, inverse_scale, shadow, sums)
        length = product / sums[0]
        kernels.step(rest, moved, carried, scale, length)
        matrices.times(carried, image)
        factors.inverse(image)
        kernels.weigh(image, inverse_scale, rest, sums)
        damping = np.where(sums[1] > 0.0, sums[0] / sums[1], 0.0)
        going &= np.isfinite(length) & np.isfinite(damping)
        numbers[0], numbers[1], numbers[2] = length, damping, going
        kernels.advance(total, rest, direction, image, shadow, numbers, sums)
        steps += going
        going &= np.isfinite(sums[0]) & (sums[1] > 0.5 * CLOSE)
        if not going.any():
            break
        growth, product = sums[0] / product * length / damping, sums[0].copy()
    return total, steps


def _residuals(matrices: DrawnMatrices, right: Array, values: Array) -> Array:
    difference = np.empty_like(values)
    matrices.times(values, difference)
    np.subtract(right, difference, out=difference)
    gross = matrices.gross(values)
    gross += np.abs(right)
    np.abs(difference, out=difference)
    return np.asarray(np.divide(difference, gross, out=difference, where=difference != 0.0).max(axis=0))
