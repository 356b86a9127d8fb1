"""A zip file, its list of members checked before it is loaded, every member before it is read.

Source: .ZIP File Format Specification (APPNOTE.TXT, PKWARE), sections 4.3.14 to 4.3.16 (end of the list of members).
"""

from __future__ import annotations

import io
import lzma
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from math import inf
from pathlib import Path
from typing import IO, BinaryIO, cast

from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive_refusals import (
    MAX_ARCHIVE,
    MAX_DIRECTORY,
    MAX_DOCUMENT,
    MAX_DOCUMENTS,
    MAX_STREAMED,
    MAX_UNPACKED,
    damaged,
    refused,
    too_large,
    too_many,
)
from cradlemark.inventory.safe_files import MAX_RATIO, check_member, check_members

TABLES = (".txt", ".csv", ".tsv", ".tab")
"""Endings of tables of text."""
MAX_DENSE = 100_000_000
"""Largest sum of unpacked tables that are packed better than `MAX_RATIO` [byte]: matrices that are all zeros."""
_DAMAGE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, MemoryError, NotImplementedError, OSError,
    RuntimeError, ValueError,
)  # fmt: skip
_END, _END_64, _LOCATOR_64, _ENTRY = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07", b"PK\x01\x02"
_LOCAL_HEADER = 30
"""Length of what stands in front of a member, without its name [byte]."""


