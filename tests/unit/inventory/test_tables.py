"""Factor tables that users bring: good rows are kept, every bad one is named with its place."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import pytest

from cradlemark.core.errors import InputErrors
from cradlemark.engine.pedigree import Pedigree
from cradlemark.inventory.gates import categories
from cradlemark.inventory.rows import COLUMNS, row_from_dataset
from cradlemark.inventory.starter import starter_database
from cradlemark.inventory.table_columns import column_of, nearest_heading
from cradlemark.inventory.table_template import write_template
from cradlemark.inventory.tables import column_letters, read_table

HEAD = "id,name,category,unit,kgco2e,geography,year,boundary,source,licence,status"
GOOD = "brass,Brass strip,metal_nonferrous,kg,4.2,CN,2024,cradle_to_gate,Supplier A,internal,verified"


def table(*lines: str) -> bytes:
    return "\n".join([HEAD, *lines]).encode()


def changed(column: str, value: str, row: str = GOOD) -> str:
    names, values = HEAD.split(","), row.split(",")
    values[names.index(column)] = value
    return ",".join(values)


def test_good_table():
    result = read_table(table(GOOD), where="own.csv", database_id="own", version="2")
    (dataset,) = result.database.datasets.values()
    assert result.problems == ()
    assert (result.rows_read, result.rows_kept) == (1, 1)
    assert (dataset.id, dataset.unit, dataset.climate.total, dataset.year) == ("brass", "kg", 4.2, 2024)
    assert dataset.database == result.database.id == "own"
    assert result.require() is result.database


def test_chinese_headings_semicolons_decimal_commas_and_gb18030():
    text = (
        "某公司排放因子表\n\n"
        "编号;名称;类别;单位;排放因子(kgCO2e/单位);地区;年份;系统边界;来源;许可;状态;数据质量;不确定性\n"
        "b-1;黄铜带;有色金属;公斤;4,25;广东省;2024;从摇篮到大门;供应商声明;内部;未核实;2,1,1,1,1;20 %\n"
    )
    result = read_table(text.encode("gb18030"), where="因子.csv")
    (dataset,) = result.database.datasets.values()
    assert dataset.climate.total == 4.25
    assert (dataset.unit, dataset.geography, dataset.boundary, dataset.status) == (
        "kg", "CN-GD", "cradle_to_gate", "unverified",
    )  # fmt: skip
    assert dataset.name.zh == "黄铜带"
    assert dataset.pedigree == Pedigree(2, 1, 1, 1, 1, 1)
    assert dataset.uncertainty is not None
    assert dataset.uncertainty.gsd == pytest.approx(1.2 ** (1 / 1.96), abs=1e-5)
    assert result.database.id == "因子"


@pytest.mark.parametrize(
    ("unit", "value", "canonical", "total"),
    [
        ("kgCO2e/t", "4200", "t", 4200.0),
        ("tCO2e/t", "4.2", "t", 4200.0),
        ("gCO2e/kg", "4200", "kg", 4.2),
        ("kg CO2-eq. per kg", "4.2", "kg", 4.2),
        ("kgCO₂/kg", "4.2", "kg", 4.2),
        ("tonne", "4200", "t", 4200.0),
    ],
)
def test_units_as_people_write_them(unit, value, canonical, total):
    row = changed("unit", unit, changed("kgco2e", value))
    (dataset,) = read_table(table(row), where="t.csv").database.datasets.values()
    assert dataset.unit == canonical
    assert dataset.climate.total == pytest.approx(total)


def test_masses_per_gas():
    text = (
        "id,name,category,unit,co2_fossil,ch4_biogenic,N2O,SF6,gwp_set,geography,year,boundary,source,licence,status\n"
        "g,Gas,process_emission,kg,2,0.01,0.001,0.00001,AR6,CN,2024,gate_to_gate,Meter,internal,verified\n"
    )
    (dataset,) = read_table(text.encode(), where="t.csv").database.datasets.values()
    assert dataset.climate.co2e == pytest.approx((2 + 0.273 + 0.252, 0.27, 0, 0, 0))
    assert dataset.climate.rebasable


@pytest.mark.parametrize(
    ("column", "value", "code", "place"),
    [
        ("id", "", "value-missing", "row 2, column A (id)"),
        ("id", "two words", "id-invalid", "row 2, column A (id)"),
        ("name", "", "value-missing", "row 2"),
        ("category", "plasticc", "category-unknown", "row 2, column C (category)"),
        ("unit", "", "value-missing", "row 2, column D (unit)"),
        ("unit", "furlong", "unit-unknown", "row 2, column D (unit)"),
        ("kgco2e", "", "value-missing", "row 2, column E (kgco2e)"),
        ("kgco2e", "about 4", "number-invalid", "row 2, column E (kgco2e)"),
        ("kgco2e", "nan", "number-invalid", "row 2, column E (kgco2e)"),
        ("kgco2e", "4200", "magnitude-implausible", "row 2"),
        ("geography", "Atlantis", "place-unknown", "row 2, column F (geography)"),
        ("year", "24", "year-invalid", "row 2, column G (year)"),
        ("boundary", "everything", "value-unknown", "row 2, column H (boundary)"),
        ("source", "", "value-missing", "row 2, column I (source)"),
        ("licence", "", "value-missing", "row 2, column J (licence)"),
        ("status", "sure", "value-unknown", "row 2, column K (status)"),
        ("source", "x" * 3000, "text-too-long", "row 2, column I (source)"),
        ("source", "a\u202eb", "text-control", "row 2, column I (source)"),
    ],
)
def test_bad_cell_is_named(column, value, code, place):
    result = read_table(table(GOOD, changed(column, value, changed("id", "other"))), where="own.csv")
    (problem,) = result.problems
    assert problem.code == code
    assert problem.where == "own.csv, " + place.replace("row 2", "row 3")
    assert problem.hint.en
    assert (result.rows_read, result.rows_kept) == (2, 1)
    with pytest.raises(InputErrors):
        result.require()


def test_all_bad_cells_of_a_row_are_reported_together():
    row = changed("year", "x", changed("status", "x", changed("geography", "x", changed("kgco2e", "x"))))
    assert len(read_table(table(row), where="t.csv").problems) == 4


def test_second_row_with_the_same_identifier_is_refused():
    result = read_table(table(GOOD, GOOD), where="t.csv")
    assert [p.code for p in result.problems] == ["id-duplicate"]
    assert result.rows_kept == 1


def test_confirmed_magnitude_is_kept_with_a_warning():
    text = f"{HEAD},magnitude_confirmed\n{changed('kgco2e', '4200')},yes\n"
    result = read_table(text.encode(), where="t.csv")
    assert [p.code for p in result.problems] == ["magnitude-confirmed"]
    assert result.rows_kept == 1
    assert result.require().datasets


def test_unknown_heading_is_named_and_the_nearest_offered():
    result = read_table(f"{HEAD},uncertanty\n{GOOD},20 %\n".encode(), where="t.csv")
    (problem,) = result.problems
    assert (problem.code, problem.where) == ("column-unknown", "t.csv, row 1, column L")
    assert "uncertainty" in problem.hint.en
    assert nearest_heading("xyzzy") == ""


def test_table_without_needed_columns_is_refused_as_a_whole():
    with pytest.raises(InputErrors) as caught:
        read_table(b"id,name,unit\n1,2,kg\n", where="t.csv")
    assert {p.code for p in caught.value.problems} == {"column-missing"}
    assert len(caught.value.problems) == 8
    with pytest.raises(InputErrors) as caught:
        read_table(b"a,b\n1,2\n", where="t.csv")
    assert caught.value.code == "table-header-missing"


def test_workbook_with_several_sheets():
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "说明"
    sheet.append(["These are our factors"])
    factors = book.create_sheet("factors")
    factors.append([])
    factors.append(HEAD.split(","))
    factors.append(
        ["a", "Steel", "metal_ferrous", "kg", 2.1, "CN", 2024, "cradle_to_gate", "S", "internal", "verified"]
    )
    factors.append(
        ["b", "Steel", "metal_ferrous", "kg", None, "CN", 2024, "cradle_to_gate", "S", "internal", "verified"]
    )
    buffer = io.BytesIO()
    book.save(buffer)
    result = read_table(buffer.getvalue(), where="own.xlsx")
    assert [(c.sheet, c.read, c.kept, c.refused) for c in result.sheets] == [
        ("说明", 1, 0, 1),
        ("factors", 2, 1, 1),
    ]
    assert result.sheets[0].reason
    assert [p.where for p in result.problems] == ["own.xlsx, sheet factors, row 4, column E (kgco2e)"]
    assert result.database.datasets["a"].year == 2024


def test_packaged_rows_are_a_valid_table():
    import csv

    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, COLUMNS)
    writer.writeheader()
    datasets = [d for d in starter_database().datasets.values() if d.year is not None]
    writer.writerows(row_from_dataset(d) for d in datasets)
    result = read_table(buffer.getvalue().encode(), where="starter.csv", database_id="starter")
    assert result.problems == ()
    assert result.database.datasets == {d.id: d for d in datasets}


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_template_is_a_valid_table(ending, language, tmp_path: Path):
    file = tmp_path / f"own{ending}"
    write_template(file, language=language)
    result = read_table(file)
    assert result.problems == ()
    assert list(result.database.datasets) == ["own-brass-strip"]


def test_names_of_categories_are_recognised_in_both_languages():
    for key, name in categories().items():
        for word in (key, name.en, name.zh):
            row = changed("category", f'"{word}"').replace(",kg,4.2,", ",bar,1,")
            result = read_table(table(row), where="t.csv")
            assert [d.category for d in result.database.datasets.values()] == [key]


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("Emission Factor (kgCO2e/unit)", "kgco2e"),
        ("排放因子（kgCO2e/单位）", "kgco2e"),
        ("CO₂ fossil", "co2_fossil"),
        ("SF6", "sf6"),
        ("Nonsense", ""),
    ],
)
def test_headings(heading, column):
    assert column_of(heading) == column


@pytest.mark.parametrize(("position", "text"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letters(position, text):
    assert column_letters(position) == text


def test_no_cell_stops_the_import():
    words = [
        "", "-1", "1e400", "nan", "furlong", "黄铜", "=1+1", "co2:fossil:nan", "sf7:fossil:1", "hfc_227ca:fossil:1",
        "lognormal:-1", "lognormal:nan", "uniform:4:2", "000000", "99999", "AR4", "±5%", "1" * 400, "٣", "2024-05-01",
    ]  # fmt: skip
    head = f"{HEAD},gases,uncertainty,pedigree,gwp_set"
    names = head.split(",")
    good = [*GOOD.split(","), "", "", "", "AR6"]
    lines = [
        ",".join(word if i == j else cell for j, cell in enumerate(good))
        for i in range(len(names))
        for word in words
    ]
    result = read_table("\n".join([head, *lines]).encode(), where="t.csv")
    assert result.rows_read == len(lines)
    assert result.rows_kept == len(result.database.datasets)
    assert len(result.problems) >= result.rows_read - result.rows_kept


def test_number_that_a_comma_cuts_is_no_other_number():
    head = "id,name,category,unit,geography,year,boundary,source,licence,status,kgco2e"
    good = "a,Steel,metal_ferrous,kg,CN,2024,cradle_to_gate,S,internal,verified,2.1"
    cut = "b,Steel,metal_ferrous,kg,CN,2024,cradle_to_gate,S,internal,verified,2,3"
    result = read_table("\n".join((head, good, cut)).encode(), where="t.csv")
    assert [(p.where, p.code) for p in result.problems] == [("t.csv, row 3, column L", "cells-moved")]
    assert (result.rows_read, result.rows_kept) == (2, 1)
    assert list(result.database.datasets) == ["a"]
    semicolons = "\n".join((head, good, cut.replace("2,3", "2\0003"))).replace(",", ";").replace("\0", ",")
    assert read_table(semicolons.encode(), where="t.csv").database.datasets["b"].climate.total == 2.3


def test_column_without_a_heading_is_warned_of():
    result = read_table(f"{HEAD},\n{GOOD},seen\n".encode(), where="t.csv")
    assert [(p.where, p.code) for p in result.problems] == [("t.csv, column L", "column-unnamed")]
    assert result.rows_kept == 1
    assert result.require().datasets
