"""Factors of one nomenclature on flows of another: what is the same thing, what is not, and what was assumed."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from tests.unit.inventory.test_process_import import Document, base, exchange, process, works, write

from cradlemark.cli.db.mapped_methods import method_lines
from cradlemark.core.errors import InputError, NotFoundError
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.processes.compartments import ANY, Compartment, compartment_of
from cradlemark.inventory.processes.methods import find_methods, gas_method
from cradlemark.inventory.processes.nomenclature import MappedFlow, Method, MethodFactor, map_method
from cradlemark.inventory.processes.solved import solve_database
from cradlemark.inventory.processes.store import write_processes
from cradlemark.inventory.processes.substances import cas_number, plain_names, substance_of


@pytest.mark.parametrize(
    ("text", "medium", "part"),
    [
        ("Elementary Flows/emission/air", "air", ""),
        ("Elementary Flows/emission/air/troposphere/urban", "air", "urban"),
        ("Elementary Flows/emission/air/troposphere/rural", "air", "rural"),
        ("Elementary Flows/emission/air/stratosphere", "air", "high"),
        ("Emissions to air/non-urban air or from high stacks", "air", "rural"),
        ("air/urban air close to ground", "air", "urban"),
        ("air/low population density, long-term", "air", "long-term rural"),
        ("air/lower stratosphere + upper troposphere", "air", "high"),
        ("emission/air/high. pop.", "air", "urban"),
        ("emission/air/low. pop., long-term", "air", "long-term rural"),
        ("emission/air/(unspecified)", "air", ""),
        ("Emissions to air, indoor", "air", "indoor"),
        ("排放/排放到空气/城市空气", "air", "urban"),
        ("Emissionen in Luft/ländlich", "air", "rural"),
        ("Elementary Flows/emission/water/fresh water body/river", "water", "fresh"),
        ("Elementary Flows/emission/water/saline water body/ocean", "water", "sea"),
        ("Elementary Flows/emission/water/subterranean", "water", "ground"),
        ("Emissions to water/Emissions to fresh water", "water", "fresh"),
        ("water/ground-, long-term", "water", "long-term ground"),
        ("排放/排放到水/海水", "water", "sea"),
        ("Emissionen in Wasser/Meerwasser", "water", "sea"),
        ("Elementary Flows/emission/ground/human-dominated/agricultural", "soil", "agricultural"),
        ("Emissions to soil/Emissions to non-agricultural soil", "soil", "industrial"),
        ("soil/forestry", "soil", "forest"),
        ("排放/排放到土壤/农业土壤", "soil", "agricultural"),
        ("Resources/Resources from air/Renewable material resources from air", "resource", "air"),
        ("natural resource/in ground", "resource", "ground"),
        ("Elementary Flows/resource/water/fresh water body/lake", "resource", "water"),
        ("Raw materials/in water", "resource", "water"),
        ("economic issues", "", ""),
        ("", "", ""),
    ],
)
def test_compartments_in_many_words(text: str, medium: str, part: str) -> None:
    assert compartment_of(text) == Compartment(medium, part)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "cas", "origin"),
    [
        ("Carbon dioxide, fossil", "124-38-9", "fossil"),
        ("Carbon dioxide, non-fossil", "124-38-9", "biogenic"),
        ("Carbon dioxide, from soil or biomass stock", "124-38-9", "land_use"),
        ("carbon dioxide (land use change)", "124-38-9", "land_use"),
        ("Carbon dioxide, land transformation", "124-38-9", "land_use"),
        ("Carbon dioxide", "124-38-9", ""),
        ("二氧化碳，化石源", "124-38-9", "fossil"),
        ("甲烷，生物源", "74-82-8", "biogenic"),
        ("Kohlendioxid, fossil", "124-38-9", "fossil"),
        ("Methan, biogen", "74-82-8", "biogenic"),
        ("Dinitrogen monoxide", "10024-97-2", ""),
        ("Lachgas", "10024-97-2", ""),
        ("sulphur hexafluoride", "2551-62-4", ""),
        ("Ethane, hexafluoro-", "76-16-4", ""),
        ("Ethane, hexafluoro-, HFC-116", "76-16-4", ""),
        ("Methane, tetrafluoro-, CFC-14", "75-73-0", ""),
        ("Ethane, 1,1,1,2-tetrafluoro-, HFC-134a", "811-97-2", ""),
        ("HFC 134a", "811-97-2", ""),
        ("R-134a", "811-97-2", ""),
        ("hfc-23", "75-46-7", ""),
        # near in writing, other things
        ("Difluoro(methoxy)methane", "359-15-9", ""),  # an ether, not difluoromethane
        ("Carbon-14", "", ""),
        ("HFC-1234ze(Z), unknown isomer", "", ""),
        ("Methanol", "", ""),
        ("Carbon dioxide equivalents", "", ""),
        ("", "", ""),
    ],
)
def test_substances_by_name(name: str, cas: str, origin: str) -> None:
    found = substance_of(name)
    assert (found.cas, found.origin) == (cas, origin)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("124-38-9", "124-38-9"),
        ("000124-38-9", "124-38-9"),
        (" 74-82-8 ", "74-82-8"),
        ("124-38-8", ""),
        ("(no data)", ""),
        ("", ""),
        ("9" * 5000, ""),
    ],
)
def test_cas_numbers_are_checked(text: str, number: str) -> None:
    assert cas_number(text) == number


def test_a_synonym_of_another_substance_does_not_overrule_the_number() -> None:
    found = substance_of("acetylene black", cas="1333-86-4", synonyms="carbon;methane;carbonic acid")
    assert found.cas == "1333-86-4"
    assert plain_names("x" * 1000) == ()


def test_isomers_are_told_apart() -> None:
    one, other = substance_of("(E)-HFC-1234ze"), substance_of("(Z)-HFC-1234ze")
    assert not one.names & other.names


FLOWS: dict[str, tuple[str, str, str, str]] = {
    # id: name, cas, category, direction
    "a": ("Carbon dioxide", "124-38-9", "emission/air", "out"),
    "b": ("Carbon dioxide, biogenic", "124-38-9", "emission/air/rural", "out"),
    "c": ("Methane, fossil", "74-82-8", "emission/air/urban", "out"),
    "d": ("Methane, fossil", "74-82-8", "emission/water", "out"),
    "e": ("Carbon dioxide", "124-38-9", "resource/air", "in"),
    "f": ("Odd gas", "", "emission/air", "out"),
    "g": ("异气体", "", "emission/air", "out"),
    "h": ("Dinitrogen monoxide", "", "air/low population density, long-term", "out"),
    "i": ("Carbon dioxide, land transformation", "", "emission/air", "out"),
    "j": ("Xenon", "7440-63-3", "emission/air", "out"),
    "k": ("Parted gas", "", "emission/air", "out"),
    "same-id": ("Something else", "", "emission/soil", "out"),
}


def documents() -> dict[str, Document]:
    found = base(2)
    exchanges = [exchange(1, "steel", 1.0, "kg", reference=True)]
    for number, (identifier, (name, cas, category, side)) in enumerate(FLOWS.items(), start=2):
        found[f"flows/{identifier}.json"] = found["flows/co2.json"] | {
            "@id": identifier,
            "name": name,
            "cas": cas,
            "category": category,
        }
        more: dict[str, Any] = {"taken": True} if side == "in" else {}
        exchanges.append(exchange(number, identifier, float(number), "kg", **more))
    return found | {"processes/p.json": process("p", exchanges)}


def factor(name: str, where: str, value: float, **more: Any) -> MethodFactor:
    compartment = compartment_of(where)
    direction = "input" if compartment.medium == "resource" else "output"
    given: dict[str, Any] = {"flow": "", "unit": "kg", "cas": "", "synonyms": ""} | more
    substance = substance_of(name, cas=given.pop("cas"), synonyms=given.pop("synonyms"))
    return MethodFactor(
        given["flow"], name, substance, compartment, given.get("direction", direction), given["unit"], value
    )


METHOD = Method(
    "Made [points]",
    (
        factor("carbon dioxide (fossil)", "Emissions to air, unspecified", 1.0),
        factor("carbon dioxide (biogenic)", "Resources from air", -1.0),
        factor("methane (fossil)", "Emissions to air, unspecified", 30_000.0, unit="t"),
        factor("odd-gas", "Emissions to air, unspecified", 7.0),
        factor("strange", "Emissions to air, unspecified", 8.0, synonyms="异气体;other"),
        factor("nitrous oxide", "Emissions to air, unspecified", 273.0),
        factor("nitrous oxide", "Emissions to lower stratosphere and upper troposphere", 200.0),
        factor("parted gas", "urban air close to ground", 1.0),
        factor("parted gas", "rural air", 2.0),
        factor("whatever", "Emissions to water", 5.0, flow="SAME-ID"),
    ),
)


def mapped(tmp_path: Path, method: Method) -> dict[str, MappedFlow]:
    database = import_processes(write(tmp_path, documents())).database
    return {flow.id: flow for flow in map_method(database, method).flows}


@pytest.mark.parametrize(
    ("flow", "how", "value", "note"),
    [
        ("a", "cas", 1.0, "taken as fossil"),
        ("b", "", math.nan, "biogenic carbon; characterised for fossil carbon only"),
        ("c", "cas", 30.0, "no factor for air/urban, taken from air"),
        ("d", "", math.nan, "characterised in air, not in water"),
        ("e", "cas", -1.0, "taken from the air, so biogenic"),
        ("f", "name", 7.0, ""),
        ("g", "name", 8.0, ""),
        ("h", "", math.nan, "no factor for air/long-term rural, and the parts differ"),
        ("i", "", math.nan, "land use carbon; characterised for fossil carbon only"),
        ("j", "", math.nan, ""),
        ("k", "", math.nan, "and the parts differ"),
        ("same-id", "identifier", 5.0, ""),
    ],
)
def test_every_flow_by_hand(tmp_path: Path, flow: str, how: str, value: float, note: str) -> None:
    found = mapped(tmp_path, METHOD)[flow]
    assert found.how == how
    assert found.value == pytest.approx(value, nan_ok=True)
    assert note in found.note
    assert bool(found.note) == bool(note)


def test_counts_add_up_and_the_result_is_what_the_factors_say(tmp_path: Path) -> None:
    database = import_processes(write(tmp_path, documents())).database
    method = map_method(database, METHOD)
    ways = ("identifier", "cas", "name", "near", "none")
    assert sum(method.count(way) for way in ways) == len(method.flows) == len(FLOWS)
    assert method.available == len(METHOD.factors)
    solved = solve_database(database, methods=[method.factors])
    amounts = {identifier: float(number) for number, identifier in enumerate(FLOWS, start=2)}
    expected = sum(flow.value * amounts[flow.id] for flow in method.flows if flow.how)
    assert solved.result.values[-1, 0] == pytest.approx(expected)


def test_a_table_of_gases_holds_for_every_part_of_the_air(tmp_path: Path) -> None:
    found = mapped(tmp_path, gas_method("AR6"))
    assert found["h"].value == 273.0
    assert found["c"].value == pytest.approx(29.8)
    assert found["b"].value == 0.0  # balanced by convention
    assert not found["d"].how
    assert all(part == ANY for part in {f.compartment.part for f in gas_method("AR5").factors})


def test_units_that_do_not_convert_are_a_near_miss(tmp_path: Path) -> None:
    method = Method("m [x]", (factor("Odd gas", "air", 1.0, unit="kWh"),))
    assert "do not convert" in mapped(tmp_path, method)["f"].note


def test_conflicting_factors_of_one_name_are_not_chosen_from(tmp_path: Path) -> None:
    method = Method("m [x]", (factor("Odd gas", "air", 1.0), factor("odd gas", "air", 2.0)))
    found = mapped(tmp_path, method)["f"]
    assert not found.how
    assert "its factors differ: 1 to 2" in found.note


def test_table_of_factors(tmp_path: Path) -> None:
    path = tmp_path / "factors.csv"
    path.write_text(
        "Flow name;CAS number;Context;Value;Indicator;Flow unit\n"
        "Kohlendioxid, fossil;000124-38-9;Emissionen in Luft;1,0;GWP;kg\n"
        "odd gas;;air;(no data);GWP;kg\nodd gas;;air;2,5;other;kg\n",
        encoding="cp1252",
    )
    names = [method.name for method in find_methods(str(path))]
    assert names == ["GWP [kg CO2e]", "other [kg CO2e]"]
    (other,) = find_methods(f"{path}#other")
    assert mapped(tmp_path, other)["f"].value == 2.5
    with pytest.raises(InputError, match="nothing") as caught:
        find_methods(f"{path}#nothing")
    assert caught.value.code == "method-empty"
    path.write_text("a;b\n1;2\n", encoding="utf-8")
    with pytest.raises(InputError) as columns:
        find_methods(str(path))
    assert columns.value.code == "method-columns"


def test_rows_of_a_table_that_are_not_used_are_named(tmp_path: Path) -> None:
    path = tmp_path / "factors.csv"
    path.write_text(
        "name,cas,value\n"
        "odd gas,124-38-8,2\n"  # the check digit is wrong
        "odd gas,000000-00-0,2\n"
        "other gas,,1.2.3\n"
        "third gas,124-38-8,\n"
        "fourth gas,,-\n"
        'fifth gas,,"about 5"\n',
        encoding="utf-8",
    )
    (method,) = find_methods(str(path))
    assert [(one.where, one.code) for one in method.problems] == [
        ("factors.csv, row 2, column cas", "cas-invalid"),
        ("factors.csv, row 4, column value", "number-invalid"),
        ("factors.csv, row 7, column value", "number-invalid"),
    ]
    assert all(one.message.complete and one.hint.complete for one in method.problems)
    found = map_method(import_processes(write(tmp_path, documents())).database, method)
    lines = list(method_lines([found], "zh"))
    assert any("'124-38-8' 不是 CAS 号" in line for line in lines)
    assert any("'about 5' 不是数字" in line for line in lines)


def test_factor_that_a_comma_cuts_is_no_other_factor(tmp_path: Path) -> None:
    path = tmp_path / "factors.csv"
    path.write_text("name,indicator,value\nodd gas,GWP,2\nother gas,GWP,27,9\n", encoding="utf-8")
    (method,) = find_methods(str(path))
    assert [(one.where, one.code) for one in method.problems] == [
        ("factors.csv, row 3, column D", "cells-moved")
    ]
    assert [factor.value for factor in method.factors] == [2.0]
    path.write_text("name,indicator,value\nodd gas,GWP,2,5\nother gas,GWP,27,9\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        find_methods(str(path))
    assert [one.where for one in caught.value.problems] == [
        f"factors.csv, row {row}, column D" for row in (2, 3)
    ]


def test_method_of_another_database(tmp_path: Path) -> None:
    source = works()
    source["lcia_categories/gwp.json"] = {
        "@id": "gwp", "@type": "ImpactCategory", "name": "warming", "refUnit": "kg",
        "impactFactors": [{"flow": {"@id": "co2", "name": "co2"}, "value": 2.0}],
    }  # fmt: skip
    made = import_processes(write(tmp_path / "source", source), database_id="source").database
    write_processes(made, tmp_path / "store")
    (method,) = find_methods("source", tmp_path / "store")
    (one,) = method.factors
    assert (one.substance.cas, one.compartment.medium, one.unit) == ("124-38-9", "air", "kg")
    assert mapped(tmp_path / "target", method)["a"].value == 2.0
    with pytest.raises(NotFoundError) as caught:
        find_methods("nowhere", tmp_path / "store")
    assert caught.value.code == "method-unknown"
