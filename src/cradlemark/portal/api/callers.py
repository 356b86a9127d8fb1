"""Who a program acts for: the owner of its token, in one of the roles that an operation is for, within the scopes of the token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import attrs
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import HttpBearer

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.portal.accounts.second_factor import lacks_second_factor
from cradlemark.portal.api.problems import Refusal
from cradlemark.portal.home import now
from cradlemark.registry.access.models import Token
from cradlemark.registry.access.tokens import known_token
from cradlemark.registry.people.actor import Actor, actor
from cradlemark.registry.people.models import User

F = TypeVar("F", bound=Callable[..., Any])


@attrs.frozen
class Caller:
    """A program and the person it acts for."""

    user: User
    token: Token


class Bearer(HttpBearer):
    """``Authorization: Bearer cl_...``"""

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:  # noqa: ARG002
        """The caller, when the token holds."""
        found = known_token(token, time=now())
        return Caller(found.user, found) if found is not None else None


BEARER = Bearer()


def needs(scope: str, *roles: str) -> Callable[[F], F]:
    """Say which scope and which roles an operation is for; the test of all routes and roles reads it."""

    def decorate(operation: F) -> F:
        operation.scope, operation.roles = scope, roles  # type: ignore[attr-defined]
        return operation

    return decorate


def acting_as(request: HttpRequest, operation: Callable[..., Any]) -> Actor:
    """The person of a token in a role that an operation is for.

    Raises
    ------
    Refusal
        ``token-scope`` when the token is for less.
    PermissionDenied
        When its owner has none of the roles.
    """
    caller: Caller = request.auth  # type: ignore[attr-defined]
    scope: str = operation.scope  # type: ignore[attr-defined]
    if scope not in caller.token.scopes:
        raise Refusal(
            403, code="token-scope", message=Text(f"the token has no scope {scope!r}", f"令牌没有权限范围 {scope!r}"),
            headers={"WWW-Authenticate": f'Bearer error="insufficient_scope", scope="{scope}"'},
        )  # fmt: skip
    if lacks_second_factor(caller.user):
        raise Refusal(
            403, code="second-factor",
            message=Text("the owner of the token has no second factor", "令牌所有者未设置双因素验证"),
        )  # fmt: skip
    for role in operation.roles:  # type: ignore[attr-defined]
        try:
            return actor(caller.user, role)
        except StateError:
            continue
    raise PermissionDenied
