"""Each unit-process model against a calculation by hand."""

import math

import pytest

from cradlemark.product.models import MODELS, plausibility


def steps(result, carrier="electricity"):
    return {name: amount for flow in result.energy if flow.carrier == carrier for name, amount in flow.steps}


def test_injection_moulding():
    result = MODELS["injection_moulding"].compute(
        {
            "part_mass": 0.09, "runner_mass": 0.02, "cavities": 2.0, "yield": 0.8, "melt_temperature": 220.0,
            "ambient_temperature": 20.0, "specific_heat": 2.0, "crystalline_share": 0.5, "fusion_heat": 200.0,
            "melt_density": 1000.0, "melt_efficiency": 0.5, "injection_pressure": 72.0, "injection_efficiency": 0.5,
            "idle_power": 3.6, "cycle_time": 16.0, "clamping_energy": 0.004, "dryer_energy": 0.1, "chiller_cop": 4.0,
        }
    )  # fmt: skip
    gross = 0.1 / 0.8
    heat = gross * 500.0 / 3600.0
    expected = {
        "melting": heat / 0.5,
        "injection": 72e6 * gross / 1000.0 / 3.6e6 / 0.5,
        "clamping": 0.004 / 2 / 0.8,
        "idle": 3.6 * 16 / 3600 / 2 / 0.8,
        "drying": 0.1 * gross,
        "cooling": heat / 4.0,
    }
    assert steps(result) == pytest.approx(expected, rel=1e-12)
    assert result.total_energy == pytest.approx(sum(expected.values()), rel=1e-12)
    assert (result.material_input, result.scrap) == pytest.approx((gross, gross - 0.09))
    assert result.minimum == pytest.approx(heat)
    assert result.assumed == result.left_out == ()


def test_stamping():
    result = MODELS["stamping"].compute(
        {
            "part_mass": 0.002, "strip_mass": 0.005, "yield": 0.5, "tensile_strength": 500.0, "cut_length": 80.0,
            "thickness": 0.5, "stroke": 0.5, "work_factor": 0.6, "press_efficiency": 0.4, "idle_power": 3.6,
            "stroke_time": 0.5, "parts_per_stroke": 2.0,
        }
    )  # fmt: skip
    work = 0.8 * 500 * 80 * 0.5 * 0.5e-3 * 0.6
    assert work == pytest.approx(4.8)
    expected = {"punching": work / 0.4 / 0.5 / 3.6e6, "idle": 3.6 * 0.5 / 3600 / 2 / 0.5}
    assert steps(result) == pytest.approx(expected, rel=1e-12)
    assert result.scrap == pytest.approx(0.008)
    assert result.minimum == pytest.approx(work / 0.5 / 3.6e6)


def test_die_casting_with_a_gas_furnace():
    result = MODELS["die_casting"].compute(
        {
            "part_mass": 1.0, "metal_yield": 0.5, "yield": 0.8, "furnace_efficiency": 0.4, "holding_power": 10.0,
            "holding_throughput": 100.0, "gas_share": 1.0, "machine_power": 36.0, "cycle_time": 50.0, "cavities": 2.0,
            "trim_energy": 0.01, "air_volume": 0.5, "air_specific_energy": 0.12,
        },
        material="Al",
    )  # fmt: skip
    rise = 0.95 * 640.3 + 397.0 + 1.08 * 39.7
    assert steps(result, "natural_gas") == pytest.approx(
        {"melting": 2.5 * rise / 3600 / 0.4, "holding": 0.25}
    )
    assert steps(result) == pytest.approx({"machine": 0.3125, "trimming": 0.0125, "compressed air": 0.075})
    assert result.scrap == pytest.approx(1.5)
    assert result.carrier("natural_gas") + result.carrier("electricity") == pytest.approx(result.total_energy)


def test_forging_and_its_scale():
    result = MODELS["forging"].compute(
        {
            "part_mass": 0.8, "billet_mass": 1.0, "yield": 1.0, "heater_efficiency": 0.5, "gas_share": 0.25,
            "press_energy": 0.05, "fixture_mass": 0.1, "fixture_specific_heat": 0.6, "wall_power": 36.0,
            "heating_time": 2.0, "other_losses": 0.01, "scale_loss": 0.02,
        },
        material="steel",
    )  # fmt: skip
    heat = (0.68 * 1180 + 0.1 * 0.6 * 1180) / 3600 + 0.02 + 0.01
    assert steps(result) == pytest.approx({"heating": heat / 0.5 * 0.75, "press": 0.05})
    assert steps(result, "natural_gas") == pytest.approx({"heating": heat / 0.5 * 0.25})
    assert (result.scrap, result.loss) == pytest.approx((0.18, 0.02))


