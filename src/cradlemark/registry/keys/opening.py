"""Open the private part of a key wherever it is: in a file, in a hardware module, or behind another program."""

from __future__ import annotations

import os
import shlex

import attrs

from cradlemark.core.errors import InputError, NotFoundError, StateError
from cradlemark.core.language import Text
from cradlemark.registry.home import Home
from cradlemark.registry.keys.models import Key
from cradlemark.trust.key_files import raw_public_key, read_key
from cradlemark.trust.pkcs11_signer import SCHEME as MODULE
from cradlemark.trust.pkcs11_signer import make_module_key, open_module_key
from cradlemark.trust.signers import Algorithm, CommandSigner, Signer, unknown_algorithm

PIN = "CRADLEMARK_PIN"
"""Variable with the PIN of a token, when it is not the passphrase of the other keys."""
FILE, COMMAND = "file:", "command:"


@attrs.frozen(eq=False)
class Outside:
    """A key that is not made here.

    Parameters
    ----------
    address : str
        ``pkcs11:...`` or ``command:program arguments``.
    signer : Signer
        Opened; its public key is what is written down.
    """

    address: str
    signer: Signer


def open_signer(home: Home, key: Key, *, passphrase: str) -> Signer:
    """Open a key.

    Parameters
    ----------
    home : Home
    key : Key
    passphrase : str
        Of the file, or the PIN of the token.

    Raises
    ------
    StateError
        ``key-mismatch`` when another key is there than is written down.
    InputError, NotFoundError, TrustError
        As the kind of key has it.
    """
    signer = _opened(home, key, passphrase)
    if signer.public_key != bytes(key.public_key):
        raise StateError(
            Text(f"where key {key.id} should be is another key", f"密钥 {key.id} 的位置上是另一个密钥"),
            code="key-mismatch",
            hint=Text("restore the right one", "恢复正确的密钥"),
        )
    return signer


def _opened(home: Home, key: Key, passphrase: str) -> Signer:
    if key.signer.startswith(MODULE):
        return open_module_key(key.signer, _pin(passphrase))
    if key.signer.startswith(COMMAND):
        return command_signer(key.signer, _algorithm(key.algorithm), bytes(key.public_key))
    return read_key(home.keys / key.signer.removeprefix(FILE), passphrase)


def outside_key(address: str, algorithm: Algorithm, *, passphrase: str, public_key: bytes = b"") -> Outside:
    """A key that is to be used and is not in a file here.

    Parameters
    ----------
    address : str
        ``pkcs11:...``: the key is made in the module when it is not there. ``command:...``: with `public_key`.
    algorithm : {"ed25519", "p256"}
    passphrase : str
        PIN of the token, unless the variable `PIN` gives it.
    public_key : bytes
        As a PEM file (SubjectPublicKeyInfo).

    Raises
    ------
    InputError, MissingDataError, NotFoundError, TrustError
        ``key-address``, ``key-invalid`` and as the kind of key has it.
    """
    if not address.startswith(MODULE):
        return Outside(address, command_signer(address, algorithm, raw_public_key(public_key)))
    try:
        return Outside(address, open_module_key(address, _pin(passphrase)))
    except NotFoundError:
        return Outside(address, make_module_key(address, _pin(passphrase), algorithm))


def _pin(passphrase: str) -> str:
    return os.environ.get(PIN, passphrase)


def command_signer(address: str, algorithm: Algorithm, public_key: bytes) -> CommandSigner:
    """A program that signs.

    Raises
    ------
    InputError
        ``key-address``
    """
    try:
        command = shlex.split(address.removeprefix(COMMAND))
    except ValueError:
        command = []
    if not address.startswith(COMMAND) or not command:
        raise InputError(
            Text(f"{address[:120]!r} names no program that signs", f"{address[:120]!r} 未指明签名程序"),
            code="key-address",
            hint=Text("command:PROGRAM ARGUMENTS", "command:程序 参数"),
        )
    return CommandSigner(tuple(command), algorithm, public_key)


def _algorithm(name: str) -> Algorithm:
    if name in {"ed25519", "p256"}:
        return "ed25519" if name == "ed25519" else "p256"
    raise unknown_algorithm(name)
