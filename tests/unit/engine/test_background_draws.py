"""Draws of a background: each equals a full solve of its own, whatever is drawn with it."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np
import pytest
from benchmarks.synthetic_database import synthetic_system

from cradlemark.core.errors import InputError
from cradlemark.engine import draw_worker
from cradlemark.engine.background_draws import Model, background_draws, characterised, product_draws
from cradlemark.engine.intensities import intensities
from cradlemark.engine.matrices import assemble
from cradlemark.engine.matrix_uncertainty import Uncertainty, draw_amounts, no_uncertainty
from cradlemark.engine.propagation import generator
from cradlemark.engine.solve import factorise
from cradlemark.engine.system import Entries, MatrixSystem


def lognormals(entries: Entries, gsd: float, *, fixed=None) -> Uncertainty:
    kind = np.ones(len(entries), dtype=int)
    if fixed is not None:
        kind[fixed] = 0
    return Uncertainty(kind, np.full(len(entries), gsd), np.zeros(len(entries)))


def model(gsd: float = 1.2, *, count: int = 400, categories: int = 2) -> Model:
    system = synthetic_system(count, flows=40, categories=categories)
    reference = system.technosphere.row == system.technosphere.column
    return Model(
        factorise(assemble(system)),
        lognormals(system.technosphere, gsd, fixed=reference),
        lognormals(system.biosphere, gsd),
    )


def dense_draw(chosen: Model, seed: int, number: int) -> np.ndarray:
    """The same draw by numpy alone, for a system whose product j is made by process j."""
    return dense_draw_and_gross(chosen, seed, number)[0]


def dense_draw_and_gross(chosen: Model, seed: int, number: int) -> tuple[np.ndarray, np.ndarray]:
    """The draw by numpy alone, and the gross sum of the terms that each impact is made of."""
    system = chosen.factors.matrices.system
    exchanges = draw_amounts(
        system.technosphere, chosen.technosphere, generator(seed, f"technosphere:{number}")
    )
    counted = characterised(chosen.factors.matrices)
    whole, spread = system.biosphere, chosen.biosphere
    drawn = Entries(whole.row[counted], whole.column[counted], whole.amount[counted])
    chosen_spread = Uncertainty(spread.kind[counted], spread.first[counted], spread.second[counted])
    flows = draw_amounts(drawn, chosen_spread, generator(seed, f"biosphere:{number}"))
    count = len(system.processes)
    technosphere, biosphere = np.zeros((count, count)), np.zeros((len(system.flows), count))
    np.add.at(technosphere, (system.technosphere.row, system.technosphere.column), exchanges)
    np.add.at(biosphere, (drawn.row, drawn.column), flows)
    direct = chosen.factors.matrices.characterisation.toarray() @ biosphere
    solution = np.linalg.solve(technosphere.T, direct.T)
    gross = np.abs(technosphere.T) @ np.abs(solution) + np.abs(direct.T)
    return solution.T * chosen.factors.matrices.sign, gross.T / np.abs(np.diagonal(technosphere))


def close(one: np.ndarray, other: np.ndarray) -> None:
    scale = np.abs(other).max(axis=1, keepdims=True)  # over processes
    assert (np.abs(one - other) <= 1e-8 * np.abs(other) + 1e-12 * scale).all()


@pytest.mark.parametrize("gsd", [1.0, 1.05, 1.5])
def test_each_draw_is_what_a_full_solve_gives(gsd: float) -> None:
    chosen = model(gsd)
    drawn = background_draws(chosen, draws=5, seed=7)
    assert drawn.values.shape == (2, 400, 5)
    assert drawn.direct == 0
    assert drawn.residual <= 1e-9
    assert drawn.forward_error <= 1e-9
    for number in range(5):
        close(drawn.values[:, :, number], dense_draw(chosen, 7, number))


def test_draws_of_a_full_table() -> None:
    """Every sector buys from every other; draws of such a table go one by one."""
    count = 320
    row, column = np.indices((count, count)).reshape(2, -1)
    amount = np.where(row == column, 1.0, -0.5 / count)
    own = np.arange(count)
    system = MatrixSystem(
        Entries(row, column, amount),
        Entries(np.zeros(count, int), own, 1.0 + own),
        Entries([0], [0], [1.0]),
        [f"S{index}" for index in own],
        [f"s{index}" for index in own],
        ("CO2",),
        ("climate",),
    )
    spread = lognormals(system.technosphere, 1.1, fixed=row == column)
    chosen = Model(factorise(assemble(system)), spread, no_uncertainty(system.biosphere))
    assert not chosen.factors.triangular
    drawn = background_draws(chosen, draws=2, seed=7)
    assert drawn.direct == 0
    for number in range(2):
        close(drawn.values[:, :, number], dense_draw(chosen, 7, number))


def test_without_uncertainty_every_draw_is_the_central_result() -> None:
    system = synthetic_system(200, flows=20, categories=1)
    factors = factorise(assemble(system))
    chosen = Model(factors, no_uncertainty(system.technosphere), no_uncertainty(system.biosphere))
    drawn = background_draws(chosen, draws=2, seed=1)
    close(drawn.values[:, :, 1], intensities(factors).values)
    assert (drawn.values[..., 0] == drawn.values[..., 1]).all()


def test_same_seed_same_numbers_whatever_the_count_and_the_threads() -> None:
    chosen = model()
    one = background_draws(chosen, draws=11, seed=3)
    assert (background_draws(chosen, draws=11, seed=3, threads=2).values == one.values).all()
    assert (background_draws(chosen, draws=3, seed=3).values == one.values[..., :3]).all()
    assert (background_draws(chosen, draws=3, seed=4).values != one.values[..., :3]).any()


def test_few_products_and_many_categories_are_solved_forward() -> None:
    chosen = model(categories=4)
    everything = background_draws(chosen, draws=3, seed=3)
    few = background_draws(chosen, draws=3, seed=3, products=[5, 398])
    assert few.values.shape == (4, 2, 3)
    close(few.values, everything.values[:, [5, 398]])


def test_direct_solve_where_iteration_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = model()
    iterated = background_draws(chosen, draws=3, seed=3)
    monkeypatch.setattr(draw_worker, "solve_nearby", lambda *_, **__: None)
    monkeypatch.setattr("cradlemark.engine.draw_lanes.BATCHED_FROM", 10**9)
    direct = background_draws(chosen, draws=3, seed=3)
    assert direct.direct == 3
    assert iterated.direct == 0
    close(direct.values, iterated.values)


def test_side_by_side_is_the_same_as_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = model(1.3)
    together = background_draws(chosen, draws=9, seed=3)
    monkeypatch.setattr("cradlemark.engine.draw_lanes.BATCHED_FROM", 10**9)
    alone = background_draws(chosen, draws=9, seed=3)
    close(together.values, alone.values)
    assert (together.values != alone.values).any(), "both took the same way"


def test_what_does_not_converge_in_a_batch_is_solved_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = model(1.3)
    monkeypatch.setattr("cradlemark.engine.draw_batch.ITERATIONS", 1)
    monkeypatch.setattr("cradlemark.engine.draw_batch.ROUNDS", 1)
    drawn = background_draws(chosen, draws=2, seed=3)
    assert drawn.direct == 0
    close(drawn.values[..., 1], dense_draw(chosen, 3, 1))


def loop(gain: float, kind: int, first: float, second: float = 0.0) -> Model:
    """Two processes that feed each other; the product of both inputs is the gain."""
    system = MatrixSystem(
        Entries([0, 1, 1, 0], [0, 1, 0, 1], [1.0, 1.0, -gain, -1.0]),
        Entries([0], [0], [1.0]),
        Entries([0], [0], [1.0]),
        ("mill", "plant"),
        ("steel", "power"),
        ("CO2",),
        ("climate",),
    )
    spread = Uncertainty([0, 0, kind, 0], [0, 0, first, 0], [0, 0, second, 0])
    return Model(factorise(assemble(system)), spread, no_uncertainty(system.biosphere))


def test_draws_near_singularity_are_reported() -> None:
    drawn = background_draws(loop(0.5, 3, -0.99999, -0.0), draws=1, seed=1)
    assert drawn.suspects == ()
    near = background_draws(loop(0.5, 4, -0.99999999, -0.5), draws=1, seed=1)
    assert near.suspects == ()
    chosen = loop(0.999, 2, 0.0005)
    drawn = background_draws(chosen, draws=400, seed=1)
    exact = np.array([dense_draw(chosen, 1, number)[0] for number in range(400)])
    assert drawn.values[0].T.tolist() == pytest.approx(exact, rel=1e-8)
    wide = background_draws(loop(0.5, 2, 0.2), draws=4000, seed=1)
    wide = attrs.evolve(wide, suspects=[one for one in wide.suspects if "near" in one.reason.en])
    assert wide.suspects
    assert all(not suspect.refused for suspect in wide.suspects)
    assert "near singularity" in wide.suspects[0].reason.en
    number = wide.suspects[0].draw
    assert np.abs(wide.values[..., number]).max() > 500.0


def with_a_loop(count: int, gain: float, gsd: float, *, categories: int) -> Model:
    """A background with two processes more that feed each other; many of the others buy from them."""
    plain = synthetic_system(count, flows=40, categories=categories)
    mill, plant = count, count + 1
    users = np.arange(0, count, 7)
    row = [plain.technosphere.row, [mill, plant, mill, plant], np.full(users.size, mill)]
    column = [plain.technosphere.column, [mill, plant, plant, mill], users]
    own = plain.technosphere.amount[: plain.technosphere.amount.size]
    scale = np.array(
        [own[(plain.technosphere.row == user) & (plain.technosphere.column == user)][0] for user in users]
    )
    amount = [own, [1.0, 1.0, -1.0, -gain], -0.01 * np.abs(scale)]
    names = [f"process {index}" for index in range(count)]
    system = attrs.evolve(
        plain,
        technosphere=Entries(*(np.concatenate(each) for each in (row, column, amount))),
        biosphere=Entries(
            np.append(plain.biosphere.row, [0, 0]),
            np.append(plain.biosphere.column, [mill, plant]),
            np.append(plain.biosphere.amount, [1.0, 1.0]),
        ),
        characterisation=Entries(
            np.append(plain.characterisation.row, np.arange(categories)),
            np.append(plain.characterisation.column, np.zeros(categories, int)),
            np.append(plain.characterisation.amount, np.ones(categories)),
        ),
        processes=[*names, "mill", "plant"],
        products=[*plain.products, "steel", "power"],
        reference=np.arange(count + 2),
        waste=np.append(plain.waste, [False, False]),
        places=(),
    )
    kind = np.zeros(len(system.technosphere), int)
    kind[plain.technosphere.amount.size + 3] = 1
    spread = Uncertainty(kind, np.full(kind.size, gsd), np.zeros(kind.size))
    return Model(factorise(assemble(system)), spread, no_uncertainty(system.biosphere))


@pytest.mark.parametrize("count", [40, 400])
def test_draws_near_and_beyond_singularity_are_told_apart(count: int) -> None:
    """The gain of a loop is lognormal around 0.97, so draws come near 1 and pass it; batched from 300 processes on."""
    chosen = with_a_loop(count, 0.97, 1.03, categories=1)
    drawn = background_draws(chosen, draws=120, seed=5)
    reasons = {one.draw: one.reason.en for one in drawn.suspects}
    beyond = 0
    for number in range(120):
        technosphere = draw_amounts(
            chosen.factors.matrices.system.technosphere,
            chosen.technosphere,
            generator(5, f"technosphere:{number}"),
        )
        gain = -technosphere[np.flatnonzero(chosen.technosphere.kind)[0]]
        exact, gross = dense_draw_and_gross(chosen, 5, number)
        if gain > 1.0:
            beyond += 1
            assert reasons.pop(number).startswith("beyond singularity: ")
        assert (np.abs(drawn.values[:, :, number] - exact) <= 1e-9 * gross).all()
    assert beyond > 5
    assert reasons == {}


@pytest.mark.parametrize("count", [40, 400])
def test_draws_very_near_singularity_are_reported(count: int) -> None:
    drawn = background_draws(with_a_loop(count, 0.9999, 1.0001, categories=2), draws=60, seed=5)
    assert {one.draw for one in drawn.suspects if one.reason.en.startswith("beyond")}
    wide = background_draws(with_a_loop(count, 0.5, 2.0, categories=2), draws=600, seed=5)
    near = [one for one in wide.suspects if one.reason.en.startswith("near")]
    assert all("'mill'" in one.reason.en or "'plant'" in one.reason.en for one in near)
    assert all(np.isfinite(wide.values[:, :, one.draw]).all() for one in wide.suspects if not one.refused)


def test_a_draw_that_uses_up_its_own_product_is_refused_and_the_others_stay() -> None:
    system = MatrixSystem(
        Entries([0, 0], [0, 0], [1.0, -0.5]),
        Entries([0], [0], [1.0]),
        Entries([0], [0], [1.0]),
        ("mill",),
        ("steel",),
        ("CO2",),
        ("climate",),
    )
    spread = Uncertainty([0, 1], [1.0, 2.0], [0.0, 0.0])
    chosen = Model(factorise(assemble(system)), spread, no_uncertainty(system.biosphere))
    drawn = background_draws(chosen, draws=200, seed=1)
    refused = {suspect.draw for suspect in drawn.suspects if suspect.refused}
    assert 0 < len(refused) < 60
    assert "'mill'" in drawn.suspects[0].reason.en
    assert set(np.flatnonzero(np.isnan(drawn.values[0, 0]))) == refused
    for number in set(range(200)) - refused:
        assert drawn.values[..., number] == pytest.approx(dense_draw(chosen, 1, number), rel=1e-9)


def test_products_are_evaluated_on_shared_draws() -> None:
    values = background_draws(model(), draws=6, seed=3).values
    processes, amounts = np.array([3, 17, 3]), np.array([2.0, 0.5, 1.0])
    one = product_draws(values, processes, amounts)
    assert one.shape == (6, 2)
    assert one == pytest.approx((3.0 * values[:, 3] + 0.5 * values[:, 17]).T)
    own = np.random.default_rng(1).random((6, 3))
    other = product_draws(values, processes, own)
    assert other[4, 1] == pytest.approx((values[1, processes, 4] * own[4]).sum())
    assert product_draws(values.astype(np.float32), processes, own) == pytest.approx(other, rel=1e-6)


@pytest.mark.parametrize("threads", [1, 2])
def test_progress_is_told_up_to_the_end(threads: int) -> None:
    told: list[tuple[int, int]] = []
    background_draws(model(), draws=19, seed=1, threads=threads, progress=lambda *one: told.append(one))
    assert told == [(8, 19), (16, 19), (19, 19)]


def test_draws_go_into_a_file(tmp_path: Path) -> None:
    chosen = model()
    plain = background_draws(chosen, draws=11, seed=3).values
    stored = np.lib.format.open_memmap(
        tmp_path / "draws.npy", mode="w+", dtype=np.float32, shape=(2, 400, 11)
    )
    background_draws(chosen, draws=11, seed=3, into=stored)
    stored.flush()
    again = np.load(tmp_path / "draws.npy", mmap_mode="r")
    assert (again == plain.astype(np.float32)).all()
    with pytest.raises(InputError) as error:
        background_draws(chosen, draws=10, seed=3, into=again)
    assert error.value.code == "system-shape"


@pytest.mark.parametrize(("draws", "threads"), [(0, 1), (1, 0)])
def test_counts_are_at_least_one(draws: int, threads: int) -> None:
    with pytest.raises(InputError) as error:
        background_draws(model(count=50), draws=draws, seed=1, threads=threads)
    assert error.value.code == "draws-count"


def test_unknown_product() -> None:
    with pytest.raises(InputError) as error:
        background_draws(model(count=50), draws=1, seed=1, products=[50])
    assert error.value.code == "demand-unknown"
