"""Columns of a table: numbers, texts, and texts that repeat as numbers of their distinct values; held or read when needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Column = FloatArray | IntArray | tuple[str, ...]


@attrs.frozen(eq=False)
class Coded:
    """A column of text in which texts repeat.

    Parameters
    ----------
    codes : ndarray of int32, shape (rows,)
        Place of the text of each row in `values`.
    values : tuple of str
        Distinct texts, in no particular order; some may be without a row.
    """

    codes: NDArray[np.int32]
    values: tuple[str, ...]

    def __len__(self) -> int:
        return int(self.codes.size)

    def texts(self) -> tuple[str, ...]:
        """The text of every row."""
        distinct = np.empty(len(self.values), dtype=object)
        distinct[:] = self.values
        return tuple(distinct[self.codes].tolist())

    def take(self, rows: IntArray) -> Coded:
        """The column with only these rows, in this order."""
        return Coded(self.codes[rows], self.values)

    def within(self, texts: Iterable[str]) -> NDArray[np.bool_]:
        """Which rows have one of these texts, shape (rows,)."""
        wanted = frozenset(texts)
        return np.array([value in wanted for value in self.values] or [False], np.bool_)[self.codes]


def coded(texts: Iterable[str]) -> Coded:
    """Number the distinct texts in the order of their first row.

    Examples
    --------
    >>> coded(["kg", "m3", "kg"]).codes.tolist()
    [0, 1, 0]
    """
    texts = texts if isinstance(texts, (list, tuple)) else tuple(texts)
    places = {text: place for place, text in enumerate(dict.fromkeys(texts))}
    return Coded(np.fromiter(map(places.__getitem__, texts), np.int32, len(texts)), tuple(places))


class ColumnSource(Protocol):
    """Where columns come from that are not held yet."""

    @property
    def names(self) -> tuple[str, ...]:
        """Columns in order."""

    @property
    def rows(self) -> int:
        """Number of rows."""

    def read(self, name: str) -> FloatArray | IntArray | Coded:
        """One column."""


class Columns(Mapping[str, Column]):
    """Columns by name; what is not held is read from a source once, when it is asked for.

    Parameters
    ----------
    held : mapping
        Columns that are there; together with those of the source in the order of `names`.
    source : ColumnSource, optional
    """

    __slots__ = ("_compact", "_names", "_source", "_texts", "rows")

    def __init__(self, held: Mapping[str, Column | Coded], source: ColumnSource | None = None) -> None:
        self._compact: dict[str, Column | Coded] = dict(held)
        self._texts: dict[str, tuple[str, ...]] = {}
        self._source = source
        self._names = tuple(held) if source is None else source.names
        self.rows = source.rows if source is not None else _rows(self._compact)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __getitem__(self, name: str) -> Column:
        column = self.compact(name)
        if not isinstance(column, Coded):
            return column
        if name not in self._texts:
            self._texts[name] = column.texts()
        return self._texts[name]

    def compact(self, name: str) -> Column | Coded:
        """A column in the form in which it is held, without making a string for every row."""
        if name not in self._compact:
            if self._source is None or name not in self._names:
                raise KeyError(name)
            self._compact[name] = self._source.read(name)
        return self._compact[name]

    def coded(self, name: str) -> Coded:
        """A column of text as numbers of its distinct texts."""
        column = self.compact(name)
        if isinstance(column, Coded):
            return column
        if not isinstance(column, tuple):
            raise TypeError(f"{name} is not text")
        numbered = coded(column)
        self._texts[name], self._compact[name] = column, numbered
        return numbered


def columns_of(columns: Mapping[str, Column | Coded]) -> Columns:
    """Columns of a plain mapping; `Columns` as they are."""
    return columns if isinstance(columns, Columns) else Columns(columns)


def _rows(columns: Mapping[str, Column | Coded]) -> int:
    return len(next(iter(columns.values()))) if columns else 0
