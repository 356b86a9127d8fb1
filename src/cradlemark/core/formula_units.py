"""Units of a formula: every part gets its unit, and the factors where units of one dimension meet.

The result is a tree of `Node`, in which all conversions are plain multiplications; evaluation knows no units.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.quantities import conversion_factor, dimension, root_unit
from cradlemark.core.suggestion import did_you_mean
from cradlemark.core.units import HIGHEST_POWER, Powers, sort_powers, unit_powers, unit_text

_ANY = 10**9
FUNCTIONS: Mapping[str, tuple[int, int]] = {
    "abs": (1, 1),
    "all": (1, _ANY),
    "any": (1, _ANY),
    "ceil": (1, 1),
    "clip": (3, 3),
    "count": (1, _ANY),
    "exp": (1, 1),
    "floor": (1, 1),
    "log": (1, 1),
    "log10": (1, 1),
    "max": (1, _ANY),
    "mean": (1, _ANY),
    "min": (1, _ANY),
    "round": (1, 1),
    "sqrt": (1, 1),
    "sum": (1, _ANY),
}
"""Functions with their least and most arguments. ``round`` goes to the even neighbour at a half."""

_PLAIN: Powers = ()
_SHARES = frozenset(["%", "‰"])
_COUNTED = frozenset(["dimensionless", "count", "set", "persons", "vehicles"])
_SIGNS: Mapping[type[ast.AST], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


@attrs.frozen(eq=False)
class Node:
    """One part of a checked formula.

    Parameters
    ----------
    kind : str
        ``number``, ``name``, ``scale``, ``if``, ``and``, ``or``, ``not``, ``compare``, an operator or a function.
    children : tuple of Node
        Operands.
    powers : tuple of (str, int)
        Unit of the result.
    source : ast.expr
        Where it comes from, for messages.
    value : float
        Of a number, a scale or a power.
    name : str
        Of a name.
    signs : tuple of str
        Of a comparison.
    """

    kind: str
    children: tuple[Node, ...]
    powers: Powers
    source: ast.expr
    value: float = 0.0
    name: str = ""
    signs: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The part of the formula."""
        text = ast.unparse(self.source)
        return text if len(text) <= 60 else f"{text[:45]} ... {text[-8:]}"

    @property
    def zero(self) -> bool:
        """Whether it is the number 0 as written, which may be compared with anything."""
        return self.kind == "number" and self.value == 0.0


def check_units(tree: ast.expr, units: Mapping[str, str]) -> Node:
    """Give every part of a formula its unit.

    Parameters
    ----------
    tree : ast.expr
        As `cradlemark.core.formula_reader` returns it.
    units : mapping of str to str
        Canonical unit of each name.

    Raises
    ------
    InputError
        ``formula-unit`` or ``formula-name``.
    """
    return _Checker(units).check(tree)


def converted(node: Node, unit: str) -> Node:
    """Convert a part to a unit; nothing happens if it has it already.

    Raises
    ------
    InputError
        ``formula-unit`` if it measures something else.
    """
    powers = unit_powers(unit)
    if powers == node.powers:
        return node
    own = unit_text(node.powers)
    if root_unit(own)[1] != root_unit(unit)[1]:
        raise _mismatch(
            Text(
                f"{node.text!r} is in {own} ({dimension(own)}), which is not {unit} ({dimension(unit)})",
                f"{node.text!r} 的单位为 {own}（{dimension(own)}），不是 {unit}（{dimension(unit)}）",
            ),
            Text("correct the formula or the unit", "修正公式或单位"),
        )
    return _scaled(node, conversion_factor(own, unit), powers)


def _scaled(node: Node, factor: float, powers: Powers) -> Node:
    if factor == 1.0:
        return attrs.evolve(node, powers=powers)
    return Node("scale", (node,), powers, node.source, value=factor)


def _mismatch(message: Text, hint: Text = Text()) -> InputError:
    return InputError(message, code="formula-unit", hint=hint)


def _described(node: Node) -> str:
    unit = unit_text(node.powers)
    return f"{node.text!r} [{unit}, {dimension(unit)}]"


def _same_dimension(first: Powers, second: Powers) -> bool:
    return first == second or root_unit(unit_text(first))[1] == root_unit(unit_text(second))[1]


