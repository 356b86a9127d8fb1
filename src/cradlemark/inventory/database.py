"""Databases of datasets and the inventory a study is calculated with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property

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

    @cached_property
    def _index(self) -> dict[str, Dataset]:
        index: dict[str, Dataset] = {}
        for database in reversed(self.databases):
            index.update(database.datasets)
        return index

    def __getitem__(self, dataset_id: str) -> Dataset:
        try:
            return self._index[dataset_id]
        except KeyError:
            raise NotFoundError(
                f"there is no dataset {dataset_id!r} in {', '.join(d.id for d in self.databases) or 'no database'}",
                code="dataset-unknown",
                hint="search with: cradlemark data search WORDS",
            ) from None

    def __contains__(self, dataset_id: object) -> bool:
        return dataset_id in self._index

    def __iter__(self) -> Iterator[Dataset]:
        return iter(self._index.values())

    def __len__(self) -> int:
        return len(self._index)
