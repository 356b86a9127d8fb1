"""Every lint fails for one broken fact, and then it alone."""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
import pytest
from tests.unit.footprint.builders import grave, material, part, study
from tests.unit.label.builders import VALIDITY, VERIFICATION, sealed

from cradlemark.core.language import Text
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.label.claim import Claim, Fact, Grade, Programme, Reduction, stated
from cradlemark.label.comparability import comparability_class, figure_of
from cradlemark.label.derive import (
    GRADE_LIMIT,
    LIMITS,
    PARTIAL,
    REDUCTION_LIMIT,
    footprint_claim,
    unverified_limit,
)
from cradlemark.label.lints import LINTS, PROGRAMME_LINTS, lint_claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_reader import load_programme

DEMO = load_programme("demonstration")
BASE = "DEMO"


def profile_of(found: ProgrammeProfile) -> Programme:
    return Programme(found.id, found.name, found.digest, demonstration=found.demonstration)


@cache
def whole() -> Claim:
    """A footprint claim of a whole life cycle, without a flaw."""
    return made(grave(part("body", material("steel", 0.5))))


@cache
def partial() -> Claim:
    """One of cradle to gate."""
    return made(study(part("body", material("steel", 0.5))))


@cache
def chinese() -> Claim:
    """One under GB/T 24067."""
    basis = attrs.evolve(whole().basis, rule_pack="gb-t-24067-2024")
    return attrs.evolve(whole(), basis=basis, quality=attrs.evolve(whole().quality, rating=2.0))


def made(wanted: Any) -> Claim:
    found = footprint_claim(
        sealed(wanted), number=LabelNumber(DEMO.mark, 63), programme=profile_of(DEMO), verification=VERIFICATION,
        validity=VALIDITY, bundle="sha256:" + "3" * 64, classification=("CPC 46212",),
    )  # fmt: skip
    return attrs.evolve(found, product=attrs.evolve(found.product, models=("TB 2.5",)))


@cache
def reducing() -> Claim:
    """A reduction of 10 %, of which 2 % are grid drift."""
    figure = figure_of(whole())
    baseline = figure / 0.9
    parts = {"mass": -0.08 * baseline, "grid": figure - baseline + 0.08 * baseline}
    found = Reduction(
        str(LabelNumber(DEMO.mark, 7)), "sha256:" + "5" * 64, baseline, figure, -parts["mass"] / baseline, 0.03, 0.95,
        ("grid", "factor_update"), parts, low=0.05, high=0.11, baseline_period="2023", way="own_baseline",
        baseline_bundle="sha256:" + "4" * 64,
    )  # fmt: skip
    return attrs.evolve(whole(), kind="reduction", reduction=found, limits=(*whole().limits, REDUCTION_LIMIT))


@cache
def graded() -> Claim:
    found = Grade("A", comparability_class(whole()).id, "sha256:" + "6" * 64, 40, 12.5, 4.2, 26.8, holders=12, version=2, as_of="2026-11-01")  # fmt: skip
    return attrs.evolve(whole(), kind="grade", grade=found, limits=(*whole().limits, GRADE_LIMIT))


def part_of(which: str, /, **changes: Any) -> Callable[[Claim], Claim]:
    """Change some fields of one part of a claim."""
    return lambda claim: attrs.evolve(claim, **{which: attrs.evolve(getattr(claim, which), **changes)})


def field(**changes: Any) -> Callable[[Claim], Claim]:
    return lambda claim: attrs.evolve(claim, **changes)


def of_value(name: str, **changes: Any) -> Callable[[Claim], Claim]:
    def change(claim: Claim) -> Claim:
        value = attrs.evolve(getattr(claim.values, name), **changes)
        return attrs.evolve(claim, values=attrs.evolve(claim.values, **{name: value}))

    return change


def stages(change: Callable[[dict[str, tuple[float, ...]]], Any]) -> Callable[[Claim], Claim]:
    def changed(claim: Claim) -> Claim:
        rows = dict(claim.values.by_stage)
        change(rows)
        return attrs.evolve(claim, values=attrs.evolve(claim.values, by_stage=rows))

    return changed


def without(limit: Text) -> Callable[[Claim], Claim]:
    return lambda claim: attrs.evolve(claim, limits=tuple(text for text in claim.limits if text != limit))


