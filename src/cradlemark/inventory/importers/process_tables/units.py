"""Units of tables of unit processes as unit groups: one for each reference unit that a flow has."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice

from cradlemark.core.errors import InputError, InputErrors
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor, dimension, normalise_unit, root_unit
from cradlemark.inventory.processes.limits import (
    MAX_NAME,
    MAX_UNITS,
    MAX_UNKNOWN_UNITS,
    SHOWN,
    UNITS,
    UNKNOWN_UNITS,
    SourceRefused,
    check_count,
    check_texts,
)
from cradlemark.inventory.processes.records import FlowProperty, UnitGroup

PREFERRED = {
    "mass": "kg", "energy": "MJ", "volume": "m3", "area": "m2", "length": "m", "time": "h", "transport": "t*km", "count": "piece",
}  # fmt: skip
"""Reference unit of a flow that is used in several units and for which none is stated."""


class TableUnits:
    """Units of a source, each looked at once, and bounded: they are compared with each other, and looked up when unknown."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._unknown: dict[str, InputError] = {}

    def __call__(self, text: str) -> str:
        """Canonical unit of a text; see `unit_of`.

        Raises
        ------
        SourceRefused
            ``source-limit``, with the first of the units that are not known.
        """
        if text in self._known:
            return self._known[text]
        if text in self._unknown:
            raise self._again(text)
        try:
            check_texts((text,), MAX_NAME)
            self._known[text] = unit_of(text)
        except InputError as error:
            self._unknown[text] = error.with_traceback(None)
            self._check(len(self._unknown), MAX_UNKNOWN_UNITS, UNKNOWN_UNITS)
            raise self._again(text) from None
        self._check(len(self._known), MAX_UNITS, UNITS)
        return self._known[text]

    def _again(self, text: str) -> InputError:
        error = self._unknown[text]
        return InputError(error.message, code=error.code, hint=error.hint)

    def _check(self, count: int, most: int, what: Text) -> None:
        try:
            check_count(count, most, what)
        except InputError as error:
            shown = (problem for each in self._unknown.values() for problem in each.problems)
            raise SourceRefused(InputErrors([*error.problems, *islice(shown, SHOWN)])) from None


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
    if {unit, reference} == {"K", "degC"}:
        return False  # they differ by an offset
    return unit == reference or root_unit(unit)[1] == root_unit(reference)[1]
