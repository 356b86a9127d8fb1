"""Requests with a character that no database keeps in texts, U+0000: refused before anything is done."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.portal.api.problems import problem_of
from cradlemark.portal.refusals import refused

ZERO = "\0"
_ESCAPED = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""As JSON writes it; behind an even number of backslashes, which stand for themselves."""


class ZeroBytes:
    """Refuses them in fields of forms and in JSON; there is nothing at an address that has one, and a cookie with one is none."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if any(map(_has_zero, request.COOKIES.values())):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if not _has_zero(value)}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_page: object) -> HttpResponse | None:
        """Look at what was sent, when it is known how large it may be."""
        if _has_zero(request.path):
            raise Http404
        if request.path.startswith("/api/"):
            json = request.content_type == "application/json"
            return problem_of(_refusal("")) if json and _ESCAPED.search(request.body) else None
        for fields in (request.GET, request.POST):
            for name, values in fields.lists():
                if any(map(_has_zero, (name, *values))):
                    return refused(request, _refusal(name.replace(ZERO, "")))
        return None


def _has_zero(text: object) -> bool:
    return isinstance(text, str) and ZERO in text


def _refusal(where: str) -> InputError:
    return InputError(
        Text("the text has a character that cannot be kept (U+0000)", "文字含有无法保存的字符（U+0000）"), code="text-zero", where=where,
        hint=Text("remove it; it came in by copying, perhaps", "请删除该字符；它可能是复制时带入的"),
    )  # fmt: skip
