"""The footprint as a whole: sums, boundaries, bases, quality, what was left out."""

from __future__ import annotations

from fractions import Fraction
from math import fsum

import attrs
import numpy as np
import pytest
from tests.unit.footprint.builders import (
    SCORES,
    dataset,
    footprint,
    formula,
    grave,
    material,
    model,
    part,
    rich_study,
    study,
    val,
)

from cradlemark.core.errors import CradlemarkError
from cradlemark.engine.pedigree import Pedigree
from cradlemark.footprint.footprint import Footprint
from cradlemark.inventory.characterisation import climate_from_gases
from cradlemark.inventory.dataset import ORIGINS, Climate, GasAmount
from cradlemark.product.study import GATE_STAGES, STAGES


def exact(values: list[float]) -> float:
    return float(sum((Fraction(value) for value in values), start=Fraction(0)))


@pytest.mark.parametrize("basis", ["location", "market"])
def test_lines_sum_to_every_total_exactly(result: Footprint, basis: str) -> None:
    counted = result.counted(basis=basis)  # type: ignore[arg-type]
    assert counted
    for stages in ((stage,) for stage in STAGES):
        found = result.stage_total(stages, basis=basis)  # type: ignore[arg-type]
        assert found == exact([value for line in counted if line.stage in stages for value in line.climate])
    matrix = result.by_stage(basis=basis)  # type: ignore[arg-type]
    for stage in STAGES:
        for index, origin in enumerate(ORIGINS):
            assert matrix[stage][origin] == exact(
                [line.climate[index] for line in counted if line.stage == stage]
            )


def test_the_matrix_is_dense(result: Footprint) -> None:
    assert tuple(result.by_stage()) == STAGES
    assert all(tuple(row) == ORIGINS for row in result.by_stage().values())


def test_module_d_is_in_no_total(result: Footprint) -> None:
    without = attrs.evolve(result, lines=tuple(line for line in result.lines if line.stage != "D"))
    assert result.beyond_boundary != 0.0
    assert (without.total, without.life_cycle, without.cradle_to_gate) == (
        result.total, result.life_cycle, result.cradle_to_gate,
    )  # fmt: skip
    interval = result.interval("life_cycle")
    assert interval.figure == pytest.approx(result.life_cycle)


def test_gate_and_life_cycle_stand_apart(result: Footprint) -> None:
    gate = exact([line.total for line in result.counted() if line.stage in GATE_STAGES])
    assert result.cradle_to_gate == pytest.approx(gate)
    assert result.life_cycle > result.cradle_to_gate
    assert result.total == result.life_cycle


def test_both_electricity_bases_are_in_one_result(result: Footprint) -> None:
    location = result.stage_total(("A3",), basis="location")
    market = result.stage_total(("A3",), basis="market")
    # 0.3 kWh: 0.5 on location; 40 % wind at 0.02 and 60 % residual at 0.8 on market
    assert market - location == pytest.approx(0.3 * (0.4 * 0.02 + 0.6 * 0.8 - 0.5))
    assert result.electricity_basis == "market"
    assert not [line for line in result.counted(basis="market") if line.basis == "location"]


def test_intervals_of_the_analytic_and_sampled_kind_hold_the_figure(result: Footprint) -> None:
    for interval in result.intervals:
        if interval.figure > 0:
            digits = 1 + 1e-8  # sampled figures keep nine digits
            assert interval.low / digits <= interval.figure <= interval.high * digits
            assert interval.analytic_low is not None
            assert interval.analytic_high is not None
            assert interval.analytic_low <= interval.figure <= interval.analytic_high


def test_the_quick_recalculation_agrees_with_the_full_one() -> None:
    ready = model(rich_study())
    full = ready.calculate(draws=0).footprint.by_stage()
    quick = ready.climate()
    expected = np.array([[full[stage][origin] for origin in ORIGINS] for stage in STAGES])
    np.testing.assert_allclose(quick, expected, rtol=1e-12, atol=1e-15)


def test_a_cut_off_share_in_percent_is_a_share(result: Footprint) -> None:
    assert [(item.name.en, item.share) for item in result.cut_offs] == [("Glue", 0.005)]


def test_subject_numbers_may_come_from_formulas_and_other_units() -> None:
    from cradlemark.product.study import Parameter

    wanted = study(part("A", material("plastic", 1.0)), parameters=(Parameter("life", val(10.0, "year")),))
    product = attrs.evolve(wanted.product, mass=val(6.5, "g"), service_life=formula("2 * life", "year"))
    subject = footprint(attrs.evolve(wanted, product=product)).subject
    assert subject.mass == pytest.approx(0.0065)
    assert subject.service_life == pytest.approx(20.0)


