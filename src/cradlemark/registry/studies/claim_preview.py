"""What would be claimed if a study were granted as it is: shown before it is handed in, never issued."""

from __future__ import annotations

import datetime

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.footprint.footprint import Footprint
from cradlemark.label.claim import Claim, ClaimKind, Programme, Validity, Verification
from cradlemark.label.derive import footprint_claim
from cradlemark.label.granting import NO_NUMBER, Finish, classification_of, surveillance_days
from cradlemark.label.lints import lint_claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import granted_type, last_day
from cradlemark.product.study import Study

NOBODY = Text("to be verified", "待核查")
NO_DIGEST = "sha256:" + "0" * 64
"""Stands where the digest of the bundle will be; a study that is not sealed has none."""


@attrs.frozen
class ClaimPreview:
    """What would be claimed, and what is in the way.

    Parameters
    ----------
    claim : Claim or None
        None when the study cannot be claimed at all.
    reasons : tuple of Text
        What has to be done before it can be handed in.
    refusal : CradlemarkError or None
        Why the study cannot be claimed, where its own rule check is not what holds it back.
    """

    claim: Claim | None
    reasons: tuple[Text, ...]
    refusal: CradlemarkError | None = None

    @property
    def awaited(self) -> bool:
        """Whether nothing is in the way but facts that a verifier has to vouch for."""
        return self.refusal is not None and self.refusal.code == "reduction-undecided"


def claim_preview(
    footprint: Footprint, study: Study, programme: ProgrammeProfile, *, today: datetime.date,
    kind: ClaimKind = "footprint", finish: Finish = lambda claim: claim,
) -> ClaimPreview:  # fmt: skip
    """Make the claim that the study would give, without number and verification.

    Parameters
    ----------
    footprint : Footprint
        Result of `study`.
    kind : {"footprint", "reduction", "grade"}
    finish : callable
        What this kind says beyond the footprint.
    """
    reasons = tuple(_reasons(footprint, programme))
    if reasons:
        return ClaimPreview(None, reasons)
    verification = Verification(
        verifier=NOBODY, verifier_id="", accreditation="", assurance="limited", materiality=0.05,
        opinion="unmodified", statement_digest=NO_DIGEST, date=today.isoformat(),
    )  # fmt: skip
    try:
        claim_type, until = granted_type(programme, kind), last_day(programme, kind, today)
        claim = finish(footprint_claim(
            footprint, number=LabelNumber(programme.mark, NO_NUMBER), verification=verification, bundle=NO_DIGEST,
            programme=Programme(programme.id, programme.name, programme.digest, programme.demonstration),
            validity=Validity(today.isoformat(), until.isoformat(), surveillance_days(claim_type, today, until)),
            classification=classification_of(study),
        ))  # fmt: skip
    except CradlemarkError as error:
        return ClaimPreview(None, (error.message,), error)
    flaws = tuple(
        Text(f"{found.where}: {found.message.en}", f"{found.where}：{found.message.zh}")
        for found in lint_claim(claim, programme)
        if found.severity == "error" and not found.where.startswith(("verification", "number"))
    )
    return ClaimPreview(claim, flaws)


def _reasons(footprint: Footprint, programme: ProgrammeProfile) -> list[Text]:
    found = []
    if footprint.gaps:
        count = len(footprint.gaps)
        found.append(Text(f"Texts without a dataset: {count}.", f"尚无数据集的条目：{count} 个。"))
    errors = sum(finding.severity == "error" for finding in footprint.findings)
    if errors:
        found.append(Text(f"Errors of the rule check: {errors}.", f"规则检查发现错误：{errors} 处。"))
    pack = footprint.versions.rule_pack
    if pack not in programme.rule_packs:
        packs = ", ".join(programme.rule_packs)
        found.append(
            Text(
                f"The study follows {pack}; the programme asks for {packs}.",
                f"研究采用规则 {pack}，计划要求 {packs}。",
            )
        )
    return found
