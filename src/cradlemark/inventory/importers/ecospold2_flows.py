"""Flows of EcoSpold 2 with their units and properties, from master data and from exchanges.

A property (wet mass, price, carbon content, heating value, ...) is an amount per unit of the exchange and may differ
between data sets. The flow keeps one value: that of the master data, otherwise that of the data set that makes it, otherwise
of one that uses it; the first by activity and exchange. What differs is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from xml.etree.ElementTree import Element

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.ecospold_values import line, number, unit_property
from cradlemark.inventory.processes.collect import Collector
from cradlemark.inventory.processes.records import Flow, FlowKind, Names
from cradlemark.inventory.processes.tables import Table, TableBuilder

LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
MASTER, MADE, USED = 0, 1, 2
"""Whose value of a property counts, the smallest first."""
BY_PRODUCT = "by-product classification"
WASTE, RECYCLABLE = "waste", "recyclable"
_SAME = 1e-9


def texts(root: Element, tag: str) -> Names:
    """Texts of a child by language; the first of each."""
    found: dict[str, str] = {}
    for element in root.findall(tag):
        text = line(element.text)
        if text:
            found.setdefault((element.get(LANGUAGE) or "en").lower().partition("-")[0], text)
    return found


def text(root: Element, tag: str) -> str:
    """Text of a child, in English where there is one."""
    found = texts(root, tag)
    return found.get("en") or next(iter(found.values()), "")


@attrs.frozen
class Property:
    """A property of an exchange.

    Parameters
    ----------
    amount : float
        [unit of the property per unit of the exchange]
    """

    id: str
    name: str
    unit: str
    amount: float
    variable: str = ""


class FlowRegister:
    """Registers flows with a collector and keeps their properties until all are known."""

    def __init__(self, collector: Collector, unread: Counter[Text]) -> None:
        self.collector = collector
        self.unread = unread
        self.units: dict[str, str] = {}
        """Names of units by identifier, from master data."""
        self.waste: set[str] = set()
        """Flows that are waste."""
        self.by_products: dict[str, str] = {}
        """By-product classification of flows in the master data."""
        self._properties: dict[str, dict[str, tuple[tuple[int, str, int], float]]] = {}
        self._labels: dict[tuple[str, str], tuple[str, str]] = {}

    def properties_of(self, element: Element) -> tuple[Property, ...]:
        """Properties of an exchange; those without a number are left out.

        Raises
        ------
        InputError
            ``number-invalid``
        """
        return tuple(
            self._property(child) for child in element.findall("property") if line(child.get("amount"))
        )

    def _property(self, child: Element) -> Property:
        identifier = line(child.get("propertyId")).lower()
        key = identifier, child.get("unitId") or ""
        # The same few properties stand in every exchange: their names are read once.
        label = self._labels.get(key) if all(key) else None
        if label is None:
            label = text(child, "name"), text(child, "unitName") or "dimensionless"
            self._labels[key] = label
        return Property(identifier, *label, number(child.get("amount")), line(child.get("variableName")))

    def unit_of(self, element: Element) -> str:
        """Name of the unit of an exchange."""
        return text(element, "unitName") or self.units.get(line(element.get("unitId")).lower(), "")

    def register(
        self,
        element: Element,
        properties: tuple[Property, ...],
        *,
        elementary: bool,
        rank: tuple[int, str, int],
    ) -> str:
        """Identifier of the flow of an exchange, registered when it is met first.

        Parameters
        ----------
        element : Element
            An exchange, or an entry of the master data.
        properties : tuple of Property
        elementary : bool
        rank : tuple
            `MASTER`, `MADE` or `USED`, activity and number of the exchange.

        Raises
        ------
        InputError
            ``value-missing`` without identifier, ``id-duplicate`` for a product with that of an elementary flow,
            ``unit-unknown`` for a unit that is missing or not the flow's.
        """
        name = "elementaryExchangeId" if elementary else "intermediateExchangeId"
        identifier = line(element.get("id" if rank[0] == MASTER else name)).lower()
        if not identifier:
            raise InputError(
                Text(f"{name} is missing", f"缺少 {name}"),
                code="value-missing",
                hint=Text("export it again", "重新导出"),
            )
        unit = self.unit_of(element)
        known = self.collector.conversion.flows.get(identifier)
        if known is None:
            self._add(element, identifier, unit, "elementary" if elementary else "product")
        elif (known.kind == "elementary") != elementary:
            raise InputError(
                Text(f"the identifier {identifier} is that of an elementary flow and of a product", f"标识符 {identifier} 既用于基本流又用于产品"), code="id-duplicate",
                hint=Text("give one of them another identifier", "为其中之一给出其他标识符"),
            )  # fmt: skip
        elif unit and f"amount in {unit}" != known.reference_property:
            raise InputError(
                Text(f"the flow is measured in {known.reference_property.removeprefix('amount in ')!r}, the exchange in"
                f" {unit[:40]!r}", f"流以 {known.reference_property.removeprefix('amount in ')!r} 计量，交换以 {unit[:40]!r} 计量"), code="unit-unknown", hint=Text("use one unit for one flow", "一个流使用一种单位"),
            )  # fmt: skip
        kind = classification(element, BY_PRODUCT)
        if kind == WASTE:
            self.waste.add(identifier)
        if kind and rank[0] == MASTER:
            self.by_products.setdefault(identifier, kind)
        for found in properties:
            self._keep(identifier, found, rank)
        return identifier

    def _add(self, element: Element, identifier: str, unit: str, kind: FlowKind) -> None:
        reference = unit_property(self.collector.conversion, unit)
        self.collector.add_flow(
            Flow(
                identifier, texts(element, "name"), kind, {reference: 1.0}, reference,
                category=compartment(element) if kind == "elementary" else classification(element, "CPC"),
                cas=line(element.get("casNumber")), formula=line(element.get("formula")),
                synonyms="; ".join(sorted({line(s.text) for s in element.findall("synonym")} - {""})),
            )
        )  # fmt: skip

    def _keep(self, flow: str, found: Property, rank: tuple[int, str, int]) -> None:
        key = unit_property(
            self.collector.conversion, found.unit, identifier=found.id or found.name, name=found.name
        )
        kept = self._properties.setdefault(flow, {})
        before = kept.get(key)
        if before is not None and abs(before[1] - found.amount) > _SAME * max(
            abs(before[1]), abs(found.amount)
        ):
            self.unread[
                Text("property values of a flow that differ between data sets", "各数据集之间不同的流属性值")
            ] += 1
        if before is None or rank < before[0]:
            kept[key] = (rank, found.amount)

    def with_properties(self, tables: Mapping[str, Table]) -> dict[str, Table]:
        """Tables with the properties of all flows, and the kind of those that are waste."""
        conversion = self.collector.conversion
        flows = tables["flows"]
        builder = TableBuilder("flow_properties")
        for row, identifier in enumerate(flows.texts("id")):
            flow = conversion.flows[identifier]
            values = dict(flow.factors) | {k: v[1] for k, v in self._properties.get(identifier, {}).items()}
            for key, factor in sorted(values.items()):
                builder.add(
                    flow=row, property=key, name=conversion.properties[key].name,
                    unit=conversion.property_unit(key), factor=factor,
                )  # fmt: skip
        kinds = tuple(
            "waste" if kind == "product" and identifier in self.waste else kind
            for kind, identifier in zip(flows.texts("kind"), flows.texts("id"), strict=True)
        )
        return dict(tables) | {"flow_properties": builder.table(), "flows": flows.replace(kind=kinds)}


def compartment(element: Element) -> str:
    """Compartment and subcompartment, separated by a slash."""
    found = element.find("compartment")
    if found is None:
        return ""
    parts = (text(found, "compartment"), text(found, "subcompartment"))
    return "/".join(part for part in parts if part and part.lower() != "unspecified")


def classification(element: Element, system: str) -> str:
    """Value of an exchange or activity in a classification system; empty where it has none."""
    for found in element.findall("classification"):
        name = text(found, "classificationSystem")
        if name.lower() == system.lower() or name.lower().startswith(system.lower() + " "):
            value = text(found, "classificationValue")
            return value.lower() if system == BY_PRODUCT else value
    return ""
