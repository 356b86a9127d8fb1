"""How long cases have been there, and by when the programme has to act."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from tests.unit.registry.builders import NOW

if TYPE_CHECKING:
    from cradlemark.registry.cases.models import CaseStep

DAY = datetime.timedelta(days=1)
STEPS = ("submit", "accept", "plan", "review_documents", "give_opinion", "review")


def taken(*steps: str, age: int) -> list[CaseStep]:
    """Steps, one a day, the first of them `age` days ago."""
    from cradlemark.registry.cases.models import CaseStep

    return [CaseStep(step=step, time=NOW + (place - age) * DAY) for place, step in enumerate(steps)]


@pytest.mark.parametrize(
    ("state", "steps", "age", "timer", "due"),
    [
        ("submitted", STEPS[:1], 400, "", None),
        ("accepted", STEPS[:2], 10, "decision", "2027-02-11"),
        ("technical_review", STEPS, 100, "decision", "2026-11-13"),
        ("granted", (*STEPS, "grant"), 6, "registration_window", "2027-02-28"),
        ("refused", (*STEPS, "refuse"), 6, "appeal_window", "2026-12-28"),
        ("refused", (*STEPS, "refuse"), 60, "appeal_window", "2026-11-04"),
        ("closed", (*STEPS, "grant", "register"), 7, "", None),
    ],
)
def test_due_day_follows_the_timers_of_the_programme(
    state: str, steps: tuple[str, ...], age: int, timer: str, due: str | None
) -> None:
    from cradlemark.label.programme_reader import load_programme
    from cradlemark.registry.cases.clock import clock
    from cradlemark.registry.cases.models import Case

    programme = load_programme("demonstration")
    case = Case(number=1, state=state, submitted=NOW - age * DAY)
    found = clock(case, taken(*steps, age=age), programme.timers, now=NOW)
    assert (found.timer, found.due and found.due.isoformat()) == (timer, due)
    assert found.age == age
    assert found.overdue == (due is not None and due < "2026-11-28" and timer != "appeal_window")
    assert clock(case, taken(*steps, age=age), {}, now=NOW).due is None


@pytest.mark.parametrize(
    ("day", "count", "later"),
    [
        ("2026-11-27", 1, "2026-11-30"), ("2026-11-28", 1, "2026-11-30"), ("2026-11-29", 0, "2026-11-30"),
        ("2026-11-23", 5, "2026-11-30"), ("2026-11-23", 4, "2026-11-27"), ("2026-11-28", 5, "2026-12-04"),
    ],
)  # fmt: skip
def test_working_days_pass_over_the_end_of_the_week(day: str, count: int, later: str) -> None:
    from cradlemark.registry.due import business_days_later

    assert business_days_later(datetime.date.fromisoformat(day), count).isoformat() == later
