"""Who, what and where a result comes from; every list adds up to the total."""

from __future__ import annotations

import math
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.engine.life_cycle_inventory import LifeCycleInventory


@attrs.frozen(eq=False)
class Contributions:
    """Parts of a total, largest first, with the rest.

    Parameters
    ----------
    index : ndarray of int64, shape (parts,) or (parts, 2)
        Process, flow, place, or process and flow of each part.
    names : tuple of str, length parts
    values : ndarray of float64, shape (parts,)
        [unit of the category]; negative for what is avoided or removed.
    remainder : float
        Sum of the parts below the cut-off [unit of the category].
    left_out : int
        How many parts other than 0 the remainder holds.
    total : float
        Sum of all parts [unit of the category].
    """

    index: NDArray[np.int64]
    names: tuple[str, ...]
    values: NDArray[np.float64]
    remainder: float
    left_out: int
    total: float


def by_process(inventory: LifeCycleInventory, category: int, *, cut_off: float = 0.0) -> Contributions:
    """Direct impacts of the processes, g_j s_j.

    Parameters
    ----------
    category : int
        Index of the impact category.
    cut_off : float
        Share of the gross sum (of absolute values) [0-1] below which a part goes into the remainder.

    Raises
    ------
    InputError
        ``cut-off-range``
    """
    values = inventory.matrices.direct[category] * inventory.runs
    return _largest(values, inventory.matrices.system.processes, cut_off)


def by_flow(inventory: LifeCycleInventory, category: int, *, cut_off: float = 0.0) -> Contributions:
    """Impacts of the elementary flows, c_k (B s)_k; parameters as in `by_process`."""
    values = _factors(inventory, category) * inventory.flows
    return _largest(values, inventory.matrices.system.flows, cut_off)


def by_place(inventory: LifeCycleInventory, category: int, *, cut_off: float = 0.0) -> Contributions:
    """Impacts of the places where processes emit; the index counts places in alphabetical order.

    Raises
    ------
    InputError
        ``places-missing`` when the system names no places.
    """
    places = inventory.matrices.system.places
    if not places:
        message = Text("the processes of the system have no places", "系统的过程没有地点")
        raise InputError(
            message,
            code="places-missing",
            hint=Text("give the system a place for each process", "为系统的每个过程给出地点"),
        )
    names, group = np.unique(np.asarray(places, dtype=np.str_), return_inverse=True)
    sums = np.bincount(group, inventory.matrices.direct[category] * inventory.runs, names.size)
    return _largest(np.asarray(sums, dtype=np.float64), tuple(str(name) for name in names), cut_off)


def by_process_and_flow(
    inventory: LifeCycleInventory, category: int, *, cut_off: float = 0.0
) -> Contributions:
    """Impacts of each elementary flow from each process, c_k b_kj s_j; the index holds process and flow."""
    exchanges = inventory.matrices.biosphere.tocoo()
    flow, process = (np.asarray(part, dtype=np.int64) for part in exchanges.coords)
    values = _factors(inventory, category)[flow] * exchanges.data * inventory.runs[process]
    system = inventory.matrices.system
    parts = _largest(values, None, cut_off)
    pairs = np.stack([process[parts.index], flow[parts.index]], axis=1)
    names = tuple(f"{system.processes[one]}: {system.flows[other]}" for one, other in pairs)
    return attrs.evolve(parts, index=pairs, names=names)


def _factors(inventory: LifeCycleInventory, category: int) -> NDArray[np.float64]:
    return np.asarray(inventory.matrices.characterisation[[category]].toarray()[0], dtype=np.float64)


def _largest(values: NDArray[np.float64], names: Sequence[str] | None, cut_off: float) -> Contributions:
    if not 0.0 <= cut_off < 1.0:
        message = Text(
            f"the cut-off {cut_off:g} is no share from 0 to below 1",
            f"截断值 {cut_off:g} 不是 0 至 1（不含）的份额",
        )
        raise InputError(message, code="cut-off-range", hint=Text("use for example 0.01", "例如 0.01"))
    size = np.abs(values)
    order = np.argsort(-size, kind="stable")
    shown = order[(size[order] > 0.0) & (size[order] >= cut_off * size.sum())]
    left_out = np.setdiff1d(np.flatnonzero(size), shown)
    named = () if names is None else tuple(names[index] for index in shown)
    remainder = math.fsum(values[left_out])
    return Contributions(
        shown.astype(np.int64), named, values[shown], remainder, int(left_out.size), math.fsum(values)
    )
