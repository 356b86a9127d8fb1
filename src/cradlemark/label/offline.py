"""Check a label without asking anybody: its files against each other and against a trust file."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from typing import Literal

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, read_claim
from cradlemark.label.credential_verification import controller_of, verify_credential
from cradlemark.label.number import LabelNumber, read_number
from cradlemark.trust.log_proofs import read_log_proof, verify_log_proof
from cradlemark.trust.trust_files import TrustFile

Outcome = Literal["holds", "fails", "not_checked"]
TITLES = {
    "code": Text("The code names a label of this programme", "二维码指向本计划的标签"),
    "claim": Text("The claim is written as it is signed", "声明为规范格式"),
    "log": Text("The label is in the transparency log", "标签已写入透明日志"),
    "entry": Text("The log entry is about this claim", "日志条目与声明对应"),
    "witnesses": Text("Witnesses have seen the log", "见证方已见证日志"),
    "bundle": Text("The sealed study gives the stated result", "封存的研究可复算出所声明的结果"),
    "document": Text("The certificate is signed and unchanged", "证书已签名且未被改动"),
}  # fmt: skip


@attrs.frozen
class Finding:
    """One thing that was checked, or could not be."""

    id: str
    title: Text
    outcome: Outcome
    detail: str


@attrs.frozen
class LabelFiles:
    """What is at hand of a label; empty what is not.

    Parameters
    ----------
    code : str
        Text of the code on a picture.
    claim, entry, proof, bundle : bytes
    credential : str
    status_lists : tuple of str
    """

    code: str = ""
    claim: bytes = b""
    credential: str = ""
    entry: bytes = b""
    proof: bytes = b""
    bundle: bytes = b""
    status_lists: tuple[str, ...] = ()


def check_label(files: LabelFiles, trust: TrustFile, *, now: datetime.datetime) -> tuple[Finding, ...]:
    """Check everything that can be checked with the files at hand.

    Parameters
    ----------
    files : LabelFiles
    trust : TrustFile
        Got from the programme by a way that is trusted.
    now : datetime
        With a time zone.
    """
    claim, found = _claim(files)
    return (
        *_code(files, trust), *found, *_credential(files, trust, claim, now), *_log(files, trust, claim),
        *_bundle(files, claim),
    )  # fmt: skip


def believed(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing failed and a signature or the log vouches for the label."""
    outcomes = {finding.id: finding.outcome for finding in findings}
    return "fails" not in outcomes.values() and "holds" in {outcomes.get("signature"), outcomes.get("log")}


def number_in(text: str) -> LabelNumber | None:
    """Number of the label that the address in a code names; None when it names none.

    Examples
    --------
    >>> str(number_in("HTTPS://EXAMPLE.ORG/LABELS/L/DEMO00001ZX"))
    'DEMO-00001Z-X'
    """
    path, _, code = text.rstrip("/").rpartition("/")
    if not path.upper().endswith("/L") or len(code) < 9:
        return None
    for length in range(2, 7):
        try:
            return read_number(f"{code[:length]}-{code[length:-1]}-{code[-1]}")
        except CradlemarkError:
            continue
    return None


def _made(key: str, outcome: Outcome, detail: str) -> Finding:
    return Finding(key, TITLES[key], outcome, detail)


def _code(files: LabelFiles, trust: TrustFile) -> Iterator[Finding]:
    if not files.code:
        return
    number, address = number_in(files.code), files.code.lower()
    if number is None:
        yield _made("code", "not_checked", f"it holds {files.code[:120]}, which names no number of a label")
    elif f"://{trust.origin.lower()}/l/" not in address:
        yield _made("code", "fails", f"it leads to {files.code[:120]}, not to {trust.origin}")
    elif trust.programme and number.programme != trust.programme.get("mark"):
        yield _made("code", "fails", f"{number} is no number of this programme")
    else:
        yield _made("code", "holds", f"{number}, its check character fits")


def _claim(files: LabelFiles) -> tuple[Claim | None, list[Finding]]:
    if not files.claim:
        return None, [_made("claim", "not_checked", "the claim is not at hand")]
    try:
        claim = read_claim(files.claim)
    except CradlemarkError as error:
        return None, [_made("claim", "fails", error.message)]
    return claim, [_made("claim", "holds", f"{claim.number}, {claim.digest}")]


def _credential(
    files: LabelFiles, trust: TrustFile, claim: Claim | None, now: datetime.datetime
) -> Iterator[Finding]:
    if not files.credential:
        yield Finding("signature", _SIGNATURE, "not_checked", "the credential is not at hand")
        return
    try:
        verdict = verify_credential(
            files.credential,
            controller=controller_of(trust),
            now=now,
            status_lists=files.status_lists,
            claim=claim,
        )
    except CradlemarkError as error:
        yield Finding("signature", _SIGNATURE, "fails", error.message)
        return
    for check in verdict.checks:
        key = "same_claim" if check.id == "claim" else check.id
        yield Finding(key, check.title, check.outcome, check.detail)


_SIGNATURE = Text("A key of the programme has signed it", "由本计划的密钥签名")


def _log(files: LabelFiles, trust: TrustFile, claim: Claim | None) -> Iterator[Finding]:
    if not files.proof or not files.entry:
        yield _made("log", "not_checked", "the proof or the entry is not at hand")
        return
    try:
        proven = verify_log_proof(read_log_proof(files.proof), files.entry, trust.policy)
    except CradlemarkError as error:
        yield _made("log", "fails", error.message)
        return
    checkpoint = proven.checkpoint
    yield _made("log", "holds", f"entry {proven.index} of {checkpoint.size} in the log {checkpoint.origin}")
    if proven.witnesses:
        yield _made("witnesses", "holds", ", ".join(proven.witnesses))
    else:
        yield _made("witnesses", "not_checked", "the trust file asks for none")
    yield _entry(files.entry, claim)


def _entry(entry: bytes, claim: Claim | None) -> Finding:
    if claim is None:
        return _made("entry", "not_checked", "the claim is not at hand")
    try:
        told = json.loads(entry)
        same = (told["subject"], told["claim"]) == (claim.number, claim.digest)
    except (ValueError, KeyError, TypeError):
        same = False
    return _made(
        "entry",
        "holds" if same else "fails",
        "number and digest are the same" if same else "it is about something else",
    )


def _bundle(files: LabelFiles, claim: Claim | None) -> Iterator[Finding]:
    if not files.bundle:
        return
    from cradlemark.footprint.bundle.archive import read_bundle
    from cradlemark.footprint.bundle.recompute import recompute

    try:
        bundle = read_bundle(files.bundle)
        outcome = None if bundle.redacted else recompute(bundle)
    except CradlemarkError as error:
        yield _made("bundle", "fails", error.message)
        return
    if claim is not None and bundle.digest != claim.digests.bundle:
        yield _made("bundle", "fails", "it is not the bundle of this claim")
    elif outcome is None:
        yield _made("bundle", "not_checked", "it is redacted and cannot be recomputed")
    elif not outcome.equal:
        yield _made("bundle", "fails", f"the first difference is {outcome.difference}")
    else:
        yield _made("bundle", "holds", f"recomputed to the last digit: {outcome.stated.total:.6g} kg CO2e")
