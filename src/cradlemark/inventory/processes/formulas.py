"""Formulas of process databases, put into the formula language of `cradlemark.core.formulas`.

Understood of openLCA's language: ``+ - * / ^``, ``;`` and ``,`` between arguments, ``= <> < > <= >=``, names without
regard to upper and lower case, ``if(c; a; b)``, ``and or not``, ``abs ceil exp floor ln log log10 max min pow round
sqr sqrt sum avg``, ``pi`` and ``e``. What else it has (random draws, trigonometry) is not calculated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from cradlemark.core.errors import InputError
from cradlemark.core.formulas import parse_formula
from cradlemark.core.language import Text
from cradlemark.inventory.processes.records import Parameter

LONGEST = 2_000
"""Longest formula that is read [characters]."""
MOST_POWERS = 50
"""Most powers of a formula."""
MOST_FAILED = 1_000
"""Formulas of one owner that cannot be calculated, after which the others are not tried."""
NAMED = 4
"""Parameters of a circle that are named."""
Token = tuple[str, str]
"""Kind (number, name or sign) and text."""
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?P<name>[^\W\d][\w.]*)"
    r"|(?P<sign><=|>=|<>|!=|==|\*\*|&&|\|\||[-+*/^%(),;<>=!]))"
)
_SIGNS = {"^": "**", "=": "==", "<>": "!=", "&&": " and ", "||": " or ", "!": " not "}
_FUNCTIONS = {"ln": "log", "log": "log10", "avg": "mean", "average": "mean"}
_SAME = {"abs", "ceil", "exp", "floor", "log10", "max", "min", "round", "sqrt", "sum", "mean"}
_REWRITTEN = {"if", "pow", "sqr", "and", "or", "not"}
_WORDS = {"and": " and ", "or": " or ", "not": " not "}
_CONSTANTS = {"pi": math.pi, "e": math.e}


def evaluate_formula(text: str, values: Mapping[str, float], *, where: str = "") -> float:
    """Value of a formula.

    Parameters
    ----------
    text : str
        In the syntax of openLCA.
    values : mapping of str to float
        Parameters, names in lower case.
    where : str
        Place for errors.

    Raises
    ------
    InputError
        From the formula language: ``formula-syntax``, ``formula-limit``, ``formula-name``, ``formula-value``.

    Examples
    --------
    >>> evaluate_formula("if(Share > 0.5; 2*Mass^2; 0)", {"share": 0.6, "mass": 3.0})
    18.0
    """
    names: dict[str, str] = {}
    try:
        plain = _translate(_powers(_tokens(text, where)), names)
    except RecursionError:
        raise InputError(
            Text("the formula is nested too deeply", "公式嵌套过深"),
            code="formula-limit",
            where=where,
            hint=Text("split it", "拆分公式"),
        ) from None
    known: dict[str, float] = {}
    for name, used in names.items():
        if name in values:
            known[used] = values[name]
        elif name in _CONSTANTS:
            known[used] = _CONSTANTS[name]
    try:
        return float(parse_formula(plain, where=where).bind(dict.fromkeys(known, "1"))(known))
    except InputError as error:
        raise _in_source_names(error, names) from None


def _in_source_names(error: InputError, names: Mapping[str, str]) -> InputError:
    """The error with the names of the source instead of the safe ones."""
    back = {used: name for name, used in names.items()}

    def original(text: Text) -> Text:
        said = (
            re.sub(r"v\d+_", lambda found: back.get(found.group(), found.group()), each)
            for each in (text.en, text.zh)
        )
        return Text(*said)

    return InputError(original(error.message), code=error.code, where=error.where, hint=original(error.hint))


def resolve_parameters(
    parameters: Sequence[Parameter], outer: Mapping[str, float]
) -> tuple[dict[str, float], dict[str, Text]]:
    """Values of parameters that may use each other and those of the database.

    Returns
    -------
    values : dict of str to float
        By name in lower case, the outer ones included.
    failed : dict of str to Text
        Names whose formula could not be calculated, and why; their stored value is used.
    """
    own = {p.name.lower(): p for p in parameters}
    values = {name: value for name, value in outer.items() if name not in own}
    values.update({name: p.value for name, p in own.items() if not p.formula})
    failed: dict[str, Text] = {}
    needs = {name: _names_in(p.formula) for name, p in own.items() if p.formula}
    for group in groups_in_order(needs):
        circle = len(group) > 1 or group[0] in needs[group[0]]
        why = _circle([own[name].name for name in group]) if circle else Text()
        for name in group:
            values[name] = own[name].value
            if not why and len(failed) <= MOST_FAILED:
                why = _calculate(own[name], values)
            elif not why:
                why = Text("too many others cannot be calculated", "无法计算的公式过多")
            if why:
                failed[own[name].name] = why
    return values, failed


def _calculate(parameter: Parameter, values: dict[str, float]) -> Text:
    """Give a parameter its value; returns why it has none."""
    name = parameter.name.lower()
    stored = values.pop(name)
    try:
        values[name] = evaluate_formula(parameter.formula, values)
    except InputError as error:
        values[name] = stored
        return error.message
    return Text()


def _circle(names: Sequence[str]) -> Text:
    shown = " -> ".join(
        [*(name[:40] for name in names[:NAMED]), "..." if len(names) > NAMED else names[0][:40]]
    )
    return Text(
        f"{len(names):,} parameters need each other: {shown}", f"{len(names):,} 个参数相互引用：{shown}"
    )


def _names_in(formula: str) -> set[str]:
    try:
        return {text.lower() for kind, text in _tokens(formula, "") if kind == "name"}
    except InputError:
        return set()


def groups_in_order(needs: Mapping[str, set[str]]) -> list[list[str]]:
    """Names in groups that need each other, each group behind those that it needs; in linear time.

    Source: R. Tarjan, Depth-first search and linear graph algorithms, SIAM Journal on Computing 1 (1972) 146-160.

    Examples
    --------
    >>> groups_in_order({"a": {"b"}, "b": set(), "c": {"d"}, "d": {"c"}})
    [['b'], ['a'], ['c', 'd']]
    """
    found: list[list[str]] = []
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_ones: list[str] = []
    closed: set[str] = set()
    for first in needs:
        if first in number:
            continue
        path = [(first, iter(sorted(needs[first] & needs.keys())))]
        number[first] = lowest[first] = len(number)
        open_ones.append(first)
        while path:
            name, rest = path[-1]
            following = next(rest, None)
            if following is None:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[name])
                if lowest[name] == number[name]:
                    group = [open_ones.pop()]
                    while group[-1] != name:
                        group.append(open_ones.pop())
                    closed.update(group)
                    found.append(group[::-1])
            elif following not in number:
                number[following] = lowest[following] = len(number)
                open_ones.append(following)
                path.append((following, iter(sorted(needs[following] & needs.keys()))))
            elif following not in closed:
                lowest[name] = min(lowest[name], number[following])
    return found


def _tokens(text: str, where: str) -> list[Token]:
    if len(text) > LONGEST:
        raise InputError(
            Text("the formula is too long", "公式过长"),
            code="formula-limit",
            where=where,
            hint=Text("split it", "拆分公式"),
        )
    found: list[Token] = []
    place = 0
    plain = text.strip()
    for match in _TOKEN.finditer(plain):
        begin, end = match.span()
        if begin != place or end == place:
            break
        kind = match.lastgroup or ""
        found.append((kind, match[kind]))
        place = end
    if place < len(plain):
        raise InputError(
            Text(
                f"{plain[place]!r} in the formula {plain[:60]!r} is not understood",
                f"无法识别公式 {plain[:60]!r} 中的 {plain[place]!r}",
            ),
            code="formula-syntax",
            where=where,
            hint=Text("use numbers, names, + - * / ^ and brackets", "使用数字、名称、+ - * / ^ 和括号"),
        )
    return found


def _translate(tokens: list[Token], names: dict[str, str]) -> str:
    parts: list[str] = []
    index = 0
    while index < len(tokens):
        kind, text = tokens[index]
        following = tokens[index + 1][1] if index + 1 < len(tokens) else ""
        if kind == "name" and following == "(" and text.lower() in _REWRITTEN and not _joins(tokens, index):
            arguments, index = _arguments(tokens, index + 1)
            parts.append(_rewrite(text.lower(), [_translate(a, names) for a in arguments]))
            continue
        parts.append(_part(kind, text, following, names))
        index += 1
    return "".join(parts)


def _joins(tokens: list[Token], index: int) -> bool:
    """Whether ``and`` or ``or`` stands between two conditions, although a bracket follows: ``(a) and (b)``."""
    if tokens[index][1].lower() not in {"and", "or"} or not index:
        return False
    kind, text = tokens[index - 1]
    return kind == "number" or text == ")" or (kind == "name" and text.lower() not in _WORDS)


def _powers(tokens: list[Token]) -> list[Token]:
    """Powers with a calculated exponent put as ``exp(y * ln(x))``, which the formula language can read; x > 0."""
    found = list(tokens)
    if sum(text in {"^", "**"} for _, text in found) > MOST_POWERS:
        raise InputError(
            Text(f"the formula has more than {MOST_POWERS} powers", f"公式中的乘方超过 {MOST_POWERS} 个"),
            code="formula-limit",
            hint=Text("split it", "拆分公式"),
        )
    place = len(found) - 1
    while place > 0:
        if found[place][1] in {"^", "**"}:
            found = _power(found, place)
        place -= 1
    return found


def _power(tokens: list[Token], place: int) -> list[Token]:
    end = _operand_end(tokens, place + 1)
    exponent = tokens[place + 1 : end]
    if all(kind == "number" or text in {"+", "-"} for kind, text in exponent):
        return tokens
    if not any(kind == "name" for kind, _ in exponent):
        value = float(parse_formula(_translate(exponent, {})).bind({})({}))
        return [*tokens[: place + 1], *_number_tokens(value), *tokens[end:]]
    start = _operand_start(tokens, place - 1)
    opened, closed = ("sign", "("), ("sign", ")")
    return [
        *tokens[:start], ("name", "exp"), opened, opened, *exponent, closed, ("sign", "*"), ("name", "ln"), opened,
        *tokens[start:place], closed, closed, *tokens[end:],
    ]  # fmt: skip


def _number_tokens(value: float) -> list[Token]:
    return [("sign", "-"), ("number", repr(-value))] if value < 0.0 else [("number", repr(value))]


def _operand_end(tokens: list[Token], start: int) -> int:
    """Place behind the operand that begins at a place: sign, number, name, call or bracket."""
    place = start
    while place < len(tokens) and tokens[place][1] in {"+", "-"}:
        place += 1
    if place + 1 < len(tokens) and tokens[place][0] == "name" and tokens[place + 1][1] == "(":
        place += 1
    if place < len(tokens) and tokens[place][1] == "(":
        depth = 0
        for at in range(place, len(tokens)):
            depth += (tokens[at][1] == "(") - (tokens[at][1] == ")")
            if depth == 0:
                return at + 1
    return min(place + 1, len(tokens))


def _operand_start(tokens: list[Token], last: int) -> int:
    """Place where the operand begins that ends at a place."""
    place = last
    if tokens[place][1] == ")":
        depth = 0
        for at in range(place, -1, -1):
            depth += (tokens[at][1] == ")") - (tokens[at][1] == "(")
            if depth == 0:
                place = at
                break
        if place and tokens[place - 1][0] == "name" and tokens[place - 1][1].lower() not in _WORDS:
            place -= 1
    return place


def _part(kind: str, text: str, following: str, names: dict[str, str]) -> str:
    if kind == "number":
        return text.lstrip("0") if text[:2].isdigit() and text.strip("0") else text
    if kind == "sign":
        return {";": ","}.get(text, _SIGNS.get(text, text))
    lower = text.lower()
    if lower in _WORDS:
        return _WORDS[lower]
    if following == "(":
        return _FUNCTIONS.get(lower, lower)
    # Every name gets a safe one: the source's may be a word of the language.
    return names.setdefault(lower, f"v{len(names)}_")


def _arguments(tokens: list[Token], start: int) -> tuple[list[list[Token]], int]:
    depth = 0
    arguments: list[list[Token]] = [[]]
    for index in range(start, len(tokens)):
        text = tokens[index][1]
        depth += (text == "(") - (text == ")")
        if depth == 0:
            return arguments, index + 1
        if depth == 1 and text in {";", ","}:
            arguments.append([])
        elif not (depth == 1 and text == "("):
            arguments[-1].append(tokens[index])
    raise InputError(
        Text("a bracket is not closed", "括号未闭合"),
        code="formula-syntax",
        hint=Text("close it", "补上括号"),
    )


def _rewrite(name: str, arguments: list[str]) -> str:
    wanted = {"if": 3, "pow": 2, "sqr": 1, "not": 1}.get(name)
    if wanted is not None and len(arguments) != wanted:
        raise InputError(
            Text(
                f"{name} takes {wanted} arguments, not {len(arguments)}",
                f"{name} 需要 {wanted} 个参数，而不是 {len(arguments)} 个",
            ),
            code="formula-syntax",
            hint=Text("correct the formula in the source", "在数据源中修正公式"),
        )
    if name == "if":
        return f"(({arguments[1]}) if ({arguments[0]}) else ({arguments[2]}))"
    if name == "pow":
        return f"(({arguments[0]})**({arguments[1]}))"
    if name == "sqr":
        return f"(({arguments[0]})**2)"
    if name == "not":
        return f"(not ({arguments[0]}))"
    return "(" + f" {name} ".join(f"({argument})" for argument in arguments) + ")"
