"""From stored entries to published tiles and a signed checkpoint; never a smaller and never another log.

The checkpoint is written last, so a reader never sees one whose tiles are not there. A crash in between leaves files that
the next run writes again, the same to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs

from cradlemark.core.errors import NotFoundError, StateError, TrustError
from cradlemark.registry.files import read_file, write_file
from cradlemark.registry.log.models import Entry
from cradlemark.trust.audit import CHECKPOINT
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint, sign_checkpoint
from cradlemark.trust.merkle import Hash, consistency_proof
from cradlemark.trust.notes import Note, Signature, key_of
from cradlemark.trust.signers import Signer
from cradlemark.trust.tiles import Edge, grow, read_edge, tile_hashes

LOG = "log"
"""Folder of the log below the public one."""
BATCH = 4096
Ask = Callable[[Checkpoint, Note, Callable[[int], Sequence[Hash]]], Sequence[Signature]]
"""Asks witnesses for their signatures; gets the checkpoint, its note and proofs from older sizes; raises when they are
too few."""


@attrs.frozen
class Published:
    """State of the published log: its right edge and its signed checkpoint."""

    edge: Edge
    note: bytes


def published(folder: Path, origin: str, signer: Signer) -> Published | None:
    """The published log, its signature checked; None before the first publication.

    Raises
    ------
    TrustError
        When checkpoint or tiles are not what this key signed.
    """
    try:
        content = read_file(folder, CHECKPOINT)
    except NotFoundError:
        return None
    checkpoint, _ = open_checkpoint(content, key_of(origin, signer))
    edge = read_edge(lambda path: read_file(folder, path), checkpoint.size)
    if edge.root != checkpoint.root:
        raise TrustError(
            "the published tiles do not lead to the published checkpoint",
            code="log-damaged",
            hint="restore the published files, then audit the log",
        )
    return Published(edge, content)


def check_store(state: Published | None) -> None:
    """Compare the whole store with what was published: it has to begin with the same entries.

    Raises
    ------
    StateError
        ``log-behind`` when more was published than is stored: an old backup was restored.
    TrustError
        ``log-fork`` when stored entries are other ones; ``log-gap`` when numbers are missing.
    """
    count = Entry.objects.count()
    last = Entry.objects.order_by("-index").values_list("index", flat=True).first()
    if last is not None and last != count - 1:
        raise TrustError("entries are missing in the store", code="log-gap", hint="restore the database")
    if state is None:
        return
    if state.edge.size > count:
        raise StateError(
            f"{state.edge.size} entries are published, but only {count} are stored: an old database was restored",
            code="log-behind",
            hint="restore the newest database; nothing is signed until then",
        )
    edge = Edge()
    for batch in _entries(0, state.edge.size):
        edge, _ = grow(edge, batch)
    if edge.root != state.edge.root:
        raise TrustError(
            "the stored entries are not those that were published",
            code="log-fork",
            hint="restore the right database; nothing is signed until then",
        )


def publish(
    folder: Path, origin: str, signer: Signer, *, state: Published | None = None, ask: Ask | None = None
) -> Published:
    """Publish all stored entries.

    Parameters
    ----------
    folder : Path
        Folder of the log.
    origin : str
    signer : Signer
        Key of the log.
    state : Published, optional
        What this process published last; without it the whole store is compared with what is on disk first.
    ask : callable, optional
        Asks witnesses; a checkpoint with too few of them is not published.

    Raises
    ------
    StateError, TrustError
        As `published` and `check_store`; nothing is signed then.
    """
    before = state or published(folder, origin, signer)
    if state is None:
        check_store(before)
    edge = before.edge if before else Edge()
    size = Entry.objects.count()
    if size < edge.size:
        check_store(before)
    if before is not None and size == edge.size:
        return before
    for batch in _entries(edge.size, size):
        edge, files = grow(edge, batch)
        for path, content in files.items():
            write_file(folder / path, content)
    checkpoint = Checkpoint(origin, edge.size, edge.root)
    note = sign_checkpoint(checkpoint, signer)
    content = bytes(note)
    if ask is not None:
        hash_at = tile_hashes(lambda path: read_file(folder, path), edge.size)
        seen = ask(checkpoint, note, lambda old: consistency_proof(old, checkpoint.size, hash_at))
        content += "".join(str(line) for line in seen).encode()
    write_file(folder / CHECKPOINT, content)
    return Published(edge, content)


def _entries(start: int, stop: int) -> Iterator[list[bytes]]:
    for begin in range(start, stop, BATCH):
        end = min(begin + BATCH, stop)
        rows = Entry.objects.filter(index__gte=begin, index__lt=end).values_list("record", flat=True)
        batch = [bytes(record) for record in rows]
        if len(batch) != end - begin:
            raise TrustError("entries are missing in the store", code="log-gap", hint="restore the database")
        yield batch
