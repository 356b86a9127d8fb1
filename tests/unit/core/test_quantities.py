import subprocess
import sys
import timeit
from importlib.resources import files

import pint
import pytest

from cradlemark.core.errors import InputError
from cradlemark.core.quantities import (
    LONGEST_QUANTITY,
    Quantity,
    conversion_factor,
    dimension,
    parse_number,
    parse_quantity,
    root_by_pint,
    root_unit,
)
from cradlemark.core.units import normalise_unit, unit_atoms


@pytest.fixture(scope="module")
def published():
    """pint's own definitions, which others keep."""
    return pint.UnitRegistry()


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("g", "kg", 0.001),
        ("kg", "g", 1000.0),
        ("mg", "kg", 1e-6),
        ("kWh", "MJ", 3.6),
        ("tce", "GJ", 29.307),
        ("kgce", "kJ", 29307.0),
        ("L", "m3", 0.001),
        ("mL", "cm3", 1.0),
        ("lb", "kg", 0.45359237),
        ("pair", "piece", 2.0),
        ("dozen", "piece", 12.0),
        ("千只", "piece", 1000.0),
        ("kg*km", "tkm", 0.001),
        ("%", "1", 0.01),
        ("year", "h", 8760.0),
        ("A^2*ohm", "W", 1.0),
        ("g/cm3", "kg/m3", 1000.0),
        ("kg/piece", "g/piece", 1000.0),
        ("万kWh", "MWh", 10.0),
        ("kg", "kg", 1.0),
    ],
)
def test_factor_is_the_nearest_float(source, target, factor):
    assert conversion_factor(source, target) == factor


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        ("kg", "kWh", ("mass", "energy")),
        ("Nm3", "m3", ("normal volume", "volume", "pressure")),
        ("set", "piece", ("set", "count")),
        ("CNY", "EUR", ("currency CNY", "currency EUR", "rate")),
        ("piece", "kg", ("count", "mass", "g/piece")),
        ("degC", "K", ("offset",)),
        ("kJ/degC", "kJ/K", ("K",)),
        ("1", "kg", ("dimensionless", "mass")),
    ],
)
def test_mismatch_names_both_dimensions_and_the_repair(source, target, words):
    with pytest.raises(InputError) as caught:
        conversion_factor(source, target)
    assert caught.value.code == "unit-mismatch"
    assert all(word in str(caught.value) for word in words)
    assert caught.value.hint.en


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("t", "mass"),
        ("MJ", "energy"),
        ("L", "volume"),
        ("Nm3", "normal volume"),
        ("mm", "length"),
        ("ha", "area"),
        ("year", "time"),
        ("tkm", "transport"),
        ("pcs", "count"),
        ("套", "set"),
        ("kW", "power"),
        ("mohm", "resistance"),
        ("mA", "electric current"),
        ("kV", "voltage"),
        ("%", "dimensionless"),
        ("CNY", "currency CNY"),
        ("degC", "temperature"),
        ("K", "temperature"),
        ("kWh/kg", "energy / mass"),
        ("g/piece", "mass / count"),
        ("kg/m3", "density"),
    ],
)
def test_dimension_in_words(unit, name):
    assert dimension(unit) == name


def test_every_unit_has_a_dimension_in_words():
    assert {atom for atom in unit_atoms() if dimension(atom) == atom} == {"set"}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("t", "metric_ton"),
        ("lb", "pound"),
        ("oz", "ounce"),
        ("short_ton", "short_ton"),
        ("long_ton", "long_ton"),
        ("in", "inch"),
        ("ft", "foot"),
        ("ha", "hectare"),
        ("kcal", "4.1868 kJ"),
        ("Btu", "international_british_thermal_unit"),
        ("kWh", "kilowatt_hour"),
        ("TWh", "terawatt_hour"),
        ("MPa", "megapascal"),
        ("bar", "bar"),
        ("kohm", "kiloohm"),
        ("uohm", "microohm"),
        ("week", "week"),
        ("L", "liter"),
        ("kV", "kilovolt"),
    ],
)
def test_definition_agrees_with_the_one_of_pint(published, ours, theirs):
    expected = published.Quantity(theirs).to_base_units().magnitude
    assert float(root_unit(ours)[0]) == pytest.approx(expected, rel=1e-9)


def test_every_definition_has_a_spelling_and_the_reverse():
    lines = files("cradlemark.core").joinpath("units.txt").read_text("utf-8").splitlines()
    defined = {line.split(" = ")[0] for line in lines if line and not line.startswith("#")}
    powers = {f"{atom}{power}" for atom in ("mm", "cm", "dm", "m", "km") for power in (2, 3)}
    named = {{"%": "percent", "‰": "permille"}.get(atom, atom) for atom in unit_atoms()} - {"1"}
    assert named - powers == defined


