"""Entity tags: an answer that is known already is not sent again, and a change says which state it starts from."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from cradlemark.core.language import Text
from cradlemark.portal.api.problems import Refusal


def tagged(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give an answer its tag; 304 when the program has it."""
    tag = response.headers.get("ETag") or f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = tag
    known = parse_etags(request.headers.get("If-None-Match", ""))
    if known and (known == ["*"] or tag in known or f"W/{tag}" in known):
        unchanged = HttpResponseNotModified()
        unchanged.headers["ETag"] = tag
        return unchanged
    return response


def require_state(given: str, tag: str) -> None:
    """Refuse a change that starts from another state than the present one.

    Parameters
    ----------
    given : str
        ``If-Match``
    tag : str
        Of the present state.

    Raises
    ------
    Refusal
        412
    """
    wanted = parse_etags(given)
    if wanted != ["*"] and tag not in wanted:
        raise Refusal(
            412, code="state-other", message=Text(f"it has changed meanwhile: its tag is {tag}", f"其间已有更改：当前标签为 {tag}"), headers={"ETag": tag},
        )  # fmt: skip
