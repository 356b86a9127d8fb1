"""Requests that change something: with an idempotency key, and done once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Status
from ninja.params.functions import Header

from cradlemark.portal.home import now
from cradlemark.registry.access.answers import Given, Request, answer_once, given_before, request_of
from cradlemark.registry.people.actor import Actor

Key = Annotated[
    str,
    Header(
        ..., alias="Idempotency-Key", min_length=8, max_length=100, pattern=r"^[\x21-\x7e]+$",
        description=_("Chosen by the program, a new one for each thing to be done; repeated, the same answer comes again"),
    ),
]  # fmt: skip
State = Annotated[
    str,
    Header(
        ..., alias="If-Match", min_length=1, max_length=100, pattern=r"^[\x21-\x7e]+$",
        description=_("Tag (ETag) of the state that is changed"),
    ),
]  # fmt: skip
REPEATED = "Idempotency-Replayed"


def asked(request: HttpRequest, by: Actor, key: str, *more: bytes) -> tuple[Request, Given | None]:
    """A request, and the answer that it got before if it is repeated."""
    body = more or (request.body,)
    made = request_of(by.user, key, str(request.method).encode(), request.path.encode(), *body)
    return made, given_before(made)


def once(
    request: tuple[Request, Given | None], response: HttpResponse, act: Callable[[], Any], *, status: int = 201
) -> Status[Any]:  # fmt: skip
    """Do something once, and answer.

    Parameters
    ----------
    request
        As `asked` gave it.
    response : HttpResponse
        Gets a header when the answer was given before.
    act : callable
        Does it and returns the content of the answer as JSON.
    """
    made, before = request
    given = before or answer_once(made, lambda: Given(status, act()), time=now())
    if given.repeated:
        response.headers[REPEATED] = "true"
    return Status(given.status, given.content)
