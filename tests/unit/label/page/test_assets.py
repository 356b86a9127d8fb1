"""Shared files: named by their content, readable colours, the same words in CSV as on the page."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from math import fsum

import attrs
import pytest
from tests.unit.label.artwork.orders import PROGRAMME
from tests.unit.label.page.labels import terminal

from cradlemark.label.artwork.colours import contrast
from cradlemark.label.page.assets import FOLDER, NAMES, assets, edition
from cradlemark.label.page.stages import COLUMNS, stages_table

TEXTS = [
    ("ink", "ground"), ("ink", "raised"), ("ink", "sunk"), ("quiet", "ground"), ("quiet", "raised"), ("quiet", "sunk"),
    ("link", "ground"), ("link", "raised"), ("link-active", "ground"), ("accent-ink", "accent"), ("accent", "ground"),
    ("good-ink", "good-ground"), ("warn-ink", "warn-ground"), ("bad-ink", "bad-ground"), ("over-ink", "over-ground"),
    ("good", "ground"), ("warn", "ground"), ("bad", "ground"), ("demonstration-ink", "demonstration"),
]  # fmt: skip
SHAPES = [
    ("strong-line", "ground"), ("good", "good-ground"), ("warn", "warn-ground"), ("bad", "bad-ground"), ("over", "over-ground"),
    ("chart-a", "sunk"), ("chart-b", "sunk"), ("chart-c", "sunk"), ("chart-less", "sunk"), ("focus-ink", "focus"),
]  # fmt: skip


def colours(scheme: str) -> dict[str, str]:
    """Colours of a scheme; what it does not change is as in the light one."""
    light, dark, printed = (
        assets()["tokens.css"].content.decode().split("@media (prefers-color-scheme: dark)")[0],
        *(
            re.split(
                r"@media (?:\(prefers-color-scheme: dark\)|print)", assets()["tokens.css"].content.decode()
            )[1:]
        ),
    )
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light))
    return found | dict(
        re.findall(r"--([\w-]+): (#[0-9a-f]{6})", {"light": "", "dark": dark, "print": printed}[scheme])
    )


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_colours_can_be_told_apart(scheme: str) -> None:
    known = colours(scheme)
    weak = [(one, other) for one, other in TEXTS if contrast(known[one], known[other]) < 4.5]
    weak += [(one, other) for one, other in SHAPES if contrast(known[one], known[other]) < 3.0]
    assert not weak


def test_every_colour_of_the_pages_is_a_token() -> None:
    style, tokens = (assets()[name].content.decode() for name in ("page.css", "tokens.css"))
    used = set(re.findall(r"var\((--[\w-]+)\)", style))
    assert used <= set(re.findall(r"(--[\w-]+):", tokens))
    assert "url(" not in style + tokens
    assert "@import" not in style + tokens


def test_names_say_the_content() -> None:
    for name in NAMES:
        asset = assets()[name]
        digest = hashlib.sha256(asset.content).hexdigest()[:12]
        stem, _, ending = name.partition(".")
        assert asset.path == f"{FOLDER}/{stem}.{digest}.{ending}"


def test_edition_changes_with_the_programme() -> None:
    other = attrs.evolve(PROGRAMME, digest="sha256:" + "9" * 64)
    assert edition(PROGRAMME) == edition(PROGRAMME) != edition(other)


def test_table_of_stages_holds_every_figure_unrounded() -> None:
    made = terminal()
    text = stages_table(made).decode("utf-8-sig")
    head, *rows = csv.reader(io.StringIO(text))
    assert tuple(head) == COLUMNS
    place = head.index("kg_co2e_per_declared_unit")
    assert fsum(float(row[place]) for row in rows) == fsum(
        fsum(parts) for parts in made.values.by_stage.values()
    )
    assert len(rows) == len(made.values.by_stage) * len(made.values.origins)
