"""A reduction over time: gate, re-baselining, paired draws, division into causes, and what of it may be counted."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import RuleError
from cradlemark.core.language import Text
from cradlemark.footprint.alignment import align
from cradlemark.footprint.calculate import DRAWS, SEED, Calculation, Model
from cradlemark.footprint.decomposition import Decomposition, decompose, parts_of
from cradlemark.footprint.drawn_leaves import drawn_leaves
from cradlemark.footprint.footprint import Footprint
from cradlemark.footprint.leaves import CAUSES, Cause
from cradlemark.footprint.rebaselining import calculate_baseline, rebaselined
from cradlemark.footprint.tracking_gate import GateItem, tracking_gate
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.matching import Matcher
from cradlemark.product.link import Finder
from cradlemark.product.system import Number

Draws = NDArray[np.float64]


@attrs.frozen(eq=False)
class Tracking:
    """How the footprint of a product changed, on one set of draws.

    Parameters
    ----------
    baseline, today : Footprint
        Both under the rules and data of today.
    published : Footprint
        The baseline as it was calculated at its time.
    gate : tuple of GateItem
        Of baseline as published and today.
    draws : mapping of Cause to ndarray of float64, shape (draws,)
        Parts of the difference [kg CO2e per declared unit]; empty without draws.
    baseline_draws, today_draws : ndarray of float64, shape (draws,)
        Totals [kg CO2e per declared unit].
    """

    baseline: Footprint
    today: Footprint
    published: Footprint
    gate: tuple[GateItem, ...]
    decomposition: Decomposition
    draws: Mapping[Cause, Draws]
    baseline_draws: Draws
    today_draws: Draws

    @property
    def rebaselined(self) -> bool:
        """Whether the baseline was calculated anew."""
        return self.baseline is not self.published

    def counted_causes(self, excluded: Collection[str] = ()) -> tuple[Cause, ...]:
        """Causes that count: none of `excluded`, and what has no name only when it makes the footprint larger."""
        worse = self.decomposition.parts["other"] > 0.0
        return tuple(cause for cause in CAUSES if cause not in excluded and (cause != "other" or worse))

    def counted_figure(self, excluded: Collection[str] = ()) -> float:
        """Baseline with the causes that count [kg CO2e per declared unit]."""
        parts = self.decomposition.parts
        return math.fsum((self.baseline.total, *(parts[cause] for cause in self.counted_causes(excluded))))

    def reduction(self, excluded: Collection[str] = ()) -> float:
        """r = 1 - counted figure / baseline (F12) [1]."""
        return 1.0 - self.counted_figure(excluded) / self.baseline.total

    def counted_draws(self, excluded: Collection[str] = ()) -> Draws:
        """Draws of the counted figure [kg CO2e per declared unit]."""
        found = self.baseline_draws.copy()
        for cause in self.counted_causes(excluded):
            found += self.draws.get(cause, 0.0)
        return found

    def reduction_draws(self, excluded: Collection[str] = ()) -> Draws:
        """Paired draws of the reduction [1]; a draw whose baseline is not positive counts as no reduction."""
        positive = self.baseline_draws > 0.0
        ratio = np.divide(
            self.counted_draws(excluded),
            self.baseline_draws,
            out=np.ones_like(self.baseline_draws),
            where=positive,
        )
        return np.asarray(1.0 - ratio, dtype=np.float64)

    def figure_draws(self, excluded: Collection[str] = ()) -> Draws:
        """Draws of `figure` [kg CO2e per declared unit]."""
        return np.maximum(self.today_draws, self.counted_draws(excluded))

    def figure(self, excluded: Collection[str] = ()) -> float:
        """The larger of today's footprint and the counted one [kg CO2e per declared unit]: what others are held against."""
        return max(self.today.total, self.counted_figure(excluded))

    def interval(self, excluded: Collection[str] = ()) -> tuple[float, float] | None:
        """2.5th and 97.5th percentile of the paired reduction [1]; None without draws."""
        sample = self.reduction_draws(excluded)
        if not sample.size:
            return None
        low, high = (float(f"{value:.9g}") for value in np.percentile(sample, (2.5, 97.5)))
        return low, high

    def probability(self, threshold: float, excluded: Collection[str] = ()) -> float | None:
        """Paired probability that the reduction reaches a threshold [0-1]; None without draws."""
        sample = self.reduction_draws(excluded)
        return float((sample >= threshold).mean()) if sample.size else None

    def chance(
        self,
        holds: Callable[[Mapping[str, Number]], Number],
        names: Collection[str],
        excluded: Collection[str] = (),
    ) -> float | None:
        """Paired probability that a condition over reduction, figure and baseline holds [0-1]; None without draws.

        Parameters
        ----------
        holds : callable
            Takes the drawn facts; not 0 where the condition holds.
        names : collection of str
            Facts that it takes, of ``reduction``, ``figure`` and ``baseline``.
        """
        if not self.baseline_draws.size:
            return None
        drawn: dict[str, Number] = {}
        if "reduction" in names:
            drawn["reduction"] = self.reduction_draws(excluded)
        if "figure" in names:
            drawn["figure"] = self.figure_draws(excluded)
        if "baseline" in names:
            drawn["baseline"] = self.baseline_draws
        return float(np.mean(np.not_equal(holds(drawn), 0.0)))

    def part_interval(self, cause: Cause) -> tuple[float, float] | None:
        """2.5th and 97.5th percentile of a part [kg CO2e per declared unit]; None without draws."""
        sample = self.draws.get(cause)
        if sample is None:
            return None
        low, high = (float(f"{value:.9g}") for value in np.percentile(sample, (2.5, 97.5)))
        return low, high


