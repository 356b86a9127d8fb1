"""Registry, inputs and plausibility of the unit-process models."""

from importlib import resources

import numpy as np
import pytest

from cradlemark.core.errors import InputErrors, MissingDataErrors, NotFoundError
from cradlemark.core.quantities import normalise_unit
from cradlemark.product.models import MODELS, check_energy, find_material, find_model, plausibility
from cradlemark.product.models.constants import constants
from cradlemark.product.models.inputs import ModelInput
from cradlemark.product.models.materials import heating_minimum, material_properties, materials
from cradlemark.product.models.model import Limit

MOULDING = {
    "part_mass": 0.0036, "runner_mass": 0.004, "cavities": 8.0, "yield": 0.98, "melt_efficiency": 0.6,
    "injection_pressure": 100.0, "injection_efficiency": 0.5, "idle_power": 2.0, "cycle_time": 15.0,
}  # fmt: skip
TWENTY = Limit(20.0, "unverified", "test")


def test_every_definition_file_is_registered():
    folder = resources.files("cradlemark.product.models").joinpath("definitions")
    assert {item.name for item in folder.iterdir()} == {f"{name}.toml" for name in MODELS}


def test_the_processes_asked_for_are_there():
    assert {
        "injection_moulding", "stamping", "die_casting", "forging", "machining", "arc_welding", "laser_welding",
        "resistance_welding", "electroplating", "heat_treatment", "powder_coating", "drying",
    } <= set(MODELS)  # fmt: skip


@pytest.mark.parametrize("name", list(MODELS))
def test_definitions_are_complete(name):
    model = MODELS[name]
    assert model.title.complete
    assert model.formula.complete
    assert model.validity.complete
    assert model.minimum_basis.complete
    assert model.status in {"verified", "derived", "unverified"}
    assert model.source
    assert model.upper_multiple.value > 1.0
    assert model.upper_multiple.source
    assert len({item.name for item in model.inputs}) == len(model.inputs)
    for item in model.inputs:
        assert item.title.complete, item.name
        assert normalise_unit(item.unit) == item.unit, item.name
        if item.default is not None:
            assert item.source, item.name
            assert item.status in {"verified", "derived", "unverified"}
            assert (item.low if item.low is not None else 0.0) <= item.default
            assert item.default <= (item.high if item.high is not None else 1.0)
        assert not (item.optional and item.default is not None)


def test_materials_and_constants_carry_source_and_status():
    for row in (*materials(), *constants()):
        assert row.source
        assert row.status in {"verified", "derived", "unverified"}
    assert all(row.name.complete for row in materials())
    known = {item.material_property for model in MODELS.values() for item in model.inputs}
    assert {name for row in materials() for name, _ in row.properties} <= known | {"density"}


def test_names_of_materials_are_unambiguous():
    keys = [text for row in materials() for text in (row.id, row.name.en, row.name.zh, *row.synonyms)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("text", ["PA66", "pa 66", "尼龙66", "ＰＡ６６", " Polyamide  66 "])
def test_materials_are_found_as_people_write_them(text):
    assert find_material(text).id == "PA66"


def test_an_unknown_material_names_the_nearest():
    assert find_material("unobtainium") is None
    with pytest.raises(NotFoundError) as caught:
        material_properties("polyamid 66", where="row 3")
    assert "polyamide 66" in caught.value.hint.en
    assert caught.value.where == "row 3"


def test_an_unknown_model_names_the_nearest():
    with pytest.raises(NotFoundError) as caught:
        find_model("injection_molding")
    assert "injection_moulding" in caught.value.hint.en
    with pytest.raises(KeyError):
        MODELS["injection_molding"]


def test_all_missing_inputs_are_named_together():
    with pytest.raises(MissingDataErrors) as caught:
        MODELS["injection_moulding"].compute({"part_mass": 0.01}, where="operations[10]")
    named = {problem.message.en.split(" needs ")[1].split(":")[0] for problem in caught.value.problems}
    required = {
        item.name
        for item in MODELS["injection_moulding"].inputs
        if not item.optional and item.default is None
    }
    assert named == required - {"part_mass"}
    assert {problem.where for problem in caught.value.problems} == {"operations[10]"}


def test_unknown_names_and_impossible_values_are_reported_together():
    given = MOULDING | {"part_mas": 1.0, "part_mass": -1.0, "yield": 1.2, "cavities": 0.0}
    with pytest.raises(InputErrors) as caught:
        MODELS["injection_moulding"].compute(given, material="PA66")
    assert [problem.code for problem in caught.value.problems] == [
        "model-input-unknown", "value-out-of-range", "value-out-of-range", "value-out-of-range",
    ]  # fmt: skip
    assert "part_mass" in caught.value.problems[0].hint.en


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), np.array([1.0, np.nan])])
def test_values_that_are_not_finite_are_refused(bad):
    with pytest.raises(InputErrors):
        MODELS["injection_moulding"].compute(MOULDING | {"idle_power": bad}, material="PA66")


