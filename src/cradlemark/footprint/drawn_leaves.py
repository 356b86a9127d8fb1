"""Lines of a footprint with their draws, factor by factor: the draws of its calculation, not yet multiplied out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from cradlemark.engine.propagation import amount_draws, input_draws
from cradlemark.footprint.calculate import Model
from cradlemark.footprint.footprint import Footprint, Line
from cradlemark.footprint.leaves import Cause, Leaf, LeafFactor, inside, leaf_of, net_amounts
from cradlemark.footprint.lines import amount_gsd
from cradlemark.footprint.shared_draws import shared_draws
from cradlemark.footprint.uncertainty import dataset_sample, own_key
from cradlemark.product.system import Activity, Number, System

Samples = Mapping[str, NDArray[np.float64]]


def drawn_leaves(model: Model, footprint: Footprint) -> tuple[Leaf, ...]:
    """Return the leaves of a footprint with draws of everything that is uncertain.

    Datasets draw by their id, amounts by study and field, as in the calculation: the product of all factors and the
    intensity of a leaf, summed over the leaves, is ``Calculation.draws["total"]``.

    Parameters
    ----------
    footprint : Footprint
        What the model calculated, with draws.
    """
    draws, seed = footprint.draws, footprint.seed
    system, uncertain = model.compiler.system()
    samples: dict[str, NDArray[np.float64]] = {}
    for path, item in uncertain.items():
        assert item.value.distribution is not None
        key = f"value:{own_key(model, path)}"
        samples[path] = input_draws(item.value.distribution, item.central, draws=draws, seed=seed, key=key)
    moved = model.compiler.system(samples)[0] if samples else system
    activities = {activity.path: activity for activity in system.activities}
    drawn = {activity.path: activity for activity in moved.activities}
    lines = inside(footprint)
    values = {line.path: _values(line, drawn.get(line.path), draws) for line in lines}
    datasets = _dataset_draws(model, system, draws, seed)
    nets = net_amounts(lines, values)
    balances = {balance.path: balance for balance in footprint.balances}
    found = []
    for line in lines:
        intensity: Number = math.fsum(line.intensity)
        if line.dataset is not None:
            intensity = intensity * datasets[line.dataset.id]
        leaf = leaf_of(line, values[line.path], intensity, nets, balances)
        found.append(_with_own(leaf, activities[line.path], model, draws, seed))
    return tuple(found)


def _dataset_draws(model: Model, system: System, draws: int, seed: int) -> Samples:
    used = tuple(dict.fromkeys(activity.dataset for activity in system.activities if activity.dataset))
    shared = shared_draws(model.inventory, used, draws=draws, gwp_set=model.pack.gwp_set)
    return dict(_of_dataset(model, key, shared.datasets, shared.ratios, draws, seed) for key in used)


def _of_dataset(
    model: Model, key: str, together: frozenset[str], ratios: Samples, draws: int, seed: int
) -> tuple[str, NDArray[np.float64]]:
    if key in together:
        return key, ratios.get(key, np.ones(draws))
    return key, dataset_sample(model.intensities.original(key), draws, seed)


def _values(line: Line, activity: Activity | None, draws: int) -> list[Number]:
    """Factors with draws; a line that no draw has is zero in all of them."""
    rest = len(line.factors) - 1
    if activity is None:
        return [np.zeros(draws), *([1.0] * rest)]
    if len(activity.factors) == len(line.factors):
        return [factor.value for factor in activity.factors]
    return [activity.amount, *([1.0] * rest)]


def _with_own(leaf: Leaf, activity: Activity, model: Model, draws: int, seed: int) -> Leaf:
    """Add the draws of the amount itself, which its pedigree asks for."""
    spread = amount_gsd(activity)
    if spread <= 1.0:
        return leaf
    sample = amount_draws(spread, draws=draws, seed=seed, key=own_key(model, activity.amount_key))
    own = LeafFactor(sample, "reliability", next(_amount_causes(leaf)))
    return Leaf(
        leaf.path, leaf.label, leaf.stage, leaf.kind, leaf.data_kind, leaf.unit, leaf.text, leaf.dataset, leaf.gas,
        (*leaf.factors, own), leaf.intensity,
    )  # fmt: skip


def _amount_causes(leaf: Leaf) -> Iterator[Cause]:
    """Cause of the amount of a line: that of its last own factor."""
    yield from (factor.cause for factor in reversed(leaf.factors) if factor.cause is not None)
    yield "other"
