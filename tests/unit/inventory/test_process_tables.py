"""Unit processes from workbooks, text tables and JSON lines: clean ones, dirty ones, hostile ones."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.import_reports import unread

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.importers.process_tables.headings import HEADINGS, headings_of
from cradlemark.inventory.importers.process_tables.template import write_process_template
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.table_columns import plain

HEAD = ("process", "type", "flow", "amount", "unit", "compartment", "cas")
ROWS: list[tuple[Any, ...]] = [
    ("plant", "reference", "steel", 1000, "kg", None, None),
    ("plant", "input", "electricity", 500, "kWh", None, None),
    ("plant", "waste", "slag", 0.2, "t", None, None),
    ("plant", "emission", "Carbon dioxide", 1.5, "t", "air", "124-38-9"),
    ("grid", "reference", "electricity", 1, "MWh", None, None),
    ("grid", "emission", "Carbon dioxide", 600, "kg", "air", "124-38-9"),
    ("landfill", "treatment", "slag", 1, "t", None, None),
    ("landfill", "emission", "Methane", 10, "kg", "air", "74-82-8"),
]
STEEL = (1500 + 500 * 0.6 + 0.2 * 10 * 27.9) / 1000
"""kg CO2e/kg (AR6; methane of unknown origin 27.9)."""


def csv_of(rows: list[tuple[Any, ...]], head: tuple[str, ...] = HEAD, separator: str = ",") -> str:
    lines = [head, *rows]
    return "".join(separator.join("" if c is None else str(c) for c in line) + "\n" for line in lines)


def write_book(path: Path, sheets: dict[str, list[list[Any]]], merged: tuple[int, ...] = ()) -> Path:
    import xlsxwriter

    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for row, cells in enumerate(rows):
                sheet.write_row(row, 0, cells)
            if merged:
                sheet.merge_range(*merged, rows[merged[0]][merged[1]])
    return path


def value_of(imported: ProcessImport, product: str) -> float:
    solved = product_intensities(imported.database)
    return float(
        solved.values[0, next(i for i, name in enumerate(solved.products) if name.startswith(product))]
    )


def codes(imported: ProcessImport) -> list[str]:
    return [problem.code for problem in imported.report.problems]


def test_one_text_table_of_exchanges(tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    path.write_text(csv_of(ROWS), "utf-8")
    imported = import_processes(path)
    assert imported.report.balanced
    assert imported.report.format == "process tables"
    assert imported.report.counts["exchanges used"] == len(ROWS)
    assert value_of(imported, "steel") == pytest.approx(STEEL, rel=1e-12)
    assert value_of(imported, "slag") == pytest.approx(10 * 27.9, rel=1e-12)
    assert "electricity" in imported.database["flows"].texts("name_en")


def test_a_gbk_table_with_chinese_headings_and_decimal_commas(tmp_path: Path) -> None:
    """As a spreadsheet program with a German and Chinese setting exports it."""
    head = ("过程名称", "类型", "物料", "用量", "计量单位", "环境介质", "CAS号")
    words = {
        "reference": "主产品",
        "input": "原料",
        "waste": "废物",
        "emission": "排放",
        "treatment": "废物处理",
    }
    rows = [(r[0], words[r[1]], r[2], str(r[3]).replace(".", ","), *r[4:]) for r in ROWS]
    path = tmp_path / "钢铁.csv"
    path.write_bytes(csv_of(rows, head, ";").replace("air", "空气").replace("\n", "\r\n").encode("gb18030"))
    imported = import_processes(path)
    assert imported.report.counts["exchanges refused"] == 0
    assert value_of(imported, "steel") == pytest.approx(STEEL, rel=1e-12)


def test_a_workbook_with_title_rows_blank_rows_and_merged_process_cells(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Inventory of the works 2025"], [], list(HEAD)]
    rows += [[*line] for line in ROWS[:4]]
    rows[3:3] = [[]]
    rows += [[], *[list(line) for line in ROWS[4:]]]
    for row in rows[5:8]:
        row[0] = None
    path = write_book(tmp_path / "works.xlsx", {"Sheet1": rows}, merged=(4, 0, 7, 0))
    assert value_of(import_processes(path), "steel") == pytest.approx(STEEL, rel=1e-12)


def test_an_empty_process_cell_repeats_the_one_above(tmp_path: Path) -> None:
    rows = [(*(("",) if i in {1, 2, 3, 5, 7} else (row[0],)), *row[1:]) for i, row in enumerate(ROWS)]
    path = tmp_path / "works.csv"
    path.write_text(csv_of(rows), "utf-8")
    assert value_of(import_processes(path), "steel") == pytest.approx(STEEL, rel=1e-12)


def test_json_lines_give_the_same_as_a_text_table(tmp_path: Path) -> None:
    lines = [dict(zip(HEAD, row, strict=True), table="exchanges") for row in ROWS]
    (tmp_path / "works.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    (tmp_path / "works.csv").write_text(csv_of(ROWS), "utf-8")
    found = import_processes(tmp_path / "works.jsonl"), import_processes(tmp_path / "works.csv")
    assert found[0].database.digest == found[1].database.digest


def full_workbook(path: Path, **changed: list[list[Any]]) -> Path:
    sheets: dict[str, list[list[Any]]] = {
        "processes": [
            ["id", "name", "中文名称", "location", "allocation_method", "category"],
            ["p1", "Cogeneration", "热电联产", "CN", "economic", "energy/plants"],
            ["p2", "Mine", "矿山", "中国", "", ""],
        ],
        "flows": [
            ["id", "name", "type", "unit", "mass", "compartment", "cas"],
            ["f1", "power", "product", "kWh", None, None, None],
            ["f2", "heat", "product", "MJ", None, None, None],
            ["f3", "coal", "product", "kg", None, None, None],
            ["f4", "CO2", "elementary", "kg", None, "air", "124-38-9"],
            ["f5", "bag", "product", "piece", 25, None, None],
        ],
        "exchanges": [
            ["process", "type", "flow", "amount", "unit", "allocation", "provider", "uncertainty", "pedigree", "formula", "location"],
            ["p1", "reference", "f1", 100, "kWh", "75 %", None, None, None, None, None],
            ["p1", "product", "f2", 400, "MJ", 0.25, None, None, None, None, None],
            ["p1", "input", "coal", None, "t", None, "Mine", "lognormal:1.2", "(2;1;3;1;4)", "=burnt*2", None],
            ["p1", "output", "CO2", 110, "kg", None, None, "normal:5", None, None, None],
            ["Mine", "reference", "coal", 2, "piece", None, None, None, None, None, None],
            ["p2", "emission", "CO2", 5000, "g", None, None, "uniform:4000:6000", None, None, None],
        ],
        "parameters": [["process", "name", "value", "formula"], ["p1", "burnt", None, "share/100"], [None, "share", 2, None]],
    }  # fmt: skip
    sheets |= changed
    sheets["exchanges"][5][3:5] = [1, "t"] if not changed else sheets["exchanges"][5][3:5]
    return write_book(path, sheets)


def test_all_four_sheets(tmp_path: Path) -> None:
    imported = import_processes(full_workbook(tmp_path / "plant.xlsx"))
    report, database = imported.report, imported.database
    assert report.balanced
    assert report.counts["exchanges refused"] == 0
    assert report.counts["formulas calculated"] == 2
    assert report.counts["uncertainties"] == 3
    assert report.links == {"default_provider": 1}
    assert [d.method for d in report.divisions] == ["declared economic"]
    # 40 kg coal with 5 kg CO2 per t, and 110 kg CO2, three quarters of it for 100 kWh
    assert value_of(imported, "power") == pytest.approx(0.75 * (40 * 0.005 + 110) / 100, rel=1e-12)
    assert value_of(imported, "heat") == pytest.approx(0.25 * (40 * 0.005 + 110) / 400, rel=1e-12)
    assert database["processes"].texts("location") == ("CN", "CN")
    assert database["processes"].texts("name_zh")[0] == "热电联产"
    spreads = dict(
        zip(database["exchanges"].texts("distribution"), database["exchanges"].numbers("p1"), strict=True)
    )
    assert spreads["uniform"] == pytest.approx(4.0)
    assert spreads["lognormal"] == pytest.approx(40.0)
    assert unread(report) == {"flow without exchange: f5": 1}


def test_pieces_convert_by_the_mass_of_the_flow(tmp_path: Path) -> None:
    path = tmp_path / "bags.xlsx"
    write_book(path, {
        "flows": [["name", "type", "unit", "kg per unit"], ["bag", "product", "piece", 25], ["CO2", "elementary", "kg", None]],
        "exchanges": [
            ["process", "type", "flow", "amount", "unit"],
            ["filling", "reference", "bag", 50, "kg"], ["filling", "emission", "CO2", 4, "kg"],
        ],
    })  # fmt: skip
    imported = import_processes(path)
    exchanges = imported.database["exchanges"]
    assert imported.report.counts["exchanges refused"] == 0
    assert exchanges.numbers("amount")[0] == pytest.approx(2.0)


def test_every_bad_row_is_named_and_the_good_are_kept(tmp_path: Path) -> None:
    rows = [
        *ROWS,
        ("plant", "input", "coal", "many", "kg", None, None),
        ("plant", "input", "coal", 1, "furlongs per fortnight", None, None),
        ("plant", "gift", "coal", 1, "kg", None, None),
        ("plant", "input", None, 1, "kg", None, None),
        ("plant", "input", "coal", None, "kg", None, None),
        ("plant", "input", "electricity", 1, "kg", None, None),
        ("plant", "input", "coal", "1e999", "kg", None, None),
        ("plant", "input", "coal", 1, None, None, None),
    ]
    path = tmp_path / "works.csv"
    path.write_text(csv_of(rows), "utf-8")
    imported = import_processes(path)
    assert imported.report.balanced
    assert imported.report.counts["exchanges refused"] == 8
    assert value_of(imported, "steel") == pytest.approx(STEEL, rel=1e-12)
    text = "\n".join(map(str, imported.report.problems))
    for place in (
        "row 10, column D (amount)", "row 11, column E (unit)", "row 12, column B (type)", "row 13, column C (flow)",
        "row 14, column D (amount)", "row 16, column D (amount)", "row 17, column E (unit)",
    ):  # fmt: skip
        assert place in text, place
    assert sorted(set(codes(imported))) == [
        "number-invalid",
        "unit-unknown",
        "value-missing",
        "value-unknown",
    ]


def test_a_process_whose_reference_is_refused_makes_nothing(tmp_path: Path) -> None:
    rows = [("plant", "reference", "steel", "about 1000", "kg", None, None), *ROWS[1:]]
    path = tmp_path / "works.csv"
    path.write_text(csv_of(rows), "utf-8")
    imported = import_processes(path)
    assert imported.report.balanced
    assert "plant" in imported.report.without_product


def test_unknown_flows_processes_and_repeated_identifiers(tmp_path: Path) -> None:
    exchanges: list[list[Any]] = [
        ["process", "type", "flow", "amount", "unit"],
        ["p1", "reference", "power", 1, "kWh"],
        ["p1", "input", "coall", 1, "kg"],
        ["p3", "input", "coal", 1, "kg"],
        ["p1", "output", "CO2", 1, "kg"],
        ["p2", "input", "coal", 1, "kg"],
    ]
    processes: list[list[Any]] = [
        ["id", "name", "location"],
        ["p1", "a", "CN"],
        ["p1", "b", "CN"],
        ["p2", "c", "CN"],
        ["", "", "CN"],
    ]
    imported = import_processes(
        full_workbook(tmp_path / "plant.xlsx", exchanges=exchanges, processes=processes)
    )
    assert imported.report.balanced
    found = {problem.code: problem for problem in imported.report.problems}
    assert "did you mean 'coal'" in found["flow-unknown"].hint.en
    assert found["process-unknown"].message.en == "there is no process 'p3'"
    assert found["id-duplicate"].where.endswith("row 3")
    assert imported.report.counts["processes refused"] == 2
    assert imported.report.counts["exchanges refused"] == 2


def test_template_is_read_as_it_is_in_both_languages(tmp_path: Path) -> None:
    digests = set()
    for language in ("en", "zh"):
        path = tmp_path / f"{language}.xlsx"
        write_process_template(path, language=language)  # type: ignore[arg-type]
        imported = import_processes(path)
        assert imported.report.problems == ()
        assert value_of(imported, "Stamped") == pytest.approx(0.9 * (1.25 * 0.4 + 0.4 * 0.6), rel=1e-12)
        digests.add(imported.database.digest)
    assert len(digests) == 1
    with pytest.raises(InputError):
        write_process_template(tmp_path / "en.xlsx")
    with pytest.raises(InputError):
        write_process_template(tmp_path / "new.csv")


def test_every_heading_is_recognised_as_itself() -> None:
    for table, headings in HEADINGS.items():
        for heading in headings:
            for title in (heading.name, heading.title.zh):
                assert headings_of(table)[plain(title)] == heading.name, (table, title)


def test_every_column_stands_in_the_reference() -> None:
    page = Path(__file__).resolve().parents[3] / "docs/reference/process-tables.md"
    text = page.read_text("utf-8")
    for headings in HEADINGS.values():
        for heading in headings:
            assert f"| `{heading.name}` | {heading.title.zh} | {heading.meaning.en} |" in text


def test_order_of_files_does_not_matter(tmp_path: Path) -> None:
    one, two = tmp_path / "one.zip", tmp_path / "two.zip"
    parts = {"a.csv": csv_of(ROWS[:4]), "b.csv": csv_of(ROWS[4:])}
    for path, names in ((one, ("a.csv", "b.csv")), (two, ("b.csv", "a.csv"))):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, parts[name])
    assert import_processes(one).database.digest == import_processes(two).database.digest


def test_columns_that_are_not_read_are_named(tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    path.write_text(csv_of([(*row, "x") for row in ROWS], (*HEAD, "colour")), "utf-8")
    (problem,) = import_processes(path).report.problems
    assert problem.code == "column-unknown"
    assert "'colour'" in problem.message.en


@pytest.mark.parametrize(
    "content",
    [
        b"process,type,flow,amount,unit\n" + b"a,reference,b,1,kg\n" * 250_000,
        b"process,type,flow,amount,unit\n" + b'"' + b"x" * 300_000,
        b"process,type,flow,amount,unit\n\x00\x01\x02" * 100,
        b"PK\x03\x04 no workbook",
    ],
)
def test_hostile_tables_are_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "works.csv"
    path.write_bytes(content)
    with pytest.raises(InputError):
        import_processes(path)


def test_json_lines_that_are_none_are_named(tmp_path: Path) -> None:
    lines = [json.dumps(dict(zip(HEAD, row, strict=True))) for row in ROWS]
    lines[1:1] = ["[" * 100_000, '{"process": {"deep": 1}, "type": "input"}', "no json", '{"a":' * 10_000]
    path = tmp_path / "exchanges.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    imported = import_processes(path)
    assert value_of(imported, "steel") == pytest.approx(STEEL, rel=1e-12)
    assert codes(imported).count("json-syntax") == 3


def test_a_table_that_is_too_long_is_refused_for_that_reason(tmp_path: Path) -> None:
    folder = tmp_path / "works"
    folder.mkdir()
    (folder / "exchanges.csv").write_text(
        "process,type,flow,amount,unit\n" + "a,input,b,1,kg\n" * 200_001, encoding="utf-8"
    )
    (folder / "notes.txt").write_text("nothing", encoding="utf-8")
    with pytest.raises(InputError) as error:
        import_processes(folder)
    assert error.value.code == "file-too-long"
    assert "exchanges.csv" in error.value.where


def test_gases_that_are_not_counted_are_listed_and_chinese_ones_are_counted(tmp_path: Path) -> None:
    rows = (
        "process,type,flow,amount,unit,compartment",
        "mill,reference,Strip,1,kg,",
        "mill,emission,CO2,2,kg,",
        "mill,emission,甲烷,0.5,kg,大气",
        "mill,emission,Dust,1,kg,",
        "mill,resource,Carbon dioxide,1,kg,",
    )
    (tmp_path / "works.csv").write_text("\n".join(rows), encoding="utf-8")
    done = import_processes(tmp_path / "works.csv")
    found = [problem for problem in done.report.problems if problem.code == "emission-uncounted"]
    assert len(found) == 1
    assert "'CO2'" in found[0].message.en
    assert "no compartment" in found[0].message.en
    assert product_intensities(done.database).values[0, 0] > 10.0


def test_row_with_more_cells_than_the_headings_is_refused_with_its_process(tmp_path: Path) -> None:
    head = ("process", "location", "type", "flow", "unit", "amount")
    rows = [
        ("plant", "CN", "input", "electricity", "kWh", "1,5"),
        ("plant", "CN", "reference", "steel", "kg", 1),
        ("grid", "CN", "reference", "electricity", "kWh", "1,0"),
    ]
    path = tmp_path / "works.csv"
    path.write_text(csv_of(rows, head), "utf-8")
    imported = import_processes(path)
    assert [(p.where, p.code) for p in imported.report.problems if p.code == "cells-moved"] == [
        ("works.csv, row 4, column G", "cells-moved"),
        ("works.csv, row 2, column G", "cells-moved"),
    ]
    assert imported.report.counts["exchanges refused"] == 2
    assert imported.report.counts["exchanges stored"] == 1
    assert imported.database["processes"].texts("location") == ("CN", "CN")
    path.write_text(csv_of(rows, head, ";"), "utf-8")
    assert "cells-moved" not in codes(import_processes(path))


def test_column_without_a_heading_is_named(tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    path.write_text(csv_of([(*row, "x") for row in ROWS], (*HEAD, "")), "utf-8")
    (problem,) = import_processes(path).report.problems
    assert (problem.where, problem.code) == ("works.csv, column H", "column-unnamed")


@pytest.mark.parametrize(
    ("table", "row", "place"),
    [
        ("processes", "mill,CN,8", "processes.csv, row 5, column C"),
        ("flows", "odd,product,m3,1,2", "flows.csv, row 3, column E"),
        ("parameters", "plant,y,1,2", "parameters.csv, row 3, column D"),
    ],
)
def test_moved_rows_of_the_other_tables_are_refused(tmp_path: Path, table: str, row: str, place: str) -> None:
    texts = {
        "exchanges": csv_of(ROWS),
        "processes": "name,location\nplant,CN\ngrid,CN\nlandfill,CN\n",
        "flows": "name,type,unit,mass\nspare,product,kg,1\n",
        "parameters": "process,name,value\nplant,x,1\n",
    }
    texts[table] += row + "\n"
    folder = tmp_path / "tables"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, "utf-8")
    problems = import_processes(folder).report.problems
    assert [p.where for p in problems if p.code == "cells-moved"] == [f"tables, {place}"]


@pytest.mark.parametrize("name", ["named", "below"])
def test_a_process_of_absurdly_many_rows_is_refused_and_the_others_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Its rows are counted before one of them is read; where cells are left empty, while they are read."""
    from cradlemark.inventory.importers.process_tables import reading, sheets

    for module in (reading, sheets):
        monkeypatch.setattr(module, "MAX_EXCHANGES", 10)
    crowd = [
        (" crowd " if name == "named" else "", "input", f"part {row % 3}", "x", "kg") for row in range(11)
    ]
    rows = [("crowd", "reference", "whole", 1, "kg"), *crowd, *ROWS]
    path = tmp_path / "exchanges.csv"
    path.write_text(csv_of(rows), encoding="utf-8")
    imported = import_processes(path)
    (problem,) = [one for one in imported.report.problems if one.code == "source-limit"]
    assert "12 exchanges, and at most 10 are read" in problem.message.en
    assert value_of(imported, "steel") == pytest.approx(STEEL, rel=1e-9)
