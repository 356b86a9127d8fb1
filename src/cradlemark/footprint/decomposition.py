"""Division of a difference between two footprints into its causes, exactly and whatever their order (Shapley)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np

from cradlemark.core.language import Text
from cradlemark.engine.shapley import shapley_of_product
from cradlemark.footprint.alignment import Pair, align
from cradlemark.footprint.footprint import DatasetUse, Footprint
from cradlemark.footprint.leaves import CAUSES, Cause, Leaf, LeafFactor, leaves_of
from cradlemark.inventory.concepts import concepts_of_dataset, packaged_concepts
from cradlemark.product.system import Number

ELECTRICITY = frozenset({"generation_life_cycle", "generation", "transmission"})
"""Boundaries of datasets of electricity and its networks."""

ROUNDING = 1e-14
"""Relative difference of a product of factors that rounding may make."""


@attrs.frozen
class Change:
    """What one cause did in one line [kg CO2e per declared unit]."""

    cause: Cause
    path: str
    label: Text
    amount: float


@attrs.frozen
class Decomposition:
    """The difference of two footprints by cause.

    Parameters
    ----------
    difference : float
        Second minus first [kg CO2e per declared unit].
    parts : mapping of Cause to float
        [kg CO2e per declared unit], all causes; their sum is `difference`.
    changes : tuple of Change
        By size, the largest first.
    """

    difference: float
    parts: Mapping[Cause, float]
    changes: tuple[Change, ...]


def decompose(before: Footprint, after: Footprint) -> Decomposition:
    """Divide the difference of two results into its causes.

    Every line is a product of factors (quantities, masses, yields, shares, distances) and the intensity of its dataset;
    each belongs to a cause. A coalition of causes stands for the footprint in which their factors are those of `after`
    and all others those of `before`; the Shapley value of these footprints is what each cause made of the difference.
    As the footprint is a sum of lines, it is taken line by line, over the causes that moved in the line.

    Notes
    -----
    What rounding leaves, some 1e-16 of the totals, is added to the largest part, so that the parts sum to the difference.
    """
    pairs = align(leaves_of(before), leaves_of(after))
    changes = [change for pair in pairs for change in _changes(pair)]
    sums = {cause: math.fsum(c.amount for c in changes if c.cause == cause) for cause in CAUSES}
    difference = math.fsum(side for pair in pairs for side in _sides(pair))
    largest = max(sums, key=lambda cause: abs(sums[cause]))
    sums[largest] += difference - math.fsum(sums.values())
    ordered = sorted(changes, key=lambda change: (-abs(change.amount), change.path, change.cause))
    return Decomposition(difference, sums, tuple(ordered))


def _sides(pair: Pair) -> Iterator[float]:
    if pair.after is not None:
        yield float(pair.after.effect)
    if pair.before is not None:
        yield -float(pair.before.effect)


def _changes(pair: Pair) -> Iterator[Change]:
    leaf = pair.after or pair.before
    assert leaf is not None
    for cause, amount in parts_of(pair).items():
        if float(amount) != 0.0:
            yield Change(cause, leaf.path, leaf.label, float(amount))


def parts_of(pair: Pair) -> dict[Cause, Number]:
    """Shapley value of every cause in one pair of lines [kg CO2e per declared unit]."""
    before, after = groups_of(pair)
    causes = tuple(before)
    found = shapley_of_product(tuple(before.values()), tuple(after[cause] for cause in causes))
    return {cause: value for cause, value in zip(causes, found, strict=True) if np.any(value)}


def groups_of(pair: Pair) -> tuple[dict[Cause, Number], dict[Cause, Number]]:
    """Product of the factors of each cause on both sides; the product of all is the effect of the line."""
    if pair.before is None or pair.after is None:
        return _one_sided(pair)
    own = intensity_cause(pair)
    if pair.before.unit != pair.after.unit:
        return {own: pair.before.effect}, {own: pair.after.effect}
    grouped = [_grouped(leaf, leaf.factors, own, pair) for leaf in (pair.before, pair.after)]
    causes = tuple(dict.fromkeys((*grouped[0], *grouped[1])))
    first, second = ({cause: side.get(cause, 1.0) for cause in causes} for side in grouped)
    return first, {cause: _settled(first[cause], value) for cause, value in second.items()}


def _settled(before: Number, after: Number) -> Number:
    """A product that differs by rounding alone has not changed."""
    same = (
        isinstance(before, float)
        and isinstance(after, float)
        and math.isclose(before, after, rel_tol=ROUNDING)
    )
    return before if same else after


def _grouped(leaf: Leaf, factors: Sequence[LeafFactor], own: Cause, pair: Pair) -> dict[Cause, Number]:
    found: dict[Cause, Number] = {own: leaf.intensity}
    for factor in factors:
        cause = _cause(factor, pair) or own
        found[cause] = found.get(cause, 1.0) * factor.value
    return found


def _cause(factor: LeafFactor, pair: Pair) -> Cause | None:
    """The shares of an end-of-life route change with the material that takes it."""
    if factor.cause == "other" and factor.path.startswith("end_of_life.routes[") and _replaced(pair):
        return "substitution"
    return factor.cause


def _replaced(pair: Pair) -> bool:
    above = pair.material
    return bool(above and above.before and above.after and intensity_cause(above) == "substitution")


def _one_sided(pair: Pair) -> tuple[dict[Cause, Number], dict[Cause, Number]]:
    """A line that one side lacks is there with factor 0; what the side has in common with the line is taken from it."""
    leaf = pair.before or pair.after
    assert leaf is not None
    cause = pair.absent or "other"
    if cause == "other" and _replaced(pair):
        cause = "substitution"
    mine = _grouped(leaf, leaf.factors, cause, pair)
    theirs = mine | _of_twin(leaf, pair, cause) | {cause: 0.0}
    return (mine, theirs) if pair.before is not None else (theirs, mine)


def _of_twin(leaf: Leaf, pair: Pair, absent: Cause) -> dict[Cause, Number]:
    """Groups that the nearest line of the other side has with the same fields."""
    twin = pair.twin
    if twin is None:
        return {}
    found: dict[Cause, Number] = {}
    for cause in {factor.cause for factor in leaf.factors} - {None, absent}:
        wanted = [_last(factor) for factor in leaf.factors if factor.cause == cause]
        there = [factor for factor in twin.factors if factor.cause == cause]
        if cause is not None and [_last(factor) for factor in there] == wanted:
            found[cause] = math.prod(factor.value for factor in there)
    return found


def _last(factor: LeafFactor) -> str:
    return factor.path.rpartition(".")[2].partition("[")[0]


def intensity_cause(pair: Pair) -> Cause:
    """Cause that a change of the intensity belongs to: another material, supplier, grid, or the same with another value."""
    before, after = pair.before, pair.after
    assert before is not None
    assert after is not None
    if "/contract[" in after.path or before.path.endswith("/remainder") != after.path.endswith("/remainder"):
        return "supplier"
    one, two = before.dataset, after.dataset
    if one is None or two is None:
        return "factor_update" if before.gas == after.gas and one is two else "energy"
    if one.id == two.id:
        return "factor_update"
    return _other_dataset(pair, before, after, one, two)


def _other_dataset(pair: Pair, before: Leaf, after: Leaf, one: DatasetUse, two: DatasetUse) -> Cause:
    if {one.boundary, two.boundary} <= ELECTRICITY:
        if one.geography == two.geography:
            return "grid"
        return "use_profile" if after.stage.startswith("B") else "supplier"
    if after.kind == "transport":
        return "other" if after.stage.startswith("C") or "/collection[" in after.path else "supplier"
    if after.kind in {"waste", "credit"}:
        return "substitution" if _replaced(pair) else "other"
    if not _same_thing(before, after, one, two):
        return "substitution"
    return "supplier" if "supplier" in {before.data_kind, after.data_kind} else "factor_update"


def _same_thing(before: Leaf, after: Leaf, one: DatasetUse, two: DatasetUse) -> bool:
    """Whether two datasets stand for the same thing: the user calls it the same, and so do the concepts or the names."""
    if before.text.strip().casefold() != after.text.strip().casefold():
        return False
    if "supplier" in {before.data_kind, after.data_kind}:
        return True
    families = packaged_concepts()
    pairs = [(a, b) for a in concepts_of_dataset(one.id) for b in concepts_of_dataset(two.id)]
    if not pairs:
        return one.name == two.name
    return any(families.is_within(a, b) or families.is_within(b, a) for a, b in pairs)
