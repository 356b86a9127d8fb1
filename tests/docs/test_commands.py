"""Every command in the documentation runs, and prints what the page shows.

In a block of kind ``console`` each line that begins with ``$ cradlemark`` is run, in order, in a folder per page that
holds a copy of `examples/`, as the root of the repository does. It has to exit with 0, or with N if the block follows
``<!-- exit: N -->``. Lines below a command are its output: each has to appear in what the command prints (spacing
aside); a line ``...`` stands for lines left out. ``$ cd FOLDER`` moves, ``$ export NAME=VALUE`` sets a variable,
``$ cmp ONE OTHER`` compares two files byte by byte, ``$ make ...`` is not run here; any other command is refused,
because nothing would prove it. A block that follows ``<!-- write: FILE -->`` or ``<!-- append: FILE -->`` is written
into that file before the commands below it are run. ``$ for NAME in A B; do ... $NAME; done`` is run once for each word, its
output as a whole; ``$ sed s/OLD/NEW/g FILE > OTHER`` writes a copy with plain words exchanged.
"""

from __future__ import annotations

import contextlib
import filecmp
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
FILE = re.compile(
    r"^<!--\s*(?P<mode>write|append):\s*(?P<file>\S+)\s*-->\n(?P<fence>`{3,})[^\n]*\n(?P<body>.*?)^(?P=fence)\s*$",
    re.MULTILINE | re.DOTALL,
)


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


@attrs.frozen
class Content:
    """What a page has its reader write: line there, file, text, and whether it goes below what the file holds."""

    line: int
    file: str
    text: str
    append: bool

    def put(self, home: Path) -> None:
        """Write it, as the reader would."""
        target = (Path.cwd() / self.file).resolve()
        assert target.is_relative_to(home.resolve()), f"{self.file} is outside"
        before = target.read_text(encoding="utf-8") if self.append else ""
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(before + self.text, encoding="utf-8")


def contents_of(text: str) -> list[Content]:
    """Return what one page has its reader write, in order."""
    return [
        Content(
            text.count("\n", 0, found.start()) + 1, found["file"], found["body"], found["mode"] == "append"
        )
        for found in FILE.finditer(text)
    ]


def pages() -> list[Path]:
    """Return the pages that have commands."""
    every = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
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


def try_shell(program: str, arguments: list[str], *, home: Path) -> str:
    """Do what a word of the shell does and return what is wrong; empty if all is well."""
    match program, arguments:
        case "make", _:
            return ""
        case "cd", [folder]:
            target = (Path.cwd() / folder).resolve()
            if not target.is_relative_to(home.resolve()) or not target.is_dir():
                return "there is no such folder"
            os.chdir(target)
            return ""
        case "export", [setting] if "=" in setting:
            name, _, value = setting.partition("=")
            os.environ[name] = value
            return ""
        case "sed", [script, source, ">", target]:
            return copy_changed(script, Path(source), Path(target), home=home)
        case "cmp", [one, other]:
            return "" if filecmp.cmp(one, other, shallow=False) else "the files differ"
    return "only cradlemark, cd, export, cmp, sed, for and make can stand in a console block; nothing would prove another"


def copy_changed(script: str, source: Path, target: Path, *, home: Path) -> str:
    """Write a copy of a file in which plain words are exchanged, and return what is wrong."""
    wanted = re.fullmatch(r"s/([\w ]+)/([\w ]+)/g", script)
    if not wanted or not source.is_file() or not target.resolve().is_relative_to(home.resolve()):
        return "it is no plain exchange of words in a file below the folder"
    text = source.read_text(encoding="utf-8")
    if wanted[1] not in text:
        return f"{wanted[1]} does not stand in {source}"
    target.write_text(text.replace(wanted[1], wanted[2]), encoding="utf-8")
    return ""


