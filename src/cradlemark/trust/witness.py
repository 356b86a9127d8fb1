"""What a witness of logs does when it is asked to sign a checkpoint, without network and storage (C2SP tlog-witness 1.0)."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from typing import Literal

import attrs

from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.checkpoints import Checkpoint, read_checkpoint
from cradlemark.trust.merkle import EMPTY_ROOT, LONGEST_PROOF, Hash, verify_consistency
from cradlemark.trust.notes import Note, VerifierKey, cosign, decode_hash, read_note, verify_note
from cradlemark.trust.signers import Signer

ADD_CHECKPOINT = "add-checkpoint"
"""Path of the one call."""
LARGEST_REQUEST = 100_000
"""Longest request that is read [byte]."""
_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")
Status = Literal[200, 400, 403, 404, 409, 422]


@attrs.frozen
class Answer:
    """Answer to a request.

    Parameters
    ----------
    status : int
        Of HTTP.
    body : bytes
    content_type : str
    seen : Checkpoint or None
        To be stored, in one step with the comparison, before the answer is given; None when nothing changes.
    """

    status: Status
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    seen: Checkpoint | None = None


def request_body(*, old: int, proof: Sequence[Hash], checkpoint: bytes) -> bytes:
    """What a log sends: the size that the witness has seen, the proof from there, the signed checkpoint."""
    lines = [f"old {old}", *(base64.b64encode(value).decode() for value in proof)]
    return ("\n".join(lines) + "\n\n").encode() + checkpoint


def answer(
    request: bytes, *, name: str, signer: Signer, logs: Sequence[VerifierKey],
    latest: Mapping[str, Checkpoint], time: int,
) -> Answer:  # fmt: skip
    """Answer a request to sign a checkpoint.

    Parameters
    ----------
    request : bytes
        As of `request_body`.
    name, signer
        Of the witness.
    logs : sequence of VerifierKey
        Logs that are witnessed; the name of each is its origin.
    latest : mapping of str to Checkpoint
        Last checkpoint signed for each origin.
    time : int
        Now [seconds since 1970].
    """
    try:
        old, proof, note = _parsed(request)
        checkpoint = read_checkpoint(note.text)
    except (TrustError, InputError) as error:
        return _refusal(400, error.message)
    keys = [key for key in logs if key.name == checkpoint.origin]
    if not keys:
        return _refusal(404, Text("this log is not witnessed here", "此处不为该日志见证"))
    try:
        verify_note(note, keys)
    except TrustError as error:
        return _refusal(403, error.message)
    known = latest.get(checkpoint.origin, Checkpoint(checkpoint.origin, 0, EMPTY_ROOT))
    return _judged(old, proof, checkpoint, known) or Answer(
        200, str(cosign(note.text, name, signer, time=time)).encode(), seen=checkpoint
    )


def _judged(old: int, proof: Sequence[Hash], checkpoint: Checkpoint, known: Checkpoint) -> Answer | None:
    if old > checkpoint.size:
        return _refusal(400, Text("the old size is larger than the new one", "旧的大小大于新的"))
    if old != known.size:
        return Answer(409, f"{known.size}\n".encode(), "text/x.tlog.size")
    if old == checkpoint.size and checkpoint.root != known.root:
        return _refusal(
            409,
            Text(
                "another log of this size was seen before: this is a fork",
                "此前见过同样大小的另一份日志：这是分叉",
            ),
        )
    try:
        verify_consistency(
            old=old, old_root=known.root, new=checkpoint.size, new_root=checkpoint.root, proof=proof
        )
    except TrustError as error:
        return _refusal(422, error.message)
    return None


def _parsed(request: bytes) -> tuple[int, tuple[Hash, ...], Note]:
    head, gap, tail = request.partition(b"\n\n")
    lines = head.decode("ascii", "replace").split("\n")
    found = _OLD.fullmatch(lines[0])
    hashes = [decode_hash(line) for line in lines[1:]]
    good = tuple(value for value in hashes if value is not None)
    if len(request) > LARGEST_REQUEST or not gap or found is None:
        raise InputError(Text("the request cannot be read", "无法读取该请求"), code="proof-malformed")
    if len(good) != len(hashes) or len(good) > LONGEST_PROOF:
        raise InputError(
            Text("the consistency proof cannot be read", "无法读取一致性证明"), code="proof-malformed"
        )
    return int(found.group(1)), good, read_note(tail)


def _refusal(status: Status, message: Text) -> Answer:
    return Answer(status, f"{message.en}\n".encode())
