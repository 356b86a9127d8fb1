"""Upstream of a product, tier by tier and as a tree, with a remainder so that it adds up."""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.engine.intensities import Intensities
from cradlemark.engine.life_cycle_inventory import demand_vector


@attrs.frozen(eq=False)
class Tiers:
    """Direct impacts of the supply chain by number of steps from the demand.

    Parameters
    ----------
    values : ndarray of float64, shape (tiers,)
        Tier 0 makes what is demanded, tier 1 supplies tier 0, and so on [unit of the category].
    remainder : float
        Impact of all that lies further upstream [unit of the category].
    total : float
        Impact of the demand [unit of the category].
    """

    values: NDArray[np.float64]
    remainder: float
    total: float


def by_tier(result: Intensities, demand: Mapping[int, float], category: int, *, tiers: int = 10) -> Tiers:
    """Power series of the demand: runs D⁻¹ f, next demand (D - A) D⁻¹ f, with the reference amounts D.

    Raises
    ------
    InputErrors
        As in `demand_vector`.
    """
    matrices, unit_impact = result.matrices, result.of_output[category]
    wanted = demand_vector(matrices, demand)
    total = float(unit_impact @ wanted)
    values = np.zeros(tiers)
    for tier in range(tiers):
        runs = wanted / matrices.reference_amount
        values[tier] = matrices.direct[category] @ runs
        wanted = wanted - matrices.technosphere @ runs
    return Tiers(values, float(unit_impact @ wanted), total)


@attrs.frozen(eq=False)
class Supply:
    """One place in the upstream tree.

    Parameters
    ----------
    process : int
        Index of the process.
    name : str
    amount : float
        Amount supplied [unit of its reference product], or treated where that is a waste; negative when avoided.
    total : float
        Impact of that amount, cradle to gate [unit of the category].
    direct : float
        Part of it that the process causes itself [unit of the category].
    children : tuple of Supply
        What it takes in, largest first.
    remainder : float
        Impact of inputs that are not among the children [unit of the category];
        total = direct + totals of the children + remainder.
    left_out : int
        How many inputs the remainder holds.
    """

    process: int
    name: str
    amount: float
    total: float
    direct: float
    children: tuple[Supply, ...]
    remainder: float
    left_out: int


def upstream_tree(
    result: Intensities,
    product: int,
    amount: float,
    category: int,
    *,
    cut_off: float = 0.01,
    depth: int = 8,
    nodes: int = 500,
) -> Supply:
    """Tree of suppliers of an amount of one product.

    Parameters
    ----------
    product : int
        Index of the product.
    amount : float
        [unit of the product]
    cut_off : float
        Inputs below this share [0-1] of the gross impact of the root stay in the remainder of their buyer.
    depth : int
        Steps from the root.
    nodes : int
        Largest number of places; the largest impacts are followed first. Loops are followed until cut off.

    Raises
    ------
    InputError
        ``cut-off-range``, and as in `demand_vector`.
    """
    if not 0.0 <= cut_off < 1.0:
        message = Text(
            f"the cut-off {cut_off:g} is no share from 0 to below 1",
            f"截断值 {cut_off:g} 不是 0 至 1（不含）的份额",
        )
        raise InputError(message, code="cut-off-range", hint=Text("use for example 0.01", "例如 0.01"))
    demand_vector(result.matrices, {product: amount})
    grower = _Grower(result, category, result.matrices.technosphere.tocsc())
    root = grower.plant(int(result.matrices.process_of[product]), amount, 0)
    floor = cut_off * (abs(root.direct) + math.fsum(abs(impact) for _, _, impact in root.inputs))
    waiting, planted = [(-abs(root.total), 0, root)], 1
    while waiting and planted < nodes:
        _, _, twig = heapq.heappop(waiting)
        followed = [supply for supply in twig.inputs if abs(supply[2]) >= floor and supply[2] != 0.0]
        for supply in followed[: nodes - planted] if twig.depth < depth else []:
            child = grower.plant(supply[0], supply[1], twig.depth + 1)
            twig.inputs.remove(supply)
            twig.children.append(child)
            planted += 1
            heapq.heappush(waiting, (-abs(child.total), planted, child))
    return grower.harvest(root)


@attrs.define(eq=False)
class _Twig:
    process: int
    amount: float
    total: float
    direct: float
    depth: int
    inputs: list[tuple[int, float, float]]  # process, amount, impact; largest impact first
    children: list[_Twig] = attrs.field(factory=list)


@attrs.frozen(eq=False)
class _Grower:
    result: Intensities
    category: int
    columns: sparse.csc_array

    def plant(self, process: int, amount: float, depth: int) -> _Twig:
        matrices, values = self.result.matrices, self.result.values[self.category]
        runs = amount / abs(float(matrices.reference_amount[process]))
        start, stop = self.columns.indptr[process], self.columns.indptr[process + 1]
        suppliers, entries = self.columns.indices[start:stop], self.columns.data[start:stop]
        others = suppliers != process
        suppliers, entries = suppliers[others], entries[others]
        amounts = -entries * matrices.sign[suppliers] * runs
        inputs = [
            (int(supplier), float(supplied), float(values[supplier] * supplied))
            for supplier, supplied in zip(suppliers, amounts, strict=True)
        ]
        inputs.sort(key=lambda supply: -abs(supply[2]))
        direct = float(matrices.direct[self.category, process]) * runs
        return _Twig(process, amount, float(values[process]) * amount, direct, depth, inputs)

    def harvest(self, root: _Twig) -> Supply:
        """Freeze the tree, leaves first, without recursion."""
        order, waiting = [], [root]
        while waiting:
            twig = waiting.pop()
            order.append(twig)
            waiting += twig.children
        done: dict[int, Supply] = {}
        for twig in reversed(order):
            children = tuple(done.pop(id(child)) for child in twig.children)
            name = self.result.matrices.system.processes[twig.process]
            remainder = math.fsum(impact for _, _, impact in twig.inputs)
            done[id(twig)] = Supply(
                twig.process,
                name,
                twig.amount,
                twig.total,
                twig.direct,
                children,
                remainder,
                len(twig.inputs),
            )
        return done[id(root)]
