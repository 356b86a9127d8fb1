"""A difference divided into its causes: exact, against hybrids of the studies themselves, whatever the structure."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping

import attrs
import pytest
from tests.unit.footprint.builders import (
    dataset,
    electricity,
    footprint,
    grave,
    kg,
    material,
    part,
    rich_study,
    study,
    val,
)

from cradlemark.core.language import Text
from cradlemark.footprint.decomposition import Decomposition, decompose
from cradlemark.footprint.leaves import CAUSES, leaves_of
from cradlemark.product.study import (
    Contract,
    Electricity,
    EnergyUse,
    JouleLosses,
    Leg,
    LoadPoint,
    Material,
    Operation,
    Study,
    Use,
    Value,
)

FLAGS = dict.fromkeys(("conveys_attributes", "unique_claim", "tracked", "close_in_time", "same_market"), True)


def divided(before: Study, after: Study, *more: object) -> Decomposition:
    return decompose(footprint(before, *more), footprint(after, *more))  # type: ignore[arg-type]


def moved(found: Decomposition) -> dict[str, float]:
    return {cause: amount for cause, amount in found.parts.items() if amount}


def block(
    *, text: str = "plastic", mass: float = 0.5, share: float = 0.8, energy: float = 0.3, distance: float = 200.0, load: float = 0.5
) -> Study:  # fmt: skip
    body = material(
        text, mass, yields=(val(share),), scrap_route="landfilled", legs=(Leg(val(distance, "km"), "truck"),)
    )
    copper = material("copper", 0.2)
    step = Operation(
        "op", Text("Moulding", "注塑"), "A", per="kg", energy=(EnergyUse("electricity", val(energy, "kWh")),)
    )
    use = Use(losses=JouleLosses(val(10.0, "A"), val(0.4, "mohm"), profile=(LoadPoint(val(load), val(0.5)),)))
    return grave(part("A", body, copper), operations=(step,), use=use)


CHANGES: Mapping[str, tuple[str, object]] = {
    "substitution": ("text", "board"),
    "mass": ("mass", 0.45),
    "yield": ("share", 0.9),
    "energy": ("energy", 0.2),
    "supplier": ("distance", 120.0),
    "use_profile": ("load", 0.3),
}


def test_every_cause_is_the_shapley_value_over_studies_that_have_some_changes_and_not_others() -> None:
    """The division works on lines; here whole studies are calculated for all 64 coalitions and all 720 orders."""

    def total(coalition: frozenset[str]) -> float:
        options = dict(CHANGES[cause] for cause in coalition)
        return footprint(block(**options)).total  # type: ignore[arg-type]

    worth = {
        chosen: total(chosen)
        for size in range(len(CHANGES) + 1)
        for chosen in map(frozenset, itertools.combinations(CHANGES, size))
    }
    expected = {cause: by_definition(cause, worth.__getitem__) for cause in CHANGES}
    found = divided(block(), block(**dict(CHANGES.values())))  # type: ignore[arg-type]
    assert moved(found) == pytest.approx(expected, rel=1e-9)
    assert all(abs(amount) > 1e-6 for amount in expected.values())


def by_definition(cause: str, worth: Callable[[frozenset[str]], float]) -> float:
    others = [name for name in CHANGES if name != cause]
    whole = math.factorial(len(CHANGES))
    found = []
    for size in range(len(others) + 1):
        weight = math.factorial(size) * math.factorial(len(others) - size) / whole
        for chosen in map(frozenset, itertools.combinations(others, size)):
            found.append(weight * (worth(chosen | {cause}) - worth(chosen)))
    return math.fsum(found)


@pytest.mark.parametrize("cause", CHANGES)
def test_a_single_change_is_its_cause_alone(cause: str) -> None:
    name, value = CHANGES[cause]
    before, after = footprint(block()), footprint(block(**{name: value}))  # type: ignore[arg-type]
    found = moved(decompose(before, after))
    assert list(found) == [cause]
    assert found[cause] == pytest.approx(after.total - before.total, rel=1e-12)


def test_leaves_multiply_to_the_total() -> None:
    result = footprint(rich_study())
    assert math.fsum(float(leaf.effect) for leaf in leaves_of(result)) == pytest.approx(
        result.total, rel=1e-12
    )


def test_parts_sum_to_the_difference_and_turn_with_it() -> None:
    before, after = footprint(rich_study()), footprint(rich_study(), scenario="light")
    there, back = decompose(before, after), decompose(after, before)
    assert math.fsum(there.parts.values()) == pytest.approx(there.difference, rel=1e-12)
    assert there.difference == pytest.approx(after.total - before.total, rel=1e-9)
    assert set(there.parts) == set(CAUSES)
    assert {k: -v for k, v in back.parts.items()} == pytest.approx(dict(there.parts), abs=1e-15)


def test_nothing_changed_is_nothing() -> None:
    found = divided(block(), block())
    assert (found.difference, moved(found), found.changes) == (0.0, {}, ())


def test_a_lower_dataset_for_the_same_thing_is_an_update_of_factors() -> None:
    """Both stand for copper in the packaged concepts: to look up a lower factor is no reduction."""
    more = (dataset("x-cu-cathode-ica", 4.1), dataset("ne-copper", 2.8), dataset("mem-glo-pbt", 3.0))
    before, after = (
        study(part("A", Material("strip", kg(0.5), name))) for name in ("x-cu-cathode-ica", "ne-copper")
    )
    assert list(moved(divided(before, after, *more))) == ["factor_update"]
    other = study(part("A", Material("strip", kg(0.5), "mem-glo-pbt")))
    assert list(moved(divided(before, other, *more))) == ["substitution"]


def test_a_dataset_of_the_supplier_for_the_same_material() -> None:
    before = study(part("A", Material("copper", kg(0.5))))
    after = study(part("A", Material("copper", kg(0.5), "own-copper", data_kind="supplier")))
    assert list(moved(divided(before, after, dataset("own-copper", 3.0)))) == ["supplier"]


def test_the_same_dataset_with_another_value_is_an_update() -> None:
    wanted = study(part("A", Material("steel", kg(0.5))))
    found = decompose(footprint(wanted, dataset("steel", 2.0)), footprint(wanted, dataset("steel", 1.5)))
    assert moved(found) == {"factor_update": pytest.approx(-0.25)}


def test_another_year_of_the_grid() -> None:
    def with_grid(name: str) -> Study:
        step = Operation(
            "op", Text("x", "x"), per="declared_unit", energy=(EnergyUse("electricity", val(2.0, "kWh")),)
        )
        return study(
            part("A", material("copper", 0.1)), operations=(step,), electricity=Electricity(dataset=name)
        )

    more = (electricity("el-1", 0.6, geography="CN"), electricity("el-2", 0.5, geography="CN"))
    assert moved(divided(with_grid("el-1"), with_grid("el-2"), *more)) == {"grid": pytest.approx(-0.2)}


def test_electricity_by_contract_is_a_change_of_supplier_and_energy_stays_apart() -> None:
    def bought(energy: float, *contracts: Contract) -> Study:
        step = Operation(
            "op", Text("x", "x"), per="declared_unit", energy=(EnergyUse("electricity", val(energy, "kWh")),)
        )
        site = Electricity(used=val(100.0, "kWh"), contracts=contracts)
        return study(part("A", material("copper", 0.1)), operations=(step,), electricity=site)

    wind = Contract("c", "certificates", val(100.0, "kWh"), "wind", "wind", **FLAGS)
    found = moved(divided(bought(2.0), bought(1.0, wind)))
    # grid 0.5 to wind 0.02, networks 0.1 on both; energy 2 to 1 kWh
    assert found == {
        "supplier": pytest.approx(1.5 * (0.02 - 0.5)),
        "energy": pytest.approx(-0.5 * (0.5 + 0.02) - 0.1),
    }


def test_a_part_left_out_is_mass_and_one_replaced_by_another_substitution() -> None:
    both = study(part("A", material("copper", 0.1)), part("B", material("plastic", 0.2)))
    one = study(part("A", material("copper", 0.1)))
    assert moved(divided(both, one)) == {"mass": pytest.approx(-0.4)}
    assert moved(divided(one, both)) == {"mass": pytest.approx(0.4)}
    replaced = study(part("A", material("copper", 0.1)), part("C", material("board", 0.2)))
    assert moved(divided(both, replaced)) == {"substitution": pytest.approx(-0.2)}


def test_recycled_content_is_substitution() -> None:
    virgin = study(part("A", material("copper", 0.5)))
    mixed = study(
        part("A", material("copper", 0.5, recycled_content=val(0.4), recycled_dataset="copper-recycled"))
    )
    assert moved(divided(virgin, mixed)) == {"substitution": pytest.approx(-0.6)}


def test_a_measured_gross_amount_is_divided_into_mass_and_yield() -> None:
    def measured(net: float, gross: float) -> Study:
        return study(part("A", material("copper", net, gross=kg(gross))))

    assert moved(divided(measured(0.4, 0.5), measured(0.4, 0.45))) == {"yield": pytest.approx(-0.2)}
    found = moved(divided(measured(0.4, 0.5), measured(0.2, 0.25)))
    assert found == {"mass": pytest.approx(-1.0)}


def test_another_unit_of_the_amount_belongs_to_the_material() -> None:
    before = study(part("A", material("plastic", 0.5)))
    after = study(part("A", Material("foil", Value(0.3, "m2"))))
    assert moved(divided(before, after)) == {"substitution": pytest.approx(0.15 - 1.0)}


def test_another_life_and_market() -> None:
    before = block()
    product = attrs.evolve(before.product, service_life=val(10.0, "year"))
    assert list(moved(divided(before, attrs.evolve(before, product=product)))) == ["use_profile"]


def test_parts_with_new_numbers_pair_with_what_they_were_whatever_their_order() -> None:
    before = study(part("H-1", material("plastic", 0.2)), part("S-1", material("copper", 0.1)))
    after = study(part("S-2", material("copper", 0.09)), part("H-2", material("plastic", 0.18)))
    assert moved(divided(before, after)) == {"mass": pytest.approx(-0.04 - 0.04)}
