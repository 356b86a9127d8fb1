import subprocess
import sys
import timeit

import numpy as np
import pytest

from cradlemark.core.errors import InputError
from cradlemark.core.formula_reader import (
    DEEPEST_NESTING,
    LARGEST_EXPONENT,
    LARGEST_LITERAL,
    LONGEST_FORMULA,
    MOST_ARGUMENTS,
    MOST_NODES,
)
from cradlemark.core.formulas import evaluate, parse_formula
from cradlemark.core.quantities import Quantity
from cradlemark.core.units import HIGHEST_POWER


def number(text, **values):
    return parse_formula(text).bind(dict.fromkeys(values, "1"))(values)


def refused(text, code):
    with pytest.raises(InputError) as caught:
        parse_formula(text, where="sheet P, row 2")
    assert caught.value.code == code
    assert caught.value.where == "sheet P, row 2"
    return caught.value


# Reading


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("1 + 2 * 3", 7.0),
        ("= 1 + 1", 2.0),
        ("-2 ** 2", -4.0),
        ("2 ** -1", 0.5),
        ("7 // 2 + 7 % 4", 6.0),
        ("(1 + 2) * 3", 9.0),
        ("（1＋2）×３÷3", 3.0),
        ("1 < 2 < 3", 1.0),
        ("3 ≥ 4", 0.0),
        ("1 ≠ 2", 1.0),
        ("not 0 and (0 or 2)", 1.0),
        ("5 if 1 > 2 else 6", 6.0),
        ("min(3, 1, 2) + max(1, 2)", 3.0),
        ("abs(-3) + sqrt(16)", 7.0),
        ("exp(0) + log(1) + log10(100)", 3.0),
        ("floor(1.7) + ceil(1.2)", 3.0),
        ("round(2.5) + round(3.5)", 6.0),
        ("sum(1, 2, 3) + mean(1, 2, 3)", 8.0),
        ("all(1, 1, 0) + any(0, 1) + count(0, 2, 3)", 3.0),
        ("clip(5, 0, 3) + clip(-1, 0, 3)", 3.0),
        ("1e3 + .5", 1000.5),
        ("1 +\n 2", 3.0),
    ],
)
def test_formula_of_numbers(text, result):
    assert number(text) == result
    assert isinstance(number(text), float)


def test_names_may_be_in_any_script():
    formula = parse_formula("净重 * (1 + 损耗率)")
    assert formula.names == {"净重", "损耗率"}
    assert formula.bind({"净重": "g", "损耗率": "%"}, "kg")({"净重": 200.0, "损耗率": 5.0}) == pytest.approx(
        0.21
    )


def test_full_width_name_is_the_plain_name():
    assert parse_formula("ａｂ + 1").names == {"ab"}
    assert number("ab + 1", ａｂ=2.0) == 3.0


def test_formulas_are_equal_by_text():
    assert parse_formula("a + 1", where="x") == parse_formula("a + 1", where="y")
    assert str(parse_formula(" a + 1 ")) == "a + 1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "=",
        "a.b",
        "a[0]",
        "'text'",
        '"text"',
        "f'{a}'",
        "[1, 2]",
        "{1}",
        "(1, 2)",
        "()",
        "lambda: 1",
        "a := 1",
        "a = 1",
        "a; b",
        "a\x00b",
        "a # comment",
        "a\\\n",
        "`a`",
        "a @ b",
        "a & b",
        "a ^ 2",
        "x²",
        "~1",
        "1 2",
        "1 +",
        "(1",
        "1)",
        "1..2",
        "1.2.3",
        "0x10",
        "1_000",
        "1j",
        "1if 1 else 2",
        "2a",
        "True",
        "None",
        "...",
        "a is b",
        "a in b",
        "yield",
        "await a",
        "import os",
        "a if b",
        "max(x for x in y)",
        "max(*a)",
        "max(key=1)",
        "max()",
        "sqrt(1, 2)",
        "clip(1, 2)",
        "(max)(1)(2)",
        "2(3)",
        "5 %",
        "\ud800",
        "\u202e1",
    ],
)
def test_what_is_not_of_the_language_is_refused(text):
    refused(text, "formula-syntax")


