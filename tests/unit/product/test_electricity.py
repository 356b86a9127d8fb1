import attrs
import numpy as np
import pytest

from cradlemark.core.errors import InputErrors, MissingDataErrors
from cradlemark.product.electricity import (
    CONDITIONS,
    ContractedAmount,
    coverage,
    location_based,
    market_based,
)
from cradlemark.product.study import Contract, Value

GOOD = Contract(
    id="wind", kind="certificates", amount=Value(None, "kWh"), text="wind certificates", conveys_attributes=True,
    unique_claim=True, tracked=True, close_in_time=True, same_market=True,
)  # fmt: skip


def contract(amount, name="wind", **changes):
    return ContractedAmount(attrs.evolve(GOOD, id=name, **changes), amount)


def test_the_remainder_is_left_to_the_residual_mix():
    result = coverage(used=1000.0, contracts=(contract(300.0), contract(200.0, "sun")))
    assert result.shares == pytest.approx({"wind": 0.3, "sun": 0.2})
    assert (result.residual_share, result.surplus) == (0.5, 0.0)


def test_surplus_contracts_count_only_up_to_the_use():
    result = coverage(used=100.0, contracts=(contract(300.0), contract(100.0, "sun")))
    assert result.shares == pytest.approx({"wind": 0.75, "sun": 0.25})
    assert (result.residual_share, result.surplus) == (0.0, 300.0)
    assert sum(item.energy for item in result.covered) == pytest.approx(100.0)


@pytest.mark.parametrize("condition", [name for name, _ in CONDITIONS])
def test_each_condition_is_needed(condition):
    result = coverage(used=100.0, contracts=(contract(100.0, **{condition: False}),))
    assert result.covered == ()
    assert result.residual_share == 1.0
    assert [refused.failing for refused in result.refused] == [(condition,)]
    assert result.refused[0].message.complete


def test_a_contract_that_states_nothing_fails_all_five():
    bare = Contract(id="green", kind="certificates", amount=Value(1.0, "kWh"), text="green power")
    result = coverage(used=100.0, contracts=(ContractedAmount(bare, 1.0), contract(40.0)))
    assert result.refused[0].failing == tuple(name for name, _ in CONDITIONS)
    assert len(CONDITIONS) == 5
    assert result.residual_share == pytest.approx(0.6)


def test_a_contract_of_zero_covers_nothing():
    assert coverage(used=10.0, contracts=(contract(0.0),)).residual_share == 1.0


def test_draws_are_covered_one_by_one():
    result = coverage(used=np.array([100.0, 50.0]), contracts=(contract(np.array([50.0, 100.0])),))
    assert np.array_equal(result.residual_share, [0.5, 0.0])
    assert np.array_equal(result.surplus, [0.0, 50.0])


def test_market_and_location_runs_differ():
    result = coverage(used=1000.0, contracts=(contract(400.0),))
    market = market_based(coverage=result, contract_intensities={"wind": 0.0324}, residual_intensity=0.6096)
    assert market == pytest.approx(400 * 0.0324 + 600 * 0.6096, rel=1e-12)
    assert location_based(uses=(600.0, 400.0), intensities=(0.6, 0.5)) == pytest.approx(560.0)


def test_missing_factors_are_named_together():
    with pytest.raises(MissingDataErrors) as caught:
        market_based(
            coverage=coverage(used=10.0, contracts=(contract(4.0),)),
            contract_intensities={},
            residual_intensity=None,
        )
    assert [p.code for p in caught.value.problems] == ["electricity-factor-missing", "residual-mix-missing"]


def test_full_coverage_needs_no_residual_mix():
    result = coverage(used=10.0, contracts=(contract(10.0),))
    assert market_based(coverage=result, contract_intensities={"wind": 0.1}, residual_intensity=None) == 1.0


def test_use_and_amounts_must_be_physical():
    with pytest.raises(InputErrors) as caught:
        coverage(used=0.0, contracts=(contract(-1.0),))
    assert len(caught.value.problems) == 2
