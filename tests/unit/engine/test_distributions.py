"""Distributions: their checks, their draws, their first-order spread."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cradlemark.core.errors import InputError
from cradlemark.engine.distributions import Distribution, draw, log_gsd
from cradlemark.engine.propagation import input_draws

DRAWS = 200_000


def sample(distribution: Distribution, central: float) -> np.ndarray:
    return input_draws(distribution, central, draws=DRAWS, seed=1, key="x")


@pytest.mark.parametrize(
    "parameters",
    [
        {"kind": "cauchy"}, {"kind": "lognormal"}, {"kind": "lognormal", "gsd": 0.9}, {"kind": "lognormal", "gsd": 100.0},
        {"kind": "lognormal", "gsd": math.nan}, {"kind": "normal"}, {"kind": "normal", "sd": -1.0},
        {"kind": "normal", "sd": math.inf}, {"kind": "uniform", "low": 1.0}, {"kind": "uniform", "low": 2.0, "high": 1.0},
        {"kind": "triangular", "low": 0.0, "high": math.inf}, {"kind": "triangular", "low": math.nan, "high": 1.0},
    ],
)  # fmt: skip
def test_unusable_parameters_are_refused(parameters: dict[str, object]) -> None:
    with pytest.raises(InputError) as refused:
        Distribution(**parameters)  # type: ignore[arg-type]
    assert refused.value.code == "distribution-invalid"


def test_the_median_of_a_lognormal_is_the_central_value() -> None:
    found = sample(Distribution("lognormal", gsd=1.5), 3.0)
    assert np.median(found) == pytest.approx(3.0, rel=0.01)
    assert np.log(found).std() == pytest.approx(math.log(1.5), rel=0.01)


def test_moments_of_the_other_families() -> None:
    normal = sample(Distribution("normal", sd=0.2), 3.0)
    assert (normal.mean(), normal.std()) == pytest.approx((3.0, 0.2), rel=0.01)
    uniform = sample(Distribution("uniform", low=1.0, high=4.0), 2.0)
    assert (uniform.mean(), uniform.std()) == pytest.approx((2.5, 3 / math.sqrt(12)), rel=0.01)
    triangular = sample(Distribution("triangular", low=1.0, high=4.0), 2.0)
    assert triangular.mean() == pytest.approx((1 + 4 + 2) / 3, rel=0.01)
    variance = (1 + 16 + 4 - 4 - 2 - 8) / 18
    assert triangular.std() == pytest.approx(math.sqrt(variance), rel=0.01)
    assert triangular.min() >= 1.0
    assert triangular.max() <= 4.0


@pytest.mark.parametrize("kind", ["uniform", "triangular"])
def test_a_central_value_outside_its_bounds_is_refused(kind: str) -> None:
    with pytest.raises(InputError) as refused:
        sample(Distribution(kind, low=1.0, high=2.0), 3.0)  # type: ignore[arg-type]
    assert refused.value.code == "distribution-invalid"


def test_bounds_that_meet_are_a_constant() -> None:
    assert set(sample(Distribution("triangular", low=2.0, high=2.0), 2.0)) == {2.0}


@pytest.mark.parametrize(
    ("distribution", "central", "expected"),
    [
        (Distribution("lognormal", gsd=1.2), 5.0, math.log(1.2)),
        (Distribution("lognormal", gsd=1.2), 0.0, math.log(1.2)),
        (Distribution("normal", sd=0.5), -5.0, 0.1),
        (Distribution("normal", sd=0.5), 0.0, 0.0),
        (Distribution("uniform", low=0.0, high=math.sqrt(12.0)), 2.0, 0.5),
        (Distribution("triangular", low=-1.0, high=1.0), 0.0, 0.0),
        (Distribution("triangular", low=1.0, high=3.0), 2.0, math.sqrt(1 / 6) / 2),
    ],
)
def test_first_order_spread(distribution: Distribution, central: float, expected: float) -> None:
    assert log_gsd(distribution, central) == pytest.approx(expected)


def test_draws_come_from_seed_and_key_alone() -> None:
    one = Distribution("lognormal", gsd=1.2)
    first = input_draws(one, 1.0, draws=5, seed=1, key="a")
    assert list(first) == list(input_draws(one, 1.0, draws=5, seed=1, key="a"))
    assert list(first) != list(input_draws(one, 1.0, draws=5, seed=2, key="a"))
    assert list(first) != list(input_draws(one, 1.0, draws=5, seed=1, key="b"))
    assert list(first) == list(input_draws(one, 1.0, draws=9, seed=1, key="a")[:5])


def test_a_negative_number_may_be_lognormal() -> None:
    found = draw(Distribution("lognormal", gsd=2.0), -1.0, np.array([0.0, 1.0]), np.empty(0))
    assert list(found) == pytest.approx([-1.0, -2.0])
