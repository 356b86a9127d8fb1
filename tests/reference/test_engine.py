"""Matrix examples that can be worked out by hand.

The first is the two-process system (electricity and fuel) with which R. Heijungs and S. Suh open "The Computational
Structure of Life Cycle Assessment" (Kluwer, 2002), chapter 2: 10 kWh from 2 litres of fuel, 100 litres of fuel from 50
litres of crude oil (which the book writes as a negative amount); the demand is 1000 kWh. Amounts, runs and
flows were read in M. Pizzol's restatement (github.com/massimopizzol/advanced-lca-notebooks, ``Course-material-bw25/0-LCI-matrix.ipynb``);
the rest follows by hand: 1000 kWh need 100 runs of the plant, these 200 litres of fuel and 2 runs of the refinery. The others are of our
own making, each with its solution.
"""

from __future__ import annotations

import numpy as np
import pytest

from cradlemark.engine.contributions import by_flow, by_place, by_process, by_process_and_flow
from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.sankey import sankey
from cradlemark.engine.solve import factorise
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.engine.tiers import by_tier, upstream_tree
from cradlemark.engine.what_if import Change, change


def entries(dense) -> Entries:
    dense = np.asarray(dense, dtype=float)
    row, column = np.nonzero(dense)
    return Entries(row, column, dense[row, column])


def build(technosphere, biosphere, characterisation, processes, **more):
    return factorise(
        assemble(
            MatrixSystem(
                entries(technosphere),
                entries(biosphere),
                entries(characterisation),
                processes,
                [f"product of {name}" for name in processes],
                [f"flow {index}" for index in range(len(biosphere))],
                [f"category {index}" for index in range(len(characterisation))],
                **more,
            )
        )
    )


