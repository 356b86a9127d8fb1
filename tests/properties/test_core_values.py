"""Units there and back, canonical JSON, identifiers, places, periods, parameters."""

import contextlib
import math
from datetime import date

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from cradlemark.core.canonical import canonical_json, digest, read_json
from cradlemark.core.errors import InputError
from cradlemark.core.identifiers import check_gtin, gtin_check_digit, parse_urn, slug
from cradlemark.core.parameters import Parameter, resolve
from cradlemark.core.periods import Period, parse_period
from cradlemark.core.places import containing, contains, distance, known_place
from cradlemark.core.quantities import (
    Quantity,
    conversion_factor,
    dimension,
    number_text,
    parse_number,
    parse_quantity,
    root_unit,
)
from cradlemark.core.units import normalise_unit, unit_atoms, unit_powers, unit_text

atoms = st.sampled_from([atom for atom in unit_atoms() if atom not in {"1", "degC"}])

SAME = {}
for _atom in unit_atoms():
    if _atom != "degC":
        SAME.setdefault(root_unit(_atom)[1], []).append(_atom)
siblings = st.sampled_from([group for group in SAME.values() if len(group) > 1]).flatmap(
    lambda group: st.tuples(st.sampled_from(group), st.sampled_from(group), st.sampled_from(group))
)


@given(
    st.lists(st.tuples(atoms, st.sampled_from([-2, -1, 1, 2])), max_size=5, unique_by=lambda pair: pair[0][0])
)
def test_canonical_text_of_a_unit_is_stable_and_keeps_its_powers(pairs):
    text = "*".join(f"{atom}^{power}" for atom, power in pairs) or "1"
    canonical = normalise_unit(text)
    assert normalise_unit(canonical) == canonical
    assert unit_text(unit_powers(canonical)) == canonical
    assert root_unit(canonical) == root_unit(text)


@given(siblings, st.floats(1e-6, 1e6))
def test_unit_round_trip_and_triangle(group, magnitude):
    first, second, third = group
    there = Quantity(magnitude, first).to(second)
    assert math.isclose(there.to(first).magnitude, magnitude, rel_tol=1e-12)
    product = conversion_factor(first, second) * conversion_factor(second, third)
    assert math.isclose(product, conversion_factor(first, third), rel_tol=1e-12)


@given(atoms, atoms)
def test_units_convert_exactly_if_their_dimension_is_the_same(first, second):
    if dimension(first) == dimension(second):
        assert conversion_factor(first, second) > 0
    else:
        with pytest.raises(InputError) as caught:
            conversion_factor(first, second)
        assert caught.value.code == "unit-mismatch"


@given(st.floats(allow_nan=False, allow_infinity=False), atoms)
def test_quantity_reads_what_it_prints(magnitude, unit):
    quantity = Quantity(magnitude, unit)
    assert parse_quantity(str(quantity)) == quantity
    assert parse_number(number_text(magnitude)) == magnitude


@given(st.text(max_size=30))
def test_no_text_breaks_a_reader(text):
    for reader in (
        normalise_unit,
        parse_quantity,
        parse_number,
        parse_period,
        known_place,
        check_gtin,
        parse_urn,
        slug,
    ):
        with contextlib.suppress(InputError):
            reader(text)


documents = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@given(documents)
def test_canonical_json_is_json_and_idempotent(document):
    once = canonical_json(document)
    again = read_json(once)
    assert again == document
    assert canonical_json(again) == once
    assert digest(again) == digest(document)


without_floats = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(), children, max_size=4),
    max_leaves=20,
)


@given(documents | without_floats)
def test_canonical_json_is_that_of_the_reference_writer(document):
    assert canonical_json(document) == rfc8785.dumps(document)


@given(st.dictionaries(st.text(), documents, min_size=2, max_size=5), st.randoms())
def test_order_of_keys_does_not_matter(document, random):
    items = list(document.items())
    random.shuffle(items)
    assert digest(dict(items)) == digest(document)


@given(st.text("0123456789", min_size=13, max_size=13).filter(lambda digits: digits.strip("0")))
def test_gtin_with_its_check_digit_is_right_and_with_another_wrong(digits):
    check = gtin_check_digit(digits)
    assert check_gtin(f"{digits}{check}") == f"{digits}{check}"
    for other in set(range(10)) - {check}:
        with pytest.raises(InputError) as caught:
            check_gtin(f"{digits}{other}")
        assert caught.value.code == "gtin-check"


days = st.dates(date(1900, 1, 1), date(2200, 12, 31))


@given(days, days)
def test_period_reads_what_it_prints(first, second):
    period = Period(min(first, second), max(first, second))
    assert parse_period(str(period)) == period
    assert period.covers(period)
    assert period.days / 31 - 1 <= period.months <= period.days / 28


place_codes = st.sampled_from(
    ["CN-GD", "CN-NM", "CN-EastGrid", "CN", "HK", "DE", "DE-BY", "US-TX", "RER", "EU", "GLO"]
)


@given(place_codes, place_codes)
def test_what_contains_is_nearer_than_what_does_not(wanted, offered):
    rank = distance(wanted, offered)
    assert (rank == 0) == (wanted == offered)
    assert (rank < distance(wanted, "RoW") or wanted == "GLO") == contains(offered, wanted) or wanted == "GLO"
    if wanted != "GLO":
        assert distance(wanted, containing(wanted)[0]) == 1


@settings(deadline=None)
@given(st.integers(1, 12), st.data())
def test_parameters_resolve_in_any_order(count, data):
    parameters = [Parameter("p0", "1", 1.0)]
    expected = {"p0": 1.0}
    for index in range(1, count):
        needs = data.draw(st.lists(st.integers(0, index - 1), min_size=1, max_size=3))
        parameters.append(Parameter(f"p{index}", "1", None, " + ".join(f"p{need}" for need in needs)))
        expected[f"p{index}"] = float(sum(expected[f"p{need}"] for need in needs))
    shuffled = data.draw(st.permutations(parameters))
    assert resolve(shuffled) == expected
