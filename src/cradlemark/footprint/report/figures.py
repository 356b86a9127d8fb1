"""How numbers are written: one unit per report, significant digits, never more precision than the data carry."""

from __future__ import annotations

import math

import attrs

DIGITS = 3


@attrs.frozen
class MassUnit:
    """Unit of the climate figures of one report.

    Parameters
    ----------
    name : str
        ``g``, ``kg`` or ``t`` (of CO2e).
    per_kg : float
        Units in one kilogram.
    """

    name: str
    per_kg: float

    def write(self, mass: float, digits: int = DIGITS) -> str:
        """Write a mass given in kg, without its unit."""
        return significant(mass * self.per_kg, digits)

    def __str__(self) -> str:
        return f"{self.name} CO₂e"


def mass_unit(largest: float) -> MassUnit:
    """Choose the unit for figures up to `largest` [kg CO2e]."""
    size = abs(largest)
    if size < 1.0:
        return MassUnit("g", 1000.0)
    return MassUnit("kg", 1.0) if size < 10_000.0 else MassUnit("t", 0.001)


def significant(value: float, digits: int = DIGITS) -> str:
    """Write a number with significant digits: no exponent from 0.00001 to 10 million, a true minus sign."""
    if value == 0.0 or not math.isfinite(value):
        return "0" if value == 0.0 else str(value)
    value = float(f"{value:.{digits - 1}e}")
    exponent = math.floor(math.log10(abs(value)))
    if -5 <= exponent < 7:
        decimals = max(digits - 1 - exponent, 0)
        text = f"{value:,.{decimals}f}"
    else:
        text = f"{value:.{digits - 1}e}"
    return text.replace("-", "−", 1) if value < 0 else text


def percent(share: float | None, digits: int = 1) -> str:
    """Write a share as a percentage; an absent one as a dash, a tiny one as below the last digit."""
    if share is None:
        return "–"
    smallest = 10.0**-digits
    if 0 < abs(share) * 100 < smallest / 2:
        return f"<{smallest:g} %"
    return f"{share * 100:.{digits}f} %".replace("-", "−")
