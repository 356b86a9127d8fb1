"""Which process of a technosphere makes which product, when only integer identifiers are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import maximum_bipartite_matching

from cradlemark.inventory.processes.tables import FloatArray, IntArray


def makers(
    row: IntArray,
    col: IntArray,
    amount: FloatArray,
    marked: NDArray[np.bool_],
    *,
    same: IntArray,
    shape: tuple[int, int],
) -> tuple[IntArray, FloatArray, int]:
    """Process that makes each product.

    In this order: the entry that the source marks as reference, where it is the only one of its row and column; the
    process with the identifier of the product; what is left by a matching, first over positive, then over all entries.
    Which matching is taken changes names, no result: every one gives the same inverse of the matrix.

    Parameters
    ----------
    row, col, amount, marked
        Entries: places from 0, amounts, and whether they are marked as reference.
    same : ndarray of int64, shape (rows,)
        Column with the identifier of the row, or -1.
    shape : tuple of int
        Rows and columns.

    Returns
    -------
    maker : ndarray of int64, shape (rows,)
        Column, or -1.
    made : ndarray of float64, shape (rows,)
        Sum of the entries there [unit of the row]; 0 where there is none.
    matched : int
        Number of products that the matching had to decide.
    """
    net = sparse.coo_array((amount, (row, col)), shape=shape).tocsr()
    net.sum_duplicates()
    net.eliminate_zeros()
    maker = np.full(shape[0], -1, np.int64)
    taken = np.zeros(shape[1], np.bool_)
    _by_mark(maker, taken, row[marked], col[marked], net)
    free = np.flatnonzero((maker < 0) & (same >= 0))
    free = free[~taken[same[free]]]
    free = free[_at(net, free, same[free]) != 0.0]
    maker[free] = same[free]
    taken[same[free]] = True
    matched = _by_structure(maker, taken, net)
    made = np.zeros(shape[0])
    known = np.flatnonzero(maker >= 0)
    made[known] = _at(net, known, maker[known])
    return maker, made, matched


def _at(net: sparse.csr_array, row: IntArray, col: IntArray) -> FloatArray:
    return np.asarray(net[row, col], dtype=np.float64).reshape(-1) if len(row) else np.empty(0)


def _by_mark(
    maker: IntArray, taken: NDArray[np.bool_], row: IntArray, col: IntArray, net: sparse.csr_array
) -> None:
    pairs = np.unique(np.stack([row, col], axis=1), axis=0) if len(row) else np.empty((0, 2), np.int64)
    of_row, of_col = (np.bincount(pairs[:, side], minlength=net.shape[side]) for side in (0, 1))
    row, col = pairs[:, 0], pairs[:, 1]
    alone = (of_row[row] == 1) & (of_col[col] == 1) & (_at(net, row, col) != 0.0)
    maker[row[alone]] = col[alone]
    taken[col[alone]] = True


def _by_structure(maker: IntArray, taken: NDArray[np.bool_], net: sparse.csr_array) -> int:
    matched = 0
    for only_positive in (True, False):
        rows, cols = np.flatnonzero(maker < 0), np.flatnonzero(~taken)
        if not len(rows) or not len(cols):
            return matched
        part = net[rows][:, cols].tocsr()
        if only_positive:
            part = part.copy()
            part.data = np.where(part.data > 0.0, part.data, 0.0)
            part.eliminate_zeros()
        found = maximum_bipartite_matching(sparse.csr_matrix(part), perm_type="column")
        for place, column in zip(rows.tolist(), found.tolist(), strict=True):
            if column >= 0:
                maker[place], taken[cols[column]] = cols[column], True
                matched += 1
    return matched
