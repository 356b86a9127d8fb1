"""The words of labels and certificates in English and Chinese."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from cradlemark.core.language import Text


@cache
def _words(package: str) -> dict[str, Text]:
    text = resources.files(package).joinpath("words.toml").read_text(encoding="utf-8")
    return {key: Text(entry["en"], entry["zh"]) for key, entry in tomllib.loads(text).items()}


def word(key: str, *, package: str = "cradlemark.label.artwork", **values: object) -> Text:
    """Return a text in both languages; ``{name}`` places are filled."""
    text = _words(package)[key]
    return text.format(**values) if values else text


def has_word(key: str, *, package: str = "cradlemark.label.artwork") -> bool:
    """Whether there is such a text."""
    return key in _words(package)
