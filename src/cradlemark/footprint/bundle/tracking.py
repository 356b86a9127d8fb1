"""What a calculation takes from an inventory and a matcher, written down while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import attrs

from cradlemark.engine.distributions import Distribution
from cradlemark.inventory.database import Background, BackgroundSample, Database, Inventory, Upstream
from cradlemark.inventory.dataset import Dataset, GwpSet
from cradlemark.inventory.matching import Match, Query
from cradlemark.product.link import Finder


class TrackedDatasets(Mapping[str, Dataset]):
    """Datasets of a database; those that are read are noted."""

    def __init__(self, datasets: Mapping[str, Dataset]) -> None:
        self._datasets = datasets
        self.used: set[str] = set()

    def __getitem__(self, key: str) -> Dataset:
        found = self._datasets[key]
        self.used.add(key)
        return found

    def __contains__(self, key: object) -> bool:
        there = key in self._datasets
        if there and isinstance(key, str):
            self.used.add(key)
        return there

    def __iter__(self) -> Iterator[str]:
        return iter(self._datasets)

    def __len__(self) -> int:
        return len(self._datasets)


@attrs.frozen(eq=False)
class TrackedBackground:
    """Background of a database; the samples that are given out are noted."""

    background: Background
    samples: list[BackgroundSample] = attrs.field(factory=list)

    def sample(self, datasets: Sequence[str], *, draws: int, gwp_set: GwpSet) -> BackgroundSample:
        """Give out and note a sample."""
        found = self.background.sample(datasets, draws=draws, gwp_set=gwp_set)
        self.samples.append(found)
        return found

    def uncertainty(self, dataset: str, *, gwp_set: GwpSet) -> Distribution | None:
        """Give out what is shown for a dataset."""
        return self.background.uncertainty(dataset, gwp_set=gwp_set)

    def upstream(self, dataset: str, *, gwp_set: GwpSet) -> Upstream:
        """Give out what is behind a dataset."""
        return self.background.upstream(dataset, gwp_set=gwp_set)


def tracked(inventory: Inventory) -> Inventory:
    """The same inventory, noting what is read."""
    return Inventory(tuple(
        attrs.evolve(
            database,
            datasets=TrackedDatasets(database.datasets),
            background=TrackedBackground(database.background) if database.background else None,
        )
        for database in inventory.databases
    ))  # fmt: skip


def used_part(database: Database) -> dict[str, Dataset]:
    """Datasets of a tracked database that were read, by id in order."""
    datasets = database.datasets
    assert isinstance(datasets, TrackedDatasets)
    return {key: datasets[key] for key in sorted(datasets.used)}


@attrs.frozen(eq=False)
class RecordingFinder:
    """A finder that notes what was asked and answered."""

    finder: Finder
    answers: dict[Query, Match | None] = attrs.field(factory=dict)

    def best(self, query: Query) -> Match | None:
        """Answer and note."""
        found = self.finder.best(query)
        self.answers[query] = found
        return found

    def find(self, query: Query, limit: int = 5) -> tuple[Match, ...]:
        """Candidates are not noted: a sealed study has no open text."""
        return self.finder.find(query, limit)


@attrs.frozen(eq=False)
class RecordedFinder:
    """A finder that answers what was answered before and nothing else."""

    answers: Mapping[Query, Match | None]

    def best(self, query: Query) -> Match | None:
        """The answer of that time."""
        return self.answers.get(query)

    def find(self, query: Query, limit: int = 5) -> tuple[Match, ...]:
        """No candidates."""
        del query, limit
        return ()


@attrs.frozen(eq=False)
class RecordedBackground:
    """A background that gives out the sample of that time."""

    recorded: BackgroundSample

    def sample(self, datasets: Sequence[str], *, draws: int, gwp_set: GwpSet) -> BackgroundSample:
        """The sample, whatever is asked."""
        del datasets, draws, gwp_set
        return self.recorded

    def uncertainty(self, dataset: str, *, gwp_set: GwpSet) -> Distribution | None:
        """Nothing to show."""
        del dataset, gwp_set
        return None

    def upstream(self, dataset: str, *, gwp_set: GwpSet) -> Upstream:
        """Nothing is known of what is behind."""
        del dataset, gwp_set
        return Upstream((), (), (), 0)
