"""Which impact category a command shows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Language, Text, visible

if TYPE_CHECKING:
    from cradlemark.inventory.processes.tables import FloatArray

OTHER = Text(
    "Climate change by gas is 0 for every product, for no emission to air with a mass is a greenhouse gas of the table; shown is the first"
    " category that is not 0. All: {names}",
    "按气体计算的气候变化对所有产品均为 0，因为没有任何带质量的大气排放属于气体表中的温室气体；所示为第一个不为 0 的类别。全部类别：{names}",
)
category_option = click.option(
    "--category",
    default="",
    help="Which impact category: its number or words of its name; 1 is climate change by gas, then those of the database, "
    "then those of --method. Without it the first of --method, else the climate, else the first that is not 0.",
)


def category_place(categories: Sequence[str], values: FloatArray, wanted: str, *, methods: int = 0) -> int:
    """Place of the category that is shown, counted from 0.

    Parameters
    ----------
    categories : sequence of str
        Climate change by gas, those of the database, those of other sources.
    values : ndarray of float64, shape (categories, products)
    wanted : str
        A number from 1 on, or words of a name; empty for the default.
    methods : int
        Categories of other sources.

    Raises
    ------
    NotFoundError
        ``category-unknown`` where none or several fit.
    """
    if not wanted.strip():
        return len(categories) - methods if methods else _first_that_counts(values)
    if wanted.strip().isascii() and wanted.strip().isdigit():
        place = int(wanted) - 1
        found = [place] if 0 <= place < len(categories) else []
    else:
        found = _with_words(categories, wanted)
    if len(found) == 1:
        return found[0]
    listed = "; ".join(f"{place + 1} {categories[place]}" for place in found or range(len(categories)))
    raise NotFoundError(
        Text(
            f"{len(found)} impact categories fit {wanted!r}"
            if found
            else f"there is no impact category {wanted!r}",
            f"有 {len(found)} 个影响类别符合 {wanted!r}" if found else f"没有影响类别 {wanted!r}",
        ),
        code="category-unknown",
        hint=Text(f"there are: {listed}", f"已有：{listed}"),
    )


def shown_instead(categories: Sequence[str], place: int, wanted: str, *, methods: int = 0) -> bool:
    """Whether another category than the climate is shown because the climate is 0 for every product."""
    return place > 0 and not wanted.strip() and not methods and len(categories) > 1


def instead_line(categories: Sequence[str], language: Language) -> str:
    """What to say then."""
    names = "; ".join(f"{place} {name}" for place, name in enumerate(categories, start=1))
    return visible(OTHER.format(names=names)[language])


def _first_that_counts(values: FloatArray) -> int:
    return next((place for place, row in enumerate(values) if row.any()), 0)


def _with_words(categories: Sequence[str], wanted: str) -> list[int]:
    words = wanted.lower().split()
    found = [place for place, name in enumerate(categories) if all(word in name.lower() for word in words)]
    whole = [place for place in found if categories[place].lower().startswith(f"{' '.join(words)} [")]
    return whole if len(whole) == 1 else found
