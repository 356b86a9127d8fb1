"""A bill of materials as it was read: lines, the mapping they were read with, what was skipped and what is wrong."""

from __future__ import annotations

from typing import Literal

import attrs

from cradlemark.core.errors import InputErrors, Problem
from cradlemark.core.language import Text
from cradlemark.product.study import Component, DataKind, ScrapRoute, Value

Decimal = Literal["", ".", ","]
"""Decimal mark of numbers that are stored as text; empty: not stated, decided per column from evidence."""

Field = Literal[
    "level", "position", "part_number", "parent", "name", "name_en", "name_zh", "material", "quantity",
    "quantity_total", "unit", "net_mass", "net_mass_total", "gross_mass", "gross_mass_total", "mass_unit", "yield",
    "scrap_route", "recycled_content", "supplier", "origin", "distance", "mode", "data_kind", "dataset", "note",
]  # fmt: skip
FIELDS: tuple[Field, ...] = (
    "level", "position", "part_number", "parent", "name", "name_en", "name_zh", "material", "quantity",
    "quantity_total", "unit", "net_mass", "net_mass_total", "gross_mass", "gross_mass_total", "mass_unit", "yield",
    "scrap_route", "recycled_content", "supplier", "origin", "distance", "mode", "data_kind", "dataset", "note",
)  # fmt: skip
NUMBER_FIELDS: frozenset[Field] = frozenset(
    {
        "quantity", "quantity_total", "net_mass", "net_mass_total", "gross_mass", "gross_mass_total", "yield",
        "recycled_content", "distance",
    }
)  # fmt: skip
MASS_FIELDS: frozenset[Field] = frozenset({"net_mass", "net_mass_total", "gross_mass", "gross_mass_total"})


@attrs.frozen(order=True)
class Place:
    """A row in the user's own file; `path` instead of sheet and row in documents without rows (JSON)."""

    file: str
    sheet: str = ""
    row: int = 0
    path: str = ""

    def __str__(self) -> str:
        parts = [self.file]
        if self.path:
            return f"{self.file}, {self.path}"
        if self.sheet:
            parts.append(f"sheet {self.sheet}")
        if self.row:
            parts.append(f"row {self.row}")
        return ", ".join(parts)

    def column(self, label: str) -> str:
        """Return the place of one cell, for example ``bom.xlsx, sheet BOM, row 14, column D (单重(g))``."""
        return f"{self}, column {label}" if label else str(self)


@attrs.frozen
class Column:
    """What one column of the file was taken as.

    Parameters
    ----------
    index : int
        Position in the sheet, from 0.
    unit : str
        Unit stated in the header, as written there; empty when there is none.
    stated : bool
        For masses and quantities: whether the header says what the number refers to (one piece or the whole line).
    score : float
        Likeness of the header with the vocabulary [0-1]; 1 when the user fixed it.
    """

    field: Field
    index: int
    header: str = ""
    unit: str = ""
    stated: bool = True
    score: float = 1.0
    reason: str = ""

    @property
    def letter(self) -> str:
        """Letter of the column as a spreadsheet shows it."""
        return column_letter(self.index)

    @property
    def label(self) -> str:
        """Letter and header, for messages."""
        return f"{self.letter} ({self.header})" if self.header else self.letter


@attrs.frozen
class ColumnMapping:
    """Which column is what: guessed by `guess_mapping` or read from a small file.

    Parameters
    ----------
    header_row : int
        First row of the header, from 1; 0 when the columns are given by letter and there is no header.
    header_rows : int
        Number of rows of the header.
    columns : tuple of Column
        Several columns may be `level` (one column per level) and `name` (one per language).
    skip : tuple of str
        Regular expressions; a row with a cell that matches one as a whole is left out.
    score : float
        Sum of the scores of the columns, for choosing the sheet.
    ambiguous : tuple of str
        Columns that could be something else too, in words.
    """

    header_row: int
    columns: tuple[Column, ...]
    header_rows: int = 1
    sheet: str = ""
    decimal: Decimal = ""
    skip: tuple[str, ...] = ()
    score: float = 0.0
    ambiguous: tuple[Text, ...] = ()

    def all(self, field: Field) -> tuple[Column, ...]:
        """Return the columns taken as `field`, from left to right."""
        return tuple(column for column in self.columns if column.field == field)

    def one(self, field: Field) -> Column | None:
        """Return the column taken as `field`, if there is one."""
        return next((column for column in self.columns if column.field == field), None)


@attrs.frozen
class SkippedRow:
    """A row that is not a line of the bill of materials, and why."""

    where: Place
    reason: Text


@attrs.frozen
class BomLine:
    """One line.

    Parameters
    ----------
    level : int
        0 at the top.
    parent : str
        Part number of the parent line; empty at the top.
    parents : tuple of int
        Positions of the parent lines in `BillOfMaterials.lines`. More than one when the parent assembly itself is
        used in several places and its content is listed once.
    quantity : Value
        Per one parent [piece], or [kg, m, m2, m3 ...] for bulk material.
    net_mass, gross_mass : Value, optional
        Of one piece of this line [kg]; for bulk material of one unit of its quantity.
    process_yield, recycled_content : Value, optional
        [0-1]
    distance : Value, optional
        Inbound transport [km].
    additional : bool
        A further material of the part in the line above (row without part number and quantity of its own).
    extra : tuple of (header, text)
        Columns that were not taken as anything.
    """

    level: int
    part_number: str
    name: Text
    quantity: Value
    where: Place
    parent: str = ""
    parents: tuple[int, ...] = ()
    material: str = ""
    net_mass: Value | None = None
    gross_mass: Value | None = None
    process_yield: Value | None = None
    scrap_route: ScrapRoute = ""
    recycled_content: Value | None = None
    supplier: str = ""
    origin: str = ""
    distance: Value | None = None
    mode: str = ""
    data_kind: DataKind | None = None
    dataset: str = ""
    note: str = ""
    additional: bool = False
    extra: tuple[tuple[str, str], ...] = ()

    @property
    def bulk(self) -> bool:
        """Whether the quantity is an amount of material, not a number of pieces."""
        return self.quantity.unit != PIECE


PIECE = "piece"


@attrs.frozen
class BillOfMaterials:
    """A bill of materials and how it was read.

    Parameters
    ----------
    problems : tuple of Problem
        Errors: rows that could not be read; they are not among the lines.
    warnings : tuple of Problem
        Things to look at; the lines are there.
    notes : tuple of Problem
        Decisions that were taken and can be changed in the mapping.
    encoding, delimiter : str
        Of a text file; empty otherwise.
    decimal : str
        Decimal mark that the numbers written as text turned out to have; empty when none decided.
    """

    file: str
    sheet: str
    mapping: ColumnMapping
    lines: tuple[BomLine, ...]
    skipped: tuple[SkippedRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    notes: tuple[Problem, ...] = ()
    encoding: str = ""
    delimiter: str = ""
    decimal: Decimal = ""

    def components(self) -> tuple[Component, ...]:
        """Return the nested tree of components with their materials."""
        from cradlemark.product.bom_tree import components_of

        return components_of(self.lines)


class BomErrors(InputErrors):
    """The bill of materials has rows that cannot be read; `bill` is what was good."""

    def __init__(self, bill: BillOfMaterials) -> None:
        super().__init__(bill.problems)
        self.bill = bill


def column_letter(index: int) -> str:
    """Return the spreadsheet letter of a column position from 0: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the position from 0 of a spreadsheet column letter.

    Raises
    ------
    ValueError
        If it is not one to three letters A to Z.
    """
    if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
        raise ValueError(letters)
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1
