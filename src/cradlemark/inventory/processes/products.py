"""The products of a database by what a person types: an identifier, the beginning of one, or words of the names."""

from __future__ import annotations

import unicodedata

import attrs
from rapidfuzz import fuzz, process

from cradlemark.core.errors import InputError, NotFoundError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.tables import ProcessDatabase

SHORTEST = 4
"""Fewest characters of the beginning of an identifier."""
NEAR = 3
"""Products that are named when none fits."""
LIKE = 60.0
"""Least likeness of these [0-100]."""
LONGEST = 200
"""Characters of a name that are compared."""
NAMED = 12
"""Matches that are named when several fit."""


@attrs.frozen
class Product:
    """What one activity makes.

    Parameters
    ----------
    activity : int
        Row of activities.
    id : str
        ``process/flow``, identifiers of the source.
    name, process : Text
    place, unit : str
    """

    activity: int
    id: str
    name: Text
    process: Text
    place: str
    unit: str

    def __str__(self) -> str:
        return f"{self.name['en']} [{self.unit}] | {self.process['en']} {self.place} ({self.id})"


def products_of(database: ProcessDatabase) -> tuple[Product, ...]:
    """All products in the order of the activities."""
    processes, flows, activities = database["processes"], database["flows"], database["activities"]
    pairs = zip(activities.integers("process").tolist(), activities.integers("flow").tolist(), strict=True)
    columns = [
        (table.texts("id"), table.texts("name_en"), table.texts("name_zh")) for table in (processes, flows)
    ]
    (process_ids, process_en, process_zh), (flow_ids, flow_en, flow_zh) = columns
    places, units = processes.texts("location"), flows.texts("unit")
    return tuple(
        Product(
            row, f"{process_ids[process]}/{flow_ids[flow]}", Text(flow_en[flow], flow_zh[flow]),
            Text(process_en[process], process_zh[process]), places[process], units[flow],
        )
        for row, (process, flow) in enumerate(pairs)
    )  # fmt: skip


def matching_products(products: tuple[Product, ...], wanted: str) -> tuple[Product, ...]:
    """Products that a text means: the first of these ways that finds any decides.

    By identifier, by its beginning, by the whole name, by words of the product's name, by words of product, process
    and place.

    Parameters
    ----------
    products : tuple of Product
    wanted : str
        Identifier of a process, of a flow, or ``process/flow``; the first characters of one (at least 4); or words,
        in any language, without regard to case.
    """
    text = _plain(wanted)
    for fits in (_by_id, _by_beginning, _by_name, _by_words_of_name, _by_words):
        found = tuple(product for product in products if fits(product, text))
        if found:
            return found
    return ()


def find_product(database: ProcessDatabase, wanted: str) -> Product:
    """The one product that a text means.

    Raises
    ------
    NotFoundError
        ``product-unknown``
    InputError
        ``product-ambiguous``, with the products that fit.
    """
    found = matching_products(products_of(database), wanted)
    if not found:
        near = "\n  ".join(str(product) for product in _nearest(products_of(database), wanted))
        meant = Text(f"perhaps one of these:\n  {near}\nor ", f"也许是：\n  {near}\n或") if near else Text()
        raise NotFoundError(
            Text(
                f"database {database.id} has no product {wanted!r} with supply",
                f"数据库 {database.id} 没有有供应的产品 {wanted!r}",
            ),
            code="product-unknown",
            hint=Text(
                f"{meant.en}list its products with: cradlemark db solve {database.id}",
                f"{meant.zh}用以下命令列出其产品：cradlemark db solve {database.id}",
            ),
        )
    if len(found) > 1:
        named = "\n  ".join(str(product) for product in found[:NAMED])
        more = len(found) - NAMED
        rest = Text(f"\n  and {more} more", f"\n  另有 {more} 个") if more > 0 else Text()
        raise InputError(
            Text(
                f"{len(found)} products of database {database.id} fit {wanted!r}:\n  {named}{rest.en}",
                f"数据库 {database.id} 有 {len(found)} 个产品符合 {wanted!r}：\n  {named}{rest.zh}",
            ),
            code="product-ambiguous",
            hint=Text("add words, or give the identifier in brackets", "补充词语，或给出方括号中的标识符"),
        )
    return found[0]


def _nearest(products: tuple[Product, ...], wanted: str) -> list[Product]:
    """Products whose name or process is most like what was typed, the likest first."""
    text = _plain(wanted)[:LONGEST]
    names = {
        (product.activity, place): _plain(name)[:LONGEST]
        for product in products
        for place, name in enumerate(
            (product.name.en, product.name.zh, product.process.en, product.process.zh)
        )
        if name
    }
    likest = process.extract(text, names, scorer=fuzz.WRatio, score_cutoff=LIKE, limit=4 * NEAR)
    found = dict.fromkeys(activity for _, _, (activity, _) in likest)
    return [products[activity] for activity in list(found)[:NEAR]]


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _ids(product: Product) -> tuple[str, ...]:
    process, _, flow = product.id.casefold().partition("/")
    return product.id.casefold(), process, flow


def _by_id(product: Product, text: str) -> bool:
    return text in _ids(product)


def _by_beginning(product: Product, text: str) -> bool:
    return len(text) >= SHORTEST and any(identifier.startswith(text) for identifier in _ids(product))


def _by_name(product: Product, text: str) -> bool:
    return text in {_plain(product.name.en), _plain(product.name.zh)}


def _by_words_of_name(product: Product, text: str) -> bool:
    return _has_words(text, product.name.en, product.name.zh)


def _by_words(product: Product, text: str) -> bool:
    names = (product.name.en, product.name.zh, product.process.en, product.process.zh, product.place)
    return _has_words(text, *names)


def _has_words(text: str, *names: str) -> bool:
    whole = _plain(" ".join(names))
    return bool(text) and all(word in whole for word in text.split())
