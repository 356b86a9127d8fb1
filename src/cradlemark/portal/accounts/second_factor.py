"""Whoever verifies, or acts for the programme, has a second factor: without one the pages of these roles stay closed."""

from __future__ import annotations

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cradlemark.registry.people.models import MANUFACTURER, Membership, User

OPEN_DESK = ("desk", "case")
"""Pages for whoever is signed in, which show what the roles allow."""


def lacks_second_factor(user: User) -> bool:
    """Whether a person has a role that needs a second factor, and has set up none: neither a code generator nor a passkey."""
    if not settings.SECOND_FACTOR_REQUIRED or is_mfa_enabled(user):
        return False
    return Membership.objects.filter(user=user).exclude(organisation__kind=MANUFACTURER).exists()


class SecondFactor:
    """Leads a person without the second factor that a role needs to where it is set up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, page: Callable[..., HttpResponse], *_rest: object
    ) -> HttpResponse | None:
        """Look before a page with roles is shown."""
        match = request.resolver_match
        guarded = hasattr(page, "roles") or (match is not None and match.url_name in OPEN_DESK)
        user = request.user
        if not guarded or not isinstance(user, User) or not lacks_second_factor(user):
            return None
        messages.warning(
            request, _("Your role needs a second factor. Set up a code generator or a passkey first.")
        )
        return redirect("mfa_index")
