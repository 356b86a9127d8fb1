"""From stored entries to published tiles and a signed checkpoint; never a smaller and never another log.

The checkpoint is written last, so a reader never sees one whose tiles are not there. A crash in between leaves files that
the next run writes again, the same to the byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs
from django.db.models import Count, Max

from cradlemark.core.errors import NotFoundError, Problem, StateError, TrustError
from cradlemark.core.language import Text
from cradlemark.registry.files import Place, read_file, write_file
from cradlemark.registry.log.models import Entry
from cradlemark.registry.log.signing import LogKeys
from cradlemark.trust.audit import CHECKPOINT
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint, read_checkpoint, sign_checkpoint
from cradlemark.trust.merkle import Hash, consistency_proof
from cradlemark.trust.notes import Note, Signature, read_note
from cradlemark.trust.tiles import Edge, grow, read_edge, tile_hashes

LOG = "log"
"""Folder of the log below the public one."""
BATCH = 4096


@attrs.frozen(eq=False)
class Question:
    """What witnesses are asked to sign.

    Parameters
    ----------
    checkpoint : Checkpoint
    note : Note
        The checkpoint, signed by the log.
    proof : callable
        Proof that the log only grew since a size.
    before : Published or None
        What was published last: whoever signed that has seen its size.
    """

    checkpoint: Checkpoint
    note: Note
    proof: Callable[[int], Sequence[Hash]]
    before: Published | None


@attrs.frozen
class Answers:
    """Cosignatures that hold, and what was wrong with the other witnesses."""

    signatures: tuple[Signature, ...] = ()
    problems: tuple[Problem, ...] = ()


Ask = Callable[[Question], Answers]
"""Asks witnesses for their signatures; raises when they are too few."""


@attrs.frozen
class Published:
    """State of the published log: its right edge, its signed checkpoint, and what was wrong with witnesses."""

    edge: Edge
    note: bytes
    problems: tuple[Problem, ...] = ()


def published(folder: Place, keys: LogKeys) -> Published | None:
    """The published log, its signature checked; None before the first publication.

    Raises
    ------
    StateError
        ``log-behind`` when more was published than is stored: an old backup was restored.
    TrustError
        When checkpoint or tiles are not what a key of the log signed.
    """
    try:
        content = read_file(folder, CHECKPOINT)
    except NotFoundError:
        return None
    _refuse_older(read_checkpoint(read_note(content).text).size, Entry.objects.count())
    checkpoint = open_checkpoint(content, keys.policy, origin=keys.origin).checkpoint
    edge = read_edge(lambda path: read_file(folder, path), checkpoint.size)
    if edge.root != checkpoint.root:
        raise TrustError(
            Text(
                "the published tiles do not lead to the published checkpoint",
                "已发布的瓦片与已发布的检查点不符",
            ),
            code="log-damaged",
            hint=Text("restore the published files, then audit the log", "恢复已发布的文件，然后审计日志"),
        )
    return Published(edge, content)


def published_size(folder: Place) -> int:
    """Number of entries that the published checkpoint speaks of, its signature not looked at; 0 before the first publication."""
    try:
        content = read_file(folder, CHECKPOINT)
    except NotFoundError:
        return 0
    return read_checkpoint(read_note(content).text).size


def check_store(state: Published | None) -> None:
    """Compare the whole store with what was published: it has to begin with the same entries.

    Raises
    ------
    StateError
        ``log-behind`` when more was published than is stored: an old backup was restored.
    TrustError
        ``log-fork`` when stored entries are other ones; ``log-gap`` when numbers are missing.
    """
    # One question: between two of them somebody may append.
    count, last = Entry.objects.aggregate(count=Count("*"), last=Max("index")).values()
    if last is not None and last != count - 1:
        raise TrustError(
            Text("entries are missing in the store", "存储中缺少条目"),
            code="log-gap",
            hint=Text("restore the database", "恢复数据库"),
        )
    if state is None:
        return
    _refuse_older(state.edge.size, count)
    edge = Edge()
    for batch in _entries(0, state.edge.size):
        edge, _ = grow(edge, batch)
    if edge.root != state.edge.root:
        raise TrustError(
            Text("the stored entries are not those that were published", "存储的条目与已发布的不同"),
            code="log-fork",
            hint=Text(
                "restore the right database; nothing is signed until then",
                "恢复正确的数据库；在此之前不会签名",
            ),
        )


def stored_edge() -> Edge:
    """Right edge of the stored log, published or not: its size and root.

    Raises
    ------
    TrustError
        ``log-gap`` when numbers are missing.
    """
    edge = Edge()
    for batch in _entries(0, Entry.objects.count()):
        edge, _ = grow(edge, batch)
    return edge


def _refuse_older(published: int, stored: int) -> None:
    """Before any signature is looked at: a key that began later is not known to an old database."""
    if published > stored:
        raise StateError(
            Text(
                f"{published} entries are published, but only {stored} are stored: an old database was restored",
                f"已发布 {published} 个条目，但只存储了 {stored} 个：恢复的是旧数据库",
            ),
            code="log-behind",
            hint=Text(
                "restore the newest database; nothing is signed until then",
                "恢复最新的数据库；在此之前不会签名",
            ),
        )


def publish(
    folder: Place,
    keys: LogKeys,
    *,
    size: int | None = None,
    state: Published | None = None,
    ask: Ask | None = None,
) -> Published:
    """Publish all stored entries; where the key changes, a checkpoint of that size first, signed by both.

    Parameters
    ----------
    folder : Place
        Folder of the log.
    keys : LogKeys
    size : int, optional
        How many entries are published, all by default. Counted before the keys were read: one that takes over later begins above.
    state : Published, optional
        What this process published last; without it the whole store is compared with what is on disk first.
    ask : callable, optional
        Asks witnesses; a checkpoint with too few of them is not published.

    Raises
    ------
    StateError, TrustError
        As `published` and `check_store`; nothing is signed then.
    """
    before = state or published(folder, keys)
    if state is None:
        check_store(before)
    size = Entry.objects.count() if size is None else size
    if before is not None and size < before.edge.size:
        check_store(before)
    if before is not None and size == before.edge.size:
        return before
    first, *rest = keys.steps(before.edge.size if before else 0, size)
    now = _published_at(first, folder, keys, before, ask)
    for step in rest:
        now = _published_at(step, folder, keys, now, ask)
    return now


def _published_at(
    size: int, folder: Place, keys: LogKeys, before: Published | None, ask: Ask | None
) -> Published:
    edge = before.edge if before else Edge()
    for batch in _entries(edge.size, size):
        edge, files = grow(edge, batch)
        for path, content in files.items():
            write_file(folder / path, content)
    checkpoint = Checkpoint(keys.origin, edge.size, edge.root)
    note = sign_checkpoint(checkpoint, *keys.signers(size))
    answers = Answers()
    if ask is not None:
        hash_at = tile_hashes(lambda path: read_file(folder, path), size)
        answers = ask(Question(checkpoint, note, lambda old: consistency_proof(old, size, hash_at), before))
    content = bytes(note) + "".join(str(line) for line in answers.signatures).encode()
    write_file(folder / CHECKPOINT, content)
    return Published(edge, content, answers.problems)


def _entries(start: int, stop: int) -> Iterator[list[bytes]]:
    for begin in range(start, stop, BATCH):
        end = min(begin + BATCH, stop)
        rows = Entry.objects.filter(index__gte=begin, index__lt=end).values_list("record", flat=True)
        batch = [bytes(record) for record in rows]
        if len(batch) != end - begin:
            raise TrustError(
                Text("entries are missing in the store", "存储中缺少条目"),
                code="log-gap",
                hint=Text("restore the database", "恢复数据库"),
            )
        yield batch
