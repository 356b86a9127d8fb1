"""Labelled matrices, read line by line: header rows, label columns, and the cells that are not zero.

Header rows are those above the first row of numbers, label columns those left of them. A header row without cells
above the numbers names the label columns; an empty label in an upper header row or a left label column repeats the
one before it (merged cells). An empty cell is no flow; what is no finite number is refused, cell by cell.
"""

from __future__ import annotations

import csv
import io
import math
import re
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import IO

import attrs
import numpy as np

from cradlemark.core.errors import InputError, Problem
from cradlemark.core.language import Text
from cradlemark.core.quantities import parse_number
from cradlemark.inventory.cell_values import cell_text
from cradlemark.inventory.importers.input_output.labels import LEVELS, UNIT, Label, is_unit
from cradlemark.inventory.processes.tables import FloatArray, IntArray
from cradlemark.inventory.table_columns import plain
from cradlemark.inventory.text_files import Cell, decode_text, sniff_delimiter

Rows = Iterable[tuple[int, Sequence[Cell]]]
"""Cells with the number of their line or row, counted from 1."""
MOST_SIDE = 20_000
"""Most rows and columns; a dense factorisation of more needs more than 3.2 GB."""
MOST_WIDE = 2 * MOST_SIDE
"""Most cells of a row, labels included."""
LONGEST_LINE = 4_000_000
"""Longest line of a text [characters]."""
HEADER_WITHIN = 12
NAMED_AT_MOST = 200
"""Cells of one matrix that are refused one by one; more are counted."""
_DECIMAL_COMMA = re.compile(r"[-+]?(?:0,\d+|\d+,(?:\d{1,2}|\d{4,}))(?:[eE][-+]?\d+)?")
_DECIMAL_POINT = re.compile(r"[-+]?\d*\.(?:\d{1,2}|\d{4,})(?:[eE][-+]?\d+)?")
_GROUPED = re.compile(
    r"[-+]?\d{1,3}(?:\.\d{3})*(?:,\d+)?(?:[eE][-+]?\d+)?|[-+]?\d+(?:,\d+)?(?:[eE][-+]?\d+)?"
)


@attrs.frozen(eq=False)
class LabelledMatrix:
    """A sparse matrix with labels.

    Parameters
    ----------
    rows, columns : tuple of Label
        Labels, one part per level; the unit is not among them.
    levels : tuple of str
        Names of the parts of row labels, empty where the source gives none.
    units : tuple of str
        Unit of each row; empty texts when the matrix has no column of units.
    row, column : ndarray of int
    value : ndarray of float64
        Entries that are not zero, row by row.
    cells : int
        Cells that were read.
    problems : tuple of Problem
        Cells that were refused.
    refused : int
    """

    rows: tuple[Label, ...]
    columns: tuple[Label, ...]
    levels: tuple[str, ...]
    units: tuple[str, ...]
    row: IntArray
    column: IntArray
    value: FloatArray
    cells: int
    problems: tuple[Problem, ...] = ()
    refused: int = 0

    def dense(self) -> FloatArray:
        """The matrix with its zeros, shape (rows, columns)."""
        full = np.zeros((len(self.rows), len(self.columns)))
        full[self.row, self.column] = self.value
        return full


