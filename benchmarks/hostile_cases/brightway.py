"""Hostile Brightway workbooks and data packages of bw_processing."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from benchmarks.hostile_cases.case import Case, Write, zipped

BOOK, PACKAGE = "Brightway workbook", "bw_processing data package"
HEAD = ["name", "amount", "unit", "database", "location", "type", "formula"]
MADE = ["steel", 1, "kilogram", "works", "GLO", "production"]
INDICES = [("row", "<i8"), ("col", "<i8")]


def book(rows: Iterable[Iterable[Any]]) -> Write:
    """A workbook of one sheet."""

    def write(folder: Path) -> Path:
        import xlsxwriter

        path = folder / "works.xlsx"
        with xlsxwriter.Workbook(
            str(path), {"constant_memory": True, "strings_to_formulas": False, "strings_to_numbers": False}
        ) as made:
            sheet = made.add_worksheet("works")
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
        return path

    return write


def activity(
    exchanges: Iterable[Iterable[Any]] = (), parameters: Iterable[Iterable[Any]] = (), *, name: str = "steel"
) -> list[list[Any]]:
    """An activity with exchanges and parameters."""
    found: list[list[Any]] = [
        ["Activity", name],
        ["code", name[:50]],
        ["unit", "kilogram"],
        ["location", "GLO"],
    ]
    found += [["Parameters"], ["name", "amount", "formula"], *[list(row) for row in parameters]]
    return [*found, ["Exchanges"], HEAD, [name, *MADE[1:]], *[list(row) for row in exchanges], []]


def works(*activities: list[list[Any]]) -> Write:
    return book([["Database", "works"], [], *[row for each in activities for row in each]])


def npy(array: np.ndarray[Any, Any], **how: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **how)
    return file.getvalue()


def group(
    name: str, pairs: list[tuple[int, int]], data: list[float], *, matrix: str = "technosphere_matrix"
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """Resources and documents of a group."""
    arrays = {"indices": npy(np.array(pairs, INDICES)), "data": npy(np.array(data, float))}
    about = [
        {"name": f"{name}.{kind}", "path": f"{name}.{kind}.npy", "matrix": matrix, "kind": kind, "group": name, "category": "vector", "nrows": len(pairs)}
        for kind in arrays
    ]  # fmt: skip
    return about, {f"{name}.{kind}.npy": content for kind, content in arrays.items()}


def package(resources: list[dict[str, Any]], members: Mapping[str, bytes]) -> dict[str, bytes | str]:
    """All documents of a package."""
    about = {
        "profile": "data-package",
        "name": "made",
        "resources": resources,
        "sum_intra_duplicates": True,
        "sum_inter_duplicates": False,
    }
    return {"datapackage.json": json.dumps(about), **members}


def _good(
    more: Iterable[dict[str, Any]] = (), members: Mapping[str, bytes] | None = None
) -> dict[str, bytes | str]:
    resources, documents = group("t", [(1, 1), (2, 2)], [1.0, 1.0])
    return package([*resources, *more], {**documents, **(members or {})})


def _data(content: bytes, path: str = "t.data.npy") -> dict[str, bytes | str]:
    resources, documents = group("t", [(1, 1), (2, 2)], [1.0, 1.0])
    resources[1]["path"] = path
    return package(resources, {**documents, path: content})


def _claims(shape: str, descr: str = "'<f8'") -> bytes:
    head = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}"
    head = head.ljust((len(head) + 10 + 64) // 64 * 64 - 11) + "\n"
    return b"\x93NUMPY\x01\x00" + len(head).to_bytes(2, "little") + head.encode()


def _lists() -> bytes:
    """A Parquet column of few rows that are long lists, which dictionaries pack to nothing."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    column = pa.array([[0] * 1_000_000] * 30, pa.list_(pa.int64()))
    pq.write_table(pa.table({"0": column}), file, compression="zstd")
    return file.getvalue()


def _zeros() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.table({"0": pa.array(np.zeros(20_000_000))}), file, compression="zstd")
    return file.getvalue()


def _texts() -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.table({"0": pa.array(["x" * 1_000_000] * 400)}), file, compression="zstd")
    return file.getvalue()


def _groups(count: int) -> dict[str, bytes | str]:
    resources, documents = group("t", [(1, 1)], [1.0])
    many = [resource | {"group": f"t{n}"} for n in range(count) for resource in resources]
    return package(many, documents)


def _labels(rows: int, row: str, head: str = "id,name") -> dict[str, bytes | str]:
    table = head + "\n" + "".join(f"{n},{row}\n" for n in range(rows))
    about = {"name": "labels", "path": "labels.csv", "valid_for": [["t", "rows"], ["t", "cols"]]}
    return _good([about], {"labels.csv": table.encode()})


def _description(content: bytes | str) -> Write:
    return zipped(lambda: _good() | {"datapackage.json": content})


