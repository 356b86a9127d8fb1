"""Checkpoints of a log: origin, size and root, signed (C2SP tlog-checkpoint 1.0)."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

import attrs

from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text
from cradlemark.trust.merkle import Hash
from cradlemark.trust.notes import Note, Verified, VerifierKey, decode_hash, read_note, sign_note, verify_note
from cradlemark.trust.policy import Policy
from cradlemark.trust.signers import Signer

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@attrs.frozen
class Checkpoint:
    """What a log says of itself at one moment.

    Parameters
    ----------
    origin : str
        Identity of the log.
    size : int
        Number of entries.
    root : bytes
        Root of the Merkle tree over them.
    extensions : tuple of str
        Further lines; this project writes none.
    """

    origin: str
    size: int
    root: Hash
    extensions: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The text that is signed."""
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def read_checkpoint(text: str) -> Checkpoint:
    """Read the text of a checkpoint.

    Raises
    ------
    TrustError
        ``checkpoint-malformed``.
    """
    lines = text.split("\n")
    if len(lines) < 4 or lines.pop() or not all(lines):
        raise _malformed(Text("it needs three lines, none of them empty", "需要三行，且均不为空"))
    origin, size, encoded = lines[:3]
    root = decode_hash(encoded)
    if not _SIZE.fullmatch(size) or int(size) >= 2**63 or root is None:
        raise _malformed(Text("size or root cannot be read", "无法读取大小或根"))
    return Checkpoint(origin, int(size), root, tuple(lines[3:]))


@attrs.frozen
class Opened:
    """A checkpoint that a log has signed.

    Parameters
    ----------
    checkpoint : Checkpoint
    note : Note
    verified : tuple of Verified
        Signatures by keys of the log and of witnesses.
    """

    checkpoint: Checkpoint
    note: Note
    verified: tuple[Verified, ...]


def sign_checkpoint(checkpoint: Checkpoint, *signers: Signer) -> Note:
    """Sign a checkpoint, with several keys while one takes over from another; the name of each is the origin."""
    notes = [sign_note(checkpoint.text, checkpoint.origin, signer) for signer in signers]
    return Note(checkpoint.text, tuple(line for note in notes for line in note.signatures))


def open_checkpoint(content: bytes, policy: Policy, *, origin: str = "") -> Opened:
    """Read a checkpoint that a trusted log has signed; how many witnesses are needed is not looked at here.

    Parameters
    ----------
    content : bytes
    policy : Policy
    origin : str
        Which log it has to be of; any trusted one when left out.

    Raises
    ------
    TrustError
        ``note-malformed``, ``checkpoint-malformed``, ``signature-...``; ``checkpoint-origin`` or ``log-unknown`` when it
        is that of another log; ``key-retired`` when only keys have signed that others had replaced at this size.
    """
    note = read_note(content)
    checkpoint = read_checkpoint(note.text)
    if origin and checkpoint.origin != origin:
        raise TrustError(
            Text(
                f"this is a checkpoint of {checkpoint.origin}, not of {origin}",
                f"这是 {checkpoint.origin} 的检查点，不是 {origin} 的",
            ),
            code="checkpoint-origin",
            hint=Text("give the keys of that log", "请提供该日志的密钥"),
        )
    keys = policy.keys_of(checkpoint.origin)
    signed = verify_note(note, keys)
    if not any(policy.window(one.key).holds(checkpoint.size) for one in signed):
        raise _retired(checkpoint, [one.key for one in signed], policy)
    return Opened(checkpoint, note, verify_note(note, (*keys, *policy.witnesses.values())))


def _retired(checkpoint: Checkpoint, keys: Sequence[VerifierKey], policy: Policy) -> TrustError:
    told = ", ".join(f"{key.id:08x} ({_sizes(policy, key)})" for key in keys)
    return TrustError(
        Text(
            f"a checkpoint of {checkpoint.size} entries is signed only by a key that does not sign that size: {told}",
            f"含 {checkpoint.size} 个条目的检查点仅由不签署该大小的密钥签名：{told}",
        ),
        code="key-retired",
        hint=Text(
            "get the checkpoint anew; if it stays so, somebody signs with a key that was replaced",
            "请重新获取检查点；若仍如此，则有人在用已更换的密钥签名",
        ),
    )


def _sizes(policy: Policy, key: VerifierKey) -> str:
    window = policy.window(key)
    return (
        f"{window.first} to {window.last} entries"
        if window.last is not None
        else f"from {window.first} entries"
    )


def _malformed(why: Text) -> TrustError:
    return TrustError(
        Text("this is no checkpoint: {why}", "这不是检查点：{why}").format(why=why),
        code="checkpoint-malformed",
        hint=Text("get it anew", "重新获取"),
    )
