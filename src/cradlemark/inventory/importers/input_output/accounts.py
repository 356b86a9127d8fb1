"""Parts of an input-output table put together: coefficients, total output, final demand and satellite accounts.

Total output: ``x``, or ``Z 1 + Y 1``, or the solution of ``x = A x + Y 1``. Coefficients: ``A``, or ``Z diag(1/x)``.
Intensities of a satellite account: ``S``, or ``F diag(1/x)``. A sector without output has no coefficients: nothing is
divided by zero, and what the source says about it is listed.
Source: R. E. Miller and P. D. Blair, Input-Output Analysis: Foundations and Extensions, Cambridge University Press,
chapter 2 (the Leontief model) and chapter 13 (environmental accounts).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

import attrs
import numpy as np

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.inventory.importers.input_output.labels import REGION, SECTOR, Label
from cradlemark.inventory.importers.input_output.matrix_reader import LabelledMatrix
from cradlemark.inventory.processes.tables import FloatArray, IntArray
from cradlemark.inventory.table_columns import plain

CONVERGED = 1e-14
"""Relative change of total output below which `x = A x + y` is solved [1]."""
MOST_ROUNDS = 20_000


@attrs.frozen(eq=False)
class Entries:
    """Entries of a matrix: row, column and value."""

    row: IntArray
    column: IntArray
    value: FloatArray

    def __len__(self) -> int:
        return len(self.value)

    def where(self, kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Entries:
        """Only some entries."""
        return self if kept.all() else Entries(self.row[kept], self.column[kept], self.value[kept])


@attrs.frozen(eq=False)
class Sector:
    """An industry or product of a region."""

    region: str
    name: str
    unit: str


@attrs.frozen(eq=False)
class Account:
    """A satellite account per unit of output, and of final demand as a whole.

    Parameters
    ----------
    name : str
    stressors : tuple of Label
    units : tuple of str
    intensities : Entries
        Row: stressor. Column: sector. [unit / unit of the sector]
    of_demand : Entries
        Row: stressor. Column: category of final demand. [unit]
    """

    name: str
    stressors: tuple[Label, ...]
    units: tuple[str, ...]
    intensities: Entries
    of_demand: Entries


@attrs.frozen(eq=False)
class Core:
    """The economy.

    Parameters
    ----------
    labels : tuple of Label
    sectors : tuple of Sector
    coefficients : Entries
        Row: what is used. Column: by whom. [unit of the row / unit of the column]
    output : ndarray of float64
        Total output [unit of the sector]; nan when it is not known.
    categories : tuple of Label
        Of final demand.
    demand : Entries
        Row: sector. Column: category. [unit of the sector]
    problems : list of Problem
    lost : int
        Entries that cannot be used, because their sector has no output.
    """

    labels: tuple[Label, ...]
    sectors: tuple[Sector, ...]
    coefficients: Entries
    output: FloatArray
    categories: tuple[Label, ...]
    demand: Entries
    problems: list[Problem]
    lost: int = 0

    @property
    def active(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Sectors that make something."""
        return np.not_equal(self.output, 0.0)


def entries_of(matrix: LabelledMatrix) -> Entries:
    """Entries without labels."""
    return Entries(matrix.row, matrix.column, matrix.value)


def aligned(
    matrix: LabelledMatrix, *, rows: Sequence[Label] | None, columns: Sequence[Label] | None, where: str
) -> tuple[Entries, list[Problem], int]:
    """Entries in the order of given labels, what has no counterpart, and how many entries are lost with it."""
    problems: list[Problem] = []
    row, column, kept = matrix.row, matrix.column, np.ones(len(matrix.value), np.bool_)
    for axis, own, wanted in (("row", matrix.rows, rows), ("column", matrix.columns, columns)):
        if wanted is None or tuple(own) == tuple(wanted):
            continue
        place, unknown = _places(own, wanted, where, axis)
        problems.extend(unknown)
        moved = place[matrix.row if axis == "row" else matrix.column]
        kept &= moved >= 0
        row, column = (moved, column) if axis == "row" else (row, moved)
    found = Entries(row, column, matrix.value).where(kept)
    return found, problems, int((~kept).sum())


_AXES = {"row": "行", "column": "列"}


