"""Workbooks as bw2io reads them, computed by bw2calc, held against our own reading.

Two things are done to be able to compare. bw2io links by the fields that one names, so it is told name and unit, and what is
then still open (``market for lime``, methane of a database that is not there) is dropped, as we cut it off. And Brightway keeps
amounts with 32 bits for its matrices, which alone moves results by 1e-8 to 1e-7; here the amounts that bw2io has read go to
bw2calc with 64 bits.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from tests.conformance.brightway import openlca_scores, workbook_scores
from tests.unit.inventory.brightway_sheets import WORKS, one_sheet, write_text, write_workbook
from tests.unit.inventory.test_brightway_workbook import SAMPLE, amounts

from cradlemark.inventory.exporters.process_databases import export_processes
from cradlemark.inventory.importers.process_databases import import_processes


@pytest.mark.parametrize("kind", ["sample", "xlsx", "csv"])
def test_bw2io_reads_the_same(tmp_path: Path, kind: str) -> None:
    if kind == "sample":
        if not SAMPLE.is_file():
            pytest.skip("the samples are not there")
        path, flow, left_open, flow_id = SAMPLE, "CO2", 0, "Mobility example::CO2"
    else:
        path = tmp_path / f"works.{kind}"
        write = {"xlsx": lambda: write_workbook(path, WORKS), "csv": lambda: write_text(path, one_sheet())}
        write[kind]()
        flow, left_open, flow_id = "carbon", 2, "works::carbon"
    theirs = workbook_scores(path, flow=flow, fields=["name", "unit"], folder=tmp_path)
    assert theirs["unlinked"] == left_open
    assert amounts(import_processes(path), flow_id) == pytest.approx(theirs["scores"], rel=1e-9)


@pytest.mark.skipif(not SAMPLE.is_file(), reason="the samples are not there")
def test_bw2io_reads_our_openlca_archive_to_the_same(tmp_path: Path) -> None:
    """Of the samples bw2io 0.9.17 reads none in openLCA format itself: version 1 and archives without places make it fail."""
    database = import_processes(SAMPLE).database
    export_processes(database, tmp_path / "out.zip", kind="openlca")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        archive.extractall(tmp_path / "out")
    theirs = openlca_scores(tmp_path / "out", folder=tmp_path)
    assert theirs["unlinked"] == 0
    ours = amounts(import_processes(SAMPLE), "Mobility example::CO2")
    assert ours == pytest.approx(theirs["scores"], rel=1e-9)
