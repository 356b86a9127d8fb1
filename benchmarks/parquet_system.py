"""A system of matrices in a few Parquet files, so that loading can be measured apart from any format of databases."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from cradlemark.engine.system import Entries, MatrixSystem

ENTRIES = ("technosphere", "biosphere", "characterisation")
NAMES = ("processes", "products", "flows", "categories")


def write(system: MatrixSystem, folder: Path) -> None:
    for name in ENTRIES:
        entries: Entries = getattr(system, name)
        columns = {
            "row": entries.row.astype(np.int32),
            "column": entries.column.astype(np.int32),
            "amount": entries.amount,
        }
        pq.write_table(pa.table(columns), folder / f"{name}.parquet", compression="zstd")
    for name in NAMES:
        pq.write_table(pa.table({"name": list(getattr(system, name))}), folder / f"{name}.parquet")
    pq.write_table(pa.table({"waste": system.waste}), folder / "waste.parquet")


def read(folder: Path) -> MatrixSystem:
    parts = []
    for name in ENTRIES:
        table = pq.read_table(folder / f"{name}.parquet")
        parts.append(Entries(*(table[column].to_numpy() for column in ("row", "column", "amount"))))
    names = [pq.read_table(folder / f"{name}.parquet")["name"].to_pylist() for name in NAMES]
    waste = pq.read_table(folder / "waste.parquet")["waste"].to_numpy()
    return MatrixSystem(*parts, *names, waste=waste)
