"""Walk a whole published log: every entry, every tile, the checkpoint and every line of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import attrs

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.core.language import Text
from cradlemark.trust.checkpoints import Checkpoint, open_checkpoint
from cradlemark.trust.merkle import EMPTY_ROOT, Hash, leaf_hash, root_of
from cradlemark.trust.notes import unknown_signatures
from cradlemark.trust.policy import Policy
from cradlemark.trust.tiles import WIDTH, ReadFile, bundle_path, decode_bundle, split_tile, tile_path

CHECKPOINT = "checkpoint"
"""Path of the signed checkpoint."""
CheckEntry = Callable[[int, bytes], Text]
"""What is wrong with the content of an entry, empty when nothing is."""


@attrs.frozen
class Audit:
    """Outcome of a walk.

    Parameters
    ----------
    checkpoint : Checkpoint or None
        None when it could not be opened.
    entries, files : int
        How many were read.
    problems : tuple of Problem
        Everything that is wrong, with its path; empty for a sound log.
    witnesses : tuple of str
        Who has signed the checkpoint, by the names of the policy.
    """

    checkpoint: Checkpoint | None
    entries: int
    files: int
    problems: tuple[Problem, ...]
    witnesses: tuple[str, ...] = ()


def audit(read: ReadFile, origin: str, policy: Policy, *, check_entry: CheckEntry | None = None) -> Audit:
    """Check that the files of a log are exactly what its checkpoint commits to.

    Parameters
    ----------
    read : callable
        Reads published files.
    origin : str
        Which log it should be.
    policy : Policy
        Keys of the log and of its witnesses; a signature by anybody else is a problem.
    check_entry : callable, optional
        Looks at the content of entries.

    Notes
    -----
    A spot check finds a changed bit only by luck; this walk reads every file once, so its cost grows with the log.
    """
    walker = _Walker(read, check_entry)
    checkpoint = walker.open(origin, policy)
    if checkpoint is not None:
        walker.walk(checkpoint)
    return Audit(checkpoint, walker.entries, walker.files, tuple(walker.problems), walker.witnesses)


class _Walker:
    def __init__(self, read: ReadFile, check_entry: CheckEntry | None) -> None:
        self._read = read
        self._check = check_entry
        self.entries = 0
        self.files = 0
        self.witnesses: tuple[str, ...] = ()
        self.problems: list[Problem] = []

    def open(self, origin: str, policy: Policy) -> Checkpoint | None:
        content = self._file(CHECKPOINT)
        if content is None:
            return None
        try:
            opened = open_checkpoint(content, policy, origin=origin)
            self.witnesses = policy.require(opened.verified)
        except CradlemarkError as error:
            self._error(CHECKPOINT, error)
            return None
        for line in unknown_signatures(opened.note, policy.keys):
            self._problem(
                CHECKPOINT,
                Text(
                    f"a signature by {line.name} cannot be checked: its key is not known",
                    f"无法检查 {line.name} 的签名：其密钥未知",
                ),
            )
        return opened.checkpoint

    def walk(self, checkpoint: Checkpoint) -> None:
        """Compare bundles with tiles and each level with the one above."""
        below: list[Hash] | None = list(self._leaves(checkpoint.size))
        level, count, carried = 0, checkpoint.size, None
        while count:
            stored = self._level(level, count)
            if below is not None and stored != below:
                self._differ(level, count, stored, below)
            full = count // WIDTH
            last = [*stored[full * WIDTH :], *([carried] if carried else [])]
            carried = root_of(last) if last else carried
            below = [root_of(stored[number * WIDTH : (number + 1) * WIDTH]) for number in range(full)]
            level, count = level + 1, full
        root = carried if checkpoint.size else EMPTY_ROOT
        if root != checkpoint.root:
            self._problem(
                CHECKPOINT, Text("the root that is signed is not that of the tiles", "签署的根与瓦片的不同")
            )

    def _leaves(self, size: int) -> Iterator[Hash]:
        for number in range(-(-size // WIDTH)):
            width = min(WIDTH, size - number * WIDTH)
            path = bundle_path(number, width)
            yield from self._bundle(path, number, width)

    def _bundle(self, path: str, number: int, width: int) -> Iterator[Hash]:
        content = self._file(path)
        try:
            entries = decode_bundle(content) if content is not None else ()
        except CradlemarkError as error:
            self._error(path, error)
            entries = ()
        if len(entries) != width:
            self._problem(
                path,
                Text(
                    f"it holds {len(entries)} entries instead of {width}",
                    f"含 {len(entries)} 个条目，而不是 {width} 个",
                ),
            )
            entries = (*entries, *([b""] * width))[:width]
        for place, entry in enumerate(entries):
            self.entries += 1
            wrong = self._check(number * WIDTH + place, entry) if self._check else Text()
            if wrong:
                self._problem(
                    path,
                    Text(
                        f"entry {number * WIDTH + place}: {wrong['en']}",
                        f"条目 {number * WIDTH + place}：{wrong['zh']}",
                    ),
                )
            yield leaf_hash(entry)

    def _level(self, level: int, count: int) -> list[Hash]:
        hashes: list[Hash] = []
        for number in range(-(-count // WIDTH)):
            width = min(WIDTH, count - number * WIDTH)
            path = tile_path(level, number, width)
            found = self._tile(path)
            if len(found) != width:
                self._problem(
                    path,
                    Text(
                        f"it holds {len(found)} hashes instead of {width}",
                        f"含 {len(found)} 个哈希，而不是 {width} 个",
                    ),
                )
                found = [*found, *([EMPTY_ROOT] * width)][:width]
            hashes += found
        return hashes

    def _tile(self, path: str) -> Sequence[Hash]:
        content = self._file(path)
        try:
            return split_tile(content) if content is not None else ()
        except CradlemarkError as error:
            self._error(path, error)
            return ()

    def _differ(self, level: int, count: int, stored: list[Hash], below: list[Hash]) -> None:
        under = "the entries" if level == 0 else f"the tiles of level {level - 1}"
        for number in range(-(-count // WIDTH)):
            part = slice(number * WIDTH, (number + 1) * WIDTH)
            if stored[part] != below[part]:
                width = min(WIDTH, count - number * WIDTH)
                self._problem(
                    tile_path(level, number, width), Text(f"it does not match {under}", f"与 {under} 不符")
                )

    def _file(self, path: str) -> bytes | None:
        try:
            content = self._read(path)
        except CradlemarkError as error:
            self._error(path, error)
            return None
        self.files += 1
        return content

    def _error(self, path: str, error: CradlemarkError) -> None:
        self.problems.append(Problem(path, error.code, error.message, error.hint))

    def _problem(self, path: str, message: Text) -> None:
        self.problems.append(
            Problem(
                path,
                "log-damaged",
                message,
                Text(
                    "compare with another mirror and with older checkpoints", "与其他镜像和较早的检查点比较"
                ),
            )
        )
