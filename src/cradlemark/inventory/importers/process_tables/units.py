"""Units of tables of unit processes as unit groups: one for each reference unit that a flow has."""

from __future__ import annotations

from collections.abc import Iterable

from cradlemark.core.errors import InputError
from cradlemark.core.quantities import conversion_factor, dimension, normalise_unit
from cradlemark.inventory.processes.records import FlowProperty, UnitGroup

PREFERRED = {
    "mass": "kg", "energy": "MJ", "volume": "m3", "area": "m2", "length": "m", "time": "h", "transport": "t*km", "count": "piece",
}  # fmt: skip
"""Reference unit of a flow that is used in several units and for which none is stated."""


def unit_of(text: str) -> str:
    """Canonical unit of a text.

    Raises
    ------
    InputError
        ``unit-unknown`` or ``unit-ambiguous``.
    """
    return normalise_unit(text)


def reference_of(units: Iterable[str]) -> str:
    """Reference unit of a flow from the units it is used in: the one unit, else the usual one of their dimension."""
    different = sorted(set(units))
    if len(different) == 1:
        return different[0]
    kind = dimension(different[0])
    preferred = PREFERRED.get(kind, "")
    if preferred and all(_converts(unit, preferred) for unit in different):
        return preferred
    return different[0]


def unit_group(reference: str, units: Iterable[str]) -> tuple[UnitGroup, FlowProperty]:
    """Group and property of a reference unit, with all units that convert into it."""
    factors = {
        unit: conversion_factor(unit, reference)
        for unit in sorted({*units, reference})
        if _converts(unit, reference)
    }
    name = f"{dimension(reference)} [{reference}]"
    return UnitGroup(name, name, reference, factors, tuple(factors)), FlowProperty(
        name, dimension(reference), name
    )


def property_of(reference: str) -> str:
    """Identifier of the property of a reference unit."""
    return f"{dimension(reference)} [{reference}]"


def _converts(unit: str, reference: str) -> bool:
    try:
        conversion_factor(unit, reference)
    except InputError:
        return False
    return True
