"""Distribution, installation, use and end of life, each calculated by hand."""

from __future__ import annotations

import attrs
import pytest
from tests.unit.footprint.builders import amounts, dataset, footprint, grave, kg, lines, material, part, val

from cradlemark.core.errors import InputErrors
from cradlemark.core.language import Text
from cradlemark.product import end_of_life as methods
from cradlemark.product.study import (
    EndOfLife,
    EndOfLifeRoute,
    EnergyUse,
    GridYear,
    Installation,
    JouleLosses,
    Leg,
    LoadPoint,
    Market,
    Material,
    Packaging,
    Use,
    UseMode,
    Value,
)

GRID = 0.5 + 0.1
TRUCK = Leg(val(100.0, "km"), "truck")
BOX = Packaging(Text("Box", "纸盒"), material("board", 0.2))
PLASTIC = part("A", material("plastic", 1.0))


def test_markets_carry_product_and_packaging() -> None:
    markets = (
        Market("CN", val(0.75), (TRUCK,)),
        Market("DE", val(0.25), (Leg(val(19_000.0, "km"), "ship"), TRUCK)),
    )
    result = footprint(grave(PLASTIC, packaging=(BOX,), markets=markets))
    # 1.2 kg: 0.75 x 0.12 tkm x 0.1 = 0.009; 0.25 x 22.8 tkm x 0.01 = 0.057; 0.25 x 0.12 x 0.1 = 0.003
    assert amounts(result, "A4") == pytest.approx({
        "markets[CN].legs[0]": 0.009, "markets[DE].legs[0]": 0.057, "markets[DE].legs[1]": 0.003,
    })  # fmt: skip
    assert all(line.outbound for line in lines(result, "A4").values())


def test_market_shares_must_sum_to_one() -> None:
    with pytest.raises(InputErrors) as refused:
        footprint(grave(PLASTIC, markets=(Market("CN", val(0.9), (TRUCK,)),)))
    assert refused.value.problems[0].code == "shares-sum"


def test_a_product_without_mass_cannot_be_transported() -> None:
    wanted = grave(PLASTIC, markets=(Market("CN", val(1.0), (TRUCK,)),))
    with pytest.raises(InputErrors) as refused:
        footprint(attrs.evolve(wanted, product=attrs.evolve(wanted.product, mass=kg(0.0))))
    assert [(item.code, item.where) for item in refused.value.problems] == [("value-range", "product.mass")]


def test_installation_stays_in_its_stage_with_transport_and_scrap() -> None:
    glue = material("plastic", 0.5, legs=(TRUCK,), yields=(val(0.5),), scrap_route="incinerated")
    installation = Installation(energy=(EnergyUse("electricity", val(2.0, "kWh")),), inputs=(glue,))
    result = footprint(grave(part("A", material("copper", 1.0)), installation=installation, inbound=(TRUCK,)))
    # 2 kWh x 0.6 + 1 kg x 2 + 0.1 tkm x 0.1 + 0.5 kg x 2.5 = 1.2 + 2 + 0.01 + 1.25
    assert result.stage_total(("A5",)) == pytest.approx(4.46)
    assert result.cradle_to_gate == pytest.approx(4.0 + 0.01)


def test_default_inbound_legs_do_not_reach_the_user() -> None:
    use = Use(consumables=(material("plastic", 2.0),))
    result = footprint(grave(part("A", material("copper", 1.0)), use=use, inbound=(TRUCK,)))
    assert result.stage_total(("B2",)) == pytest.approx(4.0)
    assert result.stage_total(("A2",)) == pytest.approx(0.01)


LOSSES = JouleLosses(
    rated_current=val(32.0, "A"), voltage_drop=val(3.2, "mV"), test_current=val(3.2, "A"),
    profile=(LoadPoint(val(0.3), val(0.5)),),
)  # fmt: skip


@pytest.mark.parametrize(
    ("time", "load", "energy"), [(0.3, 0.5, 13.455), (0.3, 0.3, 4.844), (1.0, 0.5, 44.851)]
)
def test_joule_losses_are_those_of_the_published_table(time: float, load: float, energy: float) -> None:
    """T-F6b to d: 1 mOhm, 32 A, 20 years; 13.5, 4.8 and 44.9 kWh."""
    use = Use(losses=attrs.evolve(LOSSES, profile=(LoadPoint(val(time), val(load)),)))
    result = footprint(grave(PLASTIC, use=use))
    exact = 8760 * 20 * time * 0.001 * (32 * load) ** 2 / 1000
    assert exact == pytest.approx(energy, abs=0.001)
    assert result.stage_total(("B6",)) == pytest.approx(exact * GRID)