@pytest.mark.parametrize("name", ["eval", "open", "__import__", "pow", "print", "globals"])
def test_no_function_but_the_listed(name):
    assert refused(f"{name}(1)", "formula-name").hint.en


def test_function_is_not_a_value():
    refused("max + 1", "formula-name")


def test_misspelt_function_is_offered():
    assert "sqrt" in refused("sqr(4)", "formula-name").hint.en


@pytest.mark.parametrize("source", ["().__class__", "a.__class__.__mro__", "__builtins__['eval']('1')"])
def test_known_escapes_are_refused(source):
    refused(source, "formula-syntax")


# Limits; each one is met exactly and then passed by one.


def test_longest_formula():
    assert number("1" + " " * (LONGEST_FORMULA - 1)) == 1.0
    refused("1" + " " * LONGEST_FORMULA, "formula-limit")


def test_text_that_grows_when_made_plain_is_limited():
    # U+FDFA becomes 18 characters under compatibility folding.
    refused("\ufdfa" * LONGEST_FORMULA, "formula-limit")


def test_most_nodes():
    calls = [f"sum({','.join('1' * MOST_ARGUMENTS)})"] * 7
    parts = 7 * (MOST_ARGUMENTS + 1) + 1
    rest = MOST_NODES - parts
    full = f"sum({','.join([*calls, *'1' * rest])})"
    assert number(full) == 7 * MOST_ARGUMENTS + rest
    refused(f"sum({','.join([*calls, *'1' * (rest + 1)])})", "formula-limit")


def test_deepest_brackets():
    assert number("(" * DEEPEST_NESTING + "1" + ")" * DEEPEST_NESTING) == 1.0
    refused("(" * (DEEPEST_NESTING + 1) + "1" + ")" * (DEEPEST_NESTING + 1), "formula-limit")


def test_deepest_operations():
    assert number("not " * (DEEPEST_NESTING - 1) + "1") == (DEEPEST_NESTING % 2)
    refused("not " * DEEPEST_NESTING + "1", "formula-limit")
    assert number("+".join("1" * DEEPEST_NESTING)) == DEEPEST_NESTING
    refused("+".join("1" * (DEEPEST_NESTING + 1)), "formula-limit")


@pytest.mark.parametrize(
    "text", ["-" * 1999 + "1", "(" * 2000, "1**" * 600 + "1", "not " * 499 + "1", "1<" * 900 + "1"]
)
def test_hostile_nesting_is_refused_as_a_limit_or_syntax(text):
    with pytest.raises(InputError) as caught:
        parse_formula(text)
    assert caught.value.code in {"formula-limit", "formula-syntax"}


def test_largest_exponent():
    assert number(f"2 ** {LARGEST_EXPONENT}") == 2.0**LARGEST_EXPONENT
    assert number(f"2 ** -{LARGEST_EXPONENT}") == 2.0**-LARGEST_EXPONENT
    refused(f"2 ** {LARGEST_EXPONENT + 1}", "formula-limit")
    refused(f"2 ** -{LARGEST_EXPONENT + 1}", "formula-limit")


@pytest.mark.parametrize("text", ["9**9**9", "2 ** x", "2 ** (1 + 1)", "2 ** sqrt(4)"])
def test_exponent_is_a_number(text):
    assert "exp" in refused(text, "formula-limit").hint.en


def test_largest_literal():
    assert number(f"{LARGEST_LITERAL:.0f}") == LARGEST_LITERAL
    refused(f"{LARGEST_LITERAL:.0f}1", "formula-limit")
    refused("1e400", "formula-limit")
    refused("9" * 1999, "formula-limit")


def test_most_arguments():
    assert number(f"sum({','.join('1' * MOST_ARGUMENTS)})") == MOST_ARGUMENTS
    refused(f"sum({','.join('1' * (MOST_ARGUMENTS + 1))})", "formula-limit")