def rounds_of(words: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the commands that a line stands for: one, or one for each word of a loop."""
    if words[0] != "for":
        return [words]
    end, start = words.index("do"), words.index("in")
    name, values = words[1], [word.rstrip(";") for word in words[start + 1 : end]]
    body = [*words[end + 1 : -2], words[-2].rstrip(";")]
    if start != 2 or words[-1] != "done" or not words[-2].endswith(";"):
        raise ValueError(f"this is no loop: {shlex.join(words)}")
    return [tuple(word.replace(f"${name}", value) for word in body) for value in values]


def try_command(command: Command, *, home: Path) -> str:
    """Run what one line stands for and return what is wrong; empty if all is well."""
    printed = ""
    for program, *arguments in rounds_of(command.words):
        if program != "cradlemark":
            wrong = try_shell(program, arguments, home=home)
            if wrong:
                return wrong
            continue
        code, output = run((program, *arguments))
        printed += output
        if code != command.code:
            return f"exit code {code}, not {command.code}; it printed:\n{output}"
    missing = [line for line in command.shown if words_only(line) not in words_only(printed)]
    return f"the page shows {missing}, which is not in:\n{printed}" if missing else ""


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = page.read_text(encoding="utf-8")
    commands = commands_of(text)
    if importlib.util.find_spec("cradlemark.cli.main") is None and any(
        c.words[0] == "cradlemark" for c in commands
    ):
        pytest.skip("cradlemark.cli.main does not exist yet")
    shutil.copytree(ROOT / "examples", tmp_path / "examples") if (ROOT / "examples").is_dir() else None
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setattr(os, "environ", os.environ.copy())  # what a page exports ends with the page
    monkeypatch.setenv("CRADLEMARK_LANG", "en")
    monkeypatch.setenv("CRADLEMARK_HOME", str(tmp_path / "home"))
    for command in sorted([*contents_of(text), *commands], key=lambda item: item.line):
        if isinstance(command, Content):
            command.put(tmp_path)
            continue
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


def test_contents_are_found_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    page = "<!-- write: a.toml -->\n```toml\nx = 1\n```\n\n<!-- append: a.toml -->\n```toml\ny = 2\n```\n```toml\nz\n```\n"
    found = contents_of(page)
    assert [(c.line, c.append) for c in found] == [(1, False), (6, True)]
    for content in found:
        content.put(tmp_path)
    assert (tmp_path / "a.toml").read_text(encoding="utf-8") == "x = 1\ny = 2\n"


def test_different_files_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("a", "1"), ("b", "1"), ("c", "2")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert not try_command(Command(1, ("cmp", "a", "b"), 0, ()), home=tmp_path)
    assert try_command(Command(1, ("cmp", "a", "c"), 0, ()), home=tmp_path)


def test_a_loop_is_run_for_each_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("number 00, 00\n", encoding="utf-8")
    (loop,) = commands_of("```console\n$ for n in 01 02; do sed s/00/$n/g a.txt > b$n.txt; done\n```\n")
    assert rounds_of(loop.words)[1] == ("sed", "s/00/02/g", "a.txt", ">", "b02.txt")
    assert not try_command(loop, home=tmp_path)
    assert (tmp_path / "b02.txt").read_text("utf-8") == "number 02, 02\n"
    with pytest.raises(ValueError, match="no loop"):
        rounds_of(("for", "n", "in", "1;", "do", "cradlemark", "x"))


@pytest.mark.parametrize("script", ["s/03/04/g", "s/00/04/", "s/.*/04/g", "d"])
def test_an_exchange_has_to_exchange_something(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.txt").write_text("number 00\n", encoding="utf-8")
    assert copy_changed(script, Path("a.txt"), Path("b.txt"), home=tmp_path)


@pytest.mark.parametrize("words", [("curl", "x"), ("cd", ".."), ("cd", "nowhere"), ("export", "x")])
def test_what_cannot_be_proved_is_refused(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert try_command(Command(1, words, 0, ()), home=tmp_path)
