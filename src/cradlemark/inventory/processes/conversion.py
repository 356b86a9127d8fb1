"""Units of a source, converted by the source's own unit groups and flow properties."""

from __future__ import annotations

import math

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.records import Flow, FlowProperty, UnitGroup


class Conversion:
    """Unit groups, flow properties and flows of one source, and the factors between their units.

    Formula: ``amount[reference unit of the flow] = amount[u] * f(u) / c(p)``, with ``f(u)`` reference units of the
    group per unit u, and ``c(p)`` amount of property p per reference unit of the flow.
    """

    def __init__(self) -> None:
        self.groups: dict[str, UnitGroup] = {}
        self.properties: dict[str, FlowProperty] = {}
        self.flows: dict[str, Flow] = {}

    def reference_unit(self, flow: Flow) -> str:
        """Name of the unit in which amounts of a flow are stored; empty when the source does not say."""
        return self.property_unit(flow.reference_property)

    def property_unit(self, identifier: str) -> str:
        """Name of the reference unit of a flow property; empty when the source does not say."""
        found = self.properties.get(identifier)
        group = self.groups.get(found.unit_group) if found else None
        return group.reference if group else ""

    def factor(self, flow: Flow, *, unit: str, property_id: str) -> float:
        """Reference units of the flow per unit of an exchange [1].

        Raises
        ------
        InputError
            ``unit-unknown`` when the source does not define the unit or the property for the flow,
            ``number-invalid`` when a factor is zero or not finite.
        """
        chosen = property_id or flow.reference_property
        per_reference = flow.factors.get(chosen)
        if per_reference is None:
            raise _unknown(
                Text(
                    f"the flow has no property {self._property_name(chosen)}",
                    f"流没有属性 {self._property_name(chosen)}",
                )
            )
        value = self._unit_factor(chosen, unit) / _usable(per_reference)
        return _usable(value)

    def unit_name(self, flow: Flow, *, unit: str, property_id: str) -> str:
        """Name of a unit that an exchange names by its identifier."""
        found = self.properties.get(property_id or flow.reference_property)
        group = self.groups.get(found.unit_group) if found else None
        return group.names.get(unit, unit) if group else unit

    def _unit_factor(self, property_id: str, unit: str) -> float:
        if not unit:
            return 1.0
        found = self.properties.get(property_id)
        group = self.groups.get(found.unit_group) if found else None
        if group is None:
            raise _unknown(
                Text(
                    f"the unit group of {self._property_name(property_id)} is not in the source",
                    f"{self._property_name(property_id)} 的单位组不在数据源中",
                )
            )
        if unit not in group.factors:
            raise _unknown(
                Text(
                    f"the unit {unit[:40]!r} is not in the unit group {group.name[:80]}",
                    f"单位 {unit[:40]!r} 不在单位组 {group.name[:80]} 中",
                )
            )
        return _usable(group.factors[unit])

    def _property_name(self, identifier: str) -> str:
        found = self.properties.get(identifier)
        return found.name[:80] if found else identifier[:80] or "of reference"


def _unknown(message: Text) -> InputError:
    return InputError(
        message,
        code="unit-unknown",
        hint=Text("add it to the source's unit groups or properties", "在数据源的单位组或属性中补充"),
    )


def _usable(value: float) -> float:
    if not math.isfinite(value) or value == 0.0:
        raise InputError(
            Text(f"the conversion factor {value} cannot be used", f"换算系数 {value} 不可用"),
            code="number-invalid",
            hint=Text(
                "correct the unit group or the flow property in the source", "在数据源中修正单位组或流属性"
            ),
        )
    return value
