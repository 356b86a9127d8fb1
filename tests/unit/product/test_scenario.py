"""Scenarios: paths, contents, all problems at once, nothing but the named fields changes."""

from __future__ import annotations

import attrs
import pytest

from cradlemark.core.errors import CradlemarkError, Problem
from cradlemark.product.paths import entry_path, find, item_path, parse_path, part_uses
from cradlemark.product.readers.study_toml import parse_study_toml
from cradlemark.product.scenario import apply_scenario
from cradlemark.product.study import Change, Scenario, Study, Value
from cradlemark.product.walk import entries, values_of

DOCUMENT = """
id = "tb"
title = "Block"
boundary = "cradle_to_grave"
period = 2025
rule_pack = "iso-14067-2018"
place = "CN"
[product]
name = "Block"
holder = "Example Works"
mass = "6.5 g"
[unit]
declared = "1 piece"
[parameters]
rib_mass = { value = 0.2, unit = "g", note = "weighed", confidential = true, gsd = 1.1 }
loss = 0.02
total = "= rib_mass * 3"
[[components]]
part_number = "A"
name = "Assembly"
quantity = 1
[[components.children]]
part_number = "B"
name = "Housing"
quantity = 2
materials = [{ text = "PA66 V0", amount = "= total", yields = ["= 1 - loss", 0.9], supplier = "S1" }]
[[components]]
part_number = "C [2]"
name = "Clamp"
quantity = 1
materials = [{ text = "Cu", amount = "1 g" }, { text = "Cu", amount = "2 g" }]
[[components]]
part_number = "B"
name = "Housing"
quantity = 1
materials = [{ text = "PA66 V0", amount = "= total", yields = ["= 1 - loss", 0.9], supplier = "S1" }]
[[operations]]
id = "moulding"
name = { en = "Moulding", zh = "注塑" }
model = "injection_moulding"
model_inputs = { wall = "1.5 mm" }
[[markets]]
place = "CN"
share = 0.6
[[markets]]
place = "DE"
share = 0.4
"""


@pytest.fixture(scope="module")
def study() -> Study:
    return parse_study_toml(DOCUMENT)


def changed(study: Study, *changes: tuple[str, str | float | bool]) -> Study:
    scenario = Scenario("s", study.title, tuple(Change(path, value) for path, value in changes))
    return apply_scenario(attrs.evolve(study, scenarios=(scenario,)), "s")


def problems(study: Study, *changes: tuple[str, str | float | bool]) -> tuple[Problem, ...]:
    with pytest.raises(CradlemarkError) as caught:
        changed(study, *changes)
    return caught.value.problems


@pytest.mark.parametrize("name", ["", "base", "none", "Base"])
def test_the_base_is_the_study_itself(study: Study, name: str) -> None:
    assert apply_scenario(study, name) is study


def test_unknown_scenario_lists_what_there_is(study: Study) -> None:
    with_one = attrs.evolve(study, scenarios=(Scenario("pa6", study.title, ()),))
    with pytest.raises(CradlemarkError) as caught:
        apply_scenario(with_one, "pa66")
    assert caught.value.code == "scenario-unknown"
    assert "pa6" in caught.value.hint.en


def test_parameters_by_either_notation(study: Study) -> None:
    for path in ("parameters.rib_mass.value", "parameters[rib_mass].value", "parameters.rib_mass"):
        new = changed(study, (path, "0.3 g"))
        assert new.parameters[0].value == Value(0.3, "g", confidential=True)
        assert new.parameters[1:] == study.parameters[1:]


def test_only_the_named_fields_change(study: Study) -> None:
    new = changed(
        study, ("electricity.place", "DE"), ("markets[CN].share", 0.5), ("markets[DE].share", "50 %")
    )
    assert new.electricity.place == "DE"
    assert [market.share for market in new.markets] == [Value(0.5, "1"), Value(50.0, "%")]
    assert attrs.evolve(new, electricity=study.electricity, markets=study.markets, scenarios=()) == study


def test_a_part_used_twice_changes_in_both_places(study: Study) -> None:
    new = changed(
        study,
        ("components[B].materials[PA66 V0].text", "PA6"),
        ("components[B].materials[PA66 V0].dataset", "pa6"),
        ("components[B].materials[PA66 V0].yields[#2]", "85 %"),
    )
    nested, top = new.components[0].children[0].materials[0], new.components[2].materials[0]
    assert nested == top
    assert (top.text, top.dataset, top.yields[1]) == ("PA6", "pa6", Value(85.0, "%"))
    assert top.source_row == study.components[2].materials[0].source_row


