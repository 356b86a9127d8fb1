"""Hand in a case and take its steps: every one with actor, time and reason, in one transaction with what it changes."""

from __future__ import annotations

import datetime

import attrs
from django.db import IntegrityError, transaction

from cradlemark.core.errors import InputError, NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.workflow import take_step
from cradlemark.registry.accreditation.accredit import accreditation_for
from cradlemark.registry.audit.record import record
from cradlemark.registry.cases.claims import FOOTPRINT, Wanted, refuse_hopeless, wanted_of
from cradlemark.registry.cases.guards import Facts, problems
from cradlemark.registry.cases.models import Case, CaseStep, Declaration
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import Membership, Organisation, User
from cradlemark.registry.studies.models import Revision
from cradlemark.registry.studies.seal import rule_pack_of
from cradlemark.registry.writing import writing

LONGEST_REASON = 2000


@attrs.frozen
class Plan:
    """Who verifies, to which level.

    Parameters
    ----------
    body : Organisation
    verifier : User
    assurance : {"limited", "reasonable"}
    materiality : float
        [0-1]
    """

    body: Organisation
    verifier: User
    assurance: str
    materiality: float


def submit(
    revision: Revision, *, programme: ProgrammeProfile, key: str, by: Actor, time: datetime.datetime, reason: str,
    asked: Wanted = FOOTPRINT,
) -> Case:  # fmt: skip
    """Hand in a sealed revision; the same key gives the same case.

    Parameters
    ----------
    asked : Wanted
        What is applied for.

    Raises
    ------
    StateError
        ``step-...``, ``step-refused`` with all reasons, ``request-conflict``
    CradlemarkError
        As `cradlemark.registry.cases.claims.refuse_hopeless`.
    """
    product = revision.version.study.product
    if not Case.objects.filter(request=key).exists():
        refuse_hopeless(revision, asked, programme, today=time.date())
    with writing():
        done = Case.objects.filter(request=key).first()
        if done is not None:
            if (done.applicant_id, done.product_id, wanted_of(done)) != (
                by.organisation.pk,
                product.pk,
                asked,
            ):
                raise StateError(
                    Text(f"request {key} was made for another case before", f"请求 {key} 此前用于另一案件"), code="request-conflict",
                    hint=Text("use a new key", "使用新的键"),
                )  # fmt: skip
            return done
        state = take_step(programme.case_steps, "", "submit", role=by.role)
        case = Case(
            number=_next_number(), product=product, revision=revision, applicant=product.organisation,
            practitioner=revision.sealed_by, rule_pack=rule_pack_of(revision), kind=asked.kind, baseline=asked.baseline,
            state="", request=key, submitted=time,
        )  # fmt: skip
        _allow("submit", facts(case, by, time=time))
        case.state = state
        case.save()
        _note(case, "submit", "", by, time, reason)
    return case


