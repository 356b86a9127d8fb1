"""The flow diagram of a supply chain as data, picture or page; balanced at every node."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cradlemark.cli.db.output_files import refuse_ending, write_text
from cradlemark.cli.db.supply_picture import node_name, supply_scene
from cradlemark.core.language import Language, Text
from cradlemark.footprint.report.content import Document, Heading, Paragraph, Picture, Table
from cradlemark.footprint.report.figures import percent, significant
from cradlemark.footprint.report.html import to_html
from cradlemark.footprint.report.svg import svg
from cradlemark.inventory.processes.remark_words import phrase

if TYPE_CHECKING:
    from cradlemark.engine.life_cycle_inventory import LifeCycleInventory
    from cradlemark.engine.sankey import Sankey
    from cradlemark.inventory.processes.products import Product
    from cradlemark.inventory.processes.solved import Solved

PICTURED = 14
"""Processes with a place of their own in a picture."""
KEPT = 50
"""Processes with a node of their own in the data."""

_WORDS = {
    "written": Text("flow diagram written to {path}", "流向图已写入 {path}"),
    "title": Text("Supply chain of {product}", "{product} 的供应链"),
    "subtitle": Text("{amount} {unit}: {total} in {category}", "{amount} {unit}：{total}，{category}"),
    "picture": Text("Flow diagram", "流向图"),
    "caption": Text(
        "Impact handed on from supplier to buyer, from left to right; the darker part of a bar is what the process "
        "emits itself. {undrawn} links against that direction (loops) and {negative} links below zero are in the "
        "tables only.",
        "影响由供应方传给使用方，自左向右；条形深色部分为该过程自身排放。{undrawn} 条反向连接（循环）和 {negative} 条负值连接仅列于表中。",
    ),
    "nodes": Text("Nodes", "节点"),
    "links": Text("Links", "连接"),
    "node_header": Text("Process|In|Own|Out|In less out", "过程|流入|自身|流出|流入减流出"),
    "link_header": Text("From|To|Value|Share", "来自|去往|数值|占比"),
    "balanced": Text(
        "What comes in leaves again at every process: the last column differs from 0 by rounding only.",
        "每个过程的流入等于流出：末列与 0 的差异仅来自舍入。",
    ),
    "footer": Text("Cradlemark, database {database}, {digest}", "Cradlemark，数据库 {database}，{digest}"),
}  # fmt: skip


def write_sankey(
    path: Path,
    solved: Solved,
    inventory: LifeCycleInventory,
    category: int,
    *,
    product: Product,
    amount: float,
    language: Language,
) -> str:
    """Write the flow diagram of one demand and return a sentence about it.

    Raises
    ------
    InputError
        ``output-format`` for another ending than .json, .svg or .html; ``output-unwritable``.
    """
    from cradlemark.engine.sankey import sankey

    refuse_ending(path, ".json", ".svg", ".html")
    ending = path.suffix.lower()
    found = sankey(inventory, solved.result, category, processes=KEPT if ending == ".json" else PICTURED)
    name = solved.matrices.system.categories[category]
    if ending == ".json":
        text = json.dumps(sankey_document(found, name), ensure_ascii=False, indent=1) + "\n"
    elif ending == ".svg":
        scene, _ = supply_scene(found, language)
        text = svg(scene).replace("<svg ", '<svg color="#1b2733" font-family="sans-serif" ', 1) + "\n"
    else:
        text = to_html(_page(found, solved, product, amount, category, language))
    write_text(path, text)
    return _WORDS["written"].format(path=path)[language]


def sankey_document(found: Sankey, category: str) -> dict[str, Any]:
    """The diagram as plain values: nodes by number, links between them, what is left at each node."""
    return {
        "category": category,
        "total": found.total,
        "nodes": [
            {"kind": node.kind, "name": node.name, "in_less_out": found.balance(number)}
            for number, node in enumerate(found.nodes)
        ],
        "links": [
            {"source": link.source, "target": link.target, "value": link.value} for link in found.links
        ],
    }


def _page(
    found: Sankey, solved: Solved, product: Product, amount: float, category: int, language: Language
) -> Document:
    scene, undrawn = supply_scene(found, language)
    negative = sum(link.value < 0.0 for link in found.links)
    database = solved.database
    name = solved.matrices.system.categories[category]
    total = significant(found.total, 4)
    subtitle = _WORDS["subtitle"].format(
        amount=f"{amount:g}", unit=product.unit, total=total, category=phrase(name, language)
    )
    caption = _WORDS["caption"].format(undrawn=undrawn, negative=negative)[language]
    footer = _WORDS["footer"].format(database=database.id, digest=database.digest)
    return Document(
        language,
        _WORDS["title"].format(product=product.name[language])[language],
        subtitle[language],
        (
            Heading(_WORDS["picture"][language]), Picture(scene, caption),
            Heading(_WORDS["nodes"][language]), _nodes(found, language), Paragraph(_WORDS["balanced"][language], small=True),
            Heading(_WORDS["links"][language]), _links(found, language),
        ),
        footer[language],
    )  # fmt: skip


def _nodes(found: Sankey, language: Language) -> Table:
    own = {link.target: link.value for link in found.links if link.source == 0}
    rows = []
    for number, node in enumerate(found.nodes):
        if node.kind in {"direct", "demand"}:
            continue
        into = sum(link.value for link in found.links if link.target == number)
        out = sum(link.value for link in found.links if link.source == number)
        figures = (significant(value, 4) for value in (into, own.get(number, 0.0), out))
        rows.append((node_name(node, language), *figures, f"{found.balance(number):.1e}"))
    header = tuple(_WORDS["node_header"][language].split("|"))
    return Table(_WORDS["nodes"][language], header, tuple(rows), "lrrrr", small=True)


def _links(found: Sankey, language: Language) -> Table:
    header = tuple(_WORDS["link_header"][language].split("|"))
    rows = tuple(
        (
            node_name(found.nodes[link.source], language),
            node_name(found.nodes[link.target], language),
            significant(link.value, 4),
            percent(link.value / found.total if found.total else None),
        )
        for link in found.links
    )
    return Table(_WORDS["links"][language], header, rows, "llrr", small=True)
