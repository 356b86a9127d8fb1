"""Draws side by side are what a full solve of each drawn system gives, for any system, both ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.properties.test_engine import CATEGORIES, systems

from cradlemark.engine import draw_worker
from cradlemark.engine.background_draws import Model, background_draws
from cradlemark.engine.draw_sample import pattern
from cradlemark.engine.matrices import assemble
from cradlemark.engine.matrix_uncertainty import Uncertainty
from cradlemark.engine.solve import Factorisation, factorise
from cradlemark.engine.system import Entries, MatrixSystem


def spread(entries: Entries, random: np.random.Generator, width: float) -> Uncertainty:
    """Every kind of distribution, narrow or wide."""
    kind = random.integers(0, 5, len(entries))
    size = width * np.abs(entries.amount)
    first = np.select([kind == 1, kind == 2, kind > 2], [1.0 + width, size, entries.amount - size], 0.0)
    return Uncertainty(kind, first, np.where(kind > 2, entries.amount + 2.0 * size, 0.0))


@settings(deadline=None, max_examples=60)
@given(systems(smallest=2), st.sampled_from([0.01, 0.1, 0.4]), st.integers(0, 2**32), st.booleans())
def test_draws_side_by_side_equal_full_solves(
    system: MatrixSystem, width: float, seed: int, forward: bool
) -> None:
    """Units far apart, wastes, avoided products and all distributions; each draw alone by numpy."""
    random = np.random.default_rng(seed)
    factors = factorise(assemble(system))
    model = Model(
        factors, spread(system.technosphere, random, width), spread(system.biosphere, random, width)
    )
    products = [int(random.integers(len(system.products)))] if forward else None
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cradlemark.engine.draw_lanes.BATCHED_FROM", 1)
        drawn = background_draws(model, draws=11, seed=seed, products=products)
        again = background_draws(model, draws=11, seed=seed, products=products, threads=2)
    assert np.array_equal(drawn.values, again.values, equal_nan=True)
    refused = {one.draw for one in drawn.suspects if one.refused}
    for number in range(11):
        values = drawn.values[:, :, number]
        if number in refused:
            assert np.isnan(values).all()
            continue
        exact, gross = full_solve(model, seed, number)
        if forward:
            place = factors.matrices.process_of[products]  # type: ignore[index]
            exact, gross = exact[:, place], gross[:, place]
        assert (np.abs(values - exact) <= 1e-8 * gross).all()


def full_solve(model: Model, seed: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    """Impacts of one draw, shape (categories, processes), and the sizes of all that they are made of.

    The size is |A⁻¹|ᵀ applied to the sizes of the terms of every equation, so that it holds for both directions.
    """
    matrices = model.factors.matrices
    sample = pattern(model.factors, model.technosphere, model.biosphere).sample(seed, number)
    inverse = np.linalg.inv(sample.matrix.toarray())
    inverse += inverse @ (np.eye(len(inverse)) - sample.matrix.toarray() @ inverse)
    terms = np.abs(sample.matrix.toarray()) @ np.abs(inverse)
    exact = sample.direct @ inverse * matrices.sign
    gross = np.abs(sample.direct) @ np.abs(inverse) @ terms
    assert exact.shape == (CATEGORIES, len(inverse))
    return exact, gross


def test_a_direct_solve_is_what_is_left_when_nothing_converges(monkeypatch: pytest.MonkeyPatch) -> None:
    from benchmarks.synthetic_database import synthetic_system

    system = synthetic_system(320, flows=40, categories=3)
    kind = np.where(system.technosphere.row == system.technosphere.column, 0, 1)
    technosphere = Uncertainty(kind, np.full(kind.size, 1.3), np.zeros(kind.size))
    flows = len(system.biosphere)
    factors = factorise(assemble(system))
    model = Model(factors, technosphere, Uncertainty(np.ones(flows), np.full(flows, 1.3), np.zeros(flows)))
    for products in (None, [7]):
        together = background_draws(model, draws=9, seed=2, products=products)
        assert together.direct == 0
        with monkeypatch.context() as patch:
            patch.setattr("cradlemark.engine.draw_batch.ITERATIONS", 1)
            patch.setattr("cradlemark.engine.draw_batch.ROUNDS", 1)
            patch.setattr(draw_worker, "solve_nearby", lambda *_, **__: None)
            direct = background_draws(model, draws=9, seed=2, products=products)
        assert direct.direct == 9
        scale = np.abs(direct.values).max(axis=1, keepdims=True)
        assert (np.abs(together.values - direct.values) <= 1e-8 * np.abs(direct.values) + 1e-12 * scale).all()
    assert isinstance(factors, Factorisation)
