"""The magnitude gate catches slips of unit and says which one."""

from __future__ import annotations

import attrs
import pytest

from cradlemark.inventory.dataset import Climate
from cradlemark.inventory.gates import check_magnitude, check_magnitudes
from cradlemark.inventory.starter import starter_database

ANY = starter_database().datasets["ademe-nylon"]


def made(category: str, unit: str, value: float):
    return attrs.evolve(
        ANY, id="x", category=category, unit=unit, climate=Climate("unknown", (value, 0, 0, 0, 0))
    )


@pytest.mark.parametrize(
    ("category", "unit", "value", "hint"),
    [
        # The four records with unit errors in the literature part of CPCD.
        (
            "cement",
            "kg",
            1028.65,
            "1.02865 kg CO2e per kg would be plausible; perhaps the value per t was written per kg",
        ),
        ("metal_nonferrous", "kg", 722.0, "0.722 kg CO2e per kg would be plausible"),
        ("metal_nonferrous", "kg", 29004.0, "29.004 kg CO2e per kg would be plausible"),
        (
            "polymer",
            "t",
            0.868,
            "0.868 kg CO2e per kg would be plausible; perhaps the value per kg was written per t",
        ),
        # USLCI, Electricity, at Grid, FRCC, 2008: a value per kWh with the unit MJ.
        (
            "electricity",
            "MJ",
            0.70,
            "0.7 kg CO2e per kWh would be plausible; perhaps the value per kWh was written per MJ",
        ),
        ("polymer", "kg", 3400.0, "perhaps the value per t was written per kg, or g of CO2e as kg"),
        ("freight_road", "tkm", 77.0, "0.077 kg CO2e per tkm"),
        ("polymer", "kg", 0.0, "check the value and the unit"),
        ("polymer", "kg", -3.0, "check the value and the unit"),
        ("polymer", "kg", 1e12, "check the value and the unit"),
    ],
)
def test_slip_is_caught_and_explained(category, unit, value, hint):
    problem = check_magnitude(made(category, unit, value), where="t.csv, row 3")
    assert problem is not None
    assert problem.code == "magnitude-implausible"
    assert problem.where == "t.csv, row 3"
    assert hint in problem.hint.en


@pytest.mark.parametrize(
    ("category", "unit", "value"),
    [
        ("electricity", "kWh", 0.70),
        ("electricity", "MWh", 577.7),
        ("polymer", "t", 3400.0),
        ("fuel_combustion", "L", 2.66),
        ("fuel_combustion", "m3", 2.16),
        ("other", "kg", 1e9),
        ("product", "piece", 1e5),
        ("metal_ferrous", "piece", 40.0),
    ],
)
def test_plausible_and_unchecked_values_pass(category, unit, value):
    assert check_magnitude(made(category, unit, value)) is None


def test_known_uptake_does_not_trip_the_gate():
    wood = attrs.evolve(
        ANY, category="paper_wood", climate=Climate("AR6", (0.3, 0.0, -1.6, 0.0, 0.0), origins_known=True)
    )
    assert check_magnitude(wood) is None


def test_several_at_once():
    assert len(check_magnitudes([made("polymer", "kg", 2.0), made("polymer", "kg", 2000.0)])) == 1
