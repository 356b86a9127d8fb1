"""``cradlemark bom`` shows what it understood and exits with 2 when a row cannot be read."""

import json
from pathlib import Path

from click.testing import CliRunner

from cradlemark.cli.bom import bom

GOOD = "level,part,name,quantity,unit weight (g)\n0,P,block,1,\n1,A,housing,1,3.6\nTotal,,,2,\n"
BAD = "part,name,quantity,unit weight (g)\nA,housing,1,3.6\nB,spring,,0.6\n"


def write(tmp_path: Path, text: str) -> str:
    (tmp_path / "bom.csv").write_text(text, encoding="utf-8")
    return str(tmp_path / "bom.csv")


def test_columns_lines_and_skipped_rows_are_shown(tmp_path: Path) -> None:
    result = CliRunner().invoke(bom, [write(tmp_path, GOOD)])
    assert result.exit_code == 0, result.output
    for words in ("Columns (header in row 1)", "unit weight (g)", "2 lines", "3.6 g", "row 4: a total"):
        assert words in result.output
    assert result.output.index("block") < result.output.index("  A ", result.output.index("block"))


def test_problems_do_not_hide_what_was_good(tmp_path: Path) -> None:
    result = CliRunner().invoke(bom, [write(tmp_path, BAD), "--lang", "zh"])
    assert result.exit_code == 2
    assert "housing" in result.output
    assert "bom.csv, 第 3 行：缺少数量 [quantity-missing]" in result.output
    assert "问题" in result.output


def test_places_are_chinese_in_chinese_and_stay_as_they_are_in_json(tmp_path: Path) -> None:
    path = write(tmp_path, "名称,单位,数量\n壳体,件,2\n螺钉,kg,一\n螺母,kg,1,2\n")
    chinese = CliRunner().invoke(bom, [path, "--lang", "zh"])
    assert "bom.csv, 第 3 行 C 列（数量）：" in chinese.output
    assert "bom.csv, 第 4 行 D 列：该行有 4 个单元格，应为 3 个" in chinese.output
    english = CliRunner().invoke(bom, [path, "--lang", "en"])
    assert "bom.csv, row 3, column C (数量): " in english.output
    document = json.loads(CliRunner().invoke(bom, [path, "--json"]).stdout)
    assert [(one["where"], one["code"]) for one in document["problems"]] == [
        ("bom.csv, row 3, column C (数量)", "number-unreadable"),
        ("bom.csv, row 4, column D", "cells-moved"),
    ]


def test_json_is_one_document(tmp_path: Path) -> None:
    result = CliRunner().invoke(bom, [write(tmp_path, BAD), "--json"])
    assert result.exit_code == 2
    document = json.loads(result.stdout)
    assert [line["part_number"] for line in document["lines"]] == ["A"]
    assert document["lines"][0]["net_mass"] == {"value": 0.0036, "unit": "kg"}
    assert document["problems"][0]["code"] == "quantity-missing"


def test_a_written_mapping_can_be_used(tmp_path: Path) -> None:
    path, target = write(tmp_path, GOOD), str(tmp_path / "bom.mapping.toml")
    first = CliRunner().invoke(bom, [path, "--write-mapping", target])
    second = CliRunner().invoke(bom, [path, "--mapping", target])
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert "fixed in the mapping file" in second.output


def test_columns_that_are_not_used_are_named(tmp_path: Path) -> None:
    text = "part,name,quantity,unit weight (g),colour code\nA,housing,1,3.6,RAL 7035\n"
    result = CliRunner().invoke(bom, [write(tmp_path, text)])
    assert "Columns that are not used" in result.output
    assert "colour code" in result.output
