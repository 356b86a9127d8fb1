"""What changes is solved right by the correction itself, without the new factorisation that would hide a wrong one."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from benchmarks.synthetic_database import synthetic_system
from numpy.typing import NDArray

from cradlemark.engine import what_if
from cradlemark.engine.intensities import intensities
from cradlemark.engine.matrices import Matrices, assemble
from cradlemark.engine.solve import Factorisation, factorise, solve
from cradlemark.engine.what_if import Change, Updated, change

SIZE = 400
RESIDUAL = 1e-12
"""Of a solution of the correction, relative to the largest product of its terms."""


@pytest.fixture(scope="module")
def factors() -> Factorisation:
    return factorise(assemble(synthetic_system(SIZE, flows=30, categories=2)))


def changed(factors: Factorisation, count: int) -> Updated:
    """Other amounts of exchanges and of products of so many processes."""
    source = np.random.default_rng(count)
    processes = source.choice(SIZE, count, replace=False)
    changes = [
        Change("technosphere", int(source.integers(SIZE)), int(process), -float(source.uniform(0.01, 0.2)))
        for process in processes
    ]
    made = change(factors, [one for one in changes if one.row != one.process])
    assert isinstance(made, Updated)
    return made


def residual(
    matrices: Matrices, values: NDArray[np.float64], right: NDArray[np.float64], *, adjoint: bool
) -> float:
    matrix = matrices.technosphere.T if adjoint else matrices.technosphere
    size = abs(matrix) @ np.abs(values) + np.abs(right)
    return float((np.abs(matrix @ values - right) / size.max(axis=0)).max())


@pytest.mark.parametrize("count", [1, 2, 7, 50])
def test_corrections_solve_the_changed_system(factors: Factorisation, count: int) -> None:
    updated = changed(factors, count)
    right = np.random.default_rng(1).uniform(0.0, 1.0, (SIZE, 3))
    assert residual(updated.matrices, updated.adjoint(right), right, adjoint=True) < RESIDUAL
    assert residual(updated.matrices, updated.forward(right), right, adjoint=False) < RESIDUAL
    # The same numbers do not solve the system of before: what is measured is the correction.
    assert residual(factors.matrices, updated.adjoint(right), right, adjoint=True) > 1e-6
    assert residual(factors.matrices, updated.forward(right), right, adjoint=False) > 1e-6


def test_a_correction_needs_no_new_factorisation(
    factors: Factorisation, monkeypatch: pytest.MonkeyPatch
) -> None:
    updated = changed(factors, 5)
    anew = intensities(factorise(updated.matrices)).values

    def refuse(_matrices: Matrices) -> Factorisation:
        raise AssertionError("the correction was not exact enough")

    monkeypatch.setattr(what_if, "factorise", refuse)
    assert intensities(updated).values == pytest.approx(anew, rel=1e-9)
    right = np.eye(SIZE)[:4]
    assert solve(updated, right, kind="forward").residual.max() < RESIDUAL
    assert solve(updated, right, kind="adjoint").residual.max() < RESIDUAL


def test_a_correction_that_is_wrong_by_a_thousandth_is_noticed(factors: Factorisation) -> None:
    updated = changed(factors, 5)
    wrong = attrs.evolve(updated, response=updated.response * 1.001)
    right = np.ones((SIZE, 1))
    assert residual(wrong.matrices, wrong.adjoint(right), right, adjoint=True) > 1e-9
    assert residual(wrong.matrices, wrong.forward(right), right, adjoint=False) > 1e-9
