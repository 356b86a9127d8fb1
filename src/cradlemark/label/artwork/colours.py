"""Colours of a label, all made from one colour of the programme, and how well they can be told apart."""

from __future__ import annotations

import re

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

WHITE, BLACK, INK = "#ffffff", "#000000", "#14181c"
AMBER = "#f5b921"
"""Ground of the demonstration mark."""
TEXT_CONTRAST, FIGURE_CONTRAST = 4.5, 7.0
"""Least contrast of text and of the figure (WCAG 2.2, criteria 1.4.3 and 1.4.6)."""
_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE)


@attrs.frozen
class Palette:
    """Colours of one artwork, as ``#rrggbb``.

    Parameters
    ----------
    main : str
        Colour of the programme: header, frame, chosen grade.
    ink : str
        Text and figure.
    soft : str
        Second text.
    tint, line : str
        Ground of boxes; thin lines.
    alarm : str
        Ground of the demonstration mark.
    """

    main: str
    ink: str
    soft: str
    tint: str
    line: str
    alarm: str


ONE_INK = Palette(BLACK, BLACK, BLACK, WHITE, BLACK, WHITE)
"""One ink on white: no grey, which a stamp or a thermal printer does not have."""


def palette(colour: str) -> Palette:
    """Palette of a programme's colour on white ground.

    Raises
    ------
    InputError
        ``artwork-colour`` when it is no colour, or white text on it cannot be read.
    """
    if not _COLOUR.fullmatch(colour):
        raise InputError(
            Text(f"{colour[:40]!r} is no colour", f"{colour[:40]!r} 不是颜色"),
            code="artwork-colour",
            hint=Text("write it as #rrggbb", "写作 #rrggbb"),
        )
    if contrast(colour, WHITE) < TEXT_CONTRAST:
        raise InputError(
            Text(
                f"white text on {colour} has a contrast of {contrast(colour, WHITE):.1f}, below {TEXT_CONTRAST}",
                f"{colour} 上白字的对比度为 {contrast(colour, WHITE):.1f}，低于 {TEXT_CONTRAST}",
            ),
            code="artwork-colour",
            hint=Text("choose a darker colour for the programme", "为计划选择更深的颜色"),
        )
    return Palette(
        main=colour, ink=INK, soft=mixed(INK, WHITE, 0.25), tint=mixed(colour, WHITE, 0.92),
        line=mixed(colour, WHITE, 0.6), alarm=AMBER,
    )  # fmt: skip


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1, of an sRGB colour (WCAG 2.2, definition of relative luminance)."""
    red, green, blue = (_linear(part / 255.0) for part in channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def mixed(one: str, other: str, share: float) -> str:
    """Return a colour with a share [0-1] of another one, channel by channel."""
    pairs = zip(channels(one), channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
