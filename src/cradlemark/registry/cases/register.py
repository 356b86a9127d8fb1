"""From a granted case to a label: number, claim, place in the log and signature, once for each case."""

from __future__ import annotations

import datetime

from cradlemark.core.errors import StateError
from cradlemark.core.language import Text
from cradlemark.label.claim import Verification
from cradlemark.label.granting import grant
from cradlemark.label.workflow import take_step
from cradlemark.registry.cases.models import Case
from cradlemark.registry.cases.take import known_case, locked, take
from cradlemark.registry.home import Home
from cradlemark.registry.labels.issue import IssueRequest, issue
from cradlemark.registry.labels.models import Label
from cradlemark.registry.labels.sign import CredentialSigner
from cradlemark.registry.people.actor import Actor
from cradlemark.registry.studies.seal import bundle_of
from cradlemark.registry.writing import writing


def register(
    number: int, *, home: Home, signer: CredentialSigner, by: Actor, time: datetime.datetime, reason: str
) -> Label:  # fmt: skip
    """Issue the label of a granted case and close the case; repeated after a crash it goes on where it stopped.

    Raises
    ------
    StateError
        ``step-...`` for a case that is not granted, or somebody in another role.
    RuleError, TrustError
        As `cradlemark.label.granting.grant`.
    """
    case = known_case(number)
    if case.label is None:
        take_step(home.programme.case_steps, case.state, "register", role=by.role)
    granted = grant(bundle_of(case.revision), home.programme, verification_of(case), today=time.date())
    request = IssueRequest(f"case {number}", granted)
    (label,) = issue([request], mark=home.programme.mark, time=time, sign=signer.label)
    with writing():
        held = locked(number)
        held.label = label
        held.save(update_fields=["label"])
        if held.state == "granted":
            take(number, "register", programme=home.programme, by=by, time=time, reason=reason)
    return label


def verification_of(case: Case) -> Verification:
    """The verification as the claim states it: from the opinion, never typed.

    Raises
    ------
    StateError
        ``opinion-missing``
    """
    opinion = case.opinions.filter(revision=case.revision).order_by("-id").first()
    if opinion is None or case.body is None or opinion.kind not in {"unmodified", "modified"}:
        raise StateError(
            Text(f"case {case.number} has no opinion that allows a label", f"案件 {case.number} 没有允许授予标签的意见"), code="opinion-missing",
            hint=Text("the verifier has to give one", "须由验证人给出"),
        )  # fmt: skip
    return Verification(
        verifier=case.body.name, verifier_id=str(case.body.identifier or f"organisation:{case.body.pk}"),
        accreditation=opinion.accreditation.reference if opinion.accreditation else case.body.accreditation,
        assurance="reasonable" if case.assurance == "reasonable" else "limited",
        materiality=float(case.materiality or 0), opinion="unmodified" if opinion.kind == "unmodified" else "modified",
        statement_digest=opinion.digest, date=opinion.time.date().isoformat(),
    )  # fmt: skip
