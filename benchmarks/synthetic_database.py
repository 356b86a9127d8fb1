"""A made-up background database with the structure of a real one.

Products are made by a few producers each and sold by a market. A market buys shares of its producers that add up to 1,
and a little transport. A producer buys from markets: hubs of a power law, and neighbours in its sector. A core of
products buys from the core only, which makes one large strongly connected component; the rest buys from the core and
from earlier products. Units are spread over orders of magnitude. Every pair of steps contracts, so results are finite.
Some producers make waste, whose treatment uses markets of the core, gives energy back as an avoided product, and makes
waste itself: loops with negative entries. `figures` counts what came out.

Wanted at 20,000 processes: about 228,000 technosphere entries (11.4 a column), 384,000 biosphere entries, 3,000 flows,
55 % of the processes in the largest strongly connected component, the top hub (electricity) used about 15,340 times.
"""

from __future__ import annotations

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csgraph

from cradlemark.engine.matrices import Matrices
from cradlemark.engine.system import Entries, MatrixSystem

CORE_SHARE = 0.55
TREATMENT_SHARE = 0.03
HUB_POWER = 5
HUB_SHARE = 0.2
ELECTRIC_MARKETS = 0.19
"""Share of the markets that use electricity themselves."""
BOUGHT = 15.6
"""Purchases of a producer before those that come twice are put together."""
EMITTED = 20.5
"""Elementary flows of a process before those that come twice are put together."""


@attrs.frozen(eq=False)
class Layout:
    """Which process is what: markets first, then their producers, then waste treatment."""

    markets: int
    treatments: int
    market_of: NDArray[np.int64]  # of each producer
    core: int  # markets 0..core-1

    @property
    def hubs(self) -> int:
        return max(1, min(self.core, 20 + int(self.core * HUB_SHARE)))

    @property
    def processes(self) -> int:
        return self.markets + self.market_of.size + self.treatments


def layout(count: int, random: np.random.Generator) -> Layout:
    treatments = max(1, int(count * TREATMENT_SHARE))
    producers_each = np.minimum(random.geometric(0.35, count), 8)
    total = np.cumsum(producers_each + 1)
    markets = max(2, int(np.searchsorted(total, count - treatments)))
    market_of = np.repeat(np.arange(markets), producers_each[:markets])
    missing = count - treatments - markets - market_of.size
    market_of = np.concatenate([market_of, random.integers(0, markets, max(0, missing))])
    market_of = market_of[: count - treatments - markets]
    return Layout(markets, treatments, market_of, max(1, int(markets * CORE_SHARE)))


