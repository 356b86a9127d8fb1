"""``db draws``: how sure the impacts of the products of a database are, and which of two products is lower."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs
import click

from cradlemark.cli.db.categories import category_option, category_place, instead_line, shown_instead
from cradlemark.cli.db.options import gwp_option, json_option, name_argument, store_option
from cradlemark.cli.db.progress import progress_bar
from cradlemark.cli.db.sensitivity_part import sensitivity_document, sensitivity_lines
from cradlemark.cli.db.uncertain_part import uncertain_part
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language, Text, visible
from cradlemark.inventory.processes.remark_words import phrase

if TYPE_CHECKING:
    from cradlemark.inventory.dataset import GwpSet
    from cradlemark.inventory.processes.draw_sensitivity import Sensitivity
    from cradlemark.inventory.processes.draw_statistics import Comparison, Statistics
    from cradlemark.inventory.processes.draws import ProcessDraws
    from cradlemark.inventory.processes.products import Product
    from cradlemark.inventory.processes.tables import ProcessDatabase

LISTED = 5

_WORDS = {
    "drawing": Text("drawing", "抽样中"),
    "head": Text("{category}: {draws:,} draws, seed {seed}, {state}", "{category}：抽样 {draws:,} 次，种子 {seed}，{state}"),
    "made": Text("made now and kept", "本次完成并已保存"),
    "reused": Text("made before", "此前已完成"),
    "technosphere": Text("technosphere", "技术圈"),
    "biosphere": Text("biosphere that the category counts", "该类别所计的生物圈"),
    "unknown": Text("Nothing that counts here has an uncertainty with a width: the intervals have none because nothing is known,"
                    " not because the results are certain.",
                    "此处计入的数据均无带宽度的不确定性：区间没有宽度是因为无从得知，并非结果确定。"),
    "partly": Text("What is fixed may be uncertain as well: the intervals are lower bounds of the real ones.",
                   "固定项也可能不确定：所示区间是真实区间的下限。"),
    "other_centre": Text("{count:,} exchanges have a distribution centred elsewhere than at their amount; it is drawn around the amount.",
                         "{count:,} 条交换的分布中心与其数值不同，按数值抽样。"),
    "scores_not_given": Text("{count:,} exchanges lack some of their data quality scores; these add no spread.",
                             "{count:,} 条交换缺少部分数据质量评分，缺少者不增加离散。"),
    "columns": Text("{0:>12} {1:>27} {2:>7}  product | process", "{0:>12} {1:>27} {2:>7}  产品 | 过程"),
    "median": Text("median", "中位数"),
    "interval": Text("95 % interval", "95 % 区间"),
    "gsd": Text("GSD", "GSD"),
    "more": Text("... and {count:,} more; see all with --limit, some with --product", "……另有 {count:,} 项；用 --limit 查看全部，用 --product 选择"),
    "and_more": Text("... and {count:,} more", "……另有 {count:,} 项"),
    "suspects": Text("{count:,} draws to look at, {refused:,} of them refused (without a result)",
                     "需注意的抽样 {count:,} 次，其中 {refused:,} 次被拒绝（无结果）"),
    "suspect": Text("  draw {draw}: {reason}", "  第 {draw} 次：{reason}"),
    "accuracy": Text("largest relative residual {residual:.1e}, estimated error {error:.1e}; {direct:,} draws solved directly",
                     "最大相对残差 {residual:.1e}，估计误差 {error:.1e}；直接求解 {direct:,} 次"),
    "lower": Text("{a}\n  is lower than\n{b}\n  in {share:.1%} of the draws", "{a}\n  低于\n{b}\n  的抽样占 {share:.1%}"),
    "difference": Text("difference: median {median:.4g}, 95 % interval {low:.4g} to {high:.4g}",
                       "差值：中位数 {median:.4g}，95 % 区间 {low:.4g} 至 {high:.4g}"),
    "equal": Text("equal in {share:.1%} of the draws, counted half", "{share:.1%} 的抽样相等，按一半计"),
}  # fmt: skip


@click.command()
@name_argument
@click.option(
    "--draws",
    default=1000,
    show_default=True,
    type=click.IntRange(2, 100_000),
    help="Number of draws, at least.",
)
@click.option("--seed", default=1, show_default=True, type=click.IntRange(0), help="Seed of the draws.")
@click.option(
    "--threads",
    type=click.IntRange(1),
    help="Threads that draw; all processors by default. Results do not depend on it.",
)
@gwp_option
@category_option
@click.option(
    "--product",
    "wanted",
    multiple=True,
    help="Only products that this means: an identifier, its beginning, or words. Repeatable.",
)
@click.option(
    "--compare",
    nargs=2,
    metavar="A B",
    help="How often product A is lower than product B, on the same draws.",
)
@click.option(
    "--sensitivity",
    metavar="PRODUCT",
    help="Which exchanges make the result of this product uncertain.",
)
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="Number of products.")
@store_option
@json_option
@language_option
def draws(
    name: str,
    draws: int,
    seed: int,
    threads: int | None,
    gwp_set: str,
    category: str,
    wanted: tuple[str, ...],
    compare: tuple[str, str] | None,
    sensitivity: str | None,
    limit: int,
    store: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Draw the exchanges of database NAME from their distributions and show how sure its impacts are.

    The draws are made once, kept beside the database and shared by all its products, so that comparisons pair.
    """  # fmt: skip
    from cradlemark.inventory.processes.draws import process_draws
    from cradlemark.inventory.processes.products import find_product, products_of
    from cradlemark.inventory.processes.store import find_processes, read_processes

    about = find_processes(name, store)
    database = read_processes(about.folder)
    pair = _pair(database, compare) if compare else None
    one = find_product(database, sensitivity) if sensitivity else None
    chosen = _chosen(database, wanted) if wanted else () if pair or one else products_of(database)
    categories, place = _category(database, about.folder, cast("GwpSet", gwp_set), category)
    with progress_bar(_WORDS["drawing"][language]) as told:
        made = process_draws(
            database, about.folder, draws=draws, seed=seed, gwp_set=cast("GwpSet", gwp_set), category=place + 1,
            threads=threads or os.cpu_count() or 1, progress=told,
        )  # fmt: skip
    shown = chosen if as_json else chosen[:limit]
    results = _statistics(made, shown)
    compared = _compared(made, pair) if pair else None
    moved = _sensitivity(database, made, one, (cast("GwpSet", gwp_set), place + 1)) if one else None
    if as_json:
        document = _document(made, shown, results)
        document |= _comparison(pair, compared) if pair and compared else {}
        document |= sensitivity_document(one, moved) if one and moved else {}
        click.echo(json.dumps(_plain(document), ensure_ascii=False, indent=2, allow_nan=False))
        return
    lines = [instead_line(categories, language)] if shown_instead(categories, place, category) else []
    lines += _knowledge(made, language)
    lines += _product_lines(shown, results, len(chosen) - len(shown), language) if shown else ()
    lines += _comparison_lines(pair, compared, language) if pair and compared else ()
    lines += sensitivity_lines(one, moved, language) if one and moved else ()
    for line in (*lines, *_suspects(made, language)):
        click.echo(visible(line))


