"""When something is due: pure functions of dates and of the figures of the programme.

A timer that a programme does not set never runs out. Business days are Monday to Friday; public holidays differ from place to place and
are not left out, so that a deadline is never later than the programme promises.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping

from cradlemark.label.programme import Figure
from cradlemark.label.programme_decisions import months_later

Timers = Mapping[str, Figure]
WEEK = 5
"""Business days of a week."""


def surveillance_due(timers: Timers, *, since: datetime.date) -> datetime.date | None:
    """Day on which the statement of a label is due, counted from its issue or from the day it was made valid again."""
    return _later(timers, "surveillance", since)


def renewal_opens(timers: Timers, *, valid_until: datetime.date) -> datetime.date | None:
    """First day of the renewal window of a label."""
    figure = timers.get("renewal_window")
    return None if figure is None else valid_until - datetime.timedelta(days=int(figure.value))


def suspension_ends(timers: Timers, *, suspended: datetime.date) -> datetime.date | None:
    """Day after which a suspension that was not resolved has to end in a decision."""
    return _later(timers, "suspension_limit", suspended)


def decision_due(timers: Timers, *, accepted: datetime.date) -> datetime.date | None:
    """Last day for the decision on an accepted case."""
    return _later(timers, "decision", accepted)


def registration_due(timers: Timers, *, granted: datetime.date) -> datetime.date | None:
    """Last day on which a granted case can be registered."""
    return _later(timers, "registration_window", granted)


def appeal_ends(timers: Timers, *, refused: datetime.date) -> datetime.date | None:
    """Last day on which an applicant can appeal."""
    return _later(timers, "appeal_window", refused)


def _later(timers: Timers, name: str, day: datetime.date) -> datetime.date | None:
    """A day so much later as the programme says, in the unit that it says it in."""
    figure = timers.get(name)
    if figure is None:
        return None
    count = int(figure.value)
    if figure.unit == "month":
        return months_later(day, count)
    return (
        business_days_later(day, count)
        if figure.unit == "business day"
        else day + datetime.timedelta(days=count)
    )


def business_days_later(day: datetime.date, count: int) -> datetime.date:
    """A business day so many business days later; none later than a day at the week-end is the Monday after it.

    Examples
    --------
    >>> business_days_later(datetime.date(2026, 11, 27), 1)  # a Friday
    datetime.date(2026, 11, 30)
    """
    if count:
        day -= datetime.timedelta(days=max(day.weekday() - WEEK + 1, 0))  # counted from the Friday before
    weeks, rest = divmod(count, WEEK)
    day += datetime.timedelta(weeks=weeks)
    while rest or day.weekday() >= WEEK:
        day += datetime.timedelta(days=1)
        rest -= rest > 0 and day.weekday() < WEEK
    return day
