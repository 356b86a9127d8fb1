"""Report a problem without an account; a ticket shows what became of it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from cradlemark.core.errors import CradlemarkError
from cradlemark.portal.callers import address_of
from cradlemark.portal.home import now
from cradlemark.portal.public.wording import COMPLAINT_KINDS
from cradlemark.registry.complaints.models import Complaint
from cradlemark.registry.complaints.report import Report, report, sender_of

WAIT = 3600
"""What a sender of too many is told to wait [s]."""


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def problem(request: HttpRequest) -> HttpResponse:
    """The form, and what was typed in it with everything that is wrong."""
    if request.method == "POST":
        given = _given(request)
        try:
            return redirect("problem-ticket", ticket=report(given, time=now()).ticket)
        except CradlemarkError as error:
            limit = error.code == "complaint-limit"
            response = _form(request, given, error, status=429 if limit else 422)
            if limit:
                response.headers["Retry-After"] = str(WAIT)
            return response
    return _form(request, Report(uuid.uuid4().hex, request.GET.get("label", "")[:60], "", "", "", ""))


def _form(
    request: HttpRequest, given: Report, error: CradlemarkError | None = None, *, status: int = 200
) -> HttpResponse:
    shown = {"given": given, "kinds": COMPLAINT_KINDS, "problems": error.problems if error else ()}
    return render(request, "portal/public/problem.html", shown, status=status)


def _given(request: HttpRequest) -> Report:
    typed = {name: request.POST.get(name, "") for name in ("key", "number", "kind", "text", "contact")}
    sender = sender_of(address_of(request), day=now().date(), secret=settings.SECRET_KEY)
    return Report(**typed, sender=sender)


@never_cache
@require_safe
def ticket(request: HttpRequest, ticket: str) -> HttpResponse:
    """What became of a report; nothing of what was written in it."""
    found = Complaint.objects.filter(ticket=ticket.upper()[:12]).first()
    if found is None:
        raise Http404
    return render(request, "portal/public/ticket.html", {"found": found})
