"""Steps of labels that the timer takes: expire, open the renewal, watch."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator

import attrs

from cradlemark.core.errors import StateError
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.registry.due import renewal_opens, surveillance_due
from cradlemark.registry.labels.change import EXPIRED, ChangeRequest, change_state
from cradlemark.registry.labels.models import Change, Label

REASONS = {
    "expire": EXPIRED,
    "open_renewal": "The renewal window has begun. 已进入续期窗口。",
    "watch": "The yearly statement is due. 年度声明到期。",
}
"""What the public reads, in both languages: it stands in the log as it is."""
Due = Callable[[Label], datetime.date | None]
"""First day on which a step of a label is due."""


@attrs.frozen
class Taken:
    """A step that the timer has taken."""

    number: str
    step: str
    state: str


def take_due_steps(programme: ProgrammeProfile, *, time: datetime.datetime) -> list[Taken]:
    """Take every step that is due; what somebody else has done meanwhile is left alone."""
    return [taken for step in REASONS for taken in _taken(step, programme, time)]


def _taken(step: str, programme: ProgrammeProfile, time: datetime.datetime) -> Iterator[Taken]:
    if step not in programme.label_steps:
        return
    today, due = time.astimezone(datetime.UTC).date(), _due(step, programme)
    labels = Label.objects.filter(state__in=programme.label_steps[step].source).exclude(credential="")
    for label in labels.select_related("entry").order_by("sequence").iterator(chunk_size=500):
        day = due(label)
        if day is None or today < day:
            continue
        request = ChangeRequest(_key(step, label, day), label.number, step, "system", "timer", REASONS[step])
        try:
            state = change_state(request, steps=programme.label_steps, time=time).state
        except StateError as error:
            if error.code != "step-impossible":  # somebody else changed the label in between
                raise
        else:
            yield Taken(label.number, step, state)


def _key(step: str, label: Label, day: datetime.date) -> str:
    """Idempotency key: two timers that run at once take a step once. An expiry comes once in the life of a label."""
    return f"expire {label.number}" if step == "expire" else f"{step} {label.number} {day.isoformat()}"


def _due(step: str, programme: ProgrammeProfile) -> Due:
    return {
        "expire": lambda label: label.valid_until + datetime.timedelta(days=1),
        "open_renewal": lambda label: renewal_opens(programme.timers, valid_until=label.valid_until),
        "watch": lambda label: surveillance_due(programme.timers, since=_valid_since(label)),
    }[step]


def _valid_since(label: Label) -> datetime.date:
    """Day of the issue, or the last day on which somebody made the label valid again."""
    last = Change.objects.filter(label=label, step="clear").select_related("entry").order_by("-entry").first()
    return (last.entry if last else label.entry).time.date()
