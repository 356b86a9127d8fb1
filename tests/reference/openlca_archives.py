"""Test systems of openLCA as an archive that openLCA could have written (schema 2)."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs

Document = dict[str, Any]
KINDS = {"product": "PRODUCT_FLOW", "waste": "WASTE_FLOW", "elementary": "ELEMENTARY_FLOW"}


@attrs.frozen
class Line:
    """One exchange [kg]; the first of a process is its reference."""

    flow: str
    amount: float
    kind: str = "product"
    taken: bool = False
    avoided: bool = False


@attrs.frozen
class Unit:
    """A process with its physical allocation factors, numbers or formulas of its parameters."""

    name: str
    lines: Sequence[Line]
    shares: dict[str, float | str] = attrs.field(factory=dict)
    parameters: dict[str, float] = attrs.field(factory=dict)


def archive(folder: Path, processes: Sequence[Unit]) -> Path:
    """Write the processes with their flows, all of them masses in kilograms."""
    documents: dict[str, Document] = {
        "unit_groups/units.json": {
            "@id": "units", "name": "Mass units",
            "units": [{"@id": "kg", "name": "kg", "conversionFactor": 1.0, "isRefUnit": True}],
        },
        "flow_properties/mass.json": {"@id": "mass", "name": "Mass", "unitGroup": {"@id": "units"}},
    }  # fmt: skip
    for unit in processes:
        documents[f"processes/{unit.name}.json"] = _process(unit)
        for line in unit.lines:
            documents[f"flows/{line.flow}.json"] = _flow(line)
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as made:
        for name, document in documents.items():
            made.writestr(name, json.dumps(document))
    return path


def _flow(line: Line) -> Document:
    mass = {"flowProperty": {"@id": "mass"}, "conversionFactor": 1.0, "isRefFlowProperty": True}
    return {
        "@id": line.flow, "name": line.flow, "flowType": KINDS[line.kind], "flowProperties": [mass],
        "category": "emission/air" if line.kind == "elementary" else "goods",
    }  # fmt: skip


def _process(unit: Unit) -> Document:
    exchanges = [
        {
            "internalId": number, "flow": {"@id": line.flow}, "amount": line.amount, "unit": {"@id": "kg"},
            "flowProperty": {"@id": "mass"}, "isInput": line.taken, "isAvoidedProduct": line.avoided,
            "isQuantitativeReference": number == 1,
        }
        for number, line in enumerate(unit.lines, start=1)
    ]  # fmt: skip
    factors = [
        {"allocationType": "PHYSICAL_ALLOCATION", "product": {"@id": product}, "value": 1.0, "formula": share}
        if isinstance(share, str)
        else {"allocationType": "PHYSICAL_ALLOCATION", "product": {"@id": product}, "value": share}
        for product, share in unit.shares.items()
    ]
    return {
        "@id": unit.name, "name": unit.name, "processType": "UNIT_PROCESS", "exchanges": exchanges,
        "defaultAllocationMethod": "PHYSICAL_ALLOCATION" if factors else "NO_ALLOCATION",
        "allocationFactors": factors,
        "parameters": [
            {"name": name, "value": value, "isInputParameter": True} for name, value in unit.parameters.items()
        ],
    }  # fmt: skip
