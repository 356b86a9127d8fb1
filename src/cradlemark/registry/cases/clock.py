"""How long a case has been there, how long it waits, and by when the programme has to act. Pure functions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

import attrs

from cradlemark.label.programme import Figure
from cradlemark.registry.cases.models import Case, CaseStep
from cradlemark.registry.due import appeal_ends, decision_due, registration_due

DECIDED = ("granted", "refused", "appeal", "closed", "rejected")
"""States in which the decision has been made."""
FINAL = ("closed", "rejected")
SOON = 7
"""Days before the last one from which a case is shown as due soon (own choice)."""


@attrs.frozen
class Clock:
    """Times of a case.

    Parameters
    ----------
    age, waiting : int
        Since it was handed in, and since its last step [day].
    due : date or None
        Last day for what comes next; None when the programme sets no time for it.
    timer : str
        Timer of the programme that this is, of ``workflow.toml``.
    """

    age: int
    waiting: int
    due: datetime.date | None
    timer: str
    today: datetime.date

    @property
    def overdue(self) -> bool:
        """Whether the last day for the programme is over; after the appeal window nobody is late."""
        return self.timer != "appeal_window" and self.due is not None and self.due < self.today

    @property
    def soon(self) -> bool:
        """Whether the last day is near."""
        return not self.overdue and self.due is not None and (self.due - self.today).days <= SOON


def clock(
    case: Case, steps: Iterable[CaseStep], timers: Mapping[str, Figure], *, now: datetime.datetime
) -> Clock:
    """Read the clock of a case.

    Parameters
    ----------
    case : Case
    steps : iterable of CaseStep
        All of its steps, in their order.
    timers : mapping of str to Figure
        Of the programme.
    """
    taken = list(steps)
    last = taken[-1].time if taken else case.submitted
    due, timer = _due(case.state, taken, timers)
    age, waiting = ((now - time).days for time in (case.submitted, last))
    return Clock(age, 0 if case.state in FINAL else waiting, due, timer, now.date())


def _due(state: str, steps: list[CaseStep], timers: Mapping[str, Figure]) -> tuple[datetime.date | None, str]:
    days = {step.step: step.time.date() for step in steps}
    if state not in DECIDED and "accept" in days and "decision" in timers:
        return decision_due(timers, accepted=days["accept"]), "decision"
    if state == "granted" and "registration_window" in timers:
        return registration_due(timers, granted=days["grant"]), "registration_window"
    if state == "refused" and "appeal_window" in timers:
        return appeal_ends(timers, refused=days["refuse"]), "appeal_window"
    return None, ""
