"""Databases of datasets and the inventory a study is calculated with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text
from cradlemark.engine.distributions import Distribution
from cradlemark.inventory.dataset import Dataset, GwpSet


@attrs.frozen(eq=False)
class BackgroundSample:
    """Draws of some datasets of one database: the same draws for everything that is calculated with it.

    Parameters
    ----------
    ratios : mapping of str to ndarray of float64, shape (draws,)
        Draws relative to the central value [1], by dataset id; empty when there are none.
    gsd : mapping of str to float
        Geometric standard deviation of each [1].
    seed : int
        That they were made with.
    count : int
        Accepted draws that are kept; a longer series repeats them.
    refused : int
        Draws without a result, which are passed over.
    """

    ratios: Mapping[str, NDArray[np.float64]]
    gsd: Mapping[str, float]
    seed: int = 0
    count: int = 0
    refused: int = 0


class Background(Protocol):
    """What lies behind the datasets of a database that was computed from processes."""

    def sample(self, datasets: Sequence[str], *, draws: int, gwp_set: GwpSet) -> BackgroundSample:
        """Return draws of some datasets, made before or now; none when they are not there and take too long to make."""

    def uncertainty(self, dataset: str, *, gwp_set: GwpSet) -> Distribution | None:
        """Return the distribution that fits the draws that are there, to be shown."""

    def upstream(self, dataset: str, *, gwp_set: GwpSet) -> Upstream:
        """Return what one unit of a dataset causes, and where."""


@attrs.frozen
class Upstream:
    """What one unit of a dataset causes, by process and by elementary flow, and what is left out.

    Parameters
    ----------
    processes, flows : tuple of (Text, float)
        Largest contributions [kg CO2e / unit], by size.
    cut_offs : tuple of (Text, float, str)
        Inputs without provider anywhere upstream: what, how much per unit of the dataset, in which unit; by size.
    cut_off_count : int
        How many there are.
    """

    processes: tuple[tuple[Text, float], ...]
    flows: tuple[tuple[Text, float], ...]
    cut_offs: tuple[tuple[Text, float, str], ...]
    cut_off_count: int


@attrs.frozen(slots=False)
class Database:
    """One version of one collection of datasets; its identity is its digest.

    Parameters
    ----------
    id, version : str
        Name and edition.
    digest : str
        ``sha256:...`` over the canonical content.
    datasets : mapping
        Datasets by id.
    background : Background, optional
        Of a database that was computed from processes.
    """

    id: str
    version: str
    digest: str
    licence: str
    source: str
    datasets: Mapping[str, Dataset]
    background: Background | None = attrs.field(default=None, eq=False)


@attrs.frozen(slots=False)
class Inventory:
    """Several databases side by side, in order of precedence.

    Parameters
    ----------
    databases : tuple of Database
        The first one that has an id wins.
    """

    databases: tuple[Database, ...]

    def __getitem__(self, dataset_id: str) -> Dataset:
        for database in self.databases:
            if dataset_id in database.datasets:
                return database.datasets[dataset_id]
        raise NotFoundError(
            Text(
                f"there is no dataset {dataset_id!r} in {', '.join(d.id for d in self.databases) or 'no database'}",
                f"{'、'.join(d.id for d in self.databases) or '无数据库'} 中没有数据集 {dataset_id!r}",
            ),
            code="dataset-unknown",
            hint=Text(
                "search with: cradlemark data search WORDS", "用以下命令搜索：cradlemark data search WORDS"
            ),
        )

    def __contains__(self, dataset_id: object) -> bool:
        return any(dataset_id in database.datasets for database in self.databases)

    def __iter__(self) -> Iterator[Dataset]:
        ids = dict.fromkeys(key for database in reversed(self.databases) for key in database.datasets)
        return (self[dataset_id] for dataset_id in ids)

    def __len__(self) -> int:
        return len({key for database in self.databases for key in database.datasets})

    def database_of(self, dataset_id: str) -> Database:
        """The database that a dataset is taken from.

        Raises
        ------
        NotFoundError
            ``dataset-unknown``
        """
        self[dataset_id]
        return next(database for database in self.databases if dataset_id in database.datasets)
