"""Read the cells of one row under a mapping: numbers with units, closed lists, places; every defect is a problem."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import attrs

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.inventory.safe_files import Cell
from cradlemark.product.bom import Column, ColumnMapping, Decimal, Field, Place
from cradlemark.product.readers.measures import Measure, measure, to_unit
from cradlemark.product.readers.numbers import is_date, is_error, plain, scan_number
from cradlemark.product.readers.vocabulary import key, vocabulary

EMPTY_WORDS = frozenset(
    {"-", "--", "—", "/", "\\", "n/a", "na", "无", "none", "null", "k.a.", "k. a.", "nan", "?"}
)
"""Cells that say that there is no value."""
_NAMING: frozenset[Field] = frozenset({"part_number", "parent", "material", "name", "name_en", "name_zh"})


@attrs.frozen
class Number:
    """A number of a cell, not yet converted; `unit` is the text in the cell, empty when there is none."""

    magnitude: float
    unit: str = ""


@attrs.define
class RowCells:
    """The cells of one row by field, and the problems found while reading them.

    Parameters
    ----------
    decimals : mapping of column position to decimal mark
    """

    row: Sequence[Cell]
    place: Place
    mapping: ColumnMapping
    decimals: Mapping[int, Decimal]
    by_field: Mapping[Field, Column]
    problems: list[Problem] = attrs.field(factory=list)
    warnings: list[Problem] = attrs.field(factory=list)

    def cell(self, column: Column | None) -> Cell:
        """Return the cell of a column; None when it is empty."""
        if column is None or column.index >= len(self.row):
            return None
        return self.row[column.index]

    def text(self, field: Field) -> str:
        """Return the text of a field, trimmed; error values of formulas are problems."""
        column = self.by_field.get(field)
        return self.column_text(column) if column is not None else ""

    def column_text(self, column: Column) -> str:
        """Return the text of a column, trimmed."""
        cell = self.cell(column)
        if cell is None:
            return ""
        if is_error(cell):
            self.report(
                column,
                "formula-error",
                Text(f"the cell holds the error {cell}", f"单元格为错误值 {cell}"),
                Text("correct the formula", "修正公式"),
            )
            return ""
        if isinstance(cell, str):
            return " ".join(cell.replace("\u3000", " ").split())
        if column.field in _NAMING:
            self._check_name(column, cell)
        return plain(cell)

    def _check_name(self, column: Column, cell: Cell) -> None:
        """A name that a spreadsheet stored as a date or a broken number is not what the user typed."""
        if is_date(cell):
            hint = Text(
                "a spreadsheet may have turned 3-6 into a date: format the column as text and type it again",
                "电子表格可能把 3-6 变成了日期：将该列设为文本格式后重新输入",
            )
            self.report(
                column,
                "date-not-text",
                Text(
                    f"the cell holds the date {cell}, not a name or number",
                    f"单元格为日期 {cell}，不是名称或数字",
                ),
                hint,
            )
        elif isinstance(cell, float) and not cell.is_integer():
            message = Text(
                f"the cell holds the number {cell:g}: zeros at its end, as in 1.4310, would be lost",
                f"单元格为数字 {cell:g}：末尾的零（如 1.4310）会丢失",
            )
            hint = Text("format the column as text and type it again", "将该列设为文本格式后重新输入")
            self.warnings.append(Problem(self.place.column(column.label), "text-from-number", message, hint))

    def report(self, column: Column | None, code: str, message: Text, hint: Text = Text()) -> None:
        """Note a problem of one cell."""
        where = self.place.column(column.label) if column else str(self.place)
        self.problems.append(Problem(where, code, message, hint))

    def number(self, field: Field) -> Number | None:
        """Return the number of a field; None when it is empty or could not be read (then a problem says so)."""
        column = self.by_field.get(field)
        cell = self.cell(column)
        if column is None or cell is None:
            return None
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            if not math.isfinite(cell):
                self.report(
                    column,
                    "number-unreadable",
                    Text(f"{cell} is not a number", f"{cell} 不是数字"),
                    Text("write a finite number", "写有限数值"),
                )
                return None
            return Number(float(cell))
        return self._number_of_text(column, cell)

    def _number_of_text(self, column: Column, cell: Cell) -> Number | None:
        text = plain(cell)
        if text.casefold() in EMPTY_WORDS:
            return None
        if is_error(cell):
            self.report(
                column,
                "formula-error",
                Text(f"the cell holds the error {text}", f"单元格为错误值 {text}"),
                Text("correct the formula", "修正公式"),
            )
            return None
        if is_date(cell):
            hint = Text(
                "a spreadsheet may have turned 3.6 into 3 June: format the column as number and type it again",
                "电子表格可能把 3.6 变成了 6 月 3 日：将该列设为数字格式后重新输入",
            )
            self.report(
                column,
                "date-not-number",
                Text(f"the cell holds the date {text}, not a number", f"单元格为日期 {text}，不是数字"),
                hint,
            )
            return None
        number = scan_number(text) if isinstance(cell, str) else None
        if number is None:
            hint = Text(
                "write one number, without signs like ~ and without ranges",
                "写一个数字，不带 ~ 之类符号，也不写范围",
            )
            self.report(
                column,
                "number-unreadable",
                Text(f'"{text[:40]}" is not a number', f'"{text[:40]}" 不是数字'),
                hint,
            )
            return None
        decimal = self.decimals.get(column.index, "")
        try:
            return Number(number.magnitude(decimal), number.unit)
        except (ValueError, OverflowError):
            self._report_decimal(column, text, decimal)
            return None

    def _report_decimal(self, column: Column, text: str, decimal: Decimal) -> None:
        if decimal:
            message = Text(
                f'"{text}" does not fit the decimal mark "{decimal}" of this file',
                f'"{text}" 与此文件的小数点 "{decimal}" 不符',
            )
            self.report(
                column,
                "decimal-contradicts",
                message,
                Text("correct the cell, or decimal in the mapping", "修正单元格，或映射中的 decimal"),
            )
            return
        message = Text(
            f'"{text}" can be read with "," or "." as the decimal mark', f'"{text}" 的小数点可能是 "," 或 "."'
        )
        hint = Text(
            'say which one: decimal = "," or decimal = "." in the mapping',
            '指明其一：在映射中写 decimal = "," 或 decimal = "."',
        )
        self.report(column, "decimal-ambiguous", message, hint)

    def unit(self, field: Field, number: Number, unit_field: Field | None = None) -> str:
        """Return the unit text that belongs to a number: of the cell, of its own column, or of the header."""
        own = self.text(unit_field) if unit_field else ""
        column = self.by_field.get(field)
        return number.unit or own or (column.unit if column else "")

    def quantity_measure(self, number: Number) -> Measure | None:
        """Return the unit of the quantity; pieces when none is stated."""
        text = self.unit("quantity", number, "unit")
        if not text or text == "1":
            return Measure("piece", 1.0)
        try:
            return measure(text)
        except InputError as error:
            column = self.by_field.get("unit") or self.by_field.get("quantity")
            self.report(column, error.code, error.message, error.hint)
            return None

    def factor(
        self, field: Field, number: Number, unit: str, unit_field: Field | None = None
    ) -> float | None:
        """Return the factor to `unit`; None when no unit is stated or it does not fit (then a problem says so)."""
        text = self.unit(field, number, unit_field)
        if not text:
            return None
        try:
            return to_unit(_without_per_piece(text), unit)
        except InputError as error:
            self.report(self.by_field.get(field), error.code, error.message, error.hint)
            return None

    def choice(self, field: Field, *, code: str) -> str:
        """Return the value of a closed list for the words of the user; empty when the cell is empty.

        A word that is not in the list is reported under `code`.
        """
        text = self.text(field)
        if not text or text.casefold() in EMPTY_WORDS:
            return ""
        values = vocabulary().values[field]
        value = values.get(key(text))
        if value is None:
            allowed = ", ".join(dict.fromkeys(values.values()))
            message = Text(
                f'"{text[:40]}" is not known as {field.replace("_", " ")}', f'{field} 列不识别 "{text[:40]}"'
            )
            self.report(
                self.by_field.get(field),
                code,
                message,
                Text(f"use one of {allowed}", f"使用以下之一：{allowed}"),
            )
            return ""
        return value


def _without_per_piece(text: str) -> str:
    from cradlemark.product.readers.headers import PER_PIECE

    return PER_PIECE.sub("", text)


def convert(magnitude: float, factor: float) -> float:
    """Multiply by a factor; a factor that is one over a whole number divides, so that 3.6 g are 0.0036 kg exactly."""
    if 0 < factor < 1:
        inverse = 1.0 / factor
        if abs(inverse - round(inverse)) < 1e-9 * inverse:
            return magnitude / round(inverse)
    return magnitude * factor


def indent_of(cell: Cell) -> int:
    """Return the leading spaces of a text cell; a tab counts four and a full-width space two."""
    if not isinstance(cell, str):
        return 0
    width = 0
    for mark in cell:
        if mark in " \u00a0":
            width += 1
        elif mark == "\u3000":
            width += 2
        elif mark == "\t":
            width += 4
        else:
            break
    return width
