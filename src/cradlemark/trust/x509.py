"""A self-made X.509 certificate of a key that signs documents, so that readers of PDF can show whose it is.

The trust in it comes from where its digest is published (trust file, log), not from an authority. RFC 5280.
"""

from __future__ import annotations

import datetime

from asn1crypto import algos, core, keys, pem, x509
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from cradlemark.core.canonical import digest_bytes
from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.trust.signers import COORDINATE, Signer

DOCUMENT_SIGNING = "1.3.6.1.5.5.7.3.36"
"""Purpose of the key: signing documents (RFC 9336)."""
LONGEST_NAME = 64
"""Longest name (RFC 5280, appendix A.1: ub-common-name) [characters]."""


def der_signature(signature: bytes) -> bytes:
    """A signature of P-256 as r and s one behind the other, written as X.509 and CMS write it (RFC 3279, section 2.2.3)."""
    return encode_dss_signature(
        int.from_bytes(signature[:COORDINATE], "big"), int.from_bytes(signature[COORDINATE:], "big")
    )


def document_certificate(
    signer: Signer, *, name: str, since: datetime.datetime, until: datetime.datetime
) -> bytes:
    """Certificate of a P-256 key, signed by itself, as DER.

    Parameters
    ----------
    name : str
        Whose key it is: the programme.
    since, until : datetime
        Validity, UTC.

    Raises
    ------
    InputError
        ``key-invalid`` for another kind of key, ``certificate-name`` for an empty or long name.
    """
    if signer.algorithm != "p256":
        raise InputError(
            Text("readers of PDF do not know this kind of key", "PDF 阅读程序不识别此种密钥"),
            code="key-invalid",
            hint=Text("use a P-256 key for documents", "文档使用 P-256 密钥"),
        )
    if not 0 < len(name) <= LONGEST_NAME:
        raise InputError(
            Text(f"the name in a certificate has 1 to {LONGEST_NAME} characters, not {len(name)}", f"证书中的名称须为 1 至 {LONGEST_NAME} 个字符，而不是 {len(name)}"),
            code="certificate-name", hint=Text("shorten it", "缩短"),
        )  # fmt: skip
    body = _body(signer.public_key, name, since, until)
    algorithm = algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    made: bytes = x509.Certificate({
        "tbs_certificate": body, "signature_algorithm": algorithm,
        "signature_value": der_signature(signer.sign(body.dump())),
    }).dump()  # fmt: skip
    return made


def pem_certificate(certificate: bytes) -> bytes:
    """A certificate as PEM (RFC 7468)."""
    armoured: bytes = pem.armor("CERTIFICATE", certificate)
    return armoured


def read_certificate(content: bytes, *, where: str = "") -> bytes:
    """Read a certificate, PEM or DER, and return it as DER.

    Raises
    ------
    InputError
        ``certificate-invalid``
    """
    try:
        der = pem.unarmor(content)[2] if pem.detect(content) else content
        found = x509.Certificate.load(der, strict=True)
        found.native  # noqa: B018 - reads it whole
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(
            Text("this is no certificate", "这不是证书"), code="certificate-invalid", where=where, hint=Text("give the file that was written with the key", "给出用密钥写出的文件")
        ) from error  # fmt: skip
    return bytes(der)


def certified_key(certificate: bytes) -> bytes:
    """Public key in a certificate, as the signers give it."""
    found = x509.Certificate.load(certificate)
    public: bytes = found.public_key["public_key"].native
    return public


def _body(
    public_key: bytes, name: str, since: datetime.datetime, until: datetime.datetime
) -> x509.TbsCertificate:
    public = keys.PublicKeyInfo({
        "algorithm": {"algorithm": "ec", "parameters": keys.ECDomainParameters(name="named", value="secp256r1")},
        "public_key": keys.ECPointBitString(public_key),
    })  # fmt: skip
    subject = x509.Name.build({"common_name": name})
    key_id = public.sha1
    serial = (
        int(digest_bytes(public_key + f"{name}|{since.isoformat()}|{until.isoformat()}".encode())[7:39], 16)
        >> 1
    )
    return x509.TbsCertificate({
        "version": "v3", "serial_number": serial, "signature": {"algorithm": "sha256_ecdsa"},
        "issuer": subject, "subject": subject, "subject_public_key_info": public,
        "validity": {"not_before": _time(since), "not_after": _time(until)},
        "extensions": [
            _extension("basic_constraints", {"ca": False}, critical=True),
            _extension("key_usage", {"digital_signature", "non_repudiation"}, critical=True),
            _extension("extended_key_usage", [DOCUMENT_SIGNING]),
            _extension("key_identifier", key_id),
            _extension("authority_key_identifier", {"key_identifier": key_id}),
        ],
    })  # fmt: skip


def _extension(name: str, value: object, *, critical: bool = False) -> dict[str, object]:
    return {"extn_id": name, "critical": critical, "extn_value": value}


def _time(moment: datetime.datetime) -> x509.Time:
    utc = moment.astimezone(datetime.UTC).replace(microsecond=0)
    if utc.year < 2050:  # RFC 5280, section 4.1.2.5
        return x509.Time(name="utc_time", value=core.UTCTime(utc))
    return x509.Time(name="general_time", value=core.GeneralizedTime(utc))
