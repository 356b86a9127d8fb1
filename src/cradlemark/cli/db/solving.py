"""``db solve``: the impact of one unit of every product, and what should be looked at."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from cradlemark.cli.db.categories import category_option, category_place, instead_line, shown_instead
from cradlemark.cli.db.mapped_methods import mapped_methods, method_lines, write_method_report
from cradlemark.cli.db.options import gwp_option, json_option, method_option, name_argument, store_option
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text, visible
from cradlemark.footprint.report.figures import percent, significant
from cradlemark.inventory.processes.remark_words import phrase

if TYPE_CHECKING:
    from cradlemark.inventory.dataset import GwpSet
    from cradlemark.inventory.processes.cut_offs import CutOffWeights
    from cradlemark.inventory.processes.intensities import ProductIntensities
    from cradlemark.inventory.processes.nomenclature import MappedMethod
    from cradlemark.inventory.processes.products import Product
    from cradlemark.inventory.processes.tables import ProcessDatabase

SHOWN = 5
NEGLIGIBLE = 0.0005
"""Share of a result below which an estimate of cut-offs is called nothing [1]."""

_WORDS = {
    "residual": Text("largest relative residual {value:.1e}", "最大相对残差 {value:.1e}"),
    "one_sided": Text("counted by one method only", "仅由一种方法计入"),
    "cut": Text("inputs cut off: {count}", "被截断的输入：{count} 个"),
    "more": Text("... and {count} more; see all with --limit", "……另有 {count} 项；用 --limit 查看"),
    "share": Text("cut-offs of its supply chain would add about {share}", "其供应链的截断估计约增加 {share}"),
    "value": Text("cut-offs of its supply chain would add about {value} kg CO2e", "其供应链的截断估计约增加 {value} kg CO2e"),
    "without": Text("open inputs of its supply chain without estimate: {count}", "其供应链中无估计的未链接输入：{count} 个"),
    "summary": Text(
        "cut-offs: {known} of {all} open inputs have an estimate; the results do not contain it",
        "截断：{all} 个未链接输入中 {known} 个有估计；结果中不含该估计",
    ),
    "uncounted": Text(
        "greenhouse gases that are not counted, for the source gives them no compartment or no mass: {names}",
        "未计入的温室气体（数据源未给出环境介质或质量）：{names}",
    ),
    "list": Text("open inputs and their proxies", "未链接的输入及其替代数据"),
    "unknown": Text("weight unknown", "影响未知"),
}  # fmt: skip


@click.command()
@name_argument
@gwp_option
@method_option
@click.option(
    "--method-report",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a .csv file how each elementary flow was mapped to each method.",
)
@click.option("--search", default="", help="Only products or processes whose name has these words.")
@category_option
@click.option("--doubtful", is_flag=True, help="Only products whose value should be looked at.")
@click.option(
    "--cut-offs", is_flag=True, help="List every open input with its proxy, score, value and status."
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Number of products.")
@store_option
@json_option
@language_option
def solve(
    name: str,
    gwp_set: str,
    method_names: tuple[str, ...],
    method_report: Path | None,
    search: str,
    category: str,
    doubtful: bool,
    cut_offs: bool,
    limit: int,
    store: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Calculate the climate impact per unit of every product of database NAME and mark what looks wrong.

    Another impact category of the database is shown with --category, those of other sources with --method; remarks are
    always on the climate impact by gas, and only shown with it.

    Open inputs are cut off. What they may weigh is estimated with proxies and shown, never added.
    """
    from cradlemark.inventory.matching import Matcher
    from cradlemark.inventory.processes.cut_offs import cut_off_weights
    from cradlemark.inventory.processes.intensities import product_intensities
    from cradlemark.inventory.processes.products import products_of
    from cradlemark.inventory.processes.solved import solve_database
    from cradlemark.inventory.processes.store import find_processes, read_processes
    from cradlemark.inventory.starter import default_inventory

    about = find_processes(name, store)
    database, gwp = read_processes(about.folder), cast("GwpSet", gwp_set)
    methods = mapped_methods(database, method_names, store)
    written = write_method_report(method_report, methods, language)
    factors = [method.factors for method in methods]
    solved = product_intensities(database, gwp_set=gwp, methods=factors, folder=about.folder)
    weights = cut_off_weights(solve_database(database, gwp_set=gwp), Matcher(default_inventory()))
    chosen = [
        row
        for row in range(len(solved.products))
        if _has_words(search, solved, row) and (not doubtful or solved.doubts[row])
    ]
    if as_json:
        rows = [_row(solved, weights, row) for row in chosen]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    shown = _shown_categories(solved, category, len(methods))
    if shown_instead(solved.categories, shown[0], category, methods=len(methods)):
        click.echo(instead_line(solved.categories, language))
    click.echo(visible("; ".join(phrase(solved.categories[place], language) for place in shown)))
    products = products_of(database)
    for row in chosen[:limit]:
        _show(solved, weights, products[row], shown, language)
    if len(chosen) > limit:
        click.echo(_WORDS["more"].format(count=len(chosen) - limit)[language])
    for line in _notes(solved, weights, methods, language, limit=limit, listed=cut_offs):
        click.echo(line)
    for line in _uncounted(database, language):
        click.echo(line)
    if written:
        click.echo(written)
    click.echo(_WORDS["residual"].format(value=solved.residual)[language])


