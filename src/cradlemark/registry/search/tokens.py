"""Tokens of the full text: the same for what is stored and for what is asked, on every database.

* Text is brought into one form: Unicode NFKC, case folded, accents removed.
* Letters and digits other than those of Chinese, Japanese and Korean form words: ``PT 2.5-Quattro`` is ``pt 2 5 quattro``.
* Chinese, Japanese and Korean are written without blanks: each run of them becomes all its pairs of neighbours, and its last
  character: ``接线端子`` is ``接线 线端 端子 子``. No dictionary is needed, and any part of a run of two characters or more is found by
  its pairs in order; a single character is found as the beginning of a pair.

A query is cut into phrases. Every phrase has to be there; its last word may be the beginning of a longer one, so that ``term``
finds ``terminal``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import attrs

LONGEST = 200
"""Characters of a query that are read."""
MOST = 12
"""Phrases of a query that are read."""
_TOGETHER = (
    r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Characters of scripts without blanks."""
_RUN = re.compile(rf"(?P<together>[{_TOGETHER}]+)|(?:(?![{_TOGETHER}])[^\W_])+")


@attrs.frozen
class Phrase:
    """Tokens that stand side by side.

    Parameters
    ----------
    tokens : tuple of str
        Letters and digits only.
    open_end : bool
        Whether the last token may be the beginning of a longer one.
    """

    tokens: tuple[str, ...]
    open_end: bool


def tokens(texts: Iterable[str]) -> Iterator[str]:
    """Tokens to store.

    Examples
    --------
    >>> " ".join(tokens(["PT 2.5-Quattro 接线端子", "Müller"]))
    'pt 2 5 quattro 接线 线端 端子 子 muller'
    """
    for text in texts:
        for run in _RUN.finditer(_plain(text)):
            if run["together"]:
                yield from _pairs(run[0])
                yield run[0][-1]
            else:
                yield run[0]


def phrases(query: str) -> tuple[Phrase, ...]:
    """Phrases of a query.

    Examples
    --------
    >>> phrases("端子排 PT2.5")
    (Phrase(tokens=('端子', '子排'), open_end=False), Phrase(tokens=('pt2', '5'), open_end=True))
    """
    found: dict[Phrase, None] = {}
    for part in _plain(query[:LONGEST]).split():
        words: list[str] = []
        for run in _RUN.finditer(part):
            if not run["together"]:
                words.append(run[0])
                continue
            found.update(dict.fromkeys(_open(words)))
            words = []
            found[Phrase(tuple(_pairs(run[0])) or (run[0],), len(run[0]) == 1)] = None
        found.update(dict.fromkeys(_open(words)))
    return tuple(found)[:MOST]


def _open(words: list[str]) -> tuple[Phrase, ...]:
    return (Phrase(tuple(words), open_end=True),) if words else ()


def _pairs(run: str) -> Iterator[str]:
    return (run[place : place + 2] for place in range(len(run) - 1))


def _plain(text: str) -> str:
    parts = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFC", "".join(mark for mark in parts if unicodedata.category(mark) != "Mn"))
