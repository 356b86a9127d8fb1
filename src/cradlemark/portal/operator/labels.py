"""Labels of the programme: find one, look at it, change its state after a look at what everybody will see."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from cradlemark.core.language import Language
from cradlemark.label.claim import read_claim
from cradlemark.label.workflow import Step, workflow
from cradlemark.portal.acting import acting
from cradlemark.portal.home import home, now
from cradlemark.portal.operator.preview import future_page
from cradlemark.portal.publishing import publish_now
from cradlemark.portal.templatetags.cradlemark import language
from cradlemark.registry.complaints.handle import note_suspension
from cradlemark.registry.complaints.models import Complaint
from cradlemark.registry.labels.change import LONGEST_REASON, ChangeRequest, change_state
from cradlemark.registry.labels.models import Label
from cradlemark.registry.people.actor import Actor

PAGE = 50
READERS = ("officer", "decision_maker", "oversight")
ACTING = ("officer", "decision_maker", "applicant")
"""Who changes states of labels; an applicant withdraws the own ones."""
PREVIEW_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'self'; form-action 'none'; frame-ancestors 'self'"
)
FRAME_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
CONSEQUENCES = {
    "suspend": _("The mark must not be used from now on. It can be undone: make the label valid again when the cause is removed."),
    "clear": _("The label is valid again and the mark may be used. It can be suspended again."),
    "revoke": _("The label is never valid again, and its page says so for ever. This cannot be undone: a new label needs a new case."),
    "withdraw": _("The label must not be used any more. This cannot be undone: a new label needs a new case."),
    "supersede": _("The label leads to its successor from now on. It cannot be made valid again."),
    "review_change": _("The label stays valid; its page says that a change is being reviewed. It can be made valid again without a note."),
    "reduce_scope": _("The label stays valid for what remains. State in the reason which models or sites fall out."),
    "publish": _("Everybody can see the label from now on. It cannot be hidden again."),
}  # fmt: skip
"""What each step does, and whether it can be undone."""


@require_GET
@acting(*READERS)
def labels(request: HttpRequest, by: Actor) -> HttpResponse:
    """Labels with their states, the newest first."""
    state, number = request.GET.get("state", ""), request.GET.get("number", "").strip().upper()[:40]
    found = Label.objects.order_by("-sequence").select_related("case__product", "case__applicant")
    if state in workflow().states["label"]:
        found = found.filter(state=state)
    if number:
        found = found.filter(number__contains=number)
    before = request.GET.get("before", "")
    page = found.filter(sequence__lt=int(before)) if _whole(before) else found
    rows = list(page.defer("claim", "credential")[: PAGE + 1])
    shown = {
        "rows": rows[:PAGE], "older": rows[PAGE - 1].sequence if len(rows) > PAGE else None, "count": found.count(),
        "states": workflow().states["label"], "state": state, "number": number, "tab": "labels",
    }  # fmt: skip
    return render(request, "portal/operator/labels.html", shown)


@require_GET
@acting(*READERS)
def label(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """One label: what it is, what happened to it, what can be done."""
    found = visible_label(by, number)
    shown = {
        "label": found, "claim": read_claim(bytes(found.claim)), "steps": _steps(found, by),
        "changes": found.changes.select_related("entry").order_by("entry"), "tab": "labels",
        "complaints": found.complaints.order_by("-received"), "ticket": request.GET.get("ticket", "")[:12],
        "reason": request.GET.get("reason", "")[:LONGEST_REASON],
    }  # fmt: skip
    return render(request, "portal/operator/label.html", shown)


@require_GET
@acting(*ACTING)
def preview(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """What a change of state does, what everybody will see, and the button that makes it so."""
    found = visible_label(by, number)
    step = _step(found, by, request.GET.get("step", ""))
    shown = {
        "label": found, "step": step, "reason": request.GET.get("reason", "")[:LONGEST_REASON], "key": str(uuid.uuid4()),
        "consequence": CONSEQUENCES.get(step.id, ""), "ticket": request.GET.get("ticket", "")[:12], "tab": "labels",
        "grave": step.id in {"suspend", "revoke", "withdraw"}, "role": by.role, "tongue": language(),
    }  # fmt: skip
    response = render(request, "portal/operator/label-preview.html", shown)
    response.headers["Content-Security-Policy"] = FRAME_POLICY
    return response


@require_GET
@xframe_options_sameorigin
@acting(*ACTING)
def preview_page(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """The public page as it would be after the change."""
    found = visible_label(by, number)
    step = _step(found, by, request.GET.get("step", ""))
    chosen: Language = "en" if request.GET.get("language") == "en" else "zh"
    page = future_page(
        home(), found, step, role=by.role, reason=request.GET.get("reason", "")[:LONGEST_REASON], time=now(), language=chosen
    )  # fmt: skip
    return HttpResponse(page, headers={"Content-Security-Policy": PREVIEW_POLICY})


@require_POST
@acting("officer", "decision_maker")
def change_label(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """Suspend, clear, revoke a label, with a reason for the public."""
    step = home().programme.label_steps.get(request.POST.get("step", ""))
    if step is None:
        raise Http404
    reason, ticket = request.POST.get("reason", ""), request.POST.get("ticket", "")
    asked = ChangeRequest(request.POST.get("key", ""), number, step.id, by.role, by.user.email, reason, by)
    complaint = Complaint.objects.filter(ticket=ticket, label=number).first() if ticket else None
    change_state(asked, steps=home().programme.label_steps, time=now())
    if complaint is not None:
        note_suspension(complaint.ticket, step=step.id, reason=reason, by=by, time=now())
    publish_now(request)
    return redirect("complaint", ticket=complaint.ticket) if complaint else redirect("label", number=number)


def visible_label(by: Actor, number: str) -> Label:
    """A label that the actor may look at: every one for the programme, the own ones for a holder."""
    found = Label.objects.select_related("case__applicant", "case__product", "entry", "previous")
    if by.role == "applicant":
        found = found.filter(case__applicant=by.organisation)
    one = found.filter(number=number).first()
    if one is None:
        raise Http404
    return one


def _steps(found: Label, by: Actor) -> list[tuple[Step, object]]:
    steps = home().programme.label_steps.values()
    return [
        (step, CONSEQUENCES.get(step.id, ""))
        for step in steps
        if found.state in step.source and step.role == by.role
    ]


def _step(found: Label, by: Actor, name: str) -> Step:
    step = home().programme.label_steps.get(name)
    if step is None or found.state not in step.source or step.role != by.role:
        raise Http404
    return step


def _whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16
