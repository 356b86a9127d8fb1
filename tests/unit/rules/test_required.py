"""Required fields: where they are missing, and only where they could have been filled."""

from datetime import date

import attrs
import pytest

from cradlemark.core.language import Text
from cradlemark.core.periods import Period
from cradlemark.product.study import Component, Market, Material, Organisation, Product, Study, Unit, Value
from cradlemark.rules.check import check
from cradlemark.rules.facts import study_facts
from cradlemark.rules.fields import field_problem, is_empty, missing
from cradlemark.rules.pack import load_pack, pack_ids
from cradlemark.rules.required import required_fields

PART = Component("1", Text("part"), Value(1.0, "piece"), materials=(Material("PA66", Value(1.0, "g")),))
STUDY = Study(
    id="s",
    title=Text("s"),
    product=Product(Text(), Organisation(Text(" ")), Value(1.0, "g")),
    unit=Unit(Value(1.0, "piece")),
    boundary="cradle_to_gate",
    period=Period(date(2025, 1, 1), date(2025, 12, 31)),
    rule_pack="iso-14067-2018",
    place="",
    components=(PART,),
)


def required(study, pack_id="iso-14067-2018"):
    found = check(load_pack(pack_id), study_facts(study))
    return {finding.where: finding.severity for finding in found if finding.rule == "required-field"}


def test_fields_of_the_boundary_only():
    assert required(STUDY) == {
        "product.name": "error", "product.holder.name": "error", "place": "error", "product.description": "warning",
        "product.models": "warning", "site.name": "warning", "packaging": "warning",
    }  # fmt: skip
    grave = required(attrs.evolve(STUDY, boundary="cradle_to_grave"))
    assert {"unit.functional", "product.service_life", "markets", "use", "end_of_life"} <= grave.keys()


def test_gb_t_asks_for_more():
    found = required(STUDY, "gb-t-24067-2024")
    assert found["product.models"] == "error"
    assert found["product.holder.identifier"] == "warning"


def test_message_names_the_field_in_both_languages():
    found = next(
        finding
        for finding in check(load_pack("iso-14067-2018"), study_facts(STUDY))
        if finding.where == "place"
    )
    assert found.message == Text("not filled in: Place of production", "未填写：生产地")
    assert found.repair.en == "Fill in place."
    assert found.clause == "ISO 14067:2018, 6.3.5 (unverified)"


def test_each_entry_of_a_list_is_looked_at():
    study = attrs.evolve(STUDY, markets=(Market("DE", Value(0.5, "1")), Market("", Value(0.5, "1"))))
    assert list(missing(study, "markets[].place")) == ["markets[].place"]
    assert list(missing(study, "markets[].legs")) == ["markets[DE].legs", "markets[].legs"]
    assert list(missing(study, "components[].materials[].origin")) == ["components[1].materials[PA66].origin"]


def test_an_absent_table_is_reported_only_by_its_own_requirement():
    assert list(missing(STUDY, "use")) == ["use"]
    assert list(missing(STUDY, "use.place")) == []
    assert list(missing(STUDY, "markets[].place")) == []


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, True), ("", True), (" \t", True), ("x", False), (Text(), True), (Text(zh="甲"), False), ((), True),
        ((1,), False), (0, False), (0.0, False), (False, False), (Value(0.0, "1"), False), (Value(None, "1"), True),
        (Value(None, "1", "a"), False),
    ],
)  # fmt: skip
def test_zero_and_false_say_something(content, expected):
    assert is_empty(content) is expected


@pytest.mark.parametrize(
    ("path", "word"),
    [
        ("colour", "no field"), ("product.colour", "no field"), ("markets.place", "no fields below"),
        ("product[].name", "no list"), ("markets[]", "a field is asked for"), ("", "no field"),
        ("product..name", "no field"), ("__class__", "no field"),
    ],
)  # fmt: skip
def test_wrong_paths_are_explained(path, word):
    assert word in field_problem(path).en


@pytest.mark.parametrize("pack_id", pack_ids())
def test_every_required_path_can_be_walked(pack_id):
    for boundary in ("cradle_to_gate", "cradle_to_grave"):
        for field in required_fields(load_pack(pack_id), boundary):
            assert not field_problem(field.path)
            assert isinstance(list(missing(STUDY, field.path)), list)
