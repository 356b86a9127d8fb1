"""Data packages of bw_processing, made by hand: precedence of groups, signs, distributions, and what is refused."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.import_reports import unread
from tests.machine import within

from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities

INDICES = [("row", "<i8"), ("col", "<i8")]
SPREAD = [("uncertainty_type", "u1"), ("loc", "<f4"), ("scale", "<f4"), ("shape", "<f4"), ("minimum", "<f4"),
          ("maximum", "<f4"), ("negative", "?")]  # fmt: skip
TECHNOSPHERE, BIOSPHERE, FACTORS = "technosphere_matrix", "biosphere_matrix", "characterization_matrix"


def npy(array: np.ndarray, **how: Any) -> bytes:
    file = io.BytesIO()
    np.save(file, array, **how)
    return file.getvalue()


def indices(*pairs: tuple[int, int]) -> np.ndarray:
    return np.array(list(pairs), dtype=INDICES)


class Package:
    """A package under construction: arrays by group."""

    def __init__(self, **policy: Any) -> None:
        self.document: dict[str, Any] = {
            "profile": "data-package", "name": "made", "resources": [], "sum_intra_duplicates": True,
            "sum_inter_duplicates": False, **policy,
        }  # fmt: skip
        self.members: dict[str, bytes] = {}

    def group(
        self, name: str, matrix: str, pairs: list[tuple[int, int]], data: list[float], *, category: str = "vector",
        more: Mapping[str, Any] | None = None, **arrays: Any,
    ) -> Package:  # fmt: skip
        found = {"indices": indices(*pairs), "data": np.array(data, float)}
        for kind, array in {**found, **arrays}.items():
            content = np.array(array) if isinstance(array, list) else array
            self.resource(f"{name}.{kind}", npy(content), matrix=matrix, kind=kind, group=name, category=category,
                          nrows=len(pairs), **(more or {}))  # fmt: skip
        return self

    def resource(self, name: str, content: bytes, *, ending: str = "npy", **about: Any) -> None:
        path = f"{name}.{ending}"
        self.members[path] = content
        self.document["resources"].append({"name": name, "path": path, **about})

    def write(self, path: Path) -> Path:
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("datapackage.json", json.dumps(self.document))
            for name, content in self.members.items():
                archive.writestr(name, content)
        return path


def works(**policy: Any) -> Package:
    """Steel (1) needs 2 heat (2) and leaves 0.5 scrap for the treatment (3), which is negative as Brightway has it."""
    made = Package(**policy)
    made.group(
        "t", TECHNOSPHERE, [(1, 1), (2, 1), (3, 1), (2, 2), (3, 3)], [1.0, 2.0, -0.5, 1.0, -1.0],
        flip=[False, True, True, False, False],
    )  # fmt: skip
    made.group("b", BIOSPHERE, [(9, 1), (9, 2), (9, 3)], [3.0, 5.0, 7.0])
    return made.group("c", FACTORS, [(9, 9)], [2.0], more={"identifier": ["made", "warming [kg]"]})


def read(folder: Path, package: Package, **how: Any) -> ProcessImport:
    return import_processes(package.write(folder / "made.zip"), **how)


def own(imported: ProcessImport) -> dict[str, float]:
    """Impact of the category of the package by product."""
    solved = product_intensities(imported.database)
    return {p.partition(" [")[0]: float(v) for p, v in zip(solved.products, solved.values[-1], strict=True)}


def test_signs_by_hand(tmp_path: Path) -> None:
    """Scrap 7, heat 5, steel 3 + 2 x 5 + 0.5 x 7 = 16.5; times the factor 2."""
    imported = read(tmp_path, works())
    assert own(imported) == pytest.approx({"1": 33.0, "2": 10.0, "3": 14.0})
    report = imported.report
    assert report.balanced
    assert report.counts["exchanges read"] == report.counts["exchanges used"] == 8
    exchanges = imported.database["exchanges"]
    assert sorted(exchanges.texts("role")) == ["emission"] * 3 + ["input"] + ["reference"] * 3 + ["waste"]
    assert imported.database["impact_categories"].row(0)["name_en"] == "warming"
    assert imported.database["impact_categories"].row(0)["unit"] == "kg"


def test_names_of_tables(tmp_path: Path) -> None:
    package = works()
    table = "id,name,reference product,unit,location\n1,steel works,steel,kg,CN\n2,boiler,heat,MJ,\n3,pit,scrap,kg,DE\n"
    package.resource("activities", table.encode(), ending="csv", valid_for=[["t", "rows"], ["t", "cols"]])
    flows = "id,name,unit,categories,CAS number\n9,Carbon dioxide,kg,air,000124-38-9\n"
    package.resource("flows", flows.encode(), ending="csv", valid_for=[["b", "rows"]])
    imported = read(tmp_path, package)
    solved = product_intensities(imported.database)
    assert solved.products == ("steel [kg]", "heat [MJ]", "scrap [kg]")
    assert solved.processes == ("steel works", "boiler", "pit")
    assert solved.places == ("CN", "", "DE")
    assert solved.values[0].tolist() == pytest.approx([16.5, 5.0, 7.0])  # by gas: carbon dioxide


@pytest.mark.parametrize(
    ("policy", "expected", "replaced"),
    [
        ({}, 4.0 + 4.0, 2),
        ({"sum_inter_duplicates": True}, 1.0 + 2.0 + 4.0 + 4.0, 0),
        ({"sum_intra_duplicates": False}, 4.0, 3),
        ({"sum_intra_duplicates": False, "sum_inter_duplicates": True}, 2.0 + 4.0, 2),
    ],
)
def test_precedence_of_groups(
    tmp_path: Path, policy: dict[str, bool], expected: float, replaced: int
) -> None:
    package = Package(**policy).group("t", TECHNOSPHERE, [(1, 1)], [1.0])
    package.group("b", BIOSPHERE, [(9, 1), (9, 1)], [1.0, 2.0])
    package.group("later", BIOSPHERE, [(9, 1), (9, 1)], [4.0, 4.0])
    package.group("c", FACTORS, [(9, 9)], [1.0])
    imported = read(tmp_path, package)
    assert own(imported) == {"1": expected}
    assert sum(unread(imported.report).values()) == replaced
    assert imported.report.balanced


def test_products_have_other_identifiers_than_processes(tmp_path: Path) -> None:
    """Marked references decide, then the structure: process 11 makes product 1, process 12 product 2."""
    for reference in ({}, {"reference": [True, False, True]}):
        package = Package().group(
            "t", TECHNOSPHERE, [(1, 11), (2, 11), (2, 12)], [2.0, -1.0, 4.0], **reference
        )
        package.group("b", BIOSPHERE, [(9, 11), (9, 12)], [1.0, 8.0]).group("c", FACTORS, [(9, 0)], [1.0])
        imported = read(tmp_path, package)
        assert own(imported) == pytest.approx({"1": 1.5, "2": 2.0})
        assert imported.report.counts["products matched by the structure of the matrix"] == (
            0 if reference else 2
        )


def test_by_products_are_not_given_away(tmp_path: Path) -> None:
    """A column with two products, one of which nobody else makes: without allocation it supplies nothing."""
    package = Package().group("t", TECHNOSPHERE, [(1, 1), (5, 1), (2, 2), (5, 2)], [1.0, 3.0, 1.0, -1.0])
    package.group("b", BIOSPHERE, [(9, 1)], [1.0]).group("c", FACTORS, [(9, 9)], [1.0])
    report = read(tmp_path, package).report
    assert report.counts["processes without usable allocation"] == 1
    assert report.links == {"open_no_allocation": 1}
    assert report.balanced
    assert own(read(tmp_path, package, allocation="cut-off"))["1"] == 1.0


def test_inputs_nobody_makes_stay_open(tmp_path: Path) -> None:
    package = Package().group("t", TECHNOSPHERE, [(1, 1), (7, 1)], [1.0, 3.0], flip=[False, True])
    imported = read(tmp_path, package.group("b", BIOSPHERE, [(9, 1)], [1.0]))
    assert imported.report.links == {"open_no_producer": 1}
    assert imported.database["cut_offs"].row(0)["amount"] == 3.0


def test_distributions(tmp_path: Path) -> None:
    spread = np.zeros(6, dtype=SPREAD)
    spread["uncertainty_type"] = [0, 2, 3, 4, 5, 9]
    spread["loc"] = [1, np.log(2.0), 3, np.nan, 5, 1]
    spread["scale"] = [np.nan, np.log(1.5), 0.25, np.nan, np.nan, 1]
    spread["minimum"], spread["maximum"] = [0, 0, 0, 3, 4, 0], [0, 0, 0, 6, 7, 0]
    package = Package().group(
        "t", TECHNOSPHERE, [(1, 1), *((k, 1) for k in range(2, 7))], [1.0, 2.0, 3.0, 4.0, -5.0, 6.0],
        flip=[False] + [True] * 5, distributions=spread,
    )  # fmt: skip
    imported = read(tmp_path, package)
    exchanges = imported.database["exchanges"]
    rows = [exchanges.row(row) for row in range(len(exchanges))]
    found = {str(row["distribution"]): [row["amount"], row["p1"], row["p2"], row["p3"]] for row in rows}
    nan = pytest.approx(float("nan"), nan_ok=True)
    assert found["lognormal"] == [2.0, pytest.approx(2.0), pytest.approx(1.5), nan]
    assert found["normal"] == [3.0, 3.0, 0.25, nan]
    assert found["uniform"] == [4.0, 3.0, 6.0, nan]
    assert unread(imported.report) == {"distribution gamma": 1}
    assert imported.report.counts["uncertainties"] == 4


def test_parquet_arrays(tmp_path: Path) -> None:
    def parquet(**columns: Any) -> bytes:
        file = io.BytesIO()
        pq.write_table(pa.table(columns), file)
        return file.getvalue()

    package = Package()
    about = {"matrix": TECHNOSPHERE, "group": "t", "category": "vector"}
    package.resource("t.indices", parquet(row=[1, 1], col=[1, 1]), ending="parquet", kind="indices", **about)
    package.resource("t.data", parquet(**{"0": [2.0, 1.0]}), ending="parquet", kind="data", **about)
    package.resource("t.flip", parquet(**{"0": [False, True]}), ending="parquet", kind="flip", **about)
    package.group("b", BIOSPHERE, [(9, 1)], [3.0]).group("c", FACTORS, [(9, 9)], [1.0])
    assert own(read(tmp_path, package)) == {"1": 3.0}


def test_a_folder_is_read_like_a_zip(tmp_path: Path) -> None:
    path = works().write(tmp_path / "made.zip")
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "inside" / "made")
    first, second = import_processes(path), import_processes(tmp_path / "inside" / "made")
    assert first.database.digest == second.database.digest
    assert own(import_processes(tmp_path / "inside")) == own(first)


def test_what_is_not_kept_is_counted(tmp_path: Path) -> None:
    package = works().group("w", "weighting_matrix", [(0, 0)], [1.0])
    package.resource(
        "s.data", npy(np.ones((1, 5))), matrix=BIOSPHERE, kind="data", group="s", category="array"
    )
    package.resource("note", b"{}", ending="json", valid_for="t")
    assert dict(unread(read(tmp_path, package).report)) == {
        "resource group of the matrix 'weighting_matrix'": 1,
        "scenario array of the matrix biosphere_matrix": 1,
        "metadata resource 'note'": 1,
    }


def hostile_header(shape: str, descr: str = "'<f8'") -> bytes:
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + b"\x00" * 64


BAD_ARRAYS = {
    "pickle": (npy(np.array([{"a": 1}], dtype=object), allow_pickle=True), "pickled Python objects"),
    "a million millions": (hostile_header("(1000000000000,)"), "claims 8,000,000,000,000 bytes"),
    "cut off": (hostile_header("(1000,)"), "claims 8,000 bytes and has 64"),
    "overflow": (hostile_header("(9223372036854775807, 9223372036854775807)"), "claims"),
    "negative length": (hostile_header("(-5,)"), "shape"),
    "no array": (b"not an array", "header"),
    "code as header": (hostile_header("__import__('os').getcwd()"), "header"),
    "deep header": (hostile_header("(" * 90), "header"),
    "long header": (b"\x93NUMPY\x02\x00" + (4_000_000_000).to_bytes(4, "little") + b" " * 30_000, "header"),
    "text": (npy(np.array(["a", "b"])), "no row of numbers"),
    "two columns": (npy(np.ones((3, 2))), "no row of numbers"),
    "other length": (npy(np.ones(7)), "3 indices and 7 entries of data"),
}


@pytest.mark.parametrize("kind", BAD_ARRAYS)
def test_bad_arrays_are_refused_by_group(tmp_path: Path, kind: str) -> None:
    content, message = BAD_ARRAYS[kind]
    package = works()
    package.members["b.data.npy"] = content
    report = read(tmp_path, package).report
    [problem] = [problem for problem in report.problems if problem.code == "package-group"]
    assert "resource group b" in problem.where
    assert message in problem.message.en
    assert report.counts["exchanges refused"] == 3
    assert report.balanced


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        "/etc/passwd",
        "http://example.org/x.npy",
        "file:///etc/passwd",
        "",
        7,
        None,
        "b.data.npy/",
    ],
)
def test_documents_outside_the_package_are_not_opened(tmp_path: Path, path: object) -> None:
    package = works()
    for resource in package.document["resources"]:
        if resource["name"] == "b.data":
            resource["path"] = path
    package.resource("names", b"", ending="csv")
    package.document["resources"][-1]["path"] = "../../names.csv"
    report = read(tmp_path, package).report
    assert {problem.code for problem in report.problems} >= {"package-group", "file-missing"}
    assert report.counts["exchanges refused"] == 3


def test_bad_entries_are_refused_one_by_one(tmp_path: Path) -> None:
    package = works().group("more", BIOSPHERE, [(9, 1), (9, 2), (-9, 1), (9, -1)], [np.nan, np.inf, 1.0, 1.0])
    report = read(tmp_path, package).report
    assert [problem.code for problem in report.problems if "more" in problem.where] == ["id-invalid"] * 2 + ["number-invalid"] * 2  # fmt: skip
    assert report.counts["exchanges refused"] == 4
    assert report.balanced


def test_interfaces_are_refused_with_the_reason(tmp_path: Path) -> None:
    package = works()
    about = {"matrix": BIOSPHERE, "group": "live", "nrows": 2}
    package.resource("live.indices", npy(indices((9, 1), (9, 2))), kind="indices", **about)
    package.document["resources"].append(
        {"name": "live.data", "profile": "interface", "kind": "data", **about}
    )
    report = read(tmp_path, package).report
    assert "made by a program" in next(p.message.en for p in report.problems if p.code == "package-group")
    assert report.balanced


def test_a_package_without_inventory_says_what_it_has(tmp_path: Path) -> None:
    package = Package().group("x", "some matrix", [(1, 1)], [1.0])
    with pytest.raises(InputError) as caught:
        read(tmp_path, package)
    assert caught.value.code == "database-empty"
    assert "some matrix" in caught.value.message.en


@pytest.mark.parametrize(
    "resources", [[1, "x", None], [{"matrix": TECHNOSPHERE}], [{"group": 3, "matrix": []}]]
)
def test_odd_descriptions_are_refused(tmp_path: Path, resources: list[Any]) -> None:
    package = Package()
    package.document["resources"] = resources
    with pytest.raises(InputError) as caught:
        read(tmp_path, package)
    assert caught.value.code == "database-empty"


LIMITED = r"""
import re, sys, time
from pathlib import Path
from cradlemark.core.errors import InputError
from cradlemark.inventory.importers.process_databases import import_processes
start = time.process_time()
try:
    import_processes(sys.argv[1])
    code = "read"
