"""Numbers, formulas and distributions as SimaPro writes them."""

from __future__ import annotations

import math
import re

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.records import Uncertainty

_NUMBER = {
    ".": re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"),
    ",": re.compile(r"[+-]?(?:\d+,?\d*|,\d+)(?:[eE][+-]?\d+)?"),
}
_DECIMAL_COMMA = re.compile(r"(?<=\d),(?=\d)")
_POINT = re.compile(r"\d\.\d")
_IFF = re.compile(r"\biff(?=\s*\()", re.IGNORECASE)
KINDS = ("Undefined", "Lognormal", "Normal", "Triangle", "Uniform")
"""Distributions."""
PEDIGREE = re.compile(r"\(((?:[1-5]|na)(?:,(?:[1-5]|na)){4,6})\)")
NONE = ("", "Undefined")


@attrs.frozen
class Amount:
    """A number, or a formula without a number of its own."""

    value: float
    formula: str = ""


def read_amount(text: str, decimal: str) -> Amount:
    """A number or a formula, in the notation of the file.

    Parameters
    ----------
    text : str
    decimal : str
        Decimal separator of the file; empty: not stated, then only a point is taken for one.

    Raises
    ------
    InputError
        ``number-invalid`` for an empty cell or the wrong decimal separator.

    Examples
    --------
    >>> read_amount("1,0E-12", ","), read_amount("2,5 * Share", ",")
    (Amount(value=1e-12, formula=''), Amount(value=nan, formula='2.5 * Share'))
    """
    plain = text.strip()
    if not plain:
        raise _bad(Text("an amount is missing", "缺少数量"), Text("write it", "请写明"))
    if _NUMBER[decimal or "."].fullmatch(plain):
        return Amount(float(plain.replace(",", ".")))
    return Amount(math.nan, in_formula_language(plain, decimal))


def in_formula_language(text: str, decimal: str) -> str:
    """A formula in the notation of `cradlemark.inventory.processes.formulas`: decimal points, ``if``."""
    if decimal == ",":
        if _POINT.search(text):
            raise _bad(
                Text(
                    f"{text[:40]!r} has a decimal point, the file has decimal commas",
                    f"{text[:40]!r} 用小数点，而文件用小数逗号",
                ),
                Text("correct the header or the cell", "修正文件头或单元格"),
            )
        text = _DECIMAL_COMMA.sub(".", text)
    elif not decimal and _DECIMAL_COMMA.search(text):
        raise _bad(
            Text(
                f"{text[:40]!r} has a comma, and the file does not state its decimal separator",
                f"{text[:40]!r} 含逗号，而文件未说明小数点",
            ),
            Text(
                "export it with a newer SimaPro, or write decimal points",
                "用较新的 SimaPro 导出，或使用小数点",
            ),
        )
    return _IFF.sub("if", text)


def read_number(text: str, decimal: str) -> float:
    """A plain number; an empty cell is nan.

    Raises
    ------
    InputError
        ``number-invalid``.
    """
    if not text.strip():
        return math.nan
    amount = read_amount(text, decimal)
    if amount.formula:
        raise _bad(
            Text(f"{text.strip()[:40]!r} is no number", f"{text.strip()[:40]!r} 不是数字"),
            Text("write a number", "写数字"),
        )
    return amount.value


def read_uncertainty(cells: list[str], amount: Amount, decimal: str) -> Uncertainty | None:
    """Distribution from its four cells: kind, spread, minimum, maximum.

    The first is the square of the geometric standard deviation (lognormal) or twice the standard deviation (normal). The
    centre is the amount; it is left open where the amount is a formula.

    Parameters
    ----------
    cells : list of str
    amount : Amount
    decimal : str

    Raises
    ------
    InputError
        ``uncertainty-invalid`` for a distribution that cannot be; ``number-invalid``.

    References
    ----------
    Goedkoop et al. (2016): Introduction to LCA with SimaPro, PRé, chapter 5.
    """
    cells = [cell.strip() for cell in cells] + [""] * 4
    kind = cells[0]
    if kind in NONE:
        return None
    if kind not in KINDS:
        raise _invalid(Text(f"the distribution {kind[:40]!r} is not known", f"分布 {kind[:40]!r} 未知"))
    found = _around(kind, cells, amount.value, decimal)
    if found is None:
        raise _invalid(
            Text(
                f"a {kind} distribution with {', '.join(cells[1:4])} around {amount.value:g} cannot be",
                f"{kind} 分布不能以 {'、'.join(cells[1:4])} 围绕 {amount.value:g}",
            )
        )
    return found


def _around(kind: str, cells: list[str], centre: float, decimal: str) -> Uncertainty | None:
    if kind in {"Lognormal", "Normal"}:
        spread = read_number(cells[1], decimal)
        if kind == "Lognormal":
            return (
                Uncertainty("lognormal", centre, math.sqrt(spread)) if 1.0 < spread < 1e4 and centre else None
            )
        return Uncertainty("normal", centre, spread / 2.0) if 0.0 < spread < math.inf else None
    low, high = read_number(cells[2], decimal), read_number(cells[3], decimal)
    if not low < high or centre < low or centre > high:
        return None
    if kind == "Triangle":
        return Uncertainty("triangular", low, centre, high)
    return Uncertainty("uniform", low, high)


def pedigree_of(comment: str) -> str:
    """Data quality scores at the beginning of a comment, as ``(1;2;3;4;5)``; empty without.

    Examples
    --------
    >>> pedigree_of("(1,1,1,3,1,na)")
    '(1;1;1;3;1;na)'
    """
    found = PEDIGREE.match(comment)
    return f"({found.group(1).replace(',', ';')})" if found else ""


def _invalid(message: Text) -> InputError:
    return InputError(
        message,
        code="uncertainty-invalid",
        hint=Text(
            "the amount is taken without uncertainty; correct it in the source",
            "该数量按无不确定度处理；在数据源中修正",
        ),
    )


def _bad(message: Text, hint: Text) -> InputError:
    return InputError(message, code="number-invalid", hint=hint)
