"""Timers take what is due once, whoever runs them and however often."""

from __future__ import annotations

import datetime
import threading
from typing import Any

import pytest
from tests.unit.registry.builders import NOW
from tests.unit.registry.stories import Story
from tests.unit.registry.test_backups import PASSPHRASE, issue

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.registry.due import business_days_later
from cradlemark.registry.home import Home


def day(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def run(home: Home, time: datetime.datetime) -> Any:
    from cradlemark.registry.timers.run import run_timers

    return run_timers(home, passphrase=PASSPHRASE, time=time)


@pytest.fixture
def labelled(home: Home) -> Home:
    from cradlemark.registry.keys.store import make_keys

    make_keys(home, passphrase=PASSPHRASE, time=NOW)
    issue(2, home)
    return home


def states() -> list[str]:
    from cradlemark.registry.labels.models import Label

    return list(Label.objects.values_list("state", flat=True))


def test_label_comes_up_for_surveillance_renewal_and_expiry_by_itself(labelled: Home) -> None:
    from cradlemark.registry.labels.models import Change, Label

    until = Label.objects.values_list("valid_until", flat=True)[0]
    assert run(labelled, NOW).steps == ()
    yearly = run(labelled, day("2027-11-28T06:00"))
    assert [(one.step, one.state) for one in yearly.steps] == [("watch", "watch")] * 2
    window = run(labelled, day(f"{until - datetime.timedelta(days=180)}T00:00"))
    assert [one.state for one in window.steps] == ["renewal_open"] * 2
    last = day(f"{until}T23:59")
    assert run(labelled, last).steps == ()
    over = run(labelled, last + datetime.timedelta(minutes=1))
    assert [one.state for one in over.steps] == ["expired"] * 2
    assert run(labelled, last + datetime.timedelta(days=400)).steps == ()
    assert set(Change.objects.values_list("role", "actor")) == {("system", "timer")}
    assert states() == ["expired"] * 2


def test_surveillance_is_counted_anew_from_the_day_a_label_is_cleared(labelled: Home) -> None:
    from cradlemark.registry.labels.change import ChangeRequest, change_state
    from cradlemark.registry.labels.models import Label

    run(labelled, day("2027-11-28T06:00"))
    number = Label.objects.values_list("number", flat=True)[0]
    request = ChangeRequest("clear", number, "clear", "officer", "o", "Statement received.")
    change_state(request, steps=labelled.programme.label_steps, time=day("2027-12-10T00:00"))
    assert run(labelled, day("2028-01-10T00:00")).steps == ()


def test_timers_that_run_at_once_take_each_step_once(labelled: Home) -> None:
    from django.db import connection

    from cradlemark.registry.labels.models import Change

    errors: list[BaseException] = []

    def tick() -> None:
        try:
            run(labelled, day("2027-11-28T06:00"))
        except Exception as error:  # noqa: BLE001 - told by the assertion below
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert errors == []
    assert Change.objects.count() == 2
    assert states() == ["watch"] * 2


def test_suspension_that_is_not_resolved_is_noted_once(labelled: Home) -> None:
    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.labels.change import ChangeRequest, change_state
    from cradlemark.registry.labels.models import Label

    number = Label.objects.values_list("number", flat=True)[0]
    request = ChangeRequest("s", number, "suspend", "officer", "o", "Surveillance is overdue.")
    change_state(request, steps=labelled.programme.label_steps, time=NOW)
    assert run(labelled, day("2027-05-28T12:00")).overdue == ()
    (late,) = run(labelled, day("2027-05-29T12:00")).overdue
    assert (late.kind, late.subject, late.due) == ("suspension", number, datetime.date(2027, 5, 28))
    assert run(labelled, day("2027-06-29T12:00")).overdue == ()
    assert Event.objects.filter(tag="timer:label:suspension-overdue", subject=number).count() == 1


def test_decision_that_is_late_is_noted_and_appeal_window_closes_the_case(story: Story) -> None:
    from cradlemark.registry.cases.models import Case

    story.until_verification()
    late = run(story.home, NOW + datetime.timedelta(days=90)).overdue
    assert [(one.kind, one.subject) for one in late] == [("decision", "1")]
    story.verify("give_opinion", kind="unmodified", text="Nothing came to our attention.")
    story.take("give_opinion", "verifier")
    story.take("review", "technical_reviewer")
    story.take("refuse", "decision_maker")
    assert run(story.home, NOW + datetime.timedelta(days=30)).closed == ()
    assert run(story.home, NOW + datetime.timedelta(days=31)).closed == (1,)
    assert run(story.home, NOW + datetime.timedelta(days=99)).closed == ()
    assert Case.objects.get().state == "closed"


def test_granted_case_that_is_not_registered_is_noted(story: Story) -> None:
    story.until_granted()
    assert run(story.home, NOW + datetime.timedelta(days=80)).overdue == ()
    late = run(story.home, NOW + datetime.timedelta(days=100)).overdue
    assert [one.kind for one in late] == ["registration"]


def test_answers_to_programs_are_forgotten_after_a_week(labelled: Home) -> None:
    from cradlemark.registry.access.answers import KEPT
    from cradlemark.registry.access.models import Answer
    from cradlemark.registry.people.models import User

    hour = datetime.timedelta(hours=1)
    user = User.objects.create_user(email="maker@example.org", password="x" * 20)
    for name, age in (("old", KEPT + hour), ("new", KEPT - hour)):
        Answer.objects.create(user=user, key=name, request="r", status=201, content={}, time=NOW - age)
    run(labelled, NOW)
    assert [one.key for one in Answer.objects.all()] == ["new"]


def test_business_days_pass_over_week_ends() -> None:
    friday = datetime.date(2026, 11, 27)
    assert business_days_later(friday, 0) == friday
    assert business_days_later(friday, 5) == datetime.date(2026, 12, 4)
    assert business_days_later(datetime.date(2026, 11, 28), 1) == datetime.date(2026, 11, 30)


def test_frozen_register_writes_nothing_and_goes_on_afterwards(labelled: Home) -> None:
    from cradlemark.registry.access.invite import invite
    from cradlemark.registry.log.append import Record, append_alone
    from cradlemark.registry.log.models import Entry
    from cradlemark.registry.operation.freeze import freeze, retry_after, unfreeze
    from cradlemark.registry.people.models import Organisation

    before = Entry.objects.count()
    made = freeze(Text("Moving.", "迁移。"), time=NOW, expected=NOW + datetime.timedelta(hours=2))
    assert retry_after(made, time=NOW) == 7200
    assert retry_after(made, time=NOW + datetime.timedelta(hours=3)) == 3600
    office = Organisation.objects.create(kind="programme", name_en="Office", place="CN")
    for attempt in (
        lambda: run(labelled, day("2027-11-28T06:00")),
        lambda: append_alone(Record("rules", "x", {}), time=NOW),
        lambda: invite(office, "officer", by=None, time=NOW),
        lambda: freeze(Text("Again."), time=NOW),
    ):
        with pytest.raises(StateError) as caught:
            attempt()
        assert caught.value.code == "register-frozen"
        assert "迁移" in caught.value.message["zh"]
    assert Entry.objects.count() == before
    unfreeze(time=NOW)
    with pytest.raises(StateError) as caught:
        unfreeze(time=NOW)
    assert caught.value.code == "register-not-frozen"
    assert len(run(labelled, day("2027-11-28T06:00")).steps) == 2


def test_programme_without_timers_has_nothing_due(labelled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    import attrs

    from cradlemark.registry.timers.labels import take_due_steps

    bare = attrs.evolve(labelled.programme, timers={})
    assert take_due_steps(bare, time=day("2027-11-28T06:00")) == []
    assert [one.step for one in take_due_steps(bare, time=day("2040-01-01T00:00"))] == ["expire"] * 2