def test_heat_treatment_of_a_charge():
    result = MODELS["heat_treatment"].compute(
        {
            "part_mass": 0.5, "yield": 1.0, "charge_parts": 100.0, "treatment_temperature": 920.0, "fixture_mass": 20.0,
            "fixture_specific_heat": 0.6, "wall_power": 10.0, "furnace_time": 4.0, "flue_loss": 0.2, "gas_share": 1.0,
            "opening_losses": 5.0, "auxiliary_power": 2.0, "nitrogen": 30.0,
        },
        material="steel",
    )  # fmt: skip
    expected = {
        "parts": 0.5 * 0.68 * 900 / 3600 / 0.8,
        "fixtures": 20 * 0.6 * 900 / 3600 / 100 / 0.8,
        "walls": 40 / 100 / 0.8,
        "openings": 5 / 100 / 0.8,
    }
    assert steps(result, "natural_gas") == pytest.approx(expected)
    assert steps(result) == pytest.approx({"fans and pumps": 0.08})
    assert [(a.name, a.unit, a.amount) for a in result.auxiliaries] == [
        ("nitrogen", "m3", pytest.approx(0.3))
    ]


def test_machining_and_its_chips():
    result = MODELS["machining"].compute(
        {
            "part_mass": 0.6, "blank_mass": 1.0, "yield": 0.5, "base_power": 3.6, "total_time": 100.0,
            "ready_power": 1.8, "ready_time": 60.0, "cutting_energy": 3.0, "removal_rate": 1000.0, "cutting_time": 50.0,
            "density": 7850.0, "cutting_fluid": 0.01,
        }
    )  # fmt: skip
    assert steps(result) == pytest.approx({"base": 0.2, "ready": 0.06, "cutting": 3 * 50000 / 0.5 / 3.6e6})
    assert result.scrap == pytest.approx(1.4)
    assert result.residual == pytest.approx(0.4 - 50000e-9 * 7850)
    assert result.auxiliaries[0].amount == pytest.approx(0.02)


def test_machining_without_density_reports_no_residual():
    result = MODELS["machining_specific"].compute(
        {
            "part_mass": 0.6, "blank_mass": 1.0, "yield": 1.0, "removed_volume": 50000.0, "removal_rate": 1000.0,
            "c0": 2.0, "c1": 3000.0,
        }
    )  # fmt: skip
    assert result.total_energy == pytest.approx(5.0 * 50000 / 3.6e6)
    assert result.residual is None
    assert result.minimum == 0.0


def test_arc_welding_and_the_carbon_dioxide_of_its_gas():
    result = MODELS["arc_welding"].compute(
        {
            "seam_length": 2.0, "yield": 1.0, "arc_voltage": 25.0, "arc_current": 200.0, "travel_speed": 10.0,
            "source_efficiency": 0.8, "filler_per_length": 0.1, "gas_flow": 15.0, "gas_density": 1.8,
            "co2_mass_share": 0.2, "standby_power": 0.36, "standby_time": 100.0,
        }
    )  # fmt: skip
    assert steps(result) == pytest.approx({"arc": 25 * 200 * 200 / 0.8 / 3.6e6, "standby": 0.01})
    gas = 15 / 60000 * 200 * 1.8
    assert {a.name: a.amount for a in result.auxiliaries} == pytest.approx(
        {"filler metal": 0.2, "shield gas": gas}
    )
    assert [(e.gas, e.amount) for e in result.emissions] == [("CO2", pytest.approx(gas * 0.2))]


def test_laser_welding():
    result = MODELS["laser_welding"].compute(
        {
            "beam_power": 3600.0, "beam_time": 10.0, "yield": 1.0, "wall_plug_efficiency": 0.25, "standby_power": 1.8,
            "standby_time": 20.0, "chiller_cop": 3.0, "gas_mass": 0.02,
        }
    )  # fmt: skip
    assert steps(result) == pytest.approx({"beam": 0.04, "standby": 0.01, "cooling": 0.01})
    assert result.minimum == pytest.approx(0.01)


def test_resistance_welding():
    result = MODELS["resistance_welding"].compute(
        {
            "weld_current": 10.0, "resistance": 100.0, "weld_time": 0.36, "spots": 5.0, "yield": 0.5,
            "transformer_efficiency": 0.8, "standby_power": 0.36, "cycle_time": 10.0,
        }
    )  # fmt: skip
    assert result.minimum == pytest.approx(3600 * 5 / 0.5 / 3.6e6)
    assert steps(result) == pytest.approx({"welding": 0.01 / 0.8, "standby": 0.002})


def test_electroplating_of_zinc():
    result = MODELS["electroplating"].compute(
        {
            "area": 0.5, "thickness": 8.0, "yield": 1.0, "cell_voltage": 4.0, "cathode_efficiency": 0.8,
            "rectifier_efficiency": 0.9, "heating_gas_share": 0.5, "bath_heating": 0.6, "drying_energy": 0.2,
            "effluent_energy": 0.1, "auxiliary_energy": 0.3, "rinse_water": 20.0, "drag_out": 0.1,
        },
        material="zinc plating",
    )  # fmt: skip
    metal = 7140 * 8e-6 * 0.5
    charge = metal * 2 * 96485.33212 / (3.6 * 65.38)
    assert result.minimum == pytest.approx(4 * charge / 1000)
    assert steps(result)["deposition"] == pytest.approx(4 * charge / 1000 / 0.72)
    assert steps(result, "natural_gas") == pytest.approx({"bath heating": 0.15, "drying": 0.05})
    assert {a.name: a.amount for a in result.auxiliaries} == pytest.approx(
        {"anode metal": 1.1 * metal, "water": 10.0}
    )
    assert {w.name: w.amount for w in result.wastes} == pytest.approx(
        {"metal in effluent": 0.1 * metal, "waste water": 10.0}
    )


