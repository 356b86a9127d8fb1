"""``db solve``: the impact of one unit of every product, and what should be looked at."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from cradlemark.cli.db.options import gwp_option, json_option, name_argument, store_option
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text

if TYPE_CHECKING:
    from cradlemark.inventory.dataset import GwpSet
    from cradlemark.inventory.processes.intensities import ProductIntensities

_WORDS = {
    "residual": Text("largest relative residual {value:.1e}", "最大相对残差 {value:.1e}"),
    "one_sided": Text("counted by one method only", "仅由一种方法计入"),
    "cut": Text("{count} inputs cut off", "{count} 个输入被截断"),
    "more": Text("... and {count} more; see all with --limit", "……另有 {count} 项；用 --limit 查看"),
}  # fmt: skip


@click.command()
@name_argument
@gwp_option
@click.option("--search", default="", help="Only products or processes whose name has these words.")
@click.option("--doubtful", is_flag=True, help="Only products whose value should be looked at.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Number of products.")
@store_option
@json_option
@language_option
def solve(
    name: str,
    gwp_set: str,
    search: str,
    doubtful: bool,
    limit: int,
    store: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Calculate the climate impact per unit of every product of database NAME and mark what looks wrong."""
    from cradlemark.inventory.processes.intensities import product_intensities
    from cradlemark.inventory.processes.store import find_processes, read_processes

    about = find_processes(name, store)
    solved = product_intensities(
        read_processes(about.folder), gwp_set=cast("GwpSet", gwp_set), folder=about.folder
    )
    chosen = [
        row
        for row in range(len(solved.products))
        if _has_words(search, solved, row) and (solved.doubts[row] or not doubtful)
    ]
    if as_json:
        click.echo(json.dumps([_row(solved, row) for row in chosen], ensure_ascii=False, indent=2))
        return
    click.echo(solved.categories[0])
    for row in chosen[:limit]:
        click.echo(
            f"{solved.values[0, row]:>14.5g}  {solved.products[row][:70]}  | {solved.processes[row][:60]}"
        )
        remarks = list(solved.doubts[row])
        if solved.cut_off_inputs[row]:
            remarks.append(_WORDS["cut"].format(count=solved.cut_off_inputs[row])[language])
        if remarks:
            click.echo(f"{'':16}{'; '.join(remarks)}")
    if len(chosen) > limit:
        click.echo(_WORDS["more"].format(count=len(chosen) - limit)[language])
    for line in solved.one_sided[:limit]:
        click.echo(f"{_WORDS['one_sided'][language]}: {line}")
    click.echo(_WORDS["residual"].format(value=solved.residual)[language])


def _has_words(words: str, solved: ProductIntensities, row: int) -> bool:
    text = f"{solved.products[row]} {solved.processes[row]}".lower()
    return all(word in text for word in words.lower().split())


def _row(solved: ProductIntensities, row: int) -> dict[str, Any]:
    return {
        "product": solved.products[row],
        "process": solved.processes[row],
        "place": solved.places[row],
        "impacts": {name: float(solved.values[i, row]) for i, name in enumerate(solved.categories)},
        "cut_off_inputs": int(solved.cut_off_inputs[row]),
        "doubts": list(solved.doubts[row]),
    }
