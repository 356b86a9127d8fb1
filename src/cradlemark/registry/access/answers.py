"""Requests that are repeated get the answer that they got: what is done and the answer are stored in one transaction."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from typing import Any

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.registry.access.models import Answer
from cradlemark.registry.people.models import User
from cradlemark.registry.writing import writing

KEPT = datetime.timedelta(days=7)
"""How long an answer is kept."""


@attrs.frozen
class Request:
    """A request that changes something.

    Parameters
    ----------
    user : User
    key : str
        Chosen by the program, once for each thing that it wants done.
    digest : str
        Of what it asks for.
    """

    user: User
    key: str
    digest: str


@attrs.frozen
class Given:
    """An answer: status, JSON value, and whether it was given before."""

    status: int
    content: Any
    repeated: bool = False


def request_of(user: User, key: str, *parts: bytes) -> Request:
    """A request, known by method, address and body."""
    made = hashlib.sha256()
    for part in parts:
        made.update(len(part).to_bytes(8, "big") + part)
    return Request(user, key, made.hexdigest())


def given_before(request: Request) -> Given | None:
    """The answer that a request got.

    Raises
    ------
    InputError
        ``idempotency-other`` when its key was used for something else.
    """
    found = Answer.objects.filter(user=request.user, key=request.key).first()
    if found is None:
        return None
    if found.request != request.digest:
        raise InputError(
            Text("this Idempotency-Key was used for another request", "该 Idempotency-Key 已用于另一请求"),
            code="idempotency-other", where="Idempotency-Key",
            hint=Text("use a new key for each thing that is to be done", "每件事使用新的键"),
        )  # fmt: skip
    return Given(found.status, found.content, repeated=True)


def answer_once(request: Request, act: Callable[[], Given], *, time: datetime.datetime) -> Given:
    """Do something and keep the answer, in one transaction; somebody who asks again gets the answer and nothing is done.

    Parameters
    ----------
    act : callable
        Short; what takes long is prepared before.
    """
    with writing():
        before = given_before(request)
        if before is not None:
            return before
        made = act()
        Answer.objects.create(
            user=request.user,
            key=request.key,
            request=request.digest,
            status=made.status,
            content=made.content,
            time=time,
        )
    return made


def forget_answers(*, time: datetime.datetime) -> int:
    """Drop answers that nobody asks for any more; returns how many."""
    return Answer.objects.filter(time__lt=time - KEPT).delete()[0]
