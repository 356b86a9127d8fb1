"""What cut-offs may weigh: which proxy is taken, which is not, and that the estimates add up along the supply chain."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.unit.inventory.test_process_import import Document, base, exchange, process, read

from cradlemark.inventory.matching import Matcher
from cradlemark.inventory.processes.cut_offs import CutOffWeights, cut_off_weights
from cradlemark.inventory.processes.proxies import Wanted, packaged_proxy
from cradlemark.inventory.processes.solved import Solved, solve_database
from cradlemark.inventory.starter import default_inventory


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(default_inventory())


@pytest.mark.parametrize(
    ("name", "unit", "place", "part"),
    [
        ("Sulfuric acid(98%)", "kg", "CN", "Sulfuric acid"),
        ("sodium hydroxide; production mix for PVC production, at plant", "kg", "CN", "Sodium hydroxide"),
        (
            "hard coal; from underground and open pit mining; consumption mix",
            "kg",
            "CN",
            "Coal, mining & supply",
        ),
        ("Electricity, at wind power plant, unspecified", "MJ", "US", "wind onshore"),
        ("Electricity", "MJ", "CN", "China national average"),
        ("Disposal, msw, to sanitary landfill", "kg", "US", "landfill"),
        ("Diesel", "kg", "XX-unknown", "well-to-tank"),
    ],
)
def test_a_proxy_is_of_the_same_thing(matcher: Matcher, name: str, unit: str, place: str, part: str) -> None:
    found = packaged_proxy(Wanted((name,), unit, place=place), matcher)
    assert found is not None
    assert part in found.name.en
    assert found.value > 0.0
    assert found.score >= 60.0


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("Aluminum, scrap", "kg"),  # primary metal would weigh thirty times more
        ("Steel scrap, at plant", "kg"),
        ("Waste Plastic", "kg"),
        ("Copper ore", "kg"),  # copper itself would
        ("Copper concentrates", "kg"),
        ("Electricity, petroleum coke, at power plant", "MJ"),  # the mix is another thing
        ("Electricity for thermal power", "MJ"),
        ("Colorant, at plant", "kg"),
        ("Aluminium oxide, metallurgical", "m3"),  # does not convert
        ("", "kg"),
    ],
)
def test_no_proxy_where_it_would_mislead(matcher: Matcher, name: str, unit: str) -> None:
    assert packaged_proxy(Wanted((name,), unit, place="CN"), matcher) is None


def test_the_burning_of_a_fuel_is_not_its_supply(matcher: Matcher) -> None:
    found = packaged_proxy(Wanted(("Natural gas, high pressure",), "kg"), matcher)
    assert found is not None
    assert found.value < 1.5  # burning gives about 2.5 kg CO2e/kg


def test_water_by_mass_is_asked_by_volume(matcher: Matcher) -> None:
    found = packaged_proxy(Wanted(("Tap water",), "kg", place="GB"), matcher)
    assert found is not None
    assert found.value == pytest.approx(default_inventory()["wt-gb-2025-supply"].climate.total / 1000.0)


def chain() -> dict[str, Document]:
    """Part <- 2 kg steel <- 0.5 kg H2SO4 (open), 3 kg colorant (open, unknown); steel takes 0.1 kg part back."""
    documents = base(2)
    for identifier, name in (("part", "Part"), ("acid", "Sulfuric acid"), ("colour", "Colorant, at plant")):
        documents[f"flows/{identifier}.json"] = documents["flows/steel.json"] | {
            "@id": identifier,
            "name": name,
        }
    part = [
        exchange(1, "part", 4.0, "kg", reference=True),
        exchange(2, "steel", 8.0, "kg", taken=True),
        exchange(3, "co2", 1.0, "kg"),
    ]
    steel: list[dict[str, Any]] = [
        exchange(1, "steel", 1.0, "kg", reference=True),
        exchange(2, "acid", 500.0, "g", taken=True),
        exchange(3, "colour", 3.0, "kg", taken=True),
        exchange(4, "part", 0.1, "kg", taken=True),
        exchange(5, "co2", 2.0, "kg"),
    ]
    return documents | {
        "processes/part.json": process("part", part),
        "processes/steel.json": process("steel", steel),
    }


def weighed(tmp_path: Path, documents: dict[str, Document], matcher: Matcher) -> tuple[Solved, CutOffWeights]:
    solved = solve_database(read(tmp_path, documents).database)
    return solved, cut_off_weights(solved, matcher)


def test_estimates_run_down_the_supply_chain_and_stay_out_of_the_result(
    tmp_path: Path, matcher: Matcher
) -> None:
    solved, found = weighed(tmp_path, chain(), matcher)
    row = {name.split(" [")[0]: i for i, name in enumerate(solved.matrices.system.products)}
    acid = packaged_proxy(Wanted(("Sulfuric acid",), "kg"), matcher)
    assert acid is not None
    # steel = 0.5 acid + 0.1 part and part = 2 steel, so steel = 0.5 acid / 0.8
    steel = 0.5 * acid.value / 0.8
    assert found.own[row["steel"]] == pytest.approx(0.5 * acid.value)
    assert found.own[row["Part"]] == 0.0
    assert found.added[row["steel"]] == pytest.approx(steel)
    assert found.added[row["Part"]] == pytest.approx(2.0 * steel)
    assert found.unknown.tolist() == [1, 1]
    assert found.estimated_uses == (1, 2)
    assert solved.result.values[0, row["steel"]] == pytest.approx((2.0 + 0.1 * 0.25) / 0.8)


def test_makers_of_the_same_product_stand_for_an_ambiguous_input(tmp_path: Path, matcher: Matcher) -> None:
    documents = chain()
    for name, co2 in (("works-a", 1.0), ("works-b", 3.0)):
        documents[f"processes/{name}.json"] = process(
            name,
            [exchange(1, "colour", 1.0, "kg", reference=True), exchange(2, "co2", co2, "kg")],
            location={"@id": name, "name": "US" if name == "works-a" else "DE"},
        )
    _, found = weighed(tmp_path, documents, matcher)
    proxy = next(each.proxy for each in found.inputs if each.name.en == "Colorant, at plant")
    assert proxy is not None
    assert proxy.value == pytest.approx(2.0)
    assert proxy.status == "calculated"
    assert found.unknown.tolist() == [0] * 4


def test_waste_taken_in_is_free_and_needs_no_estimate(tmp_path: Path, matcher: Matcher) -> None:
    documents = chain()
    documents["processes/steel.json"]["exchanges"].append(exchange(6, "scrap", 5.0, "kg", taken=True))
    _, found = weighed(tmp_path, documents, matcher)
    assert {each.name.en for each in found.inputs} == {"Sulfuric acid", "Colorant, at plant"}


@pytest.mark.parametrize("name", [" " * 200_000 + "x", "a, " * 100_000, "to " * 100_000, "\u5e9f" * 100_000])
def test_endless_names_take_no_time(matcher: Matcher, name: str) -> None:
    assert packaged_proxy(Wanted((name,), "kg"), matcher) is None


def test_a_product_of_nearly_the_same_name_stands_for_an_input(tmp_path: Path, matcher: Matcher) -> None:
    documents = chain()
    documents["flows/paint.json"] = documents["flows/colour.json"] | {
        "@id": "paint", "name": "Colorant at plant,",
    }  # fmt: skip
    documents["processes/mill.json"] = process(
        "mill", [exchange(1, "paint", 1.0, "kg", reference=True), exchange(2, "co2", 4.0, "kg")]
    )
    _, found = weighed(tmp_path, documents, matcher)
    proxy = next(each.proxy for each in found.inputs if each.name.en == "Colorant, at plant")
    assert proxy is not None
    assert (proxy.value, proxy.source) == (pytest.approx(4.0), "mill/paint")
