"""Sensitivity of backgrounds: entries found again in draws, scores by update, and what is refused."""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pytest
from benchmarks.synthetic_database import synthetic_system

from cradlemark.core.errors import InputError
from cradlemark.engine.background_draws import Model, background_draws, product_draws
from cradlemark.engine.background_scores import background_scores, uncertain_inputs
from cradlemark.engine.distributions import Distribution
from cradlemark.engine.drawn_inputs import entry_draws, line_draws, screen_entries
from cradlemark.engine.intensities import intensities
from cradlemark.engine.matrices import assemble
from cradlemark.engine.matrix_uncertainty import Uncertainty, no_uncertainty
from cradlemark.engine.sensitivity import UncertainInput, given_data, sobol
from cradlemark.engine.solve import InaccurateError, factorise
from cradlemark.engine.system import Entries, MatrixSystem

EVEN = Distribution("uniform", low=0.0, high=1.0)


def model(gsd: float = 1.2, *, count: int = 120) -> Model:
    system = synthetic_system(count, flows=60, categories=2)
    own = system.technosphere.row == system.technosphere.column
    spread = [
        Uncertainty(np.where(fixed, 0, 1), np.full(fixed.size, gsd), np.zeros(fixed.size))
        for fixed in (own, np.zeros(len(system.biosphere), bool))
    ]
    return Model(factorise(assemble(system)), *spread)


def hand_made() -> Model:
    """Two processes; only the fuel of the plant, the loop back and the emission of the mill are uncertain."""
    system = MatrixSystem(
        Entries([0, 1, 1, 0], [0, 1, 0, 1], [1.0, 2.0, -0.5, -0.4]),
        Entries([0, 0], [0, 1], [3.0, 1.0]),
        Entries([0], [0], [2.0]),
        ("mill", "plant"),
        ("steel", "power"),
        ("CO2",),
        ("climate",),
    )
    spread = Uncertainty([0, 0, 1, 3], [0, 0, 1.5, -0.9], [0, 0, 0, -0.1])
    return Model(factorise(assemble(system)), spread, Uncertainty([2, 0], [0.5, 0], [0, 0]))


def exact(row: np.ndarray, demand: np.ndarray) -> float:
    technosphere = np.array([[1.0, row[1]], [row[0], 2.0]])
    return float(2.0 * np.array([row[2], 1.0]) @ np.linalg.solve(technosphere, demand))


def test_scores_by_update_are_those_of_full_solves() -> None:
    chosen = hand_made()
    scores = background_scores(chosen.factors, {0: 1.0, 1: 3.0}, 0, technosphere=[2, 3], biosphere=[0])
    inputs = uncertain_inputs(scores, chosen.technosphere, chosen.biosphere)
    assert [one.name for one in inputs] == ["mill: power", "plant: steel", "mill: CO2"]
    rows = np.stack([one.quantile(np.random.default_rng(1).random(5000)) for one in inputs], axis=1)
    found = scores.scores(rows)
    assert found == pytest.approx([exact(row, np.array([1.0, 3.0])) for row in rows], rel=1e-12)


def test_scores_of_entries_that_share_places_rows_and_columns() -> None:
    chosen = model()
    system = chosen.factors.matrices.system
    random = np.random.default_rng(4)
    technosphere = np.sort(random.choice(np.flatnonzero(chosen.technosphere.kind), 30, replace=False))
    biosphere = np.sort(random.choice(len(system.biosphere), 10, replace=False))
    scores = background_scores(chosen.factors, {7: 2.0}, 1, technosphere=technosphere, biosphere=biosphere)
    central = np.append(system.technosphere.amount[technosphere], system.biosphere.amount[biosphere])
    assert scores.scores(central[None])[0] == pytest.approx(
        intensities(chosen.factors).of_demand({7: 2.0})[1]
    )
    rows = central * random.lognormal(0.0, 0.2, (3, central.size))
    found = scores.scores(rows)
    assert np.unique(found).size == 3  # each of the three was checked against a full solve


def test_a_score_that_a_full_solve_does_not_confirm_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = hand_made()
    scores = background_scores(chosen.factors, {0: 1.0}, 0, technosphere=[2])
    plain = type(scores)._some
    monkeypatch.setattr(type(scores), "_some", lambda self, rows: plain(self, rows) * (1.0 + 1e-6))
    with pytest.raises(InaccurateError):
        scores.scores(np.array([[-0.4], [-0.3]]))


def test_variance_shares_of_a_background_are_those_of_its_own_function() -> None:
    chosen = hand_made()
    scores = background_scores(chosen.factors, {0: 1.0}, 0, technosphere=[2, 3], biosphere=[0])
    inputs = uncertain_inputs(scores, chosen.technosphere, chosen.biosphere)
    by_update = sobol(inputs, scores.scores, samples=256, seed=1)
    demand = np.array([1.0, 0.0])
    by_hand = sobol(inputs, lambda rows: np.array([exact(row, demand) for row in rows]), samples=256, seed=1)
    assert by_update.first == pytest.approx(by_hand.first, rel=1e-6)
    assert by_update.total == pytest.approx(by_hand.total, rel=1e-6)
    assert by_update.total.argmax() == 2


def test_entries_are_found_again_in_draws() -> None:
    """With only one uncertain entry the result is a function of it, and the draws follow that function."""
    chosen = hand_made()
    drawn = background_draws(chosen, draws=300, seed=9)
    again = entry_draws(chosen, draws=300, seed=9, technosphere=[2, 3], biosphere=[0, 1])
    assert (again[:, 3] == 1.0).all()
    assert drawn.values[0, 0] == pytest.approx([exact(row, np.array([1.0, 0.0])) for row in again], rel=1e-8)
    found = given_data(["power", "steel", "CO2"], again[:, :3], drawn.values[0, 0], seed=1, resamples=10)
    assert found.first.argmax() == found.delta.argmax() == 2


