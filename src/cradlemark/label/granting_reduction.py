"""What a reduction claim says beyond the footprint: both sealed studies recomputed, tracked, held against the programme's rule."""

from __future__ import annotations

from collections.abc import Sequence

from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.footprint.bundle.track import track_bundles
from cradlemark.label.claim import Claim, Fact
from cradlemark.label.granting import Finish, recomputed
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import granted_type
from cradlemark.label.reduction_claim import reduction_claim
from cradlemark.label.reduction_verdicts import Baseline, verdicts


def reduced(
    bundle: Bundle, baseline: Bundle, *, against: Baseline, programme: ProgrammeProfile, facts: Sequence[Fact] = ()
) -> Finish:  # fmt: skip
    """Return what makes a footprint claim of `bundle` a reduction claim.

    Parameters
    ----------
    bundle, baseline : Bundle
        Sealed studies of today and before.
    against : Baseline
        Label or statement that vouches for `baseline`.
    facts : sequence of Fact
        What a verifier vouches for besides.

    Raises
    ------
    RuleError
        ``claim-kind``, ``not-trackable``, ``rebaseline-failed``, ``bundle-draws``.
    TrustError
        ``bundle-differs`` when the baseline does not give its own result again.
    """
    granted_type(programme, "reduction")
    recomputed(baseline, what=Text("bundle of the baseline", "基线研究包"))
    tracking = track_bundles(baseline, bundle)
    known = {fact.id: fact.value for fact in facts}
    verdict = verdicts(tracking, (programme,), baseline=against, facts=known)[0]

    def finish(footprint: Claim) -> Claim:
        return reduction_claim(footprint, tracking=tracking, verdict=verdict, baseline=against, facts=facts)

    return finish
