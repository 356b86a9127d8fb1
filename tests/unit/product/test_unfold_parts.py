"""Raw materials, inbound transport, scrap, packaging and mass balance, each calculated by hand."""

from __future__ import annotations

import attrs
import pytest
from tests.unit.footprint.builders import (
    amounts,
    dataset,
    footprint,
    formula,
    grave,
    kg,
    material,
    part,
    study,
    val,
)

from cradlemark.core.errors import CradlemarkError, InputErrors, MissingDataErrors
from cradlemark.core.language import Text
from cradlemark.product.study import Choice, Leg, Material, Packaging, Parameter, Scenario
from cradlemark.product.study.record import Change


def test_nested_quantities_multiply() -> None:
    # 2 A per piece, 3 B per A, 0.1 kg plastic per B at 2 kg CO2e/kg: 2 x 3 x 0.1 x 2 = 1.2
    inner = part("B", material("plastic", 0.1), quantity=3.0)
    result = footprint(study(part("A", quantity=2.0, children=(inner,))))
    assert result.total == pytest.approx(1.2, rel=1e-15)
    assert list(amounts(result)) == ["components[A].children[B].materials[plastic]"]


def test_yields_make_the_gross_amount() -> None:
    # 1 kg net / (0.8 x 0.5) = 2.5 kg bought x 4 = 10; scrap 1.5 kg
    result = footprint(study(part("A", material("copper", 1.0, yields=(val(0.8), val(50.0, "percent"))))))
    assert result.total == pytest.approx(10.0)
    balance = result.balances[0]
    assert (balance.gross, balance.net, balance.scrap, balance.residual) == pytest.approx(
        (2.5, 1.0, 1.5, 0.0)
    )


def test_measured_gross_goes_before_the_yields_and_the_rest_is_reported() -> None:
    # gross 1.3 measured x 4 = 5.2; yields expect 1 / 0.8 = 1.25: scrap 0.25, residual 1.3 - 1 - 0.25 = 0.05
    copper = material("copper", 1.0, gross=kg(1.3), yields=(val(0.8),))
    result = footprint(study(part("A", copper)))
    assert result.total == pytest.approx(5.2)
    assert result.balances[0].residual == pytest.approx(0.05)


def test_recycled_content_splits_the_bought_amount() -> None:
    # 2 kg bought (1 / 0.5): 25 % recycled at 1, 75 % primary at 4: 0.5 + 6 = 6.5
    copper = material(
        "copper", 1.0, yields=(val(0.5),), recycled_content=val(0.25), recycled_dataset="copper-recycled"
    )
    result = footprint(study(part("A", copper)))
    path = "components[A].materials[copper]"
    assert amounts(result) == pytest.approx({path: 6.0, f"{path}.recycled": 0.5})


def test_recycled_content_without_its_dataset_is_noted_and_not_credited() -> None:
    result = footprint(study(part("A", material("copper", 1.0, recycled_content=val(0.5)))))
    assert result.total == 4.0
    assert [note.code for note in result.notes] == ["recycled-dataset-missing"]


@pytest.mark.parametrize(
    ("route", "expected"),
    [
        ("", {"": 4.0}),  # 2 kg x 2; treatment not covered, noted
        ("recycled_external", {"": 4.0}),
        ("recycled_in_house", {"": 2.0}),  # only the net 1 kg is bought
        ("incinerated", {"": 4.0, ".scrap": 2.5}),  # 1 kg of scrap x 2.5
        ("landfilled", {"": 4.0, ".scrap": 0.1}),
    ],
)
def test_scrap_routes(route: str, expected: dict[str, float]) -> None:
    plastic = material("plastic", 1.0, yields=(val(0.5),), scrap_route=route)
    result = footprint(study(part("A", plastic)))
    path = "components[A].materials[plastic]"
    assert amounts(result) == pytest.approx({path + key: value for key, value in expected.items()})
    assert ("scrap-route-missing" in {note.code for note in result.notes}) is (route == "")
    assert {line.stage for line in result.lines} <= {"A1", "A3"}


def test_scrap_returned_in_house_is_not_driven_in_again() -> None:
    leg = Leg(val(100.0, "km"), "truck")
    plastic = material("plastic", 1.0, yields=(val(0.5),), scrap_route="recycled_in_house", legs=(leg,))
    # 1 kg bought x 100 km x 0.001 t/kg x 0.1 = 0.01
    assert footprint(study(part("A", plastic))).stage_total(("A2",)) == pytest.approx(0.01)


