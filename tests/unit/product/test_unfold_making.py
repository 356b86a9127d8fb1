"""Operations, models, meters and the electricity of the site on both bases, each calculated by hand."""

from __future__ import annotations

import attrs
import pytest
from tests.unit.footprint.builders import amounts, footprint, kg, lines, material, part, study, val

from cradlemark.core.errors import CradlemarkError, InputErrors
from cradlemark.core.language import Text
from cradlemark.product.models import find_model
from cradlemark.product.study import (
    Contract,
    DirectEmission,
    Electricity,
    EnergyUse,
    Meter,
    Operation,
    Site,
    SiteProduct,
    Waste,
)

GRID = 0.5 + 0.1
"""Mix and networks of the place [kg CO2e/kWh]."""


def kwh(amount: float) -> EnergyUse:
    return EnergyUse("electricity", val(amount, "kWh"))


def operation(**more: object) -> Operation:
    return Operation(**{"id": "op", "name": Text("Step", "工序"), "component": "B", **more})  # type: ignore[arg-type]


TREE = part("A", quantity=2.0, children=(part("B", material("plastic", 0.25), quantity=3.0),))


def made(*operations: Operation, **more: object) -> float:
    return footprint(study(TREE, operations=operations, **more)).stage_total(("A3",))


def test_per_piece_counts_every_good_part() -> None:
    # 6 parts B per piece x 0.5 kWh x 0.6 = 1.8
    assert made(operation(per="piece", energy=(kwh(0.5),))) == pytest.approx(6 * 0.5 * GRID)


def test_per_kg_counts_the_net_mass_of_the_part() -> None:
    assert made(operation(per="kg", energy=(kwh(2.0),))) == pytest.approx(6 * 0.25 * 2.0 * GRID)


def test_per_kg_of_an_assembly_counts_what_is_below_it() -> None:
    # A holds 3 B of 0.25 kg: 0.75 kg; two A per piece
    assert made(operation(component="A", per="kg", energy=(kwh(2.0),))) == pytest.approx(
        2 * 0.75 * 2.0 * GRID
    )


def test_per_kg_of_a_part_without_mass_is_refused() -> None:
    with pytest.raises(InputErrors) as refused:
        footprint(study(part("B"), operations=(operation(per="kg", energy=(kwh(1.0),)),)))
    assert refused.value.problems[0].code == "operation-mass"


def test_per_declared_unit_counts_once() -> None:
    assert made(operation(component="", per="declared_unit", energy=(kwh(2.0),))) == pytest.approx(2.0 * GRID)


def test_a_part_used_in_two_places_is_made_in_both() -> None:
    shared = part("B", material("plastic", 0.1), quantity=1.0)
    first = part("A", quantity=1.0, children=(shared,))
    second = part("C", quantity=4.0, children=(shared,))
    result = footprint(study(first, second, operations=(operation(energy=(kwh(1.0),)),)))
    assert result.stage_total(("A3",)) == pytest.approx((1 + 4) * GRID)
    paths = [line.path for line in result.lines if line.stage == "A3"]
    assert len(paths) == len(set(paths)) == 4


def test_energy_gas_inputs_waste_and_releases_of_an_operation() -> None:
    step = operation(
        component="", per="declared_unit",
        energy=(EnergyUse("gas", val(3.6, "MJ")),),  # 1 kWh x 0.25
        inputs=(material("solder", 0.01),),  # x 10
        waste=(Waste("bury", kg(2.0)),),  # x 0.1
        direct_emissions=(DirectEmission("sf6", kg(0.001)), DirectEmission("ch4_biogenic", kg(0.01))),
    )  # fmt: skip
    result = footprint(study(part("A", material("plastic", 1.0)), operations=(step,)))
    assert amounts(result, "A3") == pytest.approx({
        "operations[op].energy[0]": 0.25,
        "operations[op].inputs[solder]": 0.1,
        "operations[op].waste[bury]": 0.2,
        "operations[op].direct_emissions[sf6]": 25.2,  # AR6 25,200
        "operations[op].direct_emissions[ch4_biogenic]": 0.27,  # AR6 27.0
    })  # fmt: skip
    assert result.by_stage()["A3"]["biogenic_emission"] == pytest.approx(0.27)
    assert dict(lines(result)["operations[op].direct_emissions[sf6]"].gases) == {"sf6": 0.001}


def test_the_same_gas_twice_stays_two_lines() -> None:
    step = operation(
        component="", per="declared_unit",
        direct_emissions=(DirectEmission("co2", kg(1.0)), DirectEmission("co2", kg(2.0))),
    )  # fmt: skip
    found = amounts(footprint(study(part("A", material("plastic", 1.0)), operations=(step,))), "A3")
    assert sorted(found.values()) == [1.0, 2.0]


