"""Read uploaded files that nobody here has made: in a process of its own, with bounds on memory and time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from cradlemark.core.errors import InputError, Problem, raise_if_any
from cradlemark.core.language import Text
from cradlemark.registry.scanning import scan

LARGEST_UPLOAD = 25_000_000
"""Largest file that is taken [byte]."""
LONGEST = 90
"""Longest time that is waited for an answer [s]; processor time is bounded to less."""
_SAFE_NAME = 120


def read_limited(
    kind: Literal["bill", "study"], name: str, content: bytes, *, mapping: Mapping[str, Any] | None = None,
    sheet: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Read a file in a process of its own.

    Parameters
    ----------
    kind : {"bill", "study"}
        What the file should be.
    name : str
        Name of the file as the user knows it; places of problems begin with it.
    content : bytes
    mapping : mapping, optional
        Of the columns, as `cradlemark.product.readers.mapping_file.mapping_document` writes it.

    Returns
    -------
    dict
        What `cradlemark.registry.studies.limited` answers.

    Raises
    ------
    InputError, InputErrors
        ``file-too-large``, ``file-too-costly``, ``file-infected``, or what is wrong with the file.
    StateError
        ``scanner-failed``
    """
    shown = file_name(name)
    if len(content) > LARGEST_UPLOAD:
        raise InputError(
            Text(f"the file is larger than {LARGEST_UPLOAD // 1_000_000} MB", f'文件大于 {LARGEST_UPLOAD // 1000000} MB'), code="file-too-large", where=shown,
            hint=Text("remove pictures and unused sheets, or split the file", '请删除图片和未使用的工作表，或拆分文件'),
        )  # fmt: skip
    scan(content, name=shown)
    order = {"name": shown, "mapping": dict(mapping or {}), "sheet": sheet}
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / shown).write_bytes(content)
        (Path(folder) / "order.json").write_text(json.dumps(order), encoding="utf-8")
        answer = _answer(kind, folder, shown)
    raise_if_any([problem_of(problem) for problem in answer.get("refused", ())])
    return answer


def problem_of(document: Mapping[str, Any]) -> Problem:
    """A problem as `limited.problem_document` wrote it."""
    return Problem(document["where"], document["code"], Text(*document["message"]), Text(*document["hint"]))


def _answer(kind: str, folder: str, name: str) -> dict[str, Any]:
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603  # our own module, no shell
            _command(kind, folder),
            capture_output=True,
            timeout=LONGEST,
            check=False,
            env=environment,
            cwd=folder,
        )
    except subprocess.TimeoutExpired:
        raise _too_costly(name) from None
    if done.returncode:
        raise _too_costly(name)
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def _command(kind: str, folder: str) -> list[str]:
    return [sys.executable, "-m", "cradlemark.registry.studies.limited", kind, folder]


def _too_costly(name: str) -> InputError:
    return InputError(
        Text("reading the file takes more memory or time than it may", '读取该文件所需的内存或时间超过允许范围'), code="file-too-costly", where=name,
        hint=Text("save the table alone as a workbook or as CSV, and upload that", '请将该表单独另存为工作簿或 CSV 后上传'),
    )  # fmt: skip


def file_name(name: str) -> str:
    """Name of an upload without folders and without marks that no file system takes."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(mark for mark in last if mark.isprintable() and mark not in '<>:"|?*').strip(" .")
    return kept[-_SAFE_NAME:] if kept and kept != "order.json" else "upload"
