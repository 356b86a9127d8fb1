"""Units of an export: those it defines, and SimaPro's own where it defines none.

A unit that neither the export nor `BUILT_IN` knows is refused; the unit that is meant is never guessed.
"""

from __future__ import annotations

import math
from functools import cache

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor
from cradlemark.inventory.processes.conversion import Conversion
from cradlemark.inventory.processes.limits import MAX_UNITS, UNITS, check_count
from cradlemark.inventory.processes.records import FlowProperty, UnitGroup

BUILT_IN: dict[str, dict[str, str]] = {
    "Mass": {
        "kg": "kg", "g": "g", "mg": "mg", "µg": "ug", "ug": "ug", "ng": "0.000001 mg", "pg": "0.000000001 mg", "ton": "t", "t": "t",
        "kton": "1000 t", "Mtn": "1000000 t", "lb": "lb", "oz": "oz", "tn.sh": "short_ton", "tn.lg": "long_ton",
    },
    "Energy": {
        "MJ": "MJ", "J": "J", "kJ": "kJ", "GJ": "GJ", "TJ": "TJ", "PJ": "1000 TJ", "Wh": "Wh", "kWh": "kWh", "MWh": "MWh",
        "GWh": "GWh", "kcal": "0.0041855 MJ", "Btu": "Btu",
    },
    "Volume": {
        "m3": "m3", "l": "L", "dm3": "dm3", "cm3": "cm3", "mm3": "mm3", "gal*": "3.785412 L", "cuft": "0.02831685 m3",
        "cu.in": "0.00001638706 m3", "cu.yd": "0.7645549 m3",
    },
    "Length": {
        "m": "m", "km": "km", "dm": "dm", "cm": "cm", "mm": "mm", "µm": "um", "inch": "in", "ft": "ft", "yard": "0.9144 m",
        "mile": "1.60935 km",
    },
    "Area": {"m2": "m2", "km2": "km2", "ha": "ha", "dm2": "dm2", "cm2": "cm2", "mm2": "mm2"},
    "Time": {"s": "s", "min": "min", "hr": "h", "day": "day", "year": "year"},
    "Amount": {"p": "piece"},
    "Transport": {"tkm": "tkm", "kgkm": "0.001 tkm", "ktkm": "1000 tkm"},
    "Person.Distance": {"personkm": "pkm", "pkm": "pkm"},
    "Radioactivity": {"Bq": "Bq", "kBq": "kBq", "mBq": "0.001 Bq", "µBq": "0.000001 Bq", "nBq": "0.000000001 Bq"},
    "Area.Time": {"m2a": "m2*year", "ha a": "ha*year"},
    "Volume.Time": {"m3y": "m3*year", "m3day": "m3*day"},
    "Length.Time": {"my": "m*year"},
}  # fmt: skip
"""Units by quantity in terms of `cradlemark.core.quantities`; the first of a quantity is its reference."""
SAME = 2e-3
"""Relative difference up to which the export's factor and the physical one are taken for the same [1]."""


@cache
def built_in_units() -> dict[str, tuple[str, float]]:
    """Quantity and factor to its reference of every unit that SimaPro brings along."""
    found: dict[str, tuple[str, float]] = {}
    for quantity, units in BUILT_IN.items():
        reference = next(iter(units.values()))
        for unit, meaning in units.items():
            number, _, plain = meaning.rpartition(" ")
            found[unit] = (quantity, float(number or 1.0) * conversion_factor(plain, reference))
    return found


