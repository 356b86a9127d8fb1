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
from cradlemark.core.language import Text
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
            Text(
                f"it has {len(text)} characters, more than {LONGEST_FORMULA}",
                f"有 {len(text)} 个字符，超过 {LONGEST_FORMULA}",
            ),
            Text("split it into parameters", "拆成几个参数"),
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


def _limit(message: Text, hint: Text) -> InputError:
    return InputError(message, code="formula-limit", hint=hint)


def _syntax(message: Text, hint: Text = Text()) -> InputError:
    return InputError(message, code="formula-syntax", hint=hint)


def _plain(text: str) -> str:
    if raised := _RAISED.search(text):
        # Compatibility folding would turn x² into the name x2.
        raise _syntax(
            Text(f"{raised.group()!r} is not read as a power", f"{raised.group()!r} 不按乘方读取"),
            Text("write powers with **, for example x**2", "乘方写作 **，例如 x**2"),
        )
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()
    if plain.startswith("=") and not plain.startswith("=="):
        plain = plain[1:].strip()
    if not plain:
        raise _syntax(
            Text("there is nothing in it", "内容为空"),
            Text("write an expression or a number", "写一个表达式或数字"),
        )
    if len(plain) > 2 * LONGEST_FORMULA:
        raise _limit(
            Text(f"it has more than {LONGEST_FORMULA} characters", f"超过 {LONGEST_FORMULA} 个字符"),
            Text("split it into parameters", "拆成几个参数"),
        )
    return plain


def _check_characters(plain: str) -> None:
    """Accept only the tokens of the language, and brackets that are not too deep."""
    place = depth = 0
    while place < len(plain):
        token = _TOKEN.match(plain, place)
        if not token:
            raise _syntax(
                Text(
                    f"{plain[place]!r} at character {place + 1} is not part of a formula",
                    f"第 {place + 1} 个字符 {plain[place]!r} 不属于公式",
                ),
                _hint(plain, place),
            )
        if token["glued"]:
            raise _syntax(
                Text(
                    f"{token.group()!r} at character {place + 1} is neither a number nor a name",
                    f"第 {place + 1} 个字符处的 {token.group()!r} 既非数字也非名称",
                ),
                Text(
                    "put a sign or a space between number and name, and write the decimal point once",
                    "在数字与名称之间加符号或空格，小数点只写一次",
                ),
            )
        depth += (token.group() == "(") - (token.group() == ")")
        if depth > DEEPEST_NESTING:
            raise _limit(
                Text(
                    f"brackets are nested deeper than {DEEPEST_NESTING}", f"括号嵌套超过 {DEEPEST_NESTING} 层"
                ),
                Text("split it into parameters", "拆成几个参数"),
            )
        place = token.end()


def _hint(plain: str, place: int) -> Text:
    hints = {
        "^": Text("write powers with **, for example x**2", "乘方写作 **，例如 x**2"),
        "=": Text("compare with ==", "比较写作 =="),
        "&": Text("write and", "写作 and"),
        "|": Text("write or", "写作 or"),
        "!": Text("write not", "写作 not"),
        ".": Text("names have no dots; a decimal number needs digits", "名称不含点；小数需要数字"),
        "[": Text("use round brackets", "使用圆括号"),
        "{": Text("use round brackets", "使用圆括号"),
        ";": Text("separate arguments with a comma", "参数之间用逗号分隔"),
        '"': Text("formulas have no texts, only numbers", "公式中没有文字，只有数字"),
        "'": Text("formulas have no texts, only numbers", "公式中没有文字，只有数字"),
    }
    other = Text(
        "use numbers, names, + - * / ** ( ) and the functions of the language",
        "使用数字、名称、+ - * / ** ( ) 和公式语言的函数",
    )
    return hints.get(plain[place], other)


def _parsed(plain: str) -> ast.expr:
    try:
        return ast.parse(" ".join(plain.split()), mode="eval").body
    except (MemoryError, RecursionError, SystemError):  # SystemError: CPython 3.11 on a deep stack
        raise _limit(
            Text("it is nested too deeply", "嵌套过深"), Text("split it into parameters", "拆成几个参数")
        ) from None
    except (SyntaxError, ValueError, OverflowError) as error:
        place = getattr(error, "offset", None)
        at = Text(f" near character {place}", f"（第 {place} 个字符附近）") if place else Text()
        hint = (
            Text("% is the remainder; write 5 % as 0.05", "% 是求余；5 % 写作 0.05")
            if "%" in plain
            else Text("check signs, brackets and commas", "检查符号、括号和逗号")
        )
        raise _syntax(Text("it is not an expression{at}", "不是表达式{at}").format(at=at), hint) from None


