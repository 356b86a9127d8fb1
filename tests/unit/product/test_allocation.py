import numpy as np
import pytest

from cradlemark.core.errors import InputError, InputErrors, MissingDataErrors
from cradlemark.product.allocation import (
    ScreeningRule,
    advise_key,
    allocation_shares,
    check_shares,
    price_ratio_rule,
)


def test_shares_follow_weight_times_quantity():
    shares = dict(
        allocation_shares(quantities={"block": 3.0, "scrap": 1.0}, weights={"block": 2.0, "scrap": 4.0})
    )
    assert shares == {"block": 0.6, "scrap": 0.4}


def test_a_missing_quantity_is_not_zero():
    with pytest.raises(MissingDataErrors) as caught:
        allocation_shares(quantities={"a": 1.0, "b": None, "c": 2.0}, weights={"a": 1.0, "b": 1.0, "c": None})
    assert [p.message.en for p in caught.value.problems] == [
        "the quantity of co-product b is missing",
        "the weight of co-product c is missing",
    ]


def test_negative_quantities_and_unknown_weights_are_refused_together():
    with pytest.raises(InputErrors) as caught:
        allocation_shares(quantities={"a": -1.0, "b": 2.0}, weights={"a": 1.0, "b": 1.0, "z": 1.0})
    assert {p.code for p in caught.value.problems} == {"value-out-of-range", "allocation-unknown"}


@pytest.mark.parametrize("quantities", [{}, {"a": 0.0, "b": 0.0}])
def test_nothing_to_allocate_by(quantities):
    with pytest.raises(InputError):
        allocation_shares(quantities=quantities)


def test_the_sum_is_checked_to_a_billionth():
    check_shares((("a", 0.5), ("b", 0.5 + 5e-10)))
    for wrong in (0.5 + 2e-9, 0.5 - 2e-9, float("nan"), 0.4):
        with pytest.raises(InputErrors):
            check_shares((("a", 0.5), ("b", wrong)))


def test_the_sum_is_checked_in_every_draw():
    with pytest.raises(InputErrors) as caught:
        check_shares((("a", np.array([0.5, 0.6])), ("b", np.array([0.5, 0.5]))))
    assert caught.value.code == "shares-sum"


def test_price_ratio_at_the_threshold_stays_physical():
    assert advise_key(prices={"a": 1.0, "b": 5.0}).key == "physical"
    assert advise_key(prices={"a": 1.0, "b": 5.01}).key == "economic"
    assert (
        advise_key(prices={"a": 1.0, "b": 5.01}, rule=ScreeningRule(10.0, "own", "verified")).key
        == "physical"
    )


def test_the_packaged_rule_says_that_it_is_unverified():
    assert (price_ratio_rule().threshold, price_ratio_rule().status) == (5.0, "unverified")
    assert price_ratio_rule().source
