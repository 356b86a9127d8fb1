"""A demonstration to look at: a programme home, three organisations with people in every role, products and cases.

``python -m cradlemark.portal.demonstrate FOLDER`` makes it once and prints the sign-in links.
"""

from __future__ import annotations

import datetime
import os
import sys
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cradlemark.registry.home import Home
    from cradlemark.registry.people.models import Organisation

ORIGIN = "labels.example.org"
PASSWORD = "for demonstration only"  # noqa: S105 - of people who do not exist
ACCREDITED = datetime.timedelta(days=4 * 365)
PEOPLE = {
    "applicant": "maker", "practitioner": "maker", "verifier": "body", "officer": "operator",
    "technical_reviewer": "operator", "decision_maker": "operator", "oversight": "operator",
}  # fmt: skip


def main(folder: Path, *, full: bool = False) -> None:
    """Make the demonstration, when it is not there yet, and print its links.

    Parameters
    ----------
    folder : Path
        Programme home.
    full : bool
        With makers, products and cases in every state, beside the people of the programme.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cradlemark.portal.settings")
    os.environ["CRADLEMARK_PROGRAMME"] = str(folder)
    from cradlemark.registry.home import SETTINGS, create_home, open_home

    if not (folder / SETTINGS).exists():
        programme = files("cradlemark.label").joinpath("programmes", "demonstration.toml").read_bytes()
        create_home(folder, programme=programme, origin=ORIGIN)
    home = open_home(folder)
    _begin(home, full=full)
    _links()


def _begin(home: Home, *, full: bool) -> None:
    from cradlemark.portal.home import now, passphrase
    from cradlemark.portal.showcase.fill import BEGUN, fill
    from cradlemark.registry.keys.store import make_keys
    from cradlemark.registry.publication.publish import publish_all

    since = now() - BEGUN if full else now()
    make_keys(home, passphrase=passphrase(), time=since)
    _people(home, since)
    if full:
        fill(home, passphrase=passphrase(), password=PASSWORD, now=now())
    publish_all(home, passphrase=passphrase(), time=now(), artworks=None)


def _links() -> None:
    from cradlemark.portal.demonstration import link
    from cradlemark.registry.people.models import Membership

    for membership in Membership.objects.select_related("user", "organisation"):
        print(f"{membership.role:20} {membership.organisation}  http://127.0.0.1:8000{link(membership.user)}")  # noqa: T201


def _people(home: Home, since: datetime.datetime) -> None:
    from cradlemark.portal.showcase.studies import content
    from cradlemark.registry.people.actor import join
    from cradlemark.registry.people.models import Organisation, User

    if Organisation.objects.exists():
        return
    maker = content()["makers"][0]
    organisations = {
        "maker": Organisation.objects.create(
            kind="manufacturer", name_en=maker["name"]["en"], name_zh=maker["name"]["zh"], place=maker["place"]
        ),
        "body": Organisation.objects.create(
            kind="verification_body", name_en="Demonstration Verification", name_zh="演示核查机构", place="CN"
        ),
        "operator": Organisation.objects.create(
            kind="programme", name_en="Demonstration programme office", name_zh="演示计划办公室", place="CN"
        ),
    }  # fmt: skip
    for role, organisation in PEOPLE.items():
        user = User.objects.create_user(f"{role}@example.org", PASSWORD, name=role.replace("_", " ").title())
        join(user, organisations[organisation], role)
    _accredit(home, organisations["body"], since)


def _accredit(home: Home, body: Organisation, since: datetime.datetime) -> None:
    from cradlemark.registry.accreditation.accredit import Grant, accredit
    from cradlemark.registry.people.actor import actor
    from cradlemark.registry.people.models import User

    officer, day = actor(User.objects.get(email="officer@example.org"), "officer"), since.date()
    reference, reason = "DEMO-V 001, demonstration accreditation", "Assessed for the demonstration."
    for pack in home.programme.rule_packs:
        given = Grant(body, None, pack, reference, day, day + ACCREDITED, reason)
        accredit(given, rule_packs=home.programme.rule_packs, by=officer, time=since)


if __name__ == "__main__":
    main(Path(sys.argv[1]), full=True)
