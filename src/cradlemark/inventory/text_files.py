"""Text tables of any encoding and delimiter, as rows of cells."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain, islice

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.container_scan import MAX_CELLS, MAX_COLUMNS, MAX_ROWS, refuse_area

Cell = str | float | int | bool | dt.date | dt.datetime | dt.time | dt.timedelta | None
"""One cell; an empty one is None, never zero and never an empty string."""
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
DELIMITERS = (";", "\t", "|", ",")
"""On a tie the earlier one wins: a comma may be a decimal comma."""
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMMON_HAN = re.compile(rb"[\xa1-\xf7][\xa1-\xfe]")
_SEPARATOR = re.compile(r"sep=(.)\r?", re.IGNORECASE)
_SAMPLE_LINES = 60
_CHUNK = 1 << 20
_LONG = 200_000
"""Length from which on a line is looked at before it is split [characters]."""
_TEXTS = 100_000
"""Texts that are looked up, so that those that repeat are held once."""


@attrs.frozen
class TextTable:
    """A text file as rows of cells.

    Parameters
    ----------
    rows : list of list of Cell
        All rows have the same length.
    widths : tuple of int
        Cells that each row has in the file.
    delimiter : str
        What separates the cells.
    """

    rows: list[list[Cell]]
    widths: tuple[int, ...]
    delimiter: str


def decode_text(content: bytes, where: str) -> tuple[str, str]:
    r"""Decode bytes of unknown encoding, see `encoding_of`.

    Returns
    -------
    text, encoding : str
        The text without byte-order mark, with ``\n`` line ends left as they were.
    """
    encoding = encoding_of(content, where)
    try:
        return content.decode(encoding), encoding
    except UnicodeDecodeError as error:
        raise _not_valid(encoding, error.start, where) from error


def encoding_of(content: bytes, where: str) -> str:
    """Encoding of bytes.

    Order: byte-order mark, UTF-8, UTF-16 without a mark, GB 18030 when the high bytes come in the pairs of common
    Han characters, Windows-1252, and last whatever charset-normalizer finds.

    Parameters
    ----------
    content : bytes
    where : str
        Place for the error.

    Raises
    ------
    InputError
        ``file-encoding`` when nothing fits, ``file-format`` for binary content.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    if b"\x00" in content[:4096]:
        return _wide_encoding(content, where)
    return "utf-8" if _fits(content, "utf-8") else _legacy_encoding(content, where)


