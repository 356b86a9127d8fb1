"""``cradlemark label reduction`` as a user calls it: studies, scenarios, bundles, claims, both languages."""

from __future__ import annotations

import datetime
import json
import math
from pathlib import Path
from typing import Any

import pytest
from tests.unit.label.builders import claim

from cradlemark.cli.label.issuing import read_statement
from cradlemark.cli.main import run
from cradlemark.core.canonical import digest_bytes
from cradlemark.footprint.bundle.archive import read_bundle
from cradlemark.footprint.leaves import CAUSES
from cradlemark.label.granting import grant
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme_reader import load_programme

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "terminal-block"


def called(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> str:
    assert run(["label", "reduction", *map(str, words)]) == code
    out = capsys.readouterr()
    return out.out if code == 0 else out.err


def document(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(called(capsys, *words, "--json", "--draws", 200))
    return found


def test_green_power_is_a_reduction_of_supply(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, EXAMPLE, EXAMPLE, "--scenario", "green-power")
    parts = {cause: part["amount"] for cause, part in found["parts"].items()}
    assert set(parts) == set(CAUSES)
    assert math.fsum(parts.values()) == pytest.approx(found["difference"], rel=1e-12)
    assert parts["supplier"] == found["difference"] < 0.0
    by_id = {verdict["id"]: verdict for verdict in found["programmes"]}
    assert by_id["th-style"]["outcome"] == "undecided"
    assert (
        by_id["th-style"]["missing"] == ["baseline_label"] or "baseline_label" in by_id["th-style"]["missing"]
    )
    assert by_id["demonstration"]["outcome"] == "not_met"
    assert by_id["epd-type"]["outcome"] == "no_rule"


def test_a_lower_factor_is_no_reduction(capsys: pytest.CaptureFixture[str]) -> None:
    found = document(capsys, EXAMPLE, EXAMPLE, "--scenario", "factors-low")
    assert found["reduction"]["all"]["value"] > 0.03
    assert found["reduction"]["own"]["value"] == 0.0


def test_statement_facts_and_chosen_programmes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    statement = tmp_path / "statement.pdf"
    statement.write_bytes(b"verified")
    options = (
        "--scenario",
        "green-power",
        "--programme",
        "uk-style",
        "--programme",
        "th-style",
        "--plan-published",
    )
    found = document(capsys, EXAMPLE, EXAMPLE, *options, "--statement", statement)
    assert found["against"] == {
        "kind": "statement",
        "reference": "statement.pdf",
        "digest": digest_bytes(b"verified"),
    }
    assert [(v["id"], v["outcome"]) for v in found["programmes"]] == [
        ("uk-style", "met"),
        ("th-style", "met"),
    ]


@pytest.mark.parametrize(("language", "word"), [("en", "What made the difference"), ("zh", "差异的构成")])
def test_the_terminal_speaks_both_languages(
    capsys: pytest.CaptureFixture[str], language: str, word: str
) -> None:
    shown = called(capsys, EXAMPLE, EXAMPLE, "--scenario", "pbt-housing", "--draws", 100, "--lang", language)
    assert word in shown
    assert "[g CO₂e]" in shown


def test_sealed_bundles_are_tracked_from_themselves(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    before, now = tmp_path / "before.cradle", tmp_path / "now.cradle"
    assert run(["label", "seal", str(EXAMPLE), "--output", str(before)]) == 0
    assert run(["label", "seal", str(EXAMPLE), "--scenario", "pbt-housing", "--output", str(now)]) == 0
    capsys.readouterr()
    sealed = document(capsys, before, now)
    opened = document(capsys, EXAMPLE, EXAMPLE, "--scenario", "pbt-housing")
    assert sealed["parts"] == opened["parts"]
    assert sealed["programmes"] == opened["programmes"]
    assert document(capsys, before, EXAMPLE, "--scenario", "pbt-housing")["parts"] == opened["parts"]


def test_sealed_bundles_under_other_rules_are_calculated_anew(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    other = under_other_rules(tmp_path)
    before, now = tmp_path / "before.cradle", tmp_path / "now.cradle"
    assert run(["label", "seal", str(other), "--output", str(before)]) == 0
    assert run(["label", "seal", str(EXAMPLE), "--scenario", "pbt-housing", "--output", str(now)]) == 0
    capsys.readouterr()
    found = document(capsys, before, now)
    changed = {item["id"] for item in found["gate"] if not item["same"]}
    assert "rule_pack" in changed
    assert found["rebaselined"]
    assert set(document(capsys, EXAMPLE, EXAMPLE, "--scenario", "pbt-housing")["parts"]) == set(
        found["parts"]
    )


def test_the_claim_of_the_label_is_the_baseline(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sealed, file = tmp_path / "before.cradle", tmp_path / "claim.json"
    assert run(["label", "seal", str(EXAMPLE), "--output", str(sealed)]) == 0
    capsys.readouterr()
    verification = read_statement(EXAMPLE / "verification.toml").verification
    granted = grant(
        read_bundle(sealed.read_bytes()),
        load_programme("demonstration"),
        verification,
        today=datetime.date(2026, 11, 28),
    )(LabelNumber("DEMO", 5))
    file.write_bytes(bytes(granted))
    shown = called(capsys, sealed, EXAMPLE, "--scenario", "green-power", "--claim", file, "--json")
    found = json.loads(shown)
    assert found["against"] == {"kind": "label", "reference": granted.number, "digest": granted.digest}
    assert {v["id"]: v["outcome"] for v in found["programmes"]}["th-style"] == "met"


def test_today_as_a_bundle_and_the_baseline_as_a_study(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    sealed = tmp_path / "now.cradle"
    assert run(["label", "seal", str(EXAMPLE), "--scenario", "pbt-housing", "--output", str(sealed)]) == 0
    capsys.readouterr()
    opened = document(capsys, EXAMPLE, EXAMPLE, "--scenario", "pbt-housing")
    assert document(capsys, EXAMPLE, sealed)["parts"] == opened["parts"]
    other = under_other_rules(tmp_path)
    found = document(capsys, other, sealed)
    assert found["rebaselined"]
    assert found["parts"] == opened["parts"]


def under_other_rules(tmp_path: Path) -> Path:
    other = tmp_path / "other"
    other.mkdir()
    for file in EXAMPLE.iterdir():
        text = file.read_bytes()
        (other / file.name).write_bytes(
            text.replace(b'rule_pack = "gb-t-24067-2024"', b'rule_pack = "iso-14067-2018"')
        )
    return other


def test_a_claim_of_another_result_is_no_baseline(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "claim.json"
    file.write_bytes(bytes(claim()))
    shown = called(capsys, EXAMPLE, EXAMPLE, "--claim", file, "--draws", 0, code=2)
    assert "[claim-mismatch]" in shown


def test_another_function_is_refused_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    shown = called(capsys, EXAMPLE, EXAMPLE, "--scenario", "half-load", "--draws", 0, code=2)
    assert "functional unit" in shown
    assert "reference service life" in shown
    assert "[not-trackable]" in shown
