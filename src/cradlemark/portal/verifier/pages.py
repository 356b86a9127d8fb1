"""What a verifier does in a case; each returns to the page on which it was asked for."""

from __future__ import annotations

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.quantities import parse_number
from cradlemark.label.claim import Fact
from cradlemark.label.programme_decisions import facts_of
from cradlemark.portal.acting import acting
from cradlemark.portal.desk import back_to, own_case
from cradlemark.portal.home import home, now
from cradlemark.registry.cases import verify
from cradlemark.registry.cases.claims import vouched
from cradlemark.registry.cases.models import Case
from cradlemark.registry.cases.take import take
from cradlemark.registry.people.actor import Actor


@require_POST
@acting("verifier")
def declare(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Declare whether there is a conflict of interest."""
    conflict = request.POST.get("conflict") == "yes"
    verify.declare(number, by=by, time=now(), text=request.POST.get("text", ""), conflict=conflict)
    if conflict:
        messages.info(request, _("The programme has been told and will choose somebody else."))
        return redirect("case", number=number)
    return redirect("case-workbench", number=number)


@require_POST
@acting("verifier")
def recompute(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Recompute the sealed study from its bundle alone and say what came out."""
    outcome = verify.recomputed(own_case(by.user, number))
    if outcome.equal:
        words = _(
            "Recomputed from the sealed bundle alone: every digit is the same. Sealed with version %(sealed)s, recomputed with %(own)s."
        )
        messages.success(request, words % {"sealed": outcome.software[0], "own": outcome.software[1]})
    else:
        messages.error(
            request, _("The recomputation differs: %(difference)s") % {"difference": outcome.difference}
        )
    return redirect(back_to(request, number))


@require_POST
@acting("verifier")
def find(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Write a finding."""
    given = {name: request.POST.get(name, "") for name in ("severity", "place", "rule", "text")}
    verify.find(number, by=by, time=now(), **given)
    return redirect(back_to(request, number))


@require_POST
@acting("verifier")
def close(request: HttpRequest, by: Actor, number: int, finding: int) -> HttpResponse:
    """Close a finding."""
    verify.close(number, finding, by=by, time=now())
    return redirect(back_to(request, number))


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]  # it keeps what was typed
@acting("verifier")
def opinion(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Give the opinion: recomputed once more, written, and the step taken."""
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    programme, facts = home().programme, _facts(request, own_case(by.user, number))
    verify.give_opinion(number, kind=kind, text=text, programme=programme, facts=facts, by=by, time=now())
    take(number, "give_opinion", programme=programme, by=by, time=now(), reason=text)
    return redirect(back_to(request, number))


def _facts(request: HttpRequest, case: Case) -> list[Fact]:
    """Facts that the rule of the programme may ask for, as far as they were given."""
    made: list[Fact] = []
    problems: list[Problem] = []
    for name in facts_of(home().programme, case.kind):
        value, source = (request.POST.get(f"{name}-{part}", "").strip() for part in ("value", "source"))
        if not value and not source:
            continue
        try:
            made.append(vouched(name, parse_number(value), source))
        except InputError as error:
            problems.extend(error.problems)
    raise_if_any(problems)
    return made
