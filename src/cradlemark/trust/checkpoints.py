"""Checkpoints of a log: origin, size and root, signed (C2SP tlog-checkpoint 1.0)."""

from __future__ import annotations

import base64
import re

import attrs

from cradlemark.core.errors import TrustError
from cradlemark.trust.merkle import Hash
from cradlemark.trust.notes import Note, VerifierKey, decode_hash, read_note, sign_note, verify_note
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
        raise _malformed("it needs three lines, none of them empty")
    origin, size, encoded = lines[:3]
    root = decode_hash(encoded)
    if not _SIZE.fullmatch(size) or int(size) >= 2**63 or root is None:
        raise _malformed("size or root cannot be read")
    return Checkpoint(origin, int(size), root, tuple(lines[3:]))


def sign_checkpoint(checkpoint: Checkpoint, signer: Signer) -> Note:
    """Sign a checkpoint; the name of the key is the origin."""
    return sign_note(checkpoint.text, checkpoint.origin, signer)


def open_checkpoint(content: bytes, key: VerifierKey) -> tuple[Checkpoint, Note]:
    """Read a signed checkpoint of the log that `key` belongs to.

    Raises
    ------
    TrustError
        ``note-malformed``, ``checkpoint-malformed``, ``signature-...``, or ``checkpoint-origin`` when it is that of
        another log.
    """
    note = read_note(content)
    verify_note(note, (key,))
    checkpoint = read_checkpoint(note.text)
    if checkpoint.origin != key.name:
        raise TrustError(
            f"this is a checkpoint of {checkpoint.origin}, not of {key.name}",
            code="checkpoint-origin",
            hint="give the key of that log",
        )
    return checkpoint, note


def _malformed(why: str) -> TrustError:
    return TrustError(f"this is no checkpoint: {why}", code="checkpoint-malformed", hint="get it anew")
