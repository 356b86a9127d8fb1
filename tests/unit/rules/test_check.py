"""Every check of every pack can pass and can fail, and one broken fact fails one check."""

import importlib.util
from pathlib import Path

import pytest

from cradlemark.core.language import Text
from cradlemark.product.readers.study_file import read_study
from cradlemark.rules.catalogue import catalogue
from cradlemark.rules.check import assess, check
from cradlemark.rules.fact_values import Facts, Item
from cradlemark.rules.facts import study_facts
from cradlemark.rules.pack import load_pack, load_pack_file, pack_ids

_SPEC = importlib.util.spec_from_file_location("fact_cases", Path(__file__).with_name("fact_cases.py"))
cases = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(cases)

EVERY = [(pack_id, check.id) for pack_id in pack_ids() for check in load_pack(pack_id).checks]


def failing(pack, facts):
    return {item.check.id for item in assess(pack, facts) if item.verdict == "fail"}


def verdict(pack, facts, check_id):
    return next(item.verdict for item in assess(pack, facts) if item.check.id == check_id)


@pytest.mark.parametrize("pack_id", pack_ids())
def test_a_conforming_study_has_no_finding(pack_id):
    assert check(load_pack(pack_id), cases.facts_with()) == ()


@pytest.mark.parametrize(("pack_id", "check_id"), EVERY)
def test_check_applies_and_passes_in_its_context(pack_id, check_id):
    context, _ = cases.CASES[check_id]
    pack = load_pack(pack_id)
    assert verdict(pack, cases.facts_with(context), check_id) == "pass"
    assert failing(pack, cases.facts_with(context)) == set()


@pytest.mark.parametrize(("pack_id", "check_id"), EVERY)
def test_one_broken_fact_fails_exactly_this_check(pack_id, check_id):
    context, broken = cases.CASES[check_id]
    pack = load_pack(pack_id)
    facts = cases.facts_with(context, broken)
    assert failing(pack, facts) == {check_id}
    finding = next(item for item in check(pack, facts) if item.rule == check_id)
    expected = next(item for item in pack.checks if item.id == check_id)
    assert finding.severity == expected.severity
    assert finding.message.complete
    assert finding.repair.complete
    assert "{" not in finding.message.en + finding.message.zh
    assert "?" not in finding.message.en
    assert finding.where == (f"{expected.over}[1]" if expected.over else "")
    assert finding.clause.startswith(pack.clause(expected.clause).standard)


@pytest.mark.parametrize(("pack_id", "check_id"), EVERY)
def test_unknown_facts_are_a_note_and_never_a_pass(pack_id, check_id):
    context, _ = cases.CASES[check_id]
    pack = load_pack(pack_id)
    unknown = pack.conditions[check_id].condition_facts
    facts = cases.facts_with(context, without=frozenset(unknown))
    assert verdict(pack, facts, check_id) == "not_assessable"
    found = [item for item in check(pack, facts) if item.rule == check_id]
    assert [item.severity for item in found] == ["note"]
    assert "cannot be assessed" in found[0].message.en
    assert "无法评定" in found[0].message.zh


@pytest.mark.parametrize(
    ("check_id", "at_limit"),
    [
        ("cut-off-single", {"cut_off_share": 0.01}), ("cut-off-total", {"cut_off_share_total": 0.05}),
        ("period-length", {"period_months": 12.0}), ("delayed-emissions", {"service_life_years": 10.0}),
        ("load-time-shares", {"load_time_share_sum": 1.0}), ("yield-range", {"yield_product": 1.0}),
        ("gross-not-below-net", {"gross_amount": 0.0036}), ("contract-cover", {"contracted_kwh": 1000.0}),
        ("unverified-share", {"unverified_share": 0.2}), ("dataset-age", {"dataset_age_years": 10.0}),
    ],
)  # fmt: skip
def test_a_value_at_its_limit_passes(check_id, at_limit):
    assert verdict(load_pack("iso-14067-2018"), cases.facts_with(at_limit), check_id) == "pass"


def test_energy_at_the_minimum_fails():
    facts = cases.facts_with({"stated_kwh": 0.01, "minimum_kwh": 0.01})
    assert failing(load_pack("iso-14067-2018"), facts) == {"energy-minimum"}


def test_cases_name_no_check_that_is_gone():
    assert {check_id for _, check_id in EVERY} == set(cases.CASES)


