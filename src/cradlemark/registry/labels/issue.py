"""Issue labels: number, claim and place in the log are stored before anything is signed.

Two transactions. The first one stores number, claim, log entry and what has to be published; then the credential is signed; the
second one stores the signature and makes the label valid. A crash in between leaves a label that `finish` signs later; a
request that is repeated gets the label that it got before.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence

import attrs
from django.db import connection

from cradlemark.core.canonical import digest_bytes
from cradlemark.core.errors import InputError, StateError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, read_claim
from cradlemark.label.number import LabelNumber
from cradlemark.registry.labels.models import Label
from cradlemark.registry.labels.sign import outdated
from cradlemark.registry.log.append import Record, append
from cradlemark.registry.publication.outbox import RESIGN, enqueue
from cradlemark.registry.search.keep import add_rows, renew_states
from cradlemark.registry.writing import writing

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


@attrs.frozen
class Subject:
    """What a request is about; a repeated one is about the same.

    Parameters
    ----------
    bundle : str
        Digest of the sealed study.
    baseline : str
        Digest of the sealed study of the baseline; empty without one.
    benchmark : str
        Digest of the population; empty without one.
    """

    kind: str
    bundle: str
    previous: str = ""
    baseline: str = ""
    benchmark: str = ""

    @classmethod
    def of(cls, claim: Claim) -> Subject:
        """What a claim is about."""
        reduction, grade = claim.reduction, claim.grade
        return cls(
            claim.kind, claim.digests.bundle, claim.previous, reduction.baseline_bundle if reduction else "",
            grade.benchmark if grade else "",
        )  # fmt: skip

    @classmethod
    def of_label(cls, label: Label) -> Subject:
        """What a label is about."""
        return cls.of(read_claim(bytes(label.claim)))


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
            Text("every request needs a key of its own", "每个请求需要自己的键"),
            code="request-key",
            hint=Text("use the case number", "使用案件编号"),
        )
    with writing():
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
                Text("the claim has another number", "该声明的编号不同"),
                code="claim-number",
                hint=Text("use the number that is given", "使用所给的编号"),
            )
    entries = append([_record(claim) for claim in claims], time=time)
    labels = [
        Label(
            number=claim.number, sequence=sequence + place, claim=claim.content, claim_digest=claim.digest,
            state="registered", valid_until=claim.validity.until, request=request.key, entry=entry,
            status_index=sequence + place, previous_id=claim.previous or None,
            bundle=claim.digests.bundle,
        )
        for place, (request, claim, entry) in enumerate(zip(fresh, claims, entries, strict=True))
    ]  # fmt: skip
    Label.objects.bulk_create(labels)
    by_number = {claim.number: claim for claim in claims}
    add_rows(labels, by_number)
    enqueue("label", [label.number for label in labels])
    return found | {label.request: label for label in labels}, by_number


def _record(claim: Claim) -> Record:
    return Record(
        "revision" if claim.previous else "issue",
        claim.number,
        {"claim": claim.digest, "bundle": claim.digests.bundle, "valid_until": claim.validity.until}
        | ({"previous": claim.previous} if claim.previous else {}),
    )


def _same(request: IssueRequest, label: Label, mark: str) -> None:
    """A repeated request is for the same study; that another day has come changes nothing."""
    refuse_other(Subject.of(request.claim(LabelNumber(mark, label.sequence))), label)


def refuse_other(subject: Subject, label: Label) -> None:
    """Refuse a repeated request that is about something else than the label that it got.

    Raises
    ------
    StateError
        ``request-conflict``
    """
    before = Subject.of_label(label)
    if subject != before:
        raise StateError(
            Text(
                f"request {label.request} was made for another claim before: label {label.number}, {before.kind}",
                f"请求 {label.request} 此前用于另一声明：标签 {label.number}，{before.kind}",
            ),
            code="request-conflict",
            hint=Text(
                "use a new case for another study, kind, baseline or benchmark",
                "另一研究、声明类型、基线或基准集须用新案件",
            ),
        )


def _sign(labels: Sequence[Label], sign: SignCredential, claims: Mapping[str, Claim]) -> None:
    """Sign and make valid; what somebody else has signed or changed meanwhile stays as it is."""
    signed = [
        (sign(claims.get(label.number) or stored_claim(label), label.status_index), label.number)
        for label in labels
    ]
    with writing(), connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE labels_label SET credential = %s, state = CASE state WHEN 'registered' THEN 'active' ELSE state END "
            "WHERE number = %s AND credential = ''",
            signed,
        )
        _read_again(labels)
        renew_states(labels)
        # Whoever has the new key signs them before they are published.
        former = outdated(credential for credential, _ in signed)
        enqueue(RESIGN, [number for credential, number in signed if credential in former])
        # The page of a label names the one that follows it.
        enqueue(
            "label",
            dict.fromkeys(
                [label.previous_id for label in labels if label.previous_id]
                + [label.number for label in labels]
            ),
        )


def _read_again(labels: Sequence[Label]) -> None:
    stored = {
        number: (credential, state)
        for number, credential, state in Label.objects.filter(
            number__in=[label.number for label in labels]
        ).values_list("number", "credential", "state")
    }
    for label in labels:
        label.credential, label.state = stored[label.number]


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
            Text(f"the stored claim of {label.number} was changed", f"存储的 {label.number} 的声明被改动"),
            code="claim-changed",
            hint=Text("restore the database", "恢复数据库"),
        )
    return read_claim(content)
