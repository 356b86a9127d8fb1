"""Every address of the portal with every role: who may see it stands beside the page, and nobody else does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver

from cradlemark.label.workflow import workflow
from cradlemark.registry.home import Home
from cradlemark.registry.people.models import ROLES_OF
from tests.portal.api_client import Program, token_for

ROLES = tuple(role for roles in ROLES_OF.values() for role in roles)
OPEN = {
    "home", "published", "demonstration-sign-in", "compare", "statistics", "chart", "chart-file", "log", "verify", "problem",
    "problem-ticket", "data", "supplier", "scanned", "scanned-product", "api", "invitation", "live", "ready", "metrics",
}  # fmt: skip
"""Pages for everybody; a new page that is neither here nor guarded fails the test."""
SIGNED_IN = {"desk", "case", "organisation-new"}
"""Pages for whoever is signed in; what they show is scoped."""
SAMPLES = {"int": "1", "str": "none", "path": "none", "slug": "none"}


KINDS = {"IntConverter": "int", "PathConverter": "path", "SlugConverter": "slug"}


def routes() -> Iterator[tuple[str, str, Any]]:
    """Name, address and page of every route of our own; those below /support/ are walked by test_support.py."""
    for pattern in get_resolver().url_patterns:
        if isinstance(pattern, URLPattern):
            yield str(pattern.name), address(pattern), pattern.callback


def address(pattern: URLPattern) -> str:
    """An address that the route answers."""
    made = str(pattern.pattern)
    for name, converter in pattern.pattern.converters.items():
        kind = KINDS.get(type(converter).__name__, "str")
        made = made.replace(f"<{kind}:{name}>", SAMPLES[kind])
    return "/" + made


def test_every_page_says_who_may_see_it() -> None:
    unguarded = {name for name, _, page in routes() if not hasattr(page, "roles")}
    assert unguarded == OPEN | SIGNED_IN
    for name, _, page in routes():
        assert set(getattr(page, "roles", ())) <= workflow().roles.keys(), name


def test_visitor_is_asked_to_sign_in(home: Home) -> None:
    visitor = Client()
    for name, path, _ in routes():
        if name in OPEN:
            continue
        for response in (visitor.get(path), visitor.post(path)):
            assert response.status_code in {302, 405}, (name, response.status_code)
            if response.status_code == 302:
                assert response.headers["Location"].startswith("/account/"), name


@pytest.mark.parametrize("role", ROLES)
def test_role_sees_its_pages_and_no_others(signed_in: Callable[[str], Client], role: str) -> None:
    client = signed_in(role)
    for name, path, page in routes():
        if name in OPEN | SIGNED_IN:
            continue
        statuses = {client.get(path).status_code, client.post(path).status_code} - {405}
        if role in page.roles:
            assert 403 not in statuses, (name, role)
            assert max(statuses) < 500, (name, statuses)
        else:
            # 302: the page asks again who it is before it looks at the role
            assert statuses <= {403, 302}, (name, role, statuses)


def test_forms_without_their_token_are_refused(signed_in: Callable[[str], Client]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = signed_in("practitioner").cookies
    assert strict.post("/products/new/", {}).status_code == 403


OPEN_OPERATIONS = {"programme", "labels", "label", "proof"}
"""What the interface for programs answers without a token."""


def operations() -> Iterator[tuple[str, str, Any, Any]]:
    """Method, address, operation and its function, of the whole interface for programs."""
    from cradlemark.portal.api.service import api

    for _prefix, router in api._routers:
        for path, view in router.path_operations.items():
            address = re.sub(r"\{[a-z]+\}", "1", path)
            for operation in view.operations:
                for method in operation.methods:
                    yield method, address, operation, operation.view_func


def test_every_operation_says_who_may_use_it() -> None:
    from cradlemark.registry.access.tokens import SCOPES

    found = {function.__name__ for _, _, _, function in operations() if not hasattr(function, "roles")}
    assert found == OPEN_OPERATIONS
    for _method, path, _operation, function in operations():
        if function.__name__ in OPEN_OPERATIONS:
            continue
        assert function.scope in SCOPES, path
        assert set(function.roles) <= set(ROLES), path


def test_program_without_a_token_is_refused_everything_but_what_is_public(home: Home) -> None:
    for method, path, _, function in operations():
        response = Program().send(method, path, If_Match="*")
        if function.__name__ not in OPEN_OPERATIONS:
            assert response.status_code == 401, (method, path)


@pytest.mark.parametrize("role", [role for role in ROLES if role != "oversight"])
def test_program_may_what_its_person_may(home: Home, role: str) -> None:
    program = Program(token_for(role))
    for method, path, _, function in operations():
        if function.__name__ in OPEN_OPERATIONS:
            continue
        body = BODIES.get(function.__name__, {})
        status = program.send(method, path, body, If_Match="*").status_code
        if role in function.roles:
            assert status not in {401, 403}, (method, path, role)
            assert status < 500, (method, path)
        else:
            assert status in {403, 422}, (method, path, role, status)
            if body or method == "GET":
                assert status == 403, (method, path, role)


BODIES: dict[str, dict[str, Any]] = {
    "begin_study": {"document": "x"}, "save_study": {"document": "x"}, "hand_in": {"study": 1, "version": 1, "reason": "x"},
    "take_step": {"step": "accept", "reason": "x"}, "find": {"severity": "minor", "text": "x"}, "reply": {"text": "x"},
    "plan": {"verifier": 1, "assurance": "limited", "materiality": 0.05, "reason": "x"},
    "opinion": {"kind": "unmodified", "text": "x"}, "registration": {"reason": "x"},
    "apply_upload": {"name_en": "x"},
}  # fmt: skip
