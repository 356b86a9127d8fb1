"""Results that many tests read."""

from __future__ import annotations

import pytest
from tests.unit.footprint.builders import calculation, dataset, lognormal, rich_study

from cradlemark.footprint.calculate import Calculation
from cradlemark.footprint.footprint import Footprint


@pytest.fixture(scope="session")
def rich() -> Calculation:
    """A result with every part filled."""
    return calculation(rich_study(), dataset("truck", 0.1, "tkm", uncertainty=lognormal(1.4)), draws=200)


@pytest.fixture(scope="session")
def result(rich: Calculation) -> Footprint:
    """Its footprint."""
    return rich.footprint
