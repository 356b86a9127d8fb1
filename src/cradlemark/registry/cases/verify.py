"""What a verifier does in a case: declare, find, close, recompute, give an opinion."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import attrs

from cradlemark.core.canonical import canonical_json, digest_bytes
from cradlemark.core.errors import InputError, NotFoundError, StateError, TrustError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.recompute import Outcome, recompute
from cradlemark.label.claim import Fact
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.programme_decisions import facts_of
from cradlemark.registry.accreditation.accredit import accreditation_for
from cradlemark.registry.accreditation.models import Accreditation
from cradlemark.registry.audit.record import record
from cradlemark.registry.cases.claims import preview_of, refuse_unclaimable, wanted_of
from cradlemark.registry.cases.models import OPINIONS, SEVERITIES, Case, Declaration, Finding, Opinion, Reply
from cradlemark.registry.cases.reading import reading
from cradlemark.registry.cases.take import known_case, locked
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.seal import bundle_of
from cradlemark.registry.writing import writing

ALLOWING = ("unmodified", "modified")
"""Opinions with which a label can be granted."""
OPINION_SCHEMA = "cradlemark-opinion/2"
AT_WORK = ("document_review", "site_inspection", "corrective_action")
"""States in which a verifier works on a case."""
LONGEST_TEXT, LONGEST_DECLARATION, LONGEST_PLACE = 4000, 1000, 300
ANSWERING = ("applicant", "practitioner")
"""Roles whose reply to a finding is an answer."""


def declare(
    number: int, *, by: Actor, time: datetime.datetime, text: str, conflict: bool = False
) -> Declaration:
    """Declare whether there is a conflict of interest in a case; who declares one does not work on it.

    Raises
    ------
    InputError
        ``declaration-empty``
    StateError
        ``not-assigned``
    """
    if not text.strip() or len(text) > LONGEST_DECLARATION:
        raise InputError(
            Text("a declaration says what is declared", "声明须写明内容"),
            code="declaration-empty",
            hint=Text(
                f"write at most {LONGEST_DECLARATION} characters", f"最多写 {LONGEST_DECLARATION} 个字符"
            ),
        )
    with writing():
        case = locked(number)
        _assigned(case, by)
        made, fresh = Declaration.objects.get_or_create(
            case=case, user=by.user, defaults={"text": text, "time": time, "conflict": conflict}
        )
        if fresh:
            record("cases:declaration:add", str(number), by=by, time=time, detail={"conflict": conflict})
    return made


def find(
    number: int, *, severity: str, place: str, rule: str, text: str, by: Actor, time: datetime.datetime
) -> Finding:  # fmt: skip
    """Write a finding, anchored at a place of the study or at a check of the rule pack.

    Raises
    ------
    InputError
        ``finding-empty``, ``finding-severity``, ``finding-anchor`` for a place or a rule that the study does not have.
    StateError
        ``not-assigned``, ``not-declared``, ``not-at-work``
    """
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise InputError(
            Text("a finding says what is wrong", "发现项须说明问题所在"),
            code="finding-empty",
            hint=Text(f"write 1 to {LONGEST_TEXT} characters", f"写 1 至 {LONGEST_TEXT} 个字符"),
        )
    if severity not in SEVERITIES:
        raise InputError(
            Text(f"{severity!r} is no severity", f"{severity!r} 不是严重程度"),
            code="finding-severity",
            hint=Text(f"choose of {', '.join(SEVERITIES)}", f"从 {'、'.join(SEVERITIES)} 中选择"),
        )
    with writing():
        case = locked(number)
        refuse_stranger(case, by)
        refuse_resting(case)
        _anchored(case, place, rule)
        last = case.findings.order_by("-number").values_list("number", flat=True).first()
        made = Finding.objects.create(
            case=case, number=(last or 0) + 1, severity=severity, place=place, rule=rule, text=text, author=by.user,
            time=time,
        )  # fmt: skip
        record("cases:finding:add", str(number), by=by, time=time, detail={"finding": made.number})
    return made


def reply(number: int, finding: int, *, text: str, by: Actor, time: datetime.datetime) -> Reply:
    """Answer a finding, as the applicant or as the verifier.

    Raises
    ------
    StateError
        ``not-assigned``
    NotFoundError
        ``finding-unknown``
    """
    if not text.strip() or len(text) > LONGEST_TEXT:
        raise InputError(
            Text("the answer is empty or too long", "答复为空或过长"),
            code="reply-empty",
            hint=Text(f"write 1 to {LONGEST_TEXT} characters", f"写 1 至 {LONGEST_TEXT} 个字符"),
        )
    with writing():
        case = locked(number)
        if by.organisation.pk not in {case.applicant_id, case.body_id}:
            raise _not_assigned(case)
        made = Reply.objects.create(
            finding=_finding(case, finding), text=text, author=by.user, role=by.role, time=time
        )
        record("cases:finding:reply", str(number), by=by, time=time, detail={"finding": finding})
    return made


def close(number: int, finding: int, *, by: Actor, time: datetime.datetime) -> Finding:
    """Close a finding; a major one only after the applicant has answered it.

    Raises
    ------
    StateError
        ``not-assigned``, ``finding-unanswered``
    NotFoundError
        ``finding-unknown``
    """
    with writing():
        case = locked(number)
        refuse_stranger(case, by)
        found = _finding(case, finding)
        if found.severity == "major" and not found.replies.filter(role__in=ANSWERING).exists():
            raise StateError(
                Text(f"major finding {finding} has no answer", f"主要发现项 {finding} 尚未答复"), code="finding-unanswered",
                where=f"case {number}", hint=Text("wait for the applicant's answer", "等待申请人答复"),
            )  # fmt: skip
        if found.closed is None:
            found.closed, found.closed_by = time, by.user
            found.save(update_fields=["closed", "closed_by"])
            record("cases:finding:close", str(number), by=by, time=time, detail={"finding": finding})
    return found


def recomputed(case: Case) -> Outcome:
    """Recompute the sealed revision of a case from its bundle alone."""
    return recompute(bundle_of(case.revision))


def give_opinion(
    number: int, *, kind: str, text: str, programme: ProgrammeProfile, by: Actor, time: datetime.datetime,
    facts: Sequence[Fact] = (),
) -> Opinion:  # fmt: skip
    """Write the opinion on the present revision, after it was recomputed; the step itself is taken by `take`.

    Parameters
    ----------
    facts : sequence of Fact
        What the verifier vouches for besides the studies, because the rule for the kind of claim asks for it.

    Raises
    ------
    CradlemarkError
        When a reduction or a grade could not be granted with an opinion that allows a label: as `refuse_unclaimable`.
    TrustError
        ``bundle-differs`` when the recomputation gives other digits.
    InputError
        ``opinion-kind``, ``claim-options`` for facts that the rule does not ask for
    StateError
        ``not-assigned``, ``not-declared``, ``not-at-work``, ``not-accredited``
    """
    if kind not in OPINIONS:
        raise InputError(
            Text(f"{kind!r} is no opinion", f"{kind!r} 不是意见"),
            code="opinion-kind",
            hint=Text(f"choose of {', '.join(OPINIONS)}", f"从 {'、'.join(OPINIONS)} 中选择"),
        )
    known = known_case(number)
    refuse_stranger(known, by)
    refuse_resting(known)
    _asked_for(facts, facts_of(programme, known.kind))
    # It takes seconds, in which others can write.
    outcome = recomputed(known)
    if not outcome.equal:
        raise TrustError(
            Text(f"the sealed study gives another result: {outcome.difference}", f"封存的研究得到不同的结果：{outcome.difference}"), code="bundle-differs",
            hint=Text("raise a finding; the applicant has to seal the study anew", "提出发现项；申请人须重新封存研究"),
        )  # fmt: skip
    if known.kind != "footprint" and kind in ALLOWING:
        bundle, asked = bundle_of(known.revision), wanted_of(known)
        refuse_unclaimable(preview_of(bundle, asked, programme, today=time.date(), facts=facts))
    with writing():
        case = locked(number)
        refuse_stranger(case, by)
        refuse_resting(case)
        if case.revision_id != known.revision_id:
            raise StateError(
                Text("another revision was handed in at this moment", "此时提交了另一修订"), code="revision-newer",
                hint=Text("read it first", "请先阅读该修订"),
            )  # fmt: skip
        accreditation = _accreditation(case, by, time)
        document = canonical_json({
            "schema": OPINION_SCHEMA, "case": number, "claim": case.kind, "baseline": case.baseline_id or "",
            "bundle": case.revision.digest, "opinion": kind, "text": text,
            "assurance": case.assurance, "materiality": case.materiality,
            "verifier": by.organisation.name.as_dict(), "person": by.user.name,
            "accreditation": accreditation.reference, "findings": case.findings.count(), "date": time.date().isoformat(),
            "facts": [attrs.asdict(fact) for fact in facts],
        })  # fmt: skip
        made = Opinion.objects.create(
            case=case, revision=case.revision, kind=kind, document=document, digest=digest_bytes(document),
            author=by.user, time=time, body=by.organisation, rule_pack=case.rule_pack, accreditation=accreditation,
        )  # fmt: skip
        record(
            "cases:opinion:add",
            str(number),
            by=by,
            time=time,
            detail={"opinion": kind, "digest": made.digest},
        )
    return made


def _asked_for(facts: Sequence[Fact], asked: Sequence[str]) -> None:
    """Refuse facts that no rule asks for, and those that are given twice."""
    names = [fact.id for fact in facts]
    wrong = sorted({name for name in names if name not in asked or names.count(name) > 1})
    if wrong:
        shown = ", ".join(asked) or "-"
        raise InputError(
            Text(f"the rule does not ask for {', '.join(wrong)}, or it is given twice", f"规则不要求 {'、'.join(wrong)}，或重复给出"),
            code="claim-options", where="facts", hint=Text(f"give each of these once: {shown}", f"各给一次：{shown}"),
        )  # fmt: skip


def _finding(case: Case, number: int) -> Finding:
    found = case.findings.filter(number=number).first()
    if found is None:
        raise NotFoundError(
            Text(f"case {case.number} has no finding {number}", f"案件 {case.number} 没有发现项 {number}"),
            code="finding-unknown",
            hint=Text("check the number", "检查编号"),
        )
    return found


def refuse_stranger(case: Case, by: Actor) -> None:
    """Refuse who is not assigned to a case, or has not declared to be free of conflicts of interest.

    Raises
    ------
    StateError
        ``not-assigned``, ``not-declared``
    """
    _assigned(case, by)
    if not case.declarations.filter(user=by.user).exclude(conflict=True).exists():
        raise StateError(
            Text("work begins with the declaration about conflicts of interest", "须先作出利益冲突声明方可开始工作"), code="not-declared",
            where=f"case {case.number}", hint=Text("declare first", "请先声明"),
        )  # fmt: skip


def _accreditation(case: Case, by: Actor, time: datetime.datetime) -> Accreditation:
    found = accreditation_for(by.organisation.pk, by.user.pk, case.rule_pack, at=time)
    if found is None:
        raise StateError(
            Text(f"no accreditation for {case.rule_pack} holds today", f"目前没有对 {case.rule_pack} 有效的认可"), code="not-accredited",
            where=f"case {case.number}", hint=Text("ask the programme to accredit, or to choose somebody else", "请计划授予认可，或另选他人"),
        )  # fmt: skip
    return found


def _anchored(case: Case, place: str, rule: str) -> None:
    read = reading(case.revision)
    if (place and (len(place) > LONGEST_PLACE or not read.holds(place))) or (rule and rule not in read.rules):
        raise InputError(
            Text(f"the study has no {(place or rule)[:80]!r}", f"研究中没有 {(place or rule)[:80]!r}"), code="finding-anchor",
            where="place" if place else "rule",
            hint=Text("take a path or a rule from the page, or leave both empty for the whole study", "使用页面上的路径或规则，或留空表示整个研究"),
        )  # fmt: skip


def _assigned(case: Case, by: Actor) -> None:
    if case.verifier_id != by.user.pk or case.body_id != by.organisation.pk:
        raise _not_assigned(case)


def _not_assigned(case: Case) -> StateError:
    return StateError(
        Text(f"case {case.number} is not assigned to you", f"案件 {case.number} 未分配给您"),
        code="not-assigned",
        hint=Text("ask the programme's officer", "询问计划的工作人员"),
    )


def refuse_resting(case: Case) -> None:
    """Refuse what belongs to a verification that is not under way.

    Raises
    ------
    StateError
        ``not-at-work``
    """
    if case.state not in AT_WORK:
        raise StateError(
            Text(f"case {case.number} is not being verified now", f"案件 {case.number} 现在不在核查中"),
            code="not-at-work",
            hint=Text("look at its state", "查看其状态"),
        )
