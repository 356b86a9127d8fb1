"""Remarks of the solver in Chinese: none of its sentences stays English."""

from __future__ import annotations

import re

import pytest

from cradlemark.inventory.processes.plausibility import doubt_of
from cradlemark.inventory.processes.remark_words import phrase


@pytest.mark.parametrize(
    ("product", "process", "unit", "value"),
    [
        ("Electricity, at grid", "Electricity, at Grid, FRCC, 2008", "MJ", 0.70),
        ("Aluminium, primary, ingot", "", "kg", 0.3),
        ("Aluminium, primary, ingot", "", "kg", 900.0),
        ("polyvinylchloride resin", "Production of epoxy resin ; polypropylene production", "kg", 3.0),
        ("Cars", "", "EUR", 1e-6),
        ("Fuel grade uranium", "", "kg", 1.0),
        ("Natural gas", "", "m3", 3000.0),
    ],
)
def test_every_doubt_is_said_in_chinese(product: str, process: str, unit: str, value: float) -> None:
    doubt = doubt_of(product, process, unit, value)
    assert doubt
    assert phrase(doubt, "en") == doubt
    said = phrase(doubt, "zh")
    assert not re.search(r"\b(per|expected|plausible|lowest|highest|named|perhaps|written)\b", said), said