def test_what_was_assumed_and_left_out_is_named():
    result = MODELS["injection_moulding"].compute(MOULDING, material="PA66")
    assert set(result.assumed) == {
        "melt_temperature", "ambient_temperature", "specific_heat", "crystalline_share", "fusion_heat", "melt_density",
    }  # fmt: skip
    assert set(result.left_out) == {"clamping_energy", "dryer_energy", "chiller_cop"}
    assert result.unusual == ()
    assert dict(result.values)["specific_heat"] == find_material("PA66").get("specific_heat")


def test_a_given_value_has_precedence_over_the_material():
    result = MODELS["injection_moulding"].compute(MOULDING | {"specific_heat": 4.2}, material="PA66")
    plain = MODELS["injection_moulding"].compute(MOULDING, material="PA66")
    assert "specific_heat" not in result.assumed
    assert result.minimum > 1.8 * plain.minimum


def test_unusual_values_are_reported_not_refused():
    result = MODELS["injection_moulding"].compute(MOULDING | {"injection_pressure": 900.0}, material="PA66")
    assert result.unusual == ("injection_pressure",)


def test_more_part_than_input_is_refused():
    given = {
        "part_mass": 2.0, "strip_mass": 1.0, "yield": 1.0, "tensile_strength": 400.0, "cut_length": 100.0, "thickness": 1.0,
        "stroke": 1.0, "work_factor": 0.6, "press_efficiency": 0.6, "idle_power": 1.0, "stroke_time": 1.0,
        "parts_per_stroke": 1.0,
    }  # fmt: skip
    with pytest.raises(InputErrors) as caught:
        MODELS["stamping"].compute(given)
    assert caught.value.code == "outputs-exceed-input"
    result = MODELS["stamping"].compute(given | {"part_mass": 0.4})
    assert result.scrap == pytest.approx(0.6)


def test_drying_cannot_add_water():
    given = {
        "dry_mass": 1.0, "moisture_in": 0.1, "moisture_out": 0.3, "yield": 1.0, "drying_temperature": 90.0,
        "specific_heat": 1.5, "dryer_efficiency": 0.6, "gas_share": 0.0,
    }  # fmt: skip
    with pytest.raises(InputErrors) as caught:
        MODELS["drying"].compute(given)
    assert caught.value.code == "process-amount"


def test_only_the_inputs_of_the_minimum_are_needed_to_check_metered_energy():
    given = {"part_mass": 1.0, "runner_mass": 0.0, "cavities": 1.0, "yield": 1.0}
    check = plausibility(MODELS["injection_moulding"], given, 1.5, material="PA66")
    assert (check.verdict, check.message.complete) == ("plausible", True)
    assert check.ratio == pytest.approx(1.5 / 0.1757, rel=1e-3)
    with pytest.raises(MissingDataErrors) as caught:
        plausibility(MODELS["injection_moulding"], {"part_mass": 1.0}, 1.5, material="PA66")
    assert len(caught.value.problems) == 3
    with pytest.raises(InputErrors, match="no input mass"):
        plausibility(MODELS["injection_moulding"], given | {"mass": 1.0}, 1.5, material="PA66")


@pytest.mark.parametrize(
    ("stated", "verdict"),
    [
        (0.0, "below_minimum"),
        (1.0, "below_minimum"),
        (1.001, "plausible"),
        (20.0, "plausible"),
        (20.01, "unusually_high"),
    ],
)
def test_verdicts_at_the_thresholds(stated, verdict):
    check = check_energy(stated=stated, minimum=1.0, upper_multiple=TWENTY)
    assert check.verdict == verdict
    assert check.message.complete
    assert "{" not in check.message.en + check.message.zh


def test_without_a_minimum_there_is_no_verdict():
    check = check_energy(stated=1.0, minimum=0.0, upper_multiple=TWENTY)
    assert (check.verdict, check.ratio) == ("no_bound", None)


def test_draws_are_checked_by_their_means():
    check = check_energy(stated=np.array([0.5, 2.5]), minimum=1.0, upper_multiple=TWENTY)
    assert (check.stated, check.verdict) == (1.5, "plausible")


def test_stated_energy_must_be_a_number():
    with pytest.raises(InputErrors):
        check_energy(stated=float("nan"), minimum=1.0, upper_multiple=TWENTY)


def test_heating_minimum_below_the_melting_point_holds_no_latent_heat():
    zinc = find_material("zinc")
    below = heating_minimum(zinc, temperature=419.0)
    above = heating_minimum(zinc, temperature=419.5)
    assert above - below == pytest.approx(0.112, rel=0.01)
    with pytest.raises(NotFoundError):
        heating_minimum(find_material("1.4310"))


def test_inputs_are_values():
    item = MODELS["drying"].inputs[0]
    assert isinstance(item, ModelInput)
    with pytest.raises(AttributeError):
        item.name = "other"
