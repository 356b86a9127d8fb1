"""``db export``: a stored database for another system."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from cradlemark.cli.db.options import name_argument, store_option
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.inventory.dataset import GwpSet

_WORDS = {
    "written": Text("{name} written: {format}, {size} bytes", "已写入 {name}：{format}，{size} 字节"),
    "left_out": Text("not in it, because they make nothing: {count} processes", "其中不含无产出的过程：{count} 个"),
}  # fmt: skip


@click.command()
@name_argument
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--format", "kind", required=True, type=click.Choice(["openlca", "bw-processing"]),
    help="openLCA JSON-LD, or a bw_processing data package for bw2calc.",
)  # fmt: skip
@click.option(
    "--gwp", "gwp_set", default="AR6", show_default=True, type=click.Choice(["AR4", "AR5", "AR6"]),
    help="Assessment report whose GWP100 values the data package has.",
)  # fmt: skip
@store_option
@language_option
def export(name: str, out: Path, kind: str, gwp_set: str, store: Path | None, language: Language) -> None:
    """Write database NAME to OUT, a zip file that does not exist yet."""
    from cradlemark.inventory.exporters.process_databases import export_processes
    from cradlemark.inventory.processes.store import read_processes

    written = export_processes(read_processes(name, store), out, kind=kind, gwp_set=cast("GwpSet", gwp_set))
    size = f"{out.stat().st_size:,}"
    click.echo(_WORDS["written"].format(name=out.name, format=written.format, size=size)[language])
    if written.left_out:
        click.echo(_WORDS["left_out"].format(count=len(written.left_out))[language])
