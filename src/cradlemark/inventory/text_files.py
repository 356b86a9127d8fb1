"""Text tables of any encoding and delimiter, as rows of cells."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import io
import re
from collections import Counter
from itertools import islice

from cradlemark.core.errors import InputError
from cradlemark.inventory.container_scan import MAX_COLUMNS, MAX_ROWS, refuse_area

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
_SAMPLE_LINES = 60


def decode_text(content: bytes, where: str) -> tuple[str, str]:
    r"""Decode bytes of unknown encoding.

    Order: byte-order mark, UTF-8, UTF-16 without a mark, GB 18030 when the high bytes come in the pairs of common
    Han characters, Windows-1252, and last whatever charset-normalizer finds.

    Parameters
    ----------
    content : bytes
    where : str
        Place for the error.

    Returns
    -------
    text, encoding : str
        The text without byte-order mark, with ``\n`` line ends left as they were.

    Raises
    ------
    InputError
        ``file-encoding`` when nothing fits, ``file-format`` for binary content.
    """
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return _decode(content, encoding, where), encoding
    if b"\x00" in content[:4096]:
        return _decode_wide(content, where)
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _decode_legacy(content, where)


def _decode(content: bytes, encoding: str, where: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"the text is not valid {encoding} at byte {error.start}",
            code="file-encoding",
            where=where,
            hint="save it as UTF-8",
        ) from error


def _decode_wide(content: bytes, where: str) -> tuple[str, str]:
    head = content[:4096]
    for encoding, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros.count(0) > 0.4 * len(zeros):
            return _decode(content, encoding, where), encoding
    raise InputError(
        "the file is binary, not a table", code="file-format", where=where, hint="save it as .xlsx or .csv"
    )


def _decode_legacy(content: bytes, where: str) -> tuple[str, str]:
    if _looks_chinese(content):
        try:
            return content.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            pass
    try:
        return content.decode("cp1252"), "cp1252"
    except UnicodeDecodeError:
        pass
    from charset_normalizer import from_bytes

    best = from_bytes(content[:200_000]).best()
    if best is None:
        raise InputError(
            "the encoding is not known", code="file-encoding", where=where, hint="save it as UTF-8"
        )
    return _decode(content, best.encoding, where), best.encoding


def _looks_chinese(content: bytes) -> bool:
    """Whether at least 80 % of the bytes above 127 stand in pairs of the GB 2312 area."""
    high = sum(byte > 127 for byte in content[:200_000])
    paired = 2 * len(_COMMON_HAN.findall(content[:200_000]))
    return high > 0 and paired >= 0.8 * high


def read_delimited(text: str, *, where: str, delimiter: str = "") -> list[list[Cell]]:
    """Split text into rows of cells; an empty cell is None and all rows have the same length.

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
    if re.fullmatch(r"sep=.\r?", first.strip("\r"), re.IGNORECASE):
        delimiter, text = first[4], rest
    lines = (line.group() for line in _LINE.finditer(text))  # a StringIO would take four bytes a character
    reader = csv.reader(lines, delimiter=delimiter or sniff_delimiter(text))
    rows: list[list[Cell]] = []
    width = 0
    try:
        for row in reader:
            width = max(width, len(row))
            if len(rows) >= MAX_ROWS or width > MAX_COLUMNS:
                refuse_area(where, len(rows) + 1, width)
            rows.append([cell if cell.strip() else None for cell in row])
    except csv.Error as error:
        long = "field larger" in str(error)
        reason = f"a cell has more than {csv.field_size_limit():,} characters" if long else str(error)
        raise InputError(
            f"line {reader.line_num} cannot be split into cells: {reason}",
            code="file-format",
            where=f"{where}, line {reader.line_num}",
            hint="check the quotation marks: one may not be closed",
        ) from error
    refuse_area(where, len(rows), width)
    return [row + [None] * (width - len(row)) for row in rows]


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
