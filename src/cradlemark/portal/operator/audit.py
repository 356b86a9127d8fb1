"""Search in the audit events: by source, subject, action, person and time."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

import attrs
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from cradlemark.portal.acting import acting
from cradlemark.registry.audit.models import Event
from cradlemark.registry.people.actor import Actor

PAGE = 50
PARTS = ("source", "kind", "action")
"""Parts of a tag, ``source:subject:action``."""
TEXTS = ("subject", "person", "first", "last")


@attrs.frozen
class Filters:
    """What is searched for; empty parts do not narrow.

    Parameters
    ----------
    source, kind, action : str
        Parts of the tag.
    subject : str
        Identity of what it was done to.
    person : str
        Part of an address.
    first, last : str
        ISO days, both included.
    """

    source: str = ""
    kind: str = ""
    action: str = ""
    subject: str = ""
    person: str = ""
    first: str = ""
    last: str = ""

    def apply(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Narrow the events."""
        first, last = _day(self.first), _day(self.last)
        if self.source:
            events = events.filter(tag__startswith=f"{self.source}:")
        if self.kind:
            events = events.filter(tag__contains=f":{self.kind}:")
        if self.action:
            events = events.filter(tag__endswith=f":{self.action}")
        if self.subject:
            events = events.filter(subject=self.subject)
        if self.person:
            events = events.filter(user__email__icontains=self.person)
        if first:
            events = events.filter(time__gte=first)
        return events.filter(time__lt=last + datetime.timedelta(days=1)) if last else events


@require_GET
@acting("officer", "oversight")
def audit(request: HttpRequest, by: Actor) -> HttpResponse:
    """Events, the newest first."""
    given = Filters(**{name: request.GET.get(name, "").strip()[:120] for name in (*PARTS, *TEXTS)})
    events = given.apply(Event.objects.select_related("user").order_by("-id"))
    before = request.GET.get("before", "")
    page = (
        events.filter(pk__lt=int(before))
        if before.isascii() and before.isdecimal() and len(before) < 16
        else events
    )
    rows = list(page[: PAGE + 1])
    tags = [tag.split(":") for tag in Event.objects.order_by("tag").values_list("tag", flat=True).distinct()]
    shown = {
        "given": given, "rows": rows[:PAGE], "count": events.count(), "tab": "audit",
        "choices": [(name, _values(tags, place)) for place, name in enumerate(PARTS)],
        "older": urlencode(attrs.asdict(given) | {"before": rows[PAGE - 1].pk}) if len(rows) > PAGE else "",
    }  # fmt: skip
    return render(request, "portal/operator/audit.html", shown)


def _values(tags: Iterable[list[str]], place: int) -> list[str]:
    return sorted({tag[place] for tag in tags if len(tag) > place})


def _day(text: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.combine(datetime.date.fromisoformat(text), datetime.time(), datetime.UTC)
    except ValueError:
        return None
