"""Hostile background databases, in every format: exit code 2, a code, a repair in both languages, little time and memory.

The cases are those of ``benchmarks/hostile_cases``, which ``benchmarks/hostile_input.py`` measures one by one in processes of
their own. Here one process starts the program and forks for each of them, because the start would take most of the time.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest
from benchmarks.hostile_cases import CASES, Case
from benchmarks.hostile_input import MOST_MEGABYTES
from tests.machine import within

STARTER = r"""
import json, os, resource, sys
import cradlemark.cli.main as program
import cradlemark.cli.db.importing, cradlemark.inventory.importers.process_databases, cradlemark.inventory.processes.report
show = program.show_problems

def in_both(error, language="en"):
    show(error, "en")
    show(error, "zh")

program.show_problems = in_both
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps(used.ru_utime + used.ru_stime), flush=True)
for line in sys.stdin:
    words, told = json.loads(line)
    child = os.fork()
    if not child:
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))
        resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))
        os.dup2(os.open(told, os.O_WRONLY | os.O_CREAT), 1)
        os.dup2(1, 2)
        code = 1
        try:
            program.main(words)
        except SystemExit as end:
            code = end.code or 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    report = [os.waitstatus_to_exitcode(status), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit]
    print(json.dumps(report), flush=True)
"""
MOST_SECONDS = 4.0
"""Processor time with the start of the program [s]: twice the bar of the measurement, because the machine of a test is busy."""
MOST_KEPT_SECONDS = 8.0
"""The same where only the hostile part is left out, and the rest is stored and solved [s]."""


@attrs.frozen
class Answer:
    """Exit code, processor time with the start of the program [s], peak memory [MB] and all that was printed."""

    code: int
    seconds: float
    megabytes: float
    text: str


class Program:
    """The program, started and waiting for commands."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=home,
            env={**os.environ, "CRADLEMARK_HOME": str(home), "CRADLEMARK_LANG": "en", "COLUMNS": "200", "NO_COLOR": "1",
                 "PYTHONIOENCODING": "utf-8"},
        )  # fmt: skip
        self._start = float(self._told())

    def run(self, *words: object, told: Path) -> Answer:
        """Run a command in a process of its own."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([[str(word) for word in words], str(told)]) + "\n")
        self._process.stdin.flush()
        code, seconds, megabytes = json.loads(self._told())
        return Answer(code, self._start + seconds, megabytes, told.read_text("utf-8", "replace"))

    def close(self) -> None:
        """End it."""
        self._process.communicate()

    def _told(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Program]:
    started = Program(tmp_path_factory.mktemp("home"))
    yield started
    started.close()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    # Folders that are nested too deeply for Python, and files too large to be kept.
    subprocess.run(["rm", "-rf", *map(str, tmp_path.iterdir())], check=True)


def codes_in(text: str) -> set[str]:
    """Error codes that were printed."""
    return set(re.findall(r"\[([a-z]+(?:-[a-z0-9]+)+)\]", text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title)
def test_hostile_source_is_answered(program: Program, folder: Path, case: Case) -> None:
    source = case.write(folder)
    answer = program.run("db", "import", source, "--store", folder / "store", told=folder / "told.txt")
    print(f"{case.title}: exit {answer.code}, {answer.seconds:.2f} s, {answer.megabytes:.0f} MB")
    assert answer.code == (0 if case.kept else 2), answer.text[:2_000]
    assert "Traceback" not in answer.text
    assert len(answer.text) < 100_000
    assert not case.code or any(case.code in code for code in codes_in(answer.text)), answer.text[:2_000]
    if not case.kept:
        english, _, chinese = answer.text.partition("\n错误")
        assert english.startswith("error ") or "\nerror " in english
        assert re.search(r"repair: \S", english)
        assert re.search(r"修正：\s*\S", chinese)
        assert len(re.findall("[\u4e00-\u9fff]", chinese)) >= 6
    assert answer.megabytes < MOST_MEGABYTES
    assert within(answer.seconds, MOST_KEPT_SECONDS if case.kept else MOST_SECONDS)


def test_cases_have_different_names() -> None:
    assert len({case.title for case in CASES}) == len(CASES)


def test_every_format_has_cases() -> None:
    from cradlemark.inventory.importers.process_databases import FORMATS

    kinds = " ".join(case.kind for case in CASES)
    of_tables = {"process tables": "table as"}
    for known in FORMATS:
        assert of_tables.get(known.name, known.name) in kinds
