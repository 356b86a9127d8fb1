"""What materials, processes, energies, transports and wastes are called, and which family each belongs to.

The knowledge is data (``datasets/concepts*.csv``): concepts with names in English and Chinese and a parent, designations
per standard, trade names, and words that only describe a form, a coating or a colour. `concept_datasets.csv` says which
packaged dataset stands for which concept. Nothing here knows a database.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from typing import Literal

import attrs

from cradlemark.core.language import Text

Kind = Literal[
    "material", "process", "energy", "electricity", "transport", "waste", "release", "part", "service"
]
Naming = Literal["name", "designation", "trade"]


@attrs.frozen
class Concept:
    """One thing that can be bought, burnt, done, driven or thrown away.

    Parameters
    ----------
    id : str
        Stable identifier, for example ``tin_bronze``.
    kind : Kind
        What role it can play in a study.
    parent : str
        Identifier of the next wider family; empty at the top.
    penalty : float
        Points [0-100] lost when the family's dataset stands in for this concept.
    name : Text
        In both languages.
    """

    id: str
    kind: Kind
    parent: str
    penalty: float
    name: Text


@attrs.frozen
class Name:
    """One way to write a concept.

    Parameters
    ----------
    text : str
        As people write it.
    concept : str
        Identifier of the concept.
    naming : Naming
        Ordinary name, designation of a standard, or trade name.
    standard : str
        Naming system, for example ``EN symbol``; empty for ordinary names.
    source : str
        Document the fact belongs to; empty for ordinary words.
    status : str
        ``common`` (ordinary word), ``structural`` (the standard's own grammar states it), ``verified`` (read in
        `source`), ``unverified`` (recalled; `source` is where it would have to be read).
    """

    text: str
    concept: str
    naming: Naming
    standard: str = ""
    source: str = ""
    status: str = "common"


@attrs.frozen
class Stand:
    """A packaged dataset's stand for concepts.

    Parameters
    ----------
    concepts : tuple of str
        The first is what the dataset is; the others are what it is also taken for.
    variant : {"", "virgin", "recycled"}
        Route of the material.
    form : str
        ``strip``, ``bar``, ... or empty.
    treatment : str
        Of waste: ``landfill``, ``incineration``, ...; empty otherwise.
    penalty : float
        Points [0-100] lost as a default, because of what `note` says.
    note : Text
        Why; empty if there is nothing to say.
    """

    concepts: tuple[str, ...]
    variant: str = ""
    form: str = ""
    treatment: str = ""
    penalty: float = 0.0
    note: Text = Text()


@attrs.frozen
class Word:
    """A word that describes and does not name a concept: ``strip``, ``tin plated``, ``black``."""

    text: str
    kind: str
    value: str


@attrs.frozen(slots=False)
class Concepts:
    """The table of concepts.

    Parameters
    ----------
    by_id : mapping
        Concepts by identifier.
    names : tuple of Name
        All ways to write them.
    words : tuple of Word
        Describing words.
    stands : mapping
        What packaged datasets stand for, by dataset id.
    """

    by_id: Mapping[str, Concept]
    names: tuple[Name, ...]
    words: tuple[Word, ...]
    stands: Mapping[str, Stand]

    def __getitem__(self, concept: str) -> Concept:
        return self.by_id[concept]

    @cached_property
    def _lineages(self) -> dict[str, tuple[tuple[str, float], ...]]:
        return {concept: tuple(self._climb(concept)) for concept in self.by_id}

    def _climb(self, concept: str) -> Iterator[tuple[str, float]]:
        lost = 0.0
        while concept:
            yield concept, lost
            lost += self.by_id[concept].penalty
            concept = self.by_id[concept].parent

    def lineage(self, concept: str) -> tuple[tuple[str, float], ...]:
        """The concept itself and its families, nearest first, with the points lost on the way up [0-100]."""
        return self._lineages.get(concept, ())

    def related(self, one: str, other: str) -> bool:
        """Whether two concepts have a family in common."""
        families = {step for step, _ in self.lineage(one)}
        return any(step in families for step, _ in self.lineage(other))

    def is_within(self, concept: str, family: str) -> bool:
        """Whether `concept` is `family` or belongs to it."""
        return any(step == family for step, _ in self.lineage(concept))


def _rows(name: str) -> Iterator[dict[str, str]]:
    text = (resources.files("cradlemark.inventory") / "datasets" / name).read_text("utf-8")
    return iter(csv.DictReader(line for line in text.splitlines() if line and not line.startswith("# ")))


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part for part in cell.split("|") if part)


def _names(rows: list[dict[str, str]]) -> Iterator[Name]:
    for row in rows:
        for text in dict.fromkeys((row["en"], row["zh"], *_split(row["names"]))):
            if text:
                yield Name(text, row["id"], "name")
    for row in _rows("concepts_designations.csv"):
        for text in _split(row["designations"]):
            yield Name(text, row["concept"], "designation", row["standard"], row["source"], row["status"])
    for row in _rows("concepts_trade_names.csv"):
        for text in _split(row["trade_names"]):
            yield Name(text, row["concept"], "trade", row["relation"], row["source"], row["status"])


@cache
def packaged_concepts() -> Concepts:
    """Read the packaged table of concepts."""
    rows = list(_rows("concepts.csv"))
    by_id = {
        row["id"]: Concept(
            row["id"],
            row["kind"],  # type: ignore[arg-type]
            row["parent"],
            float(row["penalty"] or 0),
            Text(row["en"], row["zh"]),
        )
        for row in rows
    }
    words = tuple(
        Word(text, row["kind"], row["value"])
        for row in _rows("concepts_words.csv")
        for text in _split(row["words"])
    )
    stands = {
        row["dataset"]: Stand(
            _split(row["concepts"]),
            row["variant"],
            row["form"],
            row["treatment"],
            float(row["penalty"] or 0),
            Text(row["note_en"], row["note_zh"]),
        )
        for row in _rows("concept_datasets.csv")
    }
    return Concepts(by_id, tuple(_names(rows)), words, stands)


def concepts_of_dataset(dataset_id: str) -> tuple[str, ...]:
    """Concepts a packaged dataset stands for, the main one first; empty if none is recorded."""
    stand = packaged_concepts().stands.get(dataset_id)
    return stand.concepts if stand else ()
