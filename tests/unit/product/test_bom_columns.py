"""Headers in three languages, of one or two rows, with units anywhere."""

import pytest

from cradlemark.product.bom import FIELDS, column_index, column_letter
from cradlemark.product.readers.columns import guess_mapping
from cradlemark.product.readers.headers import read_header, split_unit
from cradlemark.product.readers.vocabulary import vocabulary


@pytest.mark.parametrize(
    ("header", "words", "unit"),
    [
        ("单重(g)", "单重", "g"),
        ("单重（千克）", "单重", "千克"),
        ("Weight [kg]", "Weight", "kg"),
        ("净重/g", "净重", "g"),
        ("weight_g", "weight", "g"),
        ("Gewicht in kg", "Gewicht", "kg"),
        ("净重kg", "净重", "kg"),
        ("材料利用率%", "材料利用率", "%"),
        ("净重(g/件)", "净重", "g"),
        ("Weight (net)", "Weight (net)", ""),
        ("Weight", "Weight", ""),
        ("Rating", "Rating", ""),
    ],
)
def test_the_unit_of_a_header(header: str, words: str, unit: str) -> None:
    assert split_unit(header)[:2] == (words, unit)


@pytest.mark.parametrize(
    ("header", "field", "stated"),
    [
        ("物料编码", "part_number", True),
        ("Part No.", "part_number", True),
        ("Sachnummer", "part_number", True),
        ("数 量", "quantity", False),
        ("Qty.", "quantity", False),
        ("单台用量", "quantity", True),
        ("总数量", "quantity_total", True),
        ("单重(g)", "net_mass", True),
        ("重量(g)", "net_mass", False),
        ("净重(g/件)", "net_mass", True),
        ("总重(kg)", "net_mass_total", True),
        ("Gesamtgewicht [kg]", "net_mass_total", True),
        ("毛重", "gross_mass", False),
        ("netMass", "net_mass", False),
        ("unit_weight_g", "net_mass", True),
        ("零件单件净重(g)", "net_mass", True),
        ("Quantiy", "quantity", False),
        ("上级料号", "parent", True),
        ("Werkstoff", "material", True),
        ("Unit price", None, True),
        ("单价", None, True),
        ("损耗率", None, True),
        ("Schraubenkopfform", None, True),
    ],
)
def test_the_field_of_a_header(header: str, field: str | None, stated: bool) -> None:
    reading = read_header(header)
    assert reading.field == field
    if field:
        assert reading.score >= 0.6
        assert reading.stated is stated


def test_every_word_of_the_vocabulary_finds_its_own_field() -> None:
    wrong = [
        (term.text, read_header(term.text).field, term.field)
        for term in vocabulary().terms
        if read_header(term.text).field != term.field
    ]
    assert wrong == []
    assert {term.field for term in vocabulary().terms} - {None} == set(FIELDS)


def test_a_two_level_header_with_merged_cells() -> None:
    rows = [
        ["序号", "名称", "材质", "重量(g)", None, "数量"],
        [None, None, None, "净重", "毛重", None],
        [1, "壳体", "PA66", 3.6, 3.8, 1],
    ]
    merged = [(0, 3, 0, 4), *((0, column, 1, column) for column in (0, 1, 2, 5))]
    mapping = guess_mapping(rows, merged=merged)
    assert mapping is not None
    assert (mapping.header_row, mapping.header_rows) == (1, 2)
    assert [(c.field, c.letter, c.unit) for c in mapping.columns if "mass" in c.field] == [
        ("net_mass", "D", "g"),
        ("gross_mass", "E", "g"),
    ]


def test_a_row_of_units_below_the_header() -> None:
    rows = [["Part", "Qty", "Weight"], [None, "(pcs)", "(g)"], ["A", 1, 3.6], ["B", 2, 0.6]]
    mapping = guess_mapping(rows)
    assert mapping is not None
    assert mapping.header_rows == 2
    assert {c.field: c.unit for c in mapping.columns}["net_mass"] == "g"


