"""The commands footprint, check, compare and explain: exit codes, and messages that name place and repair."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from cradlemark.cli.main import run

STUDY = """
id = "block"
title = "Block"
boundary = "cradle_to_gate"
period = "2025"
rule_pack = "iso-14067-2018"
place = "CN"
language = "en"

[product]
name = "Block"
holder = { name = "Works" }
mass = "1 kg"

[unit]
declared = "1 piece"

[parameters.mass]
value = "1 kg"
gsd = 1.1

[[components]]
part_number = "A"
name = "Body"
quantity = 1

[[components.materials]]
text = "plastic"
amount = "= mass"
dataset = "DATASET"

[[scenarios]]
id = "light"
title = "Light"
changes = [{ path = "parameters.mass.value", value = "0.5 kg" }]
"""


@pytest.fixture(scope="module")
def dataset_id() -> str:
    from cradlemark.inventory.starter import starter_database

    return next(
        item.id for item in starter_database().datasets.values()
        if item.unit == "kg" and item.purpose == "product" and item.boundary == "cradle_to_gate" and item.climate.total > 0
    )  # fmt: skip


@pytest.fixture
def study(tmp_path: Path, dataset_id: str, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("CRADLEMARK_LANG", "en")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    folder = tmp_path / "block"
    folder.mkdir()
    (folder / "study.toml").write_text(STUDY.replace("DATASET", dataset_id), encoding="utf-8")
    return folder


def test_footprint_shows_and_writes(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["footprint", str(study), "--draws", "50", "-o", str(tmp_path / "out")]) == 0
    shown = capsys.readouterr().out
    assert "Block" in shown
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "lines.csv", "report.en.html", "report.en.pdf", "report.zh.html", "result.json",
    ]  # fmt: skip


def test_json_alone_is_the_document(
    study: Path, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["footprint", str(study), "--draws", "50", "--json", "-o", str(tmp_path / "out")]) == 0
    shown = capsysbinary.readouterr().out
    assert shown == (tmp_path / "out" / "result.json").read_bytes()
    assert json.loads(shown)["draws"] == 50


def test_the_same_command_writes_the_same_bytes(study: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        assert run(["footprint", str(study), "--draws", "50", "-o", str(tmp_path / name)]) == 0
    for path in (tmp_path / "one").iterdir():
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_explain_reads_results_and_studies(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["footprint", str(study), "--draws", "0", "-o", str(tmp_path / "out")]) == 0
    capsys.readouterr()
    for path in (tmp_path / "out", tmp_path / "out" / "result.json", study, study / "study.toml"):
        assert run(["explain", str(path), "A1/1"]) == 0
        shown = capsys.readouterr().out
        assert "= mass" in shown
        assert "amount" in shown


def test_compare_scenarios_and_studies(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(["compare", str(study), "--scenario", "light", "--draws", "50", "-o", str(tmp_path / "out")]) == 0
    )
    assert "50.0 %" in capsys.readouterr().out
    assert run(["compare", str(study), "--scenario", "light", "--scenario", "base", "--draws", "0"]) == 0
    assert run(["compare", str(study), str(study), "--draws", "50"]) == 0


def refused(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(arguments) == 2
    shown = capsys.readouterr()
    assert "Traceback" not in shown.err
    assert shown.err.strip()
    return shown.err


COMMANDS = (["footprint"], ["check"], ["compare", "--scenario", "x"], ["explain"])


@pytest.mark.parametrize("command", COMMANDS)
def test_missing_files_are_named(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "no" / "study.toml")
    rest = ["A1/1"] if command == ["explain"] else []
    assert "study.toml" in refused([*command, missing, *rest], capsys)


@pytest.mark.parametrize("command", COMMANDS)
def test_folders_without_a_study_are_named(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rest = ["A1/1"] if command == ["explain"] else []
    shown = refused([*command, str(tmp_path), *rest], capsys)
    assert tmp_path.name in shown
    assert "cradlemark new" in shown


@pytest.mark.parametrize(
    "content",
    [b"", b"= broken", b'id = "x"\nid = "y"\n', b"\xff\xfe\x00", b"\x00" * 10, b"[" * 100_000, b"a = 1\n"],
)
def test_broken_documents_are_refused(
    content: bytes, study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (study / "study.toml").write_bytes(content)
    for command in (["footprint"], ["check"]):
        shown = refused([*command, str(study)], capsys)
        assert "study.toml" in shown or "error" in shown


def test_a_broken_workbook_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "study.xlsx"
    file.write_bytes(b"PK\x03\x04 not a workbook")
    assert "study.xlsx" in refused(["footprint", str(file)], capsys)


def test_an_unknown_scenario_lists_the_scenarios(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = refused(["footprint", str(study), "--scenario", "zzz"], capsys)
    assert "light" in shown
    assert "base" in shown
    assert "zzz" in shown


def test_more_than_two_scenarios_are_refused(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    three = ["--scenario", "a", "--scenario", "b", "--scenario", "c"]
    assert "at most twice" in refused(["compare", str(study), *three], capsys)
    assert "--scenario" in refused(["compare", str(study)], capsys)


def test_unknown_lines_are_refused(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for address in ("A1/99", "B9/1", "nothing", "", "A1/²"):
        assert "repair" in refused(["explain", str(study), address], capsys)


@pytest.mark.parametrize(
    "content",
    [b"", b"{}", b"[]", b"\xff", b"[" * 100_000, b'{"schema": "cradlemark-footprint/1", "digest": "x"}'],
)
def test_files_that_are_no_results_are_refused(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "result.json"
    file.write_bytes(content)
    assert "result.json" in refused(["explain", str(file), "A1/1"], capsys).replace("\n", "")


def test_a_changed_result_is_refused(study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["footprint", str(study), "--draws", "0", "-o", str(tmp_path / "out")]) == 0
    file = tmp_path / "out" / "result.json"
    file.write_bytes(file.read_bytes().replace(b'"draws":0', b'"draws":9'))
    assert "changed" in refused(["explain", str(file), "A1/1"], capsys)


def test_output_that_cannot_be_written_is_refused(
    study: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("x")
    assert "file" in refused(["footprint", str(study), "--draws", "0", "-o", str(tmp_path / "file")], capsys)
    inside = str(tmp_path / "file" / "inside")
    assert "output-unwritable" in refused(["footprint", str(study), "--draws", "0", "-o", inside], capsys)
    if os.getuid() != 0:
        locked = tmp_path / "locked"
        locked.mkdir(mode=0o500)
        assert "locked" in refused(["footprint", str(study), "-o", str(locked / "in")], capsys)


def test_open_links_are_refused_or_allowed(
    study: Path, dataset_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = study / "study.toml"
    text = (
        file.read_text(encoding="utf-8")
        .replace(f'dataset = "{dataset_id}"', "")
        .replace('"plastic"', '"qqqzzz xx"')
    )
    file.write_text(text, encoding="utf-8")
    shown = refused(["footprint", str(study)], capsys)
    assert "qqqzzz" in shown
    assert "repair" in shown
    assert run(["footprint", str(study), "--allow-gaps", "--draws", "0"]) == 0


def test_organisation_factors_and_unknown_datasets_are_refused(
    study: Path, dataset_id: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = study / "study.toml"
    text = file.read_text(encoding="utf-8")
    from cradlemark.inventory.starter import starter_database

    organisation = next(
        item.id for item in starter_database().datasets.values() if item.purpose == "organisation"
    )
    for wrong, code in (("no-such-dataset", "dataset-unknown"), (organisation, "factor-organisation")):
        file.write_text(text.replace(dataset_id, wrong), encoding="utf-8")
        shown = refused(["footprint", str(study)], capsys)
        assert "components" in shown
        assert code in shown


def test_check_says_with_its_exit_code_whether_there_are_errors(
    study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run(["check", str(study), "--json"])
    findings = json.loads(capsys.readouterr().out)
    assert (code == 2) is any(item["severity"] == "error" for item in findings)
    assert findings
    assert run(["check", str(study)]) == code
    assert run(["check", str(study), "--checklist"]) == code


@pytest.mark.parametrize(
    "options", [["--draws", "-1"], ["--draws", "x"], ["--seed", "-1"], ["--lang", "fr"], ["--nonsense"]]
)
def test_wrong_options_are_refused(
    options: list[str], study: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert options[0].lstrip("-") in refused(["footprint", str(study), *options], capsys)


def test_unknown_commands_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "nonsense" in refused(["nonsense"], capsys)


def test_chinese_output(study: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["footprint", str(study), "--draws", "0", "--lang", "zh"]) == 0
    assert "从摇篮到大门" in capsys.readouterr().out
