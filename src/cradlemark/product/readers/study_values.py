"""One number of the study document: ``"3.6 g"``, ``"= rib_mass * 2"``, ``0.95`` or a table with more about it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
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
            Text(
                f"{field.title.en.lower()} is {number:g} {unit}, beyond {LARGEST_NUMBER:g}",
                f"{field.title.zh}为 {number:g} {unit}，超过 {LARGEST_NUMBER:g}",
            ),
            code="value-range",
            hint=Text("correct the number, or use a larger unit", "修正数字，或使用更大的单位"),
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
        Text(
            f"{field.title.en.lower()} is {Quantity(number, unit)}, but must be {_bounds(field, canonical)}",
            f"{field.title.zh}为 {Quantity(number, unit)}，但须为 {_bounds(field, canonical)}",
        ),
        code="value-range",
        hint=Text("correct the number or its unit", "修正数值或其单位"),
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
        raise InputError(
            Text("there is no value", "没有值"),
            code="value-missing",
            hint=Text(_example(kind), _example(kind)),
        )
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
        return error.code == "number-format" and " or " in error.hint.en
    return True


def _unit_of_bare_number(number: float, kind: QuantityKind) -> str:
    if kind.units == ("piece",):
        return "piece"
    if not kind.units or "1" in kind.units:
        return "1"
    raise InputError(
        Text(f"{number:g} has no unit", f"{number:g} 没有单位"),
        code="unit-missing",
        hint=Text(f"write the unit behind the number: {_example(kind)}", f"在数字后写单位：{_example(kind)}"),
    )


def _example(kind: QuantityKind) -> str:
    return f'"3.6 {kind.unit}"' if kind.unit not in {"", "1"} else "a number"


def _checked(unit: str, kind: QuantityKind) -> str:
    if not fits(unit, kind):
        raise InputError(
            Text(
                f"{unit} is a unit of {dimension(unit)}, but this field holds {kind.title.en}",
                f"{unit} 是 {dimension(unit)} 的单位，而该字段为{kind.title.zh}",
            ),
            code="unit-mismatch",
            hint=Text(
                f"use {', '.join(kind.units)} or another unit of the same kind",
                f"使用 {'、'.join(kind.units)} 或同类的其他单位",
            ),
        )
    return unit


def _number(raw: object) -> float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise InputError(
            Text(f"{raw!r} is not a value", f"{raw!r} 不是值"),
            code="value-invalid",
            hint=Text('write a number with its unit: "3.6 g"', '写数字和单位："3.6 g"'),
        )
    if not math.isfinite(raw):
        raise InputError(
            Text(f"{raw} is not a number", f"{raw} 不是数字"),
            code="number-format",
            hint=Text("write a finite number", "写有限数值"),
        )
    return float(raw)


def _read_table(raw: Mapping[str, Any], kind: QuantityKind) -> Value:
    for key in raw:
        if key not in VALUE_KEYS:
            raise InputError(
                Text(f"a value has no key {key!r}", f"值没有键 {key!r}"),
                code="key-unknown",
                hint=did_you_mean(key, VALUE_KEYS),
            )
    value = _magnitude_or_formula(raw, kind)
    note, confidential = raw.get("note", ""), raw.get("confidential", False)
    if not isinstance(note, str) or not isinstance(confidential, bool):
        raise InputError(
            Text(
                "note is a text and confidential is true or false",
                "note 为文字，confidential 为 true 或 false",
            ),
            code="value-invalid",
        )
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
        raise InputError(
            Text(f"{unit!r} is not a unit", f"{unit!r} 不是单位"),
            code="unit-unknown",
            hint=Text('write it as text: "kg"', '以文字书写："kg"'),
        )
    if (content is None) == (formula is None):
        raise InputError(
            Text("a value needs either value or formula", "值需要 value 或 formula 之一"),
            code="value-invalid",
            hint=Text('value = 3.6, unit = "g"', 'value = 3.6, unit = "g"'),
        )
    if formula is not None:
        if not isinstance(formula, str):
            raise InputError(
                Text(f"{formula!r} is not a formula", f"{formula!r} 不是公式"),
                code="formula-syntax",
                hint=Text("write it as text", "以文字书写"),
            )
        content = f"= {formula.strip().lstrip('=')}"
    if isinstance(content, Mapping):
        raise InputError(
            Text("a value cannot be a table in a table", "值不能是表中之表"),
            code="value-invalid",
            hint=Text(
                "put unit, note and evidence into one table with value",
                "把 unit、note 和 evidence 与 value 放入同一个表",
            ),
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
            Text(
                f"{content!r} has the unit {quantity.unit}, but the unit beside it is {unit}",
                f"{content!r} 的单位为 {quantity.unit}，而旁边的单位为 {unit}",
            ),
            code="unit-mismatch",
            hint=Text("state the unit once", "单位只写一次"),
        )
    return Value(quantity.magnitude, unit)


def _distribution(raw: Mapping[str, Any], value: Value) -> Distribution | None:
    gsd, table = raw.get("gsd"), raw.get("distribution")
    if gsd is None and table is None:
        return None
    if gsd is not None and table is not None:
        raise InputError(
            Text("give either gsd or distribution", "gsd 与 distribution 只给其一"),
            code="distribution-invalid",
        )
    if gsd is not None:
        table = {"kind": "lognormal", "gsd": gsd}
    if not isinstance(table, Mapping):
        raise InputError(
            Text(f"{table!r} is not a distribution", f"{table!r} 不是分布"),
            code="distribution-invalid",
            hint=Text(
                'write { kind = "triangular", low = 3.4, high = 3.9 }',
                '写 { kind = "triangular", low = 3.4, high = 3.9 }',
            ),
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
                Text(f"a distribution has no key {key!r}", f"分布没有键 {key!r}"),
                code="key-unknown",
                hint=did_you_mean(key, DISTRIBUTION_KEYS),
            )
    kind = raw.get("kind")
    if kind not in KINDS:
        raise InputError(
            Text(f"unknown distribution {kind!r}", f"未知分布 {kind!r}"),
            code="distribution-invalid",
            hint=did_you_mean(str(kind), KINDS)
            or Text(f"use one of {', '.join(KINDS)}", f"使用以下之一：{'、'.join(KINDS)}"),
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
            Text(
                f"the value {central:g} is outside its bounds {low:g} to {high:g}",
                f"值 {central:g} 不在 {low:g} 至 {high:g} 之间",
            ),
            code="distribution-invalid",
            hint=Text(
                "give low <= value <= high, in the unit of the value", "给出 low <= 值 <= high，单位与值相同"
            ),
        )


def _evidence(raw: object) -> tuple[str, ...]:
    if isinstance(raw, str):
        raw = [raw]
    if not isinstance(raw, list | tuple) or not all(isinstance(item, str) for item in raw):
        raise InputError(
            Text("evidence is a list of ids", "evidence 是 id 的列表"),
            code="value-invalid",
            hint=Text('write ["e1", "e2"]', '写 ["e1", "e2"]'),
        )
    return tuple(item.strip() for item in raw if item.strip())
