"""The text of an export, line by line and bounded, in whatever encoding it was written."""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.archive import Archive

LONGEST_LINE = 1_000_000
"""Longest line that is read [characters]."""
_CHUNK = 1 << 20
_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, OSError)
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
    try:
        with archive.open(name) as stream:
            content = stream.read(size)
    except _DAMAGE as error:
        raise _damaged(name) from error
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
        try:
            while chunk := stream.read(_CHUNK):
                for bom, encoding in _BOMS:
                    if chunk.startswith(bom):
                        return encoding
                if b"\0" in chunk:
                    raise _error(
                        "the document is binary or UTF-16 without a mark",
                        "file-encoding",
                        name,
                        "export it again",
                    )
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    return "gb18030" if _is_chinese(chunk) else "cp1252"
        except _DAMAGE as error:
            raise _damaged(name) from error
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
                        f"a line is longer than {LONGEST_LINE:,} characters", "file-bomb", name,
                        "export it again; lines end with a line feed",
                    )  # fmt: skip
                line = line.rstrip("\r\n")
                yield line if line.isascii() or errors == "strict" else line.translate(_UNDEFINED)
        except UnicodeDecodeError as error:
            raise _error(
                f"the document is not valid {encoding}", "file-encoding", name, "export it again"
            ) from error
        except _DAMAGE as error:
            raise _damaged(name) from error


def _damaged(name: str) -> InputError:
    return _error("the document is damaged or cut off", "file-truncated", name, "download or export it again")


def _error(message: str, code: str, where: str, hint: str) -> InputError:
    return InputError(message, code=code, where=where, hint=hint)
