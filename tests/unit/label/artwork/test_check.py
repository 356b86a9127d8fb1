"""The check finds what is wrong with a drawing."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image, ImageDraw
from tests.unit.label.artwork.orders import HOST, order, terminal_claim

from cradlemark.core.errors import InputError
from cradlemark.label.artwork.check import check
from cradlemark.label.artwork.drawing import text_runs
from cradlemark.label.artwork.link import label_link
from cradlemark.label.artwork.render import DENSITY, pages
from cradlemark.label.artwork.variant import Variant

VARIANT = Variant("full")
MADE = terminal_claim()
EXPECTED = str(label_link(MADE, host=HOST))


@pytest.fixture(scope="module")
def drawn() -> tuple[bytes, bytes]:
    wanted = [order(MADE, VARIANT)]
    return pages(wanted, "svg")[0], pages(wanted, "png")[0]


def codes(svg: bytes, png: bytes, expected: str = EXPECTED) -> set[str]:
    return {problem.code for problem in check(svg, png, VARIANT, expected, density=DENSITY)}


def painted(png: bytes, box: tuple[float, float, float, float], colour: str) -> bytes:
    """A picture with a rectangle [mm] painted over."""
    image = Image.open(BytesIO(png)).convert("RGB")
    ImageDraw.Draw(image).rectangle([part / 25.4 * DENSITY for part in box], fill=colour)
    buffer = BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def test_sound(drawn: tuple[bytes, bytes]) -> None:
    assert codes(*drawn) == set()


def test_a_dark_ground_behind_text(drawn: tuple[bytes, bytes]) -> None:
    svg, png = drawn
    assert codes(svg, painted(png, (0, 38, 50, 40), "#3a4a50")) == {"artwork-contrast"}


def test_a_code_that_is_covered_or_says_something_else(drawn: tuple[bytes, bytes]) -> None:
    svg, png = drawn
    assert codes(svg, painted(png, (2, 45, 12, 60), "#ffffff")) >= {"artwork-code"}
    assert codes(svg, png, EXPECTED + "0") == {"artwork-code"}


def test_small_text(drawn: tuple[bytes, bytes]) -> None:
    svg, png = drawn
    assert "artwork-text-size" in codes(svg.replace(b"matrix(1 0 0 -1 ", b"matrix(0.7 0 0 -0.7 "), png)
    assert "artwork-figure-size" in codes(svg.replace(b"matrix(1 0 0 -1 ", b"matrix(0.4 0 0 -0.4 "), png)


def test_text_over_the_edge(drawn: tuple[bytes, bytes]) -> None:
    svg, png = drawn
    assert "artwork-edge" in codes(svg.replace(b"matrix(1 0 0 -1 ", b"matrix(1 0 0 -1 1"), png)


@pytest.mark.parametrize(
    "svg",
    [
        b"", b"<svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg"/>',
        b'<svg xmlns="http://www.w3.org/2000/svg"><text>5</text></svg>',
    ],
)  # fmt: skip
def test_other_drawings_are_refused(svg: bytes) -> None:
    with pytest.raises(InputError, match="artwork-unreadable"):
        text_runs(svg)
