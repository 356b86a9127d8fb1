"""Let somebody who lost the second factor set up a new one: two people of the programme decide, neither of them that person."""

from __future__ import annotations

import datetime

from django.db.models import QuerySet

from cradlemark.core.errors import InputError, NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.access.models import FactorReset
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import User
from cradlemark.registry.writing import writing

HOLDS = datetime.timedelta(days=7)
"""How long a request can be granted: who asks later is made sure of anew."""
LONGEST_REASON = 500
DECIDING = ("officer", "oversight")


def ask(user: User, *, reason: str, by: Actor, time: datetime.datetime) -> FactorReset:
    """Ask for the reset of a person's second factor.

    Parameters
    ----------
    reason : str
        How it was made sure that the person, and nobody else, asks.

    Raises
    ------
    InputError
        ``reason-missing``
    StateError
        ``reset-own``, ``reset-open``
    """
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise InputError(
            Text("it has to be said how the person was identified", "须说明如何核实本人身份"), code="reason-missing", where="reason",
            hint=Text(f"write it, in at most {LONGEST_REASON} characters", f"请填写，至多 {LONGEST_REASON} 个字符"),
        )  # fmt: skip
    if by.user == user:
        raise _own()
    with writing():
        FactorReset.objects.filter(user=user, decided=None, time__lt=time - HOLDS).update(decided=time)
        if FactorReset.objects.filter(user=user, decided=None).exists():
            raise StateError(
                Text("a reset of this person is asked for already", "已申请重置此人的第二验证因素"), code="reset-open",
                hint=Text("somebody else of the programme decides on it", "由计划中的另一人决定"),
            )  # fmt: skip
        made = FactorReset.objects.create(user=user, reason=reason.strip(), asked_by=by.user, time=time)
        record("access:factor-reset:ask", str(made.pk), by=by, time=time, detail={"user": user.pk})
    return made


def decide(number: int, *, granted: bool, by: Actor, time: datetime.datetime) -> FactorReset:
    """Grant or decline a request; whoever grants removes the factors in the same transaction.

    Raises
    ------
    NotFoundError
        ``reset-over``
    StateError
        ``reset-own`` for the person concerned, ``reset-same`` for the one who asked
    """
    with writing():
        found = open_requests(time=time).filter(pk=number).first()
        if found is None:
            raise NotFoundError(
                Text("there is no such open request", "没有该未决申请"), code="reset-over",
                hint=Text("it was decided, or is older than a week: ask again", "该申请已有决定或已超过一周：请重新申请"),
            )  # fmt: skip
        if by.user == found.user:
            raise _own()
        if by.user == found.asked_by and granted:
            raise StateError(
                Text("you asked for this reset yourself", "此重置由您本人申请"), code="reset-same",
                hint=Text("another officer, or oversight, decides on it", "由另一名管理员或监督机构决定"),
            )  # fmt: skip
        found.decided, found.granted = time, granted
        found.decided_by = None if by.user == found.asked_by else by.user
        found.save(update_fields=["decided", "granted", "decided_by"])
        action = "grant" if granted else "decline"
        record(
            f"access:factor-reset:{action}", str(found.pk), by=by, time=time, detail={"user": found.user_id}
        )
    return found


def open_requests(*, time: datetime.datetime) -> QuerySet[FactorReset]:
    """Requests that can be granted at a time."""
    found = FactorReset.objects.select_related("user", "asked_by")
    return found.filter(decided=None, time__gte=time - HOLDS)


def _own() -> StateError:
    return StateError(
        Text("nobody has a part in resetting the own second factor", "任何人不得参与重置自己的第二验证因素"), code="reset-own",
        hint=Text("two other people of the programme do it", "由计划中的另外两人办理"),
    )  # fmt: skip
