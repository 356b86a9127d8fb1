"""People and how they sign in: end their sessions, and reset a second factor that was lost, by two people."""

from __future__ import annotations

import attrs
from allauth.account.decorators import reauthentication_required
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cradlemark.portal.accounts.recovery import ask_for_reset, decide_on_reset
from cradlemark.portal.accounts.sessions import end_sessions
from cradlemark.portal.acting import acting
from cradlemark.portal.home import now
from cradlemark.registry.access.factor_reset import DECIDING, open_requests
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import Membership, User

MOST = 50
"""People that are shown; a search narrows them."""


@attrs.frozen
class Row:
    """A person in the list.

    Parameters
    ----------
    factors : tuple of str
        Kinds of second factors that are set up.
    sessions : tuple of UserSession
    """

    user: User
    memberships: tuple[Membership, ...]
    factors: tuple[str, ...]
    sessions: tuple[UserSession, ...]


@require_GET
@acting(*DECIDING)
def people(request: HttpRequest, by: Actor) -> HttpResponse:
    """People by address, and the requests that wait for a second person."""
    asked = request.GET.get("q", "").strip()[:120]
    found = User.objects.filter(is_active=True, email__icontains=asked)
    shown = {
        "q": asked, "count": found.count(), "rows": [_row(user) for user in found[:MOST]], "requests": open_requests(time=now()),
        "may_act": by.role == "officer", "own": by.user, "tab": "people",
    }  # fmt: skip
    return render(request, "portal/operator/people.html", shown)


def _row(user: User) -> Row:
    factors = Authenticator.objects.filter(user=user).values_list("type", flat=True).distinct()
    sessions = UserSession.objects.purge_and_list(user)
    memberships = Membership.objects.select_related("organisation").filter(user=user)
    return Row(user, tuple(memberships), tuple(sorted(factors)), tuple(sessions))


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
@acting("officer")
def sign_out(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """End all sessions of a person."""
    user = _person(number)
    count = end_sessions(user)
    record("access:sessions:end", str(user.pk), by=by, time=now(), detail={"sessions": count})
    messages.success(request, _("%(person)s is signed out everywhere.") % {"person": user.email})
    return redirect("people")


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
@acting("officer")
def ask_reset(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Ask for the reset of a second factor."""
    user = _person(number)
    sent = ask_for_reset(user, reason=request.POST.get("reason", ""), by=by, time=now())
    messages.success(request, _("Another officer, or oversight, decides now."))
    _warn_unless(sent, request, user)
    return redirect("people")


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
@acting(*DECIDING)
def decide_reset(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Decide on the request of somebody else; who asked can only withdraw it."""
    granted = request.POST.get("answer") == "grant"
    found, sent = decide_on_reset(number, granted=granted, by=by, time=now())
    told = (
        _("The second factor of %(person)s is reset.")
        if granted
        else _("The second factor of %(person)s stays.")
    )
    messages.success(request, told % {"person": found.user.email})
    _warn_unless(sent, request, found.user)
    return redirect("people")


def _warn_unless(sent: bool, request: HttpRequest, user: User) -> None:
    if not sent:
        messages.warning(
            request,
            _("The e-mail to %(person)s could not be sent: tell this person in another way.")
            % {"person": user.email},
        )


def _person(number: int) -> User:
    found = User.objects.filter(pk=number, is_active=True).first()
    if found is None:
        raise Http404
    return found
