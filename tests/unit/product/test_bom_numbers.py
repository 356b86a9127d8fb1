"""Numbers as people write them."""

import datetime as dt

import pytest

from cradlemark.product.readers.cells import convert
from cradlemark.product.readers.numbers import column_evidence, decide_decimal, is_date, is_error, scan_number


@pytest.mark.parametrize(
    ("text", "decimal", "value", "unit"),
    [
        ("3.6", "", 3.6, ""),
        ("3,6", "", 3.6, ""),
        ("3.6 g", "", 3.6, "g"),
        ("3,6g", "", 3.6, "g"),
        ("３．６ｇ", "", 3.6, "g"),
        ("１２", "", 12.0, ""),
        ("1.234,5", "", 1234.5, ""),
        ("1,234.5", "", 1234.5, ""),
        ("1,234,567", "", 1234567.0, ""),
        ("1.234.567", "", 1234567.0, ""),
        ("1 234,5", "", 1234.5, ""),
        ("1\u00a0234", "", 1234.0, ""),
        ("1'234.50", "", 1234.5, ""),
        ("1’234.50", "", 1234.5, ""),
        ("0,125", "", 0.125, ""),
        ("0.125", "", 0.125, ""),
        ("12,3456", "", 12.3456, ""),
        ("1,234", ",", 1.234, ""),
        ("1,234", ".", 1234.0, ""),
        ("1.234", ",", 1234.0, ""),
        ("1.234", ".", 1.234, ""),
        (".5", "", 0.5, ""),
        ("1.2e-3", "", 0.0012, ""),
        ("-3.6", "", -3.6, ""),
        ("−3.6", "", -3.6, ""),
        ("3,6-", "", -3.6, ""),
        ("(3.6)", "", -3.6, ""),
        ("98 %", "", 98.0, "%"),
        ("2 m²", "", 2.0, "m2"),
        ("3个", "", 3.0, "个"),
        ("3.6 公斤", "", 3.6, "公斤"),
    ],
)
def test_numbers_that_can_be_read(text: str, decimal: str, value: float, unit: str) -> None:
    number = scan_number(text)
    assert number is not None
    assert number.magnitude(decimal) == pytest.approx(value, rel=1e-15)  # type: ignore[arg-type]
    assert number.unit == unit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "~3",
        "约3",
        "<5",
        "3-4",
        "3 4",
        "1.2.3",
        "1,23,456",
        "1.234.56",
        "two",
        "3/4",
        "1 23",
        "1'23",
        "9" * 90,
    ],
)
def test_texts_that_are_no_number(text: str) -> None:
    assert scan_number(text) is None


@pytest.mark.parametrize("text", ["1,234", "1.234", "12.345", "123,456"])
def test_a_single_group_of_three_is_never_guessed(text: str) -> None:
    number = scan_number(text)
    assert number is not None
    assert number.evidence == "?"
    with pytest.raises(ValueError, match=text):
        number.magnitude("")


def test_a_number_that_contradicts_the_stated_mark_is_refused() -> None:
    number = scan_number("3.6")
    assert number is not None
    with pytest.raises(ValueError, match=r"3\.6"):
        number.magnitude(",")


def test_evidence_of_a_column_decides_its_ambiguous_cells() -> None:
    assert column_evidence(["1,234", "3,6", "12"]) == (frozenset({","}), 1)
    assert decide_decimal({0: frozenset({","}), 1: frozenset()}) == ({0: ",", 1: ","}, ",")
    assert decide_decimal({0: frozenset({","}), 1: frozenset({"."}), 2: frozenset()}) == (
        {0: ",", 1: ".", 2: ""},
        "",
    )
    assert decide_decimal({0: frozenset({",", "."}), 1: frozenset({"."})}) == ({0: "", 1: "."}, "")


@pytest.mark.parametrize(
    "cell",
    [
        "6月3日",
        "03-Jun",
        "Jun-26",
        "2026-06-03",
        "2026/6/3",
        "3.6.2026",
        "2026年6月3日",
        "3. Jun",
        dt.date(2026, 6, 3),
        dt.time(3, 6),
    ],
)
def test_dates_are_recognised(cell: object) -> None:
    assert is_date(cell)


@pytest.mark.parametrize("cell", ["3.6", "1.2.3", "1-2", 3.6, None, "100-20", "2026"])
def test_numbers_and_part_numbers_are_no_dates(cell: object) -> None:
    assert not is_date(cell)


def test_error_values() -> None:
    assert all(
        is_error(cell) for cell in ("#REF!", "#N/A", "#DIV/0!", "#VALUE!", "#NAME?", "Err:502", "#BEZUG!")
    )
    assert not any(is_error(cell) for cell in ("#1", "# of parts", "REF", 0, None))


def test_grams_become_kilograms_without_a_trace_of_binary_dust() -> None:
    assert convert(3.6, 0.001) == 0.0036
    assert convert(1.15, 0.001) == 0.00115
    assert convert(2.0, 1000.0) == 2000.0
    assert convert(2.0, 0.45359237) == 0.90718474
