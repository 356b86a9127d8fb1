"""A small system of one's own that buys from a solved background: microseconds instead of a new factorisation."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.engine.solve import TOLERANCE, InaccurateError
from cradlemark.engine.system import Entries


def _array(values: Any) -> NDArray[np.float64]:
    return np.ascontiguousarray(values, dtype=np.float64)


@attrs.frozen(eq=False)
class Foreground:
    """Processes of a study.

    Parameters
    ----------
    technosphere : ndarray of float64, shape (own processes, own processes)
        A_f, output positive, input negative, own product of each process on the diagonal [unit / run].
    links : Entries
        Row: process of the background. Column: own process. Amount bought [unit of the background's product / run],
        positive; for a waste the amount handed over for treatment, positive as well.
    direct : ndarray of float64, shape (categories, own processes)
        Direct impact [unit of the category / run].

    Raises
    ------
    InputErrors
        ``foreground-shape`` when arrays do not fit together, ``foreground-amount`` for values that are not finite.
    """

    technosphere: NDArray[np.float64] = attrs.field(converter=_array)
    links: Entries
    direct: NDArray[np.float64] = attrs.field(converter=_array)

    def __attrs_post_init__(self) -> None:
        count = self.technosphere.shape[0]
        problems = []
        if self.technosphere.shape != (count, count) or count == 0:
            problems.append(
                _misfit(
                    Text(
                        f"the technosphere has shape {self.technosphere.shape}",
                        f"技术矩阵的形状为 {self.technosphere.shape}",
                    )
                )
            )
        if self.direct.ndim != 2 or self.direct.shape[1] != count:
            problems.append(
                _misfit(
                    Text(
                        f"direct impacts have shape {self.direct.shape} for {count} processes",
                        f"直接影响的形状为 {self.direct.shape}，而过程有 {count} 个",
                    )
                )
            )
        if len(self.links) and not 0 <= self.links.column.min() <= self.links.column.max() < count:
            problems.append(
                _misfit(
                    Text(
                        f"a link belongs to none of the {count} own processes",
                        f"某链接不属于 {count} 个自有过程中的任何一个",
                    )
                )
            )
        arrays = (self.technosphere, self.direct, self.links.amount)
        if not all(np.isfinite(array).all() for array in arrays):
            message = Text("an amount is not a finite number", "某数量不是有限数值")
            problems.append(
                Problem("foreground", "foreground-amount", message, Text("correct the amount", "修正数量"))
            )
        raise_if_any(problems)


def _misfit(message: Text) -> Problem:
    hint = Text(
        "give a square technosphere, and links and impacts of its processes",
        "给出方阵的技术矩阵，以及属于其过程的链接和影响",
    )
    return Problem("foreground", "foreground-shape", message, hint)


@attrs.frozen(eq=False)
class ForegroundResult:
    """Intensities of a study's own processes.

    Parameters
    ----------
    burden : ndarray of float64, shape (categories, own processes)
        What one run of each own process brings in itself: direct, and bought from the background [category / run].
    values : ndarray of float64, shape (categories, own processes)
        Impact per unit of each own product [unit of the category / unit].
    residual, forward_error : float
        Largest relative residual and estimated relative error [1].
    """

    burden: NDArray[np.float64]
    values: NDArray[np.float64]
    residual: float
    forward_error: float


def solve_foreground(foreground: Foreground, background: NDArray[np.float64]) -> ForegroundResult:
    """Solve A_fᵀ λ_f = (direct + bought)ᵀ.

    Parameters
    ----------
    foreground : Foreground
    background : ndarray of float64, shape (categories, background processes)
        `Intensities.values`, stored or just made, or one draw of them.

    Raises
    ------
    InputError
        ``foreground-shape``, ``foreground-singular``.
    InaccurateError
        ``result-inaccurate``
    """
    links = foreground.links
    if background.shape[0] != foreground.direct.shape[0] or (
        len(links) and not 0 <= links.row.min() <= links.row.max() < background.shape[1]
    ):
        message = Text(
            f"the background has shape {background.shape}, links or categories lie outside it",
            f"背景的形状为 {background.shape}，链接或类别在其之外",
        )
        raise InputError(
            message,
            code="foreground-shape",
            hint=Text("use the intensities the links were made for", "使用建立链接时的强度"),
        )
    burden = foreground.direct.copy()
    bought = background[:, links.row] * links.amount
    for category in range(burden.shape[0]):
        burden[category] += np.bincount(links.column, bought[category], minlength=burden.shape[1])
    try:
        return _checked(foreground.technosphere.T, burden)
    except np.linalg.LinAlgError as error:
        message = Text(
            "the study's own processes take as much from each other as they make",
            "研究的自有过程互相消耗与产出相等",
        )
        raise InputError(
            message,
            code="foreground-singular",
            hint=Text("check the amounts of its loops", "检查其循环的数量"),
        ) from error


def _checked(matrix: NDArray[np.float64], burden: NDArray[np.float64]) -> ForegroundResult:
    inverse = np.linalg.inv(matrix)
    values = inverse @ burden.T
    values += inverse @ (burden.T - matrix @ values)
    difference = np.abs(burden.T - matrix @ values)
    gross = np.abs(matrix) @ np.abs(values) + np.abs(burden.T)
    bound = np.abs(inverse) @ (difference + np.finfo(np.float64).eps / 2.0 * gross)
    residual, error = (
        _largest_ratio(difference, gross),
        _largest_ratio(bound, np.abs(inverse) @ np.abs(burden.T)),
    )
    if not max(residual, error) <= TOLERANCE:
        raise InaccurateError(
            Text(
                f"the result is refused: relative residual {residual:.1e}, estimated error {error:.1e}",
                f"结果被拒绝：相对残差 {residual:.1e}，估计误差 {error:.1e}",
            ),
            code="result-inaccurate",
            where="foreground",
            hint=Text(
                "the study's own processes nearly cancel each other: check the amounts of its loops",
                "研究的自有过程几乎互相抵消：检查其循环的数量",
            ),
        )
    return ForegroundResult(burden, np.ascontiguousarray(values.T), residual, error)


def _largest_ratio(part: NDArray[np.float64], whole: NDArray[np.float64]) -> float:
    with np.errstate(all="ignore"):
        ratio = np.where(part == 0.0, 0.0, part / whole)
    return float(np.where(np.isnan(ratio), np.inf, ratio).max(initial=0.0))
