"""Requests to suppliers: made and used by the practitioner, answered by a link without an account."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from cradlemark.core.errors import CradlemarkError, NotFoundError
from cradlemark.portal.acting import acting
from cradlemark.portal.home import now
from cradlemark.portal.practitioner.own import MAKERS, own_study
from cradlemark.portal.practitioner.pages import whole
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.models import Study
from cradlemark.registry.studies.save import latest
from cradlemark.registry.studies.supplier import answer, ask, by_token, materials_of, use_answer


@require_http_methods(["GET", "POST"])
@acting(*MAKERS)
def requests(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """Requests of a study, and a new one."""
    found = own_study(by, study)
    if request.method == "GET":
        return _page(request, found)
    offered = materials_of(latest(found).document)
    place = whole(request.POST.get("material")) - 1
    if not 0 <= place < len(offered):
        raise Http404
    try:
        _made, token = ask(
            found, offered[place], supplier=request.POST.get("supplier", ""), message=request.POST.get("message", ""),
            days=whole(request.POST.get("days")), by=by, time=now(),
        )  # fmt: skip
    except CradlemarkError as error:
        return _page(request, found, problems=error.problems, typed=request.POST, status=422)
    link = request.build_absolute_uri(f"/supplier/{token}/")
    return _page(request, found, link=link)


@require_POST
@acting(*MAKERS)
def use(request: HttpRequest, by: Actor, study: int, number: int) -> HttpResponse:
    """Take an answer into the study."""
    found = own_study(by, study)
    asked = found.requests.filter(pk=number).first()
    if asked is None:
        raise Http404
    version = use_answer(asked, by=by, time=now())
    messages.success(request, _("The answer is in version %(number)s.") % {"number": version.number})
    return redirect("study-requests", study=study)


def _page(request: HttpRequest, found: Study, *, status: int = 200, **more: object) -> HttpResponse:
    shown = {
        "study": found, "requests": found.requests.all(), "materials": materials_of(latest(found).document),
        "now": now(),
    } | more  # fmt: skip
    return render(request, "portal/practitioner/requests.html", shown, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def supplier(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link: one request, and nothing else of the study."""
    try:
        asked = by_token(token, time=now())
    except NotFoundError:
        return render(request, "portal/practitioner/supplier.html", {}, status=404)
    shown = {"asked": asked, "typed": request.POST}
    if request.method == "POST":
        try:
            answer(token, {key: str(one) for key, one in request.POST.items()}, time=now())
        except NotFoundError:
            return render(request, "portal/practitioner/supplier.html", {}, status=404)
        except CradlemarkError as error:
            shown["problems"] = error.problems
            return render(request, "portal/practitioner/supplier.html", shown, status=422)
        return render(request, "portal/practitioner/supplier.html", {"done": True})
    return render(request, "portal/practitioner/supplier.html", shown)