def test_an_unknown_gas_is_named_with_its_place() -> None:
    step = operation(component="", per="declared_unit", direct_emissions=(DirectEmission("xyz", kg(1.0)),))
    with pytest.raises(CradlemarkError) as refused:
        footprint(study(part("A", material("plastic", 1.0)), operations=(step,)))
    assert refused.value.problems[0].where == "operations[op].direct_emissions[xyz]"
    assert refused.value.code == "gas-unknown"


def test_a_transport_only_factor_is_refused_as_treatment() -> None:
    step = operation(component="", per="declared_unit", waste=(Waste("only-transport", kg(1.0)),))
    with pytest.raises(InputErrors) as refused:
        footprint(study(part("A", material("plastic", 1.0)), operations=(step,)))
    assert [(item.code, item.where) for item in refused.value.problems] == [
        ("factor-transport-only", "operations[op].waste[only-transport]")
    ]


MOULDING = (
    ("part_mass", val(250.0, "g")), ("runner_mass", kg(0.0)), ("cavities", val(1.0)), ("yield", val(0.98)),
    ("cycle_time", val(20.0, "s")), ("idle_power", val(5.0, "kW")), ("injection_pressure", val(100.0, "MPa")),
    ("injection_efficiency", val(0.5)), ("clamping_energy", val(0.01, "kWh")), ("melt_efficiency", val(0.6)),
    ("ambient_temperature", val(23.0, "degC")), ("dryer_energy", val(0.1, "kWh/kg")), ("chiller_cop", val(4.0)),
    ("melt_temperature", val(280.0, "degC")),
)  # fmt: skip


def test_a_model_gives_its_own_energy_and_is_not_measured_data() -> None:
    step = operation(
        model="injection_moulding", model_material="PA66", model_inputs=MOULDING, data_kind="measured"
    )
    result = footprint(study(TREE, operations=(step,)))
    expected = find_model("injection_moulding", where="").compute(
        {
            name: value.magnitude * (0.001 if value.unit == "g" else 1.0)  # type: ignore[operator]
            for name, value in MOULDING
        },
        material="PA66",
        where="",
    )
    assert result.stage_total(("A3",)) == pytest.approx(6 * expected.total_energy * GRID)
    assert {line.data_kind for line in result.lines if line.stage == "A3"} == {"secondary"}
    assert result.data_quality.primary_share == 0.0


def test_metered_energy_goes_before_the_model_and_is_held_against_the_minimum() -> None:
    low = operation(
        model="injection_moulding", model_material="PA66", model_inputs=MOULDING, energy=(kwh(0.001),)
    )
    result = footprint(study(TREE, operations=(low,)))
    assert result.stage_total(("A3",)) == pytest.approx(6 * 0.001 * GRID)
    assert [check.verdict for check in result.process_checks] == ["below_minimum"]


PRODUCTS = (
    SiteProduct(
        "this one", pieces=val(1000.0, "piece"), mass=kg(100.0), machine_hours=val(30.0, "h"),
        revenue=val(10.0, "CNY"), this=True,
    ),
    SiteProduct(
        "other", pieces=val(3000.0, "piece"), mass=kg(900.0), machine_hours=val(30.0, "h"), revenue=val(190.0, "CNY")
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("basis", "share"), [("mass", 0.1), ("pieces", 0.25), ("machine_hours", 0.5), ("revenue", 0.05)]
)
def test_meters_are_allocated_by_each_key(basis: str, share: float) -> None:
    # 10,000 kWh x share / 1000 pieces x 0.6
    site = Site(
        meters=(Meter("electricity", val(10_000.0, "kWh")),), products=PRODUCTS,
        declared_units=val(1000.0, "piece"), basis=basis,  # type: ignore[arg-type]
    )  # fmt: skip
    assert made(site=site) == pytest.approx(10_000 * share / 1000 * GRID)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"declared_units": None}, "declared-units-missing"),
        ({"products": ()}, "allocation-subject"),
        ({"products": tuple(attrs.evolve(item, this=True) for item in PRODUCTS)}, "allocation-subject"),
    ],
)
def test_meters_that_cannot_be_allocated_are_refused(change: dict[str, object], code: str) -> None:
    site = Site(
        meters=(Meter("electricity", val(1.0, "kWh")),), products=PRODUCTS, declared_units=val(1.0, "piece")
    )
    with pytest.raises(InputErrors) as refused:
        footprint(study(TREE, site=attrs.evolve(site, **change)))
    assert [problem.code for problem in refused.value.problems] == [code]


