"""Home of the register: search, facets, results; the address holds the whole question."""

from __future__ import annotations

from typing import Any

import attrs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from cradlemark.portal.home import home as served
from cradlemark.portal.public.wording import FACET_NAMES, SORT_NAMES, value_name
from cradlemark.registry.search.find import FacetValue, Found, find
from cradlemark.registry.search.near import number_asked
from cradlemark.registry.search.query import FACETS, Facet, Query, read_query

AT_ONCE, MOST = 6, 60
"""Values of a facet that are shown at once, and behind a fold."""


@attrs.frozen
class ShownValue:
    """A value of a facet as it stands on the page."""

    value: str
    name: str
    count: int
    chosen: bool


@attrs.frozen
class ShownFacet:
    """A facet as it stands on the page."""

    id: Facet
    title: Promise
    first: tuple[ShownValue, ...]
    more: tuple[ShownValue, ...]
    left_out: int


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search the register; htmx gets the results alone."""
    query = read_query(dict(request.GET.lists()))
    found = find(query)
    shown = {
        "found": found, "query": found.query, "facets": shown_facets(found), "sorts": SORT_NAMES,
        "chosen": chosen_values(found), "answer": number_asked(query.text, mark=served().programme.mark),
        "link": address(found.query), "pages": pages(found),
    }  # fmt: skip
    partial = bool(getattr(request, "htmx", False))
    response = render(request, "portal/public/found.html" if partial else "portal/public/home.html", shown)
    if partial:
        response.headers["HX-Push-Url"] = address(found.query)
    patch_vary_headers(response, ["HX-Request"])
    return response


def address(query: Query) -> str:
    """Address of a question."""
    pairs = query.pairs()
    return reverse("home") + (f"?{urlencode(pairs)}" if pairs else "")


def shown_facets(found: Found) -> list[ShownFacet]:
    """Facets that have a choice to offer, each with its values in the language of the page."""
    facets = []
    for facet in FACETS:
        values = found.facets[facet]
        if len(values) < 2 and not any(one.chosen for one in values):
            continue
        front = [one for one in values if one.chosen]
        front += [one for one in values if not one.chosen][: max(AT_ONCE - len(front), 0)]
        first = [one for one in values if one in front]
        rest = [one for one in values if one not in front]
        facets.append(
            ShownFacet(
                facet,
                FACET_NAMES[facet],
                _shown(facet, first),
                _shown(facet, rest[:MOST]),
                max(len(rest) - MOST, 0),
            )
        )
    return facets


def _shown(facet: Facet, values: list[FacetValue]) -> tuple[ShownValue, ...]:
    return tuple(ShownValue(one.value, value_name(facet, one), one.count, one.chosen) for one in values)


def chosen_values(found: Found) -> list[dict[str, Any]]:
    """What is chosen, each with the address of the question without it."""
    return [
        {"title": FACET_NAMES[facet], "name": value_name(facet, one), "without": address(found.query.toggled(facet, one.value))}
        for facet in FACETS for one in found.facets[facet] if one.chosen
    ]  # fmt: skip


def pages(found: Found) -> dict[str, str]:
    """Addresses of the pages around; empty where there is none."""
    now = found.query.page
    return {
        "previous": address(attrs.evolve(found.query, page=now - 1)) if now > 1 else "",
        "next": address(attrs.evolve(found.query, page=now + 1)) if now < found.pages else "",
    }
