"""One factorisation of the transposed technosphere; solutions that state how exact they are, or are refused.

The adjoint system Aᵀ λ = g and the forward system A s = f use the same factors. Aᵀ is put into block upper triangular
form first (strongly connected components of the supply graph in topological order), so that only true loops are
factorised with fill.
"""

from __future__ import annotations

from typing import Literal, Protocol

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import SuperLU, splu

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.engine.dense_factors import DenseFactors, dense_factors, is_dense
from cradlemark.engine.iterated_factors import IteratedFactors, iterated_factors
from cradlemark.engine.matrices import Matrices, listed
from cradlemark.engine.ordering import Elimination, block_order, elimination_of
from cradlemark.engine.weak_loops import singular_system, weak_loops

TOLERANCE = 1e-9
"""Largest residual and estimated forward error [1] of a result that is handed out."""
REFINEMENTS = 3
WEAK = 1e-5
"""Gap of a loop [1] from which it can be to blame for an inaccurate result."""

Array = NDArray[np.float64]


class InaccurateError(CradlemarkError, ArithmeticError):
    """A result misses the tolerance and is not handed out."""


class Operator(Protocol):
    """What can be solved with: a technosphere and its approximate inverse."""

    @property
    def matrices(self) -> Matrices:
        """The matrices that solutions are checked against."""

    def adjoint(self, right: Array) -> Array:
        """Solve Aᵀ x = right, shape (processes, columns), unchecked."""

    def forward(self, right: Array) -> Array:
        """Solve A x = right, shape (processes, columns), unchecked."""

    def sharper(self) -> Operator | None:
        """Return a more careful inverse of the same matrices, for when this one misses the tolerance."""


@attrs.frozen(eq=False)
class Block:
    """A diagonal block of the permuted Aᵀ, rows and columns start to stop, with what lies to the right of it."""

    start: int
    stop: int
    factors: SuperLU | DenseFactors | IteratedFactors
    right: sparse.csr_array


@attrs.frozen(eq=False)
class Factorisation:
    """Factors of Aᵀ.

    Parameters
    ----------
    matrices : Matrices
    order : ndarray of int64, shape (processes,)
        Process at each place of the permuted matrix.
    blocks : tuple of Block
        From top left to bottom right.
    pivot_threshold : float
        0 for pivots from the diagonal, 1 for partial pivoting, which a full matrix always has.
    """

    matrices: Matrices
    order: NDArray[np.int64]
    blocks: tuple[Block, ...]
    pivot_threshold: float

    @property
    def triangular(self) -> bool:
        """Whether every block has sparse triangular factors; none is full, or solved by iteration."""
        return all(isinstance(block.factors, SuperLU) for block in self.blocks)

    def adjoint(self, right: Array) -> Array:
        """Solve Aᵀ x = right, shape (processes, columns), unchecked: back substitution over the blocks."""
        known = np.asfortranarray(right[self.order])
        for block in reversed(self.blocks):
            part = known[block.start : block.stop]
            if block.right.nnz:
                part = part - block.right @ known[block.stop :]
            known[block.start : block.stop] = block.factors.solve(np.asfortranarray(part))
        return self._restored(known)

    def forward(self, right: Array) -> Array:
        """Solve A x = right, shape (processes, columns), unchecked: forward substitution with the same factors."""
        known = np.asfortranarray(right[self.order])
        for block in self.blocks:
            part = block.factors.solve(np.asfortranarray(known[block.start : block.stop]), "T")
            known[block.start : block.stop] = part
            if block.right.nnz:
                known[block.stop :] -= block.right.T @ part
        return self._restored(known)

    def sharper(self) -> Factorisation | None:
        """Return a factorisation with partial pivoting, if this is none."""
        return None if self.pivot_threshold == 1.0 else _factorise(self.matrices, pivot_threshold=1.0)

    def _restored(self, permuted: Array) -> Array:
        result = np.empty_like(permuted)
        result[self.order] = permuted
        return result


def factorise(matrices: Matrices) -> Factorisation:
    """Factorise the transposed technosphere.

    Raises
    ------
    InputErrors
        ``system-singular``, with the processes that cancel each other, loop by loop.

    Notes
    -----
    Pivots are taken from the diagonal, the reference amounts: for a system whose loops contract that is stable in
    every choice of units, and gives less fill. A trial solution is checked; where it is not a
    thousand times better than the tolerance, the matrix is factorised again with partial pivoting.
    """
    diagonal = _factorise(matrices, pivot_threshold=0.0)
    if diagonal.pivot_threshold == 1.0:
        return diagonal
    trial = np.ones((matrices.technosphere.shape[0], 1))
    checked = checked_system(diagonal, trial, kind="adjoint")
    values = diagonal.adjoint(trial)
    difference, gross, residual = checked.residual(values)
    error = checked.forward_error(diagonal.adjoint(difference + checked.roundoff(gross)), values, gross)
    if max(residual.max(), error.max()) <= TOLERANCE * 1e-3:
        return diagonal
    return _factorise(matrices, pivot_threshold=1.0)


