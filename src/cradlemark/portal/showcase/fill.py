"""Fill a demonstration home with makers, products, cases, labels and reports."""

from __future__ import annotations

import datetime

from cradlemark.portal.showcase.cases import Play
from cradlemark.portal.showcase.people import cast
from cradlemark.portal.showcase.reports import report_problems
from cradlemark.registry.cases.models import Case
from cradlemark.registry.home import Home
from cradlemark.registry.labels.sign import credential_signer
from cradlemark.registry.publication.publish import publish_all
from cradlemark.registry.publication.rules_entries import log_rules

BEGUN = datetime.timedelta(days=850)
"""How long ago the demonstration begins."""


def fill(home: Home, *, passphrase: str, password: str, now: datetime.datetime) -> None:
    """Play the demonstration and publish it; a home that has cases is left as it is.

    Parameters
    ----------
    home : Home
        With its keys and the people of the programme.
    passphrase : str
        Of the keys.
    password : str
        Of the people.
    """
    if Case.objects.exists():
        return
    begun = now - BEGUN
    log_rules(home, time=begun)
    people = cast(home, password=password, begun=begun, now=now)
    signer = credential_signer(home, passphrase=passphrase, time=begun)
    Play(home, signer, people, now).run()
    report_problems(people, now=now)
    publish_all(home, passphrase=passphrase, time=now)
