"""Draws of the intensities of a whole background, made once and shared by every product that is compared.

Draw d of a seed is the same numbers whatever else is drawn with it and however many threads work, so products that are
evaluated on the same draws can be compared pair by pair.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.engine.draw_batch import BatchFactors, DrawnMatrices, batch_factors, solve_together
from cradlemark.engine.draw_kernels import LANES
from cradlemark.engine.draw_solver import Nearby, solve_nearby
from cradlemark.engine.matrices import Matrices
from cradlemark.engine.matrix_uncertainty import Sampler, Uncertainty, check_uncertainty, sampler
from cradlemark.engine.propagation import generator
from cradlemark.engine.solve import TOLERANCE, Factorisation, checked_system, factorise, solve
from cradlemark.engine.system import Entries

EXTREME = 1e3
"""A draw in which an impact is this many times the central gross one [1] is reported as near singularity."""
BATCHED_FROM = 300
"""Processes from which draws are solved side by side; compiling the loops would take longer for smaller systems."""
Array = NDArray[np.float64]


@attrs.frozen
class Suspect:
    """A draw to look at.

    Parameters
    ----------
    draw : int
        Its number.
    refused : bool
        Whether there is no result (its values are not a number); otherwise the result stands, but is extreme.
    reason : str
    """

    draw: int
    refused: bool
    reason: str


@attrs.frozen(eq=False)
class BackgroundDraws:
    """Draws of impacts per unit of product.

    Parameters
    ----------
    values : ndarray of float64, shape (draws, categories, processes)
        As `Intensities.values` [unit of the category / unit of the product]; only the wanted processes, in the order
        wanted, where some were named. Not a number for refused draws.
    residual, forward_error : float
        Largest relative residual and estimated relative error of the accepted draws [1].
    steps : float
        Mean number of iterations of a solve [1]; side by side an iteration takes two solves with the central factors.
    direct : int
        How many draws fell back to a factorisation of their own.
    suspects : tuple of Suspect
        Refused and extreme draws, in order.
    """

    values: Array
    residual: float
    forward_error: float
    steps: float
    direct: int
    suspects: tuple[Suspect, ...]


@attrs.frozen(eq=False)
class Model:
    """A factorised system with the uncertainty of its entries.

    Parameters
    ----------
    factors : Factorisation
        Of the central matrices.
    technosphere, biosphere : Uncertainty
        Of the entries of ``factors.matrices.system``, in their order.

    Raises
    ------
    InputErrors
        ``distribution-invalid``, ``system-shape``.
    """

    factors: Factorisation
    technosphere: Uncertainty
    biosphere: Uncertainty

    def __attrs_post_init__(self) -> None:
        check_uncertainty("technosphere", self.factors.matrices.system.technosphere, self.technosphere)
        check_uncertainty("biosphere", self.factors.matrices.system.biosphere, self.biosphere)


@attrs.frozen(eq=False)
class _Drawn:
    """Result of one draw: values of shape (categories, wanted), and how they came about."""

    values: Array
    residual: float
    forward_error: float
    steps: float
    direct: bool
    suspect: Suspect | None


@attrs.frozen(eq=False)
class _Sample:
    """Drawn numbers of one draw, before they are solved; why it cannot be, if so."""

    number: int
    matrix: sparse.csr_array
    direct: Array
    reference: Array
    refused: str


@attrs.frozen(eq=False)
class _Pattern:
    """Where each entry goes, so that a draw becomes a matrix without sorting."""

    matrices: Matrices
    slot: NDArray[np.int64]
    indices: NDArray[np.int32]
    indptr: NDArray[np.int32]
    emitter: NDArray[np.int64]  # process of each characterised biosphere entry
    factors: Array  # characterisation of each of them, shape (categories, entries)

    def technosphere(self, amounts: Array) -> sparse.csr_array:
        data = np.bincount(self.slot, amounts, self.indices.size)
        count = self.matrices.reference_amount.size
        return sparse.csr_array((data, self.indices, self.indptr), shape=(count, count))

    def direct(self, amounts: Array) -> Array:
        count = self.matrices.reference_amount.size
        rows = [np.bincount(self.emitter, row * amounts, count) for row in self.factors]
        return np.array(rows, dtype=np.float64).reshape(len(rows), count)


def characterised(matrices: Matrices) -> NDArray[np.int64]:
    """Return the biosphere entries that some category counts, shape (entries,); only these are drawn."""
    counted = np.diff(matrices.characterisation.tocsc().indptr) > 0
    return np.flatnonzero(counted[matrices.system.biosphere.row])


def _pattern(matrices: Matrices, drawn: Entries) -> _Pattern:
    entries, count = matrices.system.technosphere, matrices.reference_amount.size
    places, slot = np.unique(matrices.process_of[entries.row] * count + entries.column, return_inverse=True)
    indptr = np.searchsorted(places, np.arange(count + 1) * count)
    return _Pattern(
        matrices,
        slot.reshape(-1),
        (places % count).astype(np.int32),
        indptr.astype(np.int32),
        drawn.column,
        np.ascontiguousarray(matrices.characterisation.toarray()[:, drawn.row]),
    )


def background_draws(
    model: Model, *, draws: int, seed: int, products: Sequence[int] | None = None, threads: int = 1
) -> BackgroundDraws:
    """Draw technosphere and biosphere and solve each draw.

    Parameters
    ----------
    model : Model
    draws : int
        How many, at least 1.
    seed : int
        Draw d is the same for the same seed, whatever the number of draws or threads.
    products : sequence of int, optional
        Indices of the only products wanted; all when left out. With fewer products than categories the forward system
        is solved, otherwise the adjoint one.
    threads : int
        Threads that solve at once; results do not depend on it.

    Raises
    ------
    InputError
        ``draws-count`` for less than one draw or thread; ``demand-unknown`` for a product that is not there.
    """
    if draws < 1 or threads < 1:
        message = f"{draws} draws with {threads} threads are wanted"
        raise InputError(message, code="draws-count", hint="use at least 1 of each")
    worker = _worker(model, seed, products)
    batches = [range(start, min(start + LANES, draws)) for start in range(0, draws, LANES)]
    if threads == 1:
        parts = [worker.batch(numbers) for numbers in batches]
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(worker.batch, batches))
    done = [one for part in parts for one in part]
    return BackgroundDraws(
        np.stack([one.values for one in done]),
        max(one.residual for one in done),
        max(one.forward_error for one in done),
        float(np.mean([one.steps for one in done])),
        sum(one.direct for one in done),
        tuple(one.suspect for one in done if one.suspect is not None),
    )


def _worker(model: Model, seed: int, products: Sequence[int] | None) -> _Worker:
    matrices = model.factors.matrices
    count, categories = matrices.reference_amount.size, len(matrices.system.categories)
    wanted = np.arange(count) if products is None else _processes(matrices, products)
    adjoint = products is None or wanted.size >= categories
    if adjoint:
        right = matrices.direct
    else:
        right = np.zeros((wanted.size, count))
        right[np.arange(wanted.size), wanted] = matrices.sign[wanted]
    kind = "adjoint" if adjoint else "forward"
    centre = solve(model.factors, right, kind=kind).values.T  # type: ignore[arg-type]
    checked = checked_system(model.factors, right.T, kind=kind)  # type: ignore[arg-type]
    gross = checked.residual(centre)[1]
    weight = np.maximum(gross / checked.pivot - np.abs(centre), np.abs(centre))
    compiles = count >= BATCHED_FROM and importlib.util.find_spec("numba") is not None
    together = batch_factors(model.factors) if adjoint and compiles else None
    floor = np.maximum(1e-12 * weight.max(axis=0, initial=0.0), np.finfo(np.float64).tiny)
    weight = np.maximum(weight, floor)
    drawn = _chosen(matrices.system.biosphere, characterised(matrices))
    pattern, samplers = _pattern(matrices, drawn), _samplers(model, drawn)
    return _Worker(model, seed, pattern, wanted, adjoint, right, centre, weight, together, samplers)


def _chosen(entries: Entries, places: NDArray[np.int64]) -> Entries:
    return Entries(entries.row[places], entries.column[places], entries.amount[places])


def _samplers(model: Model, drawn: Entries) -> tuple[Sampler, Sampler]:
    matrices, spread = model.factors.matrices, model.biosphere
    places = characterised(matrices)
    chosen = Uncertainty(spread.kind[places], spread.first[places], spread.second[places])
    return sampler(matrices.system.technosphere, model.technosphere), sampler(drawn, chosen)


def _processes(matrices: Matrices, products: Sequence[int]) -> NDArray[np.int64]:
    known = len(matrices.system.products)
    for product in products:
        if not 0 <= product < known:
            message = f"there is no product {product}; the system has {known}"
            raise InputError(message, code="demand-unknown", hint=f"use 0 to {known - 1}")
    return matrices.process_of[np.asarray(products, dtype=np.int64)]


@attrs.frozen(eq=False)
class _Worker:
    model: Model
    seed: int
    pattern: _Pattern
    wanted: NDArray[np.int64]
    adjoint: bool
    right: Array  # (columns, processes) of the central system
    centre: Array  # (processes, columns)
    weight: Array  # (processes, columns)
    together: BatchFactors | None
    samplers: tuple[Sampler, Sampler]

    def batch(self, numbers: range) -> list[_Drawn]:
        """Solve the draws side by side where that can be done, and one by one what is left."""
        if not self.adjoint or self.together is None:
            return [self._alone(self._sample(number)) for number in numbers]
        samples = [self._sample(number) for number in numbers]
        sound = [one for one in samples if not one.refused]
        found = self._side_by_side(sound) if sound else {}
        return [found.get(one.number) or self._alone(one) for one in samples]

    def _sample(self, number: int) -> _Sample:
        system = self.pattern.matrices.system
        exchanges = self.samplers[0].draw(generator(self.seed, f"technosphere:{number}"))
        flows = self.samplers[1].draw(generator(self.seed, f"biosphere:{number}"))
        matrix, direct = self.pattern.technosphere(exchanges), self.pattern.direct(flows)
        reference = np.asarray(matrix.diagonal())
        flipped = np.flatnonzero(reference * self.pattern.matrices.reference_amount <= 0.0)
        refused = ""
        if flipped.size:
            name = system.processes[flipped[0]]
            refused = f"process {name!r} makes less than it takes in of its own product"
        return _Sample(number, matrix, direct, reference, refused)

    def _side_by_side(self, samples: list[_Sample]) -> dict[int, _Drawn]:
        """Draws that converged in a batch, by number; the batch is filled up with its last draw."""
        assert self.together is not None
        lanes = [*samples, *[samples[-1]] * (LANES - len(samples))]
        values = np.stack([one.matrix.data for one in lanes], axis=1)
        matrices = DrawnMatrices(self.pattern.indptr, self.pattern.indices, values)
        solved = []
        for category in range(self.right.shape[0]):
            right = np.stack([one.direct[category] for one in lanes], axis=1)
            solved.append(
                solve_together(
                    self.together, matrices, right, self.centre[:, category], self.weight[:, category]
                )
            )
        found = {}
        for lane, sample in enumerate(samples):
            residual = max((float(one.residual[lane]) for one in solved), default=0.0)
            if not all(one.converged[lane] for one in solved) or residual > TOLERANCE:
                continue
            columns = np.stack([one.values[:, lane] for one in solved], axis=1)
            error = max(float(one.forward_error[lane]) for one in solved)
            steps = float(np.mean([one.steps[lane] for one in solved]))
            accuracy = (residual, error, steps)
            found[sample.number] = self._accepted(
                sample.number, columns, sample.direct, accuracy, direct_solve=False
            )
        return found

    def _alone(self, sample: _Sample) -> _Drawn:
        if sample.refused:
            return self._refused(sample.number, sample.refused)
        number, matrix, direct = sample.number, sample.matrix, sample.direct
        solutions = self._iterated(matrix, direct)
        if solutions is not None:
            columns = np.stack([one.values for one in solutions], axis=1)
            accuracy = [max(getattr(s, name) for s in solutions) for name in ("residual", "forward_error")]
            steps = float(np.mean([one.steps for one in solutions]))
            return self._accepted(number, columns, direct, (*accuracy, steps), direct_solve=False)
        return self._factorised(number, matrix, direct, sample.reference)

    def _iterated(self, matrix: sparse.csr_array, direct: Array) -> list[Nearby] | None:
        operator = matrix.T if self.adjoint else matrix
        right = direct if self.adjoint else self.right
        found = []
        for column in range(right.shape[0]):
            one = solve_nearby(
                self.model.factors,
                operator,
                right[column],
                self.centre[:, column],
                self.weight[:, column],
                adjoint=self.adjoint,
            )
            if one is None or one.residual > TOLERANCE:
                return None
            found.append(one)
        return found

    def _factorised(self, number: int, matrix: sparse.csr_array, direct: Array, reference: Array) -> _Drawn:
        own = attrs.evolve(
            self.pattern.matrices, technosphere=matrix, direct=direct, reference_amount=reference
        )
        right = direct if self.adjoint else self.right
        try:
            solution = solve(factorise(own), right, kind="adjoint" if self.adjoint else "forward")
        except CradlemarkError as error:
            return self._refused(number, error.message)
        accuracy = (float(solution.residual.max()), float(solution.forward_error.max()), 0.0)
        return self._accepted(number, solution.values.T, direct, accuracy, direct_solve=True)

    def _accepted(
        self,
        number: int,
        columns: Array,
        direct: Array,
        accuracy: tuple[float, ...],
        *,
        direct_solve: bool,
    ) -> _Drawn:
        sign = self.pattern.matrices.sign
        values = (columns.T * sign)[:, self.wanted] if self.adjoint else direct @ columns
        growth = float(np.abs(columns / self.weight).max(initial=0.0))
        suspect = None
        if growth > EXTREME:
            place = int(np.argmax(np.abs(columns / self.weight).max(axis=1)))
            name = self.pattern.matrices.system.processes[place]
            reason = f"near singularity: {name!r} is {growth:.0e} times its central gross value"
            suspect = Suspect(number, refused=False, reason=reason)
        residual, error, steps = accuracy
        return _Drawn(values, residual, error, steps, direct_solve, suspect)

    def _refused(self, number: int, reason: str) -> _Drawn:
        shape = (len(self.pattern.matrices.system.categories), self.wanted.size)
        return _Drawn(
            np.full(shape, np.nan), 0.0, 0.0, 0.0, True, Suspect(number, refused=True, reason=reason)
        )


def product_draws(background: BackgroundDraws, processes: NDArray[np.int64], amounts: Array) -> Array:
    """Impacts of one product that buys from the background, on shared draws.

    Parameters
    ----------
    background : BackgroundDraws
    processes : ndarray of int64, shape (lines,)
        Process bought from on each line (its place in ``background.values``).
    amounts : ndarray of float64, shape (lines,) or (draws, lines)
        [unit of the product]; drawn anew for each draw where they are uncertain themselves.

    Returns
    -------
    ndarray of float64, shape (draws, categories)
        [unit of the category]; not a number for refused draws.
    """
    bought = background.values[:, :, processes]
    if amounts.ndim == 1:
        return np.asarray(bought @ amounts)
    return np.asarray(np.einsum("dcl,dl->dc", bought, amounts))
