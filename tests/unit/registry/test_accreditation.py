"""Nobody verifies without an accreditation that holds: not by the code, and not past it."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from tests.unit.registry.builders import NOW as TIME
from tests.unit.registry.stories import Story, refused

from cradlemark.core.errors import InputErrors
from cradlemark.registry.home import Home

DAY = datetime.timedelta(days=1)
PACK = "gb-t-24067-2024"


class Strict(Story):
    """A programme in which nobody is accredited yet."""

    def __init__(self, home: Home) -> None:
        self.strict = True
        super().__init__(home)

    def accredit(self, **changes: Any) -> Any:
        if self.strict:
            self.strict = False
            return []
        return super().accredit(**changes)


@pytest.fixture
def story(home: Home) -> Strict:
    return Strict(home)


def accepted(story: Strict) -> None:
    story.submit()
    story.take("accept", "officer")


@pytest.mark.parametrize(
    "changes",
    [
        {"rule_pack": "iso-14067-2018"},
        {"rule_pack": PACK, "valid_from": TIME.date() + DAY},
        {"rule_pack": PACK, "user": "second"},
    ],
)
def test_verifier_without_accreditation_is_not_assigned(story: Strict, changes: dict[str, Any]) -> None:
    from cradlemark.registry.people.actor import join
    from cradlemark.registry.people.models import User

    if "user" in changes:
        second = User.objects.create_user("second@example.org")
        join(second, story.body, "verifier")
        changes = {**changes, "user": second}
    story.accredit(**changes)
    accepted(story)
    with refused("step-refused"):
        story.plan()
    story.accredit(rule_pack=PACK)
    assert story.plan().assigned == TIME


def test_person_can_be_accredited_alone(story: Strict) -> None:
    story.accredit(rule_pack=PACK, user=story.actors["verifier"].user)
    accepted(story)
    assert story.plan().verifier == story.actors["verifier"].user


def test_accreditation_that_ends_holds_the_opinion_back(story: Strict) -> None:
    from cradlemark.registry.accreditation.accredit import end
    from cradlemark.registry.cases.models import Opinion

    (first,) = story.accredit(rule_pack=PACK)
    story.until_verification()
    end(first.pk, reason="Failed the surveillance.", by=story.actors["officer"], time=TIME)
    with refused("accreditation-ended"):
        end(first.pk, reason="Again.", by=story.actors["officer"], time=TIME)
    with refused("not-accredited"):
        story.verify("give_opinion", kind="unmodified", text="Fine.")
    (second,) = story.accredit(rule_pack=PACK)
    story.verify("give_opinion", kind="unmodified", text="Fine.")
    assert Opinion.objects.get().accreditation == second


def test_last_day_needs_nobody(story: Strict) -> None:
    from cradlemark.registry.accreditation.accredit import accreditation_for

    story.accredit(rule_pack=PACK, valid_until=TIME.date() + DAY)
    body, person = story.body.pk, story.actors["verifier"].user.pk
    held = [accreditation_for(body, person, PACK, at=TIME + days * DAY) for days in (-1, 0, 1, 2)]
    assert [one is not None for one in held] == [False, True, True, False]
    assert accreditation_for(None, person, PACK, at=TIME) is None


def test_database_refuses_what_the_code_would_let_through(story: Strict) -> None:
    from django.db import IntegrityError, transaction

    from cradlemark.registry.cases.models import Case, Opinion

    accepted(story)
    case, verifier = Case.objects.get(), story.actors["verifier"].user
    assigned: dict[str, Any] = {"body": story.body, "verifier": verifier, "assigned": TIME}

    def refused_by_database() -> Any:
        return pytest.raises(IntegrityError, match="no accreditation holds")

    with refused_by_database(), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**assigned)
    story.accredit(rule_pack=PACK)
    with refused_by_database(), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**assigned | {"assigned": TIME - DAY})
    with refused_by_database(), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(**assigned | {"rule_pack": "iso-14067-2018"})
    Case.objects.filter(pk=case.pk).update(**assigned)
    Case.objects.filter(pk=case.pk).update(state="planned")

    opinion: dict[str, Any] = {
        "case": case, "revision": case.revision, "kind": "unmodified", "document": b"{}", "digest": "sha256:0",
        "author": verifier, "body": story.body, "rule_pack": PACK,
    }  # fmt: skip
    for changes in (
        {"time": TIME + 400 * DAY},
        {"time": TIME, "rule_pack": "x"},
        {"time": TIME, "body": None},
    ):
        with refused_by_database(), transaction.atomic():
            Opinion.objects.create(**opinion | changes)
    Opinion.objects.create(**opinion, time=TIME)


def test_accreditations_are_only_added(story: Strict) -> None:
    from django.db import DatabaseError, transaction

    from cradlemark.registry.accreditation.models import Accreditation

    story.accredit(rule_pack=PACK)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Accreditation.objects.update(valid_until=TIME.date() + 3650 * DAY)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Accreditation.objects.all().delete()


def test_everything_wrong_is_said_at_once(story: Strict) -> None:
    with pytest.raises(InputErrors) as caught:
        story.accredit(
            rule_pack="my-rules", organisation=story.maker, user=story.actors["officer"].user, reference=" ",
            valid_from=TIME.date() - 9 * DAY, valid_until=TIME.date() - DAY, reason="",
        )  # fmt: skip
    places = [problem.where for problem in caught.value.problems]
    assert places == ["organisation", "user", "rule_pack", "reference", "valid_until", "reason"]
    with pytest.raises(InputErrors):
        story.accredit(rule_pack=PACK, valid_until=TIME.date() + 4000 * DAY)
    with pytest.raises(InputErrors):
        story.accredit(rule_pack=PACK, valid_from=TIME.date() + 9 * DAY, valid_until=TIME.date() + 8 * DAY)


def test_claim_names_the_accreditation_of_the_opinion(story: Strict) -> None:
    from cradlemark.registry.cases.models import Case
    from cradlemark.registry.cases.register import allowing_opinion, verification_of

    story.accredit(rule_pack=PACK, reference="CNAS V0042")
    story.until_granted()
    case = Case.objects.get()
    assert verification_of(case, allowing_opinion(case)).accreditation == "CNAS V0042"
