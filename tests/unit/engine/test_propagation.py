"""Propagation through a sum of products."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cradlemark.engine.propagation import Terms, amount_draws, analytic_log_gsd, rank_correlation, simulate

DRAWS = 4000


def terms(climate: list[float], dataset: list[int], own: list[float] | None = None, **more: object) -> Terms:
    size = len(climate)
    return Terms(
        **{
            "climate": np.array(climate), "groups": np.ones((1, size), dtype=np.bool_), "dataset": np.array(dataset),
            "own_gsd": np.array(own or [1.0] * size), "keys": [str(index) for index in range(size)], "drawn": {},
            **more,
        }
    )  # type: ignore[arg-type]  # fmt: skip


def test_lines_of_one_dataset_move_together() -> None:
    shared = np.exp(np.random.default_rng(1).standard_normal(DRAWS))
    found = simulate(terms([1.0, 2.0, -0.5], [0, 0, 0]), [shared], draws=DRAWS, seed=1)
    np.testing.assert_allclose(found[0], 2.5 * shared, rtol=1e-14)


def test_lines_without_uncertainty_are_constant() -> None:
    found = simulate(terms([1.0, 2.0], [-1, -1]), [], draws=3, seed=1)
    assert found.tolist() == [[3.0, 3.0, 3.0]]


def test_own_draws_multiply_those_of_the_dataset() -> None:
    shared = np.full(DRAWS, 2.0)
    found = simulate(terms([3.0], [0], [1.3], keys=["a"]), [shared], draws=DRAWS, seed=7)
    np.testing.assert_allclose(found[0], 6.0 * amount_draws(1.3, draws=DRAWS, seed=7, key="a"))


def test_lines_of_one_amount_share_its_draws_and_others_do_not() -> None:
    same = simulate(terms([1.0, -1.0], [-1, -1], [1.5, 1.5], keys=["a", "a"]), [], draws=DRAWS, seed=7)
    other = simulate(terms([1.0, -1.0], [-1, -1], [1.5, 1.5], keys=["a", "b"]), [], draws=DRAWS, seed=7)
    assert np.abs(same).max() == 0.0
    assert other.std() > 0.3


def test_drawn_amounts_enter() -> None:
    found = simulate(terms([4.0], [-1], drawn={0: np.array([4.0, 2.0])}), [], draws=2, seed=1)
    assert found.tolist() == [[4.0, 2.0]]


def test_groups_hold_their_lines_only() -> None:
    groups = np.array([[True, True], [False, True], [False, False]])
    found = simulate(terms([1.0, 2.0], [-1, 0], groups=groups), [np.array([3.0])], draws=1, seed=1)
    assert found.tolist() == [[7.0], [6.0], [0.0]]


def test_no_lines_give_zero() -> None:
    empty = terms([], [], groups=np.zeros((2, 0), dtype=np.bool_))
    assert simulate(empty, [], draws=2, seed=1).tolist() == [[0.0, 0.0], [0.0, 0.0]]


def test_analytic_form_of_two_inputs() -> None:
    assert analytic_log_gsd([0.5, 2.0], [0.1, 0.2]) == pytest.approx(math.sqrt(0.05**2 + 0.4**2))
    assert analytic_log_gsd([], []) == 0.0


def test_rank_correlation() -> None:
    first = np.array([1.0, 2.0, 3.0, 4.0])
    assert rank_correlation(first, np.exp(first)) == pytest.approx(1.0)
    assert rank_correlation(first, -first) == pytest.approx(-1.0)
    assert rank_correlation(first, np.ones(4)) == 0.0