def test_every_offending_item_has_its_own_finding():
    pack = load_pack("iso-14067-2018")
    names = catalogue().scopes["cut_offs"].facts
    good = dict.fromkeys(names, True) | {"cut_off_share": 0.001}
    items = tuple(
        Item(f"cut_offs[{index}]", Text(f"glue {index}"), good | {"cut_off_share": share})
        for index, share in enumerate([0.02, 0.001, None, 0.03])
    )
    facts = Facts({}, {"cut_offs": items}, frozenset(["study"]))
    found = [item for item in check(pack, facts) if item.rule == "cut-off-single"]
    assert [(item.severity, item.where) for item in found] == [
        ("warning", "cut_offs[0]"), ("warning", "cut_offs[3]"), ("note", "cut_offs[2]"),
    ]  # fmt: skip
    assert found[0].message.en == "glue 0 is cut off with an estimated share of 2.00%; the limit is 1.00%"


def test_items_that_cannot_be_assessed_share_one_note():
    pack = load_pack("iso-14067-2018")
    items = tuple(Item(f"cut_offs[{index}]", Text("x"), {}) for index in range(3))
    found = check(pack, Facts({}, {"cut_offs": items}, frozenset(["study"])))
    own = [item for item in found if item.rule == "cut-off-single"]
    assert [(item.severity, item.where) for item in own] == [("note", "cut_offs[0]")]
    assert own[0].message.en.startswith("cannot be assessed in 3 places")
    assert own[0].message.zh.startswith("无法评定（3 处）")


def test_a_share_that_is_not_a_number_is_not_known():
    pack = load_pack("iso-14067-2018")
    facts = cases.facts_with({"unverified_share": float("nan")})
    assert verdict(pack, facts, "unverified-share") == "not_assessable"


def test_checks_of_the_result_wait_for_the_result():
    pack = load_pack("iso-14067-2018")
    whole = cases.facts_with({"total_kg": -1.0})
    facts = Facts(whole.values, whole.scopes, frozenset(["study", "system"]))
    found = check(pack, facts)
    assert [item.rule for item in found] == ["not-checked-yet"]
    assert "result-positive" in found[0].message.en
    assert "计算结果" in found[0].message.zh


def test_findings_are_sorted_by_severity_rule_and_place():
    pack = load_pack("iso-14067-2018")
    facts = cases.facts_with(
        {"declared_amount": 0.0, "period_months": 1.0, "pcr_exists": None, "quantity": 0.0}
    )
    found = check(pack, facts)
    assert [item.rule for item in found] == [
        "component-quantity",
        "declared-amount",
        "period-length",
        "pcr-followed",
    ]


def test_stage_group_without_lines_is_an_error():
    pack = load_pack("iso-14067-2018")
    facts = cases.facts_with({})
    emptied = {name: 0.0 for name in facts.values if name in {"line_count_a4", "line_count_a5"}}
    found = check(pack, facts.with_more(emptied, {}, []))
    assert [(item.rule, item.severity) for item in found] == [("required-stage", "error")]
    assert "Distribution (A4, A5)" in found[0].message.en
    one = facts.with_more({"line_count_a4": 0.0}, {}, [])
    assert check(pack, one) == ()


def test_boundary_that_the_pack_does_not_allow_is_an_error():
    facts = cases.facts_with(cases.GATE)
    found = check(load_pack("en-50693-2019"), facts)
    assert [(item.rule, item.severity, item.where) for item in found] == [
        ("boundary-allowed", "error", "boundary")
    ]


def test_facts_outside_the_catalogue_are_refused():
    with pytest.raises(KeyError, match="no_such_fact"):
        Facts({"no_such_fact": 1.0})
    with pytest.raises(KeyError, match="no_such_fact"):
        Facts({}, {"materials": (Item("", Text(), {"no_such_fact": True}),)})


def test_a_condition_without_a_finite_value_cannot_be_assessed(tmp_path):
    path = tmp_path / "own.toml"
    path.write_text(
        """
[pack]
id = "own"
extends = "iso-14067-2018"
version = "1"
standard = "Own rules"
title = { en = "Own rules", zh = "自有规则" }
status = "unverified"
source = "Own rules"
status_note = { en = "Draft.", zh = "草案。" }
[checks.result-positive]
condition = "total_kg / gate_kg >= 1"
""",
        encoding="utf-8",
    )
    pack = load_pack_file(path)
    assert verdict(pack, cases.facts_with(), "result-positive") == "pass"
    assert verdict(pack, cases.facts_with({"gate_kg": 0.0}), "result-positive") == "not_assessable"


@pytest.mark.parametrize("pack", pack_ids())
def test_conditions_asked_at_once_find_the_same(pack: str, monkeypatch: pytest.MonkeyPatch) -> None:
    study = read_study(Path(__file__).parents[3] / "examples" / "terminal-block")
    facts = study_facts(study)
    findings = []
    for many in (1, 10**9):
        monkeypatch.setattr("cradlemark.rules.check.MANY", many)
        findings.append(check(load_pack(pack), facts))
    assert findings[0] == findings[1]
    assert len(findings[0]) > 3
