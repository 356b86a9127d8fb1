"""Units, flow properties and flows of a database as openLCA documents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import attrs

from cradlemark.inventory.exporters.openlca_names import (
    Document,
    filled,
    identity,
    location_reference,
    made_identity,
    names_of,
    reference,
)
from cradlemark.inventory.processes.tables import ProcessDatabase

FLOW_TYPES = {"product": "PRODUCT_FLOW", "waste": "WASTE_FLOW", "elementary": "ELEMENTARY_FLOW"}


@attrs.frozen
class _Group:
    """A unit group: identifier, name, reference unit and the factors of its units."""

    id: str
    name: str
    reference: str
    factors: dict[str, float]


@attrs.frozen
class FlowQuantity:
    """How amounts of a flow are written.

    Parameters
    ----------
    property : dict or None
        Reference to the reference flow property.
    unit : str
        Reference unit.
    factors : dict of str to float
        Reference units of the flow per unit [1], by the names of the units of its group.
    units : dict of str to dict
        References to these units.
    """

    property: Document
    unit: str
    factors: dict[str, float]
    units: dict[str, Document]


class Quantities:
    """Unit groups and flow properties of a database, and how each flow is measured.

    A property belongs to the unit group of the source in which its unit is the reference; where there is none, a
    group with this one unit is made.
    """

    def __init__(self, database: ProcessDatabase) -> None:
        self._database = database
        self._groups = _source_groups(database)
        self._used: dict[str, _Group] = {group.id: group for group in self._groups}
        self._properties: dict[str, tuple[str, _Group | None]] = {}
        self._of_flow: defaultdict[int, list[tuple[str, float]]] = defaultdict(list)
        self._read_properties()
        self.flows = [self._quantity(row) for row in range(len(database["flows"]))]

    def documents(self) -> Iterator[tuple[str, Document]]:
        """Unit groups, flow properties and flows: name and content."""
        for group in sorted(self._used.values(), key=lambda item: item.id):
            yield f"unit_groups/{group.id}.json", _group_document(group)
        for identifier, (name, owner) in sorted(self._properties.items()):
            about = reference("FlowProperty", identifier, name or identifier)
            if owner is not None:
                about["unitGroup"] = reference("UnitGroup", owner.id, owner.name)
            yield f"flow_properties/{identifier}.json", about | {"flowPropertyType": "PHYSICAL_QUANTITY"}
        names = names_of(self._database["flows"])
        for row, name in enumerate(names):
            document = self._flow(row, name)
            yield f"flows/{document['@id']}.json", document

    def _read_properties(self) -> None:
        table = self._database["flow_properties"]
        columns = (
            table.integers("flow").tolist(), table.texts("property"), table.texts("name"), table.texts("unit"),
            table.numbers("factor").tolist(),
        )  # fmt: skip
        for flow, source, name, unit, factor in zip(*columns, strict=True):
            self._of_flow[flow].append((self._property(identity(source), name, unit), factor))

    def _property(self, identifier: str, name: str, unit: str) -> str:
        if identifier not in self._properties:
            self._properties[identifier] = (name, self._group(unit))
        return identifier

    def _group(self, unit: str) -> _Group | None:
        if not unit:
            return None
        for group in self._groups:
            if group.reference == unit:
                return group
        made = _Group(made_identity("unit group", unit), f"Units of {unit}", unit, {unit: 1.0})
        return self._used.setdefault(made.id, made)

    def _quantity(self, row: int) -> FlowQuantity:
        flows = self._database["flows"]
        source, unit = flows.texts("property")[row], flows.texts("unit")[row]
        chosen = identity(source) if source else made_identity("flow property", unit)
        if chosen not in dict(self._of_flow[row]):
            self._of_flow[row].append((self._property(chosen, f"Amount in {unit}", unit), 1.0))
        name, group = self._properties[chosen]
        per_reference = dict(self._of_flow[row])[chosen]
        factors = {each: value / per_reference for each, value in group.factors.items()} if group else {}
        units = {each: _unit_reference(group, each) for each in factors} if group else {}
        return FlowQuantity(
            reference("FlowProperty", chosen, name), group.reference if group else "", factors, units
        )

    def _flow(self, row: int, name: str) -> Document:
        flows = self._database["flows"]
        chosen = self.flows[row].property["@id"]
        properties = [
            {
                "conversionFactor": factor, "isRefFlowProperty": identifier == chosen,
                "flowProperty": reference("FlowProperty", identifier, self._properties[identifier][0]),
            }
            for identifier, factor in self._of_flow[row]
        ]  # fmt: skip
        chinese = flows.texts("name_zh")[row]
        synonyms = [flows.texts("synonyms")[row], chinese if chinese != name else ""]
        return filled({
            "@type": "Flow", "@id": identity(flows.texts("id")[row]), "name": name,
            "flowType": FLOW_TYPES[flows.texts("kind")[row]], "category": flows.texts("category")[row],
            "cas": flows.texts("cas")[row], "formula": flows.texts("formula")[row],
            "location": location_reference(flows.texts("location")[row]),
            "synonyms": "; ".join(part for part in synonyms if part), "flowProperties": properties,
        })  # fmt: skip


def _source_groups(database: ProcessDatabase) -> list[_Group]:
    """Unit groups of the source that have a unit of factor 1, in order of their identifiers."""
    found: dict[str, tuple[str, dict[str, float]]] = {}
    units = database["units"]
    columns = (
        units.texts("group"),
        units.texts("group_name"),
        units.texts("unit"),
        units.numbers("factor").tolist(),
    )
    for group, name, unit, factor in zip(*columns, strict=True):
        found.setdefault(group, (name, {}))[1].setdefault(unit, factor)
    used = set(database["flow_properties"].texts("unit")) | set(database["flows"].texts("unit"))
    groups = []
    for source, (name, factors) in sorted(found.items()):
        ones = [unit for unit, factor in factors.items() if factor == 1.0]
        chosen = [unit for unit in ones if unit in used] or ones
        if chosen:
            groups.append(_Group(identity(source), name, chosen[0], factors))
    return groups


def _unit_reference(group: _Group, unit: str) -> Document:
    return reference("Unit", made_identity("unit", group.id, unit), unit)


def _group_document(group: _Group) -> Document:
    units = [
        {
            "@id": made_identity("unit", group.id, unit), "name": unit, "conversionFactor": factor,
            "isRefUnit": unit == group.reference,
        }
        for unit, factor in group.factors.items()
    ]  # fmt: skip
    return reference("UnitGroup", group.id, group.name) | {"units": units}
