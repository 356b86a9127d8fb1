"""The proof of an artwork, judged from what is drawn: contrast, sizes, nothing over the edge, the code in bad conditions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import attrs

from cradlemark.core.errors import Problem
from cradlemark.core.language import Text
from cradlemark.label.artwork.colours import FIGURE_CONTRAST, TEXT_CONTRAST, channels, contrast
from cradlemark.label.artwork.drawing import Run, text_runs
from cradlemark.label.artwork.scan import open_picture, read_codes
from cradlemark.label.artwork.variant import DesignName, Variant

if TYPE_CHECKING:
    from PIL.Image import Image

LEAST_TEXT = 1.20
"""Rise of the highest letter of a line, at least [mm]: capitals and digits are that high where the x-height is 0.9 mm."""
LEAST_SUBSCRIPT = 0.88
"""Height of a subscript digit, and of small letters without ascenders, at least [mm]."""
LEAST_FIGURE: dict[DesignName, float] = {"full": 4.0, "strip": 2.0, "micro": 0.0}
"""Height of the digits of the figure, at least [mm]; 1.2 mm of x-height are 1.62 mm of digit. The micro label has none."""
EDGE: dict[DesignName, float] = {"full": 0.7, "strip": 0.55, "micro": 0.15}
"""Least distance of text from the edge [mm]: inside the frame where there is one."""
PRINT = 300
"""Dots per inch of an ordinary printer."""
BLUR = 0.5
"""Standard deviation of the blur after halving [pixel], 0.085 mm on the label."""
FADED = 0.7
"""Contrast that is left of a faded print."""
_EDGE_STEP = 8
"""Steps of a channel by which the inside of a letter varies, from smoothing."""
_MINOR = 0.06
"""Share of the pixels around a text below which a colour is an edge, not a ground."""


def check(
    svg: bytes, picture: bytes, variant: Variant, expected: str, *, density: int
) -> tuple[Problem, ...]:
    """Everything that is wrong with an artwork.

    Parameters
    ----------
    svg, picture : bytes
        The drawing, and the same as PNG.
    expected : str
        What the code has to say.
    density : int
        Dots per inch of the picture.
    """
    image = open_picture(picture)
    lines = joined(text_runs(svg))
    found = [
        *_sizes(lines, variant), *_edges(lines, variant), *_contrasts(lines, image, density, figure=LEAST_FIGURE[variant.design] > 0.0),
        *code_faults(at_print_size(image, density), expected),
    ]  # fmt: skip
    return tuple(attrs.evolve(problem, where=variant.name) for problem in found)


def joined(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs that stand side by side, such as CO, 2 and e, as lines."""
    lines: list[list[Run]] = []
    for run in runs:
        if lines and _beside(lines[-1], run):
            lines[-1].append(run)
        else:
            lines.append([run])
    return lines


def _beside(line: Sequence[Run], run: Run) -> bool:
    last, tallest = line[-1], max(one.tallest for one in line)
    if run.upright:
        gap, across = run.left - last.right, run.top < last.bottom and run.bottom > last.top
    else:  # turned by a quarter, read upwards
        gap, across = last.top - run.bottom, run.left < last.right and run.right > last.left
    return run.upright == last.upright and across and -0.2 <= gap <= 0.35 * tallest


def _sizes(lines: Sequence[Sequence[Run]], variant: Variant) -> Iterator[Problem]:
    heights = [max(run.rise for run in line) for line in lines]
    if not heights or max(heights) < LEAST_FIGURE[variant.design]:
        yield Problem(
            "",
            "artwork-figure-size",
            Text(
                f"the figure is {max(heights, default=0.0):.2f} mm high, below {LEAST_FIGURE[variant.design]} mm",
                f"数值高 {max(heights, default=0.0):.2f} mm，低于 {LEAST_FIGURE[variant.design]} mm",
            ),
        )
    for line, height in zip(lines, heights, strict=True):
        if height < LEAST_TEXT - 0.005 and not _small_letters_only(line, lines):
            yield Problem(
                "",
                "artwork-text-size",
                Text(
                    f"a text at {_place(line)} is {height:.2f} mm high, below {LEAST_TEXT} mm",
                    f"{_place(line)} 处的文字高 {height:.2f} mm，低于 {LEAST_TEXT} mm",
                ),
            )
        for run in line:
            if run.tallest < LEAST_SUBSCRIPT and run.bottom > line[0].bottom + 0.05 and run.rise > 0.5:
                yield Problem(
                    "",
                    "artwork-text-size",
                    Text(
                        f"a subscript at {_place(line)} is {run.tallest:.2f} mm high",
                        f"{_place(line)} 处的下标高 {run.tallest:.2f} mm",
                    ),
                )


def _small_letters_only(line: Sequence[Run], lines: Sequence[Sequence[Run]]) -> bool:
    """Whether a line is part of a longer text and has no letter by which its size could be told but the x-height."""
    if not all(run.even and run.rise >= LEAST_SUBSCRIPT for run in line):
        return False
    first = line[0]
    return any(
        abs(other[0].left - first.left) < 0.6 and other[0].fill == first.fill and 0.0 < abs(first.bottom - other[0].bottom) < 3.0
        for other in lines
    )  # fmt: skip


