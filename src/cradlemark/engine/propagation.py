"""Propagation of uncertainty through a sum of products: Monte Carlo with shared draws, and the analytic form.

The result of a footprint is ``y_g = Σ_l w_gl a_l u_l c_l m_d(l)``: groups g (stages, totals), lines l, amount a, own
multiplier u of the line, climate intensity c and multiplier m of the dataset d(l). One draw of m belongs to one
dataset and is shared by all its lines, and by every study calculated with the same seed; so differences pair.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.engine.distributions import Distribution, draw


def generator(seed: int, key: str) -> np.random.Generator:
    """Random generator of one input: the same for the same seed and key, wherever and whenever it is drawn."""
    word = hashlib.sha256(f"{seed}|{key}".encode()).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(word[:16], "big")))


def input_draws(
    distribution: Distribution, central: float, *, draws: int, seed: int, key: str
) -> NDArray[np.float64]:
    """Draws of one input, shape (draws,) [unit of the input]."""
    source = generator(seed, key)
    if distribution.kind in {"lognormal", "normal"}:
        return draw(distribution, central, source.standard_normal(draws), np.empty(0))
    return draw(distribution, central, np.empty(0), source.random(draws))


@attrs.frozen(eq=False)
class Terms:
    """Lines of a result, as arrays.

    Parameters
    ----------
    climate : ndarray of float64, shape (lines,)
        Central climate effect [kg CO2e per declared unit].
    groups : ndarray of bool, shape (groups, lines)
        Which lines belong to which sum.
    dataset : ndarray of int64, shape (lines,)
        Index of the dataset of each line; -1 for none.
    own_gsd : ndarray of float64, shape (lines,)
        Geometric standard deviation of the line's amount [1]; 1 for none.
    keys : sequence of str
        Name of the amount of each line, which seeds its own draws: lines of one amount share them.
    drawn : mapping of line index to ndarray, shape (draws,)
        Climate effect with the central intensity, where the amount depends on drawn numbers [kg CO2e per declared
        unit]; it may move although the central amount is 0.
    """

    climate: NDArray[np.float64]
    groups: NDArray[np.bool_]
    dataset: NDArray[np.int64]
    own_gsd: NDArray[np.float64]
    keys: Sequence[str]
    drawn: Mapping[int, NDArray[np.float64]]


def simulate(
    terms: Terms, multipliers: Sequence[NDArray[np.float64]], *, draws: int, seed: int
) -> NDArray[np.float64]:
    """Monte Carlo of all groups.

    Parameters
    ----------
    terms : Terms
    multipliers : sequence of ndarray of float64, each of shape (draws,)
        Draws of each dataset relative to its central value [1].

    Returns
    -------
    ndarray of float64, shape (groups, draws)
        [kg CO2e per declared unit]

    Notes
    -----
    Sums run line by line in a fixed order, so results do not depend on threads.
    """
    result = np.zeros((terms.groups.shape[0], draws))
    alone = _lines_alone(terms)
    for index in range(len(multipliers)):
        shared = ~alone & (terms.dataset == index)
        if shared.any():
            weights = (terms.groups[:, shared] * terms.climate[shared]).sum(axis=1)
            for group in np.flatnonzero(weights):
                result[group] += weights[group] * multipliers[index]
    fixed = ~alone & (terms.dataset < 0)
    result += (terms.groups[:, fixed] * terms.climate[fixed]).sum(axis=1)[:, None]
    for line in np.flatnonzero(alone):
        result[terms.groups[:, line]] += _line_draws(terms, int(line), multipliers, draws, seed)
    return result


def _lines_alone(terms: Terms) -> NDArray[np.bool_]:
    alone = terms.own_gsd > 1.0
    for line in terms.drawn:
        alone[line] = True
    return alone


def _line_draws(
    terms: Terms, line: int, multipliers: Sequence[NDArray[np.float64]], draws: int, seed: int
) -> NDArray[np.float64]:
    values = terms.drawn[line] if line in terms.drawn else np.full(draws, terms.climate[line])
    dataset = int(terms.dataset[line])
    if dataset >= 0:
        values = values * multipliers[dataset]
    spread = float(terms.own_gsd[line])
    if spread > 1.0:
        values = values * amount_draws(spread, draws=draws, seed=seed, key=terms.keys[line])
    return values


def amount_draws(spread: float, *, draws: int, seed: int, key: str) -> NDArray[np.float64]:
    """Draws of an amount relative to its central value, lognormal with the geometric standard deviation `spread` [1]."""
    return np.asarray(np.exp(math.log(spread) * generator(seed, f"amount:{key}").standard_normal(draws)))


def analytic_log_gsd(elasticities: Sequence[float], log_gsds: Sequence[float]) -> float:
    """ln GSD of a result after F11: ``(ln GSD_y)² = Σ S_i² (ln GSD_i)²``.

    Parameters
    ----------
    elasticities : sequence of float
        Relative change of the result per relative change of each independent input, S_i [1].
    log_gsds : sequence of float
        ln GSD_i of the inputs [1].

    Notes
    -----
    First order; exact for a product of log-normals, good while no share of the variance comes from an input whose
    GSD is above about 1.5 and the result does not change sign. Where contributions nearly cancel it may be infinite.
    """
    return math.hypot(*(s * g for s, g in zip(elasticities, log_gsds, strict=True)))


def rank_correlation(first: NDArray[np.float64], second: NDArray[np.float64]) -> float:
    """Spearman's rank correlation of two samples of shape (draws,) [-1, 1]; 0 when one of them is constant."""
    ranks = [np.argsort(np.argsort(sample)).astype(np.float64) for sample in (first, second)]
    centred = [rank - rank.mean() for rank in ranks]
    if np.ptp(first) == 0.0 or np.ptp(second) == 0.0:
        return 0.0
    norm = math.sqrt(float((centred[0] ** 2).sum() * (centred[1] ** 2).sum()))
    return float((centred[0] * centred[1]).sum() / norm)
