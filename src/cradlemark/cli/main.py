"""The command ``cradlemark``: commands are loaded when they are called, errors are rendered in one place."""

from __future__ import annotations

import codecs
import contextlib
import errno
import gc
import importlib
import io
import os
import re
import sys
from collections.abc import Mapping, Sequence

import click

from cradlemark import __version__
from cradlemark.cli.usage_errors import show_usage_error
from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.core.language import Language, Text, visible
from cradlemark.core.positions import place_in
from cradlemark.core.system_reasons import system_reason

FAULT = 1
BAD_INPUT = 2
COLLECTION = (200_000, 20, 100)
"""Thresholds of the garbage collector: a short process that makes many values and hardly a cycle."""
SHOWN = 50
"""Problems that are printed one by one."""

_WORDS = {
    "problems": Text("{count} problems", "{count} 个问题"),
    "error": Text("error", "错误"),
    "repair": Text("repair", "修正"),
    "colon": Text(": ", "："),
    "more": Text("... and {rest} more", "……另有 {rest} 个"),
    "interrupted": Text("interrupted", "已中断"),
}
_LARGE = Text(
    "the input is too large or too deeply nested to be processed ({error})",
    "输入过大或嵌套过深，无法处理（{error}）",
)
_COMMANDS = {
    "footprint": (
        "cradlemark.cli.footprint",
        "footprint",
        "Calculate a product carbon footprint and its report.",
    ),
    "check": ("cradlemark.cli.footprint", "check", "Check a study against its rule pack."),
    "compare": ("cradlemark.cli.compare", "compare", "Compare two studies or two scenarios."),
    "explain": ("cradlemark.cli.explain", "explain", "Trace a number of a result to its sources."),
    "bom": ("cradlemark.cli.bom", "bom", "Read a bill of materials and show what was understood."),
    "data": ("cradlemark.cli.data", "data", "Search, show, list, import and check datasets."),
    "db": ("cradlemark.cli.db", "db", "Import, check, list and solve databases of unit processes."),
    "rules": ("cradlemark.cli.rules", "rules", "List and show rule packs, print a verifier's checklist."),
    "programme": (
        "cradlemark.cli.programme",
        "programme",
        "List, show and check label programmes.",
    ),
    "label": ("cradlemark.cli.label", "label", "Seal studies, issue and check labels."),
    "verify": ("cradlemark.cli.verify", "verify", "Recompute a sealed bundle offline."),
    "log": ("cradlemark.cli.log", "log", "Keep, publish, prove and audit a transparency log."),
    "tick": (
        "cradlemark.cli.log.ticking",
        "tick",
        "Run every timer of a programme and publish, for a scheduler.",
    ),
    "admin": ("cradlemark.cli.admin", "admin", "Back up, restore, audit and freeze a register."),
    "new": ("cradlemark.cli.new", "new", "Write a new study to fill in."),
}


class _Commands(click.Group):
    """Commands that are imported when they are needed, so that the command line starts fast."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module, name, _ = _COMMANDS[cmd_name]
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, summary) for name, (_, _, summary) in _COMMANDS.items()])


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="cradlemark")
def cradlemark() -> None:
    """Product carbon footprints and labels that can be recomputed, verified and scanned.

    From a bill of materials to a footprint: cradlemark footprint examples/terminal-block
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and exit: 0 done, 2 bad input, 1 a fault of the program."""
    gc.set_threshold(*COLLECTION)
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    _escape_what_cannot_be_written()
    said: dict[str, Language] = {}
    try:
        result = cradlemark.main(args=arguments, prog_name="cradlemark", standalone_mode=False, obj=said)
        if sys.stdout is not None:
            sys.stdout.flush()
    except CradlemarkError as error:
        show_problems(error, _language(said))
        return BAD_INPUT
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        show_usage_error(error, _language(said, arguments))
        return BAD_INPUT
    except click.Abort:
        click.echo(_WORDS["interrupted"][_language(said)], err=True)
        return FAULT
    except (SystemExit, OSError) as error:
        return _end_of_output(error, _language(said))
    except (MemoryError, RecursionError) as error:
        click.echo(_LARGE.format(error=type(error).__name__)[_language(said)], err=True)
        return BAD_INPUT
    return result if isinstance(result, int) else 0


def _language(said: Mapping[str, Language], arguments: Sequence[str] | None = None) -> Language:
    """The language that the command was given, even in a call that cannot be understood; else that of the environment."""
    if "language" in said:
        return said["language"]
    called = " ".join(sys.argv[1:] if arguments is None else arguments)
    if found := re.search(r"--lang[ =](en|zh)\b", called):
        return "zh" if found[1] == "zh" else "en"
    from cradlemark.cli.opening import default_language

    return default_language()


def _escape_what_cannot_be_written() -> None:
    """Let a terminal that is not UTF-8 show other characters as escapes (those of JSON) instead of failing."""
    codecs.register_error("cradlemark", _as_escapes)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="cradlemark")


def _as_escapes(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    units = error.object[error.start : error.end].encode("utf-16-be", "surrogatepass")
    escapes = (f"\\u{units[place]:02x}{units[place + 1]:02x}" for place in range(0, len(units), 2))
    return "".join(escapes), error.end


def _end_of_output(error: SystemExit | OSError, language: Language) -> int:
    """Return the exit code when the system refused something, or when the reader of the output has enough."""
    if isinstance(error, SystemExit | BrokenPipeError):  # click exits only when a pipe is closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    _show_system_error(error, language)
    return BAD_INPUT


def _show_system_error(error: OSError, language: Language) -> None:
    """Print what the operating system refuses; nothing more can be done when the terminal itself is full."""
    place = os.fspath(error.filename) if isinstance(error.filename, str | os.PathLike) else ""
    problem = InputError(
        Text("the system says: {reason}", "系统提示：{reason}").format(reason=system_reason(error)), code="system-refused", where=place,
        hint=Text("check the name, the rights to the folder and the free space", "检查名称、文件夹权限和剩余空间"),
    )  # fmt: skip
    with contextlib.suppress(OSError):
        show_problems(problem, language)
    # what is left in the buffer cannot be written at the end either
    if error.errno == errno.ENOSPC and not place:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_problems(error: CradlemarkError, language: Language = "en") -> None:
    """Print every problem of an error: place, what is wrong, repair."""
    problems = error.problems
    words = {
        key: text.format(count=len(problems), rest=len(problems) - SHOWN)[language]
        for key, text in _WORDS.items()
    }
    if len(problems) > 1:
        click.secho(words["problems"], fg="red", bold=True, err=True)
    for problem in problems[:SHOWN]:
        place = visible(place_in(problem.where, language))
        place = click.style(place, bold=True) + words["colon"] if place else ""
        message = visible(problem.message[language])
        click.echo(f"{click.style(words['error'], fg='red')} {place}{message} [{problem.code}]", err=True)
        if problem.hint:
            click.echo(f"      {words['repair']}{words['colon']}{visible(problem.hint[language])}", err=True)
    if len(problems) > SHOWN:
        click.echo(words["more"], err=True)
