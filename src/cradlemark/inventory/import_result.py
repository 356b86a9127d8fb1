"""What came of an import: the database that was kept, everything that was not, and how many rows of each."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from cradlemark.core.errors import Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.inventory.database import Database
from cradlemark.inventory.dataset import Dataset
from cradlemark.inventory.rows import digest_of

WARNINGS = frozenset({"magnitude-confirmed", "column-unknown", "column-unnamed"})
"""Codes of problems that left nothing out: the row was kept, or a column of remarks was not read."""


@attrs.frozen
class SheetCount:
    """How many values of one sheet were read, kept and refused.

    Parameters
    ----------
    sheet : str
        Name of the sheet; empty for a text file.
    read, kept, refused : int
        Numbers of values; ``read = kept + refused``.
    reason : Text
        Why a whole sheet was not taken over; empty otherwise.
    """

    sheet: str
    read: int
    kept: int
    refused: int
    reason: Text = Text()


@attrs.frozen
class ImportResult:
    """Result of an import; nothing is dropped silently.

    Parameters
    ----------
    database : Database
        The datasets that were kept.
    problems : tuple of Problem
        One for every value that was refused, and warnings about kept ones (codes in `WARNINGS`).
    rows_read, rows_kept : int
    sheets : tuple of SheetCount
    """

    database: Database
    problems: tuple[Problem, ...]
    rows_read: int
    rows_kept: int
    sheets: tuple[SheetCount, ...] = ()

    @property
    def refusals(self) -> tuple[Problem, ...]:
        """Problems because of which something was left out; warnings about what was kept are not among them."""
        return tuple(problem for problem in self.problems if problem.code not in WARNINGS)

    def require(self) -> Database:
        """The database, if nothing of the table had to be left out.

        Raises
        ------
        InputErrors
            With everything that was refused.
        """
        raise_if_any(self.refusals)
        return self.database


def make_database(
    datasets: Iterable[Dataset], *, database_id: str, version: str, licence: str, source: str
) -> Database:
    """A database of these datasets, named by the digest of its canonical rows."""
    by_id = {dataset.id: dataset for dataset in datasets}
    return Database(database_id, version, digest_of(by_id.values()), licence, source, by_id)
