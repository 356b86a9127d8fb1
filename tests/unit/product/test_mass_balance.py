import numpy as np
import pytest

from cradlemark.core.errors import InputErrors
from cradlemark.product.mass_balance import balance, chain, gross_input


def test_gross_input_divides_by_every_yield():
    assert gross_input(net=0.855, yields=(0.9, 0.95)) == pytest.approx(1.0)
    assert gross_input(net=0.5, yields=()) == 0.5


def test_scrap_of_the_chain_is_gross_minus_net():
    steps = chain(net=0.0065, yields=(0.8, 0.97, 0.99))
    gross = gross_input(net=0.0065, yields=(0.8, 0.97, 0.99))
    assert sum(step.scrap for step in steps) == pytest.approx(gross - 0.0065, rel=1e-12)
    assert (steps[0].input, steps[-1].output) == (gross, 0.0065)


def test_every_impossible_yield_is_named():
    with pytest.raises(InputErrors) as caught:
        gross_input(net=1.0, yields=(0.0, 0.9, 1.2, -0.1), where="row 7")
    assert [problem.message.en.split(" is ")[0] for problem in caught.value.problems] == [
        "yield of step 1", "yield of step 3", "yield of step 4",
    ]  # fmt: skip
    assert caught.value.where == "row 7"


def test_residual_is_reported_with_its_sign():
    assert balance(gross=1.0, net=0.7, scrap=0.2, loss=0.05).residual == pytest.approx(0.05)
    too_much = balance(gross=1.0, net=0.9, scrap=0.2)
    assert too_much.residual == pytest.approx(-0.1)
    assert (too_much.net, too_much.scrap, too_much.loss) == (0.9, 0.2, 0.0)
    assert too_much.relative_residual == pytest.approx(-0.1)


def test_draws_are_kept():
    result = gross_input(net=1.0, yields=(np.array([0.5, 0.8]),))
    assert np.array_equal(result, [2.0, 1.25])


def test_negative_masses_are_refused():
    with pytest.raises(InputErrors) as caught:
        balance(gross=0.0, net=-1.0, scrap=-2.0, loss=-3.0)
    assert len(caught.value.problems) == 4
