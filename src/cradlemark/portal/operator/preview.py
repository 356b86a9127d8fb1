"""The public page of a label as it would be after a change of state; nothing is written."""

from __future__ import annotations

import datetime

from cradlemark.core.language import Language
from cradlemark.label.claim import read_claim
from cradlemark.label.page.record import LogPlace, PublicChange, PublicLabel
from cradlemark.label.page.render import FILES, label_page
from cradlemark.label.workflow import Step
from cradlemark.portal.public.log import published_checkpoint
from cradlemark.registry.home import Home
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.append import stamp
from cradlemark.registry.log.models import Entry
from cradlemark.registry.publication.label_files import folder_of
from cradlemark.registry.publication.label_pages import public_changes

PAGES = ("index.html", *FILES.values())


def future_page(
    home: Home, label: Label, step: Step, *, role: str, reason: str, time: datetime.datetime, language: Language
) -> bytes:  # fmt: skip
    """Make the page with the change as if it were made at `time`, for an address outside of the label's folder."""
    size, folder = Entry.objects.count(), home.public / folder_of(label.number)
    _, published = published_checkpoint()
    change = PublicChange(stamp(time), step.id, step.target, role, reason, size)
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    made = PublicLabel(
        read_claim(bytes(label.claim)), home.programme, step.target,
        changes=(*public_changes(label), change), log=LogPlace(home.origin, label.entry.index, published.size if published else size),
        files=tuple(sorted(name for name in names if name not in PAGES and not name.startswith("."))),
        previous=read_claim(bytes(label.previous.claim)) if label.previous else None,
        followers=tuple(label.followers.exclude(credential="").values_list("number", flat=True)),
    )  # fmt: skip
    base = f'<head><base href="/{folder_of(label.number)}/" target="_blank">'
    return label_page(made, language).replace(b"<head>", base.encode(), 1)
