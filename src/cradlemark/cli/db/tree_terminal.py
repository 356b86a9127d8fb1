"""The supply chain of a product on a terminal: tree, tiers and contributions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs
from rich.console import Console
from rich.table import Table
from rich.text import Text as RichText
from rich.tree import Tree

from cradlemark.core.language import Language, Text, visible
from cradlemark.footprint.report.figures import percent, significant
from cradlemark.inventory.processes.remark_words import phrase

if TYPE_CHECKING:
    from cradlemark.engine.contributions import Contributions
    from cradlemark.engine.tiers import Supply
    from cradlemark.inventory.processes.changes import NewAmount
    from cradlemark.inventory.processes.products import Product

PIPED = 140
"""Width of the output when it does not go to a terminal [characters]."""
NAME = 68
"""Characters of a name that are shown."""

_WORDS = {
    "own": Text("own emissions", "自身排放"),
    "rest": Text("{count} more inputs", "其余 {count} 个输入"),
    "remainder": Text("remainder, {count} parts", "其余 {count} 项"),
    "upstream": Text("further upstream", "更上游"),
    "total": Text("total", "合计"),
    "tiers": Text("By steps from the product", "按距产品的层级"),
    "step": Text("step {number}", "第 {number} 层"),
    "product": Text("the product itself", "产品自身"),
    "processes": Text("By process", "按过程"),
    "flows": Text("By elementary flow", "按基本流"),
    "places": Text("By place", "按地域"),
    "change": Text(
        "what if: {user} takes {after} instead of {before} {unit} of {taken} per {per}",
        "假设：每 {per} {user} 使用 {after} 而非 {before} {unit} 的 {taken}",
    ),
    "before": Text(
        "before the change {value}, now {after} ({share})", "变更前 {value}，现为 {after}（{share}）"
    ),
    "no_place": Text("(no place stated)", "（未说明地域）"),
}


@attrs.frozen
class Shown:
    """What every part of the output needs.

    Parameters
    ----------
    products : tuple of Product
        By activity.
    category : str
        With its unit.
    language : {"en", "zh"}
    total : float
        Impact of the amount of the product [unit of the category].
    """

    products: tuple[Product, ...]
    category: str
    language: Language
    total: float

    def share(self, value: float) -> str:
        """Part of the total as per cent."""
        return percent(value / self.total) if self.total else "–"

    def word(self, key: str, **values: object) -> str:
        """A word of the output in the chosen language."""
        return _WORDS[key].format(**values)[self.language]


def show_tree(root: Supply, shown: Shown) -> None:
    """Print the tree; at every place total = own emissions + inputs shown + remainder."""
    _console().print(RichText(visible(phrase(shown.category, shown.language)), style="bold"))
    top = Tree(_place(root, shown))
    waiting = [(root, top)]
    while waiting:
        supply, branch = waiting.pop()
        if supply.direct and (supply.children or supply.remainder):
            branch.add(_line(supply.direct, shown.word("own"), shown, style="dim"))
        waiting += [(child, branch.add(_place(child, shown))) for child in supply.children]
        if supply.left_out and supply.remainder:
            words = shown.word("rest", count=supply.left_out)
            branch.add(_line(supply.remainder, words, shown, style="dim"))
    _console().print(top)


def show_change(change: NewAmount, shown: Shown) -> None:
    """Print a change of the supply chain."""
    words = shown.word(
        "change", user=change.user.name[shown.language], taken=change.taken.name[shown.language],
        before=significant(change.before, 4), after=significant(change.after, 4), unit=change.taken.unit,
        per=change.user.unit,
    )  # fmt: skip
    _console().print(RichText(visible(words)))


def show_before(before: float, shown: Shown) -> None:
    """Print the total without the changes."""
    share = percent((shown.total - before) / abs(before)) if before else "–"
    words = shown.word(
        "before", value=significant(before, 4), after=significant(shown.total, 4),
        share=share if share.startswith(("−", "–")) else f"+{share}",
    )  # fmt: skip
    _console().print(RichText(words, style="bold"))


def show_tiers(steps: Mapping[str, Any], shown: Shown) -> None:
    """Print the own emissions of every step and what lies further upstream."""
    rows = [
        (shown.word("step", number=number) if number else shown.word("product"), value)
        for number, value in enumerate(steps["values"])
    ]
    _table(shown.word("tiers"), [*rows, (shown.word("upstream"), steps["remainder"])], steps["total"], shown)


def show_list(key: str, found: Contributions, shown: Shown) -> None:
    """Print contributions, the largest first, with the remainder."""
    rows = [
        (name or shown.word("no_place"), value)
        for name, value in zip(found.names, found.values.tolist(), strict=True)
    ]
    if found.left_out:
        rows.append((shown.word("remainder", count=found.left_out), found.remainder))
    _table(shown.word(key), rows, found.total, shown)


def _console() -> Console:
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=PIPED)


def _place(supply: Supply, shown: Shown) -> RichText:
    product = shown.products[supply.process]
    name, process = product.name[shown.language], product.process[shown.language]
    behind = f"{significant(supply.amount, 4)} {product.unit}"
    text = _line(supply.total, visible(name)[:NAME], shown, style="bold")
    text.append(f"  {visible(behind)}")
    beside = " ".join(part for part in (process if process != name else "", product.place) if part)
    if beside:
        text.append(f"  {visible(beside)[:NAME]}", style="dim")
    return text


def _line(value: float, words: str, shown: Shown, *, style: str) -> RichText:
    text = RichText(
        f"{significant(value, 4):>10} {shown.share(value):>8}  ", overflow="ellipsis", no_wrap=True
    )
    return text.append(words, style=style)


def _table(title: str, rows: list[tuple[str, float]], total: float, shown: Shown) -> None:
    table = Table(title=title, title_justify="left", title_style="bold", box=None, show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(significant(value, 4), shown.share(value), RichText(visible(name)))
    table.add_row(significant(total, 4), shown.share(total), RichText(shown.word("total"), style="bold"))
    _console().print()
    _console().print(table)
