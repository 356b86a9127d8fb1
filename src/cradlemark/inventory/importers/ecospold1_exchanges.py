"""Exchanges, shares and distributions of EcoSpold 1 as records.

Groups of the format: inputs 1 materials, 2 energy, 3 services, 4 from nature, 5 from technosphere; outputs 0 reference
product, 1 avoided product system, 2 allocated co-product, 3 waste to treatment, 4 to nature. The format models the
treatment of waste as a service, so a waste to treatment is an input of that service.
Source: EcoSpold 1 schemas, ``EcoSpold01FlowData.xsd`` 1.2 (ecoinvent Centre).
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.ecospold1_products import (
    Catalogue,
    category_path,
    elementary_flow_id,
    product_name,
)
from cradlemark.inventory.importers.ecospold_values import (
    line,
    lognormal,
    normal,
    number,
    of_exchange,
    required_number,
    triangular,
    uniform,
    unit_property,
    whole_number,
)
from cradlemark.inventory.processes.collect import Collector
from cradlemark.inventory.processes.records import (
    AllocationFactor,
    Direction,
    Exchange,
    Flow,
    FlowKind,
    Names,
    RefusedExchange,
    Uncertainty,
)

INPUTS = {"1", "2", "3", "4", "5"}
OUTPUTS = {"0", "1", "2", "3", "4"}
PRODUCTS = {"0", "2"}
"""Output groups that are products of the data set."""
_PEDIGREE = re.compile(r"\(\s*([1-5](?:\s*[,;]\s*(?:[1-5]|n\.?a\.?|-)){4,5})\b[^)]{0,40}\)")
_UNREAD = ("referenceToSource", "pageNumbers", "localCategory", "localSubCategory")


@attrs.frozen
class Languages:
    """Languages of the names of one data set."""

    main: str
    local: str

    def names(self, element: Element, main: str = "name", local: str = "localName") -> Names:
        """Both names of an element; one where they have the same language."""
        found = {self.main: line(element.get(main))}
        other = line(element.get(local))
        if other:
            found.setdefault(self.local, other)
        return found


@attrs.frozen
class Group:
    """Side and kind of an exchange."""

    side: Direction
    code: str

    @property
    def elementary(self) -> bool:
        """Whether it comes from nature or goes there."""
        return self.code == "4"

    @property
    def product(self) -> bool:
        """Whether the data set makes it."""
        return self.side == "output" and self.code in PRODUCTS


def group_of(element: Element) -> Group:
    """Side and kind of an exchange.

    Raises
    ------
    InputError
        ``value-missing`` without a group, ``value-unknown`` for one that the format does not have.
    """
    for tag, side, codes in (("inputGroup", "input", INPUTS), ("outputGroup", "output", OUTPUTS)):
        code = line(element.findtext(tag))
        if code:
            if code not in codes:
                raise InputError(
                    Text(f"{tag} is {code[:20]!r}", f"{tag} 为 {code[:20]!r}"),
                    code="value-unknown",
                    hint=Text("see the EcoSpold 1 schema", "见 EcoSpold 1 的模式"),
                )
            return Group("input" if side == "input" else "output", code)
    raise InputError(
        Text("the exchange has neither inputGroup nor outputGroup", "交换既无 inputGroup 也无 outputGroup"), code="value-missing",
        hint=Text("say whether it goes in or out", "说明是输入还是输出"),
    )  # fmt: skip


@attrs.frozen(eq=False)
class ExchangeReader:
    """Reads the exchanges of one data set.

    Parameters
    ----------
    collector : Collector
        Gets the flows.
    catalogue : Catalogue
        Finds products.
    languages : Languages
    location : str
        Place of the data set.
    unread : Counter
        Gets what is not kept.
    """

    collector: Collector
    catalogue: Catalogue
    languages: Languages
    location: str
    unread: Counter[Text]

    def read(self, elements: list[Element]) -> tuple[tuple[Exchange, ...], tuple[RefusedExchange, ...]]:
        """Exchanges that can be read, and those that cannot."""
        good: list[Exchange] = []
        bad: list[RefusedExchange] = []
        for position, element in zip(numbers_of(elements), elements, strict=True):
            self.unread.update(of_exchange(name) for name in _UNREAD if element.get(name))
            try:
                good.append(self._exchange(element, position))
            except InputError as error:
                reference = line(element.findtext("outputGroup")) in PRODUCTS
                bad.append(RefusedExchange(position, error, reference))
                self.collector.watch(len(bad), len(good), error)
        return tuple(good), tuple(bad)

    def _exchange(self, element: Element, position: int) -> Exchange:
        group = group_of(element)
        if not line(element.get("name")):
            raise InputError(
                Text("the exchange has no name", "交换没有名称"),
                code="value-missing",
                hint=Text("name its flow", "写明其流的名称"),
            )
        amount = required_number(element, "meanValue")
        flow, provider = self._flow(element, group)
        comment = line(element.get("generalComment"))
        pedigree = _PEDIGREE.search(comment)
        return Exchange(
            position, flow,
            "input" if group.side == "input" or group.code == "3" else "output", amount,
            reference=group.side == "output" and group.code == "0",
            avoided=group.side == "output" and group.code == "1",
            provider=provider,
            location="" if group.elementary or group.product else line(element.get("location")),
            comment=comment, uncertainty=self._uncertainty(element, amount),
            pedigree="(" + re.sub(r"\s*[,;]\s*", ";", pedigree.group(1)) + ")" if pedigree else "",
            flow_name=line(element.get("name")),
        )  # fmt: skip

    def _flow(self, element: Element, group: Group) -> tuple[str, str]:
        if group.elementary:
            return self._register(
                element, elementary_flow_id(element), "elementary", category_path(element)
            ), ""
        wanted = product_name(element, self.location if group.product else "")
        flow, provider = (wanted.flow, "") if group.product else self.catalogue.find(wanted)
        return self._register(element, flow, "product", wanted.category), provider

    def _register(self, element: Element, identifier: str, kind: FlowKind, category: str) -> str:
        conversion = self.collector.conversion
        self.collector.cas_numbers.state(identifier, line(element.get("CASNumber")))
        if identifier not in conversion.flows:
            unit = unit_property(conversion, line(element.get("unit")))
            formula = line(element.get("formula"))
            self.collector.add_flow(
                Flow(
                    identifier, self.languages.names(element), kind, {unit: 1.0}, unit, category=category,
                    formula="" if formula == "0" else formula,
                )
            )  # fmt: skip
        return identifier

    def _uncertainty(self, element: Element, amount: float) -> Uncertainty | None:
        try:
            found = uncertainty_of(element, amount)
        except InputError:
            found = None
        kind = whole_number(element.get("uncertaintyType"))
        if found is None and kind in {1, 2, 3, 4} and not _certain(element, amount):
            self.unread[
                Text(
                    "exchange uncertainty whose parameters make no distribution",
                    "参数不构成分布的交换不确定性",
                )
            ] += 1
        elif found is None and kind == 0 and element.get("standardDeviation95"):
            self.unread[Text("exchange uncertainty of undefined kind", "类型未定义的交换不确定性")] += 1
        return found


def _certain(element: Element, amount: float) -> bool:
    """Whether a distribution is stated that has no spread."""
    return amount == 0.0 or line(element.get("standardDeviation95")) in {"1", "1.0", "0", "0.0", ""}


def uncertainty_of(element: Element, amount: float) -> Uncertainty | None:
    """Distribution of an exchange.

    ``standardDeviation95`` is gsd^2 of a lognormal and 2 sd of a normal. The amount of a triangular exchange is its
    mean, so the mode is ``3 mean - min - max`` unless ``mostLikelyValue`` states it.
    """
    kind = whole_number(element.get("uncertaintyType"))
    spread = number(element.get("standardDeviation95"))
    low, high = number(element.get("minValue")), number(element.get("maxValue"))
    if kind == 1 and spread > 0.0:
        return lognormal(amount, math.sqrt(spread))
    if kind == 2:
        return normal(amount, spread / 2.0)
    if kind == 3:
        return triangular(low, number(element.get("mostLikelyValue"), absent=3.0 * amount - low - high), high)
    if kind == 4:
        return uniform(low, high)
    return None


def numbers_of(elements: list[Element]) -> list[int]:
    """Number of each exchange; the position where the numbers of the source are missing or repeated."""
    found = [whole_number(element.get("number")) for element in elements]
    if len({*found}) == len(found) and all(one is not None and one >= 0 for one in found):
        return [one for one in found if one is not None]
    return list(range(1, len(elements) + 1))


def allocation_factors(
    root: Element, elements: list[Element], exchanges: tuple[Exchange, ...]
) -> Iterator[AllocationFactor]:
    """Shares that the data set declares, per cent made 1.

    A co-product that an exchange does not name carries nothing of it, when it names others.

    Raises
    ------
    InputError
        From reading a fraction.
    """
    flows = {exchange.number: exchange.flow for exchange in exchanges}
    places: dict[int, list[int]] = {}
    for position, element in zip(numbers_of(elements), elements, strict=True):
        places.setdefault(whole_number(element.get("number")) or 0, []).append(position)
    shares: dict[int, dict[str, float]] = {}
    products: list[str] = []
    for allocation in root.findall("flowData/allocation"):
        product = _product_of(allocation, places, flows)
        products.append(product)
        fraction = number(allocation.get("fraction")) / 100.0
        for reference in allocation.findall("referenceToInputOutput"):
            for position in places.get(whole_number(reference.text) or 0, ()):
                share = shares.setdefault(position, {})
                share[product] = share.get(product, 0.0) + fraction
    for position, share in sorted(shares.items()):
        for product in dict.fromkeys(products):
            yield AllocationFactor(product, "causal", share.get(product, 0.0), exchange=position)


def _product_of(allocation: Element, places: dict[int, list[int]], flows: dict[int, str]) -> str:
    found = places.get(whole_number(allocation.get("referenceToCoProduct")) or 0, [])
    return flows.get(found[0], "") if len(found) == 1 else ""