def track(
    baseline: Model,
    today: Model,
    *,
    draws: int = DRAWS,
    seed: int = SEED,
    as_published: bool = False,
    finder: Callable[[Inventory], Finder] = Matcher,
) -> Tracking:
    """Hold a study against an earlier one of the same product.

    Parameters
    ----------
    baseline, today : Model
    draws : int
        Monte Carlo draws, paired; 0 for none, then there are no probabilities.
    as_published : bool
        Whether the baseline is taken as it was calculated at its time, which is refused when the rules differ.
    finder : callable
        Makes the matcher of an inventory.

    Raises
    ------
    RuleError
        ``not-trackable`` with every reason of the gate that re-baselining does not mend; ``rebaseline-failed``.
    """
    now = today.calculate(draws=draws, seed=seed)
    before = baseline.calculate(draws=draws, seed=seed)
    studies = (baseline.study, today.study)
    gate = tracking_gate(before.footprint, now.footprint, studies=studies)
    _refuse(before.footprint, gate, as_published=as_published)
    published = before.footprint
    if any(not item.same for item in gate if item.remedy == "rebaseline") and not as_published:
        baseline = rebaselined(baseline, today, finder=finder)
        before = calculate_baseline(baseline, draws=draws, seed=seed)
        again = tracking_gate(before.footprint, now.footprint, studies=(baseline.study, today.study))
        _refuse(before.footprint, again, as_published=True)
    return _tracked(baseline, before, today, now, published, gate)


MENDED_LATER = frozenset({"databases"})
"""Items that need not be equal where the baseline is taken as published: their effect is a cause of its own."""


def _refuse(baseline: Footprint, gate: tuple[GateItem, ...], *, as_published: bool) -> None:
    wrong = [
        item for item in gate
        if not item.same and item.id not in MENDED_LATER and (item.remedy == "none" or as_published)
    ]  # fmt: skip
    if wrong:
        raise RuleError(
            Text("these two studies cannot be tracked: " + "; ".join(item.reason.en for item in wrong), ("无法跟踪这两项研究：" + "；".join(item.reason["zh"] for item in wrong))),
            code="not-trackable", where=baseline.subject.study,
            hint=Text("compare studies of one product with the same unit, boundary, rules and kind of data", "比较同一产品的研究，单位、边界、规则和数据类型须相同"),
        )  # fmt: skip
    if not baseline.total > 0.0:
        raise RuleError(
            Text(f"the baseline is {baseline.total:g} kg CO2e: no share of it can be saved", f"基线为 {baseline.total:g} kg CO2e：没有可节省的份额"), code="not-trackable",
            where=baseline.subject.study, hint=Text("a reduction needs a positive baseline", "减排需要正的基线"),
        )  # fmt: skip


def _tracked(
    baseline: Model, before: Calculation, today: Model, now: Calculation, published: Footprint, gate: tuple[GateItem, ...]
) -> Tracking:  # fmt: skip
    one, two = before.footprint, now.footprint
    parts: dict[Cause, Draws] = {}
    if one.draws:
        for pair in align(drawn_leaves(baseline, one), drawn_leaves(today, two)):
            for cause, amount in parts_of(pair).items():
                parts[cause] = parts.get(cause, np.zeros(one.draws)) + amount
    return Tracking(
        one, two, published, gate, decompose(one, two), parts, before.draws["total"], now.draws["total"]
    )
