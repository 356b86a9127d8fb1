"""Zip archives whose bytes depend on their content alone."""

from __future__ import annotations

import os
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.core.system_reasons import system_reason

_TIME = (1980, 1, 1, 0, 0, 0)
"""Time of every member: the first that a zip can hold."""


def write_archive(
    path: Path, members: Iterable[tuple[str, bytes]], *, stored: frozenset[str] = frozenset()
) -> None:
    """Write a zip; it appears under its name only when all of it is written.

    Parameters
    ----------
    path : Path
        A file that does not exist yet.
    members : iterable of (str, bytes)
        Names with forward slashes and contents, in the order in which they shall stand.
    stored : set of str
        Endings of members that are not packed: repetitive ones would look like a zip bomb.

    Raises
    ------
    InputError
        ``file-exists``, ``output-unwritable``.
    """
    if path.exists():
        raise InputError(
            Text(f"{path.name} exists already", f"{path.name} 已存在"),
            code="file-exists",
            where=str(path),
            hint=Text("choose another name", "改用其他名称"),
        )
    try:
        _write(path, members, stored)
    except OSError as error:
        raise InputError(
            Text("{name} cannot be written: {reason}", "无法写入 {name}：{reason}").format(name=path.name, reason=system_reason(error)), code="output-unwritable",
            where=str(path), hint=Text("check the folder and its rights", "检查文件夹及其权限"),
        ) from error  # fmt: skip


def _write(path: Path, members: Iterable[tuple[str, bytes]], stored: frozenset[str]) -> None:
    handle, name = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    work = Path(name)
    try:
        with os.fdopen(handle, "wb") as file, zipfile.ZipFile(file, "w") as archive:
            for member, content in members:
                about = zipfile.ZipInfo(member, _TIME)
                about.create_system = 3
                about.external_attr = 0o644 << 16
                whole = member.endswith(tuple(stored)) if stored else False
                about.compress_type = zipfile.ZIP_STORED if whole else zipfile.ZIP_DEFLATED
                archive.writestr(about, content, compresslevel=6)
        work.chmod(0o644)
        work.replace(path)
    finally:
        work.unlink(missing_ok=True)
