"""What holds for every footprint: linear, scaled with its unit, the sum of its lines, blind to what it does not use."""

from __future__ import annotations

from math import fsum

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.footprint.builders import (
    calculation,
    dataset,
    footprint,
    kg,
    lognormal,
    material,
    model,
    part,
    rich_study,
    study,
    val,
)

from cradlemark.footprint.footprint import Footprint
from cradlemark.product.study import Component, Leg, Material, Study

masses = st.floats(1e-6, 1e3)
names = st.sampled_from(["plastic", "copper", "board", "wood", "solder"])
shares = st.floats(0.05, 1.0)


@st.composite
def materials(draw: st.DrawFn) -> Material:
    legs = draw(st.lists(st.builds(lambda km: Leg(val(km, "km"), "truck"), st.floats(0.0, 1e4)), max_size=2))
    return material(
        draw(names),
        draw(masses),
        yields=tuple(val(share) for share in draw(st.lists(shares, max_size=2))),
        scrap_route=draw(st.sampled_from(["", "recycled_in_house", "incinerated", "landfilled"])),
        legs=tuple(legs),
    )


components = st.recursive(
    st.builds(
        lambda found, number, quantity: part(f"P{number}", *found, quantity=quantity),
        st.lists(materials(), min_size=1, max_size=3), st.integers(0, 9), st.floats(0.01, 20.0),
    ),
    lambda inner: st.builds(
        lambda children, number, quantity: part(f"A{number}", quantity=quantity, children=tuple(children)),
        st.lists(inner, min_size=1, max_size=2), st.integers(0, 9), st.floats(0.01, 20.0),
    ),
    max_leaves=4,
)  # fmt: skip
products = st.lists(components, min_size=1, max_size=3).map(tuple)


def scaled(component: Component, factor: float) -> Component:
    return attrs.evolve(component, quantity=val((component.quantity.magnitude or 0.0) * factor, "piece"))


def size(result: Footprint) -> float:
    return fsum(abs(line.total) for line in result.lines)


@settings(max_examples=60, deadline=None)
@given(products, st.floats(0.01, 100.0))
def test_scaling_all_amounts_scales_the_result(product: tuple[Component, ...], factor: float) -> None:
    one = footprint(study(*product))
    many = footprint(study(*(scaled(item, factor) for item in product)))
    assert many.total == pytest.approx(one.total * factor, rel=1e-9, abs=1e-12 * size(many))
    for line, other in zip(one.lines, many.lines, strict=True):
        assert other.total == pytest.approx(line.total * factor, rel=1e-9)


def two_units(wanted: Study) -> Study:
    """The same study for two pieces: every amount per declared unit twice."""
    use = wanted.use
    assert use is not None
    assert use.losses is not None
    return attrs.evolve(
        wanted,
        unit=attrs.evolve(wanted.unit, declared=val(2.0, "piece")),
        product=attrs.evolve(wanted.product, mass=kg(2.0)),
        components=tuple(scaled(item, 2.0) for item in wanted.components),
        packaging=tuple(
            attrs.evolve(
                item,
                material=attrs.evolve(item.material, amount=kg(2 * (item.material.amount.magnitude or 0))),
            )
            for item in wanted.packaging
        ),
        use=attrs.evolve(use, losses=attrs.evolve(use.losses, paths=val(2.0))),
    )


def test_scaling_the_declared_unit_scales_every_stage() -> None:
    one, two = footprint(rich_study()), footprint(two_units(rich_study()))
    for stage, values in one.by_stage().items():
        other = two.by_stage()[stage]
        assert list(other.values()) == pytest.approx([2.0 * value for value in values.values()], rel=1e-12), (
            stage
        )
    assert two.data_quality.primary_share == pytest.approx(one.data_quality.primary_share)
    assert two.subject.declared_amount == 2.0


@settings(max_examples=60, deadline=None)
@given(products)
def test_contributions_sum_to_the_total(product: tuple[Component, ...]) -> None:
    result = footprint(study(*product))
    assert result.total == fsum(value for line in result.lines for value in line.climate)
    by_stage = fsum(value for row in result.by_stage().values() for value in row.values())
    assert by_stage == pytest.approx(result.total, rel=1e-12, abs=1e-12 * size(result))
    for line in result.lines:
        assert line.amount == pytest.approx(np.prod([factor.value for factor in line.factors]), rel=1e-12)


@settings(max_examples=30, deadline=None)
@given(products)
def test_parts_may_be_calculated_apart(product: tuple[Component, ...]) -> None:
    whole = footprint(study(*product))
    parts = [footprint(study(item)).total for item in product]
    assert whole.total == pytest.approx(fsum(parts), rel=1e-9, abs=1e-12 * size(whole))


@settings(max_examples=15, deadline=None)
@given(products, st.floats(-1e3, 1e3))
def test_a_dataset_that_is_not_used_changes_nothing(product: tuple[Component, ...], total: float) -> None:
    unused = dataset("unused", total, uncertainty=lognormal(3.0))
    one = calculation(study(*product), draws=20)
    other = calculation(study(*product), unused, draws=20)
    assert one.document == other.document
    np.testing.assert_array_equal(one.draws["total"], other.draws["total"])


@settings(max_examples=30, deadline=None)
@given(products)
def test_the_mass_balance_closes_without_a_measured_gross(product: tuple[Component, ...]) -> None:
    for balance in footprint(study(*product)).balances:
        assert balance.residual == pytest.approx(0.0, abs=1e-12 * balance.gross)
        assert balance.gross >= balance.net * (1 - 1e-12)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.1, 5.0), st.floats(0.1, 5.0))
def test_the_footprint_is_linear_in_an_amount(first: float, second: float) -> None:
    ready = model(rich_study())
    path = "packaging[Box].material.amount"
    zero, one, two, both = (
        ready.climate({path: value}).sum() for value in (0.0, first, second, first + second)
    )
    assert both - zero == pytest.approx((one - zero) + (two - zero), rel=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.0, 1.0))
def test_contracts_and_grid_always_carry_all_the_electricity(share: float) -> None:
    ready = model(rich_study())
    system, _ = ready.compiler.system({"electricity.contracts[c].amount": 100.0 * share})
    for basis in ("location", "market"):
        energy = [
            float(np.asarray(item.amount))
            for item in system.activities
            if item.stage == "A3" and item.kind == "energy" and item.basis in {"both", basis}
            and "losses" not in item.path
        ]  # fmt: skip
        assert fsum(energy) == pytest.approx(0.3)
