"""``cradlemark label``: seal a study, issue, show and check labels."""

from __future__ import annotations

import click

from cradlemark.cli.label.certifying import certificate
from cradlemark.cli.label.grading import benchmark, grade, population
from cradlemark.cli.label.issuing import issue, revoke, status
from cradlemark.cli.label.linting import lint
from cradlemark.cli.label.rendering import render
from cradlemark.cli.label.sealing import redact, seal
from cradlemark.cli.label.tracking import reduction
from cradlemark.cli.label.verifying import verify


@click.group()
def label() -> None:
    """Labels: from a sealed study to something that anybody can check."""


for command in (
    seal, redact, issue, status, revoke, render, certificate, verify, reduction, benchmark, population, grade, lint,
):  # fmt: skip
    label.add_command(command)