except InputError as error:
    code = error.code
peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]
print(code, time.process_time() - start, peak)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of memory is read from /proc")
@pytest.mark.parametrize("kind", ["one array", "many arrays", "parquet", "claims"])
def test_bombs_take_little_time_and_memory(tmp_path: Path, kind: str) -> None:
    package = Package()
    if kind == "one array":
        package.group("t", TECHNOSPHERE, [(1, 1)], [1.0])
        package.members["t.data.npy"] = hostile_header("(100000000,)") + b"\x00" * 30_000_000
    elif kind == "many arrays":
        zeros = npy(np.zeros(1_000_000))
        pairs = npy(np.zeros(1_000_000, dtype=INDICES))
        for number in range(8):
            package.group(f"t{number}", TECHNOSPHERE, [(1, 1)], [1.0])
            package.members[f"t{number}.data.npy"] = zeros
            package.members[f"t{number}.indices.npy"] = pairs
    elif kind == "parquet":
        package.group("t", TECHNOSPHERE, [(1, 1)], [1.0])
        file = io.BytesIO()
        pq.write_table(pa.table({"0": pa.array(np.zeros(40_000_000))}), file)
        package.resource(
            "p.data", file.getvalue(), ending="parquet", matrix=BIOSPHERE, kind="data", group="p"
        )
    else:
        package.group("t", TECHNOSPHERE, [(1, 1)], [1.0])
        package.members["t.data.npy"] = hostile_header("(1000000000000,)")
    path = tmp_path / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("datapackage.json", json.dumps(package.document))
        for name, content in package.members.items():
            archive.writestr(name, content)
    assert path.stat().st_size < 1_000_000
    run = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True
    )
    code, seconds, kilobytes = run.stdout.split()
    assert code in {"file-bomb", "database-empty", "read"}
    assert within(float(seconds), 2.0)
    assert int(kilobytes) < 300_000
