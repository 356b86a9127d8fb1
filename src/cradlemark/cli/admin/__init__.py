"""``cradlemark admin``: what whoever runs a register does with it."""

from __future__ import annotations

import os

import click

from cradlemark.cli.admin.backing_up import backup, restore
from cradlemark.cli.admin.operating import audit, freeze, unfreeze
from cradlemark.cli.admin.renewing import create_operator, reissue_keys, support


@click.group()
def admin() -> None:
    """Back up, restore, audit and freeze a register; renew its keys; invite its first officer; say who supports."""
    # The tables of accounts and sessions belong to the portal; they are in the same database, and in its backup.
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cradlemark.portal.settings")


for command in (backup, restore, audit, freeze, unfreeze, reissue_keys, create_operator, support):
    admin.add_command(command)
