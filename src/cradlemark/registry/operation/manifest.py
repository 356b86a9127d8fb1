"""What stands in the folder of a backup: a description, and the digest of every file in the form that ``sha256sum --check`` reads."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from cradlemark.core.errors import InputError, InputErrors, Problem
from cradlemark.core.language import Text
from cradlemark.registry.files import digest_of

SCHEMA = "cradlemark-backup/1"
MANIFEST, DIGESTS = "backup.json", "SHA256SUMS"


@attrs.frozen
class Manifest:
    """Description of a backup.

    Parameters
    ----------
    made : str
        Time, ISO, UTC.
    software : str
        Version that made it.
    origin : str
        Of the log.
    database : str
        Kind it was made from.
    entries : int
        Entries of the stored log.
    root : str
        Root of the stored log, hexadecimal.
    published : int
        Entries of the published log.
    labels : int
    keys : bool
        Whether the (encrypted) keys are in it.
    migrations : dict
        Those that the database had, by app.
    tables : dict
        Rows by table.
    """

    made: str
    software: str
    origin: str
    database: str
    entries: int
    root: str
    published: int
    labels: int
    keys: bool
    migrations: dict[str, list[str]]
    tables: dict[str, int]

    def __bytes__(self) -> bytes:
        document = {"schema": SCHEMA, **attrs.asdict(self)}
        return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def read_manifest(folder: Path) -> Manifest:
    """Description of the backup in a folder.

    Raises
    ------
    InputError
        ``backup-invalid``
    """
    try:
        document: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
        return Manifest(**_of_schema(document))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            Text(f"{folder} is no backup, or one of another kind", f"{folder} 不是备份，或属于其他格式"), code="backup-invalid", where=str(folder),
            hint=Text("give the folder that holds backup.json", "给出包含 backup.json 的文件夹"),
        ) from error  # fmt: skip


def _of_schema(document: dict[str, Any]) -> dict[str, Any]:
    if document.pop("schema") != SCHEMA:
        raise ValueError(SCHEMA)
    return document


def write_digests(folder: Path) -> str:
    """Write the digests of all files; returns the digest of that list, which stands for all of it."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    lines = [f"{digest_of(folder / name)}  {name}\n" for name in names if name != DIGESTS]
    (folder / DIGESTS).write_text("".join(lines), encoding="utf-8")
    return digest_of(folder / DIGESTS)


def check_digests(folder: Path, *, expected: str = "") -> None:
    """Compare every file with its digest; nothing may be missing, changed or added.

    Parameters
    ----------
    expected : str, optional
        Digest of the list, kept apart from the backup.

    Raises
    ------
    InputErrors
        ``backup-damaged``, everything that differs at once.
    """
    found: list[Problem] = []
    listed = _listed(folder)
    if expected and digest_of(folder / DIGESTS) != expected:
        found.append(_damaged(DIGESTS, Text("the list of digests is another one", "摘要清单不是原来的清单")))
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {DIGESTS}
    found += [
        _damaged(name, Text("the file is missing", "文件缺失")) for name in sorted(listed.keys() - there)
    ]
    found += [
        _damaged(name, Text("the file was not in the backup", "该文件不属于备份"))
        for name in sorted(there - listed.keys())
    ]
    for name in sorted(there & listed.keys()):
        if digest_of(folder / name) != listed[name]:
            found.append(_damaged(name, Text("the file was changed", "文件已被改动")))
    if found:
        raise InputErrors(found)


def _listed(folder: Path) -> dict[str, str]:
    try:
        lines = (folder / DIGESTS).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputErrors([_damaged(DIGESTS, Text("it cannot be read", "无法读取"))]) from error
    listed = {}
    for line in lines:
        digest, _, name = line.partition("  ")
        place = PurePosixPath(name)
        if len(digest) != 64 or not name or place.is_absolute() or ".." in place.parts:
            raise InputErrors(
                [_damaged(DIGESTS, Text(f"{line[:80]!r} is no line of it", f"{line[:80]!r} 不是其中的行"))]
            )
        listed[name] = digest
    return listed


def _damaged(where: str, message: Text) -> Problem:
    return Problem(where, "backup-damaged", message, Text("use another backup", "使用其他备份"))
