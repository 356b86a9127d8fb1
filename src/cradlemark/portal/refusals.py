"""Errors that a user can repair become a page: what is wrong, where, and how to repair it; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from cradlemark.core.errors import CradlemarkError, NotFoundError, StateError
from cradlemark.portal.home import now
from cradlemark.registry.operation.freeze import retry_after
from cradlemark.registry.operation.frozen import frozen, refuse_frozen

STATUS = {NotFoundError: 404, StateError: 409}
UNAVAILABLE = ("register-frozen", "scanner-failed")
SAFE = ("GET", "HEAD", "OPTIONS", "TRACE")
STILL_POSSIBLE = ("/account/", "/language/", "/api/")
"""Signing in and out, and the language; the API answers by itself, in its own form."""


def status_of(error: CradlemarkError) -> int:
    """Status of HTTP that an error is answered with, here and in the API."""
    if error.code in UNAVAILABLE:
        return 503
    return next((code for kind, code in STATUS.items() if isinstance(error, kind)), 422)


def headers_of(error: CradlemarkError) -> dict[str, str]:
    """Headers that go with an error."""
    lasting = frozen() if error.code == "register-frozen" else None
    return {"Retry-After": str(retry_after(lasting, time=now()))} if lasting else {}


def refused(request: HttpRequest, error: CradlemarkError) -> HttpResponse:
    """Page that shows an error."""
    response = render(request, "portal/refused.html", {"problems": error.problems}, status=status_of(error))
    for name, value in headers_of(error).items():
        response.headers[name] = value
    return response


class Refusals:
    """Renders a `CradlemarkError` that no page has shown itself, and every attempt to write while the register is frozen."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_page: object) -> HttpResponse | None:
        """Show before anything is done that nothing can be written now."""
        if request.method in SAFE or request.path.startswith(STILL_POSSIBLE):
            return None
        try:
            refuse_frozen()
        except StateError as error:
            return refused(request, error)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Show an error that has a repair; others are faults and are logged."""
        return refused(request, exception) if isinstance(exception, CradlemarkError) else None
