"""Open what was studied: a folder or document, or a sealed bundle, from which alone it is calculated again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs

from cradlemark.cli.opening import open_model
from cradlemark.footprint.calculate import Model
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.matching import Match, Query
from cradlemark.product.link import Finder

Answers = dict[Query, Match | None]


@attrs.frozen(eq=False)
class Opened:
    """A study that is ready, and the matches of its bundle if it was sealed."""

    model: Model
    answers: Answers | None = None


def read_document(path: Path, most: int) -> bytes:
    """Read a document, and not more than one byte beyond the longest one that is taken."""
    with path.open("rb") as file:
        return file.read(most + 1)


def open_tracked(path: Path, scenario: str = "", databases: tuple[str, ...] = ()) -> Opened:
    """Open a study or a sealed bundle.

    Parameters
    ----------
    scenario : str
        Of a study; a bundle holds one already.
    """
    from cradlemark.footprint.bundle.archive import ENDING, read_bundle
    from cradlemark.footprint.bundle.recompute import bundle_model

    if path.suffix != ENDING:
        return Opened(open_model(path, scenario, databases=databases))
    model, finder = bundle_model(read_bundle(path.read_bytes(), where=path.name))
    return Opened(model, dict(finder.answers))


def matcher_for(baseline: Opened, today: Opened) -> Callable[[Inventory], Finder]:
    """Return what matches the texts of the baseline on the data of today.

    A bundle of today holds no more than the datasets that it used, among which a text would be matched to what merely
    lies near; then the baseline keeps its own matches.
    """
    from cradlemark.footprint.bundle.tracking import RecordedFinder
    from cradlemark.inventory.matching import Matcher

    if today.answers is None:
        return Matcher
    if baseline.answers is None:
        return lambda _inventory: Matcher(baseline.model.inventory)
    recorded = RecordedFinder(baseline.answers)
    return lambda _inventory: recorded
