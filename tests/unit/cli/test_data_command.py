"""``cradlemark data``: what is printed, in both languages and as JSON, and the exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cradlemark.cli.main import run

HEAD = "id,name,category,unit,kgco2e,geography,year,boundary,source,licence,status\n"
GOOD = "own-brass,Brass strip,metal_nonferrous,kg,4.2,CN,2024,cradle_to_gate,Supplier A,internal,verified\n"
BAD = "own-cement,Cement,cement,kg,1028.65,CN,2024,cradle_to_gate,Supplier A,internal,verified\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    assert run(["data", *arguments]) == code
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_search_finds_brass_in_chinese(capsys):
    out = printed(capsys, "search", "黄铜", "--lang", "zh", "--place", "CN", "--unit", "kg")
    assert "der-cuzn37-primary" in out.splitlines()[0]


def test_search_as_json(capsys):
    found = json.loads(printed(capsys, "search", "PA66", "V0", "--json", "--limit", "3"))
    assert len(found) == 3
    assert {"id", "score", "reason", "status", "unit", "total"} <= found[0].keys()


def test_search_without_a_match(capsys):
    assert "nothing was found" in printed(capsys, "search", "qqqqzzzz", "--lang", "en")


def test_show_prints_siblings_in_order_of_value(capsys):
    out = printed(capsys, "show", "x-cu-cathode-ica", "--lang", "en")
    lines = [line for line in out.splitlines() if "kg CO2e/kg" in line]
    values = [float(line.split(" kg CO2e/kg")[0].split()[-1]) for line in lines]
    assert values == sorted(values)
    assert len(values) == 7
    assert "cannot be put on another GWP set" in out


def test_show_says_why_a_factor_is_refused(capsys):
    out = printed(capsys, "show", "el-cn-co2-2023", "--lang", "zh")
    assert "不得用于产品碳足迹" in out
    assert "0.5777" in out


def test_show_as_json(capsys):
    shown = json.loads(printed(capsys, "show", "el-cn-cf-2024", "--json"))
    assert (shown["total"], shown["unit"], shown["database"]) == (0.5777, "kWh", "starter")


def test_unknown_dataset_is_bad_input(capsys):
    assert "dataset-unknown" in printed(capsys, "show", "nothing", code=2)


def test_check_names_bad_rows_and_stores_nothing(capsys, home: Path):
    (home / "t.csv").write_text(HEAD + GOOD + BAD, "utf-8")
    out = printed(capsys, "check", "t.csv", "--lang", "en", code=2)
    assert "t.csv, row 3: 1028.65 kg CO2e per kg is not plausible" in out
    assert "1 of 2 values kept" in out
    assert not (home / "home").exists()


def test_import_keeps_the_good_rows(capsys, home: Path):
    (home / "t.csv").write_text(HEAD + GOOD + BAD, "utf-8")
    assert "stored as own-2-" in printed(
        capsys, "import", "t.csv", "--id", "own", "--version", "2", "--lang", "en"
    )
    listed = json.loads(printed(capsys, "list", "--json"))
    assert [(row["id"], row["count"]) for row in listed] == [("own", 1), ("starter", 1057)]
    assert "4.2 kg CO2e / kg" in printed(capsys, "show", "own-brass")
    assert "own-brass" in printed(capsys, "list", "own")
    assert "own-brass" in printed(capsys, "search", "Brass strip")


def test_import_of_nothing_good_is_bad_input(capsys, home: Path):
    (home / "t.csv").write_text(HEAD + BAD, "utf-8")
    printed(capsys, "import", "t.csv", code=2)
    assert not (home / "home").exists()


def test_dry_run_stores_nothing(capsys, home: Path):
    (home / "t.csv").write_text(HEAD + GOOD, "utf-8")
    assert "nothing was stored" in printed(capsys, "import", "t.csv", "--dry-run", "--lang", "en")
    assert not (home / "home").exists()


def test_changed_database_is_refused(capsys, home: Path):
    (home / "t.csv").write_text(HEAD + GOOD, "utf-8")
    printed(capsys, "import", "t.csv")
    (description,) = (home / "home" / "databases").glob("*/datapackage.json")
    description.write_text(description.read_text("utf-8").replace("sha256:", "sha256:0"), "utf-8")
    assert "digest-mismatch" in printed(capsys, "list", "t", code=2)


def test_damaged_file_is_bad_input(capsys, home: Path):
    (home / "t.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert "file-truncated" in printed(capsys, "check", "t.xlsx", code=2)


@pytest.mark.parametrize("name", ["f.csv", "f.xlsx"])
def test_template_passes_its_own_check(capsys, name):
    printed(capsys, "template", name, "--lang", "zh")
    assert "1 of 1" in printed(capsys, "check", name, "--lang", "en")
    assert "file-exists" in printed(capsys, "template", name, code=2)


def test_list_of_a_category(capsys):
    out = printed(capsys, "list", "starter", "--category", "heat", "--lang", "en")
    assert out.splitlines()[-1] == "datasets: 16"


def test_process_databases_without_products_or_results_do_not_stand_in_the_way(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = "process,type,flow,amount,unit\n"
    tables = {
        "empty": "rolling,input,Crude steel,1,kg\n",
        "stuck": "rolling,reference,Strip,1,kg\nrolling,input,Strip,1,kg\n",
        "good": "rolling,reference,Brass strip,1,kg\nrolling,emission,Carbon dioxide,3,kg\n",
    }
    for name, rows in tables.items():
        (home / f"{name}.csv").write_text(head + rows, encoding="utf-8")
        assert run(["db", "import", f"{name}.csv"]) == 0
    capsys.readouterr()
    out = printed(capsys, "search", "brass", "strip")
    assert "good:rolling" in out
    assert "warning: database stuck is left out" in out
    assert "empty" not in out
    named = printed(capsys, "search", "brass", "--database", "stuck", code=2)
    assert "system-reference-zero" in named
