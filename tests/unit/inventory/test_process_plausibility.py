"""Which climate impacts of products are looked at: slips of unit, by-products of a wrong allocation, mixed-up names."""

from __future__ import annotations

import pytest

from cradlemark.inventory.processes.intensities import HIGH
from cradlemark.inventory.processes.plausibility import doubt_of, is_judged, what_is_said

PLAUSIBLE = [
    # Own calculation on USLCI, AR5 (reference document of footprint rules, section 12): hardly any refinery in the chain.
    ("Hot rolled sheet, steel, at plant", "kg", 2.30), ("Cold rolled sheet, steel, at plant", "kg", 2.62),
    ("Galvanized steel sheet, at plant", "kg", 2.71), ("Aluminum, primary, ingot, at plant", "kg", 9.03),
    ("Aluminum, secondary, ingot, at plant", "kg", 0.69), ("Zinc, Special High Grade", "kg", 3.25),
    ("Acrylonitrile-butadiene-styrene copolymer resin, at plant", "kg", 3.91), ("Polypropylene resin, at plant", "kg", 1.89),
    ("Polyvinyl chloride resin, at plant", "kg", 2.30), ("Fuel grade uranium, at regional storage", "kg", 3375.0),
    ("Electricity, nuclear, at power plant", "MJ", 0.00285), ("Diesel, at refinery", "m3", 522.0),
    ("Diesel, combusted in industrial boiler", "m3", 3255.0), ("Transport, combination truck, diesel powered", "t*km", 0.0947),
    ("Transport, ocean freighter, average fuel mix", "t*km", 0.017), ("电力", "kWh", 0.5777), ("普通硅酸盐水泥", "kg", 0.74),
    ("原铝", "kg", 16.0), ("聚丙烯", "kg", 1.6), ("Manufacture of cement", "M.EUR", 6.0e6), ("教育", "万元", 400.0),
]  # fmt: skip
IMPLAUSIBLE = [
    # What an importer gives that loads a refinery on one by-product (section 12).
    ("Polyethylene terephthalate, PET, resin, at plant", "kg", 309.0), ("Polyethylene, low density, virgin resin", "kg", 64.0),
    ("Unsaturated polyester, resin, at plant", "kg", 15_992.0), ("Petroleum refining coproduct, fuel oil", "kg", 520.0),
    # Records of a public database with the wrong unit, and a label MJ for kWh (section 11.5).
    ("普通硅酸盐水泥(OPC)", "kg", 1028.65), ("铝（再生法）", "kg", 722.0), ("铝（拜耳法-火电电解）", "kg", 29_004.0),
    ("聚丙烯", "kg", 0.000868), ("Electricity, at Grid, FRCC, 2008", "MJ", 0.70),
    # Other slips.
    ("Aluminium, primary, ingot", "kg", 1.0958), ("Transport, truck", "t*km", 94.7), ("Natural gas, combusted in boiler", "m3", 2500.0),
    ("Hot rolled steel", "kg", 0.05), ("Manufacture of cement", "M.EUR", 6.0e9), ("水泥制造", "万元", 0.5),
]  # fmt: skip


@pytest.mark.parametrize(("product", "unit", "value"), PLAUSIBLE)
def test_usual_values_are_not_doubted(product: str, unit: str, value: float) -> None:
    assert doubt_of(product, product, unit, value) == ""


@pytest.mark.parametrize(("product", "unit", "value"), IMPLAUSIBLE)
def test_unusual_values_are_doubted(product: str, unit: str, value: float) -> None:
    """By what the name leads to expect; where it says nothing, by the one limit of the unit."""
    assert doubt_of(product, "", unit, value) or (not is_judged(product, "", unit) and value > HIGH[unit])


def test_the_slip_is_named() -> None:
    reason = doubt_of("Electricity, at grid", "Electricity, at Grid, FRCC, 2008", "MJ", 0.70)
    assert "expected 0.001 to 1.6 kg CO2e per kWh" in reason
    assert reason.endswith("perhaps the value per kWh was written per MJ")


def test_a_process_named_after_another_material_is_doubted() -> None:
    """Found in the TianGong subset: a data set called epoxy resin and polypropylene whose product is PVC."""
    product = "polyvinylchloride resin (E-PVC); emulsion polymerisation; production mix, at plant"
    reason = doubt_of(product, "Production of epoxy resin ; polypropylene production", "kg", 3.0)
    assert "polyvinyl chloride" in reason
    assert "epoxy" in reason
    assert doubt_of(product, "Production of polyvinyl chloride", "kg", 3.0) == ""
    assert doubt_of("Steel sections", "Hot rolled steel production;Hot rolling", "kg", 2.0) == ""


@pytest.mark.parametrize(
    ("product", "process", "unit", "category"),
    [
        ("Electricity, bituminous coal, at power plant", "", "MJ", "electricity"),
        ("Lignite coal, combusted in industrial boiler", "", "kg", "fuel_combustion"),
        ("Bituminous coal, at mine", "", "kg", "fuel_supply"),
        ("Transport, barge, residual fuel oil powered", "", "t*km", "freight_inland_water"),
        ("Transport, train, diesel powered", "", "t*km", "freight_rail"),
        ("铁路运输", "", "t*km", "freight_rail"),
        ("Polypropylene scrap", "", "kg", ""),
        ("Something that nobody knows", "", "kg", "other"),
    ],
)
def test_category_of_a_product(product: str, process: str, unit: str, category: str) -> None:
    assert what_is_said(product, process, unit).category == category
