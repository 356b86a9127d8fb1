"""The workbook: template, round trip, dirty cells, places of problems."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.product.readers.study_file import read_study
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.readers.study_workbook import read_study_workbook
from cradlemark.product.study import Study, Value
from cradlemark.product.workbook import workbook_layout
from cradlemark.product.writers.starter import starter_toml
from cradlemark.product.writers.study_document import study_digest
from cradlemark.product.writers.study_workbook import write_study_workbook


@pytest.fixture(scope="module")
def study() -> Study:
    return parse_study_toml(starter_toml("demo", year=2025))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory, study: Study) -> bytes:
    path = tmp_path_factory.mktemp("workbook") / "study.xlsx"
    write_study_workbook(study, path)
    return path.read_bytes()


@pytest.fixture
def file(tmp_path: Path, written: bytes) -> Path:
    path = tmp_path / "study.xlsx"
    path.write_bytes(written)
    return path


def change(path: Path, *cells: tuple[str, str, Any]) -> None:
    """Set cells (sheet, cell, content) as a user would."""
    book = openpyxl.load_workbook(path)
    for sheet, cell, content in cells:
        book[sheet][cell] = content
    book.save(path)


def row_of(path: Path, key: str) -> int:
    page = openpyxl.load_workbook(path)["Product"]
    return next(row for row in range(1, 100) if page.cell(row, 1).value == key)


def problems(path: Path) -> tuple[Problem, ...]:
    with pytest.raises(CradlemarkError) as caught:
        read_study_workbook(path)
    return caught.value.problems


@pytest.mark.parametrize("language", ["en", "zh"])
def test_written_and_read_is_the_same(tmp_path: Path, study: Study, language: Any) -> None:
    path = tmp_path / "study.xlsx"
    write_study_workbook(study, path, language)
    again = read_study(tmp_path)
    assert again == study
    assert study_digest(again) == study_digest(study)
    assert again.components[0].materials[0].source_row.startswith("study.xlsx, sheet ")


def test_the_same_study_gives_the_same_bytes(tmp_path: Path, study: Study) -> None:
    write_study_workbook(study, tmp_path / "a.xlsx")
    write_study_workbook(study, tmp_path / "b.xlsx")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_template_has_every_sheet_with_headers_drop_downs_and_guidance(tmp_path: Path, language: Any) -> None:
    path = tmp_path / "template.xlsx"
    write_study_workbook(None, path, language)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == [*(sheet.title[language] for sheet in workbook_layout().sheets), "Lists"]
    assert book["Lists"].sheet_state == "hidden"
    for sheet in workbook_layout().sheets:
        page = book[sheet.title[language]]
        if sheet.kind in {"readme", "form"}:
            continue
        keys = [page.cell(3, place + 1).value for place in range(len(sheet.columns))]
        assert keys == [column.key for column in sheet.columns]
        for place, column in enumerate(sheet.columns, start=1):
            header = str(page.cell(4, place).value)
            assert column.title.en in header
            assert column.title.zh in header
            assert page.cell(5, place).value == (column.guide[language] or None)
        assert page.freeze_panes
    offered = [
        rule.sqref
        for rule in book[
            workbook_layout().sheet("components").title[language]
        ].data_validations.dataValidation
    ]
    assert len(offered) >= 6
    codes = [cell.value for column in book["Lists"].iter_cols() for cell in column]
    assert {"yes": "yes", "en": "secondary", "zh": "次级数据"}[language] in codes


def test_empty_template_says_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "template.xlsx"
    write_study_workbook(None, path)
    found = problems(path)
    assert {problem.code for problem in found} == {"field-missing"}
    row = row_of(path, "product.mass")
    assert f"template.xlsx, sheet Product, row {row}, column C (mass of one declared unit)" in {
        problem.where for problem in found
    }


def test_cells_as_people_fill_them(file: Path) -> None:
    change(
        file,
        ("Components", "H6", "3,6"),
        ("Components", "I6", "克"),
        ("Components", "M6", 0.95),
        ("Components", "N6", "外部回收"),
        ("Components", "R6", "CN-GD Guangdong"),
        ("Components", "F7", "2 pcs"),
        ("Components", "H7", "2.2 g"),
        ("Components", "I7", None),
        ("Components", "C8", "100-20"),
        ("Components", "G8", "Sn"),
        ("Components", "H8", "10 mg"),
        ("Components", "A9", "2"),
        ("Components", "H9", None),
    )
    book = openpyxl.load_workbook(file)
    assert [book["Components"].cell(3, column).value for column in (6, 7, 8, 9, 13, 14, 18)] == [
        "quantity", "text", "amount", "amount.unit", "yields", "scrap_route", "origin",
    ]  # fmt: skip
    change(file, ("Components", "A9", None))
    study = read_study_workbook(file)
    housing, contact = study.components
    assert housing.materials[0].amount == Value(3.6, "g")
    assert housing.materials[0].yields == (Value(0.95, "1"),)
    assert housing.materials[0].scrap_route == "recycled_external"
    assert housing.materials[0].origin == "CN-GD"
    assert contact.quantity == Value(2.0, "piece")
    assert [material.amount for material in contact.materials] == [Value(2.2, "g"), Value(10.0, "mg")]


def test_levels_and_parents_nest(file: Path) -> None:
    rows = [
        (1, None, "A", "Assembly", 1, None, None),
        (2, "A", "B", "Sub", 2, None, None),
        (3, None, 1001, "Part", 1, "PA66", "1 g"),
        (None, "A", "D", "Other", 1, "Cu", "2 g"),
        (None, None, "E", "Top", 1, "Fe", "3 g"),
    ]
    cells = []
    for number, (level, parent, part, name, quantity, text, amount) in enumerate(rows, start=6):
        for letter, content in zip(
            "ABCDFGH", (level, parent, part, name, quantity, text, amount), strict=True
        ):
            cells.append(("Components", f"{letter}{number}", content))
        cells += [("Components", f"{letter}{number}", None) for letter in "EIMNRT"]
    change(file, *cells, ("Operations", "D6", "1001"))
    study = read_study_workbook(file)
    top = study.components
    assert [part.part_number for part in top] == ["A", "E"]
    assert [part.part_number for part in top[0].children] == ["B", "D"]
    assert top[0].children[0].children[0].part_number == "1001"


WRONG_CELLS = (
    (
        ("Components", "H6", "much", "quantity-format", "column H (net amount)"),
        ("Components", "A7", 3, "level-invalid", "column A (level)"),
        ("Components", "N6", "sold", "choice-unknown", "column N (scrap route)"),
        ("Components", "AC6", "lost", "cell-stray", "column AC"),
        ("Energy", "A6", "operations[press]", "path-unknown", "column A (belongs to)"),
        ("Transport legs", "B6", "far", "quantity-format", "column B (distance)"),
        ("Uncertainty & notes", "A6", "parameters[x].value", "path-unknown", "column A (field)"),
    ),
    (
        ("Components", "I6", "furlong", "unit-unknown", "column H (net amount)"),
        ("Components", "B7", "nobody", "parent-conflict", "column B (parent)"),
        ("Uncertainty & notes", "B6", "lognormal", "distribution-invalid", ""),
    ),
    (
        ("Components", "H6", -1, "value-range", "column H (net amount)"),
        ("Components", "G7", None, "field-missing", "column G (material)"),
    ),
    (
        ("Operations", "D6", "100-11", "component-unknown", "column D (component)"),
        ("Components", "W6", "e9", "evidence-unknown", "column W (evidence)"),
    ),
    (("Scenarios", "D6", "parameters.yield.value", "path-unknown", "column D (field)"),),
)


@pytest.mark.parametrize("wrong", WRONG_CELLS, ids=lambda wrong: "+".join(cell[3] for cell in wrong))
def test_problems_point_to_the_cells_all_at_once(
    file: Path, wrong: tuple[tuple[str, str, Any, str, str], ...]
) -> None:
    change(file, *((sheet, cell, content) for sheet, cell, content, _, _ in wrong))
    found = {(problem.code, problem.where) for problem in problems(file)}
    for sheet, cell, _, code, column in wrong:
        row = "".join(mark for mark in cell if mark.isdigit())
        place = f"study.xlsx, sheet {sheet}, row {row}, {column}"
        assert not column or (code, place) in found, found
        assert code in {item[0] for item in found}, found


def test_unquoted_formula_is_not_taken_as_nothing(file: Path) -> None:
    change(file, ("Components", "H6", "#NAME?"))
    assert problems(file)[0].where == "study.xlsx, sheet Components, row 6, column H (net amount)"


def test_own_sheets_do_no_harm_but_misspelled_ones_are_named(file: Path, study: Study) -> None:
    book = openpyxl.load_workbook(file)
    book.create_sheet("My calculation")["A1"] = 42
    book.save(file)
    assert read_study_workbook(file) == study
    book["Scenarios"].title = "Scenarois"
    book.save(file)
    assert [problem.code for problem in problems(file)] == ["sheet-unknown"]


def test_without_keys_the_headers_do(file: Path, study: Study) -> None:
    book = openpyxl.load_workbook(file)
    for place in range(1, 30):
        book["Components"].cell(3, place).value = None
    book.save(file)
    assert read_study_workbook(file) == study


def test_deleted_guidance_rows_lose_no_content(file: Path, study: Study) -> None:
    book = openpyxl.load_workbook(file)
    book["Components"].delete_rows(4, 2)
    book.save(file)
    assert read_study_workbook(file) == study


def test_part_of_the_study_that_is_denied_but_filled_in(file: Path) -> None:
    change(
        file, ("Product", f"C{row_of(file, 'use')}", "no"), ("Product", f"C{row_of(file, 'use.place')}", "CN")
    )
    assert [problem.code for problem in problems(file)] == ["presence-conflict"]


def test_another_workbook_is_refused(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    assert problems(tmp_path / "other.xlsx")[0].code == "sheet-missing"


def test_text_too_long_for_a_cell_is_refused(tmp_path: Path, study: Study) -> None:
    import attrs

    long = attrs.evolve(study, rule_pack="x" * 40_000)
    with pytest.raises(CradlemarkError) as caught:
        write_study_workbook(long, tmp_path / "study.xlsx")
    assert caught.value.code == "cell-too-long"
