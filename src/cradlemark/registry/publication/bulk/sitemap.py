"""A map of the pages of labels for search engines, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape

MOST = 50_000
"""Addresses in one map (sitemaps.org)."""
_NAMES = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def sitemaps(base: str, pages: Sequence[tuple[str, str]]) -> Iterator[tuple[str, bytes]]:
    """Files of the map: one, or an index of several.

    Parameters
    ----------
    base : str
        Address of the programme.
    pages : sequence of (str, str)
        Folder of each label, and the day of its last change.
    """
    parts = [pages[begin : begin + MOST] for begin in range(0, len(pages), MOST)] or [()]
    if len(parts) == 1:
        yield "sitemap.xml", _map(base, parts[0])
        return
    for number, part in enumerate(parts):
        yield f"data/sitemap-{number}.xml", _map(base, part)
    listed = "".join(
        f"<sitemap><loc>{escape(base)}/data/sitemap-{number}.xml</loc></sitemap>"
        for number in range(len(parts))
    )
    yield "sitemap.xml", _document(f"<sitemapindex {_NAMES}>{listed}</sitemapindex>")


def _map(base: str, pages: Sequence[tuple[str, str]]) -> bytes:
    listed = "".join(_page(f"{base}/{folder}", day) for folder, day in pages)
    return _document(f'<urlset {_NAMES} xmlns:xhtml="http://www.w3.org/1999/xhtml">{listed}</urlset>')


def _page(address: str, day: str) -> str:
    place = escape(address)
    others = "".join(
        f'<xhtml:link rel="alternate" hreflang="{language}" href="{place}/{file}"/>'
        for language, file in (("en", "en.html"), ("zh-Hans", "zh.html"))
    )
    return f"<url><loc>{place}/</loc><lastmod>{day}</lastmod>{others}</url>"


def _document(content: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{content}\n'.encode()


def robots(base: str) -> bytes:
    """Who may read what: everybody everything, and where the map is."""
    return f"User-agent: *\nAllow: /\nDisallow: /desk/\nDisallow: /account/\n\nSitemap: {base}/sitemap.xml\n".encode()
