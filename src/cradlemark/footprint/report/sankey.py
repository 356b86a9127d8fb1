"""The Sankey picture of a footprint: largest lines -> stages -> total, balanced at every node."""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

import attrs

from cradlemark.core.language import Language
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.footprint.report.charts import STAGE_GROUPS, WIDTH
from cradlemark.footprint.report.figures import MassUnit, percent
from cradlemark.footprint.report.scene import Label, Rectangle, Ribbon, Scene, Shape
from cradlemark.footprint.report.words import word
from cradlemark.product.study import GATE_STAGES, Stage

SHOWN = 12
"""Lines that get a node of their own; the others of a stage group flow together."""
HEIGHT = 230.0
ROW = 9.0
"""Height that every node gets at least, so that its text can be read [pt]."""


@attrs.frozen
class Flow:
    """One flow [kg CO2e per declared unit] from a source into a stage group; positive."""

    source: str
    group: str
    value: float


@attrs.frozen
class Balance:
    """Flows of a Sankey and what does not flow: negative lines, listed apart and never drawn as a width."""

    flows: tuple[Flow, ...]
    negative: float

    def into(self, group: str) -> float:
        """Sum of the flows into a stage group."""
        return fsum(flow.value for flow in self.flows if flow.group == group)

    @property
    def total(self) -> float:
        """Sum of all flows; plus `negative` it is the footprint's total."""
        return fsum(flow.value for flow in self.flows)


def balance(footprint: Footprint, language: Language) -> Balance:
    """Return the flows of a footprint's total, largest lines by name and the rest of each group together."""
    gate = footprint.subject.boundary == "cradle_to_gate"
    lines = [
        line for line in footprint.counted() if line.stage != "D" and (not gate or line.stage in GATE_STAGES)
    ]
    positive = sorted((line for line in lines if line.total > 0), key=lambda line: -line.total)
    largest = {id(line) for line in positive[:SHOWN]}
    flows = [Flow(line.label[language], _group(line.stage), line.total) for line in positive[:SHOWN]]
    for name, _, _ in STAGE_GROUPS:
        rest = [line.total for line in positive if _group(line.stage) == name and id(line) not in largest]
        if rest:
            flows.append(Flow(word("other_lines", language, count=len(rest)), name, fsum(rest)))
    return Balance(tuple(flows), fsum(line.total for line in lines if line.total < 0))


def _group(stage: Stage) -> str:
    return next(name for name, stages, _ in STAGE_GROUPS if stage in stages)


def sankey(footprint: Footprint, unit: MassUnit, language: Language) -> Scene:
    """Draw the flows; the width of a band is its share of the positive contributions."""
    found = balance(footprint, language)
    order = [name for name, _, _ in STAGE_GROUPS if found.into(name) > 0]
    flows = sorted(found.flows, key=lambda flow: (order.index(flow.group), -flow.value))
    scale = (HEIGHT - ROW * len(flows)) / found.total if found.total else 0.0
    rows = _spread([flow.value * scale for flow in flows])
    shapes: list[Shape] = []
    x_source, x_group, x_total, bar = 168.0, 318.0, WIDTH - 68.0, 8.0
    tops = dict(zip(order, _spread([found.into(name) * scale for name in order], HEIGHT), strict=True))
    colours = {name: colour for name, _, colour in STAGE_GROUPS}
    filled = dict.fromkeys(order, 0.0)
    for flow, top in zip(flows, rows, strict=True):
        thick = flow.value * scale
        shapes.append(
            Ribbon(
                x_source + bar,
                top,
                x_group,
                tops[flow.group] + filled[flow.group],
                thick,
                colours[flow.group],
            )
        )
        shapes.append(Rectangle(x_source, top, bar, max(thick, 0.5), colours[flow.group]))
        shapes.append(Label(x_source - 4, top + thick / 2, _short(flow.source, language), "end", 6.5))
        filled[flow.group] += thick
    at = (HEIGHT - found.total * scale) / 2
    for name in order:
        thick = found.into(name) * scale
        shapes.append(Rectangle(x_group, tops[name], bar, max(thick, 0.5), colours[name]))
        shapes.append(Ribbon(x_group + bar, tops[name], x_total, at, thick, colours[name]))
        text = f"{word(f'stage_{name}', language)} {percent(found.into(name) / found.total, 0)}"
        shapes.append(Label(x_group + bar + 4, tops[name] + thick / 2, text, "start", 7, bold=True))
        at += thick
    shapes.append(Rectangle(x_total, (HEIGHT - found.total * scale) / 2, bar, found.total * scale, "#39536b"))
    shapes.append(
        Label(x_total + bar + 4, HEIGHT / 2, f"{unit.write(found.total)} {unit.name}", "start", 8, bold=True)
    )
    words = "; ".join(f"{flow.source} {unit.write(flow.value)} {unit}" for flow in flows)
    return Scene(WIDTH, HEIGHT + 4, word("sankey", language), words, tuple(shapes))


def _spread(sizes: Sequence[float], height: float = HEIGHT) -> list[float]:
    """Tops of blocks of these sizes [pt], in slots of at least `ROW`, with even gaps over the height."""
    slots = [max(size, ROW) for size in sizes]
    gap = max(height - fsum(slots), 0.0) / max(len(slots) - 1, 1)
    at = 0.0 if len(slots) > 1 else (height - fsum(slots)) / 2
    tops = []
    for size, slot in zip(sizes, slots, strict=True):
        tops.append(at + (slot - size) / 2)
        at += slot + gap
    return tops


def _short(text: str, language: Language) -> str:
    limit = 20 if language == "zh" else 40
    return text if len(text) <= limit else text[: limit - 1] + "…"


def negative_lines(footprint: Footprint) -> tuple[Line, ...]:
    """Lines below zero, which the picture leaves to the table."""
    return tuple(line for line in footprint.counted() if line.total < 0 and line.stage != "D")
