"""What the programme does about a reported problem: acknowledge, assign, answer, close; every step is kept."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import attrs
from django.db import transaction

from cradlemark.core.errors import InputError, InputErrors, NotFoundError, Problem, StateError
from cradlemark.core.language import Text
from cradlemark.label.programme import Figure
from cradlemark.registry.audit.record import record
from cradlemark.registry.complaints.models import OUTCOMES, Complaint, ComplaintStep
from cradlemark.registry.due import business_days_later
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import PROGRAMME, Membership, User

LONGEST_ANSWER, LONGEST_EXPLANATION = 2000, 1000
TIMERS = {"received": "complaint_acknowledgement"}
"""Timer of the programme that runs in a state; in the others it is that of the outcome."""
OUTCOME = "complaint_outcome"


@attrs.frozen
class ComplaintClock:
    """Age of a report [day], and the last day for what comes next; None when the programme sets none."""

    age: int
    due: datetime.date | None
    overdue: bool
    soon: bool = False


def complaint_clock(
    complaint: Complaint, timers: Mapping[str, Figure], *, now: datetime.datetime
) -> ComplaintClock:
    """Read the clock of a report by the timers of the programme."""
    age = (now - complaint.received).days
    timer = timers.get(TIMERS.get(complaint.state, OUTCOME))
    if timer is None or complaint.closed:
        return ComplaintClock(age, None, overdue=False)
    due = business_days_later(complaint.received.date(), int(timer.value))
    return ComplaintClock(age, due, overdue=due < now.date())


def acknowledge(ticket: str, *, by: Actor, time: datetime.datetime) -> Complaint:
    """Tell the person, by the ticket, that the report was read; done twice it changes nothing.

    Raises
    ------
    NotFoundError, StateError
        ``complaint-unknown``, ``complaint-closed``
    """
    with transaction.atomic():
        found = _open(ticket)
        if found.acknowledged is None:
            found.acknowledged = time
            found.save(update_fields=["acknowledged"])
            _note(found, "acknowledge", "", by, time)
    return found


def assign(ticket: str, person: User | None, *, by: Actor, time: datetime.datetime) -> Complaint:
    """Give a report to somebody of the programme.

    Raises
    ------
    InputError
        ``complaint-assignee``
    NotFoundError, StateError
        ``complaint-unknown``, ``complaint-closed``
    """
    if person is None or not Membership.objects.filter(user=person, organisation__kind=PROGRAMME).exists():
        raise InputError(
            Text("nobody of the programme is chosen", "未选择计划的人员"),
            code="complaint-assignee",
            hint=Text("choose one of the list", "从列表中选择"),
        )
    with transaction.atomic():
        found = _open(ticket)
        found.assignee, found.acknowledged = person, found.acknowledged or time
        found.save(update_fields=["assignee", "acknowledged"])
        _note(found, "assign", str(person), by, time)
    return found


def answer(ticket: str, *, text: str, by: Actor, time: datetime.datetime) -> Complaint:
    """Keep what the person was answered; sending it is the portal's.

    Raises
    ------
    InputError
        ``complaint-answer``
    NotFoundError, StateError
        ``complaint-unknown``, ``complaint-closed``
    """
    if not text.strip() or len(text) > LONGEST_ANSWER:
        raise InputError(
            Text("the answer is empty or too long", "答复为空或过长"),
            code="complaint-answer",
            hint=Text(f"write 1 to {LONGEST_ANSWER} characters", f"写 1 至 {LONGEST_ANSWER} 个字符"),
        )
    with transaction.atomic():
        found = _open(ticket)
        found.answered, found.acknowledged = time, found.acknowledged or time
        found.save(update_fields=["answered", "acknowledged"])
        _note(found, "answer", text, by, time)
    return found


def close(ticket: str, *, outcome: str, explanation: Text, by: Actor, time: datetime.datetime) -> Complaint:
    """Give a report its outcome, which everybody can read.

    Raises
    ------
    NotFoundError, StateError
        ``complaint-unknown``, ``complaint-closed``
    InputErrors
        ``complaint-outcome``
    """
    longest = max(len(explanation.en), len(explanation.zh))
    if outcome not in OUTCOMES or not explanation or longest > LONGEST_EXPLANATION:
        raise InputErrors([
            Problem(
                "", "complaint-outcome", Text("outcome or explanation is missing", "缺少结果或说明"),
                Text(f"give both, at most {LONGEST_EXPLANATION} characters", f"两者均须填写，最多 {LONGEST_EXPLANATION} 个字符"),
            )
        ])  # fmt: skip
    with transaction.atomic():
        found = _open(ticket)
        found.outcome, found.closed, found.closed_by = outcome, time, by.user
        found.explanation_en, found.explanation_zh = explanation.en, explanation.zh
        found.save()
        _note(found, "close", outcome, by, time, {"outcome": outcome})
    return found


def note_suspension(ticket: str, *, step: str, reason: str, by: Actor, time: datetime.datetime) -> None:
    """Keep that the state of a label was changed because of a report."""
    with transaction.atomic():
        found = _held(ticket)
        _note(found, "label", f"{step}: {reason}"[:LONGEST_ANSWER], by, time, {"step": step})


def _held(ticket: str) -> Complaint:
    found = Complaint.objects.select_for_update().filter(ticket=ticket).first()
    if found is None:
        raise NotFoundError(
            Text(f"there is no report {ticket}", f"没有举报 {ticket}"), code="complaint-unknown", hint=Text("check the ticket", "检查受理号")
        )  # fmt: skip
    return found


def _open(ticket: str) -> Complaint:
    found = _held(ticket)
    if found.closed:
        raise StateError(
            Text(f"{ticket} has its outcome", f"{ticket} 已有结果"), code="complaint-closed", hint=Text("report it anew", "请重新举报")
        )  # fmt: skip
    return found


def _note(
    complaint: Complaint, step: str, text: str, by: Actor, time: datetime.datetime, detail: Mapping[str, str] | None = None
) -> None:  # fmt: skip
    ComplaintStep.objects.create(complaint=complaint, step=step, text=text, by=by.user, time=time)
    record(f"register:complaint:{step}", complaint.ticket, by=by, time=time, detail=detail)
