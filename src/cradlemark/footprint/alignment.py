"""Which line of one footprint answers to which of another: the trees of their paths, laid on each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import product

import attrs

from cradlemark.footprint.leaves import Cause, Leaf

REPLACEABLE = frozenset({
    "components", "children", "materials", "material", "operations", "inputs", "packaging", "meters", "markets", "modes",
    "waste", "energy", "consumables", "contract",
})  # fmt: skip
"""Lists whose entries may be renamed: what is left over on both sides is laid on each other."""

MOST_COMPARED = 250_000
"""Pairs of entries whose datasets are compared; longer lists pair in their order."""


@attrs.frozen(eq=False)
class Pair:
    """One line on both sides; None where a side has none.

    Parameters
    ----------
    before, after : Leaf or None
        At least one.
    twin : Leaf or None
        Where one side has none: the line of that side which lies nearest, for example that of the material for a leg.
    absent : Cause or None
        Cause of the absence.
    material : Pair or None
        Nearest pair above, for example that of the material for its treatment at the end of life.
    """

    before: Leaf | None
    after: Leaf | None
    twin: Leaf | None = None
    absent: Cause | None = None
    material: Pair | None = None


@attrs.frozen(eq=False)
class _Node:
    children: dict[str, _Node]
    leaves: list[Leaf]

    @classmethod
    def new(cls) -> _Node:
        return cls({}, [])


def align(before: Sequence[Leaf], after: Sequence[Leaf]) -> tuple[Pair, ...]:
    """Pair all lines of two footprints.

    Entries of the same name pair; entries of one list that are left over on both sides pair as one that replaced the other,
    those with most datasets in common first; what is left on one side only was added or left out.
    """
    return tuple(_pairs(_tree(before), _tree(after), None))


def segments(path: str) -> tuple[str, ...]:
    """Split a path at dots and slashes outside of brackets.

    Examples
    --------
    >>> segments("components[TB2.5].materials[PA66].legs[0]/x")
    ('components[TB2.5]', 'materials[PA66]', 'legs[0]', 'x')
    """
    found, depth, start = [], 0, 0
    for place, mark in enumerate(path):
        depth += (mark == "[") - (mark == "]" and depth > 0)
        if mark in "./" and depth == 0:
            found.append(path[start:place])
            start = place + 1
    return (*found, path[start:])


def _tree(leaves: Iterable[Leaf]) -> _Node:
    root = _Node.new()
    for leaf in leaves:
        node = root
        for segment in segments(leaf.path):
            node = node.children.setdefault(segment, _Node.new())
        node.leaves.append(leaf)
    return root


def _pairs(one: _Node, two: _Node, above: Pair | None) -> Iterator[Pair]:
    _supply_alike(one, two)
    own = above
    for index in range(max(len(one.leaves), len(two.leaves))):
        a = one.leaves[index] if index < len(one.leaves) else None
        b = two.leaves[index] if index < len(two.leaves) else None
        pair = Pair(a, b, material=above) if a and b else _single(a, b, above, None)
        own = pair if own is above else own
        yield pair
    replaced, left = _matched(one, two)
    for name, other in replaced:
        yield from _pairs(one.children[name], two.children[other], own)
    for name in left[0]:
        yield from _alone(one.children[name], own, _missing(name, left[1]), before=True)
    for name in left[1]:
        yield from _alone(two.children[name], own, _missing(name, left[0]), before=False)


def _supply_alike(one: _Node, two: _Node) -> None:
    """Electricity stands in one line, or beside its contracts in one of the remainder: that is the same line."""
    for a, b in ((one, two), (two, one)):
        if a.leaves and not b.leaves and "remainder" in b.children:
            b.leaves.extend(b.children.pop("remainder").leaves)


def _matched(one: _Node, two: _Node) -> tuple[list[tuple[str, str]], tuple[list[str], list[str]]]:
    """Children that answer to each other, and what is left of both."""
    pairs = [(name, name) for name in one.children if name in two.children]
    rest = [name for name in one.children if name not in two.children]
    other = [name for name in two.children if name not in one.children]
    for name, match in tuple(_replacements(one, two, tuple(rest), tuple(other))):
        pairs.append((name, match))
        rest.remove(name)
        other.remove(match)
    return pairs, (rest, other)


def _replacements(
    one: _Node, two: _Node, rest: Sequence[str], other: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """Which of the children left over replaced which: those with most datasets in common first, then in their order.

    The order of the two sides does not matter.
    """
    kinds = [[name.partition("[")[0] for name in names] for names in (rest, other)]
    used = [[_datasets(node.children[name]) for name in names] for node, names in ((one, rest), (two, other))]
    places: Iterable[tuple[int, int]] = product(range(len(rest)), range(len(other)))
    if len(rest) * len(other) > MOST_COMPARED:
        places = zip(range(len(rest)), range(len(other)), strict=False)
    candidates = sorted(
        (-len(used[0][i] & used[1][j]), max(i, j), min(i, j), i, j)
        for i, j in places
        if kinds[0][i] == kinds[1][j] and kinds[0][i] in REPLACEABLE
    )
    taken: tuple[set[int], set[int]] = (set(), set())
    for *_, i, j in candidates:
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            yield rest[i], other[j]


def _datasets(node: _Node) -> frozenset[str]:
    """Datasets of everything below a node."""
    own = {leaf.dataset.id for leaf in node.leaves if leaf.dataset}
    return frozenset(own).union(*map(_datasets, node.children.values()))


def _missing(name: str, others: Sequence[str]) -> Cause | None:
    """A part or material that only one side has: left out or added, or replaced by something of another kind."""
    kind = name.partition("[")[0]
    if kind in {"components", "children", "materials", "packaging"}:
        return "substitution" if others else "mass"
    return None


def _alone(node: _Node, above: Pair | None, cause: Cause | None, *, before: bool) -> Iterator[Pair]:
    own = above
    for leaf in node.leaves:
        pair = _single(leaf, None, above, cause) if before else _single(None, leaf, above, cause)
        own = pair if own is above else own
        yield pair
    for child in node.children.values():
        yield from _alone(child, own, cause, before=before)


def _single(before: Leaf | None, after: Leaf | None, above: Pair | None, cause: Cause | None) -> Pair:
    leaf = before or after
    assert leaf is not None
    twin = (above.after if before else above.before) if above else None
    return Pair(before, after, twin, cause or _absence(leaf), above)


def _absence(leaf: Leaf) -> Cause:
    """Why one side has no such line, where the part it belongs to is there."""
    last = segments(leaf.path)[-1]
    if last == "scrap":
        return "yield"
    if last.startswith("recycled"):
        return "substitution"
    if leaf.path.startswith("use."):
        return "use_profile"
    if last.startswith("contract[") or last in {"remainder", "losses"}:
        return "supplier"
    if last.startswith("collection[") or leaf.stage.startswith("C") or leaf.path.startswith("markets["):
        return "other"
    return _absence_by_kind(leaf)


def _absence_by_kind(leaf: Leaf) -> Cause:
    if leaf.kind == "transport":
        return "supplier"
    if leaf.path.startswith(("operations[", "site.")):
        return "energy"
    return "mass" if leaf.path.startswith(("components[", "packaging[")) else "other"
