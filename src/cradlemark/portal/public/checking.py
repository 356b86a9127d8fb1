"""Run the offline check of a label in a process of its own, which cannot take more memory, time or place than it is given.

The check is the command that everybody can run at home, so that page and command never differ.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import attrs

from cradlemark.core.errors import InputError, StateError
from cradlemark.core.language import Text
from cradlemark.label.page.assets import FOLDER
from cradlemark.registry.files import names_below, write_file
from cradlemark.registry.home import Home
from cradlemark.registry.log.publish import LOG
from cradlemark.registry.publication.label_files import LABELS, folder_of
from cradlemark.registry.scanning import scan

MEMORY = 1 << 30
"""Address space of the process [byte]."""
SECONDS = 30
"""Processor time; twice as much on the clock [s]."""
WRITTEN = 200_000_000
"""Longest file that it writes [byte]."""
AT_ONCE = BoundedSemaphore(2)
PARTS = ("claim.json", "credential.jwt", "entry.json", "label.tlog-proof")
_LIMITED = (
    "import resource as r, runpy, sys\n"
    f"r.setrlimit(r.RLIMIT_AS, ({MEMORY}, {MEMORY})); r.setrlimit(r.RLIMIT_CPU, ({SECONDS}, {SECONDS}))\n"
    f"r.setrlimit(r.RLIMIT_FSIZE, ({WRITTEN}, {WRITTEN})); r.setrlimit(r.RLIMIT_CORE, (0, 0))\n"
    "runpy.run_module('cradlemark', run_name='__main__', alter_sys=True)"
)


@attrs.frozen
class Line:
    """One thing that was checked, or could not be."""

    title: Text
    outcome: str
    detail: Text


@attrs.frozen
class Checked:
    """What the check said.

    Parameters
    ----------
    believed : bool
        Nothing failed, and a signature or the log vouches for the label.
    lines : tuple of Line
    """

    believed: bool
    lines: tuple[Line, ...]

    @property
    def failed(self) -> bool:
        """Whether anything failed."""
        return any(line.outcome == "fails" for line in self.lines)


def check_file(content: bytes, *, number: str, home: Home) -> Checked:
    """Check a file, with what is published of a label beside it.

    Parameters
    ----------
    content : bytes
        Of the file; empty to check what is published.
    number : str
        Of a label of the register; empty when only the file is at hand.

    Raises
    ------
    InputError
        ``file-uncheckable`` with the reason, for a file that cannot be checked; ``file-infected``.
    StateError
        ``check-busy`` while too many checks run; ``scanner-failed``.
    """
    scan(content, name="")
    if not AT_ONCE.acquire(timeout=2):
        raise StateError(
            Text("too many files are being checked", "正在核验的文件过多"),
            code="check-busy",
            hint=Text("try again in a few seconds", "请几秒后重试"),
        )
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            file = _laid_out(folder, content, number, home)
            return _run(file, _public_folder(home, Path(name) / "public"))
    finally:
        AT_ONCE.release()


def _laid_out(folder: Path, content: bytes, number: str, home: Home) -> Path:
    """Put the file and the published ones beside each other; returns what is checked."""
    if number:
        for part in PARTS:
            published = home.public / folder_of(number) / part
            if published.is_file():
                (folder / part).write_bytes(published.read_bytes())
    if not content:
        return folder / PARTS[0]
    (folder / "given").write_bytes(content)
    return folder / "given"


def _public_folder(home: Home, folder: Path) -> Path:
    """The published files as a folder: that of the home, or what a check needs of a bucket (not the log, not every label)."""
    if isinstance(home.public, Path):
        return home.public.resolve()
    for place in home.public.iterdir():
        if place.name in {LABELS, LOG, FOLDER}:
            continue
        if place.is_file():
            write_file(folder / place.name, place.read_bytes())
        for name in names_below(place):
            write_file(folder / place.name / name, (place / name).read_bytes())
    return folder


def _run(file: Path, public: Path) -> Checked:
    command = [sys.executable, "-I", "-X", "utf8", "-c", _LIMITED, "label", "verify", str(file), "--trust", str(public / "trust.json"),
               "--public", str(public), "--json"]  # fmt: skip
    try:
        done = subprocess.run(  # noqa: S603 - our own command, a file we named
            command, capture_output=True, timeout=2 * SECONDS, check=False, cwd=file.parent, env=_environment(file.parent)
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _unreadable("it takes too long") from None
    try:
        return _read(json.loads(done.stdout))
    except (ValueError, KeyError, TypeError):
        raise _unreadable(_reason(done.stderr)) from None


def _environment(folder: Path) -> dict[str, str]:
    """Nothing of the server's own: no passphrase, no key."""
    return {
        "PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder), "NUMBA_DISABLE_JIT": "1",
        "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "CRADLEMARK_LANG": "en",
    }  # fmt: skip


def _read(told: Any) -> Checked:
    lines = tuple(
        Line(_text(one["title"]), str(one["outcome"]), _text(one["detail"])) for one in told["findings"]
    )
    return Checked(bool(told["believed"]), lines)


def _text(given: dict[str, str]) -> Text:
    return Text(given.get("en", ""), given.get("zh", ""))


def _reason(errors: bytes) -> str:
    """The last line of what was said, when it is a message of ours."""
    lines = errors.decode("utf-8", "replace").strip().splitlines()
    last = lines[-1] if lines else ""
    return last if last.endswith("]") and "Error" not in last else ""


def _unreadable(why: str) -> InputError:
    return InputError(
        Text(f"the file cannot be checked: {why or 'it is damaged, or of another kind'}"[:500], f"无法核验该文件：{why or '文件已损坏，或属于其他类型'}"[:500]), code="file-uncheckable",
        hint=Text("send a certificate (PDF), a picture of the label (PNG, SVG), a credential, a claim, a proof or a bundle", '请提交证书（PDF）、标签图片（PNG、SVG）、凭证、声明、证明或数据包'),
    )  # fmt: skip
