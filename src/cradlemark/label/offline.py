"""Check a label without asking anybody: its files against each other and against a trust file."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim, read_claim
from cradlemark.label.credential_verification import controller_of, verify_credential
from cradlemark.label.kinds import told
from cradlemark.label.number import LabelNumber, read_number
from cradlemark.label.offline_finding import Finding, LabelFiles, Outcome, finding
from cradlemark.label.offline_grade import grade_findings
from cradlemark.label.offline_reduction import reduction_findings
from cradlemark.trust.log_proofs import Proven, read_log_proof, verify_log_proof
from cradlemark.trust.trust_files import TrustFile, log_key

__all__ = ["Finding", "LabelFiles", "believed", "check_label", "number_in"]
TITLES = {
    "code": Text("The code names a label of this programme", "二维码指向本计划的标签"),
    "claim": Text("The claim is written as it is signed", "声明为规范格式"),
    "log": Text("The label is in the transparency log", "标签已写入透明日志"),
    "entry": Text("The log entry is about this claim", "日志条目与声明对应"),
    "witnesses": Text("Witnesses have seen the log", "见证方已见证日志"),
    "emergency": Text("Its key came without the signature of the lost one", "其密钥未经已丢失的密钥签名"),
    "bundle": Text("The sealed study gives the stated result", "封存的研究可复算出所声明的结果"),
    "document": Text("The certificate is signed and unchanged", "证书已签名且未被改动"),
}  # fmt: skip

_DETAILS = {
    "no_number": Text("it holds {code}, which names no number of a label", "内容为 {code}，不含标签编号"),
    "elsewhere": Text("it leads to {code}, not to {origin}", "指向 {code}，而非 {origin}"),
    "other_programme": Text("{number} is no number of this programme", "{number} 不是本计划的编号"),
    "no_claim": Text("the claim is not at hand", "没有声明文件"),
    "no_credential": Text("the credential is not at hand", "没有凭证文件"),
    "no_proof": Text("the proof or the entry is not at hand", "没有证明或条目文件"),
    "entry": Text("entry {index} of {size} in the log {origin}", "日志 {origin} 的第 {index} 条，共 {size} 条"),
    "no_witness": Text("the trust file asks for none", "信任文件未要求见证"),
    "witnessed": Text("{names}; first at {time}", "{names}；最早于 {time}"),
    "emergency": Text("{key}: who gave you the trust file vouches for it", "{key}：由向您提供信任文件者担保"),
    "other_entry": Text("it is about something else", "与此声明无关"),
    "other_bundle": Text("it is not the bundle of this claim", "不是该声明的研究包"),
    "redacted": Text("it is redacted and cannot be recomputed", "已遮盖，无法复算"),
    "difference": Text("the first difference is {difference}", "首个差异为 {difference}"),
    "unsigned": Text("the file carries no signature", "文件没有签名"),
    "other_claim": Text("it carries another claim: {number}", "所附声明不同：{number}"),
    "certified": Text("it carries the claim of {number}; signed by {signer}", "附有 {number} 的声明；由 {signer} 签名"),
    "recomputed": Text("recomputed to the last digit: {total} kg CO2e", "复算结果逐位相同：{total} kg CO2e"),
}  # fmt: skip


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
        *_document(files, trust, claim), *_bundle(files, claim), *_kind(files, claim),
    )  # fmt: skip


def believed(findings: tuple[Finding, ...]) -> bool:
    """Whether nothing failed and a signature or the log vouches for the label."""
    outcomes = {finding.id: finding.outcome for finding in findings}
    return "fails" not in outcomes.values() and "holds" in {
        outcomes.get(key) for key in ("signature", "log", "document")
    }


def number_in(text: str) -> LabelNumber | None:
    """Number of the label that the address in a code names; None when it names none.

    Examples
    --------
    >>> str(number_in("HTTPS://EXAMPLE.ORG/LABELS/L/DEMO-00001Z-2K"))
    'DEMO-00001Z-2K'
    """
    path, _, number = text.rstrip("/").rpartition("/")
    if not path.upper().endswith("/L"):
        return None
    try:
        return read_number(number)
    except CradlemarkError:
        return None


def _made(key: str, outcome: Outcome, detail: Text | str) -> Finding:
    return finding(key, TITLES[key], outcome, detail)


def _code(files: LabelFiles, trust: TrustFile) -> Iterator[Finding]:
    if not files.code:
        return
    number, address = number_in(files.code), files.code.lower()
    if number is None:
        yield _made("code", "not_checked", _DETAILS["no_number"].format(code=files.code[:120]))
    elif f"://{trust.origin.lower()}/l/" not in address:
        yield _made("code", "fails", _DETAILS["elsewhere"].format(code=files.code[:120], origin=trust.origin))
    elif trust.programme and number.programme != trust.programme.get("mark"):
        yield _made("code", "fails", _DETAILS["other_programme"].format(number=number))
    else:
        yield _made("code", "holds", str(number))


def _claim(files: LabelFiles) -> tuple[Claim | None, list[Finding]]:
    if not files.claim:
        return None, [_made("claim", "not_checked", _DETAILS["no_claim"])]
    try:
        claim = read_claim(files.claim)
    except CradlemarkError as error:
        return None, [_made("claim", "fails", error.message)]
    kind = told(claim)
    detail = Text(f"{claim.number}, {kind.en}, {claim.digest}", f"{claim.number}，{kind.zh}，{claim.digest}")
    return claim, [_made("claim", "holds", detail)]


def _kind(files: LabelFiles, claim: Claim | None) -> Iterator[Finding]:
    """What a claim says beyond the footprint."""
    if claim is not None:
        yield from reduction_findings(files, claim)
        yield from grade_findings(files, claim)


def _credential(
    files: LabelFiles, trust: TrustFile, claim: Claim | None, now: datetime.datetime
) -> Iterator[Finding]:
    if not files.credential:
        yield Finding("signature", _SIGNATURE, "not_checked", _DETAILS["no_credential"])
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
        yield _made("log", "not_checked", _DETAILS["no_proof"])
        return
    try:
        proven = verify_log_proof(read_log_proof(files.proof), files.entry, trust.policy)
    except CradlemarkError as error:
        yield _made("log", "fails", error.message)
        return
    checkpoint = proven.checkpoint
    yield _made(
        "log",
        "holds",
        _DETAILS["entry"].format(index=proven.index, size=checkpoint.size, origin=checkpoint.origin),
    )
    if proven.witnesses:
        first = datetime.datetime.fromtimestamp(min(proven.times), datetime.UTC)
        told = _DETAILS["witnessed"].format(
            names=", ".join(proven.witnesses), time=f"{first:%Y-%m-%d %H:%M UTC}"
        )
        yield _made("witnesses", "holds", told)
    else:
        yield _made("witnesses", "not_checked", _DETAILS["no_witness"])
    yield from _emergency(proven, trust)
    yield _entry(files.entry, claim)


def _emergency(proven: Proven, trust: TrustFile) -> Iterator[Finding]:
    """Say when every key that signed the log came without the signature of a lost one before it."""
    signed = [key for key in trust.keys if key.purpose == "log" and log_key(trust.origin, key) in proven.keys]
    if signed and all(key.emergency for key in signed):
        names = ", ".join(key.id for key in signed)
        yield _made("emergency", "not_checked", _DETAILS["emergency"].format(key=names))


def _entry(entry: bytes, claim: Claim | None) -> Finding:
    if claim is None:
        return _made("entry", "not_checked", _DETAILS["no_claim"])
    try:
        record = json.loads(entry)
        same = (record["subject"], record["claim"]) == (claim.number, claim.digest)
    except (ValueError, KeyError, TypeError):
        same = False
    return _made(
        "entry",
        "holds" if same else "fails",
        claim.digest if same else _DETAILS["other_entry"],
    )


def _document(files: LabelFiles, trust: TrustFile, claim: Claim | None) -> Iterator[Finding]:
    if not files.document:
        return
    if b"/ByteRange" not in files.document:
        yield _made("document", "not_checked", _DETAILS["unsigned"])
        return
    from cradlemark.label.certificate.verify import check_certificate

    keys = [key.public_key for key in trust.keys if key.purpose == "document" and not key.compromised]
    try:
        checked = check_certificate(files.document, keys=keys)
    except CradlemarkError as error:
        yield _made("document", "fails", error.message)
        return
    if claim is not None and checked.claim.digest != claim.digest:
        yield _made("document", "fails", _DETAILS["other_claim"].format(number=checked.claim.number))
    else:
        detail = _DETAILS["certified"].format(number=checked.claim.number, signer=checked.signer)
        yield _made("document", "holds", detail)


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
        yield _made("bundle", "fails", _DETAILS["other_bundle"])
    elif outcome is None:
        yield _made("bundle", "not_checked", _DETAILS["redacted"])
    elif not outcome.equal:
        yield _made("bundle", "fails", _DETAILS["difference"].format(difference=outcome.difference))
    else:
        yield _made("bundle", "holds", _DETAILS["recomputed"].format(total=f"{outcome.stated.total:.6g}"))
