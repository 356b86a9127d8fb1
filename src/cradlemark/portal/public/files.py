"""Published files, as they stand in the programme home; a web server or a bucket serves them in a real programme."""

from __future__ import annotations

import re
from pathlib import Path

from django.core.exceptions import SuspiciousFileOperation
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotFound,
    HttpResponseNotModified,
)
from django.shortcuts import redirect
from django.utils._os import safe_join
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date, parse_http_date_safe

from cradlemark.core.errors import NotFoundError
from cradlemark.label.artwork.link import NUMBER_KEY
from cradlemark.label.page.render import FILES
from cradlemark.portal.home import home
from cradlemark.portal.templatetags.cradlemark import language
from cradlemark.registry.files import Place, read_file
from cradlemark.registry.media_types import cache_control, media_type
from cradlemark.registry.publication.label_files import LABELS
from cradlemark.registry.publication.label_pages import INDEX, MISSING

_CODE = re.compile(r"[A-Z][A-Z0-9-]{7,23}")
"""Number of a label as it stands in an address."""
_PATH = re.compile(r"[A-Za-z0-9._/-]{1,400}")


def published(request: HttpRequest, name: str) -> HttpResponseBase:
    """One published file."""
    public = home().public
    if not isinstance(public, Path):
        return _stored(public, name)
    try:
        path = Path(safe_join(public, name))
    except (ValueError, SuspiciousFileOperation) as error:
        raise Http404 from error
    if path.is_dir() and (path / INDEX).is_file():
        if not name.endswith("/"):
            return redirect(f"/{name}/")
        path = next(page for page in map(path.joinpath, _pages()) if page.is_file())
    if not path.is_file():
        return _missing(name)
    changed = int(path.stat().st_mtime)
    since = parse_http_date_safe(request.headers.get("If-Modified-Since", ""))
    if since is not None and changed <= since:
        return _varying(HttpResponseNotModified())
    response = FileResponse(path.open("rb"), content_type=media_type(path.name))
    response.headers["Last-Modified"] = http_date(changed)
    response.headers["Access-Control-Allow-Origin"] = "*"  # public files, for everybody's verifier
    return _varying(response)


def _pages() -> tuple[str, str]:
    """Files that a folder is shown as, the best first: who scans a label reads it in the language of the visit."""
    return (FILES[language()], INDEX)


def _varying(response: HttpResponseBase) -> HttpResponseBase:
    """Tell caches that the language of a page can stand in a cookie; also when there is nothing new (RFC 9110, 15.4.5)."""
    patch_vary_headers(response, ("Cookie",))
    return response


def scanned(request: HttpRequest, code: str = "", gtin: str = "") -> HttpResponseBase:
    """Where the code on a label leads: from its short address or its GS1 Digital Link to the page of the label."""
    asked = (code or request.GET.get(NUMBER_KEY, "")).upper()
    folder = f"{LABELS}/{asked if _CODE.fullmatch(asked) else 'unknown'}"
    if not (home().public / folder).is_dir():
        return _missing(folder)
    return redirect(f"/{folder}/")


def _missing(name: str) -> HttpResponseBase:
    """For a number that was not issued the page that says so; for other addresses as everywhere."""
    page = home().public / MISSING
    if not name.startswith(f"{LABELS}/") or not page.is_file():
        raise Http404
    return HttpResponseNotFound(page.read_bytes())


def _stored(public: Place, name: str) -> HttpResponseBase:
    """One published file out of a bucket; a web server or a CDN in front of the bucket does this faster."""
    if not _PATH.fullmatch(name) or ".." in name.split("/"):
        raise Http404
    folder = name.endswith("/") or not name.rpartition("/")[2].count(".")
    for path in (
        tuple(f"{name.strip('/')}/{page}" for page in _pages())
        if name.endswith("/")
        else (name, *((f"{name}/{INDEX}",) if folder else ()))
    ):
        try:
            content = read_file(public, path)
        except NotFoundError:
            continue
        if path != name and not name.endswith("/"):
            return redirect(f"/{name}/")
        response = HttpResponse(content, content_type=media_type(path))
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = cache_control(path)
        return _varying(response)
    return _missing(name)
