"""Grades: classes, benchmark sets, percentiles with bands held against scipy and textbooks, anonymity, refusals."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from typing import Any

import attrs
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.label.builders import claim

from cradlemark.core.errors import CradlemarkError, StateError
from cradlemark.core.language import Text
from cradlemark.label.benchmark import (
    BenchmarkSet,
    make_benchmark,
    published_percentiles,
    read_benchmark,
)
from cradlemark.label.claim import Claim, Value
from cradlemark.label.comparability import comparability_class
from cradlemark.label.grade import grade, grade_claim
from cradlemark.label.number import LabelNumber
from cradlemark.label.percentiles import binomial_below, quantile_band, share_band, standing
from cradlemark.label.programme_reader import load_programme

ON = datetime.date(2027, 1, 1)
DEMO = load_programme("demonstration")
BASE = claim()


def labelled(
    sequence: int, value: float, *, holder: str = "", until: str = "2028-11-27", models: tuple[str, ...] = (),
    **more: Any,
) -> Claim:  # fmt: skip
    figure = Value(value, None, None, f"{value:g}", "kg")
    return attrs.evolve(
        BASE,
        number=str(LabelNumber("DEMO", sequence)),
        product=attrs.evolve(
            BASE.product, classification=("CPC 46212",), models=models or (f"M-{sequence}",)
        ),
        holder=attrs.evolve(BASE.holder, name=Text(holder or f"Works {sequence}")),
        values=attrs.evolve(BASE.values, life_cycle=figure),
        validity=attrs.evolve(BASE.validity, until=until),
        **more,
    )


def population(count: int = 12, **options: Any) -> BenchmarkSet:
    """Values 1 to n, each of another holder."""
    claims = [labelled(100 + place, float(place)) for place in range(1, count + 1)]
    return make_benchmark(claims, **{"programme": DEMO.id, "on": ON, "least": 10, "anonymity": 3, **options})


def refused(given: Claim, benchmark: BenchmarkSet, **options: Any) -> str:
    with pytest.raises(StateError) as caught:
        grade(given, benchmark, options.pop("programme", DEMO), on=options.pop("on", ON))
    assert caught.value.code == "grade-refused"
    return caught.value.message.en


# -- statistics --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("below", "count", "low", "high"),
    [(0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (2, 10, 0.0252, 0.5561), (10, 10, 0.6915, 1.0)],
)
def test_bands_of_textbooks(below: int, count: int, low: float, high: float) -> None:
    """Exact 95 % limits of a binomial share, as in every table of Clopper and Pearson."""
    assert share_band(below, count) == pytest.approx((low, high), abs=5e-5)


@given(
    st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))),
    st.sampled_from([0.8, 0.95, 0.99]),
)
def test_bands_as_scipy_has_them(shares: tuple[int, int], confidence: float) -> None:
    below, count = shares
    found = scipy.stats.binomtest(below, count).proportion_ci(confidence, "exact")
    assert share_band(below, count, confidence=confidence) == pytest.approx((found.low, found.high), abs=1e-9)


@given(st.integers(0, 300), st.integers(1, 300), st.floats(0.0, 1.0))
def test_binomial_as_scipy_has_it(limit: int, count: int, share: float) -> None:
    expected = scipy.stats.binom.cdf(limit - 1, count, share)
    assert binomial_below(limit, count, share) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(
    ("count", "r", "s", "confidence"),
    [(6, 1, 6, 0.9688), (10, 2, 9, 0.9785), (15, 4, 12, 0.9648), (20, 6, 15, 0.9586)],
)
def test_order_statistics_around_the_median(count: int, r: int, s: int, confidence: float) -> None:
    """Distribution-free limits of the median, as tabled in textbooks of nonparametric statistics (sign test)."""
    found = quantile_band(count, 0.5)
    assert found is not None
    assert found[:2] == (r, s)
    assert found[2] == pytest.approx(confidence, abs=5e-5)


def test_too_few_values_have_no_band() -> None:
    assert quantile_band(5, 0.5) is None
    assert quantile_band(30, 0.01) is None


@given(st.integers(2, 200), st.floats(0.05, 0.95))
def test_a_band_covers_as_much_as_it_says(count: int, share: float) -> None:
    found = quantile_band(count, share)
    if found is not None:
        r, s, confidence = found
        assert 1 <= r < s <= count
        assert 0.95 - 1e-12 <= confidence <= 1.0
        expected = scipy.stats.binom.cdf(s - 1, count, share) - scipy.stats.binom.cdf(r - 1, count, share)
        assert confidence == pytest.approx(expected, abs=1e-9)


def test_standing_counts_lower_values_only() -> None:
    found = standing(3.0, [1.0, 2.0, 3.0, 4.0])
    assert (found.below, found.count, found.percentile) == (2, 4, 50.0)
    with pytest.raises(CradlemarkError):
        standing(1.0, [])


# -- classes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"unit": attrs.evolve(BASE.unit, declared_unit="kg")}, "declared unit"),
        ({"unit": attrs.evolve(BASE.unit, functional_unit=Text("To hold", "固定"))}, "functional unit"),
        ({"basis": attrs.evolve(BASE.basis, boundary="cradle_to_gate")}, "system boundary"),
        ({"basis": attrs.evolve(BASE.basis, rule_pack="other")}, "rule pack"),
        (
            {"basis": attrs.evolve(BASE.basis, rule_pack_digest="sha256:" + "9" * 64)},
            "edition of the rule pack",
        ),
        ({"basis": attrs.evolve(BASE.basis, gwp_set="AR5")}, "GWP set"),
        ({"basis": attrs.evolve(BASE.basis, end_of_life_method="module_d")}, "end-of-life method"),
    ],
)
def test_every_difference_makes_another_class(change: dict[str, Any], word: str) -> None:
    one, two = comparability_class(labelled(1, 1.0)), comparability_class(labelled(1, 1.0, **change))
    assert one.id != two.id
    assert [text.en.partition(":")[0] for text in one.differences(two)] == [word]
    assert all(text.complete for text in one.differences(two))


def test_electricity_basis_and_classification_make_another_class() -> None:
    one = labelled(1, 1.0)
    other = attrs.evolve(one, values=attrs.evolve(one.values, electricity_basis="location"))
    if other == one:
        other = attrs.evolve(one, values=attrs.evolve(one.values, electricity_basis="market"))
    third = attrs.evolve(one, product=attrs.evolve(one.product, classification=("CPC 46213",)))
    assert len({comparability_class(each).id for each in (one, other, third)}) == 3


def test_a_product_without_classification_has_no_class() -> None:
    with pytest.raises(StateError) as caught:
        comparability_class(BASE)
    assert caught.value.code == "class-unknown"


# -- benchmark sets ----------------------------------------------------------------------------------------------------


def test_a_set_is_read_back_and_its_digest_does_not_depend_on_the_order() -> None:
    claims = [labelled(place, float(place)) for place in range(1, 13)]
    options: dict[str, Any] = {"programme": DEMO.id, "on": ON, "least": 10, "anonymity": 3}
    one, two = make_benchmark(claims, **options), make_benchmark(reversed(claims), **options)
    assert one.digest == two.digest
    assert read_benchmark(one.content) == one


def test_versions_are_a_chain() -> None:
    first = population()
    second = population(13, previous=first)
    assert (second.version, second.previous) == (2, first.digest)


def test_expired_and_followed_claims_are_left_out() -> None:
    old = labelled(1, 9.0)
    new = labelled(2, 8.0, previous=old.number)
    gone = labelled(3, 7.0, until="2026-12-31")
    found = make_benchmark((old, new, gone), programme="x", on=ON, least=1, anonymity=1)
    assert [member.number for member in found.members] == [new.number]
    assert found.population(datetime.date(2028, 11, 27))
    assert not found.population(datetime.date(2028, 11, 28))


def test_other_classes_do_not_mix() -> None:
    other = labelled(2, 1.0, basis=attrs.evolve(BASE.basis, gwp_set="AR5"))
    with pytest.raises(StateError, match="GWP set") as caught:
        make_benchmark((labelled(1, 1.0), other), programme="x", on=ON, least=1, anonymity=1)
    assert caught.value.code == "benchmark-mixed"
    with pytest.raises(StateError) as caught:
        make_benchmark((), programme="x", on=ON, least=1, anonymity=1)
    assert caught.value.code == "benchmark-empty"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda c: b"{}", "benchmark-unreadable"),
        (lambda c: b"\xff", "benchmark-unreadable"),
        (lambda c: c + b" ", "benchmark-changed"),
        (lambda c: c.replace(b'"least":10', b'"least":0'), "benchmark-unreadable"),
        (lambda c: c.replace(b'"value":7', b'"value":"7"'), "benchmark-changed"),
        (lambda c: c.replace(b"2028-11-27", b"2028-13-27"), "benchmark-unreadable"),
        (lambda c: c.replace(b'"version":1', b'"version":1,"more":2'), "benchmark-unreadable"),
    ],
)
def test_a_changed_document_is_refused(change: Any, code: str) -> None:
    content = population().content
    with pytest.raises(CradlemarkError) as caught:
        read_benchmark(change(content))
    assert caught.value.code == code


# -- what is shown -----------------------------------------------------------------------------------------------------


def test_percentiles_are_means_over_enough_holders() -> None:
    shown = published_percentiles(population(12), ON)
    assert [(one.percentile, one.value) for one in shown] == [
        (20.0, 2.0),
        (50.0, 5.0),
        (60.0, 8.0),
        (80.0, 11.0),
    ]
    assert (shown[1].low, shown[1].high) == (2.0, 11.0)


def test_nothing_is_shown_of_few_products_or_few_holders() -> None:
    assert published_percentiles(population(9), ON) == ()
    two = [labelled(place, float(place), holder=f"H{place % 2}") for place in range(1, 21)]
    few = make_benchmark(two, programme="x", on=ON, least=10, anonymity=3)
    assert published_percentiles(few, ON) == ()


@given(
    st.lists(st.tuples(st.floats(0.1, 100.0), st.integers(0, 6)), min_size=10, max_size=60), st.integers(2, 4)
)
def test_no_value_of_fewer_holders_follows_from_what_is_shown(
    rows: list[tuple[float, int]], holders: int
) -> None:
    """Every figure is a mean of one of some disjoint groups, and every group has enough holders."""
    claims = [labelled(place, value, holder=f"H{holder}") for place, (value, holder) in enumerate(rows)]
    found = make_benchmark(claims, programme="x", on=ON, least=10, anonymity=holders)
    shown = published_percentiles(found, ON)
    if found.holders(ON) < holders:
        assert shown == ()
        return
    ordered = sorted(found.members, key=lambda member: (member.value, member.number))
    groups = cut(ordered, holders)
    means = {math.fsum(m.value for m in group) / len(group) for group in groups}
    assert all(len({m.holder for m in group}) >= holders for group in groups)
    figures = {figure for one in shown for figure in (one.value, one.low, one.high) if figure is not None}
    assert figures <= means


def cut(ordered: Sequence[Any], holders: int) -> list[list[Any]]:
    groups: list[list[Any]] = []
    current: list[Any] = []
    for member in ordered:
        current.append(member)
        if len({one.holder for one in current}) == holders:
            groups.append(current)
            current = []
    groups[-1].extend(current) if groups else groups.append(current)
    return groups


def test_groups_of_one_holder_in_a_row_grow_until_others_come() -> None:
    rows = [
        (1.0, "A"),
        (2.0, "A"),
        (3.0, "A"),
        (4.0, "B"),
        (5.0, "C"),
        *((float(v), f"Z{v}") for v in range(6, 13)),
    ]
    claims = [labelled(place, value, holder=holder) for place, (value, holder) in enumerate(rows)]
    shown = published_percentiles(make_benchmark(claims, programme="x", on=ON, least=10, anonymity=3), ON)
    assert shown[0].value == 3.0


# -- grades ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "name"), [(0.5, "A"), (3.5, "B"), (5.5, "C"), (9.5, "D"), (12.5, "E")])
def test_grade_by_percentile(value: float, name: str) -> None:
    found = grade(labelled(1, value), population(), DEMO, on=ON)
    assert found.grade.grade == name
    assert found.grade.count == 12
    assert found.grade.low <= found.grade.percentile <= found.grade.high
    assert found.best <= found.grade.grade <= found.worst


def test_a_small_population_leaves_the_grade_open_and_a_large_one_does_not() -> None:
    assert not grade(labelled(1, 0.5), population(), DEMO, on=ON).sure
    assert grade(labelled(1, 0.5), population(100), DEMO, on=ON).sure


def test_own_labels_are_not_held_against_themselves() -> None:
    benchmark = population()
    mine = labelled(101, 1.0)
    follower = labelled(1, 1.0, previous=mine.number)
    assert grade(mine, benchmark, DEMO, on=ON).grade.count == 11
    assert grade(follower, benchmark, DEMO, on=ON).grade.count == 11


def test_refusals_name_their_reason() -> None:
    mine = labelled(1, 1.0)
    assert "too few valid products: 9 of 10 needed" in refused(mine, population(9))
    assert "later than" in refused(mine, population(), on=datetime.date(2026, 12, 1))
    assert "benchmark is of programme x" in refused(mine, population(programme="x"))
    assert "grants no grades" in refused(mine, population(), programme=load_programme("epd-type"))
    other = labelled(1, 1.0, unit=attrs.evolve(BASE.unit, declared_unit="kg"))
    assert "declared unit: 1 kg against 1 piece" in refused(other, population())
    one = [labelled(place, float(place), holder="One") for place in range(1, 21)]
    alone = make_benchmark(one, programme=DEMO.id, on=ON, least=10, anonymity=3)
    assert "too few holders: 1 of 3 needed" in refused(labelled(40, 1.0), alone)


def test_members_that_expire_make_a_set_too_small() -> None:
    claims = [labelled(p, float(p), until="2027-06-30" if p > 9 else "2028-11-27") for p in range(1, 13)]
    benchmark = make_benchmark(claims, programme=DEMO.id, on=ON, least=10, anonymity=3)
    mine = labelled(40, 5.0)
    assert grade(mine, benchmark, DEMO, on=datetime.date(2027, 6, 30)).grade.count == 12
    assert "too few" in refused(mine, benchmark, on=datetime.date(2027, 7, 1))


def test_the_claim_of_a_grade() -> None:
    mine = labelled(1, 0.5)
    benchmark = population()
    made = grade_claim(mine, grade(mine, benchmark, DEMO, on=ON))
    assert made.kind == "grade"
    assert made.grade is not None
    assert (made.grade.benchmark, made.grade.comparability_class) == (
        benchmark.digest,
        benchmark.comparability.id,
    )


# -- one product, several labels ---------------------------------------------------------------------------------------


def test_a_product_counts_once_with_its_latest_label() -> None:
    first = labelled(1, 5.0, holder="One", models=("A", "B"))
    later = attrs.evolve(
        labelled(2, 4.0, holder="One", models=("B",)),
        validity=attrs.evolve(BASE.validity, issued="2026-12-01"),
    )
    other = labelled(3, 6.0, holder="Two", models=("B",))
    found = make_benchmark((first, later, other), programme="x", on=ON, least=1, anonymity=1)
    assert [member.number for member in found.members] == [later.number, other.number]


def test_the_same_gtin_is_the_same_product_under_another_name() -> None:
    products = [
        attrs.evolve(BASE.product, gtin="4006381333931", models=(model,), classification=("CPC 1",))
        for model in "AB"
    ]
    claims = [
        attrs.evolve(labelled(place, 5.0, holder="One"), product=product)
        for place, product in enumerate(products)
    ]
    assert len(make_benchmark(claims, programme="x", on=ON, least=1, anonymity=1).members) == 1


def test_a_product_is_not_held_against_its_own_other_labels() -> None:
    """The footprint label that had to be there first says nothing about how others do."""
    benchmark = population()
    mine = labelled(1, 1.0, holder="Works 101", models=("M-101",))
    assert grade(mine, benchmark, DEMO, on=ON).grade.count == 11
    assert (
        grade(
            attrs.evolve(mine, holder=attrs.evolve(mine.holder, name=Text("Others"))), benchmark, DEMO, on=ON
        ).grade.count
        == 12
    )


def test_a_grade_names_day_version_and_holders_of_its_population() -> None:
    found = grade(labelled(1, 0.5), population(13, previous=population()), DEMO, on=ON).grade
    assert (found.version, found.as_of, found.holders, found.count) == (2, ON.isoformat(), 13, 13)
