"""What the datasets of an inventory stand for, prepared once for matching."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping

import attrs

from cradlemark.inventory.concepts import Concepts, Stand
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.matching.normalise import key_of
from cradlemark.inventory.matching.recognise import Recogniser
from cradlemark.inventory.matching.recognition import Recognition

_ROLES_OF_CATEGORY: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("electricity",), ("electricity", "energy")),
    (("fuel_combustion", "fuel_supply", "heat"), ("energy",)),
    (("compressed_air",), ("energy", "process")),
    (("freight", "transport"), ("transport",)),
    (("waste",), ("waste",)),
    (("process", "refrigerant"), ("process",)),
    (("water",), ("material", "waste", "process")),
    (
        ("metal", "polymer", "plastic", "chemical", "glass", "mineral", "cement", "paper", "wood", "packaging",
         "textile", "rubber", "electronics", "material"),
        ("material",),
    ),
)  # fmt: skip
_SEGMENT = re.compile(r"[,，;；|(（]| - | / ")
ALL_ROLES = frozenset({"material", "energy", "electricity", "transport", "process", "waste"})
RECOGNISED = 72.0
"""Least score [0-100] at which a dataset's own name links it to a concept."""


@attrs.define(frozen=True, eq=False)
class Offer:
    """A dataset as matching sees it.

    Parameters
    ----------
    dataset : Dataset
        The dataset.
    stand : Stand
        What it stands for.
    roles : frozenset of str
        Roles it can play.
    doubtful : bool
        Whether its number must not be taken without a person.
    cut_offs : int
        Inputs that are left out of its number because nobody supplies them.
    """

    dataset: Dataset
    stand: Stand
    roles: frozenset[str]
    doubtful: bool = False
    cut_offs: int = 0


Cost = Callable[[str, int, int], float]


class PreparedDatasets(Mapping[str, Dataset]):
    """Datasets that are too many to read all their names for one study: what they stand for was found out before."""

    @property
    @abstractmethod
    def concepts(self) -> Collection[str]:
        """Concepts that any of them stands for."""

    @abstractmethod
    def nearest(self, concept: str, cost: Cost, limit: int) -> Iterable[str]:
        """Ids for a concept among which the best are, whatever the query says of units, forms and boundaries.

        Parameters
        ----------
        concept : str
        cost : callable
            Points [0-100] that place, year and number of cut-off inputs cost; all else is equal in a group.
        limit : int
            Most ids of each group.
        """

    @property
    @abstractmethod
    def newest(self) -> int:
        """Latest year of all of them; 0 when none is stated."""

    @abstractmethod
    def names(self) -> Iterator[tuple[str, str]]:
        """Every name of a dataset as matching compares it, see `normalise.key_of`, with its id."""

    @abstractmethod
    def offer(self, key: str) -> Offer:
        """One of them as matching sees it."""


def roles_of_category(category: str) -> frozenset[str]:
    """Roles that datasets of a category can play; all roles for a category that is not known."""
    low = category.lower()
    for beginnings, roles in _ROLES_OF_CATEGORY:
        if low.startswith(beginnings):
            return frozenset(roles)
    return ALL_ROLES


def stand_of(dataset: Dataset, concepts: Concepts, recogniser: Recogniser) -> Stand:
    """What a dataset stands for: by the packaged table, by its own concepts, or by what its name says."""
    known = concepts.stands.get(dataset.id)
    if known and dataset.database in ("", "starter"):
        return known
    by_name = _stand_by_name(dataset, recogniser)
    if dataset.concepts:
        own = tuple(concept for concept in dataset.concepts if concept in concepts.by_id)
        return attrs.evolve(by_name, concepts=own)
    return by_name


def _stand_by_name(dataset: Dataset, recogniser: Recogniser) -> Stand:
    roles = roles_of_category(dataset.category)
    role = next(iter(roles)) if len(roles) == 1 else ""
    return stand_by_names((dataset.name.en, dataset.name.zh), role, recogniser)


