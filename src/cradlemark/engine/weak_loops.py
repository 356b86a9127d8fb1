"""Which loops of processes make nothing, or next to nothing: what to blame when a system has no single solution.

A loop is looked for in each strongly connected component by itself, so that neither the suppliers nor the customers of
a bad loop are blamed for it. Products are counted in units in which most exchanges are near 1, and rows and columns are
brought to equal size first; so what is found does not depend on the units of the data.
"""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import cg, splu

from cradlemark.core.errors import InputErrors, Problem
from cradlemark.core.language import Text
from cradlemark.engine.dense_factors import dense_factors, is_dense
from cradlemark.engine.matrices import Matrices, listed
from cradlemark.engine.ordering import elimination_of

Array = NDArray[np.float64]

SINGULAR = 1e-9
"""Smallest singular value against the largest [1] below which a loop is said to make nothing."""
DENSE_UP_TO = 400
"""Processes of a component up to which all of its singular values are worked out."""
TAKES_PART = 0.02
"""Share of the greatest part [1] from which a process is named."""
SHIFT = 1e-13
"""Part of the diagonal [1] that is added so that a singular component can be factorised."""


@attrs.frozen(eq=False)
class WeakLoop:
    """Processes that nearly cancel each other.

    Parameters
    ----------
    processes : ndarray of int64
        Those that take part most come first.
    gap : float
        Smallest singular value of their component against its largest [1]; 0 where it is singular.
    """

    processes: NDArray[np.int64]
    gap: float


def weak_loops(matrices: Matrices, *, limit: float) -> list[WeakLoop]:
    """Components whose gap is at most `limit`, the weakest first; those that cannot be factorised are passed over."""
    _, label = csgraph.connected_components(matrices.technosphere, connection="strong")
    sizes = np.bincount(label)
    order = np.argsort(label, kind="stable")
    stops = np.cumsum(sizes)
    transposed, found = matrices.technosphere.T.tocsr(), []  # its factors fill up far less
    for component in np.flatnonzero(sizes > 1):
        members = order[stops[component] - sizes[component] : stops[component]]
        part = transposed[members][:, members].tocsc()
        if elimination_of(part).costly:
            continue
        loop = _weakest(part, members.astype(np.int64))
        if loop.gap <= limit:
            found.append(loop)
    return sorted(found, key=lambda loop: loop.gap)


def _weakest(matrix: sparse.csc_array, members: NDArray[np.int64]) -> WeakLoop:
    even = _equilibrated(matrix)
    left, right, gap = _by_values(even.toarray()) if members.size <= DENSE_UP_TO else _by_iteration(even)
    part = np.abs(left * right * even.diagonal())
    order = np.argsort(-part, kind="stable")
    count = max(1, int((part > TAKES_PART * part.max(initial=0.0)).sum()))
    return WeakLoop(members[order[:count]], gap)


def _equilibrated(matrix: sparse.csc_array) -> sparse.csc_array:
    """Rows and columns with largest entries of about 1. Ruiz, RAL report RAL-TR-2001-034."""
    own = sparse.diags_array(1.0 / np.abs(matrix.diagonal()))
    unit = even_units((own @ matrix).tocoo())
    matrix = sparse.diags_array(1.0 / unit) @ own @ matrix @ sparse.diags_array(unit)
    for _ in range(12):
        size = abs(matrix)
        rows = np.asarray(size.max(axis=1).toarray()).reshape(-1)
        columns = np.asarray(size.max(axis=0).toarray()).reshape(-1)
        scale = [sparse.diags_array(1.0 / np.sqrt(each)) for each in (rows, columns)]
        matrix = (scale[0] @ matrix @ scale[1]).tocsc()
    return matrix


def even_units(shares: sparse.coo_array) -> Array:
    """Unit of each product in which the exchanges, by customer and supplier, are nearest to 1 in the mean of squares."""
    row, column = shares.coords
    outside = row != column
    row, column, size = row[outside], column[outside], np.log(np.abs(shares.data[outside]))
    count, one = shares.shape[0], np.ones(row.size)
    links = sparse.coo_array((one, (row, column)), shape=(count, count)).tocsr()
    links = links + links.T
    moved = np.bincount(row, size, count) - np.bincount(column, size, count)
    laplacian = sparse.diags_array(np.asarray(links.sum(axis=1)).reshape(-1)) - links
    logarithm, _ = cg(laplacian, moved, rtol=1e-8, maxiter=1000)
    return np.asarray(np.exp(np.clip(logarithm, -300.0, 300.0)))


def _by_values(matrix: Array) -> tuple[Array, Array, float]:
    """Left and right vector of the smallest singular value, and this against the largest."""
    left, values, right = np.linalg.svd(matrix)
    return left[:, -1], right[-1], float(values[-1] / values[0])


def _by_iteration(matrix: sparse.csc_array) -> tuple[Array, Array, float]:
    """The same for a large matrix, by inverse iteration on a matrix moved by less than what counts."""
    diagonal = matrix.diagonal()
    shifted = (matrix + SHIFT * sparse.diags_array(diagonal)).tocsc()
    factors = dense_factors(shifted.toarray(order="F")) if is_dense(shifted) else splu(shifted)
    right = np.random.default_rng(0).uniform(0.5, 1.0, (diagonal.size, 1))
    left, growth = right, 1.0
    for _ in range(6):
        left = factors.solve(right, "T")
        left /= np.linalg.norm(left)
        right = factors.solve(left)
        growth = float(np.linalg.norm(right))
        right /= growth
    largest = float(np.sqrt(abs(matrix).sum(axis=0).max() * abs(matrix).sum(axis=1).max()))
    return left[:, 0], right[:, 0], 1.0 / (growth * largest)


def singular_system(matrices: Matrices) -> InputErrors:
    """Return the error that names each loop that makes nothing.

    Notes
    -----
    Where no component is that weak by itself the weakest one is named.
    """
    loops = weak_loops(matrices, limit=SINGULAR) or weak_loops(matrices, limit=np.inf)[:1]
    problems = []
    for loop in loops:
        names = listed(matrices.system.processes, loop.processes)
        products = listed(matrices.system.products, matrices.system.reference[loop.processes])
        problems.append(
            Problem(
                f"processes {names}",
                "system-singular",
                Text(
                    f"the system has no single solution: {names} take as much from each other as they make of {products}",
                    f"系统没有唯一解：{names} 互相消耗的 {products} 与产出相等",
                ),
                Text(
                    "check the amounts that these processes exchange; a loop has to make more than it uses",
                    "检查这些过程交换的数量；循环的产出必须多于消耗",
                ),
            )
        )
    return InputErrors(problems)
