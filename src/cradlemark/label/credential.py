"""The claim of a label as a verifiable credential: a Digital Conformity Credential of the UN Transparency Protocol 0.7.0.

Verifiable Credentials 2.0, secured as ``vc+jwt`` (VC-JOSE-COSE 1.0). Everything follows from the claim; nothing is typed here. The
signed text is the canonical document, and the time of the signature stands in the header, so that the document stays pure.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Literal
from urllib.parse import quote

import attrs

from cradlemark.core.canonical import canonical_json
from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.label.claim import Claim
from cradlemark.label.conformity import attestation
from cradlemark.label.credential_terms import CONTEXT_PATH, CREDENTIALS, UNTP
from cradlemark.label.number import read_number
from cradlemark.label.status_list import PURPOSES, Purpose, list_address, place_of
from cradlemark.trust.envelopes import sign_envelope
from cradlemark.trust.key_documents import did_of
from cradlemark.trust.signers import Signer

MEDIA_TYPE, CONTENT_TYPE = "vc+jwt", "vc"
"""``typ`` and ``cty`` of the header (VC-JOSE-COSE 1.0, sections 3.1.1 and 6.1)."""
Profile = Literal["untp", "w3c"]
"""``untp``: one status entry whose index is a number, as the schema of UNTP wants; the second list is named beside it in our own
words. ``w3c``: both entries in one list, their index as text, as the W3C standard wants. Each refuses the other."""


@attrs.frozen
class Issuer:
    """The programme that signs.

    Parameters
    ----------
    origin : str
        Host and path of the programme.
    name : str
    key : str
        Id of the key, like ``credential-1``.
    """

    origin: str
    name: str
    key: str

    @property
    def did(self) -> str:
        """DID of the web."""
        return did_of(self.origin)

    @property
    def key_address(self) -> str:
        """The key within the DID document."""
        return f"{self.did}#{self.key}"

    @property
    def base(self) -> str:
        """Address of the programme, without a slash at the end."""
        return base_of(self.origin)


def base_of(origin: str) -> str:
    """Address of a programme, without a slash at the end.

    Examples
    --------
    >>> base_of("example.org/labels/")
    'https://example.org/labels'
    """
    host, *path = origin.rstrip("/").split("/")
    return "/".join(["https:/", host, *(quote(part, safe="") for part in path)])


def credential_document(
    claim: Claim, *, issuer: Issuer, status_index: int, profile: Profile = "untp"
) -> dict[str, Any]:
    """The credential of a claim, not signed.

    Parameters
    ----------
    claim : Claim
    issuer : Issuer
    status_index : int
        Running place in the status lists.
    profile : {"untp", "w3c"}
    """
    address = label_address(issuer.base, claim.number)
    return {
        "@context": [CREDENTIALS, UNTP, f"{issuer.base}/{CONTEXT_PATH}"],
        "type": ["DigitalConformityCredential", "VerifiableCredential"],
        "id": f"{address}/credential.jwt",
        "issuer": {"type": ["CredentialIssuer"], "id": issuer.did, "name": issuer.name},
        "name": f"{claim.programme.name['en']}: {claim.product.name['en']}",
        "validFrom": f"{claim.validity.issued}T00:00:00Z",
        "validUntil": f"{claim.validity.until}T23:59:59Z",
        **_status(issuer.base, status_index, profile),
        "credentialSubject": attestation(claim, base=issuer.base, address=address),
    }


def label_address(base: str, number: str) -> str:
    """Address of the label's page."""
    return f"{base}/l/{read_number(number)}"


def _status(base: str, index: int, profile: Profile) -> dict[str, Any]:
    entries = [_entry(base, purpose, index, profile) for purpose in PURPOSES]
    if profile == "w3c":
        return {"credentialStatus": entries}
    return {"credentialStatus": entries[0], "revocationStatus": entries[1]}


def _entry(base: str, purpose: Purpose, index: int, profile: Profile) -> dict[str, Any]:
    place = place_of(index)
    address = list_address(base, purpose, place.number)
    return {
        "id": f"{address}#{place.position}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": place.position if profile == "untp" else str(place.position),
        "statusListCredential": address,
    }


def sign_credential(document: Mapping[str, Any], *, signer: Signer, key: str, time: datetime.datetime) -> str:
    """Sign a credential, of a label or of a status list.

    Parameters
    ----------
    document : mapping
    signer : Signer
        P-256 (ES256) for UNTP; Ed25519 is possible.
    key : str
        Address of the key in the DID document of the issuer.
    time : datetime
        When it is signed; with a time zone.

    Returns
    -------
    str
        ``vc+jwt`` in compact form.
    """
    if time.tzinfo is None:
        raise InputError(
            Text("the time of a signature needs its zone", "签名时间需要时区"),
            code="time-zone",
            hint=Text("give it in UTC", "以 UTC 给出"),
        )
    header = {"typ": MEDIA_TYPE, "cty": CONTENT_TYPE, "kid": key, "iat": int(time.timestamp())}
    return sign_envelope(canonical_json(document), signer, header=header)