def test_powder_coating_and_its_overspray():
    result = MODELS["powder_coating"].compute(
        {
            "part_mass": 2.0, "area": 0.5, "yield": 1.0, "curing_temperature": 200.0, "specific_heat": 0.5,
            "oven_efficiency": 0.5, "oven_loss_power": 36.0, "oven_time_per_part": 10.0, "gas_share": 1.0,
            "booth_energy": 0.4, "thickness": 80.0, "powder_density": 1500.0, "transfer_efficiency": 0.6,
            "pretreatment_energy": 0.2, "hanger_mass": 0.5, "hanger_specific_heat": 0.5,
        }
    )  # fmt: skip
    heat = (2.0 * 0.5 * 180 + 0.5 * 0.5 * 180) / 3600 + 0.1
    assert steps(result, "natural_gas") == pytest.approx({"curing": heat / 0.5})
    assert steps(result) == pytest.approx({"pre-treatment": 0.1, "booth": 0.2})
    assert result.auxiliaries[0].amount == pytest.approx(0.06 / 0.6)
    assert result.wastes[0].amount == pytest.approx(0.04)


def test_drying():
    given = {
        "dry_mass": 10.0, "moisture_in": 0.3, "moisture_out": 0.1, "yield": 1.0, "drying_temperature": 100.0,
        "specific_heat": 1.5, "dryer_efficiency": 0.5, "gas_share": 0.0, "fan_power": 3.6, "drying_time": 100.0,
    }  # fmt: skip
    result = MODELS["drying"].compute(given)
    heat = 10 * (1.5 * 80 + 0.3 * 4.19 * 80 + 0.2 * 2257) / 3600
    assert steps(result) == pytest.approx({"drying": heat / 0.5, "fans": 0.1})
    assert result.wastes[0].amount == pytest.approx(2.0)
    hotter = MODELS["drying"].compute(given | {"drying_temperature": 150.0})
    assert hotter.minimum - result.minimum == pytest.approx(10 * 1.5 * 50 / 3600)


def test_compressed_air_and_its_leakage():
    result = MODELS["compressed_air"].compute(
        {"air_volume": 2.0, "yield": 1.0, "gauge_pressure": 7.0, "specific_energy": 0.12, "leak_share": 0.2}
    )
    assert steps(result) == pytest.approx({"air": 0.24, "leakage": 0.06})
    assert result.minimum == pytest.approx(2 * 101.325 * math.log(801.325 / 101.325) / 3600)
    assert result.minimum < result.total_energy


def test_a_stated_specific_energy_below_isothermal_compression_is_flagged():
    given = {
        "air_volume": 1.0,
        "yield": 1.0,
        "gauge_pressure": 28.0,
        "specific_energy": 0.09,
        "leak_share": 0.0,
    }
    result = MODELS["compressed_air"].compute(given)
    check = plausibility(MODELS["compressed_air"], given, result.total_energy)
    assert check.verdict == "below_minimum"


@pytest.mark.parametrize(
    ("name", "given", "low", "high"),
    [
        ("injection_moulding_screening", {"gross_mass": 1.0}, 0.6, 2.5),
        ("forging_gas_screening", {"gross_mass": 1.0}, 0.6, 1.5),
        ("forging_induction_screening", {"gross_mass": 1.0}, 0.35, 0.45),
        ("stamping_screening", {"gross_mass": 1.0}, 0.02, 0.1),
        ("powder_coating_screening", {"area": 1.0, "gas_share": 0.0}, 3.0, 8.0),
        ("zinc_plating_screening", {"area": 1.0}, 1.0, 3.0),
        ("spot_welding_screening", {"spots": 1.0}, 10 / 3600, 50 / 3600),
        (
            "carburising_screening",
            {"gross_mass": 1.0, "gas_share": 0.5, "heating_temperature": 930.0},
            0.5,
            2.0,
        ),
    ],
)
def test_screening_takes_the_middle_of_its_range_and_says_so(name, given, low, high):
    materials = {"injection": "PA66", "forging": "steel", "carburising": "steel"}
    material = materials.get(name.split("_")[0], "")
    mass = {"part_mass": 0.9} if "gross_mass" in given else {}
    result = MODELS[name].compute({"yield": 1.0, **mass, **given}, material=material)
    assert result.total_energy == pytest.approx((low + high) / 2)
    assert "specific_energy" in result.assumed or "spot_energy" in result.assumed
    assert MODELS[name].level == "screening"
