"""Nothing on an artwork touches anything else; and what touches is noticed."""

from __future__ import annotations

import re
from itertools import product

import attrs
import pytest
from tests.unit.label.artwork.ink import FIGURES_APART, LETTERS_APART, inks, touching
from tests.unit.label.artwork.orders import GRADE, REDUCTION, order, terminal_claim

from cradlemark.label.artwork.render import pages
from cradlemark.label.artwork.variant import Variant, variants
from cradlemark.label.claim import Claim, Value

GRAMS = Value(0.175, 0.1, 0.2, "175", "g"), Value(0.198, 0.17, 0.23, "198", "g")
"""The tail of a g hangs below the line; three digits and an interval fill their cells."""


def claims() -> list[Claim]:
    gate, whole = GRAMS
    found = []
    for grade, reduction in product((None, GRADE), (None, REDUCTION)):
        made = terminal_claim(grade=grade, reduction=reduction)
        found.append(attrs.evolve(made, values=attrs.evolve(made.values, gate=gate, life_cycle=whole)))
    return found


@pytest.mark.parametrize("made", claims(), ids=["plain", "reduction", "grade", "both"])
def test_nothing_touches(made: Claim) -> None:
    for variant, svg in zip(variants(), pages([order(made, one) for one in variants()], "svg"), strict=True):
        assert touching(svg, letters=LETTERS_APART, figures=FIGURES_APART) == [], variant


def test_letters_and_figures_are_found() -> None:
    (svg,) = pages([order(claims()[3], Variant("full"))], "svg")
    found = inks(svg)
    assert sum(one.letter for one in found) > 150
    assert sum(not one.letter for one in found) >= 8  # pictogram, icons, tiles, arrow, tick


def test_every_text_that_is_moved_onto_another_one_is_noticed() -> None:
    (svg,) = pages([order(claims()[3], Variant("full"))], "svg")
    texts = list(re.finditer(rb'<g transform="matrix\(([^)]*)\)"><use', svg))
    assert len(texts) > 15
    noticed = 0
    for text in texts:
        for move in (-3.0, 3.0):  # points
            numbers = text[1].split()
            numbers[5] = str(float(numbers[5]) + move).encode()
            moved = svg[: text.start(1)] + b" ".join(numbers) + svg[text.end(1) :]
            noticed += bool(touching(moved, letters=LETTERS_APART, figures=FIGURES_APART))
    assert noticed > len(texts)