class ZipArchive:
    """A zip file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._name = path.name
        _check_directory(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except _DAMAGE as error:
            raise damaged(path.name) from error
        try:
            self._members = {member.filename: member for member in self._checked()}
        except BaseException:
            self._zip.close()
            raise
        self._names = tuple(sorted(self._members))

    @property
    def name(self) -> str:
        """Name of the file."""
        return self._name

    @property
    def packed(self) -> int:
        """Size of the file [byte]."""
        return self._path.stat().st_size

    def names(self) -> tuple[str, ...]:
        """Names of all members that are files."""
        return self._names

    def read(self, name: str) -> bytes:
        """Content of one member; at most what the archive announces."""
        where = f"{self.name}, {name}"
        size = self._members[name].file_size
        if size > MAX_DOCUMENT:
            raise too_large(where)
        with self.open(name) as stream:
            content = stream.read(size + 1)
        if len(content) != size:
            raise damaged(where)
        return content

    def open(self, name: str) -> IO[bytes]:
        """One member as a stream; it ends where the archive says, and damage is told when it is met."""
        where = f"{self.name}, {name}"
        try:
            return cast("BinaryIO", _Member(self._zip.open(self._members[name]), where))
        except _DAMAGE as error:
            raise damaged(where) from error

    def close(self) -> None:
        """Close the file."""
        self._zip.close()

    def _checked(self) -> Iterator[zipfile.ZipInfo]:
        members = self._zip.infolist()
        if sum(member.file_size for member in members) > MAX_UNPACKED:
            raise refused(
                Text(f"the archive unpacks to more than {MAX_UNPACKED // 10**9} GB", f"归档解压后超过 {MAX_UNPACKED // 10**9} GB"), "file-bomb", self.name,
                Text("split the archive", "拆分归档"),
            )  # fmt: skip
        _check_places(members, self.name)
        dense = 0
        seen: set[str] = set()
        for member in members:
            dense += member.file_size if self._is_dense(member) else 0
            if dense > MAX_DENSE:
                raise refused(
                    Text(f"tables of more than {MAX_DENSE // 10**6} MB are packed more than {MAX_RATIO} to 1", f"超过 {MAX_DENSE // 10**6} MB 的表格压缩比超过 {MAX_RATIO} 比 1"), "file-bomb",
                    self.name, Text("give a folder, or leave out what is all zeros", "给出文件夹，或省略全为零的内容"),
                )  # fmt: skip
            if member.filename in seen:
                raise refused(
                    Text(f"the archive holds {member.filename[:80]!r} twice", f"归档中 {member.filename[:80]!r} 重复"), "file-unsafe", self.name,
                    Text("make the archive anew", "重新制作归档"),
                )  # fmt: skip
            if _is_link(member):
                raise refused(
                    Text(f"{member.filename[:80]!r} is a link to another file", f"{member.filename[:80]!r} 是指向其他文件的链接"), "file-unsafe", self.name,
                    Text("put the file itself into the archive", "将文件本身放入归档"),
                )  # fmt: skip
            seen.add(member.filename)
            if not member.is_dir():
                yield member

    def _is_dense(self, member: zipfile.ZipInfo) -> bool:
        """Whether a member is a table that packs as well as a bomb does: a matrix of zeros is no danger by itself.

        Whatever is read whole is bounded when it is read; what is streamed, as a matrix is, may be larger.
        """
        dense = member.file_size > MAX_RATIO * max(member.compress_size, 1)
        table = dense and member.file_size <= MAX_DOCUMENT and member.filename.lower().endswith(TABLES)
        most = inf if table else MAX_RATIO
        if member.file_size > MAX_STREAMED:
            check_members([member], where=self.name, allow_nested=True, largest=MAX_STREAMED, most=most)
        check_member(member, where=self.name, allow_nested=True, most=most)
        return table


def _is_link(member: zipfile.ZipInfo) -> bool:
    """Whether a member is a symbolic link, as archives made on Unix mark it."""
    return stat.S_ISLNK(member.external_attr >> 16)


class _Member(io.RawIOBase):
    """A member that is read; whatever the zip does not hold as it says is told as damage."""

    def __init__(self, file: IO[bytes], where: str) -> None:
        super().__init__()
        self._file = file
        self._where = where

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        try:
            return self._file.read(size)
        except _DAMAGE as error:
            raise damaged(self._where) from error

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        content = self.read(len(buffer))
        buffer[: len(content)] = content
        return len(content)

    def close(self) -> None:
        self._file.close()
        super().close()


def _check_directory(path: Path) -> None:
    """Look at the list of members before it is loaded: one entry takes far more memory than bytes."""
    size = path.stat().st_size
    if size > MAX_ARCHIVE:
        raise refused(
            Text("the archive is too large", "归档过大"),
            "file-too-large",
            path.name,
            Text("split it, or unpack it to a folder", "拆分，或解压到文件夹"),
        )
    with path.open("rb") as file:
        if not file.read(4).startswith(b"PK"):
            raise refused(
                Text("the file is no zip archive", "文件不是 zip 归档"),
                "file-format",
                path.name,
                Text("give a zip archive", "给出 zip 归档"),
            )
        file.seek(max(size - 65_557, 0))
        tail = file.read()
        length = _directory_length(tail, path.name)
        if length > MAX_DIRECTORY:
            raise too_many(path.name)
        file.seek(max(size - length - len(tail), 0))
        if file.read().count(_ENTRY) > MAX_DOCUMENTS + 1_000:
            raise too_many(path.name)


def _directory_length(tail: bytes, where: str) -> int:
    """Length of the list of members as the end of the file states it [byte]; the longest of all that it states."""
    place = tail.rfind(_END)
    if place < 0 or len(tail) < place + 20:
        raise damaged(where)
    length, start = struct.unpack("<LL", tail[place + 12 : place + 20])
    wide = tail.rfind(_END_64)
    stated = 0xFFFFFFFF in {length, start}
    if stated and (wide < 0 or len(tail) < wide + 56):
        raise damaged(where)
    # A reader follows the wide record wherever there is a locator, whether the narrow one asks for it or not.
    if stated or (wide >= 0 and len(tail) >= wide + 56 and _LOCATOR_64 in tail):
        (wider,) = struct.unpack("<Q", tail[wide + 40 : wide + 48])
        return int(wider if stated else max(length, wider))
    return int(length)


def _check_places(members: Sequence[zipfile.ZipInfo], where: str) -> None:
    """Refuse members that lie in one another: a few bytes would be unpacked again and again."""
    end = 0
    for member in sorted(members, key=lambda item: item.header_offset):
        if member.header_offset < end:
            raise refused(
                Text("parts of the archive overlap", "归档的各部分相互重叠"), "file-bomb", f"{where}, part {member.filename[:80]}",
                Text("make the archive anew", "重新制作归档"),
            )  # fmt: skip
        end = member.header_offset + _LOCAL_HEADER + member.compress_size
