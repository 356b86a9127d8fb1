"""What is signed when a key begins: by the new key and the one that it replaces.

When the one before is lost, it cannot sign; then the other keys of the programme vouch for the new one, as far as they are there,
and the statement itself says that it was an emergency.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any

import attrs

from cradlemark.core.canonical import canonical_json, read_json
from cradlemark.core.errors import CradlemarkError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.signers import Algorithm, Signer
from cradlemark.trust.verification import verify_signature

PublicKey = tuple[Algorithm, bytes]


@attrs.frozen
class KeyStatement:
    """Which key begins and, for a replacement, which one ends.

    Parameters
    ----------
    origin : str
    key : str
        Id of the key that begins.
    purpose : str
    algorithm : {"ed25519", "p256"}
    public_key : bytes
    replaces : str
        Id of the key that ends; empty for the first one of a purpose.
    compromised : bool
        Whether somebody else may have the key that ends.
    lost : bool
        Whether the key that ends could not sign this: an emergency.
    reason : str
        Of an emergency, for the public.
    """

    origin: str
    key: str
    purpose: str
    algorithm: Algorithm
    public_key: bytes
    replaces: str = ""
    compromised: bool = False
    lost: bool = False
    reason: str = ""

    @property
    def content(self) -> bytes:
        """What the keys sign."""
        replaced = {"replaces": self.replaces, "compromised": self.compromised} if self.replaces else {}
        emergency = {"lost": True, "reason": self.reason} if self.lost else {}
        return canonical_json({
            "origin": self.origin, "key": self.key, "purpose": self.purpose, "algorithm": self.algorithm,
            "public_key": _text(self.public_key), **replaced, **emergency,
        })  # fmt: skip


@attrs.frozen
class Distrust:
    """That a key which was replaced before is not to be believed any more, because somebody else may have it.

    Parameters
    ----------
    origin : str
    key : str
        Id of the former key.
    by : str
        Id of the key that signs this: the one in use for the same purpose.
    reason : str
        For the public.
    """

    origin: str
    key: str
    by: str
    reason: str

    @property
    def content(self) -> bytes:
        """What the key in use signs."""
        return canonical_json({
            "origin": self.origin, "key": self.key, "by": self.by, "compromised": True, "reason": self.reason,
        })  # fmt: skip


def sign_distrust(distrust: Distrust, signer: Signer) -> dict[str, Any]:
    """Content of the entry of the log."""
    content = distrust.content
    return {"statement": content.decode(), "signature": _text(signer.sign(content))}


def check_distrust(content: Mapping[str, Any], keys: Mapping[str, PublicKey]) -> Distrust:
    """Check the entry of a key that is not believed any more; raises as `check_statement`."""
    try:
        text = str(content["statement"]).encode()
        told = read_json(text)
        distrust = Distrust(told["origin"], told["key"], told["by"], told["reason"])
        algorithm, public = keys[distrust.by]
        signature = base64.b64decode(content["signature"], validate=True)
    except (CradlemarkError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(
            Text("a part is missing or names a key that is not known", "缺少一部分，或提到了未知的密钥")
        ) from error
    if distrust.content != text:
        raise _unreadable(Text("it is not written as it is signed", "其写法与所签内容不同"))
    verify_signature(algorithm, public, text, signature)
    return distrust


def sign_statement(
    statement: KeyStatement, signer: Signer, *, previous: Signer | None, others: Mapping[str, Signer]
) -> dict[str, Any]:
    """Content of the entry of the log.

    Parameters
    ----------
    statement : KeyStatement
    signer : Signer
        The new key.
    previous : Signer or None
        The key that ends; None for a first key and for one that is lost.
    others : mapping of str to Signer
        Keys of other purposes, by id, which vouch for the new key when the one before cannot.
    """
    content = statement.content
    signed: dict[str, Any] = {"statement": content.decode(), "signature": _text(signer.sign(content))}
    if previous is not None:
        signed["previous_signature"] = _text(previous.sign(content))
    if others:
        signed["vouched"] = {name: _text(other.sign(content)) for name, other in others.items()}
    return signed


def check_statement(content: Mapping[str, Any], keys: Mapping[str, PublicKey]) -> KeyStatement:
    """Check the entry of a key.

    Parameters
    ----------
    content : mapping
        The record.
    keys : mapping of str to PublicKey
        Keys that came before, by id.

    Raises
    ------
    TrustError
        ``signature-wrong``; ``key-statement`` when it cannot be read or names a key that is not known.
    """
    try:
        text = str(content["statement"]).encode()
        statement = _read(read_json(text))
        signed = [((statement.algorithm, statement.public_key), content["signature"])]
        if statement.replaces and not statement.lost:
            signed.append((keys[statement.replaces], content["previous_signature"]))
        vouched = content.get("vouched", {})
        signed += [(keys[name], signature) for name, signature in sorted(vouched.items())]
        decoded = [(key, base64.b64decode(signature, validate=True)) for key, signature in signed]
    except (CradlemarkError, LookupError, TypeError, ValueError, AttributeError) as error:
        raise _unreadable(
            Text("a part is missing or names a key that is not known", "缺少一部分，或提到了未知的密钥")
        ) from error
    if statement.content != text:
        raise _unreadable(Text("it is not written as it is signed", "其写法与所签内容不同"))
    for (algorithm, public), signature in decoded:
        verify_signature(algorithm, public, text, signature)
    return statement


def _read(told: Mapping[str, Any]) -> KeyStatement:
    algorithm: Algorithm = "ed25519" if told["algorithm"] == "ed25519" else "p256"
    return KeyStatement(
        told["origin"], told["key"], told["purpose"], algorithm, base64.b64decode(told["public_key"], validate=True),
        told.get("replaces", ""), told.get("compromised", False), told.get("lost", False), told.get("reason", ""),
    )  # fmt: skip


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _unreadable(why: Text) -> TrustError:
    return TrustError(
        Text("this is no statement of a key: {why}", "这不是密钥声明：{why}").format(why=why),
        code="key-statement",
        hint=Text("do not rely on that key", "请勿信任该密钥"),
    )
