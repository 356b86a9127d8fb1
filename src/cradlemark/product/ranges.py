"""Physical ranges of scalars and draws: what is outside becomes a problem that names the value."""

from __future__ import annotations

import math

import numpy as np

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.product.system import Number

SUM_TOLERANCE = 1e-9
"""Largest deviation of a sum of shares from its bound [1]."""


def range_problems(
    value: Number,
    *,
    name: Text,
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
        return (
            Problem(
                where,
                "value-not-finite",
                Text(f"{name.en} must be a finite number", f"{name.zh}须为有限数值"),
                Text("enter a number", "输入数字"),
            ),
        )
    smallest, largest = float(draws.min()), float(draws.max())
    too_low = smallest <= low if above_low else smallest < low
    if not too_low and largest <= high:
        return ()
    english, chinese = (
        f"{'above' if above_low else 'at least'} {low:g}",
        f"{'大于' if above_low else '不小于'} {low:g}",
    )
    if math.isfinite(high):
        english, chinese = f"{english} and at most {high:g}", f"{chinese}、不大于 {high:g}"
    found = smallest if too_low else largest
    return (
        Problem(
            where,
            "value-out-of-range",
            Text(f"{name.en} is {found:g} but must be {english}", f"{name.zh}为 {found:g}，但须{chinese}"),
            Text(f"enter {english}", f"输入{chinese}的值"),
        ),
    )


def share_problems(
    value: Number, *, name: Text, where: str = "", above_zero: bool = False
) -> tuple[Problem, ...]:
    """Return a problem when a share lies outside 0 to 1 [1]."""
    return range_problems(value, name=name, where=where, high=1.0, above_low=above_zero)


def largest(value: Number) -> float:
    """Largest draw, or the scalar itself."""
    return float(np.max(value))


def largest_magnitude(value: Number) -> float:
    """Largest absolute draw, or the absolute value of the scalar."""
    return float(np.max(np.abs(value)))
