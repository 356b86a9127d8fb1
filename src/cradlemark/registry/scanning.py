"""Let a program of the operator look through uploads for malware before anything reads them."""

from __future__ import annotations

import os
import subprocess

from django.conf import settings

from cradlemark.core.errors import InputError, StateError
from cradlemark.core.language import Text

LONGEST = 60
"""Longest time that is waited for an answer [s]."""
CLEAN, INFECTED = 0, 1
"""What programs of this kind end with, clamdscan and clamscan among them."""


def scan(content: bytes, *, name: str) -> None:
    """Hand a file to the program that CRADLEMARK_SCANNER names, on its standard input; without one nothing is done.

    Parameters
    ----------
    name : str
        Of the file, for the message.

    Raises
    ------
    InputError
        ``file-infected``
    StateError
        ``scanner-failed`` when the program does not answer, or with anything else: what was not looked through is not taken.
    """
    if not settings.SCANNER:
        return
    try:
        done = subprocess.run(  # noqa: S603 - the command is the operator's, the file comes on its input
            settings.SCANNER, input=content, capture_output=True, timeout=LONGEST, check=False, env={"PATH": os.environ.get("PATH", "")}
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _failed(name) from error
    if done.returncode == INFECTED:
        told = " ".join(done.stdout.decode("utf-8", "replace").split())[:200]
        raise InputError(
            Text(f"malware was found in the file: {told or 'its name was not told'}", f"文件中发现恶意软件：{told or '扫描程序未说明名称'}"), code="file-infected", where=name,
            hint=Text("do not open it; clean the machine it comes from", "请勿打开该文件，并清理其来源设备"),
        )  # fmt: skip
    if done.returncode != CLEAN:
        raise _failed(name)


def _failed(name: str) -> StateError:
    return StateError(
        Text("the file cannot be looked through for malware now", "目前无法对该文件进行恶意软件扫描"), code="scanner-failed", where=name,
        hint=Text("try again later; the operator sees to the scanner", "请稍后重试，由运营方检查扫描程序"),
    )  # fmt: skip
