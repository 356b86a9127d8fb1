"""The text of an export, line by line and bounded, in whatever encoding it was written."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive import Archive

LONGEST_LINE = 1_000_000
"""Longest line that is read [characters]."""
_CHUNK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_UNDEFINED = {0xDC00 + byte: byte for byte in range(0x80, 0x100)}
"""Bytes that Windows-1252 does not define keep their number, so that different names stay different."""
_HIGH_PAIR = re.compile(rb"[\xa1-\xfe]{2}")
_HIGH = re.compile(rb"[\x80-\xff]")
_CHINESE_PAIRS = 20
"""Pairs of high bytes from which on, when nearly all high bytes come in pairs, a text is taken for Chinese."""


def beginning(archive: Archive, name: str, *, size: int = 8_000) -> str:
    """First characters of a document in any encoding.

    Raises
    ------
    InputError
        ``file-truncated``, ``file-unreadable``.
    """
    with archive.open(name) as stream:
        content = stream.read(size)
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return content.decode(encoding, "ignore")
    return content.decode("utf-8", "replace")


def encoding_of(archive: Archive, name: str) -> str:
    """Encoding of a document: by its byte order mark; UTF-8 when all of it is; GB 18030; otherwise Windows-1252.

    Raises
    ------
    InputError
        ``file-encoding`` for a document with zero bytes and no byte order mark, ``file-truncated``.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with archive.open(name) as stream:
        while chunk := stream.read(_CHUNK):
            for bom, encoding in _BOMS:
                if chunk.startswith(bom):
                    return encoding
            if b"\0" in chunk:
                raise _error(
                    Text(
                        "the document is binary or UTF-16 without a mark", "文档是二进制，或无标记的 UTF-16"
                    ),
                    "file-encoding",
                    name,
                    Text("export it again", "重新导出"),
                )
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                return "gb18030" if _is_chinese(chunk) else "cp1252"
    return "utf-8"


def _is_chinese(chunk: bytes) -> bool:
    pairs = len(_HIGH_PAIR.findall(chunk))
    return pairs >= _CHINESE_PAIRS and 2 * pairs > 0.95 * len(_HIGH.findall(chunk))


def lines_of(archive: Archive, name: str, encoding: str) -> Iterator[str]:
    """Lines of a document without their ends.

    Raises
    ------
    InputError
        ``file-bomb`` for a line above `LONGEST_LINE`, ``file-encoding``, ``file-truncated``.
    """
    with archive.open(name) as stream:
        errors = "surrogateescape" if encoding == "cp1252" else "strict"
        text = io.TextIOWrapper(cast("BinaryIO", stream), encoding=encoding, errors=errors, newline="\n")
        try:
            while line := text.readline(LONGEST_LINE + 1):
                if len(line) > LONGEST_LINE:
                    raise _error(
                        Text(f"a line is longer than {LONGEST_LINE:,} characters", f"某行超过 {LONGEST_LINE:,} 个字符"), "file-bomb", name,
                        Text("export it again; lines end with a line feed", "重新导出；每行以换行符结尾"),
                    )  # fmt: skip
                line = line.rstrip("\r\n")
                yield line if line.isascii() or errors == "strict" else line.translate(_UNDEFINED)
        except UnicodeDecodeError as error:
            raise _error(
                Text(f"the document is not valid {encoding}", f"文档不是有效的 {encoding}"),
                "file-encoding",
                name,
                Text("export it again", "重新导出"),
            ) from error


def _error(message: Text, code: str, where: str, hint: Text) -> InputError:
    return InputError(message, code=code, where=where, hint=hint)
