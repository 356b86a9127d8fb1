"""Programmes: complete, consistent, honest about what is not known; and their decisions."""

from __future__ import annotations

import copy
import datetime
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from cradlemark.cli.programme import programme
from cradlemark.core.errors import CradlemarkError, InputError, InputErrors, NotFoundError, StateError
from cradlemark.label.programme_decisions import (
    grade_of,
    last_day,
    months_later,
    needs_verification,
    reduction_verdict,
)
from cradlemark.label.programme_lint import lint
from cradlemark.label.programme_reader import load_programme, programme_ids, read_programme
from cradlemark.label.workflow import take_step, workflow

PACKAGE = Path(__file__).resolve().parents[3] / "src" / "cradlemark" / "label" / "programmes"


def document(name: str = "demonstration") -> dict[str, Any]:
    return copy.deepcopy(tomllib.loads((PACKAGE / f"{name}.toml").read_text(encoding="utf-8")))


@pytest.mark.parametrize("name", programme_ids())
def test_packaged_programmes_are_complete_and_answer_their_examples(name: str) -> None:
    found = load_programme(name)
    assert lint(found) == ()
    assert found.id == name
    assert len(found.examples) >= 7


@pytest.mark.parametrize("name", programme_ids())
def test_programmes_in_the_manner_of_others_say_that_they_are_not_them(name: str) -> None:
    found = load_programme(name)
    if found.demonstration:
        assert "trying out" in found.notice.en
    else:
        assert "It is not that programme" in found.notice.en
        assert "并非该计划" in found.notice.zh
        assert found.operator.en == "Nobody: a template"


def test_marks_of_programmes_differ() -> None:
    marks = [load_programme(name).mark for name in programme_ids()]
    assert len(set(marks)) == len(marks) >= 7


def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
    made = document()
    change(made)
    return made


