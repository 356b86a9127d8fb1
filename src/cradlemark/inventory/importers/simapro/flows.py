"""Flows of an export: made when a line names them first."""

from __future__ import annotations

import sys

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.contents import Contents
from cradlemark.inventory.importers.simapro.substances import CATEGORIES, UNSPECIFIED, direction_of, flow_id
from cradlemark.inventory.processes.collect import Collector
from cradlemark.inventory.processes.records import Direction, Flow, FlowKind

LONGEST_NAME = 2_000
"""Longest name of a flow [characters]."""


class Flows:
    """Flows by name and unit.

    A product is known by its name and the reference unit of what it is measured in. When no process of the archive makes
    it, it is a product or, below *Waste to treatment*, a waste.
    """

    def __init__(self, contents: Contents, collector: Collector) -> None:
        self._contents = contents
        self._collector = collector
        self.watch = collector.watch
        self._known: dict[tuple[str, str, str, str], str] = {}
        self.subcompartments: dict[tuple[str, str, str], set[str]] = {}
        """Subcompartments in use, by compartment, name and reference unit."""

    def technosphere(self, name: str, unit: str, *, waste: bool) -> str:
        """Identifier of a product that a process makes, or of a waste that it treats."""
        kind: FlowKind = "waste" if waste else "product"
        key = (kind, "", name, unit)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._add(kind, name, self._contents.units.quantity_of(unit))
        return found

    def used(self, name: str, unit: str, *, waste: bool) -> tuple[str, Direction]:
        """Identifier and direction of a product that is used, or of a waste that goes to treatment.

        Raises
        ------
        InputError
            ``unit-unknown``, also when the product is made, but not measured in this quantity.
        """
        quantity = self._contents.units.quantity_of(unit)
        product = self._contents.products.get(name)
        made = {kind for known, kind in product.made if known == quantity} if product else set()
        if product and product.made and not made:
            raise InputError(
                Text(
                    f"{unit} does not measure what {name[:60]!r} is made in",
                    f"{unit} 不能计量 {name[:60]!r} 的产出",
                ),
                code="unit-unknown",
                hint=Text("correct the unit", "修正单位"),
            )
        wanted: FlowKind = "waste" if waste else "product"
        kind: FlowKind = wanted if wanted in made or not made else next(iter(made))
        return self.technosphere(name, unit, waste=kind == "waste"), "output" if kind == "waste" else "input"

    def elementary(self, compartment: str, sub: str, name: str, unit: str) -> tuple[str, Direction]:
        """Identifier and direction of an elementary flow."""
        key = (compartment, sub, name, unit)
        found = self._known.get(key)
        if found is None:
            quantity = self._contents.units.quantity_of(unit)
            reference = self._contents.units.reference_of(quantity)
            found = self._known[key] = sys.intern(flow_id(compartment, sub, name, reference))
            self.subcompartments.setdefault((compartment, name, reference), set()).add(sub or UNSPECIFIED)
            if found not in self._collector.conversion.flows:
                _checked(name)
                substance = self._contents.substances.get((compartment, name))
                self._collector.add_flow(
                    Flow(
                        found, {"": name}, "elementary", {quantity: 1.0}, quantity,
                        category=f"{CATEGORIES[compartment]}/{sub or UNSPECIFIED}",
                        cas=substance.cas if substance else "", formula=substance.formula if substance else "",
                    )
                )  # fmt: skip
        return found, direction_of(compartment)

    def _add(self, kind: FlowKind, name: str, quantity: str) -> str:
        identifier = sys.intern(f"{kind}/{name} [{self._contents.units.reference_of(quantity)}]")
        if identifier not in self._collector.conversion.flows:
            _checked(name)
            product = self._contents.products.get(name)
            category = product.category.replace("\\", "/") if product else ""
            self._collector.add_flow(
                Flow(identifier, {"": name}, kind, {quantity: 1.0}, quantity, category=category)
            )
        return identifier


def _checked(name: str) -> None:
    if len(name) > LONGEST_NAME:
        raise InputError(
            Text(f"a name has {len(name):,} characters", f"某名称有 {len(name):,} 个字符"),
            code="value-long",
            hint=Text(f"at most {LONGEST_NAME:,}", f"最多 {LONGEST_NAME:,} 个"),
        )
