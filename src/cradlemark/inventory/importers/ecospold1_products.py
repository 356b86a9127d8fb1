"""The products of an EcoSpold 1 source, and which of them an exchange means.

The format has no identifiers. A product is known by name, unit, category and whether it is infrastructure; its makers
are told apart by their place. The number of an exchange is that of the data set that supplies it in some databases and a
running number in others: it only decides between makers that name, unit and place leave.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from xml.etree.ElementTree import Element

import attrs

from cradlemark.inventory.importers.ecospold_values import line, truth, whole_number

UNSPECIFIED = "unspecified"
"""Subcategory that says no more than none."""


@attrs.frozen
class ProductName:
    """What the source says of a product: in the exchange that makes it, or in one that uses it.

    Parameters
    ----------
    name, unit, category, location : str
    infrastructure : bool or None
        None when the source does not say.
    number : int or None
        Number of the exchange.
    """

    name: str
    unit: str
    category: str
    location: str
    infrastructure: bool | None
    number: int | None

    @property
    def flow(self) -> str:
        """Identifier of the flow: everything but the place and the number."""
        kind = " (infrastructure)" if self.infrastructure else ""
        return f"{self.name} [{self.unit}] {self.category}{kind}".rstrip()


@attrs.frozen
class Made:
    """A product as one data set makes it.

    Parameters
    ----------
    product : ProductName
        A name under which it can be asked for.
    flow : str
        Identifier of its flow.
    process : str
    number : int or None
        Number of the data set.
    """

    product: ProductName
    flow: str
    process: str
    number: int | None


def product_name(element: Element, default_location: str = "") -> ProductName:
    """What an ``exchange`` or a ``referenceFunction`` says of its product."""
    return ProductName(
        line(element.get("name")), line(element.get("unit")), category_path(element),
        line(element.get("location")) or default_location,
        truth(element.get("infrastructureProcess")), whole_number(element.get("number")),
    )  # fmt: skip


def category_path(element: Element) -> str:
    """Category and subcategory, separated by a slash; "unspecified" is left out."""
    parts = [line(element.get("category")), line(element.get("subCategory"))]
    return "/".join(part for part in parts if part and part.lower() != UNSPECIFIED)


def elementary_flow_id(element: Element) -> str:
    """Identifier of an elementary flow: name, unit and compartment."""
    return f"{category_path(element)}: {line(element.get('name'))} [{line(element.get('unit'))}]"


class Catalogue:
    """All products that data sets of the source make, and the identifiers of the data sets."""

    def __init__(self) -> None:
        self._made: defaultdict[tuple[str, str], list[Made]] = defaultdict(list)
        self._waiting: list[tuple[int | None, str, tuple[tuple[ProductName, str], ...]]] = []
        self._numbers: Counter[int | None] = Counter()
        self._seen: set[tuple[int | None, str]] = set()

    def add(self, number: int | None, title: str, products: tuple[tuple[ProductName, str], ...]) -> None:
        """Take note of a data set; `title` is its name with its place, `products` are names with their flow."""
        if (number, title) in self._seen:
            return
        self._seen.add((number, title))
        self._numbers[number] += 1
        self._waiting.append((number, title, products))

    def close(self) -> None:
        """No more data sets follow: identifiers are settled."""
        for number, title, products in self._waiting:
            identifier = self.process_id(number, title)
            for product, flow in products:
                self._made[product.name, product.unit].append(Made(product, flow, identifier, number))
        self._waiting.clear()

    def __len__(self) -> int:
        return len(self._seen)

    def process_id(self, number: int | None, title: str) -> str:
        """Identifier of a data set: its number; with its title where the number is not its own."""
        if number is None:
            return title
        return str(number) if self._numbers[number] == 1 else f"{number}: {title}"

    def find(self, wanted: ProductName) -> tuple[str, str]:
        """Flow and provider of an exchange that uses a product.

        Returns
        -------
        flow : str
            Identifier of the flow.
        provider : str
            Identifier of the only data set that fits; empty when the source leaves it open; when data sets make the
            product but none at the place that is named, the missing one in words.
        """
        candidates = self._alike(wanted)
        if not candidates:
            return wanted.flow, ""
        here = [made for made in candidates if made.product.location == wanted.location]
        flow = _only(made.flow for made in here or candidates) or wanted.flow
        if not wanted.location:
            return flow, self._by_number(wanted, candidates)
        if not here:
            return flow, f"{wanted.name} {{{wanted.location}}}"
        return flow, _only(made.process for made in here) or self._by_number(wanted, here)

    def _alike(self, wanted: ProductName) -> list[Made]:
        found = self._made.get((wanted.name, wanted.unit), [])
        if wanted.infrastructure is not None:
            found = [
                made for made in found
                if made.product.infrastructure is None or made.product.infrastructure == wanted.infrastructure
            ]  # fmt: skip
        same = [made for made in found if made.product.category == wanted.category]
        return same or (found if len({made.flow for made in found}) == 1 else [])

    def _by_number(self, wanted: ProductName, candidates: list[Made]) -> str:
        return _only(m.process for m in candidates if m.number is not None and m.number == wanted.number)


def _only(texts: Iterable[str]) -> str:
    """The one text that is there, however often; empty when there are several or none."""
    found = set(texts)
    return found.pop() if len(found) == 1 else ""
