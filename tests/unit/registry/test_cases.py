"""A case from its submission to the label, and what holds it back."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from tests.unit.registry.builders import NOW as TIME
from tests.unit.registry.stories import PASSPHRASE, Story, refused, sealed_example, study_document

from cradlemark.core.errors import StateError


def test_granted_case_becomes_a_label_once(story: Story) -> None:
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.cases.register import register
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.labels.sign import credential_signer

    story.until_granted()
    signer = credential_signer(story.home, passphrase=PASSPHRASE, time=TIME)
    given: dict[str, Any] = {"home": story.home, "signer": signer, "time": TIME, "reason": "Registered."}
    with refused("step-role"):
        register(1, by=story.actors["applicant"], **given)
    assert Label.objects.count() == 0
    label = register(1, by=story.actors["officer"], **given)
    assert label.state == "active"
    case = Case.objects.get()
    assert (case.state, case.label_id) == ("closed", label.number)
    assert [step.step for step in case.steps.all()] == [
        "submit", "accept", "plan", "review_documents", "give_opinion", "review", "grant", "register",
    ]  # fmt: skip
    assert register(1, by=story.actors["officer"], **given).number == label.number
    assert Label.objects.count() == 1


def test_next_label_of_a_product_follows_the_last_one_which_is_superseded(story: Story) -> None:
    from cradlemark.label.claim import read_claim
    from cradlemark.registry.labels.models import Label
    from cradlemark.registry.log.models import Entry

    story.until_granted()
    first = story.register()
    story.number = 2
    story.until_granted()
    second = story.register()
    assert (second.previous_id, read_claim(bytes(second.claim)).previous) == (first.number, first.number)
    first.refresh_from_db()
    assert (first.state, second.state) == ("superseded", "active")
    (change,) = first.changes.all()
    assert change.reason == f"{second.number} follows. 由 {second.number} 取代。"
    assert list(Entry.objects.order_by("-index").values_list("kind", "subject")[:2]) == [
        ("state", first.number), ("revision", second.number),
    ]  # fmt: skip
    assert story.register().number == second.number
    assert (Label.objects.count(), first.changes.count()) == (2, 1)


def test_suspended_label_stays_suspended_when_another_follows(story: Story) -> None:
    from cradlemark.registry.labels.change import ChangeRequest, change_state

    story.until_granted()
    first = story.register()
    request = ChangeRequest("suspend", first.number, "suspend", "officer", "officer@example.org", "Overdue.")
    change_state(request, steps=story.programme.label_steps, time=TIME)
    story.number = 2
    story.until_granted()
    assert story.register().previous_id == first.number
    first.refresh_from_db()
    assert first.state == "suspended"


def test_registration_that_broke_off_goes_on_with_the_same_predecessor(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.cases import register
    from cradlemark.registry.labels.models import Label

    story.until_granted()
    first = story.register()
    story.number = 2
    story.until_granted()

    def fail(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(register, "take", fail)
        with pytest.raises(RuntimeError):
            story.register()
    first.refresh_from_db()
    assert (first.state, Label.objects.count()) == ("active", 2)
    second = story.register()
    first.refresh_from_db()
    assert (first.state, second.previous_id, Label.objects.count()) == ("superseded", first.number, 2)


def test_two_registrations_of_one_product_at_one_moment_do_not_follow_the_same_label(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.core.errors import StateError
    from cradlemark.registry.cases import register

    for story.number in (1, 2, 3):
        story.until_granted()
    story.number = 1
    first, other = story.register(), []

    def interrupted(*given: Any, **more: Any) -> Any:
        granted = claim_of(*given, **more)
        if story.number == 2:
            story.number = 3
            other.append(story.register())
            story.number = 2
        return granted

    claim_of = register.claim_of
    story.number = 2
    with monkeypatch.context() as patch:
        patch.setattr(register, "claim_of", interrupted)
        with pytest.raises(StateError, match="label-followed"):
            story.register()
    last, middle = story.register(), other[0]
    first.refresh_from_db()
    middle.refresh_from_db()
    assert (middle.previous_id, last.previous_id) == (first.number, middle.number)
    assert (first.state, middle.state, last.state) == ("superseded", "superseded", "active")


def test_label_that_was_followed_before_its_registration_ended_is_superseded_with_it(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.cases import register

    for story.number in (1, 2):
        story.until_granted()
    story.number = 1

    def fail(*_given: Any, **_more: Any) -> None:
        raise RuntimeError("the power is gone")

    with monkeypatch.context() as patch:
        patch.setattr(register, "take", fail)
        with pytest.raises(RuntimeError):
            story.register()
    story.number = 2
    second = story.register()
    story.number = 1
    first = story.register()
    first.refresh_from_db()
    assert second.previous_id == first.number
    assert (first.state, second.state) == ("superseded", "active")


def test_study_that_is_sealed_twice_at_once_has_one_revision(story: Story) -> None:
    from cradlemark.registry.studies.models import Revision
    from cradlemark.registry.studies.seal import keep

    version, by = story.revision.version, story.actors["applicant"]
    assert keep(sealed_example(), version, by=by, time=TIME) == story.revision
    assert Revision.objects.filter(version=version).count() == 1


def test_opinion_is_on_the_revision_that_was_recomputed(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cradlemark.registry.cases import verify
    from cradlemark.registry.cases.models import Case, Opinion

    story.until_verification()
    recomputed, other = verify.recomputed, story.sealed()

    def meanwhile(case: Any) -> Any:
        Case.objects.filter(number=story.number).update(revision=other)
        return recomputed(case)

    monkeypatch.setattr(verify, "recomputed", meanwhile)
    with refused("revision-newer"):
        story.verify("give_opinion", kind="unmodified", text="Nothing came to our attention.")
    assert not Opinion.objects.exists()


def test_submission_is_one_case_for_one_key(story: Story) -> None:
    from cradlemark.registry.cases.models import Case

    assert story.submit().pk == story.submit().pk
    assert Case.objects.count() == 1


def test_study_with_rule_errors_is_not_handed_in(story: Story) -> None:
    story.revision.errors = 3
    with refused("step-refused"):
        story.submit()


def test_verifier_of_the_applicant_is_refused_by_guard_and_database(story: Story) -> None:
    from django.db import IntegrityError, transaction

    from cradlemark.registry.cases.models import Case

    story.submit()
    story.take("accept", "officer")
    with refused("step-refused"):
        story.plan(body=story.maker)
    case = Case.objects.get()
    case.body = story.maker
    with pytest.raises(IntegrityError), transaction.atomic():
        case.save()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("verifier", "reviewer"),
        ("verifier", "decider"),
        ("reviewer", "decider"),
        ("practitioner", "verifier"),
    ],
)
def test_database_keeps_four_eyes(story: Story, first: str, second: str) -> None:
    from django.db import IntegrityError, transaction

    story.submit()
    from cradlemark.registry.cases.models import Case

    case = Case.objects.get()
    person = story.actors["officer"].user
    setattr(case, first, person)
    setattr(case, second, person)
    with pytest.raises(IntegrityError), transaction.atomic():
        case.save()


def test_verifier_declares_before_working(story: Story) -> None:
    story.submit()
    story.take("accept", "officer")
    story.plan()
    with refused("step-refused"):
        story.take("review_documents", "verifier")


def test_open_major_finding_holds_the_opinion_back(story: Story) -> None:
    story.until_verification()
    story.verify(
        "find", severity="major", place="components[TB2.5-PI-GY]", rule="", text="The mass is not proven."
    )
    story.take("raise_findings", "verifier")
    story.verify("reply", finding=1, text="See the weighing record.", by=story.actors["applicant"])
    story.take("review_documents", "verifier")
    story.verify("give_opinion", kind="unmodified", text="Fine.")
    with refused("step-refused"):
        story.take("give_opinion", "verifier")
    story.verify("close", finding=1)
    assert story.take("give_opinion", "verifier").state == "opinion"


def test_major_finding_is_not_closed_before_it_was_answered(story: Story) -> None:
    story.until_verification()
    story.verify("find", severity="major", place="", rule="", text="The mass is not proven.")
    story.verify("reply", finding=1, text="I mean the housing.")  # the verifier's own words are no answer
    with refused("finding-unanswered"):
        story.verify("close", finding=1)
    story.verify("reply", finding=1, text="See the record.", by=story.actors["practitioner"])
    assert story.verify("close", finding=1).closed == TIME


def test_adverse_opinion_gives_no_label(story: Story) -> None:
    story.until_verification()
    story.verify("give_opinion", kind="adverse", text="It is wrong.")
    story.take("give_opinion", "verifier")
    story.take("review", "technical_reviewer")
    with refused("step-refused"):
        story.take("grant", "decision_maker")
    assert story.take("refuse", "decision_maker").state == "refused"


def test_somebody_else_neither_verifies_nor_answers(story: Story) -> None:
    story.until_verification()
    with refused("not-assigned"):
        story.verify("find", severity="minor", place="", rule="", text="No.", by=story.actors["officer"])
    story.verify("find", severity="minor", place="", rule="", text="A note.")
    with refused("not-assigned"):
        story.verify("reply", finding=1, text="No.", by=story.actors["officer"])


def test_steps_and_events_are_only_added(story: Story) -> None:
    from django.db import DatabaseError, transaction

    from cradlemark.registry.audit.models import Event
    from cradlemark.registry.cases.models import CaseStep

    story.submit()
    assert Event.objects.get(tag="cases:case:submit").subject == "1"
    for rows in (CaseStep.objects.all(), Event.objects.all()):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            rows.update(role="nobody")
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            rows.delete()


def test_roles_stay_apart(story: Story) -> None:
    from cradlemark.registry.people.actor import join

    with refused("role-conflict"):
        join(story.actors["verifier"].user, story.maker, "applicant")
    with refused("role-elsewhere"):
        join(story.actors["applicant"].user, story.maker, "verifier")


def test_study_is_saved_undone_and_never_overwritten(story: Story) -> None:
    from cradlemark.registry.studies.save import latest, save, undo

    study, by = story.revision.version.study, story.actors["practitioner"]
    save(study, "a", seen=1, by=by, time=TIME)
    save(study, "b", seen=2, by=by, time=TIME)
    with pytest.raises(StateError, match="saved in between"):
        save(study, "c", seen=2, by=by, time=TIME)
    assert undo(study, seen=3, by=by, time=TIME).document == "a"
    assert undo(study, seen=4, by=by, time=TIME).number == 5
    assert latest(study).document == study_document()
    with refused("nothing-to-undo"):
        undo(study, seen=5, by=by, time=TIME)


def test_time_of_every_step_is_kept(story: Story) -> None:
    story.until_granted()
    from cradlemark.registry.cases.models import CaseStep

    assert {step.time for step in CaseStep.objects.all()} == {TIME}
    assert TIME.tzinfo is datetime.UTC
