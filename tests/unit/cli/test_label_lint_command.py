"""``cradlemark label lint`` as a user calls it."""

from __future__ import annotations

import json
from pathlib import Path

import attrs
import pytest
from tests.unit.label.test_lints import whole

from cradlemark.cli.main import run
from cradlemark.label.claim import Claim


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "claim.json"


def write(file: Path, claim: Claim) -> Path:
    file.write_bytes(bytes(claim))
    return file


def broken() -> Claim:
    return attrs.evolve(whole(), verification=attrs.evolve(whole().verification, opinion="modified"))


def test_a_sound_claim(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert run(["label", "lint", str(write(file, whole()))]) == 0
    assert f"{whole().number}: " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("language", "words"), [("en", "the verifier has reservations"), ("zh", "核查意见有保留")]
)
def test_a_broken_one(capsys: pytest.CaptureFixture[str], file: Path, language: str, words: str) -> None:
    assert run(["label", "lint", str(write(file, broken())), "--lang", language]) == 2
    shown = capsys.readouterr().out
    assert words in shown
    assert "[cradlemark-opinion; Cradlemark (own)]" in shown


def test_findings_as_json(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert run(["label", "lint", str(write(file, broken())), "--json"]) == 2
    assert [finding["rule"] for finding in json.loads(capsys.readouterr().out)] == ["cradlemark-opinion"]


def test_warnings_do_not_fail(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    light = attrs.evolve(whole(), unit=attrs.evolve(whole().unit, mass=0.0))
    assert run(["label", "lint", str(write(file, light))]) == 0
    assert "0 errors, 1 warnings" in capsys.readouterr().out


def test_another_programme_and_one_that_is_not_known(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    assert run(["label", "lint", str(write(file, whole())), "--programme", "epd-type"]) == 2
    assert "programme-mark" in capsys.readouterr().out
    foreign = attrs.evolve(whole(), programme=attrs.evolve(whole().programme, id="elsewhere"))
    assert run(["label", "lint", str(write(file, foreign))]) == 0
    assert "programme elsewhere is not known here" in capsys.readouterr().out


def test_what_is_no_claim(capsys: pytest.CaptureFixture[str], file: Path) -> None:
    file.write_text("{}")
    assert run(["label", "lint", str(file)]) == 2
    assert "[claim-unreadable]" in capsys.readouterr().err
