"""The pages of labels: in both languages, with the shared files that they need, and one for numbers that were never issued.

A page names its style sheets and scripts by their content, so these are written before it and never changed. When pages are made in
another way than those that lie there, by a new release or a new programme file, every label is noted to be written anew.
"""

from __future__ import annotations

from django.db import transaction

from cradlemark.core.errors import NotFoundError
from cradlemark.label.claim import read_claim
from cradlemark.label.credential import base_of
from cradlemark.label.page.assets import FOLDER, assets, edition
from cradlemark.label.page.record import LogPlace, PublicChange, PublicLabel
from cradlemark.label.page.render import FILES, label_page, missing_page
from cradlemark.label.page.stages import stages_table
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.registry.files import Place, read_file, write_file
from cradlemark.registry.home import Home
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.append import stamp
from cradlemark.registry.log.publish import Published
from cradlemark.registry.publication.outbox import enqueue
from cradlemark.trust.notes import read_note

EDITION = f"{FOLDER}/edition.txt"
"""Says how the pages that lie there were made."""
INDEX, MISSING = "index.html", "404.html"


def renew_pages(home: Home, programme: ProgrammeProfile) -> bool:
    """Note every label when its page would be made differently now; returns whether it is so.

    The edition is written last: a crash before leaves labels that are noted twice, which does no harm.
    """
    wanted = edition(programme).encode()
    try:
        if read_file(home.public, EDITION) == wanted:
            return False
    except NotFoundError:
        pass
    with transaction.atomic():
        enqueue("label", Label.objects.exclude(credential="").values_list("number", flat=True))
    for asset in assets().values():
        write_file(home.public / asset.path, asset.content)
    root = "/" + "".join(f"{part}/" for part in base_of(home.origin).split("/")[3:])
    write_file(home.public / MISSING, missing_page(programme, root=root))
    write_file(home.public / EDITION, wanted)
    return True


def write_pages(
    folder: Place, label: Label, state: Published, *, programme: ProgrammeProfile, origin: str
) -> None:
    """Write the pages of one label into its folder, after its other files: a page links to what is there."""
    claim = read_claim(bytes(label.claim))
    write_file(folder / "stages.csv", stages_table(claim))
    made = PublicLabel(
        claim, programme, label.state,
        changes=public_changes(label),
        log=LogPlace(origin, label.entry.index, state.edge.size, _witnesses(state.note, origin)),
        files=tuple(sorted(path.name for path in folder.iterdir() if not _own(path.name))),
        previous=read_claim(bytes(label.previous.claim)) if label.previous else None,
        followers=_followers(label, state),
    )  # fmt: skip
    for language, name in FILES.items():
        page = label_page(made, language)
        write_file(folder / name, page)
        if language == programme.language:
            write_file(folder / INDEX, page)


def public_changes(label: Label) -> tuple[PublicChange, ...]:
    """Changes of state as everyone may know them: with the role of who did it, without his name."""
    return tuple(
        PublicChange(
            stamp(change.entry.time),
            change.step,
            change.state,
            change.role,
            change.reason,
            change.entry.index,
        )
        for change in label.changes.select_related("entry")
    )


def _followers(label: Label, state: Published) -> tuple[str, ...]:
    there = label.followers.exclude(credential="").filter(entry__index__lt=state.edge.size)
    return tuple(there.values_list("number", flat=True))


def _own(name: str) -> bool:
    """Whether a file is one of the pages, or not there yet."""
    return name.startswith(".") or name in (INDEX, *FILES.values())


def _witnesses(note: bytes, origin: str) -> tuple[str, ...]:
    names = dict.fromkeys(line.name for line in read_note(note).signatures)
    return tuple(name for name in names if name != origin)
