"""Issue labels: number, claim and place in the log are stored before anything is signed.

Two transactions. The first one stores number, claim, log entry and what has to be published; then the credential is signed; the
second one stores the signature and makes the label valid. A crash in between leaves a label that `finish` signs later; a
request that is repeated gets the label that it got before.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence

import attrs
from django.db import connection, transaction

from cradlemark.core.canonical import digest_bytes
from cradlemark.core.errors import InputError, StateError
from cradlemark.label.claim import Claim, read_claim
from cradlemark.label.number import LabelNumber
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.append import Record, append
from cradlemark.registry.publication.outbox import enqueue

SignCredential = Callable[[Claim, int], str]
"""Signs the credential of a claim; gets the place in the status lists as well."""


@attrs.frozen
class IssueRequest:
    """A granted label that has to be issued.

    Parameters
    ----------
    key : str
        Idempotency key, for example the number of the case.
    claim : callable
        Makes the claim for a number; the same claim for the same number.
    """

    key: str
    claim: Callable[[LabelNumber], Claim]


def issue(
    requests: Sequence[IssueRequest], *, mark: str, time: datetime.datetime, sign: SignCredential
) -> list[Label]:
    """Issue labels, all of them in one pair of transactions.

    Parameters
    ----------
    requests : sequence of IssueRequest
    mark : str
        Mark of the programme.
    time : datetime
        Now.
    sign : callable

    Returns
    -------
    list of Label
        One for each request, in order; those issued before are returned as they are.

    Raises
    ------
    InputError
        ``request-key`` for an empty or repeated key.
    StateError
        ``request-conflict`` when a key was used for another claim before.
    """
    keys = [request.key for request in requests]
    if len(set(keys)) != len(keys) or not all(0 < len(key) <= 100 for key in keys):
        raise InputError(
            "every request needs a key of its own", code="request-key", hint="use the case number"
        )
    with transaction.atomic():
        stored, claims = _store(requests, mark, time)
    _sign([label for label in stored.values() if not label.credential], sign, claims)
    return [stored[key] for key in keys]


def finish(sign: SignCredential) -> int:
    """Sign the labels that a crash left unsigned; returns how many."""
    left = list(Label.objects.filter(credential=""))
    _sign(left, sign, {})
    return len(left)


def _store(
    requests: Sequence[IssueRequest], mark: str, time: datetime.datetime
) -> tuple[dict[str, Label], dict[str, Claim]]:
    found = {label.request: label for label in Label.objects.filter(request__in=[r.key for r in requests])}
    for request in requests:
        if request.key in found:
            _same(request, found[request.key], mark)
    last = Label.objects.order_by("-sequence").values_list("sequence", flat=True).first()
    sequence = 0 if last is None else last + 1
    fresh = [request for request in requests if request.key not in found]
    claims = [request.claim(LabelNumber(mark, sequence + place)) for place, request in enumerate(fresh)]
    for place, claim in enumerate(claims):
        if claim.number != str(LabelNumber(mark, sequence + place)):
            raise InputError(
                "the claim has another number", code="claim-number", hint="use the number that is given"
            )
    entries = append([_record(claim) for claim in claims], time=time)
    labels = [
        Label(
            number=claim.number, sequence=sequence + place, claim=claim.content, claim_digest=claim.digest,
            state="registered", valid_until=claim.validity.until, request=request.key, entry=entry,
            status_index=sequence + place, previous_id=claim.previous or None,
        )
        for place, (request, claim, entry) in enumerate(zip(fresh, claims, entries, strict=True))
    ]  # fmt: skip
    Label.objects.bulk_create(labels)
    enqueue("label", [label.number for label in labels])
    return found | {label.request: label for label in labels}, {claim.number: claim for claim in claims}


def _record(claim: Claim) -> Record:
    return Record(
        "revision" if claim.previous else "issue",
        claim.number,
        {"claim": claim.digest, "bundle": claim.digests.bundle, "valid_until": claim.validity.until}
        | ({"previous": claim.previous} if claim.previous else {}),
    )


def _same(request: IssueRequest, label: Label, mark: str) -> None:
    """A repeated request is for the same study; that another day has come changes nothing."""
    claim, stored = request.claim(LabelNumber(mark, label.sequence)), read_claim(bytes(label.claim))
    if (claim.digests, claim.previous) != (stored.digests, stored.previous):
        raise StateError(
            f"request {request.key} was made for another study before: label {label.number}",
            code="request-conflict",
            hint="use a new key for a new study",
        )


def _sign(labels: Sequence[Label], sign: SignCredential, claims: Mapping[str, Claim]) -> None:
    for label in labels:
        label.credential = sign(claims.get(label.number) or stored_claim(label), label.status_index)
        label.state = "active" if label.state == "registered" else label.state
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE labels_label SET credential = %s, state = %s WHERE number = %s",
            [(label.credential, label.state, label.number) for label in labels],
        )
        enqueue("label", [label.number for label in labels])


def stored_claim(label: Label) -> Claim:
    """The claim as it was stored before it was signed.

    Raises
    ------
    StateError
        ``claim-changed``
    """
    content = bytes(label.claim)
    if digest_bytes(content) != label.claim_digest:
        raise StateError(
            f"the stored claim of {label.number} was changed",
            code="claim-changed",
            hint="restore the database",
        )
    return read_claim(content)
