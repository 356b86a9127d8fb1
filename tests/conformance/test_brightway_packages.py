"""Packages written by bw_processing and computed by bw2calc, read by us to the same values; Monte Carlo of what we write."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest
from tests.conformance.brightway import random_package, scores
from tests.unit.inventory.test_brightway_package import (
    BIOSPHERE,
    FACTORS,
    SPREAD,
    TECHNOSPHERE,
    Package,
)

from cradlemark.inventory.exporters.process_databases import export_processes
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.processes.tables import ProcessDatabase, digest_of_tables


@pytest.mark.parametrize(
    ("form", "within", "between"),
    [("numpy", True, False), ("numpy", False, False), ("numpy", True, True), ("parquet", False, True)],
)
def test_random_packages(tmp_path: Path, form: str, within: bool, between: bool) -> None:
    path = tmp_path / "random.zip"
    theirs = random_package(
        path, seed=3, folder=tmp_path, form=form, sum_intra_duplicates=within, sum_inter_duplicates=between
    )
    imported = import_processes(path)
    ours = product_intensities(imported.database)
    found = dict(zip(ours.processes, ours.values[-1].tolist(), strict=True))
    assert found == pytest.approx(theirs, rel=1e-9)
    assert imported.report.balanced
    again = tmp_path / "again.zip"
    export_processes(imported.database, again, kind="bw-processing")
    assert np.array(scores(again, folder=tmp_path)[0]["scores"])[-1] == pytest.approx(
        ours.values[-1], rel=1e-9
    )


def uncertain(folder: Path) -> ProcessDatabase:
    """A process with an input of each distribution, and emissions with them; the spread is small."""
    count = 4
    spread = np.zeros(count, dtype=SPREAD)
    spread["uncertainty_type"] = [2, 3, 4, 5]
    spread["loc"] = [np.log(2.0), 3.0, np.nan, 5.0]
    spread["scale"] = [0.05, 0.2, np.nan, np.nan]
    spread["minimum"], spread["maximum"] = [0, 0, 3.5, 4.0], [0, 0, 4.5, 7.0]
    package = Package().group("own", TECHNOSPHERE, [(k, k) for k in range(1, 6)], [1.0] * 5)
    package.group(
        "used", TECHNOSPHERE, [(k, 1) for k in range(2, 6)], [2.0, 3.0, 4.0, 5.0], flip=[True] * 4,
        distributions=spread,
    )  # fmt: skip
    package.group("b", BIOSPHERE, [(9, k) for k in range(2, 6)], [2.0, 3.0, 4.0, 5.0], distributions=spread)
    package.group("c", FACTORS, [(9, 9)], [1.0], more={"identifier": ["made", "score"]})
    return import_processes(package.write(folder / "uncertain.zip")).database


def test_monte_carlo_of_an_export_has_the_distributions(tmp_path: Path) -> None:
    """Products 2 to 5 are emissions of one distribution each: mean, spread and bounds of 400 draws are theirs."""
    database = uncertain(tmp_path)
    out = tmp_path / "out.zip"
    # The category by gas comes first and is empty here; the draws shall be of the own one.
    tables = dict(database.tables)
    tables["flows"] = tables["flows"].replace(
        cas=tuple("124-38-9" if kind == "elementary" else "" for kind in tables["flows"].texts("kind")),
        category=tuple("air" for _ in tables["flows"].texts("kind")),
        unit=("kg",) * len(tables["flows"]),
    )
    tables["flow_properties"] = tables["flow_properties"].replace(unit=("kg",) * len(tables["flows"]))
    database = attrs.evolve(database, tables=tables, digest=digest_of_tables(tables))
    export_processes(database, out, kind="bw-processing")
    [found] = scores(out, draws=400, folder=tmp_path)
    draws = np.array(found["draws"])
    fixed = np.array(found["scores"])[0]
    assert fixed.tolist() == pytest.approx([54.0, 2.0, 3.0, 4.0, 5.0])
    lognormal, normal, uniform, triangular = draws[:, 1:].T
    assert np.log(lognormal).mean() == pytest.approx(np.log(2.0), abs=0.02)
    assert np.log(lognormal).std() == pytest.approx(0.05, rel=0.2)
    assert (normal.mean(), normal.std()) == (pytest.approx(3.0, abs=0.05), pytest.approx(0.2, rel=0.2))
    assert 3.5 <= uniform.min() < 3.52
    assert 4.48 < uniform.max() <= 4.5
    assert 4.0 <= triangular.min() < triangular.max() <= 7.0
    assert triangular.mean() == pytest.approx(16.0 / 3.0, abs=0.1)
    assert draws[:, 0].std() > 0.5
