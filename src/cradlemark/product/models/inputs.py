"""Inputs of a unit-process model: what is declared, and how given values, properties and defaults complete it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs
import numpy as np
from rapidfuzz import process

from cradlemark.core.errors import MissingDataErrors, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.product.models.materials import MaterialProperties, material_properties
from cradlemark.product.ranges import range_problems
from cradlemark.product.system import Number

Kind = Literal["positive", "amount", "share", "loss", "yield", "count", "temperature"]
_RANGES: dict[str, tuple[float, float, bool]] = {
    "positive": (0.0, float("inf"), True),
    "amount": (0.0, float("inf"), False),
    "share": (0.0, 1.0, False),
    "loss": (0.0, 0.999, False),
    "yield": (0.0, 1.0, True),
    "count": (1.0, float("inf"), False),
    "temperature": (-273.15, float("inf"), False),
}
"""Physical range of each kind: low, high, whether low is excluded."""


@attrs.frozen
class ModelInput:
    """One declared input.

    Parameters
    ----------
    name : str
    unit : str
        Canonical unit, see `cradlemark.core.quantities`.
    kind : str
        Physical range: ``positive`` (>0), ``amount`` (>=0), ``share`` (0 to 1), ``loss`` (0 to below 1), ``yield``
        (above 0 to 1), ``count`` (>=1), ``temperature`` (above absolute zero).
    default : float, optional
        Taken, and reported, when nothing is given.
    low, high : float, optional
        Usual range; a value outside is reported, not refused.
    optional : bool
        Without a value its step is not part of the result, which is reported.
    material_property : str
        Packaged property that fills it when a material is named.
    for_minimum : bool
        Whether the thermodynamic minimum needs it.
    status, source : str
        Of default and usual range.
    """

    name: str
    unit: str
    title: Text
    kind: Kind
    default: float | None = None
    low: float | None = None
    high: float | None = None
    optional: bool = False
    material_property: str = ""
    for_minimum: bool = False
    status: str = "unverified"
    source: str = ""

    @property
    def physical_range(self) -> tuple[float, float]:
        """Lowest and highest physical value [unit]; an open lower bound is moved up a little."""
        low, high, above = _RANGES[self.kind]
        return (low + _SMALLEST if above else low), high


_SMALLEST = 1e-9
"""Where draws of a number that is above a bound are moved to [1, relative to 1 of its unit]."""


@attrs.frozen
class Resolved:
    """Complete inputs and how they were completed."""

    values: dict[str, Number]
    assumed: tuple[str, ...]
    left_out: tuple[str, ...]
    unusual: tuple[str, ...]


def resolve(
    declared: tuple[ModelInput, ...],
    given: Mapping[str, Number],
    *,
    model: str,
    material: str = "",
    where: str = "",
    known: tuple[ModelInput, ...] = (),
) -> Resolved:
    """Complete the given inputs: given value, else property of the material, else declared default.

    Parameters
    ----------
    declared : tuple of ModelInput
        What is needed.
    given : mapping of str to float or ndarray of float64, shape (draws,)
    known : tuple of ModelInput
        All inputs of the model when `declared` is only a part of them.

    Raises
    ------
    InputErrors
        Every unknown name and every value outside its physical range.
    MissingDataErrors
        Every missing input.
    """
    raise_if_any((*_unknown(known or declared, given, model, where), *_outside(declared, given, where)))
    properties = material_properties(material, where=where) if material else None
    values: dict[str, Number] = {}
    assumed: list[str] = []
    left_out: list[str] = []
    missing: list[Problem] = []
    for item in declared:
        fallback = _fallback(item, properties)
        if item.name in given:
            values[item.name] = given[item.name]
        elif fallback is not None:
            values[item.name] = fallback
            assumed.append(item.name)
        elif item.optional:
            left_out.append(item.name)
        else:
            missing.append(_missing(item, model, properties, where))
    if missing:
        raise MissingDataErrors(missing)
    return Resolved(values, tuple(assumed), tuple(left_out), _unusual(declared, given))


def _fallback(item: ModelInput, properties: MaterialProperties | None) -> float | None:
    if properties and item.material_property:
        found = properties.get(item.material_property)
        if found is not None:
            return found
    return item.default


def _missing(item: ModelInput, model: str, properties: MaterialProperties | None, where: str) -> Problem:
    message = Text(
        f"model {model} needs {item.name}: {item.title.en} [{item.unit}]",
        f"模型 {model} 需要 {item.name}：{item.title.zh} [{item.unit}]",
    )
    hint = Text("enter a value", "输入数值")
    if item.material_property:
        hint = Text(
            f"it is not known for {properties.id}; enter a value"
            if properties
            else "enter it, or name a material",
            f"{properties.id} 没有该性质；请输入数值" if properties else "请输入，或指定材料",
        )
    return Problem(where, "model-input-missing", message, hint)


def _unknown(
    declared: tuple[ModelInput, ...], given: Mapping[str, Number], model: str, where: str
) -> list[Problem]:
    names = [item.name for item in declared]
    problems = []
    for name in given:
        if name not in names:
            near = process.extractOne(name, names, score_cutoff=60)
            hint = Text(
                f"did you mean {near[0]}?" if near else f"its inputs are {', '.join(names)}",
                f"是否指 {near[0]}？" if near else f"其输入为 {'、'.join(names)}",
            )
            message = Text(f"model {model} has no input {name}", f"模型 {model} 没有输入 {name}")
            problems.append(Problem(where, "model-input-unknown", message, hint))
    return problems


def _outside(declared: tuple[ModelInput, ...], given: Mapping[str, Number], where: str) -> list[Problem]:
    problems: list[Problem] = []
    for item in declared:
        if item.name in given:
            low, high, above = _RANGES[item.kind]
            name = Text(f"{item.name} [{item.unit}]", f"{item.title.zh} [{item.unit}]")
            problems += range_problems(
                given[item.name], name=name, where=where, low=low, high=high, above_low=above
            )
    return problems


def _unusual(declared: tuple[ModelInput, ...], given: Mapping[str, Number]) -> tuple[str, ...]:
    found = []
    for item in declared:
        if item.name in given:
            draws = np.asarray(given[item.name])
            too_low = item.low is not None and bool(np.any(draws < item.low))
            too_high = item.high is not None and bool(np.any(draws > item.high))
            if too_low or too_high:
                found.append(item.name)
    return tuple(found)
