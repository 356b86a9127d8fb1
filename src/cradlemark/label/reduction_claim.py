"""From a tracked product and the verdict of a programme to the reduction claim of a label."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text, joined
from cradlemark.footprint.reduction import Tracking
from cradlemark.label.claim import Claim, Fact, Reduction
from cradlemark.label.comparability import figure_of
from cradlemark.label.derive import OTHERS_LIMIT, REDUCTION_LIMIT
from cradlemark.label.reduction_verdicts import Baseline, ProgrammeVerdict, WayVerdict


def reduction_claim(
    footprint: Claim, *, tracking: Tracking, verdict: ProgrammeVerdict, baseline: Baseline, facts: Sequence[Fact] = ()
) -> Claim:  # fmt: skip
    """Make the reduction claim out of the footprint claim of today's result.

    Parameters
    ----------
    footprint : Claim
        Of the result that was tracked, under the programme of the verdict.
    verdict : ProgrammeVerdict
        Has to be ``met``.
    facts : sequence of Fact
        What the verdict was given besides the two studies.

    Raises
    ------
    StateError
        ``reduction-not-met``; ``reduction-undecided`` while facts are missing that a verifier has to vouch for;
        ``claim-mismatch`` when claim, tracking and verdict are not of one result and programme.
    """
    if verdict.outcome != "met":
        reasons = joined(verdict.reasons) or Text(verdict.outcome)
        raise StateError(
            Text(f"programme {verdict.programme} does not grant the reduction: {reasons.en}", f"计划 {verdict.programme} 不授予该减排：{reasons['zh']}"),
            code="reduction-undecided" if verdict.awaited else "reduction-not-met",
            where=tracking.today.subject.study, hint=Text("see cradlemark label reduction BASELINE TODAY", "见 cradlemark label reduction BASELINE TODAY"),
        )  # fmt: skip
    today = tracking.today
    if (footprint.digests.study, figure_of(footprint), footprint.programme.id) != (
        today.versions.study, today.total, verdict.programme,
    ):  # fmt: skip
        raise StateError(
            Text("the claim is of another result or programme than the reduction", "该声明的结果或计划与减排不同"), code="claim-mismatch",
            where=footprint.number, hint=Text("derive both from the same sealed study and programme", "两者由同一封存的研究和计划得出"),
        )  # fmt: skip
    limit = REDUCTION_LIMIT if is_own(fulfilled(verdict).needs) else OTHERS_LIMIT
    return attrs.evolve(
        footprint,
        kind="reduction",
        reduction=reduction_of(tracking, verdict, baseline, facts),
        limits=(*footprint.limits, limit),
    )


def is_own(needs: Sequence[str]) -> bool:
    """Whether an alternative asks for a reduction against the own baseline, by the facts that it needs."""
    return "reduction" in needs


def fulfilled(verdict: ProgrammeVerdict) -> WayVerdict:
    """Return the first alternative that is met."""
    return next(way for way in verdict.ways if way.outcome == "met")


def reduction_of(
    tracking: Tracking, verdict: ProgrammeVerdict, baseline: Baseline, facts: Sequence[Fact] = ()
) -> Reduction:
    """Return the reduction as the claim states it."""
    way = fulfilled(verdict)
    return Reduction(
        baseline=baseline.reference,
        baseline_digest=baseline.digest,
        baseline_figure=tracking.baseline.total,
        figure=tracking.today.total,
        reduction=verdict.reduction,
        required=way.threshold or 0.0,
        probability=way.probability or 0.0,
        excluded=verdict.excluded,
        parts={cause: part for cause, part in tracking.decomposition.parts.items() if part},
        low=verdict.low,
        high=verdict.high,
        baseline_kind=baseline.kind,
        baseline_period=tracking.baseline.subject.period,
        published_figure=tracking.published.total if tracking.rebaselined else None,
        way=way.id,
        baseline_bundle=baseline.bundle,
        baseline_origin=baseline.origin,
        facts=tuple(fact for fact in facts if fact.id in way.needs),
    )
