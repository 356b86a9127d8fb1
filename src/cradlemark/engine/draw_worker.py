"""Draw and solve batch by batch: side by side where that converges, one by one what is left, and factorise the rest."""

from __future__ import annotations

from typing import Literal, Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.engine.draw_lanes import can_batch
from cradlemark.engine.draw_sample import Pattern, Sample, pattern
from cradlemark.engine.draw_solver import CLOSE, Nearby, solve_nearby
from cradlemark.engine.matrices import Matrices, sparse_matrix
from cradlemark.engine.matrix_uncertainty import Uncertainty
from cradlemark.engine.solve import Factorisation, checked_system, factorise, solve
from cradlemark.engine.system import Entries

EXTREME = 1e3
"""A draw in which an impact is this many times the central gross one [1] is reported as near singularity."""
ONE_SIDED = 0.9
"""Share of the gross impact along all supply chains [1] that is left as net one where avoided burdens hardly count."""
TURNED = -1e-3
"""Part of the central gross impact [1] from which an impact of the other sign is reported for such a product."""
Array = NDArray[np.float64]
Stored = NDArray[np.float64] | NDArray[np.float32]


@attrs.frozen
class Suspect:
    """A draw to look at.

    Parameters
    ----------
    draw : int
        Its number.
    refused : bool
        Whether there is no result (its values are not a number); otherwise the result stands, but is extreme.
    reason : Text
    """

    draw: int
    refused: bool
    reason: Text


@attrs.frozen
class Drawn:
    """How one draw came about; meanings as in `background_draws.BackgroundDraws`."""

    residual: float
    forward_error: float
    steps: float
    direct: bool
    suspect: Suspect | None


@attrs.frozen(eq=False)
class Judged:
    """Size of the components of a draw against the central gross ones, over all columns.

    Parameters
    ----------
    growth : ndarray of float64, shape (processes,)
        Largest size [1].
    turned : ndarray of float64, shape (processes,)
        Smallest, negative where the sign has turned; 0 for components that are a difference of large terms [1].
    """

    growth: Array
    turned: Array


class Batches(Protocol):
    """What solves draws side by side."""

    def solve(self, worker: Worker, numbers: range, values: Stored) -> dict[int, Drawn]:
        """Draws that converged, by number; their results are put into values, shape (categories, wanted, draws)."""


@attrs.frozen(eq=False)
class Worker:
    """A system with uncertain entries, ready to be drawn and solved.

    Parameters
    ----------
    factors : Factorisation
    pattern : Pattern
    seed : int
    wanted : ndarray of int64
        Processes whose products are wanted.
    adjoint : bool
        Whether the impacts of all processes are solved for, or the runs for each wanted product.
    right : ndarray of float64, shape (columns, processes)
        Right-hand sides of the central system.
    centre, weight : ndarray of float64, shape (processes, columns)
        Its solution, and the size of each component that errors are measured against.
    upright : ndarray of float64, shape (processes, columns)
        Sign of the components whose terms have one sign; 0 for others.
    together : Batches, optional
        What solves draws side by side; None where they go one by one.
    """

    factors: Factorisation
    pattern: Pattern
    seed: int
    wanted: NDArray[np.int64]
    adjoint: bool
    right: Array
    centre: Array
    weight: Array
    upright: Array
    together: Batches | None

    def batch(self, numbers: range, values: Stored) -> list[Drawn]:
        """Solve draws into values, shape (categories, wanted, draws)."""
        found = {} if self.together is None else self.together.solve(self, numbers, values)
        return [
            found.get(number) or self._alone(number, values[:, :, place])
            for place, number in enumerate(numbers)
        ]

    def accepted(
        self, number: int, size: Judged, accuracy: tuple[float, float, float], *, direct: bool
    ) -> Drawn:
        """Record a draw, and say whether it is one to look at."""
        names, reason = self.pattern.matrices.system.processes, Text()
        most, least = int(np.argmax(size.growth)), int(np.argmin(size.turned))
        if size.growth[most] > EXTREME:
            reason = Text(
                f"near singularity: {names[most]!r} is {size.growth[most]:.0e} times its central gross value",
                f"接近奇异：{names[most]!r} 为其中心总产值的 {size.growth[most]:.0e} 倍",
            )
        elif size.turned[least] < TURNED:
            reason = Text(
                f"beyond singularity: {names[least]!r} is {size.turned[least]:.2g} times its central gross value, "
                "as when a loop uses more than it makes",
                f"已越过奇异：{names[least]!r} 为其中心总产值的 {size.turned[least]:.2g} 倍，如循环消耗多于产出",
            )
        suspect = Suspect(number, refused=False, reason=reason) if reason else None
        return Drawn(*accuracy, direct, suspect)

    def _alone(self, number: int, values: Stored) -> Drawn:
        sample = self.pattern.sample(self.seed, number)
        if sample.refused:
            return self._refused(number, sample.refused, values)
        found = self._iterated(sample)
        if found is None:
            return self._factorised(sample, values)
        columns = np.stack([one.values for one in found], axis=1)
        steps = float(np.mean([one.steps for one in found]))
        accuracy = (max(one.residual for one in found), max(one.forward_error for one in found), steps)
        return self._kept(sample, columns, accuracy, values, direct=False)

    def _iterated(self, sample: Sample) -> list[Nearby] | None:
        matrix, right = (sample.matrix.T, sample.direct) if self.adjoint else (sample.matrix, self.right)
        found = []
        for column in range(right.shape[0]):
            place = (self.centre[:, column], self.weight[:, column])
            one = solve_nearby(self.factors, matrix, right[column], *place, adjoint=self.adjoint)
            if one is None or one.residual > CLOSE:
                return None
            found.append(one)
        return found

    def _factorised(self, sample: Sample, values: Stored) -> Drawn:
        own = attrs.evolve(
            self.pattern.matrices,
            technosphere=sample.matrix,
            direct=sample.direct,
            reference_amount=sample.reference,
        )
        right = sample.direct if self.adjoint else self.right
        try:
            solution = solve(factorise(own), right, kind="adjoint" if self.adjoint else "forward")
        except CradlemarkError as error:
            return self._refused(sample.number, error.message, values)
        accuracy = (float(solution.residual.max()), float(solution.forward_error.max()), 0.0)
        return self._kept(sample, solution.values.T, accuracy, values, direct=True)

    def _kept(
        self,
        sample: Sample,
        columns: Array,
        accuracy: tuple[float, float, float],
        values: Stored,
        *,
        direct: bool,
    ) -> Drawn:
        if self.adjoint:
            values[:] = (columns.T * self.pattern.matrices.sign)[:, self.wanted]
        else:
            values[:] = sample.direct @ columns
        size = columns / self.weight
        judged = Judged(np.abs(size).max(axis=1), (size * self.upright).min(axis=1))
        return self.accepted(sample.number, judged, accuracy, direct=direct)

    def _refused(self, number: int, reason: Text, values: Stored) -> Drawn:
        values[:] = np.nan
        return Drawn(0.0, 0.0, 0.0, True, Suspect(number, refused=True, reason=reason))


