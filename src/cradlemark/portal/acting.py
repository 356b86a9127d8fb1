"""Who a request acts as, and what that person may see: every query of a page begins here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from cradlemark.core.errors import StateError
from cradlemark.registry.people.actor import Actor, actor
from cradlemark.registry.people.models import User

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def acting(*roles: str) -> Callable[[Page[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Let only people in one of these roles see a page, and hand it the actor.

    Signed out: sign in first. In no such role: 403.
    """

    def decorate(page: Page[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @login_required
        @wraps(page)
        def shown(request: HttpRequest, /, *given: P.args, **named: P.kwargs) -> HttpResponse:
            return page(request, _actor(request, roles), *given, **named)

        shown.roles = roles  # type: ignore[attr-defined]  # the test of all routes and roles reads it
        return shown

    return decorate


def _actor(request: HttpRequest, roles: tuple[str, ...]) -> Actor:
    user = request.user
    assert isinstance(user, User)
    for role in roles:
        try:
            return actor(user, role)
        except StateError:
            continue
    raise PermissionDenied
