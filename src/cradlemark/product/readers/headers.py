"""What a header says: the field it names and the unit it states."""

from __future__ import annotations

import functools
import re

import attrs
from rapidfuzz import fuzz, process

from cradlemark.product.bom import Field
from cradlemark.product.readers.measures import known_unit
from cradlemark.product.readers.numbers import plain
from cradlemark.product.readers.vocabulary import Term, has_han, key, vocabulary

FUZZY_FROM = 88.0
"""Least likeness of a mistyped header with a word of the vocabulary [0-100]."""
ACCEPT_FROM = 0.6
"""Least score of a header that is taken as a field [0-1]."""

LONGEST_HEADER = 80
"""Texts above this length are no headers [characters]."""
LONGEST_HAN = 30
"""Part of a Chinese header that is searched for words [characters]."""

_BRACKET = re.compile(r"[\(\[【〔{]([^\(\)\[\]【】〔〕{}]{1,24})[\)\]】〕}]")
_TAIL = re.compile(r"(?:[/,;_]|\bin\b|单位[:：]?|(?<=[\u3400-\u9fff])|\s)\s*([A-Za-zµμ%‰°]{1,4}[23]?)$")
_TAIL_UNITS = frozenset(
    {"g", "kg", "mg", "t", "lb", "lbs", "oz", "%", "km", "m", "mm", "m2", "gr", "pcs", "tonne"}
)
PER_PIECE = re.compile(
    r"\s*(?:/|每|\bper\b|\bpro\b|\bje\b)\s*(?:pcs?|pce|pieces?|ea|each|stk|stück|件|个|只|支|piece)\.?$",
    re.IGNORECASE,
)


@attrs.frozen
class HeaderReading:
    """One header read against the vocabulary.

    Parameters
    ----------
    field : Field, optional
        None: nothing known, or known to be something else (`other` is then True).
    stated : bool
        Whether the header says what the number refers to.
    unit : str
        Unit as written in the header.
    runner_up : Field, optional
        Another field with nearly the same score.
    """

    field: Field | None
    score: float
    unit: str = ""
    stated: bool = True
    word: str = ""
    other: bool = False
    runner_up: Field | None = None


def split_unit(header: str) -> tuple[str, str, bool]:
    """Split a header into its words and its unit, and say whether the unit is per piece.

    ``单重(g)``, ``Weight [kg]``, ``净重/g``, ``weight_g``, ``Gewicht in kg`` and ``mass (g/pc)`` are understood.
    """
    text = " ".join(plain(header).split())
    for found in _BRACKET.finditer(text):
        inner = found.group(1).strip()
        bare = PER_PIECE.sub("", inner)
        if known_unit(bare):
            return (text[: found.start()] + " " + text[found.end() :]).strip(), bare, bare != inner
    bare_text = PER_PIECE.sub("", text)
    tail = _TAIL.search(bare_text)
    if tail and tail.start() > 0 and tail.group(1).casefold() in _TAIL_UNITS and known_unit(tail.group(1)):
        words = bare_text[: tail.start()].strip(" /,;_")
        if words:
            return words, tail.group(1), bare_text != text
    return text, "", False


@functools.lru_cache(maxsize=4096)
def is_known_word(header: str) -> bool:
    """Whether a header holds a word of the vocabulary; quick, for finding rows that are worth reading as a header."""
    return len(header) <= LONGEST_HEADER and bool(_held(key(header)))


@functools.lru_cache(maxsize=4096)
def read_header(header: str) -> HeaderReading:
    """Find the field that a header names.

    Equal words score 1; a Chinese header that contains a word, and a header that contains it as whole words, score
    by the share of the header that the word covers; a mistyped word scores by its likeness.
    """
    words, unit, per_piece = split_unit(header)
    text = key(words)
    if not text or len(text) > LONGEST_HEADER:
        return HeaderReading(None, 0.0)
    exact = vocabulary().exact.get(text) or vocabulary().exact.get(key(header))
    if exact is not None:
        return _reading(exact, 1.0, unit, per_piece, None)
    scored = sorted(_candidates(text), key=lambda pair: (-pair[0], -len(pair[1].text)))
    if not scored:
        return HeaderReading(None, 0.0, unit)
    score, term = scored[0]
    rival = next(
        (t.field for s, t in scored[1:] if t.field not in (term.field, None) and score - s < 0.03), None
    )
    return _reading(term, score, unit, per_piece, rival)


def _reading(term: Term, score: float, unit: str, per_piece: bool, rival: Field | None) -> HeaderReading:
    return HeaderReading(
        field=term.field,
        score=score,
        unit=unit,
        stated=term.stated or per_piece,
        word=term.text,
        other=term.field is None,
        runner_up=rival,
    )


def _candidates(text: str) -> list[tuple[float, Term]]:
    """Return the words of the vocabulary that a header could be, with scores [0-1]."""
    known = vocabulary()
    found = [(_coverage(part, text), known.exact[part]) for part in _held(text)]
    turned = known.by_words.get(tuple(sorted(text.split())))
    if turned is not None:
        found.append((0.98, turned))
    if not found and not has_han(text) and len(text) >= 5:
        near = process.extract(text, known.latin, scorer=fuzz.ratio, score_cutoff=FUZZY_FROM, limit=5)
        found = [(likeness / 100.0 - 0.05, known.exact[term]) for term, likeness, _ in near]
    return found


def _held(text: str) -> set[str]:
    """Return the words of the vocabulary that a header holds as whole words or, in Chinese, anywhere."""
    known = vocabulary().exact
    words = text.split()
    parts = {" ".join(words[i:j]) for i in range(len(words)) for j in range(i + 1, len(words) + 1)}
    if has_han(text):
        short = text[:LONGEST_HAN]
        parts |= {short[i:j] for i in range(len(short)) for j in range(i + 2, len(short) + 1)}
    return {part for part in parts if len(part) >= 2 and part in known}


def _coverage(word: str, header: str) -> float:
    """Score by the share of the header; the last word is the noun (in 零件料号 it is 料号, in part number it is number)."""
    return 0.5 + 0.4 * len(word) / len(header) + 0.05 * header.endswith(word)
