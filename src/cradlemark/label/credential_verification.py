"""Whether a credential is to be believed: checked without a network, with keys that the caller has reason to trust.

Every check is a value with its outcome: it holds, it fails, or it could not be made with what was given. A signature says who wrote
a text, not that it means what it seems to; so type, claims, issuer, key, times and state are checked besides (VC-JOSE-COSE 1.0,
Verifiable Credentials 2.0 section 7, Bitstring Status List 1.0).
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.conformity import attestation
from cradlemark.label.credential import label_address
from cradlemark.label.credential_shape import CONFORMITY, is_number, issuer_of, moment, shape_problems
from cradlemark.label.credential_terms import CREDENTIALS, UNTP
from cradlemark.label.credential_trust import LEEWAY, controller_of, malformed, verify_secured
from cradlemark.label.credential_verdict import TITLES, WORDS, Check, Verdict, fails, holds, unchecked
from cradlemark.label.status_verification import status_check, status_lists_of
from cradlemark.trust.key_documents import Controller

__all__ = ["TITLES", "Check", "Verdict", "controller_of", "verify_credential", "verify_secured"]
LARGEST = 2_000_000
"""Longest credential of a label that is read [character]."""


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
        raise malformed(Text("it is too long", "过长"))
    secured = verify_secured(text, controller=controller)
    document, checks = secured.document, list(secured.checks)
    if not document:
        return Verdict({}, (*checks, *_unmade(checks)))
    lists = status_lists_of(status_lists, controller, now)
    checks += [_shape(document), _period(document, now)]
    checks += [status_check(document, purpose, lists) for purpose in ("suspension", "revocation")]
    checks.append(_same_claim(document, claim))
    return Verdict(document, tuple(checks))


def _unmade(made: Sequence[Check]) -> list[Check]:
    known = {check.id for check in made}
    return [unchecked(name, WORDS["before"]) for name in TITLES if name not in known]


def _shape(document: Mapping[str, Any]) -> Check:
    problems = shape_problems(
        document, CONFORMITY, kind="DigitalConformityCredential", contexts=(CREDENTIALS, UNTP)
    )
    if problems:
        first, count = problems[0].message, len(problems) - 1
        words = WORDS["more"].format(first=first, count=count) if count else first
        return fails("shape", "credential-shape", words)
    return holds("shape", "Verifiable Credentials 2.0, UNTP 0.7.0")


def _period(document: Mapping[str, Any], now: datetime.datetime) -> Check:
    begin, end = moment(document.get("validFrom")), moment(document.get("validUntil"))
    words = f"{document.get('validFrom')}/{document.get('validUntil', '..')}"
    claims = {name: document.get(name, now.timestamp()) for name in ("nbf", "exp")}
    if not all(map(is_number, claims.values())):
        return fails("period", "credential-claims", WORDS["claim_times"])
    if begin is None or ("validUntil" in document and end is None):
        return fails("period", "credential-shape", WORDS["no_times"])
    leeway = LEEWAY.total_seconds()
    if now < begin - LEEWAY or now.timestamp() < claims["nbf"] - leeway:
        return fails("period", "credential-early", WORDS["early"].format(period=words))
    if (end is not None and now > end + LEEWAY) or now.timestamp() > claims["exp"] + leeway:
        return fails("period", "credential-expired", WORDS["expired"].format(period=words))
    return holds("period", words)


def _same_claim(document: Mapping[str, Any], claim: Claim | None) -> Check:
    """The attestation is made from the claim again and has to be the same, word for word."""
    if claim is None:
        return unchecked("claim", WORDS["no_claim"])
    subject = document.get("credentialSubject")
    base = _base(document)
    wanted = attestation(claim, base=base, address=label_address(base, claim.number)) if base else None
    times = (f"{claim.validity.issued}T00:00:00Z", f"{claim.validity.until}T23:59:59Z")
    if subject == wanted and times == (document.get("validFrom"), document.get("validUntil")):
        return holds("claim", claim.digest)
    return fails("claim", "credential-claim", WORDS["claim"].format(digest=claim.digest))


def _base(document: Mapping[str, Any]) -> str:
    """Address of the programme: its DID turned back."""
    did = issuer_of(document.get("issuer"))
    if not did.startswith("did:web:"):
        return ""
    host, *path = did.removeprefix("did:web:").split(":")
    return "/".join(["https:/", unquote(host), *path])
