"""Everything that is packaged as data: it parses, every number has unit, source and status, and nothing is silent."""

from __future__ import annotations

import csv
import hashlib
import tomllib
from collections import Counter
from importlib import resources

import pytest

from cradlemark.core.places import known_place
from cradlemark.core.quantities import conversion_factor, dimension, normalise_unit
from cradlemark.inventory.characterisation import gases, gwp_sets
from cradlemark.inventory.dataset import BOUNDARIES, STATUSES
from cradlemark.inventory.gates import categories, check_magnitude, exceptions, gates
from cradlemark.inventory.grids import grid_supply
from cradlemark.inventory.rows import COLUMNS, dataset_from_row, row_from_dataset
from cradlemark.inventory.starter import default_inventory, starter_database, starter_description
from cradlemark.inventory.table_columns import allowed_values, columns

FOLDER = resources.files("cradlemark.inventory") / "datasets"
CONTENT = (FOLDER / "starter.csv").read_bytes()
ROWS = list(csv.DictReader(CONTENT.decode("utf-8").splitlines()))
DATASETS = list(starter_database().datasets.values())


def test_every_toml_file_of_the_inventory_parses():
    files = [file for file in FOLDER.iterdir() if file.name.endswith(".toml")]
    assert len(files) >= 4
    for file in files:
        assert tomllib.loads(file.read_text("utf-8"))


def test_table_has_the_columns_of_the_schema():
    assert tuple(ROWS[0]) == COLUMNS
    assert all(None not in row and None not in row.values() for row in ROWS)


def test_identifiers_are_unique_and_none_is_lost():
    assert len({row["id"] for row in ROWS}) == len(ROWS) == len(DATASETS)


def test_digest_is_that_of_the_file():
    assert starter_database().digest == "sha256:" + hashlib.sha256(CONTENT).hexdigest()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_names_are_complete_and_unique_in_both_languages(language):
    names = Counter(dataset.name[language] for dataset in DATASETS)
    assert all(dataset.name.complete for dataset in DATASETS)
    assert [name for name, count in names.items() if count > 1] == []


def test_chinese_names_are_chinese():
    latin = [d.id for d in DATASETS if not any("㐀" <= mark <= "鿿" for mark in d.name.zh)]
    assert latin == []


def test_every_row_has_source_licence_and_status():
    for dataset in DATASETS:
        assert dataset.source.document, dataset.id
        assert dataset.licence, dataset.id
        assert dataset.status in STATUSES
        assert dataset.boundary in BOUNDARIES
        assert dataset.pedigree is not None
        assert dataset.year is not None or dataset.status == "derived"


def test_unverified_rows_say_why():
    assert [d.id for d in DATASETS if d.status == "unverified" and not d.note] == []


def test_no_row_names_a_package_host_or_a_copy_of_somebody():
    words = ("github", "npm ", "huggingface", "pypi")
    text = CONTENT.decode().lower()
    assert [word for word in words if word in text] == []


def test_units_are_canonical():
    assert [d.id for d in DATASETS if normalise_unit(d.unit) != d.unit] == []


def test_places_are_canonical():
    assert [d.id for d in DATASETS if known_place(d.geography) != d.geography] == []


def test_categories_are_known_and_all_have_a_range_but_other_and_product():
    assert {d.category for d in DATASETS} <= set(categories())
    assert {key for key in categories() if not gates(key)} == {"other", "product"}
    assert all(name.complete for name in categories().values())


def test_magnitudes_are_plausible():
    assert [str(problem) for problem in map(check_magnitude, DATASETS) if problem] == []
    assert all(reason for reason in exceptions().values())


def test_every_dataset_is_reached_by_a_gate():
    for dataset in DATASETS:
        reached = [g for g in gates(dataset.category) if dimension(g.unit) == dimension(dataset.unit)]
        assert reached, f"{dataset.id}: no range for {dataset.category} per {dataset.unit}"


