"""How long somebody stays signed in: not for ever, and shorter when nothing is done; both shorter for whoever verifies or decides."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import attrs
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from cradlemark.portal.home import now
from cradlemark.registry.people.models import MANUFACTURER, Membership, User

BEGAN, SEEN = "began", "seen"
"""Where a session keeps when somebody signed in, and when something was asked for last [s since 1970]."""
EXACT = 60
"""How exactly the second one is kept [s], so that not every request writes."""


@attrs.frozen
class Limits:
    """Longest times of a session.

    Parameters
    ----------
    idle : timedelta
        Without a request.
    whole : timedelta
        From signing in.
    """

    idle: datetime.timedelta
    whole: datetime.timedelta


def begin(request: HttpRequest) -> None:
    """Write down that somebody signs in now."""
    request.session[BEGAN] = request.session[SEEN] = int(now().timestamp())


def limits_of(user: User) -> Limits:
    """Limits for a person: those of the role that needs a second factor, whether or not there is one; else the longer ones."""
    strict = Membership.objects.filter(user=user).exclude(organisation__kind=MANUFACTURER).exists()
    idle, whole = settings.SESSION_LIMITS["strict" if strict else "ordinary"]
    return Limits(idle, whole)


class Lifetimes:
    """Signs out whoever has done nothing for too long, or has been signed in for too long."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if settings.SESSION_COOKIE_NAME in request.COOKIES and isinstance(request.user, User):
            _look(request, request.user, int(now().timestamp()))
        return self.get_response(request)


def _look(request: HttpRequest, user: User, time: int) -> None:
    session = request.session
    began, seen = session.get(BEGAN), session.get(SEEN)
    if began is None or seen is None:  # from before this was written down
        begin(request)
        return
    limits = limits_of(user)
    if time - seen > limits.idle.total_seconds() or time - began > limits.whole.total_seconds():
        logout(request)
        messages.info(request, _("You were signed out because your session was over. Sign in again."))
    elif time - seen >= EXACT:
        session[SEEN] = time


def end_sessions(user: User) -> int:
    """End all sessions of a person; returns how many there were."""
    found = UserSession.objects.purge_and_list(user)
    for session in found:
        session.end()
    return len(found)
