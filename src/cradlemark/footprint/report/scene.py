"""Pictures as values: rectangles, filled paths, lines and texts, drawn as SVG or natively in a PDF."""

from __future__ import annotations

from typing import Literal

import attrs

Anchor = Literal["start", "middle", "end"]


@attrs.frozen
class Rectangle:
    """A filled rectangle [pt]; `dashed` draws only a dashed outline."""

    x: float
    y: float
    width: float
    height: float
    fill: str
    dashed: bool = False


@attrs.frozen
class Ribbon:
    """A band between two vertical edges [pt]: from (x0, top0..top0+thick) to (x1, top1..top1+thick)."""

    x0: float
    top0: float
    x1: float
    top1: float
    thickness: float
    fill: str


@attrs.frozen
class Stroke:
    """A thin straight line [pt]."""

    x0: float
    y0: float
    x1: float
    y1: float


@attrs.frozen
class Label:
    """A text; `y` is its vertical middle [pt]."""

    x: float
    y: float
    text: str
    anchor: Anchor = "start"
    size: float = 8.0
    bold: bool = False
    muted: bool = False
    on_dark: bool = False


Shape = Rectangle | Ribbon | Stroke | Label


@attrs.frozen
class Scene:
    """A picture.

    Parameters
    ----------
    width, height : float
        [pt]
    title, description : str
        Alternative text: what the picture shows, and its figures in words.
    """

    width: float
    height: float
    title: str
    description: str
    shapes: tuple[Shape, ...]