def test_gates_are_ranges_with_a_reason():
    for category in categories():
        for gate in gates(category):
            assert 0 < gate.low < gate.high
            assert len(gate.reason) > 10
            assert conversion_factor(gate.unit, gate.unit) == 1.0


def test_alternatives_exist_and_are_mutual():
    by_id = starter_database().datasets
    for dataset in DATASETS:
        for other in dataset.alternatives:
            assert other in by_id, (dataset.id, other)
            assert dataset.id in by_id[other].alternatives, (dataset.id, other)
            assert by_id[other].unit == dataset.unit


def test_rows_and_datasets_are_the_same_thing():
    for dataset in DATASETS:
        assert dataset_from_row(row_from_dataset(dataset), database="starter") == dataset


def test_co2_only_rows_say_so():
    for dataset in DATASETS:
        if dataset.climate.gases and {amount.gas for amount in dataset.climate.gases} == {"co2"}:
            assert not dataset.climate.gases_complete, dataset.id


def test_organisation_factors_are_the_ones_of_company_accounting():
    for dataset in DATASETS:
        if dataset.boundary == "generation":
            assert dataset.purpose == "organisation", dataset.id
        if dataset.id.startswith("el-cn-cf") or dataset.id.endswith("-ember"):
            assert dataset.purpose == "product", dataset.id
            assert dataset.boundary == "generation_life_cycle"


def test_what_was_left_out_is_counted():
    about = starter_description()
    counts = about["counts"]
    assert counts["left_out"] == sum(entry["count"] for entry in about["left_out"])
    assert counts["collected"] == counts["kept"] + counts["left_out"]
    assert counts["rows"] == counts["kept"] + counts["added"] == len(ROWS) == about["rows"]
    for entry in about["left_out"]:
        assert entry["reason"]
        prefix = entry["ids"].rstrip("*")
        assert not [row["id"] for row in ROWS if row["id"].startswith(prefix)]


def test_licences_are_described_and_counted():
    described = {entry["licence"]: entry for entry in starter_description()["licences"]}
    assert {k: entry["rows"] for k, entry in described.items()} == Counter(d.licence for d in DATASETS)
    assert all(entry["attribution"] and entry["status"] in STATUSES for entry in described.values())


def test_gas_table():
    table = gases()
    assert len(table) == 256
    assert {"co2", "ch4_fossil", "ch4_biogenic", "n2o", "sf6", "hfc_134a", "nf3"} <= set(table)
    for gas in table.values():
        assert gas.name.complete
        assert gas.source
        assert gas.status in STATUSES
        assert gas.gwp.keys() <= set(gwp_sets())
        assert gas.gwp, gas.id
        assert all(value >= 0.0 for value in gas.gwp.values())
    assert table["ch4_fossil"].status == "unverified"


def test_gas_identifiers_in_the_rows_are_in_the_gas_table():
    assert {amount.gas for d in DATASETS for amount in d.climate.gases} <= set(gases())


def test_every_grid_is_of_the_product_kind():
    document = tomllib.loads((FOLDER / "grids.toml").read_text("utf-8"))
    inventory = default_inventory()
    places = [*document["others"]["places"].split(), *document["places"]]
    assert len(places) > 170
    assert len(set(places)) == len(places)
    for place in places:
        supply = grid_supply(place, inventory=inventory)
        assert supply.note.complete
        for identity in filter(None, (supply.location, supply.losses, supply.residual)):
            assert inventory[identity].purpose == "product"
        assert inventory[supply.location].boundary == "generation_life_cycle"
        assert inventory[supply.location].geography == place


def test_columns_are_explained_in_both_languages():
    for column in columns().values():
        assert column.meaning.complete, column.name
    for name in COLUMNS:
        assert name in columns(), name
    assert set(allowed_values("boundary")) == set(BOUNDARIES)
    assert set(allowed_values("status")) == set(STATUSES)
    assert set(allowed_values("category")) == set(categories())
