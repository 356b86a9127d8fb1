"""What programmes make of a reduction: probability, baseline, window, missing facts; and the claim that follows."""

from __future__ import annotations

import math
from functools import cache
from typing import Any

import attrs
import pytest
from tests.unit.footprint.builders import NamesOnly, dataset, lognormal, material, model, part, study
from tests.unit.label.builders import PROGRAMME, VALIDITY, VERIFICATION

from cradlemark.core.errors import StateError
from cradlemark.core.periods import parse_period
from cradlemark.footprint.reduction import Tracking, track
from cradlemark.label.claim import Claim, read_claim
from cradlemark.label.derive import footprint_claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme_reader import load_programme, programme_ids
from cradlemark.label.reduction_claim import reduction_claim
from cradlemark.label.reduction_verdicts import Baseline, ProgrammeVerdict, verdicts

BASELINE = Baseline("label", "DEMO-00001Z-2K", "sha256:" + "4" * 64)
DEMONSTRATION = load_programme("demonstration")


@cache
def tracking(
    now: float = 0.9, *, gsd: float = 1.02, draws: int = 400, baseline: str = "2024", factor: float = 1.0
) -> Tracking:
    """Steel 1 kg before and `now` kg of another dataset of the same spread after."""
    more = (
        dataset("steel", 2.0, uncertainty=lognormal(gsd)),
        dataset("iron", 2.0 * factor, uncertainty=lognormal(gsd)),
    )
    before, after = (
        study(part("A", material(text, mass)), period=parse_period(period))
        for text, mass, period in (("steel", 1.0, baseline), ("iron", now, "2026"))
    )
    return track(model(before, *more), model(after, *more), draws=draws, finder=NamesOnly)


def asked(
    name: str, found: Tracking, baseline: Baseline | None = BASELINE, **facts: float
) -> ProgrammeVerdict:
    return verdicts(found, [load_programme(name)], baseline=baseline, facts=facts)[0]


def test_every_programme_answers() -> None:
    found = verdicts(tracking(), map(load_programme, programme_ids()), baseline=BASELINE)
    assert [verdict.programme for verdict in found] == list(programme_ids())
    assert {verdict.outcome for verdict in found} == {"met", "undecided", "no_rule"}
    assert all(reason.complete for verdict in found for reason in verdict.reasons)


def test_a_sure_reduction_is_met() -> None:
    verdict = asked("demonstration", tracking())
    assert verdict.outcome == "met"
    assert verdict.reduction == pytest.approx(0.1)
    assert verdict.required == 0.03
    assert verdict.probability is not None
    assert verdict.probability >= 0.9 == verdict.least
    assert not verdict.reasons


def test_an_unsure_one_is_not_although_the_figure_is_there() -> None:
    verdict = asked("demonstration", tracking(gsd=1.2))
    assert verdict.reduction == pytest.approx(0.1)
    assert verdict.outcome == "not_met"
    assert verdict.probability is not None
    assert 0.3 < verdict.probability < 0.9
    assert "with a probability of" in verdict.reasons[0].en
    assert verdict.ways[0].holds


def test_too_small_a_reduction_is_not_met() -> None:
    verdict = asked("demonstration", tracking(0.99))
    assert verdict.outcome == "not_met"
    assert verdict.reasons[0].en == "Own baseline: 1.00 % does not fulfil it"


def test_without_draws_nothing_is_decided() -> None:
    verdict = asked("demonstration", tracking(draws=0))
    assert (verdict.outcome, verdict.probability, verdict.low) == ("undecided", None, None)
    assert verdict.reasons[0].en == "there are no draws, so no probability"


def test_without_a_baseline_label_or_statement_nothing_is_claimed() -> None:
    verdict = asked("demonstration", tracking(), None)
    assert verdict.outcome == "undecided"
    assert "baseline_label" in verdict.missing
    assert "no baseline label" in verdict.reasons[0].en


def test_a_baseline_that_is_too_old() -> None:
    assert asked("tw-style", tracking(baseline="2021")).outcome == "met"
    verdict = asked("tw-style", tracking(baseline="2020"))
    assert verdict.outcome == "not_met"
    assert verdict.reasons[0].en == "the baseline is 72 months old, at most 60 are allowed"


def test_facts_that_studies_do_not_tell() -> None:
    unsure = tracking(0.99)
    verdict = asked("kr-style", unsure)
    assert (verdict.outcome, verdict.missing) == ("undecided", ("peers",))
    assert asked("kr-style", unsure, peers=2.5).outcome == "met"
    assert asked("kr-style", unsure, peers=1.9).outcome == "not_met"


def test_a_condition_on_peers_needs_its_probability_too() -> None:
    """Half of the draws are below a mean that is the figure itself."""
    verdict = asked("kr-style", tracking(0.99), peers=1.9801)
    assert verdict.outcome == "not_met"
    assert verdict.probability == pytest.approx(0.5, abs=0.1)


def test_what_lies_above_the_benchmark_is_held_without_what_may_not_count() -> None:
    """Only the factor fell: the product is as it was, whatever the benchmark says."""
    more = [dataset("steel", value, uncertainty=lognormal(1.02)) for value in (2.0, 1.5)]
    same = study(part("A", material("steel", 1.0)))
    found = track(model(same, more[0]), model(same, more[1]), draws=200, finder=NamesOnly, as_published=True)
    assert found.reduction() == pytest.approx(0.25)
    verdict = asked("th-style", found, benchmark=1.8)
    assert (verdict.outcome, verdict.reduction) == ("not_met", pytest.approx(0.0))


def claimed(found: Tracking, **changes: Any) -> Claim:
    ready = attrs.evolve(found.today, findings=())
    made = footprint_claim(
        ready, number=LabelNumber("DEMO", 64), programme=attrs.evolve(PROGRAMME, id=DEMONSTRATION.id),
        verification=VERIFICATION, validity=VALIDITY, bundle="sha256:" + "3" * 64,
    )  # fmt: skip
    return attrs.evolve(made, **changes)


def test_the_claim_takes_everything_over() -> None:
    found = tracking()
    verdict = asked("demonstration", found)
    made = reduction_claim(claimed(found), tracking=found, verdict=verdict, baseline=BASELINE)
    assert made.kind == "reduction"
    assert read_claim(bytes(made)) == made
    stated = made.reduction
    assert stated is not None
    assert math.fsum(stated.parts.values()) == pytest.approx(
        stated.figure - stated.baseline_figure, rel=1e-12
    )
    assert stated.reduction == pytest.approx(0.1)
    assert (stated.baseline, stated.baseline_digest, stated.excluded) == (
        BASELINE.reference,
        BASELINE.digest,
        ("grid", "factor_update"),
    )
    assert stated.published_figure is None
    assert "own baseline" in made.limits[-1].en


def test_no_claim_without_the_verdict_or_of_another_result() -> None:
    found = tracking()
    with pytest.raises(StateError) as caught:
        reduction_claim(
            claimed(found), tracking=found, verdict=asked("demonstration", tracking(0.99)), baseline=BASELINE
        )
    assert caught.value.code == "reduction-not-met"
    verdict = asked("demonstration", found)
    with pytest.raises(StateError) as caught:
        reduction_claim(claimed(tracking(0.91)), tracking=found, verdict=verdict, baseline=BASELINE)
    assert caught.value.code == "claim-mismatch"
