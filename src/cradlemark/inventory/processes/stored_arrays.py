"""Arrays beside a database that can be calculated again at any time: taken only when they are what was calculated from it.

Each set lies in a folder of its own, named by its kind and by the digest of all that it rests on. ``about.json`` says what
that is, carries the SHA-256 of every file and one of itself. What is stale has another name, what is damaged is not taken:
in both cases it is calculated again.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import scipy
from numpy.typing import NDArray

from cradlemark import __version__
from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.characterise import Factors
from cradlemark.inventory.processes.columns import FloatArray
from cradlemark.inventory.processes.whole_folders import put_folder, write_json_through, writing_through

PROFILE = "cradlemark-stored-arrays-1"
ABOUT = "about.json"
_CHUNK = 1 << 24
_RESTS_ON = ("entry_uncertainty.py", "matrix_system.py")


@attrs.frozen(eq=False)
class StoredArrays:
    """A set of arrays that is whole.

    Parameters
    ----------
    folder : Path
    about : mapping
        What the maker says about them.
    basis : mapping
        What they rest on.
    files : mapping of str to str
        SHA-256 of each file.
    """

    folder: Path
    about: Mapping[str, Any]
    basis: Mapping[str, Any]
    files: Mapping[str, str]

    def array(self, name: str) -> NDArray[Any] | None:
        """An array, compared with its SHA-256; None when it is not what was written."""
        try:
            content = (self.folder / f"{name}.npy").read_bytes()
            if hashlib.sha256(content).hexdigest() != self.files[name]:
                return None
            return np.asarray(np.load(io.BytesIO(content), allow_pickle=False))
        except (OSError, ValueError, KeyError):
            return None

    def mapped(self, name: str) -> FloatArray | None:
        """An array of numbers that stays on the disk, not compared; None when it cannot be read."""
        try:
            return np.asarray(np.load(self.folder / f"{name}.npy", mmap_mode="r", allow_pickle=False))
        except (OSError, ValueError):
            return None


@cache
def engine_version() -> str:
    """Version of all that turns tables into numbers: program, numerical libraries and the source of the engine itself."""
    total = hashlib.sha256()
    sources = [*resources.files("cradlemark.engine").iterdir()]
    sources += [resources.files("cradlemark.inventory.processes") / name for name in _RESTS_ON]
    for source in sorted(sources, key=lambda item: item.name):
        if source.name.endswith(".py"):
            total.update(source.name.encode() + source.read_bytes())
    libraries = f"numpy {np.__version__}, scipy {scipy.__version__}"
    return f"cradlemark {__version__} {total.hexdigest()[:12]}, {libraries}"


def factors_digest(factors: tuple[Factors, ...]) -> str:
    """Digest of the characterisation of all categories."""
    total = hashlib.sha256()
    for part in factors:
        total.update(json.dumps([part.names, part.direction.values]).encode())
        for array in (part.category, part.flow, part.direction.codes, part.value):
            total.update(np.ascontiguousarray(array).tobytes())
    return "sha256:" + total.hexdigest()


def array_folder(database: Path, kind: str, basis: Mapping[str, Any]) -> Path:
    """Where the arrays of a kind lie that rest on this."""
    return database / f"{kind}-{_digest(basis)[:16]}"


def keep_arrays(
    database: Path,
    kind: str,
    basis: Mapping[str, Any],
    *,
    about: Mapping[str, Any],
    arrays: Mapping[str, NDArray[Any]],
) -> StoredArrays:
    """Keep arrays beside the database whose folder it is.

    Raises
    ------
    OSError
        When the system refuses to write; nothing has changed then.
    """
    folder = array_folder(database, kind, basis)

    def fill(work: Path) -> None:
        files = {name: _write(work / f"{name}.npy", array) for name, array in arrays.items()}
        document = {
            "profile": PROFILE,
            "kind": kind,
            "basis": dict(basis),
            "about": dict(about),
            "files": files,
        }
        write_json_through(work / ABOUT, document | {"seal": _digest(document)})

    put_folder(folder, fill, is_whole=_is_whole)
    found = read_arrays(folder)
    if found is None:
        raise FileNotFoundError(f"{folder} has been removed meanwhile")
    return found


def find_arrays(database: Path, kind: str, basis: Mapping[str, Any]) -> StoredArrays | None:
    """Arrays of a kind that rest on exactly this; None when there are none or they are damaged."""
    found = read_arrays(array_folder(database, kind, basis))
    return found if found is not None and _digest(found.basis) == _digest(basis) else None


def list_arrays(database: Path, kind: str) -> tuple[StoredArrays, ...]:
    """All undamaged sets of a kind, in order of their names."""
    found = (read_arrays(folder) for folder in sorted(database.glob(f"{kind}-*")))
    return tuple(item for item in found if item is not None)


def read_arrays(folder: Path) -> StoredArrays | None:
    """What lies in a folder; None when it says nothing, something else than was written, or lacks a file."""
    try:
        document: dict[str, Any] = json.loads((folder / ABOUT).read_text("utf-8"))
        seal = document.pop("seal")
        whole = document["profile"] == PROFILE and seal == _digest(document)
        if not whole or not all((folder / f"{name}.npy").is_file() for name in document["files"]):
            return None
        return StoredArrays(folder, document["about"], document["basis"], document["files"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_whole(folder: Path) -> bool:
    found = read_arrays(folder)
    return found is not None and all(found.array(name) is not None for name in found.files)


def _digest(document: Mapping[str, Any]) -> str:
    text = json.dumps(document, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def row_digest(row: NDArray[Any]) -> NDArray[np.uint8]:
    """SHA-256 of one row of numbers, shape (32,)."""
    return np.frombuffer(hashlib.sha256(np.ascontiguousarray(row, "<f8").data).digest(), np.uint8)


def verified_rows(
    values: NDArray[np.float64], digests: NDArray[np.uint8], rows: NDArray[np.int64], folder: Path
) -> NDArray[np.float64]:
    """Rows of kept draws, shape (rows, draws), each compared with its SHA-256.

    Raises
    ------
    TrustError
        ``digest-mismatch``
    """
    found = np.array(values[rows], np.float64)
    for place, row in zip(rows.tolist(), found, strict=True):
        if not np.array_equal(row_digest(row), digests[place]):
            raise changed_draws(folder)
    return found


def changed_draws(folder: Path) -> TrustError:
    """Kept draws are not what was calculated."""
    return TrustError(
        Text("the stored draws are not what was calculated", "存储的抽样与计算时不同"),
        code="digest-mismatch",
        where=str(folder),
        hint=Text("make them again with: cradlemark db draws", "用以下命令重新生成：cradlemark db draws"),
    )


def _write(path: Path, array: NDArray[Any]) -> str:
    """Write an array in the format of numpy and return the SHA-256 of the file."""
    plain = np.ascontiguousarray(array)
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, np.lib.format.header_data_from_array_1_0(plain))
    total = hashlib.sha256()
    with writing_through(path) as write:
        for part in (header.getvalue(), plain.reshape(-1).view(np.uint8).data):
            for start in range(0, len(part), _CHUNK):
                total.update(part[start : start + _CHUNK])
                write(part[start : start + _CHUNK])
    return total.hexdigest()
