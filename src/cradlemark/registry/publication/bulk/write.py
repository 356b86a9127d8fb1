"""Write the files with all labels exactly when something in them has changed; the description comes last."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from cradlemark import __version__
from cradlemark.core.errors import NotFoundError
from cradlemark.label.claim import read_claim
from cradlemark.label.credential import base_of
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.registry.files import copy_file, digest_of, read_file, same_file, write_file
from cradlemark.registry.home import Home
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.publish import Published
from cradlemark.registry.media_types import media_type
from cradlemark.registry.publication.bulk.columns import Column, Shown, columns
from cradlemark.registry.publication.bulk.sitemap import robots, sitemaps
from cradlemark.registry.publication.bulk.tables import write_tables
from cradlemark.registry.search.models import Clock

FOLDER = "data"
DESCRIPTION = f"{FOLDER}/datapackage.json"
KINDS = {"string": "string", "number": "number", "date": "date", "list": "array"}
"""Kinds of columns in the words of Frictionless table schemas."""


def write_bulk(home: Home, state: Published, programme: ProgrammeProfile) -> list[str]:
    """Bring the files with all labels up to date; returns the paths that were written.

    Whether anything has changed is read off the clock of the index, which every change of a label moves, so a run without a change reads
    one small file.
    """
    revision = _revision(state, programme)
    before = _described(home)
    if before.get("revision") == revision:
        return []
    chosen = columns(programme.public_fields)
    pages: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as name:
        tables = write_tables(chosen, _rows(chosen, state, pages), Path(name))
        files = {f"{FOLDER}/labels.{ending}": file for ending, file in tables.items()}
        texts = dict(sitemaps(base_of(home.origin), pages)) | {"robots.txt": robots(base_of(home.origin))}
        for path, content in texts.items():
            files[path] = Path(name) / path.replace("/", "_")
            files[path].write_bytes(content)
        written = [path for path, file in files.items() if not same_file(home.public / path, file)]
        for path in written:
            copy_file(home.public / path, files[path])
        description = _description(home, programme, chosen, files, revision, len(pages))
    write_file(home.public / DESCRIPTION, description)
    return [*written, DESCRIPTION]


def _revision(state: Published, programme: ProgrammeProfile) -> str:
    """What the files depend on: all rows as the clock has them, up to the last label that is in the published log."""
    clock = Clock.objects.values_list("epoch", "number").get(pk=1)
    last = _there(state).order_by("-sequence").values_list("sequence", flat=True).first()
    return hashlib.sha256(f"{clock} {programme.digest} {__version__} {last}".encode()).hexdigest()[:32]


def _described(home: Home) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(read_file(home.public, DESCRIPTION))
    except (NotFoundError, ValueError):
        return {}
    return found


def _rows(
    chosen: Sequence[Column], state: Published, pages: list[tuple[str, str]]
) -> Iterator[dict[str, Any]]:
    """Rows one after the other; the page of each, with the day of its last change, is added to `pages` meanwhile."""
    from cradlemark.registry.publication.label_files import folder_of

    for label in _labels(state):
        shown = Shown(read_claim(bytes(label.claim)), label.state)
        last = label.changes.order_by("-entry").first()
        pages.append((folder_of(label.number), (last or label).entry.time.date().isoformat()))
        yield {column.name: column.value(shown) for column in chosen}


def _labels(state: Published) -> Iterator[Label]:
    """Labels whose pages are published, in the order of their numbers."""
    return _there(state).select_related("entry").order_by("sequence").iterator(chunk_size=500)


def _there(state: Published) -> QuerySet[Label]:
    return Label.objects.exclude(credential="").filter(entry__index__lt=state.edge.size)


def _description(
    home: Home, programme: ProgrammeProfile, chosen: Sequence[Column], files: Mapping[str, Path], revision: str, count: int
) -> bytes:  # fmt: skip
    """The description as a Frictionless data package, with the digest of each file."""
    schema = {
        "fields": [
            {
                "name": column.name,
                "type": KINDS[column.kind],
                "title": column.title.en,
                "title_zh": column.title.zh,
                "unit": column.unit,
            }
            for column in chosen
        ],
        "primaryKey": ["number"],
    }
    resources = [
        {
            "name": f"labels-{path.rpartition('.')[2]}", "path": path.removeprefix(f"{FOLDER}/"), "mediatype": media_type(path),
            "bytes": file.stat().st_size, "hash": f"sha256:{digest_of(file)}", "schema": schema,
        }
        for path, file in files.items() if path.startswith(f"{FOLDER}/labels.")
    ]  # fmt: skip
    document = {
        "profile": "data-package", "name": f"labels-{programme.id}", "title": f"Labels of {programme.name.en}",
        "title_zh": f"{programme.name.zh}的标签", "homepage": base_of(home.origin), "origin": home.origin, "count": count,
        "programme": {"id": programme.id, "version": programme.version, "digest": programme.digest},
        "revision": revision, "resources": resources,
    }  # fmt: skip
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
