"""Checking a signed certificate offline: whose key signed it, that nothing was changed, and which claim it carries."""

from __future__ import annotations

import datetime
from collections.abc import Collection
from io import BytesIO
from typing import Any

import attrs

from cradlemark.core.errors import CradlemarkError, InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.label.certificate.coroutines import finished
from cradlemark.label.certificate.make import ATTACHMENT
from cradlemark.label.claim import LARGEST, Claim, read_claim
from cradlemark.trust.x509 import certified_key

LARGEST_DOCUMENT = 20_000_000
"""Longest file that is read [byte]."""


@attrs.frozen
class CheckedCertificate:
    """What a sound certificate says.

    Parameters
    ----------
    claim : Claim
        From the attached record.
    signer : str
        Name in the certificate of the key; only the key is trusted, not the name.
    key : bytes
        Public key that signed, as the signers give it.
    time : datetime or None
        When it was signed, by the clock of the signer.
    """

    claim: Claim
    signer: str
    key: bytes
    time: datetime.datetime | None


def check_certificate(document: bytes, *, keys: Collection[bytes], where: str = "") -> CheckedCertificate:
    """Check the signature of a certificate and read the claim inside.

    Parameters
    ----------
    keys : collection of bytes
        Public keys for documents that are trusted: uncompressed points of P-256.

    Raises
    ------
    InputError
        ``certificate-unreadable`` when it is no certificate of a label; ``claim-unreadable``.
    TrustError
        ``signature-missing`` when no trusted key signed it, ``signature-wrong`` when it was changed; ``claim-changed``.
    """
    if len(document) > LARGEST_DOCUMENT:
        raise _unreadable(where)
    try:
        return _checked(document, keys, where)
    except CradlemarkError:
        raise
    except (Exception, RecursionError) as error:
        raise _unreadable(where) from error


def _checked(document: bytes, keys: Collection[bytes], where: str) -> CheckedCertificate:
    from pyhanko.pdf_utils.reader import PdfFileReader

    reader = PdfFileReader(BytesIO(document), strict=False)
    signatures = reader.embedded_signatures
    if len(signatures) != 1:
        raise _untrusted(Text("the certificate is not signed", "证书未签名"), where)
    found = signatures[0]
    certificate = found.signer_cert
    key = certified_key(certificate.dump())
    if key not in keys:
        raise _untrusted(Text("no trusted key signed the certificate", "没有受信任的密钥签署该证书"), where)
    _refuse_changed(found, certificate, where)
    claim = read_claim(_attached(reader, where), where=f"{where}, {ATTACHMENT}" if where else ATTACHMENT)
    return CheckedCertificate(
        claim, str(certificate.subject.native.get("common_name", "")), key, found.self_reported_timestamp
    )


def _refuse_changed(found: Any, certificate: Any, where: str) -> None:
    from pyhanko.sign.validation import async_validate_pdf_signature
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    # The key is trusted already; its own certificate is the anchor, and the time that of the signature.
    context = ValidationContext(
        trust_roots=[certificate], allow_fetching=False, moment=found.self_reported_timestamp
    )
    status = finished(async_validate_pdf_signature(found, signer_validation_context=context))
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    if not (status.intact and status.valid and status.trusted and whole):
        raise TrustError(
            Text("the certificate is not what was signed: something was changed or added", "证书与签署时不同：有内容被改动或添加"),
            code="signature-wrong", where=where, hint=Text("get it anew from the programme", "从计划重新获取"),
        )  # fmt: skip


def _attached(reader: Any, where: str) -> bytes:
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    files = {str(names[index]): names[index + 1] for index in range(0, len(names), 2)}
    for specification in files.values():
        entry = specification.get_object()
        if str(entry.get("/UF", entry.get("/F", ""))) == ATTACHMENT:
            content = bytes(entry["/EF"]["/F"].get_object().data)
            return content[: LARGEST + 1]
    raise _unreadable(where)


def _untrusted(message: Text, where: str) -> TrustError:
    return TrustError(
        message, code="signature-missing", where=where, hint=Text("add the key to the trust file if you have reason to trust it", "若有理由信任，请把该密钥加入信任文件")
    )  # fmt: skip


def _unreadable(where: str) -> InputError:
    return InputError(
        Text("this is no certificate of a label, or it is damaged", "这不是标签证书，或已损坏"), code="certificate-unreadable", where=where,
        hint=Text("get it anew from the programme", "从计划重新获取"),
    )  # fmt: skip
