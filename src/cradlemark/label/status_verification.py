"""Status lists of a programme, checked like credentials, and what they say of one label (Bitstring Status List 1.0)."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from cradlemark.core.errors import CradlemarkError, TrustError
from cradlemark.core.language import Text
from cradlemark.label.credential_shape import STATUS_LIST, moment, shape_problems, status_entries
from cradlemark.label.credential_terms import CREDENTIALS
from cradlemark.label.credential_trust import LEEWAY, document_of, verify_secured
from cradlemark.label.credential_verdict import WORDS, Check, fails, holds, unchecked
from cradlemark.label.status_list import bit, unpack
from cradlemark.trust.envelopes import read_envelope
from cradlemark.trust.key_documents import Controller


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


def status_lists_of(
    texts: Iterable[str], controller: Controller, now: datetime.datetime
) -> dict[str, StatusList | CradlemarkError]:
    """Status lists by their address, the newest of each; what is wrong with one is kept until it is needed."""
    found: dict[str, StatusList | CradlemarkError] = {}
    for text in texts:
        address = str(document_of(read_envelope(text, where="status list")).get("id", ""))
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
        raise TrustError(
            problems[0].message, code="status-list-malformed", hint=Text("get it anew", "重新获取")
        )
    subject, since, until = (
        document["credentialSubject"],
        moment(document["validFrom"]),
        moment(document.get("validUntil")),
    )
    assert since is not None
    if until is not None and now > until + LEEWAY:
        raise TrustError(
            Text(
                f"the status list was good until {until.isoformat()}", f"状态列表有效至 {until.isoformat()}"
            ),
            code="credential-expired",
            hint=Text("get it anew", "重新获取"),
        )
    return StatusList(subject["statusPurpose"], unpack(subject["encodedList"]), since)


def status_check(
    document: Mapping[str, Any], purpose: str, lists: Mapping[str, StatusList | CradlemarkError]
) -> Check:
    """Whether the bit of a credential is set in the list of a purpose."""
    entries = [one for one in status_entries(document) if isinstance(one, dict)]
    entry = next((one for one in entries if one.get("statusPurpose") == purpose), None)
    if entry is None:
        return unchecked(purpose, WORDS["no_entry"])
    address = str(entry.get("statusListCredential"))
    found = lists.get(address)
    if found is None:
        return unchecked(purpose, WORDS["no_list"].format(address=address[:200]))
    try:
        marked = _marked(found, purpose, entry)
    except (CradlemarkError, ValueError, LookupError, TypeError) as error:
        code = error.code if isinstance(error, CradlemarkError) else "credential-shape"
        return fails(purpose, code, WORDS["bad_list"].format(address=address[:200], why=error))
    time = found.since.isoformat() if isinstance(found, StatusList) else ""
    if not marked:
        return holds(purpose, time)
    if purpose == "suspension":
        return fails(purpose, "credential-suspended", WORDS["suspended"].format(time=time))
    return fails(purpose, "credential-revoked", WORDS["revoked"].format(time=time))


def _marked(found: StatusList | CradlemarkError, purpose: str, entry: Mapping[str, Any]) -> bool:
    if isinstance(found, CradlemarkError):
        raise found
    if found.purpose != purpose:
        raise TrustError(
            Text(f"it is a list of {found.purpose}", f"这是 {found.purpose} 的列表"),
            code="status-list-malformed",
            hint=Text("get the right one", "获取正确的列表"),
        )
    return bit(found.bits, int(entry["statusListIndex"]))
