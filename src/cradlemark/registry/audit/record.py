"""Write down what is done, in the transaction that does it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from cradlemark.registry.audit.models import Event
from cradlemark.registry.people.actor import Actor


def record(
    tag: str, subject: str, *, by: Actor | None, time: datetime.datetime, detail: Mapping[str, Any] | None = None
) -> Event:  # fmt: skip
    """Add an event.

    Parameters
    ----------
    tag : str
        ``source:subject:action``
    subject : str
        Identity of what it was done to.
    by : Actor or None
        None for the timer.
    time : datetime
        Now.
    detail : mapping, optional
        No secrets, no personal data beyond the actor.
    """
    return Event.objects.create(
        time=time, tag=tag, subject=subject, user=by.user if by else None, role=by.role if by else "system",
        detail=dict(detail or {}),
    )  # fmt: skip
