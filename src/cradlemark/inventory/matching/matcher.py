"""Find datasets for a line of text, ranked, with a score and the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Literal

import attrs
from rapidfuzz import fuzz, process

from cradlemark.core.language import Text
from cradlemark.inventory.concepts import Concepts, packaged_concepts
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.matching import reason
from cradlemark.inventory.matching.index import Offer, Offers
from cradlemark.inventory.matching.normalise import is_han, read_line, squeeze
from cradlemark.inventory.matching.rank import Deduction, cost_of, deductions
from cradlemark.inventory.matching.recognise import Recogniser, packaged_recogniser
from cradlemark.inventory.matching.recognition import BLOCKERS, Hit, Recognition

Role = Literal["material", "energy", "transport", "process", "waste", "electricity"]

ACCEPT = 60.0
"""Least score [0-100] of a match that is accepted without a person; measured, see the reference page."""
CLOSE = 4.0
"""Two first matches of unrelated concepts nearer than this [points] leave the line open."""
FUZZY = 88.0
"""Least likeness [0-100] of a text to a dataset's own name that counts."""
SHORTEST = 4
"""Fewest characters of a text that is compared with names of datasets; Latin ones count half."""
MEMBER_LOSS = 14.0
"""Points [0-100] lost by a dataset that stands only for a member of the recognised concept."""
BLOCKED_LOSS = 22.0
"""Points [0-100] lost by every other concept of a line whose main one has no dataset."""
FAR = 45.0
"""Points [0-100] at which a family is too far to serve a concept."""
STAND_IN = 1.5
"""Points [0-100] lost by a dataset that is only also taken for the concept."""
DOUBTFUL = ACCEPT - 1.0
"""Most points [0-100] of a dataset whose number is doubtful: it is offered, and only a person takes it."""
MEMORY = 20000
"""Answers remembered per matcher."""


@attrs.frozen
class Query:
    """What a dataset is wanted for.

    Parameters
    ----------
    text : str
        The line as the user wrote it, in English or Chinese.
    unit : str
        Unit of its quantity; empty if not known.
    place : str
        Where it comes from or happens; ``GLO`` if not known.
    year : int or None
        Year of the study's data.
    role : str
        Part it plays.
    boundary : tuple of str
        Boundaries that are wanted; empty for the usual ones of the role.
    purpose : str
        ``product`` or ``organisation``; organisation factors are never offered for a product.
    """

    text: str
    unit: str = ""
    place: str = "GLO"
    year: int | None = None
    role: Role = "material"
    boundary: tuple[str, ...] = ()
    purpose: Literal["product", "organisation"] = "product"


@attrs.frozen
class Match:
    """A dataset for a query.

    Parameters
    ----------
    dataset : str
        Id in the inventory.
    score : float
        [0-100].
    reason : Text
        Sentences: what was recognised and how, family, place, year, status, and what is not covered.
    concept : str
        What the line was recognised as; empty if only its text is like the dataset's name.
    """

    dataset: str
    score: float
    reason: Text
    concept: str


@attrs.frozen
class _Candidate:
    offer: Offer
    score: float
    hit: Hit | None
    relation: Text
    deductions: tuple[Deduction, ...]


