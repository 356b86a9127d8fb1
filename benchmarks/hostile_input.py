"""Hand in hostile background databases and measure what the refusals take, each in a process of its own.

python benchmarks/hostile_input.py [--page PAGE] [WORDS]    all cases, or those whose title has the words;
with --page the table of a documentation page is replaced by what was measured.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import attrs

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.hostile_cases import CASES, Case  # noqa: E402
from tests.machine import told  # noqa: E402

MOST_SECONDS, MOST_MEGABYTES = 2.0, 300.0
"""Processor time [s] and resident memory [MB] that a refusal may take, start of the program included."""
MOST_KEPT_SECONDS = 4.0
"""Processor time that an import may take of which only the hostile part is left out [s]: the rest is stored and solved."""
BEGIN, END = "<!-- measured by benchmarks/hostile_input.py -->", "<!-- end of what was measured -->"
LONGEST = 40.0
"""When a case counts as hanging [s]."""
PROGRAM = "import sys; from cradlemark.cli.main import main; main(sys.argv[1:])"
# The peak of a child begins with that of its parent, so a small process starts the command.
LAUNCHER = """
import json, os, signal, subprocess, sys, time
begin = time.perf_counter()
child = subprocess.Popen(sys.argv[3:], stdin=subprocess.DEVNULL)
signal.signal(signal.SIGALRM, lambda *_: child.kill())
signal.alarm(int(sys.argv[2]))
_, status, usage = os.wait4(child.pid, 0)
unit = 1024 * 1024 if sys.platform == "darwin" else 1024
with open(sys.argv[1], "w") as report:
    json.dump([os.waitstatus_to_exitcode(status), time.perf_counter() - begin, usage.ru_utime + usage.ru_stime,
               usage.ru_maxrss / unit], report)
"""


@attrs.frozen
class Measured:
    """What became of a case: exit code, times [s], peak memory [MB], codes told, and all that was printed."""

    exit_code: int
    wall: float
    processor: float
    megabytes: float
    text: str

    @property
    def codes(self) -> tuple[str, ...]:
        """Error codes, each once, in the order in which they are told."""
        return tuple(dict.fromkeys(re.findall(r"\[([a-z]+(?:-[a-z0-9]+)+)\]", self.text)))

    def within(self, case: Case) -> bool:
        """Whether it took less than the bar."""
        most = MOST_KEPT_SECONDS if case.kept else MOST_SECONDS
        return self.processor < most and self.megabytes < MOST_MEGABYTES


def compiled_in(folder: Path) -> dict[str, str]:
    """Environment of a program that is installed: Python compiles its modules once, before the first measurement."""
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder)}
    measure(next(case for case in CASES if case.kept), compiled)
    return compiled


def measure(case: Case, compiled: Mapping[str, str] | None = None) -> Measured:
    """Write a case and import it in a process of its own, with `compiled_in` or in the environment as it is."""
    folder = Path(tempfile.mkdtemp())
    try:
        return _measure(case.write(folder), folder, compiled)
    finally:
        # Folders can be nested deeper than Python's own way goes.
        subprocess.run(["rm", "-rf", str(folder)], check=True)


def _measure(source: Path, folder: Path, compiled: Mapping[str, str] | None) -> Measured:
    report = folder / "usage.json"
    words = [sys.executable, "-c", PROGRAM, "db", "import", str(source), "--store", str(folder / "store")]
    done = subprocess.run(
        [sys.executable, "-S", "-c", LAUNCHER, str(report), str(int(LONGEST)), *words],
        capture_output=True, check=False, cwd=folder,
        env={**os.environ, "CRADLEMARK_HOME": str(folder / "home"), "CRADLEMARK_LANG": "en", "NO_COLOR": "1",
             "COLUMNS": "200", "PYTHONIOENCODING": "utf-8", **(compiled or {})},
    )  # fmt: skip
    code, wall, processor, megabytes = json.loads(report.read_text())
    return Measured(code, wall, processor, megabytes, (done.stderr + done.stdout).decode("utf-8", "replace"))


def is_right(case: Case, found: Measured) -> bool:
    """Whether the answer is the one that the case asks for."""
    answered = found.exit_code == (0 if case.kept else 2) and "Traceback" not in found.text
    return answered and (not case.code or any(case.code in code for code in found.codes))


def main(words: list[str]) -> int:
    """Measure cases, print them, and return how many are not as they should be."""
    with tempfile.TemporaryDirectory() as folder:
        return _run(words, compiled_in(Path(folder)))


def _run(words: list[str], compiled: Mapping[str, str]) -> int:
    page = ""
    if "--page" in words:
        place = words.index("--page")
        page = words[place + 1]
        words = [*words[:place], *words[place + 2 :]]
    wanted = [word for word in words if not word.startswith("-")]
    faults = 0
    print(told())
    measured: list[tuple[Case, Measured]] = []
    for case in CASES:
        if not all(word.lower() in case.title.lower() for word in wanted):
            continue
        found = measure(case, compiled)
        measured.append((case, found))
        good = is_right(case, found) and found.within(case)
        faults += not good
        print(
            f"{'    ' if good else 'BAD '}{case.title:<70} exit {found.exit_code:>3}{found.processor:6.2f} s processor{found.wall:6.2f} s"
            f"{found.megabytes:5.0f} MB  {', '.join(found.codes[:3])}",
            flush=True,
        )
        if "-v" in words:
            print("      " + "\n      ".join(line[:240] for line in found.text.splitlines()[:12]), flush=True)
    print(told())
    if page:
        write_table(Path(page), measured)
    return faults


def write_table(page: Path, measured: list[tuple[Case, Measured]]) -> None:
    """Replace the table of a page, between two comments, by what was measured."""
    text = page.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, behind = rest.partition(END)
    rows = [
        f"| {case.kind} | {case.name} | {'kept' if case.kept else 'refused'} | {', '.join(f'`{code}`' for code in _told(found))} "
        f"| {found.processor:.1f} | {found.megabytes:.0f} |"
        for case, found in measured
    ]
    head = "| source | what is wrong | answer | codes | processor [s] | memory [MB] |\n| --- | --- | --- | --- | --- | --- |\n"
    page.write_text(f"{before}{BEGIN}\n\n{head}" + "\n".join(rows) + f"\n\n{END}{behind}", "utf-8")


def _told(found: Measured) -> tuple[str, ...]:
    """Codes without remarks about the size of a result."""
    return (
        tuple(code for code in found.codes if code not in {"magnitude-implausible", "database-empty"})[:2]
        or found.codes[:1]
    )


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
