"""One table as one Parquet file: written with its SHA-256, read column by column, only from bytes that have this SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.columns import Coded, Column, Columns, FloatArray, IntArray
from cradlemark.inventory.processes.schema import SCHEMA, FieldKind
from cradlemark.inventory.processes.tables import Table
from cradlemark.inventory.processes.whole_folders import write_bytes_through

AGAIN = Text("delete the folder and import the database again", "删除该文件夹并重新导入数据库")


def file_digest(content: bytes | memoryview) -> str:
    """``sha256:...`` of the bytes of a file."""
    return "sha256:" + hashlib.sha256(content).hexdigest()


def damaged(folder: Path, name: str) -> TrustError:
    """A file of a database that cannot be read."""
    return TrustError(
        Text(f"{folder.name}/{name} cannot be read", f"无法读取 {folder.name}/{name}"),
        code="database-damaged",
        where=str(folder),
        hint=AGAIN,
    )


def changed(path: Path) -> TrustError:
    """A file that is not the one that was written."""
    return TrustError(
        Text(
            f"{path.parent.name}/{path.name} is not what was imported",
            f"{path.parent.name}/{path.name} 与导入时不同",
        ),
        code="digest-mismatch",
        where=str(path),
        hint=AGAIN,
    )


def write_table(table: Table, path: Path) -> str:
    """Write a table down to the disk.

    Returns
    -------
    str
        ``sha256:...`` of the file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    arrays = {
        field.name: _arrow(table.columns.compact(field.name), field.kind) for field in SCHEMA[table.name]
    }
    texts = [field.name for field in SCHEMA[table.name] if field.kind == "text"]
    sink = pa.BufferOutputStream()
    # Numbers are read most often and as a whole: they lie plain. The Arrow schema would only say what SCHEMA says.
    pq.write_table(pa.table(arrays), sink, compression="zstd", use_dictionary=texts, store_schema=False)
    content = sink.getvalue()
    write_bytes_through(path, memoryview(content))
    return file_digest(memoryview(content))


def _arrow(column: Column | Coded, kind: FieldKind) -> Any:
    """A column for Arrow, made from its bytes: `pyarrow.array` would load pandas, where it is there, for a second."""
    import pyarrow as pa

    if isinstance(column, Coded):
        codes = np.ascontiguousarray(column.codes, np.int32)
        return pa.DictionaryArray.from_arrays(_plain(codes, pa.int32()), _strings(column.values))
    if kind == "text":
        return _strings(cast("tuple[str, ...]", column))
    integer = kind == "integer"
    wanted = np.ascontiguousarray(column, np.int64 if integer else np.float64)
    return _plain(wanted, pa.int64() if integer else pa.float64())


def _plain(numbers: NDArray[Any], kind: Any) -> Any:
    import pyarrow as pa

    return pa.Array.from_buffers(kind, numbers.size, [None, pa.py_buffer(numbers)])


def _strings(texts: Sequence[str]) -> Any:
    import pyarrow as pa

    encoded = [text.encode() for text in texts]
    ends = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=ends[1:])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.large_string(), len(encoded), buffers)


def read_table(path: Path, name: str, *, rows: int, digest: str = "") -> Table:
    """A table whose columns are read when they are asked for.

    Parameters
    ----------
    path : Path
    name : str
        Name in `SCHEMA`.
    rows : int
        Rows that it must have.
    digest : str
        ``sha256:...`` that the file must have; not compared when empty.

    Notes
    -----
    The file is read at the first column. It raises then:

    TrustError
        ``digest-mismatch`` when the file is not the one that was written; ``database-damaged`` when it is not there,
        is no Parquet file or has other columns or rows.
    """
    return Table(name, Columns({}, _StoredColumns(path, name, rows, digest)))


@attrs.define(eq=False)
class _StoredColumns:
    """Columns of one file; its bytes are held from the first read on, so that all columns are of the same file."""

    path: Path
    table: str
    rows: int
    digest: str
    _file: Any = None

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(field.name for field in SCHEMA[self.table])

    def read(self, name: str) -> FloatArray | IntArray | Coded:
        import pyarrow as pa

        kind = next(field.kind for field in SCHEMA[self.table] if field.name == name)
        try:
            values = self._opened().read(columns=[name], use_threads=False).column(name)
            return _coded(values) if kind == "text" else _numbers(values, kind)
        except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
            raise damaged(self.path.parent, self.path.name) from error

    def _opened(self) -> Any:
        if self._file is None:
            import pyarrow as pa
            import pyarrow.parquet as pq

            content = self.path.read_bytes()
            if self.digest and file_digest(content) != self.digest:
                raise changed(self.path)
            texts = [field.name for field in SCHEMA[self.table] if field.kind == "text"]
            file = pq.ParquetFile(pa.BufferReader(content), read_dictionary=texts)
            if file.metadata.num_rows != self.rows or not set(self.names) <= set(file.schema_arrow.names):
                raise ValueError("other rows or columns than described")
            self._file = file
        return self._file


def _numbers(values: Any, kind: FieldKind) -> FloatArray | IntArray:
    import pyarrow as pa

    wanted = pa.int64() if kind == "integer" else pa.float64()
    if values.type != wanted or values.null_count:
        raise TypeError(f"{values.type} with {values.null_count} empty places instead of {kind}")
    array = values.to_numpy().astype(np.int64 if kind == "integer" else np.float64, copy=False)
    array.flags.writeable = False
    return np.asarray(array)


def _coded(values: Any) -> Coded:
    import pyarrow as pa

    if not pa.types.is_dictionary(values.type) or values.null_count:
        raise TypeError(f"{values.type} with {values.null_count} empty places instead of text")
    if values.num_chunks != 1:
        values = values.unify_dictionaries().combine_chunks()
    array = values.chunk(0) if isinstance(values, pa.ChunkedArray) else values
    distinct = array.dictionary.to_numpy(zero_copy_only=False).tolist()
    return Coded(array.indices.to_numpy().astype(np.int32, copy=False), tuple(distinct))
