"""Drawn numbers of a whole batch, numbered as the factors that precondition it."""

from __future__ import annotations

from threading import local

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cradlemark.engine import draw_kernels as kernels
from cradlemark.engine.draw_batch import BatchFactors, DrawnMatrices
from cradlemark.engine.draw_lanes import LANES
from cradlemark.engine.draw_sample import Pattern, draw_sources

Array = NDArray[np.float64]


@attrs.frozen(eq=False)
class BatchSample:
    """Drawn numbers of a batch; they stand in memory that the next batch of the same thread uses again.

    Parameters
    ----------
    matrices : DrawnMatrices
    direct : ndarray of float64, shape (categories, processes, LANES)
    reference : ndarray of float64, shape (processes, LANES)
        Diagonal of A.
    """

    matrices: DrawnMatrices
    direct: Array
    reference: Array


@attrs.frozen(eq=False)
class BatchPattern:
    """Where each drawn entry goes in a batch.

    Parameters
    ----------
    pattern : Pattern
    start, column : ndarray
        Pattern of M by rows, as in `DrawnMatrices`.
    slot : ndarray of int64, shape (drawn exchanges,)
        Place of each among the entries of M.
    fixed : ndarray of float64, shape (entries of M,)
        Sum of the exchanges at each place that are not drawn.
    diagonal : ndarray of int64, shape (processes,)
        Place of each reference amount among the entries of M.
    flow, emitter : ndarray of int64, shape (drawn flows,)
    direct : ndarray of float64, shape (categories, processes)
        Direct impacts of the flows that are not drawn.
    characterisation : tuple
        C by flows: starts, categories and factors.
    """

    pattern: Pattern
    start: NDArray[np.int64]
    column: NDArray[np.uint32]
    slot: NDArray[np.int64]
    fixed: Array
    diagonal: NDArray[np.int64]
    flow: NDArray[np.int64]
    emitter: NDArray[np.int64]
    direct: Array
    characterisation: tuple[NDArray[np.int64], NDArray[np.int64], Array]
    space: local = attrs.field(factory=local)

    def sample(self, seed: int, numbers: range) -> BatchSample:
        """Draws of a seed side by side; a batch that is not full is filled up with its last draw."""
        values, direct, *drawn = self._space()
        for lane, number in enumerate(numbers):
            for one, source, into in zip(
                self.pattern.samplers, draw_sources(seed, number), drawn, strict=True
            ):
                one.fill(source, into[lane])
        for into in drawn:
            into[len(numbers) :] = into[len(numbers) - 1]
        values[:] = self.fixed[:, None]
        kernels.scatter(self.slot, drawn[0], values)
        direct[:] = self.direct[:, :, None]
        kernels.characterise(self.flow, self.emitter, *self.characterisation, drawn[1], direct)
        return BatchSample(DrawnMatrices(self.start, self.column, values), direct, values[self.diagonal])

    def _space(self) -> tuple[Array, ...]:
        """Memory of this thread: fresh memory for each batch would cost more than drawing into it."""
        if not hasattr(self.space, "arrays"):
            self.space.arrays = (
                np.empty((self.fixed.size, LANES)),
                np.empty((*self.direct.shape, LANES)),
                *(np.empty((LANES, one.places.size)) for one in self.pattern.samplers),
            )
        arrays: tuple[Array, ...] = self.space.arrays
        return arrays


def batch_pattern(pattern: Pattern, factors: BatchFactors, *, adjoint: bool) -> BatchPattern:
    """Number the draws of a pattern as the factors are numbered."""
    matrices = pattern.matrices
    count = matrices.reference_amount.size
    entries = matrices.system.technosphere
    product, process = matrices.process_of[entries.row], entries.column
    equation, unknown = _places(factors.equations), _places(factors.unknowns)
    row, column = (process, product) if adjoint else (product, process)
    places, slot = np.unique(equation[row] * count + unknown[column], return_inverse=True)
    slot = slot.reshape(-1)
    exchanges, flows = pattern.samplers
    own = np.arange(count)
    by_flow = matrices.characterisation.tocsc()
    drawn = flows.places
    fixed_flows = np.setdiff1d(np.arange(flows.amount.size), drawn, assume_unique=True)
    direct = _direct_of(pattern, fixed_flows)
    return BatchPattern(
        pattern,
        np.searchsorted(places, np.arange(count + 1) * count).astype(np.int64),
        (places % count).astype(np.uint32),
        np.ascontiguousarray(slot[exchanges.places]),
        _fixed_of(exchanges.amount, exchanges.places, slot, places.size),
        np.searchsorted(places, equation[own] * count + unknown[own]),
        pattern.drawn.row[drawn],
        pattern.drawn.column[drawn],
        direct,
        (by_flow.indptr.astype(np.int64), by_flow.indices.astype(np.int64), by_flow.data.astype(np.float64)),
    )


def _places(process: NDArray[np.int64]) -> NDArray[np.int64]:
    place = np.empty_like(process)
    place[process] = np.arange(process.size)
    return place


def _fixed_of(amount: Array, drawn: NDArray[np.int64], slot: NDArray[np.int64], size: int) -> Array:
    """Sum of the entries at each slot that are not drawn."""
    rest = amount.copy()
    rest[drawn] = 0.0
    return np.asarray(np.bincount(slot, rest, size), dtype=np.float64)


def _direct_of(pattern: Pattern, entries: NDArray[np.int64]) -> Array:
    """Direct impacts of some of the biosphere entries, shape (categories, processes)."""
    drawn, matrices = pattern.drawn, pattern.matrices
    places = (drawn.row[entries], drawn.column[entries])
    shape = (len(matrices.system.flows), matrices.reference_amount.size)
    emitted = sparse.coo_array((drawn.amount[entries], places), shape=shape).tocsr()
    return np.ascontiguousarray((matrices.characterisation @ emitted).toarray(), dtype=np.float64)
