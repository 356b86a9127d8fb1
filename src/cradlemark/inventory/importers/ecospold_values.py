"""Values as both versions of EcoSpold write them: numbers, truth values, units, distributions, references."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element

from cradlemark.core.errors import InputError
from cradlemark.inventory.processes.conversion import Conversion
from cradlemark.inventory.processes.records import FlowProperty, Uncertainty, UnitGroup

LONGEST_NUMBER = 60
"""Longest text that is read as a number [characters]."""
MOST_EXCHANGES = 50_000
"""Most exchanges, or factors of a method, in one data set."""
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,5})?\Z", re.ASCII)
_WHOLE = re.compile(r"[+-]?\d{1,15}\Z", re.ASCII)


def number(text: str | None, *, absent: float = math.nan) -> float:
    """A number as XML Schema writes it.

    Parameters
    ----------
    text : str or None
    absent : float
        Value where the source has none.

    Raises
    ------
    InputError
        ``number-invalid`` for a comma, words such as NaN or INF, and what is too large: nothing is guessed.

    Examples
    --------
    >>> number(" 1.5E-3 ")
    0.0015
    """
    plain = (text or "").strip()
    if not plain:
        return absent
    if len(plain) > LONGEST_NUMBER or not _NUMBER.match(plain):
        hint = "write a point, not a comma" if "," in plain else "write a plain number such as 4.1e-3"
        raise InputError(f"{plain[:40]!r} is no number", code="number-invalid", hint=hint)
    value = float(plain)
    if not math.isfinite(value):
        raise InputError(f"{plain[:40]!r} is no finite number", code="number-invalid", hint="correct it")
    return value


def required_number(element: Element, name: str) -> float:
    """A number that must be there.

    Raises
    ------
    InputError
        ``value-missing`` where it is not; ``number-invalid``.
    """
    text = element.get(name)
    if text is None or not text.strip():
        raise InputError(
            f"{name} is missing or empty", code="value-missing", hint="empty is not zero; fill it in"
        )
    return number(text)


def whole_number(text: str | None) -> int | None:
    """A whole number; None where there is none or it is something else."""
    plain = (text or "").strip()
    return int(plain) if _WHOLE.match(plain) else None


def truth(text: str | None) -> bool | None:
    """A truth value of XML Schema; None where there is none or it is something else."""
    return {"true": True, "1": True, "false": False, "0": False}.get((text or "").strip().lower())


def line(text: str | None) -> str:
    """A text on one line, without spaces around it."""
    return " ".join(text.split()) if text else ""


def cas_number(text: str | None) -> str:
    """A CAS number without leading zeros.

    Examples
    --------
    >>> cas_number("000124-38-9")
    '124-38-9'
    """
    return line(text).lstrip("0")


def check_count(elements: Sequence[Element]) -> None:
    """Refuse a data set with an absurd number of exchanges.

    Raises
    ------
    InputError
        ``file-bomb``
    """
    if len(elements) > MOST_EXCHANGES:
        raise InputError(
            f"the data set has {len(elements):,} exchanges", code="file-bomb",
            hint=f"at most {MOST_EXCHANGES:,}; split it",
        )  # fmt: skip


def unit_property(conversion: Conversion, unit: str, *, identifier: str = "", name: str = "") -> str:
    """Identifier of the flow property "amount in this unit", made when it is met first.

    EcoSpold knows units, but neither unit groups nor reference properties: a flow is measured in one unit.

    Raises
    ------
    InputError
        ``unit-unknown`` for an empty unit.
    """
    if not unit:
        raise InputError("the unit is missing", code="unit-unknown", hint="name the unit of the exchange")
    group = f"unit {unit}"
    conversion.groups.setdefault(group, UnitGroup(group, unit, unit, {unit: 1.0}, (unit,)))
    key = identifier or f"amount in {unit}"
    conversion.properties.setdefault(key, FlowProperty(key, name or key, group))
    return key


def lognormal(amount: float, gsd: float) -> Uncertainty | None:
    """Lognormal around an amount, the geometric mean; None when the parameters make none.

    Parameters
    ----------
    amount : float
        [unit of the exchange]
    gsd : float
        Geometric standard deviation [1].
    """
    return Uncertainty("lognormal", abs(amount), gsd) if gsd > 1.0 and amount and math.isfinite(gsd) else None


def normal(amount: float, deviation: float) -> Uncertainty | None:
    """Normal with a standard deviation [as the amount]; None when the parameters make none."""
    return Uncertainty("normal", amount, deviation) if deviation > 0.0 else None


def triangular(low: float, mode: float, high: float) -> Uncertainty | None:
    """Triangular between two ends [as the amount]; None when the parameters make none."""
    return Uncertainty("triangular", low, mode, high) if low <= mode <= high and low < high else None


def uniform(low: float, high: float) -> Uncertainty | None:
    """Uniform between two ends [as the amount]; None when the parameters make none."""
    return Uncertainty("uniform", low, high) if low < high else None
