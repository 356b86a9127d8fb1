"""Whether a credential is to be believed: checked without a network, with keys that the caller has reason to trust.

Every check is a value with its outcome: it holds, it fails, or it could not be made with what was given. A signature says who wrote
a text, not that it means what it seems to; so type, claims, issuer, key, times and state are checked besides (VC-JOSE-COSE 1.0,
Verifiable Credentials 2.0 section 7, Bitstring Status List 1.0).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import unquote

import attrs

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import CradlemarkError, InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.conformity import attestation
from cradlemark.label.credential import CONTENT_TYPE, MEDIA_TYPE, label_address
from cradlemark.label.credential_shape import (
    CONFORMITY,
    STATUS_LIST,
    is_number,
    issuer_of,
    moment,
    shape_problems,
    status_entries,
)
from cradlemark.label.credential_terms import CREDENTIALS, UNTP
from cradlemark.label.status_list import bit, unpack
from cradlemark.trust.envelopes import Envelope, check_envelope, read_envelope
from cradlemark.trust.key_documents import Controller, did_of
from cradlemark.trust.trust_files import TrustedKey, TrustFile

Outcome = Literal["holds", "fails", "not_checked"]
FORBIDDEN = ("vc", "vp")
"""Claims of older credentials that a reader could mistake for the content (VC-JOSE-COSE 1.0, section 1.1.2.1)."""
LARGEST = 2_000_000
"""Longest credential of a label that is read [character]."""
LEEWAY = datetime.timedelta(minutes=5)
"""How far a clock may be off."""
TITLES = {
    "type": Text("It is a credential, and says so", "类型为凭证"),
    "claims": Text("It has no second content", "无重复内容声明"),
    "issuer": Text("The programme that you trust issued it", "由受信任的计划签发"),
    "key": Text("Its key belongs to the programme and was not lost", "密钥属于该计划且未泄露"),
    "signature": Text("The signature fits", "签名有效"),
    "key_time": Text("The key was in use when it signed", "签名时密钥处于使用期"),
    "shape": Text("It has what a conformity credential needs", "具备合格评定凭证所需内容"),
    "period": Text("Today lies within its validity", "在有效期内"),
    "suspension": Text("It is not suspended", "未暂停"),
    "revocation": Text("It is not revoked", "未撤销"),
    "claim": Text("It says what the claim says", "与声明一致"),
}  # fmt: skip


@attrs.frozen
class Check:
    """One check.

    Parameters
    ----------
    id : str
        Key of `TITLES`.
    outcome : {"holds", "fails", "not_checked"}
    detail : str
        What it holds for (names, times and digests, the same in every language), or why it fails or was not checked.
    code : str
        Code of the error when it fails.
    """

    id: str
    outcome: Outcome
    detail: str
    code: str = ""

    @property
    def title(self) -> Text:
        """What was checked, for people."""
        return TITLES[self.id]


@attrs.frozen
class Verdict:
    """What came out.

    Parameters
    ----------
    document : mapping
        The credential; empty when its signature does not hold.
    checks : tuple of Check
    """

    document: Mapping[str, Any]
    checks: tuple[Check, ...]

    @property
    def believed(self) -> bool:
        """Whether nothing failed and the signature is one of those that hold."""
        outcomes = {check.id: check.outcome for check in self.checks}
        return "fails" not in outcomes.values() and outcomes.get("signature") == "holds"

    def outcome(self, check: str) -> Outcome:
        """Outcome of one check."""
        return next((one.outcome for one in self.checks if one.id == check), "not_checked")

    def refuse(self) -> None:
        """Raise the first check that failed.

        Raises
        ------
        TrustError
            With the code of that check.
        """
        for check in self.checks:
            if check.outcome == "fails":
                raise TrustError(check.detail, code=check.code, hint="do not rely on it; ask the programme")


def _fails(check: str, code: str, detail: str) -> Check:
    return Check(check, "fails", detail, code)


def controller_of(trust: TrustFile) -> Controller:
    """The programme of a trust file, with the times of its keys."""
    keys = tuple(key for key in trust.keys if key.purpose == "credential")
    return Controller(did_of(trust.origin), keys, times_known=True)


def verify_credential(
    text: str, *, controller: Controller, now: datetime.datetime, status_lists: Iterable[str] = (),
    claim: Claim | None = None,
) -> Verdict:  # fmt: skip
    """Check the credential of a label.

    Parameters
    ----------
    text : str
        ``vc+jwt`` in compact form, up to `LARGEST` characters.
    controller : Controller
        Who has to have issued it, with his keys: from a trust file or a DID document.
    now : datetime
        With a time zone.
    status_lists : iterable of str
        Status lists at hand, in the same form.
    claim : Claim, optional
        The claim that it should be about.

    Raises
    ------
    TrustError
        ``envelope-malformed``, ``envelope-algorithm``, ``credential-malformed``: then there is nothing to check.
    """
    if len(text) > LARGEST:
        raise _malformed("it is too long")
    secured = verify_secured(text, controller=controller)
    document, checks = secured.document, list(secured.checks)
    if not document:
        return Verdict({}, (*checks, *_unmade(checks)))
    lists = _lists(status_lists, controller, now)
    checks += [_shape(document), _period(document, now)]
    checks += [_status(document, purpose, lists) for purpose in ("suspension", "revocation")]
    checks.append(_same_claim(document, claim))
    return Verdict(document, tuple(checks))


def verify_secured(text: str, *, controller: Controller) -> Verdict:
    """Check who signed a credential of any kind: type, claims, issuer, key, signature and the time of the key.

    Raises
    ------
    TrustError
        As `verify_credential`.
    """
    envelope = read_envelope(text)
    document = _document(envelope)
    checks = tuple(_trust_checks(envelope, document, controller))
    return Verdict({} if any(check.outcome == "fails" for check in checks) else document, checks)


def _document(envelope: Envelope) -> dict[str, Any]:
    try:
        document = read_json(envelope.payload)
    except InputError as error:
        raise _malformed(error.message) from None
    if not isinstance(document, dict):
        raise _malformed("its content is no object")
    return document


def _trust_checks(envelope: Envelope, document: Mapping[str, Any], controller: Controller) -> list[Check]:
    """Who says it; the rest is of no interest while one of these fails."""
    key = controller.key(envelope.key)
    return [
        _type(envelope), _claims(document), _issuer(document, controller), _key(envelope, key),
        _signature(envelope, key), _key_time(envelope, key, controller),
    ]  # fmt: skip


def _unmade(made: Sequence[Check]) -> list[Check]:
    known = {check.id for check in made}
    return [Check(name, "not_checked", "what comes before fails") for name in TITLES if name not in known]


def _type(envelope: Envelope) -> Check:
    """Both types have to be the registered ones; a missing content type means the same (section 3.1.1)."""
    kind = str(envelope.header.get("typ", "")).lower().removeprefix("application/")
    content = str(envelope.header.get("cty", CONTENT_TYPE)).lower().removeprefix("application/")
    if (kind, content) == (MEDIA_TYPE, CONTENT_TYPE):
        return Check("type", "holds", f"{kind}, {envelope.algorithm}")
    return _fails("type", "credential-type", f"it is of type {kind[:40]!r} with content {content[:40]!r}, not {MEDIA_TYPE!r}")  # fmt: skip


def _claims(document: Mapping[str, Any]) -> Check:
    stray = [name for name in FORBIDDEN if name in document]
    if stray:
        return _fails(
            "claims", "credential-claims", f"it carries a claim {stray[0]!r} of an older kind of credential"
        )
    other = {
        "iss": issuer_of(document.get("issuer")), "jti": document.get("id"), "sub": _subject(document)
    }  # fmt: skip
    wrong = [name for name, value in other.items() if name in document and document[name] != value]
    if wrong:
        return _fails("claims", "credential-claims", f"its claim {wrong[0]!r} contradicts its content")
    return Check("claims", "holds", str(document.get("id", "")))


def _subject(document: Mapping[str, Any]) -> object:
    subject = document.get("credentialSubject")
    return subject.get("id") if isinstance(subject, dict) else None


def _issuer(document: Mapping[str, Any], controller: Controller) -> Check:
    issuer = issuer_of(document.get("issuer"))
    if issuer == controller.did:
        return Check("issuer", "holds", issuer)
    return _fails(
        "issuer", "credential-issuer", f"{issuer[:120] or 'nobody'} issued it, not {controller.did}"
    )


def _key(envelope: Envelope, key: TrustedKey | None) -> Check:
    if key is None:
        return _fails("key", "credential-key", f"the key {envelope.key[:120]!r} is not one of the programme")
    if key.compromised:
        return _fails(
            "key", "key-compromised", f"somebody else may have had the key {key.id}; it vouches for nothing"
        )
    return Check("key", "holds", envelope.key)


def _signature(envelope: Envelope, key: TrustedKey | None) -> Check:
    if key is None:
        return Check("signature", "not_checked", "the key is not known")
    try:
        check_envelope(envelope, key.algorithm, key.public_key)
    except TrustError as error:
        return _fails("signature", error.code, error.message)
    return Check("signature", "holds", f"{envelope.algorithm}, {key.id}")


def _key_time(envelope: Envelope, key: TrustedKey | None, controller: Controller) -> Check:
    """The time of the signature stands in its header; without it, or without the times of keys, nothing is said."""
    signed = envelope.header.get("iat")
    if key is None or not controller.times_known:
        return Check(
            "key_time", "not_checked", "it is not known when the key was in use; a trust file says it"
        )
    if not isinstance(signed, int | float) or isinstance(signed, bool) or not 0 <= signed < 2**35:
        return Check("key_time", "not_checked", "the signature does not say when it was made")
    time = datetime.datetime.fromtimestamp(signed, datetime.UTC)
    begin, end = moment(key.since), moment(key.until)
    if (begin is not None and time < begin - LEEWAY) or (end is not None and time > end + LEEWAY):
        return _fails(
            "key_time", "key-window", f"signed on {time.isoformat()}, when key {key.id} was not in use"
        )
    return Check("key_time", "holds", time.isoformat())


def _shape(document: Mapping[str, Any]) -> Check:
    problems = shape_problems(
        document, CONFORMITY, kind="DigitalConformityCredential", contexts=(CREDENTIALS, UNTP)
    )
    if problems:
        more = f" (and {len(problems) - 1} more)" if len(problems) > 1 else ""
        return _fails("shape", "credential-shape", problems[0].message + more)
    return Check("shape", "holds", "Verifiable Credentials 2.0, UNTP 0.7.0")


def _period(document: Mapping[str, Any], now: datetime.datetime) -> Check:
    begin, end = moment(document.get("validFrom")), moment(document.get("validUntil"))
    words = f"{document.get('validFrom')}/{document.get('validUntil', '..')}"
    claims = {name: document.get(name, now.timestamp()) for name in ("nbf", "exp")}
    if not all(map(is_number, claims.values())):
        return _fails("period", "credential-claims", "its claims nbf and exp are no numbers")
    if begin is None or ("validUntil" in document and end is None):
        return _fails("period", "credential-shape", "it does not say from when and until when it is valid")
    leeway = LEEWAY.total_seconds()
    if now < begin - LEEWAY or now.timestamp() < claims["nbf"] - leeway:
        return _fails("period", "credential-early", f"it is not valid yet: {words}")
    if (end is not None and now > end + LEEWAY) or now.timestamp() > claims["exp"] + leeway:
        return _fails("period", "credential-expired", f"it has expired: {words}")
    return Check("period", "holds", words)


@attrs.frozen
class StatusList:
    """A status list that somebody trusted signed.

    Parameters
    ----------
    purpose : str
    bits : bytes
        Unpacked.
    since : datetime
        From when it holds.
    """

    purpose: str
    bits: bytes
    since: datetime.datetime


def _lists(
    texts: Iterable[str], controller: Controller, now: datetime.datetime
) -> dict[str, StatusList | CradlemarkError]:
    """Status lists by their address, the newest of each; what is wrong with one is kept until it is needed."""
    found: dict[str, StatusList | CradlemarkError] = {}
    for text in texts:
        address = str(_document(read_envelope(text, where="status list")).get("id", ""))
        known = found.get(address)
        try:
            read = read_status_list(text, controller=controller, now=now)
        except CradlemarkError as error:
            found.setdefault(address, error)
            continue
        if not isinstance(known, StatusList) or read.since > known.since:
            found[address] = read
    return found


def read_status_list(text: str, *, controller: Controller, now: datetime.datetime) -> StatusList:
    """Check and unpack a status list.

    Raises
    ------
    TrustError
        As the checks of a credential; ``status-list-malformed``; ``credential-expired``. A list that begins after `now` is only
        newer than what was asked for.
    """
    secured = verify_secured(text, controller=controller)
    secured.refuse()
    document = secured.document
    problems = shape_problems(
        document, STATUS_LIST, kind="BitstringStatusListCredential", contexts=(CREDENTIALS,)
    )
    if problems:
        raise TrustError(problems[0].message, code="status-list-malformed", hint="get it anew")
    subject, since, until = (
        document["credentialSubject"],
        moment(document["validFrom"]),
        moment(document.get("validUntil")),
    )
    assert since is not None
    if until is not None and now > until + LEEWAY:
        raise TrustError(
            f"the status list was good until {until.isoformat()}",
            code="credential-expired",
            hint="get it anew",
        )
    return StatusList(subject["statusPurpose"], unpack(subject["encodedList"]), since)


def _status(
    document: Mapping[str, Any], purpose: str, lists: Mapping[str, StatusList | CradlemarkError]
) -> Check:
    entries = [one for one in status_entries(document) if isinstance(one, dict)]
    entry = next((one for one in entries if one.get("statusPurpose") == purpose), None)
    if entry is None:
        return Check(purpose, "not_checked", f"the credential names no list of {purpose}")
    address = str(entry.get("statusListCredential"))
    found = lists.get(address)
    if found is None:
        return Check(purpose, "not_checked", f"the list {address} was not given")
    try:
        if isinstance(found, CradlemarkError):
            raise found
        if found.purpose != purpose:
            raise TrustError(f"the list {address} is of {found.purpose}", code="status-list-malformed")
        marked = bit(found.bits, int(entry["statusListIndex"]))
    except (CradlemarkError, ValueError, LookupError, TypeError) as error:
        code = error.code if isinstance(error, CradlemarkError) else "credential-shape"
        return _fails(purpose, code, f"the list {address} cannot be used: {error}")
    if marked:
        if purpose == "suspension":
            return _fails(
                purpose,
                "credential-suspended",
                f"it must not be used now, says the list of {found.since.isoformat()}",
            )
        return _fails(
            purpose,
            "credential-revoked",
            f"it is not valid any more, says the list of {found.since.isoformat()}",
        )
    return Check(purpose, "holds", found.since.isoformat())


def _same_claim(document: Mapping[str, Any], claim: Claim | None) -> Check:
    """The attestation is made from the claim again and has to be the same, word for word."""
    if claim is None:
        return Check("claim", "not_checked", "no claim was given")
    subject = document.get("credentialSubject")
    base = _base(document)
    wanted = attestation(claim, base=base, address=label_address(base, claim.number)) if base else None
    times = (f"{claim.validity.issued}T00:00:00Z", f"{claim.validity.until}T23:59:59Z")
    if subject == wanted and times == (document.get("validFrom"), document.get("validUntil")):
        return Check("claim", "holds", claim.digest)
    return _fails("claim", "credential-claim", f"it is not made from the claim {claim.digest}")


def _base(document: Mapping[str, Any]) -> str:
    """Address of the programme: its DID turned back."""
    did = issuer_of(document.get("issuer"))
    if not did.startswith("did:web:"):
        return ""
    host, *path = did.removeprefix("did:web:").split(":")
    return "/".join(["https:/", unquote(host), *path])


def _malformed(why: str) -> TrustError:
    return TrustError(f"this is no credential: {why}", code="credential-malformed", hint="get it anew")
