"""Recognise what a line of text names: concepts with their evidence, and what else is said about them."""

from __future__ import annotations

import re
from functools import cache

import attrs
from rapidfuzz import fuzz, process

from cradlemark.inventory.concepts import Concepts, packaged_concepts
from cradlemark.inventory.matching.conclusion import Conclusion
from cradlemark.inventory.matching.findings import Findings
from cradlemark.inventory.matching.lexicon import Lexicon, packaged_lexicon
from cradlemark.inventory.matching.normalise import Line, read_line
from cradlemark.inventory.matching.recognition import Recognition, Role

LIKENESS = 87.0
"""Least likeness [0-100] of a misspelt word to one of the tables."""
CORRECTED = 8.0
"""Points [0-100] that a corrected spelling costs."""


@attrs.frozen(slots=False)
class Recogniser:
    """Reads lines with a table of concepts.

    Parameters
    ----------
    concepts : Concepts
        The table.
    lexicon : Lexicon
        Its dictionary.
    """

    concepts: Concepts
    lexicon: Lexicon

    def read(self, text: str, *, role: Role = "material") -> Recognition:
        """Recognise a line.

        Parameters
        ----------
        text : str
            As written.
        role : str
            Part it plays in the study; empty for any.
        """
        line = read_line(text)
        recognition = self._read(line, role)
        if recognition.hits and not recognition.unexplained:
            return recognition
        corrected = self._correct(line.shown)
        if not corrected:
            return recognition
        again = self._read(read_line(corrected), role)
        if not again.hits or again.hits[0].concept in {hit.concept for hit in recognition.hits[:1]}:
            return recognition
        if recognition.hits and again.hits[0].score - CORRECTED / 2 < recognition.hits[0].score:
            return recognition
        hits = (attrs.evolve(hit, naming="corrected", score=hit.score - CORRECTED) for hit in again.hits)
        return attrs.evolve(again, hits=tuple(hits))

    def _read(self, line: Line, role: Role) -> Recognition:
        findings = Findings(self.concepts, self.lexicon, line, role)
        findings.take_dictionary()
        findings.take_grammar()
        return Conclusion(findings).conclude()

    def _correct(self, text: str) -> str:
        """Correct the spelling of Latin words by the words of the table; empty if nothing was corrected."""
        changed = False
        parts = re.split(r"([A-Za-z]+)", text)
        for index in range(1, len(parts), 2):
            word = parts[index].lower()
            if len(word) >= 7 and word not in self.lexicon.entries:
                best = process.extractOne(
                    word, self.lexicon.spelling_words, scorer=fuzz.ratio, score_cutoff=LIKENESS
                )
                if best and best[0] != word and best[0][0] == word[0]:
                    parts[index] = best[0]
                    changed = True
        return "".join(parts) if changed else ""


@cache
def packaged_recogniser() -> Recogniser:
    """The recogniser of the packaged table."""
    return Recogniser(packaged_concepts(), packaged_lexicon())
