"""What holds for every system: linearity, forward = adjoint, sums that add up, update = full solve."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cradlemark.engine.contributions import by_flow, by_place, by_process, by_process_and_flow
from cradlemark.engine.foreground import Foreground, solve_foreground
from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.sankey import DEMAND, DIRECT, sankey
from cradlemark.engine.solve import factorise
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.engine.tiers import Supply, by_tier, upstream_tree
from cradlemark.engine.what_if import Change, Updated, change

FLOWS, CATEGORIES = 4, 3


@st.composite
def systems(draw: st.DrawFn, *, smallest: int = 1) -> MatrixSystem:
    """Contracting systems with loops, wastes, avoided products, other orders of products and units far apart."""
    count = draw(st.integers(smallest, 9))
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    waste = random.random(count) < draw(st.sampled_from([0.0, 0.3]))
    used = random.random((count, count)) * (random.random((count, count)) < 0.5)
    used *= draw(st.sampled_from([0.3, 0.9])) / np.maximum(used.sum(axis=1, keepdims=True), 1.0)
    if draw(st.booleans()):
        used *= np.where(random.random((count, count)) < 0.2, -1.0, 1.0)
    unit = 10.0 ** random.uniform(-3, 3, count)
    own = random.uniform(0.1, 10.0, count)
    sign = np.where(waste, -1.0, 1.0)
    dense = (np.eye(count) - used) * (unit[:, None] / unit[None, :]) * own[None, :] * sign[:, None]
    reference = random.permutation(count)
    row, column = np.nonzero(dense)
    flow, emitter = np.nonzero(random.random((FLOWS, count)) < 0.7)
    return MatrixSystem(
        Entries(reference[row], column, dense[row, column]),
        Entries(flow, emitter, random.normal(0.5, 1.0, flow.size)),
        Entries(*np.indices((CATEGORIES, FLOWS)).reshape(2, -1), random.normal(1.0, 1.0, CATEGORIES * FLOWS)),
        [f"process {index}" for index in range(count)],
        [f"product {index}" for index in range(count)],
        [f"flow {index}" for index in range(FLOWS)],
        [f"category {index}" for index in range(CATEGORIES)],
        reference=reference,
        waste=waste[np.argsort(reference)],
        places=[f"place {index % 3}" for index in range(count)],
    )


def near(value, scale=0.0):
    return pytest.approx(value, rel=1e-9, abs=1e-9 * scale + 1e-300)


def gross(inventory, category: int) -> float:
    return float(np.abs(inventory.matrices.direct[category] * inventory.runs).sum())


@settings(deadline=None, max_examples=60)
@given(systems(), st.data())
def test_forward_equals_adjoint_and_demands_add(system: MatrixSystem, data: st.DataObject) -> None:
    factors = factorise(assemble(system))
    result = intensities(factors)
    products = st.integers(0, len(system.products) - 1)
    demand = data.draw(st.dictionaries(products, st.floats(0.01, 100.0), min_size=1))
    forward = life_cycle_inventory(factors, demand)
    terms = [result.of_demand({product: amount}) for product, amount in demand.items()]
    for category in range(CATEGORIES):
        scale = gross(forward, category)
        assert result.of_demand(demand)[category] == near(forward.impacts[category], scale)
        assert forward.impacts[category] == near(sum(term[category] for term in terms), scale)
    factor = data.draw(st.floats(-1e3, 1e3).filter(lambda value: abs(value) > 1e-3))
    scaled = life_cycle_inventory(factors, {product: factor * amount for product, amount in demand.items()})
    assert scaled.runs == near(factor * forward.runs)
    assert forward.matrices.technosphere @ forward.runs == near(
        forward.demand, np.abs(forward.matrices.technosphere @ np.diag(forward.runs)).max()
    )


@settings(deadline=None, max_examples=60)
@given(systems(), st.sampled_from([0.0, 0.01, 0.2, 0.9]))
def test_contributions_add_up(system: MatrixSystem, cut_off: float) -> None:
    inventory = life_cycle_inventory(factorise(assemble(system)), {0: 2.5})
    for category in range(CATEGORIES):
        total, scale = inventory.impacts[category], gross(inventory, category)
        flow_scale = float(np.abs(inventory.matrices.biosphere).sum(axis=1).max() * 1e3 + 1.0) * scale
        for view in (by_process, by_place, by_flow, by_process_and_flow):
            parts = view(inventory, category, cut_off=cut_off)
            assert parts.total == near(total, max(scale, flow_scale if view is by_flow else scale))
            assert parts.values.sum() + parts.remainder == near(parts.total, np.abs(parts.values).sum())
            assert len(parts.names) == parts.values.size == len(parts.index)
            assert (np.diff(np.abs(parts.values)) <= 0.0).all()
            assert (parts.left_out == 0) <= (parts.remainder == 0.0)


def places_of(tree: Supply) -> list[Supply]:
    return [tree, *(place for child in tree.children for place in places_of(child))]


@settings(deadline=None, max_examples=60)
@given(systems(), st.floats(0.1, 1e4), st.sampled_from([0.0, 0.05]), st.integers(0, 5), st.integers(1, 40))
def test_trees_and_tiers_add_up(
    system: MatrixSystem, amount: float, cut_off: float, depth: int, nodes: int
) -> None:
    result = intensities(factorise(assemble(system)))
    for product in range(len(system.products)):
        tree = upstream_tree(result, product, amount, 0, cut_off=cut_off, depth=depth, nodes=nodes)
        assert tree.total == near(result.of_demand({product: amount})[0])
        places = places_of(tree)
        assert len(places) <= nodes
        for place in places:
            parts = [place.direct, place.remainder, *(child.total for child in place.children)]
            assert sum(parts) == near(place.total, sum(map(abs, parts)))
        everything = sum(place.direct + place.remainder for place in places)
        assert everything == near(tree.total, sum(abs(p.direct) + abs(p.remainder) for p in places))
        tiers = by_tier(result, {product: amount}, 0, tiers=depth + 1)
        assert tiers.values.sum() + tiers.remainder == near(
            tiers.total, np.abs(tiers.values).sum() + abs(tiers.remainder)
        )
        assert tiers.values[0] == near(tree.direct)


@settings(deadline=None, max_examples=60)
@given(systems(), st.integers(0, 9))
def test_sankey_balances_at_every_node(system: MatrixSystem, processes: int) -> None:
    factors = factorise(assemble(system))
    inventory, result = life_cycle_inventory(factors, {0: 3.0}), intensities(factors)
    for category in range(CATEGORIES):
        diagram = sankey(inventory, result, category, processes=processes)
        scale = sum(abs(link.value) for link in diagram.links)
        for node in range(len(diagram.nodes)):
            wanted = {DIRECT: -diagram.total, DEMAND: diagram.total}.get(node, 0.0)
            assert diagram.balance(node) == near(wanted, scale)
        assert diagram.total == near(inventory.impacts[category], scale)


@settings(deadline=None, max_examples=60)
@given(systems(smallest=3), st.data())
def test_update_equals_full_solve(system: MatrixSystem, data: st.DataObject) -> None:
    matrices = assemble(system)
    count = len(system.processes)
    changed = data.draw(st.lists(st.integers(0, count - 1), min_size=1, max_size=3, unique=True))
    changes = []
    for process in changed:
        column = matrices.technosphere[:, [process]].toarray()[:, 0]
        supplier = data.draw(st.integers(0, count - 1).filter(lambda index, own=process: index != own))
        unit = 0.1 * min(1.0, abs(column[process]))
        product = int(system.reference[supplier])
        changes.append(
            Change("technosphere", product, process, column[supplier] * data.draw(st.floats(0, 1)))
        )
        changes.append(Change("biosphere", 0, process, unit))
    updated = change(factorise(matrices), changes)
    assert isinstance(updated, Updated)
    full = factorise(assemble(updated.matrices.system))
    assert (full.matrices.technosphere != updated.matrices.technosphere).nnz == 0
    assert updated.matrices.direct == near(full.matrices.direct, 1.0)
    quick, slow = intensities(updated), intensities(full)
    assert quick.values == near(slow.values, np.abs(slow.values).max())
    assert life_cycle_inventory(updated, {0: 1.0}).runs == near(
        life_cycle_inventory(full, {0: 1.0}).runs, np.abs(life_cycle_inventory(full, {0: 1.0}).runs).max()
    )


@settings(deadline=None, max_examples=60)
@given(systems(smallest=3))
def test_part_of_a_system_as_foreground(system: MatrixSystem) -> None:
    """A process cut out of the system and solved against the intensities of the rest keeps its intensity."""
    matrices = assemble(system)
    dense, result = matrices.technosphere.toarray(), intensities(factorise(matrices))
    own = 0
    assume(dense[own, own] != 0.0)
    others = np.flatnonzero(dense[:, own])
    others = others[others != own]
    links = Entries(others, np.zeros(others.size, int), -dense[others, own] * matrices.sign[others])
    study = Foreground([[dense[own, own] * matrices.sign[own]]], links, matrices.direct[:, [own]])
    solved = solve_foreground(study, result.values)
    scale = np.abs(result.values[:, others] * links.amount).sum() / abs(dense[own, own])
    assert solved.values[:, 0] == near(result.values[:, own], scale)
    assert attrs.astuple(solved, recurse=False)[2] <= 1e-9
