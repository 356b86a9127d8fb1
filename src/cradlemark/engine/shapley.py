"""Shapley values: what each of several changes made of a difference, whatever order they are made in.

``phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! * (v(S with i) - v(S))``: the mean, over all orders, of what
change i adds when it is made. The values sum to ``v(all) - v(none)``, equal changes get equal values, and a change
that never matters gets none; no other division has these properties (L. S. Shapley, A value for n-person games,
Contributions to the Theory of Games II, 1953, 307-317).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

Number = float | NDArray[np.float64]
"""A scalar, or an array of draws."""
MOST = 16
"""Most players; the value of every coalition is needed, 2 to their number."""


def shapley(value: Callable[[int], Number], players: int) -> tuple[Number, ...]:
    """Shapley value of every player.

    Parameters
    ----------
    value : callable
        Value of a coalition; bit i of its argument is set when player i is in it. It is called once for each.
    players : int
        At most `MOST`.

    Returns
    -------
    tuple of float or ndarray
        In the unit of `value`.

    Raises
    ------
    InputError
        ``value-range`` for more players.

    Examples
    --------
    Two changes that multiply, 2 to 3 and 5 to 7:

    >>> shapley(lambda s: (3.0 if s & 1 else 2.0) * (7.0 if s & 2 else 5.0), 2)
    (6.0, 5.0)
    """
    if not 0 <= players <= MOST:
        raise InputError(
            Text(f"{players} players are beyond {MOST}", f"{players} 个参与者超过 {MOST}"),
            code="value-range",
            hint=Text("group them", "将其分组"),
        )
    values = [value(coalition) for coalition in range(1 << players)]
    whole = math.factorial(players)
    weights = [math.factorial(size) * math.factorial(players - size - 1) / whole for size in range(players)]
    return tuple(_one(values, weights, player) for player in range(players))


def _one(values: Sequence[Number], weights: Sequence[float], player: int) -> Number:
    bit = 1 << player
    found: Number = 0.0
    for coalition, value in enumerate(values):
        if not coalition & bit:
            found = found + weights[coalition.bit_count()] * (values[coalition | bit] - value)
    return found


def shapley_of_product(before: Sequence[Number], after: Sequence[Number]) -> tuple[Number, ...]:
    """Shapley value of each factor of a product that goes from `before` to `after`.

    Factors that do not change are no players, so that their number does not matter.

    Examples
    --------
    >>> shapley_of_product((2.0, 5.0, 4.0), (3.0, 7.0, 4.0))
    (24.0, 20.0, 0.0)
    """
    moved = [
        index for index, pair in enumerate(zip(before, after, strict=True)) if np.any(pair[0] != pair[1])
    ]
    fixed = _product(value for index, value in enumerate(before) if index not in moved)

    def value(coalition: int) -> Number:
        chosen = (after[i] if coalition >> bit & 1 else before[i] for bit, i in enumerate(moved))
        return fixed * _product(chosen)

    found = dict(zip(moved, shapley(value, len(moved)), strict=True))
    return tuple(found.get(index, 0.0) for index in range(len(before)))


def _product(values: Iterable[Number]) -> Number:
    result: Number = 1.0
    for value in values:
        result = result * value
    return result
