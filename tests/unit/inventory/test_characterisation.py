"""Gases, GWP sets and what may be put on another set."""

from __future__ import annotations

import pytest

from cradlemark.core.errors import InputError, MissingDataError, RuleError
from cradlemark.inventory.characterisation import climate_from_gases, gwp, gwp_sets, rebase
from cradlemark.inventory.dataset import GasAmount
from cradlemark.inventory.processes.characterise import gas_of_flow
from cradlemark.inventory.starter import starter_database

DATASETS = starter_database().datasets


def test_sets():
    assert gwp_sets() == ("AR4", "AR5", "AR6")


@pytest.mark.parametrize(
    ("gas", "gwp_set", "value"),
    [
        ("co2", "AR6", 1.0),
        ("ch4_fossil", "AR6", 29.8),
        ("ch4_biogenic", "AR6", 27.0),
        ("ch4", "AR5", 28.0),
        ("n2o", "AR6", 273.0),
        ("n2o", "AR5", 265.0),
        ("sf6", "AR6", 25200.0),
        ("sf6", "AR5", 23500.0),
        ("nf3", "AR6", 17400.0),
        ("hfc_32", "AR6", 771.0),
        ("hfc_32", "AR5", 677.0),
    ],
)
def test_values_that_were_read_in_two_sources(gas, gwp_set, value):
    assert gwp(gas, gwp_set) == value


def test_missing_things_are_named():
    with pytest.raises(MissingDataError) as caught:
        gwp("phlogiston", "AR6")
    assert caught.value.code == "gas-unknown"
    with pytest.raises(MissingDataError) as caught:
        gwp("hfc_227ca", "AR4")
    assert caught.value.code == "gwp-missing"
    with pytest.raises(InputError) as caught:
        gwp("co2", "AR3")
    assert caught.value.code == "gwp-set-unknown"


def test_climate_by_origin():
    climate = climate_from_gases(
        (
            GasAmount("co2", "fossil", 2.0),
            GasAmount("ch4_biogenic", "biogenic_emission", 0.1),
            GasAmount("co2", "biogenic_removal", -1.5),
        ),
        gwp_set="AR6",
    )
    assert climate.co2e == pytest.approx((2.0, 2.7, -1.5, 0.0, 0.0))


def test_fuel_with_masses_is_put_on_another_set():
    diesel = DATASETS["fu-gb-2025-diesel-100-mineral-diesel-l"]
    changed = rebase(diesel, "AR6")
    masses = {amount.gas: amount.mass for amount in diesel.climate.gases}
    expected = masses["co2"] + 29.8 * masses["ch4_fossil"] + 273 * masses["n2o"]
    assert changed.climate.total == pytest.approx(expected, rel=1e-12)
    assert changed.climate.gwp_set == "AR6"
    assert changed.climate.total != diesel.climate.total
    assert rebase(diesel, "AR5") is diesel


def test_co2_only_keeps_its_number_in_every_set():
    factor = DATASETS["fu-ipcc-natural-gas-gj"]
    assert {rebase(factor, name).climate.total for name in gwp_sets()} == {factor.climate.total}
    assert not rebase(factor, "AR4").climate.gases_complete


def test_co2e_only_cannot_be_put_on_another_set_and_says_why():
    with pytest.raises(RuleError) as caught:
        rebase(DATASETS["ademe-nylon"], "AR6")
    assert caught.value.code == "gwp-not-rebasable"
    assert "masses per gas" in caught.value.message.en


@pytest.mark.parametrize(
    ("name", "gas"),
    [
        ("甲烷", "ch4"), ("甲烷，化石源", "ch4_fossil"), ("甲烷（生物源）", "ch4_biogenic"), ("二氧化碳", "co2"), ("一氧化二氮", "n2o"),
        ("六氟化硫", "sf6"), ("HFC-134a", "hfc_134a"), ("CFC-11", "cfc_11"), ("methane (fossil)", "ch4_fossil"),
        ("1,1,1,2-tetrafluoroethane", "hfc_134a"), ("Ethane, 1,1,1,2-tetrafluoro-, HFC-134a", "hfc_134a"),
    ],
)  # fmt: skip
def test_gases_are_known_by_names_without_number(name: str, gas: str) -> None:
    found = gas_of_flow(name, "emission/air", "", "")
    assert found is not None
    assert found.id == gas


def test_other_emissions_are_no_gases() -> None:
    assert [
        gas_of_flow(name, "air", "", "") for name in ("Dust", "Carbon monoxide", "1", "Methane, tetrafluoro-")
    ] == [None] * 4
