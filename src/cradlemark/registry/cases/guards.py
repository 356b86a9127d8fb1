"""What a step of a case needs beyond its state and role: pure functions of facts about the case."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from cradlemark.core.language import Text


@attrs.frozen
class Facts:
    """What is known of a case when somebody wants to take a step.

    Parameters
    ----------
    actor, actor_organisation : int
        Who wants to take it.
    applicant : int
        Organisation that has applied.
    body : int or None
        Organisation that verifies.
    practitioner, verifier, reviewer : int or None
        People who had these parts.
    rule_errors : int
        Errors that the rule check found in the sealed revision.
    declared : bool
        Whether the actor has declared that there is no conflict of interest.
    accredited : bool
        Whether the verifier may verify under this rule pack now.
    open_majors, open_findings : int
    opinion : str
        Kind of the opinion on the present revision, which was recomputed for it; empty without one.
    new_revision : bool
        Whether the revision is another one than at the last hand-in.
    """

    actor: int
    actor_organisation: int
    applicant: int
    body: int | None = None
    practitioner: int | None = None
    verifier: int | None = None
    reviewer: int | None = None
    rule_errors: int = 0
    declared: bool = False
    accredited: bool = False
    open_majors: int = 0
    open_findings: int = 0
    opinion: str = ""
    new_revision: bool = False


def problems(step: str, facts: Facts) -> list[Text]:
    """Why a step cannot be taken; nothing when it can."""
    found = [problem(facts) for problem in (*_ALWAYS.get(step, ()), *_GUARDS.get(step, ()))]
    return [one for one in found if one is not None]


def dependence(step: str, facts: Facts) -> list[Text]:
    """Why this person may not take a step that somebody else can: separation of duties alone."""
    found = [problem(facts) for problem in _ALWAYS.get(step, ())]
    return [one for one in found if one is not None]


Guard = Callable[[Facts], Text | None]


def _own_case(facts: Facts) -> Text | None:
    if facts.actor_organisation == facts.applicant:
        return None
    return Text("The case belongs to another organisation.", "该案件属于其他组织。")


def _own_verification(facts: Facts) -> Text | None:
    if facts.actor_organisation == facts.body and facts.actor == facts.verifier:
        return None
    return Text("The verification is assigned to somebody else.", "该核查已分派给其他人员。")


def _no_rule_errors(facts: Facts) -> Text | None:
    if not facts.rule_errors:
        return None
    return Text(
        f"The rule check finds {facts.rule_errors} errors: correct them and seal again.",
        f"规则检查发现 {facts.rule_errors} 处错误：请更正后重新封存。",
    )


def _new_revision(facts: Facts) -> Text | None:
    if facts.new_revision:
        return None
    return Text("Seal a new revision first.", "请先封存新修订。")


def _verifier_chosen(facts: Facts) -> Text | None:
    if facts.verifier is not None and facts.body is not None:
        return None
    return Text("Choose a verification body and a verifier.", "请选择核查机构和核查员。")


def _body_is_not_applicant(facts: Facts) -> Text | None:
    if facts.body is None or facts.body != facts.applicant:
        return None
    return Text("The verification body belongs to the applicant.", "核查机构隶属于申请人。")


def _declared(facts: Facts) -> Text | None:
    if facts.declared:
        return None
    return Text(
        "Declare first that you have no conflict of interest in this case.",
        "请先声明在本案件中不存在利益冲突。",
    )


def _accredited(facts: Facts) -> Text | None:
    if facts.accredited or facts.verifier is None:
        return None
    return Text(
        "The verifier has no accreditation for this rule pack that holds today.",
        "核查员目前没有对该规则包有效的认可。",
    )


def _some_finding(facts: Facts) -> Text | None:
    if facts.open_findings:
        return None
    return Text("There is no open finding to answer.", "没有需要答复的发现项。")


def _majors_closed(facts: Facts) -> Text | None:
    if not facts.open_majors:
        return None
    return Text(
        f"{facts.open_majors} major findings are open.", f"还有 {facts.open_majors} 项主要发现未关闭。"
    )


def _opinion_given(facts: Facts) -> Text | None:
    if facts.opinion:
        return None
    return Text("There is no opinion on the present revision.", "对当前修订尚无核查意见。")


def _opinion_allows(facts: Facts) -> Text | None:
    if facts.opinion == "unmodified":
        return None
    return Text(
        "The opinion does not allow a label: only an unmodified one does.",
        "核查意见不支持授予标签：仅无保留意见可以。",
    )


def _not_verifier(facts: Facts) -> Text | None:
    if facts.actor != facts.verifier:
        return None
    return Text("Who has verified neither reviews nor decides.", "核查员不得参与评审或决定。")


def _not_reviewer(facts: Facts) -> Text | None:
    if facts.actor != facts.reviewer:
        return None
    return Text("Who has reviewed does not decide.", "评审员不得作出决定。")


def _not_practitioner(facts: Facts) -> Text | None:
    if facts.actor != facts.practitioner:
        return None
    return Text("Who has made the study does not verify it.", "研究编制者不得核查该研究。")


def _not_applicant(facts: Facts) -> Text | None:
    if facts.actor_organisation != facts.applicant:
        return None
    return Text("Who decides does not belong to the applicant.", "决定人不得隶属于申请人。")


_VERIFICATION: tuple[Guard, ...] = (_own_verification, _not_practitioner, _declared)
_ALWAYS: Mapping[str, tuple[Guard, ...]] = {
    "submit": (_own_case,),
    "resubmit": (_own_case,),
    "appeal": (_own_case,),
    "review_documents": _VERIFICATION,
    "raise_findings": _VERIFICATION,
    "inspect_site": _VERIFICATION,
    "give_opinion": _VERIFICATION,
    "review": (_not_verifier, _not_applicant),
    "grant": (_not_verifier, _not_reviewer, _not_applicant),
    "refuse": (_not_verifier, _not_reviewer, _not_applicant),
}
"""Separation of duties: held whatever the case holds."""
_GUARDS: Mapping[str, tuple[Guard, ...]] = {
    "submit": (_no_rule_errors,),
    "resubmit": (_no_rule_errors, _new_revision),
    "plan": (_verifier_chosen, _body_is_not_applicant, _accredited),
    "review_documents": (_accredited,),
    "raise_findings": (_some_finding,),
    "give_opinion": (_accredited, _majors_closed, _opinion_given),
    "review": (_opinion_given,),
    "grant": (_opinion_allows, _majors_closed),
}
