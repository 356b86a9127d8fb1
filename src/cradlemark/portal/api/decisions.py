"""Assign a verification, give an opinion, register a label: with a token that was made for this, and that holds a week at most."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_noop as _
from ninja import Router
from ninja.params import Path

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.portal.api import wire
from cradlemark.portal.api.callers import BEARER, acting_as, needs
from cradlemark.portal.api.cases import Number, shown, tag_of
from cradlemark.portal.api.tags import require_state
from cradlemark.portal.api.writes import Key, State, asked, once
from cradlemark.portal.desk import own_case
from cradlemark.portal.home import home, now, signer
from cradlemark.portal.operator.accreditations import candidates
from cradlemark.portal.publishing import publish_change
from cradlemark.registry.cases import register as registering
from cradlemark.registry.cases import verify
from cradlemark.registry.cases.claims import vouched
from cradlemark.registry.cases.models import Case
from cradlemark.registry.cases.take import Plan, take

router = Router(tags=["decisions"], auth=BEARER)


@router.get(
    "/cases/{number}/verifiers",
    response=wire.Verifiers,
    summary=_("Verifiers who can be assigned to a case"),
    description=_("Those of other organisations than the applicant's; accredited ones first."),
)
@needs("read", "officer")
def verifiers(request: HttpRequest, number: Path[Number]) -> Any:
    """Those of other organisations than the applicant's; accredited ones first."""
    by = acting_as(request, verifiers)
    return {
        "items": [
            {"id": one.pk, "name": str(one.user), "body": one.organisation.name.as_dict(), "accredited": accredited}
            for one, accredited in candidates(own_case(by.user, number))
        ]
    }  # fmt: skip


@router.post(
    "/cases/{number}/plan",
    response={201: wire.Case},
    summary=_("Assign a verification"),
    description=_("To a verifier who is accredited for the rule pack of the case."),
)
@needs("decisions", "officer")
def plan(
    request: HttpRequest, response: HttpResponse, number: Path[Number], payload: wire.PlanGiven, key: Key, state: State
) -> Any:  # fmt: skip
    """To a verifier who is accredited for the rule pack of the case."""
    by = acting_as(request, plan)
    found = own_case(by.user, number)
    before = asked(request, by, key)
    if before[1] is not None:
        return once(before, response, dict)
    require_state(state, tag_of(found))
    made = _plan(found, payload)

    def act() -> dict[str, Any]:
        taken = take(
            number, "plan", programme=home().programme, by=by, time=now(), reason=payload.reason, plan=made
        )
        return shown(taken, by)

    return once(before, response, act)


def _plan(case: Case, payload: wire.PlanGiven) -> Plan:
    chosen = next((one for one, _accredited in candidates(case) if one.pk == payload.verifier), None)
    if chosen is None:
        raise InputError(
            Text("no verifier is chosen", "未选择验证人"), code="verifier-missing", where="verifier",
            hint=Text("choose one of the list", "从列表中选择"),
        )  # fmt: skip
    return Plan(chosen.organisation, chosen.user, payload.assurance, payload.materiality)


@router.post(
    "/cases/{number}/opinion",
    response={201: wire.Case},
    summary=_("Give the opinion"),
    description=_("The sealed study is recomputed once more; the opinion and its step are one."),
)
@needs("decisions", "verifier")
def opinion(
    request: HttpRequest, response: HttpResponse, number: Path[Number], payload: wire.OpinionGiven, key: Key, state: State
) -> Any:  # fmt: skip
    """The sealed study is recomputed once more; the opinion and its step are one."""
    by = acting_as(request, opinion)
    found = own_case(by.user, number)
    before = asked(request, by, key)
    if before[1] is not None:
        return once(before, response, dict)
    require_state(state, tag_of(found))

    def act() -> dict[str, Any]:
        time = now()
        facts = [vouched(one.id, one.value, one.source) for one in payload.facts]
        verify.give_opinion(
            number,
            kind=payload.kind,
            text=payload.text,
            programme=home().programme,
            facts=facts,
            by=by,
            time=time,
        )
        taken = take(
            number, "give_opinion", programme=home().programme, by=by, time=time, reason=payload.text
        )
        return shown(taken, by)

    return once(before, response, act)


@router.post(
    "/cases/{number}/registration",
    response={201: wire.Case},
    summary=_("Register the label of a granted case"),
    description=_(
        "It is issued, signed and published; its number stands in the answer. "
        "It follows the last label of the same product, which is superseded if it is valid."
    ),
)
@needs("decisions", "officer")
def registration(
    request: HttpRequest, response: HttpResponse, number: Path[Number], payload: wire.ReasonGiven, key: Key, state: State
) -> Any:  # fmt: skip
    """It is issued, signed and published; the last label of the same product, which it follows, is superseded if it is valid."""
    by = acting_as(request, registration)
    found = own_case(by.user, number)
    before = asked(request, by, key)
    if before[1] is not None:
        return once(before, response, dict)
    require_state(state, tag_of(found))
    # Not within the transaction of the answer: what is signed is stored before. Repeated after a crash, it gives the same label.
    registering.register(number, home=home(), signer=signer(), by=by, time=now(), reason=payload.reason)
    answer = once(before, response, lambda: shown(own_case(by.user, number), by))
    publish_change()
    return answer