def stand_by_names(names: Iterable[str], role: str, recogniser: Recogniser) -> Stand:
    """What a dataset stands for by what its names say; for nothing when no name is recognised well enough.

    Parameters
    ----------
    names : iterable of str
        Empty ones are passed over.
    role : str
        Part it plays; empty for any.
    """
    readings = [_head_first(text, role, recogniser) for text in names if text]
    sure = [reading for reading in readings if reading.hits and reading.hits[0].score >= RECOGNISED]
    if not sure:
        return Stand(())
    best = max(sure, key=lambda reading: reading.hits[0].score)
    for reading in sure:  # one name may say it closer than another: Aluminium, 原铝
        if recogniser.concepts.is_within(reading.hits[0].concept, best.hits[0].concept):
            best = reading
    variant = "recycled" if best.recycled else "virgin" if best.virgin else ""
    return Stand((best.hits[0].concept,), variant, best.form, best.treatment)


def _head_first(name: str, role: str, recogniser: Recogniser) -> Recognition:
    """Read the name of a dataset; databases write the head first: ``heat, district or industrial, natural gas``."""
    whole = recogniser.read(name, role=role)
    first = _SEGMENT.split(name, maxsplit=1)[0]
    if first == name:
        return whole
    head = recogniser.read(first, role=role)
    if not head.hits or head.hits[0].score < RECOGNISED:
        return whole
    if whole.hits and recogniser.concepts.is_within(whole.hits[0].concept, head.hits[0].concept):
        return attrs.evolve(
            whole, hits=(attrs.evolve(whole.hits[0], score=head.hits[0].score), *whole.hits[1:])
        )
    return attrs.evolve(whole, hits=head.hits)


class Offers:
    """All offers of an inventory; those of prepared datasets are made when they are asked for.

    Parameters
    ----------
    inventory : Inventory
    concepts, recogniser
        To find out what the other datasets stand for.
    """

    def __init__(self, inventory: Inventory, concepts: Concepts, recogniser: Recogniser) -> None:
        self._prepared = [
            database.datasets
            for database in inventory.databases
            if isinstance(database.datasets, PreparedDatasets)
        ]
        self._at_once: dict[str, Offer] = {}
        self._made: dict[str, Offer] = {}
        self._by_concept: dict[str, list[Offer]] = defaultdict(list)
        for database in reversed(inventory.databases):
            if not isinstance(database.datasets, PreparedDatasets):
                for dataset in database.datasets.values():
                    stand = stand_of(dataset, concepts, recogniser)
                    roles = roles_of_category(dataset.category)
                    self._at_once[dataset.id] = Offer(dataset, stand, roles)
        for offer in self._at_once.values():
            for concept in offer.stand.concepts:
                self._by_concept[concept].append(offer)

    def __getitem__(self, key: str) -> Offer:
        if key in self._at_once:
            return self._at_once[key]
        if key not in self._made:
            self._made[key] = next(found for found in self._prepared if key in found).offer(key)
        return self._made[key]

    def __contains__(self, concept: object) -> bool:
        return concept in self._by_concept or any(concept in found.concepts for found in self._prepared)

    def of(self, concept: str, cost: Cost, limit: int) -> Iterator[Offer]:
        """Offers that stand for a concept; of prepared datasets those among which the best are."""
        yield from self._by_concept.get(concept, ())
        for found in self._prepared:
            yield from (self[key] for key in found.nearest(concept, cost, limit))

    def names(self) -> Iterator[tuple[str, str]]:
        """Every name of a dataset as matching compares it, see `normalise.key_of`, with its id."""
        for offer in self._at_once.values():
            dataset = offer.dataset
            named = filter(None, (dataset.name.en, dataset.name.zh, *dataset.synonyms))
            yield from ((key_of(name), dataset.id) for name in named)
        for found in self._prepared:
            yield from found.names()

    @property
    def newest(self) -> int:
        """Latest year of all datasets; 0 when none is stated."""
        years = [offer.dataset.year or 0 for offer in self._at_once.values()]
        return max([*years, *(found.newest for found in self._prepared)], default=0)
