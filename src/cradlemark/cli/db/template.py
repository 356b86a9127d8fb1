"""``db template``: an empty workbook of unit processes."""

from __future__ import annotations

from pathlib import Path

import click

from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

_WRITTEN = Text(
    "{name}: fill in the sheets, then import it with: cradlemark db import {name}",
    "{name}：填写各工作表后导入：cradlemark db import {name}",
)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@language_option
def template(file: Path, language: Language) -> None:
    """Write FILE, a workbook (.xlsx) of unit processes with its headings, an example and what the headings mean."""
    from cradlemark.inventory.importers.process_tables.template import write_process_template

    write_process_template(file, language=language)
    click.echo(_WRITTEN.format(name=file.name)[language])
