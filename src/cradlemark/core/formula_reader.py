"""Reading a formula safely: characters, brackets, Python's grammar, white list, limits.

Each step refuses what the next need not think of, so that hostile text never reaches Python's parser with
deep nesting, strings, attributes or control characters in it.
"""

from __future__ import annotations

import ast
import re
import unicodedata
from collections.abc import Iterator

from cradlemark.core.errors import InputError
from cradlemark.core.formula_units import FUNCTIONS
from cradlemark.core.suggestion import did_you_mean

LONGEST_FORMULA = 2000
"""Longest formula [characters]."""
MOST_NODES = 500
"""Most numbers, names, operations and calls in one formula."""
DEEPEST_NESTING = 40
"""Deepest nesting of brackets, and of operations in operations."""
LARGEST_EXPONENT = 16
"""Largest absolute value of an exponent; it must be a number, not a name."""
LARGEST_LITERAL = 1e15
"""Largest absolute value of a number written in a formula."""
MOST_ARGUMENTS = 64
"""Most arguments of one call."""

_SIGNS = str.maketrans({"×": "*", "·": "*", "÷": "/", "−": "-", "≤": "<=", "≥": ">=", "≠": "!="})
_TOKEN = re.compile(
    r"[ \t\r\n]+|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)(?P<glued>[\w.]?)|(?P<name>[^\W\d]\w*)"
    r"|\*\*|//|<=|>=|==|!=|[-+*/%<>(),]",
)
_RAISED = re.compile("[⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻]")
_NODES = (
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Call,
    ast.Name,
    ast.Constant,
)
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow)
_COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)


def formula_name(name: str) -> str:
    """Normal form of a name: Python's own, so that full-width letters are the plain ones."""
    return name if name.isascii() else unicodedata.normalize("NFKC", name)


def shortened(text: str) -> str:
    """Keep messages short whatever the formula."""
    return text if len(text) <= 80 else f"{text[:60]} ... {text[-12:]}"


def read_formula(text: str) -> tuple[ast.expr, frozenset[str]]:
    """Read the text into Python's tree, white-listed and within the limits.

    Returns
    -------
    tree : ast.expr
        Only the nodes of the language.
    names : frozenset of str
        Names that need a value.

    Raises
    ------
    InputError
        ``formula-syntax``, ``formula-limit`` or ``formula-name``.
    """
    if len(text) > LONGEST_FORMULA:
        raise _limit(
            f"it has {len(text)} characters, more than {LONGEST_FORMULA}", "split it into parameters"
        )
    plain = _plain(text)
    _check_characters(plain)
    tree = _parsed(plain)
    names = set()
    # The whole tree is measured first: messages below write parts out, which recurses.
    for node, called in list(_walk(tree)):
        _check_node(node)
        if isinstance(node, ast.Name) and not called:
            _check_name(node.id)
            names.add(node.id)
    return tree, frozenset(names)


def _limit(message: str, hint: str) -> InputError:
    return InputError(message, code="formula-limit", hint=hint)


def _syntax(message: str, hint: str = "") -> InputError:
    return InputError(message, code="formula-syntax", hint=hint)


def _plain(text: str) -> str:
    if raised := _RAISED.search(text):
        # Compatibility folding would turn x² into the name x2.
        raise _syntax(f"{raised.group()!r} is not read as a power", "write powers with **, for example x**2")
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()
    if plain.startswith("=") and not plain.startswith("=="):
        plain = plain[1:].strip()
    if not plain:
        raise _syntax("there is nothing in it", "write an expression or a number")
    if len(plain) > 2 * LONGEST_FORMULA:
        raise _limit(f"it has more than {LONGEST_FORMULA} characters", "split it into parameters")
    return plain


def _check_characters(plain: str) -> None:
    """Accept only the tokens of the language, and brackets that are not too deep."""
    place = depth = 0
    while place < len(plain):
        token = _TOKEN.match(plain, place)
        if not token:
            raise _syntax(
                f"{plain[place]!r} at character {place + 1} is not part of a formula", _hint(plain, place)
            )
        if token["glued"]:
            raise _syntax(
                f"{token.group()!r} at character {place + 1} is neither a number nor a name",
                "put a sign or a space between number and name, and write the decimal point once",
            )
        depth += (token.group() == "(") - (token.group() == ")")
        if depth > DEEPEST_NESTING:
            raise _limit(f"brackets are nested deeper than {DEEPEST_NESTING}", "split it into parameters")
        place = token.end()


