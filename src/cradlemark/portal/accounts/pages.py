"""Pages of invitations, and of a person who begins an organisation."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cradlemark.core.errors import CradlemarkError, InputError, StateError
from cradlemark.core.language import Text
from cradlemark.core.places import place_name
from cradlemark.portal.accounts.adapters import INVITATION
from cradlemark.portal.acting import acting
from cradlemark.portal.home import now
from cradlemark.portal.refusals import status_of
from cradlemark.registry.access.invite import accept, invite, open_invitation, withdraw
from cradlemark.registry.access.models import Invitation
from cradlemark.registry.audit.record import record
from cradlemark.registry.people.actor import Actor, join
from cradlemark.registry.people.models import (
    MANUFACTURER,
    PROGRAMME,
    ROLES_OF,
    Membership,
    Organisation,
    User,
)
from cradlemark.registry.writing import writing

INVITING = ("officer", "applicant", "verifier")
"""Roles that invite; an officer into every organisation, the others into their own."""


@never_cache
@require_http_methods(["GET", "POST"])
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """What the invitation of a link is for; whoever is signed in can take it."""
    found = open_invitation(secret, time=now())
    user = request.user
    if not isinstance(user, User):
        request.session[INVITATION] = secret
        return render(request, "portal/accounts/invitation.html", {"invitation": found})
    if request.method == "POST":
        request.session.pop(INVITATION, None)
        accept(secret, user, time=now())
        messages.success(
            request, _("You act for %(organisation)s now.") % {"organisation": str(found.organisation)}
        )
        return redirect("desk")
    return render(request, "portal/accounts/invitation.html", {"invitation": found, "secret": secret})


@never_cache
@require_http_methods(["GET", "POST"])
@acting(*INVITING)
def invitations(request: HttpRequest, by: Actor) -> HttpResponse:
    """Invitations that one may make, and those that are open; the link is shown once."""
    own = by.organisation.kind != PROGRAMME
    organisations = Organisation.objects.filter(pk=by.organisation.pk) if own else Organisation.objects.all()
    shown: dict[str, object] = {"organisations": [(one, ROLES_OF[one.kind]) for one in organisations]}
    status = 200
    if request.method == "POST":
        try:
            made, secret = _made(request, by)
            shown["link"] = request.build_absolute_uri(reverse("invitation", args=[secret]))
            shown["made"] = made
        except CradlemarkError as error:
            shown["problems"], status = error.problems, status_of(error)
    shown["open"] = Invitation.objects.select_related("organisation").filter(
        organisation__in=organisations, taken=None, withdrawn=None, expires__gt=now()
    )
    return render(request, "portal/accounts/invitations.html", shown, status=status)


def _made(request: HttpRequest, by: Actor) -> tuple[Invitation, str]:
    place, _colon, role = request.POST.get("part", "").partition(":")
    organisation = Organisation.objects.filter(
        pk=int(place) if place.isascii() and place.isdecimal() and len(place) < 18 else 0
    ).first()
    days = request.POST.get("days", "")
    if organisation is None:
        raise InputError(
            Text("no organisation is chosen", "未选择机构"), code="choice-unknown", where="part",
            hint=Text("choose one of the list", "从列表中选择"),
        )  # fmt: skip
    number = int(days) if days.isascii() and days.isdecimal() and len(days) < 6 else 0
    return invite(
        organisation, role, email=request.POST.get("email", "").strip(), days=number, by=by, time=now()
    )


@require_POST
@acting(*INVITING)
def withdraw_invitation(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Let an open invitation hold no longer."""
    withdraw(number, by=by, time=now())
    messages.success(request, _("The invitation holds no longer."))
    return redirect("invitations")


@require_http_methods(["GET", "POST"])
@login_required
def new_organisation(request: HttpRequest) -> HttpResponse:
    """A manufacturer begins: the person who signs it up is its applicant and its practitioner."""
    user = request.user
    assert isinstance(user, User)
    if Membership.objects.filter(user=user).exists():
        return redirect("desk")
    if request.method == "GET":
        return render(request, "portal/accounts/organisation-new.html", {})
    try:
        _begin(request, user)
    except CradlemarkError as error:
        shown = {"problems": error.problems, "typed": request.POST}
        return render(request, "portal/accounts/organisation-new.html", shown, status=status_of(error))
    return redirect("desk")


def _begin(request: HttpRequest, user: User) -> None:
    name = Text(request.POST.get("name_en", "").strip()[:200], request.POST.get("name_zh", "").strip()[:200])
    place = request.POST.get("place", "").strip()[:12]
    if not name:
        raise InputError(
            Text("the organisation has no name", "机构没有名称"), code="field-missing", where="name",
            hint=Text("give it in one language at least", "至少填写一种语言"),
        )  # fmt: skip
    place_name(place)
    with writing():
        if Membership.objects.filter(user=user).exists():
            raise StateError(
                Text("you act for an organisation already", "您已为某机构工作"), code="role-conflict",
                hint=Text("go to your desk", "前往工作台"),
            )  # fmt: skip
        made = Organisation.objects.create(
            kind=MANUFACTURER, name_en=name.en, name_zh=name.zh, place=place, identifier=request.POST.get("identifier", "").strip()[:80]
        )  # fmt: skip
        for role in ROLES_OF[MANUFACTURER]:
            join(user, made, role)
        record("access:organisation:begin", str(made.pk), by=Actor(user, made, "applicant"), time=now())
