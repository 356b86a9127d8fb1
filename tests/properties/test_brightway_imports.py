"""Whatever is broken in a data package or workbook of Brightway, the import ends with a report that adds up or a clear refusal."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.properties.test_process_exports import Memory
from tests.properties.test_process_imports import ODD, changed, conclude, places
from tests.unit.inventory.brightway_sheets import WORKS
from tests.unit.inventory.test_brightway_package import works

from cradlemark.core.errors import CradlemarkError
from cradlemark.inventory.importers.brightway_package import read_brightway_package
from cradlemark.inventory.importers.brightway_sections import layout_of
from cradlemark.inventory.importers.brightway_workbook import read_layout
from cradlemark.inventory.processes.allocation import POLICIES
from cradlemark.inventory.safe_files import Sheet

PACKAGE = works()
PACKAGE.resource(
    "names",
    b"id,name,code\n1,steel,s\n2,heat,h\n3,pit,p\n",
    ending="csv",
    valid_for=[["t", "rows"], ["t", "cols"]],
)
PLACES = [path for path in places(PACKAGE.document) if path]
CELLS = [None, 0.0, -1.0, 1e308, float("nan"), True, "", "x", "1,5", "Activity", "Exchanges", "Database", "Parameters", "skip",
         "production", "technosphere", "biosphere", "a * b", "heat", "works::steel", "('works', 'pit')", "(" * 80]  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD)), max_size=3), st.data())
def test_broken_packages(changes: list[tuple[Any, Any]], data: st.DataObject) -> None:
    document = copy.deepcopy(PACKAGE.document)
    for path, value in changes:
        try:
            document = changed(document, path, value)
        except (KeyError, IndexError, TypeError):
            continue
    members = dict(PACKAGE.members)
    name = data.draw(st.sampled_from(sorted(members)))
    content = bytearray(members[name])
    for _ in range(data.draw(st.integers(0, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    members[name] = bytes(content[: data.draw(st.sampled_from([len(content), len(content), 90, 0]))])
    members["datapackage.json"] = json.dumps(document).encode()
    try:
        collected = read_brightway_package(Memory(members))
    except CradlemarkError:
        return
    conclude(collected, data.draw(st.sampled_from(POLICIES)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 14), st.sampled_from(CELLS)), max_size=12),
    st.sampled_from(POLICIES),
)
def test_broken_workbooks(changes: list[tuple[int, int, Any]], policy: str) -> None:
    sheets = []
    for name, rows in WORKS.items():
        cells = [[*row, *[None] * (15 - len(row))][:15] for row in rows]
        for row, column, value in changes:
            cells[row % len(cells)][column] = value
        sheets.append(Sheet(name, cells))
    try:
        collected = read_layout(layout_of(sheets), "made.xlsx")
    except CradlemarkError:
        return
    conclude(collected, policy)