BROKEN: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no footprint": (lambda d: d["claims"].pop("footprint"), "claims"),
    "claim without rule": (lambda d: d.pop("reduction"), "claims.reduction"),
    "rule without claim": (lambda d: d["claims"].pop("grade"), "claims.grade"),
    "long validity": (lambda d: d["claims"]["footprint"]["validity"].update(value=121), "claims.footprint.validity"),
    "late surveillance": (
        lambda d: d["claims"]["footprint"]["surveillance"].update(value=30), "claims.footprint.surveillance",
    ),
    "needs itself": (lambda d: d["claims"]["reduction"].update(needs=["reduction"]), "claims.reduction.needs"),
    "no opinion": (lambda d: d["case"]["steps"].remove("give_opinion"), "case.steps"),
    "no revocation": (lambda d: d["label"]["steps"].remove("revoke"), "label.steps"),
    "dead end": (lambda d: d["case"]["steps"].remove("resubmit") or d["case"]["steps"].remove("close"), "case.steps"),
    "four eyes given up": (lambda d: d["separations"]["kept"].remove("decision_not_verifier"), "separations.kept"),
    "nobody verifies": (lambda d: d["programme"]["least_verifiers"].update(value=0), "programme.least_verifiers"),
    "hidden verifier": (lambda d: d["design"]["elements"].remove("verifier"), "design.elements"),
    "no design": (lambda d: d["design"].update(designs=[]), "design.designs"),
    "secret value": (lambda d: d["public"]["fields"].remove("value"), "public.fields"),
    "mark of others": (lambda d: d["design"]["mark"].update(en="Carbon Trust reducing"), "design.mark"),
    "no threshold": (lambda d: d["change"].update(value=0.0), "change"),
    "toss of a coin": (lambda d: d["reduction"]["probability"].update(value=0.4), "reduction.probability"),
    "negative timer": (lambda d: d["timers"]["appeal_window"].update(value=-1), "timers.appeal_window"),
    "wrong example": (lambda d: d["examples"]["two_years"].update(expect="2027-11-27"), "examples.two_years"),
    "no example": (lambda d: [d["examples"].pop(k) for k in ("ten_per_cent_is_allowed", "more_is_not")], "examples"),
    "odd example": (lambda d: d["examples"]["two_years"].update(given={"claim": "footprint"}), "examples.two_years"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_lint_finds_what_is_wrong_and_where(name: str) -> None:
    change, where = BROKEN[name]
    found = lint(read_programme(changed(change), where="own.toml"))
    assert where in {problem.where for problem in found}


UNREADABLE: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no id": (lambda d: d["programme"].pop("id"), "pack-missing"),
    "mark too long": (lambda d: d["programme"].update(mark="toolong"), "label-number"),
    "one language": (lambda d: d["programme"]["name"].pop("zh"), "pack-value"),
    "no status": (lambda d: d["change"].pop("status"), "pack-missing"),
    "unknown status": (lambda d: d["change"].update(status="heard"), "pack-value"),
    "unknown key": (lambda d: d["design"].update(size=3), "pack-key"),
    "unknown step": (lambda d: d["case"]["steps"].append("bribe"), "pack-value"),
    "unknown fact": (
        lambda d: d["reduction"]["alternatives"]["own_baseline"].update(condition="luck > 1"), "programme-formula",
    ),
    "unused fact": (
        lambda d: d["reduction"]["alternatives"]["own_baseline"].update(needs=["reduction", "figure"]),
        "programme-formula",
    ),
    "falling grades": (lambda d: d["grade"]["steps"]["B"].update(up_to=10), "pack-value"),
    "unknown timer": (lambda d: d["timers"].update(coffee=d["timers"]["decision"]), "pack-value"),
    "unit of a timer": (lambda d: d["timers"]["decision"].update(unit="year"), "pack-value"),
    "unknown claim": (lambda d: d["claims"].update(best=d["claims"]["footprint"]), "pack-value"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNREADABLE)
def test_documents_that_cannot_be_read_say_where(name: str) -> None:
    change, code = UNREADABLE[name]
    with pytest.raises(InputErrors) as caught:
        read_programme(changed(change), where="own.toml")
    assert code in {problem.code for problem in caught.value.problems}
    assert all(problem.where.startswith("own.toml, ") for problem in caught.value.problems)


def test_digest_follows_the_content() -> None:
    one = read_programme(document(), where="")
    two = read_programme(changed(lambda d: d["change"].update(value=0.2)), where="")
    assert one.digest == load_programme("demonstration").digest != two.digest


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2090, 1, 1)), st.integers(0, 200))
def test_months_later_never_skips_a_month(day: datetime.date, months: int) -> None:
    later = months_later(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day


def test_validity_ends_the_day_before() -> None:
    found = load_programme("epd-type")
    assert last_day(found, "footprint", datetime.date(2026, 1, 1)) == datetime.date(2030, 12, 31)
    with pytest.raises(NotFoundError):
        last_day(found, "grade", datetime.date(2026, 1, 1))


def test_change_counts_only_above_the_threshold() -> None:
    found = load_programme("epd-type")
    assert not needs_verification(found, published=2.0, new=2.2)
    assert needs_verification(found, published=2.0, new=2.2001)
    assert not needs_verification(found, published=2.0, new=1.0)
    with pytest.raises(InputError):
        needs_verification(found, published=0.0, new=1.0)


def test_verdict_says_what_is_missing() -> None:
    verdict = reduction_verdict(load_programme("kr-style"), {"reduction": 0.01, "figure": 1.0, "peers": None})
    assert (verdict.outcome, verdict.unknown, verdict.required) == ("undecided", ("peers",), 0.033)
    assert reduction_verdict(load_programme("epd-type"), {"reduction": 0.5}).outcome == "no_rule"


def test_thresholds_are_those_of_the_published_table() -> None:
    facts = {"figure": 0.97, "baseline": 1.0, "reduction": 1 - 0.97}
    outcomes = {name: reduction_verdict(load_programme(name), facts).outcome for name in programme_ids()}
    assert outcomes["tw-style"] == "met"
    assert outcomes["th-style"] == "met"
    assert outcomes["kr-style"] == "undecided"
    assert reduction_verdict(load_programme("kr-style"), facts | {"peers": 0.9}).outcome == "not_met"


def test_grades_follow_the_percentile() -> None:
    rule = load_programme("demonstration").grade
    assert rule is not None
    assert [grade_of(rule, value) for value in (0.0, 20.0, 20.01, 99.9, 100.0)] == ["A", "A", "B", "E", "E"]
    with pytest.raises(InputError):
        grade_of(rule, 101.0)


def test_steps_need_their_state_and_their_role() -> None:
    steps = load_programme("demonstration").label_steps
    state = ""
    for step, role in (("register", "officer"), ("publish", "officer"), ("expire", "system")):
        state = take_step(steps, state, step, role=role)
    assert state == "expired"
    for step, role, code in (("publish", "officer", "step-impossible"), ("revoke", "officer", "step-role"), ("fly", "officer", "step-unknown")):  # fmt: skip
        with pytest.raises(StateError) as caught:
            take_step(steps, state, step, role=role)
        assert caught.value.code == code


def test_machine_is_closed() -> None:
    machine = workflow()
    for kind in ("case", "label"):
        states, steps = machine.states[kind], machine.steps[kind]
        for step in steps.values():
            assert {*step.source, step.target} <= set(states)
            assert step.role in machine.roles
            assert step.needs.complete
        left = {source for step in steps.values() for source in step.source}
        assert not {s.id for s in states.values() if s.final} & left
        assert {step.target for step in steps.values()} == set(states)
    assert {s.id for s in machine.states["label"].values() if s.mark} == {
        "active", "watch", "change_review", "scope_reduced", "renewal_open", "recognised",
    }  # fmt: skip


def test_command_lints_lists_and_shows(tmp_path: Path) -> None:
    run = CliRunner().invoke
    assert run(programme, ["lint"]).exit_code == 0
    assert "演示" in run(programme, ["list", "--lang", "zh"]).output
    shown = run(programme, ["show", "kr-style"]).output
    assert "below" in shown.lower()
    assert "unverified" in shown
    assert '"figures"' in run(programme, ["show", "kr-style", "--json"]).output
    own = tmp_path / "own.toml"
    text = (PACKAGE / "demonstration.toml").read_text(encoding="utf-8")
    own.write_text(text.replace('expect = "2028-11-27"', 'expect = "2028-11-28"'), encoding="utf-8")
    failed = run(programme, ["lint", str(own)])
    assert isinstance(failed.exception, CradlemarkError)
    assert "two_years" in str(failed.exception)
