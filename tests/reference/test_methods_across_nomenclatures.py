"""Methods of others on databases of others: EF 3.1 and a table of IPCC values on USLCI and TianGong flows.

EF 3.1 "Climate change" and the AR6 column of the LCIA formatter's table both give the GWP100 of IPCC AR6 (WGI chapter
7, table 7.SM.7), in nomenclatures that have nothing in common: UUIDs and ILCD names there, CAS numbers and chemical
names here. Mapped to the flows of a third nomenclature they have to agree. The near misses are those that were read
line by line when the mapping was made.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.processes.methods import find_methods, gas_method, methods_of_tables
from cradlemark.inventory.processes.nomenclature import MappedFlow, MappedMethod, Method, map_method
from cradlemark.inventory.processes.tables import ProcessDatabase

SAMPLES = Path(__file__).resolve().parents[2] / ".." / "shared" / "data" / "samples"
USLCI = SAMPLES / "openlca_jsonld/uslci_2020q3_subset.zip"
TIANGONG = SAMPLES / "ilcd_tiangong/tiangong_subset_ilcd.zip"
IPCC = SAMPLES / "lcia/lciafmt_IPCC_GWP_values.csv"
pytestmark = pytest.mark.skipif(not IPCC.is_file(), reason="the samples are not beside the checkout")


@pytest.fixture(scope="module")
def uslci() -> ProcessDatabase:
    return import_processes(USLCI).database


@pytest.fixture(scope="module")
def tiangong() -> ProcessDatabase:
    return import_processes(TIANGONG).database


@pytest.fixture(scope="module")
def ef(tiangong: ProcessDatabase) -> Method:
    (method,) = methods_of_tables(tiangong.tables)
    return method


def by_flow(method: MappedMethod) -> dict[tuple[str, str], MappedFlow]:
    return {(flow.id, flow.direction): flow for flow in method.flows}


def test_ef_on_uslci(uslci: ProcessDatabase, ef: Method) -> None:
    found = map_method(uslci, ef)
    assert {way: found.count(way) for way in ("identifier", "cas", "name", "near")} == {
        "identifier": 0, "cas": 46, "name": 0, "near": 10,
    }  # fmt: skip
    values = {(flow.name, flow.compartment.rpartition("Flows/")[2]): flow.value for flow in found.flows}
    for key, value in {
        ("Methane", "emission/air"): 29.8,
        ("Nitrous oxide", "emission/air"): 273.0,
        ("Sulfur hexafluoride", "emission/air"): 25_200.0,
        ("Carbon tetrafluoride", "emission/air"): 7380.0,
        ("Hexafluoroethane", "emission/air"): 12_400.0,
        ("HFC-134a", "emission/air"): 1530.0,
        ("HFC-23", "emission/air/troposphere/urban"): 14_600.0,
        ("CFC-12", "emission/air/troposphere/rural"): 12_500.0,
        ("Nitrogen trifluoride", "emission/air/troposphere/urban"): 17_400.0,
    }.items():  # fmt: skip
        assert values[key] == pytest.approx(value)
    near = {(flow.name, flow.note) for flow in found.flows if flow.near_miss}
    assert near == {
        ("Chloromethane", "characterised in air, not in water"),
        ("Tetrachloroethylene", "characterised in air, not in water"),
        ("Ethylene dibromide", "characterised in air, not in water"),
        ("1,2-Dichloroethane", "characterised in air, not in water"),
        ("Chloroform", "characterised in air, not in water"),
        ("Halon 1301", "characterised as output only"),
        ("Methane", "characterised as output only"),
        ("Methane", "characterised in air, not in resource"),
    }
    assumed = {flow.name for flow in found.flows if flow.how and flow.note}
    assert assumed == {"Carbon dioxide", "Methane"}


def test_two_nomenclatures_give_the_same_values(uslci: ProcessDatabase, ef: Method) -> None:
    (ipcc,) = find_methods(f"{IPCC}#AR6, GWP100")
    one, other = by_flow(map_method(uslci, ef)), by_flow(map_method(uslci, ipcc))
    both = [key for key, flow in one.items() if flow.how and other[key].how]
    assert len(both) == 45
    for key in both:
        # The table has one value for all methane, EF one for each origin.
        if one[key].name != "Methane":
            assert one[key].value == pytest.approx(other[key].value, rel=5e-3), one[key].name
    only = {one[key].name for key, flow in one.items() if bool(flow.how) != bool(other[key].how)}
    assert only == {"Carbon dioxide"}  # taken from the air: only EF has a factor, 0


def test_table_of_gases_on_tiangong_agrees_with_its_own_method(tiangong: ProcessDatabase, ef: Method) -> None:
    own, gases = map_method(tiangong, ef), map_method(tiangong, gas_method("AR6"))
    assert own.count("identifier") == gases.count("cas") == 5
    assert {flow.id: flow.value for flow in own.flows if flow.how} == pytest.approx(
        {flow.id: flow.value for flow in gases.flows if flow.how}
    )
    assert not own.count("near")
    assert not gases.count("near")


def test_simapro_method_agrees_with_the_fifth_report(uslci: ProcessDatabase) -> None:
    """EN 15804:2012 in SimaPro's names (``Methane, dichlorodifluoro-, CFC-12``) holds the GWP100 of AR5."""
    (simapro,) = find_methods(f"{SAMPLES / 'simapro_csv/olca_method.csv'}#global warming")
    (ipcc,) = find_methods(f"{IPCC}#AR5, GWP100")
    one, other = by_flow(map_method(uslci, simapro)), by_flow(map_method(uslci, ipcc))
    both = [key for key, flow in one.items() if flow.how and other[key].how]
    assert len(both) == 20
    for key in both:
        assert one[key].value == pytest.approx(other[key].value, rel=5e-3), one[key].name
