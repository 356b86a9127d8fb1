"""One number of the study document: ``"3.6 g"``, ``"= rib_mass * 2"``, ``0.95`` or a table with more about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cradlemark.core.errors import InputError
from cradlemark.core.quantities import (
    Quantity,
    conversion_factor,
    dimension,
    normalise_unit,
    parse_number,
    parse_quantity,
    root_unit,
)
from cradlemark.core.suggestion import did_you_mean
from cradlemark.engine.distributions import KINDS, Distribution
from cradlemark.product.schema import Field, QuantityKind
from cradlemark.product.study import Value

VALUE_KEYS = ("value", "unit", "formula", "distribution", "gsd", "note", "evidence", "confidential")
DISTRIBUTION_KEYS = ("kind", "gsd", "sd", "low", "high")
LARGEST_NUMBER = 1e15
"""Largest number that is read [its unit], as in formulas; a larger one is a slip and would overflow in products."""
UNKNOWN_UNIT = "?"
"""Unit of a parameter's formula that states none, until it is worked out from the formula."""


def read_value(raw: object, kind: QuantityKind) -> Value:
    """Read one value.

    Parameters
    ----------
    raw : str, int, float or mapping
        As written in the document.
    kind : QuantityKind
        What the field holds; the unit must measure the same.

    Returns
    -------
    Value
        In the unit of the user, spelled canonically. A formula that states no unit has the canonical unit of the
        field, or `UNKNOWN_UNIT` when the field takes any.

    Raises
    ------
    InputError
        ``value-invalid``, ``unit-missing``, ``unit-mismatch``, ``distribution-invalid``, or what the number or unit
        raises.
    """
    if isinstance(raw, Mapping):
        return _read_table(raw, kind)
    if isinstance(raw, str):
        return _read_text(raw.strip(), kind)
    number = _number(raw)
    return Value(number, _unit_of_bare_number(number, kind))


def check_range(number: float, unit: str, field: Field, kind: QuantityKind) -> None:
    """Refuse a number outside the bounds of its field.

    Parameters
    ----------
    number : float
        [unit]

    Raises
    ------
    InputError
        ``value-range``.
    """
    if abs(number) > LARGEST_NUMBER:
        raise InputError(
            f"{field.title.en.lower()} is {number:g} {unit}, beyond {LARGEST_NUMBER:g}",
            code="value-range",
            hint="correct the number, or use a larger unit",
        )
    if field.minimum is None and field.maximum is None and field.above is None:
        return
    canonical = next((other for other in kind.units if _same_dimension(unit, (other,))), unit)
    converted = number * conversion_factor(unit, canonical) if unit != canonical else number
    low = field.above if field.above is not None else field.minimum
    too_low = low is not None and (converted < low or (field.above is not None and converted <= low))
    too_high = field.maximum is not None and converted > field.maximum
    if not (too_low or too_high):
        return
    raise InputError(
        f"{field.title.en.lower()} is {Quantity(number, unit)}, but must be {_bounds(field, canonical)}",
        code="value-range",
        hint="correct the number or its unit",
    )


def _bounds(field: Field, unit: str) -> str:
    suffix = "" if unit == "1" else f" {unit}"
    parts = []
    if field.above is not None:
        parts.append(f"above {field.above:g}{suffix}")
    elif field.minimum is not None:
        parts.append(f"at least {field.minimum:g}{suffix}")
    if field.maximum is not None:
        parts.append(f"at most {field.maximum:g}{suffix}")
    return " and ".join(parts)


def fits(unit: str, kind: QuantityKind) -> bool:
    """Whether a canonical unit measures what the field holds."""
    return not kind.units or _same_dimension(unit, kind.units)


@lru_cache(maxsize=4096)
def _same_dimension(unit: str, units: tuple[str, ...]) -> bool:
    powers = root_unit(unit)[1]
    return any(root_unit(other)[1] == powers for other in units)


@lru_cache(maxsize=8192)
def _quantity(text: str) -> Quantity:
    return parse_quantity(text)


def _read_text(text: str, kind: QuantityKind) -> Value:
    if not text:
        raise InputError("there is no value", code="value-missing", hint=_example(kind))
    if text.startswith(("=", ":=", "＝")):
        return Value(None, kind.unit or UNKNOWN_UNIT, formula=_formula(text))
    if _is_bare(text):
        number = parse_number(text)
        return Value(number, _unit_of_bare_number(number, kind))
    quantity = _quantity(text)
    return Value(quantity.magnitude, _checked(quantity.unit, kind))


def _formula(text: str) -> str:
    return text.removeprefix(":").lstrip("=＝").strip()


@lru_cache(maxsize=8192)
def _is_bare(text: str) -> bool:
    try:
        parse_number(text)
    except InputError as error:
        # "1,234" is a number that can be read in two ways: say that, not that the unit is missing.
        return bool(error.hint.startswith("write ") and " or " in error.hint)
    return True


def _unit_of_bare_number(number: float, kind: QuantityKind) -> str:
    if kind.units == ("piece",):
        return "piece"
    if not kind.units or "1" in kind.units:
        return "1"
    raise InputError(
        f"{number:g} has no unit",
        code="unit-missing",
        hint=f"write the unit behind the number: {_example(kind)}",
    )


def _example(kind: QuantityKind) -> str:
    return f'"3.6 {kind.unit}"' if kind.unit not in {"", "1"} else "a number"


