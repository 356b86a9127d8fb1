"""Hold one sealed study against an earlier one, from nothing but the two bundles: the same digits wherever it is done."""

from __future__ import annotations

from cradlemark.core.errors import RuleError
from cradlemark.core.language import Text
from cradlemark.footprint.bundle.archive import Bundle
from cradlemark.footprint.bundle.recompute import bundle_model, sealed_draws
from cradlemark.footprint.bundle.tracking import RecordedFinder
from cradlemark.footprint.reduction import Tracking, track
from cradlemark.inventory.database import Inventory
from cradlemark.product.link import Finder


def track_bundles(baseline: Bundle, today: Bundle) -> Tracking:
    """Track a product from one sealed study to another; the baseline is calculated anew where rules or data have changed.

    Neither bundle holds more than the datasets that its study used, so the baseline keeps its own matches.

    Raises
    ------
    InputError
        ``bundle-unreadable``
    RuleError
        ``bundle-draws`` when both were not sealed with the same draws, so that nothing is paired; ``not-trackable``,
        ``rebaseline-failed``.
    """
    before, finder = bundle_model(baseline)
    now, _ = bundle_model(today)
    draws, seed = sealed_draws(today)
    if (draws, seed) != sealed_draws(baseline):
        raise RuleError(
            Text(
                "baseline and study were sealed with different draws: they are not paired",
                "基线与研究封存时抽样不同，无法配对",
            ),
            code="bundle-draws",
            hint=Text(
                "seal both with the same number of draws and the same seed", "以相同抽样次数和种子封存"
            ),
        )

    def matches(_inventory: Inventory) -> Finder:
        return RecordedFinder(finder.answers)

    return track(before, now, draws=draws, seed=seed, finder=matches)
