"""What a programme grants: footprints, reductions and grades from sealed bundles, held against all lints before a number is given."""

from __future__ import annotations

import datetime
import json
import math
from typing import Any

import attrs
import pytest
from tests.unit.label.builders import VERIFICATION
from tests.unit.label.bundles import EARLIER, other_holder, other_rules, sealed, with_manifest, with_parts

from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import CradlemarkError, InputError, RuleError, StateError, TrustError
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.footprint.bundle.redact import redact
from cradlemark.footprint.bundle.track import track_bundles
from cradlemark.label.baseline import refuse_other_subject, stated_baseline
from cradlemark.label.claim import Claim, ClaimKind, Fact, read_claim
from cradlemark.label.grade import graded
from cradlemark.label.granting import grant
from cradlemark.label.granting_reduction import reduced
from cradlemark.label.lints import lint_claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_reader import load_programme, programme_ids
from cradlemark.label.reduction_verdicts import Baseline
from cradlemark.label.verification_document import VerifiedStatement

DEMO = load_programme("demonstration")
TODAY = datetime.date(2026, 11, 28)


def against(bundle: Bundle) -> Baseline:
    return Baseline("label", "DEMO-000001-FV", "sha256:" + "4" * 64, bundle.digest)


def reduction(
    before: Bundle, now: Bundle, programme: ProgrammeProfile = DEMO, facts: tuple[Fact, ...] = ()
) -> Claim:
    finish = reduced(now, before, against=against(before), programme=programme, facts=facts)
    number = LabelNumber(programme.mark, 5)
    return grant(now, programme, VERIFICATION, today=TODAY, kind="reduction", finish=finish)(number)


def refused(before: Bundle, now: Bundle, **options: Any) -> CradlemarkError:
    with pytest.raises(CradlemarkError) as caught:
        reduction(before, now, **options)
    return caught.value


class TestFootprints:
    def test_the_claim_is_classified_and_without_a_flaw(self) -> None:
        claim = grant(sealed(), DEMO, VERIFICATION, today=TODAY)(LabelNumber("DEMO", 5))
        assert claim.product.classification == ("CPC 46212", "HS 853690")
        assert lint_claim(claim, DEMO) == ()
        assert "rests on factors that are not verified" in claim.limits[-1].en

    def test_a_flawed_claim_is_refused_with_every_lint(self) -> None:
        doubtful = attrs.evolve(VERIFICATION, opinion="modified", statement_digest="none")
        with pytest.raises(RuleError) as caught:
            grant(sealed(), DEMO, doubtful, today=TODAY)
        assert caught.value.code == "claim-lint"
        assert "[cradlemark-opinion]" in caught.value.message.en
        assert "[cradlemark-digests]" in caught.value.message.en

    def test_a_redacted_bundle_is_not_enough(self) -> None:
        with pytest.raises(InputError, match="lines of it are hidden"):
            grant(redact(sealed(), {"components"}), DEMO, VERIFICATION, today=TODAY)


class TestKinds:
    @pytest.mark.parametrize("kind", ["reduction", "grade"])
    @pytest.mark.parametrize("name", programme_ids())
    def test_a_programme_without_the_kind_refuses_with_its_reason(self, name: str, kind: ClaimKind) -> None:
        programme = load_programme(name)
        claim_type = programme.claims.get(kind)
        if claim_type is not None and claim_type.running:
            assert programme.reduction if kind == "reduction" else programme.grade
            return
        with pytest.raises(RuleError) as caught:
            grant(sealed(), programme, VERIFICATION, today=TODAY, kind=kind)
        assert caught.value.code == "claim-kind"
        why = claim_type.validity.source if claim_type else "it has no such claim"
        assert why in caught.value.message.en
        assert "footprint" in caught.value.hint.en


