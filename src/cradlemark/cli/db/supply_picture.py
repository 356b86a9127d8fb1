"""A supply chain drawn in columns: what is demanded on the right, its suppliers to the left of it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import attrs
from rich.cells import cell_len, set_cell_size

from cradlemark.core.language import Language, Text, visible
from cradlemark.footprint.report.figures import percent
from cradlemark.footprint.report.scene import Label, Rectangle, Ribbon, Scene, Shape

if TYPE_CHECKING:
    from cradlemark.engine.sankey import Link, Node, Sankey

WIDTH, HEIGHT = 760.0, 420.0
BAR, GAP, EDGE = 9.0, 20.0, 14.0
"""Width of a bar, smallest gap between bars, margin above and below [pt]."""
COLUMNS = 5
"""Most columns of processes; what is further away stands in the last one."""
INPUTS, OWN, OTHERS = "#7fa8c4", "#1f4e73", "#9aa5ad"
LONGEST = 26
"""Width of a name [Latin characters]; a Han character is twice as wide."""

_WORDS = {
    "others": Text("all other processes", "其余全部过程"),
    "direct": Text("own emissions", "自身排放"),
    "demand": Text("demanded product", "所需产品"),
    "title": Text("Flow diagram of the supply chain", "供应链流向图"),
}


@attrs.frozen
class Box:
    """A node in its place [pt]; `height` by what goes through it."""

    x: float
    top: float
    height: float
    own: float
    through: float


def node_name(node: Node, language: Language) -> str:
    """Name of a node for people."""
    return visible(node.name) or _WORDS[node.kind][language]


def supply_scene(found: Sankey, language: Language) -> tuple[Scene, int]:
    """The picture, and how many positive links run against its direction and are not drawn."""
    columns = _columns(found)
    boxes, scale = _boxes(found, columns)
    shapes: list[Shape] = []
    undrawn = _ribbons(found, columns, boxes, scale, shapes)
    for number, box in boxes.items():
        _box(found, number, box, language, shapes)
    largest = "; ".join(
        f"{node_name(found.nodes[n], language)} {percent(box.through / found.total if found.total else None)}"
        for n, box in boxes.items()
    )
    title = _WORDS["title"][language]
    return Scene(WIDTH, HEIGHT, title, largest, tuple(shapes)), undrawn


def _positive(found: Sankey) -> list[Link]:
    return [link for link in found.links if link.value > 0.0 and link.source != 0]


def _columns(found: Sankey) -> dict[int, int]:
    """Steps of each node from the demand (node 1); all other processes (node 2) stand furthest away."""
    sources: defaultdict[int, list[int]] = defaultdict(list)
    for link in _positive(found):
        sources[link.target].append(link.source)
    column, waiting = {1: -1}, [1]
    for target in waiting:
        for source in sources[target]:
            if source not in column and source != 2:
                column[source] = min(column[target] + 1, COLUMNS - 2)
                waiting.append(source)
    if any(link.source == 2 for link in _positive(found)):
        column[2] = max(column.values()) + 1
    del column[1]
    return column


def _boxes(found: Sankey, columns: dict[int, int]) -> tuple[dict[int, Box], float]:
    own = {link.target: max(link.value, 0.0) for link in found.links if link.source == 0}
    through = {
        number: max(
            sum(link.value for link in found.links if link.value > 0.0 and number == link.target),
            sum(link.value for link in found.links if link.value > 0.0 and number == link.source),
        )
        for number in columns
    }
    by_column: defaultdict[int, list[int]] = defaultdict(list)
    for number in sorted(columns, key=lambda n: -through[n]):
        by_column[columns[number]].append(number)
    scale = min(
        ((HEIGHT - 2 * EDGE - GAP * len(numbers)) / (sum(through[n] for n in numbers) or 1.0))
        for numbers in by_column.values()
    )
    last = max(by_column, default=0)
    step = (WIDTH - 150.0) / max(last + 1, 1)
    boxes: dict[int, Box] = {}
    for column, numbers in sorted(by_column.items()):
        used = sum(through[n] * scale for n in numbers)
        gap = max((HEIGHT - 2 * EDGE - used) / (len(numbers) + 1), 0.0)
        top = EDGE + gap
        for number in numbers:
            height = through[number] * scale
            x = WIDTH - 150.0 - column * step
            boxes[number] = Box(x, top, height, own.get(number, 0.0) * scale, through[number])
            top += height + gap
    return boxes, scale


def _ribbons(
    found: Sankey, columns: dict[int, int], boxes: dict[int, Box], scale: float, shapes: list[Shape]
) -> int:
    left = dict.fromkeys(boxes, 0.0)
    right = dict.fromkeys(boxes, 0.0)
    undrawn = 0
    links = [link for link in _positive(found) if link.target != 1]
    for link in sorted(links, key=lambda one: (boxes[one.source].top, boxes[one.target].top)):
        if columns[link.source] <= columns[link.target]:
            undrawn += 1
            continue
        source, target = boxes[link.source], boxes[link.target]
        thick = link.value * scale
        shapes.append(
            Ribbon(
                source.x + BAR, source.top + right[link.source], target.x, target.top + left[link.target],
                thick, OTHERS if link.source == 2 else INPUTS,
            )
        )  # fmt: skip
        right[link.source] += thick
        left[link.target] += thick
    return undrawn


def _box(found: Sankey, number: int, box: Box, language: Language, shapes: list[Shape]) -> None:
    colour = OTHERS if number == 2 else INPUTS
    shapes.append(Rectangle(box.x, box.top, BAR, max(box.height, 0.6), colour))
    if box.own:
        own = min(box.own, box.height)
        shapes.append(Rectangle(box.x, box.top + box.height - own, BAR, max(own, 0.6), OWN))
    name = node_name(found.nodes[number], language)
    name = name if cell_len(name) <= LONGEST else set_cell_size(name, LONGEST - 1).rstrip() + "…"
    share = percent(box.through / found.total if found.total else None)
    middle = box.top + box.height / 2
    shapes.append(Label(box.x + BAR + 3, middle - 4.5, name, "start", 8, bold=True))
    shapes.append(Label(box.x + BAR + 3, middle + 5, share, "start", 7.5, muted=True))
