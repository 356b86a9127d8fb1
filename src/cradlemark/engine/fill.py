"""How much work a factorisation will be, found out before it is done.

Databases of processes fill up little: most of what a process buys comes from its own sector or from a few hubs. A matrix
without such a structure, such as random numbers, fills up until it is nearly full, and takes hours instead of milliseconds.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import spilu


def column_order(block: sparse.csc_array) -> NDArray[np.int64]:
    """Order of elimination by SuperLU's column ordering (COLAMD), without a factorisation.

    Raises
    ------
    RuntimeError
        When there is no order, for the block is structurally singular.

    Notes
    -----
    SciPy gives the order only with a factorisation; an incomplete one that keeps next to nothing is the cheapest.
    """
    kept = spilu(block, drop_tol=1.0, fill_factor=1.0, permc_spec="COLAMD", diag_pivot_thresh=0.0)
    return np.argsort(kept.perm_c).astype(np.int64)


def elimination_work(block: sparse.csc_array, order: NDArray[np.int64], *, limit: float) -> float:
    """Multiplications of an elimination with pivots from the diagonal [1], or a number above `limit`.

    Notes
    -----
    The structure of a column of the factor is that of the matrix and of the columns that it is the first neighbour of, for
    a symmetric pattern. A. George and J. W. Liu, Computer Solution of Large Sparse Positive Definite Systems (1981).
    """
    pattern = abs(block) + abs(block.T)
    pattern = pattern.tocsr()[order][:, order].tocsr()
    start, column = pattern.indptr.tolist(), pattern.indices.tolist()
    waiting: dict[int, set[int]] = {}
    work = 0.0
    for pivot in range(order.size):
        below = waiting.pop(pivot, set())
        below.update(place for place in column[start[pivot] : start[pivot + 1]] if place > pivot)
        below.discard(pivot)
        work += float(len(below)) ** 2
        if work > limit:
            break
        if below:
            first = min(below)
            other = waiting.get(first, set())
            larger, smaller = (below, other) if len(below) > len(other) else (other, below)
            larger |= smaller
            waiting[first] = larger
    return work
