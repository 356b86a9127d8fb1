"""Uncertainty against numbers that others state: F10, the analytic form F11, and paired comparison (F12).

Sources: formulas F10 to F12 of the project's notes on footprint rules; the factors of F10 as in the Python package
pedigree_matrix 0.2.2; the table of F12 was computed with 200,000 draws for a synthetic block with a nominal reduction of
5.83 %. The block itself is not stated, so a construction with the same total spread (8.0 % independent, 1.8 % paired)
stands for it; the probabilities then have to follow.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.unit.footprint.builders import calculation, dataset, kg, lognormal, material, part, study, val

from cradlemark.engine.pedigree import Pedigree, squared_gsd
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.compare import compare
from cradlemark.product.study import Leg

DRAWS = 20_000


def test_pedigree_of_the_published_example() -> None:
    """F10: U_b 1.05 with the factors 1.05, 1.05, 1.03, 1, 1 gives GSD² 1.0937."""
    # reliability 2 (1.05), completeness 3 (1.05), temporal 2 (1.03), the others 1
    assert squared_gsd(Pedigree(2, 3, 2, 1, 1, 1), 1.05) == pytest.approx(1.0937, abs=5e-5)


def test_analytic_and_sampled_spread_agree_for_a_product_of_lognormals() -> None:
    """F11 is exact here: one line = amount x 1/yield x factor, (ln GSD)² = Σ (ln GSD_i)²."""
    metal = dataset("metal", 3.0, uncertainty=lognormal(1.2))
    wanted = study(
        part("A", material("metal", 1.0, amount=kg(2.0, distribution=lognormal(1.1)), yields=(val(0.5),))),
    )
    result = calculation(wanted, metal, draws=DRAWS)
    interval = result.footprint.interval("total")
    exact = math.hypot(math.log(1.2), math.log(1.1))
    assert interval.analytic_gsd == pytest.approx(math.exp(exact), rel=1e-6)
    # The standard error of a standard deviation from n draws is 1 / sqrt(2 n) = 0.5 %.
    assert np.log(result.draws["total"]).std() == pytest.approx(exact, rel=0.02)
    assert interval.median == pytest.approx(12.0, rel=0.01)
    # The printed range is x / GSD² to x GSD² (95.45 %), the sampled one 2.5 % to 97.5 %: 2 against 1.96 sigma.
    assert math.log(interval.high / 12.0) == pytest.approx(1.96 * exact, rel=0.03)
    assert interval.analytic_low == pytest.approx(12.0 / math.exp(2 * exact), rel=1e-6)


def test_analytic_and_sampled_spread_agree_for_a_sum_of_lognormals() -> None:
    """First order; with GSDs below 1.3 both agree within 5 % of ln GSD."""
    sets = tuple(dataset(f"metal-{n}", 1.0, uncertainty=lognormal(1.1 + 0.05 * n)) for n in range(4))
    legs = (Leg(val(100.0, "km", distribution=lognormal(1.25)), "truck"),)
    parts = [part(f"P{n}", material(f"metal-{n}", 1.0 + n, legs=legs)) for n in range(4)]
    result = calculation(study(*parts), *sets, draws=DRAWS)
    spread = result.footprint.interval("total").analytic_gsd
    assert spread is not None
    assert np.log(result.draws["total"]).std() == pytest.approx(math.log(spread), rel=0.05)


def test_the_same_dataset_in_two_lines_does_not_average_out() -> None:
    metal = dataset("metal", 1.0, uncertainty=lognormal(1.2))
    other = dataset("other", 1.0, uncertainty=lognormal(1.2))
    same = calculation(study(part("A", material("metal", 1.0)), part("B", material("metal", 1.0))), metal)
    apart = calculation(
        study(part("A", material("metal", 1.0)), part("B", material("other", 1.0))), metal, other
    )
    spreads = [item.footprint.interval("total").analytic_gsd for item in (same, apart)]
    assert spreads == pytest.approx([1.2, math.exp(math.log(1.2) / math.sqrt(2))])


# -- F12 ----------------------------------------------------------------------------------------------------------------

REDUCTION = 0.0583
OWN = 0.018 / (math.sqrt(2.0) * (1.0 - REDUCTION))
"""ln GSD of each study's own amount, so that paired draws spread by 1.8 %."""
WHOLE = 0.080 / (math.sqrt(2.0) * (1.0 - REDUCTION))
"""ln GSD of each footprint, so that independent draws spread by 8.0 %."""


def block(name: str, mass: float, seed: int) -> Calculation:
    metal = dataset("metal", 1.0, uncertainty=lognormal(math.exp(math.sqrt(WHOLE**2 - OWN**2))))
    amount = kg(mass, distribution=lognormal(math.exp(OWN)))
    return calculation(
        study(part("A", material("metal", mass, amount=amount)), id=name), metal, draws=100_000, seed=seed
    )


@pytest.fixture(scope="module")
def reductions() -> dict[str, np.ndarray]:
    before, after = block("before", 1.0, 1), block("after", 1.0 - REDUCTION, 1)
    elsewhere = block("after", 1.0 - REDUCTION, 2)
    return {
        "paired": 1.0 - after.draws["total"] / before.draws["total"],
        "independent": 1.0 - elsewhere.draws["total"] / before.draws["total"],
    }


@pytest.mark.parametrize(
    ("draws", "spread", "shares"),
    [("paired", 0.018, (0.98, 0.94, 0.92)), ("independent", 0.080, (0.68, 0.64, 0.62))],
)
def test_paired_draws_see_a_reduction_that_independent_ones_lose(
    reductions: dict[str, np.ndarray], draws: str, spread: float, shares: tuple[float, ...]
) -> None:
    """T-F12: P(r >= 2 %), P(r >= 3 %), P(r >= 3.3 %)."""
    found = reductions[draws]
    assert found.std() == pytest.approx(spread, rel=0.02)
    assert [(found >= limit).mean() for limit in (0.02, 0.03, 0.033)] == pytest.approx(shares, abs=0.012)


def test_the_comparison_uses_the_paired_draws() -> None:
    found = compare(block("before", 1.0, 1), block("after", 1.0 - REDUCTION, 1))
    # P(r > 0) = Phi(5.83 / 1.8) = 0.9994
    assert found.probability_lower == pytest.approx(0.9994, abs=0.001)
    assert found.reduction == pytest.approx(REDUCTION)