def _unified(nodes: Sequence[Node], verb: str, *, zero: bool) -> tuple[tuple[Node, ...], Powers]:
    """Bring parts that are added, compared or chosen from to one unit, that of the first.

    The plain number 1 wins over per cent. A written 0 fits every unit where `zero` says so.
    """
    measured = [node for node in nodes if not (zero and node.zero)] or list(nodes)
    first = measured[0]
    for other in measured[1:]:
        if not _same_dimension(first.powers, other.powers):
            raise _mismatch(
                Text(
                    f"cannot {verb} {_described(first)} and {_described(other)}",
                    {"add": "不能相加", "average": "不能平均"}.get(verb, "不能比较")
                    + f"：{_described(first)} 与 {_described(other)}",
                ),
                Text(
                    "convert one of them with a factor that has a unit, for example kWh/kg",
                    "用带单位的系数换算其一，例如 kWh/kg",
                ),
            )
    powers = _PLAIN if any(node.powers == _PLAIN for node in measured) else first.powers
    unit = unit_text(powers)
    kept = {id(node) for node in measured}
    return (
        tuple(
            converted(node, unit) if id(node) in kept else attrs.evolve(node, powers=powers) for node in nodes
        ),
        powers,
    )


def _product(first: Powers, second: Powers, sign: int) -> tuple[Powers, float]:
    """Multiply or divide two units; atoms of one dimension become one, which gives a factor."""
    factor = 1.0
    result: dict[str, int] = {}
    for atoms, direction in ((first, 1), (second, sign)):
        for atom, power in atoms:
            signed = direction * power
            target = "1" if atom in _SHARES else _partner(atom, result)
            factor *= conversion_factor(atom, target) ** signed
            if target != "1":
                result[target] = result.get(target, 0) + signed
    powers = sort_powers(result)
    if any(abs(power) > HIGHEST_POWER for _, power in powers):
        raise _mismatch(
            Text(f"a unit to a power beyond {HIGHEST_POWER} arises", f"出现超过 {HIGHEST_POWER} 次方的单位"),
            Text("correct the formula", "修正公式"),
        )
    if powers and not root_unit(unit_text(powers))[1]:
        return _PLAIN, factor * conversion_factor(unit_text(powers), "1")
    return powers, factor


def _partner(atom: str, atoms: Mapping[str, int]) -> str:
    """Find the unit of the same dimension that is already there, or the atom itself."""
    if atom in atoms:
        return atom
    roots = root_unit(atom)[1]
    return next((other for other in atoms if atoms[other] and root_unit(other)[1] == roots), atom)


