"""What an SVG artwork draws: runs of outlined text with their place, size and colour, measured from their outlines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, XMLParser

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

MILLIMETRE = 25.4 / 72.0
"""Length of a point [mm]."""
_SVG = "{http://www.w3.org/2000/svg}"
_LINK = "{http://www.w3.org/1999/xlink}href"
_NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
_STEP = re.compile(rf"([A-Za-z])|({_NUMBER})")
_MOVE = re.compile(r"(matrix|translate)\(([^)]*)\)")
_PAIRS = {"m": 2, "l": 2, "q": 4, "c": 6, "t": 2, "s": 4, "h": 1, "v": 1, "z": 0}
"""Numbers that each step of a path takes."""
Matrix = tuple[float, float, float, float, float, float]
Box = tuple[float, float, float, float]


@attrs.frozen
class Run:
    """Letters drawn in one go.

    Parameters
    ----------
    left, top, right, bottom : float
        Around the ink [mm].
    tallest : float
        Height of the tallest letter, along its own upright [mm].
    rise : float
        Of the highest letter above the line that letters stand on [mm].
    even : bool
        Whether all letters rise alike: there are no capitals among small letters.
    fill : str
    upright : bool
        Not turned.
    """

    left: float
    top: float
    right: float
    bottom: float
    tallest: float
    rise: float
    even: bool
    fill: str
    upright: bool = True


def text_runs(svg: bytes) -> tuple[Run, ...]:
    """Every run of text of an SVG that the compiler made.

    Raises
    ------
    InputError
        ``artwork-unreadable`` when it is no such drawing, or has text that is not outlined.
    """
    root = _root(svg)
    outlines = {
        symbol.get("id", ""): _extent(path.get("d", ""))
        for symbol in root.iter(f"{_SVG}symbol") for path in symbol.iter(f"{_SVG}path")
    }  # fmt: skip
    if root.find(f".//{_SVG}text") is not None:
        raise _unreadable(
            Text("it has text that depends on the fonts of the reader", "其中的文字依赖读者的字体")
        )
    return tuple(_runs(root, (1.0, 0.0, 0.0, 1.0, 0.0, 0.0), outlines))


def _root(svg: bytes) -> Element:
    parser = XMLParser()  # noqa: S314 - an entity cannot be declared where a document type is refused
    if b"<!DOCTYPE" in svg or b"<!ENTITY" in svg:
        raise _unreadable(Text("it declares a document type", "其中声明了文档类型"))
    try:
        parser.feed(svg)
        return parser.close()
    except SyntaxError as error:
        raise _unreadable(Text("it is no XML", "不是 XML")) from error


def _runs(element: Element, outer: Matrix, outlines: Mapping[str, Box]) -> Iterator[Run]:
    if element.tag == f"{_SVG}defs":
        return
    inner = _joined(outer, _matrix(element.get("transform", "")))
    glyphs = element.findall(f"{_SVG}use")
    if glyphs and (run := _run(glyphs, inner, outlines)):
        yield run
    for child in element:
        yield from _runs(child, inner, outlines)


def _run(glyphs: list[Element], matrix: Matrix, outlines: Mapping[str, Box]) -> Run | None:
    boxes, tallest, rises = [], 0.0, []
    for glyph in glyphs:
        outline = outlines.get(glyph.get(_LINK, "").removeprefix("#"))
        if outline is None or outline[0] > outline[2]:
            continue  # a space
        x, y = float(glyph.get("x", 0.0)), float(glyph.get("y", 0.0))
        boxes.append(_moved(matrix, (outline[0] + x, outline[1] + y, outline[2] + x, outline[3] + y)))
        tallest = max(tallest, outline[3] - outline[1])
        rises.append(outline[3])
    if not boxes:
        return None
    return Run(
        min(box[0] for box in boxes) * MILLIMETRE, min(box[1] for box in boxes) * MILLIMETRE,
        max(box[2] for box in boxes) * MILLIMETRE, max(box[3] for box in boxes) * MILLIMETRE,
        tallest * _scale(matrix) * MILLIMETRE, max(rises) * _scale(matrix) * MILLIMETRE, _even(rises), glyphs[0].get("fill", ""), abs(matrix[1]) < 1e-6,
    )  # fmt: skip


def _even(rises: list[float]) -> bool:
    """Whether letters rise alike; a t rises a fifth above other small letters, a capital a third. Low signs do not count."""
    letters = [rise for rise in rises if rise > 0.5 * max(rises)]
    return max(rises) < 1.25 * min(letters) if letters else False


def _extent(path: str) -> Box:
    """Box around the points on an outline; (inf, inf, -inf, -inf) when it is empty."""
    xs, ys = [], []
    for x, y in _points(path):
        xs.append(x)
        ys.append(y)
    if len(set(xs)) < 2:
        return (float("inf"), float("inf"), float("-inf"), float("-inf"))
    return min(xs), min(ys), max(xs), max(ys)


def _points(path: str) -> Iterator[tuple[float, float]]:
    numbers: list[float] = []
    step, (x, y), start = "", (0.0, 0.0), (0.0, 0.0)
    for letter, number in _STEP.findall(path):
        if letter:
            step, numbers = letter, []
            if letter in "zZ":
                x, y = start
            continue
        numbers.append(float(number))
        if len(numbers) < _PAIRS[step.lower()]:
            continue
        before, (x, y) = (x, y), _reached(step, numbers, x, y)
        numbers = []
        if step in "mM":
            start = (x, y)
            continue
        yield before
        yield x, y


def _reached(step: str, numbers: list[float], x: float, y: float) -> tuple[float, float]:
    relative = step.islower()
    if step in "hH":
        return numbers[0] + (x if relative else 0.0), y
    if step in "vV":
        return x, numbers[0] + (y if relative else 0.0)
    return numbers[-2] + (x if relative else 0.0), numbers[-1] + (y if relative else 0.0)


def _matrix(transform: str) -> Matrix:
    found = _MOVE.search(transform)
    if found is None:
        return (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    parts = [float(part) for part in re.findall(_NUMBER, found.group(2))]
    if found.group(1) == "translate":
        return (1.0, 0.0, 0.0, 1.0, parts[0], parts[1] if len(parts) > 1 else 0.0)
    a, b, c, d, e, f = parts
    return (a, b, c, d, e, f)


def _joined(outer: Matrix, inner: Matrix) -> Matrix:
    a, b, c, d, e, f = outer
    g, h, i, j, k, m = inner
    return (
        a * g + c * h, b * g + d * h, a * i + c * j, b * i + d * j, a * k + c * m + e, b * k + d * m + f,
    )  # fmt: skip


def _moved(matrix: Matrix, box: Box) -> Box:
    a, b, c, d, e, f = matrix
    corners = [(a * x + c * y + e, b * x + d * y + f) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _scale(matrix: Matrix) -> float:
    return float((matrix[2] ** 2 + matrix[3] ** 2) ** 0.5)


def _unreadable(why: Text) -> InputError:
    return InputError(
        Text("the drawing cannot be checked: {why}", "无法检查该图：{why}").format(why=why),
        code="artwork-unreadable",
        hint=Text("render it anew from its claim", "由其声明重新绘制"),
    )
