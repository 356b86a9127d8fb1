"""The table of reproduced examples in the documentation: what it says of our results is what the engine gives today."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.reference.imported_tables import half_unit, imported
from tests.reference.openlca_archives import Line, Unit
from tests.reference.test_national_tables import DUTCH_COMPENSATION, DUTCH_OUTPUT, germany, netherlands
from tests.reference.test_other_engines import (
    avoided_waste,
    by_price,
    cycle,
    elementary,
    from_openlca,
    loop,
    matrices,
    recursion,
    shared_credit,
    tagged,
)
from tests.reference.test_textbook_systems import (
    FUEL,
    HEAT_AND_POWER,
    JOINT,
    NEED,
    PACKAGES,
    PLANT,
    REFINERY,
    SANDWICH,
    SANDWICH_ORDER,
    first_order,
    two_sectors,
)

from cradlemark.core.errors import InputError
from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.tiers import by_tier, upstream_tree

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "engine.md"


def fuel_use(folder: Path) -> float:
    return float(imported(folder, FUEL).multipliers(NEED, "CO2", [PLANT, REFINERY])[0][1, 0])


def plant_emission(folder: Path) -> float:
    parts = first_order(imported(folder, FUEL))
    return 100.0 * parts[4] / sum(parts)


def sandwich(folder: Path) -> float:
    solved = imported(folder, SANDWICH)
    return float(solved.inventory(PACKAGES).impacts[solved.flows.index("CO2")])


def sandwich_sensitivity(folder: Path) -> float:
    return float(imported(folder, SANDWICH).multipliers(PACKAGES, "CO2", SANDWICH_ORDER)[0][0, 0])


def heat_and_power(folder: Path, allocation: str) -> float:
    rows = HEAT_AND_POWER.format(power=repr(0.3 / 0.525), heat=repr(0.5 / 0.82))
    return 0.3 * imported(folder, rows, allocation=allocation).of("plant", "power", "CO2")


def leontief(folder: Path) -> float:
    solved = two_sectors(folder)
    sector = ("agriculture", "agriculture")
    return float(solved.inventory({sector: 1.0}).runs[solved.at[sector]])


def income(folder: Path) -> float:
    direct = DUTCH_COMPENSATION[0] / DUTCH_OUTPUT[0]
    return netherlands(folder).multiplier("compensation")[0] / direct


def waste_and_product(folder: Path) -> float:
    lines = (Line("first", 1.0), Line("second", 3.0, "waste", taken=True), elementary("CO2", 2.0))
    solved = from_openlca(folder, Unit("plant", lines, {"first": 0.25, "second": 0.75}))
    return solved.of("plant", "first", "CO2")


def waste_treated(folder: Path) -> float:
    maker = Unit("p", (Line("p", 1.0), Line("w", 2.0, "waste")))
    treatment = Unit("w", (Line("w", 1.0, "waste", taken=True), elementary("e", 2.0)))
    return from_openlca(folder, maker, treatment).of("p", "p", "e")


def bought(folder: Path) -> float:
    solved = loop(folder)
    tree = upstream_tree(solved.result, solved.at["p1", "p1"], 2.0, solved.flows.index("f1"))
    return tree.children[0].total


def third_of_the_cycle(_: Path) -> float:
    return upstream_tree(intensities(cycle()), 0, 1.0, 0).children[0].children[0].total


def singular(_: Path) -> str:
    with pytest.raises(InputError) as refused:
        matrices([[1.0, -2.0], [-1.0, 2.0]], [[1.0, 1.0]], [[1.0]])
    return refused.value.code


def third_tier(_: Path) -> float:
    return float(by_tier(intensities(recursion()), {1: 8.0}, 0, tiers=4).values[3])


def turned(_: Path) -> float:
    factors = matrices([[-2.0, -2.0], [1.0, 4.0]], [[-0.5, 1.0]], [[2.0]], waste=(True, False))
    return float(life_cycle_inventory(factors, {1: 8.0}).impacts[0])


def all_tags(folder: Path) -> float:
    solved = tagged(folder)
    return 2.0 * solved.of("fu", "fu", "bad") + 3.0 * solved.of("fu", "fu", "worse")


EXAMPLES: dict[tuple[str, str], Callable[[Path], float | str]] = {
    ("Electricity and fuel", "CO2 of 1000 kWh [kg]"): lambda folder: 1000.0 * imported(folder, FUEL).of(*PLANT, "CO2"),
    ("Electricity and fuel", "multiplier of the plant's fuel [1]"): fuel_use,
    ("Electricity and fuel", "variance of CO2, all coefficients ± 5 % [kg²]"): lambda folder: sum(first_order(imported(folder, FUEL))),
    ("Electricity and fuel", "share of the plant's emission in it [%]"): plant_emission,
    ("Foil for sandwiches, a loop", "CO2 of 0.1 kg [kg]"): sandwich,
    ("Foil for sandwiches, a loop", "sensitivity to aluminium made [1]"): sandwich_sensitivity,
    ("Two products", "weight of B by price [1]"): lambda folder: 300 * imported(folder, JOINT, allocation="price").of("works", "B", "CO2"),
    ("Heat and power", "CO2 of power by energy [kg]"): lambda folder: heat_and_power(folder, "energy"),
    ("Heat and power", "CO2 of power, Finnish method [kg]"): lambda folder: heat_and_power(folder, "price"),
    ("Agriculture and manufacturing", "first entry of the Leontief inverse"): leontief,
    ("Germany 1995, six sectors", "second diagonal entry of the Leontief inverse"): lambda folder: float(germany(folder).inverse()[1, 1]),
    ("Germany 1995, six sectors", "value added multiplier of agriculture"): lambda folder: germany(folder).multiplier("value added")[0],
    ("Netherlands 2006, six sectors", "income multiplier of agriculture"): income,
    ("Product and waste with shares", "CO2 of the product [kg]"): waste_and_product,
    ("Avoided treatment of waste", "resource of one product [kg]"): lambda folder: avoided_waste(folder).of("P", "p", "r"),
    ("Waste with its own treatment", "emission of one product [kg]"): waste_treated,
    ("Shares of a credit", "emission of the first product [kg]"): lambda folder: shared_credit(folder).of("P", "p", "e"),
    ("Two processes in a loop", "flow that comes with what is bought [kg]"): bought,
    ("Diagram of a cycle", "upstream total of the third process"): third_of_the_cycle,
    ("A loop that uses up what it makes", "outcome"): singular,
    ("Recursion", "direct impact in tier 3"): third_tier,
    ("Recursion with a negative process", "score of 8 units"): turned,
    ("Foreground on a background", "sum of all contributions"): all_tags,
    ("Two products of different units", "impact of 1 kg of the first, by price"): lambda folder: 5 * by_price(folder).of("process", "first product", "flow"),
}  # fmt: skip


def rows() -> dict[tuple[str, str], tuple[str, str]]:
    section = PAGE.read_text(encoding="utf-8").partition("## Reproduced examples")[2].partition("\n## ")[0]
    cells = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in re.findall(r"^\|.*\|$", section, re.MULTILINE)[2:]
    ]
    return {(name, compared): (told, ours.strip("`")) for name, compared, told, ours, _ in cells}


def test_every_example_is_in_the_table() -> None:
    assert list(rows()) == list(EXAMPLES)


@pytest.mark.parametrize("example", EXAMPLES, ids=", ".join)
def test_the_table_says_what_the_engine_gives(tmp_path: Path, example: tuple[str, str]) -> None:
    told, ours = rows()[example]
    found = EXAMPLES[example](tmp_path)
    if isinstance(found, str):
        assert (told, ours) == ("singular", found)
    else:
        assert ours == f"{found:.9g}"
        assert abs(found - float(told)) <= half_unit(told)
