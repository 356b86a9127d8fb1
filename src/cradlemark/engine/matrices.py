"""From columnar arrays to sparse matrices, and what is wrong with them in words."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.engine.system import NAMED_AT_MOST, Entries, MatrixSystem

NAMES_IN_A_MESSAGE = 5


@attrs.frozen(eq=False)
class Matrices:
    """The matrices of a system whose every process has a product of its own.

    Rows of the technosphere are put in the order of the processes: row j is the reference product of process j. So the
    diagonal holds the reference amounts, none of them zero.

    Parameters
    ----------
    system : MatrixSystem
        Where the names come from.
    technosphere : scipy.sparse.csr_array, shape (processes, processes)
        A [unit of product i / run of process j].
    biosphere : scipy.sparse.csc_array, shape (flows, processes)
        B [unit of the flow / run of process j].
    characterisation : scipy.sparse.csr_array, shape (categories, flows)
        C [unit of the category / unit of the flow].
    direct : ndarray of float64, shape (categories, processes)
        C B, the direct impact [unit of the category / run of process j].
    reference_amount : ndarray of float64, shape (processes,)
        Diagonal of A: positive for a product, negative for a treated waste.
    process_of : ndarray of int64, shape (products,)
        Process that makes (or treats) each product.
    """

    system: MatrixSystem
    technosphere: sparse.csr_array
    biosphere: sparse.csc_array
    characterisation: sparse.csr_array
    direct: NDArray[np.float64]
    reference_amount: NDArray[np.float64]
    process_of: NDArray[np.int64]

    @property
    def sign(self) -> NDArray[np.float64]:
        """1 where a process makes a product, -1 where it treats a waste; shape (processes,)."""
        return np.sign(self.reference_amount)


def assemble(system: MatrixSystem) -> Matrices:
    """Build the matrices of a system.

    Raises
    ------
    InputErrors
        All of these together: ``system-product-undefined`` (used, and nobody makes it, or neither made nor used),
        ``system-product-ambiguous`` (two processes have it as reference), ``system-process-without-product``,
        ``system-reference-zero`` and ``system-reference-sign`` (a process makes none, or less than it uses itself, of
        its own product; a treatment puts out the waste that it should take in).
    """
    process_of, problems = _who_makes(system)
    raise_if_any(problems)
    technosphere = sparse_matrix(
        attrs.evolve(system.technosphere, row=process_of[system.technosphere.row]), len(system.processes)
    )
    reference_amount = np.asarray(technosphere.diagonal(), dtype=np.float64)
    raise_if_any(reference_problems(system, reference_amount))
    biosphere = sparse_matrix(system.biosphere, len(system.flows), len(system.processes)).tocsc()
    characterisation = sparse_matrix(system.characterisation, len(system.categories), len(system.flows))
    direct = np.ascontiguousarray((characterisation @ biosphere).toarray(), dtype=np.float64)
    return Matrices(system, technosphere, biosphere, characterisation, direct, reference_amount, process_of)


def sparse_matrix(entries: Entries, rows: int, columns: int | None = None) -> sparse.csr_array:
    """Compressed rows of the entries, shape (rows, columns or rows); sums of 0 are left out."""
    shape = (rows, rows if columns is None else columns)
    places = (entries.row.astype(np.int32), entries.column.astype(np.int32))
    matrix = sparse.coo_array((entries.amount, places), shape=shape).tocsr()
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix


def _who_makes(system: MatrixSystem) -> tuple[NDArray[np.int64], list[Problem]]:
    """Process of each product, and what stands in the way of a square matrix."""
    count = len(system.products)
    valid = (system.reference >= 0) & (system.reference < count)
    makers = np.bincount(system.reference[valid], minlength=count)
    process_of = np.full(count, -1, dtype=np.int64)
    process_of[system.reference[valid]] = np.flatnonzero(valid)
    problems = _limited(
        [
            Problem(
                f"process {system.processes[process]}",
                "system-process-without-product",
                Text(
                    f"process {system.processes[process]!r} has no reference product",
                    f"过程 {system.processes[process]!r} 没有参考产品",
                ),
                Text(
                    "name the product that it makes, or the waste that it treats", "指定其产品或所处理的废物"
                ),
            )
            for process in np.flatnonzero(~valid)
        ]
    )
    problems += _limited([_undefined(system, int(product)) for product in np.flatnonzero(makers == 0)])
    problems += _limited([_ambiguous(system, int(product)) for product in np.flatnonzero(makers > 1)])
    return process_of, problems


def _limited(problems: list[Problem]) -> list[Problem]:
    if len(problems) <= NAMED_AT_MOST:
        return problems
    first = problems[0]
    more = Text(
        f"the same holds for {len(problems) - NAMED_AT_MOST} more",
        f"另有 {len(problems) - NAMED_AT_MOST} 个也是如此",
    )
    return [*problems[:NAMED_AT_MOST], Problem("system", first.code, more, first.hint)]


def _undefined(system: MatrixSystem, product: int) -> Problem:
    name = system.products[product]
    users = np.unique(system.technosphere.column[system.technosphere.row == product])
    if users.size:
        message = Text(
            f"product {name!r} is exchanged by {listed(system.processes, users)}, but no process makes it",
            f"{listed(system.processes, users)} 交换产品 {name!r}，但没有过程生产它",
        )
        hint = Text(
            "add a process that makes (or treats) it, or leave its exchanges out as a cut-off",
            "添加生产（或处理）它的过程，或省去其交换作为截断",
        )
    else:
        message = Text(f"product {name!r} is neither made nor used", f"产品 {name!r} 既无生产也无使用")
        hint = Text("leave it out", "删去它")
    return Problem(f"product {name}", "system-product-undefined", message, hint)


def _ambiguous(system: MatrixSystem, product: int) -> Problem:
    makers = np.flatnonzero(system.reference == product)
    return Problem(
        f"product {system.products[product]}",
        "system-product-ambiguous",
        Text(
            f"product {system.products[product]!r} is the reference product of {listed(system.processes, makers)}",
            f"产品 {system.products[product]!r} 同时是 {listed(system.processes, makers)} 的参考产品",
        ),
        Text(
            "give each its own product, with a market that mixes them, or allocate",
            "分别命名产品并设市场混合，或分配",
        ),
    )


def reference_problems(system: MatrixSystem, amount: NDArray[np.float64]) -> list[Problem]:
    """Return what is wrong with the reference amounts, shape (processes,) [unit of the product / run]."""
    waste = system.waste[system.reference]
    problems = []
    for process in np.flatnonzero(amount == 0.0):
        name, product = system.processes[process], system.products[system.reference[process]]
        message = Text(
            f"process {name!r} puts out none of its reference product {product!r}",
            f"过程 {name!r} 不产出其参考产品 {product!r}",
        )
        problems.append(
            Problem(
                f"process {name}",
                "system-reference-zero",
                message,
                Text("give the amount that it makes", "给出其产量"),
            )
        )
    wrong = np.flatnonzero((amount != 0.0) & ((amount < 0.0) != waste))
    problems += [_wrong_sign(system, int(process), float(amount[process])) for process in wrong]
    return _limited(problems)


def _wrong_sign(system: MatrixSystem, process: int, amount: float) -> Problem:
    name, product = system.processes[process], system.products[system.reference[process]]
    if amount < 0.0:
        message = Text(
            f"process {name!r} takes in more of its own product {product!r} than it makes (net {amount:g})",
            f"过程 {name!r} 消耗的自身产品 {product!r} 多于其产出（净值 {amount:g}）",
        )
        hint = Text(
            "check the amounts, or mark the product as a waste that the process treats",
            "检查数量，或将该产品标为该过程处理的废物",
        )
    else:
        message = Text(
            f"process {name!r} treats the waste {product!r} but puts out more than it takes in (net {amount:g})",
            f"过程 {name!r} 处理废物 {product!r}，但产出多于接收（净值 {amount:g}）",
        )
        hint = Text(
            "give the treated amount a negative sign, or do not mark the product as a waste",
            "处理量取负号，或不要将该产品标为废物",
        )
    return Problem(f"process {name}", "system-reference-sign", message, hint)


def listed(names: tuple[str, ...], which: NDArray[np.int64]) -> str:
    """Return the first few names, quoted, and how many more there are."""
    shown = ", ".join(repr(names[index]) for index in which[:NAMES_IN_A_MESSAGE])
    rest = len(which) - NAMES_IN_A_MESSAGE
    return f"{shown} and {rest} more" if rest > 0 else shown
