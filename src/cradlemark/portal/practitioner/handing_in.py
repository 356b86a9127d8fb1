"""Hand in a study with a preview of what is claimed, answer findings, and what a holder does with a label."""

from __future__ import annotations

import os
import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from cradlemark.core.errors import CradlemarkError
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.portal.acting import acting
from cradlemark.portal.claimed import beyond, kinds_granted
from cradlemark.portal.home import home, now
from cradlemark.portal.practitioner.own import MAKERS, own_study
from cradlemark.portal.publishing import publish_now
from cradlemark.registry.cases.claims import baselines, preview_of, wanted, wanted_of
from cradlemark.registry.cases.correct import CORRECTING, correct
from cradlemark.registry.cases.models import Case
from cradlemark.registry.cases.register import last_label
from cradlemark.registry.cases.take import submit, take
from cradlemark.registry.files import names_below
from cradlemark.registry.labels.holder import held_labels, notify_change, withdraw
from cradlemark.registry.people.actor import Actor, actor
from cradlemark.registry.publication.label_files import folder_of
from cradlemark.registry.studies.claim_preview import claim_preview
from cradlemark.registry.studies.compiled import compiled
from cradlemark.registry.studies.completeness import completeness
from cradlemark.registry.studies.models import Product, Revision, Version
from cradlemark.registry.studies.save import latest
from cradlemark.registry.studies.seal import bundle_of, seal, sealed

WAITING = ("returned", CORRECTING)
"""States in which a case waits for a new revision of the applicant."""


@require_GET
@acting(*MAKERS)
def hand_in(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """What is applied for, what would be claimed, what is in the way, and the button."""
    found = own_study(by, study)
    version, programme = latest(found), home().programme
    case = waiting_case(found.product)
    kind = case.kind if case else request.GET.get("kind", "footprint")[:20]
    shown: dict[str, object] = {
        "study": found, "version": version, "key": str(uuid.uuid4()), "case": case,
        "correcting": case is not None and case.state == CORRECTING,
        "kinds": kinds_granted(programme), "kind": kind, "baselines": baselines(version),
        "running": found.product.cases.exclude(state__in=("closed", "rejected", *WAITING)).last(),
    }  # fmt: skip
    try:
        asked = wanted_of(case) if case else wanted(version, kind, request.GET.get("baseline", "")[:40])
        shown |= {"asked": asked, "follows": last_label(found.product_id, asked.kind)}
        model = compiled(version.document)
        footprint = model.calculate(allow_gaps=True).footprint
        shown |= {"footprint": footprint, "completeness": completeness(model, footprint)}
        preview = claim_preview(footprint, model.study, programme, today=now().date())
        if asked.kind != "footprint" and preview.claim is not None:
            preview = preview_of(_bundle(version), asked, programme, today=now().date())
        shown |= {"preview": preview, "beyond": beyond(preview.claim, programme)}
    except CradlemarkError as error:
        shown["problems"] = error.problems
    return render(request, "portal/practitioner/hand-in.html", shown)


def _bundle(version: Version) -> Bundle:
    """The bundle of a version: the sealed one, or one that is made to be looked at and forgotten."""
    done = Revision.objects.filter(version=version).first()
    return bundle_of(done) if done else sealed(version.document, secret=os.urandom(32)).bundle


@require_POST
@acting(*MAKERS)
def submit_study(request: HttpRequest, by: Actor, study: int) -> HttpResponse:
    """Seal the study and hand it in: for the first time, again after a return, or as an answer to findings."""
    found = own_study(by, study)
    version = latest(found)
    by = actor(by.user, "applicant")
    case = waiting_case(found.product)
    given = request.POST
    asked = wanted_of(case) if case else wanted(version, given.get("kind", ""), given.get("baseline", ""))
    revision = seal(version, by=by, time=now())
    reason, programme = given.get("reason", ""), home().programme
    if case is None:
        key = given.get("key") or str(uuid.uuid4())
        case = submit(revision, programme=programme, key=key, by=by, time=now(), reason=reason, asked=asked)
    elif case.state == CORRECTING:
        correct(case.number, revision, programme=programme, by=by, time=now(), reason=reason)
    else:
        take(
            case.number, "resubmit", programme=programme, by=by, time=now(), reason=reason, revision=revision
        )
    return redirect("case", number=case.number)


def waiting_case(product: Product) -> Case | None:
    """The case of a product that waits for a new revision."""
    return product.cases.filter(state__in=WAITING).order_by("-number").first()


@require_GET
@acting(*MAKERS)
def my_labels(request: HttpRequest, by: Actor) -> HttpResponse:
    """Labels of the organisation, their files, and what can be done with them."""
    rows = [(held, _files(held.label.number)) for held in held_labels(by, home().programme)]
    return render(
        request, "portal/practitioner/labels.html", {"rows": rows, "may_act": by.role == "applicant"}
    )


def _files(number: str) -> list[tuple[str, str]]:
    """Published files of a label: name and address."""
    folder = folder_of(number)
    return [(name, f"/{folder}/{name}") for name in names_below(home().public / folder)]


@require_POST
@acting("applicant")
def notify_label(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """Notify a change of product or production."""
    notify_change(
        number, programme=home().programme, key=request.POST.get("key", ""), by=by, time=now(),
        notice=request.POST.get("reason", ""),
    )  # fmt: skip
    publish_now(request)
    return redirect("my-labels")


@require_POST
@acting("applicant")
def withdraw_label(request: HttpRequest, by: Actor, number: str) -> HttpResponse:
    """Give a label back."""
    withdraw(
        number, programme=home().programme, key=request.POST.get("key", ""), by=by, time=now(),
        reason=request.POST.get("reason", ""),
    )  # fmt: skip
    publish_now(request)
    return redirect("my-labels")
