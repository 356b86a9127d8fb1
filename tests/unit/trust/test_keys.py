"""Keys: signing, key files, signing programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from cradlemark.core.errors import CradlemarkError, InputError, StateError, TrustError
from cradlemark.trust.key_files import encrypted_key, read_key, write_key
from cradlemark.trust.signers import Algorithm, CommandSigner, KeySigner, new_key
from cradlemark.trust.verification import verify_signature

PASSPHRASE = "correct horse 电池"


@pytest.mark.parametrize("algorithm", ["ed25519", "p256"])
def test_what_a_key_signs_verifies_and_nothing_else(algorithm: Algorithm) -> None:
    signer = KeySigner(new_key(algorithm))
    assert signer.algorithm == algorithm
    signature = signer.sign(b"message")
    assert len(signature) == 64
    verify_signature(algorithm, signer.public_key, b"message", signature)
    other = KeySigner(new_key(algorithm))
    for key, message, value in (
        (signer.public_key, b"massage", signature),
        (other.public_key, b"message", signature),
        (signer.public_key, b"message", signature[:-1]),
        (signer.public_key[:-1], b"message", signature),
        (signer.public_key, b"message", bytes(64)),
    ):
        with pytest.raises(TrustError):
            verify_signature(algorithm, key, message, value)


@pytest.mark.parametrize("algorithm", ["ed25519", "p256"])
def test_key_file_opens_with_its_passphrase_only(algorithm: Algorithm, tmp_path: Path) -> None:
    path, signer = tmp_path / "log.pem", new_key(algorithm)
    write_key(path, encrypted_key(signer, PASSPHRASE))
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_key(path, PASSPHRASE).public_key == KeySigner(signer).public_key
    with pytest.raises(TrustError) as caught:
        read_key(path, "wrong passphrase")
    assert caught.value.code == "passphrase-wrong"
    with pytest.raises(StateError):
        write_key(path, b"other")


def test_key_file_is_one_of_openssl(tmp_path: Path) -> None:
    path, key = tmp_path / "log.pem", new_key("p256")
    write_key(path, encrypted_key(key, "plain words"))
    shown = subprocess.run(
        ["openssl", "pkey", "-in", str(path), "-passin", "pass:plain words", "-noout", "-text"],
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "prime256v1" in shown
    head = subprocess.run(
        ["openssl", "asn1parse", "-in", str(path)], capture_output=True, text=True, check=True
    )
    assert "scrypt" in head.stdout


def test_keys_that_lie_open_or_are_of_another_kind_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.pem"
    with pytest.raises(InputError):
        read_key(path, PASSPHRASE)
    write_key(path, encrypted_key(new_key("p256"), PASSPHRASE))
    path.chmod(0o644)
    with pytest.raises(TrustError) as caught:
        read_key(path, PASSPHRASE)
    assert caught.value.code == "key-exposed"
    others = {
        "rsa": rsa.generate_private_key(65537, 2048),
        "p384": ec.generate_private_key(ec.SECP384R1()),
    }
    for name, key in others.items():
        other = tmp_path / f"{name}.pem"
        encryption = BestAvailableEncryption(PASSPHRASE.encode())
        write_key(other, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))
        with pytest.raises(InputError) as refused:
            read_key(other, PASSPHRASE)
        assert refused.value.code == "key-invalid"
    plain = tmp_path / "plain.pem"
    write_key(plain, b"-----BEGIN PRIVATE KEY-----\n")
    with pytest.raises(TrustError):
        read_key(plain, PASSPHRASE)
    with pytest.raises(InputError, match="fewer than"):
        encrypted_key(new_key("p256"), "short")


def test_signing_program_is_believed_only_if_its_signature_verifies(tmp_path: Path) -> None:
    path, key = tmp_path / "hsm.pem", new_key("ed25519")
    write_key(path, encrypted_key(key, PASSPHRASE))
    code = (
        "import sys; from pathlib import Path; from cradlemark.trust.key_files import read_key; "
        f"signer = read_key(Path({str(path)!r}), {PASSPHRASE!r}); "
        "sys.stdout.buffer.write(signer.sign(sys.stdin.buffer.read()))"
    )
    command = (sys.executable, "-c", code)
    signer = CommandSigner(command, "ed25519", KeySigner(key).public_key)
    verify_signature("ed25519", signer.public_key, b"message", signer.sign(b"message"))
    for broken in (
        CommandSigner(command, "ed25519", KeySigner(new_key("ed25519")).public_key),
        CommandSigner((sys.executable, "-c", "raise SystemExit(3)"), "ed25519", signer.public_key),
        CommandSigner(("/nowhere/at/all",), "ed25519", signer.public_key),
        CommandSigner(
            (sys.executable, "-c", "import time; time.sleep(60)"), "ed25519", signer.public_key, 0.2
        ),
    ):
        with pytest.raises(CradlemarkError) as caught:
            broken.sign(b"message")
        assert caught.value.code == "signer-failed"
