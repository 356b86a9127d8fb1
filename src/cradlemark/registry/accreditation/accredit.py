"""Give and take back accreditations, and say whether somebody has one at a time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

import attrs
from django.db.models import Q, QuerySet

from cradlemark.core.errors import InputErrors, NotFoundError, Problem, StateError
from cradlemark.core.language import Text
from cradlemark.registry.accreditation.models import Accreditation, AccreditationEnd
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import VERIFICATION_BODY, Membership, Organisation, User
from cradlemark.registry.writing import writing

LONGEST_TEXT, LONGEST_REFERENCE = 500, 200
LONGEST_SPAN = datetime.timedelta(days=5 * 366)
"""Longest time that one accreditation is given for (own choice; accreditation bodies assess again every few years)."""


@attrs.frozen
class Grant:
    """An accreditation as it is to be given.

    Parameters
    ----------
    organisation : Organisation
    user : User or None
        None for every verifier of the organisation.
    rule_pack, reference : str
    valid_from, valid_until : date
        First and last day.
    reason : str
    """

    organisation: Organisation
    user: User | None
    rule_pack: str
    reference: str
    valid_from: datetime.date
    valid_until: datetime.date
    reason: str


def accredit(
    given: Grant, *, rule_packs: tuple[str, ...], by: Actor, time: datetime.datetime
) -> Accreditation:
    """Give an accreditation.

    Parameters
    ----------
    rule_packs : tuple of str
        Those of the programme.

    Raises
    ------
    InputErrors
        ``accreditation-invalid``: everything that is wrong at once.
    """
    found = tuple(_problems(given, rule_packs, time.date()))
    if found:
        raise InputErrors(found)
    with writing():
        made = Accreditation.objects.create(
            granted_by=by.user, time=time, **attrs.asdict(given, recurse=False)
        )
        record(
            "accreditation:verifier:grant", str(made.pk), by=by, time=time,
            detail={
                "organisation": given.organisation.pk, "user": given.user.pk if given.user else None,
                "rule_pack": given.rule_pack, "until": given.valid_until.isoformat(),
            },
        )  # fmt: skip
    return made


def end(number: int, *, reason: str, by: Actor, time: datetime.datetime) -> AccreditationEnd:
    """Take an accreditation back, from now on.

    Raises
    ------
    NotFoundError
        ``accreditation-unknown``
    StateError
        ``accreditation-ended``
    InputErrors
        ``accreditation-invalid`` without a reason.
    """
    if not reason.strip() or len(reason) > LONGEST_TEXT:
        raise InputErrors([_reason_missing()])
    with writing():
        found = Accreditation.objects.filter(pk=number).first()
        if found is None:
            raise NotFoundError(
                Text(f"there is no accreditation {number}", f"没有认可 {number}"),
                code="accreditation-unknown",
                hint=Text("choose one of the list", "从列表中选择"),
            )
        if AccreditationEnd.objects.filter(accreditation=found).exists():
            raise StateError(
                Text("this accreditation has been taken back already", "该认可已被收回"),
                code="accreditation-ended",
                hint=Text("nothing is left to do", "无需再操作"),
            )
        made = AccreditationEnd.objects.create(accreditation=found, reason=reason, by=by.user, time=time)
        record("accreditation:verifier:end", str(number), by=by, time=time)
    return made


def valid_at(time: datetime.datetime) -> QuerySet[Accreditation]:
    """Accreditations that hold at a time; the same is asked by the database itself, see the migration `triggers`."""
    day = time.astimezone(datetime.UTC).date()
    holding = Accreditation.objects.filter(valid_from__lte=day, valid_until__gte=day)
    return holding.exclude(end__time__lte=time)


def accreditation_for(
    body: int | None, person: int | None, rule_pack: str, *, at: datetime.datetime
) -> Accreditation | None:
    """The accreditation under which a person of a body verifies at a time: the own one before that of the body.

    Parameters
    ----------
    body, person : int or None
        Keys of organisation and person; nothing holds for None.
    """
    if body is None or person is None:
        return None
    fitting = valid_at(at).filter(Q(user=None) | Q(user=person), organisation=body, rule_pack=rule_pack)
    return fitting.order_by("user_id", "-valid_until").last() or None


def _problems(given: Grant, rule_packs: tuple[str, ...], today: datetime.date) -> Iterator[Problem]:
    if given.organisation.kind != VERIFICATION_BODY:
        yield invalid("organisation", Text("only verification bodies are accredited", "仅核查机构可获认可"))
    if given.user is not None and not Membership.objects.filter(
        user=given.user, organisation=given.organisation, role="verifier"
    ):
        yield invalid("user", Text("the person is no verifier of this body", "该人员不是该机构的核查员"))
    if given.rule_pack not in rule_packs:
        yield invalid("rule_pack", Text("the programme has no such rule pack", "计划没有该规则包"))
    if not given.reference.strip() or len(given.reference) > LONGEST_REFERENCE:
        yield invalid(
            "reference", Text("number and accreditation body are missing", "缺少认可编号和认可机构")
        )
    if given.valid_until < max(given.valid_from, today):
        yield invalid(
            "valid_until", Text("the last day is over, or before the first", "最后一日已过或早于第一日")
        )
    if given.valid_until - given.valid_from > LONGEST_SPAN:
        yield invalid("valid_until", Text("the span is longer than five years", "期限超过五年"))
    if not given.reason.strip() or len(given.reason) > LONGEST_TEXT:
        yield _reason_missing()


def invalid(where: str, message: Text) -> Problem:
    """What is wrong with a field of an accreditation."""
    return Problem(where, "accreditation-invalid", message, Text("correct the field", "更正该项"))


def _reason_missing() -> Problem:
    return invalid("reason", Text("the reason is missing or too long", "缺少理由或理由过长"))
