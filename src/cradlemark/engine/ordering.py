"""In which order processes are eliminated: loops by themselves, and within a large one its hubs last."""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from cradlemark.engine.fill import column_order, elimination_work

OWN_BLOCK = 300
"""Strongly connected components of at least this many processes are factorised on their own."""
HUB = 80
"""Users from which a product counts as a hub."""
COSTLY_FROM = 3_000
"""Processes of a component below which it is factorised whatever it fills up to."""
COSTLY = 2e10
"""Multiplications of a factorisation [1] above which it is not tried: about 10 s of one core."""


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


@attrs.frozen(eq=False)
class Elimination:
    """How a large component of Aᵀ is to be eliminated.

    Parameters
    ----------
    order : ndarray of int64 or None
        Hubs last; None where there are no hubs, or the rest is singular without them.
    costly : bool
        Whether its factors take more than `COSTLY` multiplications, whatever the order.
    """

    order: NDArray[np.int64] | None
    costly: bool


def elimination_of(block: sparse.csc_array) -> Elimination:
    """Plan the elimination of a large component of Aᵀ.

    Notes
    -----
    A product that thousands use fills up whatever comes after it, so hubs have to come last. To find that out takes
    SuperLU's column ordering (COLAMD) far longer than to order the rest, and several times as long as to factorise:
    hubs are set aside first.
    """
    users = np.diff(block.indptr)
    hubs, rest = np.flatnonzero(users > HUB), np.flatnonzero(users <= HUB)
    last = float(hubs.size) ** 3 / 3.0
    if not rest.size or last > COSTLY:
        return Elimination(None, last > COSTLY)
    if not hubs.size and users.size < COSTLY_FROM:
        return Elimination(None, costly=False)
    inner = block[rest][:, rest].tocsc()
    try:
        order = column_order(inner)
    except RuntimeError:
        return Elimination(None, costly=False)
    left = COSTLY - last
    costly = users.size >= COSTLY_FROM and elimination_work(inner, order, limit=left) > left
    hubs = hubs[np.argsort(users[hubs], kind="stable")]
    return Elimination(np.concatenate([rest[order], hubs]).astype(np.int64) if hubs.size else None, costly)
