"""A PAdES signature (ETSI EN 319 142-1, level B-B) on a PDF, by any signer: the private key stays where it is."""

from __future__ import annotations

import datetime
from functools import cache
from io import BytesIO
from typing import Any

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.label.certificate.container import container
from cradlemark.label.certificate.coroutines import finished
from cradlemark.trust.signers import Signer
from cradlemark.trust.x509 import certified_key, der_signature

FIELD = "Signature"
COMMONEST = 71
"""Length of most signatures of P-256 as DER [byte]."""
ROOM = 8_192
"""Room in the file for signature and certificate, as hexadecimal digits [byte]."""
REASON = Text("Certificate of a carbon label", "碳标签证书")


def sign_pdf(document: bytes, signer: Signer, certificate: bytes, *, time: datetime.datetime) -> bytes:
    """Sign a PDF; nothing in it may be changed afterwards.

    Parameters
    ----------
    certificate : bytes
        DER, of the key of the signer.
    time : datetime
        Time that the signature states, UTC.

    Raises
    ------
    InputError
        ``certificate-key`` when the certificate is one of another key.
    TrustError
        ``signer-failed``.
    """
    from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
    from pyhanko.sign.signers.pdf_signer import PdfSignatureMetadata

    if certified_key(certificate) != signer.public_key:
        raise InputError(
            Text("the certificate is one of another key", "该证书属于另一密钥"),
            code="certificate-key",
            hint=Text("give the certificate of this key", "给出此密钥的证书"),
        )
    settings = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", reason=REASON.en, subfilter=SigSeedSubFilter.PADES,
        certify=True, docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    adapted, writer, signing = _classes()
    at_work = signing(settings, signer=adapted(signer, certificate))
    at_work.time = time
    signed: Any = finished(
        at_work.async_sign_pdf(writer(BytesIO(document), strict=False), bytes_reserved=ROOM)
    )
    return bytes(signed.getvalue())


@cache
def _classes() -> tuple[Any, Any, Any]:
    """Classes as pyHanko wants them; made when they are needed, because importing pyHanko takes long."""
    from asn1crypto import algos, cms, x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.signers.pdf_cms import Signer as Base
    from pyhanko.sign.signers.pdf_signer import PdfSigner

    class Adapted(Base):
        """Signs with any of our signers."""

        def __init__(self, signer: Signer, certificate: bytes) -> None:
            super().__init__(
                signing_cert=x509.Certificate.load(certificate),
                signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
            )
            self._signer, self._certificate = signer, certificate

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            raise NotImplementedError  # containers are prepared

        async def async_sign(self, data_digest: bytes, *_arguments: object, **_options: object) -> Any:
            made = await container(self._certificate, COMMONEST)
            signature = der_signature(self._signer.sign(made.to_sign(data_digest)))
            made = await container(self._certificate, len(signature))
            return cms.ContentInfo.load(made.holding(data_digest, signature))

    class Writer(IncrementalPdfFileWriter):
        """Leaves version and metadata as they are: a PDF/A-3 is a PDF 1.7, and its metadata stand in two places."""

        def ensure_output_version(self, version: object) -> None:
            del version

        def register_extension(self, ext: object) -> None:
            del ext

        def _update_meta(self) -> None:
            """Nothing."""

    class Signing(PdfSigner):
        """Signs at a given time."""

        time: datetime.datetime

        def init_signing_session(self, *arguments: Any, **options: Any) -> Any:
            session = super().init_signing_session(*arguments, **options)
            session.system_time = self.time
            return session

    return Adapted, Writer, Signing
