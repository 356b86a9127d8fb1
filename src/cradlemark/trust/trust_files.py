"""Trust files: the keys of a programme with their times, and how many witnesses are needed."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.trust.notes import verifier_key
from cradlemark.trust.policy import NONE, Policy, read_policy
from cradlemark.trust.signers import Algorithm

SCHEMA = "cradlemark-trust/1"
LARGEST = 1_000_000
"""Longest trust file that is read [byte]."""


@attrs.frozen
class TrustedKey:
    """A public key and the time it was in use, in ISO form; no end while it is.

    Parameters
    ----------
    compromised : bool
        Whether nothing that it signed is to be believed.
    """

    id: str
    purpose: str
    algorithm: Algorithm
    public_key: bytes
    since: str
    until: str
    compromised: bool


@attrs.frozen
class TrustFile:
    """Keys of one programme.

    Parameters
    ----------
    origin : str
    programme : mapping
        Id, mark, digest and name; empty for a bare policy.
    keys : tuple of TrustedKey
    policy : Policy
        Keys of log and witnesses, and the quorum.
    """

    origin: str
    programme: Mapping[str, Any]
    keys: tuple[TrustedKey, ...]
    policy: Policy

    def key(self, identifier: str, purpose: str) -> TrustedKey | None:
        """A key by its id and purpose."""
        return next((key for key in self.keys if (key.id, key.purpose) == (identifier, purpose)), None)


def read_trust_file(content: bytes, *, where: str = "") -> TrustFile:
    """Read a trust file, or a policy of logs and witnesses.

    Raises
    ------
    InputError, InputErrors
        ``trust-file-invalid``, or what is wrong with the policy.
    """
    if len(content) > LARGEST:
        raise _invalid("it is too long", where)
    text = _decoded(content, where)
    if not text.lstrip().startswith("{"):
        policy = read_policy(text)
        if not policy.logs:
            raise _invalid("it names no log", where)
        return TrustFile(policy.logs[0].name, {}, (), policy)
    try:
        document = json.loads(text)
        return _made(document)
    except (CradlemarkError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _invalid("a field is missing or of the wrong kind", where) from error


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid("it is not UTF-8", where) from error


def _made(document: dict[str, Any]) -> TrustFile:
    if document["schema"] != SCHEMA:
        raise ValueError(document["schema"])
    logs = tuple(verifier_key(key["vkey"]) for key in document["keys"] if key["purpose"] == "log")
    logs = tuple(key for key in logs if key.name == document["origin"])
    witnesses = {str(name): verifier_key(key) for name, key in document["witnesses"].items()}
    if not logs:
        raise ValueError("no log")
    lines = [f"log {key}" for key in logs] + [f"witness {name} {key}" for name, key in witnesses.items()]
    quorum = document["quorum"]
    if quorum != NONE:
        lines.append(f"group quorum {int(quorum)} {' '.join(witnesses)}")
    lines.append(f"quorum {'none' if quorum == NONE else 'quorum'}")
    keys = tuple(_key(key) for key in document["keys"])
    return TrustFile(str(document["origin"]), document["programme"], keys, read_policy("\n".join(lines)))


def _key(key: dict[str, Any]) -> TrustedKey:
    algorithm: Algorithm = "ed25519" if key["algorithm"] == "ed25519" else "p256"
    if key["algorithm"] != algorithm:
        raise ValueError(key["algorithm"])
    try:
        public = base64.b64decode(key["public_key"], validate=True)
    except binascii.Error as error:
        raise ValueError("public key") from error
    return TrustedKey(
        str(key["id"]), str(key["purpose"]), algorithm, public, str(key["since"]), str(key["until"]),
        bool(key["compromised"]),
    )  # fmt: skip


def _invalid(why: str, where: str) -> InputError:
    return InputError(
        f"this is no trust file: {why}", code="trust-file-invalid", where=where,
        hint="get trust.json from the programme, by a way that you trust",
    )  # fmt: skip