def test_quantity_converts_and_prints():
    assert str(Quantity(3.6, "g")) == "3.6 g"
    assert str(Quantity(2500, "Gramm").to("kg")) == "2.5 kg"
    assert Quantity(25, "℃").to("K") == Quantity(298.15, "K")
    assert Quantity(0, "K").to("degC") == Quantity(-273.15, "degC")


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_quantity_is_finite(value):
    with pytest.raises(InputError):
        Quantity(value, "kg")


@pytest.mark.parametrize(
    ("text", "magnitude", "unit"),
    [
        ("3.6 g", 3.6, "g"),
        ("3.6g", 3.6, "g"),
        ("0.8 mohm", 0.8, "mohm"),
        ("1e-3 kg", 0.001, "kg"),
        ("1,200,000 kWh", 1.2e6, "kWh"),
        ("1.200.000,5 kWh", 1200000.5, "kWh"),
        ("1,200.5 kWh", 1200.5, "kWh"),
        ("1.200,5 kWh", 1200.5, "kWh"),
        ("1 200 kg", 1200.0, "kg"),
        ("1\u202f200 kg", 1200.0, "kg"),
        ("1'200 kg", 1200.0, "kg"),
        ("0,8 mm", 0.8, "mm"),
        ("0,125 kg", 0.125, "kg"),
        ("12,5%", 12.5, "%"),
        ("-3 kg", -3.0, "kg"),
        ("−3 kg", -3.0, "kg"),
        ("３．６公斤", 3.6, "kg"),
        ("2.5×10^3 kWh", 2500.0, "kWh"),
        (".5 t", 0.5, "t"),
        ("5 1", 5.0, "1"),
        ("3 m2", 3.0, "m2"),
    ],
)
def test_quantity_is_read(text, magnitude, unit):
    assert parse_quantity(text) == Quantity(magnitude, unit)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1,200 kWh", "number-format"),
        ("12,34,567 kg", "number-format"),
        ("1,2,3 kg", "number-format"),
        ("1.2.3 kg", "number-format"),
        ("1e999 kg", "number-format"),
        ("nan kg", "quantity-format"),
        ("inf kg", "quantity-format"),
        ("kg", "quantity-format"),
        ("", "quantity-format"),
        ("5", "quantity-format"),
        ("5 foo", "unit-unknown"),
        ("<5 kg", "quantity-format"),
        ("5 kg 3", "unit-unknown"),
    ],
)
def test_quantity_is_refused(text, code):
    with pytest.raises(InputError) as caught:
        parse_quantity(text, where="row 7")
    assert (caught.value.code, caught.value.where) == (code, "row 7")


def test_ambiguous_comma_says_both_readings():
    with pytest.raises(InputError) as caught:
        parse_number("1,200")
    assert "1.200" in caught.value.message.en
    assert "1200" in caught.value.message.en


def test_longest_quantity():
    assert parse_quantity("1." + "0" * (LONGEST_QUANTITY - 4) + "kg").magnitude == 1.0
    with pytest.raises(InputError, match="characters"):
        parse_quantity("1." + "0" * (LONGEST_QUANTITY - 3) + "kg")
    with pytest.raises(InputError, match="characters"):
        parse_number("1" * (LONGEST_QUANTITY + 1))


def test_importing_and_normalising_do_not_load_pint():
    code = (
        "import sys; from cradlemark.core.quantities import conversion_factor, normalise_unit;"
        "normalise_unit('KWH'); conversion_factor('公斤', 'kg'); sys.exit('pint' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_cached_conversion_is_fast():
    conversion_factor("g", "kg")
    assert min(timeit.repeat(lambda: conversion_factor("g", "kg"), number=10000, repeat=5)) / 10000 < 2e-6


@pytest.mark.parametrize("unit", sorted(unit_atoms()))
def test_the_packaged_roots_are_those_of_pint(unit: str) -> None:
    assert root_unit(unit) == root_by_pint(unit)


@pytest.mark.parametrize(
    "unit", ["kWh/kg", "kg*km", "W/(m2*K)", "g/cm3", "kg/piece", "MJ/Nm3", "1/h", "%/year"]
)
def test_compound_roots_are_those_of_pint(unit: str) -> None:
    canonical = normalise_unit(unit)
    assert root_unit(canonical) == root_by_pint(canonical)
