"""Drawn numbers of a background, one draw at a time."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cradlemark.core.language import Text
from cradlemark.engine.matrices import Matrices
from cradlemark.engine.matrix_uncertainty import Sampler, Uncertainty, sampler
from cradlemark.engine.propagation import generator
from cradlemark.engine.solve import Factorisation
from cradlemark.engine.system import Entries

Array = NDArray[np.float64]


@attrs.frozen(eq=False)
class Sample:
    """Drawn numbers of one draw, before they are solved.

    Parameters
    ----------
    number : int
    matrix : scipy.sparse.csr_array, shape (processes, processes)
        A, as in `Matrices.technosphere`.
    direct : ndarray of float64, shape (categories, processes)
    reference : ndarray of float64, shape (processes,)
        Diagonal of A.
    refused : Text
        Why it cannot be; empty when it can.
    """

    number: int
    matrix: sparse.csr_array
    direct: Array
    reference: Array
    refused: Text


@attrs.frozen(eq=False)
class Pattern:
    """Where each drawn entry goes, so that a draw becomes a matrix without sorting.

    Parameters
    ----------
    matrices : Matrices
    samplers : tuple of Sampler
        Of the technosphere, and of the biosphere entries that some category counts.
    slot : ndarray of int64, shape (technosphere entries,)
        Place of each among the entries of A by rows.
    indices, indptr : ndarray of int32
        Pattern of A by rows.
    drawn : Entries
        The biosphere entries that some category counts.
    """

    matrices: Matrices
    samplers: tuple[Sampler, Sampler]
    slot: NDArray[np.int64]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]
    drawn: Entries

    def sample(self, seed: int, number: int) -> Sample:
        """Draw number `number` of a seed."""
        sources = draw_sources(seed, number)
        exchanges, flows = (one.draw(source) for one, source in zip(self.samplers, sources, strict=True))
        data = np.bincount(self.slot, exchanges, self.indices.size)
        count = self.matrices.reference_amount.size
        matrix = sparse.csr_array((data, self.indices, self.indptr), shape=(count, count))
        emitted = sparse.coo_array(
            (flows, (self.drawn.row, self.drawn.column)), shape=(len(self.matrices.system.flows), count)
        )
        direct = np.ascontiguousarray((self.matrices.characterisation @ emitted.tocsr()).toarray())
        reference = np.asarray(matrix.diagonal())
        return Sample(number, matrix, direct, reference, used_up(self.matrices, reference))


def draw_sources(seed: int, number: int) -> tuple[np.random.Generator, np.random.Generator]:
    """Random generators of the technosphere and the biosphere of one draw."""
    return generator(seed, f"technosphere:{number}"), generator(seed, f"biosphere:{number}")


def used_up(matrices: Matrices, reference: Array) -> Text:
    """Say which process of a draw makes none of its own product, if there is one; reference is its diagonal of A."""
    flipped = np.flatnonzero(reference * matrices.reference_amount <= 0.0)
    if not flipped.size:
        return Text()
    name = matrices.system.processes[flipped[0]]
    return Text(
        f"process {name!r} makes less than it takes in of its own product",
        f"过程 {name!r} 的自身产品产出少于消耗",
    )


def characterised(matrices: Matrices) -> NDArray[np.int64]:
    """Return the biosphere entries that some category counts, shape (entries,); only these are drawn."""
    counted = np.diff(matrices.characterisation.tocsc().indptr) > 0
    return np.flatnonzero(counted[matrices.system.biosphere.row])


def pattern(factors: Factorisation, technosphere: Uncertainty, biosphere: Uncertainty) -> Pattern:
    """Prepare the draws of a system with the uncertainty of its entries."""
    matrices = factors.matrices
    entries, count = matrices.system.technosphere, matrices.reference_amount.size
    places, slot = np.unique(matrices.process_of[entries.row] * count + entries.column, return_inverse=True)
    indptr = np.searchsorted(places, np.arange(count + 1) * count)
    counted, flows = characterised(matrices), matrices.system.biosphere
    drawn = Entries(flows.row[counted], flows.column[counted], flows.amount[counted])
    spread = Uncertainty(biosphere.kind[counted], biosphere.first[counted], biosphere.second[counted])
    return Pattern(
        matrices,
        (sampler(entries, technosphere), sampler(drawn, spread)),
        slot.reshape(-1),
        (places % count).astype(np.int32),
        indptr.astype(np.int32),
        drawn,
    )