@attrs.define(eq=False, slots=False)
class Matcher:
    """Matching against one inventory; build it once.

    Parameters
    ----------
    inventory : Inventory
        Where datasets are looked for.
    """

    inventory: Inventory
    _answers: dict[tuple[Query, int], tuple[Match, ...]] = attrs.field(factory=dict, init=False, repr=False)
    _readings: dict[tuple[str, str], Recognition] = attrs.field(factory=dict, init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        self._concepts: Concepts = packaged_concepts()
        self._recogniser: Recogniser = packaged_recogniser()
        self._offers = Offers(self.inventory, self._concepts, self._recogniser)
        self._newest = self._offers.newest or 2025

    # --- public
    def find(self, query: Query, limit: int = 5) -> tuple[Match, ...]:
        """Candidates, the best first, low ones too.

        Parameters
        ----------
        query : Query
            What is wanted.
        limit : int
            Most matches returned.
        """
        key = (query, limit)
        if key not in self._answers:
            if len(self._answers) >= MEMORY:
                self._answers.clear()
            self._answers[key] = self._find(query, limit)
        return self._answers[key]

    def best(self, query: Query) -> Match | None:
        """The match to take, or None: the line is left open.

        Open is a line whose best score is under `ACCEPT`, whose first two matches are of unrelated concepts and nearer
        than `CLOSE`, or whose best dataset covers only the transport to a waste plant.
        """
        matches = self.find(query, 5)
        if not matches or matches[0].score < ACCEPT:
            return None
        first = matches[0]
        if self.inventory[first.dataset].boundary == "treatment_transport_only":
            return None
        for other in matches[1:]:
            if first.score - other.score < CLOSE and not self._kindred(first.concept, other.concept):
                return None
        return first

    def search(self, words: str, limit: int = 10, *, role: Role | None = None) -> tuple[Match, ...]:
        """Free text over everything, or over one role; organisation factors too."""
        said = self._read(words, role or "")
        found = list(self._by_concepts(said, Query(words), role, limit))
        listed = {candidate.offer.dataset.id for candidate in found}
        found += [
            c
            for c in self._by_text(words, Query(words), role, least=60.0)
            if c.offer.dataset.id not in listed
        ]
        return self._shown(found, said, limit)

    # --- finding
    def _read(self, text: str, role: str) -> Recognition:
        key = (text, role)
        if key not in self._readings:
            if len(self._readings) >= MEMORY:
                self._readings.clear()
            self._readings[key] = self._recogniser.read(text, role=role)
        return self._readings[key]

    def _find(self, query: Query, limit: int) -> tuple[Match, ...]:
        said = self._read(query.text, query.role)
        found = [
            c for c in self._by_concepts(said, query, query.role, limit) if self._allowed(c.offer, query)
        ]
        best = max((candidate.score for candidate in found), default=0.0)
        if best < ACCEPT and not (said.hits and self._never(said.hits[0].concept)):
            texts = (
                c
                for c in self._by_text(query.text, query, query.role, least=FUZZY)
                if self._allowed(c.offer, query)
            )
            found.extend(texts)
        return self._shown(found, said, limit)

    @staticmethod
    def _allowed(offer: Offer, query: Query) -> bool:
        return query.purpose == "organisation" or offer.dataset.purpose != "organisation"

    def _by_concepts(
        self, said: Recognition, query: Query, role: str | None, limit: int
    ) -> Iterator[_Candidate]:
        blocked = bool(said.hits) and not self._served(said.hits[0].concept)
        for hit in said.hits[:3]:
            loss = BLOCKED_LOSS if blocked else 0.0
            for offer, relation, lost in self._related(hit, query, limit):
                if role is None or role in offer.roles or self._feedstock(offer, role):
                    yield self._weighed(offer, hit, relation, said, query, hit.score - lost - loss)

    def _never(self, concept: str) -> bool:
        """Whether a concept is a part or a service, for which the datasets of materials never stand."""
        return self._concepts[concept].kind in BLOCKERS

    def _served(self, concept: str) -> bool:
        """Whether the inventory has a dataset for a concept or a family near enough."""
        return any(step in self._offers for step, lost in self._concepts.lineage(concept) if lost < FAR)

    @staticmethod
    def _feedstock(offer: Offer, role: str) -> bool:
        """A fuel that is bought as a material."""
        return role == "material" and offer.dataset.category == "fuel_supply"

    def _related(self, hit: Hit, query: Query, limit: int) -> Iterator[tuple[Offer, Text, float]]:
        """Offers for the concept, its families and its members, with the points lost on the way."""
        concept = self._concepts[hit.concept]
        cost = cost_of(query.role, query.place, query.year or self._newest)
        seen: set[str] = set()
        for step, lost in self._concepts.lineage(hit.concept):
            words = Text() if step == hit.concept else reason.fallback(self._concepts[step], concept)
            for offer in self._offers.of(step, cost(step), limit):
                if offer.dataset.id not in seen:
                    seen.add(offer.dataset.id)
                    yield offer, words, lost + (STAND_IN if step != offer.stand.concepts[0] else 0.0)
        for child in self._members.get(hit.concept, ()):
            words = reason.member(self._concepts[child], concept)
            for offer in self._offers.of(child, cost(child), limit):
                if offer.dataset.id not in seen:
                    seen.add(offer.dataset.id)
                    yield offer, words, MEMBER_LOSS

    @cached_property
    def _members(self) -> dict[str, tuple[str, ...]]:
        members: dict[str, list[str]] = {}
        for concept in self._concepts.by_id:
            for family, _ in self._concepts.lineage(concept)[1:]:
                members.setdefault(family, []).append(concept)
        return {family: tuple(found) for family, found in members.items()}

    def _weighed(
        self, offer: Offer, hit: Hit | None, relation: Text, said: Recognition, query: Query, score: float
    ) -> _Candidate:
        taken = tuple(
            deductions(
                offer,
                said,
                role=query.role,
                unit=query.unit,
                place=query.place,
                year=query.year or self._newest,
                boundary=query.boundary,
            )
        )
        left = max(0.0, score - sum(one.points for one in taken))
        return _Candidate(offer, min(left, DOUBTFUL) if offer.doubtful else left, hit, relation, taken)

    # --- by the datasets' own names
    @cached_property
    def _texts(self) -> tuple[list[str], list[str]]:
        """Squeezed names of datasets and, beside them, their ids."""
        texts: list[str] = []
        ids: list[str] = []
        for name, dataset in self._offers.names():
            texts.append(name)
            ids.append(dataset)
        return texts, ids

    def _by_text(self, text: str, query: Query, role: str | None, *, least: float) -> Iterator[_Candidate]:
        asked = squeeze(read_line(text).masked).text
        if sum(1.0 if is_han(mark) else 0.5 for mark in asked) < SHORTEST:
            return
        texts, ids = self._texts
        listed: set[str] = set()
        scorer = fuzz.ratio if least >= FUZZY else fuzz.partial_ratio
        for name, likeness, index in process.extract(
            asked, texts, scorer=scorer, score_cutoff=least, limit=40
        ):
            offer = self._offers[ids[index]]
            short = len(name) < 4 and name != asked
            if offer.dataset.id in listed or short or (role is not None and role not in offer.roles):
                continue
            listed.add(offer.dataset.id)
            words = Text(
                f"The text is {likeness:.0f} % like the name of the dataset.",
                f"文本与数据集名称的相似度为{likeness:.0f}%。",
            )
            yield self._weighed(offer, None, words, Recognition(), query, likeness - 4.0)

    # --- showing
    def _kindred(self, one: str, other: str) -> bool:
        if not one or not other:
            return one == other
        families = {step for step, _ in self._concepts.lineage(one)}
        return any(step in families for step, _ in self._concepts.lineage(other))

    def _shown(self, found: Iterable[_Candidate], said: Recognition, limit: int) -> tuple[Match, ...]:
        best: dict[str, _Candidate] = {}
        for candidate in found:
            known = best.get(candidate.offer.dataset.id)
            if known is None or candidate.score > known.score:
                best[candidate.offer.dataset.id] = candidate
        ranked = sorted(best.values(), key=lambda c: (-c.score, c.offer.dataset.id))[:limit]
        extra = reason.joined((self._weighing(ranked), self._upstream(ranked, best.values())))
        return tuple(
            Match(
                candidate.offer.dataset.id,
                round(candidate.score, 1),
                self._reason(candidate, said, extra if index == 0 else Text()),
                candidate.hit.concept if candidate.hit else "",
            )
            for index, candidate in enumerate(ranked)
        )

    def _reason(self, candidate: _Candidate, said: Recognition, extra: Text) -> Text:
        named = (
            reason.recognised(candidate.hit, self._concepts[candidate.hit.concept])
            if candidate.hit
            else Text()
        )
        words = (one.words for one in candidate.deductions)
        return reason.joined((named, candidate.relation, *words, extra, *reason.not_covered(said)))

    @staticmethod
    def _upstream(ranked: list[_Candidate], found: Iterable[_Candidate]) -> Text:
        """Name the supply of a fuel beside its burning."""
        if not ranked or ranked[0].offer.dataset.boundary != "combustion" or ranked[0].hit is None:
            return Text()
        first = ranked[0].hit.concept
        supply = [
            c
            for c in found
            if c.offer.dataset.boundary == "well_to_tank" and c.hit and c.hit.concept == first
        ]
        if not supply:
            return Text()
        other = max(supply, key=lambda candidate: candidate.score).offer.dataset.id
        return Text(
            f"It covers the burning only; the supply of the fuel is another dataset ({other}).",
            f"仅包含燃烧，燃料的生产与供应为另一数据集（{other}）。",
        )

    def _weighing(self, ranked: list[_Candidate]) -> Text:
        """Say it when a number of lower standing is preferred to a verified one."""
        if not ranked or ranked[0].offer.dataset.status == "verified":
            return Text()
        first = ranked[0]
        for other in ranked[1:]:
            dataset = other.offer.dataset
            if (
                dataset.status == "verified"
                and other.hit
                and first.hit
                and other.hit.concept == first.hit.concept
            ):
                return Text(
                    f"A verified number exists ({dataset.id}, {dataset.year}); it weighs less here because of its age, "
                    "place or fit.",
                    f"另有已核实数据（{dataset.id}，{dataset.year}年），因年份、地域或贴合程度而排在其后。",
                )
        return Text()


def search(inventory: Inventory, words: str, limit: int = 10, role: Role | None = None) -> tuple[Match, ...]:
    """Search an inventory by free text in English or Chinese.

    Parameters
    ----------
    inventory : Inventory
        Where to look.
    words : str
        Free text, for example ``黄铜``.
    limit : int
        Most matches returned.
    role : str or None
        One role only; None for all.
    """
    return Matcher(inventory).search(words, limit, role=role)
