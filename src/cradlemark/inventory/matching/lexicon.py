"""The table of concepts as a dictionary that finds names inside running text."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, cached_property

import attrs

from cradlemark.inventory.concepts import Concepts, Name, Word, packaged_concepts
from cradlemark.inventory.matching.normalise import Squeezed, is_han, key_of

POLYMER_STANDARDS = ("ISO 1043", "ISO 1629")
_POLYMER_TAIL = re.compile(
    r"(?:gf|gb|gk|cf|md|td|mf|tf|fr|hb|hi|uv|hs|v[012]|[thxg]\d{1,2}|nc\d*|bk\d*|玻)(?![a-z]{2})(?:\d|%|[a-z]\d|[a-z]?$|[a-z]?\W|[㐀-鿿])"
    r"|(?:gf|fr|hi|hs|uv|hb)$"
)
"""What may follow the symbol of a polymer without a blank: filler, flame retardant, additive, colour."""


@attrs.frozen
class Entry:
    """What a key of the dictionary can mean."""

    names: tuple[Name, ...] = ()
    words: tuple[Word, ...] = ()


@attrs.frozen
class Span:
    """An entry found in a line; indices are of the squeezed text."""

    start: int
    end: int
    entry: Entry


@attrs.frozen(slots=False)
class Lexicon:
    """Dictionary over squeezed keys.

    Parameters
    ----------
    entries : dict
        Entry by key.
    """

    entries: dict[str, Entry]

    @cached_property
    def _lengths(self) -> dict[str, tuple[int, ...]]:
        lengths: dict[str, set[int]] = defaultdict(set)
        for key in self.entries:
            lengths[key[:2]].add(len(key))
        return {prefix: tuple(sorted(found, reverse=True)) for prefix, found in lengths.items()}

    @cached_property
    def spelling_words(self) -> tuple[str, ...]:
        """Latin words of seven and more letters in the names of concepts, for correcting spelling."""
        found = {
            word
            for entry in self.entries.values()
            for name in entry.names
            if name.naming != "designation"
            for word in name.text.lower().replace("-", " ").split()
            if len(word) >= 7 and word.isascii() and word.isalpha()
        }
        return tuple(sorted(found))

    def spans(self, line: Squeezed) -> Iterator[Span]:
        """All entries in a line, overlapping ones too."""
        text = line.text
        for start in range(len(text)):
            for prefix in {text[start : start + 2], text[start]}:
                for length in self._lengths.get(prefix, ()):
                    end = start + length
                    entry = self.entries.get(text[start:end])
                    if entry and end <= len(text) and _fits(line, start, end, entry):
                        yield Span(start, end, entry)


def _fits(line: Squeezed, start: int, end: int, entry: Entry) -> bool:
    text = line.text
    recycled = start - 1 in line.starts and text[start - 1] == "r" and _is_polymer(entry)  # rPET, rHDPE
    if not is_han(text[start]) and start not in line.starts and not recycled:
        return False
    if is_han(text[end - 1]) or end in line.ends:
        return True
    return _is_polymer(entry) and bool(_POLYMER_TAIL.match(text, end))


def _is_polymer(entry: Entry) -> bool:
    return any(name.standard in POLYMER_STANDARDS for name in entry.names)


def build_lexicon(concepts: Concepts) -> Lexicon:
    """Make the dictionary of a table of concepts."""
    names: dict[str, list[Name]] = defaultdict(list)
    words: dict[str, list[Word]] = defaultdict(list)
    for name in concepts.names:
        names[key_of(name.text)].append(name)
    for word in concepts.words:
        words[key_of(word.text)].append(word)
    keys = [key for key in {**names, **words} if key]
    return Lexicon({key: Entry(tuple(names.get(key, ())), tuple(words.get(key, ()))) for key in keys})


@cache
def packaged_lexicon() -> Lexicon:
    """Dictionary of the packaged table."""
    return build_lexicon(packaged_concepts())