def small(claim: Claim) -> Claim:
    """A reduction of 1 %, in itself without a flaw."""
    figure = figure_of(claim)
    baseline = figure / 0.99
    parts = {"mass": figure - baseline}
    assert claim.reduction
    found = attrs.evolve(
        claim.reduction,
        baseline_figure=baseline,
        parts=parts,
        reduction=-parts["mass"] / baseline,
        low=0.0,
        high=0.02,
    )
    return attrs.evolve(claim, reduction=found)


def counts_the_grid(claim: Claim) -> Claim:
    found = claim.reduction
    assert found
    whole_share = -math.fsum(found.parts.values()) / found.baseline_figure
    return attrs.evolve(claim, reduction=attrs.evolve(found, excluded=(), reduction=whole_share))


def dirtier(claim: Claim) -> Claim:
    """The grid took back more than was saved."""
    found = claim.reduction
    assert found
    baseline = found.figure / 1.05
    parts = {"mass": -0.08 * baseline, "grid": found.figure - baseline + 0.08 * baseline}
    return attrs.evolve(claim, reduction=attrs.evolve(found, baseline_figure=baseline, parts=parts))


def nowhere(rows: dict[str, tuple[float, ...]]) -> None:
    rows["B6"] = tuple(0.0 for _ in ORIGINS)


