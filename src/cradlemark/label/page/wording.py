"""Words of the page, and texts of others marked with their language where it is not the page's."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping

from babel.dates import format_date
from markupsafe import Markup, escape

from cradlemark.core.language import Language, Text, text_of
from cradlemark.label.artwork.words import word as _word

PACKAGE = "cradlemark.label.page"
TAGS: Mapping[Language, str] = {"en": "en", "zh": "zh-Hans"}
"""Tags of the languages (BCP 47)."""
_LOCALES: Mapping[Language, str] = {"en": "en_GB", "zh": "zh_Hans_CN"}
_PATTERNS: Mapping[Language, str] = {"en": "d MMMM y", "zh": "y年M月d日"}
_CARBON = re.compile(r"(?:(?<=[gkt]) )?\bCO2e?\b")


def word(key: str, **values: object) -> Text:
    """Return a text of the page in both languages; ``{name}`` places are filled."""
    return _word(key, package=PACKAGE, **values)


def spoken(text: Text | str, language: Language) -> Markup:
    """Text for a page in a language; what is only there in the other one is marked with it."""
    known = text_of(text) if isinstance(text, str) else text
    other: Language = "en" if language == "zh" else "zh"
    if not {"en": known.en, "zh": known.zh}[language] and known:
        return Markup('<span lang="{}">{}</span>').format(TAGS[other], subscripts(known[other]))
    return subscripts(known[language])


def subscripts(text: str) -> Markup:
    """Escaped text in which CO2 has its subscript and stays with its unit."""
    marked = _CARBON.sub(_lowered, str(escape(text)))
    return Markup(marked)  # noqa: S704 - escaped above


def _lowered(found: re.Match[str]) -> str:
    return found[0].replace("2", "<sub>2</sub>").replace(" ", "\N{NO-BREAK SPACE}")


def day(date: str, language: Language) -> str:
    """An ISO day or time as people write the day; as it is when it is none."""
    try:
        found = datetime.date.fromisoformat(date[:10])
    except ValueError:
        return date
    return format_date(found, _PATTERNS[language], locale=_LOCALES[language])
