"""A system of processes as columnar arrays: who makes, uses, emits what, and what an emission means.

Signs. An entry of the technosphere is positive where a process puts a product out and negative where it takes one in.
A waste is a product with the opposite sign: whoever makes it has a positive entry (it leaves him), the process that
treats it has a negative entry as its reference. An avoided product (substitution) is a second positive entry in the
column of the process that displaces it. Several entries at one place add up. An entry of the biosphere is an amount of
an elementary flow in that flow's own direction (an emission leaves, a resource enters, both positive); the sign of a
removal sits in the amount or in the characterisation factor.
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text

NAMED_AT_MOST = 100
"""Bad entries of one kind that are named one by one; what is more is counted."""


def _integers(values: Any) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.size and array.dtype.kind not in "iu":
        raise_if_any([_shape("indices", Text("indices have to be whole numbers", "索引必须是整数"))])
    return np.ascontiguousarray(array, dtype=np.int64).reshape(-1)


def _amounts(values: Any) -> NDArray[np.float64]:
    return np.ascontiguousarray(values, dtype=np.float64).reshape(-1)


def _flags(values: Any) -> NDArray[np.bool_]:
    return np.asarray(values, dtype=np.bool_).reshape(-1)


def _one_each(system: MatrixSystem) -> NDArray[np.int64]:
    return np.arange(len(system.processes), dtype=np.int64)


def _no_waste(system: MatrixSystem) -> NDArray[np.bool_]:
    return np.zeros(len(system.products), dtype=np.bool_)


def _shape(where: str, message: Text) -> Problem:
    return Problem(
        where,
        "system-shape",
        message,
        Text("give arrays and names of matching length", "给出长度一致的数组和名称"),
    )


@attrs.frozen(eq=False)
class Entries:
    """Entries of a sparse matrix; entries at the same place add up.

    Parameters
    ----------
    row, column : array of int, shape (entries,)
        Place of each entry, counted from 0.
    amount : array of float64, shape (entries,)
        [unit of the row / run of the column's process]
    """

    row: NDArray[np.int64] = attrs.field(converter=_integers)
    column: NDArray[np.int64] = attrs.field(converter=_integers)
    amount: NDArray[np.float64] = attrs.field(converter=_amounts)

    def __attrs_post_init__(self) -> None:
        if not self.row.size == self.column.size == self.amount.size:
            sizes = f"{self.row.size}, {self.column.size} and {self.amount.size}"
            raise_if_any(
                [
                    _shape(
                        "entries",
                        Text(
                            f"rows, columns and amounts have {sizes} entries",
                            f"行、列和数量的条目数为 {sizes}",
                        ),
                    )
                ]
            )

    def __len__(self) -> int:
        return int(self.amount.size)


@attrs.frozen(eq=False)
class MatrixSystem:
    """Processes, products, elementary flows and impact categories, with the numbers that tie them together.

    Parameters
    ----------
    technosphere : Entries
        Row: product. Column: process. [unit of the product / run of the process], signs as the module says.
    biosphere : Entries
        Row: elementary flow. Column: process. [unit of the flow / run of the process].
    characterisation : Entries
        Row: impact category. Column: elementary flow. [unit of the category / unit of the flow].
    processes, products, flows, categories : iterable of str
        Names, as they shall stand in messages; their lengths give the shapes of the matrices.
    reference : array of int, shape (processes,), optional
        Product that each process exists for (its reference product, or the waste that it treats); product j for process
        j when left out. -1 where there is none.
    waste : array of bool, shape (products,), optional
        Which products are wastes; none when left out.
    places : iterable of str, shape (processes,), optional
        Place of each process, for contributions by place.

    Raises
    ------
    InputErrors
        ``system-shape``, ``system-index``, ``system-amount``, with every entry that is to blame.
    """

    technosphere: Entries
    biosphere: Entries
    characterisation: Entries
    processes: tuple[str, ...] = attrs.field(converter=tuple)
    products: tuple[str, ...] = attrs.field(converter=tuple)
    flows: tuple[str, ...] = attrs.field(converter=tuple)
    categories: tuple[str, ...] = attrs.field(converter=tuple)
    reference: NDArray[np.int64] = attrs.field(
        default=attrs.Factory(lambda self: np.arange(len(self.processes)), takes_self=True),
        converter=_integers,
    )
    waste: NDArray[np.bool_] = attrs.field(
        default=attrs.Factory(_no_waste, takes_self=True), converter=_flags
    )
    places: tuple[str, ...] = attrs.field(default=(), converter=tuple)

    def __attrs_post_init__(self) -> None:
        raise_if_any([*self._shape_problems(), *self._entry_problems()])

    def _shape_problems(self) -> list[Problem]:
        problems = []
        if not self.processes:
            problems.append(_shape("processes", Text("there is no process", "没有过程")))
        for what, found, wanted in (
            ("reference", self.reference.size, len(self.processes)),
            ("waste", self.waste.size, len(self.products)),
            ("places", len(self.places) or len(self.processes), len(self.processes)),
        ):
            if found != wanted:
                problems.append(
                    _shape(
                        what,
                        Text(
                            f"{what} has {found} values, {wanted} are needed",
                            f"{what} 有 {found} 个值，需要 {wanted} 个",
                        ),
                    )
                )
        return problems

    def _entry_problems(self) -> list[Problem]:
        processes, products = len(self.processes), len(self.products)
        flows, categories = len(self.flows), len(self.categories)
        return [
            *_bad_entries("technosphere", self.technosphere, products, processes),
            *_bad_entries("biosphere", self.biosphere, flows, processes),
            *_bad_entries("characterisation", self.characterisation, categories, flows),
        ]


def _bad_entries(name: str, entries: Entries, rows: int, columns: int) -> list[Problem]:
    outside = (entries.row < 0) | (entries.row >= rows) | (entries.column < 0) | (entries.column >= columns)
    odd = ~np.isfinite(entries.amount)
    return [
        *_name_entries(
            name,
            outside,
            "system-index",
            Text(f"the place is outside {rows} rows, {columns} columns", f"位置超出 {rows} 行 {columns} 列"),
        ),
        *_name_entries(
            name, odd, "system-amount", Text("the amount is not a finite number", "数量不是有限数值")
        ),
    ]


def _name_entries(name: str, bad: NDArray[np.bool_], code: str, message: Text) -> list[Problem]:
    places = np.flatnonzero(bad)
    hint = Text("correct the entry or leave it out", "修正该条目或去掉它")
    problems = [Problem(f"{name}, entry {place}", code, message, hint) for place in places[:NAMED_AT_MOST]]
    if places.size > NAMED_AT_MOST:
        more = Text(
            f"the same holds for {places.size - NAMED_AT_MOST} more entries",
            f"另有 {places.size - NAMED_AT_MOST} 个条目也是如此",
        )
        problems.append(Problem(name, code, more, hint))
    return problems
