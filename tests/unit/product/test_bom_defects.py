"""Every bad file in tests/assets/bad is refused with its code, at its place, and the good rows are kept."""

from pathlib import Path

import pytest

from cradlemark.core.errors import InputError, InputErrors
from cradlemark.product.bom import BomErrors
from cradlemark.product.readers.bom import read_bom
from cradlemark.product.readers.mapping_file import read_mapping

BAD = Path(__file__).parents[2] / "assets" / "bad"

CASES = {
    "bom_quantity_missing": [("row 3", "quantity-missing")],
    "bom_negative_mass": [("row 2, column E (unit weight (g))", "mass-negative")],
    "bom_negative_quantity": [("row 2, column D (quantity)", "quantity-negative")],
    "bom_unknown_unit": [
        ("row 3, column E (unit)", "unit-unknown"),
        ("row 4, column E (unit)", "unit-unknown"),
    ],
    "bom_mass_unit_missing": [("column E (unit weight)", "unit-missing")],
    "bom_mass_unit_is_length": [("row 2, column E (unit weight (g))", "unit-dimension")],
    "bom_ambiguous_decimal": [
        ("row 2, column E (unit weight (g))", "decimal-ambiguous"),
        ("row 3, column E (unit weight (g))", "decimal-ambiguous"),
    ],
    "bom_mixed_decimal": [("row 4, column E (unit weight (g))", "decimal-ambiguous")],
    "bom_date_as_number": [
        (f"row {row}, column E (unit weight (g))", "date-not-number") for row in (2, 3, 4)
    ],
    "bom_formula_errors": [
        ("row 2, column E (unit weight (g))", "formula-error"),
        ("row 3, column C (material)", "formula-error"),
        ("row 4, column D (quantity)", "formula-error"),
    ],
    "bom_not_a_number": [
        ("row 2, column D (quantity)", "number-unreadable"),
        ("row 3, column E (unit weight (g))", "number-unreadable"),
        ("row 4, column D (quantity)", "number-unreadable"),
    ],
    "bom_orphan_parent": [("row 4", "parent-unknown")],
    "bom_parent_cycle": [("row 4", "parent-cycle"), ("row 5", "parent-cycle"), ("row 6", "parent-cycle")],
    "bom_level_jump": [("row 4", "level-jump")],
    "bom_level_unreadable": [("row 4", "level-unreadable")],
    "bom_parent_mismatch": [("row 4", "parent-mismatch")],
    "bom_position_lost_zero": [("row 5", "position-repeated")],
    "bom_conflicting_part": [("row 4", "part-number-conflict")],
    "bom_unnamed_row": [("row 3", "line-unnamed")],
    "bom_share_without_percent": [
        ("row 2, column F (yield)", "share-out-of-range"),
        ("row 3, column F (yield)", "share-out-of-range"),
    ],
    "bom_unknown_scrap_route": [("row 3, column F (scrap route)", "scrap-route-unknown")],
    "bom_decimal_comma_unquoted": [
        ("row 3, column F", "cells-moved"),
        ("row 5, column F", "cells-moved"),
    ],
    "bom_header_only": [("", "bom-empty")],
}
GOOD = {
    "bom_quantity_missing": ["A-1", "A-3"],
    "bom_decimal_comma_unquoted": ["A-1", "A-3"],
    "bom_unknown_unit": ["A-1"],
    "bom_mass_unit_missing": ["A-1", "A-2"],
    "bom_mixed_decimal": ["A-1", "A-2"],
    "bom_orphan_parent": ["A", "A-1"],
    "bom_parent_cycle": ["A", "A-1"],
    "bom_level_jump": ["A", "A-1", "A-2"],
    "bom_position_lost_zero": ["A", "A-1", "A-2"],
}


@pytest.mark.parametrize("name", CASES)
def test_every_defect_is_named_at_its_place(name: str) -> None:
    file = f"{name}.csv"
    with pytest.raises(BomErrors) as caught:
        read_bom(BAD / file)
    expected = [(f"{file}, {place}" if place else file, code) for place, code in CASES[name]]
    assert [(problem.where, problem.code) for problem in caught.value.problems] == expected
    assert all(problem.message.en for problem in caught.value.problems)


@pytest.mark.parametrize("name", GOOD)
def test_good_rows_survive(name: str) -> None:
    bill = read_bom(BAD / f"{name}.csv", strict=False)
    assert [line.part_number for line in bill.lines] == GOOD[name]
    with pytest.raises(BomErrors) as caught:
        read_bom(BAD / f"{name}.csv")
    assert caught.value.bill == bill


def test_mixed_decimals_keep_the_numbers_that_can_be_read_one_way_only() -> None:
    bill = read_bom(BAD / "bom_mixed_decimal.csv", strict=False)
    assert [line.net_mass.magnitude for line in bill.lines if line.net_mass] == [0.0036, 0.0006]


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("bom_no_header.csv", "bom-header-missing"),
        ("bom_duplicate_key.json", "file-format"),
        ("bom_line_is_text.json", "json-line"),
    ],
)
def test_files_that_cannot_be_read_at_all(name: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        read_bom(BAD / name, strict=False)
    assert caught.value.code == code
    assert caught.value.where.startswith(name)


def test_a_bad_mapping_file_names_all_that_is_wrong() -> None:
    with pytest.raises(InputErrors) as caught:
        read_mapping(BAD / "bom_mapping_unknown_field.toml")
    assert [problem.code for problem in caught.value.problems] == [
        "mapping-key-unknown",
        "mapping-field-unknown",
        "mapping-value",
        "unit-unknown",
    ]


def test_every_bad_bill_is_tested() -> None:
    named = {*(f"{name}.csv" for name in CASES), "bom_no_header.csv"}
    named |= {"bom_duplicate_key.json", "bom_line_is_text.json", "bom_mapping_unknown_field.toml"}
    assert {file.name for file in BAD.glob("bom_*")} == named