def test_inbound_leg_with_packaging_and_empty_return() -> None:
    # bought 2 kg x 500 km x 1.1 x (1 + 0.3) / 1000 = 1.43 tkm x 0.1 = 0.143
    leg = Leg(val(500.0, "km"), "truck", mass_factor=val(1.1), empty_return=val(30.0, "percent"))
    result = footprint(study(part("A", material("plastic", 1.0, yields=(val(0.5),), legs=(leg,)))))
    assert result.stage_total(("A2",)) == pytest.approx(0.143)


def test_default_legs_serve_every_material_without_its_own() -> None:
    own = material("copper", 1.0, legs=(Leg(val(10.0, "km"), "truck"),))
    result = footprint(
        study(part("A", material("plastic", 2.0), own), inbound=(Leg(val(1000.0, "km"), "ship"),))
    )
    # plastic 2 kg x 1000 km = 2 tkm x 0.01 = 0.02; copper 1 kg x 10 km = 0.01 tkm x 0.1 = 0.001
    assert amounts(result, "A2") == pytest.approx({
        "components[A].materials[plastic].legs[0]": 0.02,
        "components[A].materials[copper].legs[0]": 0.001,
    })  # fmt: skip


def test_aircraft_stands_apart() -> None:
    leg = Leg(val(1000.0, "km"), "air-freight")
    result = footprint(study(part("A", material("plastic", 1.0, legs=(leg,)))))
    assert result.by_stage()["A2"] == pytest.approx({
        "fossil": 0.1, "biogenic_emission": 0.0, "biogenic_removal": 0.0, "land_use_change": 0.0, "aircraft": 0.9,
    })  # fmt: skip


def test_removals_stand_apart_and_are_not_netted_away() -> None:
    result = footprint(study(part("A", material("wood", 2.0))))
    found = result.by_stage()["A1"]
    assert (found["fossil"], found["biogenic_removal"], found["land_use_change"]) == pytest.approx(
        (0.4, -3.0, 0.1)
    )
    assert result.total == pytest.approx(-2.5)


def test_a_dataset_per_tonne_gets_a_conversion() -> None:
    result = footprint(study(part("A", material("plastic-t", 3.0))))
    assert result.total == pytest.approx(6.0)
    assert result.lines[0].unit == "t"
    assert result.lines[0].amount == pytest.approx(0.003)


def test_area_material_has_no_mass_and_its_transport_is_noted() -> None:
    foil = Material("foil", val(4.0, "m2"), legs=(Leg(val(10.0, "km"), "truck"),))
    result = footprint(study(part("A", foil)))
    assert result.total == pytest.approx(2.0)
    assert {note.code for note in result.notes} == {"transport-without-mass"}
    by_default = footprint(
        study(part("A", attrs.evolve(foil, legs=())), inbound=(Leg(val(10.0, "km"), "truck"),))
    )
    assert {note.code for note in by_default.notes} == {"transport-without-mass"}


def test_packaging_is_manufacturing_and_is_shown_apart() -> None:
    box = Packaging(Text("Box", "纸盒"), material("board", 0.2, legs=(Leg(val(100.0, "km"), "truck"),)))
    result = footprint(study(part("A", material("plastic", 1.0)), packaging=(box,)))
    assert amounts(result, "A3") == pytest.approx({"packaging[Box].material": 0.2})
    assert {line.stage for line in result.lines if line.packaging} == {"A2", "A3"}
    assert result.stage_total(("A2",)) == pytest.approx(0.2 * 100 / 1000 * 0.1)


def test_the_same_text_twice_is_two_lines_with_paths_of_their_own() -> None:
    twice = part("A", material("plastic", 1.0), material("plastic", 3.0))
    result = footprint(study(twice))
    assert amounts(result) == {"components[A].materials[#1]": 2.0, "components[A].materials[#2]": 6.0}


def test_every_link_keeps_its_reason_even_when_one_text_has_two_datasets() -> None:
    fixed = material("plastic", 1.0, dataset="copper")
    result = footprint(study(part("A", material("plastic", 1.0)), part("B", fixed)))
    assert [(line.link.text, line.dataset.id) for line in result.lines if line.link and line.dataset] == [
        ("plastic", "plastic"),
        ("plastic", "copper"),
    ]


