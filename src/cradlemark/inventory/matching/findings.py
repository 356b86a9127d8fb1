"""Gather what one line says: names, designations and describing words, the longest first, none twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import pairwise

from cradlemark.inventory.concepts import Concepts, Name, Word
from cradlemark.inventory.matching.grammar import designations
from cradlemark.inventory.matching.lexicon import POLYMER_STANDARDS, Lexicon, Span
from cradlemark.inventory.matching.normalise import GAP, Line, is_han, squeeze
from cradlemark.inventory.matching.recognition import ALSO, BLOCKERS, KINDS_OF_ROLE, NEUTRAL_KINDS, Hit, Role

_WORDS_OF_ROLE = {
    "energy": "energy_word",
    "electricity": "energy_word",
    "transport": "transport_word",
    "process": "process_word",
    "waste": "waste_word",
}
_NEUTRAL_WORDS = frozenset({"form", "recycled", "virgin", "plating", "colour", "noise", "article", "coat"})
_FROM = {"designation": 97.0, "trade": 92.0, "name": 94.0}
"""Points [0-100] of a concept by how it is named."""


class Findings:
    """Collects what one line says; used once.

    Parameters
    ----------
    concepts, lexicon
        The tables.
    line : Line
        The line.
    role : str
        Part it plays; empty for any.
    """

    def __init__(self, concepts: Concepts, lexicon: Lexicon, line: Line, role: Role) -> None:
        self.concepts = concepts
        self.lexicon = lexicon
        self.line = line
        self.squeezed = squeeze(line.masked)
        self.role = role
        self.covered = [mark == GAP or not (mark.isalnum() or is_han(mark)) for mark in line.masked]
        self.hits: list[Hit] = []
        self.words: list[tuple[int, int, Word]] = []

    # --- gathering
    def take_grammar(self) -> None:
        """Take designations that follow a grammar, where no name of the tables covers them."""
        for found in designations(self.line.masked):
            inside = [hit for hit in self.hits if found.start <= hit.start and hit.end <= found.end]
            around = any(hit.start <= found.start and found.end <= hit.end for hit in self.hits)
            if not around or found.standard == "strength class":
                strange = [hit for hit in inside if not self.concepts.related(hit.concept, found.concept)]
                self.hits = [hit for hit in self.hits if hit not in strange]
                text = self.line.shown[found.start : found.end]
                self._add(found.concept, found.start, found.end, text, "grammar", found.standard, 95.0)

    def take_dictionary(self) -> None:
        """Take names and words of the tables, the longest first, none twice."""
        places = self.squeezed.places
        spans = sorted(self.lexicon.spans(self.squeezed), key=self._order)
        taken: set[int] = set()
        for span in spans:
            cells = range(span.start, span.end)
            if taken.isdisjoint(cells) and self._use(span, places[span.start], places[span.end - 1] + 1):
                taken.update(cells)

    def _order(self, span: Span) -> tuple[bool, int, int]:
        """Longest first; for a process, the names of materials after all others."""
        names = span.entry.names
        aside = (
            self.role == "process"
            and not span.entry.words
            and not any(
                self._kind(name.concept) in BLOCKERS or self._eligible(name.concept) for name in names
            )
        )
        return aside, span.start - span.end, span.start

    def _use(self, span: Span, start: int, end: int) -> bool:
        used = False
        names = [name for name in span.entry.names if self._credible(name, start, end)]
        eligible = [name for name in names if self._eligible(name.concept)]
        if self.role == "process" and any(word.kind == "plating" for word in span.entry.words) and eligible:
            names = eligible
        words = [word for word in span.entry.words if word.kind in self._word_kinds()]
        if words and not eligible:
            names = [name for name in names if self._kind(name.concept) in BLOCKERS]
        if self.role in ("material", "waste") and any(word.kind == "plating" for word in words):
            names = []
        for name in eligible or [name for name in names if self._kind(name.concept) in self._neutral_kinds()]:
            score = _FROM[name.naming] - self._doubt(name, start, end)
            text = self.line.shown[start:end]
            self._add(name.concept, start, end, text, name.naming, name.standard, score)
            used = True
        for word in words:
            self.words.append((start, end, word))
            used = True
        if used:
            self._cover(start, end)
        return used

    def _word_kinds(self) -> frozenset[str]:
        own = _WORDS_OF_ROLE.get(self.role)
        more = {"treatment", "waste_word"} if self.role == "waste" else set()
        everything = {"treatment", *_WORDS_OF_ROLE.values()} if self.role == "" else set()
        return _NEUTRAL_WORDS | more | everything | ({own} if own else set())

    def _neutral_kinds(self) -> frozenset[str]:
        """Kinds whose words say how or what for, without being what is asked for."""
        return BLOCKERS | NEUTRAL_KINDS.get(self.role, frozenset())

    def _kind(self, concept: str) -> str:
        return self.concepts[concept].kind

    def _eligible(self, concept: str) -> bool:
        kind = self._kind(concept)
        return kind in KINDS_OF_ROLE[self.role] or concept in ALSO.get(self.role, ())

    def _add(
        self, concept: str, start: int, end: int, text: str, naming: str, standard: str, score: float
    ) -> None:
        if any(hit.concept == concept and hit.start == start for hit in self.hits):
            return
        self.hits.append(Hit(concept, start, end, text, naming, standard, score, self._eligible(concept)))
        self._cover(start, end)

    def _cover(self, start: int, end: int) -> None:
        for place in range(start, end):
            self.covered[place] = True

    # --- credibility of short names
    def _credible(self, name: Name, start: int, end: int) -> bool:
        text = self.line.shown[start:end]
        letters = [mark for mark in text if mark.isalpha() and not is_han(mark)]
        if name.naming == "name":
            return not (len(text) <= 3 and letters and len(letters) == len(text) and self._joined(start, end))
        symbol = name.standard in ("element", "IUPAC symbol")
        if symbol and text not in (name.text, name.text.upper()):
            return False
        alone = self._whole(start, end) or self._beside_han(start, end)
        if letters and len(letters) == len(text) <= 4 and text.islower() and not alone:
            return False
        if any(mark.isdigit() for mark in text) and len(text) <= 5 and name.standard not in POLYMER_STANDARDS:
            return not self._joined(start, end)
        return True

    def _whole(self, start: int, end: int) -> bool:
        return not self.line.plain[:start].strip() and not self.line.plain[end:].strip()

    def _beside_han(self, start: int, end: int) -> bool:
        plain = self.line.plain
        return (start > 0 and is_han(plain[start - 1])) or (end < len(plain) and is_han(plain[end]))

    def _joined(self, start: int, end: int) -> bool:
        """Whether a code continues across a dash, as in a part number."""
        before, after = self.line.plain[:start], self.line.plain[end:]
        ahead = re.match(r"[-_/.]([a-z0-9]+)", after)
        if ahead and (ahead[1].isdigit() and len(ahead[1]) >= 2):
            return True
        if ahead and len(ahead[1]) >= 3 and any(mark.isdigit() for mark in ahead[1]):
            return True
        return bool(re.search(r"[a-z0-9][-_/.]$", before)) and not before.endswith(
            ("aw-", "en-", "ac-", "cu-")
        )

    def _doubt(self, name: Name, start: int, end: int) -> float:
        text = self.line.shown[start:end]
        if self._whole(start, end):
            return 0.0
        if len(text) == 1 and is_han(text):
            return 0.0 if self._settled(start, end) else 34.0
        if name.standard == "element":
            return 34.0
        if name.naming == "designation" and (text.isdigit() or len(text) <= 2):
            return 6.0 if name.standard in POLYMER_STANDARDS or self._context(name.concept) else 30.0
        return 0.0

    def _settled(self, start: int, end: int) -> bool:
        """Whether what touches a single Han character is a describing word, a blank or the end."""
        plain, edges = self.line.plain, self._edges
        left = start == 0 or not is_han(plain[start - 1]) or start in edges
        right = end == len(plain) or not is_han(plain[end]) or end in edges
        return left and right

    @cached_property
    def _edges(self) -> frozenset[int]:
        """Places of the line where a describing word begins or ends."""
        squeezed = squeeze(self.line.plain)
        words = [span for span in self.lexicon.spans(squeezed) if span.entry.words]
        places = squeezed.places
        return frozenset(
            {places[span.start] for span in words} | {places[span.end - 1] + 1 for span in words}
        )

    def _context(self, concept: str) -> bool:
        """Whether another word of the line belongs to the same family."""
        root = self.concepts.lineage(concept)[-1][0]
        for span in self.lexicon.spans(self.squeezed):
            for name in span.entry.names:
                if name.naming == "name" and self.concepts.is_within(name.concept, root):
                    return True
        return False

    # --- what is left
    def unexplained(self) -> Iterator[tuple[int, int]]:
        """Places of what nothing explains."""
        marks = self.line.masked
        open_places = [place for place in range(len(marks)) if not self.covered[place]]
        start = None
        for place, following in pairwise([*open_places, -2]):
            start = place if start is None else start
            joined = following == place + 1 and is_han(marks[place]) == is_han(marks[following])
            if not joined:
                yield start, place + 1
                start = None
