"""Who signs: keys in files, in a hardware module, or behind another program; the private key is never handed out."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from typing import Literal, Protocol

import attrs
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.verification import verify_signature

Algorithm = Literal["ed25519", "p256"]
"""Ed25519 (RFC 8032), or ECDSA on P-256 with SHA-256 (ES256 of RFC 7518)."""
COORDINATE = 32
"""Length of a number of P-256 [byte]."""


class Signer(Protocol):
    """Signs messages."""

    @property
    def algorithm(self) -> Algorithm:
        """Kind of the key."""

    @property
    def public_key(self) -> bytes:
        """Ed25519: 32 bytes. P-256: the uncompressed point, 65 bytes."""

    def sign(self, message: bytes) -> bytes:
        """Signature, 64 bytes; for P-256 r and s one behind the other (RFC 7518, section 3.4)."""


@attrs.frozen(eq=False, repr=False)
class KeySigner:
    """Signs with a private key in memory."""

    _key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey

    @property
    def algorithm(self) -> Algorithm:
        """Kind of the key."""
        return "ed25519" if isinstance(self._key, ed25519.Ed25519PrivateKey) else "p256"

    @property
    def public_key(self) -> bytes:
        """Raw public key."""
        public = self._key.public_key()
        if isinstance(public, ed25519.Ed25519PublicKey):
            return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def sign(self, message: bytes) -> bytes:
        """Sign a message."""
        if isinstance(self._key, ed25519.Ed25519PrivateKey):
            return self._key.sign(message)
        r, s = utils.decode_dss_signature(self._key.sign(message, ec.ECDSA(SHA256())))
        return r.to_bytes(COORDINATE, "big") + s.to_bytes(COORDINATE, "big")


def new_key(algorithm: Algorithm) -> ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey:
    """A new private key from the random source of the operating system."""
    if algorithm == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


@attrs.frozen
class CommandSigner:
    """Signs by another program: it gets the message on standard input and writes the signature to standard output.

    Parameters
    ----------
    command : tuple of str
        Program and arguments; no shell is between.
    algorithm : {"ed25519", "p256"}
    public_key : bytes
        What every answer is checked with.
    timeout : float
        [s]
    """

    command: tuple[str, ...]
    algorithm: Algorithm
    public_key: bytes
    timeout: float = 30.0

    def sign(self, message: bytes) -> bytes:
        """Sign a message.

        Raises
        ------
        TrustError
            ``signer-failed`` when the program fails or takes too long, or its signature does not verify.
        """
        signature = _output(self.command, message, self.timeout)
        try:
            verify_signature(self.algorithm, self.public_key, message, signature)
        except TrustError as error:
            raise _failed(
                Text(
                    f"{self.command[0]} gave a signature that does not fit its public key",
                    f"{self.command[0]} 的签名与其公钥不符",
                )
            ) from error
        return signature


def _output(command: Sequence[str], message: bytes, timeout: float) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - the operator names the program in his own settings
            list(command), input=message, capture_output=True, timeout=timeout, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(
            Text(f"{command[0]} cannot be run or takes too long", f"{command[0]} 无法运行或耗时过长")
        ) from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip()[-200:]
        raise _failed(
            Text(
                f"{command[0]} ended with {done.returncode}: {said}",
                f"{command[0]} 以 {done.returncode} 结束：{said}",
            )
        )
    return done.stdout


def _failed(message: Text) -> TrustError:
    return TrustError(
        message,
        code="signer-failed",
        hint=Text("see the signing program; nothing was signed", "检查签名程序；未签署任何内容"),
    )


def unknown_algorithm(name: str) -> InputError:
    """Return the error for a kind of key that is not used here."""
    return InputError(
        Text(f"keys of the kind {name[:40]!r} are not used here", f"此处不使用 {name[:40]!r} 类密钥"),
        code="key-invalid",
        hint=Text("use ed25519 or p256", "使用 ed25519 或 p256"),
    )
