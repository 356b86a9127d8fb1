"""What the present revision changed against the one that was verified before."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from cradlemark.footprint.report.comparison import comparison_report
from cradlemark.portal.acting import acting
from cradlemark.portal.desk import own_case
from cradlemark.portal.drawn import drawn
from cradlemark.portal.templatetags.cradlemark import language
from cradlemark.portal.verifier.workbench import READERS, bench, may_read
from cradlemark.registry.cases.changes import last_changes
from cradlemark.registry.people.actor import Actor


@require_GET
@acting(*READERS)
def changes(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Cells of the study and lines of the result that are not what they were."""
    case = own_case(by.user, number)
    if not may_read(case, by):
        return redirect("case", number=number)
    shown = bench(case, by, "changes")
    found = last_changes(case)
    if found is not None:
        before, changed = found
        shown |= {"before": before, "changed": changed, "problems": changed.problems}
        if changed.comparison is not None:
            shown["report"] = drawn(comparison_report(changed.comparison, language()).blocks)
    return render(request, "portal/verifier/changes.html", shown)
