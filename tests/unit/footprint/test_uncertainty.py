"""Draws of a whole footprint: shared, seeded, clipped, ranked."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest
from tests.unit.footprint.builders import (
    SCORES,
    calculation,
    dataset,
    footprint,
    formula,
    grave,
    kg,
    lognormal,
    material,
    model,
    part,
    study,
    val,
)

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree, gsd
from cradlemark.footprint.calculate import Calculation
from cradlemark.inventory.characterisation import climate_from_gases
from cradlemark.inventory.dataset import GasAmount
from cradlemark.product.study import (
    Contract,
    Electricity,
    EnergyUse,
    JouleLosses,
    LoadPoint,
    Material,
    Operation,
    Parameter,
    Use,
)

METAL = dataset("metal", 2.0, uncertainty=lognormal(1.3))
TRIANGLE = Distribution("triangular", low=0.8, high=1.0)


def total(found: Calculation) -> np.ndarray:
    return np.asarray(found.draws["total"])


def test_two_lines_and_two_studies_share_the_draws_of_a_dataset() -> None:
    one = calculation(
        study(part("A", material("metal", 1.0)), part("B", material("metal", 3.0))), METAL, draws=500
    )
    two = calculation(study(part("C", material("metal", 1.0)), id="another"), METAL, draws=500)
    np.testing.assert_allclose(total(one), 4.0 * total(two), rtol=1e-13)


def test_two_studies_draw_their_own_amounts_apart_and_scenarios_together() -> None:
    amount = kg(1.0, distribution=lognormal(1.2))
    wanted = study(part("A", material("plastic", 1.0, amount=amount)))
    first = calculation(wanted, draws=500)
    again = calculation(attrs.evolve(wanted, title=Text("Other", "其他")), draws=500)
    other = calculation(attrs.evolve(wanted, id="another"), draws=500)
    np.testing.assert_array_equal(total(first), total(again))
    assert abs(np.corrcoef(total(first), total(other))[0, 1]) < 0.2


def test_the_seed_decides() -> None:
    wanted = study(part("A", material("metal", 1.0)))
    first, again, other = (calculation(wanted, METAL, draws=50, seed=seed) for seed in (1, 1, 2))
    assert list(total(first)) == list(total(again))
    assert list(total(first)) != list(total(other))


def test_without_draws_the_analytic_form_stands_alone() -> None:
    result = footprint(study(part("A", material("metal", 1.0))), METAL)
    interval = result.interval("total")
    assert (interval.low, interval.high) == (2.0, 2.0)
    assert interval.analytic_gsd == pytest.approx(1.3)
    assert [item.correlation for item in result.sensitivities] == [None]


def test_the_pedigree_of_dataset_and_amount_both_count() -> None:
    rated = dataset("rated", 1.0, pedigree=Pedigree(3, 1, 1, 1, 1, 1))
    result = footprint(study(part("A", material("rated", 1.0, pedigree=SCORES))), rated)
    expected = math.hypot(math.log(gsd(Pedigree(3, 1, 1, 1, 1, 1))), math.log(gsd(SCORES)))
    assert result.interval("total").analytic_gsd == pytest.approx(math.exp(expected))
    assert result.lines[0].gsd == pytest.approx(math.exp(expected))
    assert result.lines[0].quality == (3, 2, 2, 2, 2, 2)


def test_lines_of_one_amount_share_its_draws() -> None:
    """Mix, networks and contracts carry the kilowatt-hours of one meter: their errors do not average out."""
    step = Operation(
        "op", Text("Step", "工序"), per="declared_unit", energy=(EnergyUse("electricity", val(1.0, "kWh")),),
        pedigree=Pedigree(5, 5, 5, 5, 5, 5),
    )  # fmt: skip
    found = calculation(study(part("A"), operations=(step,)), draws=500)
    assert found.footprint.interval("total").analytic_gsd == pytest.approx(gsd(Pedigree(5, 5, 5, 5, 5, 5)))
    assert len(found.footprint.sensitivities) == 1
    assert np.log(total(found)).std() == pytest.approx(math.log(gsd(Pedigree(5, 5, 5, 5, 5, 5))), rel=0.1)


def test_one_uncertain_energy_of_a_part_used_twice_is_one_input() -> None:
    energy = EnergyUse("electricity", val(1.0, "kWh", distribution=lognormal(1.2)))
    step = Operation("op", Text("Step", "工序"), "B", energy=(energy,))
    shared = part("B", material("plastic", 0.0))
    wanted = study(part("A", children=(shared,)), part("C", children=(shared,)), operations=(step,))
    found = calculation(wanted, draws=500)
    assert found.footprint.interval("total").analytic_gsd == pytest.approx(1.2, rel=1e-6)
    assert np.log(total(found)).std() == pytest.approx(math.log(1.2), rel=0.1)


@pytest.mark.parametrize(
    "distribution",
    [
        Distribution("normal", sd=0.05),
        Distribution("uniform", low=0.8, high=1.2),
        Distribution("triangular", low=0.8, high=1.2),
    ],
)
def test_other_families_enter_with_their_first_order_spread(distribution: Distribution) -> None:
    amount = kg(1.0, distribution=distribution)
    found = calculation(study(part("A", material("plastic", 1.0, amount=amount))), draws=20_000)
    spread = found.footprint.interval("total").analytic_gsd
    assert spread is not None
    assert total(found).std() / 2.0 == pytest.approx(math.log(spread), rel=0.03)


def test_a_parameter_moves_every_line_that_uses_it() -> None:
    wanted = study(
        part("A", Material("plastic", formula("rib", "kg"))),
        part("B", Material("copper", formula("2 * rib", "kg"))),
        parameters=(Parameter("rib", kg(1.0, distribution=lognormal(1.2))),),
    )
    found = calculation(wanted, draws=500)
    assert found.footprint.interval("total").analytic_gsd == pytest.approx(1.2, rel=1e-6)
    assert [(item.input, item.kind) for item in found.footprint.sensitivities] == [
        ("parameters[rib].value", "parameter")
    ]
    assert np.log(total(found)).std() == pytest.approx(math.log(1.2), rel=0.1)


def test_elasticities_are_those_of_the_formulas() -> None:
    """Yield -1, current 2, resistance 1, and each is the share of the lines that it touches."""
    losses = JouleLosses(
        rated_current=val(10.0, "A", distribution=lognormal(1.1)), resistance=val(1.0, "mohm", distribution=lognormal(1.1)),
        profile=(LoadPoint(val(1.0), val(1.0)),),
    )  # fmt: skip
    plastic = material("plastic", 1.0, yields=(val(0.9, distribution=TRIANGLE),))
    result = footprint(grave(part("A", plastic), use=Use(losses=losses)))
    use = result.stage_total(("B6",)) / result.total
    found = {item.input: item.elasticity for item in result.sensitivities}
    assert found == pytest.approx({
        "use.losses.rated_current": 2.0 * use,
        "use.losses.resistance": use,
        "components[A].materials[plastic].yields[0]": -(1.0 - use),
    }, rel=1e-5)  # fmt: skip


def test_the_elasticity_at_a_physical_bound_is_not_lost() -> None:
    plastic = material("plastic", 1.0, yields=(val(1.0, distribution=TRIANGLE),))
    result = footprint(study(part("A", plastic)))
    assert result.sensitivities[0].elasticity == pytest.approx(-1.0, rel=1e-5)


def test_sensitivities_are_ranked_and_share_the_variance() -> None:
    sets = [dataset(f"m{n}", 1.0, uncertainty=lognormal(1.05 + 0.02 * n)) for n in range(40)]
    result = footprint(study(*(part(f"P{n}", material(f"m{n}", 1.0)) for n in range(40))), *sets, draws=200)
    shares = [item.variance_share for item in result.sensitivities]
    assert shares == sorted(shares, reverse=True)
    assert len(shares) == 30
    assert 0.9 < sum(shares) < 1.0
    assert result.sensitivities[0].input == "m39"
    correlation = result.sensitivities[0].correlation
    assert correlation is not None
    assert correlation > 0.1


def test_an_amount_with_a_pedigree_has_a_rank_correlation() -> None:
    result = footprint(study(part("A", material("plastic", 1.0, pedigree=SCORES))), draws=200)
    assert result.sensitivities[0].correlation == pytest.approx(1.0)


def test_draws_outside_the_physical_range_are_noted_in_the_result() -> None:
    plastic = material("plastic", 1.0, yields=(val(0.95, distribution=Distribution("normal", sd=0.05)),))
    result = footprint(study(part("A", plastic)), draws=2000)
    notes = [note for note in result.notes if note.code == "draws-clipped"]
    assert [note.path for note in notes] == ["components[A].materials[plastic].yields[0]"]
    share = float(notes[0].message.en.partition("%")[0])
    assert share == pytest.approx(15.87, abs=3 * 0.82)  # P(z > 1), 2000 draws


def test_overridden_numbers_are_known_and_the_others_stay_uncertain() -> None:
    wanted = study(
        part("A", Material("plastic", formula("rib", "kg"))),
        part("B", material("plastic", 1.0, amount=kg(1.0, distribution=lognormal(1.2)))),
        parameters=(Parameter("rib", kg(1.0, distribution=lognormal(1.2))),),
    )
    ready = model(wanted)
    found = ready.calculate(draws=2000, overrides={"parameters[rib].value": 3.0})
    assert found.footprint.total == pytest.approx(8.0)
    assert [item.input for item in found.footprint.sensitivities] == [
        "components[B].materials[plastic].amount"
    ]
    assert np.median(total(found)) == pytest.approx(8.0, rel=0.01)
    assert total(found).min() > 6.0


def test_the_spread_of_a_rebased_dataset_stays_that_of_its_source() -> None:
    methane = climate_from_gases((GasAmount("ch4_fossil", "fossil", 1.0),), gwp_set="AR5")
    leaky = dataset(
        "leaky", 0.0, climate=methane, uncertainty=Distribution("triangular", low=29.9, high=31.0)
    )
    result = footprint(study(part("A", material("leaky", 1.0))), leaky, draws=2000)
    assert result.total == pytest.approx(29.8)  # AR6; outside the bounds stated for AR5
    interval = result.interval("total")
    assert interval.high < 29.8 * 31.0 / 30.0
    assert interval.low > 29.8 * 29.9 / 30.0


def test_a_distribution_that_misses_its_value_is_refused() -> None:
    odd = dataset("odd", 5.0, uncertainty=Distribution("uniform", low=1.0, high=2.0))
    with pytest.raises(CradlemarkError) as refused:
        footprint(study(part("A", material("odd", 1.0))), odd, draws=10)
    assert (refused.value.code, refused.value.where) == ("distribution-invalid", "odd")


def test_an_uncertain_market_share_does_not_break_the_sum() -> None:
    from cradlemark.product.study import Leg, Market

    share = val(0.5, distribution=Distribution("normal", sd=0.05))
    markets = (
        Market("CN", share, (Leg(val(1000.0, "km"), "truck"),)),
        Market("DE", val(0.5), (Leg(val(1000.0, "km"), "ship"),)),
    )
    found = calculation(grave(part("A", material("plastic", 1.0)), markets=markets), draws=500)
    outbound = np.asarray(found.draws["A4"])
    assert outbound.mean() == pytest.approx(0.055, rel=0.02)
    assert outbound.std() > 0.0


def test_uncertain_contracts_stay_within_the_use() -> None:
    amount = val(90.0, "kWh", distribution=Distribution("normal", sd=20.0))
    flags = dict.fromkeys(
        ("conveys_attributes", "unique_claim", "tracked", "close_in_time", "same_market"), True
    )
    power = Electricity(
        used=val(100.0, "kWh"), contracts=(Contract("c", "certificates", amount, "wind", "wind", **flags),),
        residual_dataset="residual",
    )  # fmt: skip
    step = Operation(
        "op", Text("Step", "工序"), per="declared_unit", energy=(EnergyUse("电力", val(1.0, "kWh")),)
    )
    found = calculation(study(part("A"), operations=(step,), electricity=power), draws=500)
    assert total(found).min() == pytest.approx(0.02 + 0.1)
    assert total(found).max() <= 0.9


def test_what_contracts_leave_in_some_draws_is_not_lost() -> None:
    """110 of 100 kWh are contracted, so the remainder is 0, but 31 % of the draws contract less than is used."""
    amount = val(110.0, "kWh", distribution=Distribution("normal", sd=20.0))
    flags = dict.fromkeys(
        ("conveys_attributes", "unique_claim", "tracked", "close_in_time", "same_market"), True
    )
    power = Electricity(
        used=val(100.0, "kWh"), contracts=(Contract("c", "certificates", amount, "wind", "wind", **flags),),
        residual_dataset="residual",
    )  # fmt: skip
    step = Operation(
        "op", Text("Step", "工序"), per="declared_unit", energy=(EnergyUse("电力", val(1.0, "kWh")),)
    )
    found = calculation(study(part("A"), operations=(step,), electricity=power), draws=4000)
    assert found.footprint.total == pytest.approx(0.02 + 0.1)
    draws = total(found)
    assert draws.min() == pytest.approx(0.02 + 0.1)
    assert (draws > 0.1201).mean() == pytest.approx(0.3085, abs=0.03)
    assert draws.max() > 0.3


def test_a_number_around_zero_is_drawn() -> None:
    wanted = study(
        part("A", Material("plastic", formula("base + extra", "kg"))),
        parameters=(
            Parameter("base", kg(1.0)),
            Parameter("extra", kg(0.0, distribution=Distribution("normal", sd=0.1))),
        ),
    )
    assert total(calculation(wanted, draws=4000)).std() == pytest.approx(0.2, rel=0.05)


@pytest.mark.parametrize("route", ["landfilled", "incinerated"])
def test_draws_of_a_mass_down_to_zero_stay_numbers(route: str) -> None:
    wide = kg(0.1, distribution=Distribution("normal", sd=0.2))
    plastic = material("plastic", 0.1, amount=wide, yields=(val(0.9),), scrap_route=route)
    measured = attrs.evolve(plastic, gross=kg(0.12))
    for each in (plastic, measured):
        found = calculation(study(part("A", each)), draws=500)
        assert np.isfinite(total(found)).all()


def test_draws_of_model_inputs_stay_physical() -> None:
    from tests.unit.product.test_unfold_making import MOULDING, TREE, operation

    inputs = tuple(
        (name, val(0.98, distribution=Distribution("normal", sd=0.05)) if name == "yield" else value)
        for name, value in MOULDING
    )
    step = operation(model="injection_moulding", model_material="PA66", model_inputs=inputs)
    found = calculation(study(TREE, operations=(step,)), draws=300)
    assert np.isfinite(total(found)).all()
    assert np.asarray(found.draws["A3"]).std() > 0
    assert any(note.code == "draws-clipped" for note in found.footprint.notes)


@pytest.mark.parametrize("rest", [1e-6, 1e-12, 1e-300])
def test_contributions_that_cancel_have_no_analytic_form(rest: float) -> None:
    minus = dataset("minus", -2.0, uncertainty=lognormal(1.2))
    tiny = dataset("tiny", rest)
    parts = part("A", material("metal", 1.0), material("minus", 1.0), material("tiny", 1.0))
    found = calculation(study(parts), METAL, minus, tiny, draws=200)
    interval = found.footprint.interval("total")
    assert found.footprint.total == pytest.approx(rest)
    assert interval.low < 0 < interval.high
    assert (interval.analytic_gsd, interval.analytic_low) == (None, None)
    shares = [item.variance_share for item in found.footprint.sensitivities]
    assert not shares or sum(shares) == pytest.approx(1.0)


def test_a_total_of_zero_has_no_sensitivities() -> None:
    minus = dataset("minus", -2.0, uncertainty=lognormal(1.2))
    found = footprint(
        study(part("A", material("metal", 1.0), material("minus", 1.0))), METAL, minus, draws=50
    )
    assert found.sensitivities == ()
