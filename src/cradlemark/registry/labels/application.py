"""From an application to an issued label: what it rests on is looked up and checked, then the label is issued once for its case."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import cache

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.label.baseline import refuse_other_subject
from cradlemark.label.claim import Claim, ClaimKind
from cradlemark.label.comparability import class_name
from cradlemark.label.grade import graded
from cradlemark.label.granting import Finish, grant
from cradlemark.label.granting_reduction import reduced
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import granted_type
from cradlemark.label.reduction_verdicts import Baseline
from cradlemark.label.verification_document import VerifiedStatement
from cradlemark.registry.labels.baseline import own_baseline, refuse_unmet_needs
from cradlemark.registry.labels.benchmark import benchmark_for
from cradlemark.registry.labels.issue import IssueRequest, SignCredential, Subject, issue, refuse_other
from cradlemark.registry.labels.models import Label


@attrs.frozen
class Application:
    """What is applied for.

    Parameters
    ----------
    case : str
        Number of the case; a label is issued once for it.
    bundle : Bundle
        Sealed study.
    statement : VerifiedStatement
        Of its verifier.
    previous : str
        Number of the label that this one follows.
    baseline : Bundle or None
        Sealed study that a reduction is claimed against.
    against : Baseline or None
        What vouches for `baseline`, already checked; None for a label of this register.
    benchmark : str
        Digest of the population to be graded in; empty for the latest one of the class.
    """

    case: str
    bundle: Bundle
    statement: VerifiedStatement
    kind: ClaimKind = "footprint"
    previous: str = ""
    baseline: Bundle | None = None
    against: Baseline | None = None
    benchmark: str = ""


def issue_application(
    asked: Application, programme: ProgrammeProfile, *, time: datetime.datetime, sign: SignCredential
) -> Label:
    """Issue what is applied for; a case that was issued before gets the label that it got.

    Raises
    ------
    CradlemarkError
        As `grant`, `reduced`, `grade`, `own_baseline`, `benchmark_for`, `refuse_unmet_needs` and `issue`; InputError
        ``baseline-missing``, ``claim-options`` when the application does not fit its kind.
    """
    granted_type(programme, asked.kind)
    _refuse_unfit(asked)
    before = Label.objects.filter(request=asked.case).first()
    if before is not None:
        _refuse_other_case(asked, before)
        return before
    claim = granted_claim(asked, programme, today=time.date())
    (label,) = issue([IssueRequest(asked.case, claim)], mark=programme.mark, time=time, sign=sign)
    return label


def granted_claim(
    asked: Application, programme: ProgrammeProfile, *, today: datetime.date
) -> Callable[[LabelNumber], Claim]:
    """Look up and check what an application rests on, and make its claim for the number that it will get.

    Raises
    ------
    CradlemarkError
        As `grant`, `reduced`, `grade`, `own_baseline`, `benchmark_for` and `refuse_unmet_needs`.
    """
    refuse_other_subject(asked.statement, asked.bundle)
    finish = finish_of(asked, programme, today)
    bundles = [bundle.digest for bundle in (asked.bundle, asked.baseline) if bundle is not None]
    refuse_unmet_needs(programme, asked.kind, bundles)
    return grant(
        asked.bundle, programme, asked.statement.verification, today=today, previous=asked.previous,
        kind=asked.kind, finish=finish,
    )  # fmt: skip


def _refuse_unfit(asked: Application) -> None:
    """Refuse options of another kind of claim than the one that is applied for."""
    if asked.kind == "reduction" and asked.baseline is None:
        raise InputError(
            Text("a reduction needs a baseline", "减排声明须有基线"),
            code="baseline-missing",
            hint=Text(
                "give the sealed bundle of the baseline, and what vouches for it",
                "给出基线的研究包以及为其担保的依据",
            ),
        )
    wrong = [
        name
        for name, given, kind in (
            ("baseline", asked.baseline, "reduction"), ("benchmark", asked.benchmark, "grade")
        )
        if given and asked.kind != kind
    ]  # fmt: skip
    if wrong:
        raise InputError(
            Text(
                f"a {asked.kind} claim has no {' and no '.join(wrong)}",
                f"{asked.kind} 声明没有 {'、'.join(wrong)}",
            ),
            code="claim-options",
            hint=Text("say which kind of claim is applied for", "说明所申请的声明类型"),
        )


def _refuse_other_case(asked: Application, label: Label) -> None:
    subject = Subject(
        asked.kind, asked.bundle.digest, asked.previous, asked.baseline.digest if asked.baseline else "",
        asked.benchmark,
    )  # fmt: skip
    if asked.kind == "grade" and not asked.benchmark:
        subject = attrs.evolve(subject, benchmark=Subject.of_label(label).benchmark)
    refuse_other(subject, label)


def finish_of(asked: Application, programme: ProgrammeProfile, today: datetime.date) -> Finish:
    """What makes the claim that is applied for out of the footprint claim; raises as `granted_claim`."""
    if asked.kind == "reduction" and asked.baseline is not None:
        against = asked.against or own_baseline(asked.baseline)
        facts = asked.statement.facts
        return reduced(asked.bundle, asked.baseline, against=against, programme=programme, facts=facts)
    if asked.kind == "grade":
        looked_up = cache(lambda name: benchmark_for(name, wanted=asked.benchmark))
        return lambda footprint: graded(looked_up(class_name(footprint)), programme, on=today)(footprint)
    return lambda footprint: footprint
