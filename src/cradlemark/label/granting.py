"""From a sealed bundle to what a programme grants: the bundle is recomputed, the programme's rules for the claim are applied."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from cradlemark.core.errors import RuleError, TrustError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.footprint.bundle.recompute import Outcome, recompute
from cradlemark.label.claim import Claim, ClaimKind, Programme, Validity, Verification
from cradlemark.label.derive import footprint_claim
from cradlemark.label.lints import lint_claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import ClaimType, ProgrammeProfile
from cradlemark.label.programme_decisions import granted_type, last_day, months_later
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.study import Study

Finish = Callable[[Claim], Claim]
"""Makes a claim of another kind out of the footprint claim of the same study."""
BUNDLE = Text("bundle", "研究包")
NO_NUMBER = 32**13 - 1
"""Running number of a claim that is looked at before it has one; no programme gets that far."""


def grant(
    bundle: Bundle, programme: ProgrammeProfile, verification: Verification, *, today: datetime.date,
    previous: str = "", kind: ClaimKind = "footprint", finish: Finish = lambda footprint: footprint,
) -> Callable[[LabelNumber], Claim]:  # fmt: skip
    """Make the claim of a bundle for the number it will get.

    Parameters
    ----------
    kind : {"footprint", "reduction", "grade"}
        What is applied for.
    finish : callable
        What this kind says beyond the footprint, see `granting_reduction` and `grade`.

    Raises
    ------
    TrustError
        ``bundle-differs`` when the bundle does not give its own result again.
    RuleError
        ``claim-kind`` when the programme grants no such claim; ``programme-rules`` when the study follows other rules than
        the programme's, ``programme-assurance`` when the verification is of a lower level, ``verification-date`` when it is
        of a later day. ``claim-lint`` when the claim does not meet a demand of the documents that bind it, with all of them.
    StateError
        ``claim-incomplete``, and what `finish` raises.
    """
    claim_type = granted_type(programme, kind)
    outcome = recomputed(bundle)
    _refuse_other_rules(outcome, programme)
    refuse_weak(verification, claim_type, today)
    until = last_day(programme, kind, today)
    about = Programme(programme.id, programme.name, programme.digest, programme.demonstration)
    validity = Validity(today.isoformat(), until.isoformat(), surveillance_days(claim_type, today, until))
    classification = classification_of(parse_study_toml(bundle.parts["study.toml"]))

    def claim(number: LabelNumber) -> Claim:
        return finish(footprint_claim(
            outcome.stated, number=number, programme=about, verification=verification, validity=validity,
            bundle=bundle.digest, previous=previous, classification=classification,
        ))  # fmt: skip

    refuse_flawed(claim(LabelNumber(programme.mark, NO_NUMBER)), programme)
    return claim


def classification_of(study: Study) -> tuple[str, ...]:
    """Codes of a product as a claim states them."""
    return tuple(f"{system} {code}" for system, code in study.product.classification)


def recomputed(bundle: Bundle, *, what: Text = BUNDLE) -> Outcome:
    """Recompute a bundle.

    Raises
    ------
    TrustError
        ``bundle-differs`` when it does not give its own result again.
    """
    outcome = recompute(bundle)
    if not outcome.equal:
        raise TrustError(
            Text(
                f"the {what.en} does not give its own result again: {outcome.difference}",
                f"{what.zh}不能复算出自身结果：{outcome.difference}",
            ),
            code="bundle-differs", hint=Text("seal the study anew", "重新封存研究"),
        )  # fmt: skip
    return outcome


def _refuse_other_rules(outcome: Outcome, programme: ProgrammeProfile) -> None:
    pack = outcome.stated.versions.rule_pack
    if pack not in programme.rule_packs:
        raise RuleError(
            Text(
                f"the study follows {pack}, the programme asks for {', '.join(programme.rule_packs)}",
                f"研究依据 {pack}，计划要求 {'、'.join(programme.rule_packs)}",
            ),
            code="programme-rules",
            hint=Text("calculate it under rules of the programme", "按计划的规则计算"),
        )


def refuse_weak(verification: Verification, claim_type: ClaimType, today: datetime.date) -> None:
    """Refuse a verification that is of a lower level than asked for, or of a later day.

    Raises
    ------
    RuleError
        ``programme-assurance``, ``verification-date``
    """
    if claim_type.assurance == "reasonable" and verification.assurance != "reasonable":
        raise RuleError(
            Text("the programme asks for reasonable assurance", "计划要求合理保证"),
            code="programme-assurance",
            hint=Text("verify to that level", "按该级别核查"),
        )
    if verification.date > today.isoformat():
        raise RuleError(
            Text("the verification is of a later day", "核查日期在之后"),
            code="verification-date",
            hint=Text("correct the date", "修正日期"),
        )


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
            Text("; ".join(f"{found.where}: {found.message.en} [{found.rule}]" for found in errors), "；".join(f"{found.where}：{found.message['zh']} [{found.rule}]" for found in errors)),
            code="claim-lint", where=claim.product.name.en or claim.product.name.zh,
            hint=Text("correct the study or its verification; a claim is not mended by hand", "修正研究或其核查；声明不能手工修改"),
        )  # fmt: skip


def surveillance_days(claim_type: ClaimType, today: datetime.date, until: datetime.date) -> tuple[str, ...]:
    """Days on which surveillance is due within the validity."""
    if claim_type.surveillance is None:
        return ()
    months, days = int(claim_type.surveillance.value), [today]
    while days[-1] < (day := months_later(today, months * len(days))) < until:
        days.append(day)
    return tuple(day.isoformat() for day in days[1:])
