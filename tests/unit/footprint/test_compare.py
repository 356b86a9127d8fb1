"""Comparison: refusals, differences that add up, paired probability."""

from __future__ import annotations

from math import fsum
from typing import Any

import attrs
import pytest
from tests.unit.footprint.builders import (
    calculation,
    dataset,
    kg,
    lognormal,
    material,
    part,
    rich_study,
    study,
)

from cradlemark.core.errors import RuleError
from cradlemark.core.language import Text
from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.compare import compare, reasons_against
from cradlemark.footprint.footprint import Footprint

METALS = (dataset("m", 2.0, uncertainty=lognormal(1.2)), dataset("n", 1.9, uncertainty=lognormal(1.2)))


def one(text: str, mass: float, **options: Any) -> Calculation:
    return calculation(study(part("A", material(text, mass))), *METALS, draws=1000, **options)


def changed(found: Footprint, place: str, **values: Any) -> Footprint:
    part_of = getattr(found, place)
    return attrs.evolve(found, **{place: attrs.evolve(part_of, **values)})


REFUSALS = {
    "functional unit": lambda f: changed(f, "subject", functional_unit=Text("other", "其他")),
    "declared unit": lambda f: changed(f, "subject", declared_unit="kg"),
    "declared unit: 1 piece against 2": lambda f: changed(f, "subject", declared_amount=2.0),
    "system boundary": lambda f: changed(f, "subject", boundary="cradle_to_gate"),
    "rule pack": lambda f: changed(f, "versions", rule_pack="other"),
    "edition of the rule pack": lambda f: changed(f, "versions", rule_pack_digest="sha256:" + "1" * 64),
    "GWP set": lambda f: attrs.evolve(f, gwp_set="AR5"),
    "electricity basis": lambda f: attrs.evolve(f, electricity_basis="location"),
    "end-of-life method": lambda f: attrs.evolve(f, end_of_life_method="cut_off"),
    "reference service life": lambda f: changed(f, "subject", service_life=10.0),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_each_reason_against_a_comparison(rich: Calculation, name: str) -> None:
    other = attrs.evolve(rich, footprint=REFUSALS[name](rich.footprint))
    reasons = reasons_against(rich.footprint, other.footprint)
    assert len(reasons) == 1
    assert reasons[0].en.startswith(name)
    assert reasons[0].zh
    with pytest.raises(RuleError) as refused:
        compare(rich, other)
    assert refused.value.code == "not-comparable"
    assert reasons[0].en in refused.value.message.en


def test_all_reasons_come_together(rich: Calculation) -> None:
    other = attrs.evolve(changed(rich.footprint, "subject", declared_unit="kg"), gwp_set="AR5")
    assert len(reasons_against(rich.footprint, other)) == 2


def test_a_footprint_against_itself(rich: Calculation) -> None:
    found = compare(rich, rich)
    assert (found.difference, found.probability_lower) == (0.0, 0.0)
    assert (found.difference_low, found.difference_high) == (0.0, 0.0)
    assert not any(item.difference for item in (*found.stages, *found.lines))


def test_differences_add_up(rich: Calculation) -> None:
    lighter = calculation(
        rich_study(), dataset("truck", 0.1, "tkm", uncertainty=lognormal(1.4)), draws=200, scenario="light"
    )
    found = compare(rich, lighter)
    assert found.difference < 0
    for items in (found.stages, found.lines):
        inside = fsum(item.difference for item in items if item.stage != "D")
        assert inside == pytest.approx(found.difference, rel=1e-12)
    assert found.probability_lower is not None
    assert found.probability_lower > 0.95


def test_the_probability_is_symmetric() -> None:
    first, second = one("m", 1.0), one("n", 1.0)
    there, back = compare(first, second), compare(second, first)
    assert there.probability_lower is not None
    assert there.probability_lower + (back.probability_lower or 0.0) == pytest.approx(1.0)
    assert 0.5 < there.probability_lower < 0.75  # ln(2 / 1.9) / (sqrt 2 ln 1.2) = 0.199 sigma: 0.579
    assert there.difference_low == pytest.approx(-(back.difference_high or 0.0))


def test_less_of_the_same_material_is_lower_in_every_draw() -> None:
    assert compare(one("m", 1.0), one("m", 0.99)).probability_lower == 1.0


@pytest.mark.parametrize("options", [{"seed": 2}, {"draws": 10}])
def test_draws_that_do_not_pair_give_no_probability(options: dict[str, int]) -> None:
    first = one("m", 1.0)
    second = calculation(study(part("A", material("m", 0.9))), *METALS, **{"draws": 1000, **options})
    found = compare(first, second)
    assert (found.probability_lower, found.difference_low) == (None, None)
    assert found.reduction == pytest.approx(0.1)


def test_lines_of_one_side_only_and_changed_datasets_are_shown() -> None:
    first = calculation(study(part("A", material("m", 1.0)), part("B", material("plastic", 1.0))), *METALS)
    second = calculation(
        study(part("A", material("m", 1.0, dataset="n")), part("C", material("plastic", 1.0))), *METALS
    )
    found = {item.path: item for item in compare(first, second).lines}
    assert found["components[A].materials[m]"].datasets == ("m", "n")
    assert (
        found["components[B].materials[plastic]"].first,
        found["components[B].materials[plastic]"].second,
    ) == (2.0, None)
    assert found["components[C].materials[plastic]"].difference == 2.0


def test_no_reduction_from_a_total_that_is_not_positive() -> None:
    zero = calculation(study(part("A", material("plastic", 0.0, amount=kg(0.0)))))
    assert compare(zero, one_plain()).reduction is None


def one_plain() -> Calculation:
    return calculation(study(part("A", material("plastic", 1.0))))
