"""The first person of a programme, and who supports others: said at the command line, by whoever runs the register."""

from __future__ import annotations

import datetime

from cradlemark.core.errors import NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.access.invite import invite
from cradlemark.registry.access.models import Invitation
from cradlemark.registry.audit.record import record
from cradlemark.registry.home import Home
from cradlemark.registry.people.models import PROGRAMME, Organisation, User
from cradlemark.registry.writing import writing


def invite_operator(
    home: Home, *, role: str, email: str, name: Text, place: str, days: int, time: datetime.datetime
) -> tuple[Invitation, str]:  # fmt: skip
    """Invite somebody into the organisation of the programme, which is made when it is not there.

    There is no account with a password that somebody else knows: the link leads to signing up, and holds once.

    Returns
    -------
    tuple of Invitation and str
        The secret of the link.
    """
    with writing():
        office = Organisation.objects.filter(kind=PROGRAMME).order_by("pk").first()
        if office is None:
            chosen = name or home.programme.name
            office = Organisation.objects.create(
                kind=PROGRAMME, name_en=chosen.en, name_zh=chosen.zh, place=place
            )
        return invite(office, role, email=email, days=days, by=None, time=time)


def mark_for_support(email: str, *, marked: bool, time: datetime.datetime) -> User:
    """Let somebody of the programme see the support pages, or no longer.

    Raises
    ------
    NotFoundError
        ``person-unknown``
    StateError
        ``support-elsewhere`` for somebody who does not act for the programme.
    """
    with writing():
        user = User.objects.filter(email=email.strip().lower()).first()
        if user is None:
            raise NotFoundError(
                Text(f"nobody signs in as {email[:80]}", f"没有以 {email[:80]} 登录的人员"), code="person-unknown",
                hint=Text("the person takes an invitation first: cradlemark admin create-operator", "该人员须先接受邀请：cradlemark admin create-operator"),
            )  # fmt: skip
        if marked and not user.memberships.filter(organisation__kind=PROGRAMME).exists():
            raise StateError(
                Text(f"{email} does not act for the programme", f"{email} 不代表计划行事"), code="support-elsewhere",
                hint=Text("support is for people of the programme", "支持页面仅供计划人员使用"),
            )  # fmt: skip
        if user.is_staff != marked:
            user.is_staff = marked
            user.save(update_fields=["is_staff"])
            record(f"access:support:{'give' if marked else 'take'}", str(user.pk), by=None, time=time)
    return user
