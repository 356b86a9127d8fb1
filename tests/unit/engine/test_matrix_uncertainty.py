"""Columnar distributions: the same draws as the scalar ones, and what cannot be is refused by name."""

from __future__ import annotations

import numpy as np
import pytest

from cradlemark.core.errors import InputErrors
from cradlemark.engine.distributions import Distribution, draw
from cradlemark.engine.matrix_uncertainty import (
    Uncertainty,
    check_uncertainty,
    code,
    combined_gsd,
    draw_amounts,
    no_uncertainty,
    with_pedigree,
)
from cradlemark.engine.system import Entries

DRAWS = 40_000


def column(amount: float, kind: str, first: float, second: float = 0.0) -> tuple[Entries, Uncertainty]:
    zeros = np.zeros(DRAWS, int)
    entries = Entries(zeros, zeros, np.full(DRAWS, amount))
    spread = Uncertainty(np.full(DRAWS, code(kind)), np.full(DRAWS, first), np.full(DRAWS, second))
    check_uncertainty("technosphere", entries, spread)
    return entries, spread


@pytest.mark.parametrize(
    ("kind", "parameters", "amount"),
    [
        ("lognormal", {"gsd": 1.4}, -3.0),
        ("normal", {"sd": 0.5}, 2.0),
        ("uniform", {"low": 1.0, "high": 4.0}, 2.0),
        ("triangular", {"low": -4.0, "high": -1.0}, -2.0),
        ("triangular", {"low": 2.0, "high": 2.0}, 2.0),
    ],
)
def test_same_as_the_scalar_distribution(kind: str, parameters: dict[str, float], amount: float) -> None:
    first, second = [*parameters.values(), 0.0][:2]
    entries, spread = column(amount, kind, first, second)
    drawn = draw_amounts(entries, spread, np.random.default_rng(5))
    source = np.random.default_rng(5)
    normals = source.standard_normal(DRAWS if kind in {"lognormal", "normal"} else 0)
    uniforms = source.random(DRAWS if kind in {"uniform", "triangular"} else 0)
    wanted = draw(Distribution(kind, **parameters), amount, normals, uniforms)
    assert drawn == pytest.approx(wanted, rel=1e-13)


def test_mixed_entries_keep_their_places_and_signs() -> None:
    entries = Entries([0, 1, 2, 3, 4], [0, 0, 0, 0, 0], [1.0, -2.0, 3.0, -4.0, 5.0])
    spread = Uncertainty([0, 1, 2, 3, 4], [0, 1.2, 0.1, -5.0, 4.0], [0, 0, 0, -3.0, 7.0])
    check_uncertainty("technosphere", entries, spread)
    draws = np.array([draw_amounts(entries, spread, np.random.default_rng(i)) for i in range(4000)])
    assert (draws[:, 0] == 1.0).all()
    assert np.median(draws[:, 1]) == pytest.approx(-2.0, rel=0.02)
    assert np.log(-draws[:, 1]).std() == pytest.approx(np.log(1.2), rel=0.05)
    assert draws[:, 2].mean() == pytest.approx(3.0, abs=0.01)
    assert draws[:, 2].std() == pytest.approx(0.1, rel=0.05)
    assert (draws[:, 3] >= -5.0).all()
    assert (draws[:, 3] <= -3.0).all()
    assert draws[:, 4].mean() == pytest.approx((4 + 5 + 7) / 3, abs=0.05)
    assert abs(np.corrcoef(draws[:, 1], draws[:, 2])[0, 1]) < 0.06


def test_every_impossible_distribution_is_named() -> None:
    entries = Entries([0] * 6, [0] * 6, [1.0] * 6)
    spread = Uncertainty([1, 2, 3, 4, 9, 1], [0.9, -1.0, 2.0, np.nan, 0.0, 1.1], [0, 0, 3.0, 2.0, 0, 0])
    with pytest.raises(InputErrors) as error:
        check_uncertainty("biosphere", entries, spread)
    assert [problem.where for problem in error.value.problems] == [f"biosphere, entry {i}" for i in range(5)]
    assert {problem.code for problem in error.value.problems} == {"distribution-invalid"}


def test_lengths_have_to_match() -> None:
    entries = Entries([0], [0], [1.0])
    with pytest.raises(InputErrors, match="one distribution for each entry"):
        check_uncertainty("biosphere", entries, no_uncertainty(Entries([0, 1], [0, 1], [1.0, 1.0])))


def test_pedigree_adds_in_squares() -> None:
    assert combined_gsd(np.array([1.05]), np.array([1.2])) == pytest.approx(
        np.exp(np.sqrt(np.log(1.05) ** 2 + np.log(1.2) ** 2))
    )


def scores(*entries: tuple[int, ...]) -> np.ndarray:
    return np.array(entries)


def test_ecoinvent_adds_variances_of_the_logarithm() -> None:
    """varianceWithPedigreeUncertainty of ecoinvent 3 files: 0.0006 with (1, 2, 1, 1, 1), and 0.0081 with (4, 2, 1, 1, 1)."""
    entries = Entries([0] * 3, [0] * 3, [2.0, -3.0, 1.0])
    basic = Uncertainty([1, 1, 1], np.exp(np.sqrt([0.0006, 0.0414076479170032, 0.0006])), [0, 0, 0])
    total = with_pedigree(entries, basic, scores((1, 2, 1, 1, 1), (4, 2, 1, 1, 1), (5, 5, 5, 5, 5)))
    wanted = [0.0007, 0.0495076479170032, 0.0006 + 0.04 + 0.008 + 0.04 + 0.002 + 0.12]
    assert np.log(total.first) ** 2 == pytest.approx(wanted)


def test_the_square_of_the_standard_deviation_adds_in_other_families() -> None:
    added = 0.04 + 0.12
    amount = np.array([2.0, -3.0, 4.0, 5.0, 6.0, 7.0])
    entries = Entries([0] * 6, [0] * 6, amount)
    basic = Uncertainty([0, 2, 3, 4, 4, 1], [0, 0.5, 3.0, 4.5, 6.0, 1.1], [0, 0, 6.0, 7.0, 6.0, 0])
    rows = scores(*[(5, 1, 1, 1, 5)] * 5, (0, 0, 0, 0, 0))
    total = with_pedigree(entries, basic, rows)
    check_uncertainty("technosphere", entries, total)
    assert total.kind.tolist() == basic.kind.tolist()
    for place, sd in ((1, 0.5), (2, 3.0 / np.sqrt(12.0)), (3, None)):
        one = Entries([0] * DRAWS, [0] * DRAWS, np.full(DRAWS, amount[place]))
        before, after = (
            draw_amounts(
                one,
                Uncertainty(
                    *(np.full(DRAWS, column[place]) for column in (spread.kind, spread.first, spread.second))
                ),
                np.random.default_rng(4),
            ).std()
            for spread in (basic, total)
        )
        if sd is not None:
            assert before == pytest.approx(sd, rel=0.01)
        assert after**2 == pytest.approx(before**2 + amount[place] ** 2 * np.expm1(added), rel=0.02)
    for place in (0, 4, 5):
        assert (total.first[place], total.second[place]) == pytest.approx(
            (basic.first[place], basic.second[place])
        )


def test_impossible_scores_are_named() -> None:
    entries = Entries([0] * 2, [0] * 2, [1.0, 1.0])
    with pytest.raises(InputErrors) as error:
        with_pedigree(entries, no_uncertainty(entries), scores((1, 1, 1, 1, 1), (1, 6, 1, 1, 1)))
    assert [problem.where for problem in error.value.problems] == ["entry 1"]
