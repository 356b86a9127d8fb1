"""The queue of a verifier: own cases, how long they wait, and by when the programme has to decide."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cradlemark.portal.acting import acting
from cradlemark.portal.home import home
from cradlemark.portal.queues import queue_of
from cradlemark.registry.cases.clock import FINAL
from cradlemark.registry.cases.models import Case
from cradlemark.registry.people.actor import Actor

WORKING = ("planned", "document_review", "site_inspection", "corrective_action")
"""States in which a verification is under way."""


@require_GET
@acting("verifier")
def queue(request: HttpRequest, by: Actor) -> HttpResponse:
    """Cases that are assigned to this person, the most urgent first."""
    rows = queue_of(Case.objects.filter(verifier=by.user, body=by.organisation), home().programme)
    shown = {
        "working": [row for row in rows if row.case.state in WORKING],
        "later": [row for row in rows if row.case.state not in (*WORKING, *FINAL)],
        "done": [row for row in rows if row.case.state in FINAL],
    }
    return render(request, "portal/verifier/queue.html", shown)
