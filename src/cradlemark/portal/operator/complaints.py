"""Reported problems: what was written, who looks into it, by when, and what became of it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from cradlemark.core.language import Text
from cradlemark.portal.acting import acting
from cradlemark.portal.home import home, now
from cradlemark.portal.mails import send
from cradlemark.portal.public.wording import COMPLAINT_OUTCOMES
from cradlemark.registry.complaints.handle import acknowledge, answer, assign, close, complaint_clock
from cradlemark.registry.complaints.models import OUTCOMES, Complaint
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import PROGRAMME, Membership

PAGE = 100


@require_GET
@acting("officer", "oversight")
def complaints(request: HttpRequest, by: Actor) -> HttpResponse:
    """Open reports, the oldest first; then the last ones that are closed."""
    timers, time = home().programme.timers, now()
    found = Complaint.objects.select_related("label", "assignee")
    waiting = [(one, complaint_clock(one, timers, now=time)) for one in found.filter(outcome="")]
    closed = [
        (one, complaint_clock(one, timers, now=time))
        for one in found.exclude(outcome="").order_by("-closed")[:PAGE]
    ]
    return render(
        request, "portal/operator/complaints.html", {"waiting": waiting, "closed": closed, "tab": "complaints"}
    )  # fmt: skip


@require_GET
@acting("officer", "oversight")
def complaint(request: HttpRequest, by: Actor, ticket: str) -> HttpResponse:
    """One report with everything that was done about it."""
    found = _known(ticket)
    people = Membership.objects.filter(organisation__kind=PROGRAMME).select_related("user")
    shown = {
        "found": found, "row": {"clock": complaint_clock(found, home().programme.timers, now=now())}, "tab": "complaints",
        "steps": found.steps.select_related("by"), "may_act": by.role == "officer" and not found.closed,
        "people": {one.user_id: one.user for one in people}.values(), "mail": _address(found.contact),
        "outcomes": [(name, COMPLAINT_OUTCOMES[name]) for name in OUTCOMES],
        "may_suspend": by.role == "officer" and found.label is not None and _may_suspend(found.label.state),
    }  # fmt: skip
    return render(request, "portal/operator/complaint.html", shown)


@require_POST
@acting("officer")
def handle_complaint(request: HttpRequest, by: Actor, ticket: str) -> HttpResponse:
    """Acknowledge, assign, answer, close."""
    found, step, time = _known(ticket), request.POST.get("step", ""), now()
    text = request.POST.get("text", "")
    if step == "acknowledge":
        acknowledge(found.ticket, by=by, time=time)
    elif step == "assign":
        given = request.POST.get("person", "")
        known = given.isascii() and given.isdecimal() and len(given) < 18
        member = (
            Membership.objects.filter(user=int(given), organisation__kind=PROGRAMME).first()
            if known
            else None
        )
        assign(found.ticket, member.user if member else None, by=by, time=time)
    elif step == "answer":
        answer(found.ticket, text=text, by=by, time=time)
        _send(request, found, text)
    elif step == "close":
        explanation = Text(request.POST.get("explanation_en", ""), request.POST.get("explanation_zh", ""))
        outcome = request.POST.get("outcome", "")
        close(found.ticket, outcome=outcome, explanation=explanation, by=by, time=time)
    else:
        raise Http404
    return redirect("complaint", ticket=found.ticket)


def _known(ticket: str) -> Complaint:
    found = Complaint.objects.select_related("label", "assignee").filter(ticket=ticket).first()
    if found is None:
        raise Http404
    return found


def _may_suspend(state: str) -> bool:
    step = home().programme.label_steps.get("suspend")
    return step is not None and state in step.source


def _address(contact: str) -> str:
    """The contact when it is an address of mail; nothing for a telephone number or a name."""
    try:
        validate_email(contact)
    except ValidationError:
        return ""
    return contact


def _send(request: HttpRequest, found: Complaint, text: str) -> None:
    address = _address(found.contact)
    if not address:
        messages.info(request, _("The answer is kept. There is no e-mail address to send it to."))
        return
    if send(_("Your report %(ticket)s") % {"ticket": found.ticket}, text, address):
        messages.success(request, _("The answer is kept and was sent by e-mail."))
        return
    messages.warning(
        request,
        _("The answer is kept, but the e-mail could not be sent: send it to %(address)s yourself.")
        % {"address": address},
    )