def test_highest_power_of_a_unit():
    assert parse_formula("a ** 12").unit({"a": "m"}) == f"m^{HIGHEST_POWER}"
    with pytest.raises(InputError, match="power"):
        parse_formula("a ** 13").unit({"a": "m"})
    with pytest.raises(InputError, match="power"):
        parse_formula("a ** 12 * a").unit({"a": "m"})


def test_messages_stay_short_whatever_the_formula():
    assert len(str(refused("1" * 5000, "formula-limit"))) < 400


# Units


@pytest.mark.parametrize(
    ("text", "units", "unit"),
    [
        ("a + b", {"a": "g", "b": "kg"}, "g"),
        ("a * b", {"a": "kg/piece", "b": "piece"}, "kg"),
        ("a * b", {"a": "kW", "b": "h"}, "kWh"),
        ("a * b", {"a": "t", "b": "km"}, "tkm"),
        ("a * b", {"a": "g/kWh", "b": "MWh"}, "g"),
        ("a / b", {"a": "kg", "b": "g"}, "1"),
        ("a / b", {"a": "m3", "b": "L"}, "1"),
        ("a * b", {"a": "kg", "b": "%"}, "kg"),
        ("1 + a", {"a": "%"}, "1"),
        ("a + b", {"a": "%", "b": "%"}, "%"),
        ("a // b", {"a": "kg", "b": "g"}, "1"),
        ("a % b", {"a": "kg", "b": "g"}, "kg"),
        ("a ** 2", {"a": "m"}, "m2"),
        ("sqrt(a)", {"a": "m2"}, "m"),
        ("sqrt(a)", {"a": "ha"}, "m"),
        ("a ** 0.5", {"a": "m^4"}, "m2"),
        ("a > b", {"a": "kg", "b": "g"}, "1"),
        ("a > 0 and b > 0", {"a": "kg", "b": "kWh"}, "1"),
        ("max(0, a)", {"a": "kg"}, "kg"),
        ("clip(a, 0, b)", {"a": "kg", "b": "g"}, "kg"),
        ("a if b > 0 else 0", {"a": "kg", "b": "kWh"}, "kg"),
        ("ceil(a)", {"a": "piece"}, "piece"),
        ("exp(a)", {"a": "%"}, "1"),
        ("-abs(a)", {"a": "kg"}, "kg"),
        ("mean(a, b)", {"a": "t", "b": "kg"}, "t"),
    ],
)
def test_unit_of_a_formula(text, units, unit):
    assert parse_formula(text).unit(units) == unit


@pytest.mark.parametrize(
    ("text", "units", "words"),
    [
        ("a + b", {"a": "kg", "b": "kWh"}, ["'a'", "mass", "'b'", "energy"]),
        ("a - 2 * b", {"a": "kg", "b": "m"}, ["'a'", "'2 * b'"]),
        ("a + 0", {"a": "kg"}, ["'0'", "dimensionless"]),
        ("a > 5", {"a": "kg"}, ["compare"]),
        ("a // b", {"a": "kg", "b": "m"}, ["remainder"]),
        ("max(a, b)", {"a": "kg", "b": "m"}, ["compare"]),
        ("sum(a, 0)", {"a": "kg"}, ["add"]),
        ("exp(a)", {"a": "kg"}, ["exp", "mass"]),
        ("log(a)", {"a": "kWh"}, ["log", "energy"]),
        ("round(a)", {"a": "kg"}, ["round", "mass"]),
        ("sqrt(a)", {"a": "kg"}, ["0.5"]),
        ("a ** 0.3", {"a": "m2"}, ["0.3"]),
        ("not a", {"a": "kg"}, ["true nor false"]),
        ("1 if a else 2", {"a": "kg"}, ["true nor false"]),
        ("a if 1 else b", {"a": "kg", "b": "m"}, ["choose"]),
        ("a + 1", {"a": "degC"}, ["degC"]),
        ("count(a)", {"a": "kg"}, ["true nor false"]),
        ("a + b", {"a": "CNY", "b": "EUR"}, ["currency CNY", "currency EUR"]),
        ("a + b", {"a": "Nm3", "b": "m3"}, ["normal volume"]),
    ],
)
def test_units_that_do_not_fit_are_named(text, units, words):
    with pytest.raises(InputError) as caught:
        parse_formula(text, where="row 9").unit(units)
    assert caught.value.code == "formula-unit"
    assert caught.value.where == "row 9"
    assert all(word in str(caught.value) for word in words)


