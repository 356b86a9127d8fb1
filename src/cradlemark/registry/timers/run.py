"""Run every timer, then publish: for a scheduler, as often as it likes, at once from several places if need be."""

from __future__ import annotations

import datetime

import attrs

from cradlemark.core.errors import Problem, StateError
from cradlemark.registry.access.answers import forget_answers
from cradlemark.registry.home import Home
from cradlemark.registry.publication.publish import BATCH, publish_all
from cradlemark.registry.timers.labels import Taken, take_due_steps
from cradlemark.registry.timers.notices import Overdue, close_refused, note, overdue


@attrs.frozen
class Ran:
    """What a run has done.

    Parameters
    ----------
    steps : tuple of Taken
        Steps of labels.
    closed : tuple of int
        Numbers of cases.
    overdue : tuple of Overdue
        Deadlines that are noted as over for the first time.
    size : int or None
        Entries of the published log; None when another process was publishing.
    written : int
        Subjects whose files were written.
    problems : tuple of Problem
        Witnesses that did not sign, though enough others did.
    """

    steps: tuple[Taken, ...]
    closed: tuple[int, ...]
    overdue: tuple[Overdue, ...]
    size: int | None
    written: int = 0
    problems: tuple[Problem, ...] = ()


def run_timers(home: Home, *, passphrase: str, time: datetime.datetime) -> Ran:
    """Do what is due and publish it.

    Every step has an idempotency key and is taken in a transaction of its own, so a run that is stopped is continued by the next one
    and two that run at once do nothing twice.

    Raises
    ------
    StateError
        ``register-frozen``
    TrustError
        As `cradlemark.registry.publication.publish.publish_all`.
    """
    programme = home.programme
    steps = tuple(take_due_steps(programme, time=time))
    closed = tuple(close_refused(programme, time=time))
    late = tuple(note(overdue(programme, today=time.astimezone(datetime.UTC).date()), time=time))
    forget_answers(time=time)
    try:
        outcome = publish_all(home, passphrase=passphrase, time=time, artworks=BATCH)
    except StateError as error:
        if error.code != "home-busy":
            raise
        return Ran(steps, closed, late, None)
    return Ran(steps, closed, late, outcome.size, outcome.written, outcome.problems)
