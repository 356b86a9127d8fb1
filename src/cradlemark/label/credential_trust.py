"""Who signed a credential, and whether he may be believed: type, claims, issuer, key, signature, time of the key.

A signature says who wrote a text, not that it means what it seems to; so what a reader could take wrongly is refused besides
(VC-JOSE-COSE 1.0).
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.label.credential import CONTENT_TYPE, MEDIA_TYPE
from cradlemark.label.credential_shape import issuer_of, moment
from cradlemark.label.credential_verdict import WORDS, Check, Verdict, fails, holds, unchecked
from cradlemark.trust.envelopes import Envelope, check_envelope, read_envelope
from cradlemark.trust.key_documents import Controller, did_of
from cradlemark.trust.trust_files import TrustedKey, TrustFile

FORBIDDEN = ("vc", "vp")
"""Claims of older credentials that a reader could mistake for the content (VC-JOSE-COSE 1.0, section 1.1.2.1)."""
LEEWAY = datetime.timedelta(minutes=5)
"""How far a clock may be off."""


def controller_of(trust: TrustFile) -> Controller:
    """The programme of a trust file, with the times of its keys."""
    keys = tuple(key for key in trust.keys if key.purpose == "credential")
    return Controller(did_of(trust.origin), keys, times_known=True)


def verify_secured(text: str, *, controller: Controller) -> Verdict:
    """Check who signed a credential of any kind: type, claims, issuer, key, signature and the time of the key.

    Raises
    ------
    TrustError
        As `verify_credential`.
    """
    envelope = read_envelope(text)
    document = document_of(envelope)
    checks = tuple(_trust_checks(envelope, document, controller))
    return Verdict({} if any(check.outcome == "fails" for check in checks) else document, checks)


def document_of(envelope: Envelope) -> dict[str, Any]:
    """Content of an envelope.

    Raises
    ------
    TrustError
        ``credential-malformed``
    """
    try:
        document = read_json(envelope.payload)
    except InputError as error:
        raise malformed(error.message) from None
    if not isinstance(document, dict):
        raise malformed(Text("its content is no object", "其内容不是对象"))
    return document


def _trust_checks(envelope: Envelope, document: Mapping[str, Any], controller: Controller) -> list[Check]:
    """Who says it; the rest is of no interest while one of these fails."""
    key = controller.key(envelope.key)
    return [
        _type(envelope), _claims(document), _issuer(document, controller), _key(envelope, key),
        _signature(envelope, key), _key_time(envelope, key, controller),
    ]  # fmt: skip


def _type(envelope: Envelope) -> Check:
    """Both types have to be the registered ones; a missing content type means the same (section 3.1.1)."""
    kind = str(envelope.header.get("typ", "")).lower().removeprefix("application/")
    content = str(envelope.header.get("cty", CONTENT_TYPE)).lower().removeprefix("application/")
    if (kind, content) == (MEDIA_TYPE, CONTENT_TYPE):
        return holds("type", f"{kind}, {envelope.algorithm}")
    words = WORDS["type"].format(kind=repr(kind[:40]), content=repr(content[:40]), wanted=repr(MEDIA_TYPE))
    return fails("type", "credential-type", words)


def _claims(document: Mapping[str, Any]) -> Check:
    stray = [name for name in FORBIDDEN if name in document]
    if stray:
        return fails("claims", "credential-claims", WORDS["stray"].format(name=stray[0]))
    other = {
        "iss": issuer_of(document.get("issuer")), "jti": document.get("id"), "sub": _subject(document)
    }  # fmt: skip
    wrong = [name for name, value in other.items() if name in document and document[name] != value]
    if wrong:
        return fails("claims", "credential-claims", WORDS["contradicts"].format(name=wrong[0]))
    return holds("claims", str(document.get("id", "")))


def _subject(document: Mapping[str, Any]) -> object:
    subject = document.get("credentialSubject")
    return subject.get("id") if isinstance(subject, dict) else None


def _issuer(document: Mapping[str, Any], controller: Controller) -> Check:
    issuer = issuer_of(document.get("issuer"))
    if issuer == controller.did:
        return holds("issuer", issuer)
    words = WORDS["issuer"].format(issuer=issuer[:120] or "-", wanted=controller.did)
    return fails("issuer", "credential-issuer", words)


def _key(envelope: Envelope, key: TrustedKey | None) -> Check:
    if key is None:
        return fails("key", "credential-key", WORDS["key"].format(key=repr(envelope.key[:120])))
    if key.compromised:
        return fails("key", "key-compromised", WORDS["lost"].format(key=key.id))
    return holds("key", envelope.key)


def _signature(envelope: Envelope, key: TrustedKey | None) -> Check:
    if key is None:
        return unchecked("signature", WORDS["key_unknown"])
    try:
        check_envelope(envelope, key.algorithm, key.public_key)
    except TrustError as error:
        return fails("signature", error.code, error.message)
    return holds("signature", f"{envelope.algorithm}, {key.id}")


def _key_time(envelope: Envelope, key: TrustedKey | None, controller: Controller) -> Check:
    """The time of the signature stands in its header; without it, or without the times of keys, nothing is said."""
    signed = envelope.header.get("iat")
    if key is None or not controller.times_known:
        return unchecked("key_time", WORDS["times_unknown"])
    if not isinstance(signed, int | float) or isinstance(signed, bool) or not 0 <= signed < 2**35:
        return unchecked("key_time", WORDS["time_missing"])
    time = datetime.datetime.fromtimestamp(signed, datetime.UTC)
    begin, end = moment(key.since), moment(key.until)
    if (begin is not None and time < begin - LEEWAY) or (end is not None and time > end + LEEWAY):
        words = WORDS["key_time"].format(time=time.isoformat(), key=key.id)
        return fails("key_time", "key-window", words)
    return holds("key_time", time.isoformat())


def malformed(why: Text) -> TrustError:
    """Return the error for a text that is no credential."""
    return TrustError(
        Text("this is no credential: {why}", "这不是凭证：{why}").format(why=why),
        code="credential-malformed",
        hint=Text("get it anew", "重新获取"),
    )
