"""Reductions and grades checked from files alone: every field that somebody changed is found and named."""

from __future__ import annotations

import datetime
from typing import Any

import attrs
import pytest
from tests.unit.label.bundles import EARLIER, sealed, with_manifest
from tests.unit.label.test_grade import DEMO, labelled, population
from tests.unit.label.test_granting import reduction

from cradlemark.footprint.bundle.redact import redact
from cradlemark.label.claim import Claim, Fact
from cradlemark.label.grade import grade, grade_claim
from cradlemark.label.offline_finding import Finding, LabelFiles
from cradlemark.label.offline_grade import grade_findings
from cradlemark.label.offline_profile import profile_of
from cradlemark.label.offline_reduction import reduction_findings
from cradlemark.label.programme_reader import load_programme

DAY = datetime.date(2027, 1, 1)


def bundles(**changes: bytes) -> LabelFiles:
    return LabelFiles(**{"bundle": bytes(sealed()), "baseline": bytes(sealed(EARLIER)), **changes})  # type: ignore[arg-type]


def found(files: LabelFiles, claim: Claim) -> dict[str, Finding]:
    return {one.id: one for one in (*reduction_findings(files, claim), *grade_findings(files, claim))}


def reduced(**changes: Any) -> Claim:
    claim = reduction(sealed(EARLIER), sealed())
    assert claim.reduction
    return attrs.evolve(claim, reduction=attrs.evolve(claim.reduction, **changes))


def graded(**changes: Any) -> Claim:
    mine = attrs.evolve(
        labelled(1, 2.5), programme=attrs.evolve(labelled(1, 2.5).programme, digest=DEMO.digest)
    )
    mine = attrs.evolve(mine, validity=attrs.evolve(mine.validity, issued=DAY.isoformat()))
    claim = grade_claim(mine, grade(mine, population(), DEMO, on=DAY))
    assert claim.grade
    return attrs.evolve(claim, grade=attrs.evolve(claim.grade, **changes))


@pytest.mark.parametrize(
    ("changes", "finding", "field"),
    [
        ({"reduction": 0.0502}, "reduction", "reduction"),
        ({"figure": 0.148}, "reduction", "figure"),
        ({"baseline_figure": 0.16}, "reduction", "baseline_figure"),
        ({"parts": {"mass": -0.01}}, "reduction", "parts"),
        ({"low": 0.04}, "reduction", "low"),
        ({"high": None}, "reduction", "high"),
        ({"published_figure": 0.2}, "reduction", "published_figure"),
        ({"baseline_period": "2023-01-01/2023-12-31"}, "reduction", "baseline_period"),
        ({"probability": 1.0}, "rule", "probability"),
        ({"required": 0.02}, "rule", "required"),
        ({"way": "by_feeling"}, "rule", "way"),
        ({"excluded": ("factor_update",)}, "rule", "excluded"),
        ({"facts": (Fact("peers", 1.0, "kg", "a list"),)}, "rule", "facts"),
    ],
)  # fmt: skip
def test_a_changed_reduction_is_found(changes: dict[str, Any], finding: str, field: str) -> None:
    told = found(bundles(), reduced(**changes))[finding]
    assert told.outcome == "fails"
    assert told.detail.en.startswith(f"{field}: ")
    assert told.detail.complete


def test_an_unchanged_one_holds() -> None:
    told = found(bundles(), reduced())
    assert [(key, one.outcome) for key, one in told.items()] == [
        ("baseline", "not_checked"), ("reduction", "holds"), ("rule", "holds"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"baseline": bytes(redact(sealed(EARLIER), {"site"}))}, "not_checked"),
        ({"baseline": b"PK nothing"}, "fails"),
        ({"baseline": bytes(with_manifest(sealed(EARLIER), software="another"))}, "fails"),
        ({"bundle": bytes(sealed(EARLIER))}, "fails"),
    ],
)
def test_bundles_that_do_not_fit(files: dict[str, bytes], outcome: str) -> None:
    assert found(bundles(**files), reduced())["reduction"].outcome == outcome


def test_a_rule_of_another_version_is_not_at_hand() -> None:
    claim = reduced()
    other = attrs.evolve(claim, programme=attrs.evolve(claim.programme, digest="sha256:" + "0" * 64))
    assert profile_of(other) is None
    told = found(bundles(programme=b'[programme]\nid = "x"\n'), other)["rule"]
    assert (told.outcome, "is not at hand" in told.detail.en) == ("not_checked", True)


def test_facts_are_the_word_of_the_verifier() -> None:
    told = found(bundles(), reduced(facts=(Fact("peers", 0.2, "kg", "a list"),)))["facts"]
    assert told.outcome == "not_checked"
    assert told.detail.en == "Example verification body vouches for peers = 0.2 kg (a list)"


@pytest.mark.parametrize(
    ("changes", "finding"),
    [
        ({"percentile": 1.0}, "grade"), ({"low": 0.0}, "grade"), ({"high": 99.0}, "grade"), ({"count": 13}, "grade"),
        ({"holders": 13}, "grade"), ({"version": 2}, "grade"), ({"as_of": "2026-12-31"}, "grade"),
        ({"comparability_class": "cc-0123456789abcdef"}, "grade"), ({"grade": "A+"}, "rule"), ({"grade": "A"}, "holds"),
    ],
)  # fmt: skip
def test_a_changed_grade_is_found(changes: dict[str, Any], finding: str) -> None:
    files = LabelFiles(benchmark=population().content)
    claim = graded(**changes)
    told = {key: one.outcome for key, one in found(files, claim).items()}
    if finding == "holds":
        assert told == {"grade": "holds", "rule": "holds", "members": "not_checked"}
    else:
        assert told[finding] == "fails"


def test_members_are_held_against_their_claims() -> None:
    claims = {one.number: one for one in (labelled(100 + place, float(place)) for place in range(1, 13))}
    contents = {number: bytes(claim) for number, claim in claims.items()}
    files = LabelFiles(benchmark=population().content, members=contents)
    assert found(files, graded())["members"].outcome == "holds"
    number = next(iter(contents))
    lower = attrs.evolve(claims[number], validity=attrs.evolve(claims[number].validity, until="2030-01-01"))
    told = found(attrs.evolve(files, members={**contents, number: bytes(lower)}), graded())["members"]
    assert (told.outcome, number in told.detail.en) == ("fails", True)
    assert (
        found(attrs.evolve(files, members={**contents, number: b"?"}), graded())["members"].outcome == "fails"
    )


def test_a_footprint_needs_none_of_it() -> None:
    assert found(bundles(), labelled(1, 1.0)) == {}


def test_the_published_profile_is_taken_before_the_packaged_one() -> None:
    claim = reduced()
    assert profile_of(claim) is load_programme("demonstration")
