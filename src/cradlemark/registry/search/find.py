"""Find labels: full text and facets together, with the counts that a reader needs to go on."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import attrs

from cradlemark.core.language import Text
from cradlemark.registry.search.full_text import matching
from cradlemark.registry.search.models import Row
from cradlemark.registry.search.query import FACETS, Facet, Query
from cradlemark.registry.search.shelf import Shelf, bits_of, numbers_of, shelf
from cradlemark.registry.search.tokens import phrases

PAGE = 20
FEW = 5_000
"""Labels that are sorted for one question."""


@attrs.frozen
class FacetValue:
    """A value of a facet.

    Parameters
    ----------
    value : str
        Code.
    name : Text
        Of a holder or programme; empty for codes.
    count : int
        Labels that would be found with this value, whatever else of this facet is chosen.
    chosen : bool
    """

    value: str
    name: Text
    count: int
    chosen: bool


@attrs.frozen
class Found:
    """Answer to a query.

    Parameters
    ----------
    query : Query
        With the page that is there.
    total, pages : int
    rows : tuple of Row
    facets : mapping of str to tuple of FacetValue
        The most frequent first; the chosen ones even without a label.
    """

    query: Query
    total: int
    pages: int
    rows: tuple[Row, ...]
    facets: Mapping[Facet, tuple[FacetValue, ...]]


def find(query: Query, *, size: int = PAGE) -> Found:
    """Find labels.

    Parameters
    ----------
    query : Query
    size : int
        Rows of a page.
    """
    asked = phrases(query.text)
    kept = shelf()
    with kept.lock:
        kept.refresh()
        among = kept.public
        if query.text:
            among &= bits_of(matching(asked)) if asked else 0
        sets = {facet: kept.chosen(facet, values) for facet, values in query.chosen.items()}
        facets = {facet: _facet(kept, facet, _all_of(among, sets, without=facet), query) for facet in FACETS}
        found = _all_of(among, sets)
        total = found.bit_count()
        pages = max(-(-total // size), 1)
        page = min(query.page, pages)
        sequences = _page(kept, found, query, (page - 1) * size, page * size)
    by_sequence = {row.sequence: row for row in Row.objects.filter(sequence__in=sequences)}
    rows = tuple(by_sequence[sequence] for sequence in sequences if sequence in by_sequence)
    return Found(attrs.evolve(query, page=page), total, pages, rows, facets)


def _all_of(among: int, sets: Mapping[Facet, int], *, without: Facet | None = None) -> int:
    for facet, labels in sets.items():
        if facet != without:
            among &= labels
    return among


def _facet(kept: Shelf, facet: Facet, among: int, query: Query) -> tuple[FacetValue, ...]:
    chosen = query.chosen.get(facet, ())
    counts = dict(kept.counts(facet, among))
    values = [*counts, *(value for value in chosen if value not in counts)]
    ordered = sorted(values, key=lambda value: (-counts.get(value, 0), value))
    if facet == "year":
        ordered = sorted(values, reverse=True)
    return tuple(
        FacetValue(value, kept.names.get((facet, value), Text()), counts.get(value, 0), value in chosen)
        for value in ordered
    )


def _page(kept: Shelf, found: int, query: Query, start: int, stop: int) -> list[int]:
    """Running numbers of a page: few labels are sorted, many are picked from the order of all."""
    if found.bit_count() <= FEW:
        return sorted(numbers_of(found), key=kept.key(query.sort))[start:stop]
    flags = bin(found)[:1:-1]
    there = len(flags)
    picked = (number for number in kept.order(query.sort) if number < there and flags[number] == "1")
    return list(islice(picked, start, stop))
