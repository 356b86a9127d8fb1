"""Tracing of every number."""

from __future__ import annotations

import attrs
import pytest
from tests.unit.footprint.builders import footprint, grave, material, part, val

from cradlemark.core.errors import CradlemarkError, InputError
from cradlemark.footprint.explain import explain, find_lines
from cradlemark.footprint.footprint import Footprint


def test_every_line_explains_to_its_value(result: Footprint) -> None:
    for line in result.lines:
        (found,) = [item for item in explain(result, line.path) if item.line is line]
        titles = [step.title.en for step in found.steps]
        assert "amount" in titles
        assert ("dataset" in titles) is (line.dataset is not None)
        assert len([step for step in found.steps if "kg CO2e" in step.value and "×" in step.value]) == sum(
            1 for value in line.intensity if value
        )
        fields = [factor.path for factor in line.factors if factor.path]
        assert fields, "no factor leads to a field of the study"


def test_shares_of_the_explained_lines_sum_to_one(result: Footprint) -> None:
    shares = [explain(result, line.path) for line in result.lines]
    found = {item.line.path: item.share for items in shares for item in items}
    assert sum(share for share in found.values() if share is not None) == pytest.approx(1.0)
    assert all(found[line.path] is None for line in result.lines if line.stage == "D")


def test_addresses(result: Footprint) -> None:
    first = [line for line in result.lines if line.stage == "A1"]
    assert find_lines(result, "A1") == tuple(first)
    assert find_lines(result, "a1/1") == (first[0],)
    assert find_lines(result, f"A1/{first[1].path}") == (first[1],)
    assert {line.path for line in find_lines(result, "A1/COPPER")} == {
        line.path for line in first if "copper" in line.path
    }
    assert find_lines(result, "注塑")


@pytest.mark.parametrize(
    "address", ["A1/0", "A1/999", "A1/²", "A1/" + "9" * 5000, "B7", "nothing like it", "E1/1"]
)
def test_unknown_addresses_say_what_there_is(result: Footprint, address: str) -> None:
    with pytest.raises(CradlemarkError) as refused:
        explain(result, address)
    assert refused.value.code == "line-unknown"
    assert "lines here" in refused.value.hint.en


def test_no_address_is_refused(result: Footprint) -> None:
    with pytest.raises(InputError):
        explain(result, "  ")


def test_a_line_that_does_not_multiply_is_refused(result: Footprint) -> None:
    line = attrs.evolve(result.lines[0], amount=99.0)
    with pytest.raises(InputError) as refused:
        explain(attrs.evolve(result, lines=(line, *result.lines[1:])), line.path)
    assert refused.value.code == "line-inconsistent"


def test_stages_outside_the_boundary_have_no_share() -> None:
    from cradlemark.core.language import Text
    from cradlemark.product.study import EnergyUse, Operation

    late = Operation(
        "op",
        Text("Step", "工序"),
        per="declared_unit",
        stage="B2",
        energy=(EnergyUse("gas", val(1.0, "kWh")),),
    )
    gate = footprint(
        grave(part("A", material("plastic", 1.0)), operations=(late,), boundary="cradle_to_gate")
    )
    assert explain(gate, "B2/1")[0].share is None
    assert explain(gate, "A1/1")[0].share == 1.0