def _uncounted(database: ProcessDatabase, language: Language) -> Iterator[str]:
    """Greenhouse gases that are in no climate impact, for want of a compartment or of a mass."""
    from cradlemark.inventory.processes.characterise import uncounted_gases

    names = [database["flows"].texts(column) for column in ("name_en", "name_zh")]
    found = [names[0][row] or names[1][row] for row, _ in uncounted_gases(database)]
    if found:
        more = "" if len(found) <= SHOWN else f", ... ({len(found)})"
        yield visible(_WORDS["uncounted"].format(names=", ".join(found[:SHOWN]) + more)[language])


def _notes(
    solved: ProductIntensities,
    weights: CutOffWeights,
    methods: Sequence[MappedMethod],
    language: Language,
    *,
    limit: int,
    listed: bool,
) -> Iterator[str]:
    """What has to be known besides the values: flows of one method only, open inputs, mapped flows."""
    for line in solved.one_sided[:limit]:
        yield f"{_WORDS['one_sided'][language]}: {visible(line)}"
    if listed:
        yield from _open_inputs(weights, language)
    yield from method_lines(methods, language)
    known, every = weights.estimated_uses
    if every:
        yield _WORDS["summary"].format(known=known, all=every)[language]


def _has_words(words: str, solved: ProductIntensities, row: int) -> bool:
    text = f"{solved.products[row]} {solved.processes[row]}".lower()
    return all(word in text for word in words.lower().split())


def _shown_categories(solved: ProductIntensities, words: str, methods: int) -> tuple[int, ...]:
    """Places of the categories that are shown: the one asked for, else those of other sources, which come last."""
    count = len(solved.categories)
    if methods and not words.strip():
        return tuple(range(count - methods, count))
    return (category_place(solved.categories, solved.values, words),)


def _show(
    solved: ProductIntensities,
    weights: CutOffWeights,
    product: Product,
    categories: tuple[int, ...],
    language: Language,
) -> None:
    row = product.activity
    values = " ".join(f"{solved.values[category, row]:>14.5g}" for category in categories)
    name, process = visible(product.name[language])[:70], visible(product.process[language])[:60]
    click.echo(f"{values}  {name} [{visible(product.unit)}]  | {process} {visible(product.place)}".rstrip())
    if categories != (0,):
        return
    remarks = [phrase(visible(doubt), language) for doubt in solved.doubts[row]]
    if solved.cut_off_inputs[row]:
        remarks.append(_WORDS["cut"].format(count=solved.cut_off_inputs[row])[language])
    remarks.extend(_estimate(float(solved.values[0, row]), weights, row, language))
    if remarks:
        click.echo(f"{'':16}{'; '.join(remarks)}")


def _estimate(value: float, weights: CutOffWeights, row: int, language: Language) -> Iterator[str]:
    added, unknown = float(weights.added[row]), int(weights.unknown[row])
    if value == 0.0 and added:
        yield _WORDS["value"].format(value=significant(added))[language]
    elif value and abs(added / value) >= NEGLIGIBLE:
        yield _WORDS["share"].format(share=percent(added / value))[language]
    if unknown:
        yield _WORDS["without"].format(count=unknown)[language]


def _open_inputs(weights: CutOffWeights, language: Language) -> Iterator[str]:
    yield f"{_WORDS['list'][language]}:"
    for each in weights.inputs:
        name = f"{each.uses:>6} x {visible(each.name[language])[:60]} [{visible(each.unit)}]"
        if each.proxy is None:
            yield f"{name}: {_WORDS['unknown'][language]}"
            continue
        proxy = each.proxy
        weight = f"{significant(proxy.value, 4)} kg CO2e/{visible(each.unit)}"
        yield f"{name}: {visible(proxy.name[language])[:60]} ({proxy.score:.0f}, {weight}, {proxy.status})"


def _row(solved: ProductIntensities, weights: CutOffWeights, row: int) -> dict[str, Any]:
    value, added = float(solved.values[0, row]), float(weights.added[row])
    share = added / value if value else math.nan
    return {
        "product": solved.products[row],
        "process": solved.processes[row],
        "place": solved.places[row],
        "impacts": {name: float(solved.values[i, row]) for i, name in enumerate(solved.categories)},
        "cut_off_inputs": int(solved.cut_off_inputs[row]),
        "cut_off_estimate": {
            "own": float(weights.own[row]),
            "supply_chain": added,
            "share": None if math.isnan(share) else share,
            "inputs_without_estimate": int(weights.unknown[row]),
        },
        "doubts": list(solved.doubts[row]),
    }
