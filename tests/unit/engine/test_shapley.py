"""Shapley values against their definition: the mean over all orders."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cradlemark.core.errors import InputError
from cradlemark.engine.shapley import shapley, shapley_of_product

values = st.floats(-1e3, 1e3).filter(lambda x: x == 0.0 or abs(x) > 1e-3)


def over_all_orders(value: Callable[[int], float], players: int) -> list[float]:
    """The definition, written down: what a player adds, over every order in which they may come."""
    added: list[list[float]] = [[] for _ in range(players)]
    for order in itertools.permutations(range(players)):
        coalition = 0
        for player in order:
            added[player].append(value(coalition | 1 << player) - value(coalition))
            coalition |= 1 << player
    return [math.fsum(one) / len(one) for one in added]


def test_two_factors() -> None:
    assert shapley_of_product((2.0, 5.0), (3.0, 7.0)) == (6.0, 5.0)


def test_the_glove_game() -> None:
    """Shapley's own kind of example: a left glove and two right ones; a pair is worth 1 (textbook result 2/3, 1/6, 1/6)."""
    found = shapley(lambda s: float(bool(s & 1) and bool(s & 0b110)), 3)
    assert found == pytest.approx((2 / 3, 1 / 6, 1 / 6))


@given(st.lists(values, min_size=16, max_size=16))
def test_any_game_of_four_is_the_mean_over_all_orders(worth: list[float]) -> None:
    found = shapley(lambda s: worth[s], 4)
    assert found == pytest.approx(over_all_orders(lambda s: worth[s], 4), abs=1e-9)
    assert math.fsum(map(float, found)) == pytest.approx(worth[15] - worth[0], abs=1e-9)


@given(st.lists(st.tuples(values, values), min_size=1, max_size=6), st.randoms())
def test_products_do_not_depend_on_the_order_of_their_factors(
    pairs: list[tuple[float, float]], random
) -> None:  # type: ignore[no-untyped-def]
    order = list(range(len(pairs)))
    random.shuffle(order)
    found = shapley_of_product(*zip(*pairs, strict=True))
    again = shapley_of_product(*zip(*(pairs[place] for place in order), strict=True))
    scale = math.prod(max(abs(a), abs(b), 1.0) for a, b in pairs)
    assert [found[place] for place in order] == pytest.approx(list(again), abs=1e-12 * scale)


def test_a_factor_that_does_not_move_gets_nothing_and_equal_ones_the_same() -> None:
    found = shapley_of_product((2.0, 2.0, 9.0, 5.0), (3.0, 3.0, 9.0, 4.0))
    assert found[0] == found[1]
    assert found[2] == 0.0


def test_draws_go_through() -> None:
    before, after = np.array([2.0, 1.0]), np.array([3.0, 1.0])
    found = shapley_of_product((before, 5.0), (after, 7.0))
    assert np.allclose(np.asarray(found[0]) + found[1], after * 7.0 - before * 5.0)


def test_too_many_players_are_refused() -> None:
    with pytest.raises(InputError) as caught:
        shapley(lambda _: 0.0, 17)
    assert caught.value.code == "value-range"
