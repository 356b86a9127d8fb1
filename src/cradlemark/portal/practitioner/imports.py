"""Import of a bill of materials: upload, columns, matches, apply; every page works without a script."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.portal.acting import acting
from cradlemark.portal.home import now
from cradlemark.portal.practitioner.columns import TITLES, columns_of, header_place, mapping_of_form
from cradlemark.portal.practitioner.own import MAKERS, own_study
from cradlemark.portal.refusals import status_of
from cradlemark.portal.templatetags.cradlemark import language
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.bill import apply, choose, components_of, drop, read_again, upload
from cradlemark.registry.studies.matches import Row, rows_of, search
from cradlemark.registry.studies.models import BillImport

ROWS_OF_A_PAGE = 50
SHOWN_PROBLEMS = 200


@require_http_methods(["GET", "POST"])
@acting(*MAKERS)
def new_import(request: HttpRequest, by: Actor) -> HttpResponse:
    """Upload a bill of materials, for a new product or for a study that is there."""
    given = request.POST.get("study") or request.GET.get("study") or ""
    study = own_study(by, int(given)) if given.isascii() and given.isdecimal() else None
    if request.method == "GET":
        return render(request, "portal/practitioner/import-new.html", {"study": study})
    file = request.FILES.get("file")
    if file is None:
        return render(
            request, "portal/practitioner/import-new.html", {"study": study, "missing": True}, status=422
        )
    try:
        kept = upload(file.name or "", file.read(), by=by, time=now(), study=study)
    except CradlemarkError as error:
        shown = {"study": study, "problems": error.problems}
        return render(request, "portal/practitioner/import-new.html", shown, status=status_of(error))
    return redirect("import", number=kept.pk)


@require_http_methods(["GET", "POST"])
@acting(*MAKERS)
def columns(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Say which column is what; the file is read again at once."""
    kept = own_import(by, number)
    if request.method == "GET":
        return _columns_page(request, kept)
    sheet = request.POST.get("sheet", "")
    other_sheet = sheet in kept.reading["sheets"] and sheet != kept.reading["sheet"]
    mapping = {} if other_sheet or "guess" in request.POST else mapping_of_form(request.POST, kept.reading)
    try:
        read_again(kept, mapping, sheet=sheet if other_sheet else kept.reading["sheet"], by=by, time=now())
    except CradlemarkError as error:
        kept.reading["mapping"] = mapping or kept.reading["mapping"]
        return _columns_page(request, kept, problems=error.problems, status=422)
    return redirect("import", number=number)


def _columns_page(
    request: HttpRequest, kept: BillImport, *, status: int = 200, **more: object
) -> HttpResponse:
    reading = kept.reading
    shown = {
        "kept": kept, "reading": reading, "columns": columns_of(reading), "header_place": header_place(reading),
        "fields": [(field, _(title)) for field, title in TITLES.items()],
        "bad": reading["problems"][:SHOWN_PROBLEMS], "warnings": reading["warnings"][:SHOWN_PROBLEMS],
        "skipped": reading["skipped"][:SHOWN_PROBLEMS],
    } | more  # fmt: skip
    return render(request, "portal/practitioner/import-columns.html", shown, status=status)


@require_http_methods(["GET", "POST"])
@acting(*MAKERS)
def matches(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Look at the matches: open ones first, then low scores; take another dataset."""
    kept = own_import(by, number)
    try:
        rows = rows_of(components_of(kept), kept.choices, year=kept.time.year - 1)
    except CradlemarkError as error:
        return _columns_page(request, kept, problems=error.problems, status=422)
    page = Paginator(rows, ROWS_OF_A_PAGE).get_page(request.GET.get("page"))
    if request.method == "POST":
        choose(kept, _chosen(request, list(page)), by=by, time=now())
        return redirect(f"{request.path}?page={page.number}")
    shown = {
        "kept": kept, "page": page, "open": sum(row.linked is None for row in rows),
        "doubtful": sum(row.doubtful for row in rows), "all": len(rows),
    }  # fmt: skip
    return render(request, "portal/practitioner/import-matches.html", shown)


def _chosen(request: HttpRequest, rows: list[Row]) -> dict[str, str]:
    """What a form chooses: another dataset than the one that stands there, or that one confirmed."""
    chosen: dict[str, str] = {}
    for row in rows:
        dataset = request.POST.get(f"dataset-{row.number}")
        if dataset is None or dataset not in _offered(row):
            continue
        standing = row.linked.dataset.id if row.linked else ""
        if f"confirm-{row.number}" in request.POST or dataset != standing:
            chosen[row.text] = dataset
    return chosen


def _offered(row: Row) -> set[str]:
    """What may be chosen on the page: nothing, what stands there, and the candidates."""
    return {"", row.linked.dataset.id if row.linked else ""} | {one.dataset.id for one in row.candidates}


@require_http_methods(["GET", "POST"])
@acting(*MAKERS)
def match(request: HttpRequest, by: Actor, number: int, row: int) -> HttpResponse:
    """Search another dataset for one line, and take it."""
    kept = own_import(by, number)
    rows = rows_of(components_of(kept), kept.choices, year=kept.time.year - 1)
    found = next((one for one in rows if one.number == row), None)
    if found is None:
        raise Http404
    words = request.GET.get("q", found.text)[:200]
    results = search(words) if words.strip() else ()
    if request.method == "POST":
        dataset = request.POST.get("dataset", "")
        wanted = request.POST.get("q", found.text)[:200]
        if dataset not in {one.dataset.id for one in search(wanted)}:
            raise Http404
        choose(kept, {found.text: dataset}, by=by, time=now())
        return redirect("import-matches", number=number)
    shown = {"kept": kept, "row": found, "words": words, "results": results}
    return render(request, "portal/practitioner/import-match.html", shown)


@require_http_methods(["GET", "POST"])
@acting(*MAKERS)
def apply_import(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Make a version of the study of it."""
    kept = own_import(by, number)
    if request.method == "GET":
        return _apply_page(request, kept)
    name = Text(request.POST.get("name_en", "").strip()[:200], request.POST.get("name_zh", "").strip()[:200])
    try:
        version = apply(kept, name=name, language=language(), by=by, time=now())
    except CradlemarkError as error:
        return _apply_page(request, kept, problems=error.problems, name=name, status=422)
    return redirect("study", study=version.study_id)


def _apply_page(request: HttpRequest, kept: BillImport, *, status: int = 200, **more: object) -> HttpResponse:
    shown: dict[str, object] = {"kept": kept}
    try:
        rows = rows_of(components_of(kept), kept.choices, year=kept.time.year - 1)
        shown |= {"open": sum(row.linked is None for row in rows), "rows": rows}
    except CradlemarkError as error:
        shown["problems"] = error.problems
    return render(request, "portal/practitioner/import-apply.html", shown | more, status=status)


@require_GET
@acting(*MAKERS)
def imports(request: HttpRequest, by: Actor) -> HttpResponse:
    """Imports of the organisation that are not applied yet, and those that were."""
    return render(
        request, "portal/practitioner/imports.html", {"imports": by.organisation.imports.all()[:100]}
    )


@require_POST
@acting(*MAKERS)
def drop_import(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Throw an import away that is not applied."""
    drop(own_import(by, number), by=by, time=now())
    return redirect("imports")


def own_import(by: Actor, number: int) -> BillImport:
    """An import of the own organisation; for others it is not there."""
    found = BillImport.objects.filter(pk=number, organisation=by.organisation).first()
    if found is None:
        raise Http404
    return found