BROKEN: tuple[tuple[str, Callable[[], Claim], Callable[[Claim], Claim]], ...] = (
    ("iso-14067-unit", partial, part_of("unit", declared_amount=0.0)),
    ("iso-14067-unit", whole, part_of("unit", functional_unit=Text())),
    ("iso-14067-gate-and-life-cycle", whole, part_of("values", life_cycle=None)),
    ("iso-14067-gate-and-life-cycle", partial, part_of("values", beyond_boundary=-0.1)),
    ("iso-14067-stages", whole, stages(lambda rows: rows.pop("B7"))),
    ("iso-14067-stages", partial, stages(nowhere)),
    ("iso-14067-partial", partial, without(PARTIAL)),
    ("iso-14067-sums", partial, stages(lambda rows: rows.update(A1=(9.0, *rows["A1"][1:])))),
    ("iso-14067-sums", whole, stages(lambda rows: rows.update(C4=(1.0, *rows["C4"][1:])))),
    ("iso-14067-origins", whole, part_of("values", origins=ORIGINS[::-1])),
    ("iso-14067-origins", whole, stages(lambda rows: rows.update(B1=(0.0,)))),
    ("iso-14067-module-d", whole, stages(lambda rows: rows.update(D=rows["C4"]))),
    ("iso-14067-gwp", whole, part_of("basis", gwp_set="AR4")),
    ("iso-14067-offset", whole, without(LIMITS[2])),
    ("iso-14067-single-issue", whole, without(LIMITS[0])),
    ("iso-14067-electricity", whole, part_of("values", other_basis={"gate": 1.0})),
    ("iso-14067-period", whole, part_of("basis", period="2025-07-01/2025-12-31")),
    ("iso-14067-period", whole, part_of("basis", period="lately")),
    ("iso-14067-tracking", reducing, lambda c: part_of("reduction", parts={**c.reduction.parts, "grid": -0.001})(c)),  # type: ignore[union-attr]
    ("iso-14026-comparison", whole, without(LIMITS[1])),
    ("iso-14026-names", whole, part_of("holder", name=Text())),
    ("iso-14026-names", whole, part_of("product", name=Text())),
    ("iso-14026-verifier", whole, part_of("verification", verifier=Text())),
    ("gb-t-24067-chinese", chinese, part_of("product", name=Text("Block"))),
    ("gb-t-24067-cut-off", chinese, part_of("quality", cut_off_share=0.06)),
    ("gb-t-24067-cut-off", chinese, part_of("quality", cut_off_share=None)),
    ("gb-t-24067-quality", chinese, part_of("quality", rating=None)),
    ("pact-unit", whole, part_of("unit", declared_unit="dozen")),
    ("pact-validity", whole, part_of("basis", period="2024-01/2024-12")),
    ("pact-ratings", whole, part_of("quality", temporal=6.0)),
    ("pact-mass", whole, part_of("unit", mass=0.0)),
    ("cradlemark-stated", whole, of_value("gate", stated="1.01")),
    ("cradlemark-stated", whole, of_value("life_cycle", stated_unit="t")),
    ("cradlemark-interval", whole, of_value("gate", low=1.2)),
    ("cradlemark-interval", whole, of_value("life_cycle", high=None)),
    ("cradlemark-digests", whole, part_of("digests", bundle="sha256:123")),
    ("cradlemark-digests", whole, part_of("verification", statement_digest="")),
    ("cradlemark-digests", whole, part_of("basis", databases=(("a", "1", "md5:0"),))),
    ("cradlemark-digests", reducing, part_of("reduction", baseline_digest="x")),
    ("cradlemark-digests", reducing, part_of("reduction", baseline_bundle="")),
    ("cradlemark-digests", graded, part_of("grade", benchmark="x")),
    ("cradlemark-texts", whole, part_of("holder", name=Text("Works"))),
    ("cradlemark-texts", whole, field(limits=(*LIMITS, Text(zh="另注")))),
    ("cradlemark-days", whole, part_of("verification", date="2026-02-30")),
    ("cradlemark-days", partial, part_of("validity", surveillance=("2027-11-28", "2028-11-28"), until="2028-11-27")),
    ("cradlemark-verified-first", whole, part_of("verification", date="2026-11-29")),
    ("cradlemark-opinion", whole, part_of("verification", opinion="modified")),
    ("cradlemark-data-age", whole, part_of("basis", period="2022")),
    ("cradlemark-data-age", whole, part_of("basis", period="2026")),
    ("cradlemark-unverified", whole, part_of("quality", unverified_share=0.2)),
    ("cradlemark-shares", whole, part_of("quality", primary_share=1.1)),
    ("cradlemark-shares", whole, part_of("verification", materiality=5.0)),
    ("cradlemark-finite", whole, part_of("unit", service_life=math.inf)),
    ("cradlemark-kind", whole, field(grade=graded().grade)),
    ("cradlemark-kind", reducing, field(reduction=None)),
    ("cradlemark-kind-limit", reducing, without(REDUCTION_LIMIT)),
    ("cradlemark-kind-limit", graded, without(GRADE_LIMIT)),
    ("cradlemark-previous", whole, field(previous=whole().number)),
    ("cradlemark-previous", whole, field(previous=str(LabelNumber("OTHER", 3)))),
    ("cradlemark-previous", whole, field(previous="seventh")),
    ("cradlemark-gtin", whole, part_of("product", gtin="4006381333932")),
    ("cradlemark-models", whole, part_of("product", models=())),
    ("cradlemark-grade-band", graded, part_of("grade", low=20.0)),
    ("cradlemark-grade-population", graded, part_of("grade", holders=41)),
    ("cradlemark-grade-population", graded, part_of("grade", version=0)),
    ("cradlemark-grade-population", graded, part_of("grade", as_of="2026-11-29")),
    ("cradlemark-grade-population", graded, part_of("grade", as_of="")),
    ("cradlemark-grade-class", graded, part_of("grade", comparability_class="cc-0")),
    ("cradlemark-grade-class", graded, part_of("product", classification=())),
    ("cradlemark-reduction-baseline", reducing, part_of("reduction", baseline="")),
    ("cradlemark-reduction-baseline", reducing, part_of("reduction", baseline="seventh")),
    ("cradlemark-reduction-baseline", reducing, lambda c: part_of("reduction", baseline=c.number)(c)),
    ("cradlemark-reduction-figure", reducing, lambda c: part_of("reduction", figure=math.nextafter(figure_of(c), 0.0))(c)),
    ("cradlemark-reduction-counted", reducing, part_of("reduction", reduction=0.1)),
    ("cradlemark-reduction-lower", reducing, dirtier),
    ("cradlemark-reduction-bundle", reducing, lambda c: part_of("reduction", baseline_bundle=c.digests.bundle)(c)),
    ("cradlemark-reduction-facts", reducing, part_of("reduction", facts=(Fact("weather", 1.0, "1", "a list"),))),
    ("cradlemark-reduction-facts", reducing, part_of("reduction", facts=(Fact("peers", 1.0, "g", "a list"),))),
    ("cradlemark-reduction-facts", reducing, part_of("reduction", facts=(Fact("peers", 1.0, "kg", ""),))),
    ("cradlemark-reduction-causes", reducing, part_of("reduction", excluded=("grid", "factor_update", "weather"))),
    ("cradlemark-reduction-chance", reducing, part_of("reduction", probability=1.5)),
    ("cradlemark-reduction-chance", reducing, part_of("reduction", low=None)),
    ("cradlemark-reduction-chance", reducing, part_of("reduction", low=0.2)),
    ("programme-identity", whole, part_of("programme", digest="sha256:" + "0" * 64)),
    ("programme-identity", whole, part_of("programme", demonstration=False)),
    ("programme-mark", whole, field(number=str(LabelNumber("OTHER", 63)))),
    ("programme-kind", whole, field(kind="climate_neutral")),
    ("programme-validity", partial, part_of("validity", until="2028-11-28")),
    ("programme-surveillance", whole, part_of("validity", surveillance=())),
    ("programme-rule-pack", whole, part_of("basis", rule_pack="own-rules")),
    ("programme-excluded", reducing, counts_the_grid),
    ("programme-required", reducing, part_of("reduction", required=0.02)),
    ("programme-required", reducing, part_of("reduction", way="by_feeling")),
    ("programme-reached", reducing, small),
    ("programme-probability", reducing, part_of("reduction", probability=0.89)),
    ("programme-window", reducing, part_of("reduction", baseline_period="2019")),
    ("programme-window", reducing, part_of("reduction", baseline_period="")),
    ("programme-population", graded, part_of("grade", count=9, holders=9)),
    ("programme-population", graded, part_of("grade", holders=2)),
    ("programme-step", graded, part_of("grade", grade="B")),
)  # fmt: skip


