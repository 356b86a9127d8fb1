"""Headers of every answer: what a page may load, and what a browser may do with it."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action {forms}; base-uri 'none'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


class SecureHeaders:
    """Adds the headers to every answer that does not set them itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        # A browser holds the redirect to the identity provider, which follows a form, against the policy too.
        self.policy = POLICY.format(forms=" ".join(("'self'", *settings.FORM_TARGETS)))

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request with the headers."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", self.policy)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if (
            settings.SESSION_COOKIE_NAME in request.COOKIES
        ):  # what a person sees is kept by nobody else, nor after signing out
            response.headers.setdefault("Cache-Control", "no-store")
        ended = response.cookies.get(settings.SESSION_COOKIE_NAME)
        if ended is not None and not ended.value:  # signed out, or the session was over
            response.headers.setdefault("Clear-Site-Data", '"cache", "storage"')
        return response
