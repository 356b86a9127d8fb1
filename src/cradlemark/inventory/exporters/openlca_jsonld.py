"""A database as an openLCA JSON-LD archive, schema version 2.

What is written is what the source said: processes before allocation, with their factors, formulas and parameters; the
providers are those that were found. Read again with the same allocation policies, the archive gives the same matrices.
Texts exist in one language there; Chinese names become synonyms.

Source: documentation of the openLCA schema (GreenDelta, olca-schema), version 2.0.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from cradlemark.inventory.exporters.archive_writer import write_archive
from cradlemark.inventory.exporters.openlca_names import (
    Document,
    filled,
    identity,
    location_reference,
    made_identity,
    names_of,
    reference,
)
from cradlemark.inventory.exporters.openlca_processes import ProcessDocuments
from cradlemark.inventory.exporters.openlca_quantities import Quantities
from cradlemark.inventory.processes.tables import ProcessDatabase


def write_openlca(database: ProcessDatabase, path: Path) -> None:
    """Write a database as an archive; the same database gives the same bytes.

    Parameters
    ----------
    database : ProcessDatabase
    path : Path
        A file that does not exist yet.

    Raises
    ------
    InputError
        ``file-exists``, ``output-unwritable``.
    """
    write_archive(path, openlca_members(database))


def openlca_members(database: ProcessDatabase) -> Iterator[tuple[str, bytes]]:
    """Documents of the archive: name and content."""
    yield "openlca.json", b'{"schemaVersion": 2}\n'
    for name, document in _documents(database):
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        yield name, text.encode("utf-8") + b"\n"


def _documents(database: ProcessDatabase) -> Iterator[tuple[str, Document]]:
    quantities = Quantities(database)
    processes = ProcessDocuments(database, quantities)
    yield from _locations(database)
    yield from quantities.documents()
    yield from processes.parameters()
    yield from processes.documents()
    yield from _categories(database, quantities)


def _locations(database: ProcessDatabase) -> Iterator[tuple[str, Document]]:
    codes = {
        code
        for table in ("processes", "flows", "exchanges", "characterisation")
        for code in database[table].texts("location")
        if code
    }
    for code in sorted(codes):
        identifier = made_identity("location", code)
        yield f"locations/{identifier}.json", reference("Location", identifier, code) | {"code": code}


def _categories(database: ProcessDatabase, quantities: Quantities) -> Iterator[tuple[str, Document]]:
    table, factors = database["impact_categories"], database["characterisation"]
    rows: defaultdict[int, list[int]] = defaultdict(list)
    for row, category in enumerate(factors.integers("category").tolist()):
        rows[category].append(row)
    flows = {identifier: row for row, identifier in enumerate(database["flows"].texts("id"))}
    methods: defaultdict[str, list[Document]] = defaultdict(list)
    for category, name in enumerate(names_of(table)):
        identifier = identity(table.texts("id")[category])
        about = reference("ImpactCategory", identifier, name, refUnit=table.texts("unit")[category])
        if table.texts("method")[category]:
            methods[table.texts("method")[category]].append(about)
        values = [_factor(database, row, flows, quantities) for row in rows[category]]
        yield f"lcia_categories/{identifier}.json", filled({**about, "impactFactors": values})
    for name, categories in sorted(methods.items()):
        identifier = made_identity("method", name)
        document = reference("ImpactMethod", identifier, name) | {"impactCategories": categories}
        yield f"lcia_methods/{identifier}.json", document


def _factor(database: ProcessDatabase, row: int, flows: dict[str, int], quantities: Quantities) -> Document:
    table = database["characterisation"]
    source = table.texts("flow")[row]
    place = flows.get(source)
    quantity = quantities.flows[place] if place is not None else None
    scale = quantity.factors.get(quantity.unit, 1.0) if quantity else 1.0
    return filled({
        "value": float(table.numbers("value")[row]) * scale,
        "flow": reference("Flow", identity(source), table.texts("flow_name")[row]),
        "flowProperty": quantity.property if quantity else None,
        "unit": quantity.units.get(quantity.unit) if quantity else None,
        "location": location_reference(table.texts("location")[row]),
    })  # fmt: skip
