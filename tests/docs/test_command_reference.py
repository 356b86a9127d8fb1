"""The page of the commands lists every command, argument and option that exists, and nothing else."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import click
import pytest

from cradlemark.cli.main import cradlemark

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def script() -> ModuleType:
    """The script that writes the page."""
    path = ROOT / "scripts" / "command_reference.py"
    spec = importlib.util.spec_from_file_location("command_reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def every_command(script: ModuleType) -> list[tuple[click.Context, click.Command]]:
    return list(script.commands(cradlemark, click.Context(cradlemark, info_name="cradlemark")))


def test_the_page_is_what_the_commands_say(script: ModuleType) -> None:
    written = PAGE.partition(script.MARKER)[2]
    assert written == f"\n{script.reference()}", "run .venv/bin/python scripts/command_reference.py"


def test_every_command_and_option_says_what_it_does(script: ModuleType) -> None:
    silent = []
    for context, command in every_command(script):
        if not command.help:
            silent.append(context.command_path)
        for option in command.params:
            if isinstance(option, click.Option) and not option.help:
                silent.append(f"{context.command_path} {option.opts[0]}")
    assert not silent


def test_commands_of_groups_are_listed(script: ModuleType) -> None:
    names = {context.command_path for context, _ in every_command(script)}
    assert {"cradlemark footprint", "cradlemark data search", "cradlemark rules checklist"} <= names
    assert len(names) >= 14


def test_a_new_option_changes_the_reference(script: ModuleType) -> None:
    extra = click.Option(["--extra"], help="Something new.")
    context, command = every_command(script)[0]
    changed = click.Command(command.name, params=[*command.params, extra], help=command.help)
    assert "| `--extra` | text |  | Something new. |" in script.section(context, changed)
