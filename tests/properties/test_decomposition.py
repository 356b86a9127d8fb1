"""Any two studies: the causes sum to the difference, turn with it, and so do their draws."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.footprint.builders import PACK

from cradlemark.core.errors import CradlemarkError
from cradlemark.footprint.alignment import align
from cradlemark.footprint.calculate import Calculation, Model
from cradlemark.footprint.decomposition import decompose, parts_of
from cradlemark.footprint.drawn_leaves import drawn_leaves
from cradlemark.footprint.leaves import leaves_of
from cradlemark.product.study import Study

_SPEC = importlib.util.spec_from_file_location(
    "test_footprint_studies", Path(__file__).with_name("test_footprint_studies.py")
)
assert _SPEC is not None
assert _SPEC.loader is not None
studies = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(studies)

DRAWS = 8


def calculated(wanted: Study) -> tuple[Model, Calculation] | None:
    try:
        model = Model.of(studies.usable(wanted), studies.HELD, studies.Everything(studies.HELD), PACK)
        return model, model.calculate(draws=DRAWS, allow_gaps=True)
    except CradlemarkError:
        return None


def check(one: tuple[Model, Calculation], two: tuple[Model, Calculation]) -> None:
    before, after = one[1].footprint, two[1].footprint
    scale = sum(abs(line.total) for found in (before, after) for line in found.lines)
    found = decompose(before, after)
    assert math.fsum(found.parts.values()) == pytest.approx(found.difference, rel=1e-12, abs=1e-300)
    assert found.difference == pytest.approx(after.total - before.total, abs=1e-12 * scale)
    back = decompose(after, before)
    for cause, amount in found.parts.items():
        assert back.parts[cause] == pytest.approx(-amount, abs=1e-11 * scale)
    pairs = align(drawn_leaves(*_drawn(one)), drawn_leaves(*_drawn(two)))
    drawn = sum(
        (np.asarray(part) for pair in pairs for part in parts_of(pair).values()), start=np.zeros(DRAWS)
    )
    expected = two[1].draws["total"] - one[1].draws["total"]
    size = np.abs(two[1].draws["total"]) + np.abs(one[1].draws["total"]) + scale
    assert (np.abs(drawn - expected) <= 1e-9 * size).all()


def _drawn(item: tuple[Model, Calculation]) -> tuple[Model, object]:
    return item[0], item[1].footprint


def test_any_two_studies() -> None:
    checked: list[bool] = []

    @settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.tuples(studies.strategies.studies(), studies.strategies.studies()))
    def every(wanted: tuple[Study, Study]) -> None:
        one, two = map(calculated, wanted)
        if one and two:
            check(one, two)
            checked.append(len(leaves_of(one[1].footprint)) + len(leaves_of(two[1].footprint)) > 0)

    every()
    assert sum(checked) > 5
