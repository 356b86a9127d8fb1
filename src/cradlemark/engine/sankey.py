"""Impact flowing through the supply network, balanced at every node."""

from __future__ import annotations

from typing import Literal

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.engine.intensities import Intensities
from cradlemark.engine.life_cycle_inventory import LifeCycleInventory

Kind = Literal["direct", "process", "others", "demand"]


@attrs.frozen
class Node:
    """A node of the diagram: where impacts begin, a process, all other processes together, or what is demanded."""

    kind: Kind
    name: str = ""
    process: int | None = None


@attrs.frozen
class Link:
    """Impact handed on from one node to another [unit of the category]; negative where it is avoided."""

    source: int
    target: int
    value: float


@attrs.frozen
class Sankey:
    """Nodes and links; at each process and at ``others`` what comes in equals what goes out.

    Parameters
    ----------
    nodes : tuple of Node
        0 is ``direct``, 1 is ``demand``, 2 is ``others``, then processes, largest throughput first.
    links : tuple of Link
        Largest first.
    total : float
        What leaves ``direct`` and reaches ``demand`` [unit of the category].
    """

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]
    total: float

    def balance(self, node: int) -> float:
        """What comes in less what goes out [unit of the category]."""
        into = sum(link.value for link in self.links if link.target == node)
        return into - sum(link.value for link in self.links if link.source == node)


DIRECT, DEMAND, OTHERS = 0, 1, 2


def sankey(
    inventory: LifeCycleInventory, result: Intensities, category: int, *, processes: int = 50
) -> Sankey:
    """Diagram of one demand.

    Process j hands its product i on with its whole upstream impact, λ_i a_ij s_j; since Aᵀ λ = g, at each process
    direct impact + impact of inputs = impact of its output, which goes to other processes or to the demand.

    Parameters
    ----------
    inventory : LifeCycleInventory
        Of the demand.
    result : Intensities
        Of the same matrices.
    processes : int
        How many processes, those with the largest throughput, have a node of their own.

    Raises
    ------
    InputError
        ``sankey-mismatch`` when both results come from different matrices.
    """
    if inventory.matrices is not result.matrices:
        message = Text("inventory and intensities belong to different matrices", "清单与强度属于不同的矩阵")
        raise InputError(
            message,
            code="sankey-mismatch",
            hint=Text("make both from the same factorisation", "由同一分解生成"),
        )
    matrices = inventory.matrices
    unit_impact = result.of_output[category]
    through = np.abs(unit_impact * matrices.reference_amount * inventory.runs)
    order = np.argsort(-through, kind="stable")[:processes]
    kept = order[through[order] > 0.0]
    node_of = np.full(through.size, OTHERS, dtype=np.int64)
    node_of[kept] = np.arange(kept.size) + OTHERS + 1
    names = matrices.system.processes
    nodes = (
        Node("direct"),
        Node("demand"),
        Node("others"),
        *(Node("process", names[process], int(process)) for process in kept),
    )
    links = _merged(*_links(inventory, unit_impact, matrices.direct[category] * inventory.runs, node_of))
    return Sankey(nodes, links, float(unit_impact @ inventory.demand))


def _links(
    inventory: LifeCycleInventory,
    unit_impact: NDArray[np.float64],
    direct: NDArray[np.float64],
    node_of: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Source, target and value of: direct impacts, exchanges between processes, what is demanded."""
    exchanges = inventory.matrices.technosphere.tocoo()
    supplier, buyer = exchanges.coords
    between = supplier != buyer
    supplier, buyer = supplier[between], buyer[between]
    handed = -exchanges.data[between] * inventory.runs[buyer] * unit_impact[supplier]
    ends = [
        (np.full(direct.size, DIRECT), node_of, direct),
        (node_of[supplier], node_of[buyer], handed),
        (node_of, np.full(direct.size, DEMAND), unit_impact * inventory.demand),
    ]
    source, target, value = (np.concatenate(parts) for parts in zip(*ends, strict=True))
    return source, target, value


def _merged(
    source: NDArray[np.int64], target: NDArray[np.int64], value: NDArray[np.float64]
) -> tuple[Link, ...]:
    """Sum links with the same ends; links inside ``others`` vanish."""
    shown = (source != target) & (value != 0.0)
    ends, group = np.unique(np.stack([source[shown], target[shown]]), axis=1, return_inverse=True)
    sums = np.bincount(group.reshape(-1), value[shown], ends.shape[1])
    links = [
        Link(int(start), int(stop), float(amount))
        for start, stop, amount in zip(ends[0], ends[1], sums, strict=True)
        if amount != 0.0
    ]
    return tuple(sorted(links, key=lambda link: (-abs(link.value), link.source, link.target)))
