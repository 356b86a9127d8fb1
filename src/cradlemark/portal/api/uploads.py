"""Bills of materials: uploaded, read in a process with limits, and made into a study."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import File, Router
from ninja.files import UploadedFile
from ninja.params import Path
from ninja.params.functions import Form
from pydantic import Field

from cradlemark.core.language import Text
from cradlemark.portal.api import wire
from cradlemark.portal.api.callers import BEARER, acting_as, needs
from cradlemark.portal.api.paging import part
from cradlemark.portal.api.problems import Refusal, both
from cradlemark.portal.api.register import Cursor, Limit
from cradlemark.portal.api.writes import Key, asked, once
from cradlemark.portal.home import now
from cradlemark.portal.practitioner.own import MAKERS, own_study
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.bill import apply, upload
from cradlemark.registry.studies.models import BillImport
from cradlemark.registry.studies.reading import problem_of

router = Router(tags=["uploads"], auth=BEARER)
Id = Annotated[int, Field(ge=1, le=2**53)]
MOST = 100
"""Problems that are named."""


@router.get(
    "/uploads",
    response=wire.Uploads,
    summary=_("Bills of materials of the own organisation"),
    description=_("The newest first."),
)
@needs("read", *MAKERS)
def uploads(request: HttpRequest, cursor: Cursor = "", limit: Limit = 20) -> Any:
    """The newest first."""
    by = acting_as(request, uploads)
    return part(
        BillImport.objects.filter(organisation=by.organisation), cursor=cursor, limit=limit, show=shown
    )


@router.post(
    "/uploads",
    response={201: wire.Upload},
    summary=_("Upload a bill of materials"),
    description=_("XLSX, ODS or CSV, up to 25 MB; bad rows are named, good ones are kept."),
)
@needs("studies", *MAKERS)
def new_upload(
    request: HttpRequest, response: HttpResponse, file: File[UploadedFile], key: Key,
    study: Annotated[int, Form(0, ge=0, le=2**53, description=_("Study that gets the components"))] = 0,
) -> Any:  # fmt: skip
    """XLSX, ODS or CSV, up to 25 MB; bad rows are named, good ones are kept."""
    by = acting_as(request, new_upload)
    if unknown := {*request.POST, *request.FILES} - {"file", "study"}:
        raise Refusal(
            422,
            code="request-shape",
            message=Text(f"{len(unknown)} fields are not known", f"有 {len(unknown)} 个未知字段"),
        )
    content, name = file.read(), file.name or ""
    found = own_study(by, study) if study else None
    before = asked(request, by, key, content, name.encode("utf-8", "replace"), str(study).encode())
    if before[1] is not None:
        return once(before, response, dict)
    return once(before, response, lambda: shown(upload(name, content, by=by, time=now(), study=found)))


@router.get(
    "/uploads/{number}",
    response=wire.Upload,
    summary=_("One bill of materials"),
    description=_("How it was read."),
)
@needs("read", *MAKERS)
def one_upload(request: HttpRequest, number: Path[Id]) -> Any:
    """How it was read."""
    return shown(_own(acting_as(request, one_upload), number))


@router.post(
    "/uploads/{number}/apply",
    response={201: wire.UploadApplied},
    summary=_("Make a study of a bill of materials"),
    description=_("Or a new version of the study that it was uploaded for."),
)
@needs("studies", *MAKERS)
def apply_upload(
    request: HttpRequest, response: HttpResponse, number: Path[Id], payload: wire.ApplyGiven, key: Key
) -> Any:
    """Or a new version of the study that it was uploaded for."""
    by = acting_as(request, apply_upload)
    kept, name = _own(by, number), Text(payload.name_en.strip(), payload.name_zh.strip())

    def act() -> dict[str, Any]:
        version = apply(
            kept, name=name, language="zh" if name.zh and not name.en else "en", by=by, time=now()
        )
        return {"study": version.study_id, "version": version.number}

    return once(asked(request, by, key), response, act)


def _own(by: Actor, number: int) -> BillImport:
    found = BillImport.objects.filter(pk=number, organisation=by.organisation).first()
    if found is None:
        raise Http404
    return found


def shown(kept: BillImport) -> dict[str, Any]:
    """A bill of materials as it was read."""
    reading = kept.reading
    return {
        "id": kept.pk, "name": kept.name, "digest": kept.digest, "study": kept.study_id, "sheet": str(reading.get("sheet") or ""),
        "components": len(reading.get("components", [])), "applied": kept.version_id is not None,
        "problems": [
            {"where": one.where, "code": one.code, "message": both(one.message), "hint": both(one.hint)}
            for one in map(problem_of, reading.get("problems", [])[:MOST])
        ],
    }  # fmt: skip
