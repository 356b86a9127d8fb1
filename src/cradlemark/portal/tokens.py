"""Tokens of programs: make one, see it once, revoke it."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cradlemark.core.errors import CradlemarkError
from cradlemark.portal.acting import acting
from cradlemark.portal.desk import EVERYBODY
from cradlemark.portal.home import now
from cradlemark.portal.refusals import status_of
from cradlemark.registry.access.tokens import SCOPES, make_token, revoke_token, tokens_of
from cradlemark.registry.people.actor import Actor

DAYS = (7, 30, 90, 366)


@never_cache
@require_http_methods(["GET", "POST"])
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # it keeps what was typed
@acting(*EVERYBODY)
def tokens(request: HttpRequest, by: Actor) -> HttpResponse:
    """List the own tokens and make a new one; its secret is shown in the answer and never again."""
    shown: dict[str, object] = {"scopes": SCOPES, "days": DAYS, "now": now()}
    status = 200
    if request.method == "POST":
        given = request.POST.get("days", "")
        days = int(given) if given.isascii() and given.isdecimal() and len(given) < 6 else 0
        try:
            made, secret = make_token(
                request.POST.get("name", ""), request.POST.getlist("scopes"), days, by=by, time=now()
            )
            shown |= {"made": made, "secret": secret}
        except CradlemarkError as error:
            shown |= {"problems": error.problems, "name": request.POST.get("name", "")}
            status = status_of(error)
    return render(request, "portal/tokens.html", shown | {"tokens": tokens_of(by.user)}, status=status)


@require_POST
@acting(*EVERYBODY)
def revoke(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Let a token hold no longer."""
    revoke_token(number, by=by, time=now())
    messages.success(request, _("The token holds no longer."))
    return redirect("tokens")
