"""The table of all labels in three forms, the same rows in each, written batch by batch: no form is ever whole in memory."""

from __future__ import annotations

import csv
import datetime
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet

from cradlemark.registry.publication.bulk.columns import Column

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula."""
BETWEEN = "; "
"""Between the parts of a list in CSV."""
BATCH = 10_000
"""Rows that are held at once: a row group in Parquet."""
Rows = Sequence[Mapping[str, Any]]
Add = Callable[[Rows], None]
"""Takes the next rows."""
_TYPES: Mapping[str, Any] = {
    "string": pa.string(), "number": pa.float64(), "date": pa.date32(), "list": pa.list_(pa.string()),
}  # fmt: skip


def write_tables(
    columns: Sequence[Column], rows: Iterable[Mapping[str, Any]], folder: Path
) -> dict[str, Path]:
    """Write all forms in one pass; returns the file of each by its ending."""
    files = {ending: folder / f"labels.{ending}" for ending in FORMS}
    with ExitStack() as stack:
        forms = [
            stack.enter_context(form(columns, stack.enter_context(files[ending].open("wb"))))
            for ending, form in FORMS.items()
        ]
        for batch in _batches(rows):
            for add in forms:
                add(batch)
    return files


def _batches(rows: Iterable[Mapping[str, Any]]) -> Iterator[Rows]:
    """Rows, so many at once; an empty table is one empty batch."""
    batch: list[Mapping[str, Any]] = []
    for row in rows:
        if len(batch) == BATCH:
            yield batch
            batch = []
        batch.append(row)
    yield batch


@contextmanager
def csv_form(columns: Sequence[Column], file: BinaryIO) -> Iterator[Add]:
    """UTF-8 with a byte order mark, so that spreadsheets read Chinese; texts that look like formulas get an apostrophe in front."""
    text = io.TextIOWrapper(file, encoding="utf-8", newline="")
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(column.name for column in columns)
    yield lambda rows: writer.writerows([_cell(row[column.name]) for column in columns] for row in rows)
    text.flush()
    text.detach()


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        value = BETWEEN.join(value)
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


@contextmanager
def json_lines_form(columns: Sequence[Column], file: BinaryIO) -> Iterator[Add]:
    """One object a line, UTF-8."""

    def add(rows: Rows) -> None:
        for row in rows:
            told = {column.name: row[column.name] for column in columns}
            file.write((json.dumps(told, ensure_ascii=False) + "\n").encode())

    yield add


@contextmanager
def parquet_form(columns: Sequence[Column], file: BinaryIO) -> Iterator[Add]:
    """Apache Parquet, with title and unit of each column."""
    schema = pa.schema([_field(column) for column in columns])
    with pyarrow.parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        yield lambda rows: writer.write_table(_table(columns, schema, rows))


def _field(column: Column) -> pa.Field:
    told = {"title_en": column.title.en, "title_zh": column.title.zh, "unit": column.unit}
    return pa.field(column.name, _TYPES[column.kind], metadata=told)


def _table(columns: Sequence[Column], schema: pa.Schema, rows: Rows) -> pa.Table:
    arrays = []
    for column in columns:
        values = [row[column.name] for row in rows]
        if column.kind == "date":
            values = [value and datetime.date.fromisoformat(value) for value in values]
        arrays.append(pa.array(values, type=_TYPES[column.kind]))
    return pa.Table.from_arrays(arrays, schema=schema)


FORMS = {"csv": csv_form, "jsonl": json_lines_form, "parquet": parquet_form}
