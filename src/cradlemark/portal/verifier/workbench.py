"""The workbench of a verifier: claim, evidence and checklist side by side, and a finding wherever something is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

import attrs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from cradlemark.core.language import Text
from cradlemark.footprint.footprint import Line
from cradlemark.label.programme_decisions import facts_of
from cradlemark.portal.acting import acting
from cradlemark.portal.claimed import beyond
from cradlemark.portal.desk import own_case, possible_steps
from cradlemark.portal.home import home, now
from cradlemark.portal.queues import row_of
from cradlemark.product.schema import study_schema
from cradlemark.product.study import STAGES
from cradlemark.product.study.record import Evidence
from cradlemark.registry.cases.claims import last_opinion, preview_of, vouched_facts, wanted_of
from cradlemark.registry.cases.models import OPINIONS, SEVERITIES, Case, ChecklistTick, Finding
from cradlemark.registry.cases.reading import Reading, reading
from cradlemark.registry.cases.sampling import sample_of
from cradlemark.registry.cases.ticks import tick, ticks_of
from cradlemark.registry.cases.verify import AT_WORK
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.cells import Cell
from cradlemark.registry.studies.seal import bundle_of
from cradlemark.rules.check import Assessment
from cradlemark.rules.definitions import Clause

READERS = ("verifier", "technical_reviewer", "decision_maker", "oversight")
"""Who reads a sealed study: its verifier, and whoever reviews, decides or oversees."""


@attrs.frozen
class StageLines:
    """Lines of one stage, with their places on the page."""

    stage: str
    total: float
    lines: tuple[tuple[int, Line], ...]


@attrs.frozen
class Document:
    """Evidence, and the cells that it is named for."""

    evidence: Evidence
    cells: tuple[Cell, ...]


@attrs.frozen
class ClauseChecks:
    """Checks that rest on one clause, and how many of them the verifier has ticked."""

    clause: Clause
    checks: tuple[Assessment, ...]
    ticked: int

    @property
    def wrong(self) -> int:
        """How many of them fail."""
        return sum(one.verdict == "fail" for one in self.checks)


@require_GET
@acting(*READERS)
def workbench(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Claim, evidence, checklist; before the declaration only what has to be declared about."""
    case = own_case(by.user, number)
    if not may_read(case, by):
        return redirect("case", number=number)
    read, ticks, programme = reading(case.revision), ticks_of(case), home().programme
    facts = vouched_facts(last_opinion(case))
    preview = preview_of(
        bundle_of(case.revision), wanted_of(case), programme, today=now().date(), facts=facts
    )
    shown = bench(case, by, "workbench") | {
        "read": read, "preview": preview, "asked_facts": facts_of(programme, case.kind), "beyond": beyond(preview.claim, programme),
        "stages": _stages(read.footprint.counted()), "documents": _documents(read),
        "sections": _sections(read.cells),
        "clauses": _clauses(read, ticks), "ticks": ticks, "ticked": sum(one.done for one in ticks.values()), "sample": sample_of(case), "severities": SEVERITIES, "opinions": OPINIONS,
        "possible": possible_steps(case, by.user), "places": _counted(case, "place"), "rules": _counted(case, "rule"),
    }  # fmt: skip
    return render(request, "portal/verifier/workbench.html", shown)


def may_read(case: Case, by: Actor) -> bool:
    """Whether the study is open to this person: to its verifier from the declaration on."""
    return by.role != "verifier" or case.declarations.filter(user=by.user).exclude(conflict=True).exists()


def bench(case: Case, by: Actor, tab: str) -> dict[str, object]:
    """What every page of the workbench shows."""
    is_verifier = case.verifier_id == by.user.pk
    return {
        "case": case, "tab": tab, "row": row_of(case, home().programme), "is_verifier": is_verifier,
        "declared": is_verifier and may_read(case, by), "at_work": is_verifier and case.state in AT_WORK,
    }  # fmt: skip


@require_POST
@acting("verifier")
def tick_check(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """Tick a check of the checklist, or take the tick back."""
    own_case(by.user, number)
    rule, given = request.POST.get("rule", ""), request.POST
    tick(number, rule, done=given.get("done") == "yes", note=given.get("note", ""), by=by, time=now())
    return redirect(f"{reverse('case-workbench', args=[number])}#check-{rule}")


@require_GET
@acting("verifier")
def raise_finding(request: HttpRequest, by: Actor, number: int) -> HttpResponse:
    """The form of a finding at a place or a rule: put into the page by htmx, or a page of its own."""
    case = own_case(by.user, number)
    shown = {
        "case": case, "severities": SEVERITIES,
        "place": request.GET.get("place", "")[:300], "rule": request.GET.get("rule", "")[:120],
    }  # fmt: skip
    inside = request.headers.get("HX-Request") == "true"
    return render(request, f"portal/verifier/{'raise-form' if inside else 'raise'}.html", shown)


def _section(cell: Cell) -> str:
    return cell.section


def _sections(cells: Iterable[Cell]) -> list[tuple[Text, tuple[Cell, ...]]]:
    """Values of the study by the part of it that they stand in, with its title; those of the head have none."""
    titles = {field.key: field.title for field in study_schema()["Study"].fields}
    return [
        (titles.get(name, Text(name)), tuple(own))
        for name, own in groupby(sorted(cells, key=_section), _section)
    ]


def _stages(lines: Iterable[Line]) -> list[StageLines]:
    numbered = list(enumerate(lines, start=1))
    found = []
    for stage in STAGES:
        own = tuple((place, line) for place, line in numbered if line.stage == stage)
        if own:
            found.append(StageLines(stage, sum(line.total for _, line in own), own))
    return found


def _documents(read: Reading) -> list[Document]:
    """Documents with the cells that name them, or that they say they support."""
    return [
        Document(
            one, tuple(cell for cell in read.cells if one.id in cell.evidence or _below(cell.path, one.supports))
        )
        for one in read.study.evidence
    ]  # fmt: skip


def _below(path: str, tops: Sequence[str]) -> bool:
    return any(path == top or path.startswith((f"{top}.", f"{top}[")) for top in tops)


def _clauses(read: Reading, ticks: Mapping[str, ChecklistTick]) -> list[ClauseChecks]:
    made = []
    for clause in read.pack.clauses:
        checks = tuple(one for one in read.assessments if one.check.clause == clause.id)
        done = sum(ticks[one.check.id].done for one in checks if one.check.id in ticks)
        made.append(ClauseChecks(clause, checks, done))
    return [one for one in made if one.checks]


def _counted(case: Case, field: str) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in case.findings.all():
        found.setdefault(getattr(finding, field), []).append(finding)
    found.pop("", None)
    return found
