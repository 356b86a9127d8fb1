"""Folders that appear under their name only when all of them lies on the disk: readers see the whole or nothing."""

from __future__ import annotations

import json
import os
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

LEFT_OVER = 24 * 3600.0
"""Age from which the unfinished folder of a writer that is gone is removed [s]."""
_WRITING, _ASIDE = ".writing-", ".aside-"
_TURNS = 20


def put_folder(folder: Path, fill: Callable[[Path], None], *, is_whole: Callable[[Path], bool]) -> None:
    """Write a folder beside its place, down to the disk, then give it its name in one step.

    Parameters
    ----------
    folder : Path
        Its parent is made when it is not there.
    fill : callable
        Writes the files into the folder that it is given, each with `write_bytes_through`.
    is_whole : callable
        Whether a folder that is there already is a good one; it stays then, otherwise it is replaced.

    Raises
    ------
    OSError
        When the system refuses, for example because the disk is full; nothing has changed then.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep(folder.parent)
    work = folder.parent / f"{_WRITING}{uuid.uuid4().hex}"
    work.mkdir()
    try:
        fill(work)
        _sync(work)
        _name(work, folder, is_whole)
        _sync(folder.parent)
    finally:
        shutil.rmtree(work, ignore_errors=True)


@contextmanager
def writing_through(path: Path) -> Iterator[Callable[[bytes | memoryview], object]]:
    """Write a file part by part; at the end it lies on the disk."""
    with path.open("wb") as file:
        yield file.write
        file.flush()
        os.fsync(file.fileno())


def write_bytes_through(path: Path, content: bytes | memoryview) -> None:
    """Write a file and wait until it lies on the disk."""
    with writing_through(path) as write:
        write(content)


def write_json_through(path: Path, document: Mapping[str, object]) -> None:
    """Write a JSON document and wait until it lies on the disk."""
    content = json.dumps(document, ensure_ascii=False, indent=1)
    try:
        data = content.encode()
    except UnicodeEncodeError:  # half of a surrogate pair, for example from the name of a file
        data = json.dumps(document, indent=1).encode()
    write_bytes_through(path, data + b"\n")


def _name(work: Path, folder: Path, is_whole: Callable[[Path], bool]) -> None:
    """Give the finished folder its name; another writer may have been faster, or a damaged one lie there."""
    for _ in range(_TURNS):
        if _renamed(work, folder) or is_whole(folder):
            return
        aside = folder.parent / f"{_ASIDE}{uuid.uuid4().hex}"
        with suppress(FileNotFoundError):  # somebody else has put it aside
            folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
    raise FileExistsError(f"{folder} is replaced again and again")


def _renamed(work: Path, folder: Path) -> bool:
    try:
        work.rename(folder)
    except OSError:
        if not folder.exists():
            raise
        return False
    return True


def _sweep(parent: Path) -> None:
    """Remove what writers left behind that were killed."""
    for path in parent.iterdir():
        if path.name.startswith((_WRITING, _ASIDE)):
            try:
                old = time.time() - path.stat().st_mtime > LEFT_OVER
            except FileNotFoundError:
                continue
            if old:
                shutil.rmtree(path, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Wait until the names in a folder lie on the disk, where the system can do that."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
