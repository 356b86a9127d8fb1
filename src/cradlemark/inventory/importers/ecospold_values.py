"""Values as both versions of EcoSpold write them: numbers, truth values, units, distributions, references."""

from __future__ import annotations

import math
import re
from xml.etree.ElementTree import Element

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.conversion import Conversion
from cradlemark.inventory.processes.limits import MAX_UNITS, UNITS, check_count
from cradlemark.inventory.processes.records import FlowProperty, Uncertainty, UnitGroup

LONGEST_NUMBER = 60
"""Longest text that is read as a number [characters]."""
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
        hint = (
            Text("write a point, not a comma", "写小数点，不写逗号")
            if "," in plain
            else Text("write a plain number such as 4.1e-3", "写普通数字，如 4.1e-3")
        )
        raise InputError(
            Text(f"{plain[:40]!r} is no number", f"{plain[:40]!r} 不是数字"), code="number-invalid", hint=hint
        )
    value = float(plain)
    if not math.isfinite(value):
        raise InputError(
            Text(f"{plain[:40]!r} is no finite number", f"{plain[:40]!r} 不是有限数值"),
            code="number-invalid",
            hint=Text("correct it", "修正它"),
        )
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
            Text(f"{name} is missing or empty", f"{name} 缺失或为空"),
            code="value-missing",
            hint=Text("empty is not zero; fill it in", "空不等于零；请填写"),
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


def of_data_set(element: str) -> Text:
    """What a data set says in an element that is not kept."""
    return Text(f"data set {element}", f"数据集的 {element}")


def of_exchange(element: str) -> Text:
    """What an exchange says in an element or attribute that is not kept."""
    return Text(f"exchange {element}", f"交换的 {element}")


def unit_property(conversion: Conversion, unit: str, *, identifier: str = "", name: str = "") -> str:
    """Identifier of the flow property "amount in this unit", made when it is met first.

    EcoSpold knows units, but neither unit groups nor reference properties: a flow is measured in one unit.

    Raises
    ------
    InputError
        ``unit-unknown`` for an empty unit.
    """
    if not unit:
        raise InputError(
            Text("the unit is missing", "缺少单位"),
            code="unit-unknown",
            hint=Text("name the unit of the exchange", "写明交换的单位"),
        )
    group = f"unit {unit}"
    if group not in conversion.groups:
        check_count(len(conversion.groups) + 1, MAX_UNITS, UNITS)
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
