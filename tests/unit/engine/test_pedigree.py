"""Pedigree scores (F10)."""

from __future__ import annotations

import math

import pytest

from cradlemark.core.errors import InputError
from cradlemark.engine.pedigree import INDICATORS, Pedigree, gsd, squared_gsd

FACTORS = {
    "reliability": (1, 1.05, 1.10, 1.20, 1.50), "completeness": (1, 1.02, 1.05, 1.10, 1.20),
    "temporal": (1, 1.03, 1.10, 1.20, 1.50), "geographical": (1, 1.01, 1.02, 1.02, 1.10),
    "technological": (1, 1, 1.20, 1.50, 2.00), "sample": (1, 1.02, 1.05, 1.10, 1.20),
}  # fmt: skip


@pytest.mark.parametrize("indicator", INDICATORS)
@pytest.mark.parametrize("score", range(1, 6))
def test_one_indicator_alone_gives_its_factor(indicator: str, score: int) -> None:
    scores = dict.fromkeys(INDICATORS, 1) | {indicator: score}
    assert squared_gsd(Pedigree(**scores), 1.0) == pytest.approx(FACTORS[indicator][score - 1])


def test_best_scores_leave_the_basic_factor() -> None:
    best = Pedigree(1, 1, 1, 1, 1, 1)
    assert squared_gsd(best) == pytest.approx(1.05)
    assert gsd(best) == pytest.approx(math.sqrt(1.05))


@pytest.mark.parametrize("score", [0, 6, 2.5, "3", None])
def test_other_scores_are_refused(score: object) -> None:
    with pytest.raises(InputError) as refused:
        Pedigree(score, 1, 1, 1, 1, 1)  # type: ignore[arg-type]
    assert refused.value.code == "pedigree-invalid"
