"""Where a value stands in a population, and how sure that is: exact binomial bands that ask for no distribution.

How many of n values lie below the p-quantile is binomial with n and p, whatever distribution they come from. So

* of a value that k of n members are below, the true share p lies with 95 % confidence between the two p for which so few,
  or so many, below would just not be surprising: the interval of Clopper and Pearson (Biometrika 26, 1934, 404-413);
* the p-quantile lies between the order statistics x_(r) and x_(s) with the probability ``sum of C(n, i) p^i (1-p)^(n-i)``
  over i from r to s-1 (H. A. David and H. N. Nagaraja, Order Statistics, 3rd ed., 2003, section 7.1).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import accumulate

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

CONFIDENCE = 0.95
STEPS = 60
"""Halvings of an interval: beyond the resolution of a float."""


@attrs.frozen
class Standing:
    """Where a value stands.

    Parameters
    ----------
    below, count : int
        Members with a lower value, and in all.
    percentile, low, high : float
        Share with a lower value and its band [0-100].
    """

    below: int
    count: int
    percentile: float
    low: float
    high: float


def standing(value: float, population: Sequence[float], *, confidence: float = CONFIDENCE) -> Standing:
    """Where a value stands in a population.

    Raises
    ------
    InputError
        ``value-range`` for an empty population.
    """
    if not population:
        raise InputError(
            Text("there is nobody to be held against", "没有可供比较的对象"),
            code="value-range",
            hint=Text("give a population", "给出总体"),
        )
    below, count = sum(other < value for other in population), len(population)
    low, high = share_band(below, count, confidence=confidence)
    return Standing(below, count, 100.0 * below / count, 100.0 * low, 100.0 * high)


def share_band(below: int, count: int, *, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """Interval of Clopper and Pearson of a share [0-1].

    Examples
    --------
    >>> [round(edge, 4) for edge in share_band(0, 10)]
    [0.0, 0.3085]
    """
    tail = (1.0 - confidence) / 2.0
    low = 0.0 if below == 0 else _root(lambda p: 1.0 - binomial_below(below, count, p), tail)
    high = 1.0 if below == count else _root(lambda p: -binomial_below(below + 1, count, p), -tail)
    return low, high


def _root(rising: Callable[[float], float], wanted: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return (low + high) / 2.0


def binomial_below(limit: int, count: int, share: float) -> float:
    """Probability that fewer than `limit` of `count` happen, each with probability `share` [0-1]."""
    if share <= 0.0 or share >= 1.0:
        return float(limit > 0) if share <= 0.0 else float(limit > count)
    return min(math.fsum(_binomial(i, count, share) for i in range(min(limit, count + 1))), 1.0)


def _binomial(happened: int, count: int, share: float) -> float:
    ways = math.lgamma(count + 1) - math.lgamma(happened + 1) - math.lgamma(count - happened + 1)
    return math.exp(ways + happened * math.log(share) + (count - happened) * math.log1p(-share))


def quantile_band(
    count: int, share: float, *, confidence: float = CONFIDENCE
) -> tuple[int, int, float] | None:
    """Order statistics between which a quantile lies.

    Parameters
    ----------
    count : int
        Members.
    share : float
        Of the population below the quantile, p [0-1].

    Returns
    -------
    tuple of (int, int, float) or None
        r, s (from 1) and the confidence that they have, at least the one asked for; each side takes half of the rest. None
        when even the smallest and the largest do not have it.

    Examples
    --------
    >>> r, s, sure = quantile_band(20, 0.5)
    >>> r, s, round(sure, 4)
    (6, 15, 0.9586)
    """
    tail = (1.0 - confidence) / 2.0
    below = [0.0, *accumulate(_binomial(i, count, share) for i in range(count + 1))]  # fewer than i lie below
    lower = [r for r in range(1, count + 1) if below[r] <= tail]
    upper = [s for s in range(1, count + 1) if 1.0 - below[s] <= tail]
    if not lower or not upper:
        return None
    return lower[-1], upper[0], below[upper[0]] - below[lower[-1]]
