"""Exports of every sample database, held against checkers and engines written by others.

openLCA archives: the classes of olca-schema (GreenDelta, MPL-2.0) read every document and lose nothing of it, and we read
the archive back into the same matrices. Data packages: bw2calc computes every product and category to the same value.
"""

from __future__ import annotations

import json
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import olca_schema
import pytest
from tests.conformance.brightway import scores

from cradlemark.core.errors import InputError, MissingDataError
from cradlemark.inventory.exporters.process_databases import export_processes
from cradlemark.inventory.importers.archive import open_archive
from cradlemark.inventory.importers.process_databases import FORMATS, ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import ProductIntensities, product_intensities
from cradlemark.inventory.processes.tables import ProcessDatabase

SAMPLES = Path(__file__).resolve().parents[3] / "shared" / "data" / "samples"
FOLDERS = (
    "openlca_jsonld/*.zip", "ilcd_tiangong/*.zip", "ilcd_minimal", "ecospold1/*", "ecospold2/*", "simapro_csv/*.csv",
    "simapro_csv/*.txt", "brightway_excel/*.xlsx", "bw_datapackage/*.zip", "io_matrices/*",
)  # fmt: skip


def recognised(path: Path) -> bool:
    """Whether a sample has a format that is imported."""
    try:
        archive = open_archive(path)
    except InputError:
        return False
    try:
        return any(known.recognises(archive) for known in FORMATS)
    finally:
        archive.close()


FOUND = [path for pattern in FOLDERS for path in sorted(SAMPLES.glob(pattern)) if recognised(path)]
POLICIES = "declared,price,mass,substitution"
CLASSES = {
    "unit_groups": olca_schema.UnitGroup, "flow_properties": olca_schema.FlowProperty, "flows": olca_schema.Flow,
    "locations": olca_schema.Location, "parameters": olca_schema.Parameter, "processes": olca_schema.Process,
    "lcia_categories": olca_schema.ImpactCategory, "lcia_methods": olca_schema.ImpactMethod,
}  # fmt: skip

every_sample = pytest.mark.parametrize(
    "path", FOUND or [None], ids=lambda path: path.name if path else "none"
)


@cache
def sample(path: Path | None) -> ProcessImport:
    """A sample, imported; skipped when it is no database of processes in a format that is read."""
    if path is None:
        pytest.skip("the samples are not there")
    try:
        return import_processes(path, allocation=POLICIES)
    except InputError as error:
        pytest.skip(f"{path.name} is not imported: {error.code}")


def solved(database: ProcessDatabase) -> ProductIntensities:
    try:
        return product_intensities(database)
    except MissingDataError:
        pytest.skip(f"{database.id} has no product with supply")


def matrices(database: ProcessDatabase) -> dict[str, dict[tuple[str, ...], float]]:
    """Sums of the entries by identifiers, without empty ones."""
    activities = [
        (database["processes"].texts("id")[process], database["flows"].texts("id")[flow])
        for process, flow in zip(
            database["activities"].integers("process"), database["activities"].integers("flow"), strict=True
        )
    ]
    flows = database["flows"].texts("id")
    found: dict[str, dict[tuple[str, ...], float]] = {"technosphere": {}, "biosphere": {}, "cut_offs": {}}
    for name, table in found.items():
        rows = database[name]
        for index in range(len(rows)):
            line = rows.row(index)
            column = activities[int(line["column"])]
            if name == "technosphere":
                key = (*activities[int(line["row"])], *column)
            else:
                key = (flows[int(line["flow"])], str(line.get("direction", line.get("reason"))), *column)
            table[key] = table.get(key, 0.0) + float(line["amount"])
    return found


@every_sample
def test_openlca_archive_is_valid_and_the_same_database(path: Path | None, tmp_path: Path) -> None:
    database = sample(path).database
    archives = [tmp_path / name for name in ("first.zip", "second.zip")]
    for archive in archives:
        export_processes(database, archive, kind="openlca")
    assert archives[0].read_bytes() == archives[1].read_bytes()
    check_schema(archives[0])
    again = import_processes(archives[0], allocation=POLICIES)
    assert again.report.counts["exchanges refused"] == 0
    assert again.report.balanced
    first, second = matrices(database), matrices(again.database)
    for name, entries in first.items():
        assert renamed(entries) == pytest.approx(second[name], rel=1e-12), name
    for table in ("impact_categories", "characterisation"):
        assert len(database[table]) == len(again.database[table])
    if len(database["activities"]):
        one, two = solved(database), solved(again.database)
        np.testing.assert_allclose(np.sort(two.values), np.sort(one.values), rtol=1e-9, atol=0.0)


def renamed(entries: dict[tuple[str, ...], float]) -> dict[tuple[str, ...], float]:
    from cradlemark.inventory.exporters.openlca_names import identity

    kept = {"input", "output"}
    return {
        tuple(part if part in kept or part.startswith("open_") else identity(part) for part in key): value
        for key, value in entries.items()
    }


def check_schema(archive: Path) -> None:
    """Every document is read by the class of its folder, loses nothing there, and what it refers to is there."""
    with zipfile.ZipFile(archive) as file:
        documents = {name: json.loads(file.read(name)) for name in file.namelist()}
    assert documents.pop("openlca.json") == {"schemaVersion": 2}
    for name, document in documents.items():
        folder, _, rest = name.partition("/")
        assert rest == f"{document['@id']}.json"
        read = CLASSES[folder].from_dict(document)
        assert read.to_dict() == document, name
    identifiers = {document["@id"] for document in documents.values()}
    for name, document in documents.items():
        if name.startswith("processes/"):
            for exchange in document.get("exchanges", ()):
                assert exchange["flow"]["@id"] in identifiers
                assert exchange["flowProperty"]["@id"] in identifiers


@every_sample
def test_bw2calc_computes_the_same_from_the_package(path: Path | None, tmp_path: Path) -> None:
    database = sample(path).database
    ours = solved(database)
    packages = [tmp_path / name for name in ("first.zip", "second.zip")]
    for package in packages:
        export_processes(database, package, kind="bw-processing")
    assert packages[0].read_bytes() == packages[1].read_bytes()
    found = scores(packages[0], folder=tmp_path)["scores"]
    if found is None:  # bw2calc characterises nothing where there is no elementary flow
        assert not len(database["biosphere"])
        assert not ours.values.any()
        return
    theirs = np.array(found)
    assert theirs.shape == ours.values.shape
    scale = np.abs(ours.values)
    assert np.all(np.abs(theirs - ours.values) <= 1e-9 * scale + 1e-300)


def test_the_samples_with_a_database_are_there() -> None:
    """The loops above do not pass because they skip everything."""
    if not FOUND:
        pytest.skip("the samples are not there")
    names = {"uslci_2020q3_subset.zip", "tiangong_subset_ilcd.zip"}
    assert names <= {path.name for path in FOUND}
