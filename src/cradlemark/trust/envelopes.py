"""Signed envelopes: JSON Web Signatures in compact form (RFC 7515), made with any signer and read strictly.

A reader that is lenient lets somebody else choose how his text is understood; so there is one way to write a part
(base64url without padding, no unused bits), only two kinds of signature, and no extension that changes the meaning.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.core.canonical import canonical_json, read_json
from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.signers import Algorithm, Signer
from cradlemark.trust.verification import verify_signature

LARGEST_ENVELOPE = 5_000_000
"""Longest envelope that is read [character]."""
LARGEST_HEADER = 8_000
ALGORITHMS: Mapping[Algorithm, tuple[str, ...]] = {"p256": ("ES256",), "ed25519": ("Ed25519", "EdDSA")}
"""Names of the signatures by kind of key (RFC 7518, section 3.4; RFC 9864; RFC 8037); the first one is written."""
_MEANING_CHANGED = ("crit", "b64", "zip", "enc")
"""Header parameters that change how the rest is to be read."""


@attrs.frozen
class Envelope:
    """An envelope taken apart; nothing is believed yet.

    Parameters
    ----------
    header : mapping
        Protected header.
    payload : bytes
    signed : bytes
        What the signature is over.
    signature : bytes
    """

    header: Mapping[str, Any]
    payload: bytes
    signed: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        """Name of the signature in the header."""
        return str(self.header["alg"])

    @property
    def key(self) -> str:
        """Identifier of the key; empty when the header names none."""
        return str(self.header.get("kid", ""))


def sign_envelope(payload: bytes, signer: Signer, *, header: Mapping[str, Any]) -> str:
    """Sign a payload.

    Parameters
    ----------
    payload : bytes
    signer : Signer
    header : mapping
        Protected header without ``alg``, which follows from the key.

    Returns
    -------
    str
        Header, payload and signature in base64url, with points between.
    """
    protected = canonical_json({"alg": ALGORITHMS[signer.algorithm][0], **header})
    signed = f"{encode(protected)}.{encode(payload)}"
    return f"{signed}.{encode(signer.sign(signed.encode()))}"


def read_envelope(text: str, *, where: str = "") -> Envelope:
    """Take an envelope apart.

    Raises
    ------
    TrustError
        ``envelope-malformed``; ``envelope-algorithm`` for no signature or another kind than `ALGORITHMS` names.
    """
    parts = text.strip().split(".", 4) if len(text) <= LARGEST_ENVELOPE else []
    if len(parts) != 3:
        raise _malformed(Text("it has not three parts, or is too long", "不是三个部分，或过长"), where)
    header, payload, signature = (decode(part) for part in parts)
    if header is None or payload is None or signature is None:
        raise _malformed(
            Text(
                "a part is not base64url as it is written in signatures", "某部分不是签名中所用的 base64url"
            ),
            where,
        )
    told = _header(header, where)
    if told["alg"] not in {name for names in ALGORITHMS.values() for name in names}:
        raise TrustError(
            Text(
                f"it is signed as {str(told['alg'])[:40]!r}, which is not believed here",
                f"其签名算法为 {str(told['alg'])[:40]!r}，此处不予采信",
            ),
            code="envelope-algorithm",
            where=where,
            hint=Text(
                f"believed are {', '.join(name for names in ALGORITHMS.values() for name in names)}",
                f"采信的有：{'、'.join(name for names in ALGORITHMS.values() for name in names)}",
            ),
        )
    return Envelope(told, payload, f"{parts[0]}.{parts[1]}".encode(), signature)


def _header(content: bytes, where: str) -> dict[str, Any]:
    if len(content) > LARGEST_HEADER:
        raise _malformed(Text("its header is too long", "头部过长"), where)
    try:
        header = read_json(content, where=where)
    except InputError as error:
        raise _malformed(
            Text("its header cannot be read, {reason}", "无法读取其头部，{reason}").format(
                reason=error.message
            ),
            where,
        ) from None
    if not isinstance(header, dict) or not isinstance(header.get("alg"), str):
        raise _malformed(Text("its header names no signature", "头部未指明签名"), where)
    changed = [name for name in _MEANING_CHANGED if name in header]
    if changed:
        raise _malformed(
            Text(
                f"its header asks for {changed[0]!r}, which is not known here",
                f"头部要求 {changed[0]!r}，此处未知",
            ),
            where,
        )
    return header


def check_envelope(envelope: Envelope, algorithm: Algorithm, public_key: bytes) -> None:
    """Check the signature with a key whose kind is known from elsewhere, not from the envelope.

    Raises
    ------
    TrustError
        ``envelope-algorithm`` when the envelope names another kind of signature than the key makes;
        ``signature-wrong``.
    """
    if envelope.algorithm not in ALGORITHMS[algorithm]:
        raise TrustError(
            Text(
                f"the header says {envelope.algorithm}, but the key signs {ALGORITHMS[algorithm][0]}",
                f"头部为 {envelope.algorithm}，而密钥的签名为 {ALGORITHMS[algorithm][0]}",
            ),
            code="envelope-algorithm",
            hint=Text("do not rely on it", "不要依赖它"),
        )
    verify_signature(algorithm, public_key, envelope.signed, envelope.signature)


def encode(content: bytes) -> str:
    """Base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: str) -> bytes | None:
    """Bytes of base64url without padding; None when the text is not the only one for its bytes."""
    try:
        content = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return content if encode(content) == text else None


def _malformed(why: Text, where: str) -> TrustError:
    return TrustError(
        Text("this is no signed envelope: {why}", "这不是已签名的信封：{why}").format(why=why),
        code="envelope-malformed",
        where=where,
        hint=Text("get it anew", "重新获取"),
    )
