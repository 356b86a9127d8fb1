"""Cases: handed in, verified, decided; everybody sees those in which he has a part."""

from __future__ import annotations

from typing import Annotated, Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Router
from ninja.params import Path
from pydantic import Field

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.portal.api import wire
from cradlemark.portal.api.callers import BEARER, acting_as, needs
from cradlemark.portal.api.paging import part
from cradlemark.portal.api.register import Cursor, Limit
from cradlemark.portal.api.tags import require_state
from cradlemark.portal.api.writes import Key, State, asked, once
from cradlemark.portal.desk import EVERYBODY, OWN_PAGES, own_case, visible_cases
from cradlemark.portal.home import home, now
from cradlemark.portal.practitioner.handing_in import waiting_case
from cradlemark.portal.practitioner.own import own_study
from cradlemark.registry.cases import verify
from cradlemark.registry.cases.claims import wanted
from cradlemark.registry.cases.correct import CORRECTING, correct
from cradlemark.registry.cases.guards import problems
from cradlemark.registry.cases.models import Case
from cradlemark.registry.cases.take import facts, submit, take
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.people.models import Membership, User
from cradlemark.registry.studies.models import Revision
from cradlemark.registry.studies.save import latest
from cradlemark.registry.studies.seal import seal

router = Router(tags=["cases"], auth=BEARER)
Number = Annotated[int, Field(ge=1, le=2**53, description=_("Number of a case"))]
Which = Annotated[int, Field(ge=1, le=2**31 - 1, description=_("Number of a finding in its case"))]


@router.get(
    "/cases",
    response=wire.Cases,
    summary=_("Cases in which one has a part"),
    description=_("The newest first."),
)
@needs("read", *EVERYBODY)
def cases(request: HttpRequest, cursor: Cursor = "", limit: Limit = 20) -> Any:
    """The newest first."""
    by = acting_as(request, cases)
    rows = visible_cases(by.user).select_related("product", "applicant", "body", "label")
    return part(rows, cursor=cursor, limit=limit, show=item, by="number")


@router.post(
    "/cases",
    response={201: wire.Case},
    summary=_("Hand in a study"),
    description=_(
        "The last version is sealed and handed in: for the first time, again after a return, or as an answer to findings."
    ),
)
@needs("cases", "applicant")
def hand_in(request: HttpRequest, response: HttpResponse, payload: wire.CaseGiven, key: Key) -> Any:
    """The last version is sealed and handed in: for the first time, again after a return, or as an answer to findings."""
    by = acting_as(request, hand_in)
    study = own_study(by, payload.study)
    before = asked(request, by, key)
    if before[1] is not None:
        return once(before, response, dict)
    version = latest(study)
    if version.number != payload.version:
        raise StateError(
            Text(f"the last version is {version.number}, not {payload.version}", f"最新版本为 {version.number}，而不是 {payload.version}"),
            code="study-newer", where="version", hint=Text("look at the newest version first", "请先查看最新版本"),
        )  # fmt: skip
    revision = seal(version, by=by, time=now())

    def act() -> dict[str, Any]:
        return shown(_handed_in(revision, key, payload, by), by)

    return once(before, response, act)


def _handed_in(revision: Revision, key: str, payload: wire.CaseGiven, by: Actor) -> Case:
    programme, reason = home().programme, payload.reason
    case = waiting_case(revision.version.study.product)
    if case is None:
        asked = wanted(revision.version, payload.kind, payload.baseline)
        request = f"api {by.user.pk} {key}"[:100]
        return submit(
            revision, programme=programme, key=request, by=by, time=now(), reason=reason, asked=asked
        )
    if case.state == CORRECTING:
        return correct(case.number, revision, programme=programme, by=by, time=now(), reason=reason)
    return take(
        case.number, "resubmit", programme=programme, by=by, time=now(), reason=reason, revision=revision
    )


@router.get(
    "/cases/{number}",
    response=wire.Case,
    summary=_("One case with its steps and findings"),
    description=_("Its tag (ETag) names the last step."),
)
@needs("read", *EVERYBODY)
def one_case(request: HttpRequest, response: HttpResponse, number: Path[Number]) -> Any:
    """Its tag (ETag) names the last step."""
    by = acting_as(request, one_case)
    found = own_case(by.user, number)
    response.headers["ETag"] = tag_of(found)
    return shown(found, by)