@pytest.fixture
def electricity_and_fuel():
    """Products: electricity [kWh], fuel [litre]. Flows: CO2 [kg], SO2 [kg], crude oil [litre]."""
    return build(
        [[10.0, 0.0], [-2.0, 100.0]],
        [[1.0, 10.0], [0.1, 2.0], [0.0, 50.0]],
        [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
        ("electricity", "fuel"),
        places=("town", "coast"),
    )


def test_heijungs_and_suh_inventory(electricity_and_fuel) -> None:
    inventory = life_cycle_inventory(electricity_and_fuel, {0: 1000.0})
    assert inventory.runs.tolist() == pytest.approx([100.0, 2.0], rel=1e-14)
    assert inventory.flows.tolist() == pytest.approx([120.0, 14.0, 100.0], rel=1e-14)
    assert inventory.impacts.tolist() == inventory.flows.tolist()
    assert inventory.forward_error < 1e-14


def test_heijungs_and_suh_intensities(electricity_and_fuel) -> None:
    """0.12 kg CO2 per kWh = 0.1 of the plant + 0.2 litres x 0.1 kg; 0.1 kg CO2 per litre of fuel."""
    result = intensities(electricity_and_fuel)
    assert result.values == pytest.approx(np.array([[0.12, 0.1], [0.014, 0.02], [0.1, 0.5]]), rel=1e-14)


def test_heijungs_and_suh_contributions(electricity_and_fuel) -> None:
    inventory = life_cycle_inventory(electricity_and_fuel, {0: 1000.0})
    parts = by_process(inventory, 0)
    assert parts.names == ("electricity", "fuel")
    assert parts.values.tolist() == pytest.approx([100.0, 20.0])
    assert by_place(inventory, 0).names == ("town", "coast")
    assert by_flow(inventory, 1).values.tolist() == pytest.approx([14.0])
    assert by_process_and_flow(inventory, 0, cut_off=0.5).remainder == pytest.approx(20.0)


def test_heijungs_and_suh_tiers_tree_and_diagram(electricity_and_fuel) -> None:
    result = intensities(electricity_and_fuel)
    tiers = by_tier(result, {0: 1000.0}, 0, tiers=2)
    assert tiers.values.tolist() == pytest.approx([100.0, 20.0])
    assert tiers.remainder == pytest.approx(0.0, abs=1e-12)
    tree = upstream_tree(result, 0, 1000.0, 0)
    assert (tree.total, tree.direct, tree.remainder) == pytest.approx((120.0, 100.0, 0.0))
    (fuel,) = tree.children
    assert (fuel.name, fuel.amount, fuel.total) == ("fuel", pytest.approx(200.0), pytest.approx(20.0))
    inventory = life_cycle_inventory(electricity_and_fuel, {0: 1000.0})
    diagram = sankey(inventory, result, 0)
    names = [node.name or node.kind for node in diagram.nodes]
    links = {(names[link.source], names[link.target]): link.value for link in diagram.links}
    assert links == {
        ("direct", "electricity"): pytest.approx(100.0),
        ("direct", "fuel"): pytest.approx(20.0),
        ("fuel", "electricity"): pytest.approx(20.0),
        ("electricity", "demand"): pytest.approx(120.0),
    }


def test_a_loop_by_hand() -> None:
    """1 kg steel takes 0.5 kWh, 1 kWh takes 0.2 kg steel: runs 1 / (1 - 0.1) and 0.5 / 0.9."""
    factors = build([[1.0, -0.2], [-0.5, 1.0]], [[3.0, 6.0]], [[1.0]], ("steel", "power"))
    assert life_cycle_inventory(factors, {0: 1.0}).runs == pytest.approx([1 / 0.9, 0.5 / 0.9], rel=1e-14)
    assert intensities(factors).values[0] == pytest.approx([6.0 / 0.9, 6.6 / 0.9], rel=1e-14)
    tiers = by_tier(intensities(factors), {0: 1.0}, 0, tiers=4)
    assert tiers.values == pytest.approx([3.0, 3.0, 0.3, 0.3])
    assert tiers.remainder == pytest.approx(6.0 / 0.9 - 6.6)


def test_own_use_by_hand() -> None:
    """A plant that makes 10 kWh and uses 2 of them: 8 kg CO2 are 1 kg per kWh delivered."""
    factors = build([[8.0]], [[8.0]], [[1.0]], ("power",))
    assert intensities(factors).values.tolist() == [[1.0]]


def test_waste_by_hand() -> None:
    """1 kg of product makes 0.2 kg of waste; treating 1 kg emits 5 kg: 2 + 0.2 x 5 = 3 kg CO2e per kg."""
    factors = build(
        [[1.0, 0.0], [0.2, -1.0]], [[2.0, 5.0]], [[1.0]], ("plant", "incineration"), waste=(False, True)
    )
    result = intensities(factors)
    assert result.values[0].tolist() == pytest.approx([3.0, 5.0])
    assert life_cycle_inventory(factors, {1: 4.0}).impacts[0] == pytest.approx(20.0)
    tree = upstream_tree(result, 0, 10.0, 0)
    (treated,) = tree.children
    assert (treated.amount, treated.total, tree.total) == pytest.approx((2.0, 10.0, 30.0))


def test_avoided_product_by_hand() -> None:
    """Incineration of 1 kg emits 5 kg and delivers 4 kWh that grid power (0.5 kg/kWh) need not make: 3 kg CO2e."""
    factors = build(
        [[-1.0, 0.0], [4.0, 1.0]], [[5.0, 0.5]], [[1.0]], ("incineration", "grid"), waste=(True, False)
    )
    inventory = life_cycle_inventory(factors, {0: 1.0})
    assert inventory.runs.tolist() == pytest.approx([1.0, -4.0])
    assert inventory.impacts[0] == pytest.approx(3.0)
    tree = upstream_tree(intensities(factors), 0, 1.0, 0)
    assert (tree.children[0].name, tree.children[0].amount, tree.children[0].total) == (
        "grid",
        pytest.approx(-4.0),
        pytest.approx(-2.0),
    )
    assert by_process(inventory, 0).values.tolist() == pytest.approx([5.0, -2.0])


def test_removal_by_hand() -> None:
    """An uptake is an elementary flow with a negative factor: 1.6 kg out, 1.8 kg in, net -0.2 kg."""
    factors = build([[1.0]], [[1.6], [1.8]], [[1.0, -1.0]], ("forest product",))
    assert intensities(factors).values[0, 0] == pytest.approx(-0.2)


def test_what_if_by_hand(electricity_and_fuel) -> None:
    """Half the fuel per kWh: 0.1 + 0.1 x 0.1 = 0.11 kg CO2 per kWh, fuel as before."""
    halved = change(electricity_and_fuel, [Change("technosphere", 1, 0, -1.0)])
    assert intensities(halved).values[0].tolist() == pytest.approx([0.11, 0.1])
    assert life_cycle_inventory(halved, {0: 1000.0}).runs.tolist() == pytest.approx([100.0, 1.0])
    captured = change(electricity_and_fuel, [Change("biosphere", 0, 0, 0.0)])
    assert intensities(captured).values[0].tolist() == pytest.approx([0.02, 0.1])
    assert intensities(electricity_and_fuel).values[0].tolist() == pytest.approx([0.12, 0.1])


def test_industries_of_an_input_output_table() -> None:
    """Total requirements of two sectors: (I - A)⁻¹ of A = [[0.2, 0.3], [0.4, 0.1]] is [[1.5, 0.5], [2/3, 4/3]]."""
    table = np.array([[0.2, 0.3], [0.4, 0.1]])
    factors = build(np.eye(2) - table, [[1.0, 0.0], [0.0, 1.0]], np.eye(2), ("farms", "works"))
    assert intensities(factors).values == pytest.approx(np.array([[1.5, 0.5], [2 / 3, 4 / 3]]), rel=1e-14)