def _edges(lines: Sequence[Sequence[Run]], variant: Variant) -> Iterator[Problem]:
    (width, height), edge = variant.size, EDGE[variant.design]
    for line in lines:
        for run in line:
            inside = (
                run.left >= edge
                and run.top >= edge
                and run.right <= width - edge
                and run.bottom <= height - edge
            )
            if not inside:
                yield Problem(
                    "",
                    "artwork-edge",
                    Text(
                        f"a text at {_place(line)} is at the edge or over it",
                        f"{_place(line)} 处的文字贴边或越界",
                    ),
                )


def _contrasts(
    lines: Sequence[Sequence[Run]], image: Image, density: int, *, figure: bool
) -> Iterator[Problem]:
    largest = max((run.tallest for line in lines for run in line), default=0.0) if figure else 0.0
    for line in lines:
        for run in line:
            least = FIGURE_CONTRAST if run.tallest == largest else TEXT_CONTRAST
            for ground in _grounds(image, run, density):
                ratio = contrast(run.fill, ground)
                if ratio < least:
                    said = Text(
                        f"{run.fill} on {ground}, has a contrast of {ratio:.1f}, below {least}",
                        f"{ground} 上的 {run.fill}，对比度 {ratio:.1f}，低于 {least}",
                    )
                    yield Problem(
                        "",
                        "artwork-contrast",
                        Text(f"a text at {_place(line)}, {said.en}", f"{_place(line)} 处的文字，{said.zh}"),
                    )


def _grounds(image: Image, run: Run, density: int) -> list[str]:
    """Colours behind a text: those of many pixels in the box around it, without its own."""
    scale = density / 25.4
    box = image.crop((
        min(max(int(run.left * scale) - 1, 0), image.width - 2), min(max(int(run.top * scale) - 1, 0), image.height - 2),
        min(max(int(run.right * scale), 2) + 2, image.width), min(max(int(run.bottom * scale), 2) + 2, image.height),
    ))  # fmt: skip
    colours = box.getcolors(box.width * box.height) or []
    total = box.width * box.height
    named = sorted(
        ((count, "#" + bytes(colour).hex()) for count, colour in colours if isinstance(colour, tuple)),
        reverse=True,
    )
    others = [colour for count, colour in named if count > _MINOR * total and not _alike(colour, run.fill)]
    if not others:
        return [named[0][1]]
    return [others[0], *(colour for colour in others[1:] if not _between(colour, run.fill, others[0]))]


def _between(colour: str, one: str, other: str) -> bool:
    """Whether a colour is a mixture of two others: the smoothed edge of a letter."""
    middle, low, high = channels(colour), channels(one), channels(other)
    length = sum((b - a) ** 2 for a, b in zip(low, high, strict=True))
    share = sum((m - a) * (b - a) for m, a, b in zip(middle, low, high, strict=True)) / length
    straight = [a + share * (b - a) for a, b in zip(low, high, strict=True)]
    return 0.0 < share < 1.0 and all(abs(m - s) <= _EDGE_STEP for m, s in zip(middle, straight, strict=True))


def _alike(one: str, other: str) -> bool:
    """Whether two colours differ by no more than the edge of a letter does from its middle."""
    return all(abs(a - b) <= _EDGE_STEP for a, b in zip(channels(one), channels(other), strict=True))


def at_print_size(image: Image, density: int) -> Image:
    """A picture as an ordinary printer makes it."""
    from PIL.Image import Resampling

    if density == PRINT:
        return image
    size = (round(image.width * PRINT / density), round(image.height * PRINT / density))
    return image.resize(size, Resampling.BOX)


def code_faults(image: Image, expected: str) -> Iterator[Problem]:
    """Conditions in which the code does not say what it has to."""
    from PIL import ImageFilter
    from PIL.Image import Resampling

    grey = image.convert("L")
    half = grey.resize((max(grey.width // 2, 1), max(grey.height // 2, 1)), Resampling.BOX)
    blurred = half.filter(ImageFilter.GaussianBlur(BLUR))
    faded = grey.point(lambda value: round(255 - (255 - value) * FADED))
    for condition, seen in (
        (Text("printed", "印刷后"), grey),
        (Text("halved and blurred", "缩小一半并模糊"), blurred),
        (Text("faded", "褪色"), faded),
    ):
        texts = read_codes(seen)
        if texts != (expected,):
            said = (
                Text(f"says {texts[0][:60]!r}", f"读出 {texts[0][:60]!r}")
                if texts
                else Text("cannot be read", "无法读取")
            )
            yield Problem(
                "",
                "artwork-code",
                Text(f"the code, {condition.en}, {said.en}", f"码（{condition.zh}）{said.zh}"),
            )


def _place(line: Sequence[Run]) -> str:
    return f"{line[0].left:.1f} mm, {line[0].top:.1f} mm"
