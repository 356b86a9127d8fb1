"""Electricity supply of places."""

from __future__ import annotations

import attrs
import pytest

from cradlemark.core.errors import MissingDataError
from cradlemark.inventory.database import Inventory
from cradlemark.inventory.grids import grid_supply
from cradlemark.inventory.starter import default_inventory, starter_database

INVENTORY = default_inventory()


def test_china_has_the_footprint_factor_with_networks():
    supply = grid_supply("CN", inventory=INVENTORY)
    assert (supply.location, supply.losses, supply.residual) == ("el-cn-cf-2024", "el-cn-td-2024-incl", "")
    assert INVENTORY[supply.location].climate.total == 0.5777
    assert INVENTORY[supply.losses].climate.total == 0.0327
    assert supply.status == "unverified"


@pytest.mark.parametrize("place", ["CN-GD", "广东省", "CN-SouthGrid", "CN-XZ"])
def test_part_of_china_takes_the_country_and_says_so(place):
    supply = grid_supply(place, inventory=INVENTORY)
    assert supply.location == "el-cn-cf-2024"
    assert supply.place == "CN"
    assert "the one of CN is used" in supply.note.en
    assert "CN" in supply.note.zh


def test_other_countries_have_no_losses_and_say_so():
    supply = grid_supply("Germany", inventory=INVENTORY)
    assert (supply.location, supply.losses) == ("el-de-ember", "")
    assert "not included" in supply.note.en


def test_us_state_takes_the_country_never_the_organisation_factor():
    assert grid_supply("US-CA", inventory=INVENTORY).location == "el-us-ember"


@pytest.mark.parametrize("place", ["AQ", "RER", "RoW", "nowhere"])
def test_place_without_supply_is_missing(place):
    with pytest.raises(MissingDataError) as caught:
        grid_supply(place, inventory=INVENTORY)
    assert caught.value.code == "grid-missing"
    assert caught.value.hint.en


def test_datasets_have_to_be_in_the_inventory():
    starter = starter_database()
    without = {key: value for key, value in starter.datasets.items() if key != "el-de-ember"}
    with pytest.raises(MissingDataError):
        grid_supply("DE", inventory=Inventory((attrs.evolve(starter, datasets=without),)))
