"""What the datasets of an inventory stand for, prepared once for matching."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import attrs

from cradlemark.inventory.concepts import Concepts, Stand
from cradlemark.inventory.dataset import Dataset
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
    """

    dataset: Dataset
    stand: Stand
    roles: frozenset[str]


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
    readings = [_head_first(text, role, recogniser) for text in (dataset.name.en, dataset.name.zh) if text]
    best = max(readings, key=lambda reading: reading.hits[0].score if reading.hits else 0.0, default=None)
    if best is None or not best.hits or best.hits[0].score < RECOGNISED:
        return Stand(())
    variant = "recycled" if best.recycled else "virgin" if best.virgin else ""
    return Stand((best.hits[0].concept,), variant, best.form, best.treatment)


def _head_first(name: str, role: str, recogniser: Recogniser) -> Recognition:
    """Read the name of a dataset; databases write the head first: ``heat, district or industrial, natural gas``."""
    whole = recogniser.read(name, role=role)
    head = recogniser.read(_SEGMENT.split(name, maxsplit=1)[0], role=role)
    if not head.hits or head.hits[0].score < RECOGNISED:
        return whole
    if whole.hits and recogniser.concepts.is_within(whole.hits[0].concept, head.hits[0].concept):
        return attrs.evolve(
            whole, hits=(attrs.evolve(whole.hits[0], score=head.hits[0].score), *whole.hits[1:])
        )
    return attrs.evolve(whole, hits=head.hits)


def offers_by_concept(offers: Iterable[Offer]) -> Mapping[str, tuple[Offer, ...]]:
    """Offers by each concept they stand for."""
    table: dict[str, list[Offer]] = defaultdict(list)
    for offer in offers:
        for concept in offer.stand.concepts:
            table[concept].append(offer)
    return {concept: tuple(found) for concept, found in table.items()}
