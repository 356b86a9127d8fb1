"""The official UK workbook: identities, units, what is typed how, and a full account of what was left out."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from cradlemark.core.errors import InputError
from cradlemark.inventory.characterisation import rebase
from cradlemark.inventory.gates import categories, check_magnitudes
from cradlemark.inventory.importers.desnz import read_desnz
from cradlemark.inventory.importers.desnz_sheets import rule_of
from cradlemark.inventory.starter import starter_database

WORKBOOK = (
    Path(__file__).parents[4]
    / "shared"
    / "data"
    / "samples"
    / "factors"
    / "desnz_conversion_factors_2025_condensed.xlsx"
)
needs_workbook = pytest.mark.skipif(
    not WORKBOOK.is_file(), reason="the official workbook is not beside the repository"
)


@pytest.fixture(scope="module")
def result():
    return read_desnz(WORKBOOK)


@needs_workbook
def test_everything_is_accounted_for(result):
    assert (result.rows_read, result.rows_kept) == (1614, 749)
    assert len(result.database.datasets) == 749
    for count in result.sheets:
        assert count.read == count.kept + count.refused
        assert count.kept or count.reason
    unexplained = sum(c.refused for c in result.sheets if not c.reason)
    assert unexplained == len(result.problems)
    assert {p.code for p in result.problems} == {"unit-redundant", "part-of-total"}


@needs_workbook
def test_total_is_the_sum_of_the_gases(result):
    checked = 0
    for dataset in result.database.datasets.values():
        masses = {a.gas: a.mass for a in dataset.climate.gases}
        if set(masses) == {"co2", "ch4_fossil", "n2o"}:
            total = masses["co2"] + 28 * masses["ch4_fossil"] + 265 * masses["n2o"]
            assert total == pytest.approx(dataset.climate.total, rel=1e-4, abs=2e-5), dataset.id
            checked += 1
    assert checked > 300


@needs_workbook
def test_net_and_gross_calorific_values_are_apart(result):
    datasets = result.database.datasets
    net = datasets["desnz-2025-fuel-gaseous-fuels-natural-gas-kwh-net"]
    gross = datasets["desnz-2025-fuel-gaseous-fuels-natural-gas-kwh-gross"]
    assert (net.calorific_basis, gross.calorific_basis) == ("net", "gross")
    assert (net.climate.total, gross.climate.total) == (0.2027, 0.18296)
    assert net.climate.total / gross.climate.total == pytest.approx(1.108, abs=0.001)


@needs_workbook
def test_tonnes_become_kilograms(result):
    butane = result.database.datasets["desnz-2025-fuel-gaseous-fuels-butane-kg"]
    assert butane.unit == "kg"
    assert butane.climate.total == pytest.approx(3.03338067)
    assert butane.source.place == "sheet Fuels, row 23, column D"


@needs_workbook
def test_waste_is_transport_only_except_landfill(result):
    for dataset in result.database.datasets.values():
        if dataset.category == "waste_treatment":
            landfill = "-landfill-" in dataset.id
            assert dataset.boundary == ("treatment" if landfill else "treatment_transport_only"), dataset.id


@needs_workbook
def test_freight_is_tank_to_wheel_and_aircraft_apart(result):
    freight = [d for d in result.database.datasets.values() if d.category.startswith("freight")]
    assert {d.boundary for d in freight} == {"tank_to_wheel"}
    assert {d.unit for d in freight} == {"tkm", "vkm"}
    for dataset in freight:
        fossil, *_rest, aircraft = dataset.climate.co2e
        assert (aircraft > 0.0) == (dataset.category == "freight_air")
        assert (fossil > 0.0) == (dataset.category != "freight_air")
    with_forcing = [d for d in freight if "-with-rf-" in d.id]
    assert len(with_forcing) == 4
    assert not any(d.climate.rebasable for d in with_forcing)


@needs_workbook
def test_electricity_is_for_organisations(result):
    electricity = [d for d in result.database.datasets.values() if d.category.startswith("electricity")]
    assert len(electricity) == 3
    assert {d.purpose for d in electricity} == {"organisation"}


@needs_workbook
def test_releases_of_pure_gases_can_be_put_on_another_set(result):
    datasets = result.database.datasets
    sf6 = datasets["desnz-2025-release-kyoto-protocol-products-sulphur-hexafluoride-sf6-kg"]
    assert (sf6.climate.total, rebase(sf6, "AR6").climate.total) == (23500.0, 25200.0)
    assert not datasets["desnz-2025-release-blends-r410a-kg"].climate.rebasable


@needs_workbook
def test_values_are_plausible_and_agree_with_the_starter(result):
    assert check_magnitudes(result.database.datasets.values()) == ()
    starter = starter_database().datasets
    pairs = {
        "fu-gb-2025-diesel-100-mineral-diesel-l": "desnz-2025-fuel-liquid-fuels-diesel-100-mineral-diesel-l",
        "tr-gb-2025-articulated-hgv-33t": "desnz-2025-freight-hgv-all-diesel-articulated-over-33t-average-laden-tkm",
        "wa-gb-2025-wood-landfill": "desnz-2025-waste-construction-wood-landfill-kg",
    }
    for mine, theirs in pairs.items():
        assert starter[mine].climate.total == pytest.approx(
            result.database.datasets[theirs].climate.total, rel=1e-5
        )


@needs_workbook
def test_reading_twice_gives_the_same_digest(result):
    assert read_desnz(WORKBOOK).database.digest == result.database.digest


def small(
    total: object, parts: tuple[float, float, float], unit: str = "tonnes", year: object = 2025
) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Fuels"
    sheet.append(["Scope:", "Scope 1", "Version:", 1, "Year:", year])
    sheet.append([])
    gases = [f"kg CO2e of {gas} per unit" for gas in ("CO2", "CH4", "N2O")]
    sheet.append(["Activity", "Fuel", "Unit", "kg CO2e", *gases])
    sheet.append(["Gaseous fuels", "Butane", unit, total, *parts])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_total_that_is_not_the_sum_is_refused_with_its_cell():
    result = read_desnz(small(3033.4, (3029.26, 2.52, 16.0067)), where="a.xlsx")
    (problem,) = result.problems
    assert (problem.code, problem.where) == ("identity-mismatch", "a.xlsx, sheet Fuels, row 4, column D")
    assert (result.rows_read, result.rows_kept) == (1, 0)


@pytest.mark.parametrize(
    ("total", "unit", "code"), [("n/a", "tonnes", "number-invalid"), (1.0, "barrels", "unit-unknown")]
)
def test_odd_cells_are_named(total, unit, code):
    result = read_desnz(small(total, (1.0, 0.0, 0.0), unit), where="a.xlsx")
    assert [p.code for p in result.problems] == [code]


def test_another_workbook_is_not_taken_for_this_one():
    with pytest.raises(InputError) as caught:
        read_desnz(small(1.0, (1.0, 0.0, 0.0), year="x"), where="a.xlsx")
    assert caught.value.code == "desnz-format"


@pytest.mark.parametrize(
    ("sheet", "boundary"),
    [
        ("WTT- fuels", "well_to_tank"),
        ("WTT- delivery vehs & freight", "well_to_tank"),
        ("Fuels", "combustion"),
    ],
)
def test_supply_sheets_of_the_full_set_are_known(sheet, boundary):
    rule = rule_of(sheet)
    assert rule is not None
    assert rule.boundary == boundary
    assert rule.category in categories()


@pytest.mark.parametrize("sheet", ["Hotel stay", "Business travel- air", "WTT- pass vehs & travel- land"])
def test_sheets_without_a_place_in_a_product_footprint(sheet):
    assert rule_of(sheet) is None
