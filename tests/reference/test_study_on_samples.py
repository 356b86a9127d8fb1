"""A study on the USLCI and TianGong subsets: import, link, calculate, explain, as a user does.

The intensities are compared with those that `cradlemark db solve` gives for the same database, which two other engines
confirm elsewhere; no number here is ours.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.footprint.process_source import write_study

from cradlemark.cli.opening import open_model
from cradlemark.footprint.compare import compare
from cradlemark.footprint.explain import explain
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.matching import Matcher, Query
from cradlemark.inventory.processes.imported import ImportedDatasets, imported_database
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.processes.store import (
    StoredProcesses,
    find_processes,
    read_processes,
    write_processes,
)

SAMPLES = Path(__file__).resolve().parents[3] / "shared/data/samples"
SOURCES = {
    "uslci": SAMPLES / "openlca_jsonld/uslci_2020q3_subset.zip",
    "tiangong": SAMPLES / "ilcd_tiangong/tiangong_subset_ilcd.zip",
}
LICENCES = {
    "uslci": "US federal data, free use with credit to NREL",
    "tiangong": "Free of charge for all users and uses",
}
pytestmark = pytest.mark.skipif(
    not all(source.is_file() for source in SOURCES.values()),
    reason="the sample files are not beside the checkout",
)


@pytest.fixture(scope="module")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with both databases."""
    home = tmp_path_factory.mktemp("home")
    for name, source in SOURCES.items():
        done = import_processes(source, database_id=name, licence=LICENCES[name])
        write_processes(done.database, home / "process-databases", report=done.report.as_document())
    return home


@pytest.fixture(autouse=True)
def home(stored: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CRADLEMARK_HOME", str(stored))
    return stored


def about(name: str) -> StoredProcesses:
    return find_processes(name)


def datasets(name: str) -> ImportedDatasets:
    found = imported_database(about(name)).datasets
    assert isinstance(found, ImportedDatasets)
    return found


def named(name: str, beginning: str) -> str:
    """Id of the one product with this name."""
    [found] = [key for key, item in datasets(name).items() if item.name.en.startswith(beginning)]
    return found


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("gwp_set", ["AR4", "AR5", "AR6"])
def test_every_product_is_a_dataset_with_the_intensity_of_db_solve(name: str, gwp_set: str) -> None:
    solved = product_intensities(read_processes(about(name).folder), gwp_set=gwp_set)  # type: ignore[arg-type]
    found = imported_database(about(name), gwp_set=gwp_set).datasets  # type: ignore[arg-type]
    assert len(found) == solved.values.shape[1]
    for row, item in enumerate(found.values()):
        assert sum(item.climate.co2e) == item.climate.total
        assert item.climate.total == pytest.approx(float(solved.values[0, row]), rel=1e-11, abs=1e-15)
        assert item.climate.gwp_set == gwp_set
        assert item.climate.origins_known
        assert item.licence == LICENCES[name]


def test_study_on_both_databases(tmp_path: Path) -> None:
    part = named("uslci", "Injection molding, rigid polypropylene part")
    coil = named("tiangong", "steel hot rolled coil")
    study = write_study(
        tmp_path / "clip",
        [("injection-moulded part", "20 g", part), ("hot rolled steel", "50 g", coil), ("铜", "30 g"), ("电解铝", "12 g")],
        databases=[f"uslci@{about('uslci').digest}", f"tiangong@{about('tiangong').digest}"],
    )  # fmt: skip
    calculation = open_model(study).calculate(draws=200)
    lines = {line.link.text: line for line in calculation.footprint.lines if line.link}
    for text, name, key, amount in (
        ("injection-moulded part", "uslci", part, 0.02),
        ("hot rolled steel", "tiangong", coil, 0.05),
    ):
        solved = product_intensities(read_processes(about(name).folder))
        row = datasets(name).rows[key]
        assert lines[text].total == pytest.approx(amount * float(solved.values[0, row]), rel=1e-12)
        use = lines[text].dataset
        assert use is not None
        assert (use.digest, use.licence) == (about(name).digest, LICENCES[name])
    # Copper and aluminium of the TianGong subset have lost their main inputs: the packaged factors are taken.
    for text in ("铜", "电解铝"):
        use = lines[text].dataset
        assert use is not None
        assert use.database == "starter"
    assert open_model(study).calculate(draws=200).document == calculation.document
    digests = {digest for _, _, digest in calculation.footprint.versions.databases}
    assert {about("uslci").digest, about("tiangong").digest} <= digests


def test_chinese_names_find_chinese_processes() -> None:
    database = imported_database(about("tiangong"))
    matcher = Matcher(Inventory((database,)))
    found = matcher.find(Query("热轧卷", "kg", "CN", 2024), 3)
    assert datasets("tiangong")[found[0].dataset].name.zh.endswith("热轧卷;钢铁;钢材生产")
    assert matcher.best(Query("热轧卷", "kg", "CN", 2024)) is not None
    ingot = matcher.find(Query("电解铝", "kg", "CN", 2024), 3)
    assert ingot
    assert matcher.best(Query("电解铝", "kg", "CN", 2024)) is None  # all of them are doubtful
    assert matcher.best(Query("铜", "kg", "CN", 2024)) is None


@pytest.mark.parametrize("name", SOURCES)
def test_no_product_without_climate_impact_is_matched_by_itself(name: str) -> None:
    found = datasets(name)
    for key, item in found.items():
        if item.climate.total <= 0.0:
            assert found.offer(key).doubtful, item.name


def test_supply_of_a_fuel_is_not_offered_as_energy() -> None:
    matcher = Matcher(Inventory((imported_database(about("uslci")),)))
    offered = [match.dataset for match in matcher.find(Query("natural gas", "m3", "US", 2020, "energy"), 10)]
    names = [datasets("uslci")[key].name.en for key in offered]
    assert names
    assert all("combusted" in name for name in names)


def test_two_scenarios_pair_on_the_draws_of_the_database(tmp_path: Path) -> None:
    part = named("uslci", "Injection molding, rigid polypropylene part")
    resin = named("uslci", "Polypropylene, PP, resin")
    first, second = (
        open_model(write_study(tmp_path / key[-4:], [("part", "20 g", key)], databases=["uslci"])).calculate(draws=200)
        for key in (part, resin)
    )  # fmt: skip
    found = compare(first, second)
    # The part is made of the resin: in every draw it weighs more.
    assert found.probability_lower == 1.0


def test_explained_through_the_database(tmp_path: Path) -> None:
    part = named("uslci", "Injection molding, rigid polypropylene part")
    study = write_study(tmp_path / "s", [("part", "20 g", part)], databases=["uslci"])
    model = open_model(study)
    result = model.calculate(draws=0).footprint
    behind = model.inventory.database_of(part).background
    assert behind is not None
    [chain] = explain(result, "A1/1", behind=lambda use: behind.upstream(use.id, gwp_set="AR6"))
    largest = next(step for step in chain.steps if step.title.en == "process upstream")
    assert largest.origin == "Polypropylene, PP, resin, at plant"
    upstream = behind.upstream(part, gwp_set="AR6")
    assert sum(value for _, value in upstream.flows) == pytest.approx(result.lines[0].intensity[0], rel=0.01)
    assert upstream.cut_off_count > 5
    assert any("for want of a provider" in step.origin_in("en") for step in chain.steps)
