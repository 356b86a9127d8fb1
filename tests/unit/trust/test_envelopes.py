"""Envelopes: one way to write them, two kinds of signature, nothing that changes the meaning."""

from __future__ import annotations

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from cradlemark.core.errors import TrustError
from cradlemark.trust.envelopes import check_envelope, decode, encode, read_envelope, sign_envelope
from cradlemark.trust.signers import KeySigner

P256 = KeySigner(ec.derive_private_key(5, ec.SECP256R1()))
ED25519 = KeySigner(ed25519.Ed25519PrivateKey.from_private_bytes(b"e" * 32))
SIGNERS = pytest.mark.parametrize("signer", [P256, ED25519], ids=["p256", "ed25519"])


def made(header: object, payload: bytes = b"{}", signature: bytes = b"s" * 64) -> str:
    content = header if isinstance(header, bytes) else json.dumps(header).encode()
    return ".".join(map(encode, (content, payload, signature)))


def refused(text: str) -> str:
    with pytest.raises(TrustError) as caught:
        read_envelope(text)
    return caught.value.code


@SIGNERS
def test_signed_read_and_checked(signer: KeySigner) -> None:
    text = sign_envelope(b'{"a":1}', signer, header={"typ": "vc+jwt", "kid": "k"})
    envelope = read_envelope(text)
    assert (envelope.payload, envelope.key, envelope.header["typ"]) == (b'{"a":1}', "k", "vc+jwt")
    assert envelope.algorithm == ("ES256" if signer is P256 else "Ed25519")
    check_envelope(envelope, signer.algorithm, signer.public_key)


@SIGNERS
def test_no_changed_character_is_believed(signer: KeySigner) -> None:
    text = sign_envelope(b'{"a":1}', signer, header={"kid": "k"})
    for place in range(len(text)):
        for other in ("A" if text[place] != "A" else "B", "!", ""):
            changed = text[:place] + other + text[place + 1 :]
            with pytest.raises(TrustError):
                check_envelope(read_envelope(changed), signer.algorithm, signer.public_key)


def test_the_key_decides_the_kind_of_signature() -> None:
    envelope = read_envelope(sign_envelope(b"{}", ED25519, header={}))
    with pytest.raises(TrustError) as caught:
        check_envelope(envelope, "p256", P256.public_key)
    assert caught.value.code == "envelope-algorithm"


@pytest.mark.parametrize("name", ["none", "None", "HS256", "RS256", "ES384", "ES512", "es256", ""])
def test_other_signatures_are_refused(name: str) -> None:
    assert refused(made({"alg": name})) == "envelope-algorithm"


@pytest.mark.parametrize(
    "text",
    [
        "", "a", "a.b", "a.b.c.d", "..", "e30.e30.e30", made({}), made({"alg": 1}), made([]), made(b"\xff"),
        made({"alg": "ES256", "crit": ["b64"], "b64": False}), made({"alg": "ES256", "b64": True}),
        made({"alg": "ES256", "zip": "DEF"}), made(b'{"alg":"ES256","alg":"none"}'), made(b"[" * 100_000),
        made({"alg": "ES256", "x": "y" * 9_000}), made({"alg": "ES256"}) + "=", made({"alg": "ES256"}) + "+/",
        "x" * 9_000_000, made(b'{"alg":"ES256","n":1e999}'),
    ],
)  # fmt: skip
def test_what_is_no_envelope(text: str) -> None:
    assert refused(text) == "envelope-malformed"


def test_one_text_for_one_content() -> None:
    assert [decode(text) for text in ("QQ", "QR", "Q", "QQ==", "Q Q", "QQ\n")] == [b"A", *[None] * 5]
