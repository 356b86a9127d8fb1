"""Evaluating a checked formula on single numbers: closures over floats.

What has no finite value is refused, and the part of the formula named. Arrays: `cradlemark.core.formula_arrays`.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from cradlemark.core.errors import InputError
from cradlemark.core.formula_units import Node
from cradlemark.core.language import Text

Scalars = Mapping[str, Any]
ScalarStep = Callable[[Scalars], float]

COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
}


BY_ZERO = Text("division by zero", "除以零")
LOG_OF_ZERO = Text("logarithm of zero", "零的对数")
_GUARD = Text("guard it, for example: a / b if b != 0 else 0", "加以防护，例如：a / b if b != 0 else 0")


def failed(node: Node, reason: Text) -> InputError:
    """Say which part has no finite value and why."""
    hint = _GUARD if reason == BY_ZERO else Text("check the values", "检查各值")
    return InputError(
        Text("{part} has no finite value: {reason}", "{part} 没有有限值：{reason}").format(
            part=repr(node.text), reason=reason
        ),
        code="formula-value",
        hint=hint,
    )


def reason_of(error: Exception, kind: str) -> Text:
    """Put Python's and NumPy's arithmetic errors into the same words."""
    text = str(error)
    if isinstance(error, ZeroDivisionError) or "divide by zero" in text or "zero" in text:
        return LOG_OF_ZERO if kind in {"log", "log10"} else BY_ZERO
    if isinstance(error, OverflowError) or "overflow" in text:
        return Text("too large", "过大")
    if kind in {"div", "floordiv", "mod"}:
        return BY_ZERO
    return Text("outside the domain", "超出定义域")


def _clip(value: float, low: float, high: float) -> float:
    if low > high:
        raise ValueError("limits")
    return min(max(value, low), high)


def _sum(*values: float) -> float:
    # Left to right in every Python version: the built-in sum compensates since 3.12, and results must not move.
    return reduce(operator.add, values)


def _mean(*values: float) -> float:
    return _sum(*values) / len(values)


_SCALAR: Mapping[str, Callable[..., float]] = {
    "add": operator.add,
    "sub": operator.sub,
    "mult": operator.mul,
    "div": operator.truediv,
    "floordiv": operator.floordiv,
    "mod": operator.mod,
    "negative": operator.neg,
    "abs": abs,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "floor": lambda value: float(math.floor(value)),
    "ceil": lambda value: float(math.ceil(value)),
    "round": lambda value: float(round(value)),
    "min": lambda *values: min(values),
    "max": lambda *values: max(values),
    "sum": _sum,
    "mean": _mean,
    "clip": _clip,
    "any": lambda *values: 1.0 if any(values) else 0.0,
    "all": lambda *values: 1.0 if all(values) else 0.0,
    "count": lambda *values: float(sum(1 for value in values if value)),
}


def scalar_evaluator(node: Node) -> ScalarStep:
    """Make the function from float values to a float.

    Parameters
    ----------
    node : Node
        A checked formula.

    Returns
    -------
    callable
        Takes a mapping of finite floats, returns a finite float or raises `InputError` ``formula-value``.
    """
    if node.kind == "number":
        number = node.value
        return lambda _values: number
    if node.kind == "name":
        return operator.itemgetter(node.name)
    steps = tuple(scalar_evaluator(child) for child in node.children)
    special = _SCALAR_SPECIAL.get(node.kind)
    if special:
        return special(node, steps)
    if len(steps) == 1:
        return _scalar_one(node, steps[0])
    if len(steps) == 2:
        return _scalar_two(node, *steps)
    return _scalar_many(node, steps)


def _scalar_function(node: Node) -> Callable[..., float]:
    if node.kind == "scale":
        factor = node.value
        return lambda value: value * factor
    if node.kind == "pow":
        exponent = node.value
        return lambda value: math.pow(value, exponent)
    return _SCALAR[node.kind]


def _scalar_one(node: Node, step: ScalarStep) -> ScalarStep:
    function = _scalar_function(node)

    def run(values: Scalars) -> float:
        value = step(values)
        try:
            result = function(value)
        except (ArithmeticError, ValueError) as error:
            raise failed(node, _power_reason(node, value) or reason_of(error, node.kind)) from None
        if result - result != 0.0:
            raise failed(node, Text("too large", "过大"))
        return result

    return run


def _power_reason(node: Node, value: float) -> Text:
    return BY_ZERO if node.kind == "pow" and value == 0.0 else Text()


def _scalar_two(node: Node, first: ScalarStep, second: ScalarStep) -> ScalarStep:
    function = _scalar_function(node)

    def run(values: Scalars) -> float:
        left = first(values)
        right = second(values)
        try:
            result = function(left, right)
        except (ArithmeticError, ValueError) as error:
            raise failed(node, reason_of(error, node.kind)) from None
        if result - result != 0.0:
            raise failed(node, Text("too large", "过大"))
        return result

    return run


def _scalar_many(node: Node, steps: tuple[ScalarStep, ...]) -> ScalarStep:
    function = _scalar_function(node)

    def run(values: Scalars) -> float:
        arguments = [step(values) for step in steps]
        try:
            result = function(*arguments)
        except (ArithmeticError, ValueError) as error:
            raise failed(node, _many_reason(node) or reason_of(error, node.kind)) from None
        if result - result != 0.0:
            raise failed(node, Text("too large", "过大"))
        return result

    return run


def _many_reason(node: Node) -> Text:
    return Text("the lower limit is above the upper", "下限大于上限") if node.kind == "clip" else Text()


def _scalar_if(_node: Node, steps: tuple[ScalarStep, ...]) -> ScalarStep:
    condition, chosen, otherwise = steps
    return lambda values: chosen(values) if condition(values) else otherwise(values)


def _scalar_not(_node: Node, steps: tuple[ScalarStep, ...]) -> ScalarStep:
    (step,) = steps
    return lambda values: 0.0 if step(values) else 1.0


def _scalar_and(_node: Node, steps: tuple[ScalarStep, ...]) -> ScalarStep:
    return lambda values: 1.0 if all(step(values) for step in steps) else 0.0


def _scalar_or(_node: Node, steps: tuple[ScalarStep, ...]) -> ScalarStep:
    return lambda values: 1.0 if any(step(values) for step in steps) else 0.0


def _scalar_compare(node: Node, steps: tuple[ScalarStep, ...]) -> ScalarStep:
    signs = [COMPARE[sign] for sign in node.signs]
    if len(signs) == 1:
        (sign,), (first, second) = signs, steps
        return lambda values: 1.0 if sign(first(values), second(values)) else 0.0

    def run(values: Scalars) -> float:
        numbers = [step(values) for step in steps]
        pairs = zip(signs, numbers, numbers[1:], strict=False)
        return 1.0 if all(sign(left, right) for sign, left, right in pairs) else 0.0

    return run


_SCALAR_SPECIAL: Mapping[str, Callable[[Node, tuple[ScalarStep, ...]], ScalarStep]] = {
    "if": _scalar_if,
    "not": _scalar_not,
    "and": _scalar_and,
    "or": _scalar_or,
    "compare": _scalar_compare,
}
