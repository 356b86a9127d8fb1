"""Formulas of process databases: their syntax, and what is refused."""

from __future__ import annotations

import math
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.machine import within

from cradlemark.core.errors import InputError
from cradlemark.inventory.processes.formulas import (
    MOST_FAILED,
    evaluate_formula,
    groups_in_order,
    resolve_parameters,
)
from cradlemark.inventory.processes.records import Parameter


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2*3+4", 10.0),
        ("2^3", 8.0),
        ("=2*a", 6.0),
        ("A*a", 9.0),
        ("if(a > 2; 5; 6)", 5.0),
        ("if(a = 2; 5; if(b <> 4; 1; 7))", 7.0),
        ("pow(a; 2) + sqr(b)", 25.0),
        ("ln(e)", 1.0),
        ("log(1000)", 3.0),
        ("max(a; b; 1)", 4.0),
        ("avg(a; b)", 3.5),
        ("and(a > 1; b < 2)", 0.0),
        ("a > 1 and not(b < 2)", 1.0),
        ("lambda + class", 3.0),
        ("pi*2", 2 * math.pi),
        ("1.5e-3*mass_of.part", 3e-3),
        ("钢 * 2", 10.0),
        ("if((a > 1) and (b < 5); 8; 9)", 8.0),
        ("(a > 5) or (b = 4)", 1.0),
        ("02*a + 00.5", 6.5),
        ("(0-2)^3", -8.0),
    ],
)
def test_syntax(text: str, expected: float) -> None:
    values = {"a": 3.0, "b": 4.0, "lambda": 1.0, "class": 2.0, "mass_of.part": 2.0, "钢": 5.0}
    text = text.removeprefix("=")
    assert evaluate_formula(text, values) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2^a", 8.0),
        ("a^b", 81.0),
        ("1+2*a^(b/2)", 19.0),
        ("(a+1)^-a", 4.0**-3),
        ("b^(1/2)", 2.0),
        ("8^(-1/3)", 0.5),
        ("sqrt(b)^a", 8.0),
        ("2^3^a", 2.0**27),
        ("-a^b", -81.0),
    ],
)
def test_powers_with_calculated_exponents(text: str, expected: float) -> None:
    assert evaluate_formula(text, {"a": 3.0, "b": 4.0}) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("text", ["(a-3)^b", "(0-a)^b", "a^", "^a", "a^(b", "a^^b"])
def test_powers_that_cannot_be(text: str) -> None:
    with pytest.raises(InputError):
        evaluate_formula(text, {"a": 3.0, "b": 4.0})


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "formula-syntax"),
        ("2 +", "formula-syntax"),
        ("if(1; 2)", "formula-syntax"),
        ("if(1; 2; 3", "formula-syntax"),
        ("__import__('os')", "formula-syntax"),
        ("a.b", "formula-name"),
        ("unknown*2", "formula-name"),
        ("random()", "formula-name"),
        ("1/0", "formula-value"),
        ("9^9^9^9", "formula-limit"),
        ("1+" * 3000 + "1", "formula-limit"),
        ("(" * 900 + "1" + ")" * 900, "formula-limit"),
        ("if(1;" * 300 + "1", "formula-syntax"),
        ("if(1;2;" * 240 + "3" + ")" * 240, "formula-limit"),
    ],
)
def test_refused(text: str, code: str) -> None:
    with pytest.raises(InputError) as caught:
        evaluate_formula(text, {"a": 1.0})
    assert caught.value.code == code


def test_messages_have_the_names_of_the_source() -> None:
    with pytest.raises(InputError, match="yield_of_line"):
        evaluate_formula("2*Yield_of_line", {})


def test_parameters_in_any_order() -> None:
    parameters = [
        Parameter("C", 0.0, formula="b*2"),
        Parameter("b", 0.0, formula="A+outer"),
        Parameter("a", 3.0),
    ]
    values, failed = resolve_parameters(parameters, {"outer": 1.0, "a": 99.0})
    assert values == {"outer": 1.0, "a": 3.0, "b": 4.0, "c": 8.0}
    assert failed == {}


def test_parameters_that_need_each_other_keep_the_stored_value() -> None:
    parameters = [
        Parameter("a", 1.5, formula="b"),
        Parameter("b", 2.5, formula="a"),
        Parameter("c", 0.0, formula="7"),
    ]
    values, failed = resolve_parameters(parameters, {})
    assert values == {"a": 1.5, "b": 2.5, "c": 7.0}
    assert failed.keys() == {"a", "b"}
    assert str(failed["a"]) == "2 parameters need each other: a -> b -> a"
    assert failed["a"]["zh"] == "2 个参数相互引用：a -> b -> a"


def test_what_needs_a_circle_is_calculated_with_the_stored_value() -> None:
    """The order in which they are given does not matter."""
    parameters = [Parameter("own", 3.0, formula="own + 1"), Parameter("d", 0.0, formula="2 * own")]
    for order in (parameters, parameters[::-1]):
        values, failed = resolve_parameters(order, {})
        assert values == {"own": 3.0, "d": 6.0}
        assert failed.keys() == {"own"}


@given(st.dictionaries(st.sampled_from("abcdefg"), st.sets(st.sampled_from("abcdefgh"))))
def test_groups_come_behind_what_they_need(needs: dict[str, set[str]]) -> None:
    groups = groups_in_order(needs)
    assert sorted(name for group in groups for name in group) == sorted(needs)

    def reached(start: str) -> set[str]:
        found: set[str] = set()
        left = [start]
        while left:
            for name in needs[left.pop()] & needs.keys() - found:
                found.add(name)
                left.append(name)
        return found

    before: set[str] = set()
    for group in groups:
        for name in group:
            assert needs[name] & needs.keys() <= before | set(group)
            assert all(other in reached(name) for other in group if other != name)
        before |= set(group)


def test_formulas_that_take_forever_are_refused() -> None:
    for text in (
        "^".join(["x"] * 900),
        "9^9^9",
        "pow(" * 300 + "2" + ";2)" * 300,
        "(" * 900 + "1" + ")" * 900,
    ):
        start = time.process_time()
        with pytest.raises(InputError) as caught:
            evaluate_formula(text, {"x": 2.0})
        assert caught.value.code.startswith("formula-")
        assert within(time.process_time() - start, 0.2)


def test_after_many_that_fail_the_rest_is_not_tried() -> None:
    parameters = [Parameter(f"p{n}", 1.0, formula="9^9^9") for n in range(3_000)]
    values, failed = resolve_parameters(parameters, {})
    assert len(failed) == 3_000
    assert set(values.values()) == {1.0}
    assert sum("too many others" in str(why) for why in failed.values()) == 3_000 - MOST_FAILED - 1


def test_large_circles_take_linear_time() -> None:
    parameters = [Parameter(f"p{n}", 1.0, formula=f"p{(n + 1) % 10_000}+1") for n in range(10_000)]
    start = time.process_time()
    _, failed = resolve_parameters(parameters, {})
    assert len(failed) == 10_000
    assert within(time.process_time() - start, 2.0)


def test_long_chains_take_linear_time() -> None:
    parameters = [Parameter(f"p{i}", 0.0, formula=f"p{i + 1}+1") for i in range(3000)]
    start = time.process_time()
    values, failed = resolve_parameters([*parameters, Parameter("p3000", 1.0)], {})
    assert values["p0"] == 3001.0
    assert failed == {}
    assert within(time.process_time() - start, 2.0)
