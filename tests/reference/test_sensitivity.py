"""Sensitivity indices against values that others derived.

Ishigami function f = sin x1 + a sin² x2 + b x3⁴ sin x1 with a = 7, b = 0.1, inputs uniform in (-π, π): the analytic variance
shares are those of Sobol' and Levitan (1999) as given by Saltelli et al., Global Sensitivity Analysis: The Primer (2008);
moment-independent indices about 0.21, 0.39 and 0.16: Borgonovo, Reliab. Eng. Syst. Saf. 92 (2007) 771-784, and Plischke,
Borgonovo and Smith, Eur. J. Oper. Res. 226 (2013) 536-550.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from cradlemark.engine.distributions import Distribution
from cradlemark.engine.sensitivity import UncertainInput, given_data, sobol

A, B = 7.0, 0.1
VARIANCE = A**2 / 8 + B * math.pi**4 / 5 + B**2 * math.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * math.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / VARIANCE
TOGETHER = B**2 * math.pi**8 * (1 / 18 - 1 / 50) / VARIANCE
TOTAL = FIRST + np.array([TOGETHER, 0.0, TOGETHER])
DELTA = np.array([0.21, 0.39, 0.16])
NAMES = ("x1", "x2", "x3")


def ishigami(x: np.ndarray) -> np.ndarray:
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def test_variance_shares_of_the_ishigami_function() -> None:
    assert pytest.approx([0.3139, 0.4424, 0.0], abs=5e-5) == FIRST
    assert pytest.approx([0.5576, 0.4424, 0.2437], abs=5e-5) == TOTAL
    even = Distribution("uniform", low=-math.pi, high=math.pi)
    found = sobol([UncertainInput(name, 0.0, even) for name in NAMES], ishigami, samples=4096, seed=1)
    assert found.evaluations == 5 * 4096
    assert found.variance == pytest.approx(VARIANCE, rel=0.02)
    for values, half_width, exact in (
        (found.first, found.first_half_width, FIRST),
        (found.total, found.total_half_width, TOTAL),
    ):
        assert (half_width > 0.0).all()
        assert (half_width < 0.05).all()
        assert (np.abs(values - exact) <= 1.5 * half_width + 0.002).all()


def test_indices_of_the_ishigami_function_from_given_data() -> None:
    x = np.random.default_rng(2).uniform(-math.pi, math.pi, (3000, 3))
    found = given_data(NAMES, x, ishigami(x), seed=1, resamples=10)
    # with 3,000 draws there are 15 classes, in which x2 still varies: about a tenth is lost
    assert found.delta == pytest.approx(DELTA, abs=0.06)
    assert np.argsort(found.delta).tolist() == [2, 0, 1]
    assert (np.abs(found.first - FIRST) <= 1.5 * found.first_half_width + 0.02).all()
    assert (found.delta_half_width < 0.05).all()


def test_a_linear_model_of_normals_has_the_squares_of_its_terms() -> None:
    weight, sd = np.array([1.0, 2.0, 3.0, 0.5]), np.array([1.0, 1.0, 1.0, 0.5])
    share = (weight * sd) ** 2 / ((weight * sd) ** 2).sum()
    inputs = [UncertainInput(f"x{i}", 10.0, Distribution("normal", sd=float(sd[i]))) for i in range(4)]
    found = sobol(inputs, lambda x: 1e6 + 1e-3 * x @ weight, samples=2048, seed=3)
    assert found.first == pytest.approx(share, abs=0.02)
    assert found.total == pytest.approx(share, abs=0.02)
    assert found.mean == pytest.approx(1e6 + 0.01 * weight.sum(), rel=1e-9)
    x = 10.0 + np.random.default_rng(2).standard_normal((2000, 4)) * sd
    data = given_data([one.name for one in inputs], x, 1e6 + 1e-3 * x @ weight, seed=3, resamples=10)
    assert data.first == pytest.approx(share, abs=0.05)
    assert np.argsort(data.delta).tolist() == np.argsort(share).tolist()


def test_a_product_of_lognormals_has_known_shares() -> None:
    """Var = Π(1 + v_i) - 1 with v_i = exp(σ_i²) - 1 per squared mean; first order v_i / Var."""
    sigma = np.log([1.2, 1.5, 1.1])
    v = np.expm1(sigma**2)
    whole = np.prod(1 + v) - 1
    inputs = [
        UncertainInput(f"x{i}", 2.0, Distribution("lognormal", gsd=float(np.exp(s))))
        for i, s in enumerate(sigma)
    ]
    found = sobol(inputs, lambda x: x.prod(axis=1), samples=8192, seed=4)
    assert found.first == pytest.approx(v / whole, abs=0.02)
    assert found.total == pytest.approx(
        [1 - (np.prod(1 + np.delete(v, i)) - 1) / whole for i in range(3)], abs=0.02
    )
