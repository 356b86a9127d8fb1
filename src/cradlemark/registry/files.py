"""Published files: written whole, safe on disk, and in place at once."""

from __future__ import annotations

import os
from pathlib import Path

from cradlemark.core.errors import NotFoundError


def write_file(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old or the new content, also after a loss of power."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read_file(folder: Path, path: str) -> bytes:
    """Content of a published file.

    Raises
    ------
    NotFoundError
        ``file-missing``
    """
    try:
        return (folder / path).read_bytes()
    except OSError as error:
        raise NotFoundError(
            f"there is no published file {path}", code="file-missing", hint="publish first"
        ) from error
