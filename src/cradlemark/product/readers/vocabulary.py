"""The words of headers, totals, footers and closed lists, from ``headers.toml``."""

from __future__ import annotations

import functools
import re
import tomllib
import unicodedata
from importlib import resources
from typing import Any

import attrs

from cradlemark.product.bom import FIELDS, Field

_PUNCTUATION = re.compile(r"[\s_\-.:：/\\|*,;'\"()（）\[\]【】{}<>=]+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_HAN = re.compile(r"[\u3400-\u9fff]")


@attrs.frozen
class Term:
    """One word of the vocabulary: what it heads, and whether it says what the number refers to."""

    text: str
    field: Field | None
    stated: bool
    han: bool


@attrs.frozen
class Vocabulary:
    """Everything in ``headers.toml``, prepared for comparison."""

    exact: dict[str, Term]
    terms: tuple[Term, ...]
    latin: tuple[str, ...]
    """Words of five letters and more in Latin script, for comparing mistyped ones."""
    by_words: dict[tuple[str, ...], Term]
    """Terms of several words by their sorted words."""
    totals: frozenset[str]
    footers: frozenset[str]
    values: dict[str, dict[str, str]]
    piece_words: frozenset[str]
    children: frozenset[str]


def has_han(text: str) -> bool:
    """Whether the text has Chinese characters."""
    return bool(_HAN.search(text))


def key(text: str) -> str:
    """Return the form in which words are compared: plain width, lower case, punctuation as one space.

    Spaces between Chinese characters go away (``数 量`` is ``数量``), and camelCase is split.
    """
    plain = unicodedata.normalize("NFKC", text)
    words = _PUNCTUATION.sub(" ", _CAMEL.sub(" ", plain).casefold()).strip()
    if has_han(words):
        words = re.sub(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])", "", words)
    return words or plain.strip().casefold()


@functools.cache
def vocabulary() -> Vocabulary:
    """Return the packaged vocabulary."""
    file = resources.files("cradlemark.product.readers").joinpath("headers.toml")
    table: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    terms: dict[str, Term] = {}
    for field in FIELDS:
        words = table["fields"].get(field, {})
        _add(terms, words, field=field, stated=True)
        _add(terms, words.get("unstated", {}), field=field, stated=False)
    _add(terms, table["other"], field=None, stated=True)
    values = {
        name: {key(word): value for value, words in choices.items() for word in words}
        for name, choices in table["values"].items()
    }
    return Vocabulary(
        exact=terms,
        terms=tuple(terms.values()),
        latin=tuple(text for text, term in terms.items() if not term.han and len(text) >= 5),
        by_words={tuple(sorted(text.split())): term for text, term in terms.items() if " " in text},
        totals=frozenset(key(word) for word in table["rows"]["total"]),
        footers=frozenset(key(word) for word in table["rows"]["footer"]),
        values=values,
        piece_words=frozenset(key(word) for word in table["units"]["piece"]),
        children=frozenset(key(word) for word in table["nested"]["children"]),
    )


def _add(terms: dict[str, Term], words: dict[str, Any], *, field: Field | None, stated: bool) -> None:
    for language in ("en", "zh", "de"):
        for word in words.get(language, ()):
            text = key(word)
            terms.setdefault(text, Term(text, field, stated, has_han(text)))
