"""``cradlemark log``: the transparency log of a programme, made, published, proven and audited."""

from __future__ import annotations

import click

from cradlemark.cli.log.checking import audit, prove
from cradlemark.cli.log.keeping import append, init, publish
from cradlemark.cli.log.keys import distrust, replace_key, retire, rotate
from cradlemark.cli.log.ticking import tick
from cradlemark.cli.log.witnesses import witnesses
from cradlemark.cli.log.witnessing import witness


@click.group()
def log() -> None:
    """The transparency log of a programme: it only grows, and anybody can check that."""


for command in (
    init, append, publish, tick, rotate, replace_key, retire, distrust, witnesses, prove, audit, witness,
):  # fmt: skip
    log.add_command(command)
