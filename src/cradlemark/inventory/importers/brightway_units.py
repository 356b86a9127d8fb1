"""Units as Brightway spells them."""

from __future__ import annotations

from cradlemark.core.errors import CradlemarkError
from cradlemark.core.quantities import conversion_factor
from cradlemark.inventory.processes.records import FlowProperty, UnitGroup

_SPELLINGS = {
    "kilogram": "kg", "gram": "g", "ton": "t", "tonne": "t", "tonnes": "t", "megajoule": "MJ", "gigajoule": "GJ",
    "kilojoule": "kJ", "kilowatt hour": "kWh", "kwh": "kWh", "mj": "MJ", "gj": "GJ", "kj": "kJ", "watt hour": "Wh",
    "megawatt hour": "MWh", "cubic meter": "m3", "cubic metre": "m3", "square meter": "m2", "square metre": "m2",
    "meter": "m", "metre": "m", "kilometer": "km", "kilometre": "km", "litre": "l", "liter": "l", "hour": "h", "hr": "h",
    "hectare": "ha", "year": "a", "ton kilometer": "t*km", "tkm": "t*km", "metric ton*km": "t*km",
    "kilo becquerel": "kBq", "kbq": "kBq", "item(s)": "unit", "p": "unit", "square meter-year": "m2*a", "m2a": "m2*a",
    "m2*year": "m2*a", "cubic meter-year": "m3*a", "m3a": "m3*a", "meter-year": "m*a", "person kilometer": "p*km",
    "pkm": "p*km", "personkm": "p*km", "vehicle kilometer": "v*km", "vkm": "v*km",
}  # fmt: skip


def unit_symbol(text: str) -> str:
    """The symbol of a unit that Brightway spells out; any other text as it is.

    Examples
    --------
    >>> unit_symbol("kilogram"), unit_symbol("KWH"), unit_symbol("bottle")
    ('kg', 'kWh', 'bottle')
    """
    plain = " ".join(text.split())
    return _SPELLINGS.get(plain.lower(), plain)


def quantity_in(unit: str, others: set[str]) -> tuple[FlowProperty, UnitGroup]:
    """Property and unit group for flows that are counted in a unit, with the other units that convert into it.

    Parameters
    ----------
    unit : str
        Empty when the source does not state it; then amounts in any unit are taken as they stand, as Brightway does.
    others : set of str
        Symbols of all units of the source.
    """
    factors = {unit: 1.0} if unit else dict.fromkeys(sorted(others), 1.0)
    for other in sorted(others - factors.keys()):
        try:
            factors[other] = conversion_factor(other, unit)
        except CradlemarkError:
            continue
    group = UnitGroup(f"unit {unit}", f"Units of {unit}", unit, factors, tuple(factors) if unit else ())
    return FlowProperty(f"amount in {unit}", f"Amount in {unit}", group.id), group
