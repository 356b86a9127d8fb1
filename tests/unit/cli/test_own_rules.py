"""A rule pack of one's own, named on the command line or in the study."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cradlemark.cli.main import cradlemark
from cradlemark.core.errors import NotFoundError

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "terminal-block"
PACK = """
[pack]
id = "ours"
extends = "gb-t-24067-2024"
version = "1"
standard = "Requirements, edition 1"
title = { en = "Requirements", zh = "要求" }
status = "unverified"
source = "Purchasing"
status_note = { en = "Draft.", zh = "草案。" }

[checks.primary-data-share]
severity = "error"
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A copy of the example beside a pack of one's own."""
    folder = tmp_path / "study"
    shutil.copytree(EXAMPLE, folder)
    (folder / "ours.toml").write_text(PACK, encoding="utf-8")
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(cradlemark, [*map(str, arguments), "--lang", "en"])


def errors(result: Result) -> list[str]:
    return [finding["rule"] for finding in json.loads(result.stdout) if finding["severity"] == "error"]


def test_pack_on_the_command_line_goes_before_the_studys_own(study: Path) -> None:
    assert errors(run("check", study, "--json")) == []
    result = run("check", study, "--json", "--rules", study / "ours.toml")
    assert errors(result) == ["primary-data-share"]
    assert result.exit_code == 2


def test_pack_that_the_study_names_is_looked_for_beside_it(
    study: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = study / "study.toml"
    text = document.read_text(encoding="utf-8").replace('"gb-t-24067-2024"', '"ours.toml"', 1)
    document.write_text(text, encoding="utf-8")
    monkeypatch.chdir(study.parent)
    assert errors(run("check", "study", "--json")) == ["primary-data-share"]


def test_packaged_pack_can_stand_in_by_its_id(study: Path) -> None:
    result = run("footprint", study, "--rules", "iso-14067-2018", "--draws", "0", "--json")
    assert json.loads(result.stdout)["versions"]["rule_pack"] == "iso-14067-2018"


def test_pack_that_is_not_there_is_named() -> None:
    result = run("check", EXAMPLE, "--rules", "nowhere.toml")
    assert isinstance(result.exception, NotFoundError)
    assert result.exception.code == "file-missing"
    assert "nowhere.toml" in result.exception.message.en
