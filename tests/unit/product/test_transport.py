import numpy as np
import pytest

from cradlemark.core.errors import InputErrors
from cradlemark.product.transport import tonne_kilometres


def test_packaging_and_empty_return_are_charged():
    assert tonne_kilometres(mass=1000.0, distance=100.0) == 100.0
    assert tonne_kilometres(mass=1000.0, distance=100.0, mass_factor=1.1) == pytest.approx(110.0)
    assert tonne_kilometres(mass=1000.0, distance=100.0, mass_factor=1.1, empty_return=0.5) == pytest.approx(
        165.0
    )


def test_wrong_values_are_reported_together():
    with pytest.raises(InputErrors) as caught:
        tonne_kilometres(mass=-1.0, distance=float("inf"), mass_factor=0.9, empty_return=1.5)
    assert len(caught.value.problems) == 4


def test_draws_are_kept():
    draws = np.array([1.0, 2.0])
    assert np.array_equal(tonne_kilometres(mass=draws * 1000.0, distance=10.0), [10.0, 20.0])