def test_result_unit_must_fit():
    bound = parse_formula("a * b").bind({"a": "kW", "b": "h"}, "MJ")
    assert bound.unit == "MJ"
    assert bound({"a": 2.0, "b": 1.0}) == 7.2
    with pytest.raises(InputError) as caught:
        parse_formula("a * b").bind({"a": "kW", "b": "h"}, "kg")
    assert caught.value.code == "formula-unit"


def test_unknown_name_offers_the_known():
    with pytest.raises(InputError) as caught:
        parse_formula("Mass + 1").unit({"mass": "1"})
    assert caught.value.code == "formula-name"
    assert "mass" in caught.value.hint.en


@pytest.mark.parametrize(
    ("text", "values", "result"),
    [
        ("m * (1 + loss)", {"m": Quantity(200, "g"), "loss": Quantity(5, "%")}, Quantity(210, "g")),
        ("i ** 2 * r", {"i": Quantity(10, "A"), "r": Quantity(0.8, "mohm")}, Quantity(0.08, "W")),
        ("a + b", {"a": Quantity(1, "kg"), "b": Quantity(500, "g")}, Quantity(1.5, "kg")),
        ("a / b", {"a": Quantity(1, "kg"), "b": Quantity(500, "g")}, Quantity(2, "1")),
        ("a * b", {"a": Quantity(2, "t"), "b": Quantity(300, "km")}, Quantity(600, "tkm")),
        ("a > b", {"a": Quantity(1, "kg"), "b": Quantity(999, "g")}, Quantity(1, "1")),
        ("sqrt(a)", {"a": Quantity(4, "ha")}, Quantity(200, "m")),
        ("a ** 2", {"a": Quantity(50, "%")}, Quantity(0.25, "1")),
        ("kpcs * 1", {"kpcs": Quantity(2, "千只")}, Quantity(2000, "piece")),
    ],
)
def test_units_go_through(text, values, result):
    found = evaluate(text, values).to(result.unit)
    assert found.magnitude == pytest.approx(result.magnitude, rel=1e-12)


# Values


@pytest.mark.parametrize(
    ("text", "values", "part"),
    [
        ("1 + a / b", {"a": 1.0, "b": 0.0}, "a / b"),
        ("a // b", {"a": 1.0, "b": 0.0}, "a // b"),
        ("a % b", {"a": 1.0, "b": 0.0}, "a % b"),
        ("2 * log(a)", {"a": 0.0}, "log(a)"),
        ("log10(a)", {"a": -1.0}, "log10(a)"),
        ("sqrt(a - 1)", {"a": 0.0}, "sqrt(a - 1)"),
        ("exp(a)", {"a": 1000.0}, "exp(a)"),
        ("a ** -1", {"a": 0.0}, "a ** (-1)"),
        ("a ** 0.5", {"a": -8.0}, "a ** 0.5"),
        ("a ** 16", {"a": 1e300}, "a ** 16"),
        ("a * a", {"a": 1e300}, "a * a"),
        ("1 / (a * a)", {"a": 1e300}, "a * a"),
        ("a + a", {"a": 1.7e308}, "a + a"),
        ("sum(a, a, -a)", {"a": 1.7e308}, "sum"),
        ("clip(a, 2, 1)", {"a": 0.0}, "clip"),
    ],
)
@pytest.mark.parametrize("shape", [None, (1,), (2, 3)])
def test_what_has_no_finite_value_is_refused_and_named(text, values, part, shape):
    if shape is not None:
        values = {name: np.full(shape, value) for name, value in values.items()}
    with pytest.raises(InputError) as caught:
        number(text, **values)
    assert caught.value.code == "formula-value"
    assert part in caught.value.message.en
    assert text in caught.value.message.en


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        np.array([1.0, np.nan]),
        np.array([1.0, np.inf]),
        np.array(["1"]),
        np.array([1j]),
        1j,
        np.complex128(1),
        "1",
        None,
        [1.0],
        10**400,
        np.float64("nan"),
    ],
)
def test_value_that_is_not_a_finite_number_is_refused(value):
    with pytest.raises(InputError) as caught:
        number("a + 1", a=value)
    assert caught.value.code == "formula-value"
    assert "a" in caught.value.message.en


