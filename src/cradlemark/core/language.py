"""Text for people, in English and Chinese side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import attrs

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")


@attrs.frozen(order=True)
class Text:
    """The same text in both languages; a missing one falls back to the other.

    Parameters
    ----------
    en : str
        English.
    zh : str
        Simplified Chinese.
    """

    en: str = ""
    zh: str = ""

    # A text is asked by language. Without these, Python would try whole numbers as languages, without end.
    __iter__ = None
    __contains__ = None

    def __getitem__(self, language: Language) -> str:
        chosen = self.zh if language == "zh" else self.en
        return chosen or self.en or self.zh

    def __str__(self) -> str:
        return self["en"]

    def __bool__(self) -> bool:
        return bool(self.en or self.zh)

    @property
    def complete(self) -> bool:
        """Whether both languages are there."""
        return bool(self.en and self.zh)

    def format(self, **values: object) -> Text:
        """Fill ``{name}`` places in both languages; a value that is a `Text` is given in each of them."""
        return Text(self.en.format(**_said(values, "en")), self.zh.format(**_said(values, "zh")))

    def as_dict(self) -> dict[str, str]:
        """Return the languages that are there as ``{"en": ..., "zh": ...}``."""
        return {key: value for key, value in (("en", self.en), ("zh", self.zh)) if value}


def _said(values: Mapping[str, object], language: Language) -> dict[str, object]:
    return {key: value[language] if isinstance(value, Text) else value for key, value in values.items()}


def joined(texts: Iterable[Text], between: Text = Text("; ", "；")) -> Text:
    """Texts one behind the other in both languages.

    Examples
    --------
    >>> joined([Text("one", "一"), Text("two", "二")]).zh
    '一；二'
    """
    texts = tuple(texts)
    return Text(between.en.join(text["en"] for text in texts), between.zh.join(text["zh"] for text in texts))


def text_of(value: str | Mapping[str, str] | Text) -> Text:
    """Make a `Text` from a plain string (taken as Chinese if it has Han characters) or a table of languages."""
    if isinstance(value, Text):
        return value
    if isinstance(value, str):
        return Text(zh=value) if any("㐀" <= mark <= "鿿" for mark in value) else Text(en=value)
    return Text(value.get("en", ""), value.get("zh", ""))


_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"} | {0x7F: 0x2421}
_HIDDEN = [*range(0x80, 0xA0), *range(0x202A, 0x202F), *range(0x2066, 0x206A)]
_VISIBLE = _PICTURES | dict.fromkeys(_HIDDEN, 0xFFFD)


def visible(text: str) -> str:
    r"""Return a text with control characters as pictures, so that a name cannot steer a terminal or turn its line.

    Examples
    --------
    >>> visible("Housing\x1b[31m")
    'Housing␛[31m'
    """
    return text.translate(_VISIBLE)
