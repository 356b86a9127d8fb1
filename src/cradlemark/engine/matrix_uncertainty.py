"""Uncertainty of the entries of a matrix, as columnar arrays, and their draws."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.engine.distributions import KINDS, Kind
from cradlemark.engine.pedigree import added_variance
from cradlemark.engine.system import NAMED_AT_MOST, Entries

FIXED = 0
"""Code of an entry without uncertainty."""


def code(kind: Kind) -> int:
    """Return the number that stands for a distribution in `Uncertainty.kind`: 1 to 4 in the order of `KINDS`."""
    return KINDS.index(kind) + 1


def _codes(values: Any) -> NDArray[np.int8]:
    return np.ascontiguousarray(values, dtype=np.int8).reshape(-1)


def _numbers(values: Any) -> NDArray[np.float64]:
    return np.ascontiguousarray(values, dtype=np.float64).reshape(-1)


@attrs.frozen(eq=False)
class Uncertainty:
    """Distributions around the amounts of `Entries`, one for each entry.

    Parameters
    ----------
    kind : array of int8, shape (entries,)
        0 fixed, 1 lognormal, 2 normal, 3 uniform, 4 triangular.
    first : array of float64, shape (entries,)
        Geometric standard deviation [1] of a lognormal whose median is the amount (a negative amount stays negative);
        standard deviation [unit of the amount] of a normal whose mean is the amount; lower bound [unit of the amount]
        of a uniform or triangular, whose mode is the amount.
    second : array of float64, shape (entries,)
        Upper bound [unit of the amount] of a uniform or triangular; not used otherwise.
    """

    kind: NDArray[np.int8] = attrs.field(converter=_codes)
    first: NDArray[np.float64] = attrs.field(converter=_numbers)
    second: NDArray[np.float64] = attrs.field(converter=_numbers)


def no_uncertainty(entries: Entries) -> Uncertainty:
    """All entries fixed."""
    return Uncertainty(np.zeros(len(entries)), np.zeros(len(entries)), np.zeros(len(entries)))


def combined_gsd(basic: NDArray[np.float64], pedigree: NDArray[np.float64]) -> NDArray[np.float64]:
    """Geometric standard deviation [1] of a lognormal with a pedigree addition: ``ln² = ln²(basic) + ln²(pedigree)``."""
    return np.asarray(np.exp(np.hypot(np.log(basic), np.log(pedigree))))


def with_pedigree(entries: Entries, basic: Uncertainty, scores: NDArray[np.int64]) -> Uncertainty:
    """Add what ecoinvent's pedigree scores add to basic uncertainties.

    Parameters
    ----------
    entries : Entries
    basic : Uncertainty
        Without the pedigree.
    scores : ndarray of int, shape (entries, 5)
        As in `pedigree.added_variance`; all 0 for an entry without scores.

    Returns
    -------
    Uncertainty
        Lognormal: variances of ln add, σ² = σ_b² + σ_a², as in ecoinvent 3. The others keep their family and their central
        amount a, and the squares of their standard deviations add, sd² = sd_b² + a² (exp(σ_a²) - 1), where the second
        term is the variance of a lognormal factor; bounds move away from the amount in proportion. Fixed entries, and
        bounds that leave no room, stay as they are.

    Notes
    -----
    Data quality guideline for the ecoinvent database, version 3 (2013), chapter 10, for the lognormal; for the others the
    coefficients of variation combine as Muller et al. propose, doi:10.1007/s11367-014-0759-5, around the
    amount instead of the mean.
    """
    more = added_variance(scores)
    first, second = basic.first.copy(), basic.second.copy()
    log, normal = basic.kind == 1, basic.kind == 2
    first[log] = np.exp(np.sqrt(np.log(first[log]) ** 2 + more[log]))
    added = entries.amount**2 * np.expm1(more)
    first[normal] = np.sqrt(first[normal] ** 2 + added[normal])
    variance = _bounded_variance(entries.amount, basic)
    wide = variance > 0.0
    growth = np.sqrt(1.0 + added[wide] / variance[wide])
    for bound in (first, second):
        bound[wide] = entries.amount[wide] + growth * (bound[wide] - entries.amount[wide])
    return Uncertainty(basic.kind, first, second)


def _bounded_variance(amount: NDArray[np.float64], spread: Uncertainty) -> NDArray[np.float64]:
    """Variance of uniform and triangular entries, 0 for others [unit of the amount, squared]."""
    low, high = spread.first, spread.second
    uniform = (high - low) ** 2 / 12.0
    triangular = (low**2 + high**2 + amount**2 - low * high - low * amount - high * amount) / 18.0
    return np.select([spread.kind == 3, spread.kind == 4], [uniform, triangular], default=0.0)


def check_uncertainty(name: str, entries: Entries, uncertainty: Uncertainty) -> None:
    """Refuse distributions that cannot be.

    Raises
    ------
    InputErrors
        ``distribution-invalid``, every bad entry by name, for an unknown kind, a geometric standard deviation outside
        1 to 100, a negative standard deviation, or an amount outside its bounds.
    """
    sizes = (uncertainty.kind.size, uncertainty.first.size, uncertainty.second.size)
    if set(sizes) != {len(entries)}:
        message = Text(
            f"{len(entries)} entries have {', '.join(map(str, sizes))} kinds and parameters",
            f"{len(entries)} 个条目有 {'、'.join(map(str, sizes))} 个类型和参数",
        )
        raise_if_any(
            [
                Problem(
                    name,
                    "system-shape",
                    message,
                    Text("give one distribution for each entry", "为每个条目给出一个分布"),
                )
            ]
        )
    kind, first, second = uncertainty.kind, uncertainty.first, uncertainty.second
    with np.errstate(invalid="ignore"):
        right = np.select(
            [kind == FIXED, kind == 1, kind == 2, (kind == 3) | (kind == 4)],
            [
                np.ones(kind.size, dtype=np.bool_),
                (first >= 1.0) & (first < 100.0),
                (first >= 0.0) & np.isfinite(first),
                (first <= entries.amount) & (entries.amount <= second) & np.isfinite(second - first),
            ],
            default=False,
        )
    bad = np.flatnonzero(~right)
    hint = Text(
        "give gsd from 1 to 100, sd of at least 0, or low <= amount <= high",
        "gsd 取 1 至 100，sd 不小于 0，或 low <= 数量 <= high",
    )
    problems = [
        Problem(
            f"{name}, entry {place}",
            "distribution-invalid",
            Text(
                f"kind {kind[place]} with {first[place]:g} and {second[place]:g} around {entries.amount[place]:g}",
                f"类型 {kind[place]}，参数 {first[place]:g} 和 {second[place]:g}，围绕 {entries.amount[place]:g}",
            ),
            hint,
        )
        for place in bad[:NAMED_AT_MOST]
    ]
    if bad.size > NAMED_AT_MOST:
        more = Text(
            f"the same holds for {bad.size - NAMED_AT_MOST} more entries",
            f"另有 {bad.size - NAMED_AT_MOST} 个条目也是如此",
        )
        problems.append(Problem(name, "distribution-invalid", more, hint))
    raise_if_any(problems)


@attrs.frozen(eq=False)
class Sampler:
    """What is the same for every draw of some entries, worked out once.

    Parameters
    ----------
    amount : ndarray of float64, shape (entries,)
        Central amounts.
    places : ndarray of int64, shape (drawn,)
        Entries that are drawn: lognormals, then normals, then uniform and triangular ones.
    lognormals, normals : int
        How many of each.
    spread : ndarray of float64, shape (lognormals + normals,)
        ln of the geometric standard deviation, or standard deviation.
    centre : ndarray of float64, shape (drawn,)
        Amount of each of the places.
    uniform : ndarray of bool
        Which of the bounded ones are uniform.
    low, high : ndarray of float64
        Bounds of each of the bounded ones.
    """

    amount: NDArray[np.float64]
    places: NDArray[np.int64]
    lognormals: int
    normals: int
    spread: NDArray[np.float64]
    centre: NDArray[np.float64]
    uniform: NDArray[np.bool_]
    low: NDArray[np.float64]
    high: NDArray[np.float64]

    def draw(self, source: np.random.Generator) -> NDArray[np.float64]:
        """One draw of all amounts, shape (entries,); entries are drawn independently of each other."""
        amounts, drawn = self.amount.copy(), np.empty(self.places.size)
        self.fill(source, drawn)
        amounts[self.places] = drawn
        return amounts

    def fill(self, source: np.random.Generator, drawn: NDArray[np.float64]) -> None:
        """Put one draw of the amounts at the places into `drawn`, shape (drawn,), in their order."""
        around = self.lognormals + self.normals
        factors, shifted = drawn[: self.lognormals], drawn[self.lognormals : around]
        source.standard_normal(out=drawn[:around])
        drawn[:around] *= self.spread
        np.exp(factors, out=factors)
        factors *= self.centre[: self.lognormals]
        shifted += self.centre[self.lognormals : around]
        if around < drawn.size:
            drawn[around:] = self._between(source.random(drawn.size - around))

    def _between(self, uniform: NDArray[np.float64]) -> NDArray[np.float64]:
        flat = self.low + (self.high - self.low) * uniform
        mode = self.centre[self.lognormals + self.normals :]
        return np.where(self.uniform, flat, _triangular(self.low, mode, self.high, uniform))


def sampler(entries: Entries, uncertainty: Uncertainty) -> Sampler:
    """Sort the entries by what is drawn for them."""
    kind, first, second = uncertainty.kind, uncertainty.first, uncertainty.second
    lognormal, normal = np.flatnonzero(kind == 1), np.flatnonzero(kind == 2)
    bounded = np.flatnonzero((kind == 3) | (kind == 4))
    places = np.concatenate([lognormal, normal, bounded])
    return Sampler(
        entries.amount,
        places,
        lognormal.size,
        normal.size,
        np.concatenate([np.log(first[lognormal]), first[normal]]),
        entries.amount[places],
        kind[bounded] == 3,
        first[bounded],
        second[bounded],
    )


def draw_amounts(
    entries: Entries, uncertainty: Uncertainty, source: np.random.Generator
) -> NDArray[np.float64]:
    """One draw of all amounts, shape (entries,); for many draws make a `Sampler` once."""
    return sampler(entries, uncertainty).draw(source)


def _triangular(
    low: NDArray[np.float64],
    mode: NDArray[np.float64],
    high: NDArray[np.float64],
    uniform: NDArray[np.float64],
) -> NDArray[np.float64]:
    width = high - low
    split = np.divide(mode - low, width, out=np.zeros_like(width), where=width > 0.0)
    rising = low + np.sqrt(uniform * width * (mode - low))
    falling = high - np.sqrt((1.0 - uniform) * width * (high - mode))
    return np.where(uniform < split, rising, falling)