def _factorise(matrices: Matrices, *, pivot_threshold: float) -> Factorisation:
    if is_dense(matrices.technosphere) and _all_are_used(matrices.technosphere):
        return _full(matrices)
    order, cuts = block_order(matrices.technosphere)
    transposed = matrices.technosphere.T.tocsr()
    if len(cuts) > 1 or not (order[1:] > order[:-1]).all():
        transposed = transposed[order][:, order].tocsr()
    moved, blocks = np.arange(order.size), []
    for start, stop, loops in reversed(cuts):
        rows = transposed[start:stop]
        diagonal, right = rows[:, start:stop].tocsc(), rows[:, stop:].tocsr()
        if right.nnz:
            right = right[:, moved[stop:] - stop].tocsr()
        plan = _plan(diagonal, loops=loops)
        inner = plan.order if pivot_threshold == 0.0 and not plan.costly else None
        if inner is not None:
            moved[start:stop] = start + inner
            diagonal, right = diagonal[inner][:, inner].tocsc(), right[inner]
        try:
            ordered = inner is not None or not loops
            factors = _block_factors(diagonal, plan, ordered=ordered, pivot_threshold=pivot_threshold)
        except RuntimeError as error:
            raise singular_system(matrices) from error
        blocks.append(Block(start, stop, factors, right))
    return Factorisation(matrices, order[moved], tuple(reversed(blocks)), pivot_threshold)


def _all_are_used(technosphere: sparse.csr_array) -> bool:
    """Whether every product has another user; if not, as for final demand, loops have to be told apart.

    Partial pivoting across processes that nobody uses leaves rounding noise where their amount is exactly zero.
    """
    return bool(np.diff(technosphere.tocsr().indptr).min(initial=2) > 1)


def _full(matrices: Matrices) -> Factorisation:
    """One block for all, without looking for loops, for there are hardly any other processes."""
    count = matrices.technosphere.shape[0]
    try:
        factors = dense_factors(matrices.technosphere.toarray().T)
    except RuntimeError as error:
        raise singular_system(matrices) from error
    block = Block(0, count, factors, sparse.csr_array((count, 0)))
    return Factorisation(matrices, np.arange(count), (block,), 1.0)


def _plan(block: sparse.csc_array, *, loops: bool) -> Elimination:
    """Only a large component that is sparse needs a plan."""
    return elimination_of(block) if loops and not is_dense(block) else Elimination(None, costly=False)


def _block_factors(
    block: sparse.csc_array, plan: Elimination, *, ordered: bool, pivot_threshold: float
) -> SuperLU | DenseFactors | IteratedFactors:
    if plan.costly:
        return iterated_factors(block)
    if is_dense(block):
        return dense_factors(block.toarray(order="F"))
    if ordered:
        return splu(block, permc_spec="NATURAL", diag_pivot_thresh=pivot_threshold, relax=1, panel_size=1)
    return splu(block, permc_spec="COLAMD", diag_pivot_thresh=pivot_threshold)


@attrs.frozen(eq=False)
class Solution:
    """Solution of a linear system, with its accuracy.

    Parameters
    ----------
    values : ndarray of float64, shape (columns, processes)
        One row for each right-hand side.
    residual : ndarray of float64, shape (columns,)
        Largest |b - M x| / (|M| |x| + |b|) over all equations [1], the componentwise relative residual.
    forward_error : ndarray of float64, shape (columns,)
        Estimate of the largest relative error over all components [1]; each is measured against the gross sum of the
        terms it is made of, so that a small difference of large terms is not called inexact.
    """

    values: Array
    residual: Array
    forward_error: Array


