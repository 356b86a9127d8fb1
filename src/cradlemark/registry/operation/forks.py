"""Whether a backup can be restored without forking the log: nobody may have seen more of it, or another one.

What was published stays true for whoever has seen it. A register that began again from an older state would sign a second history; so
every checkpoint that can be found has to be a beginning of the log in the backup.
"""

from __future__ import annotations

import base64
import http.client
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path

import attrs

from cradlemark.core.canonical import read_json
from cradlemark.core.errors import StateError, TrustError
from cradlemark.core.language import Text
from cradlemark.registry.witnesses.configure import KIND, Witnesses, read_witnesses
from cradlemark.trust.checkpoints import Checkpoint, read_checkpoint
from cradlemark.trust.notes import read_note
from cradlemark.trust.tiles import Edge, grow
from cradlemark.trust.witness import ADD_CHECKPOINT, request_body

ENTRIES = "log_entry.jsonl"
BATCH = 4096
Post = Callable[[str, bytes], tuple[int, bytes]]
"""Sends a request; returns status and body; raises OSError when nobody answers."""


@attrs.frozen
class Seen:
    """A checkpoint that somebody has seen.

    Parameters
    ----------
    by : Text
        Who.
    checkpoint : Checkpoint
    """

    by: Text
    checkpoint: Checkpoint


def seen_in(note: bytes, by: Text) -> Seen:
    """A checkpoint out of a file."""
    return Seen(by, read_checkpoint(read_note(note).text))


def refuse_fork(tables: Path, seen: Iterable[Seen], *, origin: str) -> None:
    """Compare the entries of a backup with every checkpoint that is known.

    Parameters
    ----------
    tables : Path
        Folder of the tables.
    seen : iterable of Seen
    origin : str
        Of the log in the backup.

    Raises
    ------
    StateError
        ``log-behind`` when a checkpoint has more entries than the backup.
    TrustError
        ``log-fork`` when a checkpoint is of another log.
    """
    edge, entries = Edge(), entries_of(tables)
    for one in sorted(seen, key=lambda known: known.checkpoint.size):
        size = one.checkpoint.size
        if one.checkpoint.origin != origin:
            raise _fork(
                one, Text(f"it is of the log {one.checkpoint.origin}", f"它属于日志 {one.checkpoint.origin}")
            )
        while edge.size < size and (batch := list(islice(entries, min(BATCH, size - edge.size)))):
            edge, _ = grow(edge, batch)
        if edge.size < size:
            raise behind(one.by, size, edge.size)
        if edge.root != one.checkpoint.root:
            raise _fork(one, Text("its entries are other ones", "其条目不同"))


def edge_of(tables: Path) -> Edge:
    """Right edge of the log in a backup."""
    edge, entries = Edge(), entries_of(tables)
    while batch := list(islice(entries, BATCH)):
        edge, _ = grow(edge, batch)
    return edge


def entries_of(tables: Path) -> Iterator[bytes]:
    """Entries of the log in a backup, in order."""
    with (tables / ENTRIES).open(encoding="utf-8") as file:
        for line in file:
            yield base64.b64decode(json.loads(line)["record"])


def witnesses_of(tables: Path) -> Witnesses:
    """Witnesses that the log in a backup names last."""
    found = Witnesses()
    for entry in entries_of(tables):
        content = read_json(entry)
        if content.get("kind") == KIND and content.get("subject") == KIND:
            found = read_witnesses(content)
    return found


def ask_witnesses(tables: Path, note: bytes, *, post: Post) -> list[str]:
    """Ask every witness whether it has seen more than the backup holds; returns the names of those that have not.

    A witness is shown the published checkpoint of the backup as what it has seen last: it signs that once more, or says what it has
    seen instead.

    Parameters
    ----------
    note : bytes
        Published checkpoint of the backup.
    post : callable

    Raises
    ------
    StateError
        ``log-behind``
    TrustError
        ``witness-unreachable``, ``log-fork``
    """
    size, stored = read_checkpoint(read_note(note).text).size, sum(1 for _ in entries_of(tables))
    for witness in (known := witnesses_of(tables)).members:
        body = request_body(old=size, proof=(), checkpoint=note)
        try:
            status, said = post(f"{witness.address}/{ADD_CHECKPOINT}", body)
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _silent(witness.name, str(error)) from error
        by, told = Text(f"witness {witness.name}", f"见证方 {witness.name}"), said.strip()
        if status == 409 and told.isdigit() and len(told) < 20:
            if int(told) > stored:
                raise behind(by, int(told), stored)
        elif status in {409, 422}:
            raise TrustError(
                Text(f"{by.en} has seen another log", f"{by.zh} 见过另一日志"), code="log-fork",
                hint=Text("find out which log is the right one", "查明哪个日志正确"),
            )  # fmt: skip
        elif status != 200:
            raise _silent(witness.name, f"it answers {status}")
    return list(known.keys)


def behind(by: Text, size: int, stored: int) -> StateError:
    """Return the error for a backup that is older than what somebody has seen."""
    return StateError(
        Text(
            f"{by.en}: {size} entries were published, the backup holds {stored}: restoring it would fork the log",
            f"{by.zh}：已发布 {size} 个条目，备份只有 {stored} 个，恢复会使日志分叉",
        ),
        code="log-behind",
        hint=Text("restore a newer backup", "恢复更新的备份"),
    )


def _fork(one: Seen, why: Text) -> TrustError:
    return TrustError(
        Text(f"{one.by.en}: the checkpoint does not belong to the log in the backup, {why.en}",
             f"{one.by.zh}：该检查点不属于备份中的日志，{why.zh}"),
        code="log-fork",
        hint=Text("find out which log is the right one; nothing was restored", "查明哪个日志正确；未恢复任何内容"),
    )  # fmt: skip


def _silent(name: str, why: str) -> TrustError:
    return TrustError(
        Text(f"witness {name} does not say what it has seen: {why}", f"见证方 {name} 未说明其所见：{why}"),
        code="witness-unreachable",
        hint=Text(
            "try again; if it is gone for good, restore with --without-witnesses and a checkpoint that you kept",
            "重试；若其已永久停用，使用 --without-witnesses 并提供自行保存的检查点",
        ),
    )
