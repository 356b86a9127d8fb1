"""Signatures checked with public keys."""

from __future__ import annotations

from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256

from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text


def verify_signature(
    algorithm: Literal["ed25519", "p256"], public_key: bytes, message: bytes, signature: bytes
) -> None:
    """Check a signature.

    Parameters
    ----------
    algorithm : {"ed25519", "p256"}
    public_key : bytes
        Ed25519: 32 bytes. P-256: the uncompressed point, 65 bytes.
    message : bytes
    signature : bytes
        64 bytes; for P-256 r and s one behind the other.

    Raises
    ------
    TrustError
        ``signature-wrong``.
    """
    if len(signature) != 64:
        raise _wrong()
    try:
        if algorithm == "ed25519":
            ed25519.Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
        else:
            key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public_key)
            r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
            key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(SHA256()))
    except (InvalidSignature, ValueError) as error:
        raise _wrong() from error


def _wrong() -> TrustError:
    return TrustError(
        Text(
            "the signature does not fit: content, signature or key was changed",
            "签名不符：内容、签名或密钥被改动",
        ),
        code="signature-wrong",
        hint=Text("get the document anew; do not rely on this one", "重新获取该文档；不要依赖这一份"),
    )