@pytest.mark.parametrize("value", [2, 2.0, np.float32(2), np.int64(2), np.array(2.0), True + 1])
def test_every_kind_of_number_is_taken(value):
    result = number("a + 1", a=value)
    assert result == 3.0
    assert type(result) is float


def test_missing_value_is_named():
    with pytest.raises(InputError) as caught:
        parse_formula("a + b").bind({"a": "1", "b": "1"})({"a": 1.0})
    assert caught.value.code == "formula-name"
    assert "b has no value" in caught.value.message.en


def test_arrays_give_what_numbers_give_element_by_element():
    text = "a / b if b != 0 and a / b > 1 or a == 3 else -clip(a, 0, 2) + sqrt(b) * (a <= b < 5) + count(a > 1, b > 1)"
    a = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    b = np.array([[0.0, 1.0, 4.0], [2.0, 0.0, 7.0]])
    bound = parse_formula(text).bind({"a": "1", "b": "1"})
    result = bound({"a": a, "b": b})
    expected = [
        [bound({"a": x, "b": y}) for x, y in zip(row, other, strict=True)]
        for row, other in zip(a, b, strict=True)
    ]
    np.testing.assert_array_equal(result, expected)


def test_number_beside_arrays_counts_for_every_element():
    np.testing.assert_array_equal(number("a * b", a=np.arange(3), b=2.0), [0.0, 2.0, 4.0])


def test_constant_branch_fills_the_shape():
    np.testing.assert_array_equal(number("1 if c else a", a=np.arange(3.0), c=1), [1.0, 1.0, 1.0])


def test_arrays_of_different_shape_are_refused():
    with pytest.raises(InputError, match="shapes"):
        number("a + b", a=np.zeros(2), b=np.zeros(3))


def test_inputs_are_never_changed_nor_handed_out():
    values = np.arange(3.0)
    result = number("a", a=values)
    result[0] = 99.0
    assert values[0] == 0.0


def test_empty_array_stays_empty():
    assert number("a / a if a > 0 else 1", a=np.empty(0)).shape == (0,)


def test_no_numpy_warning_leaks():
    with np.errstate(all="warn"), pytest.raises(InputError):
        number("a / b", a=np.ones(3), b=np.zeros(3))


def test_evaluation_takes_a_few_microseconds():
    bound = parse_formula("mass * (1 + loss)").bind({"mass": "g", "loss": "%"}, "kg")
    values = {"mass": 200.0, "loss": 5.0}
    best = min(timeit.repeat(lambda: bound(values), number=2000, repeat=7)) / 2000
    assert best < 2e-5, f"{best * 1e6:.1f} us; the aim is 5 us on a quiet machine"


def test_reading_survives_a_small_stack():
    code = """
import sys
from cradlemark.core.errors import InputError
from cradlemark.core.formulas import parse_formula
sys.setrecursionlimit(100)
for text in ("(" * 40 + "1" + ")" * 40, "not " * 39 + "1", "-" * 1999 + "1", "1**" * 600 + "1", "+".join("1" * 900)):
    try:
        parse_formula(text)
    except InputError as error:
        assert error.code in {"formula-limit", "formula-syntax"}, error
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
