"""The desk: what a person has to do; and the page of a case, which everybody sees who has a part in it."""

from __future__ import annotations

import attrs
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cradlemark.core.language import Text
from cradlemark.footprint.document import from_bytes
from cradlemark.label.programme_decisions import facts_of
from cradlemark.label.workflow import Step
from cradlemark.portal.acting import acting
from cradlemark.portal.home import home, now
from cradlemark.portal.operator.accreditations import candidates
from cradlemark.portal.queues import row_of
from cradlemark.registry.cases.guards import Facts, problems
from cradlemark.registry.cases.models import OPINIONS, SEVERITIES, Case
from cradlemark.registry.cases.register import last_label
from cradlemark.registry.cases.take import facts, take
from cradlemark.registry.cases.verify import reply as write_reply
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import Membership, Organisation, User
from cradlemark.registry.studies.models import Product
from cradlemark.registry.studies.seal import bundle_of

PROGRAMME_ROLES = ("officer", "technical_reviewer", "decision_maker", "oversight")
READING = ("technical_reviewer", "decision_maker", "oversight")
"""Roles of the programme that read a sealed study on the workbench."""
EVERYBODY = ("applicant", "practitioner", "verifier", *PROGRAMME_ROLES)
OWN_PAGES = {"plan", "give_opinion", "register", "submit", "resubmit"}
"""Steps that need more than a reason and have a form of their own."""


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases in which a person has a part: of the own organisation, assigned to it, or all of them for the programme."""
    if Membership.objects.filter(user=user, role__in=PROGRAMME_ROLES).exists():
        return Case.objects.all()
    mine = Organisation.objects.filter(memberships__user=user)
    return Case.objects.filter(Q(applicant__in=mine) | Q(body__in=mine, verifier=user))


@require_GET
@login_required
def desk(request: HttpRequest) -> HttpResponse:
    """Everything that waits for this person, by role."""
    user = request.user
    assert isinstance(user, User)
    cases = visible_cases(user).select_related("product", "applicant", "body", "label").order_by("-number")
    roles = roles_of(user)
    mine = [step for step in home().programme.case_steps.values() if step.role in roles]
    waiting = [case for case in cases if any(case.state in step.source for step in mine)]
    products = Product.objects.filter(organisation__memberships__user=user).distinct()
    return render(request, "portal/desk.html", {"waiting": waiting, "cases": cases, "products": products})


@require_GET
@login_required
def case(request: HttpRequest, number: int) -> HttpResponse:
    """A case: what is claimed, what was found, what happened, and what can be done now."""
    user = request.user
    assert isinstance(user, User)
    found = own_case(user, number)
    footprint = from_bytes(bundle_of(found.revision).parts["result.json"], where="result.json")
    is_verifier = found.verifier_id == user.pk
    return render(
        request,
        "portal/case.html",
        {
            "case": found,
            "possible": possible_steps(found, user),
            "follows": last_label(found.product_id, found.kind),
            "own_pages": OWN_PAGES,
            "asked_facts": facts_of(home().programme, found.kind),
            "footprint": footprint,
            "is_verifier": is_verifier,
            "declared": found.declarations.filter(user=user).exclude(conflict=True).exists(),
            "conflict": found.declarations.filter(user=found.verifier_id, conflict=True).first(),
            "may_answer": is_verifier or bool({"applicant", "practitioner"} & roles_of(user)),
            "row": row_of(found, home().programme),
            "may_read": is_verifier or bool(set(READING) & roles_of(user)),
            "severities": SEVERITIES,
            "opinions": OPINIONS,
            "candidates": candidates(found) if "officer" in roles_of(user) else (),
        },
    )


def possible_steps(found: Case, user: User) -> list[tuple[Step, list[Text]]]:
    """Steps of a case that belong to roles of a person now, each with what holds it back."""
    possible: list[tuple[Step, list[Text]]] = []
    for membership in Membership.objects.select_related("organisation").filter(user=user):
        by = Actor(user, membership.organisation, membership.role)
        possible += [
            (step, problems(step.id, _as_if(step.id, facts(found, by, time=now()))))
            for step in home().programme.case_steps.values()
            if found.state in step.source and step.role == by.role
        ]
    return possible


def _as_if(step: str, known: Facts) -> Facts:
    """Facts as if what the form of a step itself asks for were there already."""
    if step == "give_opinion":
        return attrs.evolve(known, opinion="unmodified")
    if step == "plan":
        return attrs.evolve(known, body=known.body or 0, verifier=known.verifier or 0, accredited=True)
    return attrs.evolve(known, new_revision=True) if step == "resubmit" else known


@require_POST
@acting(*EVERYBODY)
def take_step(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Take a step that needs a reason only."""
    user = request.user
    assert isinstance(user, User)
    found = own_case(user, number)
    name = request.POST.get("step", "")
    step = home().programme.case_steps.get(name)
    if step is None or name in OWN_PAGES:
        raise Http404
    membership = Membership.objects.select_related("organisation").filter(user=user, role=step.role).first()
    if membership is None:
        raise PermissionDenied
    by = Actor(user, membership.organisation, step.role)
    take(
        found.number,
        name,
        programme=home().programme,
        by=by,
        time=now(),
        reason=request.POST.get("reason", ""),
    )
    return redirect(back_to(request, number))


@require_POST
@acting("applicant", "practitioner", "verifier")
def reply(request: HttpRequest, by: Actor, number: int, finding: int) -> HttpResponse:
    """Answer a finding."""
    own_case(by.user, number)
    write_reply(number, finding, text=request.POST.get("text", ""), by=by, time=now())
    return redirect(back_to(request, number))


@require_GET
@acting(*EVERYBODY)
def bundle(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Download the sealed bundle, to recompute it offline."""
    found = own_case(by.user, number)
    response = HttpResponse(bytes(found.revision.bundle), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="case-{number}.cradle"'
    return response


def back_to(request: HttpRequest, number: int) -> str:
    """Address of the page of a case on which somebody was: the workbench says so itself."""
    name = "case-workbench" if request.POST.get("back") == "workbench" else "case"
    return reverse(name, args=[number])


def roles_of(user: User) -> set[str]:
    """Roles of a person."""
    return set(Membership.objects.filter(user=user).values_list("role", flat=True))


def own_case(user: User, number: int) -> Case:
    """A case in which the person has a part; for others it is not there."""
    found = visible_cases(user).filter(number=number).first()
    if found is None:
        raise Http404
    return found
