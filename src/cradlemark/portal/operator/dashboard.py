"""The operator's dashboard: what waits for whom and for how long, what is overdue, what ends soon."""

from __future__ import annotations

import datetime
from statistics import median

import attrs
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from cradlemark.core.language import Text
from cradlemark.label.workflow import workflow
from cradlemark.portal.acting import acting
from cradlemark.portal.home import home, now
from cradlemark.portal.queues import QueueRow, queue_of
from cradlemark.registry.accreditation.accredit import accreditation_for
from cradlemark.registry.cases.clock import FINAL
from cradlemark.registry.cases.guards import dependence
from cradlemark.registry.cases.models import Case, CaseStep
from cradlemark.registry.cases.take import facts
from cradlemark.registry.complaints.models import Complaint
from cradlemark.registry.labels.models import Label
from cradlemark.registry.people.actor import Actor

PROGRAMME = ("officer", "technical_reviewer", "decision_maker", "oversight")
"""Roles of the programme; all of them read the dashboard."""
HORIZON = datetime.timedelta(days=90)
"""How far ahead labels are shown as ending soon."""
QUEUES = {
    "intake": ("submitted",), "assignment": ("accepted", "planned"), "verification": ("document_review", "site_inspection", "corrective_action", "returned"),
    "review": ("opinion",), "decision": ("technical_review", "appeal"), "registration": ("granted",),
}  # fmt: skip
"""Queues of the programme by the states whose cases wait in them."""
STEP_OF = {"review": "review", "decision": "grant"}
"""Step for which four eyes are asked in a queue."""


@attrs.frozen
class Waiting:
    """A case in a queue.

    Parameters
    ----------
    barred : tuple of Text
        Why this person may not act: somebody else has to.
    alarm : Text or None
        Why its verifier cannot go on.
    """

    row: QueueRow
    barred: tuple[Text, ...]
    alarm: Text | None


@require_GET
@acting(*PROGRAMME)
def dashboard(request: HttpRequest, by: Actor) -> HttpResponse:
    """Everything at a glance."""
    rows = queue_of(Case.objects.exclude(state__in=FINAL), home().programme)
    today = now().date()
    ending = Label.objects.filter(
        valid_until__range=(today, today + HORIZON), state__in=_with_mark()
    ).order_by("valid_until")
    shown = {
        "queues": [
            (name, [_waiting(row, name, by) for row in rows if row.case.state in states])
            for name, states in QUEUES.items()
        ],
        "overdue": [row for row in rows if row.clock.overdue], "case_counts": _counts(Case.objects.all(), "case"),
        "label_counts": _counts(Label.objects.all(), "label"), "ending": ending[:20], "ending_count": ending.count(),
        "horizon": HORIZON.days, "median": _median_days(), "complaints": Complaint.objects.filter(outcome="").count(), "tab": "dashboard",
    }  # fmt: skip
    return render(request, "portal/operator/dashboard.html", shown)


def _with_mark() -> list[str]:
    return [name for name, state in workflow().states["label"].items() if state.mark]


def _counts(objects: object, machine: str) -> list[tuple[str, int]]:
    """How many there are in each state, in the order of the machine."""
    found = dict(objects.values_list("state").annotate(Count("pk")).order_by())  # type: ignore[attr-defined]
    states = workflow().states["case" if machine == "case" else "label"]
    return [(name, found[name]) for name in states if name in found]


def _median_days() -> float | None:
    """Median time from hand-in to grant [day]; nothing before the first grant."""
    granted = CaseStep.objects.filter(step="grant").select_related("case").order_by("-id")[:500]
    days = [(step.time - step.case.submitted).total_seconds() / 86400 for step in granted]
    return median(days) if days else None


def _waiting(row: QueueRow, queue: str, by: Actor) -> Waiting:
    step = home().programme.case_steps.get(STEP_OF.get(queue, ""))
    barred: tuple[Text, ...] = ()
    if step is not None and step.role == by.role:
        barred = tuple(dependence(step.id, facts(row.case, by, time=now())))
    return Waiting(row, barred, _alarm(row))


def _alarm(row: QueueRow) -> Text | None:
    case = row.case
    if case.verifier_id is None or case.state not in (*QUEUES["assignment"], *QUEUES["verification"]):
        return None
    if row.declared == "conflict":
        return Text("The verifier has declared a conflict of interest.", "核查员已声明存在利益冲突。")
    if accreditation_for(case.body_id, case.verifier_id, case.rule_pack, at=now()) is None:
        return Text("The accreditation of the verifier has ended.", "核查员的认可已终止。")
    return None