def _category(
    database: ProcessDatabase, folder: Path, gwp_set: GwpSet, wanted: str
) -> tuple[tuple[str, ...], int]:
    """Categories, and the place of the one that is drawn, counted from 0."""
    from cradlemark.inventory.processes.stored_intensities import solved_intensities

    solved = solved_intensities(database, gwp_set=gwp_set, folder=folder)
    return solved.categories, category_place(solved.categories, solved.values, wanted)


def _sensitivity(
    database: ProcessDatabase, made: ProcessDraws, product: Product, chosen: tuple[GwpSet, int]
) -> Sensitivity:
    from cradlemark.inventory.processes.draw_sensitivity import product_sensitivity
    from cradlemark.inventory.processes.draws import chosen_factors

    return product_sensitivity(database, made, product.activity, chosen_factors(database, *chosen))


def _chosen(database: ProcessDatabase, wanted: tuple[str, ...]) -> tuple[Product, ...]:
    from cradlemark.inventory.processes.products import find_product, matching_products, products_of

    products = products_of(database)
    found = {one.activity: one for text in wanted for one in matching_products(products, text)}
    if not found:
        find_product(database, wanted[0])  # says what is not there
    return tuple(found[activity] for activity in sorted(found))


def _pair(database: ProcessDatabase, texts: tuple[str, str]) -> tuple[Product, Product]:
    from cradlemark.core.errors import InputError
    from cradlemark.inventory.processes.products import find_product

    first, second = (find_product(database, text) for text in texts)
    if first.unit != second.unit:
        raise InputError(
            Text(
                f"the products have different units, {first.unit} and {second.unit}",
                f"产品的单位不同：{first.unit} 与 {second.unit}",
            ),
            code="comparison-units",
            hint=Text("compare products of one unit", "比较同一单位的产品"),
        )
    return first, second


def _statistics(made: ProcessDraws, products: tuple[Product, ...]) -> tuple[Statistics, ...]:
    from cradlemark.inventory.processes.draw_statistics import product_statistics

    return product_statistics(made, [product.activity for product in products])


def _compared(made: ProcessDraws, pair: tuple[Product, Product]) -> Comparison:
    from cradlemark.inventory.processes.draw_statistics import compare_products

    return compare_products(made, pair[0].activity, pair[1].activity)


