"""What the holder of a label does with it: notify a change, withdraw it; both stand in the public log."""

from __future__ import annotations

import datetime

import attrs

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.registry.audit.record import record
from cradlemark.registry.labels.change import ChangeRequest, change_state
from cradlemark.registry.labels.models import Label
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.writing import writing

NOTIFIED = "Change notified by the holder. 持有人已通报变更。"
"""What the public reads when a holder has notified a change; the words of the notice are for the programme."""
LONGEST_NOTICE = 2000


@attrs.frozen
class Held:
    """A label of the own organisation, with what its holder may do now."""

    label: Label
    may_notify: bool
    may_withdraw: bool


def held_labels(by: Actor, programme: ProgrammeProfile) -> list[Held]:
    """Labels whose applicant is the organisation."""
    steps = programme.label_steps
    found = Label.objects.filter(case__applicant=by.organisation).order_by("-sequence")
    return [
        Held(
            label,
            may_notify="watch" in steps and label.state in steps["watch"].source,
            may_withdraw="withdraw" in steps and label.state in steps["withdraw"].source,
        )
        for label in found
    ]


def notify_change(
    number: str, *, programme: ProgrammeProfile, key: str, by: Actor, time: datetime.datetime, notice: str
) -> Label:
    """Say that product or production have changed: the label is reviewed from now on.

    Raises
    ------
    NotFoundError
        ``label-unknown`` for a label of somebody else.
    StateError, InputError
        As `cradlemark.registry.labels.change.change_state`.
    """
    _own(number, by)
    text = notice.strip()[:LONGEST_NOTICE]
    reason = NOTIFIED if text else ""
    request = ChangeRequest(key, number, "watch", "system", by.user.email, reason, by)
    with writing():
        label = change_state(request, steps=programme.label_steps, time=time)
        record("labels:label:notify", number, by=by, time=time, detail={"notice": text})
    return label


def withdraw(
    number: str, *, programme: ProgrammeProfile, key: str, by: Actor, time: datetime.datetime, reason: str
) -> Label:
    """Give a label back; the same errors as `notify_change`."""
    _own(number, by)
    request = ChangeRequest(key, number, "withdraw", by.role, by.user.email, reason, by)
    return change_state(request, steps=programme.label_steps, time=time)


def _own(number: str, by: Actor) -> None:
    if not Label.objects.filter(number=number, case__applicant=by.organisation).exists():
        raise NotFoundError(
            Text(f"there is no label {number}", f"没有标签 {number}"),
            code="label-unknown",
            hint=Text("check the number", "请检查编号"),
        )
