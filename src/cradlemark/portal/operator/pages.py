"""What an officer does with a case: assign the verification, register the label."""

from __future__ import annotations

import math

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.portal.acting import acting
from cradlemark.portal.home import home, now, signer
from cradlemark.portal.publishing import publish_now
from cradlemark.registry.cases import register as registering
from cradlemark.registry.cases.take import Plan, take
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import Membership

LARGEST_MATERIALITY = 0.2
"""Above it a verification says nothing (own choice) [1]."""


@require_POST
@acting("officer")
def plan(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Assign a verification body and a verifier, with level and materiality."""
    given = request.POST.get("verifier", "")
    chosen = (
        Membership.objects.select_related("user", "organisation")
        .filter(pk=given if given.isdecimal() and len(given) < 18 else 0, role="verifier")
        .first()
    )
    if chosen is None:
        raise InputError(
            Text("no verifier is chosen", "未选择验证人"),
            code="verifier-missing",
            hint=Text("choose one of the list", "从列表中选择"),
        )
    made = Plan(
        chosen.organisation,
        chosen.user,
        _one_of(request, "assurance", ("limited", "reasonable")),
        _materiality(request),
    )
    take(
        number,
        "plan",
        programme=home().programme,
        by=by,
        time=now(),
        reason=request.POST.get("reason", ""),
        plan=made,
    )
    return redirect("case", number=number)


@require_POST
@acting("officer")
def register(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Issue the label of a granted case and publish it."""
    label = registering.register(
        number, home=home(), signer=signer(), by=by, time=now(), reason=request.POST.get("reason", "")
    )
    publish_now(request)
    messages.success(request, _("Label %(number)s is registered.") % {"number": label.number})
    return redirect("case", number=number)


def _one_of(request: HttpRequest, name: str, allowed: tuple[str, ...]) -> str:
    given = request.POST.get(name, "")
    if given not in allowed:
        raise InputError(
            Text(f"{given[:40]!r} is none of the choices", f"{given[:40]!r} 不在选项之中"), code="choice-unknown", where=name,
            hint=Text("choose one of the list", "从列表中选择"),
        )  # fmt: skip
    return given


def _materiality(request: HttpRequest) -> float:
    """Largest misstatement that does not matter [1], typed in per cent."""
    given = request.POST.get("materiality", "")
    try:
        share = float(given) / 100
    except ValueError:
        share = math.nan
    if not 0 < share <= LARGEST_MATERIALITY:
        raise InputError(
            Text(f"{given[:40]!r} is no materiality", f"{given[:40]!r} 不是重要性"), code="value-range", where="materiality",
            hint=Text("give per cent above 0, at most 20", "给出大于 0、至多 20 的百分数"),
        )  # fmt: skip
    return share
