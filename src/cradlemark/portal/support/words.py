"""What a column says: a code of the register in words, with the code by which it is searched."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cradlemark.registry.people.models import MANUFACTURER, PROGRAMME, VERIFICATION_BODY

KINDS = {
    MANUFACTURER: _("manufacturer"),
    VERIFICATION_BODY: _("verification body"),
    PROGRAMME: _("programme"),
}


def yes_or_no(value: object) -> str:
    """A column that holds whether something is so."""
    return gettext("yes") if value else gettext("no")


def organisation_kind(code: str) -> str:
    """What an organisation is."""
    return str(KINDS.get(code, code))


def with_code(words: Callable[[str], str]) -> Callable[[object], SafeString]:
    """A column that holds a code, of which `words` tells the meaning; a code without one stands alone."""

    def said(value: object) -> SafeString:
        code = str(value)
        try:
            meaning = words(code)
        except KeyError:
            meaning = code
        if meaning == code:
            return format_html("<code>{}</code>", code) if code else SafeString("–")
        return format_html("{} <code>{}</code>", meaning, code)

    return said