def purchases(
    plan: Layout, buyer_market: NDArray[np.int64], number: NDArray[np.int64], random: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Buyer (index into buyer_market) and market bought from."""
    buyer = np.repeat(np.arange(buyer_market.size), number)
    home = buyer_market[buyer]
    limit = np.where(home < plan.core, plan.core, np.maximum(home, plan.core))
    hub = np.floor(plan.hubs * random.random(buyer.size) ** HUB_POWER).astype(np.int64)
    near = np.clip(home - random.integers(1, 20, buyer.size), 0, limit - 1)
    near = np.where(home < plan.core, (home + random.integers(-10, 10, buyer.size)) % plan.core, near)
    bought = np.where(random.random(buyer.size) < 0.65, hub, near)
    return buyer, bought


def synthetic_system(
    count: int, *, flows: int = 3000, categories: int = 25, exchanges: float = BOUGHT, seed: int = 1
) -> MatrixSystem:
    """A system of `count` processes, about 11 technosphere and 19 biosphere entries a process."""
    random = np.random.default_rng(seed)
    plan = layout(count, random)
    first, treated = plan.markets, plan.markets + plan.market_of.size
    producers = np.arange(plan.market_of.size)
    size = np.bincount(plan.market_of, minlength=plan.markets)
    weight = random.lognormal(0.0, 1.0, plan.market_of.size)
    share = weight / np.bincount(plan.market_of, weight, plan.markets)[plan.market_of]
    rows, columns, amounts = [np.arange(count)], [np.arange(count)], [np.ones(count)]
    rows.append(first + producers), columns.append(plan.market_of), amounts.append(-share)
    transport = np.arange(plan.markets)
    rows.append(transport % max(1, min(8, plan.core // 2))), columns.append(transport)
    amounts.append(-0.02 * random.random(plan.markets))
    electric = np.flatnonzero((random.random(plan.markets) < ELECTRIC_MARKETS) & (transport % 8 > 0))
    rows.append(np.zeros(electric.size, dtype=np.int64)), columns.append(electric)
    amounts.append(-0.01 * random.random(electric.size))
    number = np.maximum(1, random.poisson(exchanges, plan.market_of.size))
    buyer, bought = purchases(plan, plan.market_of, number, random)
    buyer, bought = np.divmod(np.unique(buyer * plan.markets + bought), plan.markets)
    burden = random.lognormal(0.0, 1.5, buyer.size)
    total = np.bincount(buyer, burden, plan.market_of.size)
    rows.append(bought), columns.append(first + buyer)
    amounts.append(-burden / total[buyer] * random.uniform(0.3, 0.8, plan.market_of.size)[buyer])
    makers = random.choice(producers, max(1, producers.size // 4), replace=False)
    (
        rows.append(treated + plan.market_of[makers] * plan.treatments // plan.markets),
        columns.append(first + makers),
    )
    amounts.append(0.05 * random.random(makers.size))  # waste put out by the producer
    treatments = np.arange(plan.treatments)
    for bought_by_each, sign in ((3, -0.05), (1, 0.03)):  # inputs, and one avoided product
        many = np.repeat(treatments, bought_by_each)
        rows.append(np.floor(plan.hubs * random.random(many.size) ** HUB_POWER).astype(np.int64))
        columns.append(treated + many), amounts.append(sign * random.random(many.size))
    rows.append(treated + (treatments + 1) % plan.treatments), columns.append(treated + treatments)
    amounts.append(np.full(plan.treatments, 0.02) * (plan.treatments > 1))  # treatment makes waste
    assert size.sum() == plan.market_of.size
    row, column, amount = (np.concatenate(part) for part in (rows, columns, amounts))
    unit = random.lognormal(0.0, 2.0, count)  # [unit of the product / normalised unit]
    amount = np.where(row == column, amount, amount * unit[row] / unit[column])
    amount = np.where((row == column) & (row >= treated), -1.0, amount)
    emitted = np.repeat(np.arange(count), np.minimum(random.geometric(1 / EMITTED, count), flows))
    flow = np.floor(flows * random.random(emitted.size) ** 3).astype(np.int64)
    emitted, flow = np.divmod(np.unique(emitted * flows + flow), flows)
    emission = random.lognormal(-3.0, 2.0, emitted.size) / unit[emitted]
    factor_row, factor_flow = np.nonzero(random.random((categories, flows)) < 0.1)
    return MatrixSystem(
        Entries(row, column, amount),
        Entries(flow, emitted, emission),
        Entries(factor_row, factor_flow, random.lognormal(0.0, 2.0, factor_row.size)),
        [f"process {index}" for index in range(count)],
        [f"product {index}" for index in range(count)],
        [f"flow {index}" for index in range(flows)],
        [f"category {index}" for index in range(categories)],
        waste=np.arange(count) >= treated,
        places=[f"place {index % 40}" for index in range(count)],
    )


def figures(matrices: Matrices) -> str:
    """What the structure of a system is, in one line."""
    count = matrices.reference_amount.size
    _, label = csgraph.connected_components(matrices.technosphere, connection="strong")
    used = np.diff(matrices.technosphere.indptr).max() - 1
    return (
        f"{count} processes, {matrices.technosphere.nnz} technosphere entries "
        f"({matrices.technosphere.nnz / count:.1f} a column), {matrices.biosphere.nnz} biosphere entries, "
        f"{len(matrices.system.flows)} flows, {len(matrices.system.categories)} categories, "
        f"{np.bincount(label).max() / count:.0%} in the largest component, top hub used {used} times"
    )
