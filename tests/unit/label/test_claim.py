"""The claim: taken over from the result, canonical, readable again."""

from __future__ import annotations

import json
from math import fsum

import attrs
import pytest
from tests.unit.footprint.builders import grave, material, part, study
from tests.unit.label.builders import claim, sealed, sealed_footprint

from cradlemark.core.errors import InputError, StateError, TrustError
from cradlemark.label.claim import read_claim, stated
from cradlemark.label.derive import PARTIAL
from cradlemark.product.study import GATE_STAGES


def test_figures_are_those_of_the_result() -> None:
    result = sealed_footprint()
    made = claim(result=result)
    assert made.values.gate.figure == result.cradle_to_gate
    assert made.values.life_cycle is not None
    assert made.values.life_cycle.figure == result.life_cycle
    assert made.values.life_cycle.low == result.interval("total").low
    gate = fsum(part for stage in GATE_STAGES for part in made.values.by_stage[stage])
    assert gate == pytest.approx(result.cradle_to_gate, rel=1e-12)
    assert "D" not in made.values.by_stage
    assert made.digests.result == result.digest


def test_partial_footprint_says_that_it_is_one() -> None:
    result = sealed(study(part("body", material("steel", 0.5))))
    made = claim(result=result)
    assert made.values.life_cycle is None
    assert PARTIAL in made.limits
    assert set(made.values.by_stage) == set(GATE_STAGES)
    assert made.values.gate.low == result.interval("total").low


def test_claim_is_the_same_when_read_again() -> None:
    made = claim()
    again = read_claim(bytes(made))
    assert again == made
    assert again.digest == made.digest
    assert attrs.evolve(made, number="DEMO-000010-" + claim(32).number[-2:]).digest != made.digest


def test_claim_that_was_touched_is_refused() -> None:
    content = bytes(claim())
    with pytest.raises(TrustError) as caught:
        read_claim(json.dumps(json.loads(content), indent=1).encode())
    assert caught.value.code == "claim-changed"
    for bad in (
        b"{}", b"", content.replace(b'"kind":"footprint"', b'"kind":"best"'), content[:-1],
        content.replace(b'"holder":{', b'"holder":{"extra":1,'), content.replace(b'"mass":', b'"muss":'),
    ):  # fmt: skip
        with pytest.raises(InputError):
            read_claim(bad)


def test_unfinished_results_make_no_claim() -> None:
    open_result = attrs.evolve(sealed_footprint(), digest="")
    with pytest.raises(StateError) as caught:
        claim(result=open_result)
    assert caught.value.code == "claim-not-sealed"
    body = part("body", material("steel", 0.5), material("unobtainium", 0.5))
    gap = sealed(grave(body), allow_gaps=True)
    assert gap.gaps
    with pytest.raises(StateError) as caught:
        claim(result=gap)
    assert caught.value.code == "claim-incomplete"


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        (0.0514987, ("51.5", "g")), (0.9996, ("1000", "g")), (1.0, ("1.00", "kg")), (12.345, ("12.3", "kg")),
        (12_345.0, ("12.3", "t")), (-0.2, ("-200", "g")), (0.0, ("0", "g")), (3.2e-6, ("0.00320", "g")),
    ],
)  # fmt: skip
def test_figures_are_printed_with_three_digits(figure: float, expected: tuple[str, str]) -> None:
    assert stated(figure) == expected
