"""Invite a person into a role: by a link that holds once and not for ever."""

from __future__ import annotations

import datetime

from cradlemark.core.errors import InputError, NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.access.models import Invitation
from cradlemark.registry.access.secrets import digest, new_secret
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor, join
from cradlemark.registry.people.models import PROGRAMME, ROLES_OF, Membership, Organisation, User
from cradlemark.registry.writing import writing

LONGEST = datetime.timedelta(days=30)
INVITED_BY = {"manufacturer": ("applicant",), "verification_body": ("verifier",)}
"""Roles of the own organisation that invite colleagues, by its kind; an officer invites into every organisation."""


def invite(
    organisation: Organisation, role: str, *, email: str = "", days: int = 7, by: Actor | None, time: datetime.datetime
) -> tuple[Invitation, str]:  # fmt: skip
    """Make an invitation; returns it and the secret of its link, which is kept nowhere.

    Parameters
    ----------
    email : str, optional
        Whom it is for.
    days : int
        How long it holds, 1 to 30.
    by : Actor or None
        None at the command line.

    Raises
    ------
    StateError
        ``role-elsewhere``, ``invitation-foreign``
    InputError
        ``invitation-days``
    """
    if role not in ROLES_OF[organisation.kind]:
        raise StateError(
            Text(f"a {organisation.kind} gives no role {role!r}", f"{organisation.kind} 没有角色 {role!r}"), code="role-elsewhere",
            hint=Text(f"its roles are {', '.join(ROLES_OF[organisation.kind])}", f"其角色为 {'、'.join(ROLES_OF[organisation.kind])}"),
        )  # fmt: skip
    if not 1 <= days <= LONGEST.days:
        raise InputError(
            Text(f"an invitation cannot hold {days} days", f"邀请的有效期不能为 {days} 天"), code="invitation-days", where="days",
            hint=Text(f"1 to {LONGEST.days}", f"1 至 {LONGEST.days} 天"),
        )  # fmt: skip
    if by is not None and not may_invite(by, organisation):
        raise StateError(
            Text("you cannot invite into this organisation", "您不能邀请他人加入该机构"), code="invitation-foreign",
            hint=Text("ask the programme", "请联系计划"),
        )  # fmt: skip
    secret = new_secret()
    with writing():
        made = Invitation.objects.create(
            organisation=organisation, role=role, email=User.objects.normalize_email(email).lower(), token=digest(secret),
            author=by.user if by else None, time=time, expires=time + datetime.timedelta(days=days),
        )  # fmt: skip
        detail = {"organisation": organisation.pk, "role": role}
        record("access:invitation:make", str(made.pk), by=by, time=time, detail=detail)
    return made, secret


def may_invite(by: Actor, organisation: Organisation) -> bool:
    """Whether somebody may invite into an organisation: an officer into every one, others into their own."""
    if by.organisation.kind == PROGRAMME:
        return by.role == "officer"
    return by.organisation.pk == organisation.pk and by.role in INVITED_BY[organisation.kind]


def open_invitation(secret: str, *, time: datetime.datetime) -> Invitation:
    """The invitation of a link, as long as it holds.

    Raises
    ------
    NotFoundError
        ``invitation-over``; the same for one that never was, was taken, was withdrawn or has expired.
    """
    found = (
        Invitation.objects.select_related("organisation")
        .filter(token=digest(secret), taken=None, withdrawn=None, expires__gt=time)
        .first()
    )
    if found is None:
        raise NotFoundError(
            Text("this invitation does not hold, or no longer", "该邀请无效或已失效"), code="invitation-over",
            hint=Text("ask for a new one", "请索取新的邀请"),
        )  # fmt: skip
    return found


def accept(secret: str, user: User, *, time: datetime.datetime) -> Membership:
    """Take an invitation.

    Raises
    ------
    NotFoundError
        ``invitation-over``
    StateError
        ``invitation-other`` when it is for another address; ``role-conflict``
    """
    with writing():
        found = open_invitation(secret, time=time)
        if found.email and found.email != user.email.lower():
            raise StateError(
                Text("this invitation is for another address", "该邀请属于另一邮箱地址"), code="invitation-other",
                hint=Text("sign in with the address that it was sent to", "请使用收到邀请的邮箱登录"),
            )  # fmt: skip
        made = join(user, found.organisation, found.role)
        found.taken, found.taken_by = time, user
        found.save(update_fields=["taken", "taken_by"])
        by = Actor(user, found.organisation, found.role)
        record("access:invitation:take", str(found.pk), by=by, time=time)
    return made


def withdraw(number: int, *, by: Actor, time: datetime.datetime) -> None:
    """Withdraw an invitation that nobody has taken.

    Raises
    ------
    NotFoundError
        ``invitation-over``
    """
    with writing():
        found = (
            Invitation.objects.select_related("organisation")
            .filter(pk=number, taken=None, withdrawn=None)
            .first()
        )
        if found is None or not may_invite(by, found.organisation):
            raise NotFoundError(
                Text("there is no such open invitation", "没有该未使用的邀请"), code="invitation-over",
                hint=Text("nothing has to be done", "无需操作"),
            )  # fmt: skip
        found.withdrawn = time
        found.save(update_fields=["withdrawn"])
        record("access:invitation:withdraw", str(found.pk), by=by, time=time)
