"""Uncertainty from data-quality scores: the pedigree approach (F10)."""

from __future__ import annotations

import math
from functools import lru_cache

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.engine.system import NAMED_AT_MOST

INDICATORS = ("reliability", "completeness", "temporal", "geographical", "technological", "sample")
_FACTORS = {
    # Uncertainty factors U_k for scores 1-5 [1]; ecoinvent data quality guideline, "version 1" set.
    "reliability": (1.0, 1.05, 1.10, 1.20, 1.50),
    "completeness": (1.0, 1.02, 1.05, 1.10, 1.20),
    "temporal": (1.0, 1.03, 1.10, 1.20, 1.50),
    "geographical": (1.0, 1.01, 1.02, 1.02, 1.10),
    "technological": (1.0, 1.0, 1.20, 1.50, 2.00),
    "sample": (1.0, 1.02, 1.05, 1.10, 1.20),
}
BASIC_FACTOR = 1.05
"""Basic uncertainty factor U_b [1] of thermal energy, electricity and semi-finished products."""


@attrs.frozen
class Pedigree:
    """Six data-quality scores, 1 (best) to 5 (worst).

    Parameters
    ----------
    reliability, completeness, temporal, geographical, technological, sample : int
        Scores [1-5].

    Raises
    ------
    InputError
        ``pedigree-invalid`` for a score outside 1 to 5.
    """

    reliability: int
    completeness: int
    temporal: int
    geographical: int
    technological: int
    sample: int = 1

    def __attrs_post_init__(self) -> None:
        for name in INDICATORS:
            score = getattr(self, name)
            if not (isinstance(score, int) and 1 <= score <= 5):
                raise InputError(
                    Text(f"pedigree score {name} is {score!r}", f"数据质量评分 {name} 为 {score!r}"),
                    code="pedigree-invalid",
                    hint=Text("use a whole number 1 to 5", "使用 1 至 5 的整数"),
                )

    @property
    def scores(self) -> tuple[int, ...]:
        """The six scores in the order of `INDICATORS`."""
        return (
            self.reliability,
            self.completeness,
            self.temporal,
            self.geographical,
            self.technological,
            self.sample,
        )


@lru_cache(maxsize=4096)
def squared_gsd(pedigree: Pedigree, basic_factor: float = BASIC_FACTOR) -> float:
    """GSD² of a number with these scores [1]; 95 % of the values lie in x / GSD² ... x * GSD².

    Formula F10: ``GSD² = exp(sqrt(ln²U_b + Σ ln²U_k))``. Factors: ecoinvent version 1 table.
    """
    squares = math.log(basic_factor) ** 2
    for name, score in zip(INDICATORS, pedigree.scores, strict=True):
        squares += math.log(_FACTORS[name][score - 1]) ** 2
    return math.exp(math.sqrt(squares))


def gsd(pedigree: Pedigree, basic_factor: float = BASIC_FACTOR) -> float:
    """Geometric standard deviation (one sigma) [1] of a number with these scores."""
    return math.sqrt(squared_gsd(pedigree, basic_factor))


ECOINVENT_3 = (
    ("reliability", (0.0, 0.0006, 0.002, 0.008, 0.04)),
    ("completeness", (0.0, 0.0001, 0.0006, 0.002, 0.008)),
    ("temporal correlation", (0.0, 0.0002, 0.002, 0.008, 0.04)),
    ("geographical correlation", (0.0, 2.5e-5, 0.0001, 0.0006, 0.002)),
    ("further technological correlation", (0.0, 0.0006, 0.008, 0.04, 0.12)),
)
"""Variance of ln that each score 1-5 adds [1]. ecoinvent data quality guideline, version 3 (2013), table 10.5."""


def added_variance(scores: NDArray[np.int64]) -> NDArray[np.float64]:
    """Variance of the natural logarithm [1] that ecoinvent 3 adds to the basic one, σ² = σ_b² + Σ σ_k².

    Parameters
    ----------
    scores : ndarray of int, shape (numbers, 5)
        Reliability, completeness, temporal, geographical and further technological correlation, 1 (best) to 5; 0 where there
        is no score, which adds nothing.

    Raises
    ------
    InputErrors
        ``pedigree-invalid``, for each number with a score outside 0 to 5.
    """
    bad = np.flatnonzero(((scores < 0) | (scores > 5)).any(axis=1))
    raise_if_any(
        Problem(
            f"entry {place}",
            "pedigree-invalid",
            Text(
                f"pedigree scores {', '.join(map(str, scores[place]))}",
                f"数据质量评分 {'、'.join(map(str, scores[place]))}",
            ),
            Text("use whole numbers 1 to 5, 0 for none", "使用 1 至 5 的整数，无评分为 0"),
        )
        for place in bad[:NAMED_AT_MOST]
    )
    table = np.array([(0.0, *variances) for _, variances in ECOINVENT_3])
    return np.asarray(table[np.arange(len(ECOINVENT_3)), scores].sum(axis=1), dtype=np.float64)
