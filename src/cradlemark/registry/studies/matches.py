"""Which dataset stands for which line of a bill of materials: the open ones first, then the doubtful ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Text
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.matching import Match, Query
from cradlemark.product.link import Linked, Linker
from cradlemark.product.study import Choice, Component, Material
from cradlemark.registry.studies.compiled import packaged_inventory, packaged_matcher

OFFERED = 5
"""Candidates that are offered for a line."""
DOUBTFUL_SCORE = 80.0
"""Score [0-100] below which a match is shown among those to look at; it orders the page, it accepts nothing."""


@attrs.frozen
class Candidate:
    """A dataset that could stand for a line, with what a person needs to judge it."""

    dataset: Dataset
    match: Match


@attrs.frozen
class Row:
    """A material text of the bill with the dataset that stands for it.

    Parameters
    ----------
    number : int
        Place in the order of the bill, from 1.
    used : int
        How many materials have this text.
    linked : Linked or None
        What stands for it; None: open.
    open : Text
        Why it is open.
    chosen : bool
        Whether a person chose the dataset.
    """

    number: int
    text: str
    unit: str
    place: str
    used: int
    parts: tuple[str, ...]
    linked: Linked | None
    open: Text
    chosen: bool
    candidates: tuple[Candidate, ...]

    @property
    def order(self) -> tuple[int, float, int]:
        """Open first, then by score."""
        return (0, 0.0, self.number) if self.linked is None else (1, self.linked.score, self.number)

    @property
    def doubtful(self) -> bool:
        """Whether it should be looked at although a dataset stands for it."""
        return self.linked is not None and not self.chosen and self.linked.score < DOUBTFUL_SCORE


def rows_of(
    components: Sequence[Component], chosen: dict[str, str], *, year: int | None = None
) -> tuple[Row, ...]:
    """Match every text of a bill once.

    Parameters
    ----------
    components : sequence of Component
    chosen : dict of str to str
        Dataset by text.
    year : int, optional
        Of the data period.

    Returns
    -------
    tuple of Row
        Open ones first, then those with low scores.
    """
    choices = tuple(Choice(text, dataset) for text, dataset in chosen.items())
    linker = Linker(packaged_inventory(), packaged_matcher(), choices=choices, year=year)
    groups: dict[tuple[str, str, str, str], list[str]] = {}
    for component, material in _materials(components):
        key = (material.text.strip(), material.amount.unit, material.origin, material.dataset)
        groups.setdefault(key, []).append(component.name.en or component.name.zh or component.part_number)
    rows = (
        _row(number, key, parts, linker, chosen, year)
        for number, (key, parts) in enumerate(groups.items(), start=1)
    )
    return tuple(sorted(rows, key=lambda row: row.order))


def search(words: str, limit: int = 20) -> tuple[Candidate, ...]:
    """Datasets for products that answer to some words."""
    found = _candidates(packaged_matcher().search(words, limit, role="material"))
    return tuple(one for one in found if one.dataset.purpose != "organisation")


def _materials(components: Sequence[Component]) -> Iterator[tuple[Component, Material]]:
    for component in components:
        for material in component.materials:
            yield component, material
        yield from _materials(component.children)


def _row(
    number: int, key: tuple[str, str, str, str], parts: list[str], linker: Linker, chosen: dict[str, str],
    year: int | None,
) -> Row:  # fmt: skip
    text, unit, place, dataset = key
    query = Query(text=text, unit=unit, place=place or "GLO", year=year)
    candidates = _candidates(packaged_matcher().find(query, OFFERED))
    linked, why = None, Text()
    try:
        found = linker.link(text, role="material", unit=unit, place=place or "GLO", dataset=dataset)
        linked, why = (found, Text()) if isinstance(found, Linked) else (None, found.reason)
    except CradlemarkError as error:
        why = error.message
    return Row(
        number, text, unit, place, len(parts), tuple(dict.fromkeys(parts)), linked, why, text in chosen,
        candidates,
    )  # fmt: skip


def _candidates(matches: Sequence[Match]) -> tuple[Candidate, ...]:
    inventory = packaged_inventory()
    return tuple(Candidate(inventory[match.dataset], match) for match in matches)
