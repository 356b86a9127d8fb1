"""``cradlemark db``: databases of processes, imported, listed, checked, solved, explained and exported."""

from __future__ import annotations

import click

from cradlemark.cli.db.drawing import draws
from cradlemark.cli.db.exporting import export
from cradlemark.cli.db.importing import check, import_database
from cradlemark.cli.db.listing import info, list_databases
from cradlemark.cli.db.solving import solve
from cradlemark.cli.db.template import template
from cradlemark.cli.db.tree import tree


@click.group()
def db() -> None:
    """Databases of processes: unit processes with all their exchanges, linked and allocated."""


for command in (import_database, check, list_databases, info, solve, tree, draws, template, export):
    db.add_command(command)