def solve(operator: Operator, right: Array, *, kind: Literal["adjoint", "forward"]) -> Solution:
    """Solve Aᵀ x = b (adjoint) or A x = b (forward) and check the result.

    Parameters
    ----------
    operator : Operator
        A `Factorisation`, or another inverse of the same shape.
    right : ndarray of float64, shape (columns, processes)
        One row for each right-hand side b.

    Raises
    ------
    InaccurateError
        ``result-inaccurate`` when residual or estimated forward error stays above 1e-9 after refinement.

    Notes
    -----
    The forward error is estimated from one more solve, M e = r + u (|M| |x| + |b|) z with the residual r, the unit
    roundoff u and normal numbers z that are random but fixed: small-sample statistical condition estimation with one sample
    (Kenney, Laub and Reese, SIAM J. Sci. Comput. 19 (1998) 566-583). A backward stable solution of a nearly singular
    system has a small residual and a large estimate.
    """
    inverse = operator.adjoint if kind == "adjoint" else operator.forward
    wanted = np.asfortranarray(np.atleast_2d(right).T, dtype=np.float64)
    system = checked_system(operator, wanted, kind=kind)
    values = inverse(wanted)
    for _ in range(REFINEMENTS):
        difference, gross, residual = system.residual(values)
        error = system.forward_error(inverse(difference + system.roundoff(gross)), values, gross)
        if max(residual.max(initial=0.0), error.max(initial=0.0)) <= TOLERANCE:
            return Solution(np.ascontiguousarray(values.T), residual.max(axis=0), error.max(axis=0))
        values = values + inverse(difference)
    sharper = operator.sharper()
    if sharper is not None:
        return solve(sharper, right, kind=kind)
    raise _inaccurate(operator.matrices, residual, error)


def checked_system(operator: Operator, right: Array, *, kind: Literal["adjoint", "forward"]) -> CheckedSystem:
    """Return the system that solutions of shape (processes, columns) are held against."""
    matrix = operator.matrices.technosphere
    matrix = matrix.T if kind == "adjoint" else matrix
    return CheckedSystem(matrix, abs(matrix), np.abs(operator.matrices.reference_amount)[:, None], right)


@attrs.frozen(eq=False)
class CheckedSystem:
    """The system M x = b that a solution is held against."""

    matrix: sparse.csr_array
    absolute: sparse.csr_array
    pivot: Array
    right: Array

    def residual(self, values: Array) -> tuple[Array, Array, Array]:
        """Return b - M x, |M| |x| + |b|, and the ratio of both, each of shape (processes, columns)."""
        difference = self.right - self.matrix @ values
        gross = self.absolute @ np.abs(values) + np.abs(self.right)
        return difference, gross, _ratio(np.abs(difference), gross)

    def roundoff(self, gross: Array) -> Array:
        """One unit roundoff of every equation, times normal numbers that are random but fixed.

        Plain signs would cancel each other exactly in every other loop of two equal processes.
        """
        numbers = np.random.default_rng(20261122).standard_normal((gross.shape[0], 1))
        unit = float(np.finfo(np.float64).eps) / 2.0
        return np.asarray(gross * (unit * numbers))

    def forward_error(self, error: Array, values: Array, gross: Array) -> Array:
        """Error of each component relative to the gross sum of its terms, shape (processes, columns)."""
        scale = np.maximum(gross / self.pivot - np.abs(values), np.abs(values))
        return _ratio(np.abs(error), np.maximum(scale, 1e-20 * scale.max(axis=0, initial=0.0)))


def _ratio(part: Array, whole: Array) -> Array:
    """part / whole, 0 where both are 0, infinite where that is no number."""
    with np.errstate(all="ignore"):
        ratio = np.where(part == 0.0, 0.0, part / whole)
    return np.where(np.isnan(ratio) | ~np.isfinite(whole), np.inf, ratio)


def _inaccurate(matrices: Matrices, residual: Array, error: Array) -> InaccurateError:
    loops = weak_loops(matrices, limit=WEAK)
    if loops:
        guilty, part = np.concatenate([loop.processes for loop in loops]), Text("to blame are", "原因在于")
    else:
        worst = np.maximum(residual, error).max(axis=1)
        guilty, part = (
            np.argsort(-worst, kind="stable")[: max(1, int((worst > TOLERANCE).sum()))],
            Text("worst at", "最严重的是"),
        )
    names = listed(matrices.system.processes, guilty)
    return InaccurateError(
        Text(
            f"the result is refused: relative residual {residual.max():.1e}, estimated error {error.max():.1e}, "
            f"allowed {TOLERANCE:.0e}; {part.en} {names}",
            f"结果被拒绝：相对残差 {residual.max():.1e}，估计误差 {error.max():.1e}，允许 {TOLERANCE:.0e}；{part.zh} {names}",
        ),
        code="result-inaccurate",
        where=f"processes {names}",
        hint=Text(
            "these processes nearly cancel each other, or amounts are far apart in size: check their exchanges",
            "这些过程几乎互相抵消，或数量大小相差悬殊：检查其交换",
        ),
    )
