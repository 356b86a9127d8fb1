"""Home of the register: search, facets, results; the address holds the whole question."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import attrs
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe

from cradlemark.portal.home import home as served
from cradlemark.portal.public.wording import FACET_NAMES, SORT_NAMES, value_name
from cradlemark.registry.search.find import FacetValue, Found, find
from cradlemark.registry.search.near import number_asked
from cradlemark.registry.search.query import FACETS, Facet, Query, read_query

AT_ONCE, MOST = 6, 60
"""Values of a facet that are shown at once, and behind a fold."""


@attrs.frozen
class ShownFacet:
    """A facet as it stands on the page.

    Parameters
    ----------
    first, more : SafeString
        Boxes to tick, shown at once and behind a fold.
    left_out : int
        Values that are not offered.
    """

    title: Promise
    first: SafeString
    more: SafeString
    left_out: int


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Search the register; htmx gets the results alone, but for a page that a reader goes back to."""
    query = read_query(dict(request.GET.lists()))
    found = find(query, values=AT_ONCE + MOST)
    shown = {
        "found": found, "query": found.query, "facets": shown_facets(found), "sorts": SORT_NAMES,
        "chosen": chosen_values(found), "answer": number_asked(query.text, mark=served().programme.mark),
        "link": address(found.query), "pages": pages(found),
    }  # fmt: skip
    partial = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    response = render(request, "portal/public/found.html" if partial else "portal/public/home.html", shown)
    if partial:
        response.headers["HX-Push-Url"] = address(found.query)
    patch_vary_headers(response, ["HX-Request", "HX-History-Restore-Request"])
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
        others = max(AT_ONCE - sum(one.chosen for one in values), 0)
        front = {one.value for one in values if one.chosen}
        front.update(islice((one.value for one in values if not one.chosen), others))
        first = [one for one in values if one.value in front]
        rest = [one for one in values if one.value not in front]
        facets.append(
            ShownFacet(
                FACET_NAMES[facet],
                boxes(facet, first),
                boxes(facet, rest[:MOST], start=len(first)),
                max(len(rest) - MOST, 0) + found.left_out[facet],
            )
        )
    return facets


_BOX = (
    '<li><label class="check"><input type="checkbox" form="search" id="{}-{}" name="{}" value="{}"{}>'
    ' <span>{}</span> <span class="count">{}</span></label></li>'
)


def boxes(facet: Facet, values: Sequence[FacetValue], *, start: int = 0) -> SafeString:
    """Values of a facet as boxes to tick; there are hundreds on a page, for which the language of templates is slow.

    Parameters
    ----------
    start : int
        How many boxes of the facet stand before these.
    """
    ticked = {True: mark_safe(" checked"), False: ""}
    rows = (
        (facet, number, facet, one.value, ticked[one.chosen], value_name(facet, one), one.count)
        for number, one in enumerate(values, start + 1)
    )
    return format_html("<ul>{}</ul>", format_html_join("", _BOX, rows)) if values else SafeString()


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
