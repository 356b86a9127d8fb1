"""A new study reads without error, says what is a placeholder, and overwrites nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from cradlemark.cli.new import new
from cradlemark.core.errors import CradlemarkError
from cradlemark.product.readers.study_file import read_study
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.scenario import apply_scenario
from cradlemark.product.study import Value
from cradlemark.product.writers.starter import starter_toml

BOM = (
    "level,part number,name,material,quantity,net mass (g)\n1,A,Housing,PA66 V0,1,3.6\n1,B,Clip,CuSn6,2,1.1\n"
)


@pytest.mark.parametrize("kind", ["toml", "xlsx"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_new_writes_can_be_read(tmp_path: Path, monkeypatch: Any, kind: str, language: str) -> None:
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(
        new, ["my block", "--format", kind, "--lang", language], catch_exceptions=False
    )
    assert result.exit_code == 0
    study = read_study(tmp_path / "my-block")
    assert study.id == "my-block"
    assert study.language == language
    assert study.assumptions
    assert apply_scenario(study, "better-yield").parameters[0].value == Value(0.98, "1")
    mass = sum(
        (part.quantity.magnitude or 0) * (material.amount.magnitude or 0)
        for part in study.components
        for material in part.materials
    )
    assert study.product.mass == Value(mass, "g")


@pytest.mark.parametrize("kind", ["toml", "xlsx"])
def test_components_come_from_a_bill_of_materials(tmp_path: Path, monkeypatch: Any, kind: str) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bom.csv").write_text(BOM, "utf-8")
    result = CliRunner().invoke(new, ["block", "--format", kind, "--from", "bom.csv"], catch_exceptions=False)
    assert result.exit_code == 0
    study = read_study(tmp_path / "block")
    assert [part.part_number for part in study.components] == ["A", "B"]
    assert study.product.mass == Value(5.8, "g")
    assert not study.parameters


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "study.toml").write_text("mine", "utf-8")
    with pytest.raises(CradlemarkError) as caught:
        CliRunner().invoke(new, ["block", "--folder", str(tmp_path)], catch_exceptions=False)
    assert caught.value.code == "file-exists"
    assert (tmp_path / "study.toml").read_text("utf-8") == "mine"


@pytest.mark.parametrize("name", ["..", "a/b", "a\\b", "con:", " ", "a\x07b"])
def test_names_that_are_no_folders_are_refused(tmp_path: Path, monkeypatch: Any, name: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(CradlemarkError) as caught:
        CliRunner().invoke(new, [name], catch_exceptions=False)
    assert caught.value.code == "name-invalid"
    assert not list(tmp_path.iterdir())


def test_comments_are_in_one_language_and_braces_are_kept() -> None:
    english, chinese = (starter_toml('q"{x}', year=2025, language=language) for language in ("en", "zh"))  # type: ignore[arg-type]
    comments = [line for line in english.splitlines() if line.startswith("# ")]
    assert not any("一" <= mark <= "鿿" for line in comments if "zh =" not in line for mark in line)
    assert "替换" in chinese
    assert parse_study_toml(english).id == 'q"{x}'
    assert english.count("# replace") == chinese.count("# 替换") > 8


def test_remarks_on_the_bill_of_materials_are_shown(tmp_path: Path) -> None:
    bill = tmp_path / "bom.csv"
    bill.write_text("name;unit;quantity;\nScrew;kg;1;2\nTotal;kg;1;\n", encoding="utf-8")
    result = CliRunner().invoke(new, ["terminal", "--from", str(bill), "--folder", str(tmp_path / "study")])
    assert result.exit_code == 0, result.output
    assert "bom.csv, column D: the column has no header and is not used" in result.output
    assert "bom.csv, row 3: a total" in result.output
