"""Look into a binary .xls workbook before it is loaded: is it encrypted, and how far do its sheets reach?"""

from __future__ import annotations

import struct

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.container_scan import refuse_area

_FREE = 0xFFFFFFFA
"""Sector numbers from here on are marks, not sectors."""
_CELLS = {0x0006, 0x00FD, 0x0203, 0x0204, 0x0205, 0x027E, 0x00BD, 0x00D6, 0x0207}
_FILEPASS = 0x002F
_BOF = 0x0809
_SHEET_PLACE = 0x0085


def check_old_workbook(content: bytes, *, where: str) -> None:
    """Refuse a compound file that is encrypted, damaged, no workbook, or whose used area is too large.

    Parameters
    ----------
    content : bytes
        The whole file.
    where : str
        Place for errors.

    Raises
    ------
    InputError
        ``file-encrypted``, ``file-truncated``, ``file-format``, ``file-too-long``.
    """
    try:
        stream = _workbook_stream(content, where)
    except (struct.error, IndexError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(
            Text("the workbook is damaged or cut off", "工作簿损坏或不完整"),
            code="file-truncated",
            where=where,
            hint=Text("save it as .xlsx", "另存为 .xlsx"),
        ) from error
    _check_records(stream, where)


def _workbook_stream(content: bytes, where: str) -> bytes:
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    if size not in {512, 4096}:
        raise ValueError("sector size")
    table = _sector_table(content, size)
    directory = _chain(content, table, struct.unpack_from("<I", content, 48)[0], size)
    entries = [directory[at : at + 128] for at in range(0, len(directory) - 127, 128)]
    streams = {_entry_name(entry): entry for entry in entries}
    if "EncryptedPackage" in streams or "EncryptionInfo" in streams:
        raise InputError(
            Text("the workbook is protected with a password", "工作簿设有密码"),
            code="file-encrypted",
            where=where,
            hint=Text("remove the password and save it again", "去除密码后重新保存"),
        )
    entry = streams.get("Workbook") or streams.get("Book")
    if entry is None:
        raise InputError(
            Text("the file is an old document, but no workbook", "文件是旧格式文档，但不是工作簿"),
            code="file-format",
            where=where,
            hint=Text("save it as .xlsx", "另存为 .xlsx"),
        )
    start, length = struct.unpack_from("<II", entry, 116)
    if length < struct.unpack_from("<I", content, 56)[0]:
        return _mini_stream(content, table, size, streams, start)[:length]
    return _chain(content, table, start, size)[:length]


def _entry_name(entry: bytes) -> str:
    length = struct.unpack_from("<H", entry, 64)[0]
    return entry[: max(min(length, 64) - 2, 0)].decode("utf-16-le", "replace")


def _sector_table(content: bytes, size: int) -> list[int]:
    """The file allocation table: for every sector the next one of its chain."""
    sectors = [s for s in struct.unpack_from("<109I", content, 76) if s < _FREE]
    extra, limit = struct.unpack_from("<I", content, 68)[0], len(content) // size + 2
    seen: set[int] = set()
    while extra < _FREE and extra not in seen and len(seen) < limit:
        seen.add(extra)
        block = struct.unpack_from(f"<{size // 4}I", content, (extra + 1) * size)
        sectors.extend(s for s in block[:-1] if s < _FREE)
        extra = block[-1]
    table: list[int] = []
    for sector in sectors[:limit]:
        table.extend(struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size))
    return table


def _chain(content: bytes, table: list[int], start: int, size: int) -> bytes:
    parts: list[bytes] = []
    seen: set[int] = set()
    while start < _FREE:
        if start in seen:
            raise ValueError("loop in the sector chain")
        seen.add(start)
        part = content[(start + 1) * size : (start + 2) * size]
        if not part:
            raise ValueError("sector outside the file")
        parts.append(part)
        start = table[start]
    return b"".join(parts)


def _mini_stream(content: bytes, table: list[int], size: int, streams: dict[str, bytes], start: int) -> bytes:
    root = streams["Root Entry"]
    store = _chain(content, table, struct.unpack_from("<I", root, 116)[0], size)
    mini_table_bytes = _chain(content, table, struct.unpack_from("<I", content, 60)[0], size)
    mini_table = list(struct.unpack(f"<{len(mini_table_bytes) // 4}I", mini_table_bytes))
    return _chain(b"\x00" * 64 + store, mini_table, start, 64)


def _check_records(stream: bytes, where: str) -> None:
    at, last_row, last_column = 0, 0, 0
    end = len(stream) - 4
    while at <= end:
        kind, length = struct.unpack_from("<HH", stream, at)
        if kind == _FILEPASS:
            raise InputError(
                Text("the workbook is protected with a password", "工作簿设有密码"),
                code="file-encrypted",
                where=where,
                hint=Text("remove the password and save it again", "去除密码后重新保存"),
            )
        if kind == _SHEET_PLACE and struct.unpack_from("<I", stream, min(at + 4, end))[0] > end:
            raise InputError(
                Text("the workbook is damaged or cut off", "工作簿损坏或不完整"),
                code="file-truncated",
                where=where,
                hint=Text("save it as .xlsx", "另存为 .xlsx"),
            )
        if kind == _BOF:
            last_row = last_column = 0
        elif kind in _CELLS and length >= 4 and at + 8 <= len(stream):
            row, column = struct.unpack_from("<HH", stream, at + 4)
            if row > last_row or column > last_column:
                last_row, last_column = max(row, last_row), max(column, last_column)
                refuse_area(where, last_row + 1, last_column + 1)
        at += 4 + length
