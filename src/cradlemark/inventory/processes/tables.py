"""A process database as columnar values: tables of equal-length columns, built once, then frozen."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np

from cradlemark.inventory.processes.columns import (
    Coded,
    Column,
    Columns,
    FloatArray,
    IntArray,
    coded,
    columns_of,
)
from cradlemark.inventory.processes.schema import NONE, SCHEMA, Field

__all__ = [
    "Coded", "Column", "FloatArray", "IntArray", "ProcessDatabase", "Table", "TableBuilder", "digest_of_tables",
]  # fmt: skip


@attrs.frozen(eq=False)
class Table:
    """One table of equal-length columns.

    Parameters
    ----------
    name : str
        Name in `SCHEMA`.
    columns : mapping of str to ndarray, tuple of str or Coded
        In the order of the schema; columns of a stored table are read when they are asked for.
    """

    name: str
    columns: Columns = attrs.field(converter=columns_of)

    def __len__(self) -> int:
        return self.columns.rows

    def texts(self, name: str) -> tuple[str, ...]:
        """A column of text."""
        column = self.columns[name]
        if not isinstance(column, tuple):
            raise TypeError(f"{self.name}.{name} is not text")
        return column

    def coded(self, name: str) -> Coded:
        """A column of text as numbers of its distinct texts: for columns that repeat, without a string for each row."""
        return self.columns.coded(name)

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
        return Table(self.name, {name: _take(self.columns.compact(name), rows) for name in self.columns})

    def replace(self, **columns: Column | Coded) -> Table:
        """The table with other values in some columns."""
        unknown = columns.keys() - set(self.columns)
        if unknown:
            raise KeyError(f"{self.name} has no column {', '.join(sorted(unknown))}")
        return Table(
            self.name,
            {name: columns[name] if name in columns else self.columns.compact(name) for name in self.columns},
        )


def _take(column: Column | Coded, rows: IntArray) -> Column | Coded:
    if isinstance(column, tuple):
        return tuple(column[row] for row in rows.tolist())
    return column.take(rows) if isinstance(column, Coded) else column[rows]


class TableBuilder:
    """Collects rows; numbers in compact arrays.

    Parameters
    ----------
    name : str
        Name in `SCHEMA`.

    Attributes
    ----------
    repaired : int
        Texts of the last table with half of a surrogate pair, which is no character; it is replaced by U+FFFD.
    """

    __slots__ = ("_appends", "_columns", "_count", "_fields", "name", "repaired")

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
        self.repaired = 0

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
        """The rows so far as a frozen table; texts that had to be repaired are counted in `repaired`."""
        self.repaired = 0
        columns: dict[str, Column | Coded] = {}
        for field, column in zip(self._fields, self._columns, strict=True):
            if isinstance(column, list):
                columns[field.name], repaired = _text_column(column)
                self.repaired += repaired
            elif field.kind == "integer":
                columns[field.name] = np.array(column, dtype=np.int64)
            else:
                columns[field.name] = np.array(column, dtype=np.float64)
        return Table(self.name, columns)


_ABSENT: Mapping[str, str | float | int] = {"text": "", "integer": NONE, "number": float("nan")}


def _text_column(texts: list[str]) -> tuple[Column | Coded, int]:
    """The texts, numbered where they repeat, and how many were repaired: half of a surrogate pair becomes U+FFFD."""
    numbered = coded(texts)
    values = numbered.values
    try:
        "".join(values).encode()
    except UnicodeEncodeError:
        whole = [_whole_characters(text) for text in texts]
        return _text_column(whole)[0], sum(map(str.__ne__, whole, texts))
    return (numbered if len(values) * 2 <= len(texts) else tuple(texts)), 0


def _whole_characters(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


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
    length in front; how columns are held, the file format, compression and library version do not enter.
    """
    total = hashlib.sha256()
    for name, fields in SCHEMA.items():
        total.update(f"{name}:{len(tables[name])};".encode())
        for field in fields:
            total.update(f"{field.name}:{field.kind};".encode())
            _hash_column(total, tables[name].columns.compact(field.name))
    return "sha256:" + total.hexdigest()


def _hash_column(total: hashlib._Hash, column: Column | Coded) -> None:
    if isinstance(column, Coded):
        _hash_coded(total, column)
    elif isinstance(column, tuple):
        for start in range(0, len(column), _AT_ONCE):
            total.update(b"".join(map(_hashed_text, column[start : start + _AT_ONCE])))
    else:
        # In pieces: a column of tens of millions of numbers would otherwise be held several times.
        for start in range(0, len(column), 100 * _AT_ONCE):
            total.update(_hashed_numbers(column[start : start + 100 * _AT_ONCE]))


_AT_ONCE = 10_000


def _hashed_numbers(column: FloatArray | IntArray) -> bytes:
    if column.dtype.kind == "f":
        return np.ascontiguousarray(np.where(np.isnan(column), np.nan, column + 0.0), dtype="<f8").tobytes()
    return np.ascontiguousarray(column, dtype="<i8").tobytes()


def _hash_coded(total: hashlib._Hash, column: Coded) -> None:
    parts = [_hashed_text(text) for text in column.values]
    for start in range(0, len(column), _AT_ONCE):
        total.update(b"".join(map(parts.__getitem__, column.codes[start : start + _AT_ONCE].tolist())))


def _hashed_text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return b"%d:%s" % (len(data), data)
