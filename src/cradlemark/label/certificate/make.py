"""The certificate as tagged PDF/A-3 with the record of the claim inside, for all readers (PDF/UA-1), and signed."""

from __future__ import annotations

import datetime
import json
from typing import Any

from cradlemark.core.language import Text
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


def certificate_pdf(
    claim: Claim, programme: ProgrammeProfile, *, host: str, state: Text | None = None
) -> bytes:
    """The certificate, not signed; the bytes of the claim are attached as ``claim.json``.

    Parameters
    ----------
    host : str
        Host of the programme's pages, for the code.
    state : Text or None
        Name of the state of a label whose mark may not be used: it stands across every page, and the label is not shown.

    Raises
    ------
    InputError
        ``artwork-glyph``, ``artwork-overflow`` for the label on it, ``host-invalid``.
    RuleError
        ``artwork-programme``, ``artwork-design``.
    """
    variant = Variant("full", "both", "light")
    address = str(label_link(claim, host=host))
    code = code_of(address)
    label = content_of(claim, programme, variant, code)
    content: dict[str, Any] = certificate_content(claim, programme, state=state) | {
        "label": label | {
            "alt": alternative_text(claim, programme, variant), "address": address,
            "code": {"across": code.across, "svg": code.svg, "alt": address},
        }
    }  # fmt: skip
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
    state: Text | None = None,
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
    state : Text or None
        As for `certificate_pdf`.
    """
    drawn = certificate_pdf(claim, programme, host=host, state=state)
    return sign_pdf(drawn, signer, certificate, time=time)
