"""Private keys in files: PKCS#8, encrypted with AES-256 under a key that scrypt makes from a passphrase.

PBES2 of RFC 8018 with scrypt of RFC 7914, section 7; OpenSSL reads the same files.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from asn1crypto import algos, core
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.hazmat.primitives.padding import PKCS7
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from cradlemark.core.errors import InputError, StateError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.signers import KeySigner

COST, BLOCK, PARALLEL = 2**14, 8, 1
"""N, r and p of scrypt: 16 MiB a try; OpenSSL reads no more than 32 MiB unless it is told to."""
SHORTEST_PASSPHRASE = 8
LARGEST_FILE = 100_000
"""Longest key file that is read [byte]."""
_PEM = "-----{} ENCRYPTED PRIVATE KEY-----"


class _ScryptParameters(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012 - asn1crypto reads the attribute of the class
        ("salt", core.OctetString),
        ("cost", core.Integer),
        ("block", core.Integer),
        ("parallel", core.Integer),
        ("length", core.Integer, {"optional": True}),
    ]


class _KeyDerivation(core.Sequence):  # type: ignore[misc]
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", _ScryptParameters)]  # noqa: RUF012


class _Parameters(core.Sequence):  # type: ignore[misc]
    _fields = [  # noqa: RUF012
        ("key_derivation_func", _KeyDerivation),
        ("encryption_scheme", algos.EncryptionAlgorithm),
    ]


class _Algorithm(core.Sequence):  # type: ignore[misc]
    _fields = [("algorithm", core.ObjectIdentifier), ("parameters", _Parameters)]  # noqa: RUF012


class _Encrypted(core.Sequence):  # type: ignore[misc]
    _fields = [("encryption_algorithm", _Algorithm), ("encrypted_data", core.OctetString)]  # noqa: RUF012


def encrypted_key(key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey, passphrase: str) -> bytes:
    """A private key as an encrypted PEM file.

    Raises
    ------
    InputError
        ``passphrase-short``.
    """
    if len(passphrase) < SHORTEST_PASSPHRASE:
        raise InputError(
            Text(
                f"the passphrase has fewer than {SHORTEST_PASSPHRASE} characters",
                f"口令少于 {SHORTEST_PASSPHRASE} 个字符",
            ),
            code="passphrase-short",
            hint=Text("use several words", "使用几个词"),
        )
    salt, vector = secrets.token_bytes(16), secrets.token_bytes(16)
    secret = Scrypt(salt=salt, length=32, n=COST, r=BLOCK, p=PARALLEL).derive(passphrase.encode())
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    padder, encryptor = PKCS7(128).padder(), Cipher(AES(secret), CBC(vector)).encryptor()
    sealed = encryptor.update(padder.update(plain) + padder.finalize()) + encryptor.finalize()
    document = _Encrypted({
        "encryption_algorithm": {
            "algorithm": "1.2.840.113549.1.5.13",
            "parameters": {
                "key_derivation_func": {
                    "algorithm": "1.3.6.1.4.1.11591.4.11",
                    "parameters": {"salt": salt, "cost": COST, "block": BLOCK, "parallel": PARALLEL, "length": 32},
                },
                "encryption_scheme": {"algorithm": "aes256_cbc", "parameters": vector},
            },
        },
        "encrypted_data": sealed,
    })  # fmt: skip
    return _pem(document.dump())


def _pem(content: bytes) -> bytes:
    text = base64.b64encode(content).decode()
    lines = [text[i : i + 64] for i in range(0, len(text), 64)]
    return "\n".join([_PEM.format("BEGIN"), *lines, _PEM.format("END"), ""]).encode()


def write_key(path: Path, content: bytes) -> None:
    """Write a key file that only its owner reads; an existing one is never overwritten.

    Raises
    ------
    StateError
        ``file-exists``.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise StateError(
            Text(f"there is a key {path.name} already", f"密钥 {path.name} 已存在"),
            code="file-exists",
            hint=Text("choose another name", "改用其他名称"),
        ) from error
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path, passphrase: str) -> KeySigner:
    """Open a key file, also one that OpenSSL encrypted.

    Raises
    ------
    InputError
        ``file-missing``, ``key-invalid`` for another kind of key or no key.
    TrustError
        ``passphrase-wrong``; ``key-exposed`` when others may read the file or it is not encrypted.
    """
    if not path.is_file():
        raise InputError(
            Text(f"there is no key {path.name}", f"没有密钥 {path.name}"),
            code="file-missing",
            hint=Text("check the path", "检查路径"),
        )
    if os.name == "posix" and path.stat().st_mode & 0o077:
        raise TrustError(
            Text(f"others may read the key {path.name}", f"他人可以读取密钥 {path.name}"),
            code="key-exposed",
            hint=Text(f"chmod 600 {path.name}", f"chmod 600 {path.name}"),
        )
    content = path.read_bytes()[:LARGEST_FILE]
    if b"ENCRYPTED" not in content:
        raise TrustError(
            Text(f"the key {path.name} is not encrypted", f"密钥 {path.name} 未加密"),
            code="key-exposed",
            hint=Text("encrypt it with openssl pkcs8", "用 openssl pkcs8 加密"),
        )
    try:
        key = load_pem_private_key(content, passphrase.encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TrustError(
            Text(
                f"the key {path.name} does not open with this passphrase, or is damaged",
                f"密钥 {path.name} 不能用此口令打开，或已损坏",
            ),
            code="passphrase-wrong",
            hint=Text("check the passphrase", "检查口令"),
        ) from error
    if isinstance(key, ed25519.Ed25519PrivateKey) or (
        isinstance(key, ec.EllipticCurvePrivateKey) and isinstance(key.curve, ec.SECP256R1)
    ):
        return KeySigner(key)
    raise InputError(
        Text(f"the key {path.name} is of another kind", f"密钥 {path.name} 是另一种"),
        code="key-invalid",
        hint=Text("use Ed25519 or P-256", "使用 Ed25519 或 P-256"),
    )


def raw_public_key(content: bytes) -> bytes:
    """A public key from a PEM file: 32 bytes of Ed25519, or the uncompressed point of P-256.

    Raises
    ------
    InputError
        ``key-invalid``
    """
    try:
        key = load_pem_public_key(content[:LARGEST_FILE])
    except (ValueError, UnsupportedAlgorithm) as error:
        raise _no_public_key() from error
    if isinstance(key, ed25519.Ed25519PublicKey):
        return key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    raise _no_public_key()


def _no_public_key() -> InputError:
    return InputError(
        Text("this is no public key of a kind that is used here", "这不是此处所用种类的公钥"), code="key-invalid",
        hint=Text("give Ed25519 or P-256 as PEM, as openssl pkey -pubout writes it", "以 PEM 给出 Ed25519 或 P-256，如 openssl pkey -pubout 所写"),
    )  # fmt: skip
