"""Numbers, distributions and parameters in the cells of a Brightway workbook."""

from __future__ import annotations

import math

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.quantities import parse_number
from cradlemark.inventory.importers.brightway_formulas import translated
from cradlemark.inventory.importers.brightway_sections import Line
from cradlemark.inventory.processes.records import Parameter, Uncertainty
from cradlemark.inventory.text_files import Cell

_KINDS = {
    "undefined uncertainty": 0, "undefined": 0, "no uncertainty": 1, "none": 1, "lognormal": 2, "lognormal uncertainty": 2,
    "normal": 3, "normal uncertainty": 3, "uniform": 4, "uniform uncertainty": 4, "triangular": 5,
    "triangular uncertainty": 5,
}  # fmt: skip
NOT_KEPT = Text("uncertainty that is not kept (type {type})", "未保留的不确定性（类型 {type}）")


def number_of(line: Line, name: str, *, absent: float = math.nan) -> float:
    """A number of a line.

    Raises
    ------
    InputError
        ``number-invalid``, with the column.
    """
    cell: Cell = line.cells.get(name)
    if cell is None:
        return absent
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return float(cell)
    text = str(cell).strip()
    try:
        return float(text) if "_" not in text else parse_number(text)
    except ValueError:
        pass
    except InputError as error:
        raise _no_number(text, name, error.hint) from error
    try:
        return parse_number(text)
    except InputError as error:
        raise _no_number(text, name, error.hint) from error


def _no_number(text: str, name: str, hint: Text) -> InputError:
    return InputError(
        Text(f"column {name}: {text[:40]!r} is no number", f"{name} 列：{text[:40]!r} 不是数字"),
        code="number-invalid",
        hint=hint,
    )


def formula_of(line: Line) -> str:
    """The formula of a line in the formula language of process databases; empty when it has none."""
    text = line.text("formula")
    return translated(text) if text else ""


def amount_of(line: Line) -> float:
    """The stored amount; nan when a formula stands beside an empty or zero amount, which Brightway calculates anew."""
    amount = number_of(line, "amount")
    return math.nan if amount == 0.0 and line.text("formula") else amount


def uncertainty_of(line: Line, amount: float) -> tuple[Uncertainty | None, Text]:
    """The distribution of a line, and why it is not kept when it has one that is not.

    Parameters
    ----------
    line : Line
        With the columns of stats_arrays.
    amount : float
        Stands for ``loc`` where that is empty.
    """
    text = line.text("uncertainty type", "uncertainty_type")
    if not text:
        return None, Text()
    code = _KINDS.get(text.lower())
    if code is None:
        number = number_of(
            line, "uncertainty type" if "uncertainty type" in line.cells else "uncertainty_type"
        )
        code = int(number) if number.is_integer() else -1
    if code in {0, 1}:
        return None, Text()
    try:
        found = _distribution(code, line, amount)
    except (OverflowError, ValueError):
        found = None
    return found, Text() if found else NOT_KEPT.format(type=text[:30])


def _distribution(code: int, line: Line, amount: float) -> Uncertainty | None:
    loc, scale = number_of(line, "loc"), number_of(line, "scale")
    low, high = number_of(line, "minimum"), number_of(line, "maximum")
    if code == 2 and 0.0 <= scale < math.inf:
        negative = amount < 0.0 or line.text("negative").lower() in {"true", "yes", "1"}
        median = math.exp(loc) if math.isfinite(loc) else abs(amount)
        return Uncertainty("lognormal", -median if negative else median, math.exp(scale))
    centre = loc if math.isfinite(loc) else amount
    if code == 3 and 0.0 <= scale < math.inf:
        return Uncertainty("normal", centre, scale)
    if code == 4 and low <= high:
        return Uncertainty("uniform", low, high)
    if code == 5 and (low <= centre <= high or (low <= high and math.isnan(centre))):
        return Uncertainty("triangular", low, centre, high)
    return None


def turned(uncertainty: Uncertainty | None) -> Uncertainty | None:
    """The distribution of the amount with the other sign."""
    if uncertainty is None:
        return None
    first, second, third = uncertainty.p1, uncertainty.p2, uncertainty.p3
    if uncertainty.kind == "uniform":
        return Uncertainty("uniform", -second, -first)
    if uncertainty.kind == "triangular":
        return Uncertainty("triangular", -third, -second, -first)
    return Uncertainty(uncertainty.kind, -first, second)


def parameter_of(line: Line) -> tuple[Parameter, Text]:
    """A parameter, and why its uncertainty is not kept.

    Raises
    ------
    InputError
        ``number-invalid``; ``parameter-nameless``.
    """
    name = line.text("name")
    if not name:
        raise InputError(
            Text("a parameter has no name", "某参数没有名称"),
            code="parameter-nameless",
            hint=Text("name it", "为其命名"),
        )
    amount, formula = number_of(line, "amount"), formula_of(line)
    if math.isnan(amount) and not formula:
        raise InputError(
            Text(
                f"the parameter {name[:60]} has neither amount nor formula",
                f"参数 {name[:60]} 既无数量也无公式",
            ),
            code="number-invalid",
            hint=Text("give one", "给出其一"),
        )
    uncertainty, lost = uncertainty_of(line, amount)
    remark = "; ".join(text for text in (line.text("comment", "description"), line.text("unit")) if text)
    return Parameter(name, amount, formula, remark, uncertainty), lost
