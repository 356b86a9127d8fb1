"""The transparency log for people: its checkpoint, its last entries, and how to audit it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from cradlemark.core.errors import NotFoundError, TrustError
from cradlemark.portal.home import home
from cradlemark.registry.files import read_file
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.models import Entry
from cradlemark.registry.log.publish import LOG
from cradlemark.trust.audit import CHECKPOINT
from cradlemark.trust.checkpoints import Checkpoint, read_checkpoint
from cradlemark.trust.notes import read_note

PAGE = 50
ABOUT_LABELS = ("issue", "revision", "state")


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """Size, root, checkpoint, and entries from the newest or before a place."""
    note, checkpoint = published_checkpoint()
    before = request.GET.get("before", "")
    entries = Entry.objects.order_by("-index")
    if before.isascii() and before.isdecimal() and len(before) < 16:
        entries = entries.filter(index__lt=int(before))
    rows = list(entries.defer("record")[:PAGE])
    subjects = [entry.subject for entry in rows if entry.kind in ABOUT_LABELS]
    shown = {
        "note": note, "checkpoint": checkpoint, "root": checkpoint.root.hex() if checkpoint else "", "rows": rows,
        "labels": set(Label.objects.filter(number__in=subjects).exclude(credential="").values_list("number", flat=True)),
        "older": rows[-1].index if rows and rows[-1].index else None,
    }  # fmt: skip
    return render(request, "portal/public/log.html", shown)


def published_checkpoint() -> tuple[str, Checkpoint | None]:
    """The signed checkpoint as it is published; nothing before the first publication."""
    try:
        content = read_file(home().public / LOG, CHECKPOINT)
        return content.decode("utf-8", "replace"), read_checkpoint(read_note(content).text)
    except (NotFoundError, TrustError):
        return "", None