def worker(
    factors: Factorisation,
    technosphere: Uncertainty,
    biosphere: Uncertainty,
    seed: int,
    wanted: NDArray[np.int64] | None,
) -> Worker:
    """Prepare to draw; the forward system is solved where fewer products than categories are wanted."""
    matrices = factors.matrices
    count, categories = matrices.reference_amount.size, len(matrices.system.categories)
    adjoint = wanted is None or wanted.size >= categories
    wanted = np.arange(count) if wanted is None else wanted
    if adjoint:
        right = matrices.direct
    else:
        right = np.zeros((wanted.size, count))
        right[np.arange(wanted.size), wanted] = matrices.sign[wanted]
    centre, weight, upright = _centre(factors, right, adjoint=adjoint)
    drawn = pattern(factors, technosphere, biosphere)
    together = None
    if can_batch(count) and factors.triangular:
        from cradlemark.engine.draw_batches import side_by_side

        together = side_by_side(factors, drawn, weight, adjoint=adjoint)
    return Worker(factors, drawn, seed, wanted, adjoint, right, centre, weight, upright, together)


def _centre(factors: Factorisation, right: Array, *, adjoint: bool) -> tuple[Array, Array, Array]:
    """Solution of the central system, size of its components (gross sum of the terms of each), `Worker.upright`."""
    kind: Literal["adjoint", "forward"] = "adjoint" if adjoint else "forward"
    centre = solve(factors, right, kind=kind).values.T
    checked = checked_system(factors, right.T, kind=kind)
    gross = checked.residual(centre)[1]
    weight = np.maximum(gross / checked.pivot - np.abs(centre), np.abs(centre))
    floor = np.maximum(1e-12 * weight.max(axis=0, initial=0.0), np.finfo(np.float64).tiny)
    one_sided = np.abs(centre) > ONE_SIDED * _gross_upstream(factors.matrices, None if adjoint else right)
    return centre, np.maximum(weight, floor), np.where(one_sided, np.sign(centre), 0.0)


def _gross_upstream(matrices: Matrices, right: Array | None) -> Array:
    """Sum of the sizes of all terms along all supply chains, per component; infinite where it has no bound.

    It solves the system in which every exchange counts as an input and nothing is avoided. Right-hand sides are those of
    the forward system; the direct impacts of the adjoint one when left out.
    """
    entries, count = matrices.system.technosphere, matrices.reference_amount.size
    rows = matrices.process_of[entries.row]
    own = rows == entries.column
    used = Entries(rows[~own], entries.column[~own], -np.abs(entries.amount[~own]))
    size = np.abs(matrices.reference_amount)
    everybody = np.arange(count)
    all_inputs = sparse_matrix(used, count) + sparse_matrix(Entries(everybody, everybody, size), count)
    try:
        factors = factorise(attrs.evolve(matrices, technosphere=all_inputs.tocsr(), reference_amount=size))
    except CradlemarkError:
        return np.full((1, 1), np.inf)
    if right is None:
        found = factors.adjoint((abs(matrices.characterisation) @ abs(matrices.biosphere)).toarray().T)
    else:
        found = factors.forward(np.abs(right).T)
    bounded = bool((found >= 0.0).all() and (factors.adjoint(np.ones((count, 1))) > 0.0).all())
    return found if bounded else np.full((1, 1), np.inf)
