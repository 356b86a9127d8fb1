"""A process database as columnar values: tables of equal-length columns, built once, then frozen."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.inventory.processes.schema import NONE, SCHEMA, Field

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
Column = FloatArray | IntArray | tuple[str, ...]


@attrs.frozen(eq=False)
class Table:
    """One table of equal-length columns.

    Parameters
    ----------
    name : str
        Name in `SCHEMA`.
    columns : mapping of str to ndarray or tuple of str
        In the order of the schema.
    """

    name: str
    columns: Mapping[str, Column]

    def __len__(self) -> int:
        return len(next(iter(self.columns.values())))

    def texts(self, name: str) -> tuple[str, ...]:
        """A column of text."""
        column = self.columns[name]
        if not isinstance(column, tuple):
            raise TypeError(f"{self.name}.{name} is not text")
        return column

    def numbers(self, name: str) -> FloatArray:
        """A column of numbers [unit of the column]; nan where there is none."""
        column = self.columns[name]
        if isinstance(column, tuple):
            raise TypeError(f"{self.name}.{name} is text")
        return column.astype(np.float64, copy=False)

    def integers(self, name: str) -> IntArray:
        """A column of row numbers or counts; -1 where there is none."""
        column = self.columns[name]
        if isinstance(column, tuple):
            raise TypeError(f"{self.name}.{name} is text")
        return column.astype(np.int64, copy=False)

    def row(self, index: int) -> dict[str, str | float | int]:
        """One row as plain values."""
        return {
            name: column[index] if isinstance(column, tuple) else column[index].item()
            for name, column in self.columns.items()
        }

    def take(self, rows: IntArray) -> Table:
        """The table with only these rows, in this order."""
        changed: dict[str, Column] = {
            name: tuple(column[row] for row in rows.tolist()) if isinstance(column, tuple) else column[rows]
            for name, column in self.columns.items()
        }
        return Table(self.name, changed)

    def replace(self, **columns: Column) -> Table:
        """The table with other values in some columns."""
        return Table(self.name, {name: columns.get(name, column) for name, column in self.columns.items()})


class TableBuilder:
    """Collects rows; numbers in compact arrays.

    Parameters
    ----------
    name : str
        Name in `SCHEMA`.
    """

    __slots__ = ("_appends", "_columns", "_count", "_fields", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._fields = SCHEMA[name]
        self._columns: list[list[str] | array[float] | array[int]] = [_empty(f) for f in self._fields]
        # Bound once: this is the hottest place of an import.
        self._appends: list[tuple[str, Callable[[Any], None], str | float | int]] = [
            (field.name, column.append, _ABSENT[field.kind])
            for field, column in zip(self._fields, self._columns, strict=True)
        ]
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def add(self, **values: str | float) -> int:
        """Add a row and return its number; a value that is left out is absent; a row that does not fit is not added."""
        try:
            for name, append, absent in self._appends:
                append(values.get(name, absent))
        except (TypeError, OverflowError):
            for column in self._columns:
                del column[self._count :]
            raise
        self._count += 1
        return self._count - 1

    def table(self) -> Table:
        """The rows so far as a frozen table."""
        columns: dict[str, Column] = {}
        for field, column in zip(self._fields, self._columns, strict=True):
            if isinstance(column, list):
                columns[field.name] = tuple(column)
            elif field.kind == "integer":
                columns[field.name] = np.array(column, dtype=np.int64)
            else:
                columns[field.name] = np.array(column, dtype=np.float64)
        return Table(self.name, columns)


_ABSENT: Mapping[str, str | float | int] = {"text": "", "integer": NONE, "number": float("nan")}


def _empty(field: Field) -> list[str] | array[float] | array[int]:
    if field.kind == "text":
        return []
    return array("q") if field.kind == "integer" else array("d")


@attrs.frozen(eq=False)
class ProcessDatabase:
    """One version of one database of processes; its identity is its digest.

    Parameters
    ----------
    id, version, licence, source : str
        Name, edition, licence and origin.
    format : str
        Format it was read from, for example ``openLCA JSON-LD``.
    allocation : str
        Policy that was applied, for example ``declared``.
    tables : mapping of str to Table
        All tables of `SCHEMA`.
    digest : str
        ``sha256:...`` over the content of the tables; see `digest_of_tables`.
    """

    id: str
    version: str
    licence: str
    source: str
    format: str
    allocation: str
    tables: Mapping[str, Table]
    digest: str

    def __getitem__(self, name: str) -> Table:
        return self.tables[name]


def digest_of_tables(tables: Mapping[str, Table]) -> str:
    """Digest of the content: SHA-256 over tables and columns in the order of the schema.

    Numbers are taken as little-endian float64 or int64 (nan and zero in one form each), texts as UTF-8 with their
    length in front; the file format, compression and library version do not enter.
    """
    total = hashlib.sha256()
    for name, fields in SCHEMA.items():
        total.update(f"{name}:{len(tables[name])};".encode())
        for field in fields:
            total.update(f"{field.name}:{field.kind};".encode())
            _hash_column(total, tables[name].columns[field.name])
    return "sha256:" + total.hexdigest()


def _hash_column(total: hashlib._Hash, column: Column) -> None:
    if isinstance(column, tuple):
        _hash_texts(total, column)
    elif column.dtype.kind == "f":
        plain = np.where(np.isnan(column), np.nan, column + 0.0)
        total.update(np.ascontiguousarray(plain, dtype="<f8").tobytes())
    else:
        total.update(np.ascontiguousarray(column, dtype="<i8").tobytes())


def _hash_texts(total: hashlib._Hash, texts: Sequence[str]) -> None:
    for start in range(0, len(texts), 10_000):
        parts = []
        for text in texts[start : start + 10_000]:
            data = text.encode("utf-8", "surrogatepass")
            parts.append(b"%d:%s" % (len(data), data))
        total.update(b"".join(parts))
