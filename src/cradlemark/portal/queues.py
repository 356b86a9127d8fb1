"""Lists of cases with their clocks, the most urgent first."""

from __future__ import annotations

import datetime

import attrs
from django.db.models import Count, Prefetch, Q, QuerySet

from cradlemark.label.programme import ProgrammeProfile
from cradlemark.portal.home import now
from cradlemark.registry.cases.clock import Clock, clock
from cradlemark.registry.cases.models import Case, CaseStep, Declaration

NEVER = datetime.date.max


@attrs.frozen
class QueueRow:
    """A case in a list.

    Parameters
    ----------
    declared : str
        What its verifier has declared: ``free``, ``conflict``, or nothing yet.
    """

    case: Case
    clock: Clock
    declared: str


def queue_of(cases: QuerySet[Case], programme: ProgrammeProfile) -> list[QueueRow]:
    """The cases with their clocks: the one that is due first stands first, then the one that waits longest."""
    found = (
        cases.select_related("product", "applicant", "body", "verifier", "label")
        .defer("revision__bundle")
        .prefetch_related(
            Prefetch("steps", CaseStep.objects.order_by("id")), Prefetch("declarations", Declaration.objects.all())
        )
        .annotate(open_findings=Count("findings", filter=Q(findings__closed=None)))
    )  # fmt: skip
    rows = [row_of(case, programme) for case in found]
    return sorted(rows, key=lambda row: (row.clock.due or NEVER, -row.clock.waiting, row.case.number))


def row_of(case: Case, programme: ProgrammeProfile) -> QueueRow:
    """A case with its clock."""
    said = {one.user_id: "conflict" if one.conflict else "free" for one in case.declarations.all()}
    return QueueRow(
        case, clock(case, case.steps.all(), programme.timers, now=now()), said.get(case.verifier_id or 0, "")
    )
