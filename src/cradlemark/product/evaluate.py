"""Numbers of a study: values and formulas turned into scalars, or into arrays of draws."""

from __future__ import annotations

from collections.abc import Mapping

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.formulas import Bound, parse_formula
from cradlemark.core.language import Text
from cradlemark.core.parameters import Parameter as NamedFormula
from cradlemark.core.parameters import ParameterSet
from cradlemark.core.quantities import conversion_factor
from cradlemark.product.study import Parameter, Study, Value
from cradlemark.product.system import Factor, Number


@attrs.frozen
class Uncertain:
    """One uncertain number of the study: its value as written and its central magnitude [unit as written]."""

    path: str
    value: Value
    central: float


@attrs.frozen(slots=False)
class Formulas:
    """Everything of a study that must be parsed only once: parameters in order and bound formulas."""

    units: Mapping[str, str]
    parameters: ParameterSet
    uncertain: tuple[Uncertain, ...]
    _bound: dict[tuple[str, str], Bound] = attrs.field(factory=dict, eq=False)

    @classmethod
    def of(cls, study: Study) -> Formulas:
        """Parse the parameters of a study.

        Raises
        ------
        InputErrors
            All wrong formulas, names, units and cycles at once.
        """
        named = ParameterSet([_named(parameter) for parameter in study.parameters])
        central = named.resolve({})
        uncertain = tuple(
            Uncertain(
                parameter_path(parameter.name), parameter.value, float(np.asarray(central[parameter.name]))
            )
            for parameter in study.parameters
            if parameter.value.distribution is not None
        )
        units = {parameter.name: parameter.value.unit for parameter in study.parameters}
        return cls(units, named, uncertain)

    def bound(self, text: str, unit: str) -> Bound:
        """Return the formula of a value, bound to the parameters' units, in `unit`."""
        key = (text, unit)
        if key not in self._bound:
            self._bound[key] = parse_formula(text).bind(self.units, unit)
        return self._bound[key]


def parameter_path(name: str) -> str:
    """Path of a parameter's value in the study."""
    return f"parameters[{name}].value"


def _named(parameter: Parameter) -> NamedFormula:
    value = parameter.value
    return NamedFormula(
        name=parameter.name,
        unit=value.unit,
        value=value.magnitude,
        formula=value.formula,
        where=parameter_path(parameter.name),
    )


class Evaluator:
    """Numbers of one study under some overrides.

    Parameters
    ----------
    formulas : Formulas
    overrides : mapping of path to number
        Numbers that replace a value [unit as written]; arrays of shape (draws,) all of one length.
    """

    def __init__(self, formulas: Formulas, overrides: Mapping[str, Number] | None = None) -> None:
        self._formulas = formulas
        self._overrides = dict(overrides or {})
        of_parameters = {
            name: self._overrides[parameter_path(name)]
            for name in formulas.units
            if parameter_path(name) in self._overrides
        }
        self._parameters = formulas.parameters.resolve(of_parameters)
        self._parameters_moved = bool(of_parameters)
        self.uncertain: dict[str, Uncertain] = {}
        self.clipped: dict[str, float] = {}
        """Share of the draws that lay outside the physical range [0-1], by path."""
        self.read: set[str] = set()
        """Paths of the values that were read; a caller may empty it to see what one part of the study reads."""
        self.by_formula = False
        """Set when a number came from a formula; a caller may clear it."""

    def unmoved(self, read: frozenset[str], *, by_formula: bool) -> bool:
        """Whether numbers that rest on these values are as the study states them."""
        return self._overrides.keys().isdisjoint(read) and not (by_formula and self._parameters_moved)

    def number(
        self, value: Value, path: str, unit: str, *, low: float = -np.inf, high: float = np.inf
    ) -> Number:
        """Return a value in `unit`.

        Parameters
        ----------
        low, high : float
            Physical range [unit]. A central number outside it is an error; draws outside it are moved to its edge.

        Raises
        ------
        InputError
            ``value-range`` with the path, or what the formula raises.
        """
        magnitude = self._magnitude(value, path)
        number = magnitude if value.unit == unit else magnitude * conversion_factor(value.unit, unit)
        if isinstance(number, np.ndarray):
            inside = np.clip(number, low, high)
            outside = float(np.mean(inside != number))
            if outside > 0.0:
                self.clipped[path] = outside
            return inside
        if not low <= number <= high:
            raise InputError(
                Text(
                    f"{number:g} {unit} is outside {_range(low, high, unit)}",
                    f"{number:g} {unit} 超出 {_range(low, high, unit)}",
                ),
                code="value-range",
                where=path,
                hint=Text("correct the number or its unit", "修正数值或其单位"),
            )
        return number

    def factor(
        self, name: str, value: Value, path: str, unit: str, *, low: float = 0.0, high: float = np.inf
    ) -> Factor:
        """Return a value as a named factor in `unit`; the name tells how the user wrote it."""
        number = self.number(value, path, unit, low=low, high=high)
        written = _written(value) if (value.unit != unit or value.formula) else ""
        return Factor(f"{name} ({written})" if written else name, number, unit, path)

    def _magnitude(self, value: Value, path: str) -> Number:
        self.read.add(path)
        if path in self._overrides:
            return self._overrides[path]
        magnitude: Number
        if value.formula is not None:
            self.by_formula = True
            try:
                magnitude = self._formulas.bound(value.formula, value.unit)(self._parameters)
            except InputError as error:
                raise InputError(error.message, code=error.code, where=path, hint=error.hint) from error
        elif value.magnitude is not None:
            magnitude = value.magnitude
        else:
            raise InputError(
                Text("there is no number", "没有数字"),
                code="value-missing",
                where=path,
                hint=Text("give a number and a unit", "给出数字和单位"),
            )
        if value.distribution is not None and not isinstance(magnitude, np.ndarray):
            self.uncertain[path] = Uncertain(path, value, magnitude)
        return magnitude


def _written(value: Value) -> str:
    return f"= {value.formula}" if value.formula else f"{value.magnitude:g} {value.unit}"


def _range(low: float, high: float, unit: str) -> str:
    if high == np.inf:
        return f"the range from {low:g} {unit} up"
    return f"{low:g} to {high:g} {unit}"