def test_two_current_paths_and_two_loads_add_up() -> None:
    profile = (LoadPoint(val(0.25), val(1.0)), LoadPoint(val(50.0, "percent"), val(0.5)))
    use = Use(losses=JouleLosses(val(10.0, "A"), val(2.0, "mohm"), paths=val(2.0), profile=profile))
    # 2 x 0.002 x 100 = 0.4 W at full load: 8760 x 20 x (0.25 x 0.4 + 0.5 x 0.1) / 1000 = 26.28 kWh
    assert footprint(grave(PLASTIC, use=use)).stage_total(("B6",)) == pytest.approx(26.28 * GRID)


@pytest.mark.parametrize(
    ("losses", "code"),
    [
        (attrs.evolve(LOSSES, profile=(LoadPoint(val(0.7), val(0.5)), LoadPoint(val(0.4), val(0.1)))), None),
        (attrs.evolve(LOSSES, profile=()), None),
        (attrs.evolve(LOSSES, voltage_drop=None), "resistance-missing"),
    ],
)
def test_unphysical_or_missing_losses_are_refused(losses: JouleLosses, code: str | None) -> None:
    with pytest.raises(InputErrors) as refused:
        footprint(grave(PLASTIC, use=Use(losses=losses)))
    assert all(
        problem.where.startswith("use.losses") and problem.message.en for problem in refused.value.problems
    )
    if code:
        assert [problem.code for problem in refused.value.problems] == [code]


def test_modes_of_an_active_product() -> None:
    modes = (
        UseMode(Text("on", "运行"), val(5.0, "W"), val(1000.0, "h")),
        UseMode(Text("standby", "待机"), val(0.5, "W"), val(7760.0, "h")),
    )
    # (5 x 1000 + 0.5 x 7760) x 20 / 1000 = 177.6 kWh
    result = footprint(grave(PLASTIC, use=Use(modes=modes)))
    assert result.stage_total(("B6",)) == pytest.approx(177.6 * GRID)


@pytest.mark.parametrize(
    "hours", [val(730.0, "h"), val(730.0, "h/year"), val(2.0, "h/d"), val(43_800.0, "min")]
)
def test_hours_of_a_mode_are_per_year_however_they_are_written(hours: Value) -> None:
    result = footprint(grave(PLASTIC, use=Use(modes=(UseMode(Text("on", "运行"), val(10.0, "W"), hours),))))
    # 10 W x 730 h/year x 20 years = 146 kWh
    assert result.stage_total(("B6",)) == pytest.approx(146.0 * GRID)


def test_the_grid_of_the_service_life_by_years() -> None:
    years = (GridYear(val(0.5), "el-cn-cf-2024", "el-cn-td-2024-incl"), GridYear(val(0.5), "mix-2035"))
    modes = (UseMode(Text("on", "运行"), val(5.0, "W"), val(1000.0, "h")),)
    result = footprint(grave(PLASTIC, use=Use(modes=modes, grid=years)))
    assert result.stage_total(("B6",)) == pytest.approx(100 * (0.5 * 0.6 + 0.5 * 0.2))
    with pytest.raises(InputErrors) as refused:
        footprint(grave(PLASTIC, use=Use(modes=modes, grid=years[:1])))
    assert refused.value.problems[0].code == "shares-sum"


def test_use_without_a_service_life_is_refused() -> None:
    wanted = grave(PLASTIC, use=Use(losses=LOSSES))
    with pytest.raises(InputErrors) as refused:
        footprint(attrs.evolve(wanted, product=attrs.evolve(wanted.product, service_life=None)))
    assert refused.value.problems[0].code == "service-life-missing"


ROUTE = EndOfLifeRoute(
    "all", recycling=val(0.5), incineration=val(0.3), landfill=val(0.2), recycling_dataset="sort",
    incineration_dataset="burn", landfill_dataset="bury",
)  # fmt: skip


def ended(method: str, *routes: EndOfLifeRoute, parts: object = None, **more: object) -> dict[str, float]:
    end = EndOfLife(method=method, routes=routes, legs=(TRUCK,))  # type: ignore[arg-type]
    result = footprint(grave(parts or part("A", material("copper", 1.0)), end_of_life=end, **more))  # type: ignore[arg-type]
    return {stage: result.stage_total((stage,)) for stage in ("A1", "A5", "C1", "C2", "C3", "C4", "D")}  # type: ignore[arg-type]


