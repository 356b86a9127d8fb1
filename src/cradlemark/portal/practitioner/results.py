"""Results of a study: pictures with their tables, contributions, uncertainty, findings; versions and scenarios side by side."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from cradlemark.core.errors import CradlemarkError
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.compare import compare
from cradlemark.footprint.footprint import Footprint
from cradlemark.footprint.report.comparison import comparison_report
from cradlemark.footprint.report.figures import mass_unit
from cradlemark.footprint.report.sections import (
    contributions,
    quality,
    results,
    summary,
    uncertainty,
    unverified,
)
from cradlemark.portal.acting import acting
from cradlemark.portal.drawn import drawn
from cradlemark.portal.practitioner.form.check import spots
from cradlemark.portal.practitioner.own import MAKERS, own_study
from cradlemark.portal.practitioner.tree import CUT_OFFS, contribution_tree
from cradlemark.portal.templatetags.cradlemark import language
from cradlemark.product.study import STAGES
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.compiled import compiled
from cradlemark.registry.studies.completeness import completeness
from cradlemark.registry.studies.models import Study, Version
from cradlemark.registry.studies.save import latest


@require_GET
@acting(*MAKERS)
def show_results(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """Everything that follows from the study, for its last version."""
    found = own_study(by, study)
    version = latest(found)
    shown: dict[str, object] = {"study": found, "version": version, "cut_offs": CUT_OFFS}
    try:
        model = compiled(version.document)
        footprint = model.calculate(allow_gaps=True).footprint
    except CradlemarkError as error:
        return render(request, "portal/practitioner/results.html", shown | {"problems": error.problems})
    cut = _cut_off(request.GET.get("cut", ""))
    shown |= {
        "footprint": footprint, "pictures": _drawn(footprint), "cut": cut,
        "tree": contribution_tree(footprint, model.study, language(), cut_off=cut / 100),
        "findings": spots(model.study, footprint.findings), "completeness": completeness(model, footprint),
    }  # fmt: skip
    return render(request, "portal/practitioner/results.html", shown)


def _cut_off(text: str) -> float:
    return next((cut for cut in CUT_OFFS if f"{cut:g}" == text), 1.0)


def _drawn(footprint: Footprint) -> SafeString:
    """Pictures and tables of the report, in the language of the page."""
    unit, tongue = mass_unit(max(abs(footprint.total), abs(footprint.cradle_to_gate))), language()
    sections = (summary, unverified, results, contributions, uncertainty, quality)
    return drawn([block for section in sections for block in section(footprint, unit, tongue)])


@require_GET
@acting(*MAKERS)
def scenarios(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """The study and all its scenarios side by side."""
    found = own_study(by, study)
    version = latest(found)
    shown: dict[str, object] = {"study": found, "version": version}
    try:
        model = compiled(version.document)
        columns = [("", _("As it is"), model.calculate(draws=0, allow_gaps=True).footprint)]
        for one in model.study.scenarios:
            result = compiled(version.document, one.id).calculate(draws=0, allow_gaps=True).footprint
            columns.append((one.id, one.title[language()] or one.id, result))
    except CradlemarkError as error:
        return render(request, "portal/practitioner/scenarios.html", shown | {"problems": error.problems})
    by_stage = [result.by_stage() for _id, _title, result in columns]
    stages = [
        (stage, [sum(one[stage].values()) for one in by_stage])
        for stage in STAGES
        if any(any(one[stage].values()) for one in by_stage)
    ]
    base = columns[0][2]
    shown |= {"columns": columns, "stages": stages, "base": base, "many": len(columns) > 1}
    return render(request, "portal/practitioner/scenarios.html", shown)


@require_GET
@acting(*MAKERS)
def compare_sides(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """How one version or scenario becomes another: waterfall, differences by stage and line."""
    found = own_study(by, study)
    last = latest(found)
    first = request.GET.get("first") or f"v{max(last.number - 1, 1)}"
    second = request.GET.get("second") or f"v{last.number}"
    shown: dict[str, object] = {
        "study": found, "versions": found.versions.select_related("author").order_by("-number"),
        "last": last, "first": first, "second": second,
    }  # fmt: skip
    try:
        shown["scenario_names"] = [
            (f"s{one.id}", one.title[language()] or one.id) for one in compiled(last.document).study.scenarios
        ]
        comparison = compare(_side(found, last, first), _side(found, last, second))
        shown["report"] = drawn(comparison_report(comparison, language()).blocks)
    except CradlemarkError as error:
        return render(request, "portal/practitioner/compare.html", shown | {"problems": error.problems})
    return render(request, "portal/practitioner/compare.html", shown)


def _side(found: Study, last: Version, name: str) -> Calculation:
    """A version (``v3``) or a scenario of the last version (``srecycled``)."""
    kind, rest = name[:1], name[1:]
    if kind == "s" and any(one.id == rest for one in compiled(last.document).study.scenarios):
        return compiled(last.document, rest).calculate(allow_gaps=True)
    version = (
        found.versions.filter(number=int(rest)).first()
        if rest.isascii() and rest.isdecimal() and len(rest) < 9
        else None
    )
    if kind != "v" or version is None:
        raise Http404
    return compiled(version.document).calculate(allow_gaps=True)
