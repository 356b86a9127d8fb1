"""Published files: written whole, safe in their storage, and in place at once; in a folder or in a bucket."""

from __future__ import annotations

import datetime
import hashlib
import io
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, Self, runtime_checkable

from cradlemark.core.errors import NotFoundError
from cradlemark.core.language import Text

PART = ".part"
"""How the name of a file ends that is just being written."""


@runtime_checkable
class Place(Protocol):
    """A file or folder of the published ones, as `pathlib.Path` has it: what publication needs of one."""

    @property
    def name(self) -> str:
        """Last part of the path."""

    def __truediv__(self, other: str, /) -> Self:
        """What lies below it."""

    def exists(self) -> bool:
        """Whether there is anything."""

    def is_file(self) -> bool:
        """Whether it is a file."""

    def is_dir(self) -> bool:
        """Whether something lies below it."""

    def iterdir(self) -> Iterable[Self]:
        """What lies directly below it."""

    def read_bytes(self) -> bytes:
        """Content; raises `FileNotFoundError` when there is none."""


class Bucket(Place, Protocol):
    """A place that is no folder of this machine."""

    def write_bytes(self, content: bytes) -> None:
        """Put a file in its place, whole and safe before this returns."""

    def delete(self) -> None:
        """Remove a file; nothing happens when there is none."""

    def changed(self) -> datetime.datetime:
        """When it was written last."""


def write_file(path: Place, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new content, also after a loss of power."""
    _write(path, io.BytesIO(content))


def copy_file(path: Place, source: Path) -> None:
    """Write what a file of this machine holds, as `write_file` does; into a folder without having it whole in memory."""
    with source.open("rb") as file:
        _write(path, file)


def _write(path: Place, source: BinaryIO) -> None:
    if not isinstance(path, Path):
        assert hasattr(path, "write_bytes")
        path.write_bytes(source.read())
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}{PART}")
    with part.open("wb") as file:
        shutil.copyfileobj(source, file)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    _remove_leftovers(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _remove_leftovers(path: Path) -> None:
    """Remove what killed processes began to write here; nobody else can know that it is none of the published files."""
    begin = f".{path.name}."
    for name in [place.name for place in path.parent.iterdir()]:
        if name.startswith(begin) and name.endswith(PART) and not _alive(name[len(begin) : -len(PART)]):
            (path.parent / name).unlink(missing_ok=True)


def _alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, OverflowError):
        return False
    except (ValueError, PermissionError):
        return True  # not ours
    return True


def digest_of(path: Path) -> str:
    """SHA-256 of a file of this machine, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def same_file(path: Place, file: Path) -> bool:
    """Whether a published file is there and holds the same as a file of this machine."""
    if isinstance(path, Path):
        return path.is_file() and digest_of(path) == digest_of(file)
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest() == digest_of(file)
    except FileNotFoundError:
        return False


def remove_file(path: Place) -> None:
    """Remove a file; nothing happens when there is none."""
    if isinstance(path, Path):
        path.unlink(missing_ok=True)
        return
    assert hasattr(path, "delete")
    path.delete()


def changed_at(path: Place) -> datetime.datetime | None:
    """When a published file was written last; None when there is none."""
    if not path.is_file():
        return None
    if isinstance(path, Path):
        return datetime.datetime.fromtimestamp(path.stat().st_mtime, datetime.UTC)
    assert hasattr(path, "changed")
    changed: datetime.datetime = path.changed()
    return changed


def read_file(folder: Place, path: str) -> bytes:
    """Content of a published file.

    Raises
    ------
    NotFoundError
        ``file-missing``; only for a file that is not there: a storage that does not answer is no empty one.
    """
    try:
        return (folder / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotFoundError(
            Text(f"there is no published file {path}", f"没有已发布的文件 {path}"),
            code="file-missing",
            hint=Text("publish first", "先发布"),
        ) from error


def names_below(folder: Place, prefix: str = "") -> Iterator[str]:
    """Paths of all files below a folder, in order; what is just being written is none."""
    if not folder.is_dir():
        return
    for place in sorted(folder.iterdir(), key=lambda one: one.name):
        if place.is_dir():
            yield from names_below(place, f"{prefix}{place.name}/")
        elif not place.name.endswith(PART):
            yield f"{prefix}{place.name}"


def size_of(place: Place) -> int:
    """Size of a file [byte]."""
    return place.stat().st_size if isinstance(place, Path) else len(place.read_bytes())
