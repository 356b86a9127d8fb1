"""Products and studies of a manufacturer."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Router
from ninja.params import Path
from pydantic import Field

from cradlemark.portal.api import wire
from cradlemark.portal.api.callers import BEARER, acting_as, needs
from cradlemark.portal.api.paging import part
from cradlemark.portal.api.register import Cursor, Limit
from cradlemark.portal.api.tags import require_state
from cradlemark.portal.api.writes import Key, State, asked, once
from cradlemark.portal.home import now
from cradlemark.portal.practitioner.own import MAKERS, own_study
from cradlemark.portal.practitioner.reading import study_from_upload
from cradlemark.registry.studies.compiled import compiled
from cradlemark.registry.studies.models import Product, Study, Version
from cradlemark.registry.studies.save import begin, latest, save

router = Router(tags=["studies"], auth=BEARER)
Id = Annotated[int, Field(ge=1, le=2**53)]


@router.get(
    "/products",
    response=wire.Products,
    summary=_("Products of the own organisation"),
    description=_("The newest first."),
)
@needs("read", *MAKERS)
def products(request: HttpRequest, cursor: Cursor = "", limit: Limit = 20) -> Any:
    """The newest first."""
    by = acting_as(request, products)
    return part(
        Product.objects.filter(organisation=by.organisation), cursor=cursor, limit=limit, show=product_item
    )


@router.get(
    "/studies",
    response=wire.Studies,
    summary=_("Studies of the own organisation"),
    description=_("The newest first."),
)
@needs("read", *MAKERS)
def studies(request: HttpRequest, cursor: Cursor = "", limit: Limit = 20) -> Any:
    """The newest first."""
    by = acting_as(request, studies)
    rows = Study.objects.select_related("product").filter(product__organisation=by.organisation)
    return part(rows, cursor=cursor, limit=limit, show=lambda study: study_item(study, latest(study)))


@router.post(
    "/studies",
    response={201: wire.Study},
    summary=_("Begin a study of a new product"),
    description=_("The document is read in a process with limits, as an upload is."),
)
@needs("studies", *MAKERS)
def begin_study(request: HttpRequest, response: HttpResponse, payload: wire.StudyGiven, key: Key) -> Any:
    """The document is read in a process with limits, as an upload is."""
    by = acting_as(request, begin_study)
    before = asked(request, by, key)
    if before[1] is not None:
        return once(before, response, dict)
    document, name, models = study_from_upload("study.toml", payload.document.encode())

    def act() -> dict[str, Any]:
        product = Product.objects.create(
            organisation=by.organisation,
            name_en=name.en[:200],
            name_zh=name.zh[:200],
            model=", ".join(models)[:120],
        )
        return shown(begin(product, document, by=by, time=now()))

    return once(before, response, act)


@router.get(
    "/studies/{study}",
    response=wire.Study,
    summary=_("One study with its document"),
    description=_("Its tag (ETag) names the version."),
)
@needs("read", *MAKERS)
def one_study(request: HttpRequest, response: HttpResponse, study: Path[Id]) -> Any:
    """Its tag (ETag) names the version."""
    version = latest(own_study(acting_as(request, one_study), study))
    response.headers["ETag"] = tag_of(version)
    return shown(version)


@router.put(
    "/studies/{study}",
    response=wire.Study,
    summary=_("Save a new version of a study"),
    description=_("Nothing is overwritten: each version stays."),
)
@needs("studies", *MAKERS)
def save_study(
    request: HttpRequest,
    response: HttpResponse,
    study: Path[Id],
    payload: wire.StudyGiven,
    key: Key,
    state: State,
) -> Any:
    """Nothing is overwritten: each version stays."""
    by = acting_as(request, save_study)
    found = own_study(by, study)
    before = asked(request, by, key)
    if before[1] is not None:
        return once(before, response, dict, status=200)
    version = latest(found)
    require_state(state, tag_of(version))
    document, _name, _models = study_from_upload("study.toml", payload.document.encode())

    def act() -> dict[str, Any]:
        return shown(save(found, document, seen=version.number, by=by, time=now()))

    answer = once(before, response, act, status=200)
    response.headers["ETag"] = f'"v{answer.value["version"]}"'
    return answer


@router.get(
    "/studies/{study}/result",
    response=wire.StudyResult,
    summary=_("Calculate a study"),
    description=_("The footprint of the last version, with what is still missing or wrong."),
)
@needs("read", *MAKERS)
def study_result(request: HttpRequest, study: Path[Id]) -> Any:
    """The footprint of the last version, with what is still missing or wrong."""
    version = latest(own_study(acting_as(request, study_result), study))
    footprint = compiled(version.document).calculate(draws=0, allow_gaps=True).footprint
    return {
        "version": version.number, "cradle_to_gate": footprint.cradle_to_gate, "total": footprint.total,
        "stages": [
            {"stage": stage, "value": sum(origins.values())} for stage, origins in footprint.by_stage().items() if any(origins.values())
        ],
        "findings": [
            {"severity": one.severity, "rule": one.rule, "where": one.where, "message": one.message.as_dict(), "repair": one.repair.as_dict()}
            for one in footprint.findings
        ],
    }  # fmt: skip


def tag_of(version: Version) -> str:
    """Tag of a study in a version."""
    return f'"v{version.number}"'


def product_item(product: Product) -> dict[str, Any]:
    """A product in a list."""
    return {"id": product.pk, "name": product.name.as_dict(), "model": product.model}


def study_item(study: Study, version: Version) -> dict[str, Any]:
    """A study in a list."""
    return {
        "id": study.pk, "product": product_item(study.product), "version": version.number, "saved": version.time.isoformat(),
    }  # fmt: skip


def shown(version: Version) -> dict[str, Any]:
    """A study with its document."""
    return {**study_item(version.study, version), "document": version.document}
