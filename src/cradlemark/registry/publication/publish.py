"""Bring everything that is public up to date: what is due expires, what is stored is signed, logged and written as files."""

from __future__ import annotations

import datetime

import attrs

from cradlemark.core.errors import Problem, TrustError
from cradlemark.registry.home import Home
from cradlemark.registry.keys.log_keys import log_keys
from cradlemark.registry.labels.change import expire_due
from cradlemark.registry.labels.issue import finish
from cradlemark.registry.labels.resign import sign_again
from cradlemark.registry.labels.sign import credential_signer
from cradlemark.registry.log.models import Entry
from cradlemark.registry.log.publish import LOG, Ask, published
from cradlemark.registry.log.publish import publish as publish_log
from cradlemark.registry.publication.bulk.write import write_bulk
from cradlemark.registry.publication.draw import draw_waiting
from cradlemark.registry.publication.label_files import publish_waiting
from cradlemark.registry.publication.rules_entries import log_rules
from cradlemark.registry.witnesses.ask import Asking, post
from cradlemark.registry.witnesses.configure import witnesses

FEW, BATCH = 5, 50
"""How many labels are drawn by what people wait for, and between two times in which others may publish."""


@attrs.frozen
class Outcome:
    """What a publication has done.

    Parameters
    ----------
    size : int
        Entries of the published log.
    written : int
        Subjects whose files were written.
    expired : tuple of str
        Numbers of labels.
    problems : tuple of Problem
        Witnesses that did not sign, though enough others did; labels that cannot be drawn.
    drawn : int
        Labels whose pictures and certificate were drawn.
    """

    size: int
    written: int
    expired: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()
    drawn: int = 0


def publish_all(home: Home, *, passphrase: str, time: datetime.datetime, artworks: int | None = 0) -> Outcome:
    """Expire what is due, log rules that have changed, publish log and waiting files.

    The programme's own witnesses are asked. While too few of them sign, no checkpoint is published; what does not need a new one
    is published nevertheless, so that a label is suspended or revoked for all to see without waiting for anybody.

    Parameters
    ----------
    home : Home
    passphrase : str
        Of the keys.
    time : datetime
        Now.
    artworks : int or None
        How many labels are drawn, after everything else; all that wait when it is None. The others go on waiting.

    Raises
    ------
    StateError
        ``home-busy`` while another process publishes.
    TrustError
        ``quorum-missed``; as `registry.log.publish.publish`.
    """
    with home.alone():
        credentials = credential_signer(home, passphrase=passphrase, time=time)
        log_rules(home, time=time)
        finish(credentials.label)
        expired = expire_due(today=time.date(), steps=home.programme.label_steps, time=time)
        sign_again(credentials.label)
        size = Entry.objects.count()
        keys = log_keys(home, passphrase=passphrase, time=time)
        try:
            state = publish_log(home.public / LOG, keys, size=size, ask=_asking(time))
        except TrustError as error:
            before = published(home.public / LOG, keys) if error.code == "quorum-missed" else None
            if before is not None:
                publish_waiting(home, before, credentials, complete=False)
            raise
        written = publish_waiting(home, state, credentials)
        write_bulk(home, state, home.programme)
        drawn = draw_waiting(home, state, passphrase=passphrase, time=time, most=artworks)
    return Outcome(
        state.edge.size, written, tuple(label.number for label in expired), (*state.problems, *drawn.problems), drawn.count
    )  # fmt: skip


def _asking(time: datetime.datetime) -> Ask | None:
    """Ask the programme's own witnesses, if it has any."""
    known = witnesses()
    return Asking(known, time, post) if known.members else None
