"""Uncertainty from data-quality scores: the pedigree approach (F10)."""

from __future__ import annotations

import math
from functools import lru_cache

import attrs

from cradlemark.core.errors import InputError

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
                    f"pedigree score {name} is {score!r}",
                    code="pedigree-invalid",
                    hint="use a whole number 1 to 5",
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