def test_a_confirmed_choice_goes_before_the_search_and_says_who() -> None:
    choice = Choice("PA 66", "plastic", confirmed_by="reviewer")
    result = footprint(study(part("A", material("PA 66", 1.0)), choices=(choice,)))
    link = result.lines[0].link
    assert link is not None
    assert (link.score, link.confirmed_by) == (100.0, "reviewer")


def test_gaps_are_refused_all_at_once_or_listed_as_cut_off() -> None:
    wanted = study(
        part("A", material("unobtainium", 1.0), material("plastic", 1.0), material("kryptonite", 1.0))
    )
    with pytest.raises(MissingDataErrors) as refused:
        footprint(wanted)
    assert [problem.code for problem in refused.value.problems] == ["link-open", "link-open"]
    result = footprint(wanted, allow_gaps=True)
    assert result.total == 2.0
    assert [gap.text for gap in result.gaps] == ["unobtainium", "kryptonite"]
    assert [(item.criterion, item.share) for item in result.cut_offs] == [("open link", None)] * 2


def test_an_organisation_factor_is_refused_with_its_place() -> None:
    wanted = study(part("A", Material("power", val(1.0, "kWh"), dataset="organisation-mix")))
    with pytest.raises(InputErrors) as refused:
        footprint(wanted)
    assert [(item.code, item.where) for item in refused.value.problems] == [
        ("factor-organisation", "components[A].materials[power]")
    ]


def test_a_wrong_unit_of_a_fixed_dataset_is_a_gap_that_says_so() -> None:
    result = footprint(
        study(part("A", Material("plastic", val(1.0, "m2"), dataset="plastic"))), allow_gaps=True
    )
    assert "per kg, the amount is in m2" in result.gaps[0].reason.en


def test_formulas_and_parameters_drive_amounts() -> None:
    wanted = study(
        part("A", Material("plastic", formula("rib * 2", "g"))),
        parameters=(Parameter("rib", val(250.0, "g")),),
        scenarios=(Scenario("thin", Text("thin", "薄"), (Change("parameters.rib.value", "100 g"),)),),
    )
    assert footprint(wanted).total == pytest.approx(1.0)  # 0.5 kg x 2
    assert footprint(wanted, scenario="thin").total == pytest.approx(0.4)
    changed = footprint(wanted, overrides={"parameters[rib].value": 50.0})
    assert changed.total == pytest.approx(0.2)


def test_an_unknown_scenario_lists_the_ones_there_are() -> None:
    with pytest.raises(CradlemarkError) as refused:
        footprint(study(part("A", material("plastic", 1.0))), scenario="thinn")
    assert refused.value.code == "scenario-unknown"
    assert "base" in refused.value.hint.en


def test_all_wrong_values_are_reported_together() -> None:
    wanted = study(
        part("A", material("plastic", -1.0), material("copper", 1.0, yields=(val(1.2),))),
        part("B", material("board", 1.0, recycled_content=val(2.0))),
    )
    with pytest.raises(InputErrors) as refused:
        footprint(wanted)
    assert [problem.where for problem in refused.value.problems] == [
        "components[A].materials[plastic].amount",
        "components[A].materials[copper].yields[0]",
        "components[B].materials[board].recycled_content",
    ]


def test_an_empty_study_is_refused_clearly() -> None:
    with pytest.raises(CradlemarkError) as refused:
        footprint(study())
    assert refused.value.code == "study-empty"
    assert footprint(study(), allow_gaps=True).total == 0.0


def test_stages_beyond_the_gate_are_left_out_of_a_partial_footprint() -> None:
    from cradlemark.product.study import Market

    market = Market("CN", val(1.0), (Leg(val(100.0, "km"), "truck"),))
    assert footprint(study(part("A", material("plastic", 1.0)), markets=(market,))).total == 2.0
    whole = footprint(grave(part("A", material("plastic", 1.0)), markets=(market,)))
    assert whole.life_cycle == pytest.approx(2.01)
    assert whole.cradle_to_gate == 2.0


def test_a_supplier_footprint_counts_as_primary_by_its_own_share_only() -> None:
    supplied = dataset("supplied", 3.0, kind="supplier_footprint", primary_data_share=0.4)
    parts = part(
        "A", material("supplied", 1.0, data_kind="supplier"), material("plastic", 0.5, data_kind="measured")
    )
    result = footprint(study(parts), supplied)
    # 3 x 0.4 of 3 + 1: a weighed mass of plastic does not make its production primary data
    assert result.data_quality.primary_share == pytest.approx(1.2 / 4.0)
