"""A log as files: tiles of hashes, bundles of entries, and the right edge from which a log grows.

Layout after C2SP tlog-tiles: ``tile/<level>/<number>`` with 256 hashes, ``tile/entries/<number>`` with 256 entries, each
with ``.p/<width>`` behind it while it is not full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import attrs

from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text
from cradlemark.trust.merkle import HASH_SIZE, Hash, leaf_hash, root_of

WIDTH = 256
"""Hashes of a full tile, entries of a full bundle."""
HEIGHT = 8
"""Levels of the tree that a tile spans."""
LARGEST_ENTRY = 65_535
"""Longest entry [byte]."""
ReadFile = Callable[[str], bytes]
"""Content of a published file by its path below the log; raises NotFoundError when there is none."""


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Path of a tile of hashes.

    Examples
    --------
    >>> tile_path(0, 1234067), tile_path(1, 0, 17)
    ('tile/0/x001/x234/067', 'tile/1/000.p/17')
    """
    return f"tile/{level}/{_number(number)}{_partial(width)}"


def bundle_path(number: int, width: int = WIDTH) -> str:
    """Path of a bundle of entries."""
    return f"tile/entries/{_number(number)}{_partial(width)}"


def tiles_of(size: int) -> Iterator[tuple[int, int, int]]:
    """Level, number and width of every tile of a log of `size` entries, level by level."""
    level, count = 0, size
    while count:
        for number in range(count // WIDTH):
            yield level, number, WIDTH
        if count % WIDTH:
            yield level, count // WIDTH, count % WIDTH
        level, count = level + 1, count // WIDTH


def encode_bundle(entries: Sequence[bytes]) -> bytes:
    """Entries with their length in front, two bytes, the larger first.

    Raises
    ------
    InputError
        ``log-entry`` for an entry that is too long.
    """
    for entry in entries:
        check_entry(entry)
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def check_entry(entry: bytes) -> None:
    """Refuse an entry that no bundle can hold (``log-entry``)."""
    if len(entry) > LARGEST_ENTRY:
        raise InputError(
            Text(
                f"an entry of {len(entry)} bytes is too long for a log", f"{len(entry)} 字节的条目对日志过长"
            ),
            code="log-entry",
            hint=Text(
                f"log a record with digests, at most {LARGEST_ENTRY} bytes",
                f"记录含摘要的内容，最多 {LARGEST_ENTRY} 字节",
            ),
        )


def decode_bundle(content: bytes) -> tuple[bytes, ...]:
    """Entries of a bundle.

    Raises
    ------
    TrustError
        ``log-damaged`` when the lengths do not add up.
    """
    entries, place = [], 0
    while place < len(content):
        length = int.from_bytes(content[place : place + 2], "big")
        entry = content[place + 2 : place + 2 + length]
        if place + 2 > len(content) or len(entry) != length:
            raise damaged(Text("a bundle of entries ends in the middle of one", "某条目束在条目中间结束"))
        entries.append(entry)
        place += 2 + length
    return tuple(entries)


def split_tile(content: bytes) -> tuple[Hash, ...]:
    """Hashes of a tile; ``log-damaged`` for a wrong length."""
    if not content or len(content) % HASH_SIZE or len(content) > WIDTH * HASH_SIZE:
        raise damaged(Text(f"a tile has {len(content)} bytes", f"某瓦片有 {len(content)} 字节"))
    return tuple(content[i : i + HASH_SIZE] for i in range(0, len(content), HASH_SIZE))


@attrs.frozen
class Edge:
    """The right edge of a log: all that is needed to let it grow and to know its root.

    Parameters
    ----------
    size : int
        Number of entries.
    levels : tuple of tuple of bytes
        Hashes of the tile of each level that is not full, fewer than 256 each.
    entries : tuple of bytes
        Entries of the bundle that is not full.
    """

    size: int = 0
    levels: tuple[tuple[Hash, ...], ...] = ()
    entries: tuple[bytes, ...] = ()

    @property
    def root(self) -> Hash:
        """Root of the tree."""
        carried: tuple[Hash, ...] = ()
        for hashes in self.levels:
            joined = (*hashes, *carried)
            carried = (root_of(joined),) if joined else ()
        return root_of(carried)


def grow(edge: Edge, entries: Sequence[bytes]) -> tuple[Edge, dict[str, bytes]]:
    """Append entries.

    Parameters
    ----------
    edge : Edge
        Before.
    entries : sequence of bytes

    Returns
    -------
    edge : Edge
        After.
    files : dict of str to bytes
        Every tile and bundle that is new or wider than before, by path; parts that fill up come whole and as they end.

    Raises
    ------
    InputError
        ``log-entry``.
    """
    if not entries:
        return edge, {}
    files: dict[str, bytes] = {}
    levels = [list(hashes) for hashes in edge.levels] or [[]]
    bundle, size = list(edge.entries), edge.size
    for entry in entries:
        check_entry(entry)
        bundle.append(entry)
        size += 1
        if len(bundle) == WIDTH:
            files[bundle_path(size // WIDTH - 1)] = encode_bundle(bundle)
            bundle = []
        _push(levels, leaf_hash(entry), size, files)
    _write_partial(levels, bundle, size, files)
    return Edge(size, tuple(tuple(hashes) for hashes in levels), tuple(bundle)), files


def _push(levels: list[list[Hash]], value: Hash, size: int, files: dict[str, bytes]) -> None:
    level, span = 0, WIDTH
    levels[0].append(value)
    while len(levels[level]) == WIDTH:
        files[tile_path(level, size // span - 1)] = b"".join(levels[level])
        root = root_of(levels[level])
        levels[level] = []
        level, span = level + 1, span * WIDTH
        if level == len(levels):
            levels.append([])
        levels[level].append(root)


def _write_partial(levels: list[list[Hash]], bundle: list[bytes], size: int, files: dict[str, bytes]) -> None:
    if bundle:
        files[bundle_path(size // WIDTH, len(bundle))] = encode_bundle(bundle)
    span = WIDTH
    for level, hashes in enumerate(levels):
        if hashes:
            files[tile_path(level, size // span, len(hashes))] = b"".join(hashes)
        span *= WIDTH


def read_edge(read: ReadFile, size: int) -> Edge:
    """The right edge of a published log of `size` entries, from its files."""
    levels: list[tuple[Hash, ...]] = []
    count = size
    while count:
        width = count % WIDTH
        levels.append(split_tile(read(tile_path(len(levels), count // WIDTH, width))) if width else ())
        count //= WIDTH
    rest = size % WIDTH
    entries = decode_bundle(read(bundle_path(size // WIDTH, rest))) if rest else ()
    return Edge(size, tuple(levels), entries)


def tile_hashes(read: ReadFile, size: int) -> Callable[[int, int], Hash]:
    """Reader of the hashes of a published log, for proofs; keeps the tiles it has read.

    Parameters
    ----------
    read : callable
    size : int
        Number of entries of the checkpoint that the log is read at.
    """

    @lru_cache(maxsize=4096)
    def tile(level: int, number: int) -> tuple[Hash, ...]:
        width = min(WIDTH, (size >> (HEIGHT * level)) - number * WIDTH)
        hashes = split_tile(read(tile_path(level, number, width)))
        if len(hashes) != width:
            raise damaged(
                Text(
                    f"{tile_path(level, number, width)} has {len(hashes)} hashes",
                    f"{tile_path(level, number, width)} 有 {len(hashes)} 个哈希",
                )
            )
        return hashes

    def hash_at(level: int, index: int) -> Hash:
        whole, above = divmod(level, HEIGHT)
        first = index << above
        number, place = divmod(first, WIDTH)
        return root_of(tile(whole, number)[place : place + (1 << above)])

    return hash_at


def _number(number: int) -> str:
    text = f"{number:0{max(3, -(-len(str(number)) // 3) * 3)}d}"
    parts = [text[i : i + 3] for i in range(0, len(text), 3)]
    return "/".join([*(f"x{part}" for part in parts[:-1]), parts[-1]])


def _partial(width: int) -> str:
    return "" if width == WIDTH else f".p/{width}"


def damaged(message: Text) -> TrustError:
    """Return the error for a published file that is not what it should be."""
    return TrustError(
        message,
        code="log-damaged",
        hint=Text("get the files of the log anew, or ask another mirror", "重新获取日志文件，或询问其他镜像"),
    )