def _knowledge(made: ProcessDraws, language: Language) -> Iterator[str]:
    """What the draws rest on."""
    state = _WORDS["reused" if made.reused else "made"][language]
    yield _WORDS["head"].format(
        category=phrase(made.category, language), draws=made.count, seed=made.seed, state=state
    )[language]
    for name, counts in (("technosphere", made.technosphere), ("biosphere", made.biosphere)):
        yield f"  {_WORDS[name][language]}: {uncertain_part(counts, language)}"
    uncertain = made.technosphere.uncertain + made.biosphere.uncertain
    fixed = made.technosphere.entries + made.biosphere.entries - uncertain
    if not uncertain:
        yield f"  {_WORDS['unknown'][language]}"
    elif fixed:
        yield f"  {_WORDS['partly'][language]}"
    for name in ("other_centre", "scores_not_given"):
        count = getattr(made, name)
        if count:
            yield f"  {_WORDS[name].format(count=count)[language]}"
    for problem in made.problems[:LISTED]:
        yield f"  {problem[language]}"
    if len(made.problems) > LISTED:
        yield f"  {_WORDS['and_more'].format(count=made.refused - LISTED)[language]}"


def _product_lines(
    products: tuple[Product, ...], results: tuple[Statistics, ...], more: int, language: Language
) -> Iterator[str]:
    names = (_WORDS[name][language] for name in ("median", "interval", "gsd"))
    yield _WORDS["columns"][language].format(*names)
    for product, found in zip(products, results, strict=True):
        interval = f"{found.low:.5g} .. {found.high:.5g}"
        gsd = "" if math.isnan(found.gsd) else f"{found.gsd:.3f}"
        name = f"{product.name[language]} [{product.unit}]"
        yield f"{found.median:>12.5g} {interval:>27} {gsd:>7}  {name[:70]} | {product.process[language][:50]} {product.place}"
    if more:
        yield _WORDS["more"].format(count=more)[language]


def _comparison_lines(
    pair: tuple[Product, Product], compared: Comparison, language: Language
) -> Iterator[str]:
    first, second = (
        f"{one.name[language]} [{one.unit}] | {one.process[language]} {one.place}" for one in pair
    )
    yield _WORDS["lower"].format(a=first, b=second, share=compared.lower)[language]
    if compared.equal:
        yield _WORDS["equal"].format(share=compared.equal)[language]
    difference = compared.difference
    yield _WORDS["difference"].format(median=difference.median, low=difference.low, high=difference.high)[
        language
    ]


def _suspects(made: ProcessDraws, language: Language) -> Iterator[str]:
    if made.suspects:
        refused = sum(one.refused for one in made.suspects)
        yield _WORDS["suspects"].format(count=len(made.suspects), refused=refused)[language]
        for one in made.suspects[:LISTED]:
            yield _WORDS["suspect"].format(draw=one.draw, reason=one.reason)[language]
    yield _WORDS["accuracy"].format(residual=made.residual, error=made.forward_error, direct=made.direct)[
        language
    ]


def _document(
    made: ProcessDraws, products: tuple[Product, ...], results: tuple[Statistics, ...]
) -> dict[str, Any]:
    known = {
        name: attrs.asdict(counts) | {"uncertain": counts.uncertain}
        for name, counts in (("technosphere", made.technosphere), ("biosphere", made.biosphere))
    }
    return {
        "category": made.category,
        "draws": made.count,
        "seed": made.seed,
        "engine": made.engine,
        "reused": made.reused,
        **known,
        "other_centre": made.other_centre,
        "scores_not_given": made.scores_not_given,
        "distributions_refused": made.refused,
        "problems": [attrs.asdict(problem) for problem in made.problems],
        "residual": made.residual,
        "forward_error": made.forward_error,
        "solved_directly": made.direct,
        "suspects": [attrs.asdict(one) for one in made.suspects],
        "products": [
            _described(product) | attrs.asdict(found)
            for product, found in zip(products, results, strict=True)
        ],
    }


def _described(product: Product) -> dict[str, Any]:
    return {
        "id": product.id,
        "name": {"en": product.name.en, "zh": product.name.zh},
        "process": {"en": product.process.en, "zh": product.process.zh},
        "place": product.place,
        "unit": product.unit,
    }


def _comparison(pair: tuple[Product, Product], compared: Comparison) -> dict[str, Any]:
    return {
        "comparison": {
            "first": _described(pair[0]),
            "second": _described(pair[1]),
            "probability_first_lower": compared.lower,
            "equal": compared.equal,
            "difference": attrs.asdict(compared.difference),
        }
    }


def _plain(value: Any) -> Any:
    """The same without what JSON has no number for: None instead of nan."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
