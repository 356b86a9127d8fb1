"""Options that several commands of ``cradlemark log`` and ``cradlemark label`` share."""

from __future__ import annotations

import datetime
import os
import sys
from pathlib import Path

import click

from cradlemark.cli.opening import creation_time
from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

PASSPHRASE = "CRADLEMARK_PASSPHRASE"  # noqa: S105 - the name of a variable
home_argument = click.argument("home", type=click.Path(path_type=Path, file_okay=False))
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    help=f"File with the passphrase of the keys; otherwise the variable {PASSPHRASE}, otherwise it is asked for.",
)
trust_option = click.option(
    "--trust",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="Trust file of the programme, trust.json, or a policy of log and witness keys.",
)


def passphrase_of(file: Path | None, *, confirm: bool = False) -> str:
    """The passphrase of the keys."""
    if file is not None:
        return file.read_text(encoding="utf-8").rstrip("\r\n")
    given = os.environ.get(PASSPHRASE, "")
    if given:
        return given
    if not sys.stdin.isatty():
        raise InputError(
            Text("the keys need a passphrase", "密钥需要口令"),
            code="passphrase-missing",
            hint=Text(
                f"set {PASSPHRASE}, or give --passphrase-file",
                f"设置 {PASSPHRASE}，或用 --passphrase-file 给出",
            ),
        )
    return str(click.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm))


def now() -> datetime.datetime:
    """The time that is written down; SOURCE_DATE_EPOCH fixes it."""
    return datetime.datetime.fromtimestamp(creation_time(), datetime.UTC)
