"""Every sample export, as its owner published it: what is imported, what is refused, and with which words."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import attrs
import pytest

from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities

_SPEC = importlib.util.spec_from_file_location("simapro_exports", Path(__file__).with_name("exports.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
exports = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(exports)
SAMPLES = exports.SAMPLES
amounts = exports.amounts
codes = exports.codes

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the checkout")


@attrs.frozen
class Seen:
    """What an import of one sample gave.

    Parameters
    ----------
    processes, read, used, unlinked : int
        Counts of the report; exchanges read are used or unlinked, none is refused.
    problems : tuple of str
        Codes of problems, those about magnitudes left out.
    categories, factors : int
        Impact categories and factors stored.
    """

    processes: int = 0
    read: int = 0
    used: int = 0
    unlinked: int = 0
    problems: tuple[str, ...] = ()
    categories: int = 0
    factors: int = 0


IMPORTED = {
    "bw_allocation.csv": Seen(2, 5, 5),
    "bw_cas_missing_check_number.csv": Seen(
        1, 13, 9, 4, ("cas-invalid", "cas-invalid", "uncertainty-invalid")
    ),
    "bw_comments.txt": Seen(1, 3, 1, 2, ("uncertainty-invalid",)),
    "bw_damagecategory.txt": Seen(categories=6, factors=12, problems=("cas-invalid",)),
    "bw_empty.txt": Seen(1, 1, 1),
    "bw_external_documents_and_literature_references.csv": Seen(1, 3, 3),
    "bw_inventory.csv": Seen(1, 2, 1, 1),
    "bw_metadata.txt": Seen(1, 1, 1),
    "bw_method.csv": Seen(categories=29, factors=97, problems=("cas-invalid",)),
    "bw_method_end.csv": Seen(categories=1, factors=6),
    "bw_missing-project.csv": Seen(2, 5, 5),
    "bw_missing.txt": Seen(2, 3, 2, 1),
    "bw_multioutput.txt": Seen(1, 2, 2),
    "bw_new-order.csv": Seen(1, 12, 2, 10),
    "bw_process.csv": Seen(1, 13, 9, 4),
    "bw_process_identifiers.csv": Seen(3, 39, 27, 12, ("uncertainty-invalid",)),
    "bw_process_with_invalid_lognormal_scale.csv": Seen(1, 2, 2, 0, ("uncertainty-invalid",)),
    "bw_project_params.csv": Seen(2, 3, 3),
    "bw_python_builtin_as_unit_name.csv": Seen(1, 1, 1),
    "bw_simple.txt": Seen(2, 6, 3, 3),
    "bw_waste_scenario.csv": Seen(3, 7, 7, 0, ("unit-odd",)),
    "bw_waste.csv": Seen(1, 12, 9, 3),
    "bw_weird_units.csv": Seen(1, 2, 1, 1),
    "olca_method.csv": Seen(categories=2, factors=49),
    "olca_process.csv": Seen(1, 6, 6),
}
REFUSED = {
    "bw_header.csv": "database-empty",
    "bw_header_translations.csv": "database-empty",
    "bw_invalid.txt": "file-format",
    "bw_LICENSES": "file-format",
    "bw_literature.csv": "file-format",
    "bw_minimal_header.csv": "database-empty",
}


def imported(name: str) -> ProcessImport:
    return import_processes(SAMPLES / name)


def test_every_sample_is_spoken_of() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == IMPORTED.keys() | REFUSED.keys() | {"bw_stages.csv"}


@pytest.mark.parametrize("name", IMPORTED)
def test_imported(name: str) -> None:
    done = imported(name)
    counts = done.report.counts
    found = Seen(
        counts["processes stored"], counts["exchanges read"], counts["exchanges used"], counts["exchanges unlinked"],
        tuple(sorted(codes(done))), counts.get("impact categories", 0),
        counts.get("characterisation factors stored", 0),
    )  # fmt: skip
    assert found == IMPORTED[name]
    assert done.report.balanced
    assert imported(name).database.digest == done.database.digest


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name: str) -> None:
    with pytest.raises(InputError) as caught:
        imported(name)
    assert caught.value.code == REFUSED[name]
    assert name in caught.value.where
    assert caught.value.hint.en


def test_decimal_commas_parameters_and_distributions() -> None:
    done = imported("bw_process.csv")
    exchanges, flows = done.database["exchanges"], done.database["flows"]
    names = [flows.texts("name_en")[row] for row in exchanges.integers("flow").tolist()]
    found = {
        name: (kind, p1, p2, p3)
        for name, kind, p1, p2, p3 in zip(
            names, exchanges.texts("distribution"), exchanges.numbers("p1").tolist(),
            exchanges.numbers("p2").tolist(), exchanges.numbers("p3").tolist(), strict=True,
        )
    }  # fmt: skip
    assert found["(+-)-Citronellol"][:3] == ("lognormal", 1.0, pytest.approx(2.0**0.5))
    assert found["(1r,4r)-(+)-Camphor"][:3] == ("normal", 1.0, 1.5)
    assert found["1'-Acetoxysafrole"] == ("triangular", 1.0, 1.0, 5.0)
    assert found["Asbestos"][:3] == ("uniform", 1.0, 2.0)
    assert amounts(done)["my product"] == 0.5
    assert amounts(done)["Electricity, biomass, at power plant/US"] == pytest.approx(0.36)
    parameters = dict(
        zip(
            done.database["parameters"].texts("name"),
            done.database["parameters"].numbers("value").tolist(),
            strict=True,
        )
    )
    assert parameters == {
        "input_param": 23.4, "calc_param": pytest.approx(547.56), "db_input_param": 1.0, "db_calc_param": 3.0,
        "proj_input_param": 32.0, "proj_calc_param": 4.0,
    }  # fmt: skip
    assert "(1;2;3;4;5)" in exchanges.texts("pedigree")


def test_substances_have_compartment_cas_and_formula() -> None:
    done = imported("olca_process.csv")
    flows = done.database["flows"]
    found = {row: flows.row(row) for row in range(len(flows))}
    by_id = {str(flow["id"]): flow for flow in found.values()}
    methane = by_id["emission/air/low. pop./Methane [kg]"]
    assert (methane["cas"], methane["formula"], methane["unit"]) == ("74-82-8", "CH4", "kg")
    assert by_id["resource/in water/Water, well, RE [m3]"]["name_en"] == "Water, well, RE"


def test_formula_of_the_project_parameter() -> None:
    assert amounts(imported("bw_project_params.csv"))["Watermelon"] == pytest.approx(4.8 / (7 * 0.9 - 3))


def test_waste_treatment_makes_what_its_formula_says() -> None:
    done = imported("bw_waste.csv")
    activities = done.database["activities"]
    assert activities.numbers("amount").tolist() == pytest.approx([1034 * 0.6684 * 0.59 * 0.03])
    flow = done.database["flows"].row(int(activities.integers("flow")[0]))
    assert flow["kind"] == "waste"


def test_shares_in_per_cent() -> None:
    done = imported("bw_allocation.csv")
    table = done.database["allocation_factors"]
    assert sorted(table.numbers("value").tolist()) == pytest.approx([0.042, 0.958])
    assert set(table.texts("method")) == {"percentage"}


def test_broken_unit_of_the_weird_units_is_the_one_defined() -> None:
    done = imported("bw_weird_units.csv")
    assert amounts(done)[
        "Steel, low-alloyed {RER}| steel production, electric, low-alloyed | Alloc Rec, U"
    ] == pytest.approx(1e-12)


def test_damage_categories_weigh_their_impact_categories() -> None:
    done = imported("bw_damagecategory.txt")
    table, categories = done.database["characterisation"], done.database["impact_categories"]
    names = categories.texts("name_en")
    found = {
        (names[category], flow): value
        for category, flow, value in zip(
            table.integers("category").tolist(),
            table.texts("flow"),
            table.numbers("value").tolist(),
            strict=True,
        )
    }
    air = "emission/air/(unspecified)/Lead-210 [Bq]"
    assert found["NORM - HH - Releases", air] == pytest.approx(1.28e-6 / 1000)
    assert found["NORM - Human Health", air] == pytest.approx(1.51 * 1.28e-6 / 1000)
    assert found["NORM - Ecosystems", air] == pytest.approx(0.5 * (1.71e-3 + 1.12e1 + 6.57e-2) / 1000)
    assert dict(zip(names, categories.texts("unit"), strict=True))["NORM - Human Health"] == "DALY"


def test_stages_that_contain_themselves() -> None:
    """The assembly contains itself, so what waste it leaves cannot be known; nothing is guessed."""
    done = imported("bw_stages.csv")
    counts = done.report.counts
    assert (counts["processes stored"], counts["exchanges read"], counts["exchanges used"]) == (12, 47, 42)
    assert codes(done) == ["waste-open"] * 5
    assert done.report.balanced
    with pytest.raises(CradlemarkError) as caught:
        product_intensities(done.database)
    assert "waste scenario 1" in str(caught.value)


def test_waste_scenario_of_the_sample() -> None:
    """90 % at 1.5 kg and the remaining 10 % at -0.8 kg."""
    done = imported("bw_waste_scenario.csv")
    assert exports.intensity(done, "test waste scenario") == pytest.approx(0.9 * 1.5 - 0.1 * 0.8)