def _hint(plain: str, place: int) -> str:
    hints = {
        "^": "write powers with **, for example x**2",
        "=": "compare with ==",
        "&": "write and",
        "|": "write or",
        "!": "write not",
        ".": "names have no dots; a decimal number needs digits",
        "[": "use round brackets",
        "{": "use round brackets",
        ";": "separate arguments with a comma",
        '"': "formulas have no texts, only numbers",
        "'": "formulas have no texts, only numbers",
    }
    return hints.get(plain[place], "use numbers, names, + - * / ** ( ) and the functions of the language")


def _parsed(plain: str) -> ast.expr:
    try:
        return ast.parse(" ".join(plain.split()), mode="eval").body
    except (MemoryError, RecursionError):
        raise _limit("it is nested too deeply", "split it into parameters") from None
    except (SyntaxError, ValueError, OverflowError) as error:
        place = getattr(error, "offset", None)
        at = f" near character {place}" if place else ""
        hint = "% is the remainder; write 5 % as 0.05" if "%" in plain else "check signs, brackets and commas"
        raise _syntax(f"it is not an expression{at}", hint) from None


def _walk(tree: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
    """Every expression node, without recursion; the flag marks the name of a called function."""
    stack: list[tuple[ast.expr, int, bool]] = [(tree, 1, False)]
    count = 0
    while stack:
        node, depth, called = stack.pop()
        count += not called
        if count > MOST_NODES:
            raise _limit(f"it has more than {MOST_NODES} parts", "split it into parameters")
        if depth > DEEPEST_NESTING:
            raise _limit(
                f"it is nested deeper than {DEEPEST_NESTING}",
                "use sum(a, b, c, ...) or split it into parameters",
            )
        yield node, called
        function = node.func if isinstance(node, ast.Call) else None
        stack.extend(
            (child, depth + 1, child is function)
            for child in ast.iter_child_nodes(node)
            if isinstance(child, ast.expr)
        )


def _check_node(node: ast.expr) -> None:
    if not isinstance(node, _NODES):
        raise _syntax(f"{shortened(ast.unparse(node))!r} is not part of the language")
    if isinstance(node, ast.BinOp):
        _check_operator(node)
    elif isinstance(node, ast.Compare) and not all(isinstance(sign, _COMPARISONS) for sign in node.ops):
        raise _syntax("only < <= > >= == != compare")
    elif isinstance(node, ast.Constant):
        _check_number(node.value)
    elif isinstance(node, ast.Call):
        _check_call(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        raise _syntax("~ is not part of the language", "write not")


def _check_name(name: str) -> None:
    if name in FUNCTIONS:
        raise InputError(
            f"{name!r} is a function, not a value",
            code="formula-name",
            hint=f"write {name}(...) or rename the value",
        )


def _check_operator(node: ast.BinOp) -> None:
    if not isinstance(node.op, _OPERATORS):
        raise _syntax("only + - * / // % ** calculate", "write powers with **")
    if isinstance(node.op, ast.Pow):
        exponent = literal(node.right)
        if exponent is None:
            raise _limit(
                f"the exponent {shortened(ast.unparse(node.right))!r} is not a number",
                "write the exponent as a number; a variable power is exp(exponent * log(base))",
            )
        if abs(exponent) > LARGEST_EXPONENT:
            raise _limit(
                f"the exponent {exponent:g} is beyond {LARGEST_EXPONENT}",
                "use a smaller exponent or exp and log",
            )


def literal(node: ast.expr) -> float | None:
    """Value of a written number with its sign, or nothing."""
    sign = 1.0
    while isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
        sign = -sign if isinstance(node.op, ast.USub) else sign
        node = node.operand
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        _check_number(node.value)
        return sign * float(node.value)
    return None


def _check_number(value: object) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _syntax(f"{shortened(str(value))!r} is not a number", "truth is 1 and 0")
    if abs(value) > LARGEST_LITERAL:
        raise _limit(f"the number {shortened(str(value))} is beyond {LARGEST_LITERAL:g}", "use a larger unit")


def _check_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name):
        raise _syntax(f"{shortened(ast.unparse(node.func))!r} cannot be called", "write * between factors")
    name = node.func.id
    if name not in FUNCTIONS:
        raise InputError(
            f"there is no function {name!r}",
            code="formula-name",
            hint=did_you_mean(name, sorted(FUNCTIONS), "functions are"),
        )
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise _syntax(f"{name} takes plain arguments only")
    if len(node.args) > MOST_ARGUMENTS:
        raise _limit(f"{name} has {len(node.args)} arguments, more than {MOST_ARGUMENTS}", "sum in parts")
    least, most = FUNCTIONS[name]
    if not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"at least {least}"
        raise _syntax(f"{name} takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(node.args)}")
