"""The terminal block against published facts about it and about products like it.

Sources, gathered in November 2026: a third-party verified declaration of a sister product (lever splicing connector,
1.958 g, 6.3 kg CO2e per kg cradle to gate, use stage at 1 A, 70 %, 30 years); ADEME Base Carbone V23.6 (power tools and a
plastic chair by stage); annex to the announcement of MEE, NBS and NEA (electricity of China 2024: 0.5777 kg CO2e/kWh). The
composition of a 2.5 mm² block is unverified, so the bands are wide: about 40 g expected, 30-60 g plausible, outside 15-120 g
something is wrong.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import attrs
import pytest

from cradlemark.cli.opening import open_model
from cradlemark.core.language import Text
from cradlemark.footprint.calculate import Model
from cradlemark.footprint.footprint import Footprint
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.matching import Matcher
from cradlemark.inventory.starter import starter_database
from cradlemark.product.readers.study_file import read_study
from cradlemark.product.study import Change, Scenario, Study, Value
from cradlemark.rules.pack import load_pack

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
BLOCK = EXAMPLES / "terminal-block"


@cache
def base(name: str = "terminal-block") -> Footprint:
    return open_model(EXAMPLES / name).calculate(draws=0).footprint


@cache
def scenario(scenario_id: str, name: str = "terminal-block") -> Footprint:
    return open_model(EXAMPLES / name, scenario_id).calculate(draws=0).footprint


def changed(*changes: tuple[str, str], study: Study | None = None) -> Footprint:
    """The terminal block with some fields written anew, as a user would write a scenario."""
    own = Scenario("own", Text("test", "试验"), tuple(Change(path, value) for path, value in changes))
    study = attrs.evolve(study or read_study(BLOCK), scenarios=(own,))
    inventory = Inventory((starter_database(),))
    model = Model.of(study, inventory, Matcher(inventory), load_pack(study.rule_pack), scenario="own")
    return model.calculate(draws=0).footprint


def grams(kilograms: float) -> float:
    return kilograms * 1e3


# -- magnitude -------------------------------------------------------------------------------------------------------


def test_cradle_to_gate_is_in_the_plausible_band() -> None:
    assert 30.0 < grams(base().cradle_to_gate) < 60.0


@pytest.mark.parametrize(
    "scenario_id",
    ["recycled-pa", "pbt-housing", "other-supplier", "green-power", "factors-low", "factors-high"],
)
def test_no_scenario_leaves_the_wide_band(scenario_id: str) -> None:
    assert 15.0 < grams(scenario(scenario_id).cradle_to_gate) < 120.0


def test_a_mass_in_the_wrong_unit_leaves_the_wide_band() -> None:
    wrong = changed(("parameters.housing_mass.value", "3.45 kg"))
    assert not 15.0 < grams(wrong.cradle_to_gate) < 120.0


def test_per_kilogram_it_is_near_the_declared_sister_product() -> None:
    footprint = base()
    assert footprint.cradle_to_gate / footprint.subject.mass == pytest.approx(6.3, rel=0.4)


def test_published_factors_span_the_result() -> None:
    low, high = scenario("factors-low").cradle_to_gate, scenario("factors-high").cradle_to_gate
    assert low < base().cradle_to_gate < high
    assert grams(low) > 30.0
    assert grams(high) < 75.0


# -- stages (ADEME: raw materials 54-71 %, inbound 1-3 %, forming 5-16 % of gate and distribution) ----------------------


def share_of_made_and_delivered(footprint: Footprint, amount: float) -> float:
    return amount / footprint.stage_total(("A1", "A2", "A3", "A4"))


def test_raw_materials_lead_as_in_similar_products() -> None:
    """Power tools have motors to assemble and much air in their boxes; a block of metal and plastic has neither."""
    share = share_of_made_and_delivered(base(), base().stage_total(("A1",)))
    assert 0.54 < share < 0.90


def test_inbound_transport_is_a_few_percent() -> None:
    assert 0.003 < share_of_made_and_delivered(base(), base().stage_total(("A2",))) < 0.03


def test_forming_has_the_share_of_similar_products() -> None:
    forming = sum(
        line.total
        for line in base().counted()
        if line.path.startswith(
            ("operations[moulding", "operations[stamping", "operations[forming", "operations[strip")
        )
    )
    assert 0.05 < share_of_made_and_delivered(base(), forming) < 0.16


def test_sea_freight_is_small_beside_the_mass_it_moves() -> None:
    assert 0.005 < share_of_made_and_delivered(base(), base().stage_total(("A4",))) < 0.16


# -- use stage (F6) ---------------------------------------------------------------------------------------------------------


def use_of(footprint: Footprint) -> tuple[float, float]:
    """Energy of the use stage [kWh] and climate effect of its generation [kg CO2e]."""
    lines = [line for line in footprint.counted() if line.stage == "B6"]
    generation = [line for line in lines if line.dataset and line.dataset.id == "el-cn-cf-2024"]
    assert len(generation) == 1
    return generation[0].amount, generation[0].total


def test_one_ampere_for_thirty_years() -> None:
    energy, climate = use_of(base())
    assert energy == pytest.approx(8760.0 * 30.0 * 0.7 * 0.8e-3 * 1.0**2 / 1000.0, rel=1e-9)
    assert energy == pytest.approx(0.147, abs=0.0005)
    assert grams(climate) == pytest.approx(85.0, abs=0.5)


def test_half_load_for_twenty_years() -> None:
    energy, climate = use_of(scenario("half-load"))
    assert energy == pytest.approx(6.05, abs=0.01)
    assert climate == pytest.approx(3.5, abs=0.01)


def test_the_use_stage_grows_with_the_square_of_the_current() -> None:
    doubled = changed(("parameters.load_current.value", "2 A"))
    assert doubled.stage_total(("B6",)) == pytest.approx(4.0 * base().stage_total(("B6",)), rel=1e-12)
    assert doubled.cradle_to_gate == base().cradle_to_gate


def test_networks_and_losses_stand_beside_the_generation() -> None:
    _, generation = use_of(base())
    assert base().stage_total(("B6",)) == pytest.approx(generation * (0.5777 + 0.0327) / 0.5777, rel=1e-9)


# -- invariants --------------------------------------------------------------------------------------------------------------


def test_two_pieces_have_twice_the_footprint() -> None:
    study = read_study(BLOCK)
    packaging = tuple(
        attrs.evolve(item, material=attrs.evolve(item.material, amount=_doubled(item.material.amount)))
        for item in study.packaging
    )
    twice = changed(
        ("unit.declared", "2 piece"),
        ("product.mass", "13 g"),
        ("components[TB2.5-PI-GY].quantity", "2"),
        ("operations[assembly].energy[electricity].amount", "0.00184 kWh"),
        ("site.declared_units", "6000000 piece"),
        ("use.losses.paths", "2"),
        study=attrs.evolve(study, packaging=packaging),
    )
    for stage, origins in base().by_stage().items():
        for origin, value in origins.items():
            assert twice.by_stage()[stage][origin] == pytest.approx(2.0 * value, rel=1e-12, abs=1e-18), (
                stage,
                origin,
            )


def _doubled(value: Value) -> Value:
    assert value.magnitude is not None
    return attrs.evolve(value, magnitude=2.0 * value.magnitude)


def test_more_recycled_plastic_is_lower_and_only_in_the_raw_materials() -> None:
    first, second = base(), scenario("recycled-pa")
    assert second.stage_total(("A1",)) < first.stage_total(("A1",))
    assert second.stage_total(("A3", "A4", "B6", "C3", "C4")) == first.stage_total(
        ("A3", "A4", "B6", "C3", "C4")
    )
    saved = 3.45 * 0.3 * (6.5 - 1.91573)  # g x share x (primary - recycled) kg CO2e/kg
    assert grams(first.cradle_to_gate - second.cradle_to_gate) == pytest.approx(saved, rel=1e-6)


def test_another_polymer_is_lighter_on_the_climate_although_it_is_heavier() -> None:
    """Per kilogram PBT has 31 % less, per housing of the same volume 21 %; it burns to more at the end of life."""
    first, second = base(), scenario("pbt-housing")
    assert second.cradle_to_gate < first.cradle_to_gate
    assert second.stage_total(("C3", "C4")) > first.stage_total(("C3", "C4"))


def test_green_power_changes_the_market_based_result_only() -> None:
    first, second = base(), scenario("green-power")
    stages = ("A1", "A2", "A3", "A4", "A5", "B6", "C2", "C3", "C4")
    for stage in stages:
        assert second.stage_total((stage,), basis="location") == pytest.approx(
            first.stage_total((stage,), basis="location"), rel=1e-12
        )
    assert second.stage_total(("A3",), basis="market") < 0.6 * first.stage_total(("A3",), basis="market")
    assert second.stage_total(("B6",), basis="market") == first.stage_total(("B6",), basis="market")


def test_a_contract_that_misses_a_condition_is_not_counted() -> None:
    refused = changed(
        ("electricity.contracts[wind-2025].amount", "1020 MWh"),
        ("electricity.contracts[wind-2025].tracked", "no"),
    )
    assert refused.cradle_to_gate == pytest.approx(base().cradle_to_gate, rel=1e-12)
    assert "contract-refused" in {note.code for note in refused.notes}


# -- the thermodynamic minimum ---------------------------------------------------------------------------------------------------


def test_metered_energy_is_above_the_thermodynamic_minimum() -> None:
    """PA66 to 290 °C takes about 0.63 MJ/kg; 3.45 g good parts at a yield of 96 %."""
    checks = {check.path: check for check in base().process_checks}
    assert {check.verdict for check in checks.values()} == {"plausible"}
    moulding = checks["operations[moulding-housing]"]
    assert moulding.minimum == pytest.approx(0.63 / 3.6 * 3.45e-3 / 0.96, rel=0.05)
    assert moulding.stated == pytest.approx(1.18 * 3.45e-3, rel=1e-9)


def test_a_reading_below_the_minimum_is_flagged() -> None:
    """0.161 kWh/kg was published for an all-electric machine: for PA66 that cannot be the whole energy."""
    wrong = changed(("operations[moulding-housing].energy[electricity].amount", "0.161 kWh"))
    verdicts = {check.path: check.verdict for check in wrong.process_checks}
    assert verdicts["operations[moulding-housing]"] == "below_minimum"


# -- the other examples -----------------------------------------------------------------------------------------------------------


def test_secondary_aluminium_halves_the_housing() -> None:
    first, second = base("die-cast-housing"), scenario("secondary-aluminium", "die-cast-housing")
    assert second.cradle_to_gate < 0.5 * first.cradle_to_gate
    assert (
        8.0 < first.cradle_to_gate / first.subject.mass < 16.0
    )  # primary metal 7.8, 12 % more metal than part, energy


def test_a_lower_liquor_ratio_saves_heat_salt_and_water_in_proportion() -> None:
    first, second = base("dyed-cotton-fabric"), scenario("low-liquor", "dyed-cotton-fabric")

    def amount(footprint: Footprint, text: str) -> float:
        return sum(line.amount for line in footprint.counted() if line.path.startswith("operations[dyeing]") and
                   line.link and line.link.text == text and line.kind != "transport")  # fmt: skip

    for text in ("蒸汽", "元明粉", "自来水", "污水处理"):
        assert amount(second, text) == pytest.approx(amount(first, text) * 5.0 / 8.0, rel=1e-9), text
    assert second.cradle_to_gate < first.cradle_to_gate


def test_the_roof_supplies_its_share_of_every_kilowatt_hour() -> None:
    lines = [
        line
        for line in base("dyed-cotton-fabric").counted(basis="market")
        if "operations[knitting]" in line.path
    ]
    sun = next(line for line in lines if line.dataset and line.dataset.id == "el-cn-cf-2024-photovoltaic")
    assert sun.amount == pytest.approx(0.29 * 820.0 / 6900.0, rel=1e-9)
