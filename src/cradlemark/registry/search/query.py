"""A question to the register, as a value that fits into an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, get_args

import attrs

Facet = Literal["category", "holder", "region", "programme", "state", "grade", "kind", "year", "rule_pack"]
FACETS: tuple[Facet, ...] = get_args(Facet)
Sort = Literal["newest", "lowest", "highest", "ending"]
SORTS: tuple[Sort, ...] = get_args(Sort)
MOST_CHOSEN = 50
"""Chosen values of a facet that are read."""
LONGEST_VALUE = 200
LAST_PAGE = 100_000


@attrs.frozen
class Query:
    """What is asked for.

    Parameters
    ----------
    text : str
        As it was typed.
    chosen : mapping of str to tuple of str
        Values of facets: any of a facet's values, all of the facets.
    sort : {"newest", "lowest", "highest", "ending"}
        Last issued first; by figure; the soonest end of validity first.
    page : int
        From 1.
    """

    text: str = ""
    chosen: Mapping[Facet, tuple[str, ...]] = attrs.field(factory=dict)
    sort: Sort = "newest"
    page: int = 1

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values for the query string; what is not asked for is left out."""
        found = [("q", self.text)] if self.text else []
        found += [(facet, value) for facet in FACETS for value in self.chosen.get(facet, ())]
        found += [("sort", self.sort)] if self.sort != "newest" else []
        return found + ([("page", str(self.page))] if self.page > 1 else [])

    def toggled(self, facet: Facet, value: str) -> Query:
        """The question with one more value of a facet, or without it; from the first page."""
        now = self.chosen.get(facet, ())
        then = tuple(one for one in now if one != value) if value in now else (*now, value)
        chosen = {name: values for name, values in self.chosen.items() if name != facet}
        return attrs.evolve(self, chosen=chosen | ({facet: then} if then else {}), page=1)


def read_query(given: Mapping[str, list[str]]) -> Query:
    """Read a question from a query string; what it does not know or cannot be is left out.

    Parameters
    ----------
    given : mapping of str to list of str
        All values of every name.
    """
    text = " ".join(_last(given, "q").replace("\0", " ").split())[:LONGEST_VALUE]
    chosen: dict[Facet, tuple[str, ...]] = {}
    for facet in FACETS:
        values = dict.fromkeys(value[:LONGEST_VALUE] for value in given.get(facet, []) if value)
        if values:
            chosen[facet] = tuple(values)[:MOST_CHOSEN]
    asked = _last(given, "sort")
    sort: Sort = next((sort for sort in SORTS if sort == asked), SORTS[0])
    page = _last(given, "page")
    number = int(page) if page.isascii() and page.isdecimal() and len(page) < 9 else 1
    return Query(text, chosen, sort, min(max(number, 1), LAST_PAGE))


def _last(given: Mapping[str, list[str]], name: str) -> str:
    return (given.get(name) or [""])[-1]
