"""Accreditations of verifiers: who may verify what until when; given and taken back by the officer."""

from __future__ import annotations

import datetime

import attrs
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cradlemark.core.errors import CradlemarkError, InputErrors, Problem
from cradlemark.core.language import Text
from cradlemark.portal.acting import acting
from cradlemark.portal.home import home, now
from cradlemark.registry.accreditation.accredit import Grant, accredit, end, invalid, valid_at
from cradlemark.registry.accreditation.models import Accreditation
from cradlemark.registry.cases.models import Case
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import VERIFICATION_BODY, Membership, Organisation

SOON = datetime.timedelta(days=60)
"""How long before its last day an accreditation is shown as ending soon (own choice)."""
UNDER_WAY = ("planned", "document_review", "site_inspection", "corrective_action")


@attrs.frozen
class Row:
    """An accreditation in the list.

    Parameters
    ----------
    state : str
        ``valid``, ``soon``, ``coming``, ``expired``, ``ended``.
    cases : int
        Verifications under way that rest on it alone or together with others.
    """

    accreditation: Accreditation
    state: str
    cases: int


@require_GET
@acting("officer", "oversight")
def accreditations(request: HttpRequest, by: Actor) -> HttpResponse:
    """All accreditations, body by body."""
    return _shown(request, by)


@require_POST
@acting("officer")
def grant(request: HttpRequest, by: Actor) -> HttpResponse:
    """Give an accreditation; what is wrong is said with the form as it was filled in."""
    try:
        accredit(_given(request), rule_packs=home().programme.rule_packs, by=by, time=now())
    except CradlemarkError as error:
        return _shown(request, by, typed=request.POST.dict(), problems=error.problems, status=422)
    messages.success(request, _("The accreditation is given."))
    return redirect("accreditations")


@require_http_methods(["POST"])
@acting("officer")
def take_back(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Take an accreditation back, from now on."""
    end(number, reason=request.POST.get("reason", ""), by=by, time=now())
    messages.success(request, _("The accreditation is taken back."))
    return redirect("accreditations")


def _shown(
    request: HttpRequest, by: Actor, *, typed: dict[str, str] | None = None,
    problems: tuple[Problem, ...] = (), status: int = 200,
) -> HttpResponse:  # fmt: skip
    found = Accreditation.objects.select_related("organisation", "user", "end", "granted_by")
    today = now().date()
    shown = {
        "rows": [_row(one) for one in found], "typed": typed or {"valid_from": today.isoformat()},
        "problems": problems, "packs": home().programme.rule_packs, "may_act": by.role == "officer", "tab": "accreditations",
        "verifiers": Membership.objects.filter(role="verifier").select_related("user", "organisation"),
        "bodies": Organisation.objects.filter(kind=VERIFICATION_BODY),
    }  # fmt: skip
    return render(request, "portal/operator/accreditations.html", shown, status=status)


def _row(one: Accreditation) -> Row:
    resting = Case.objects.filter(body=one.organisation, rule_pack=one.rule_pack, state__in=UNDER_WAY)
    if one.user_id is not None:
        resting = resting.filter(verifier=one.user_id)
    return Row(one, _state(one), resting.count())


def _state(one: Accreditation) -> str:
    today = now().date()
    if hasattr(one, "end"):
        return "ended"
    if one.valid_until < today:
        return "expired"
    if one.valid_from > today:
        return "coming"
    return "soon" if one.valid_until - today <= SOON else "valid"


def candidates(case: Case) -> list[tuple[Membership, bool]]:
    """Verifiers who do not belong to the applicant, and whether each is accredited for the rule pack of a case."""
    everybody = Membership.objects.filter(role="verifier").exclude(organisation=case.applicant_id)
    holding = set(
        valid_at(now()).filter(rule_pack=case.rule_pack).values_list("organisation", "user")
    )  # fmt: skip
    rows = [
        (one, not holding.isdisjoint({(one.organisation_id, None), (one.organisation_id, one.user_id)}))
        for one in everybody.select_related("user", "organisation")
    ]
    return sorted(rows, key=lambda row: not row[1])


def _given(request: HttpRequest) -> Grant:
    """The form: ``body 3`` accredits every verifier of a body, ``person 7`` the person of a membership."""
    kind, _space, key = request.POST.get("who", "").partition(" ")
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 18 else 0
    member = Membership.objects.filter(pk=number, role="verifier").first() if kind == "person" else None
    body = member.organisation if member else Organisation.objects.filter(pk=number).first()
    days = [_day(request.POST.get(name, "")) for name in ("valid_from", "valid_until")]
    if body is None or kind not in {"body", "person"} or (kind == "person") != (member is not None):
        raise InputErrors([invalid("who", Text("nobody is chosen", "未选择对象"))])
    if None in days:
        raise InputErrors([invalid("valid_until", Text("a day is missing", "缺少日期"))])
    first, last = (day or datetime.date.min for day in days)
    return Grant(
        body, member.user if member else None, request.POST.get("rule_pack", ""), request.POST.get("reference", ""),
        first, last, request.POST.get("reason", ""),
    )  # fmt: skip


def _day(text: str) -> datetime.date | None:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None