def _checked(unit: str, kind: QuantityKind) -> str:
    if not fits(unit, kind):
        raise InputError(
            f"{unit} is a unit of {dimension(unit)}, but this field holds {kind.title.en}",
            code="unit-mismatch",
            hint=f"use {', '.join(kind.units)} or another unit of the same kind",
        )
    return unit


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise InputError(
            f"{raw!r} is not a value", code="value-invalid", hint='write a number with its unit: "3.6 g"'
        )
    if not math.isfinite(raw):
        raise InputError(f"{raw} is not a number", code="number-format", hint="write a finite number")
    return float(raw)


def _read_table(raw: Mapping[str, Any], kind: QuantityKind) -> Value:
    for key in raw:
        if key not in VALUE_KEYS:
            raise InputError(
                f"a value has no key {key!r}", code="key-unknown", hint=did_you_mean(key, VALUE_KEYS)
            )
    value = _magnitude_or_formula(raw, kind)
    note, confidential = raw.get("note", ""), raw.get("confidential", False)
    if not isinstance(note, str) or not isinstance(confidential, bool):
        raise InputError("note is a text and confidential is true or false", code="value-invalid")
    return Value(
        value.magnitude,
        value.unit,
        formula=value.formula,
        distribution=_distribution(raw, value),
        note=note.strip(),
        evidence=_evidence(raw.get("evidence", ())),
        confidential=confidential,
    )


def _magnitude_or_formula(raw: Mapping[str, Any], kind: QuantityKind) -> Value:
    content, formula, unit = raw.get("value"), raw.get("formula"), raw.get("unit")
    if unit is not None and not isinstance(unit, str):
        raise InputError(f"{unit!r} is not a unit", code="unit-unknown", hint='write it as text: "kg"')
    if (content is None) == (formula is None):
        raise InputError(
            "a value needs either value or formula", code="value-invalid", hint='value = 3.6, unit = "g"'
        )
    if formula is not None:
        if not isinstance(formula, str):
            raise InputError(f"{formula!r} is not a formula", code="formula-syntax", hint="write it as text")
        content = f"= {formula.strip().lstrip('=')}"
    if isinstance(content, Mapping):
        raise InputError(
            "a value cannot be a table in a table",
            code="value-invalid",
            hint="put unit, note and evidence into one table with value",
        )
    if not unit:
        return read_value(content, kind)
    canonical = _checked(normalise_unit(unit), kind)
    return _with_unit(content, canonical)


def _with_unit(content: object, unit: str) -> Value:
    if not isinstance(content, str):
        return Value(_number(content), unit)
    text = content.strip()
    if text.startswith(("=", ":=", "＝")):
        return Value(None, unit, formula=_formula(text))
    if _is_bare(text):
        return Value(parse_number(text), unit)
    quantity = _quantity(text)
    if quantity.unit != unit:
        raise InputError(
            f"{content!r} has the unit {quantity.unit}, but the unit beside it is {unit}",
            code="unit-mismatch",
            hint="state the unit once",
        )
    return Value(quantity.magnitude, unit)


def _distribution(raw: Mapping[str, Any], value: Value) -> Distribution | None:
    gsd, table = raw.get("gsd"), raw.get("distribution")
    if gsd is None and table is None:
        return None
    if gsd is not None and table is not None:
        raise InputError("give either gsd or distribution", code="distribution-invalid")
    if gsd is not None:
        table = {"kind": "lognormal", "gsd": gsd}
    if not isinstance(table, Mapping):
        raise InputError(
            f"{table!r} is not a distribution",
            code="distribution-invalid",
            hint='write { kind = "triangular", low = 3.4, high = 3.9 }',
        )
    distribution = read_distribution(table)
    check_bounds(distribution, value.magnitude)
    return distribution


def read_distribution(raw: Mapping[str, Any]) -> Distribution:
    """Read a distribution from its table.

    Raises
    ------
    InputError
        ``distribution-invalid`` or ``key-unknown``.
    """
    for key in raw:
        if key not in DISTRIBUTION_KEYS:
            raise InputError(
                f"a distribution has no key {key!r}",
                code="key-unknown",
                hint=did_you_mean(key, DISTRIBUTION_KEYS),
            )
    kind = raw.get("kind")
    if kind not in KINDS:
        raise InputError(
            f"unknown distribution {kind!r}",
            code="distribution-invalid",
            hint=did_you_mean(str(kind), KINDS) or f"use one of {', '.join(KINDS)}",
        )
    numbers = {key: _number(raw[key]) for key in DISTRIBUTION_KEYS[1:] if raw.get(key) is not None}
    return Distribution(kind, **numbers)


def check_bounds(distribution: Distribution, central: float | None) -> None:
    """Refuse a uniform or triangular distribution that does not hold its central value.

    Raises
    ------
    InputError
        ``distribution-invalid``.
    """
    low, high = distribution.low, distribution.high
    if central is None or low is None or high is None or distribution.kind not in {"uniform", "triangular"}:
        return
    if not low <= central <= high:
        raise InputError(
            f"the value {central:g} is outside its bounds {low:g} to {high:g}",
            code="distribution-invalid",
            hint="give low <= value <= high, in the unit of the value",
        )


def _evidence(raw: object) -> tuple[str, ...]:
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, list | tuple) or not all(isinstance(item, str) for item in raw):
        raise InputError("evidence is a list of ids", code="value-invalid", hint='write ["e1", "e2"]')
    return tuple(item.strip() for item in raw if item.strip())
