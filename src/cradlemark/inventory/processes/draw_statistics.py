"""What draws say: median, 95 % interval and spread of a product, and which of two products is lower."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from cradlemark.inventory.processes.columns import FloatArray
from cradlemark.inventory.processes.draws import ProcessDraws

LOW, HIGH = 2.5, 97.5
"""Ends of the 95 % interval [percentile]."""


@attrs.frozen
class Statistics:
    """Draws of one number in short.

    Parameters
    ----------
    central : float
        Result without uncertainty [unit of the draws].
    median, low, high, mean : float
        Median, ends of the 95 % interval, mean of the draws [unit of the draws]; nan without an accepted draw.
    gsd : float
        Geometric standard deviation, exp of the standard deviation of the logarithms [1]; nan when draws have both
        signs or are 0.
    draws : int
        Accepted ones, from which all this is made.
    """

    central: float
    median: float
    low: float
    high: float
    mean: float
    gsd: float
    draws: int


def statistics(draws: FloatArray, central: FloatArray) -> tuple[Statistics, ...]:
    """Statistics of products.

    Parameters
    ----------
    draws : ndarray of float64, shape (products, draws)
        Not a number for refused ones.
    central : ndarray of float64, shape (products,)
    """
    accepted = draws[:, np.isfinite(draws).all(axis=0)] if draws.size else draws
    if not accepted.shape[1]:
        nan = float("nan")
        return tuple(Statistics(value, nan, nan, nan, nan, nan, 0) for value in central.tolist())
    low, median, high = np.percentile(accepted, [LOW, 50.0, HIGH], axis=1)
    columns = np.stack([central, median, low, high, accepted.mean(axis=1), _gsd(accepted)], axis=1)
    return tuple(
        Statistics(one, middle, least, most, mean, gsd, accepted.shape[1])
        for one, middle, least, most, mean, gsd in columns.tolist()
    )


def _gsd(draws: FloatArray) -> FloatArray:
    one_sign = np.asarray((draws > 0.0).all(axis=1) | (draws < 0.0).all(axis=1))
    logarithms = np.log(np.abs(np.where(one_sign[:, None], draws, 1.0)))
    return np.where(one_sign, np.exp(logarithms.std(axis=1)), np.nan)


@attrs.frozen
class Comparison:
    """Two products on the same draws.

    Parameters
    ----------
    lower : float
        Share of the draws in which the first is lower; equal ones count half [1].
    equal : float
        Share of the draws in which both are equal [1].
    difference : Statistics
        Of the first minus the second.
    """

    lower: float
    equal: float
    difference: Statistics


def compare(first: FloatArray, second: FloatArray, central: tuple[float, float]) -> Comparison:
    """Compare the draws of two products pair by pair.

    Parameters
    ----------
    first, second : ndarray of float64, shape (draws,)
        On the same draws [same unit].
    central : tuple of float
        Results without uncertainty.

    Notes
    -----
    What both share, such as the electricity they use, is drawn once for both, so it does not blur the difference.
    """
    difference = first - second
    found = difference[np.isfinite(difference)]
    equal = float((found == 0.0).mean()) if found.size else float("nan")
    lower = float((found < 0.0).mean()) + equal / 2.0 if found.size else float("nan")
    [described] = statistics(difference[None, :], np.array([central[0] - central[1]]))
    return Comparison(lower, equal, described)


def product_statistics(draws: ProcessDraws, activities: Sequence[int]) -> tuple[Statistics, ...]:
    """Statistics of some products of a database; activities are rows of the table of that name."""
    return statistics(draws.of(activities), draws.central[np.asarray(activities, np.int64)])


def compare_products(draws: ProcessDraws, first: int, second: int) -> Comparison:
    """Compare two products of a database, rows of activities, on the draws that they share."""
    values = draws.of((first, second))
    return compare(values[0], values[1], (float(draws.central[first]), float(draws.central[second])))
