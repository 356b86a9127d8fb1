"""The command ``cradlemark``: commands are loaded when they are called, errors are rendered in one place."""

from __future__ import annotations

import importlib
import os
import sys
from collections.abc import Sequence

import click

from cradlemark import __version__
from cradlemark.core.errors import CradlemarkError

FAULT = 1
BAD_INPUT = 2
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
    "rules": ("cradlemark.cli.rules", "rules", "List and show rule packs, print a verifier's checklist."),
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
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    try:
        result = cradlemark.main(args=arguments, prog_name="cradlemark", standalone_mode=False)
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
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (MemoryError, RecursionError) as error:
        click.echo(
            f"the input is too large or too deeply nested to be processed ({type(error).__name__})", err=True
        )
        return BAD_INPUT
    return result if isinstance(result, int) else 0


def show_problems(error: CradlemarkError) -> None:
    """Print every problem of an error: place, what is wrong, repair."""
    problems = error.problems
    if len(problems) > 1:
        click.secho(f"{len(problems)} problems", fg="red", bold=True, err=True)
    for problem in problems[:SHOWN]:
        place = click.style(problem.where, bold=True) + ": " if problem.where else ""
        click.echo(f"{click.style('error', fg='red')} {place}{problem.message} [{problem.code}]", err=True)
        if problem.hint:
            click.echo(f"      repair: {problem.hint}", err=True)
    if len(problems) > SHOWN:
        click.echo(f"... and {len(problems) - SHOWN} more", err=True)
