"""From a sealed bundle to what a programme grants: the bundle is recomputed, the programme's rules for the claim are applied."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from cradlemark.core.errors import RuleError, TrustError
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.footprint.bundle.recompute import recompute
from cradlemark.label.claim import Claim, Programme, Validity, Verification
from cradlemark.label.derive import footprint_claim
from cradlemark.label.lints import lint_claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import last_day, months_later
from cradlemark.product.readers.study_toml import parse_study_toml


def grant(
    bundle: Bundle, programme: ProgrammeProfile, verification: Verification, *, today: datetime.date,
    previous: str = "",
) -> Callable[[LabelNumber], Claim]:  # fmt: skip
    """Make the footprint claim of a bundle for the number it will get.

    Raises
    ------
    TrustError
        ``bundle-differs`` when the bundle does not give its own result again.
    RuleError
        ``programme-rules`` when the study follows other rules than the programme's, ``programme-assurance`` when the
        verification is of a lower level, ``verification-date`` when it is of a later day.
        ``claim-lint`` when the claim does not meet a demand of the documents that bind it, with all of them.
    StateError
        ``claim-incomplete``
    """
    outcome = recompute(bundle)
    if not outcome.equal:
        raise TrustError(
            f"the bundle does not give its own result again: {outcome.difference}", code="bundle-differs",
            hint="seal the study anew",
        )  # fmt: skip
    pack = outcome.stated.versions.rule_pack
    if pack not in programme.rule_packs:
        raise RuleError(
            f"the study follows {pack}, the programme asks for {', '.join(programme.rule_packs)}",
            code="programme-rules",
            hint="calculate it under rules of the programme",
        )
    claim_type = programme.claims["footprint"]
    if claim_type.assurance == "reasonable" and verification.assurance != "reasonable":
        raise RuleError(
            "the programme asks for reasonable assurance",
            code="programme-assurance",
            hint="verify to that level",
        )
    if verification.date > today.isoformat():
        raise RuleError(
            "the verification is of a later day", code="verification-date", hint="correct the date"
        )
    until = last_day(programme, "footprint", today)
    about = Programme(programme.id, programme.name, programme.digest, programme.demonstration)
    validity = Validity(today.isoformat(), until.isoformat(), _surveillance(programme, today, until))
    study = parse_study_toml(bundle.parts["study.toml"])
    classification = tuple(f"{system} {code}" for system, code in study.product.classification)

    def claim(number: LabelNumber) -> Claim:
        return footprint_claim(
            outcome.stated, number=number, programme=about, verification=verification, validity=validity,
            bundle=bundle.digest, previous=previous, classification=classification,
        )  # fmt: skip

    refuse_flawed(claim(LabelNumber(programme.mark, NO_NUMBER)), programme)
    return claim


NO_NUMBER = 32**13 - 1
"""Running number of a claim that is looked at before it has one; no programme gets that far."""


def refuse_flawed(claim: Claim, programme: ProgrammeProfile) -> None:
    """Refuse a claim that a lint finds wrong; warnings are let through.

    Raises
    ------
    RuleError
        ``claim-lint``
    """
    errors = [finding for finding in lint_claim(claim, programme) if finding.severity == "error"]
    if errors:
        raise RuleError(
            "; ".join(f"{found.where}: {found.message.en} [{found.rule}]" for found in errors),
            code="claim-lint", where=claim.product.name.en or claim.product.name.zh,
            hint="correct the study or its verification; a claim is not mended by hand",
        )  # fmt: skip


def _surveillance(programme: ProgrammeProfile, today: datetime.date, until: datetime.date) -> tuple[str, ...]:
    """Days on which surveillance is due within the validity."""
    interval = programme.claims["footprint"].surveillance
    if interval is None:
        return ()
    days: list[datetime.date] = []
    months = int(interval.value)
    while (day := months_later(today, months * (len(days) + 1))) < until:
        days.append(day)
    return tuple(day.isoformat() for day in days)
