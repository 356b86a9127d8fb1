"""Formulas of Brightway, which are Python expressions, in the formula language of process databases.

The two differ where it hurts: ``log`` is the natural logarithm in Python and the decimal one in openLCA. What has no
counterpart stays as it is and is not calculated.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import cast

LONGEST = 2_000
"""Longest formula that is read [characters]."""
DEEPEST = 60
"""Deepest nesting that is translated."""
_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "^",
}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "=", ast.NotEq: "<>",
}  # fmt: skip
_FUNCTIONS = {
    "log": "ln", "log10": "log10", "exp": "exp", "sqrt": "sqrt", "abs": "abs", "min": "min", "max": "max",
    "floor": "floor", "ceil": "ceil", "round": "round", "power": "pow", "pow": "pow",
}  # fmt: skip


class _Unknown(Exception):
    """Something without a counterpart."""


def translated(formula: str) -> str:
    """The formula in the language of process databases; unchanged when it has no counterpart there.

    Examples
    --------
    >>> translated("log(a) * b**2 if a > 1 else -b")
    'if((a > 1); (ln(a) * (b ^ 2)); (-b))'
    >>> translated("numpy.random.normal()")
    'numpy.random.normal()'
    """
    text = formula.strip().removeprefix("=").strip()
    if len(text) > LONGEST:
        return text
    try:
        # A tree is only looked at; nothing of it is ever evaluated as Python.
        return _written(ast.parse(text, mode="eval").body, 0)
    except (SyntaxError, ValueError, MemoryError, RecursionError, SystemError, _Unknown):
        return text


def _written(node: ast.expr, depth: int) -> str:
    if depth > DEEPEST:
        raise _Unknown
    writer = _WRITERS.get(type(node))
    if writer is None:
        raise _Unknown
    return writer(node, depth + 1)


def _binary(node: ast.expr, depth: int) -> str:
    node = cast("ast.BinOp", node)
    sign = _BINARY.get(type(node.op))
    if sign is None:
        raise _Unknown
    return f"({_written(node.left, depth)} {sign} {_written(node.right, depth)})"


def _unary(node: ast.expr, depth: int) -> str:
    node = cast("ast.UnaryOp", node)
    inner = _written(node.operand, depth)
    if isinstance(node.op, ast.Not):
        return f"not({inner})"
    if isinstance(node.op, ast.USub | ast.UAdd):
        return f"({'-' if isinstance(node.op, ast.USub) else ''}{inner})"
    raise _Unknown


def _choice(node: ast.expr, depth: int) -> str:
    node = cast("ast.IfExp", node)
    parts = (_written(part, depth) for part in (node.test, node.body, node.orelse))
    return f"if({'; '.join(parts)})"


def _comparison(node: ast.expr, depth: int) -> str:
    node = cast("ast.Compare", node)
    sides = [_written(side, depth) for side in (node.left, *node.comparators)]
    signs = [_COMPARED.get(type(sign)) for sign in node.ops]
    if None in signs:
        raise _Unknown
    pairs = [
        f"({left} {sign} {right})" for left, sign, right in zip(sides[:-1], signs, sides[1:], strict=True)
    ]
    return pairs[0] if len(pairs) == 1 else f"and({'; '.join(pairs)})"


def _logic(node: ast.expr, depth: int) -> str:
    node = cast("ast.BoolOp", node)
    word = "and" if isinstance(node.op, ast.And) else "or"
    return f"{word}({'; '.join(_written(value, depth) for value in node.values)})"


def _call(node: ast.expr, depth: int) -> str:
    node = cast("ast.Call", node)
    name = _FUNCTIONS.get(node.func.id) if isinstance(node.func, ast.Name) else None
    if name is None or node.keywords or not node.args:
        raise _Unknown
    return f"{name}({'; '.join(_written(argument, depth) for argument in node.args)})"


def _name(node: ast.expr, _depth: int) -> str:
    return cast("ast.Name", node).id


def _constant(node: ast.expr, _depth: int) -> str:
    value = cast("ast.Constant", node).value
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unknown
    return repr(value)


_WRITERS: dict[type[ast.expr], Callable[[ast.expr, int], str]] = {
    ast.BinOp: _binary, ast.UnaryOp: _unary, ast.IfExp: _choice, ast.Compare: _comparison, ast.BoolOp: _logic,
    ast.Call: _call, ast.Name: _name, ast.Constant: _constant,
}  # fmt: skip