# -- data quality -------------------------------------------------------------------------------------------------------


def test_quality_is_weighted_by_the_size_of_contributions() -> None:
    """F9 by hand: weights 6 and 2 of rated lines, 2 of an unrated one."""
    good = dataset("good", 6.0, pedigree=Pedigree(1, 1, 1, 1, 1, 1))
    poor = dataset("poor", -2.0, pedigree=Pedigree(5, 5, 3, 4, 5, 5))
    result = footprint(
        study(part("A", material("good", 1.0), material("poor", 1.0), material("plastic", 1.0))), good, poor
    )
    quality = result.data_quality
    assert quality.technological == pytest.approx((6 * 1 + 2 * 5) / 8)
    assert quality.geographical == pytest.approx((6 * 1 + 2 * 4) / 8)
    assert quality.temporal == pytest.approx((6 * 1 + 2 * 3) / 8)
    # PEF: (TeR + GeR + TiR + P) / 4, P from reliability: (5 + 4 + 3 + 5) / 4 = 4.25
    assert quality.pef == pytest.approx((6 * 1 + 2 * 4.25) / 8)
    assert quality.rated_share == pytest.approx(0.8)


def test_the_worse_of_dataset_and_amount_counts() -> None:
    good = dataset("good", 1.0, pedigree=Pedigree(1, 3, 1, 1, 1, 1))
    result = footprint(study(part("A", material("good", 1.0, pedigree=SCORES))), good)
    assert result.lines[0].quality == (2, 3, 2, 2, 2, 2)


def test_shares_of_status_origin_set_and_gases() -> None:
    sets = (
        dataset("unsure", 1.0, status="unverified"),
        dataset(
            "made",
            2.0,
            status="derived",
            climate=Climate("AR5", (2.0, 0.0, 0.0, 0.0, 0.0), origins_known=False),
        ),
        dataset(
            "co2", 5.0, climate=Climate("AR6", (5.0, 0, 0, 0, 0), origins_known=True, gases_complete=False)
        ),
    )
    quality = footprint(
        study(
            part(
                "A",
                material("unsure", 1.0),
                material("made", 1.0),
                material("co2", 1.0),
                material("plastic", 1.0),
            )
        ),
        *sets,
    ).data_quality
    assert (quality.unverified_share, quality.derived_share) == pytest.approx((0.1, 0.2))
    assert (quality.undivided_share, quality.unknown_gwp_share) == pytest.approx((0.2, 0.2))
    assert quality.co2_only_share == pytest.approx(0.5)


def test_quality_leaves_module_d_and_the_other_basis_out() -> None:
    rated = attrs.evolve(rich_study(), components=(part("A", material("copper", 1.0, pedigree=SCORES)),))
    result = footprint(rated)
    inside = [line for line in result.counted() if line.stage != "D"]
    weight = fsum(abs(line.total) for line in inside)
    assert result.data_quality.rated_share == pytest.approx(
        fsum(abs(line.total) for line in inside if line.quality) / weight
    )


def test_no_rated_line_means_no_rating() -> None:
    quality = footprint(study(part("A", material("plastic", 1.0)))).data_quality
    assert (quality.pef, quality.rated_share) == (None, 0.0)


# -- gases and GWP sets -------------------------------------------------------------------------------------------------


def test_gases_are_rebased_to_the_set_of_the_pack_and_shown_by_mass() -> None:
    climate = climate_from_gases(
        (GasAmount("co2", "fossil", 1.0), GasAmount("ch4_fossil", "fossil", 0.1)), gwp_set="AR5"
    )
    result = footprint(study(part("A", material("leaky", 2.0))), dataset("leaky", 0.0, climate=climate))
    assert result.total == pytest.approx(2.0 * (1.0 + 0.1 * 29.8))
    assert dict(result.lines[0].gases) == pytest.approx({"co2": 2.0, "ch4_fossil": 0.2})
    assert result.lines[0].dataset is not None
    assert result.lines[0].dataset.gwp_set == "AR6"


def test_a_factor_of_another_set_without_gases_keeps_it_and_says_so() -> None:
    old = dataset("old", 1.0, climate=Climate("AR5", (1.0, 0.0, 0.0, 0.0, 0.0), origins_known=True))
    result = footprint(study(part("A", material("old", 1.0))), old)
    assert result.total == 1.0
    assert result.data_quality.unknown_gwp_share == 1.0


def test_unknown_datasets_are_named() -> None:
    with pytest.raises(CradlemarkError) as refused:
        footprint(grave(part("A", material("plastic", 1.0, dataset="no-such"))))
    assert refused.value.problems[0].code == "dataset-unknown"
    assert refused.value.problems[0].where == "components[A].materials[plastic]"
