"""The file that proves offline that an entry is in a log (C2SP tlog-proof, version 1)."""

from __future__ import annotations

import base64
import re

import attrs

from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint
from cradlemark.trust.merkle import LONGEST_PROOF, Hash, leaf_hash, verify_inclusion
from cradlemark.trust.notes import NOTE_KEY, VerifierKey, decode_hash
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
    keys : tuple of VerifierKey
        Keys of the log that have signed.
    """

    index: int
    checkpoint: Checkpoint
    witnesses: tuple[str, ...]
    times: tuple[int, ...]
    keys: tuple[VerifierKey, ...]


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
        raise _malformed(Text("it is not plain text", "不是纯文本")) from error
    if not gap or not checkpoint or lines.pop(0) != _HEAD:
        raise _malformed(
            Text(
                f"it does not begin with {_HEAD}, or holds no checkpoint", f"不以 {_HEAD} 开头，或不含检查点"
            )
        )
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = _extra(lines.pop(0).removeprefix("extra "))
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    hashes = [decode_hash(line) for line in lines]
    if found is None or len(hashes) > LONGEST_PROOF:
        raise _malformed(
            Text(
                "the number of the entry cannot be read, or the proof is too long",
                "无法读取条目编号，或证明过长",
            )
        )
    good = tuple(value for value in hashes if value is not None)
    if len(good) != len(hashes):
        raise _malformed(Text("a hash cannot be read", "无法读取某哈希"))
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
        ``note-malformed``, ``checkpoint-malformed``, ``log-unknown``, ``signature-...``, ``key-retired``,
        ``quorum-missed``, ``proof-wrong``.
    """
    opened = open_checkpoint(proof.checkpoint, policy)
    checkpoint, verified = opened.checkpoint, opened.verified
    witnesses = policy.require(verified)
    verify_inclusion(
        leaf=leaf_hash(entry),
        index=proof.index,
        size=checkpoint.size,
        proof=proof.hashes,
        root=checkpoint.root,
    )
    times = tuple(one.time for one in verified if one.time is not None)
    keys = tuple(one.key for one in verified if one.key.kind == NOTE_KEY)
    return Proven(proof.index, checkpoint, witnesses, times, keys)


def _extra(text: str) -> bytes:
    try:
        value = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise _malformed(Text("the extra data cannot be read", "无法读取附加数据")) from error
    if base64.b64encode(value).decode() != text:
        raise _malformed(Text("the extra data cannot be read", "无法读取附加数据"))
    return value


def _malformed(why: Text) -> TrustError:
    return TrustError(
        Text("this is no proof of a log: {why}", "这不是日志证明：{why}").format(why=why),
        code="proof-malformed",
        hint=Text("get it anew", "重新获取"),
    )