def _places(
    own: Sequence[Label], wanted: Sequence[Label], where: str, axis: str
) -> tuple[IntArray, list[Problem]]:
    at = {label: place for place, label in enumerate(wanted)}
    _refuse_repeated(own, where, axis)
    place = np.array([at.get(label, -1) for label in own], np.int64)
    missing = [label for label, found in zip(own, place.tolist(), strict=True) if found < 0]
    problems = [
        Problem(
            where,
            "sector-unmatched",
            Text(
                f"the {axis} {_named(label)} is no sector or category of the table: left out",
                f"{_AXES[axis]} {_named(label)} 不是表中的部门或类别：已略去",
            ),
            Text("spell labels alike in all parts of the table", "表格各部分的标签写法须一致"),
        )
        for label in missing[:50]
    ]
    if len(missing) > 50:
        problems.append(
            Problem(
                where,
                "sector-unmatched",
                Text(f"and {len(missing) - 50:,} more", f"另有 {len(missing) - 50:,} 项"),
                Text("spell labels alike", "标签写法须一致"),
            )
        )
    if len(missing) == len(own):
        raise InputError(
            Text(
                f"no {axis} of it is a sector or category of the table",
                f"没有一个{_AXES[axis]}是表中的部门或类别",
            ),
            code="sector-unmatched",
            where=where,
            hint=Text("spell labels alike in all parts of the table", "表格各部分的标签写法须一致"),
        )
    return place, problems


def _refuse_repeated(labels: Sequence[Label], where: str, axis: str) -> None:
    seen: set[Label] = set()
    for label in labels:
        if label in seen:
            raise InputError(
                Text(f"the {axis} {_named(label)} is there twice", f"{_AXES[axis]} {_named(label)} 重复"),
                code="id-duplicate",
                where=where,
                hint=Text("give every sector its own label", "为每个部门给出各自的标签"),
            )
        seen.add(label)


def sectors_of(
    matrix: LabelledMatrix, units: Mapping[Label, str], unit: str, where: str
) -> tuple[Sector, ...]:
    """Region, name and unit of every row; a label of one part has no region."""
    _refuse_repeated(matrix.rows, where, "row")
    region = next((i for i, name in enumerate(matrix.levels) if plain(name) in REGION), -1)
    sector = next((i for i, name in enumerate(matrix.levels) if plain(name) in SECTOR), -1)
    depth = len(matrix.rows[0])
    if region < 0 and depth > 1:
        region = 0 if sector != 0 else 1
    found = []
    for label, own in zip(matrix.rows, matrix.units, strict=True):
        name = ", ".join(part for i, part in enumerate(label) if i != region and part)
        found.append(Sector(label[region] if region >= 0 else "", name, own or units.get(label, "") or unit))
    return tuple(found)


def total_output(transactions: Entries, demand: Entries, size: int) -> FloatArray:
    """``x = Z 1 + Y 1`` [unit of the sector]."""
    total = np.bincount(transactions.row, weights=transactions.value, minlength=size)
    return cast("FloatArray", total + np.bincount(demand.row, weights=demand.value, minlength=size))


def output_of_demand(coefficients: Entries, demand: Entries, size: int, *, where: str) -> FloatArray:
    """Solution of ``x = A x + Y 1`` by its power series, which converges for every productive economy.

    Raises
    ------
    InputError
        ``output-missing`` when it does not converge.
    """
    from scipy.sparse import csr_array

    wanted = np.bincount(demand.row, weights=demand.value, minlength=size)
    matrix = csr_array((coefficients.value, (coefficients.row, coefficients.column)), shape=(size, size))
    output = wanted.copy()
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(MOST_ROUNDS):
            following = matrix @ output + wanted
            change = float(np.abs(following - output).max(initial=0.0))
            output = following
            if change <= CONVERGED * float(np.abs(output).max(initial=0.0)):
                return cast("FloatArray", output)
            if not np.isfinite(change):
                break
    raise InputError(
        Text(
            "total output cannot be found: x = A x + Y 1 has no solution in reach",
            "无法求得总产出：x = A x + Y 1 在可及范围内无解",
        ),
        code="output-missing",
        where=where,
        hint=Text(
            "add a document x with the total output of every sector", "补充文档 x，给出每个部门的总产出"
        ),
    )


def per_output(entries: Entries, output: FloatArray) -> tuple[Entries, int]:
    """Entries divided by the output of their column, those of columns without output left out, and how many these are."""
    kept = output[entries.column] != 0.0
    found = entries.where(kept)
    return Entries(found.row, found.column, found.value / output[found.column]), int((~kept).sum())


def _named(label: Label) -> str:
    return repr(", ".join(part for part in label if part)[:80])
