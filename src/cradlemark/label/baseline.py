"""What a reduction may be claimed against: an earlier label or a verifier's statement, checked before anything rests on it."""

from __future__ import annotations

import datetime

from cradlemark.core.errors import RuleError, TrustError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.label.claim import Claim, read_claim
from cradlemark.label.granting import refuse_weak
from cradlemark.label.offline import LabelFiles, check_label
from cradlemark.label.programme import ClaimType
from cradlemark.label.reduction_verdicts import Baseline
from cradlemark.label.verification_document import VerifiedStatement
from cradlemark.trust.trust_files import TrustFile

NEEDED = ("claim", "key", "signature", "same_claim", "log", "entry", "suspension", "revocation")
"""Findings that have to hold for a label of another register."""


def labelled_baseline(claim: Claim, bundle: Bundle, *, origin: str = "") -> Baseline:
    """Take a label as baseline.

    Parameters
    ----------
    claim : Claim
        Of that label.
    bundle : Bundle
        Sealed study that it rests on.
    origin : str
        Of its register; empty for the own one.

    Raises
    ------
    TrustError
        ``claim-mismatch`` when the label rests on another bundle.
    """
    if claim.digests.bundle != bundle.digest:
        raise TrustError(
            Text(f"label {claim.number} rests on another bundle than the one given", f"标签 {claim.number} 所依据的不是所给研究包"),
            code="claim-mismatch", where=claim.number,
            hint=Text(f"give the bundle {claim.digests.bundle}", f"给出研究包 {claim.digests.bundle}"),
        )  # fmt: skip
    return Baseline("label", claim.number, claim.digest, bundle.digest, origin)


def checked_baseline(
    files: LabelFiles, trust: TrustFile, bundle: Bundle, *, now: datetime.datetime
) -> Baseline:
    """Take a label of another register as baseline, once everything about it holds by a trust file.

    Raises
    ------
    TrustError
        ``baseline-not-believed`` with what does not hold or could not be checked; ``claim-mismatch``.
    """
    findings = check_label(files, trust, now=now)
    outcomes = {finding.id: finding for finding in findings}
    wrong = [finding for finding in findings if finding.outcome == "fails"]
    open_ones = [
        outcomes[key] for key in NEEDED if key in outcomes and outcomes[key].outcome == "not_checked"
    ]
    if wrong or open_ones or not set(NEEDED) <= set(outcomes):
        english = "; ".join(f"{one.title['en']}: {one.detail['en']}" for one in (*wrong, *open_ones))
        chinese = "；".join(f"{one.title['zh']}：{one.detail['zh']}" for one in (*wrong, *open_ones))
        raise TrustError(
            Text(
                f"the label is no baseline to rest on: {english or 'neither signature nor log can be checked'}",
                f"该标签不能作为基线：{chinese or '签名与日志均无法检查'}",
            ),
            code="baseline-not-believed",
            hint=Text(
                "give its published folder with claim, credential, proof and status lists, or a verified statement",
                "给出其发布目录（含声明、凭证、证明和状态列表），或经核查的声明",
            ),
        )
    return labelled_baseline(read_claim(files.claim), bundle, origin=trust.origin)


def stated_baseline(
    statement: VerifiedStatement,
    bundle: Bundle,
    *,
    digest: str,
    claim_type: ClaimType,
    today: datetime.date,
) -> Baseline:
    """Take what a verifier has said of a sealed study as baseline.

    Parameters
    ----------
    digest : str
        Of the bytes of the statement.
    claim_type : ClaimType
        What is applied for: the baseline is verified to the same level.

    Raises
    ------
    RuleError
        ``verification-subject`` when the statement is about another bundle, or does not say about which;
        ``verification-opinion`` when it has reservations; ``programme-assurance``, ``verification-date``.
    """
    refuse_other_subject(statement, bundle, needed=True)
    verification = statement.verification
    if verification.opinion != "unmodified":
        raise RuleError(
            Text("the verifier of the baseline has reservations", "基线的核查意见有保留"),
            code="verification-opinion",
            hint=Text("a baseline needs an unmodified opinion", "基线须有无保留的核查意见"),
        )
    refuse_weak(verification, claim_type, today)
    reference = f"{verification.verifier_id}, {verification.date}"
    return Baseline("statement", reference, digest, bundle.digest)


def refuse_other_subject(statement: VerifiedStatement, bundle: Bundle, *, needed: bool = False) -> None:
    """Refuse a statement that is about another bundle.

    Parameters
    ----------
    needed : bool
        Whether it has to say which one it is about.

    Raises
    ------
    RuleError
        ``verification-subject``
    """
    if statement.bundle == bundle.digest or not (statement.bundle or needed):
        return
    about, given = statement.bundle, bundle.digest
    told = Text("the statement does not say which bundle it is about", "核查声明未说明所涉研究包")
    if about:
        told = Text(f"the statement is about bundle {about}", f"核查声明涉及研究包 {about}")
    raise RuleError(
        Text(f"{told.en}, the one given is {given}", f"{told.zh}，所给为 {given}"),
        code="verification-subject",
        hint=Text(
            "give the statement on this bundle; it names it under [subject] as bundle",
            "给出关于此研究包的核查声明；它在 [subject] 的 bundle 中写明",
        ),
    )
