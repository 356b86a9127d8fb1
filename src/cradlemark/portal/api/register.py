"""What everybody may ask: the programme, labels, proofs."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils.translation import gettext_noop as _
from ninja import Query, Router, Schema
from ninja.params import Path
from pydantic import Field

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import CradlemarkError, NotFoundError
from cradlemark.label.number import read_number
from cradlemark.portal.api import wire
from cradlemark.portal.api.paging import cursor_of, place_of
from cradlemark.portal.home import home
from cradlemark.registry.files import read_file
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.publish import LOG, published_size
from cradlemark.registry.publication.label_files import folder_of
from cradlemark.registry.publication.label_pages import public_changes
from cradlemark.registry.search.find import find
from cradlemark.registry.search.models import Row
from cradlemark.registry.search.query import FACETS, Sort, read_query

router = Router(tags=["register"])
VALUES = 60
"""Values of a facet in an answer, beside the chosen ones."""
FILES = (
    "claim.json",
    "credential.jwt",
    "entry.json",
    "label.tlog-proof",
    "status.json",
    "stages.csv",
    "en.html",
    "zh.html",
)
Values = Annotated[list[Annotated[str, Field(min_length=1, max_length=200)]], Field(max_length=50)]
Number = Annotated[
    str, Field(min_length=6, max_length=40, pattern=r"^[A-Z0-9-]+$", description=_("Number of a label"))
]
Cursor = Annotated[str, Field(max_length=100, description=_("Field next of the part before"))]
Limit = Annotated[int, Field(ge=1, le=100)]


class Asked(Schema):
    """A search; several values of one facet mean any of them."""

    q: Annotated[
        str, Field(max_length=200, description=_("Words, in English or Chinese; each has to be there"))
    ] = ""
    category: Values = Field([])
    holder: Values = Field([])
    region: Values = Field([])
    programme: Values = Field([])
    state: Values = Field([])
    grade: Values = Field([])
    kind: Values = Field([])
    year: Values = Field([])
    rule_pack: Values = Field([])
    sort: Sort = "newest"
    cursor: Cursor = ""
    limit: Limit = 20


@router.get(
    "/programme",
    response=wire.Programme,
    summary=_("The programme of this register"),
    description=_("Name, version and digest of the programme, and the size of its log."),
)
def programme(request: HttpRequest) -> Any:
    """Name, version and digest of the programme, and the size of its log."""
    profile = home().programme
    return {
        "id": profile.id, "version": profile.version, "digest": profile.digest, "mark": profile.mark,
        "name": profile.name.as_dict(), "origin": home().origin, "demonstration": profile.demonstration,
        "entries": published_size(home().public / LOG),
    }  # fmt: skip


@router.get(
    "/labels",
    response=wire.Labels,
    summary=_("Search labels"),
    description=_("Full text in both languages, facets with counts, in parts."),
)
def labels(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Full text in both languages, facets with counts, in parts."""
    page = place_of(asked.cursor) or 1
    given: dict[str, list[str]] = {name: list(getattr(asked, name)) for name in FACETS}
    found = find(
        read_query({"q": [asked.q], **given, "sort": [asked.sort], "page": [str(page)]}),
        size=asked.limit,
        values=VALUES,
    )
    past = page > found.pages
    return {
        "items": [] if past else [_item(row) for row in found.rows], "total": found.total,
        "next": cursor_of(page + 1) if page < found.pages else None,
        "facets": {
            facet: [{"value": one.value, "name": one.name.as_dict(), "count": one.count} for one in values]
            for facet, values in found.facets.items()
        },
    }  # fmt: skip


@router.get(
    "/labels/{number}",
    response=wire.Label,
    summary=_("One label with its claim"),
    description=_("The claim exactly as it was signed, the state of today and how it came about."),
)
def label(request: HttpRequest, number: Path[Number]) -> Any:
    """The claim exactly as it was signed, the state of today and how it came about."""
    found = public_label(number)
    folder = folder_of(found.number)
    return {
        "number": found.number, "state": found.state, "valid_until": found.valid_until, "claim": read_json(bytes(found.claim)),
        "claim_digest": found.claim_digest, "index": found.entry_id, "previous": found.previous_id,
        "followers": list(found.followers.exclude(credential="").values_list("number", flat=True)),
        "changes": [_change(change) for change in public_changes(found)], "files": [f"/{folder}/{name}" for name in FILES],
    }  # fmt: skip


@router.get(
    "/labels/{number}/proof",
    response=wire.Proof,
    summary=_("Proof that a label is in the log"),
    description=_("Entry, inclusion proof with signed checkpoint, and credential, to be checked offline."),
)
def proof(request: HttpRequest, number: Path[Number]) -> Any:
    """Entry, inclusion proof with signed checkpoint, and credential, to be checked offline."""
    found = public_label(number)
    folder = folder_of(found.number)
    try:
        entry, proven, credential = (
            read_file(home().public, f"{folder}/{name}").decode()
            for name in ("entry.json", "label.tlog-proof", "credential.jwt")
        )
    except NotFoundError as error:
        raise Http404 from error  # it is published in a moment
    return {
        "number": found.number, "origin": home().origin, "index": found.entry_id,
        "entry": entry, "proof": proven, "credential": credential,
    }  # fmt: skip


def public_label(number: str) -> Label:
    """A label that everybody may see."""
    try:
        asked = str(read_number(number))
    except CradlemarkError as error:
        raise Http404 from error
    found = Label.objects.select_related("entry").filter(number=asked).exclude(credential="").first()
    if found is None:
        raise Http404
    return found


def _change(change: Any) -> dict[str, Any]:
    return {
        "time": change.time, "step": change.step, "state": change.state, "role": change.role,
        "reason": change.reason, "index": change.index,
    }  # fmt: skip


def _item(row: Row) -> dict[str, Any]:
    return {
        "number": row.label_id, "state": row.state, "kind": row.kind, "product": row.product.as_dict(),
        "models": row.product_models.splitlines(), "holder": row.holder_name.as_dict(),
        "categories": row.categories.splitlines(), "region": row.region, "rule_pack": row.rule_pack,
        "boundary": row.boundary, "grade": row.grade, "issued": row.issued, "valid_until": row.valid_until,
        "figure": row.figure, "per": row.per.as_dict(),
    }  # fmt: skip
