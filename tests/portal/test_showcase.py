"""The products of the demonstration are real studies: they calculate, follow the rules, and land where such products land."""

from __future__ import annotations

import pytest

from cradlemark.portal.showcase.studies import content, study_document
from cradlemark.registry.studies.compiled import compiled

EXPECTED = {
    "terminal-25": (0.03, 0.08), "terminal-4": (0.05, 0.13), "terminal-pe": (0.04, 0.11), "battery-module": (90, 200),
    "gear-housing": (1, 4), "pump-cover": (5, 13), "glass-pane": (14, 32), "rock-wool": (12, 32), "cotton-jersey": (7, 16),
    "fleece": (2, 7), "carton": (0.2, 0.8), "preform": (0.05, 0.12),
}  # fmt: skip
"""What such products are usually said to have, cradle to gate [kg CO2e per declared unit]; orders of magnitude."""


@pytest.mark.parametrize("product", [one["id"] for one in content()["products"]])
def test_study_calculates_without_gaps_and_errors(product: str) -> None:
    found = compiled(study_document(product, year=2025)).calculate(draws=0).footprint
    assert found.gaps == ()
    assert [one for one in found.findings if one.severity == "error"] == []
    low, high = EXPECTED[product]
    assert low < found.total < high
    heavier = compiled(study_document(product, year=2025, heavier=1.1)).calculate(draws=0).footprint
    assert heavier.total > found.total
