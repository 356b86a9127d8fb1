"""Merkle trees over log entries: roots, proofs that an entry is in a tree, proofs that a tree only grew.

Hashing after RFC 6962, section 2.1, with SHA-256; verification after RFC 9162, sections 2.1.3.2 and 2.1.4.2, written
apart from the making of proofs, so that one can be held against the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

from cradlemark.core.errors import InputError, TrustError
from cradlemark.core.language import Text

Hash = bytes
"""32 bytes of SHA-256."""
HASH_SIZE = 32
EMPTY_ROOT: Hash = hashlib.sha256(b"").digest()
"""Root of a tree without entries."""
LONGEST_PROOF = 63
"""Hashes of the longest proof; a tree has fewer than 2^63 entries."""
HashAt = Callable[[int, int], Hash]
"""Root of the full subtree of 2^level entries that begins with entry index * 2^level."""


def leaf_hash(entry: bytes) -> Hash:
    """Hash of an entry."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: Hash, right: Hash) -> Hash:
    """Hash of two subtrees."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[Hash]) -> Hash:
    """Root over hashes of full subtrees of one size, of which only the last one may be smaller.

    With leaf hashes it is the Merkle tree hash of RFC 6962.
    """
    if not hashes:
        return EMPTY_ROOT
    level = list(hashes)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
    return level[0]


def root_at(size: int, hash_at: HashAt) -> Hash:
    """Root of the first `size` entries of a stored tree."""
    return _range_root(0, size, hash_at) if size else EMPTY_ROOT


def inclusion_proof(index: int, size: int, hash_at: HashAt) -> tuple[Hash, ...]:
    """Hashes that lead from an entry to the root, the sibling of the leaf first.

    Parameters
    ----------
    index : int
        Number of the entry, from 0.
    size : int
        Number of entries of the tree.
    hash_at : callable
        Reads the stored tree.

    Raises
    ------
    InputError
        ``log-index`` when the tree has no such entry.
    """
    if not 0 <= index < size:
        raise InputError(
            Text(f"a log of {size} entries has no entry {index}", f"{size} 个条目的日志没有条目 {index}"),
            code="log-index",
            hint=Text(f"use 0 to {size - 1}", f"使用 0 至 {size - 1}"),
        )
    path = []
    start, stop = 0, size
    while stop - start > 1:
        middle = start + _split(stop - start)
        if index < middle:
            path.append(_range_root(middle, stop, hash_at))
            stop = middle
        else:
            path.append(_range_root(start, middle, hash_at))
            start = middle
    return tuple(reversed(path))


def consistency_proof(old: int, new: int, hash_at: HashAt) -> tuple[Hash, ...]:
    """Hashes that prove the first `old` entries of a tree of `new` entries to be the old tree; none for 0 or equal.

    Raises
    ------
    InputError
        ``log-index`` when the old tree is larger than the new one.
    """
    if not 0 <= old <= new:
        raise InputError(
            Text(f"a log of {new} entries never had {old}", f"{new} 个条目的日志从未有 {old} 个"),
            code="log-index",
            hint=Text(f"use 0 to {new}", f"使用 0 至 {new}"),
        )
    if old in {0, new}:
        return ()
    path: list[Hash] = []
    start, stop, whole = 0, new, True
    while old - start != stop - start:
        middle = start + _split(stop - start)
        if old <= middle:
            path.append(_range_root(middle, stop, hash_at))
            stop = middle
        else:
            path.append(_range_root(start, middle, hash_at))
            start, whole = middle, False
    if not whole:
        path.append(_range_root(start, stop, hash_at))
    return tuple(reversed(path))


def verify_inclusion(*, leaf: Hash, index: int, size: int, proof: Sequence[Hash], root: Hash) -> None:
    """Check that a leaf is entry `index` of the tree of `size` entries with this root.

    Raises
    ------
    TrustError
        ``proof-wrong``.
    """
    if not 0 <= index < size:
        raise _wrong(
            Text(
                f"entry {index} lies outside the log of {size} entries",
                f"条目 {index} 在 {size} 个条目的日志之外",
            )
        )
    number, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            raise _wrong(Text("the proof is too long", "证明过长"))
        if number & 1 or number == last:
            result = node_hash(sibling, result)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        number >>= 1
        last >>= 1
    if last != 0 or result != root:
        raise _wrong(
            Text(
                f"entry {index} is not proven to be in the log of {size} entries",
                f"未证明条目 {index} 在 {size} 个条目的日志中",
            )
        )


def verify_consistency(*, old: int, old_root: Hash, new: int, new_root: Hash, proof: Sequence[Hash]) -> None:
    """Check that a tree of `new` entries begins with the tree of `old` entries.

    Raises
    ------
    TrustError
        ``proof-wrong``; ``log-fork`` when two trees of one size have different roots.
    """
    if not 0 <= old <= new:
        raise _wrong(
            Text(
                f"a log of {new} entries cannot follow one of {old}",
                f"{new} 个条目的日志不能接在 {old} 个之后",
            )
        )
    if old == new and old_root != new_root:
        raise TrustError(
            Text(
                f"two logs of {old} entries have different roots: the log was rewritten or shows two faces",
                f"{old} 个条目的两份日志根不同：日志被重写，或向各方显示不同内容",
            ),
            code="log-fork",
            hint=Text("keep both checkpoints: together they prove it", "保留两个检查点：二者合起来即为证据"),
        )
    if old in {0, new}:
        if proof or (old == 0 and old_root != EMPTY_ROOT):
            raise _wrong(
                Text(
                    "the proof is not empty, or the root of the empty log is wrong",
                    "证明不为空，或空日志的根有误",
                )
            )
        return
    _verify_growth(old, old_root, new, new_root, list(proof))


def _verify_growth(old: int, old_root: Hash, new: int, new_root: Hash, proof: list[Hash]) -> None:
    if old & (old - 1) == 0:
        proof.insert(0, old_root)
    if not proof:
        raise _wrong(Text("the proof is empty", "证明为空"))
    number, last = old - 1, new - 1
    while number & 1:
        number >>= 1
        last >>= 1
    was = now = proof[0]
    for sibling in proof[1:]:
        if last == 0:
            raise _wrong(Text("the proof is too long", "证明过长"))
        if number & 1 or number == last:
            was, now = node_hash(sibling, was), node_hash(sibling, now)
            while not number & 1 and number:
                number >>= 1
                last >>= 1
        else:
            now = node_hash(now, sibling)
        number >>= 1
        last >>= 1
    if was != old_root or now != new_root or last != 0:
        raise _wrong(
            Text(
                f"the log of {new} entries is not proven to begin with that of {old}",
                f"未证明 {new} 个条目的日志以 {old} 个的日志开头",
            )
        )


def _range_root(start: int, stop: int, hash_at: HashAt) -> Hash:
    """Root of the entries from start to stop; start is a multiple of the largest power of 2 in their number."""
    parts = []
    while start < stop:
        level = (stop - start).bit_length() - 1
        parts.append(hash_at(level, start >> level))
        start += 1 << level
    result = parts.pop()
    while parts:
        result = node_hash(parts.pop(), result)
    return result


def _split(count: int) -> int:
    """Largest power of 2 below a number above 1."""
    return 1 << ((count - 1).bit_length() - 1)


def _wrong(message: Text) -> TrustError:
    return TrustError(
        message, code="proof-wrong", hint=Text("get the proof anew from the log", "从日志重新获取证明")
    )
