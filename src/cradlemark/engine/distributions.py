"""Probability distributions of inputs, as values, and their draws.

A distribution belongs to one positive or signed number, its *central value*; low, high, mode and standard
deviation are in the unit of that number.
"""

from __future__ import annotations

import math
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

Kind = Literal["lognormal", "normal", "uniform", "triangular"]
KINDS: tuple[Kind, ...] = ("lognormal", "normal", "uniform", "triangular")


@attrs.frozen
class Distribution:
    """Uncertainty of one number.

    Parameters
    ----------
    kind : {"lognormal", "normal", "uniform", "triangular"}
        Family.
    gsd : float, optional
        Geometric standard deviation [1], > 1, of a lognormal whose median is the central value.
    sd : float, optional
        Standard deviation [unit of the number] of a normal whose mean is the central value.
    low, high : float, optional
        Bounds [unit of the number] of a uniform or triangular distribution; the mode of the triangular is the
        central value.

    Raises
    ------
    InputError
        ``distribution-invalid`` when a needed parameter is missing or out of range.
    """

    kind: Kind
    gsd: float | None = None
    sd: float | None = None
    low: float | None = None
    high: float | None = None

    def __attrs_post_init__(self) -> None:
        if self.kind not in KINDS:
            raise _invalid(
                Text(f"unknown distribution {self.kind!r}", f"未知分布 {self.kind!r}"),
                Text(f"use one of {', '.join(KINDS)}", f"使用以下之一：{'、'.join(KINDS)}"),
            )
        if self.kind == "lognormal" and not (self.gsd is not None and 1.0 <= self.gsd < 100.0):
            raise _invalid(
                Text(
                    "a lognormal needs gsd, a geometric standard deviation from 1 to 100",
                    "对数正态需要 gsd，即 1 至 100 的几何标准差",
                ),
                Text("give gsd", "给出 gsd"),
            )
        if self.kind == "normal" and not (self.sd is not None and 0.0 <= self.sd < math.inf):
            raise _invalid(
                Text(
                    "a normal needs sd, a standard deviation of at least 0",
                    "正态需要 sd，即不小于 0 的标准差",
                ),
                Text("give sd", "给出 sd"),
            )
        if self.kind in {"uniform", "triangular"} and (
            self.low is None or self.high is None or not -math.inf < self.low <= self.high < math.inf
        ):
            raise _invalid(
                Text(
                    f"a {self.kind} needs low and high with low <= high",
                    f"{self.kind} 需要 low 和 high，且 low <= high",
                ),
                Text("give low and high", "给出 low 和 high"),
            )


def _invalid(message: Text, hint: Text) -> InputError:
    return InputError(message, code="distribution-invalid", hint=hint)


def draw(
    distribution: Distribution, central: float, normals: NDArray[np.float64], uniforms: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Turn standard draws into draws of the number.

    Parameters
    ----------
    distribution : Distribution
    central : float
        Central value [unit of the number].
    normals, uniforms : ndarray of float64, shape (draws,)
        Standard normal and standard uniform draws [1]; only one of them is used.

    Returns
    -------
    ndarray of float64, shape (draws,)
        [unit of the number]
    """
    match distribution.kind:
        case "lognormal":
            assert distribution.gsd is not None
            return np.asarray(central * np.exp(math.log(distribution.gsd) * normals))
        case "normal":
            assert distribution.sd is not None
            return np.asarray(central + distribution.sd * normals)
        case "uniform":
            low, high = _around(distribution, central)
            return np.asarray(low + (high - low) * uniforms)
        case "triangular":
            return _triangular(distribution, central, uniforms)


def _bounds(distribution: Distribution) -> tuple[float, float]:
    assert distribution.low is not None
    assert distribution.high is not None
    return distribution.low, distribution.high


def _around(distribution: Distribution, central: float) -> tuple[float, float]:
    low, high = _bounds(distribution)
    if not low <= central <= high:
        raise _invalid(
            Text(
                f"the central value {central:g} is outside {low:g} to {high:g}",
                f"中心值 {central:g} 不在 {low:g} 至 {high:g} 之间",
            ),
            Text("give low <= value <= high", "给出 low <= 值 <= high"),
        )
    return low, high


def _triangular(
    distribution: Distribution, mode: float, uniforms: NDArray[np.float64]
) -> NDArray[np.float64]:
    low, high = _around(distribution, mode)
    if low == high:
        return np.full(uniforms.shape, low)
    split = (mode - low) / (high - low)
    rising = low + np.sqrt(uniforms * (high - low) * (mode - low))
    falling = high - np.sqrt((1.0 - uniforms) * (high - low) * (high - mode))
    return np.where(uniforms < split, rising, falling)


def log_gsd(distribution: Distribution, central: float) -> float:
    """ln of the geometric standard deviation [1]; for other families the first-order equivalent sd / |central|.

    The first-order equivalent holds for relative standard deviations below about 0.3.
    """
    if distribution.kind == "lognormal":
        assert distribution.gsd is not None
        return math.log(distribution.gsd)
    if central == 0.0:
        return 0.0
    if distribution.kind == "normal":
        assert distribution.sd is not None
        return distribution.sd / abs(central)
    low, high = _bounds(distribution)
    if distribution.kind == "uniform":
        return (high - low) / math.sqrt(12.0) / abs(central)
    variance = (low**2 + high**2 + central**2 - low * high - low * central - high * central) / 18.0
    return math.sqrt(max(variance, 0.0)) / abs(central)