CASES = (
    Case(BOOK, "49,000 rows that are no exchanges", works(activity([["x", "much", "", "", "", "nonsense"]] * 49_000)), "source-refused"),
    Case(BOOK, "60,000 exchanges", works(activity([["coal", 1, "kilogram", "works", "GLO", "technosphere"]] * 60_000)), "source-limit"),
    Case(BOOK, "40,000 empty activities", works(*[[["Activity", "steel"], []]] * 40_000), "source-refused"),
    Case(BOOK, "12,000 parameters", works(activity(parameters=[[f"p{n}", 1, f"p{n + 1}"] for n in range(12_000)])), "source-limit"),
    Case(BOOK, "4,000 parameters in a circle", works(activity(parameters=[[f"p{n}", 1, f"p{(n + 1) % 4_000}"] for n in range(4_000)])), "formula-stored", kept=True),
    Case(BOOK, "3,000 formulas 9**9**9", works(activity(parameters=[[f"p{n}", 1, "9**9**9"] for n in range(3_000)])), "formula-stored", kept=True),
    Case(BOOK, "20,000 distinct units", works(activity([["coal", 1, f"unit {n}", "works", "GLO", "technosphere"] for n in range(20_000)])), "source-limit"),
    Case(BOOK, "a name of 32,000 characters, 20 times", works(*[activity(name=f"{n}" + "x" * 32_000) for n in range(20)]), "text-too-long"),
    Case(BOOK, "amounts that are NaN, inf and 1e400", works(activity([["coal", bad, "kilogram", "works", "GLO", "technosphere"] for bad in ("nan", "inf", "1e400")])), "number-invalid", kept=True),
    Case(BOOK, "1,900 columns without names", book([["Database", "works"], ["Activity", "a"], ["Exchanges"], ["name"], *[["x"] * 1_900] * 200]), "exchange-type", kept=True),
    Case(PACKAGE, "description that is no JSON", _description("{"), "file-format"),
    Case(PACKAGE, "description cut off", zipped(lambda: {k: (v[: len(v) // 2] if k == "datapackage.json" else v) for k, v in _good().items()}), "file-format"),
    Case(PACKAGE, "500,000 nested lists in the description", _description(b'{"a":' + b"[" * 500_000), "file-format"),
    Case(PACKAGE, "array cut off", zipped(lambda: _data(npy(np.zeros(2))[:-8])), "database-empty"),
    Case(PACKAGE, "array that claims 8 TB", zipped(lambda: _data(_claims("(1000000000000,)"))), "database-empty"),
    Case(PACKAGE, "array header of nested brackets", zipped(lambda: _data(_claims("(" * 5_000))), "database-empty"),
    Case(PACKAGE, "array of pickled objects", zipped(lambda: _data(npy(np.array([{}, {}], object), allow_pickle=True))), "database-empty"),
    Case(PACKAGE, "array outside the package", zipped(lambda: package([resource | {"path": "../../etc/passwd"} for resource in group("t", [(1, 1)], [1.0])[0]], {})), "database-empty"),
    Case(PACKAGE, "Parquet column of lists of 30 million numbers", zipped(lambda: _data(_lists(), "t.data.parquet")), "database-empty"),
    Case(PACKAGE, "Parquet column of 20 million zeros", zipped(lambda: _data(_zeros(), "t.data.parquet")), "database-empty"),
    Case(PACKAGE, "Parquet column of texts of 400 MB", zipped(lambda: _data(_texts(), "t.data.parquet")), "database-empty"),
    Case(PACKAGE, "Parquet file cut off", zipped(lambda: _data(_zeros()[:-100], "t.data.parquet")), "database-empty"),
    Case(PACKAGE, "50,000 groups", zipped(lambda: _groups(50_000)), "source-limit"),
    Case(PACKAGE, "1,000 groups", zipped(lambda: _groups(1_000)), "", kept=True),
    Case(PACKAGE, "4 million entries that are NaN", zipped(lambda: package(*group("t", [(1, 1)] * 2_000_000, [float("nan")] * 2_000_000))), "database-empty"),
    Case(PACKAGE, "table of names of 2.5 million rows", zipped(lambda: _labels(2_500_000, "x")), "source-limit", kept=True),
    Case(PACKAGE, "table of names of 2,000 columns", zipped(lambda: _labels(5_000, ",".join(["x"] * 2_000), "id," + ",".join(f"c{n}" for n in range(2_000)))), "source-limit", kept=True),
    Case(PACKAGE, "table of names of one line of 45 MB", zipped(lambda: _labels(1, "x" * 45_000_000)), "text-too-long", kept=True),
    Case(PACKAGE, "100,000 other resources", zipped(lambda: _good([{"name": f"r{n}", "path": "t.data.npy"} for n in range(100_000)])), "source-limit"),
)  # fmt: skip
