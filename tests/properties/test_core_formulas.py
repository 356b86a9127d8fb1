"""The formula language computes what Python computes, with units what pint's own definitions say, or refuses."""

import ast
import math
import warnings

import numpy as np
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from cradlemark.core.errors import InputError
from cradlemark.core.formulas import parse_formula

NAMES = ("a", "b", "净重")
FUNCTIONS = {
    "abs": abs,
    "min": min,
    "max": max,
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "floor": math.floor,
    "ceil": math.ceil,
    "round": round,
}

leaves = (
    st.sampled_from(NAMES) | st.integers(0, 1000).map(str) | st.floats(0, 1e6).map(lambda value: f"{value!r}")
)


def combined(children):
    return combined_exactly(children) | st.one_of(
        st.tuples(children, st.integers(-16, 16)).map(lambda found: f"({found[0]}) ** {found[1]}"),
        st.tuples(st.sampled_from(["exp", "log"]), children).map(lambda found: f"{found[0]}({found[1]})"),
    )


def combined_exactly(children):
    pairs = st.tuples(children, children)
    return st.one_of(
        st.tuples(pairs, st.sampled_from(["+", "-", "*", "/", "//", "%"])).map(
            lambda found: f"({found[0][0]} {found[1]} {found[0][1]})"
        ),
        children.map(lambda child: f"-({child})"),
        children.map(lambda child: f"(not {child})"),
        st.tuples(children, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), children, children).map(
            lambda found: f"({found[0]} {found[1]} {found[2]} <= {found[3]})"
        ),
        st.tuples(children, children, children).map(
            lambda found: f"({found[0]} if {found[1]} else {found[2]})"
        ),
        st.tuples(st.sampled_from(["abs", "sqrt", "floor", "ceil", "round"]), children).map(
            lambda found: f"{found[0]}({found[1]})"
        ),
        pairs.map(lambda found: f"min({found[0]}, {found[1]})"),
        pairs.map(lambda found: f"max({found[0]}, {found[1]})"),
    )


formulas = st.recursive(leaves, combined, max_leaves=12)
values = st.fixed_dictionaries(
    {name: st.floats(-1e6, 1e6, allow_subnormal=False) | st.integers(-3, 3).map(float) for name in NAMES}
)


class Unfinite(Exception):
    """Python's own arithmetic left the finite numbers on the way."""


def by_python(text, names):
    """Evaluate by Python, and mark what the language refuses: infinities and complex numbers on the way."""

    class Watch(ast.NodeTransformer):
        def visit(self, node):
            node = self.generic_visit(node)
            if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store):
                if isinstance(node, ast.Name) and node.id in FUNCTIONS:
                    return node
                call = ast.Call(ast.Name("watch", ast.Load()), [node], [])
                return ast.copy_location(call, node)
            return node

    def watch(value):
        if isinstance(value, complex) or not math.isfinite(value):
            raise Unfinite
        return float(value)

    exponents = ast.parse(text, mode="eval")
    tree = ast.fix_missing_locations(Watch().visit(exponents))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        code = compile(tree, "formula", "eval")
    return eval(code, {"__builtins__": {}, "watch": watch, **FUNCTIONS}, names)


def ours(text, names):
    return parse_formula(text).bind(dict.fromkeys(NAMES, "1"))(names)


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except InputError as error:
        if error.code != "formula-value":
            raise
    except (ArithmeticError, ValueError, Unfinite):
        pass
    return None


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(formulas, values)
def test_numbers_agree_with_python(text, names):
    assert outcome(ours, text, names) == outcome(by_python, text, names)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.recursive(leaves, combined_exactly, max_leaves=12), st.lists(values, min_size=1, max_size=5))
def test_arrays_agree_with_numbers(text, rows):
    """Where IEEE 754 leaves no freedom; exp, log and powers may differ in the last digit and are in the unit tests."""
    single = [outcome(ours, text, row) for row in rows]
    arrays = {name: np.array([row[name] for row in rows]) for name in NAMES}
    together = outcome(ours, text, arrays)
    if together is None:
        assert None in single
        return
    assert None not in single
    np.testing.assert_array_equal(together, single)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=60) | st.text(alphabet="ab1.+-*/%()<>=!, []{}'\"_:;\\^if nortelsdmax", max_size=60))
def test_no_text_does_harm(text):
    try:
        formula = parse_formula(text)
        formula.bind(dict.fromkeys(formula.names, "1"))(dict.fromkeys(formula.names, 1.5))
    except InputError as error:
        if not error.code.startswith("formula-"):
            raise


MASSES = st.sampled_from(["kg", "g", "mg", "t", "lb", "万t"])
ENERGIES = st.sampled_from(["kWh", "MJ", "GJ", "kgce", "kcal"])


@settings(max_examples=200, deadline=None)
@given(MASSES, MASSES, ENERGIES, MASSES, st.tuples(*[st.floats(1e-3, 1e3)] * 4))
def test_result_does_not_depend_on_the_units_of_the_inputs(first, second, energy, result, numbers):
    """Giving the same quantities in other units gives the same quantity."""
    from cradlemark.core.quantities import Quantity

    formula = parse_formula("(a + b) * (1 + e / f) if a > 0.5 * b else max(a, b, 0)")
    base = {"a": "kg", "b": "kg", "e": "kWh", "f": "kWh"}
    given_in = {"a": first, "b": second, "e": energy, "f": "MJ"}
    plain = dict(zip(base, numbers, strict=True))
    assume(abs(plain["a"] - 0.5 * plain["b"]) > 1e-9)
    expected = formula.bind(base, result)(plain)
    other = {name: Quantity(plain[name], base[name]).to(given_in[name]).magnitude for name in base}
    assert math.isclose(formula.bind(given_in, result)(other), expected, rel_tol=1e-9)
