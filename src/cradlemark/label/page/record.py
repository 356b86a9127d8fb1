"""What the public page of a label is made from: everything that the programme has published about it, as values."""

from __future__ import annotations

import attrs

from cradlemark.label.claim import Claim
from cradlemark.label.programme import ProgrammeProfile


@attrs.frozen
class PublicChange:
    """One change of state, as everyone may know it.

    Parameters
    ----------
    time : str
        ISO time, UTC.
    step, state : str
        Step of the programme, and the state after it.
    role : str
        Who did it: a role, never a person.
    reason : str
    index : int
        Number of its entry in the log.
    """

    time: str
    step: str
    state: str
    role: str
    reason: str
    index: int


@attrs.frozen
class LogPlace:
    """Where the label stands in the log.

    Parameters
    ----------
    origin : str
        Identity of the log, and address of the programme without its scheme.
    index, size : int
        Number of the entry of the issue, and entries that the log had when its proof was made.
    witnesses : tuple of str
        Names of those who signed that checkpoint besides the programme.
    """

    origin: str
    index: int
    size: int
    witnesses: tuple[str, ...] = ()


@attrs.frozen
class PublicLabel:
    """A label as it is published.

    Parameters
    ----------
    claim : Claim
    programme : ProgrammeProfile
        As it is today.
    state : str
        State of the label today.
    changes : tuple of PublicChange
        Since its issue, the oldest first.
    log : LogPlace
    files : tuple of str
        Names of the other files in its folder.
    previous : Claim or None
        Claim of the label that this one follows.
    followers : tuple of str
        Numbers of published labels that follow this one.
    """

    claim: Claim
    programme: ProgrammeProfile
    state: str
    changes: tuple[PublicChange, ...]
    log: LogPlace
    files: tuple[str, ...] = ()
    previous: Claim | None = None
    followers: tuple[str, ...] = ()
