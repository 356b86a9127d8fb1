"""Recognise what a line of text names: concepts with their evidence, and what else is said about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise

import attrs
from rapidfuzz import fuzz, process

from cradlemark.inventory.concepts import Concepts, Name, Word, packaged_concepts
from cradlemark.inventory.matching.grammar import designations, truck_class
from cradlemark.inventory.matching.lexicon import POLYMER_STANDARDS, Lexicon, Span, packaged_lexicon
from cradlemark.inventory.matching.normalise import GAP, Line, Squeezed, is_han, read_line, squeeze

Role = str
"""``material``, ``energy``, ``electricity``, ``transport``, ``process``, ``waste``, or empty for any."""

KINDS_OF_ROLE: dict[Role, frozenset[str]] = {
    "material": frozenset({"material"}),
    "energy": frozenset({"energy", "electricity"}),
    "electricity": frozenset({"electricity"}),
    "transport": frozenset({"transport"}),
    "process": frozenset({"process", "release"}),
    "waste": frozenset({"waste", "material"}),
    "": frozenset({"material", "energy", "electricity", "transport", "process", "waste", "release"}),
}
_ALSO = {
    "material": frozenset({"lubricants_burnt"}),
    "energy": frozenset({"compressed_air"}),
    "waste": frozenset({"water_treatment", "waste_oil_fuel"}),
}
_BLOCKERS = frozenset({"part", "service"})
_NEUTRAL_KINDS = {
    "material": frozenset({"process"}),
    "process": frozenset({"material"}),
    "waste": frozenset({"process"}),
    "energy": frozenset({"process", "transport", "material"}),
    "electricity": frozenset({"process"}),
    "transport": frozenset({"material", "energy"}),
}
UNSUPPORTED = frozenset(
    {"chemical_other", "adhesive", "coating", "complex_part", "service", "polymer_other", "transport_other",
     "coating_other", "gas_technical", "waste_hazardous", "rubber", "fibre_other"}
)  # fmt: skip
"""Collective concepts for what has no dataset; naming them keeps the line open."""
_WORDS_OF_ROLE = {
    "energy": "energy_word",
    "electricity": "energy_word",
    "transport": "transport_word",
    "process": "process_word",
    "waste": "waste_word",
}
_NEUTRAL_WORDS = frozenset({"form", "recycled", "virgin", "plating", "colour", "noise", "article", "coat"})
_FLAME = re.compile(
    r"阻燃|flame retard|ul ?94|(?<![a-z0-9])v-?0(?![a-z0-9])|(?<![a-z])fr(?:\(?\d+\)?)?(?![a-z])|fr50"
)
_FILLER = re.compile(
    r"(?:gf|cf|gb|md|td|gfr)[- ]?(\d{1,2})(?![\d])|(\d{1,2}) ?%? ?(?:gf|cf|玻纤|玻璃纤维|碳纤|滑石粉|glass|talc)"
    r"|(?:玻纤|加纤|玻璃纤维增强|glass fib\w+|talc|滑石粉)[- ]?(\d{1,2})|[axb]3?[a-z]*g(\d{1,2})(?![\d])"
)
_FILLER_NOISE = frozenset({"glass_fibre", "glass", "limestone", "carbon_fibre"})
CORRECTED = 8.0
"""Points [0-100] that a corrected spelling costs."""
_ROUTES = frozenset(
    {
        "steel_eaf",
        "steel_bof",
        "steel_dri",
        "aluminium_secondary",
        "aluminium_primary",
        "methanol_coal",
        "pp_coal",
    }
)
"""Concepts that name a production route; for the footprint the route says more than the grade."""
_FORMED = {
    ("aluminium", "section"): "aluminium_extrusion",
    ("aluminium", "sheet"): "aluminium_sheet",
    ("aluminium", "strip"): "aluminium_sheet",
    ("aluminium", "plate"): "aluminium_sheet",
    ("aluminium", "foil"): "aluminium_foil",
    ("copper", "wire"): "copper_wire_rod",
    ("zinc", "sheet"): "zinc_sheet",
    ("carbon_steel", "bar"): "steel_bar",
    ("carbon_steel", "wire"): "wire_rod",
    ("carbon_steel", "tube"): "steel_tube",
    ("carbon_steel", "section"): "steel_section",
    ("carbon_steel", "plate"): "hot_rolled_plate",
    ("carbon_steel", "sheet"): "hot_rolled_plate",
    ("steel", "bar"): "steel_bar",
    ("steel", "wire"): "steel_wire",
    ("steel", "tube"): "steel_tube",
    ("steel", "section"): "steel_section",
    ("steel", "plate"): "hot_rolled_plate",
}
"""A metal and its form together name a closer concept."""
_FROM = {"designation": 97.0, "trade": 92.0, "name": 94.0}
_CODE = re.compile(r"[a-z]*\d+[a-z\d]*")


@attrs.frozen
class Hit:
    """One concept named in a line.

    Parameters
    ----------
    concept : str
        Identifier.
    start, end : int
        Place in the line.
    text : str
        What was written.
    naming : str
        ``name``, ``designation``, ``trade``, ``grammar`` or ``corrected``.
    standard : str
        Naming system of a designation.
    score : float
        Confidence [0-100].
    eligible : bool
        Whether the concept can play the asked role.
    """

    concept: str
    start: int
    end: int
    text: str
    naming: str
    standard: str
    score: float
    eligible: bool


@attrs.frozen
class Recognition:
    """What a line says.

    Parameters
    ----------
    hits : tuple of Hit
        Concepts, the best first, with their final scores.
    form : str
        ``strip``, ``bar``, ... or empty.
    recycled, virgin : bool
        Whether the text says so.
    plating : tuple of str
        Coatings named, whose metal is not part of the match.
    treatment : str
        Of waste.
    article : bool
        A finished part is named.
    filler : str
        Filler of a polymer as written, for example ``30``; empty if none.
    flame_retardant : bool
        Whether a polymer is named as flame-retardant.
    unexplained : bool
        Whether the line has words that nothing explains.
    """

    hits: tuple[Hit, ...] = ()
    form: str = ""
    recycled: bool = False
    virgin: bool = False
    plating: tuple[str, ...] = ()
    treatment: str = ""
    article: bool = False
    filler: str = ""
    flame_retardant: bool = False
    unexplained: bool = False


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
        masked = squeeze(line.masked)
        found = _Findings(self, line, masked, role)
        found.take_dictionary()
        found.take_grammar()
        return found.conclude()

    def _correct(self, text: str) -> str:
        """Correct the spelling of Latin words by the words of the table; empty if nothing was corrected."""
        changed = False
        parts = re.split(r"([A-Za-z]+)", text)
        for index in range(1, len(parts), 2):
            word = parts[index].lower()
            if len(word) >= 5 and word not in self.lexicon.entries:
                best = process.extractOne(
                    word, self.lexicon.spelling_words, scorer=fuzz.ratio, score_cutoff=84
                )
                if best and best[0] != word and best[0][0] == word[0]:
                    parts[index] = best[0]
                    changed = True
        return "".join(parts) if changed else ""


class _Findings:
    """Collects what one line says; used once."""

    def __init__(self, recogniser: Recogniser, line: Line, squeezed: Squeezed, role: Role) -> None:
        self.concepts = recogniser.concepts
        self.lexicon = recogniser.lexicon
        self.line = line
        self.squeezed = squeezed
        self.role = role
        self.covered = [mark == GAP or not (mark.isalnum() or is_han(mark)) for mark in line.masked]
        self.hits: list[Hit] = []
        self.words: list[tuple[int, int, Word]] = []

    # --- gathering
    def take_grammar(self) -> None:
        for found in designations(self.line.masked):
            inside = [hit for hit in self.hits if found.start <= hit.start and hit.end <= found.end]
            around = any(hit.start <= found.start and found.end <= hit.end for hit in self.hits)
            if not around or found.standard == "strength class":
                strange = [hit for hit in inside if not self._related(hit.concept, found.concept)]
                self.hits = [hit for hit in self.hits if hit not in strange]
                text = self.line.shown[found.start : found.end]
                self._add(found.concept, found.start, found.end, text, "grammar", found.standard, 95.0)

    def take_dictionary(self) -> None:
        places = self.squeezed.places
        spans = sorted(
            self.lexicon.spans(self.squeezed), key=lambda span: (span.start - span.end, span.start)
        )
        taken: set[int] = set()
        for span in spans:
            cells = range(span.start, span.end)
            if taken.isdisjoint(cells) and self._use(span, places[span.start], places[span.end - 1] + 1):
                taken.update(cells)

    def _use(self, span: Span, start: int, end: int) -> bool:
        used = False
        names = [name for name in span.entry.names if self._credible(name, start, end)]
        eligible = [name for name in names if self._eligible(name.concept)]
        if self.role == "process" and any(word.kind == "plating" for word in span.entry.words) and eligible:
            names = eligible
        words = [word for word in span.entry.words if word.kind in self._word_kinds()]
        if words and not eligible:
            names = [name for name in names if self._kind(name.concept) in _BLOCKERS]
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
        return _BLOCKERS | _NEUTRAL_KINDS.get(self.role, frozenset())

    def _kind(self, concept: str) -> str:
        return self.concepts[concept].kind

    def _eligible(self, concept: str) -> bool:
        kind = self._kind(concept)
        return kind in KINDS_OF_ROLE[self.role] or concept in _ALSO.get(self.role, ())

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
        if letters and len(letters) == len(text) <= 4 and not self._whole(start, end):
            if text.islower() and not self._beside_han(start, end):
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
        if ahead and any(mark.isdigit() for mark in ahead[1]) and len(ahead[1]) >= 3:
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
        plain = self.line.plain
        words = [span for span in self.lexicon.spans(squeeze(plain)) if span.entry.words]
        back = squeeze(plain).places
        edges = {back[span.start] for span in words} | {back[span.end - 1] + 1 for span in words}
        left = start == 0 or not is_han(plain[start - 1]) or start in edges
        right = end == len(plain) or not is_han(plain[end]) or end in edges
        return left and right

    def _context(self, concept: str) -> bool:
        """Whether another word of the line belongs to the same family."""
        root = self.concepts.lineage(concept)[-1][0]
        for span in self.lexicon.spans(self.squeezed):
            for name in span.entry.names:
                if name.naming == "name" and self.concepts.is_within(name.concept, root):
                    return True
        return False

    # --- conclusion
    def conclude(self) -> Recognition:
        values = {kind: [word.value for *_, word in self.words if word.kind == kind] for kind in _CONCLUDED}
        flame = bool(_FLAME.search(self.line.plain))
        filler = _FILLER.search(self.line.plain)
        form = values["form"][0] if values["form"] else ""
        refined = self._refine(flame=flame, filled=bool(filler), form=form)
        hits = self._rank(self._without_families(refined))
        return Recognition(
            hits=hits,
            form=form,
            recycled=bool(values["recycled"])
            or any(hit.concept.endswith(("_recycled", "_secondary")) for hit in hits[:1]),
            virgin=bool(values["virgin"]),
            plating=tuple(dict.fromkeys(values["plating"])),
            treatment=values["treatment"][0] if values["treatment"] else "",
            article=bool(values["article"]),
            filler=next((part for part in filler.groups() if part), "") if filler else "",
            flame_retardant=flame,
            unexplained=any(len(self.line.plain[start:end]) >= 5 for start, end in self._unexplained()),
        )

    def _refine(self, *, flame: bool, filled: bool, form: str) -> list[Hit]:
        hits = [attrs.evolve(hit, concept=_FORMED.get((hit.concept, form), hit.concept)) for hit in self.hits]
        if any(hit.concept == "pa66" for hit in hits) and flame:
            hits = [attrs.evolve(hit, concept="pa66_fr") if hit.concept == "pa66" else hit for hit in hits]
        if (filled and any(hit.standard in POLYMER_STANDARDS or "pa66" in hit.concept for hit in hits)) or (
            filled and any(self.concepts.is_within(hit.concept, "plastic") for hit in hits)
        ):
            hits = [hit for hit in hits if hit.concept not in _FILLER_NOISE]
        if self.role in ("transport", ""):
            hits = self._sized(hits)
        return hits

    def _sized(self, hits: list[Hit]) -> list[Hit]:
        plain_trucks = {"road_freight", "truck_diesel", "truck_heavy", "hgv_rigid", "hgv_articulated"}
        for index, hit in enumerate(hits):
            if hit.concept in plain_trucks:
                concept = truck_class(self.line.plain, articulated=hit.concept == "hgv_articulated")
                if concept:
                    return [*hits[:index], attrs.evolve(hit, concept=concept), *hits[index + 1 :]]
        return hits

    def _without_families(self, hits: Sequence[Hit]) -> list[Hit]:
        """Drop a hit when another one names a member of its family: ``brass CuZn37`` is CuZn37."""
        kept = []
        for hit in hits:
            closer = any(
                other.concept != hit.concept
                and self.concepts.is_within(other.concept, hit.concept)
                and other.score >= hit.score - 25
                for other in hits
            )
            if not closer:
                kept.append(hit)
        return kept

    def _rank(self, hits: list[Hit]) -> tuple[Hit, ...]:
        if not hits:
            return ()
        strongest: dict[str, Hit] = {}
        for hit in hits:
            if hit.concept not in strongest or hit.score > strongest[hit.concept].score:
                strongest[hit.concept] = hit
        found = [hit for hit in strongest.values() if hit.eligible or hit.concept in UNSUPPORTED]
        if not found:
            return ()
        loss = self._loss(found)
        ranked = sorted(found, key=self._prominence, reverse=True)
        return tuple(self._settle(ranked, loss))

    def _prominence(self, hit: Hit) -> tuple[float, int]:
        """Designations before blockers before words; among equals the last one, the head of the phrase."""
        strong = hit.naming in ("designation", "grammar", "trade") and hit.score > 80
        blocking = self._kind(hit.concept) in _BLOCKERS
        level = 4.0 if hit.concept in _ROUTES else 3.0 if strong else 2.0 if blocking else 1.0
        return (level if hit.score > 65 else 0.0, hit.start)

    def _settle(self, ranked: list[Hit], loss: float) -> Iterable[Hit]:
        first = ranked[0]
        most = 100.0
        for index, hit in enumerate(ranked):
            minus = loss * (0.4 if hit.naming in ("designation", "grammar", "trade") else 1.0)
            if index:
                minus += 0.0 if self._related(hit.concept, first.concept) else 18.0
                minus += 3.0
            elif any(
                other.score > 65 and not self._related(other.concept, hit.concept) for other in ranked[1:]
            ):
                minus += 9.0
            score = min(most, max(0.0, hit.score - minus))
            most = most if index else score - 3.0
            yield attrs.evolve(hit, score=score)

    def _related(self, one: str, other: str) -> bool:
        families = {step for step, _ in self.concepts.lineage(one)}
        return any(step in families for step, _ in self.concepts.lineage(other))

    def _loss(self, hits: list[Hit]) -> float:
        """Points [0-60] for what nothing explains; more when it follows the last concept, for it is the head then."""
        last = max((hit.end for hit in hits), default=0)
        leading = trailing = 0.0
        for start, end in self._unexplained():
            text = self.line.plain[start:end]
            points = _points(text)
            if start >= last and self._attached(start):
                trailing += points * 3.0
            else:
                leading += points
        return min(24.0, leading) + min(50.0, trailing)

    def _attached(self, place: int) -> bool:
        between = self.line.plain[:place].rstrip(" ")
        return bool(between) and between[-1] not in ",;，；()[]、:：/|+"

    def _unexplained(self) -> Iterable[tuple[int, int]]:
        marks = self.line.masked
        open_places = [place for place in range(len(marks)) if not self.covered[place]]
        start = None
        for place, following in pairwise([*open_places, -2]):
            start = place if start is None else start
            joined = following == place + 1 and is_han(marks[place]) == is_han(marks[following])
            if not joined:
                yield start, place + 1
                start = None


_CONCLUDED = ("form", "recycled", "virgin", "plating", "treatment", "article")


def _points(text: str) -> float:
    if is_han(text[0]):
        return 10.0 if len(text) <= 2 else 12.0
    if _CODE.fullmatch(text) or len(text) <= 2:
        return 1.5
    return 9.0


@lru_cache(maxsize=1)
def packaged_recogniser() -> Recogniser:
    """The recogniser of the packaged table."""
    return Recogniser(packaged_concepts(), packaged_lexicon())