@pytest.mark.parametrize("claim", [whole, partial, chinese, reducing, graded])
def test_claims_without_a_flaw(claim: Callable[[], Claim]) -> None:
    assert lint_claim(claim(), DEMO) == ()


@pytest.mark.parametrize(("name", "claim", "breaks"), BROKEN)
def test_one_broken_fact_fails_one_lint(
    name: str, claim: Callable[[], Claim], breaks: Callable[[Claim], Claim]
) -> None:
    found = lint_claim(breaks(claim()), DEMO)
    assert {finding.rule for finding in found} == {name}
    for finding in found:
        assert finding.message.complete
        assert finding.where
        assert finding.clause


def test_a_lower_assurance_than_asked_for() -> None:
    strict = load_programme("epd-type")
    kind = attrs.evolve(DEMO.claims["footprint"], assurance="reasonable")
    demanding = attrs.evolve(DEMO, claims={**DEMO.claims, "footprint": kind})
    assert [finding.rule for finding in lint_claim(whole(), demanding)] == ["programme-assurance"]
    assert "programme-identity" in {finding.rule for finding in lint_claim(whole(), strict)}


def test_a_baseline_that_is_not_positive() -> None:
    found = lint_claim(
        attrs.evolve(reducing(), reduction=attrs.evolve(reducing().reduction, baseline_figure=0.0, parts={"mass": figure_of(whole())})),
        DEMO,
    )  # fmt: skip
    assert {finding.rule for finding in found} == {"cradlemark-reduction-positive"}


def test_every_lint_is_broken_by_a_test() -> None:
    elsewhere = {"programme-assurance", "cradlemark-reduction-positive", "iso-14026-rules"}
    tested = {name for name, _, _ in BROKEN} | elsewhere
    assert {lint.id for lint in (*LINTS, *PROGRAMME_LINTS)} == tested


def test_ids_are_unique_and_texts_complete() -> None:
    everything = [*LINTS, *PROGRAMME_LINTS]
    assert len({lint.id for lint in everything}) == len(everything)
    assert all(lint.title.complete for lint in everything)


def test_without_a_profile_the_programme_is_left_out() -> None:
    assert lint_claim(attrs.evolve(whole(), number=str(LabelNumber("OTHER", 63)))) == ()


def test_unverified_factors_are_said_and_the_limit_is_rounded_up() -> None:
    quality = attrs.evolve(whole().quality, unverified_share=0.0001)
    said = attrs.evolve(whole(), quality=quality, limits=(*whole().limits, unverified_limit(0.0001)))
    assert lint_claim(said, DEMO) == ()
    assert unverified_limit(0.0001).en.startswith("0.1 %")


def test_errors_come_first() -> None:
    broken = part_of("unit", mass=0.0)(part_of("verification", opinion="modified")(whole()))
    assert [finding.severity for finding in lint_claim(broken, DEMO)] == ["error", "warning"]


def test_figures_of_the_builders_are_rounded_as_stated() -> None:
    value = whole().values.gate
    assert stated(value.figure) == (value.stated, value.stated_unit)
    assert datetime.date.fromisoformat(whole().validity.until)
