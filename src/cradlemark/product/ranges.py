"""Physical ranges of scalars and draws: what is outside becomes a problem that names the value."""

from __future__ import annotations

import math

import numpy as np

from cradlemark.core.errors import Problem
from cradlemark.product.system import Number

SUM_TOLERANCE = 1e-9
"""Largest deviation of a sum of shares from its bound [1]."""


def range_problems(
    value: Number,
    *,
    name: str,
    where: str = "",
    low: float = 0.0,
    high: float = math.inf,
    above_low: bool = False,
) -> tuple[Problem, ...]:
    """Return a problem when a value, or any of its draws, is not finite or lies outside its range.

    Parameters
    ----------
    value : float or ndarray of float64, shape (draws,)
        [unit of `low` and `high`]
    name : str
        What the value is, as the user knows it.
    where : str
        Place in the user's document.
    low, high : float
        Closed range.
    above_low : bool
        Whether `low` itself is excluded.
    """
    draws = np.asarray(value, dtype=np.float64)
    if draws.size == 0 or not bool(np.isfinite(draws).all()):
        return (Problem(where, "value-not-finite", f"{name} must be a finite number", "enter a number"),)
    smallest, largest = float(draws.min()), float(draws.max())
    too_low = smallest <= low if above_low else smallest < low
    if not too_low and largest <= high:
        return ()
    bounds = f"{'above' if above_low else 'at least'} {low:g}"
    if math.isfinite(high):
        bounds += f" and at most {high:g}"
    found = smallest if too_low else largest
    return (
        Problem(where, "value-out-of-range", f"{name} is {found:g} but must be {bounds}", f"enter {bounds}"),
    )


def share_problems(
    value: Number, *, name: str, where: str = "", above_zero: bool = False
) -> tuple[Problem, ...]:
    """Return a problem when a share lies outside 0 to 1 [1]."""
    return range_problems(value, name=name, where=where, high=1.0, above_low=above_zero)


def largest(value: Number) -> float:
    """Largest draw, or the scalar itself."""
    return float(np.max(value))


def largest_magnitude(value: Number) -> float:
    """Largest absolute draw, or the absolute value of the scalar."""
    return float(np.max(np.abs(value)))