def _walk(tree: ast.expr) -> Iterator[tuple[ast.expr, bool]]:
    """Every expression node, without recursion; the flag marks the name of a called function."""
    stack: list[tuple[ast.expr, int, bool]] = [(tree, 1, False)]
    count = 0
    while stack:
        node, depth, called = stack.pop()
        count += not called
        if count > MOST_NODES:
            raise _limit(
                Text(f"it has more than {MOST_NODES} parts", f"超过 {MOST_NODES} 个部分"),
                Text("split it into parameters", "拆成几个参数"),
            )
        if depth > DEEPEST_NESTING:
            raise _limit(
                Text(f"it is nested deeper than {DEEPEST_NESTING}", f"嵌套超过 {DEEPEST_NESTING} 层"),
                Text(
                    "use sum(a, b, c, ...) or split it into parameters",
                    "使用 sum(a, b, c, ...) 或拆成几个参数",
                ),
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
        raise _syntax(
            Text(
                f"{shortened(ast.unparse(node))!r} is not part of the language",
                f"{shortened(ast.unparse(node))!r} 不属于公式语言",
            )
        )
    if isinstance(node, ast.BinOp):
        _check_operator(node)
    elif isinstance(node, ast.Compare) and not all(isinstance(sign, _COMPARISONS) for sign in node.ops):
        raise _syntax(Text("only < <= > >= == != compare", "比较符只有 < <= > >= == !="))
    elif isinstance(node, ast.Constant):
        _check_number(node.value)
    elif isinstance(node, ast.Call):
        _check_call(node)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Invert):
        raise _syntax(
            Text("~ is not part of the language", "~ 不属于公式语言"), Text("write not", "写作 not")
        )


def _check_name(name: str) -> None:
    if name in FUNCTIONS:
        raise InputError(
            Text(f"{name!r} is a function, not a value", f"{name!r} 是函数，不是值"),
            code="formula-name",
            hint=Text(f"write {name}(...) or rename the value", f"写作 {name}(...)，或将该值改名"),
        )


def _check_operator(node: ast.BinOp) -> None:
    if not isinstance(node.op, _OPERATORS):
        raise _syntax(
            Text("only + - * / // % ** calculate", "运算符只有 + - * / // % **"),
            Text("write powers with **", "乘方写作 **"),
        )
    if isinstance(node.op, ast.Pow):
        exponent = literal(node.right)
        if exponent is None:
            raise _limit(
                Text(
                    f"the exponent {shortened(ast.unparse(node.right))!r} is not a number",
                    f"指数 {shortened(ast.unparse(node.right))!r} 不是数字",
                ),
                Text(
                    "write the exponent as a number; a variable power is exp(exponent * log(base))",
                    "指数写成数字；变量的乘方写作 exp(指数 * log(底数))",
                ),
            )
        if abs(exponent) > LARGEST_EXPONENT:
            raise _limit(
                Text(
                    f"the exponent {exponent:g} is beyond {LARGEST_EXPONENT}",
                    f"指数 {exponent:g} 超过 {LARGEST_EXPONENT}",
                ),
                Text("use a smaller exponent or exp and log", "用较小的指数，或 exp 和 log"),
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
        raise _syntax(
            Text(f"{shortened(str(value))!r} is not a number", f"{shortened(str(value))!r} 不是数字"),
            Text("truth is 1 and 0", "真假写作 1 和 0"),
        )
    if abs(value) > LARGEST_LITERAL:
        raise _limit(
            Text(
                f"the number {shortened(str(value))} is beyond {LARGEST_LITERAL:g}",
                f"数值 {shortened(str(value))} 超过 {LARGEST_LITERAL:g}",
            ),
            Text("use a larger unit", "用更大的单位"),
        )


def _check_call(node: ast.Call) -> None:
    if not isinstance(node.func, ast.Name):
        raise _syntax(
            Text(
                f"{shortened(ast.unparse(node.func))!r} cannot be called",
                f"{shortened(ast.unparse(node.func))!r} 不能调用",
            ),
            Text("write * between factors", "因子之间写 *"),
        )
    name = node.func.id
    if name not in FUNCTIONS:
        raise InputError(
            Text(f"there is no function {name!r}", f"没有函数 {name!r}"),
            code="formula-name",
            hint=did_you_mean(name, sorted(FUNCTIONS), Text("functions are", "函数有")),
        )
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise _syntax(Text(f"{name} takes plain arguments only", f"{name} 只接受普通参数"))
    if len(node.args) > MOST_ARGUMENTS:
        raise _limit(
            Text(
                f"{name} has {len(node.args)} arguments, more than {MOST_ARGUMENTS}",
                f"{name} 有 {len(node.args)} 个参数，超过 {MOST_ARGUMENTS}",
            ),
            Text("sum in parts", "分部分求和"),
        )
    least, most = FUNCTIONS[name]
    if not least <= len(node.args) <= most:
        wanted = str(least) if least == most else f"at least {least}"
        raise _syntax(
            Text(
                f"{name} takes {wanted} argument{'s' if wanted != '1' else ''}, not {len(node.args)}",
                f"{name} 需要 {wanted} 个参数，而不是 {len(node.args)} 个",
            )
        )
