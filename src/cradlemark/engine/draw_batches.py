"""Batches of draws: sampled, solved and put in their places together."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.engine.draw_batch import BatchFactors, Together, batch_factors, solve_together
from cradlemark.engine.draw_batch_sample import BatchPattern, BatchSample, batch_pattern
from cradlemark.engine.draw_lanes import LANES
from cradlemark.engine.draw_sample import Pattern
from cradlemark.engine.draw_solver import CLOSE
from cradlemark.engine.draw_worker import Drawn, Judged, Stored, Worker
from cradlemark.engine.solve import Factorisation

Array = NDArray[np.float64]


@attrs.frozen(eq=False)
class SideBySide:
    """Central factors and pattern of the draws, both numbered alike."""

    factors: BatchFactors
    pattern: BatchPattern

    def solve(self, worker: Worker, numbers: range, values: Stored) -> dict[int, Drawn]:
        """Draws that converged, by number; their results are put into values, shape (categories, wanted, draws)."""
        sample = self.pattern.sample(worker.seed, numbers)
        sound = _sound(worker, sample)
        solved = []
        growth, turned = np.zeros(sample.reference.shape), np.zeros(sample.reference.shape)
        for column in range(worker.centre.shape[1]):
            one = self._column(worker, sample, column, sound)
            solved.append(one)
            sound &= one.converged & (one.residual <= CLOSE)
            size = one.values / worker.weight[:, column, None]
            np.minimum(turned, size * worker.upright[:, column, None], out=turned)
            np.maximum(growth, np.abs(size, out=size), out=growth)
            self._put(worker, sample, column, one.values, values)
        return {
            number: worker.accepted(
                number, Judged(growth[:, lane], turned[:, lane]), _accuracy(solved, lane), direct=False
            )
            for lane, number in enumerate(numbers)
            if sound[lane]
        }

    def _column(self, worker: Worker, sample: BatchSample, column: int, sound: NDArray[np.bool_]) -> Together:
        if worker.adjoint:
            right = sample.direct[column]
        else:
            right = np.repeat(worker.right[column][:, None], LANES, axis=1)
        place = (worker.centre[:, column], worker.weight[:, column])
        return solve_together(self.factors, sample.matrices, right, *place, sound)

    def _put(self, worker: Worker, sample: BatchSample, column: int, solution: Array, values: Stored) -> None:
        """Put the result of one column into values; lanes beyond the draws asked for only filled the batch up."""
        count = values.shape[2]
        if worker.adjoint:
            signed = solution[worker.wanted, :count]
            signed *= worker.pattern.matrices.sign[worker.wanted, None]
            values[column] = signed
        else:
            for lane in range(count):
                values[:, column, lane] = sample.direct[:, :, lane] @ solution[:, lane]


def _sound(worker: Worker, sample: BatchSample) -> NDArray[np.bool_]:
    """Draws in which every process makes some of its own product, shape (LANES,)."""
    sign = worker.pattern.matrices.sign[:, None]
    return np.asarray((sample.reference * sign > 0.0).all(axis=0))


def _accuracy(solved: list[Together], lane: int) -> tuple[float, float, float]:
    residual = max((float(one.residual[lane]) for one in solved), default=0.0)
    error = max((float(one.forward_error[lane]) for one in solved), default=0.0)
    return residual, error, float(np.mean([one.steps[lane] for one in solved]))


def side_by_side(factors: Factorisation, pattern: Pattern, weight: Array, *, adjoint: bool) -> SideBySide:
    """Prepare batches of a system; weight, shape (processes, columns), is the size of each component of a solution."""
    ready = batch_factors(factors, np.exp(np.log(weight).mean(axis=1)), adjoint=adjoint)
    return SideBySide(ready, batch_pattern(pattern, ready, adjoint=adjoint))
