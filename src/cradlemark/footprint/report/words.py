"""The words of the report in English and Chinese, from ``words.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from cradlemark.core.language import Language, Text


@cache
def _words() -> dict[str, Text]:
    text = resources.files("cradlemark.footprint.report").joinpath("words.toml").read_text(encoding="utf-8")
    return {key: Text(entry["en"], entry["zh"]) for key, entry in tomllib.loads(text).items()}


def word(key: str, language: Language, **values: object) -> str:
    """Return one text of the report; ``{name}`` places are filled."""
    text = _words()[key][language]
    return text.format(**values) if values else text


def keys() -> tuple[str, ...]:
    """All keys."""
    return tuple(_words())