def test_cut_off_charges_collection_recycling_and_disposal() -> None:
    # C2 0.1 tkm x 0.1; C3 0.5 x 0.3; C4 0.3 x 2.5 + 0.2 x 0.1
    assert ended("cut_off", ROUTE) == pytest.approx(
        {"A1": 4.0, "A5": 0.0, "C1": 0.0, "C2": 0.01, "C3": 0.15, "C4": 0.77, "D": 0.0}
    )


def test_packaging_is_treated_at_installation_when_the_study_says_so() -> None:
    at_end = ended("cut_off", ROUTE, packaging=(BOX,))
    at_installation = ended("cut_off", ROUTE, packaging=(BOX,), installation=Installation())
    # 0.2 kg of 1.2 kg: 0.2 x (0.01 + 0.15 + 0.77)
    assert at_installation["A5"] == pytest.approx(0.2 * 0.93)
    assert at_end["C2"] + at_end["C3"] + at_end["C4"] == pytest.approx(1.2 * 0.93)
    assert at_installation["C4"] == pytest.approx(0.77)


def test_routes_are_chosen_by_name_material_and_default() -> None:
    metal = EndOfLifeRoute("metal", materials=("copper",), landfill=val(1.0), landfill_dataset="bury")
    rest = EndOfLifeRoute("rest", incineration=val(1.0), incineration_dataset="burn")
    both = part(
        "A", material("copper", 1.0), material("plastic", 1.0), material("board", 1.0, end_of_life="metal")
    )
    assert ended("cut_off", metal, rest, parts=both)["C4"] == pytest.approx(0.1 + 2.5 + 0.1)
    with pytest.raises(InputErrors) as refused:
        ended("cut_off", metal, parts=both)
    assert [(item.code, item.where) for item in refused.value.problems] == [
        ("end-of-life-route-missing", "components[A].materials[plastic]")
    ]


def test_shares_of_a_route_must_sum_to_one() -> None:
    with pytest.raises(InputErrors) as refused:
        ended("cut_off", attrs.evolve(ROUTE, landfill=val(0.3)))
    assert refused.value.problems[0].code == "shares-sum"


def test_a_transport_only_factor_is_refused_as_end_of_life() -> None:
    with pytest.raises(InputErrors) as refused:
        ended("cut_off", attrs.evolve(ROUTE, incineration_dataset="only-transport"))
    assert {problem.code for problem in refused.value.problems} == {"factor-transport-only"}


D_ROUTE = attrs.evolve(
    ROUTE, recovery_efficiency=val(0.8), quality_out=val(0.9), secondary_dataset="copper-recycled"
)


def test_module_d_stands_apart_and_counts_the_net_flow() -> None:
    # out 0.5 x 0.8 = 0.4; in R1 = 0.1: net 0.3 x (1 - 4 x 0.9) = -0.78; loss of the recycler 0.1 x 0.1 in C4
    copper = part("A", material("copper", 1.0, recycled_content=val(0.1), recycled_dataset="copper-recycled"))
    found = ended("module_d", D_ROUTE, parts=copper)
    assert found["D"] == pytest.approx(0.3 * (1.0 - 4.0 * 0.9))
    assert found["C4"] == pytest.approx(0.77 + 0.1 * 0.1)
    result = footprint(grave(copper, end_of_life=EndOfLife("module_d", routes=(D_ROUTE,))))
    assert result.beyond_boundary < 0
    assert result.life_cycle == pytest.approx(sum(line.total for line in result.lines if line.stage != "D"))


def test_a_negative_net_flow_is_a_burden() -> None:
    copper = part("A", material("copper", 1.0, recycled_content=val(1.0), recycled_dataset="copper-recycled"))
    assert ended("module_d", D_ROUTE, parts=copper)["D"] == pytest.approx(-0.6 * (1.0 - 3.6))


def test_processing_that_c3_already_holds_is_not_counted_in_module_d_again() -> None:
    found = ended("module_d", attrs.evolve(D_ROUTE, secondary_dataset=""))
    assert found["C3"] == pytest.approx(0.15)
    assert found["D"] == pytest.approx(-0.4 * 4.0 * 0.9)


ENERGY = EndOfLifeRoute(
    "energy", energy_recovery=val(1.0), energy_recovery_dataset="burn-with-heat", heating_value=val(30.0, "MJ/kg"),
    heat_efficiency=val(0.5), electricity_efficiency=val(0.12), heat_dataset="heat",
    electricity_dataset="el-cn-cf-2024", allocation_factor=val(0.5),
)  # fmt: skip


