"""Pictures of a footprint: system boundary, stage bars, and the waterfall of a comparison."""

from __future__ import annotations

from collections.abc import Sequence

from cradlemark.core.language import Language
from cradlemark.footprint.compare import Comparison
from cradlemark.footprint.footprint import Footprint
from cradlemark.footprint.report.figures import MassUnit
from cradlemark.footprint.report.scene import Label, Rectangle, Scene, Shape, Stroke
from cradlemark.footprint.report.words import word
from cradlemark.inventory.dataset import ORIGINS
from cradlemark.product.study import Stage

WIDTH = 480.0
STAGE_GROUPS: tuple[tuple[str, tuple[Stage, ...], str], ...] = (
    ("materials", ("A1",), "#1f5f8b"),
    ("inbound", ("A2",), "#3f88a8"),
    ("manufacturing", ("A3",), "#2f7d5b"),
    ("distribution", ("A4",), "#7a6a2b"),
    ("installation", ("A5",), "#9a7d3a"),
    ("use", ("B1", "B2", "B3", "B4", "B5", "B6", "B7"), "#8a4b7d"),
    ("end_of_life", ("C1", "C2", "C3", "C4"), "#a3473f"),
)
"""Groups of stages as they are drawn, with their colour; module D is drawn apart."""
ORIGIN_COLOURS = dict(zip(ORIGINS, ("#39536b", "#7f9c3b", "#4f8f5f", "#b07c2e", "#8f3f5f"), strict=True))


def boundary_picture(footprint: Footprint, language: Language) -> Scene:
    """Draw which stages the footprint covers: filled where there are lines, outlined where declared but empty."""
    present = {line.stage for line in footprint.lines}
    inside = 3 if footprint.subject.boundary == "cradle_to_gate" else len(STAGE_GROUPS)
    shapes: list[Shape] = []
    width, gap, top = (WIDTH - 6 * 6) / 7, 6.0, 30.0
    covered = []
    for index, (name, stages, colour) in enumerate(STAGE_GROUPS):
        x = index * (width + gap)
        filled = index < inside and bool(present.intersection(stages))
        shapes.append(Rectangle(x, top, width, 34, colour, dashed=not filled))
        middle = x + width / 2
        code = stages[0] if len(stages) == 1 else f"{stages[0]}–{stages[-1]}"
        shapes.append(
            Label(middle, top + 12, word(f"stage_{name}", language), "middle", 7.5, True, on_dark=filled)
        )
        shapes.append(Label(middle, top + 24, code, "middle", 7, on_dark=filled))
        if filled:
            covered.append(word(f"stage_{name}", language))
    edge = inside * (width + gap) - gap / 2
    shapes.append(Stroke(0, 20, edge - gap / 2, 20))
    shapes.append(Stroke(0, 20, 0, 26))
    shapes.append(Stroke(edge - gap / 2, 20, edge - gap / 2, 26))
    title = word(f"boundary_{footprint.subject.boundary}", language)
    shapes.append(Label(0, 10, title, "start", 8.5, True))
    d_text = word("module_d_outside" if "D" in present else "module_d_none", language)
    shapes.append(Label(0, 78, d_text, "start", 7.5, muted=True))
    shapes.append(Label(WIDTH, 78, word("dashed_means", language), "end", 7.5, muted=True))
    description = word("boundary_covers", language, stages=", ".join(covered))
    return Scene(WIDTH, 88, word("system_boundary", language), description, tuple(shapes))


def stage_bars(footprint: Footprint, unit: MassUnit, language: Language) -> Scene:
    """Draw one horizontal bar per stage group, stacked by origin; removals and credits go to the left of zero."""
    by_stage = footprint.by_stage()
    rows = []
    for name, stages, _ in (*STAGE_GROUPS, ("beyond", ("D",), "")):
        values = [sum(by_stage[stage][origin] for stage in stages) for origin in ORIGINS]
        if any(values):
            rows.append((name, values))
    left, right, step = 92.0, WIDTH - 62.0, 20.0
    high = max((sum(v for v in values if v > 0) for _, values in rows), default=0.0) or 1.0
    low = min((sum(v for v in values if v < 0) for _, values in rows), default=0.0)
    scale = (right - left) / (high - low)
    zero = left - low * scale
    shapes: list[Shape] = []
    words = []
    for index, (name, values) in enumerate(rows):
        y = index * step + 4
        shapes.extend(_stacked(values, zero, y, step - 6, scale))
        total = sum(values)
        shapes.append(
            Label(
                left - 6 if low == 0 else 0,
                y + 7,
                word(f"stage_{name}", language),
                "end" if low == 0 else "start",
                8,
            )
        )
        end = zero + max(sum(v for v in values if v > 0), 0.0) * scale
        shapes.append(Label(end + 4, y + 7, f"{unit.write(total)}", "start", 8, bold=True))
        words.append(f"{word(f'stage_{name}', language)} {unit.write(total)} {unit}")
    height = len(rows) * step + 4
    shapes.append(Stroke(zero, 0, zero, height))
    shapes.extend(_legend(rows, height + 10, language))
    return Scene(WIDTH, height + 20, word("by_stage", language), "; ".join(words), tuple(shapes))