class _Checker:
    """Walks the tree once; depth is limited by the reader."""

    def __init__(self, units: Mapping[str, str]) -> None:
        self._units = units
        self._handlers: Mapping[type[ast.expr], Callable[[ast.expr], Node]] = {
            ast.Constant: self._number,
            ast.Name: self._name,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._binary,
            ast.BoolOp: self._boolean,
            ast.Compare: self._comparison,
            ast.IfExp: self._choice,
            ast.Call: self._call,
        }

    def check(self, tree: ast.expr) -> Node:
        return self._handlers[type(tree)](tree)

    def _number(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Constant)
        assert isinstance(tree.value, int | float)
        return Node("number", (), _PLAIN, tree, value=float(tree.value))

    def _name(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Name)
        if tree.id not in self._units:
            raise InputError(
                Text(f"unknown name {tree.id!r}", f"未知名称 {tree.id!r}"),
                code="formula-name",
                hint=did_you_mean(tree.id, sorted(self._units), Text("known names are", "已有名称")),
            )
        powers = unit_powers(self._units[tree.id])
        if any(atom == "degC" for atom, _ in powers):
            raise _mismatch(
                Text(
                    f"{tree.id!r} is in degC, which has no natural zero",
                    f"{tree.id!r} 的单位为 degC，没有自然零点",
                ),
                Text("give temperatures in K", "温度以 K 给出"),
            )
        return Node("name", (), powers, tree, name=tree.id)

    def _truth(self, tree: ast.expr) -> Node:
        node = self.check(tree)
        if not _same_dimension(node.powers, _PLAIN):
            raise _mismatch(
                Text(f"{_described(node)} is neither true nor false", f"{_described(node)} 既非真也非假"),
                Text("compare it, for example with > 0", "作比较，例如 > 0"),
            )
        return node

    def _unary(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.UnaryOp)
        if isinstance(tree.op, ast.Not):
            return Node("not", (self._truth(tree.operand),), _PLAIN, tree)
        child = self.check(tree.operand)
        if isinstance(tree.op, ast.UAdd):
            return child
        if child.kind == "number":
            return attrs.evolve(child, value=-child.value, source=tree)
        return Node("negative", (child,), child.powers, tree)

    def _binary(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.BinOp)
        if isinstance(tree.op, ast.Pow):
            return self._power(tree)
        pair = (self.check(tree.left), self.check(tree.right))
        kind = type(tree.op).__name__.lower()
        if kind in {"mult", "div"}:
            powers, factor = _product(pair[0].powers, pair[1].powers, 1 if kind == "mult" else -1)
            return _scaled(Node(kind, pair, powers, tree), factor, powers)
        verb = {"add": "add", "sub": "subtract"}.get(kind, "divide with remainder")
        same, powers = _unified(pair, verb, zero=False)
        return Node(kind, same, _PLAIN if kind == "floordiv" else powers, tree)

    def _power(self, tree: ast.BinOp) -> Node:
        base = self.check(tree.left)
        exponent = self.check(tree.right).value
        return self._raised(base, exponent, tree, "pow")

    def _raised(self, base: Node, exponent: float, tree: ast.expr, kind: str) -> Node:
        if any(atom in _SHARES for atom, _ in base.powers):
            base = converted(base, unit_text(_product(_PLAIN, base.powers, 1)[0]))
        scaled = [(atom, power * exponent) for atom, power in base.powers]
        if not all(power.is_integer() for _, power in scaled):
            base = self._rooted(base, exponent)
            scaled = [(atom, power * exponent) for atom, power in base.powers]
        if any(abs(power) > HIGHEST_POWER for _, power in scaled):
            raise _mismatch(
                Text(
                    f"{_described(base)} to the power {exponent:g} has no sensible unit",
                    f"{_described(base)} 的 {exponent:g} 次方没有合理的单位",
                )
            )
        powers = sort_powers((atom, int(power)) for atom, power in scaled)
        return Node(kind, (base,), powers, tree, value=exponent)

    def _rooted(self, base: Node, exponent: float) -> Node:
        """Write the unit in root units, where for example the root of ha is m."""
        roots = root_unit(unit_text(base.powers))[1]
        if not all((power * exponent).is_integer() for _, power in roots):
            raise _mismatch(
                Text(
                    f"{_described(base)} to the power {exponent:g} has no unit",
                    f"{_described(base)} 的 {exponent:g} 次方没有单位",
                ),
                Text("divide by a reference value first", "先除以参考值"),
            )
        return converted(base, unit_text(roots))

    def _boolean(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.BoolOp)
        kind = "and" if isinstance(tree.op, ast.And) else "or"
        return Node(kind, tuple(self._truth(value) for value in tree.values), _PLAIN, tree)

    def _comparison(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Compare)
        operands = [self.check(operand) for operand in (tree.left, *tree.comparators)]
        same, _ = _unified(operands, "compare", zero=True)
        return Node("compare", same, _PLAIN, tree, signs=tuple(_SIGNS[type(sign)] for sign in tree.ops))

    def _choice(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.IfExp)
        condition = self._truth(tree.test)
        branches = (self.check(tree.body), self.check(tree.orelse))
        same, powers = _unified(branches, "choose between", zero=True)
        return Node("if", (condition, *same), powers, tree)

    def _call(self, tree: ast.expr) -> Node:
        assert isinstance(tree, ast.Call)
        assert isinstance(tree.func, ast.Name)
        name = tree.func.id
        if name in {"all", "any", "count"}:
            return Node(name, tuple(self._truth(argument) for argument in tree.args), _PLAIN, tree)
        arguments = tuple(self.check(argument) for argument in tree.args)
        if name == "sqrt":
            return self._raised(arguments[0], 0.5, tree, "sqrt")
        if name == "abs":
            return Node(name, arguments, arguments[0].powers, tree)
        if name in {"exp", "log", "log10"}:
            return Node(name, (self._plain(arguments[0], name),), _PLAIN, tree)
        if name in {"floor", "ceil", "round"}:
            return self._whole(name, arguments[0], tree)
        verb = {"sum": "add", "mean": "average"}.get(name, "compare")
        same, powers = _unified(arguments, verb, zero=verb == "compare")
        return Node(name, same, powers, tree)

    def _plain(self, node: Node, name: str) -> Node:
        if not _same_dimension(node.powers, _PLAIN):
            raise _mismatch(
                Text(
                    f"{name} needs a plain number, not {_described(node)}",
                    f"{name} 需要纯数，而不是 {_described(node)}",
                ),
                Text("divide by a reference value", "除以参考值"),
            )
        return converted(node, "1")

    def _whole(self, name: str, node: Node, tree: ast.Call) -> Node:
        """Whole numbers exist of things that are counted; how a mass rounds would depend on its unit."""
        if dimension(unit_text(node.powers)) not in _COUNTED:
            raise _mismatch(
                Text(
                    f"{name} needs a plain or counted number, not {_described(node)}",
                    f"{name} 需要纯数或件数，而不是 {_described(node)}",
                ),
                Text(
                    "divide by the step first, for example by a parameter of 1 kg",
                    "先除以步长，例如 1 kg 的参数",
                ),
            )
        if any(atom in _SHARES for atom, _ in node.powers):
            node = converted(node, "1")
        return Node(name, (node,), node.powers, tree)
