"""A database as a bw_processing data package: matrices with integer identifiers that bw2calc reads.

Resources: ``technosphere`` and ``biosphere`` (indices, data, flip, distributions), one ``characterization-N`` for each
impact category, found by its ``identifier``, and two tables (``activities.csv``, ``flows.csv``) that say what every
identifier is. Identifiers: activity i (from 0) of the database has i + 1; elementary flows follow, a flow that is taken
and given twice. They depend on the content of the database alone.

Source: documentation of bw_processing 1.x (Brightway), data package format.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from cradlemark.core.errors import MissingDataError
from cradlemark.core.language import Text
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.inventory.dataset import GwpSet
from cradlemark.inventory.exporters.archive_writer import write_archive
from cradlemark.inventory.exporters.brightway_distributions import NO_UNCERTAINTY, entry_distributions
from cradlemark.inventory.processes.characterise import climate_factors, own_factors
from cradlemark.inventory.processes.matrix_system import flow_keys, matrix_system
from cradlemark.inventory.processes.tables import IntArray, ProcessDatabase

INDICES = np.dtype([("row", "<i8"), ("col", "<i8")])
ACTIVITIES, FLOWS = "activities", "flows"
ACTIVITY_COLUMNS = (
    "id", "name", "name_zh", "reference product", "unit", "location", "categories", "database", "code",
    "product code", "type", "allocation", "amount",
)  # fmt: skip
FLOW_COLUMNS = (
    "id", "name", "name_zh", "unit", "categories", "direction", "CAS number", "formula", "database", "code",
)  # fmt: skip


@attrs.frozen(eq=False)
class _Group:
    """Resources of one matrix."""

    name: str
    matrix: str
    arrays: Mapping[str, NDArray[np.generic]]
    more: Mapping[str, object] = attrs.field(factory=dict)


def write_brightway_package(database: ProcessDatabase, path: Path, *, gwp_set: GwpSet = "AR6") -> None:
    """Write a database as a data package in a zip file; the same database gives the same bytes.

    Parameters
    ----------
    database : ProcessDatabase
    path : Path
        A file that does not exist yet.
    gwp_set : {"AR4", "AR5", "AR6"}
        Of the climate impact by gas, which is the first category; those that came with the database follow.

    Raises
    ------
    InputError
        ``file-exists``, ``output-unwritable``.
    MissingDataError
        ``database-empty``, when no process makes anything.
    """
    write_archive(path, package_members(database, gwp_set=gwp_set), stored=frozenset({".flip.npy"}))


def package_members(database: ProcessDatabase, *, gwp_set: GwpSet = "AR6") -> Iterator[tuple[str, bytes]]:
    """Documents of the data package: name and content, ``datapackage.json`` first."""
    if not len(database["activities"]):
        raise MissingDataError(
            Text(f"database {database.id} has no product with supply, so that it has no matrix", f"数据库 {database.id} 没有有供应的产品，因此没有矩阵"), code="database-empty",
            hint=Text("export it for openLCA, or import it with another --allocation", "导出为 openLCA 格式，或用其他 --allocation 导入"),
        )  # fmt: skip
    system = matrix_system(database, (climate_factors(database, gwp_set), own_factors(database)))
    groups = tuple(_groups(database, system))
    document = {
        "profile": "data-package",
        "name": _plain(database.id),
        "id": database.digest.partition(":")[2][:32],
        "version": database.version,
        "licenses": [{"title": database.licence}] if database.licence else [],
        "sources": [{"title": database.source}],
        "resources": [*_resources(groups), *_tables(groups)],
        "created": "1980-01-01T00:00:00Z",
        "combinatorial": False,
        "sequential": False,
        "seed": None,
        "64_bit_indices": True,
        "sum_intra_duplicates": True,
        "sum_inter_duplicates": False,
        "matrix_serialize_format_type": "numpy",
    }
    yield "datapackage.json", (json.dumps(document, ensure_ascii=False, indent=2) + "\n").encode()
    for group in groups:
        for kind, array in group.arrays.items():
            yield f"{group.name}.{kind}.npy", _npy(array)
    yield f"{ACTIVITIES}.csv", _csv(ACTIVITY_COLUMNS, _activity_rows(database))
    yield f"{FLOWS}.csv", _csv(FLOW_COLUMNS, _flow_rows(database))


def _groups(database: ProcessDatabase, system: MatrixSystem) -> Iterator[_Group]:
    count = len(system.processes)
    technosphere, biosphere = system.technosphere, system.biosphere
    used = technosphere.amount < 0.0
    exchanges = database["technosphere"].integers("exchange")
    yield _matrix(
        "technosphere",
        technosphere,
        database,
        exchanges,
        flip=used,
        row=technosphere.row + 1,
        col=technosphere.column + 1,
    )
    exchanges = database["biosphere"].integers("exchange")
    yield _matrix(
        "biosphere", biosphere, database, exchanges, flip=np.zeros(len(biosphere), np.bool_),
        row=biosphere.row + count + 1, col=biosphere.column + 1,
    )  # fmt: skip
    factors = system.characterisation
    for category, name in enumerate(system.categories):
        mine = factors.row == category
        rows = factors.column[mine] + count + 1
        arrays = {"indices": _indices(rows, rows), "data": factors.amount[mine]}
        # bw2calc looks for a category by a text or a list of at least two.
        more = {"identifier": [database.id, *_identity(database, category), name]}
        yield _Group(f"characterization-{category}", "characterization_matrix", arrays, more)


def _identity(database: ProcessDatabase, category: int) -> tuple[str, ...]:
    """Method and identifier of a category of the source; the first one, by gas, has none."""
    table = database["impact_categories"]
    return (table.texts("method")[category - 1], table.texts("id")[category - 1]) if category else ()


def _matrix(
    name: str, entries: Entries, database: ProcessDatabase, exchanges: IntArray, *,
    flip: NDArray[np.bool_], row: IntArray, col: IntArray,
) -> _Group:  # fmt: skip
    data = np.where(flip, -entries.amount, entries.amount)
    arrays: dict[str, NDArray[np.generic]] = {"indices": _indices(row, col), "data": data}
    if flip.any():
        arrays["flip"] = flip
    distributions = entry_distributions(database["exchanges"], exchanges, data)
    if (distributions["uncertainty_type"] != NO_UNCERTAINTY).any():
        arrays["distributions"] = distributions
    return _Group(name, f"{name}_matrix", arrays)


def _indices(row: IntArray, col: IntArray) -> NDArray[np.void]:
    found = np.empty(len(row), dtype=INDICES)
    found["row"], found["col"] = row, col
    return found


def _resources(groups: tuple[_Group, ...]) -> Iterator[dict[str, object]]:
    for group in groups:
        for kind, array in group.arrays.items():
            yield {
                "profile": "data-resource", "format": "npy", "mediatype": "application/octet-stream",
                "name": f"{group.name}.{kind}", "matrix": group.matrix, "kind": kind,
                "path": f"{group.name}.{kind}.npy", "group": group.name, "category": "vector",
                "nrows": len(array), **group.more,
            }  # fmt: skip


def _tables(groups: tuple[_Group, ...]) -> Iterator[dict[str, object]]:
    factors = [[group.name, "rows"] for group in groups[2:]]
    of_activities = [["technosphere", "rows"], ["technosphere", "cols"], ["biosphere", "cols"]]
    for name, valid in ((ACTIVITIES, of_activities), (FLOWS, [["biosphere", "rows"], *factors])):
        yield {
            "profile": "data-resource", "mediatype": "text/csv", "path": f"{name}.csv", "name": name,
            "valid_for": valid,
        }  # fmt: skip


def _npy(array: NDArray[np.generic]) -> bytes:
    file = io.BytesIO()
    np.lib.format.write_array(file, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return file.getvalue()


def _csv(columns: tuple[str, ...], rows: Iterator[tuple[object, ...]]) -> bytes:
    file = io.StringIO(newline="")
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue().encode()


def _activity_rows(database: ProcessDatabase) -> Iterator[tuple[object, ...]]:
    processes, flows, activities = database["processes"], database["flows"], database["activities"]
    for row in range(len(activities)):
        process, flow = int(activities.integers("process")[row]), int(activities.integers("flow")[row])
        yield (
            row + 1, processes.texts("name_en")[process], processes.texts("name_zh")[process],
            flows.texts("name_en")[flow] or flows.texts("name_zh")[flow], flows.texts("unit")[flow],
            processes.texts("location")[process], processes.texts("category")[process], database.id,
            processes.texts("id")[process], flows.texts("id")[flow], flows.texts("kind")[flow],
            activities.texts("allocation")[row], float(activities.numbers("amount")[row]),
        )  # fmt: skip


def _flow_rows(database: ProcessDatabase) -> Iterator[tuple[object, ...]]:
    flows = database["flows"]
    for number, (row, direction) in enumerate(flow_keys(database), start=len(database["activities"]) + 1):
        yield (
            number, flows.texts("name_en")[row], flows.texts("name_zh")[row], flows.texts("unit")[row],
            flows.texts("category")[row], direction, flows.texts("cas")[row], flows.texts("formula")[row],
            database.id, flows.texts("id")[row],
        )  # fmt: skip


def _plain(name: str) -> str:
    """A name of letters, digits and ``_-.``, as the format wants it."""
    return "".join(sign if sign.isalnum() or sign in "_-." else "_" for sign in name) or "database"