def _fits(content: bytes, encoding: str) -> bool:
    """Whether all of it can be decoded, found out piece by piece: a text may take four times the memory of its bytes."""
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for start in range(0, len(content), _CHUNK):
            decoder.decode(content[start : start + _CHUNK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _wide_encoding(content: bytes, where: str) -> str:
    head = content[:4096]
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > 0.4 * len(zeros):
            return encoding
    raise InputError(
        Text("the file is binary, not a table", "文件是二进制，不是表格"),
        code="file-format",
        where=where,
        hint=Text("save it as .xlsx or .csv", "另存为 .xlsx 或 .csv"),
    )


def _legacy_encoding(content: bytes, where: str) -> str:
    if _looks_chinese(content) and _fits(content, "gb18030"):
        return "gb18030"
    if _fits(content, "cp1252"):
        return "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(content[:200_000]).best()
    if best is None:
        raise InputError(
            Text("the encoding is not known", "编码未知"),
            code="file-encoding",
            where=where,
            hint=Text("save it as UTF-8", "另存为 UTF-8"),
        )
    return best.encoding


def _not_valid(encoding: str, place: int, where: str) -> InputError:
    return InputError(
        Text(f"the text is not valid {encoding} at byte {place}", f"第 {place} 字节起不是有效的 {encoding}"),
        code="file-encoding",
        where=where,
        hint=Text("save it as UTF-8", "另存为 UTF-8"),
    )


def _looks_chinese(content: bytes) -> bool:
    """Whether at least 80 % of the bytes above 127 stand in pairs of the GB 2312 area."""
    high = sum(byte > 127 for byte in content[:200_000])
    paired = 2 * len(_COMMON_HAN.findall(content[:200_000]))
    return high > 0 and paired >= 0.8 * high


def read_delimited(text: str, *, where: str, delimiter: str = "") -> TextTable:
    """Split text into rows of cells; an empty cell is None.

    Parameters
    ----------
    text : str
    where : str
        Place for errors.
    delimiter : str
        One of `DELIMITERS`; found from the first lines when empty.
    """
    text = text.lstrip("\ufeff")
    first, _, rest = text.partition("\n")
    if found := _SEPARATOR.fullmatch(first.strip("\r")):
        delimiter, text = found[1], rest
    lines = (line.group() for line in _LINE.finditer(text))  # a StringIO would take four bytes a character
    delimiter = delimiter or sniff_delimiter(text)
    return _padded(_rows(lines, delimiter, where), delimiter, where)


def read_text_table(content: bytes, *, where: str) -> TextTable:
    """Read a text table of any encoding and delimiter.

    Raises
    ------
    InputError
        ``file-encoding``, ``file-format``, ``file-too-wide``, ``file-too-long``.
    """
    encoding = encoding_of(content, where)
    text = io.TextIOWrapper(io.BytesIO(content), encoding, newline="")
    try:
        sample = text.read(200_000).lstrip("\ufeff")
        first, _, rest = sample.partition("\n")
        found = _SEPARATOR.fullmatch(first.strip("\r"))
        delimiter = found[1] if found else sniff_delimiter(sample)
        text.seek(0)
        del sample, rest
        opening = text.readline().lstrip("\ufeff")
        lines = chain([] if found else [opening], iter(text.readline, ""))
        return _padded(_rows(lines, delimiter, where), delimiter, where)
    except UnicodeDecodeError as error:
        raise _not_valid(encoding, error.start, where) from error


def _rows(lines: Iterable[str], delimiter: str, where: str) -> Iterator[list[Cell]]:
    count = 0
    texts: dict[str, str] = {}
    reader = csv.reader(_narrow(lines, delimiter, where), delimiter=delimiter)
    try:
        for row in reader:
            count += 1
            if count > MAX_ROWS or len(row) > MAX_COLUMNS:
                refuse_area(where, count, len(row))
            if len(texts) > _TEXTS:
                texts.clear()
            # One copy of a text that repeats.
            yield [texts.setdefault(cell, cell) if cell.strip() else None for cell in row]
    except csv.Error as error:
        long = "field larger" in str(error)
        most = f"{csv.field_size_limit():,}"
        reason = (
            Text(f"a cell has more than {most} characters", f"某单元格超过 {most} 个字符")
            if long
            else Text(str(error), "内容有误")
        )
        raise InputError(
            Text(
                f"line {reader.line_num} cannot be split into cells: {reason.en}",
                f"第 {reader.line_num} 行无法分列：{reason.zh}",
            ),
            code="file-format",
            where=f"{where}, line {reader.line_num}",
            hint=Text("check the quotation marks: one may not be closed", "检查引号：可能有未闭合的"),
        ) from error


def _narrow(lines: Iterable[str], delimiter: str, where: str) -> Iterator[str]:
    """Lines that are refused before they are split when they have absurdly many cells."""
    for number, line in enumerate(lines, start=1):
        if len(line) > _LONG:
            cells = line.count(delimiter) + 1
            if cells > MAX_COLUMNS and ('"' not in line or cells > 5 * _LONG):
                refuse_area(where, number, cells)
        yield line


def _padded(rows: Iterable[list[Cell]], delimiter: str, where: str) -> TextTable:
    found: list[list[Cell]] = []
    width = 0
    for row in rows:
        width = max(width, len(row))
        if len(found) * width > MAX_CELLS:
            refuse_area(where, len(found) + 1, width)
        found.append(row)
    refuse_area(where, len(found), width)
    widths = tuple(map(len, found))
    for row in found:
        row.extend([None] * (width - len(row)))
    return TextTable(found, widths, delimiter)


def column_letters(position: int) -> str:
    """Letters of a column counted from 0, as spreadsheets write them: A, B, ..., Z, AA."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def sniff_delimiter(text: str) -> str:
    """The delimiter that splits the first lines most evenly into the most cells; a comma if none does."""
    sample = "\n".join(islice(iter(text[:200_000].splitlines()), _SAMPLE_LINES))
    best, best_score = ",", 0.0
    for candidate in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(io.StringIO(sample), delimiter=candidate) if row]
        except csv.Error:
            continue
        usual, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        score = (usual - 1) * (count / max(len(widths), 1)) ** 2
        if score > best_score:
            best, best_score = candidate, score
    return best
