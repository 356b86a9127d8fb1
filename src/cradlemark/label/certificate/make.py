"""The certificate as tagged PDF/A-3 with the record of the claim inside, for all readers (PDF/UA-1), and signed."""

from __future__ import annotations

import datetime
import json
from typing import Any

from cradlemark.label.artwork.code import code_of
from cradlemark.label.artwork.content import alternative_text, content_of
from cradlemark.label.artwork.link import label_link
from cradlemark.label.artwork.render import compiled, created, refuse_missing_glyphs
from cradlemark.label.artwork.variant import Variant
from cradlemark.label.certificate.content import certificate_content
from cradlemark.label.certificate.signature import sign_pdf
from cradlemark.label.claim import Claim
from cradlemark.label.programme import ProgrammeProfile
from cradlemark.trust.signers import Signer

STANDARDS = ["a-3a", "ua-1"]
"""PDF/A-3, level A (ISO 19005-3), and PDF/UA-1 (ISO 14289-1)."""
ATTACHMENT = "claim.json"


def certificate_pdf(claim: Claim, programme: ProgrammeProfile, *, host: str) -> bytes:
    """The certificate, not signed; the bytes of the claim are attached as ``claim.json``.

    Parameters
    ----------
    host : str
        Host of the programme's pages, for the code.

    Raises
    ------
    InputError
        ``artwork-glyph``, ``artwork-overflow`` for the label on it, ``host-invalid``.
    RuleError
        ``artwork-programme``, ``artwork-design``.
    """
    variant = Variant("full", "both", "light")
    address = str(label_link(claim, host=host))
    label = content_of(claim, programme, variant, code_of(address))
    content: dict[str, Any] = certificate_content(claim, programme) | {
        "label": label | {"alt": alternative_text(claim, variant), "address": address}
    }
    refuse_missing_glyphs(content, where=f"certificate {claim.number}")
    files = {"content.json": json.dumps(content, ensure_ascii=False).encode(), ATTACHMENT: claim.content}
    made: bytes = compiled(
        "certificate/certificate.typ", files, format="pdf", pdf_standards=STANDARDS, timestamp=created(claim)
    )
    return made


def signed_certificate(
    claim: Claim,
    programme: ProgrammeProfile,
    *,
    host: str,
    signer: Signer,
    certificate: bytes,
    time: datetime.datetime,
) -> bytes:
    """The certificate, signed.

    Parameters
    ----------
    signer : Signer
        With a P-256 key for documents.
    certificate : bytes
        X.509, DER, of that key.
    time : datetime
        Time that the signature states, UTC.
    """
    return sign_pdf(certificate_pdf(claim, programme, host=host), signer, certificate, time=time)
