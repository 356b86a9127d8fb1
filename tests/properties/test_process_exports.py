"""import . export = identity on what matters: matrices, cut-offs and factors of any database of processes."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import Any

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from tests.properties.test_process_imports import DOCUMENTS, MemoryArchive

from cradlemark.inventory.exporters.brightway_package import package_members
from cradlemark.inventory.exporters.openlca_jsonld import openlca_members
from cradlemark.inventory.importers.brightway_package import read_brightway_package
from cradlemark.inventory.importers.openlca_jsonld import read_openlca
from cradlemark.inventory.processes.allocation import POLICIES
from cradlemark.inventory.processes.assemble import assemble
from cradlemark.inventory.processes.collect import Collected
from cradlemark.inventory.processes.report import make_report
from cradlemark.inventory.processes.tables import ProcessDatabase, digest_of_tables


class Memory(MemoryArchive):
    """Documents in memory, as texts or values, that can be opened as well."""

    def __init__(self, documents: dict[str, Any]) -> None:
        super().__init__(
            {k: v if isinstance(v, bytes) else json.dumps(v).encode() for k, v in documents.items()}
        )

    def open(self, name: str) -> io.BytesIO:
        return io.BytesIO(self.documents[name])


FLOWS = {"steel": "PRODUCT_FLOW", "slag": "PRODUCT_FLOW", "scrap": "WASTE_FLOW", "co2": "ELEMENTARY_FLOW"}
amounts = st.floats(-1e6, 1e6, allow_nan=False).filter(lambda value: value == 0.0 or abs(value) > 1e-6)
spreads = st.sampled_from([
    None,
    {"distributionType": "LOG_NORMAL_DISTRIBUTION", "geomMean": 2.0, "geomSd": 1.5},
    {"distributionType": "NORMAL_DISTRIBUTION", "mean": 2.0, "sd": 0.5},
    {"distributionType": "TRIANGLE_DISTRIBUTION", "minimum": 1.0, "mode": 2.0, "maximum": 4.0},
    {"distributionType": "UNIFORM_DISTRIBUTION", "minimum": 1.0, "maximum": 4.0},
])  # fmt: skip


@st.composite
def exchanges(draw: st.DrawFn, processes: int) -> dict[str, Any]:
    found: dict[str, Any] = {
        "flow": {"@id": draw(st.sampled_from(sorted(FLOWS)))}, "amount": draw(amounts), "isInput": draw(st.booleans()),
        "unit": {"@id": draw(st.sampled_from(["kg", "g"]))}, "flowProperty": {"@id": "mass"},
        "isAvoidedProduct": draw(st.sampled_from([False, False, True])), "uncertainty": draw(spreads),
        "amountFormula": draw(st.sampled_from(["", "", "outer * 2", "outer ^ 2 - nobody"])),
    }  # fmt: skip
    if draw(st.booleans()):
        found["defaultProvider"] = {"@id": f"p{draw(st.integers(0, processes))}"}
    return {key: value for key, value in found.items() if value not in (None, "")}


@st.composite
def databases(draw: st.DrawFn) -> dict[str, Any]:
    """Documents of up to four processes over four flows, with factors that sum to one, or do not."""
    documents = {name: document for name, document in DOCUMENTS.items() if not name.startswith("processes/")}
    count = draw(st.integers(1, 4))
    for number in range(count):
        lines = draw(st.lists(exchanges(count), min_size=1, max_size=6))
        for place, line in enumerate(lines):
            line |= {
                "internalId": draw(st.sampled_from([place + 1, place])),
                "isQuantitativeReference": place == 0,
            }
        share = draw(st.sampled_from([0.3, 0.9, 2.0]))
        method = draw(st.sampled_from(["PHYSICAL_ALLOCATION", "ECONOMIC_ALLOCATION", "CAUSAL_ALLOCATION"]))
        documents[f"processes/p{number}.json"] = {
            "@id": f"p{number}", "name": f"p{number}", "processType": "UNIT_PROCESS", "exchanges": lines,
            "defaultAllocationMethod": method,
            "allocationFactors": [
                {"allocationType": method, "product": {"@id": product}, "value": value}
                for product, value in (("steel", share), ("slag", 1.0 - share))
            ],
        }  # fmt: skip
    return documents


def database_of(collected: Collected, policy: str) -> ProcessDatabase:
    done = assemble(collected.tables, (policy,))  # type: ignore[arg-type]
    made = ProcessDatabase(
        "x", "", "", "x", collected.format, policy, done.tables, digest_of_tables(done.tables)
    )
    assert make_report(collected, done, made).balanced
    return made


def content(database: ProcessDatabase) -> dict[str, Counter[tuple[Any, ...]]]:
    """Rows that matter, without regard to their order, amounts to 12 digits."""
    processes, flows = database["processes"].texts("id"), database["flows"].texts("id")
    made = [
        (processes[process], flows[flow])
        for process, flow in zip(
            database["activities"].integers("process"), database["activities"].integers("flow"), strict=True
        )
    ]
    found: dict[str, Counter[tuple[Any, ...]]] = {}
    for name in ("technosphere", "biosphere", "cut_offs"):
        rows = [database[name].row(index) for index in range(len(database[name]))]
        found[name] = Counter(
            (
                made[int(row["row"])] if "row" in row else flows[int(row["flow"])], made[int(row["column"])],
                str(row.get("direction", "")), f"{float(row['amount']):.12g}",
            )
            for row in rows
        )  # fmt: skip
    spread = database["exchanges"]
    found["uncertainties"] = Counter(
        (row["distribution"], *(f"{float(row[p]):.12g}" for p in ("p1", "p2", "p3")))
        for row in map(spread.row, range(len(spread)))
    )
    factors = database["characterisation"]
    found["factors"] = Counter((row["flow"], row["value"]) for row in map(factors.row, range(len(factors))))
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(databases(), st.sampled_from(POLICIES))
def test_openlca_archives_hold_the_same_database(documents: dict[str, Any], policy: str) -> None:
    first = database_of(read_openlca(Memory(documents)), policy)
    second = database_of(read_openlca(Memory(dict(openlca_members(first)))), policy)
    assert content(second) == content(first)
    assert dict(openlca_members(second)) == dict(openlca_members(first))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(databases(), st.sampled_from(POLICIES))
def test_data_packages_hold_the_same_matrices(documents: dict[str, Any], policy: str) -> None:
    first = database_of(read_openlca(Memory(documents)), policy)
    assume(len(first["activities"]))
    net = dense(first, "technosphere", "row").diagonal()
    assume((net != 0.0).all())  # what makes nothing of its own product has no maker there
    second = database_of(read_brightway_package(Memory(dict(package_members(first)))), policy)
    assert len(second["activities"]) == len(first["activities"])
    for name, side in (("technosphere", "row"), ("biosphere", "column")):
        one, two = dense(first, name, side), dense(second, name, side)
        np.testing.assert_allclose(two, one, rtol=1e-12)


def dense(database: ProcessDatabase, name: str, side: str) -> np.ndarray:
    """Sums of the entries by column, and by row where rows are activities; the sign of a row that was turned is dropped."""
    count = len(database["activities"])
    table = database[name]
    rows = table.integers(side)
    found = np.zeros((count, count))
    np.add.at(found, (rows, table.integers("column")), table.numbers("amount"))
    return np.abs(found)
