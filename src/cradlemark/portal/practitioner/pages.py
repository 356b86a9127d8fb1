"""Products and studies of a manufacturer."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cradlemark.core.errors import CradlemarkError, StateError
from cradlemark.portal.acting import acting
from cradlemark.portal.home import now
from cradlemark.portal.practitioner.own import MAKERS, own_study
from cradlemark.portal.practitioner.reading import study_from_upload
from cradlemark.portal.refusals import status_of
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.compiled import compiled
from cradlemark.registry.studies.completeness import completeness
from cradlemark.registry.studies.models import Product, Study
from cradlemark.registry.studies.save import begin, latest, save, undo
from cradlemark.registry.writing import writing


@require_GET
@acting(*MAKERS)
def products(request: HttpRequest, by: Actor) -> HttpResponse:
    """Products of the organisation."""
    return render(request, "portal/practitioner/products.html", {"products": by.organisation.products.all()})


@require_http_methods(["GET", "POST"])
@acting(*MAKERS)
def new_product(request: HttpRequest, by: Actor) -> HttpResponse:
    """Add a product with the document of its study: a workbook or TOML."""
    if request.method == "GET":
        return render(request, "portal/practitioner/product-new.html", {})
    file = request.FILES.get("document")
    if file is None:
        return render(request, "portal/practitioner/product-new.html", {"missing": True}, status=422)
    try:
        document, name, models = study_from_upload(file.name or "", file.read())
    except CradlemarkError as error:
        return render(
            request,
            "portal/practitioner/product-new.html",
            {"problems": error.problems},
            status=status_of(error),
        )
    with writing():
        product = Product.objects.create(
            organisation=by.organisation,
            name_en=name.en[:200],
            name_zh=name.zh[:200],
            model=", ".join(models)[:120],
        )
        version = begin(product, document, by=by, time=now())
    return redirect("study", study=version.study_id)


@require_GET
@acting(*MAKERS)
def product(request: HttpRequest, by: Actor, product: int) -> HttpResponse:
    """A product with its studies and cases."""
    found = by.organisation.products.filter(pk=product).first()
    if found is None:
        raise Http404
    return render(request, "portal/practitioner/product.html", {"product": found})


@require_GET
@acting(*MAKERS)
def study(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """A study at a glance: what it gives, how far it is, and where to go on."""
    found = own_study(by, study)
    version = latest(found)
    shown: dict[str, object] = {"study": found, "version": version}
    try:
        model = compiled(version.document)
        footprint = model.calculate(draws=0, allow_gaps=True).footprint
        shown |= {"footprint": footprint, "completeness": completeness(model, footprint)}
    except CradlemarkError as error:
        shown["problems"] = error.problems
    return render(request, "portal/practitioner/study.html", shown)


@require_GET
@acting(*MAKERS)
def document(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """The document of a study, for people who know its notation."""
    found = own_study(by, study)
    version = latest(found)
    return _document_page(request, found, version.document, seen=version.number)


@require_POST
@acting(*MAKERS)
def save_study(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """Save the document; one that cannot be read, or is behind, is shown again as it was typed."""
    found = own_study(by, study)
    typed = request.POST.get("document", "").replace("\r\n", "\n")
    seen = whole(request.POST.get("seen"))
    try:
        compiled(typed)
        save(found, typed, seen=seen, by=by, time=now())
    except StateError as error:
        newest = latest(found)
        return _document_page(
            request, found, typed, seen=newest.number, newest=newest, problems=error.problems, status=409
        )
    except CradlemarkError as error:
        return _document_page(request, found, typed, seen=seen, problems=error.problems, status=422)
    return redirect("study", study=study)


def _document_page(
    request: HttpRequest, found: Study, typed: str, *, seen: int, status: int = 200, **more: object
) -> HttpResponse:
    shown = {"study": found, "document": typed, "seen": seen} | more
    return render(request, "portal/practitioner/document.html", shown, status=status)


@require_POST
@acting(*MAKERS)
def undo_study(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """Go back one change."""
    made = undo(own_study(by, study), seen=whole(request.POST.get("seen")), by=by, time=now())
    messages.success(request, _("Back to version %(number)s.") % {"number": made.restores})
    place = request.POST.get("place", "")
    return redirect("study-edit", study=study, place=place) if place else redirect("study", study=study)


def whole(text: str | None) -> int:
    """A number that a form sends; 0 for anything else."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 10 else 0
