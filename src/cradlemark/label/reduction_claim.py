"""From a tracked product and the verdict of a programme to the reduction claim of a label."""

from __future__ import annotations

import attrs

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.footprint.reduction import Tracking
from cradlemark.label.claim import Claim, Reduction
from cradlemark.label.reduction_verdicts import Baseline, ProgrammeVerdict

LIMIT = Text(
    "The reduction is against the holder's own baseline, under the rules and data of today; nothing is offset.",
    "减排以持有人自身基线为准，按现行规则和数据计算；未作任何抵消。",
)
"""What a reduction claim says besides."""


def reduction_claim(
    footprint: Claim, *, tracking: Tracking, verdict: ProgrammeVerdict, baseline: Baseline
) -> Claim:
    """Make the reduction claim out of the footprint claim of today's result.

    Parameters
    ----------
    footprint : Claim
        Of the result that was tracked, under the programme of the verdict.
    verdict : ProgrammeVerdict
        Has to be ``met``.

    Raises
    ------
    StateError
        ``reduction-not-met``; ``claim-mismatch`` when claim, tracking and verdict are not of one result and programme.
    """
    if verdict.outcome != "met":
        reasons = "; ".join(reason.en for reason in verdict.reasons) or verdict.outcome
        raise StateError(
            f"programme {verdict.programme} does not grant the reduction: {reasons}", code="reduction-not-met",
            where=tracking.today.subject.study, hint="see cradlemark label reduction BASELINE TODAY",
        )  # fmt: skip
    if (footprint.digests.result, footprint.programme.id) != (tracking.today.digest, verdict.programme):
        raise StateError(
            "the claim is of another result or programme than the reduction", code="claim-mismatch",
            where=footprint.number, hint="derive both from the same sealed study and programme",
        )  # fmt: skip
    return attrs.evolve(
        footprint,
        kind="reduction",
        reduction=reduction_of(tracking, verdict, baseline),
        limits=(*footprint.limits, LIMIT),
    )


def reduction_of(tracking: Tracking, verdict: ProgrammeVerdict, baseline: Baseline) -> Reduction:
    """Return the reduction as the claim states it."""
    way = next(way for way in verdict.ways if way.outcome == "met")
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
    )
