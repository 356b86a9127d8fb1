"""Who acts: a person, for an organisation, in a role."""

from __future__ import annotations

import attrs

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.registry.people.models import ROLES_OF, Membership, Organisation, User


@attrs.frozen
class Actor:
    """A person in a role for an organisation; every change names one.

    Parameters
    ----------
    user : User
    organisation : Organisation
    role : str
        Of the workflow.
    """

    user: User
    organisation: Organisation
    role: str


def join(user: User, organisation: Organisation, role: str) -> Membership:
    """Give a person a role in an organisation.

    Raises
    ------
    StateError
        ``role-elsewhere`` for a role that this kind of organisation does not give, ``role-conflict`` when the person acts for
        an organisation whose independence this would end: who verifies does not belong to a manufacturer, nor to the programme.
    """
    if role not in ROLES_OF[organisation.kind]:
        raise StateError(
            Text(f"a {organisation.kind} gives no role {role!r}", f"{organisation.kind} 没有角色 {role!r}"), code="role-elsewhere",
            hint=Text(f"its roles are {', '.join(ROLES_OF[organisation.kind])}", f"其角色为 {'、'.join(ROLES_OF[organisation.kind])}"),
        )  # fmt: skip
    kinds = set(Membership.objects.filter(user=user).values_list("organisation__kind", flat=True))
    if kinds - {organisation.kind}:
        raise StateError(
            Text(f"{user} acts for another kind of organisation already", f"{user} 已为另一类机构工作"), code="role-conflict",
            hint=Text("use one address for each: verifiers, manufacturers and the programme are kept apart", "每种身份使用一个地址：验证人、制造商和计划相互分开"),
        )  # fmt: skip
    made, _ = Membership.objects.get_or_create(user=user, organisation=organisation, role=role)
    return made


def actor(user: User, role: str) -> Actor:
    """The person in that role.

    Raises
    ------
    StateError
        ``role-missing``
    """
    found = Membership.objects.select_related("organisation").filter(user=user, role=role).first()
    if found is None:
        raise StateError(
            Text(f"{user} is no {role}", f"{user} 不是 {role}"),
            code="role-missing",
            hint=Text("ask the organisation to give the role", "请机构授予该角色"),
        )
    return Actor(user, found.organisation, role)
