"""Write the part of docs/reference/cli.md that lists every command, from the commands themselves.

Run it with `.venv/bin/python scripts/command_reference.py` after a command or an option has changed; a test fails
until it has been run.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

import click

from cradlemark.cli.main import cradlemark

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "cli.md"
MARKER = "<!-- below this line: written by scripts/command_reference.py -->\n"


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Context, click.Command]]:
    """Return every command below a group, with the context that knows its full name."""
    if not isinstance(command, click.Group):
        yield context, command
        return
    for name in command.list_commands(context):
        found = command.get_command(context, name)
        assert found is not None
        yield from commands(found, click.Context(found, info_name=name, parent=context))


def content(option: click.Option) -> str:
    """Return what an option takes: its choices, its bounds or a word; empty for a flag."""
    if option.is_flag:
        return ""
    if isinstance(option.type, click.Choice):
        return ", ".join(f"`{choice}`" for choice in option.type.choices if choice)
    if isinstance(option.type, click.IntRange):
        top = "" if option.type.max is None else f" to {option.type.max}"
        return f"whole number from {option.type.min}{top}"
    if isinstance(option.type, click.FloatRange):
        top = "" if option.type.max is None else f" to {option.type.max:g}"
        return f"number from {option.type.min:g}{top}"
    words = {
        "float": "number",
        "file": "file",
        "path": "file",
        "directory": "folder",
        "integer": "whole number",
        "text": "text",
        "datetime": "day",
    }
    return words[option.type.name]


def option_line(option: click.Option) -> str:
    """Return the row of one option."""
    names = ", ".join(f"`{name}`" for name in sorted(option.opts, key=len, reverse=True))
    default = option.default if isinstance(option.default, float | int | str) and not option.is_flag else ""
    repeated = " May be repeated." if option.multiple and "repeat" not in (option.help or "") else ""
    return f"| {names} | {content(option)} | {f'`{default}`' if default else ''} | {option.help}{repeated} |"


def section(context: click.Context, command: click.Command) -> str:
    """Return the section of one command."""
    arguments = [p.make_metavar(context) for p in command.params if isinstance(p, click.Argument)]
    title = " ".join((context.command_path, *arguments))
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    text = "\n\n".join(part.replace("\n", " ") for part in paragraphs)
    options = [option_line(p) for p in command.params if isinstance(p, click.Option)]
    table = ["| option | takes | default | meaning |", "| --- | --- | --- | --- |", *options]
    return "\n".join((f"## {context.command_path}", "", f"`{title}`", "", text, "", *table, ""))


def reference() -> str:
    """Return the whole generated part."""
    root = click.Context(cradlemark, info_name="cradlemark")
    return "\n".join(section(context, command) for context, command in commands(cradlemark, root))


def main() -> None:
    """Replace the generated part of the page."""
    above, _, _ = PAGE.read_text(encoding="utf-8").partition(MARKER)
    PAGE.write_text(f"{above}{MARKER}\n{reference()}", encoding="utf-8")


if __name__ == "__main__":
    main()