@router.get(
    "/cases/{number}/bundle",
    summary=_("The sealed bundle of a case"),
    description=_("A ZIP from which the result is recomputed offline."),
)
@needs("read", *EVERYBODY)
def bundle(request: HttpRequest, number: Path[Number]) -> HttpResponse:
    """A ZIP from which the result is recomputed offline."""
    found = own_case(acting_as(request, bundle).user, number)
    response = HttpResponse(bytes(found.revision.bundle), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="case-{number}.cradle"'
    return response


@router.post(
    "/cases/{number}/steps",
    response={201: wire.Case},
    summary=_("Take a step of a case"),
    description=_(
        "A step that needs a reason only; plan, opinion and registration have operations of their own."
    ),
)
@needs("cases", *EVERYBODY)
def take_step(
    request: HttpRequest,
    response: HttpResponse,
    number: Path[Number],
    payload: wire.StepGiven,
    key: Key,
    state: State,
) -> Any:
    """A step that needs a reason only; plan, opinion and registration have operations of their own."""
    by = acting_as(request, take_step)
    found = own_case(by.user, number)
    step = home().programme.case_steps.get(payload.step)
    if step is None or step.id in OWN_PAGES:
        raise Http404
    before = asked(request, by, key)
    if before[1] is not None:
        return once(before, response, dict)
    require_state(state, tag_of(found))
    acting = _in_role(by.user, step.role)

    def act() -> dict[str, Any]:
        taken = take(
            number, step.id, programme=home().programme, by=acting, time=now(), reason=payload.reason
        )
        return shown(taken, acting)

    return once(before, response, act)


@router.post(
    "/cases/{number}/findings",
    response={201: wire.Finding},
    summary=_("Write a finding"),
    description=_("Anchored at a place of the study or at a check of the rule pack."),
)
@needs("cases", "verifier")
def find(
    request: HttpRequest, response: HttpResponse, number: Path[Number], payload: wire.FindingGiven, key: Key
) -> Any:
    """Anchored at a place of the study or at a check of the rule pack."""
    by = acting_as(request, find)
    own_case(by.user, number)
    given = payload.model_dump()
    return once(
        asked(request, by, key), response, lambda: finding(verify.find(number, by=by, time=now(), **given))
    )


@router.post(
    "/cases/{number}/findings/{which}/replies",
    response={201: wire.Finding},
    summary=_("Answer a finding"),
    description=_("As the applicant or as the verifier."),
)
@needs("cases", "applicant", "practitioner", "verifier")
def reply(
    request: HttpRequest,
    response: HttpResponse,
    number: Path[Number],
    which: Path[Which],
    payload: wire.ReplyGiven,
    key: Key,
) -> Any:
    """As the applicant or as the verifier."""
    by = acting_as(request, reply)
    own_case(by.user, number)
    return once(
        asked(request, by, key), response,
        lambda: finding(verify.reply(number, which, text=payload.text, by=by, time=now()).finding),
    )  # fmt: skip


@router.post(
    "/cases/{number}/findings/{which}/close",
    response={201: wire.Finding},
    summary=_("Close a finding"),
    description=_("A major one only after the applicant has answered it."),
)
@needs("cases", "verifier")
def close(
    request: HttpRequest, response: HttpResponse, number: Path[Number], which: Path[Which], key: Key
) -> Any:
    """A major one only after the applicant has answered it."""
    by = acting_as(request, close)
    own_case(by.user, number)
    return once(
        asked(request, by, key), response, lambda: finding(verify.close(number, which, by=by, time=now()))
    )


def _in_role(user: User, role: str) -> Actor:
    membership = Membership.objects.select_related("organisation").filter(user=user, role=role).first()
    if membership is None:
        raise PermissionDenied
    return Actor(user, membership.organisation, role)


def tag_of(case: Case) -> str:
    """Tag of a case after its last step."""
    last = case.steps.order_by("-id").values_list("pk", flat=True).first()
    return f'"s{last or 0}"'


def item(case: Case) -> dict[str, Any]:
    """A case in a list."""
    return {
        "number": case.number, "state": case.state, "product": case.product.name.as_dict(),
        "applicant": case.applicant.name.as_dict(), "body": case.body.name.as_dict() if case.body else None,
        "submitted": case.submitted.isoformat(), "label": case.label_id, "kind": case.kind, "baseline": case.baseline_id,
    }  # fmt: skip


def shown(case: Case, by: Actor) -> dict[str, Any]:
    """A case with everything that happened in it, and what somebody can do."""
    steps = home().programme.case_steps.values()
    roles = Membership.objects.select_related("organisation").filter(user=by.user)
    actors = [Actor(by.user, one.organisation, one.role) for one in roles]
    return {
        **item(case), "bundle": case.revision.digest,
        "steps": [
            {"step": one.step, "state": one.state, "role": one.role, "reason": one.reason, "time": one.time.isoformat()}
            for one in case.steps.all()
        ],
        "findings": [finding(one) for one in case.findings.all()],
        "possible": [
            step.id for step in steps for actor in actors
            if step.role == actor.role and case.state in step.source and not problems(step.id, facts(case, actor, time=now()))
        ],
    }  # fmt: skip


def finding(one: Any) -> dict[str, Any]:
    """A finding with its answers."""
    return {
        "number": one.number, "severity": one.severity, "place": one.place, "rule": one.rule, "text": one.text,
        "closed": one.closed is not None, "replies": [answer.text for answer in one.replies.all()],
    }  # fmt: skip
