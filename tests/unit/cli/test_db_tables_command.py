"""``cradlemark db`` on tables: the workbook to fill in, and impact categories of an input-output table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.unit.inventory.test_input_output import generic

from cradlemark.cli.db import db
from cradlemark.core.errors import InputError, NotFoundError


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CRADLEMARK_LANG", "en")
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, good: bool = True) -> Result:
        result = CliRunner().invoke(db, list(arguments))
        if good:
            assert result.exit_code == 0, result.output
        return result

    return run


@pytest.mark.parametrize(("language", "said"), [("en", "fill in the sheets"), ("zh", "填写各工作表")])
def test_template_is_written_imported_and_solved(call: Any, language: str, said: str) -> None:
    assert said in call("template", "works.xlsx", "--lang", language).output
    call("import", "works.xlsx")
    solved = call("solve", "works").output
    assert "0.666  Stamped brass part [kg]" in solved
    again = call("template", "works.xlsx", good=False)
    assert isinstance(again.exception, InputError)
    assert again.exception.code == "file-exists"


def test_categories_of_an_input_output_table(call: Any, tmp_path: Path) -> None:
    factors = "stressor,impact,factor,impact_unit,stressor_unit\nland,land use,10000,m2,ha\nland,land use of all kinds,1,ha,ha\n"
    gases = "stressor,unit,steel,power,services\nland,ha,1,2,3\n"
    generic(tmp_path / "economy", factors__csv=factors, greenhouse_gases__csv=gases)
    call("import", "economy")
    plain = call("solve", "economy").output
    first, heading, *_ = plain.splitlines()
    assert first.startswith("Climate change by gas is 0 for every product")
    assert first.endswith(
        "All: 1 Climate change, GWP100 AR6 [kg CO2e]; 2 land use [m2]; 3 land use of all kinds [ha]"
    )
    assert heading == "land use [m2]"
    drawn = call("draws", "economy", "--draws", "2").output
    assert "land use [m2]: 2 draws" in drawn
    assert "Climate change by gas is 0" in drawn
    assert "Climate change by gas is 0" in call("tree", "economy", "steel").output
    assert call("solve", "economy", "--category", "1").output.startswith("Climate change, GWP100 AR6")
    assert call("solve", "economy", "--category", "3").output.startswith("land use of all kinds")
    shown = call("solve", "economy", "--category", "land use").output
    assert shown.startswith("land use [m2]")
    values = [float(line.split()[0]) for line in shown.splitlines()[1:4]]
    more = call("solve", "economy", "--category", "all kinds").output
    assert [float(line.split()[0]) for line in more.splitlines()[1:4]] == pytest.approx(
        [v / 1e4 for v in values], rel=1e-3
    )
    unknown = call("solve", "economy", "--category", "noise", good=False)
    assert isinstance(unknown.exception, NotFoundError)
    assert unknown.exception.code == "category-unknown"


def test_a_table_without_gases_is_said_in_one_line(call: Any, tmp_path: Path) -> None:
    generic(tmp_path / "economy", greenhouse_gases__csv="stressor,unit,steel,power,services\nland,ha,1,2,3\n")
    shown = call("check", "economy").output
    assert "every product: no climate impact by gas" in shown
    assert shown.count("no climate impact") == 1
    call("check", "economy", "--report", "page.html")
    assert "No product has a climate impact by gas" in (tmp_path / "page.html").read_text(encoding="utf-8")


def test_a_gas_without_compartment_is_named_beside_the_results(call: Any, tmp_path: Path) -> None:
    rows = "process,type,flow,amount,unit,compartment\nmill,reference,Strip,1,kg,\nmill,emission,CO2,2,kg,\n"
    (tmp_path / "works.csv").write_text(rows, encoding="utf-8")
    call("import", "works.csv")
    assert "greenhouse gases that are not counted" in call("solve", "works").output
    assert (
        "未计入的温室气体（数据源未给出环境介质或质量）：CO2" in call("solve", "works", "--lang", "zh").output
    )