def _stacked(values: Sequence[float], zero: float, y: float, thick: float, scale: float) -> list[Shape]:
    shapes: list[Shape] = []
    up, down = zero, zero
    for origin, value in zip(ORIGINS, values, strict=True):
        size = abs(value) * scale
        if value > 0:
            shapes.append(Rectangle(up, y, size, thick, ORIGIN_COLOURS[origin]))
            up += size
        elif value < 0:
            down -= size
            shapes.append(Rectangle(down, y, size, thick, ORIGIN_COLOURS[origin]))
    return shapes


def _legend(rows: Sequence[tuple[str, Sequence[float]]], y: float, language: Language) -> list[Shape]:
    shapes: list[Shape] = []
    x = 92.0
    for index, origin in enumerate(ORIGINS):
        if any(values[index] for _, values in rows):
            text = word(f"origin_{origin}", language)
            shapes += [
                Rectangle(x, y - 3.5, 7, 7, ORIGIN_COLOURS[origin]),
                Label(x + 10, y, text, "start", 7.5),
            ]
            x += 24 + 4.2 * len(text) * (1.8 if language == "zh" else 1.0)
    return shapes


def waterfall(comparison: Comparison, unit: MassUnit, language: Language) -> Scene:
    """Draw how the first total becomes the second, stage by stage."""
    steps = [item for item in comparison.stages if item.stage != "D" and item.difference]
    start, end = comparison.first.total, comparison.second.total
    levels = [start]
    for item in steps:
        levels.append(levels[-1] + item.difference)
    top, bottom, head = max(*levels, end, 0.0), min(*levels, end, 0.0), 14.0
    floor = bottom if bottom < 0 else _floor(levels, end)
    scale = 120.0 / ((top - floor) or 1.0)
    column = min(64.0, WIDTH / (len(steps) + 2))
    shapes: list[Shape] = []

    def bar(index: int, low: float, high: float, colour: str, value: str, name: str) -> None:
        x = index * column + 4
        y = head + (top - high) * scale
        shapes.append(Rectangle(x, y, column - 10, max((high - low) * scale, 0.8), colour))
        shapes.append(Label(x + (column - 10) / 2, y - 6, value, "middle", 7.5, bold=True))
        shapes.append(Label(x + (column - 10) / 2, head + 128, name, "middle", 7.5))

    bar(0, floor, start, "#39536b", unit.write(start), word("first", language))
    for index, item in enumerate(steps, start=1):
        before, after = levels[index - 1], levels[index]
        sign = "+" if item.difference > 0 else ""
        colour = "#a3473f" if item.difference > 0 else "#2f7d5b"
        bar(
            index,
            min(before, after),
            max(before, after),
            colour,
            sign + unit.write(item.difference),
            item.stage,
        )
    bar(len(steps) + 1, floor, end, "#39536b", unit.write(end), word("second", language))
    if floor > 0:
        # a gap in the bars shows that the axis does not start at zero
        shapes.extend(
            Rectangle(index * column + 1, head + 112, column - 4, 2.5, "#ffffff")
            for index in (0, len(steps) + 1)
        )
    words = "; ".join(f"{item.stage} {unit.write(item.difference)} {unit}" for item in steps)
    if floor > 0:
        shapes.append(
            Label(
                WIDTH,
                head + 142,
                word("axis_cut", language, value=f"{unit.write(floor)} {unit}"),
                "end",
                7,
                muted=True,
            )
        )
    return Scene(WIDTH, head + 150, word("difference_by_stage", language), words, tuple(shapes))


def _floor(levels: Sequence[float], end: float) -> float:
    """Where the axis starts: at zero, unless the steps would be too small to see."""
    low, high = min(*levels, end), max(*levels, end)
    return 0.0 if high - low > 0.15 * high else max(low - 0.5 * (high - low), 0.0)