def test_title_rows_empty_columns_and_a_logo_are_passed_over() -> None:
    rows = [
        [None, "ACME 产品物料清单", None, None, None],
        [None, "日期:", "2026-11-22", None, "版本: A"],
        [None] * 5,
        [None, "料号", "名称", None, "数量"],
        [None, "A-1", "壳体", None, 1],
    ]
    mapping = guess_mapping(rows)
    assert mapping is not None
    assert mapping.header_row == 4
    assert [(c.field, c.letter) for c in mapping.columns] == [
        ("part_number", "B"),
        ("name", "C"),
        ("quantity", "E"),
    ]


def test_a_second_column_for_the_same_field_is_listed_as_ambiguous() -> None:
    mapping = guess_mapping([["Part number", "Item number", "Qty"], ["A", "X", 1]])
    assert mapping is not None
    assert mapping.one("part_number").letter == "A"  # type: ignore[union-attr]
    assert tuple(text.en for text in mapping.ambiguous) == (
        "column B (Item number) could be part_number too; column A (Part number) was taken",
    )


def test_each_unit_column_belongs_to_the_number_on_its_left() -> None:
    mapping = guess_mapping([["料号", "数量", "单位", "重量", "单位"], ["A", 1, "个", 3.6, "g"]])
    assert mapping is not None
    assert [(c.field, c.letter) for c in mapping.columns if "unit" in c.field] == [
        ("unit", "C"),
        ("mass_unit", "E"),
    ]


def test_a_column_of_prices_is_not_a_quantity_or_unit() -> None:
    mapping = guess_mapping([["Part no", "Qty", "Unit price", "Amount EUR"], ["A", 2, 1.5, 3.0]])
    assert mapping is not None
    assert [c.field for c in mapping.columns] == ["part_number", "quantity"]


def test_no_header_no_guess() -> None:
    assert guess_mapping([["A-1", "housing", 1, 3.6], ["A-2", "spring", 1, 0.6]]) is None
    assert guess_mapping([]) is None


@pytest.mark.parametrize(("index", "letter"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letters(index: int, letter: str) -> None:
    assert column_letter(index) == letter
    assert column_index(letter) == index


@pytest.mark.parametrize("letters", ["", "1", "A1", "ABCD", "列"])
def test_bad_column_letters(letters: str) -> None:
    with pytest.raises(ValueError, match=letters or "^$"):
        column_index(letters)


@pytest.mark.parametrize("merged", [(), ((0, 0, 0, 2),)])
def test_one_column_per_level(merged: tuple[tuple[int, int, int, int], ...]) -> None:
    rows = [
        ["层级", None, None, "名称", "数量"],
        [1, 2, 3, None, None],
        ["A", None, None, "总成", 1],
        [None, "B", None, "部件", 2],
    ]
    mapping = guess_mapping(rows, merged=merged)
    assert mapping is not None
    assert mapping.header_rows == 2
    assert [column.letter for column in mapping.all("level")] == ["A", "B", "C"]


def test_a_column_of_units_with_an_unknown_header_is_not_overlooked() -> None:
    mapping = guess_mapping([["Part", "Qty", "Xy"], ["A", 1, "pcs"], ["B", 0.004, "KG"]])
    assert mapping is not None
    assert mapping.one("unit").reason == "its cells are units"  # type: ignore[union-attr]


def test_a_column_headed_material_may_hold_material_numbers() -> None:
    mapping = guess_mapping(
        [["Material", "Bezeichnung", "Menge"], ["100-1", "Gehäuse", 1], ["100-2", "Feder", 1]]
    )
    assert mapping is not None
    assert tuple(text.en for text in mapping.ambiguous) == (
        "column A (Material) was taken as material, it could be part_number",
    )


def test_a_header_of_longer_words_only() -> None:
    mapping = guess_mapping(
        [["本厂零件料号", "本厂零件名称", "产品使用数量", "零件单件净重(g)"], ["A", "壳体", 1, 3.6]]
    )
    assert mapping is not None
    assert [(c.field, c.unit) for c in mapping.columns] == [
        ("part_number", ""),
        ("name", ""),
        ("quantity", ""),
        ("net_mass", "g"),
    ]
