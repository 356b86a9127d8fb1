"""Archives of many small documents, a zip or a folder, read one document at a time without trusting them.

Nothing is ever unpacked to disk; a document is refused before it is parsed when its size or structure would not fit
into memory.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Protocol

from cradlemark.core.language import Text
from cradlemark.inventory.importers.archive_refusals import (
    MAX_DEPTH,
    MAX_DOCUMENT,
    MAX_DOCUMENTS,
    refused,
    too_deep,
    too_large,
    too_many,
)
from cradlemark.inventory.importers.zip_archive import ZipArchive

OTHER_KINDS = Text("documents of other kinds", "其他类型的文档")
"""What else lies in an archive, in a report."""

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".ods"})
"""Endings of documents that are zips inside and are read whole by a reader of their own."""
_OTHER_ARCHIVES = {
    b"7z\xbc\xaf\x27\x1c": "7z",
    b"Rar!": "rar",
    b"\x1f\x8b": "gzip",
    b"\xfd7zXZ": "xz",
    b"BZh": "bzip2",
}
"""Archives by their first bytes that have to be unpacked first; ecoinvent is delivered as 7z."""


class Archive(Protocol):
    """Documents by name."""

    @property
    def name(self) -> str:
        """Name as the user knows it."""

    def names(self) -> tuple[str, ...]:
        """Names of all documents in order, with forward slashes."""

    def read(self, name: str) -> bytes:
        """Content of one document, up to `MAX_DOCUMENT`."""

    def open(self, name: str) -> IO[bytes]:
        """One document of any size as a stream; whoever reads it bounds what he keeps."""

    def close(self) -> None:
        """Let go of the file."""


def open_archive(path: Path | str) -> Archive:
    """Open a zip, a folder or a single document; a workbook is a document, although it is a zip inside.

    Raises
    ------
    InputError
        ``file-missing``, ``file-empty``, ``file-format``, ``file-truncated``, ``file-too-large``, ``file-bomb``,
        ``file-unsafe`` or ``file-encrypted``.
    """
    path = Path(path)
    if path.is_dir():
        return FolderArchive(path)
    if not path.is_file():
        raise refused(
            Text(f"there is no file or folder {path.name}", f"没有文件或文件夹 {path.name}"),
            "file-missing",
            path.name,
            Text("check the path", "检查路径"),
        )
    if path.stat().st_size == 0:
        raise refused(
            Text("the file is empty", "文件为空"),
            "file-empty",
            path.name,
            Text("download or export it again", "重新下载或导出"),
        )
    with path.open("rb") as file:
        head = file.read(8)
    _refuse_other_archives(head, path.name)
    zipped = head.startswith(b"PK")
    if not zipped or path.suffix.lower() in WORKBOOKS:
        return FileArchive(path)
    return ZipArchive(path)


def _refuse_other_archives(head: bytes, where: str) -> None:
    for mark, name in _OTHER_ARCHIVES.items():
        if head.startswith(mark):
            raise refused(
                Text(f"a {name} archive is not read", f"不读取 {name} 归档"), "file-format", where,
                Text("unpack it first, then give the folder or a zip of it", "先解压，再给出文件夹或其 zip"),
            )  # fmt: skip


class FolderArchive:
    """A folder and all that lies in it; links are not followed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._names = tuple(sorted(self._walk()))

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self._folder.resolve().name

    def names(self) -> tuple[str, ...]:
        """Names of all files below the folder."""
        return self._names

    def read(self, name: str) -> bytes:
        """Content of one file."""
        path = self._folder / name
        where = f"{self.name}, {name}"
        if path.stat().st_size > MAX_DOCUMENT:
            raise too_large(where)
        try:
            return path.read_bytes()
        except OSError as error:
            raise refused(
                Text("the file cannot be read", "无法读取该文件"),
                "file-unreadable",
                where,
                Text("check its rights", "检查其权限"),
            ) from error

    def open(self, name: str) -> IO[bytes]:
        """One file as a stream."""
        return _opened(self._folder / name, f"{self.name}, {name}")

    def close(self) -> None:
        """Nothing to do."""

    def _walk(self) -> Iterator[str]:
        """Files below the folder; what is neither file nor folder is passed over."""
        left = [("", 0)]
        count = 0
        while left:
            below, depth = left.pop()
            if depth > MAX_DEPTH:
                raise too_deep(self.name)
            for entry in self._entries(below):
                count += 1
                if count > MAX_DOCUMENTS:
                    raise too_many(self.name)
                if entry.is_dir(follow_symlinks=False):
                    left.append((f"{below}{entry.name}/", depth + 1))
                elif entry.is_file(follow_symlinks=False):
                    yield f"{below}{entry.name}"

    def _entries(self, below: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(self._folder / below) as entries:
                yield from entries
        except OSError as error:
            raise refused(
                Text("the folder cannot be read", "无法读取该文件夹"),
                "file-unreadable",
                f"{self.name}, {below[:200]}",
                Text("check its rights", "检查其权限"),
            ) from error


class FileArchive:
    """A single document that stands for itself."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @property
    def name(self) -> str:
        """Name of the file."""
        return self._path.name

    def names(self) -> tuple[str, ...]:
        """The one name."""
        return (self._path.name,)

    def read(self, name: str) -> bytes:
        """Content of the file."""
        if self._path.stat().st_size > MAX_DOCUMENT:
            raise too_large(name)
        with self.open(name) as file:
            return file.read()

    def open(self, name: str) -> IO[bytes]:
        """The file as a stream."""
        return _opened(self._path, name)

    def close(self) -> None:
        """Nothing to do."""


def _opened(path: Path, where: str) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise refused(
            Text("the file cannot be read", "无法读取该文件"),
            "file-unreadable",
            where,
            Text("check its rights", "检查其权限"),
        ) from error
