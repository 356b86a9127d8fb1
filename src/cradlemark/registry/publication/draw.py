"""Work off what waits to be drawn: a few labels at a time."""

from __future__ import annotations

import datetime
from functools import cache, partial

import attrs

from cradlemark.core.errors import Problem
from cradlemark.registry.home import Home
from cradlemark.registry.keys.opening import open_signer
from cradlemark.registry.keys.store import key_in_use
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.publish import Published
from cradlemark.registry.publication.artworks import (
    DocumentSigner,
    document_signer,
    draw,
    folder_in,
    is_complete,
    wanted_of,
)
from cradlemark.registry.publication.label_pages import write_pages
from cradlemark.registry.publication.models import Outbox
from cradlemark.registry.publication.outbox import ARTWORK


@attrs.frozen
class Drawn:
    """What was drawn.

    Parameters
    ----------
    count : int
        Labels that were drawn; those of which all was there already do not count.
    problems : tuple of Problem
        Labels that cannot be drawn.
    """

    count: int = 0
    problems: tuple[Problem, ...] = ()


def draw_waiting(
    home: Home, state: Published, *, passphrase: str, time: datetime.datetime, most: int | None
) -> Drawn:
    """Draw labels that wait, the first ones first, whose pages are published.

    What is drawn twice says the same; a label leaves the outbox only when its files are there.

    Parameters
    ----------
    most : int or None
        How many labels; all of them when it is None.
    """
    key = None
    count, problems = 0, []

    @cache
    def signer() -> DocumentSigner:
        row = key_in_use("document")
        return document_signer(home, row, open_signer(home, row, passphrase=passphrase), time=time)

    for waiting in list(Outbox.objects.filter(kind=ARTWORK)[:most]):
        label = Label.objects.select_related("entry", "previous", "row").get(number=waiting.subject)
        if not label.credential or label.entry.index >= state.edge.size:
            continue
        key = key or key_in_use("document").pk
        wanted = wanted_of(home, label, key=key)
        folder = folder_in(home, label)
        if not is_complete(folder, wanted):
            pages = partial(write_pages, folder, label, state, programme=home.programme, origin=home.origin)
            problem = draw(home, label, wanted, signer, pages)
            count += 1
            problems += [problem] if problem else []
        Outbox.objects.filter(pk=waiting.pk).delete()
    return Drawn(count, tuple(problems))


def waiting_to_draw() -> int:
    """How many labels wait to be drawn."""
    return Outbox.objects.filter(kind=ARTWORK).count()
