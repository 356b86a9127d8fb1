"""One hostile source: how it is written, and what the answer has to be."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import attrs

LARGE = 900_000
"""Documents of a zip above this are stored as they are [byte]."""
Write = Callable[[Path], Path]
"""Writes a source below a folder and returns its path."""


@attrs.frozen
class Case:
    """A hostile source.

    Parameters
    ----------
    kind : str
        Format or container.
    name : str
        What is wrong with it.
    write : callable
    code : str
        Error code that has to be among those told.
    kept : bool
        Whether the rest of the source is imported (exit code 0) instead of refused (exit code 2).
    """

    kind: str
    name: str
    write: Write
    code: str = ""
    kept: bool = False

    @property
    def title(self) -> str:
        """Kind and name in one line."""
        return f"{self.kind}: {self.name}"


def document(name: str, make: Callable[[], bytes | str]) -> Write:
    """Write one document."""

    def write(folder: Path) -> Path:
        path = folder / name
        content = make()
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def zipped(
    make: Callable[[], Mapping[str, bytes | str]], *, name: str = "source.zip", packed: bool = False
) -> Write:
    """Write a zip of several documents."""

    def write(folder: Path) -> Path:
        path = folder / name
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            for member, content in make().items():
                # What repeats itself would be refused for its packing alone.
                stored = len(content) > LARGE and not packed
                archive.writestr(member, content, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED)
        return path

    return write


def spoiled(kind: str, name: str, good: Callable[[], str], codes: Mapping[str, str]) -> tuple[Case, ...]:
    """One good document, and the same empty, cut off, in wrong encodings and full of zero bytes.

    Parameters
    ----------
    codes : mapping of str to str
        Error code by what was done to the document.
    """
    ways: dict[str, Callable[[], bytes]] = {
        "empty": lambda: b"",
        "blank": lambda: b" \r\n\t" * 50,
        "cut off": lambda: good().encode()[: len(good()) * 2 // 3],
        "UTF-16 without a mark": lambda: good().encode("utf-16-le"),
        "GB 18030 that says UTF-8": lambda: good().replace("steel", "钢铁").encode("gb18030"),
        "Latin-1 that says UTF-8": lambda: good().replace("steel", "Öfen").encode("latin-1"),
        "zero bytes": lambda: b"\0" * 100_000,
        "zero bytes inside": lambda: good().replace("steel", "st\0el").encode(),
        "bytes of noise": lambda: bytes(range(256)) * 400,
    }  # fmt: skip
    return tuple(Case(kind, way, document(name, ways[way]), code) for way, code in codes.items())
