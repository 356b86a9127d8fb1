"""Arrays of data packages, read without trusting them: NumPy files without pickled objects, and Parquet.

What a header claims is compared with a limit before anything is allocated, and memory grows only with the bytes that are
really there.
"""

from __future__ import annotations

import io
import math
import tokenize
import warnings
from typing import IO, TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import Archive

if TYPE_CHECKING:
    import pyarrow as pa

Array = NDArray[np.generic]
MAX_BYTES = 1_000_000_000
"""Largest array [byte]."""
_FREE, _RATIO = 60_000_000, 200
"""Size that the numbers of a Parquet file may have anyway [byte], and the largest ratio to that of the file [1]."""
_CHUNK = 1 << 22
_LONGEST_HEADER = 10_000
_DAMAGE = (
    EOFError, KeyError, MemoryError, NotImplementedError, OSError, OverflowError, RecursionError, SyntaxError, TypeError,
    tokenize.TokenError, ValueError,
)  # fmt: skip
"""What damaged headers, which are evaluated as Python literals, raise."""


def read_array(archive: Archive, name: str, *, most: int = MAX_BYTES) -> Array:
    """Read an array of a data package; the ending of its name decides the format.

    Parameters
    ----------
    archive : Archive
    name : str
    most : int
        Largest array [byte]; never more than 1 GB.

    Raises
    ------
    InputError
        ``file-format`` for another format, pickled objects or a damaged header, ``file-bomb`` when it claims to be larger
        than it may be, ``file-truncated`` when it holds less than it claims.
    """
    where = f"{archive.name}, {name}"
    if name.endswith(".npy"):
        with archive.open(name) as stream:
            return _read_numpy(stream, where, min(most, MAX_BYTES))
    if name.endswith((".parquet", ".pqt")):
        return _read_parquet(archive.read(name), where, min(most, MAX_BYTES))
    raise _error(
        Text("the array is neither .npy nor .parquet", "数组既非 .npy 也非 .parquet"), "file-format", where
    )


def column_of(array: Array, name: str) -> Array:
    """A column of a structured array."""
    found: Array = array[name]  # type: ignore[call-overload]
    return found


def column_names(array: Array) -> tuple[str, ...]:
    """Columns of a structured array; none for a plain one."""
    return array.dtype.names or ()


def _read_numpy(stream: IO[bytes], where: str, most: int) -> Array:
    shape, fortran, dtype = _header(stream, where)
    if dtype.hasobject:
        raise _error(
            Text("the array holds pickled Python objects", "数组含 pickle 的 Python 对象"),
            "file-format",
            where,
        )
    size = math.prod(shape) * dtype.itemsize
    if len(shape) not in {1, 2} or any(length < 0 for length in shape):
        raise _error(Text(f"the array has the shape {shape}", f"数组的形状为 {shape}"), "file-format", where)
    if size > most or dtype.itemsize > 1_000:
        raise _error(
            Text(f"the array claims {size:,} bytes", f"数组声称有 {size:,} 字节"), "file-bomb", where
        )
    content = _at_most(stream, size)
    if len(content) != size:
        raise _error(
            Text(
                f"the array claims {size:,} bytes and has {len(content):,}",
                f"数组声称有 {size:,} 字节，实际为 {len(content):,}",
            ),
            "file-truncated",
            where,
        )
    return np.frombuffer(content, dtype=dtype).reshape(shape, order="F" if fortran else "C")


def _header(stream: IO[bytes], where: str) -> tuple[tuple[int, ...], bool, np.dtype[np.generic]]:
    try:
        version = np.lib.format.read_magic(stream)
        read = {
            (1, 0): np.lib.format.read_array_header_1_0,
            (2, 0): np.lib.format.read_array_header_2_0,
        }[version]
        with warnings.catch_warnings(action="ignore"):  # of old headers
            # A header of version 2 names its length in four bytes: it is read through a bound.
            shape, fortran, dtype = read(_Bounded(stream), max_header_size=_LONGEST_HEADER)  # type: ignore[arg-type]
    except InputError:
        raise
    except _DAMAGE as error:
        raise _error(
            Text(
                f"the header of the array cannot be read ({type(error).__name__})",
                f"无法读取数组的头部（{type(error).__name__}）",
            ),
            "file-format",
            where,
        ) from error
    return tuple(int(length) for length in shape), bool(fortran), dtype


class _Bounded:
    """A stream that ends where a header has to end."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = _LONGEST_HEADER + 16

    def read(self, size: int) -> bytes:
        """Bytes, in all at most a header."""
        content = self._stream.read(min(size, self._left))
        self._left -= len(content)
        return content


def _at_most(stream: IO[bytes], size: int) -> bytearray:
    content = bytearray()
    while len(content) < size and (block := stream.read(min(_CHUNK, size - len(content)))):
        content += block
    return content


def _read_parquet(content: bytes, where: str, most: int) -> Array:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        file = pq.ParquetFile(io.BytesIO(content))
        rows, width = file.metadata.num_rows, file.metadata.num_columns
        if 8 * rows * width > min(most, max(_FREE, _RATIO * len(content))) or width > 2_000:
            raise _error(
                Text(
                    f"the array claims {rows:,} rows of {width} columns", f"数组声称有 {rows:,} 行 {width} 列"
                ),
                "file-bomb",
                where,
            )
        if any(not _is_number(field.type) for field in file.schema_arrow):
            # Before anything is unpacked: a list or a text can be packed to nothing.
            raise _error(
                Text("the array has columns that are no numbers", "数组有不是数字的列"), "file-format", where
            )
        columns = {name: file.read([name]).column(0).to_numpy() for name in file.schema_arrow.names}
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise _error(
            Text(
                f"the array cannot be read ({type(error).__name__})",
                f"无法读取数组（{type(error).__name__}）",
            ),
            "file-format",
            where,
        ) from error
    return _joined(columns, where)


def _is_number(kind: pa.DataType) -> bool:
    from pyarrow import types

    return bool(types.is_integer(kind) or types.is_floating(kind) or types.is_boolean(kind))


def _joined(columns: dict[str, Array], where: str) -> Array:
    """One array of named columns, of one column, or of numbered ones."""
    if not columns or any(column.dtype.kind not in "iufb" for column in columns.values()):
        raise _error(
            Text("the array has columns that are no numbers", "数组有不是数字的列"), "file-format", where
        )
    if all(name.isdigit() for name in columns):
        stacked = np.column_stack(list(columns.values()))
        return stacked[:, 0] if len(columns) == 1 else stacked
    found = np.empty(len(next(iter(columns.values()))), dtype=[(n, c.dtype) for n, c in columns.items()])
    for name, column in columns.items():
        found[name] = column
    return found


def _error(message: Text, code: str, where: str) -> InputError:
    return InputError(
        message,
        code=code,
        where=where,
        hint=Text("write the package again with bw_processing", "用 bw_processing 重新写出该数据包"),
    )
