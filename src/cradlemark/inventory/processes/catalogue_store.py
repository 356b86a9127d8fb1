"""Catalogues kept beside the tables of their database: one Parquet file, made again when anything it rests on changes.

It is derived and may be deleted at any time. Its name carries what it was made from: the digest of the database, the
engine, the packaged tables of gases, concepts and gates, and the version of its own layout.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np

from cradlemark.core.errors import TrustError
from cradlemark.core.language import Text
from cradlemark.inventory.processes.catalogue import COLUMNS, SEPARATOR, Catalogue, Supply
from cradlemark.inventory.processes.columns import FloatArray
from cradlemark.inventory.processes.schema import SCHEMA
from cradlemark.inventory.processes.store import StoredProcesses, read_processes
from cradlemark.inventory.processes.stored_arrays import engine_version

LAYOUT = 4
"""Raised when the content of a catalogue changes its meaning."""
_RESTS_ON = (
    "cataloguing.py", "characterise.py", "cut_offs.py", "intensities.py", "plausibility.py", "proxies.py", "standing.py", "supply.py",
)  # fmt: skip
"""Code that decides what stands in a catalogue, besides the engine."""
_TABLES = (
    "gases.csv", "gates.toml", "concepts.csv", "concepts_designations.csv", "concepts_trade_names.csv",
    "concepts_words.csv", "concept_datasets.csv", "starter.csv",
)  # fmt: skip


def read_catalogue(about: StoredProcesses) -> Catalogue:
    """Catalogue of a stored database; made and kept when there is none yet.

    Raises
    ------
    TrustError
        ``digest-mismatch`` when the database is not what was imported.
    MissingDataError, InputErrors, InaccurateError
        As `cataloguing.make_catalogue`.
    """
    file = about.folder / f"catalogue-{_basis(about.digest)}.parquet"
    tables = _state(about.folder)
    found = _read(file, tables)
    if found is None:
        # Loaded only when it is needed: the solver takes longer to load than a catalogue.
        from cradlemark.inventory.processes.cataloguing import make_catalogue

        found = make_catalogue(read_processes(about.folder, verify=True))
        _keep(found, file, tables)
    return found


def _state(folder: Path) -> dict[str, list[int]]:
    """Size and time of change of every table, by which one sees cheaply that nobody has touched them."""
    found = {}
    for name in SCHEMA:
        file = folder / f"{name}.parquet"
        if file.is_file():  # a missing one is told when the tables are read
            status = file.stat()
            found[name] = [status.st_size, status.st_mtime_ns]
    return found


@cache
def _basis(digest: str) -> str:
    total = hashlib.sha256(f"{LAYOUT}:{digest}:{engine_version()}".encode())
    folder = resources.files("cradlemark.inventory") / "datasets"
    for name in _TABLES:
        total.update(hashlib.sha256((folder / name).read_bytes()).digest())
    for name in _RESTS_ON:
        total.update((resources.files("cradlemark.inventory.processes") / name).read_bytes())
    return total.hexdigest()[:16]


def _keep(catalogue: Catalogue, file: Path, tables: dict[str, list[int]]) -> None:
    """Write a catalogue; where nothing can be written it is simply made again next time."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.table(dict(catalogue.columns))
    for index, (gas, origin) in enumerate(catalogue.supply.pairs):
        table = table.append_column(f"{gas}{SEPARATOR}{origin}", pa.array(catalogue.supply.masses[index]))
    about = json.dumps({"pairs": catalogue.supply.pairs, "residual": catalogue.supply.residual})
    table = table.replace_schema_metadata({"cradlemark": about})
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="lz4", use_dictionary=["category", "unit", "geography", "kind"])
    data = sink.getvalue().to_pybytes()
    seal = {"sha256": hashlib.sha256(data).hexdigest(), "tables": tables}
    try:
        _put(file, data)
        _put(file.with_suffix(".json"), json.dumps(seal).encode())
    except OSError:
        return


def _put(file: Path, data: bytes) -> None:
    """Put a file in place as a whole, readable for all who may read the folder."""
    with tempfile.NamedTemporaryFile(dir=file.parent, prefix=".writing-", delete=False) as work:
        work.write(data)
    made = Path(work.name)
    try:
        made.chmod(0o644)
        made.replace(file)
    except OSError:
        made.unlink(missing_ok=True)
        raise


def _read(file: Path, tables: dict[str, list[int]]) -> Catalogue | None:
    """A kept catalogue; None when there is none, it is not what was written, or the tables were touched since."""
    try:
        data = file.read_bytes()
        seal = json.loads(file.with_suffix(".json").read_text("ascii"))
    except (OSError, ValueError):
        return None
    if seal != {"sha256": hashlib.sha256(data).hexdigest(), "tables": tables}:
        return None
    return _parsed(data, file)


def _parsed(data: bytes, file: Path) -> Catalogue:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.ParquetFile(pa.BufferReader(data)).read()
        about = json.loads(table.schema.metadata[b"cradlemark"])
        pairs = tuple((gas, origin) for gas, origin in about["pairs"])
        masses = [_numbers(table.column(f"{gas}{SEPARATOR}{origin}")) for gas, origin in pairs]
        texts = {name: table.column(name).to_pylist() for name in COLUMNS}
    except (pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise TrustError(
            Text(f"{file.name} cannot be read", f"无法读取 {file.name}"),
            code="database-damaged",
            where=str(file),
            hint=Text("delete the file", "删除该文件"),
        ) from error
    shape = (len(pairs), table.num_rows)
    supply = Supply(pairs, np.array(masses, np.float64).reshape(shape), float(about["residual"]))
    return Catalogue(texts, supply)


def _numbers(column: Any) -> FloatArray:
    """Numbers of a column by its buffers; its own conversion would load pandas, which takes longer than all the rest."""
    parts = [
        np.frombuffer(chunk.buffers()[1], np.float64, count=len(chunk), offset=8 * chunk.offset)
        for chunk in column.chunks
    ]
    if column.null_count or str(column.type) != "double":
        raise TypeError(f"{column.type} with {column.null_count} empty places instead of numbers")
    return np.concatenate(parts) if parts else np.zeros(0)