def take(
    number: int, step: str, *, programme: ProgrammeProfile, by: Actor | None, time: datetime.datetime, reason: str,
    revision: Revision | None = None, plan: Plan | None = None,
) -> Case:  # fmt: skip
    """Take a step of a case.

    Parameters
    ----------
    number : int
        Of the case.
    step : str
        Of the programme's steps.
    by : Actor or None
        None for the timer.
    reason : str
        Kept with the step.
    revision : Revision, optional
        New sealed revision, of ``resubmit`` or of an answer to findings.
    plan : Plan, optional
        Of ``plan``.

    Raises
    ------
    NotFoundError
        ``case-unknown``
    StateError
        ``step-...`` of the machine; ``step-refused`` with all reasons when a guard holds it back.
    CradlemarkError
        With a revision, as `cradlemark.registry.cases.claims.refuse_hopeless`.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InputError(
            Text("a step needs a reason", "该步骤需要理由"), code="reason-missing",
            hint=Text(f"one or more sentences, at most {LONGEST_REASON} characters", f"一句或多句，最多 {LONGEST_REASON} 个字符"),
        )  # fmt: skip
    if revision is not None:
        refuse_hopeless(revision, wanted_of(known_case(number)), programme, today=time.date())
    with writing():
        case = locked(number)
        source = case.state
        case.state = take_step(programme.case_steps, source, step, role=by.role if by else "system")
        _change(case, step, by, time, revision, plan)
        if by is not None:
            _allow(step, facts(case, by, time=time))
        try:
            with transaction.atomic():
                case.save()
        except (
            IntegrityError
        ) as error:  # the database keeps the separation of duties even when a guard does not
            raise StateError(
                Text("the separation of duties, or a missing accreditation, does not allow this", "职责分离或缺少认可，不允许此操作"), code="step-refused", where=f"case {number}",
                hint=Text("let somebody else do it", "由他人进行"),
            ) from error  # fmt: skip
        _note(case, step, source, by, time, reason)
    return case


def locked(number: int) -> Case:
    """A case, held until the transaction ends.

    Raises
    ------
    NotFoundError
        ``case-unknown``
    """
    return _required(Case.objects.select_for_update().filter(number=number).first(), number)


def known_case(number: int) -> Case:
    """A case as it stands.

    Raises
    ------
    NotFoundError
        ``case-unknown``
    """
    return _required(Case.objects.filter(number=number).first(), number)


def _required(found: Case | None, number: int) -> Case:
    if found is None:
        raise NotFoundError(
            Text(f"there is no case {number}", f"没有案件 {number}"),
            code="case-unknown",
            hint=Text("check the number", "检查编号"),
        )
    return found


def facts(case: Case, by: Actor, *, time: datetime.datetime) -> Facts:
    """What the guards look at, at a time."""
    saved = case.pk is not None
    opinion = case.opinions.filter(revision=case.revision).order_by("-id").first() if saved else None
    unclosed = case.findings.filter(closed=None) if saved else None
    handed_in = case.steps.filter(step__in=("submit", "resubmit")).order_by("-id").first() if saved else None
    return Facts(
        actor=by.user.pk, actor_organisation=by.organisation.pk, applicant=case.applicant_id, body=case.body_id,
        practitioner=case.practitioner_id, verifier=case.verifier_id, reviewer=case.reviewer_id,
        rule_errors=case.revision.errors,
        declared=saved and Declaration.objects.filter(case=case, user=by.user).exclude(conflict=True).exists(),
        accredited=accreditation_for(case.body_id, case.verifier_id, case.rule_pack, at=time) is not None,
        open_majors=unclosed.filter(severity="major").count() if unclosed is not None else 0,
        open_findings=unclosed.count() if unclosed is not None else 0,
        opinion=opinion.kind if opinion else "",
        new_revision=handed_in is None or handed_in.revision_id != case.revision_id,
    )  # fmt: skip


def _change(
    case: Case, step: str, by: Actor | None, time: datetime.datetime, revision: Revision | None, plan: Plan | None
) -> None:  # fmt: skip
    """What a step changes beside the state."""
    if revision is not None:
        if revision.version.study.product_id != case.product_id:
            raise StateError(
                Text("the revision is of another product", "该版本属于另一产品"),
                code="revision-foreign",
                hint=Text("seal the right study", "封存正确的研究"),
            )
        case.revision, case.practitioner = revision, revision.sealed_by
        case.rule_pack = rule_pack_of(revision)
    if step == "reassign":
        case.body = case.verifier = case.assigned = None
    if step == "plan" and plan is not None:
        _refuse_unfit(plan)
        case.body, case.verifier, case.assigned = plan.body, plan.verifier, time
        case.assurance, case.materiality = plan.assurance, plan.materiality
    if step == "review" and by is not None:
        case.reviewer = by.user
    if step in {"grant", "refuse"} and by is not None:
        case.decider = by.user


def _refuse_unfit(plan: Plan) -> None:
    """Whoever is to verify acts as a verifier for the body that is to verify."""
    if not Membership.objects.filter(user=plan.verifier, organisation=plan.body, role="verifier").exists():
        raise StateError(
            Text("who is chosen does not verify for this verification body", "所选人员不是该核查机构的核查员"), code="step-refused",
            hint=Text("choose one of its verifiers", "选择该机构的核查员"),
        )  # fmt: skip


def _allow(step: str, known: Facts) -> None:
    found = problems(step, known)
    if found:
        raise StateError(
            Text(" ".join(problem.en for problem in found), " ".join(problem.zh for problem in found)),
            code="step-refused",
            hint=Text("do what is named first", "先完成所列事项"),
        )


def _next_number() -> int:
    last = Case.objects.order_by("-number").values_list("number", flat=True).first()
    return 1 if last is None else last + 1


def _note(case: Case, step: str, source: str, by: Actor | None, time: datetime.datetime, reason: str) -> None:
    CaseStep.objects.create(
        case=case, step=step, source=source, state=case.state, role=by.role if by else "system",
        actor=by.user if by else None, revision=case.revision, reason=reason, time=time,
    )  # fmt: skip
    record(f"cases:case:{step}", str(case.number), by=by, time=time, detail={"state": case.state})