class Units:
    """Units and the quantities they measure.

    Attributes
    ----------
    conversion : Conversion
        Gets a unit group and a flow property for every quantity.
    built_in : set of str
        Units that were used and that the export does not define.
    odd : list of (str, float, float)
        Units whose factor in the export is not the physical one: unit, factor of the export, physical factor.
    """

    def __init__(self, conversion: Conversion) -> None:
        self.conversion = conversion
        self.built_in: set[str] = set()
        self.odd: list[tuple[str, float, float]] = []
        self._group_of: dict[str, str] = {}
        self._factors: dict[str, dict[str, float]] = {}
        self._references: dict[str, str] = {}
        self._changed = True

    def define(self, unit: str, quantity: str, factor: float, reference: str) -> None:
        """Take a unit from the export.

        Raises
        ------
        InputError
            ``unit-unknown`` for a factor that cannot be, and for a unit that is defined twice and differently.
        """
        if not (math.isfinite(factor) and factor > 0.0 and unit and reference):
            raise _unknown(
                Text(f"the unit {unit[:40]!r} has no usable factor", f"单位 {unit[:40]!r} 没有可用的换算系数")
            )
        group = self._group_for(quantity, reference)
        known = self._group_of.get(unit)
        if known is not None:
            if known != group or self._factors[known][unit] != factor:
                raise _unknown(
                    Text(
                        f"the unit {unit[:40]!r} is defined twice and differently; the first stays",
                        f"单位 {unit[:40]!r} 有两个不同的定义；保留第一个",
                    )
                )
            return
        check_count(len(self._group_of) + 1, MAX_UNITS, UNITS)
        self._references[group] = reference
        self._group_of[unit] = group
        self._changed = True
        self._factors.setdefault(group, {})[unit] = factor
        self._factors[group].setdefault(reference, 1.0)
        self._compare(unit, factor, reference)

    def _group_for(self, quantity: str, reference: str) -> str:
        """Quantity with this reference unit; exports in another language call it otherwise."""
        for group, unit in self._references.items():
            if unit == reference:
                return group
        return f"{quantity} ({reference})" if quantity in self._references else quantity

    def _compare(self, unit: str, factor: float, reference: str) -> None:
        known = built_in_units()
        if unit in known and reference in known and known[unit][0] == known[reference][0]:
            physical = known[unit][1] / known[reference][1]
            if not math.isclose(factor, physical, rel_tol=SAME):
                self.odd.append((unit, factor, physical))

    def quantity_of(self, unit: str) -> str:
        """Identifier of the quantity that a unit measures, which is also that of its flow property.

        Raises
        ------
        InputError
            ``unit-unknown``.
        """
        found = self._group_of.get(unit)
        if found is None:
            found = self._from_built_in(unit)
        return found

    def reference_of(self, quantity: str) -> str:
        """Reference unit of a quantity."""
        return self._references[quantity]

    def factor(self, unit: str, to: str) -> float:
        """Amount of one unit in another of the same quantity, nan for another quantity [`to` / `unit`]."""
        group = self.quantity_of(unit)
        return (
            self._factors[group][unit] / self._factors[group][to]
            if self.quantity_of(to) == group
            else math.nan
        )

    def _from_built_in(self, unit: str) -> str:
        known = built_in_units().get(unit)
        if known is None:
            raise _unknown(
                Text(
                    f"the unit {unit[:40]!r} is neither defined in the export nor one of SimaPro's own",
                    f"单位 {unit[:40]!r} 既未在导出文件中定义，也不是 SimaPro 自带的单位",
                )
            )
        quantity, factor = known
        reference = next(iter(BUILT_IN[quantity]))
        group = self._alike(reference) or quantity
        scale = built_in_units()[self._references[group]][1] if group in self._references else 1.0
        self._references.setdefault(group, reference)
        self._group_of[unit] = group
        self._factors.setdefault(group, {reference: 1.0})[unit] = factor / scale
        self._group_of.setdefault(reference, group)
        self.built_in.add(unit)
        self._changed = True
        return group

    def _alike(self, reference: str) -> str:
        """Quantity of the export that measures the same as one of SimaPro's own; empty when there is none."""
        wanted = built_in_units()[reference][0]
        for group, unit in self._references.items():
            if built_in_units().get(unit, ("",))[0] == wanted:
                return group
        return ""

    def publish(self) -> None:
        """Give all quantities to the conversion as unit groups and flow properties."""
        if not self._changed:
            return
        self._changed = False
        for group, factors in self._factors.items():
            ordered = dict(sorted(factors.items(), key=lambda item: (-item[1], item[0])))
            reference = self._references[group]
            self.conversion.groups[group] = UnitGroup(group, group, reference, ordered, tuple(ordered))
            self.conversion.properties[group] = FlowProperty(group, group, group)


def is_mass(unit: str) -> bool:
    """Whether a reference unit is one of mass."""
    known = built_in_units().get(unit)
    return known is not None and known[0] == "Mass"


def _unknown(message: Text) -> InputError:
    return InputError(
        message,
        code="unit-unknown",
        hint=Text(
            "export with related objects, so that the block Units is there",
            "导出时选择相关对象，使文件含有 Units 块",
        ),
    )
