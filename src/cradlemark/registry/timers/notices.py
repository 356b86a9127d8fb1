"""Deadlines that people have to keep: each one that is over is noted once among the events, for the desk and the audit."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import attrs

from cradlemark.core.errors import StateError
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.registry.audit.models import Event
from cradlemark.registry.audit.record import record
from cradlemark.registry.cases.clock import FINAL, Clock, clock
from cradlemark.registry.cases.models import Case
from cradlemark.registry.cases.take import take
from cradlemark.registry.due import suspension_ends
from cradlemark.registry.labels.models import Change, Label
from cradlemark.registry.writing import writing

KINDS = {"decision": "decision", "registration_window": "registration"}
"""Deadlines of the programme in a case, by its timer."""
CLOSED = "The appeal window is over."


@attrs.frozen
class Overdue:
    """A deadline that is over.

    Parameters
    ----------
    kind : {"decision", "registration", "suspension"}
    subject : str
        Number of the case or the label.
    due : date
        Last day on which it would have been in time.
    """

    kind: str
    subject: str
    due: datetime.date

    @property
    def tag(self) -> str:
        """Tag of its event."""
        source = "label" if self.kind == "suspension" else "case"
        return f"timer:{source}:{self.kind}-overdue"


def overdue(programme: ProgrammeProfile, *, today: datetime.date) -> list[Overdue]:
    """Every deadline that is over now, also those that were noted before."""
    return [one for one in (*_cases(programme, today), *_suspensions(programme)) if one.due < today]


def note(found: list[Overdue], *, time: datetime.datetime) -> list[Overdue]:
    """Note the deadlines that no event tells of yet; returns those."""
    fresh = []
    for one in found:
        due = one.due.isoformat()
        with writing():
            if Event.objects.filter(tag=one.tag, subject=one.subject, detail__due=due).exists():
                continue
            record(one.tag, one.subject, by=None, time=time, detail={"due": due})
        fresh.append(one)
    return fresh


def close_refused(programme: ProgrammeProfile, *, time: datetime.datetime) -> list[int]:
    """Close cases that were refused and whose appeal window is over; returns their numbers."""
    if "close" not in programme.case_steps:
        return []
    today, closed = time.astimezone(datetime.UTC).date(), []
    for case in Case.objects.filter(state="refused"):
        ends = _clock(case, programme, today).due
        if ends is None or today <= ends:
            continue
        try:
            take(case.number, "close", programme=programme, by=None, time=time, reason=CLOSED)
        except StateError as error:
            if error.code != "step-impossible":  # somebody has appealed or closed it in between
                raise
        else:
            closed.append(case.number)
    return closed


def _cases(programme: ProgrammeProfile, today: datetime.date) -> Iterator[Overdue]:
    for case in Case.objects.exclude(state__in=FINAL):
        found = _clock(case, programme, today)
        if found.due is not None and found.timer in KINDS:
            yield Overdue(KINDS[found.timer], str(case.number), found.due)


def _clock(case: Case, programme: ProgrammeProfile, today: datetime.date) -> Clock:
    now = datetime.datetime.combine(today, datetime.time(), datetime.UTC)
    return clock(case, case.steps.order_by("id"), programme.timers, now=now)


def _suspensions(programme: ProgrammeProfile) -> Iterator[Overdue]:
    for label in Label.objects.filter(state="suspended"):
        last = (
            Change.objects.filter(label=label, state="suspended")
            .select_related("entry")
            .order_by("-entry")
            .first()
        )
        if last is None:
            continue
        due = suspension_ends(programme.timers, suspended=last.entry.time.date())
        if due is not None:
            yield Overdue("suspension", label.number, due)
