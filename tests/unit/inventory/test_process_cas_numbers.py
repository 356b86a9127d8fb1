"""CAS numbers reach flows and methods from wherever a source states them; a wrong one is named and not used."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest
from tests.ecospold_documents import dataset1, document1, exchange1
from tests.unit.inventory.simapro import exports
from tests.unit.inventory.test_process_import import works, write

from cradlemark.inventory.importers.process_databases import ProcessImport, import_processes
from cradlemark.inventory.processes.intensities import product_intensities
from cradlemark.inventory.processes.methods import find_methods
from cradlemark.inventory.processes.nomenclature import map_method
from cradlemark.inventory.processes.tables import ProcessDatabase, Table

SAMPLES = Path(__file__).resolve().parents[4] / "shared/data/samples"
real = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the samples are not beside the checkout")


def numbers(table: Table, named: str) -> dict[str, str]:
    return dict(zip(table.texts(named), table.texts("cas"), strict=True))


def told(done: ProcessImport) -> list[tuple[str, str]]:
    found = [problem for problem in done.report.problems if problem.code.startswith("cas-")]
    return [(problem.code, problem.message.en) for problem in found]


def ways(database: ProcessDatabase, source: Path) -> Counter[str]:
    """How the flows of a database find the factors of all categories of a method."""
    mapped = [map_method(database, method) for method in find_methods(str(source))]
    return Counter(
        {way: sum(one.count(way) for one in mapped) for way in ("identifier", "cas", "name", "near")}
    )


@real
@pytest.mark.parametrize(
    ("method", "database", "found"),
    [
        # Before factors had their numbers: 19 by number, 2 by name and 9 near misses; 3, 12 and 17; 6 by number; 12 by name.
        ("olca_method.csv", "openlca_jsonld/uslci_2020q3_subset.zip", {"cas": 27, "near": 11}),
        ("bw_method.csv", "openlca_jsonld/uslci_2020q3_subset.zip", {"cas": 15, "near": 33}),
        ("bw_method.csv", "ilcd_tiangong/tiangong_subset_ilcd.zip", {"cas": 10}),
        ("bw_damagecategory.txt", "openlca_jsonld/uslci_2020q3_subset.zip", {"cas": 12}),
    ],
)
def test_methods_of_simapro_find_flows_of_others_by_number(
    method: str, database: str, found: dict[str, int]
) -> None:
    target = import_processes(SAMPLES / database).database
    assert +ways(target, SAMPLES / "simapro_csv" / method) == found


@real
@pytest.mark.parametrize(
    ("name", "factors", "wrong"),
    [
        ("olca_method.csv", 49, []),
        ("bw_method.csv", 73, ["10/8/5595 was a date; it is 5595-10-8"]),
        ("bw_damagecategory.txt", 12, ["014255-04-1 has a wrong check digit"]),
    ],
)
def test_samples_of_simapro_methods(name: str, factors: int, wrong: list[str]) -> None:
    done = import_processes(SAMPLES / "simapro_csv" / name)
    assert done.report.counts["factors with CAS number"] == factors
    assert [message for _, message in told(done)] == wrong
    assert import_processes(SAMPLES / "simapro_csv" / name).database.digest == done.database.digest


@real
def test_samples_name_the_numbers_that_are_wrong() -> None:
    """Of 752 texts of USLCI 63 say that there is none and nine are no numbers; one of TianGong names two substances."""
    uslci = import_processes(SAMPLES / "openlca_jsonld/uslci_2020q3_subset.zip")
    assert Counter(message[:9] for _, message in told(uslci)) == {
        "'7732190'": 7,
        "'7732203'": 1,
        "'7732205'": 1,
    }
    assert uslci.report.counts["flows with CAS number"] == 752 - 63 - 9
    (tiangong,) = told(import_processes(SAMPLES / "ilcd_tiangong/tiangong_subset_ilcd.zip"))
    assert "Quicklime: 1305-78-8" in tiangong[1]
    (chips,) = told(import_processes(SAMPLES / "ecospold1/olca_example.xml"))
    assert chips[1].startswith("the check digit of '008010-00-0' is 0, but must be 2")


def gases(*flows: tuple[str, str, str]) -> str:
    """A data set of 1 kg of a product with 1 kg of emissions to air: name, number, subcategory."""
    emissions = [
        exchange1(number, "emission", name, 1, category="air", subCategory=part, CASNumber=cas)
        for number, (name, cas, part) in enumerate(flows, start=10)
    ]
    return dataset1(1, "steel", exchange1(1, "made", "steel", 1), *emissions)


def method(*factors: tuple[str, str, float]) -> str:
    """A method of EcoSpold 1: name, number and factor of emissions to air."""
    lines = [
        exchange1(number, "", name, value, category="air", subCategory="unspecified", CASNumber=cas)
        for number, (name, cas, value) in enumerate(factors, start=1)
    ]
    data = dataset1(300, "GWP", *lines, kind=4, category="IPCC", subcategory="climate", unit="kg CO2-Eq")
    return document1(data, namespace="http://www.EcoInvent.org/EcoSpold01Impact")


def put(folder: Path, *texts: str) -> Path:
    folder.mkdir()
    for number, text in enumerate(texts):
        (folder / f"{number}.xml").write_text(text, encoding="utf-8")
    return folder


def test_methods_of_ecospold_1_find_flows_of_others_by_number(tmp_path: Path) -> None:
    factors = method(("Klimagas", "000124-38-9", 1.5), ("Klimagas zwei", "74-82-9", 30.0))
    source = put(tmp_path / "method", factors)
    assert told(import_processes(source)) == [
        ("cas-invalid", "the check digit of '74-82-9' is 9, but must be 8; it is not used")
    ]
    target = import_processes(write(tmp_path / "target", works())).database
    (mapped,) = (map_method(target, one) for one in find_methods(str(source)))
    assert [(flow.how, flow.value) for flow in mapped.flows] == [("cas", 1.5)]


def test_one_statement_is_enough_in_any_order(tmp_path: Path) -> None:
    """The number stands at one of two exchanges of a flow, at a factor of a method, or nowhere."""
    one = gases(("Gas", "", "unspecified"), ("Gas", "124-38-9", "unspecified"), ("other", "", "unspecified"))
    texts = document1(one), method(("Gas", "", 1.0), ("other", "0000074-82-8", 2.0), ("third", "0", 1.0))
    found = [
        import_processes(put(tmp_path / f"{place}", *order))
        for place, order in enumerate(itertools.permutations(texts))
    ]
    assert len({done.database.digest for done in found}) == 1
    for done in found:
        flows, factors = done.database["flows"], done.database["characterisation"]
        assert numbers(flows, "name_en") == {"Gas": "124-38-9", "other": "74-82-8", "steel": ""}
        assert numbers(factors, "flow_name") == {"Gas": "124-38-9", "other": "74-82-8", "third": ""}
        assert told(done) == []


def test_of_several_numbers_that_of_the_flow_is_used(tmp_path: Path) -> None:
    one = gases(("Gas", "75-10-5", "unspecified"))
    done = import_processes(put(tmp_path / "a", document1(one), method(("Gas", "124-38-9", 1.0))))
    assert numbers(done.database["flows"], "name_en")["Gas"] == "75-10-5"
    assert numbers(done.database["characterisation"], "flow_name") == {"Gas": "75-10-5"}
    assert told(done) == [("cas-differs", "its CAS number is 124-38-9 and 75-10-5; 75-10-5 is used")]


def test_a_wrong_number_leaves_the_name_to_decide(tmp_path: Path) -> None:
    """Carbon dioxide with the number of nothing counts as carbon dioxide, and is named once for two exchanges."""
    two = [("Carbon dioxide, fossil", cas, "unspecified") for cas in ("124-38-8", "124-38-8")]
    done = import_processes(put(tmp_path / "a", document1(gases(*two))))
    assert product_intensities(done.database).values[0, 0] == pytest.approx(2.0)
    assert [code for code, _ in told(done)] == ["cas-invalid"]


@pytest.mark.parametrize("text", ["", "0", "000000-00-0", "NaN", "n.a.", "-"])
def test_what_says_that_there_is_no_number(tmp_path: Path, text: str) -> None:
    done = import_processes(put(tmp_path / "a", document1(gases(("Carbon dioxide", text, "unspecified")))))
    assert told(done) == []
    assert product_intensities(done.database).values[0, 0] == pytest.approx(1.0)


WORK = exports.process(
    "p", {"Products": ["P;kg;1;100;x;y;"], "Emissions to air": ["Gas;low. pop.;kg;1;;;;", "Fog;;kg;1;;;;"]}
)


def simapro_method(*substances: str) -> list[str]:
    about = {"Name": ["Made"], "Impact category": ["Warming;kg CO2 eq"], "Substances": list(substances)}
    return exports.sectioned("Method", about)


@pytest.mark.parametrize("turned", [False, True])
def test_numbers_of_simapro_methods_are_those_of_flows(tmp_path: Path, *, turned: bool) -> None:
    """The method gives Gas its number, the list of substances gives Fog its own, against the method."""
    factors = simapro_method("Air;(unspecified);Gas;000124-38-9;1;kg", "Air;(unspecified);Fog;74-82-8;1;kg")
    blocks = [WORK, factors, exports.listed("Airborne emissions", ["Fog;kg;000075-10-5;;"])]
    done = exports.read(tmp_path, *(reversed(blocks) if turned else blocks))
    wanted = {"Gas": "124-38-9", "Fog": "75-10-5"}
    assert numbers(done.database["flows"], "name_en") == {"P": ""} | wanted
    assert numbers(done.database["characterisation"], "flow_name") == wanted
    assert told(done) == [("cas-differs", "its CAS number is 75-10-5 and 74-82-8; 75-10-5 is used")]


def test_a_wrong_number_of_a_substance_is_named_once_for_all_factors(tmp_path: Path) -> None:
    lines = [
        f"Air;{part};Gas;124-38-8;{value};kg" for value, part in enumerate(("", "low. pop.", "indoor"), 1)
    ]
    done = exports.read(tmp_path, WORK, simapro_method(*lines, "Air;;Fog;copper;1;kg"))
    assert told(done) == [
        ("cas-invalid", "124-38-8 has a wrong check digit"), ("cas-invalid", "copper is no CAS number"),
    ]  # fmt: skip
    assert done.report.counts["factors with CAS number"] == 0
