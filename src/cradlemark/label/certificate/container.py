"""The container of a PAdES signature (CMS, RFC 5652), made by pyHanko once for a key and a length of the signature.

Between two certificates nothing in it differs but the digest of the document and the signature itself: the time stands in the
document, as PAdES wants it (ETSI EN 319 142-1, 6.3). So both are put into what was made before.
"""

from __future__ import annotations

import attrs

MARK = bytes(range(0xC0, 0xE0))
"""Stands for the digest (SHA-256) in what is prepared."""
KEPT = 64
"""Keys and lengths that are remembered."""


@attrs.frozen
class Container:
    """What is signed and what is stored, with `MARK` in place of the digest.

    Parameters
    ----------
    signed : bytes
        Signed attributes, DER.
    stored : bytes
        Container without the signature, which is its end, DER.
    """

    signed: bytes
    stored: bytes

    def to_sign(self, digest: bytes) -> bytes:
        """Attributes of a document with this digest."""
        return self.signed.replace(MARK, digest)

    def holding(self, digest: bytes, signature: bytes) -> bytes:
        """The container with a signature of the length for which it was made."""
        return self.stored.replace(MARK, digest) + signature


_KNOWN: dict[tuple[bytes, int], Container] = {}


async def container(certificate: bytes, length: int) -> Container:
    """The container for a key and a signature, prepared when it is wanted for the first time.

    Parameters
    ----------
    certificate : bytes
        X.509, DER, of a P-256 key.
    length : int
        Of the signature [byte].
    """
    if (known := _KNOWN.get((certificate, length))) is not None:
        return known
    if len(_KNOWN) >= KEPT:
        _KNOWN.clear()
    return _KNOWN.setdefault((certificate, length), await _prepared(certificate, length))


async def _prepared(certificate: bytes, length: int) -> Container:
    from asn1crypto import algos, x509
    from pyhanko.sign.signers.pdf_cms import Signer as Base

    placeholder = b"\xff" * length
    seen: list[bytes] = []

    class Watched(Base):
        """Keeps what is to be signed."""

        async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
            del digest_algorithm, dry_run
            seen.append(data)
            return placeholder

    signer = Watched(
        signing_cert=x509.Certificate.load(certificate),
        signature_mechanism=algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
    )
    stored: bytes = (await signer.async_sign(MARK, "sha256", use_pades=True)).dump()
    (signed,) = seen
    if not (stored.endswith(placeholder) and stored.count(MARK) == signed.count(MARK) == 1):
        raise RuntimeError("pyHanko makes another container than is known here")
    return Container(signed, stored[:-length])
