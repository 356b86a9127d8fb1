"""Change exchanges of some processes and solve again without a new factorisation (Woodbury)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.engine.matrices import Matrices, reference_problems
from cradlemark.engine.solve import Factorisation, Operator, factorise
from cradlemark.engine.system import Entries

UPDATED_AT_MOST = 50
"""Changed processes up to which the update is used; beyond, a new factorisation costs less."""


@attrs.frozen
class Change:
    """A new amount of one exchange.

    Parameters
    ----------
    kind : {"technosphere", "biosphere"}
    row : int
        Index of the product or elementary flow.
    process : int
    amount : float
        New net amount, signs as in `system` [unit of the row / run]; 0 takes the exchange away.
    """

    kind: Literal["technosphere", "biosphere"]
    row: int
    process: int
    amount: float


@attrs.frozen(eq=False)
class Updated:
    """Inverse of a changed technosphere: old factors and a small correction.

    With changed columns ΔA = U Eᵀ: (Aᵀ + E Uᵀ)⁻¹ b = y - W (I + Uᵀ W)⁻¹ Uᵀ y, where y = A⁻ᵀ b and W = A⁻ᵀ E; the forward
    system uses the transposed of all of these.

    Parameters
    ----------
    matrices : Matrices
        After the change; solutions are checked against these.
    old : Operator
        Factors before the change.
    columns : ndarray of int64, shape (changed,)
        Changed processes.
    difference : ndarray of float64, shape (processes, changed)
        U.
    response : ndarray of float64, shape (processes, changed)
        W.
    """

    matrices: Matrices
    old: Operator
    columns: NDArray[np.int64]
    difference: NDArray[np.float64]
    response: NDArray[np.float64]

    @property
    def capacitance(self) -> NDArray[np.float64]:
        """I + Uᵀ W, shape (changed, changed) [1]."""
        return np.asarray(np.eye(self.columns.size) + self.difference.T @ self.response)

    def sharper(self) -> Operator:
        """Return a new factorisation of the changed system."""
        return factorise(self.matrices)

    def adjoint(self, right: NDArray[np.float64]) -> NDArray[np.float64]:
        """Solve Aᵀ x = right after the change, unchecked."""
        plain = self.old.adjoint(right)
        correction = np.linalg.solve(self.capacitance, self.difference.T @ plain)
        return np.asarray(plain - self.response @ correction)

    def forward(self, right: NDArray[np.float64]) -> NDArray[np.float64]:
        """Solve A x = right after the change, unchecked."""
        weight = np.linalg.solve(self.capacitance.T, self.response.T @ right)
        return np.asarray(self.old.forward(right - self.difference @ weight))


def change(operator: Factorisation, changes: Sequence[Change]) -> Operator:
    """Return the inverse of the changed system, for `intensities`, `life_cycle_inventory` and all that follow.

    A correction of the old factors where at most 50 processes change, and a new factorisation otherwise. Every solution is checked against the changed system; one that misses 1e-9 is
    solved again with a new factorisation before it is refused.

    Raises
    ------
    InputErrors
        ``change-unknown``, ``change-amount``, ``change-twice``; ``system-reference-zero`` and
        ``system-reference-sign``, as in `assemble`, for what the changes leave of a process's own product.
    InputError
        ``system-singular``, when the changed loops make nothing.
    """
    matrices = changed_matrices(operator.matrices, changes)
    columns = np.unique([one.process for one in changes if one.kind == "technosphere"]).astype(np.int64)
    if columns.size > UPDATED_AT_MOST:
        return factorise(matrices)
    updated = _updated(matrices, operator, columns)
    try:
        np.linalg.inv(updated.capacitance)
    except np.linalg.LinAlgError:
        return factorise(matrices)
    return updated


def _updated(matrices: Matrices, operator: Factorisation, columns: NDArray[np.int64]) -> Updated:
    units = np.zeros((matrices.reference_amount.size, columns.size))
    units[columns, np.arange(columns.size)] = 1.0
    new, old = (each.technosphere[:, columns].toarray() for each in (matrices, operator.matrices))
    response = operator.adjoint(units) if columns.size else units
    return Updated(matrices, operator, columns, new - old, response)


def changed_matrices(matrices: Matrices, changes: Sequence[Change]) -> Matrices:
    """Matrices with new amounts at the changed places; the others are kept as they are. Errors as in `change`."""
    raise_if_any(_change_problems(matrices, changes))
    exchanges = _entries([one for one in changes if one.kind == "technosphere"])
    flows = _entries([one for one in changes if one.kind == "biosphere"])
    system = attrs.evolve(
        matrices.system,
        technosphere=_replaced(matrices.system.technosphere, exchanges),
        biosphere=_replaced(matrices.system.biosphere, flows),
    )
    by_process = attrs.evolve(exchanges, row=matrices.process_of[exchanges.row])
    technosphere = _with_amounts(matrices.technosphere, by_process)
    biosphere = _with_amounts(matrices.biosphere.tocsr(), flows).tocsc() if len(flows) else matrices.biosphere
    reference_amount = np.asarray(technosphere.diagonal(), dtype=np.float64)
    raise_if_any(reference_problems(system, reference_amount))
    direct = matrices.direct.copy()
    emitters = np.unique(flows.column)
    direct[:, emitters] = (matrices.characterisation @ biosphere[:, emitters]).toarray()
    return attrs.evolve(
        matrices,
        system=system,
        technosphere=technosphere,
        biosphere=biosphere,
        direct=direct,
        reference_amount=reference_amount,
    )


def _entries(changes: Sequence[Change]) -> Entries:
    return Entries(
        np.array([one.row for one in changes], dtype=np.int64),
        np.array([one.process for one in changes], dtype=np.int64),
        [one.amount for one in changes],
    )


def _replaced(entries: Entries, new: Entries) -> Entries:
    """Return the entries with those at the places of the new ones taken out, and the new ones added."""
    if not len(new):
        return entries
    concerned = np.zeros(1 + max(entries.column.max(initial=0), new.column.max()), dtype=np.bool_)
    concerned[new.column] = True
    touched = np.flatnonzero(concerned[entries.column])
    width = concerned.size
    places = entries.row[touched] * width + entries.column[touched]
    keep = np.ones(len(entries), dtype=np.bool_)
    keep[touched[np.isin(places, new.row * width + new.column)]] = False
    return Entries(
        np.append(entries.row[keep], new.row),
        np.append(entries.column[keep], new.column),
        np.append(entries.amount[keep], new.amount),
    )


def _with_amounts(matrix: sparse.csr_array, new: Entries) -> sparse.csr_array:
    """Return a copy with new amounts at some places, exact to the last digit."""
    matrix = matrix.copy()
    absent = []
    for number, (row, column) in enumerate(zip(new.row, new.column, strict=True)):
        start, stop = matrix.indptr[row], matrix.indptr[row + 1]
        place = np.flatnonzero(matrix.indices[start:stop] == column)
        if place.size:
            matrix.data[start + place[0]] = new.amount[number]
        else:
            absent.append(number)
    if absent:
        places = (new.row[absent].astype(np.int32), new.column[absent].astype(np.int32))
        matrix = (matrix + sparse.coo_array((new.amount[absent], places), shape=matrix.shape)).tocsr()
    return matrix


def _change_problems(matrices: Matrices, changes: Sequence[Change]) -> list[Problem]:
    system, problems, seen = matrices.system, [], set()
    rows = {"technosphere": len(system.products), "biosphere": len(system.flows)}
    for number, one in enumerate(changes):
        where = f"change {number}"
        if not (0 <= one.row < rows[one.kind] and 0 <= one.process < len(system.processes)):
            message = Text(
                f"the {one.kind} has no place {one.row}, {one.process}",
                f"{one.kind} 没有位置 {one.row}, {one.process}",
            )
            problems.append(
                Problem(
                    where,
                    "change-unknown",
                    message,
                    Text("name a row and a process of the system", "指定系统中的行与过程"),
                )
            )
        if not np.isfinite(one.amount):
            message = Text("the new amount is no finite number", "新数量不是有限数值")
            problems.append(
                Problem(
                    where,
                    "change-amount",
                    message,
                    Text("give a number; 0 takes the exchange away", "给出数字；0 表示去掉该交换"),
                )
            )
        if (one.kind, one.row, one.process) in seen:
            message = Text(
                f"the {one.kind} at {one.row}, {one.process} is changed twice",
                f"{one.kind} 的 {one.row}, {one.process} 变更两次",
            )
            problems.append(
                Problem(where, "change-twice", message, Text("give one new amount", "只给一个新值"))
            )
        seen.add((one.kind, one.row, one.process))
    return problems
