"""Organisations and people of the demonstration, and who is accredited for what."""

from __future__ import annotations

import datetime

import attrs

from cradlemark.core.language import Text
from cradlemark.portal.showcase.studies import content
from cradlemark.registry.accreditation.accredit import Grant, accredit
from cradlemark.registry.home import Home
from cradlemark.registry.people.actor import Actor, actor, join
from cradlemark.registry.people.models import Organisation, User

MAKING = ("applicant", "practitioner")
REASON = "Assessed for the demonstration. 为演示评定。"
NAMES = {
    "applicant": "Applicant 申请人", "practitioner": "Practitioner 核算人员", "verifier": "Verifier 核查员",
}  # fmt: skip


@attrs.frozen
class Cast:
    """Actors: those of the programme and the verifier by role, those of a maker by maker and role."""

    programme: dict[str, Actor]
    makers: dict[str, dict[str, Actor]]


def cast(home: Home, *, password: str, begun: datetime.datetime, now: datetime.datetime) -> Cast:
    """Add the other makers and a second verification body to the people who are there already.

    Parameters
    ----------
    home : Home
    password : str
        Of everybody.
    begun : datetime
        When the demonstration begins; accreditations hold from then on.
    """
    roles = ("officer", "technical_reviewer", "decision_maker", "verifier")
    programme = {role: actor(User.objects.get(email=f"{role}@example.org"), role) for role in roles}
    first = {role: actor(User.objects.get(email=f"{role}@example.org"), role) for role in MAKING}
    makers = {str(content()["makers"][0]["id"]): first}
    for maker in content()["makers"][1:]:
        name, key = Text(**maker["name"]), str(maker["id"])
        organisation = Organisation.objects.create(
            kind="manufacturer", name_en=name.en, name_zh=name.zh, place=maker["place"], identifier=f"demo:{key}"
        )  # fmt: skip
        makers[key] = {
            role: _person(f"{role}.{key}@example.org", password, organisation, role) for role in MAKING
        }  # fmt: skip
    officer = programme["officer"]
    second = Organisation.objects.create(
        kind="verification_body",
        name_en="Eastern Assurance (demonstration)",
        name_zh="东方核查（演示）",
        place="CN",
    )
    _person("verifier.east@example.org", password, second, "verifier")
    _accredit(home, second, "gb-t-24067-2024", begun, now - datetime.timedelta(days=30), by=officer)
    _accredit(
        home,
        second,
        "iso-14067-2018",
        now - datetime.timedelta(days=330),
        now + datetime.timedelta(days=35),
        by=officer,
    )
    return Cast(programme, makers)


def _person(email: str, password: str, organisation: Organisation, role: str) -> Actor:
    user = User.objects.create_user(email, password, name=NAMES[role])
    join(user, organisation, role)
    return actor(user, role)


def _accredit(
    home: Home, body: Organisation, pack: str, first: datetime.datetime, last: datetime.datetime, *, by: Actor
) -> None:  # fmt: skip
    given = Grant(
        body,
        None,
        pack,
        f"DEMO-V {body.pk:03}, demonstration accreditation 演示认可",
        first.date(),
        last.date(),
        REASON,
    )
    accredit(given, rule_packs=home.programme.rule_packs, by=by, time=first)