def test_screening_names_the_entries_that_matter() -> None:
    chosen = hand_made()
    outputs = background_draws(chosen, draws=400, seed=9).values[0, 0].copy()
    outputs[17] = np.nan
    found = screen_entries(chosen, outputs, seed=9, most=2)
    assert [(one.kind, one.entry) for one in found.largest] == [("biosphere", 0), ("technosphere", 2)]
    again = entry_draws(chosen, draws=400, seed=9, biosphere=[0])[:, 0]
    sound = np.isfinite(outputs)
    wanted = np.corrcoef(again[sound], outputs[sound])[0, 1]
    assert found.largest[0].correlation == pytest.approx(wanted, rel=1e-9)
    many = screen_entries(model(), np.random.default_rng(1).random(200), seed=9, most=3)
    assert 0.5 * many.by_chance < abs(many.largest[0].correlation) < 1.6 * many.by_chance


def test_lines_add_up_to_the_product() -> None:
    values = background_draws(model(), draws=12, seed=3).values
    processes, amounts = np.array([3, 17, 3]), np.random.default_rng(1).random((12, 3))
    lines = line_draws(values, 1, processes, amounts)
    assert lines.sum(axis=1) == pytest.approx(product_draws(values, processes, amounts)[:, 1])
    assert line_draws(values, 1, processes, amounts[0])[5] == pytest.approx(
        values[1, processes, 5] * amounts[0]
    )


def test_same_seed_same_indices_and_nothing_outside_is_changed() -> None:
    x = np.random.default_rng(2).random((200, 2))
    before, form = np.random.get_state()[1].copy(), warnings.formatwarning  # noqa: NPY002
    one, other = (given_data(["a", "b"], x, x[:, 0] + 0.1 * x[:, 1], seed=0, resamples=10) for _ in range(2))
    assert (one.delta == other.delta).all()
    assert (one.first_half_width == other.first_half_width).all()
    assert (np.random.get_state()[1] == before).all()  # noqa: NPY002
    assert warnings.formatwarning is form


def test_draws_without_a_result_are_left_out_and_counted() -> None:
    x = np.random.default_rng(2).random((300, 1))
    y = x[:, 0].copy()
    y[:7] = np.nan
    found = given_data(["a"], x, y, seed=1, resamples=10)
    assert (found.draws, found.left_out) == (293, 7)


RANDOM = np.random.default_rng(5).random((150, 2))


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (lambda: given_data(["a"], RANDOM, RANDOM[:, 0], seed=1, resamples=10), "sensitivity-shape"),
        (lambda: given_data(["a", "b"], RANDOM[:90], RANDOM[:90, 0], seed=1, resamples=10), "sensitivity-draws"),
        (lambda: given_data(["a", "b"], RANDOM, np.ones(150), seed=1, resamples=10), "sensitivity-constant"),
        (lambda: given_data(["a", "b"], RANDOM * [0.0, 1.0], RANDOM[:, 1], seed=1, resamples=10), "sensitivity-constant"),
        (lambda: sobol([], lambda rows: rows[:, 0], seed=1), "sensitivity-inputs"),
        (lambda: sobol([UncertainInput("a", 0.5, EVEN)] * 61, lambda x: x[:, 0], seed=1), "sensitivity-inputs"),
        (lambda: sobol([UncertainInput("a", 0.5, EVEN)], lambda x: x[:, 0], samples=100, seed=1), "sensitivity-samples"),
        (lambda: sobol([UncertainInput("a", 0.5, EVEN)], lambda x: x[:, 0] / 0.0, samples=64, seed=1), "sensitivity-result"),
        (lambda: sobol([UncertainInput("a", 0.5, EVEN)], lambda x: 0.0 * x[:, 0], samples=64, seed=1), "sensitivity-constant"),
        (lambda: background_scores(hand_made().factors, {0: 1.0}, 0), "sensitivity-inputs"),
        (lambda: background_scores(hand_made().factors, {0: 1.0}, 0, technosphere=[4]), "sensitivity-inputs"),
        (lambda: background_scores(hand_made().factors, {0: 1.0}, 0, biosphere=[0, 0]), "sensitivity-inputs"),
        (lambda: screen_entries(hand_made(), np.array([1.0, np.nan]), seed=1), "sensitivity-draws"),
        (lambda: screen_entries(hand_made(), np.ones(5), seed=1), "sensitivity-constant"),
    ],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore:divide by zero", "ignore:invalid value")
def test_what_cannot_be_is_refused(call: Any, code: str) -> None:
    with pytest.raises(InputError) as error:
        call()
    assert error.value.code == code


def test_a_fixed_entry_is_no_input() -> None:
    chosen = hand_made()
    scores = background_scores(chosen.factors, {0: 1.0}, 0, technosphere=[0])
    with pytest.raises(InputError, match="mill: steel is not uncertain"):
        uncertain_inputs(
            scores, chosen.technosphere, no_uncertainty(chosen.factors.matrices.system.biosphere)
        )


def test_without_salib_the_hint_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = importlib.import_module

    def missing(name: str, *more: Any) -> Any:
        if name.startswith("SALib"):
            raise ModuleNotFoundError(name)
        return plain(name, *more)

    monkeypatch.setattr(importlib, "import_module", missing)
    with pytest.raises(InputError) as error:
        given_data(["a"], RANDOM[:, :1], RANDOM[:, 0], seed=1, resamples=10)
    assert error.value.code == "sensitivity-missing"
    assert "cradlemark[sensitivity]" in error.value.hint.en
