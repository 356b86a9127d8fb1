"""A small process database in openLCA JSON-LD with numbers that can be worked out by hand, and studies that use it.

Steel of ``Works``: 0.8 kg CO2 and 0.36 MJ of heat; heat: 0.1 kg CO2 and 1 g methane per MJ; so steel is
0.8 + 0.36 * (0.1 + 0.001 GWP(methane)) kg CO2e/kg. ``Brass strip`` has an input that nobody supplies; ``Zinc`` takes more
carbon dioxide away than it gives, which no such process does.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.processes.store import StoredProcesses, find_processes, write_processes

Document = dict[str, Any]
LICENCE = "CC-BY-4.0, made for tests"
STUDY = """\
id = "clip"
title = {{ en = "Clip", zh = "卡扣" }}
boundary = "cradle_to_gate"
period = "2025"
rule_pack = "{rules}"
place = "CN"
databases = {databases}
choices = {choices}

[product]
name = {{ en = "Clip", zh = "卡扣" }}
mass = "1 kg"
holder = {{ name = {{ en = "Maker", zh = "厂家" }} }}

[unit]
declared = "1 piece"

[[components]]
part_number = "1"
name = {{ en = "Body", zh = "本体" }}
quantity = "1 piece"
"""
MATERIAL = """\
[[components.materials]]
text = "{text}"
amount = "{amount}"
origin = "{place}"
{dataset}
"""


def _named(identifier: str, **more: Any) -> Document:
    return {"@id": identifier, "name": identifier, **more}


def _flow(identifier: str, kind: str, quantity: str, category: str = "goods", **more: Any) -> Document:
    properties = [
        {"flowProperty": {"@id": quantity}, "conversionFactor": 1.0, "isRefFlowProperty": True},
    ]
    return _named(identifier, flowType=kind, flowProperties=properties, category=category, **more)


def _exchange(number: int, flow: str, amount: float, unit: str = "kg", **more: Any) -> Document:
    quantity = "energy" if unit == "MJ" else "mass"
    return {
        "internalId": number, "flow": {"@id": flow}, "amount": amount, "unit": {"@id": unit},
        "flowProperty": {"@id": quantity}, **more,
    }  # fmt: skip


def _process(identifier: str, *exchanges: Document, place: str = "CN") -> Document:
    documentation = {"validFrom": "2023-01-01", "validUntil": "2024-12-31"}
    return _named(
        identifier, processType="UNIT_PROCESS", exchanges=list(exchanges), location={"@id": place},
        processDocumentation=documentation,
    )  # fmt: skip


def documents(*, steel_co2: float = 0.8, gsd: float = 1.2) -> dict[str, Document]:
    """The source by file; the direct emission of steel and the spread of its heat may be changed."""
    lognormal = {"distributionType": "LOG_NORMAL_DISTRIBUTION", "geomMean": 0.36, "geomSd": gsd}
    air = "Elementary flows/Emission to air/unspecified"
    found = {
        "openlca.json": {"schemaVersion": 2},
        "locations/CN.json": _named("CN", code="CN"),
        **{
            f"unit_groups/{name}.json": _named(
                name, units=[{"@id": unit, "name": unit, "conversionFactor": 1.0, "isRefUnit": True}]
            )
            for name, unit in (("g-mass", "kg"), ("g-energy", "MJ"))
        },
        "flow_properties/mass.json": _named("mass", unitGroup={"@id": "g-mass"}),
        "flow_properties/energy.json": _named("energy", unitGroup={"@id": "g-energy"}),
    }
    flows = [
        _flow("Hot rolled steel", "PRODUCT_FLOW", "mass"),
        _flow("Brass strip", "PRODUCT_FLOW", "mass"),
        _flow("Zinc", "PRODUCT_FLOW", "mass"),
        _flow("Heat", "PRODUCT_FLOW", "energy"),
        _flow("Copper scrap", "PRODUCT_FLOW", "mass"),
        _flow("Carbon dioxide, fossil", "ELEMENTARY_FLOW", "mass", air, cas="000124-38-9"),
        _flow("Methane, fossil", "ELEMENTARY_FLOW", "mass", air, cas="000074-82-8"),
    ]
    taken = {"isInput": True}
    processes = [
        _process(
            "Works",
            _exchange(1, "Hot rolled steel", 1.0, isQuantitativeReference=True),
            _exchange(2, "Heat", 0.36, "MJ", **taken, uncertainty=lognormal),
            _exchange(3, "Carbon dioxide, fossil", steel_co2),
        ),
        _process(
            "Boiler",
            _exchange(1, "Heat", 1.0, "MJ", isQuantitativeReference=True),
            _exchange(2, "Carbon dioxide, fossil", 0.1, uncertainty={**lognormal, "geomMean": 0.1}),
            _exchange(3, "Methane, fossil", 0.001),
        ),
        _process(
            "Brass mill",
            _exchange(1, "Brass strip", 1.0, isQuantitativeReference=True),
            _exchange(2, "Heat", 20.0, "MJ", **taken, uncertainty={**lognormal, "geomMean": 20.0}),
            _exchange(3, "Copper scrap", 0.7, **taken),
        ),
        _process(
            "Zinc smelter",
            _exchange(1, "Zinc", 1.0, isQuantitativeReference=True),
            _exchange(2, "Carbon dioxide, fossil", -3.0),
        ),
    ]
    for folder, items in (("flows", flows), ("processes", processes)):
        found |= {f"{folder}/{index}.json": item for index, item in enumerate(items)}
    return found


def write_source(folder: Path, *, name: str = "small.zip", **changes: float) -> Path:
    """Write the source as an archive."""
    folder.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(folder / name, "w") as archive:
        for path, document in documents(**changes).items():
            archive.writestr(path, json.dumps(document))
    return folder / name


def stored(source: Path, **about: str) -> StoredProcesses:
    """Import a source into the store of the test."""
    done = import_processes(source, **{"licence": LICENCE, **about})
    assert done.report.balanced
    write_processes(done.database, report=done.report.as_document())
    return find_processes(done.database.digest)


def write_study(
    folder: Path,
    materials: list[tuple[str, str]] | list[tuple[str, str, str]],
    *,
    databases: list[str],
    rules: str = "iso-14067-2018",
    place: str = "CN",
    choices: list[dict[str, str]] | None = None,
) -> Path:
    """Write a study of materials, each with text, amount, and a dataset that is fixed for it, if any."""
    folder.mkdir(parents=True, exist_ok=True)
    chosen = [
        "{ " + ", ".join(f"{key} = {json.dumps(value)}" for key, value in choice.items()) + " }"
        for choice in choices or []
    ]
    text = STUDY.format(
        rules=rules, databases=json.dumps(databases), choices="[" + ", ".join(chosen) + "]"
    )  # fmt: skip
    for line in materials:
        fixed = f'dataset = "{line[2]}"' if len(line) > 2 else ""  # type: ignore[misc]
        text += MATERIAL.format(text=line[0], amount=line[1], place=place, dataset=fixed)
    (folder / "study.toml").write_text(text, encoding="utf-8")
    return folder
