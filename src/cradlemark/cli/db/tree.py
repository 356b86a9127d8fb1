"""``db tree``: where the impact of one product comes from, upstream."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import click

from cradlemark.cli.db.categories import category_option, category_place, instead_line, shown_instead
from cradlemark.cli.db.mapped_methods import mapped_methods
from cradlemark.cli.db.options import gwp_option, json_option, method_option, name_argument, store_option
from cradlemark.cli.opening import language_option
from cradlemark.core.language import Language

if TYPE_CHECKING:
    from cradlemark.engine.contributions import Contributions
    from cradlemark.engine.life_cycle_inventory import LifeCycleInventory
    from cradlemark.engine.tiers import Supply
    from cradlemark.inventory.dataset import GwpSet
    from cradlemark.inventory.processes.changes import NewAmount
    from cradlemark.inventory.processes.products import Product
    from cradlemark.inventory.processes.solved import Solved

LISTS = ("processes", "flows", "places")
"""Contributions that can be asked for, in the order in which they are shown."""


@click.command()
@name_argument
@click.argument("product")
@click.option("--amount", default=1.0, show_default=True, help="Amount of the product, in its unit.")
@gwp_option
@method_option
@category_option
@click.option(
    "--cut-off", default=0.01, show_default=True, type=click.FloatRange(0.0, 1.0, max_open=True),
    help="Share of the total below which an input or a contribution goes into the remainder.",
)  # fmt: skip
@click.option("--depth", default=5, show_default=True, type=click.IntRange(0, 40), help="Steps upstream.")
@click.option(
    "--change", "changes", multiple=True,
    help='What if: "TAKEN -> AMOUNT" or "USER: TAKEN -> AMOUNT", per unit of the user\'s product; 0 takes it away.',
)  # fmt: skip
@click.option("--tiers", is_flag=True, help="Add up by number of steps from the product.")
@click.option("--processes", is_flag=True, help="List the processes that emit.")
@click.option("--flows", is_flag=True, help="List the elementary flows.")
@click.option("--places", is_flag=True, help="List the places where processes emit.")
@click.option(
    "--sankey", type=click.Path(path_type=Path, dir_okay=False),
    help="Write the flow diagram to a file ending in .json, .svg or .html.",
)  # fmt: skip
@store_option
@json_option
@language_option
def tree(
    name: str,
    product: str,
    amount: float,
    gwp_set: str,
    method_names: tuple[str, ...],
    category: str,
    cut_off: float,
    depth: int,
    changes: tuple[str, ...],
    tiers: bool,
    processes: bool,
    flows: bool,
    places: bool,
    sankey: Path | None,
    store: Path | None,
    as_json: bool,
    language: Language,
) -> None:
    """Show where the impact of PRODUCT of database NAME comes from.

    PRODUCT is an identifier of a process or a flow, the beginning of one, or words of the names. The tree adds up at
    every place: total = own emissions + inputs shown + remainder.
    """
    from cradlemark.cli.db import tree_terminal
    from cradlemark.engine.tiers import upstream_tree
    from cradlemark.inventory.processes.products import find_product, products_of
    from cradlemark.inventory.processes.solved import solve_database
    from cradlemark.inventory.processes.store import read_processes

    database = read_processes(name, store)
    chosen = find_product(database, product)
    methods = [method.factors for method in mapped_methods(database, method_names, store)]
    solved = solve_database(database, gwp_set=cast("GwpSet", gwp_set), methods=methods)
    categories = solved.matrices.system.categories
    number = category_place(categories, solved.result.values, category, methods=len(methods))
    before = float(solved.result.values[number, chosen.activity]) * amount
    solved, new_amounts = _changed(solved, changes, chosen)
    inventory = solved.inventory(chosen.activity, amount)
    root = upstream_tree(solved.result, chosen.activity, amount, number, cut_off=cut_off, depth=depth)
    wanted = [key for key, asked in zip(LISTS, (processes, flows, places), strict=True) if asked]
    parts = dict(_contributions(inventory, number, wanted, cut_off))
    steps = _tiers(solved, chosen, amount, number) if tiers else None
    written = _write_sankey(sankey, solved, inventory, number, chosen, amount, language) if sankey else None
    products = products_of(database)
    if as_json:
        document = _document(solved, chosen, amount, number, root, products)
        document |= {key: _list(found) for key, found in parts.items()}
        document |= {"tiers": steps} if steps else {}
        document |= _change_document(new_amounts, before) if changes else {}
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
        return
    if shown_instead(categories, number, category, methods=len(methods)):
        click.echo(instead_line(categories, language))
    shown = tree_terminal.Shown(products, solved.matrices.system.categories[number], language, root.total)
    for new_amount in new_amounts:
        tree_terminal.show_change(new_amount, shown)
    if changes:
        tree_terminal.show_before(before, shown)
    tree_terminal.show_tree(root, shown)
    if steps:
        tree_terminal.show_tiers(steps, shown)
    for key, found in parts.items():
        tree_terminal.show_list(key, found, shown)
    if written:
        click.echo(written)


def _changed(
    solved: Solved, changes: tuple[str, ...], product: Product
) -> tuple[Solved, tuple[NewAmount, ...]]:
    if not changes:
        return solved, ()
    from cradlemark.inventory.processes.changes import read_change, with_changes

    found = tuple(read_change(solved, text, product) for text in changes)
    return with_changes(solved, found), found


def _change_document(new_amounts: tuple[NewAmount, ...], before: float) -> dict[str, Any]:
    rows = [
        {"user": one.user.id, "taken": one.taken.id, "unit": one.taken.unit, "before": one.before, "after": one.after}
        for one in new_amounts
    ]  # fmt: skip
    return {"changes": rows, "total_before": before}


def _contributions(
    inventory: LifeCycleInventory, category: int, wanted: list[str], cut_off: float
) -> Iterator[tuple[str, Contributions]]:
    from cradlemark.engine import contributions

    functions = {
        "processes": contributions.by_process,
        "flows": contributions.by_flow,
        "places": contributions.by_place,
    }
    for key in wanted:
        yield key, functions[key](inventory, category, cut_off=cut_off)


def _tiers(solved: Solved, product: Product, amount: float, category: int) -> dict[str, Any]:
    from cradlemark.engine.tiers import by_tier

    found = by_tier(solved.result, {product.activity: amount}, category)
    return {"values": found.values.tolist(), "remainder": found.remainder, "total": found.total}


def _write_sankey(
    path: Path, solved: Solved, inventory: LifeCycleInventory, category: int, product: Product, amount: float,
    language: Language,
) -> str:  # fmt: skip
    from cradlemark.cli.db.supply_sankey import write_sankey

    return write_sankey(path, solved, inventory, category, product=product, amount=amount, language=language)


def _document(
    solved: Solved,
    product: Product,
    amount: float,
    category: int,
    root: Supply,
    products: tuple[Product, ...],
) -> dict[str, Any]:
    return {
        "database": {"id": solved.database.id, "digest": solved.database.digest},
        "category": solved.matrices.system.categories[category],
        "product": product.id,
        "amount": amount,
        "unit": product.unit,
        "tree": _branch(root, products),
    }


def _branch(supply: Supply, products: tuple[Product, ...]) -> dict[str, Any]:
    product = products[supply.process]
    return {
        "id": product.id,
        "product": product.name.as_dict(),
        "process": product.process.as_dict(),
        "place": product.place,
        "amount": supply.amount,
        "unit": product.unit,
        "total": supply.total,
        "direct": supply.direct,
        "inputs": [_branch(child, products) for child in supply.children],
        "remainder": supply.remainder,
        "inputs_in_remainder": supply.left_out,
    }


def _list(found: Contributions) -> dict[str, Any]:
    return {
        "parts": [
            {"name": name, "value": value}
            for name, value in zip(found.names, found.values.tolist(), strict=True)
        ],
        "remainder": found.remainder,
        "parts_in_remainder": found.left_out,
        "total": found.total,
    }
