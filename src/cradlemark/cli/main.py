"""The command ``cradlemark``: commands are loaded when they are called, errors are rendered in one place."""

from __future__ import annotations

import codecs
import contextlib
import errno
import gc
import importlib
import io
import os
import sys
from collections.abc import Sequence

import click

from cradlemark import __version__
from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.core.language import visible

FAULT = 1
BAD_INPUT = 2
COLLECTION = (200_000, 20, 100)
"""Thresholds of the garbage collector: a short process that makes many values and hardly a cycle."""
SHOWN = 50
"""Problems that are printed one by one."""

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
    try:
        result = cradlemark.main(args=arguments, prog_name="cradlemark", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()
    except CradlemarkError as error:
        show_problems(error)
        return BAD_INPUT
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return BAD_INPUT
    except click.Abort:
        click.echo("interrupted", err=True)
        return FAULT
    except (SystemExit, OSError) as error:
        return _end_of_output(error)
    except (MemoryError, RecursionError) as error:
        click.echo(
            f"the input is too large or too deeply nested to be processed ({type(error).__name__})", err=True
        )
        return BAD_INPUT
    return result if isinstance(result, int) else 0


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


def _end_of_output(error: SystemExit | OSError) -> int:
    """Return the exit code when the system refused something, or when the reader of the output has enough."""
    if isinstance(error, SystemExit | BrokenPipeError):  # click exits only when a pipe is closed
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    _show_system_error(error)
    return BAD_INPUT


def _show_system_error(error: OSError) -> None:
    """Print what the operating system refuses; nothing more can be done when the terminal itself is full."""
    place = os.fspath(error.filename) if isinstance(error.filename, str | os.PathLike) else ""
    reason = (error.strerror or str(error)).lower()
    problem = InputError(
        f"the system says: {reason}", code="system-refused", where=place,
        hint="check the name, the rights to the folder and the free space",
    )  # fmt: skip
    with contextlib.suppress(OSError):
        show_problems(problem)
    # what is left in the buffer cannot be written at the end either
    if error.errno == errno.ENOSPC and not place:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def show_problems(error: CradlemarkError) -> None:
    """Print every problem of an error: place, what is wrong, repair."""
    problems = error.problems
    if len(problems) > 1:
        click.secho(f"{len(problems)} problems", fg="red", bold=True, err=True)
    for problem in problems[:SHOWN]:
        place = click.style(visible(problem.where), bold=True) + ": " if problem.where else ""
        message = visible(problem.message)
        click.echo(f"{click.style('error', fg='red')} {place}{message} [{problem.code}]", err=True)
        if problem.hint:
            click.echo(f"      repair: {visible(problem.hint)}", err=True)
    if len(problems) > SHOWN:
        click.echo(f"... and {len(problems) - SHOWN} more", err=True)
