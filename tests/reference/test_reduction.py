"""The table of footprint_rules.md, section 9, F12 (T-F12): paired and independent draws of one reduction.

The table was computed from 200,000 draws of a synthetic block with a nominal reduction of 5.83 %, whose parts it does not
state. Here a block of a shared part and a replaced one is given the two spreads that the table states, paired 1.8 % and
independent 8.0 %; the six probabilities follow.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.unit.footprint.builders import NamesOnly, dataset, lognormal, material, model, part, study

from cradlemark.footprint.reduction import Tracking, track
from cradlemark.product.study import Study

DATASETS = (
    dataset("shared", 1.0, uncertainty=lognormal(1.078)),
    dataset("former", 1.0, uncertainty=lognormal(1.06)),
    dataset("present", 1.0, uncertainty=lognormal(1.06)),
)
THRESHOLDS = (0.02, 0.03, 0.033)


def block(text: str, mass: float) -> Study:
    return study(part("A", material("shared", 0.75), material(text, mass)))


@pytest.fixture(scope="module")
def tracking() -> Tracking:
    before, now = (model(block(*one), *DATASETS) for one in (("former", 0.25), ("present", 0.1917)))
    return track(before, now, draws=200_000, finder=NamesOnly)


@pytest.fixture(scope="module")
def independent(tracking: Tracking) -> NDArray[np.float64]:
    """Today on draws of its own, as two results with error bars of their own are usually held against each other."""
    alone = model(block("present", 0.1917), *DATASETS).calculate(draws=200_000, seed=7)
    return np.asarray(1.0 - alone.draws["total"] / tracking.baseline_draws)


def probabilities(sample: NDArray[np.float64]) -> list[float]:
    return [round(float((sample >= threshold).mean()), 2) for threshold in THRESHOLDS]


def test_paired(tracking: Tracking) -> None:
    assert tracking.reduction() == pytest.approx(0.0583)
    assert round(float(tracking.reduction_draws().std()), 3) == 0.018
    found = [tracking.probability(threshold) for threshold in THRESHOLDS]
    assert found == pytest.approx([0.98, 0.94, 0.92], abs=0.006)


def test_independent(independent: NDArray[np.float64]) -> None:
    assert round(float(independent.std()), 3) == 0.080
    assert probabilities(independent) == pytest.approx([0.68, 0.64, 0.62], abs=0.006)
