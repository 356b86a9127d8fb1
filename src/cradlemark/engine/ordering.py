"""In which order processes are eliminated: loops by themselves, and within a large one its hubs last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph
from scipy.sparse.linalg import splu

OWN_BLOCK = 300
"""Strongly connected components of at least this many processes are factorised on their own."""
HUB = 80
"""Users from which a product counts as a hub."""


def block_order(technosphere: sparse.csr_array) -> tuple[NDArray[np.int64], list[tuple[int, int, bool]]]:
    """Order that makes Aᵀ block upper triangular, and its blocks (start, stop, whether one large component)."""
    count = technosphere.shape[0]
    _, label = csgraph.connected_components(technosphere, connection="strong")
    entries = technosphere.tocoo()
    if not (label[entries.coords[0]] >= label[entries.coords[1]]).all():
        return np.arange(count), [(0, count, True)]
    order = np.argsort(label, kind="stable")
    sizes = np.bincount(label)
    stops = np.cumsum(sizes)
    cuts, last = [], 0
    for component in np.flatnonzero(sizes >= OWN_BLOCK):
        start, stop = int(stops[component] - sizes[component]), int(stops[component])
        if start > last:
            cuts.append((last, start, False))
        cuts.append((start, stop, True))
        last = stop
    if last < count:
        cuts.append((last, count, False))
    return order.astype(np.int64), cuts


def hubs_last(block: sparse.csc_array) -> NDArray[np.int64] | None:
    """Order of elimination of a large component of Aᵀ; None where there are no hubs, or the rest is singular without them.

    A product that thousands use fills up whatever comes after it, so hubs have to come last. To find that out takes
    SuperLU's column ordering (COLAMD) far longer than to order the rest, and several times as long as to factorise:
    hubs are set aside first, and the order of the rest is that of its own factorisation.
    """
    users = np.diff(block.indptr)
    hubs, rest = np.flatnonzero(users > HUB), np.flatnonzero(users <= HUB)
    if not hubs.size or not rest.size:
        return None
    try:
        factors = splu(
            block[rest][:, rest].tocsc(), permc_spec="COLAMD", diag_pivot_thresh=0.0, relax=1, panel_size=1
        )
    except RuntimeError:
        return None
    hubs = hubs[np.argsort(users[hubs], kind="stable")]
    return np.concatenate([rest[np.argsort(factors.perm_c)], hubs]).astype(np.int64)
