"""Audit a register: the whole log, the whole store, and that both tell the same; a walk, not a sample."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from functools import partial

import attrs

from cradlemark.core.canonical import digest_bytes, read_json
from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.language import Text
from cradlemark.label.claim import read_claim
from cradlemark.label.credential_verification import controller_of, verify_credential
from cradlemark.registry.cases.models import Case
from cradlemark.registry.files import read_file
from cradlemark.registry.home import Home
from cradlemark.registry.labels.models import Label
from cradlemark.registry.log.models import Entry
from cradlemark.registry.log.publish import LOG, check_store, published
from cradlemark.registry.log.signing import LogKeys
from cradlemark.registry.operation.snapshot import snapshot
from cradlemark.registry.publication.label_files import folder_of, status_document
from cradlemark.registry.publication.models import Outbox
from cradlemark.registry.publication.programme_files import trusted_keys
from cradlemark.registry.publication.trust_file import trust_file
from cradlemark.registry.witnesses.configure import witnesses
from cradlemark.trust.audit import audit as walk
from cradlemark.trust.key_history import KeyHistory
from cradlemark.trust.trust_files import TrustFile, read_trust_file

TIMELESS = frozenset({"type", "claims", "issuer", "key", "signature", "key_time", "shape", "claim"})
"""Checks of a credential that hold whatever the state of the label is."""
REPAIR = Text("restore the newest backup", "恢复最新的备份")


@attrs.frozen
class RegisterAudit:
    """Outcome of an audit.

    Parameters
    ----------
    entries, labels, cases, files : int
        How many were looked at.
    waiting : int
        Subjects whose public files are to be written anew, so that they are not compared.
    problems : tuple of Problem
        Everything that is wrong.
    """

    entries: int
    labels: int
    cases: int
    files: int
    waiting: int
    problems: tuple[Problem, ...]


def audit_register(home: Home, *, time: datetime.datetime) -> RegisterAudit:
    """Walk log, labels and cases.

    Publishing waits meanwhile.

    Raises
    ------
    StateError
        ``home-busy`` while another process publishes.
    """
    with home.alone(), snapshot():
        trust = _trust(home)
        log = walk(
            partial(read_file, home.public / LOG),
            home.origin,
            trust.policy,
            check_entry=KeyHistory(home.origin).check,
        )
        waiting = set(Outbox.objects.filter(kind="label").values_list("subject", flat=True))
        problems = [*log.problems, *_store(home, trust), *_labels(home, trust, waiting, time), *_cases()]
        return RegisterAudit(
            Entry.objects.count(),
            Label.objects.count(),
            Case.objects.count(),
            log.files,
            len(waiting),
            tuple(problems),
        )


def _trust(home: Home) -> TrustFile:
    """What the register itself knows of its keys, in the form in which others read it."""
    size = Entry.objects.count()
    return read_trust_file(trust_file(home, trusted_keys(size), witnesses()))


def _store(home: Home, trust: TrustFile) -> Iterator[Problem]:
    try:
        check_store(published(home.public / LOG, LogKeys(home.origin, trust.policy, lambda _size: ())))
    except CradlemarkError as error:
        yield from error.problems
    issued = Entry.objects.filter(kind__in=("issue", "revision"), label=None).values_list(
        "subject", flat=True
    )
    for number in issued:
        yield _wrong(
            f"label {number}", "the log tells of it, but it is not in the store", "日志中有记载，但存储中没有"
        )


def _labels(home: Home, trust: TrustFile, waiting: set[str], time: datetime.datetime) -> Iterator[Problem]:
    controller, expected = controller_of(trust), 0
    for label in Label.objects.select_related("entry", "row").order_by("sequence").iterator(chunk_size=500):
        where = f"label {label.number}"
        if label.sequence != expected:
            yield _wrong(where, f"number {expected} before it is missing", f"缺少此前的编号 {expected}")
        expected = label.sequence + 1
        content = bytes(label.claim)
        if (
            digest_bytes(content) != label.claim_digest
            or read_json(bytes(label.entry.record))["claim"] != label.claim_digest
        ):
            yield _wrong(
                where, "the stored claim is not the one that is logged", "存储的声明与日志记载的不同"
            )
            continue
        last = label.changes.order_by("-entry").first()
        if label.credential and label.state != (last.state if last else "active"):
            yield _wrong(where, "its state is not that of its last change", "状态与最后一次变更不符")
        if not label.credential:
            continue  # a crash left it; the next publication signs it
        verdict = verify_credential(
            label.credential, controller=controller, now=time, claim=read_claim(content)
        )
        for check in verdict.checks:
            if check.id in TIMELESS and check.outcome != "holds":
                yield Problem(where, check.code or "credential-shape", check.detail, REPAIR)
        if label.number not in waiting:
            yield from _public(home, label, where)


def _public(home: Home, label: Label, where: str) -> Iterator[Problem]:
    folder = folder_of(label.number)
    for name, wanted in {
        "claim.json": bytes(label.claim), "entry.json": bytes(label.entry.record),
        "credential.jwt": label.credential.encode(), "status.json": status_document(label),
    }.items():  # fmt: skip
        try:
            there = read_file(home.public, f"{folder}/{name}")
        except CradlemarkError as error:
            yield Problem(where, error.code, error.message, error.hint)
            continue
        if there != wanted:
            yield _wrong(
                where, f"the published {name} is not what is stored", f"已发布的 {name} 与存储的不同"
            )


def _cases() -> Iterator[Problem]:
    for case in Case.objects.select_related("label").order_by("number").iterator(chunk_size=500):
        where, last = f"case {case.number}", case.steps.order_by("-id").first()
        if last is None or last.state != case.state:
            yield _wrong(where, "its state is not that of its last step", "状态与最后一步不符")
        if case.label_id is None:
            continue
        people = [case.verifier_id, case.reviewer_id, case.decider_id]
        if None in people or len(set(people)) != len(people):
            yield _wrong(
                where, "verifier, reviewer and decider are not three people", "核查、评审与决定不是三人"
            )
        if case.body_id == case.applicant_id:
            yield _wrong(where, "the verification body is the applicant", "核查机构即申请人")
        if case.label is not None and case.label.bundle != case.revision.digest:
            yield _wrong(where, "its label rests on another study", "其标签所依据的研究不同")


def _wrong(where: str, english: str, chinese: str) -> Problem:
    return Problem(where, "register-inconsistent", Text(english, chinese), REPAIR)
