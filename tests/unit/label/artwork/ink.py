"""Where there is ink on an artwork: boxes of single letters and of small figures, from the outlines in its SVG."""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

import attrs
import numpy as np

from cradlemark.label.artwork.drawing import (
    _LINK,
    _SVG,
    MILLIMETRE,
    Box,
    Matrix,
    _extent,
    _joined,
    _matrix,
    _moved,
    _root,
)

LETTERS_APART, FIGURES_APART = 0.05, 0.2
"""Least distance of letters of different texts, and of a figure and the letters beside it [mm]."""
ICON = 7.0
"""Longest side of a figure that is looked at [mm]; larger ones are frames, grounds and codes."""
WIDE = 0.01
"""Lines that are thinner, such as rules between texts, are grounds [mm]."""


@attrs.frozen
class Ink:
    """A letter or a figure.

    Parameters
    ----------
    element : int
        What it belongs to: a run of letters, or a figure.
    box : tuple of float
        Left, top, right, bottom [mm].
    """

    element: int
    box: Box
    letter: bool

    def beside(self, other: Ink) -> bool:
        """Whether two letters stand side by side without touching, as CO, 2 and e do, or a word and the next one in other letters."""
        across = max(other.box[0] - self.box[2], self.box[0] - other.box[2])
        return across >= 0.0 and min(self.box[3], other.box[3]) - max(self.box[1], other.box[1]) > 0.0

    def holds(self, other: Ink) -> bool:
        """Whether another one lies on it."""
        mine, its = self.box, other.box
        return mine[0] <= its[0] and mine[1] <= its[1] and mine[2] >= its[2] and mine[3] >= its[3]


def touching(svg: bytes, *, letters: float, figures: float) -> list[tuple[Ink, Ink]]:
    """Letters of different texts closer than `letters`, and figures and letters beside them closer than `figures` [mm].

    A letter on a figure, such as a grade in its tile, lies on its ground.
    """
    found = inks(svg)
    boxes = np.array([one.box for one in found])
    left, top, right, bottom = (boxes[:, at] for at in range(4))
    across = np.maximum(left[None] - right[:, None], left[:, None] - right[None])
    down = np.maximum(top[None] - bottom[:, None], top[:, None] - bottom[None])
    letter = np.array([one.letter for one in found])
    least = np.where(letter[None] & letter[:, None], letters, figures)
    element = np.array([one.element for one in found])
    near = (
        (np.maximum(across, down) < least)
        & (element[None] != element[:, None])
        & (letter[None] | letter[:, None])
    )
    pairs = [(found[one], found[other]) for one, other in np.argwhere(np.triu(near, 1))]
    return [
        (one, other) for one, other in pairs
        if not (one.holds(other) or other.holds(one) or (one.letter and other.letter and one.beside(other)))
    ]  # fmt: skip


def inks(svg: bytes) -> list[Ink]:
    """Every letter and every small figure."""
    root = _root(svg)
    outlines = {
        symbol.get("id", ""): _extent(path.get("d", ""))
        for symbol in root.iter(f"{_SVG}symbol") for path in symbol.iter(f"{_SVG}path")
    }  # fmt: skip
    found = _below(root, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), outlines)
    return [Ink(index, box, letter) for index, (boxes, letter) in enumerate(found) for box in boxes]


def _below(element: Element, outer: Matrix, outlines: dict[str, Box]) -> Iterator[tuple[list[Box], bool]]:
    if element.tag in (f"{_SVG}defs", f"{_SVG}clipPath"):
        return
    inner = _joined(outer, _matrix(element.get("transform", "")))
    if letters := list(_letters(element, inner, outlines)):
        yield letters, True
    if element.tag == f"{_SVG}path":
        box = _extent(element.get("d", ""))
        if box[0] <= box[2]:
            moved = _millimetres(_moved(inner, box))
            sides = moved[2] - moved[0], moved[3] - moved[1]
            if max(sides) <= ICON and min(sides) > WIDE:
                yield [moved], False
    if "clip-path" in element.attrib and element.get("class", "") != "typst-page":
        return  # the tape of a demonstration: its words lie on a ground of their own
    for child in element:
        yield from _below(child, inner, outlines)


def _letters(element: Element, matrix: Matrix, outlines: dict[str, Box]) -> Iterator[Box]:
    for glyph in element.findall(f"{_SVG}use"):
        outline = outlines.get(glyph.get(_LINK, "").removeprefix("#"))
        if outline is None or outline[0] > outline[2]:
            continue  # a space
        x, y = float(glyph.get("x", 0.0)), float(glyph.get("y", 0.0))
        yield _millimetres(_moved(matrix, (outline[0] + x, outline[1] + y, outline[2] + x, outline[3] + y)))


def _millimetres(box: Box) -> Box:
    return (box[0] * MILLIMETRE, box[1] * MILLIMETRE, box[2] * MILLIMETRE, box[3] * MILLIMETRE)