class TestReductions:
    def test_both_studies_stand_in_the_claim(self) -> None:
        before, now = sealed(EARLIER), sealed()
        claim = reduction(before, now)
        assert lint_claim(claim, DEMO) == ()
        assert read_claim(bytes(claim)) == claim
        stated = claim.reduction
        assert stated is not None
        assert (stated.baseline_bundle, claim.digests.bundle) == (before.digest, now.digest)
        assert (stated.baseline_period, claim.basis.period[:4]) == ("2024-01-01/2024-12-31", "2025")
        assert stated.reduction == pytest.approx(0.0501, abs=5e-5)
        assert stated.probability >= 0.9 > 0.03 == stated.required
        assert math.fsum(stated.parts.values()) == pytest.approx(
            stated.figure - stated.baseline_figure, rel=1e-9
        )
        assert (claim.validity.until, claim.validity.surveillance) == ("2028-11-27", ())

    def test_the_same_two_bundles_give_the_same_claim(self) -> None:
        assert reduction(sealed(EARLIER), sealed()).digest == reduction(sealed(EARLIER), sealed()).digest

    def test_a_baseline_under_other_rules_is_calculated_anew(self) -> None:
        plain = reduction(sealed(EARLIER), sealed()).reduction
        anew = reduction(sealed(EARLIER, change=other_rules), sealed()).reduction
        assert plain is not None
        assert anew is not None
        assert (plain.published_figure, plain.baseline_figure) == (None, anew.baseline_figure)
        assert anew.published_figure is not None

    def test_a_study_is_no_reduction_against_itself(self) -> None:
        error = refused(sealed(), sealed())
        assert (error.code, "0.00 % does not fulfil it" in error.message.en) == ("reduction-not-met", True)

    def test_an_increase_is_refused_with_its_figure(self) -> None:
        error = refused(sealed(EARLIER), sealed("factors-high"))
        assert (error.code, "[cradlemark-reduction-lower]" in error.message.en) == ("claim-lint", True)
        error = refused(sealed("other-supplier"), sealed())
        assert (error.code, "-0.88 % does not fulfil it" in error.message.en) == ("reduction-not-met", True)

    def test_another_product_is_not_tracked(self) -> None:
        error = refused(sealed(EARLIER, change=other_holder), sealed())
        assert (error.code, "holder: Another works" in error.message.en) == ("not-trackable", True)

    def test_time_runs_forwards(self) -> None:
        assert "order of the data periods" in refused(sealed(), sealed(EARLIER)).message.en

    def test_draws_that_do_not_pair_are_refused(self) -> None:
        assert refused(sealed(EARLIER, draws=300), sealed()).code == "bundle-draws"

    def test_without_draws_nothing_is_granted(self) -> None:
        error = refused(sealed(EARLIER, draws=0), sealed(draws=0))
        assert (error.code, "no probability" in error.message.en) == ("reduction-not-met", True)

    def test_a_baseline_that_does_not_give_its_own_result_is_refused(self) -> None:
        before = sealed(EARLIER)
        tables = json.loads(before.parts["datasets.json"])
        copper = next(one for table in tables for one in table["datasets"] if one["id"] == "x-cu-cathode-ica")
        copper["climate"]["co2e"][0] *= 2.0
        forged = with_parts(before, **{"datasets.json": canonical_json(tables)})
        with pytest.raises(TrustError, match="the bundle of the baseline does not give") as caught:
            reduction(forged, sealed())
        assert caught.value.code == "bundle-differs"

    def test_a_redacted_baseline_is_not_enough(self) -> None:
        assert "lines of it are hidden" in refused(redact(sealed(EARLIER), {"site"}), sealed()).message.en

    @pytest.mark.parametrize("about", [{"draws": None}, {"draws": "many"}, {"seed": 1.5}])
    def test_a_manifest_without_draws_is_unreadable(self, about: dict[str, Any]) -> None:
        with pytest.raises(InputError) as caught:
            track_bundles(sealed(EARLIER), with_manifest(sealed(), **about))
        assert caught.value.code == "bundle-unreadable"

    def test_what_the_program_is_called_changes_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Sealed by one version of the program, granted by the next one."""
        before, now = sealed(EARLIER), sealed()
        plain = reduction(before, now)
        monkeypatch.setattr("cradlemark.footprint.calculate.__version__", "99.0")
        assert reduction(before, now) == plain


class TestFacts:
    PEERS = Fact("peers", 0.2, "kg", "list of certified products")

    def test_a_rule_about_others_needs_facts_and_states_them(self) -> None:
        korean = load_programme("kr-style")
        small, now = sealed("other-supplier", change=other_rules), sealed("green-power", change=other_rules)
        missing = refused(small, now, programme=korean)
        assert (missing.code, "peers" in missing.message.en) == ("reduction-undecided", True)
        claim = reduction(small, now, korean, (self.PEERS, Fact("benchmark", 9.0, "kg", "not asked for")))
        assert claim.reduction is not None
        assert (claim.reduction.way, claim.reduction.facts) == ("below_peers", (self.PEERS,))
        assert {finding.severity for finding in lint_claim(claim, korean)} <= {"warning"}
        assert "below that of others" in claim.limits[-1].en

    def test_a_plan_that_is_published(self) -> None:
        british = load_programme("uk-style")
        plan = Fact("plan_published", 1.0, "1", "https://example.org/plan")
        before, now = sealed(EARLIER, change=other_rules), sealed(change=other_rules)
        assert reduction(before, now, british, (plan,)).reduction is not None
        unpublished = attrs.evolve(plan, value=0.0)
        assert (
            refused(before, now, programme=british, facts=(unpublished,)).code == "reduction-undecided"
        )  # the market leader is not known


class TestStatements:
    def statement(self, **changes: Any) -> VerifiedStatement:
        made = VerifiedStatement(VERIFICATION, sealed(EARLIER).digest)
        return attrs.evolve(made, **changes)

    def stated(self, statement: VerifiedStatement, programme: str = "demonstration") -> Baseline:
        claim_type = load_programme(programme).claims["footprint"]
        return stated_baseline(
            statement, sealed(EARLIER), digest="sha256:" + "7" * 64, claim_type=claim_type, today=TODAY
        )

    def test_what_a_verifier_says_of_a_bundle_is_a_baseline(self) -> None:
        found = self.stated(self.statement())
        assert found == Baseline(
            "statement", "example-body, 2026-11-20", "sha256:" + "7" * 64, sealed(EARLIER).digest
        )

    @pytest.mark.parametrize(
        ("changes", "programme", "code"),
        [
            ({"bundle": ""}, "demonstration", "verification-subject"),
            ({"bundle": "sha256:" + "0" * 64}, "demonstration", "verification-subject"),
            ({"verification": attrs.evolve(VERIFICATION, opinion="modified")}, "demonstration", "verification-opinion"),
            ({"verification": attrs.evolve(VERIFICATION, date="2026-11-29")}, "demonstration", "verification-date"),
            ({}, "cn-national-style", "programme-assurance"),
        ],
    )  # fmt: skip
    def test_a_weaker_one_is_not(self, changes: dict[str, Any], programme: str, code: str) -> None:
        with pytest.raises(RuleError) as caught:
            self.stated(self.statement(**changes), programme)
        assert caught.value.code == code

    def test_a_verification_that_names_its_bundle_is_of_that_one(self) -> None:
        refuse_other_subject(self.statement(), sealed(EARLIER))
        refuse_other_subject(self.statement(bundle=""), sealed())
        with pytest.raises(RuleError, match="the statement is about bundle"):
            refuse_other_subject(self.statement(), sealed())


class TestGrades:
    def test_a_grade_without_classification_is_refused(self) -> None:
        from tests.unit.label.test_grade import population

        finish = graded(population(), DEMO, on=TODAY)
        with pytest.raises(StateError) as caught:
            grant(sealed(), DEMO, VERIFICATION, today=TODAY, kind="grade", finish=finish)
        assert caught.value.code == "grade-refused"
        assert "functional unit" in caught.value.message.en
        assert "later than" in caught.value.message.en
