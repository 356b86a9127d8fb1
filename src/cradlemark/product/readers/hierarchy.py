"""Who is the parent of whom: level numbers, position numbers, marks, indents and parent ids."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import attrs

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.core.positions import place_in
from cradlemark.product.bom import Place
from cradlemark.product.readers.numbers import plain

MAX_LEVEL = 50
"""Deepest level that is read."""
LevelStyle = Literal["", "number", "dots", "marks", "positions", "words"]

_NUMBER = re.compile(r"^\d{1,3}$")
_DOTTED_LEVEL = re.compile(r"^[.·…\s]*(\d{1,2})$")
_MARKS = re.compile(r"^[+*>.\-]+$")
_POSITION = re.compile(r"^\d{1,5}(?:[.\-]\d{1,5})*\.?$")
_WORDS = re.compile(
    r"^(?:level|lvl|l|ebene|stufe|第)?\s*(\d{1,2}|[一二三四五六七八九十])\s*(?:级|层|阶|level)?$",
    re.IGNORECASE,
)
_HAN_DIGITS = {mark: number for number, mark in enumerate("零一二三四五六七八九十")}


@attrs.frozen
class Node:
    """What one row says about its place in the tree.

    Parameters
    ----------
    level : str
        Text of the level column (or of the position column).
    indent : int
        Leading spaces of name or part number; a full-width space counts two.
    """

    where: Place
    part_number: str = ""
    parent: str = ""
    level: str = ""
    position: str = ""
    indent: int = 0
    additional: bool = False


@attrs.frozen
class Hierarchy:
    """Parents and level per row; None for a row that has no place in the tree."""

    parents: tuple[tuple[int, ...] | None, ...]
    levels: tuple[int, ...]
    problems: tuple[Problem, ...] = ()
    notes: tuple[Text, ...] = ()
    style: str = "flat"


def build_hierarchy(nodes: Sequence[Node], *, has_parent: bool = False, has_level: bool = False) -> Hierarchy:
    """Find the parent of every row.

    A level column decides first, then a parent column, dotted position numbers (1, 1.1, 1.2), and indents; without
    any of them the list is flat. Additional rows (a further material) belong to the nearest other row above.
    """
    main = [index for index, node in enumerate(nodes) if not node.additional]
    kept = [nodes[index] for index in main]
    found = _decide(kept, has_parent=has_parent, has_level=has_level)
    return _with_additional(nodes, main, found)


def _decide(nodes: Sequence[Node], *, has_parent: bool, has_level: bool) -> Hierarchy:
    if has_level and any(node.level for node in nodes):
        found = _by_level_column(nodes)
        return _check_parents(nodes, found) if has_parent else found
    if has_parent and any(node.parent for node in nodes):
        return by_parent(nodes)
    positions = [node.position for node in nodes]
    if level_style(positions) == "positions":
        return by_position(nodes, positions)
    if any(node.indent for node in nodes) and len({node.indent for node in nodes}) > 1:
        return by_indent(nodes)
    return Hierarchy(tuple(() for _ in nodes), tuple(0 for _ in nodes))


def level_style(texts: Sequence[str]) -> LevelStyle:
    """Say how a column writes levels; empty when it does not."""
    given = [text.strip() for text in texts if text.strip()]
    if not given:
        return ""
    if all(_NUMBER.match(text) for text in given):
        return "number"
    if all(_DOTTED_LEVEL.match(text) for text in given):
        return "dots"
    if all(_MARKS.match(text) for text in given):
        return "marks"
    if all(_POSITION.match(text) for text in given) and any(not _NUMBER.match(t.rstrip(".")) for t in given):
        return "positions"
    if all(_WORDS.match(text) for text in given):
        return "words"
    return ""


def _by_level_column(nodes: Sequence[Node]) -> Hierarchy:
    texts = [node.level for node in nodes]
    style = level_style([text for text in texts if _depth(text) is not None or _POSITION.match(text.strip())])
    if style == "positions":
        return by_position(nodes, texts)
    depths: list[int | None] = []
    problems: list[Problem] = []
    for node, text in zip(nodes, texts, strict=True):
        depth = 0 if style == "marks" and not text.strip() else _depth(text)
        if depth is None:
            problems.append(_bad_level(node, text))
        depths.append(depth)
    found = by_depth(nodes, depths)
    return attrs.evolve(found, problems=(*problems, *found.problems), style=f"level column ({style})")


def _bad_level(node: Node, text: str) -> Problem:
    if not text.strip():
        return Problem(
            str(node.where),
            "level-missing",
            Text("the level is missing", "缺少层级"),
            Text("fill it in, or skip the row", "填写，或跳过该行"),
        )
    return Problem(
        str(node.where),
        "level-unreadable",
        Text(f'"{text.strip()[:40]}" is not a level', f'"{text.strip()[:40]}" 不是层级'),
        Text(
            "write 0, 1, 2, or .1, ..2, or position numbers like 1.2",
            "写 0、1、2，或 .1、..2，或位置编号如 1.2",
        ),
    )


def _depth(text: str) -> int | None:
    clean = plain(text)
    if match := _DOTTED_LEVEL.match(clean):
        return int(match.group(1))
    if _MARKS.match(clean):
        return len(clean)
    if match := _WORDS.match(clean):
        word = match.group(1)
        return _HAN_DIGITS.get(word) if not word.isdigit() else int(word)
    return None


def by_depth(nodes: Sequence[Node], depths: Sequence[int | None]) -> Hierarchy:
    """Make each row a child of the nearest row above that is one level higher."""
    known = [depth for depth in depths if depth is not None]
    base = min(known, default=0)
    parents: list[tuple[int, ...] | None] = []
    levels: list[int] = []
    problems: list[Problem] = []
    above: list[int] = []
    for index, (node, depth) in enumerate(zip(nodes, depths, strict=True)):
        level = (depth if depth is not None else base) - base
        if depth is None or level > MAX_LEVEL or level > len(above):
            if depth is not None:
                problems.append(_jump(node, depth, len(above) + base - 1))
            parents.append(None)
            levels.append(0)
            continue
        del above[level:]
        parents.append((above[-1],) if above else ())
        levels.append(level)
        above.append(index)
    return Hierarchy(tuple(parents), tuple(levels), tuple(problems))


def _jump(node: Node, depth: int, before: int) -> Problem:
    if depth > MAX_LEVEL:
        return Problem(
            str(node.where),
            "level-too-deep",
            Text(f"level {depth} is deeper than {MAX_LEVEL}", f"层级 {depth} 深于 {MAX_LEVEL}"),
        )
    came, came_zh = f"from {before} to {depth}", f"从 {before} 到 {depth}"
    if before < 0:
        came, came_zh = f"to {depth} at the start", f"开头即为 {depth}"
    return Problem(
        str(node.where),
        "level-jump",
        Text(f"the level jumps {came}: the parent row is missing", f"层级跳跃（{came_zh}）：缺少上级行"),
        Text("add the missing assembly or correct the level", "补上缺少的装配，或修正层级"),
    )


def by_position(nodes: Sequence[Node], positions: Sequence[str]) -> Hierarchy:
    """Make ``1.2.3`` a child of ``1.2``."""
    keys = [tuple(part.lstrip("0") or "0" for part in re.split(r"[.\-]", plain(text).rstrip("."))) if text.strip()
            else () for text in positions]  # fmt: skip
    first: dict[tuple[str, ...], int] = {}
    parents: list[tuple[int, ...] | None] = []
    problems: list[Problem] = []
    for index, (node, key) in enumerate(zip(nodes, keys, strict=True)):
        if not key or not _POSITION.match(plain(positions[index])):
            problems.append(_bad_level(node, positions[index]))
            parents.append(None)
            continue
        if key in first:
            problems.append(_repeated_position(node, positions[index], nodes[first[key]]))
            parents.append(None)
            continue
        first[key] = index
        parents.append(())
    shortest = min((len(key) for key in first), default=1)
    for key, index in first.items():
        if len(key) == shortest:
            continue
        parent = first.get(key[:-1])
        if parent is None:
            message = Text(
                f"position {'.'.join(key)} has no parent {'.'.join(key[:-1])}",
                f"位置 {'.'.join(key)} 没有上级 {'.'.join(key[:-1])}",
            )
            problems.append(
                Problem(
                    str(nodes[index].where),
                    "parent-unknown",
                    message,
                    Text("add the parent row", "补上上级行"),
                )
            )
            parents[index] = None
        elif len(key) - shortest > MAX_LEVEL:
            problems.append(_jump(nodes[index], len(key), len(key) - 1))
            parents[index] = None
        else:
            parents[index] = (parent,)
    levels = tuple(max(len(key) - shortest, 0) for key in keys)
    return Hierarchy(tuple(parents), levels, tuple(problems), style="position numbers")


def _repeated_position(node: Node, text: str, first: Node) -> Problem:
    return Problem(
        str(node.where),
        "position-repeated",
        Text(
            f"position {text.strip()} is there twice, first at {first.where}",
            f"位置 {text.strip()} 重复，首次在{place_in(str(first.where), 'zh')}",
        ),
        Text(
            "position 1.10 becomes 1.1 when a spreadsheet takes it as a number: format the column as text",
            "位置 1.10 被电子表格当作数字时会变成 1.1：将该列设为文本格式",
        ),
    )


def by_indent(nodes: Sequence[Node]) -> Hierarchy:
    """Make a row a child of the nearest row above with a smaller indent."""
    parents: list[tuple[int, ...] | None] = []
    levels: list[int] = []
    problems: list[Problem] = []
    above: list[tuple[int, int]] = []
    widths: set[int] = set()
    for index, node in enumerate(nodes):
        deeper = False
        while above and above[-1][0] >= node.indent:
            deeper = deeper or above[-1][0] > node.indent
            above.pop()
        if deeper and node.indent not in widths:
            problems.append(
                Problem(
                    str(node.where),
                    "indent-uneven",
                    Text(
                        f"the indent of {node.indent} spaces fits no row above",
                        f"缩进 {node.indent} 个空格，与上方各行不符",
                    ),
                    Text("use the same number of spaces for the same level", "同一层级使用相同的空格数"),
                )
            )
            parents.append(None)
            levels.append(0)
            continue
        widths.add(node.indent)
        parents.append((above[-1][1],) if above else ())
        levels.append(len(above))
        above.append((node.indent, index))
    return Hierarchy(tuple(parents), tuple(levels), tuple(problems), style="indent")


def by_parent(nodes: Sequence[Node]) -> Hierarchy:
    """Join rows by the part number of the parent.

    When the parent number is nowhere a row of its own and it is the only one, it is the product. A parent that is
    on several rows has its children in all of them.
    """
    rows: dict[str, list[int]] = {}
    for index, node in enumerate(nodes):
        if node.part_number:
            rows.setdefault(node.part_number, []).append(index)
    unknown = {node.parent for node in nodes if node.parent and node.parent not in rows}
    product = unknown if len(unknown) == 1 and all(node.parent for node in nodes) else set()
    parents: list[tuple[int, ...] | None] = []
    problems: list[Problem] = []
    for node in nodes:
        if not node.parent or node.parent in product:
            parents.append(())
        elif node.parent in rows:
            parents.append(tuple(rows[node.parent]))
        else:
            message = Text(
                f'the parent "{node.parent}" is not a row of this bill of materials',
                f'上级 "{node.parent}" 不是此物料清单中的行',
            )
            hint = Text(
                "add the parent, correct its number, or leave the cell empty for the top",
                "补上上级，修正其编号，或最上级留空",
            )
            problems.append(Problem(str(node.where), "parent-unknown", message, hint))
            parents.append(None)
    notes = tuple(
        Text(
            f"{name} is named as parent only: it is taken as the product",
            f"{name} 只作为上级出现：按产品处理",
        )
        for name in product
    )
    return _levels_from_parents(nodes, parents, problems, notes)


def _levels_from_parents(
    nodes: Sequence[Node],
    parents: list[tuple[int, ...] | None],
    problems: list[Problem],
    notes: tuple[Text, ...],
) -> Hierarchy:
    """Give levels from the top down (longest way); what is never reached is in or below a cycle."""
    children: dict[int, list[int]] = {}
    waiting = []
    for index, above in enumerate(parents):
        waiting.append(len(above or ()))
        for parent in above or ():
            children.setdefault(parent, []).append(index)
    levels = [0] * len(nodes)
    done = [False] * len(nodes)
    ready = [index for index, above in enumerate(parents) if not above]
    while ready:
        index = ready.pop()
        done[index] = True
        for child in children.get(index, ()):
            levels[child] = max(levels[child], levels[index] + 1)
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)
    before = tuple(parents)
    for index, reached in enumerate(done):
        if not reached:
            problems.append(_cycle(nodes, before, index, done))
            parents[index] = None
        elif levels[index] > MAX_LEVEL:
            problems.append(_jump(nodes[index], levels[index], levels[index] - 1))
            parents[index] = None
    return Hierarchy(tuple(parents), tuple(levels), tuple(problems), notes, style="parent column")


def _cycle(
    nodes: Sequence[Node], parents: Sequence[tuple[int, ...] | None], start: int, done: Sequence[bool]
) -> Problem:
    chain = [start]
    while True:
        open_parents = [parent for parent in parents[chain[-1]] or () if not done[parent]]
        if not open_parents or len(chain) > 30:
            break
        chain.append(open_parents[0])
        if open_parents[0] in chain[:-1]:
            chain = (
                chain[chain.index(open_parents[0]) :]
                if start in chain[chain.index(open_parents[0]) :]
                else chain
            )
            break
    names = " -> ".join(nodes[index].part_number for index in chain)
    return Problem(
        str(nodes[start].where),
        "parent-cycle",
        Text(f"the parents go in a circle: {names}", f"上级关系成环：{names}"),
        Text("correct the parent", "修正上级"),
    )


def _check_parents(nodes: Sequence[Node], found: Hierarchy) -> Hierarchy:
    """Compare parents from the level column with the parent column."""
    problems = list(found.problems)
    parents = list(found.parents)
    for index, node in enumerate(nodes):
        above = parents[index]
        if node.parent and above and nodes[above[0]].part_number not in ("", node.parent):
            message = Text(
                f'the level says the parent is {nodes[above[0]].part_number}, the column says "{node.parent}"',
                f'按层级，上级是 {nodes[above[0]].part_number}，该列写的是 "{node.parent}"',
            )
            problems.append(
                Problem(
                    str(node.where),
                    "parent-mismatch",
                    message,
                    Text("correct the level or the parent", "修正层级或上级"),
                )
            )
            parents[index] = None
    return attrs.evolve(found, parents=tuple(parents), problems=tuple(problems))


def _with_additional(nodes: Sequence[Node], main: Sequence[int], found: Hierarchy) -> Hierarchy:
    """Put the additional rows back as children of the row above them."""
    if len(main) == len(nodes):
        return found
    parents: list[tuple[int, ...] | None] = [None] * len(nodes)
    levels = [0] * len(nodes)
    for place, index in enumerate(main):
        above = found.parents[place]
        parents[index] = None if above is None else tuple(main[parent] for parent in above)
        levels[index] = found.levels[place]
    last: int | None = None
    for index, node in enumerate(nodes):
        if not node.additional:
            last = index
        elif last is not None:
            parents[index] = (last,)
            levels[index] = levels[last] + 1
    return attrs.evolve(found, parents=tuple(parents), levels=tuple(levels))
