"""The language of a visit: that of its cookie, else the first that its browser asks for, else that of the programme."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from django.conf import settings
from django.http import HttpRequest
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.language import Language
from cradlemark.portal.home import home

CODES: Mapping[Language, str] = {"en": "en", "zh": "zh-hans"}
"""Our languages as Django names them."""


class Languages(LocaleMiddleware):
    """Django's choice, but who asks for no language that there is reads that of the programme, as on the published pages."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the language of a request."""
        super().process_request(request)
        if _asked(request):
            return
        # A programme file that cannot be read is told by the page that needs it.
        with suppress(CradlemarkError):
            translation.activate(CODES[home().programme.language])
            request.LANGUAGE_CODE = translation.get_language()


def _asked(request: HttpRequest) -> bool:
    codes = [part.partition(";")[0].strip() for part in request.headers.get("Accept-Language", "").split(",")]
    return request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "") in dict(settings.LANGUAGES) or any(
        map(_there, codes)
    )


def _there(code: str) -> bool:
    try:
        return bool(translation.get_supported_language_variant(code[:100]))
    except LookupError:
        return False