def test_quantity_of_a_part_used_twice_needs_its_parent(study: Study) -> None:
    assert problems(study, ("components[B].quantity", 3))[0].code == "path-ambiguous"
    new = changed(study, ("components[A].children[B].quantity", 3))
    assert (new.components[0].children[0].quantity, new.components[2].quantity) == (
        Value(3.0, "piece"),
        Value(1.0, "piece"),
    )


def test_quoted_and_positional_selectors(study: Study) -> None:
    new = changed(study, ('components["C [2]"].materials[#2].amount', "3 g"), ("components[#2].note", "x"))
    assert [material.amount.magnitude for material in new.components[1].materials] == [1.0, 3.0]
    assert new.components[1].note == "x"


def test_other_fields(study: Study) -> None:
    new = changed(
        study,
        ("operations[moulding].model_inputs[wall]", "2 mm"),
        ("operations[moulding].own", False),
        ("components[B].materials[PA66 V0].supplier", ""),
        ("boundary", "cradle to gate"),
    )
    assert new.operations[0].model_inputs == (("wall", Value(2.0, "mm")),)
    assert new.operations[0].own is False
    assert new.components[2].materials[0].supplier == ""
    assert new.boundary == "cradle_to_gate"


@pytest.mark.parametrize(
    ("path", "value", "code", "hint"),
    [
        ("components[D].note", "x", "path-unknown", "A"),
        ("components[B].materials[PA6].note", "x", "path-unknown", "PA66 V0"),
        ("components[C [2]].note", "x", "path-syntax", ""),
        ('components["C [2]"].materials[Cu].note', "x", "path-ambiguous", "#1, #2"),
        ("components[B]", "x", "path-unknown", "note"),
        ("componets[B].note", "x", "path-unknown", "components"),
        ("parameters.ribmass.value", "1 g", "path-unknown", "rib_mass"),
        ("use.place", "CN", "path-unknown", ""),
        ("place.name", "CN", "path-unknown", ""),
        ("markets.share", 1, "path-unknown", "CN"),
        ("electricity.place", "Atlantis", "place-unknown", ""),
        ("parameters.rib_mass.value", 0.3, "unit-mismatch", "3.6 g"),
        ("parameters.rib_mass.value", "0.3 h", "unit-mismatch", ""),
        ("parameters.rib_mass.value", "= total", "formula-cycle", ""),
        ("components[B].materials[PA66 V0].amount", "= ttal", "formula-name", "total"),
        ("components[B].materials[PA66 V0].amount", "-1 g", "value-range", ""),
        ("parameters.loss.value", 1.5, "value-range", ""),
        ("place", "", "field-missing", ""),
        ("markets[CN].share", 0.7, "market-shares", ""),
        ("revision", True, "number-format", ""),
    ],
)
def test_changes_that_cannot_be_made(
    study: Study, path: str, value: str | float, code: str, hint: str
) -> None:
    found = problems(study, (path, value))
    assert code in {problem.code for problem in found}
    assert any(hint in problem.hint.en for problem in found)
    assert all(problem.where.startswith("scenario s") for problem in found)


def test_all_wrong_changes_are_reported_together(study: Study) -> None:
    found = problems(
        study,
        ("a.b", 1),
        ("place", "Atlantis"),
        ("revision", 2),
        ("revision", 3),
        ("electricity.used", "1 kg"),
    )
    assert [problem.code for problem in found] == [
        "path-unknown",
        "path-twice",
        "place-unknown",
        "unit-mismatch",
    ]


def test_the_path_of_every_value_leads_back_to_it(study: Study) -> None:
    uses = part_uses(study)
    count = 0
    for entry in entries(study):
        for field, position, value in values_of(entry):
            path = item_path(entry_path(entry, uses), field.key, position)
            assert [target.content for target in find(study, path)] == [value], path
            count += 1
    assert count > 15


@pytest.mark.parametrize("path", ["", ".", "a.", "a..b", "a[", "a[b", "[b]", "a]b", 'a["b]'])
def test_what_is_no_path(path: str) -> None:
    with pytest.raises(CradlemarkError) as caught:
        parse_path(path)
    assert caught.value.code == "path-syntax"
