"""The sampling helper: lines by share of the impact, which were seen, and how much of the impact that is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from cradlemark.portal.acting import acting
from cradlemark.portal.desk import own_case
from cradlemark.portal.home import now
from cradlemark.portal.verifier.workbench import READERS, bench, may_read
from cradlemark.registry.cases.sampling import ENOUGH, mark, sample_of
from cradlemark.registry.people.actor import Actor


@require_GET
@acting(*READERS)
def sampling(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """All lines, the largest first."""
    case = own_case(by.user, number)
    if not may_read(case, by):
        return redirect("case", number=number)
    return render(
        request, "portal/verifier/sampling.html",
        bench(case, by, "sampling") | {"sample": sample_of(case), "enough": ENOUGH},
    )  # fmt: skip


@require_POST
@acting("verifier")
def mark_lines(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Note lines as seen, or as not seen after all."""
    own_case(by.user, number)
    mark(number, request.POST.getlist("line"), seen=request.POST.get("seen") != "no", by=by, time=now())
    return redirect("case-sampling", number=number)