def test_energy_recovery_is_charged_and_its_products_credited_by_method() -> None:
    # heat 30 x 0.5 x 0.06 = 0.9; electricity 30 x 0.12 / 3.6 x 0.5 = 0.5
    plastic = part("A", material("plastic", 1.0))
    assert ended("cut_off", ENERGY, parts=plastic)["C3"] == pytest.approx(2.0)
    apart = ended("module_d", ENERGY, parts=plastic)
    assert (apart["C3"], apart["D"]) == pytest.approx((2.0, -1.4))
    formula = ended("circular_footprint_formula", ENERGY, parts=plastic)
    assert (formula["C3"], formula["D"]) == pytest.approx((2.0 - 1.4, 0.0))


def cff(
    r1: float, recycling: float, factor: float, quality: float = 1.0, yields: tuple[object, ...] = ()
) -> float:
    route = attrs.evolve(
        D_ROUTE, recycling=val(recycling), incineration=None, landfill=val(1.0 - recycling),
        recovery_efficiency=val(1.0), quality_in=val(quality), quality_out=val(quality), allocation_factor=val(factor),
    )  # fmt: skip
    copper = material(
        "copper", 1.0, recycled_content=val(r1), recycled_dataset="copper-recycled", yields=yields
    )
    end = EndOfLife("circular_footprint_formula", routes=(route,))
    return footprint(grave(part("A", copper), end_of_life=end)).total


@pytest.mark.parametrize("factor", [0.0, 0.2, 0.5, 0.8, 1.0])
def test_equal_content_and_recycling_give_the_same_total_for_every_allocation_factor(factor: float) -> None:
    """T-F7c through the whole study: (1 - R) Ev + R Erec + (1 - R) ED = 0.6 x 4 + 0.4 x 1 + 0.6 x 0.1."""
    assert cff(0.4, 0.4, factor) == pytest.approx(2.4 + 0.4 + 0.06)


@pytest.mark.parametrize("factor", [0.0, 0.2, 0.5, 1.0])
@pytest.mark.parametrize("quality", [1.0, 0.7])
def test_the_study_gives_what_the_formula_gives(factor: float, quality: float) -> None:
    terms = methods.circular_footprint_formula(
        recycled_content=0.3, recycled=0.6, energy_recovered=0.0, allocation_factor=factor,
        quality_in=quality, quality_out=quality,
    )  # fmt: skip
    expected = methods.weighted_sum(
        terms,
        {"virgin": 4.0, "recycled_in": 1.0, "recycling_eol": 1.0, "substituted": 4.0, "disposal": 0.1},
    )
    assert cff(0.3, 0.6, factor, quality) == pytest.approx(expected)


def test_allocation_factor_one_is_the_cut_off_method() -> None:
    """T-F7a."""
    assert cff(0.3, 0.6, 1.0) == pytest.approx(0.7 * 4.0 + 0.3 * 1.0 + 0.4 * 0.1)


def test_the_formula_shares_the_recycled_input_of_the_scrap_too() -> None:
    # bought 2 kg: A1 = 2 x ((1 - R1) Ev + R1 (A Erec + (1 - A) Ev)); end of life for 1 kg in the product
    a1 = 2.0 * (0.7 * 4.0 + 0.3 * (0.5 * 1.0 + 0.5 * 4.0))
    assert cff(0.3, 0.0, 0.5, yields=(val(0.5),)) == pytest.approx(a1 + 0.1)


def test_a_formula_without_its_allocation_factor_is_refused() -> None:
    with pytest.raises(InputErrors) as refused:
        ended("circular_footprint_formula", D_ROUTE)
    assert refused.value.problems[0].code == "allocation-factor-missing"


def test_dismantling_energy_is_c1() -> None:
    end = EndOfLife("cut_off", routes=(ROUTE,), dismantling=(EnergyUse("electricity", val(1.0, "kWh")),))
    assert footprint(grave(PLASTIC, end_of_life=end)).stage_total(("C1",)) == pytest.approx(GRID)


def test_no_offset_reaches_a_total() -> None:
    """A credit under any other name: a negative factor stays a line that everybody sees, and D stays outside."""
    offset = dataset("offset", -100.0)
    result = footprint(grave(part("A", Material("offset", kg(1.0)), material("plastic", 1.0))), offset)
    assert result.total == pytest.approx(-98.0)
    assert "negative" in " ".join(finding.rule for finding in result.findings) or any(
        "offset" in finding.rule for finding in result.findings
    )
