"""Trust files: the keys of a programme with their times, its witnesses, and how many of them are needed.

A trust file is where belief begins: whoever swaps it for one with fewer witnesses is believed. It is got once, by a way that is
trusted, and a newer one is believed because of how it came, not because the old one says so.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.core.language import Text
from cradlemark.trust.notes import NOTE_KEY, VerifierKey, verifier_key
from cradlemark.trust.policy import ALL_SIZES, NONE, Policy, Window, read_policy
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
    emergency : bool
        Whether it came without the signature of the key before it, which was lost.
    window : Window
        Sizes of the log that it signs; of keys of the log only.
    """

    id: str
    purpose: str
    algorithm: Algorithm
    public_key: bytes
    since: str
    until: str
    compromised: bool
    emergency: bool = False
    window: Window = ALL_SIZES


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

    @property
    def quorum(self) -> int:
        """Witnesses that are needed; of a policy with groups within groups, members of the outermost one."""
        group = self.policy.groups.get(self.policy.quorum)
        return group.needed if group is not None else int(self.policy.quorum != NONE)


def read_trust_file(content: bytes, *, where: str = "") -> TrustFile:
    """Read a trust file, or a policy of logs and witnesses.

    Raises
    ------
    InputError, InputErrors
        ``trust-file-invalid``, or what is wrong with the policy.
    """
    if len(content) > LARGEST:
        raise _invalid(Text("it is too long", "过长"), where)
    text = _decoded(content, where)
    if not text.lstrip().startswith("{"):
        policy = read_policy(text)
        if not policy.logs:
            raise _invalid(Text("it names no log", "未指明日志"), where)
        return TrustFile(policy.logs[0].name, {}, (), policy)
    try:
        document = json.loads(text)
        return _made(document)
    except (CradlemarkError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _invalid(
            Text("a field is missing or of the wrong kind", "某字段缺失或类型不对"), where
        ) from error


def _decoded(content: bytes, where: str) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _invalid(Text("it is not UTF-8", "不是 UTF-8"), where) from error


def _made(document: dict[str, Any]) -> TrustFile:
    if document["schema"] != SCHEMA:
        raise ValueError(document["schema"])
    origin = str(document["origin"])
    keys = tuple(_key(key) for key in document["keys"])
    for row, key in zip(document["keys"], keys, strict=True):
        if key.purpose == "log" and (key.algorithm != "ed25519" or row["vkey"] != str(log_key(origin, key))):
            raise ValueError("key of the log")
    logs = {log_key(origin, key): key for key in keys if key.purpose == "log" and not key.compromised}
    if not logs:
        raise ValueError("no log")
    policy = _policy(logs, document["witnesses"], document["quorum"])
    policy = attrs.evolve(policy, windows={name: key.window for name, key in logs.items()})
    return TrustFile(origin, document["programme"], keys, policy)


def _policy(
    logs: Iterable[VerifierKey], witnesses: Mapping[str, Mapping[str, str]], quorum: int | str
) -> Policy:
    lines = [f"log {key}" for key in logs]
    lines += policy_lines({str(name): verifier_key(one["vkey"]) for name, one in witnesses.items()}, quorum)
    return read_policy("\n".join(lines))


def policy_lines(witnesses: Mapping[str, VerifierKey], quorum: int | str) -> list[str]:
    """Lines of a policy that asks for `quorum` of these witnesses, or for ``none``."""
    lines = [f"witness {name} {key}" for name, key in witnesses.items()]
    if quorum == NONE:
        return [*lines, f"quorum {NONE}"]
    return [*lines, f"group quorum {int(quorum)} {' '.join(witnesses)}", "quorum quorum"]


def log_key(origin: str, key: TrustedKey) -> VerifierKey:
    """A key of the log as notes name it."""
    return VerifierKey(origin, NOTE_KEY, key.public_key)


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
        bool(key["compromised"]), bool(key.get("emergency")), _window(key),
    )  # fmt: skip


def _window(key: Mapping[str, Any]) -> Window:
    first, last = key.get("first_size", 0), key.get("last_size")
    if type(first) is not int or type(last) not in {int, type(None)}:
        raise ValueError("sizes")
    return Window(first, last)


def _invalid(why: Text | str, where: str) -> InputError:
    return InputError(
        Text("this is no trust file: {why}", "这不是信任文件：{why}").format(why=why), code="trust-file-invalid", where=where,
        hint=Text("get trust.json from the programme, by a way that you trust", "以可信的方式从计划获取 trust.json"),
    )  # fmt: skip
