"""Products of process databases as datasets: gases by origin, what they stand for, and that no good match is lost."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from tests.unit.footprint import process_source as source

from cradlemark.inventory.database import Inventory
from cradlemark.inventory.importers.process_databases import import_processes
from cradlemark.inventory.matching import Matcher, Query
from cradlemark.inventory.processes.imported import imported_database
from cradlemark.inventory.processes.standing import standing
from cradlemark.inventory.processes.store import find_processes, write_processes
from cradlemark.inventory.processes.supply import origin_of_flow

GASES = (
    # name, compartment, CAS, amount [kg], counts as [kg CO2e under AR6], origin
    ("Carbon dioxide, fossil", "Emission to air/unspecified", "124-38-9", 1.0, 1.0, "fossil"),
    ("Carbon dioxide, non-fossil", "Emission to air/unspecified", "124-38-9", 2.0, 0.0, "biogenic_emission"),
    ("Methane, non-fossil", "Emission to air/unspecified", "74-82-8", 0.1, 2.7, "biogenic_emission"),
    ("Carbon dioxide, from land transformation", "Emission to air/unspecified", "124-38-9", 0.5, 0.5, "land_use_change"),
    ("Nitrous oxide", "Emission to air/lower stratosphere + upper troposphere", "10024-97-2", 0.01, 2.73, "aircraft"),
    ("Carbon dioxide, in air", "Resource/in air", "124-38-9", 3.0, 0.0, "biogenic_removal"),
    ("Carbon dioxide", "Emission to water/unspecified", "124-38-9", 9.0, 0.0, ""),
)  # fmt: skip


def write(folder: Path, documents: dict[str, dict[str, Any]]) -> Path:
    with zipfile.ZipFile(folder / "made.zip", "w") as archive:
        for path, document in documents.items():
            archive.writestr(path, json.dumps(document))
    return folder / "made.zip"


def imported(
    folder: Path, documents: dict[str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> Inventory:
    monkeypatch.setenv("CRADLEMARK_HOME", str(folder / "home"))
    done = import_processes(write(folder, documents), database_id="made")
    write_processes(done.database)
    return Inventory((imported_database(find_processes("made")),))


def test_gases_by_origin_add_up_to_the_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = {path: item for path, item in source.documents().items() if not path.startswith("processes/")}
    exchanges = [source._exchange(1, "Zinc", 1.0, isQuantitativeReference=True)]
    for number, (name, compartment, cas, amount, _, origin) in enumerate(GASES, start=2):
        flow = source._flow(
            f"flow {number}", "ELEMENTARY_FLOW", "mass", f"Elementary flows/{compartment}", cas=cas
        )
        documents[f"flows/made {number}.json"] = flow | {"name": name}
        taken = {"isInput": True} if origin == "biogenic_removal" else {}
        exchanges.append(source._exchange(number, f"flow {number}", amount, **taken))
    documents["processes/1.json"] = source._process("Smelter", *exchanges)
    [dataset] = imported(tmp_path, documents, monkeypatch)
    origins = ("fossil", "biogenic_emission", "biogenic_removal", "land_use_change", "aircraft")
    for origin, value in zip(origins, dataset.climate.co2e, strict=True):
        assert value == pytest.approx(sum(row[4] for row in GASES if row[5] == origin)), origin
    masses = {(amount.gas, amount.origin): amount.mass for amount in dataset.climate.gases}
    assert masses["co2_biogenic_balanced", "biogenic_removal"] == pytest.approx(-3.0)
    assert masses["co2_biogenic_balanced", "biogenic_emission"] == pytest.approx(2.0)
    assert masses["n2o", "aircraft"] == pytest.approx(0.01)
    assert dataset.climate.total == pytest.approx(sum(row[4] for row in GASES))


@pytest.mark.parametrize(
    ("gas", "name", "compartment", "origin"),
    [
        ("co2", "Carbon dioxide", "air", "fossil"),
        ("co2", "Carbon dioxide, land transformation", "air/lower stratosphere", "land_use_change"),
        ("co2", "二氧化碳", "排放到空气/平流层下部和对流层上部", "aircraft"),
        ("ch4_biogenic", "甲烷，生物源", "排放到空气", "biogenic_emission"),
    ],
)
def test_origin_of_a_flow(gas: str, name: str, compartment: str, origin: str) -> None:
    assert origin_of_flow(gas, name, compartment) == origin


@pytest.mark.parametrize(
    ("names", "unit", "treats", "holds", "roles", "category"),
    [
        (("market for steel, low-alloyed, hot rolled", ""), "kg", False, True, {"material"}, "metal_ferrous"),
        (("Natural gas, processed, at plant", ""), "m3", False, False, {"material"}, "fuel_supply"),
        (("Natural gas, combusted in industrial boiler", ""), "m3", False, False, {"energy"}, "fuel_combustion"),
        (("Electricity, at grid", ""), "MJ", False, False, {"electricity", "energy"}, "electricity"),
        (("", "电力"), "kWh", False, False, {"electricity", "energy"}, "electricity"),
        (("transport, freight, lorry 16-32 metric ton", ""), "tkm", False, False, {"transport"}, "freight_road"),
        (("Injection moulding", "注塑成型"), "kg", False, False, {"process"}, "process_manufacturing"),
        (("waste plastic, mixture", ""), "kg", True, False, {"waste"}, "waste_treatment"),
        (("gizmo", ""), "kg", False, False, {"material", "process"}, "other"),
    ],
)  # fmt: skip
def test_roles_and_category_of_a_product(
    names: tuple[str, str], unit: str, *, treats: bool, holds: bool, roles: set[str], category: str
) -> None:
    found = standing(names, unit, treats=treats, holds_material=holds)
    assert found.roles == roles
    if category != "process_manufacturing":
        assert found.category == category


def test_product_called_like_a_process_that_holds_its_material_is_a_part() -> None:
    name = ("Injection molding, rigid polypropylene part, at plant", "")
    process = standing(name, "kg", treats=False, holds_material=False)
    part = standing(name, "kg", treats=False, holds_material=True)
    assert process.roles == {"process"}
    assert part.roles == {"material"}
    assert part.stand.concepts == ("pp",)
    assert part.stand.penalty > 0.0
    assert part.stand.note


def test_only_the_nearest_are_weighed_and_none_better_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = {path: item for path, item in source.documents().items() if not path.startswith("processes/")}
    places = ("CN", "DE", "US", "GLO", "CN-GD", "RoW", "IN")
    for place in places:
        documents[f"locations/{place}.json"] = source._named(place, code=place)
    for number in range(120):
        product = f"Hot rolled steel, {'coil' if number % 3 else 'plate'}, {number}"
        documents[f"flows/made {number}.json"] = source._flow(product, "PRODUCT_FLOW", "mass")
        taken = [
            source._exchange(3 + index, "Copper scrap", 0.001, isInput=True) for index in range(number % 4)
        ]
        made = source._process(
            f"Works {number}",
            source._exchange(1, product, 1.0, isQuantitativeReference=True),
            source._exchange(2, "Carbon dioxide, fossil", 2.0 + number / 1000.0),
            *taken,
            place=places[number % len(places)],
        )
        made["processDocumentation"] = {"validFrom": f"{2005 + number % 19}-01-01"}
        documents[f"processes/{number}.json"] = made
    matcher = Matcher(imported(tmp_path, documents, monkeypatch))
    for place in ("CN", "CN-JS", "DE", "GLO"):
        for text in ("hot rolled steel", "热轧带钢 2mm", "steel"):
            query = Query(text, "kg", place, 2024)
            few = [(match.dataset, match.score) for match in matcher.find(query, 5)]
            all_of_them = [(match.dataset, match.score) for match in matcher.find(query, 1000)]
            assert len(all_of_them) >= 40, (text, place)
            assert few == all_of_them[:5]