def text_rows(stream: IO[bytes], *, where: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows of a delimited text of any usual encoding and delimiter, as it streams by; whoever opened it closes it.

    Raises
    ------
    InputError
        ``file-encoding``, ``file-format``, ``file-too-wide``.
    """
    buffered = io.BufferedReader(_Readable(stream), 1 << 20)
    head = buffered.peek(1 << 20)[: 1 << 20]
    sample, encoding = decode_text(_whole(head), where)
    delimiter = "\t" if "\t" in sample.split("\n", 1)[0] else sniff_delimiter(sample[:20_000])
    text = io.TextIOWrapper(buffered, encoding=encoding, newline="")
    reader = csv.reader(_lines(text, where), delimiter=delimiter)
    try:
        for cells in reader:
            yield reader.line_num, cells
    except UnicodeDecodeError as error:
        raise _refused(
            "file-encoding",
            Text(f"the text is not {encoding} throughout", f"文字并非全部为 {encoding}"),
            where,
            Text("save it as UTF-8", "另存为 UTF-8"),
        ) from error
    except csv.Error as error:
        raise _refused(
            "file-format",
            Text(
                f"line {reader.line_num} cannot be split into cells: {error}",
                f"第 {reader.line_num} 行无法分列",
            ),
            where,
            Text("check the quotation marks", "检查引号"),
        ) from error


class _Readable(io.RawIOBase):
    """A stream that only reads, for `io.BufferedReader`; damage of an archive surfaces where it is met."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _whole(head: bytes) -> bytes:
    """The beginning of a file without a character that may be cut in two."""
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in head[:64]:
        return head[: len(head) // 4 * 4]
    cut = max(head.rfind(b"\n"), head.rfind(b"\t"), head.rfind(b","))
    return head[: cut + 1] if cut > 0 else head


def _lines(text: io.TextIOWrapper, where: str) -> Iterator[str]:
    while line := text.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise _refused(
                "file-too-wide",
                Text("a line is too long", "某行过长"),
                where,
                Text(f"at most {LONGEST_LINE:,} characters", f"最多 {LONGEST_LINE:,} 个字符"),
            )
        yield line


def read_matrix(rows: Rows, *, where: str) -> LabelledMatrix:
    """Read a labelled matrix.

    Parameters
    ----------
    rows : iterable
        From `text_rows` or of a sheet.
    where : str
        Name of the document.

    Raises
    ------
    InputError
        ``table-header-missing``, ``file-too-wide``, ``file-too-long``, and those of `text_rows`.
    """
    lines = ((number, cells) for number, cells in rows if any(cell not in {None, ""} for cell in cells))
    first = list(islice(_not_absurd(lines, where), HEADER_WITHIN))
    shape = _shape_of(first, where)
    return _Filling(shape, where).fill(chain(first[shape.header :], lines))


def first_labels(rows: Rows, *, where: str) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Labels of the columns and of the first rows.

    Raises
    ------
    InputError
        As `read_matrix`.
    """
    lines = ((number, cells) for number, cells in rows if any(cell not in {None, ""} for cell in cells))
    first = list(islice(_not_absurd(lines, where), HEADER_WITHIN))
    shape = _shape_of(first, where)
    return shape.columns, tuple(
        tuple(map(_text, cells[: shape.labels])) for _, cells in first[shape.header :]
    )


def _not_absurd(lines: Rows, where: str) -> Iterator[tuple[int, Sequence[Cell]]]:
    """Rows that are refused before anything is looked for in them when they are far wider than any matrix."""
    for number, cells in lines:
        if len(cells) > MOST_WIDE and (width := _filled(cells)) > MOST_WIDE:
            raise _refused(
                "file-too-wide",
                Text(f"the line has {width:,} cells", f"该行有 {width:,} 个单元格"),
                f"{where}, line {number}",
                Text(f"at most {MOST_SIDE:,} columns besides the labels", f"标签之外最多 {MOST_SIDE:,} 列"),
            )
        yield number, cells


@attrs.frozen
class _Shape:
    header: int
    labels: int
    columns: tuple[Label, ...]
    names: tuple[str, ...]
    decimal_comma: bool = False


def _shape_of(first: list[tuple[int, Sequence[Cell]]], where: str) -> _Shape:
    header = _header_rows(first)
    if not 0 < header < len(first):
        raise _refused(
            "table-header-missing",
            Text("there is no header row above rows of numbers", "数字行之上没有标题行"),
            where,
            Text("give labels above and left of the numbers", "在数字的上方和左侧给出标签"),
        )
    labels = _label_columns(first, header)
    upper = [[_text(cell) for cell in cells] for _, cells in first[:header]]
    width = max(_filled(cells) for cells in upper)
    if width - labels > MOST_SIDE:
        raise _refused(
            "file-too-wide",
            Text(f"the matrix has {width - labels:,} columns", f"矩阵有 {width - labels:,} 列"),
            where,
            Text(f"at most {MOST_SIDE:,}", f"最多 {MOST_SIDE:,} 列"),
        )
    naming = [cells for cells in upper if _filled(cells) <= labels]
    levels = [_repeated(cells[labels:width], width - labels) for cells in upper if _filled(cells) > labels]
    if not levels:
        raise _refused(
            "table-header-missing",
            Text("no header row has labels of columns", "没有标题行含列标签"),
            where,
            Text("give them", "请给出"),
        )
    lowest = [cells for cells in upper if _filled(cells) > labels][-1]
    levels[-1] = (lowest + [""] * width)[labels:width]
    corner = naming[-1] if naming else upper[-1]
    names = tuple((corner + [""] * labels)[:labels])
    return _Shape(
        header, labels, tuple(zip(*levels, strict=True)), names, _has_decimal_commas(first[header:])
    )


def _has_decimal_commas(rows: list[tuple[int, Sequence[Cell]]]) -> bool:
    """Whether some numbers can only be read with a decimal comma and none with a decimal point."""
    texts = [cell.strip() for _, cells in rows for cell in cells if isinstance(cell, str)]
    return any(map(_DECIMAL_COMMA.fullmatch, texts)) and not any(map(_DECIMAL_POINT.fullmatch, texts))


def _header_rows(first: list[tuple[int, Sequence[Cell]]]) -> int:
    """Rows before the first one that is numbers on its right and names no level; the first row is always a header."""
    for index, (_, cells) in enumerate(first[1:], start=1):
        right = [cell for cell in cells[-max(1, len(cells) // 3) :] if cell not in {None, ""}]
        if (
            plain(_text(cells[0])) not in LEVELS
            and right
            and all(_number(cell) is not None for cell in right)
        ):
            return index
    return 0


def _label_columns(first: list[tuple[int, Sequence[Cell]]], header: int) -> int:
    """Columns left of the numbers: those that the corner leaves empty or names, and at least those with texts."""
    top = first[0][1]
    named = 0
    while named < len(top) and (_text(top[named]) == "" or plain(_text(top[named])) in LEVELS):
        named += 1
    written = 0
    for _, cells in first[header:]:
        here = 0
        while here < len(cells) and cells[here] not in {None, ""} and _number(cells[here]) is None:
            here += 1
        written = max(written, here)
    return max(1, named if named < len(top) else 1, written)


def _repeated(cells: list[str], width: int) -> list[str]:
    found: list[str] = []
    for cell in (cells + [""] * width)[:width]:
        found.append(cell or (found[-1] if found else ""))
    return found


def _filled(cells: Sequence[Cell]) -> int:
    """How many cells a row has up to the last one that is not empty."""
    return next((place for place in range(len(cells), 0, -1) if _text(cells[place - 1])), 0)


class _Filling:
    """Takes rows one after the other; numbers go into compact arrays."""

    def __init__(self, shape: _Shape, where: str) -> None:
        self.shape, self.where = shape, where
        self.labels: list[list[str]] = []
        self.counts = array("q")
        # One growing array each, so that a large matrix is never held twice.
        self.columns = array("i")
        self.values = array("d")
        self.problems: list[Problem] = []
        self.refused = self.cells = 0

    def fill(self, lines: Rows) -> LabelledMatrix:
        width = len(self.shape.columns)
        for number, cells in lines:
            if len(self.labels) >= MOST_SIDE:
                raise _refused(
                    "file-too-long",
                    Text("the matrix has too many rows", "矩阵行数过多"),
                    self.where,
                    Text(f"at most {MOST_SIDE:,}", f"最多 {MOST_SIDE:,} 列"),
                )
            self._label(cells[: self.shape.labels])
            self._numbers(number, cells[self.shape.labels : self.shape.labels + width], width)
            self._beyond(number, cells[self.shape.labels + width :])
        return self._matrix()

    def _label(self, cells: Sequence[Cell]) -> None:
        texts = [_text(cell) for cell in cells]
        if self.labels:
            # A merged label stands in its first row only; the last label is every row's own.
            texts[:-1] = [text or above for text, above in zip(texts[:-1], self.labels[-1], strict=False)]
        self.labels.append(texts)

    def _numbers(self, number: int, cells: Sequence[Cell], width: int) -> None:
        values = None if self.shape.decimal_comma else _plain_numbers(cells)
        if values is None:
            values = np.array([self._cell(cell) for cell in cells], np.float64)
        bad = np.flatnonzero(~np.isfinite(values))
        for place in bad.tolist():
            self._refuse(number, place, cells[place])
        values[bad] = 0.0
        self.cells += width
        found = np.flatnonzero(values)
        self.counts.append(found.size)
        self.columns.frombytes(found.astype(np.int32).tobytes())
        self.values.frombytes(values[found].tobytes())

    def _cell(self, cell: Cell) -> float:
        if cell is None or (isinstance(cell, str) and not cell.strip()):
            return 0.0
        if self.shape.decimal_comma and isinstance(cell, str) and _GROUPED.fullmatch(cell.strip()):
            return float(cell.strip().replace(".", "").replace(",", "."))
        value = _number(cell)
        return math.nan if value is None else value

    def _refuse(self, number: int, place: int, cell: Cell) -> None:
        self.refused += 1
        if self.refused <= NAMED_AT_MOST:
            label = ", ".join(part for part in self.shape.columns[place] if part)
            row = ", ".join(part for part in self.labels[-1] if part)
            self.problems.append(
                Problem(
                    f"{self.where}, line {number}, column {self.shape.labels + place + 1} ({row[:60]}; {label[:60]})",
                    "number-invalid",
                    Text(f"{_text(cell)[:40]!r} is no finite number", f"{_text(cell)[:40]!r} 不是有限数值"),
                    Text("correct it; it is left out", "请修正；该值已略去"),
                )
            )

    def _beyond(self, number: int, cells: Sequence[Cell]) -> None:
        extra = sum(bool(_text(cell)) for cell in cells)
        if extra:
            self.refused += extra
            self.problems.append(
                Problem(
                    f"{self.where}, line {number}",
                    "number-invalid",
                    Text(
                        f"{extra} cells stand beyond the last label", f"最后一个标签之外还有 {extra} 个单元格"
                    ),
                    Text("give every column a label", "为每一列给出标签"),
                )
            )

    def _matrix(self) -> LabelledMatrix:
        if self.refused > NAMED_AT_MOST:
            rest = self.refused - NAMED_AT_MOST
            self.problems.append(
                Problem(
                    self.where,
                    "problems-many",
                    Text(f"and {rest:,} more cells", f"另有 {rest:,} 个单元格"),
                    Text("repair these first", "先修正这些"),
                )
            )
        levels, labels, units = _without_units(self.shape.names, self.labels)
        counts = np.frombuffer(self.counts, np.int64) if self.counts else np.zeros(0, np.int64)
        return LabelledMatrix(
            labels,
            self.shape.columns,
            levels,
            units,
            np.repeat(np.arange(len(labels), dtype=np.int32), counts),
            np.frombuffer(self.columns, np.int32) if self.columns else np.zeros(0, np.int32),
            np.frombuffer(self.values, np.float64) if self.values else np.zeros(0),
            self.cells,
            tuple(self.problems),
            self.refused,
        )


def _without_units(
    names: tuple[str, ...], labels: list[list[str]]
) -> tuple[tuple[str, ...], tuple[Label, ...], tuple[str, ...]]:
    """Take a column of units out of the row labels: one that is called so, or a last one that holds nothing else."""
    place = next((i for i, name in enumerate(names) if plain(name) in UNIT), -1)
    last = len(names) - 1
    if place < 0 and last > 0 and not names[last] and all(is_unit(texts[last]) for texts in labels):
        place = last
    if place < 0:
        return names, tuple(map(tuple, labels)), ("",) * len(labels)
    kept = [i for i in range(len(names)) if i != place]
    return (
        tuple(names[i] for i in kept),
        tuple(tuple(texts[i] for i in kept) for texts in labels),
        tuple(texts[place] for texts in labels),
    )


def _plain_numbers(cells: Sequence[Cell]) -> FloatArray | None:
    """All cells as numbers at once, the fast way; None when one of them is empty or written otherwise."""
    try:
        return np.array(list(map(float, cells)), np.float64)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _text(cell: Cell) -> str:
    return cell_text(cell).strip()


def _number(cell: Cell) -> float | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    text = _text(cell)
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        pass
    try:
        return parse_number(text)
    except InputError:
        return None


def _refused(code: str, message: Text, where: str, hint: Text) -> InputError:
    return InputError(message, code=code, where=where, hint=hint)
