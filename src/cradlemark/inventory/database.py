"""Databases of datasets and the inventory a study is calculated with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import attrs

from cradlemark.core.errors import NotFoundError
from cradlemark.inventory.dataset import Dataset


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
    """

    id: str
    version: str
    digest: str
    licence: str
    source: str
    datasets: Mapping[str, Dataset]


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
            f"there is no dataset {dataset_id!r} in {', '.join(d.id for d in self.databases) or 'no database'}",
            code="dataset-unknown",
            hint="search with: cradlemark data search WORDS",
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
