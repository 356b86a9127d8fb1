"""A dataset as a row of text, and its digest."""

from __future__ import annotations

import pytest

from cradlemark.core.canonical import digest
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.pedigree import Pedigree
from cradlemark.inventory.dataset import GasAmount
from cradlemark.inventory.rows import COLUMNS, ColumnError, dataset_from_row, digest_of, row_from_dataset
from cradlemark.inventory.starter import starter_database

ROW = {
    "id": "x-1",
    "name_en": "Something",
    "category": "polymer",
    "unit": "kg",
    "kgco2e": "2.5",
    "geography": "CN",
    "boundary": "cradle_to_gate",
    "status": "verified",
    "source": "A document",
    "licence": "internal",
}


def test_one_number_stands_undivided():
    climate = dataset_from_row(ROW).climate
    assert climate.co2e == (2.5, 0.0, 0.0, 0.0, 0.0)
    assert not climate.origins_known
    assert not climate.rebasable
    assert climate.gwp_set == "unknown"


def test_parts_by_origin():
    climate = dataset_from_row(ROW | {"kgco2e": "", "fossil": "3", "biogenic_removal": "-0.5"}).climate
    assert climate.co2e == (3.0, 0.0, -0.5, 0.0, 0.0)
    assert climate.total == 2.5
    assert climate.origins_known


def test_masses_per_gas_are_characterised():
    row = ROW | {"kgco2e": "", "gases": "co2:fossil:2;n2o:fossil:0.001", "gwp_set": "AR6"}
    climate = dataset_from_row(row).climate
    assert climate.total == pytest.approx(2.273)
    assert climate.gases[1] == GasAmount("n2o", "fossil", 0.001)


def test_lists_pedigree_and_uncertainty():
    dataset = dataset_from_row(
        ROW
        | {
            "synonyms": "a; b",
            "classification": "HS:7408;CPC:41",
            "pedigree": "212345",
            "uncertainty": "triangular:2:4",
        }
    )
    assert dataset.synonyms == ("a", "b")
    assert dataset.classification == (("HS", "7408"), ("CPC", "41"))
    assert dataset.pedigree == Pedigree(2, 1, 2, 3, 4, 5)
    assert dataset.uncertainty == Distribution("triangular", low=2.0, high=4.0)


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"id": ""}, "id", "value-missing"),
        ({"name_en": ""}, "name_en", "value-missing"),
        ({"unit": ""}, "unit", "value-missing"),
        ({"kgco2e": ""}, "kgco2e", "value-missing"),
        ({"kgco2e": "nan"}, "kgco2e", "number-invalid"),
        ({"kgco2e": "inf"}, "kgco2e", "number-invalid"),
        ({"kgco2e": "2,5"}, "kgco2e", "number-invalid"),
        ({"fossil": "9"}, "kgco2e", "sum-mismatch"),
        ({"gases": "co2:fossil:9", "gwp_set": "AR6"}, "kgco2e", "sum-mismatch"),
        ({"gases": "co2:9"}, "gases", "value-unknown"),
        ({"gases": "co2:fossil:"}, "gases", "value-missing"),
        ({"boundary": "somewhere"}, "boundary", "value-unknown"),
        ({"boundary": ""}, "boundary", "value-missing"),
        ({"status": "certain"}, "status", "value-unknown"),
        ({"year": "24"}, "year", "year-invalid"),
        ({"pedigree": "123"}, "pedigree", "pedigree-invalid"),
        ({"uncertainty": "normal"}, "uncertainty", "distribution-invalid"),
        ({"classification": "7408"}, "classification", "value-unknown"),
        ({"primary_data_share": "1.2"}, "primary_data_share", "number-invalid"),
        ({"gwp_set": "AR7"}, "gwp_set", "value-unknown"),
    ],
)
def test_bad_value_names_its_column(change, column, code):
    with pytest.raises(ColumnError) as caught:
        dataset_from_row(ROW | change)
    assert (caught.value.column, caught.value.code) == (column, code)


def test_row_and_dataset_round_trip():
    full = ROW | {
        "kgco2e": "", "fossil": "3", "biogenic_emission": "1e-7", "gases": "co2:fossil:3", "gwp_set": "AR6", "year": "2024",
        "pedigree": "111111", "uncertainty": "uniform:2:4", "alternatives": "a;b", "primary_data_share": "0.25",
        "calorific_basis": "net", "gases_complete": "no", "technology": "t", "source_place": "p. 3", "url": "https://example.org",
    }  # fmt: skip
    dataset = dataset_from_row(full)
    row = row_from_dataset(dataset)
    assert tuple(row) == COLUMNS
    assert dataset_from_row(row) == dataset


def test_zero_of_known_origin_stays_known():
    dataset = dataset_from_row(ROW | {"kgco2e": "", "fossil": "0"})
    assert dataset_from_row(row_from_dataset(dataset)) == dataset


def test_digest_is_canonical_and_does_not_depend_on_the_order():
    datasets = list(starter_database().datasets.values())[:40]
    rows = sorted((row_from_dataset(d) for d in datasets), key=lambda row: row["id"])
    assert digest_of(datasets) == digest_of(reversed(datasets)) == digest(rows)


def test_digest_changes_with_any_value():
    first = dataset_from_row(ROW)
    second = dataset_from_row(ROW | {"kgco2e": "2.5000001"})
    assert digest_of([first]) != digest_of([second])
