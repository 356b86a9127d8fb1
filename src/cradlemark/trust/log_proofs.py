"""The file that proves offline that an entry is in a log (C2SP tlog-proof, version 1)."""

from __future__ import annotations

import base64
import re

import attrs

from cradlemark.core.errors import TrustError
from cradlemark.trust.checkpoints import Checkpoint, read_checkpoint
from cradlemark.trust.merkle import LONGEST_PROOF, Hash, leaf_hash, verify_inclusion
from cradlemark.trust.notes import decode_hash, read_note, verify_note
from cradlemark.trust.policy import Policy

ENDING = ".tlog-proof"
_HEAD = "c2sp.org/tlog-proof@v1"
_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@attrs.frozen
class LogProof:
    """Where an entry stands in a log, and how that is proven.

    Parameters
    ----------
    index : int
        Number of the entry.
    hashes : tuple of bytes
        Inclusion proof, the sibling of the leaf first.
    checkpoint : bytes
        Signed checkpoint, with cosignatures if there are any.
    extra : bytes
        Anything; it is not protected by the proof.
    """

    index: int
    hashes: tuple[Hash, ...]
    checkpoint: bytes
    extra: bytes = b""

    def __bytes__(self) -> bytes:
        lines = [_HEAD]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(value).decode() for value in self.hashes]
        return ("\n".join(lines) + "\n\n").encode() + self.checkpoint


@attrs.frozen
class Proven:
    """What a proof shows.

    Parameters
    ----------
    index : int
    checkpoint : Checkpoint
        Of the log, as signed.
    witnesses : tuple of str
        Who has seen it, by the names of the policy.
    times : tuple of int
        When they saw it [seconds since 1970].
    """

    index: int
    checkpoint: Checkpoint
    witnesses: tuple[str, ...]
    times: tuple[int, ...]


def read_log_proof(content: bytes) -> LogProof:
    """Take a proof file apart.

    Raises
    ------
    TrustError
        ``proof-malformed``.
    """
    head, gap, checkpoint = content.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
    except UnicodeDecodeError as error:
        raise _malformed("it is not plain text") from error
    if not gap or not checkpoint or lines.pop(0) != _HEAD:
        raise _malformed(f"it does not begin with {_HEAD}, or holds no checkpoint")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _extra(lines.pop(0).removeprefix("extra "))
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    hashes = [decode_hash(line) for line in lines]
    if found is None or len(hashes) > LONGEST_PROOF:
        raise _malformed("the number of the entry cannot be read, or the proof is too long")
    good = tuple(value for value in hashes if value is not None)
    if len(good) != len(hashes):
        raise _malformed("a hash cannot be read")
    return LogProof(int(found.group(1)), good, checkpoint, extra)


def verify_log_proof(proof: LogProof, entry: bytes, policy: Policy) -> Proven:
    """Check that an entry is in a trusted log.

    Parameters
    ----------
    proof : LogProof
    entry : bytes
        The entry as it was logged.
    policy : Policy

    Raises
    ------
    TrustError
        ``note-malformed``, ``checkpoint-malformed``, ``log-unknown``, ``signature-...``, ``quorum-missed``,
        ``proof-wrong``.
    """
    note = read_note(proof.checkpoint)
    checkpoint = read_checkpoint(note.text)
    log = policy.log(checkpoint.origin)
    verify_note(note, (log,))
    verified = verify_note(note, (log, *policy.witnesses.values()))
    witnesses = policy.require(verified)
    verify_inclusion(
        leaf=leaf_hash(entry),
        index=proof.index,
        size=checkpoint.size,
        proof=proof.hashes,
        root=checkpoint.root,
    )
    times = tuple(one.time for one in verified if one.time is not None)
    return Proven(proof.index, checkpoint, witnesses, times)


def _extra(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise _malformed("the extra data cannot be read") from error
    if base64.b64encode(value).decode() != text:
        raise _malformed("the extra data cannot be read")
    return value


def _malformed(why: str) -> TrustError:
    return TrustError(f"this is no proof of a log: {why}", code="proof-malformed", hint="get it anew")