def contract(name: str, amount: float, dataset: str, **more: object) -> Contract:
    conditions = dict.fromkeys(
        ("conveys_attributes", "unique_claim", "tracked", "close_in_time", "same_market"), True
    )
    return Contract(
        **{"id": name, "kind": "certificates", "amount": val(amount, "kWh"), "text": dataset, "dataset": dataset,
           **conditions, **more}
    )  # type: ignore[arg-type]  # fmt: skip


STEP = Operation("op", Text("Step", "工序"), per="declared_unit", energy=(kwh(10.0),))


def both(power: Electricity) -> tuple[float, float, set[str]]:
    result = footprint(study(part("A", material("plastic", 1.0)), operations=(STEP,), electricity=power))
    notes = {note.code for note in result.notes}
    return result.stage_total(("A3",), basis="location"), result.stage_total(("A3",), basis="market"), notes


def test_without_contracts_and_residual_mix_both_bases_are_one() -> None:
    location, market, notes = both(Electricity())
    assert location == market == pytest.approx(10 * GRID)
    assert "residual-mix-missing" not in notes


def test_contracts_cover_a_part_and_the_residual_mix_the_rest() -> None:
    power = Electricity(
        used=val(100.0, "kWh"), contracts=(contract("c", 40.0, "wind"),), residual_dataset="residual"
    )
    location, market, _ = both(power)
    assert location == pytest.approx(10 * GRID)
    # 40 % wind at 0.02, 60 % residual at 0.8, all through the network at 0.1
    assert market == pytest.approx(10 * (0.4 * 0.02 + 0.6 * 0.8 + 0.1))


def test_a_contract_without_residual_mix_leaves_the_average_and_says_so() -> None:
    power = Electricity(used=val(100.0, "kWh"), contracts=(contract("c", 40.0, "wind"),))
    _, market, notes = both(power)
    assert market == pytest.approx(10 * (0.4 * 0.02 + 0.6 * 0.5 + 0.1))
    assert "residual-mix-missing" in notes


def test_a_contract_that_misses_a_condition_is_not_counted() -> None:
    power = Electricity(
        used=val(100.0, "kWh"), contracts=(contract("c", 40.0, "wind", tracked=False),),
        residual_dataset="residual",
    )  # fmt: skip
    location, market, notes = both(power)
    assert market == pytest.approx(10 * (0.8 + 0.1))
    assert location == pytest.approx(10 * GRID)
    assert "contract-refused" in notes


def test_surplus_is_not_counted_and_no_contract_is_preferred() -> None:
    power = Electricity(
        used=val(100.0, "kWh"), contracts=(contract("a", 150.0, "wind"), contract("b", 50.0, "roof"))
    )
    _, market, notes = both(power)
    assert market == pytest.approx(10 * (0.75 * 0.02 + 0.25 * 0.05 + 0.1))
    assert "contract-surplus" in notes


def test_own_generation_never_reaches_the_grid_on_either_basis() -> None:
    power = Electricity(
        used=val(100.0, "kWh"), residual_dataset="residual",
        contracts=(contract("roof", 30.0, "roof", kind="own_generation"), contract("c", 20.0, "wind")),
    )  # fmt: skip
    location, market, _ = both(power)
    # 30 % from the roof at 0.05; the other 70 % through the network: grid at 0.5, losses at 0.1
    assert location == pytest.approx(10 * (0.3 * 0.05 + 0.7 * (0.5 + 0.1)))
    assert market == pytest.approx(10 * (0.3 * 0.05 + 0.2 * 0.02 + 0.5 * 0.8 + 0.7 * 0.1))


def test_contracts_without_the_total_use_are_refused() -> None:
    with pytest.raises(InputErrors) as refused:
        both(Electricity(contracts=(contract("c", 40.0, "wind"),)))
    assert {problem.code for problem in refused.value.problems} == {"electricity-use-missing"}


def test_a_supplier_gets_the_average_mix_and_not_the_contracts() -> None:
    power = Electricity(used=val(100.0, "kWh"), contracts=(contract("c", 100.0, "wind"),))
    theirs = attrs.evolve(STEP, own=False, stage="A1")
    result = footprint(study(part("A"), operations=(theirs,), electricity=power))
    assert result.stage_total(("A1",), basis="market") == pytest.approx(10 * GRID)


def test_a_fixed_mix_takes_its_own_losses_or_none() -> None:
    assert both(Electricity(dataset="mix-2035"))[0] == pytest.approx(10 * 0.2)
    with_losses = Electricity(dataset="mix-2035", losses_dataset="el-cn-td-2024-incl")
    assert both(with_losses)[0] == pytest.approx(10 * 0.3)


def test_an_organisation_factor_of_electricity_is_refused() -> None:
    with pytest.raises(InputErrors) as refused:
        both(Electricity(dataset="organisation-mix"))
    assert {problem.code for problem in refused.value.problems} == {"factor-organisation"}
