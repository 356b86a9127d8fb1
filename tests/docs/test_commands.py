"""Every command in the documentation runs, and prints what the page shows.

In a block of kind ``console`` each line that begins with ``$ cradlemark`` is run, in order, in a folder per page that
holds a copy of `examples/`, as the root of the repository does. It has to exit with 0, or with N if the block follows
``<!-- exit: N -->``. Lines below a command are its output: each has to appear in what the command prints (spacing
aside); a line ``...`` stands for lines left out. ``$ cd FOLDER`` moves; ``$ make ...`` is not run here; any other
command is refused, because nothing would prove it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import io
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import attrs
import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(
    r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})\s*(?:\{code-block\}\s*)?console[^\n]*\n(?P<body>.*?)^(?P=indent)(?P=fence)\s*$",
    re.MULTILINE | re.DOTALL,
)
EXIT = re.compile(r"<!--\s*exit:\s*(\d+)\s*-->\s*\Z")


@attrs.frozen
class Command:
    """One command of a page: its line there, the words, the exit code, and the output that the page shows."""

    line: int
    words: tuple[str, ...]
    code: int
    shown: tuple[str, ...]


def commands_of(text: str) -> list[Command]:
    """Return the commands of one page, in order."""
    found = []
    for block in BLOCK.finditer(text):
        wanted = EXIT.search(text, 0, block.start())
        code = int(wanted[1]) if wanted else 0
        lines = block["body"].replace("\\\n", " \0").splitlines()  # a continued line counts where it begins
        line = text.count("\n", 0, block.start("body")) + 1
        current: list[str] = []
        for raw in lines:
            stripped = raw.replace("\0", "").strip()
            if stripped.startswith("$ "):
                current = []
                found.append((line, tuple(shlex.split(stripped[2:], comments=True)), code, current))
            elif stripped and stripped != "..." and found:
                current.append(stripped)
            line += 1 + raw.count("\0")
    return [Command(line, words, code, tuple(shown)) for line, words, code, shown in found]


def pages() -> list[Path]:
    """Return the pages that have commands."""
    every = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [p for p in every if "_build" not in p.parts and commands_of(p.read_text(encoding="utf-8"))]


def run(words: tuple[str, ...]) -> tuple[int, str]:
    """Run one command of the command line in this process; return exit code and what it printed."""
    from cradlemark.cli.main import main

    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    before = sys.argv
    sys.argv = list(words)
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            try:
                result = main()
            except SystemExit as end:
                result = end.code
    finally:
        sys.argv = before
    printed.flush()
    code = result if isinstance(result, int) else 1 if result else 0
    return code, printed.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined]


def words_only(text: str) -> str:
    """Make spacing count for nothing."""
    return " ".join(text.split())


def try_command(command: Command, *, home: Path) -> str:
    """Run one command and return what is wrong; empty if all is well."""
    program, *arguments = command.words
    if program == "make":
        return ""
    if program == "cd" and len(arguments) == 1:
        target = (Path.cwd() / arguments[0]).resolve()
        if not target.is_relative_to(home.resolve()) or not target.is_dir():
            return "there is no such folder"
        os.chdir(target)
        return ""
    if program != "cradlemark":
        return (
            "only cradlemark, cd and make can stand in a console block; nothing would prove another command"
        )
    code, printed = run(command.words)
    if code != command.code:
        return f"exit code {code}, not {command.code}; it printed:\n{printed}"
    missing = [line for line in command.shown if words_only(line) not in words_only(printed)]
    return f"the page shows {missing}, which is not in:\n{printed}" if missing else ""


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = commands_of(page.read_text(encoding="utf-8"))
    if importlib.util.find_spec("cradlemark.cli.main") is None and any(
        c.words[0] == "cradlemark" for c in commands
    ):
        pytest.skip("cradlemark.cli.main does not exist yet")
    shutil.copytree(ROOT / "examples", tmp_path / "examples") if (ROOT / "examples").is_dir() else None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("CRADLEMARK_LANG", "en")
    for command in commands:
        wrong = try_command(command, home=tmp_path)
        assert not wrong, f"{page.relative_to(ROOT)}:{command.line}: {shlex.join(command.words)}: {wrong}"


def test_blocks_are_found_with_their_exit_code_and_output() -> None:
    page = (
        "text\n\n```console\n$ cradlemark a \\\n    --b 'c d'\nout  1\n...\n$ make demo\n```\n\n"
        "<!-- exit: 2 -->\n```console\n$ cradlemark bad\n```\n```text\n$ cradlemark not-this\n```\n"
        "- item\n\n  ```{code-block} console\n  $ cradlemark in-list # why\n  ```\n"
    )
    found = commands_of(page)
    assert [(c.line, c.words, c.code, c.shown) for c in found] == [
        (4, ("cradlemark", "a", "--b", "c d"), 0, ("out  1",)),
        (8, ("make", "demo"), 0, ()),
        (13, ("cradlemark", "bad"), 2, ()),
        (21, ("cradlemark", "in-list"), 0, ()),
    ]


def test_exit_comment_counts_for_the_next_block_only() -> None:
    page = "<!-- exit: 2 -->\n```console\n$ cradlemark a\n```\n```console\n$ cradlemark b\n```\n"
    assert [c.code for c in commands_of(page)] == [2, 0]


@pytest.mark.parametrize("words", [("curl", "x"), ("cd", ".."), ("cd", "nowhere")])
def test_what_cannot_be_proved_is_refused(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert try_command(Command(1, words, 0, ()), home=tmp_path)
