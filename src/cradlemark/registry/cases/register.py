"""From a granted case to a label: number, claim, place in the log and signature, once for each case."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, Verification
from cradlemark.label.number import LabelNumber
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.label.workflow import take_step
from cradlemark.registry.cases.claims import claim_of, last_opinion
from cradlemark.registry.cases.models import Case, Opinion
from cradlemark.registry.cases.take import known_case, locked, take
from cradlemark.registry.cases.verify import ALLOWING
from cradlemark.registry.home import Home
from cradlemark.registry.labels.change import ChangeRequest, change_state
from cradlemark.registry.labels.issue import IssueRequest, issue, stored_claim
from cradlemark.registry.labels.models import Label
from cradlemark.registry.labels.sign import CredentialSigner
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.writing import writing


def register(
    number: int, *, home: Home, signer: CredentialSigner, by: Actor, time: datetime.datetime, reason: str
) -> Label:  # fmt: skip
    """Issue the label of a granted case and close the case; repeated after a crash it goes on where it stopped.

    The label follows the last one of the same product and kind, which is superseded then, if the programme has that step for
    its state.

    Raises
    ------
    StateError
        ``step-...`` for a case that is not granted, or somebody in another role.
    RuleError, TrustError
        As `cradlemark.registry.cases.claims.claim_of`.
    """
    case = known_case(number)
    if case.label is None:
        take_step(home.programme.case_steps, case.state, "register", role=by.role)
    begun = Label.objects.filter(request=_key(number)).select_related("previous").first()
    previous = begun.previous if begun else last_label(case.product_id, case.kind, but=number)
    granted = _stored(begun) if begun else _granted(case, previous, home.programme, time.date())

    def claim(given: LabelNumber) -> Claim:
        """Made while nobody else can register: so it is seen whether another label of the product came first."""
        if begun is None and last_label(case.product_id, case.kind, but=number) != previous:
            raise StateError(
                Text("another label of the product was registered at this moment", "该产品的另一标签正于此刻登记"),
                code="label-followed", hint=Text("register it again: it follows that label then", "重新登记：届时将接续该标签"),
            )  # fmt: skip
        return granted(given)

    (label,) = issue(
        [IssueRequest(_key(number), claim)], mark=home.programme.mark, time=time, sign=signer.label
    )
    with writing():
        held = locked(number)
        held.label = label
        held.save(update_fields=["label"])
        if held.state == "granted":
            if previous is not None:
                _supersede(previous, label, programme=home.programme, by=by, time=time)
            for follower in Label.objects.filter(previous=label):
                _supersede(label, follower, programme=home.programme, by=by, time=time)
            take(number, "register", programme=home.programme, by=by, time=time, reason=reason)
    return label


def _key(case: int) -> str:
    """Key of the request for the label of a case."""
    return f"case {case}"


def _stored(label: Label) -> Callable[[LabelNumber], Claim]:
    """What was claimed before a crash stays what is claimed, whatever has changed since."""
    stored = stored_claim(label)
    return lambda _number: stored


def _granted(
    case: Case, previous: Label | None, programme: ProgrammeProfile, today: datetime.date
) -> Callable[[LabelNumber], Claim]:
    opinion, number = allowing_opinion(case), previous.number if previous else ""
    return claim_of(case, opinion, verification_of(case, opinion), programme, previous=number, today=today)


def last_label(product: int, kind: str, *, but: int = 0) -> Label | None:
    """The last label of a product and kind, be it signed or not: the one that the next follows.

    Parameters
    ----------
    product : int
        Primary key.
    but : int
        Number of a case whose own label does not count; 0 for none.
    """
    numbers = (
        Case.objects.filter(product=product, kind=kind).exclude(number=but).values_list("number", flat=True)
    )
    return Label.objects.filter(request__in=map(_key, numbers)).order_by("-sequence").first()


def _supersede(
    label: Label, follower: Label, *, programme: ProgrammeProfile, by: Actor, time: datetime.datetime
) -> None:
    label.refresh_from_db(fields=["state"])
    step = programme.label_steps.get("supersede")
    if step is None or label.state not in step.source:
        return
    reason = f"{follower.number} follows. 由 {follower.number} 取代。"
    request = ChangeRequest(
        f"{follower.number} follows", label.number, "supersede", step.role, by.user.email, reason, by
    )
    change_state(request, steps=programme.label_steps, time=time)


def allowing_opinion(case: Case) -> Opinion:
    """The opinion on the present revision, which allows a label.

    Raises
    ------
    StateError
        ``opinion-missing``
    """
    opinion = last_opinion(case)
    if opinion is None or opinion.kind not in ALLOWING:
        raise StateError(
            Text(f"case {case.number} has no opinion that allows a label", f"案件 {case.number} 没有允许授予标签的意见"), code="opinion-missing",
            hint=Text("the verifier has to give one", "须由验证人给出"),
        )  # fmt: skip
    return opinion


def verification_of(case: Case, opinion: Opinion) -> Verification:
    """The verification as the claim states it: from the opinion, never typed."""
    body = case.body
    assert body is not None  # nobody else can have given the opinion
    return Verification(
        verifier=body.name, verifier_id=str(body.identifier or f"organisation:{body.pk}"),
        accreditation=opinion.accreditation.reference if opinion.accreditation else body.accreditation,
        assurance="reasonable" if case.assurance == "reasonable" else "limited",
        materiality=float(case.materiality or 0), opinion="unmodified" if opinion.kind == "unmodified" else "modified",
        statement_digest=opinion.digest, date=opinion.time.date().isoformat(),
    )  # fmt: skip
