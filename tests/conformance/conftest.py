"""The command line as a stranger has it: a process of its own, its exit code, what it prints, and what it takes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = "import sys; from cradlemark.cli.main import main; main(sys.argv[1:])"
# A process of its own starts the command, because the peak of a child begins with that of its parent.
LAUNCHER = """
import json, os, subprocess, sys, time
begin = time.perf_counter()
child = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL)
_, status, usage = os.wait4(child.pid, 0)
unit = 1024 * 1024 if sys.platform == "darwin" else 1024
with open(sys.argv[1], "w") as report:
    json.dump([os.waitstatus_to_exitcode(status), time.perf_counter() - begin, usage.ru_maxrss / unit], report)
"""
LONGEST = 60.0
"""When a command counts as hanging [s]; far above what it takes on a loaded machine."""
MOST_MEMORY = 300.0
"""Peak resident memory that no refusal may reach [MB]."""


@attrs.frozen
class Outcome:
    """What a command did: exit code, standard output, standard error, wall time [s], peak memory [MB]."""

    code: int
    out: str
    err: str
    seconds: float
    megabytes: float

    def refused(self, *parts: str) -> None:
        """Assert one clear refusal: exit code 2, the parts of the message, a repair, no traceback, little memory."""
        text = self.out + self.err
        assert "Traceback" not in text
        assert self.code == 2, text
        for part in parts:
            assert part in text
        assert "repair: " in text
        assert self.megabytes < MOST_MEMORY


Command = Callable[..., Outcome]


@pytest.fixture
def cradlemark(tmp_path: Path, record_property: Callable[[str, object], None]) -> Command:
    """Run the command line as a process; figures are printed and recorded."""

    def call(*arguments: object, env: dict[str, str] | None = None, cwd: Path | None = None) -> Outcome:
        report = tmp_path / "usage.json"
        words = [str(argument) for argument in arguments]
        done = subprocess.run(
            [sys.executable, "-S", "-c", LAUNCHER, str(report), sys.executable, "-c", PROGRAM, *words],
            capture_output=True, timeout=LONGEST, cwd=cwd or tmp_path, check=False,
            env={**os.environ, "CRADLEMARK_HOME": str(tmp_path / "home"), "CRADLEMARK_LANG": "en",
                 "COLUMNS": "120", "NO_COLOR": "1", "PYTHONIOENCODING": "utf-8", **(env or {})},
        )  # fmt: skip
        code, seconds, megabytes = json.loads(report.read_text())
        print(
            f"{' '.join(Path(word).name[:40] for word in words)}: exit {code}, {seconds:.2f} s, {megabytes:.0f} MB"
        )
        record_property("seconds", seconds)
        record_property("megabytes", megabytes)
        encoding = (
            (env or {}).get("PYTHONIOENCODING", "utf-8").replace("ascii", "utf-8")
        )  # ASCII is part of it
        return Outcome(
            code,
            done.stdout.decode(encoding, "replace"),
            done.stderr.decode(encoding, "replace"),
            seconds,
            megabytes,
        )

    return call


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., Path]:
    """Copy an example and replace texts in its study document; returns the folder."""

    def make(*replacements: tuple[str, str], example: str = "die-cast-housing") -> Path:
        folder = tmp_path / "study"
        shutil.copytree(ROOT / "examples" / example, folder, dirs_exist_ok=True)
        text = (ROOT / "examples" / example / "study.toml").read_text(encoding="utf-8")
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / "study.toml").write_text(text, encoding="utf-8")
        return folder

    return make
