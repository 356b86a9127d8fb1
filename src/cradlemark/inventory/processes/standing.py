"""What a product of a process stands for in matching, the roles it can play, and its category, by what it is called."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.quantities import dimension
from cradlemark.inventory.concepts import Stand, packaged_concepts
from cradlemark.inventory.matching.index import roles_of_category, stand_by_names
from cradlemark.inventory.matching.recognise import packaged_recogniser
from cradlemark.inventory.starter import starter_database

_SEGMENT = re.compile(r"[,，;；]")
_BURNT = re.compile(r"combust|burn[et]|incinerat|燃烧|焚烧", re.IGNORECASE)
_ELECTRICITY = re.compile(r"electric(?:ity|al energy)|\bpower mix|电力|电能", re.IGNORECASE)
_SPARE_ROLES = frozenset({"material", "process"})
"""Roles of a product whose name says nothing: it is found by its own name only."""
HOLDS_MATERIAL = 0.5
"""Mass of inputs per mass of product [1] from which a product that is called like a process holds its material."""
PART_PENALTY = 6.0
"""Points [0-100] of a formed part where its material is asked for."""
_PART_NOTE = Text("it is a formed part, material and forming together", "该数据为成型件，包含材料及其加工")


@attrs.frozen
class Standing:
    """Place of a product in matching.

    Parameters
    ----------
    stand : Stand
    roles : frozenset of str
    category : str
        As in the table of magnitude gates.
    """

    stand: Stand
    roles: frozenset[str]
    category: str


@cache
def standing(names: tuple[str, ...], unit: str, *, treats: bool, holds_material: bool) -> Standing:
    """What a product stands for.

    Parameters
    ----------
    names : tuple of str
        Product in English and Chinese; also the process, when it makes nothing else. Empty where there is none.
    unit : str
        Reference unit, which tells transport and energy from things.
    treats : bool
        Whether it takes in waste.
    holds_material : bool
        Whether the mass of its inputs is that of a material that is worked on; then it is no process to add to one.

    Notes
    -----
    A fuel that is not burnt here is offered as a material only: its supply is never the supply and burning that an
    energy line of a study asks for.
    """
    role = "waste" if treats else _role_of_unit(unit, names)
    told = tuple(part for name in names for part in _SEGMENT.split(name)) if role == "transport" else names
    stand = stand_by_names(told, role, packaged_recogniser())
    kind = packaged_concepts()[stand.concepts[0]].kind if stand.concepts else ""
    if kind == "process" and not role and holds_material:
        found = stand_by_names(names, "material", packaged_recogniser())
        stand, kind = attrs.evolve(found, penalty=PART_PENALTY, note=_PART_NOTE), "material"
    burnt = any(_BURNT.search(name) for name in names)
    if kind == "energy" and not role and not burnt:
        return Standing(stand, frozenset({"material"}), "fuel_supply")
    roles = _roles(role, kind, burnt=burnt)
    return Standing(stand, roles, _category(stand, roles, burnt=burnt))


def _roles(role: str, kind: str, *, burnt: bool) -> frozenset[str]:
    if role:
        return frozenset({"electricity", "energy"}) if role == "electricity" else frozenset({role})
    if burnt:
        return frozenset({"energy"})
    return frozenset({kind}) if kind in {"material", "process", "waste"} else _SPARE_ROLES


def _role_of_unit(unit: str, names: tuple[str, ...]) -> str:
    try:
        kind = dimension(unit)
    except InputError:
        return ""
    if kind in {"transport", "vehicle transport"}:
        return "transport"
    if kind == "energy":
        return "electricity" if any(_ELECTRICITY.search(name) for name in names) else "energy"
    return ""


def _category(stand: Stand, roles: frozenset[str], *, burnt: bool) -> str:
    """Category of what a product stands for, as the packaged datasets of the same concept or family have it."""
    if "waste" in roles:
        return "waste_treatment"
    if "electricity" in roles:
        return "electricity"
    if burnt:
        return "fuel_combustion"
    for concept in stand.concepts[:1]:
        for family, _ in packaged_concepts().lineage(concept):
            for category in _categories_of_concepts().get(family, ()):
                if roles & roles_of_category(category):
                    return category
    return "heat" if roles == {"energy"} else "other"


@cache
def _categories_of_concepts() -> dict[str, tuple[str, ...]]:
    """Categories of the packaged datasets by the concept they stand for, the most frequent first."""
    counts: dict[str, Counter[str]] = {}
    datasets = starter_database().datasets
    for identifier, stand in packaged_concepts().stands.items():
        if stand.concepts and identifier in datasets:
            counts.setdefault(stand.concepts[0], Counter())[datasets[identifier].category] += 1
    return {concept: tuple(name for name, _ in found.most_common()) for concept, found in counts.items()}
