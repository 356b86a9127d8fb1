"""The formula language: arithmetic with units, total and small, for parameters, rules and schemes.

A formula is one expression of numbers, names, ``+ - * / // % **``, comparisons, ``and or not``,
``a if condition else b`` and the functions of `FUNCTIONS`. There are no attributes, strings, indices, loops or
definitions, so every formula ends, and nothing but numbers goes in or comes out. Truth is 1 and 0.

Reading (`cradlemark.core.formula_reader`) keeps the limits, `Formula.bind` checks the units once, and then values go
through as fast as closures do.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

import attrs
import numpy as np

from cradlemark.core.errors import InputError
from cradlemark.core.formula_arrays import Value, array_evaluator
from cradlemark.core.formula_evaluation import scalar_evaluator
from cradlemark.core.formula_reader import formula_name, read_formula, shortened
from cradlemark.core.formula_units import FUNCTIONS, Node, check_units, converted
from cradlemark.core.language import Text
from cradlemark.core.quantities import Quantity, normalise_unit
from cradlemark.core.units import unit_text

__all__ = [
    "FUNCTIONS",
    "Bound",
    "Formula",
    "Value",
    "checked_value",
    "evaluate",
    "formula_name",
    "parse_formula",
]


@attrs.frozen
class Formula:
    """A formula that has been read and is within the limits; made by `parse_formula`.

    Parameters
    ----------
    text : str
        As written.
    names : frozenset of str
        Names that need a value.
    where : str
        Place in the user's document; not part of identity.
    """

    text: str
    names: frozenset[str]
    where: str = attrs.field(eq=False)
    _tree: ast.expr = attrs.field(eq=False, repr=False)

    def __str__(self) -> str:
        return self.text

    def unit(self, units: Mapping[str, str]) -> str:
        """Return the unit of the result, from the units of the names alone.

        Parameters
        ----------
        units : mapping of str to str
            Unit of each name.

        Raises
        ------
        InputError
            ``formula-name`` (a name without unit) or ``formula-unit`` (kg added to kWh).
        """
        return self.bind(units).unit

    def bind(self, units: Mapping[str, str], result_unit: str | None = None) -> Bound:
        """Check the units once and make the formula ready to evaluate.

        Parameters
        ----------
        units : mapping of str to str
            Unit in which each name's values will come.
        result_unit : str, optional
            Unit of the result; the formula's own unit if left out.

        Raises
        ------
        InputError
            As `unit`; also ``formula-unit`` if the result cannot be converted to `result_unit`.
        """
        wanted = None if result_unit is None else normalise_unit(result_unit, where=self.where)
        # Only the names in use: a study of n parameters binds n formulas.
        known = {name: normalise_unit(units[name], where=self.where) for name in self.names if name in units}
        if len(known) < len(self.names):  # written in another form, or unknown: then all are shown
            known |= {
                formula_name(name): normalise_unit(unit, where=self.where) for name, unit in units.items()
            }
        try:
            node = check_units(self._tree, known)
            if wanted is not None:
                node = converted(node, wanted)
        except InputError as error:
            raise self.error(error) from None
        return Bound(self, wanted or unit_text(node.powers), node)

    def error(self, error: InputError) -> InputError:
        """Say in an error which formula it is about and where that stands."""
        message = _ABOUT.format(formula=repr(shortened(self.text)), reason=error.message)
        return InputError(message, code=error.code, where=self.where, hint=error.hint)


_ABOUT = Text("in the formula {formula}: {reason}", "公式 {formula} 中：{reason}")


class Bound:
    """A formula with checked units, ready for values.

    Attributes
    ----------
    formula : Formula
        What is evaluated.
    unit : str
        Unit of the result.
    """

    __slots__ = ("_array", "_names", "_node", "_scalar", "formula", "unit")

    def __init__(self, formula: Formula, unit: str, node: Node) -> None:
        self.formula = formula
        self.unit = unit
        self._node = node
        self._names = tuple(sorted(formula.names))
        self._scalar = scalar_evaluator(node)
        self._array = array_evaluator(node)

    def __repr__(self) -> str:
        return f"Bound({self.formula.text!r}, unit={self.unit!r})"

    def __call__(self, values: Mapping[str, Value]) -> Value:
        """Evaluate.

        Parameters
        ----------
        values : mapping of str to float or array
            Value of each name, in the unit it was bound with. Arrays must have the same shape; a number beside
            arrays counts for every element. More names than needed do no harm.

        Returns
        -------
        float or array
            In `unit`; an array if a needed value is one. Always finite. Only the chosen branch of an
            ``if`` and the needed operands of ``and`` and ``or`` are evaluated, for each element.

        Raises
        ------
        InputError
            ``formula-name`` (value missing) or ``formula-value`` (not finite, division by zero, outside the domain,
            overflow), naming the part of the formula.
        """
        try:
            numbers, shape = self._numbers(values)
            if shape is None:
                return self._scalar(numbers)
            return self._array(numbers, shape)
        except InputError as error:
            raise self.formula.error(error) from None

    def with_checked(self, values: Mapping[str, float]) -> float:
        """Evaluate like a call, for values that are known to be finite floats under normal names."""
        try:
            return self._scalar(values)
        except InputError as error:
            raise self.formula.error(error) from None

    def _numbers(self, values: Mapping[str, Value]) -> tuple[dict[str, Value], tuple[int, ...] | None]:
        numbers: dict[str, Value] = {}
        shape: tuple[int, ...] | None = None
        for name in self._names:
            value = _value_of(name, values)
            # x - x is not 0 for nan and infinity; this is the fastest test there is.
            if type(value) is float:
                if value - value != 0.0:
                    raise _not_a_number(name, value)
                numbers[name] = value
                continue
            number = checked_value(name, value)
            numbers[name] = number
            if isinstance(number, np.ndarray):
                if shape is not None and number.shape != shape:
                    raise InputError(
                        Text(
                            f"the values have different shapes, {shape} and {number.shape} ({name})",
                            f"各值的形状不同：{shape} 与 {number.shape}（{name}）",
                        ),
                        code="formula-value",
                        hint=Text(
                            "give arrays of equal shape, or single numbers", "给出形状相同的数组，或单个数字"
                        ),
                    )
                shape = number.shape
        return numbers, shape


def _value_of(name: str, values: Mapping[str, Value]) -> Value:
    try:
        return values[name]
    except KeyError:
        # Two ways to write the same letters, for example full width, are one name.
        for other, value in values.items():
            if formula_name(other) == name:
                return value
    raise InputError(
        Text(f"{name} has no value", f"{name} 没有值"),
        code="formula-name",
        hint=Text(f"give a value for {name}", f"为 {name} 给出值"),
    )


def checked_value(name: str, value: object) -> Value:
    """Take a number or an array as floats; refuse all else and everything that is not finite.

    Raises
    ------
    InputError
        ``formula-value``.
    """
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf":
            raise _not_a_number(name, f"an array of {value.dtype}")
        array = value.astype(np.float64, copy=False)
        if not np.isfinite(array).all():
            raise _not_a_number(name, "an array with nan or infinity")
        return array if array.ndim else float(array)
    if not isinstance(value, int | float | np.number) or isinstance(value, np.complexfloating):
        raise _not_a_number(name, value)
    try:
        number = float(value)
    except OverflowError:
        raise _not_a_number(name, "too large") from None
    if number - number != 0.0:
        raise _not_a_number(name, number)
    return number


def _not_a_number(name: str, value: object) -> InputError:
    text = shortened(str(value))
    return InputError(
        Text(f"the value of {name} is not a finite number: {text}", f"{name} 的值不是有限数值：{text}"),
        code="formula-value",
        hint=Text(f"correct {name}", f"修正 {name}"),
    )


def parse_formula(text: str, *, where: str = "") -> Formula:
    """Read a formula.

    Parameters
    ----------
    text : str
        One expression, a leading ``=`` allowed. Names are identifiers in any script. Full-width signs and
        ``× ÷ − ≤ ≥ ≠`` are understood.
    where : str
        Place in the user's document, for messages.

    Raises
    ------
    InputError
        ``formula-syntax``, ``formula-limit`` or ``formula-name`` (unknown function).

    Examples
    --------
    >>> formula = parse_formula("mass * (1 + loss) if mass > 0 else 0")
    >>> sorted(formula.names)
    ['loss', 'mass']
    >>> formula.bind({"mass": "g", "loss": "%"}, "kg")({"mass": 200.0, "loss": 5.0})
    0.21
    """
    try:
        tree, names = read_formula(text)
    except InputError as error:
        message = _ABOUT.format(formula=repr(shortened(text)), reason=error.message)
        raise InputError(message, code=error.code, where=where, hint=error.hint) from None
    return Formula(text.strip(), names, where, tree)


def evaluate(text: str, values: Mapping[str, Quantity]) -> Quantity:
    """Evaluate a formula of quantities once.

    Examples
    --------
    >>> str(evaluate("energy / parts", {"energy": Quantity(6, "kWh"), "parts": Quantity(4, "piece")}))
    '1.5 kWh/piece'
    """
    bound = parse_formula(text).bind({name: value.unit for name, value in values.items()})
    return Quantity(float(bound({name: value.magnitude for name, value in values.items()})), bound.unit)
