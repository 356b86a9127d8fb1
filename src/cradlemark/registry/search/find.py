"""Find labels: full text and facets together, with the counts that a reader needs to go on."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import nsmallest
from itertools import islice

import attrs

from cradlemark.core.language import Text
from cradlemark.registry.search.bits import flags_of, numbers_of
from cradlemark.registry.search.models import Row
from cradlemark.registry.search.query import FACETS, Facet, Query
from cradlemark.registry.search.shelf import Shelf, shelf
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
    left_out : mapping of str to int
        Values of each facet that are not among them.
    """

    query: Query
    total: int
    pages: int
    rows: tuple[Row, ...]
    facets: Mapping[Facet, tuple[FacetValue, ...]]
    left_out: Mapping[Facet, int]


def find(query: Query, *, size: int = PAGE, values: int | None = None) -> Found:
    """Find labels.

    Parameters
    ----------
    query : Query
    size : int
        Rows of a page.
    values : int or None
        How many values of a facet are asked for beside the chosen ones; None for all.
    """
    asked = phrases(query.text)
    kept = shelf()
    with kept.lock:
        kept.refresh()
        among = kept.public
        if query.text:
            among &= kept.holding(tuple(asked)) if asked else 0
        sets = {facet: kept.chosen(facet, values) for facet, values in query.chosen.items()}
        counts = {facet: kept.counts(facet, _all_of(among, sets, without=facet)) for facet in FACETS}
        facets = {facet: _values(kept, facet, counts[facet], query, values) for facet in FACETS}
        found = _all_of(among, sets)
        total = found.bit_count()
        pages = max(-(-total // size), 1)
        page = min(query.page, pages)
        sequences = _page(kept, found, query, (page - 1) * size, page * size)
    by_sequence = {row.sequence: row for row in Row.objects.filter(sequence__in=sequences)}
    rows = tuple(by_sequence[sequence] for sequence in sequences if sequence in by_sequence)
    shown = {facet: sum(one.count > 0 for one in values) for facet, values in facets.items()}
    left_out = {facet: len(counts[facet]) - shown[facet] for facet in FACETS}
    return Found(attrs.evolve(query, page=page), total, pages, rows, facets, left_out)


def _all_of(among: int, sets: Mapping[Facet, int], *, without: Facet | None = None) -> int:
    for facet, labels in sets.items():
        if facet != without:
            among &= labels
    return among


def _values(
    kept: Shelf, facet: Facet, counts: Mapping[str, int], query: Query, most: int | None
) -> tuple[FacetValue, ...]:
    chosen = query.chosen.get(facet, ())
    others = _first(facet, {value: count for value, count in counts.items() if value not in chosen}, most)
    ordered = _first(facet, {value: counts.get(value, 0) for value in (*others, *chosen)})
    return tuple(
        FacetValue(value, kept.names.get((facet, value), Text()), counts.get(value, 0), value in chosen)
        for value in ordered
    )


def _first(facet: Facet, counts: Mapping[str, int], most: int | None = None) -> list[str]:
    """The most frequent values; of years the latest."""
    if facet == "year":
        return sorted(counts, reverse=True)[:most]
    return nsmallest(len(counts) if most is None else most, counts, key=lambda value: (-counts[value], value))


def _page(kept: Shelf, found: int, query: Query, start: int, stop: int) -> list[int]:
    """Running numbers of a page: few labels are sorted, many are picked from the order of all."""
    if found.bit_count() <= FEW:
        return sorted(numbers_of(found), key=kept.key(query.sort))[start:stop]
    flags = flags_of(found, least=max(kept.entries, default=0) + 1)
    return list(islice((number for number in kept.order(query.sort) if flags[number]), start, stop))
