"""Answer findings with a new sealed revision: the case stays where it is, and the verifier reads the new one."""

from __future__ import annotations

import datetime

from cradlemark.core.errors import InputError, StateError
from cradlemark.core.language import Text
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.registry.audit.record import record
from cradlemark.registry.cases.claims import refuse_hopeless, wanted_of
from cradlemark.registry.cases.models import Case, CaseStep
from cradlemark.registry.cases.take import LONGEST_REASON, known_case, locked
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.models import Revision
from cradlemark.registry.studies.seal import rule_pack_of
from cradlemark.registry.writing import writing

CORRECTING = "corrective_action"
"""State of a case in which the applicant corrects."""


def correct(
    number: int, revision: Revision, *, programme: ProgrammeProfile, by: Actor, time: datetime.datetime, reason: str
) -> Case:  # fmt: skip
    """Put a new sealed revision into a case whose findings wait for the applicant.

    Raises
    ------
    StateError
        ``step-refused`` when the case is not in corrective action, belongs to somebody else, or the revision has errors or is
        the one that is there; ``revision-foreign`` for a revision of another product.
    InputError
        ``reason-missing``
    CradlemarkError
        As `cradlemark.registry.cases.claims.refuse_hopeless`.
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InputError(
            Text("a correction needs a few words", '更正需要简短说明'), code="reason-missing",
            hint=Text(f"say what was changed, at most {LONGEST_REASON} characters", f'说明更改了什么，最多 {LONGEST_REASON} 个字符'),
        )  # fmt: skip
    refuse_hopeless(revision, wanted_of(known_case(number)), programme, today=time.date())
    with writing():
        case = locked(number)
        _refuse(case, revision, by)
        case.revision, case.practitioner = revision, revision.sealed_by
        case.rule_pack = rule_pack_of(revision)
        case.save(update_fields=["revision", "practitioner", "rule_pack"])
        CaseStep.objects.create(
            case=case, step="resubmit", source=case.state, state=case.state, role=by.role, actor=by.user,
            revision=revision, reason=reason, time=time,
        )  # fmt: skip
        record("cases:case:correct", str(number), by=by, time=time, detail={"revision": revision.digest})
    return case


def _refuse(case: Case, revision: Revision, by: Actor) -> None:
    if revision.version.study.product_id != case.product_id:
        raise StateError(
            Text("the revision is of another product", "该修订属于另一产品"),
            code="revision-foreign",
            hint=Text("seal the right study", "请封存正确的研究"),
        )
    why = Text()
    if case.state != CORRECTING or case.applicant_id != by.organisation.pk:
        why = Text(
            "findings of this case do not wait for this organisation", "此案件的发现项不需要该组织答复"
        )
    elif revision.pk == case.revision_id:
        why = Text(
            "this revision is in the case already: change the study first", "此修订已在案件中：请先修改研究"
        )
    elif revision.errors:
        why = Text(f"the rule check finds {revision.errors} errors", f"规则检查发现 {revision.errors} 个错误")
    elif case.verifier_id == revision.sealed_by_id:
        why = Text("who verifies does not make the study", "核查人不得编制研究")
    if why:
        raise StateError(
            why,
            code="step-refused",
            where=f"case {case.number}",
            hint=Text("do what is named first", "请先完成所列事项"),
        )
