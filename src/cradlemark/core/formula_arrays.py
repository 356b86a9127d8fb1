"""Evaluating a checked formula on arrays, as if element by element.

Branches and operands that an element does not need are not evaluated for it, so ``a / b if b != 0 else 0`` works on
arrays as it does on numbers. NumPy's warnings are errors here, and each names the part of the formula.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cradlemark.core.formula_evaluation import COMPARE, failed, reason_of
from cradlemark.core.formula_units import Node
from cradlemark.core.language import Text

Value = float | NDArray[np.float64]
"""One number, or an array of draws or rows."""
Values = Mapping[str, Value]
Step = Callable[[Values], Value]


def _clip(value: Value, low: Value, high: Value) -> Value:
    if np.any(np.greater(low, high)):
        raise ValueError("limits")
    return np.minimum(np.maximum(value, low), high)


def _sum(*values: Value) -> Value:
    return reduce(np.add, values)


def _mean(*values: Value) -> Value:
    return _sum(*values) / len(values)


def _count(*values: Value) -> Value:
    return _sum(*(np.not_equal(value, 0.0).astype(np.float64) for value in values))


_ARRAY: Mapping[str, Callable[..., Any]] = {
    "add": np.add,
    "sub": np.subtract,
    "mult": np.multiply,
    "div": np.divide,
    "floordiv": np.floor_divide,
    "mod": np.remainder,
    "negative": np.negative,
    "abs": np.abs,
    "sqrt": np.sqrt,
    "exp": np.exp,
    "log": np.log,
    "log10": np.log10,
    "floor": np.floor,
    "ceil": np.ceil,
    "round": np.rint,
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    "sum": _sum,
    "mean": _mean,
    "clip": _clip,
    "any": lambda *values: np.minimum(_count(*values), 1.0),
    "all": lambda *values: np.equal(_count(*values), len(values)).astype(np.float64),
    "count": _count,
}


def array_evaluator(node: Node) -> Callable[[Values, tuple[int, ...]], NDArray[np.float64]]:
    """Make the function from arrays to an array.

    Parameters
    ----------
    node : Node
        A checked formula.

    Returns
    -------
    callable
        Takes a mapping of finite floats and arrays of one shape, and that shape; returns a new array of it, all
        finite, or raises `InputError` ``formula-value``.
    """
    step = _step(node)

    def evaluate(values: Values, shape: tuple[int, ...]) -> NDArray[np.float64]:
        with np.errstate(divide="raise", over="raise", invalid="raise", under="ignore"):
            result = step(values)
        array = np.array(np.broadcast_to(result, shape), dtype=np.float64)
        if not np.isfinite(array).all():
            raise failed(node, Text("not every element is finite", "并非每个元素都有限"))
        return array

    return evaluate


def _step(node: Node) -> Step:
    if node.kind == "number":
        number = node.value
        return lambda _values: number
    if node.kind == "name":
        name = node.name
        return lambda values: values[name]
    steps = tuple(_step(child) for child in node.children)
    special = _SPECIAL.get(node.kind)
    return special(node, steps) if special else _applied(node, steps)


def _applied(node: Node, steps: tuple[Step, ...]) -> Step:
    function = _function(node)

    def run(values: Values) -> Value:
        arguments = [step(values) for step in steps]
        try:
            result: Value = function(*arguments)
        except (ArithmeticError, ValueError) as error:
            reason = (
                Text("the lower limit is above the upper", "下限大于上限")
                if node.kind == "clip"
                else reason_of(error, node.kind)
            )
            raise failed(node, reason) from None
        return result

    return run


def _function(node: Node) -> Callable[..., Any]:
    if node.kind == "scale":
        factor = node.value
        return lambda value: np.multiply(value, factor)
    if node.kind == "pow":
        exponent = node.value
        return lambda value: np.power(np.asarray(value, dtype=np.float64), exponent)
    return _ARRAY[node.kind]


def _part(values: Values, mask: NDArray[np.bool_]) -> dict[str, Value]:
    return {name: value[mask] if isinstance(value, np.ndarray) else value for name, value in values.items()}


def _if(_node: Node, steps: tuple[Step, ...]) -> Step:
    condition, chosen, otherwise = steps

    def run(values: Values) -> Value:
        mask = np.not_equal(condition(values), 0.0)
        if mask.all():
            return chosen(values)
        if not mask.any():
            return otherwise(values)
        result = np.empty(mask.shape)
        result[mask] = chosen(_part(values, mask))
        result[~mask] = otherwise(_part(values, ~mask))
        return result

    return run


def _lazily(*, until: bool) -> Callable[[Node, tuple[Step, ...]], Step]:
    """``and`` and ``or``: later operands only for the elements that are not decided by `until`."""

    def build(_node: Node, steps: tuple[Step, ...]) -> Step:
        def run(values: Values) -> Value:
            return _truth(steps, values).astype(np.float64)

        return run

    def _truth(steps: tuple[Step, ...], values: Values) -> NDArray[np.bool_]:
        truth = np.asarray(np.not_equal(steps[0](values), 0.0))
        if len(steps) == 1:
            return truth
        opened = truth != until
        if not opened.any():
            return truth
        if opened.all():
            return _truth(steps[1:], values)
        result = truth.copy()
        result[opened] = _truth(steps[1:], _part(values, opened))
        return result

    return build


def _not(_node: Node, steps: tuple[Step, ...]) -> Step:
    (step,) = steps
    return lambda values: np.equal(step(values), 0.0).astype(np.float64)


def _compare(node: Node, steps: tuple[Step, ...]) -> Step:
    signs = [COMPARE[sign] for sign in node.signs]

    def run(values: Values) -> Value:
        numbers = [np.asarray(step(values)) for step in steps]
        pairs = zip(signs, numbers, numbers[1:], strict=False)
        truth: NDArray[np.bool_] = reduce(np.logical_and, (sign(left, right) for sign, left, right in pairs))
        return truth.astype(np.float64)

    return run


_SPECIAL: Mapping[str, Callable[[Node, tuple[Step, ...]], Step]] = {
    "if": _if,
    "not": _not,
    "and": _lazily(until=False),
    "or": _lazily(until=True),
    "compare": _compare,
}
