"""Solutions: forward, adjoint, their accuracy, and refusal."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from benchmarks.synthetic_database import synthetic_system

from cradlemark.core.errors import InputError
from cradlemark.engine import fill, iterated_factors, ordering
from cradlemark.engine import solve as solving
from cradlemark.engine.matrices import Matrices, assemble
from cradlemark.engine.solve import InaccurateError, factorise, solve
from cradlemark.engine.system import Entries, MatrixSystem


def matrices_of(dense, *, waste=None) -> Matrices:
    dense = np.asarray(dense, dtype=float)
    row, column = np.nonzero(dense)
    count = len(dense)
    names = [f"P{index}" for index in range(count)]
    products = [f"p{index}" for index in range(count)]
    empty = Entries(np.zeros(0, int), np.zeros(0, int), [])
    more = {} if waste is None else {"waste": waste}
    return assemble(
        MatrixSystem(Entries(row, column, dense[row, column]), empty, empty, names, products, (), (), **more)
    )


def test_both_directions_use_the_same_factors() -> None:
    dense = [[1.0, -0.2, 0.0], [-0.5, 2.0, -0.1], [0.0, 0.0, 4.0]]
    factors = factorise(matrices_of(dense))
    right = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0]])
    forward = solve(factors, right, kind="forward")
    adjoint = solve(factors, right, kind="adjoint")
    assert forward.values == pytest.approx(np.linalg.solve(dense, right.T).T, rel=1e-14)
    assert adjoint.values == pytest.approx(np.linalg.solve(np.transpose(dense), right.T).T, rel=1e-14)
    assert forward.residual.shape == adjoint.forward_error.shape == (2,)
    assert adjoint.forward_error.max() < 1e-14


def test_blocks_give_what_one_factorisation_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    matrices = assemble(synthetic_system(600, flows=50, categories=2))
    dense = matrices.technosphere.toarray()
    for own_block in (2, 50, 10_000):
        monkeypatch.setattr(ordering, "OWN_BLOCK", own_block)
        factors = factorise(matrices)
        assert (len(factors.blocks) > 1) is (own_block < 1000)
        for kind, matrix in (("forward", dense), ("adjoint", dense.T)):
            values = solve(factors, matrices.direct, kind=kind).values
            assert values == pytest.approx(np.linalg.solve(matrix, matrices.direct.T).T, rel=1e-10)


def test_hubs_last_gives_what_any_order_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    matrices = assemble(synthetic_system(1500, flows=50, categories=2))
    found = []
    for hub in (10**9, 80, 20, 2, 0):
        monkeypatch.setattr(ordering, "HUB", hub)
        factors = factorise(matrices)
        assert sorted(factors.order) == list(range(1500))
        found.append((factors.order, solve(factors, matrices.direct, kind="adjoint").values))
        assert solve(factors, matrices.direct, kind="forward").residual.max() < 1e-13
    assert (found[0][0] == found[4][0]).all()  # no hubs, or nothing but hubs: the order of the components
    for order, values in found[1:4]:
        assert (order != found[0][0]).any()
        assert values == pytest.approx(found[0][1], rel=1e-10)


def tangle(count: int, *, seed: int = 1, share: float = 0.15) -> Matrices:
    """Processes that buy from anywhere at random, in units that differ by orders of magnitude."""
    random = np.random.default_rng(seed)
    buyer = np.repeat(np.arange(count), 6)
    supplier = (buyer + random.integers(1, count, buyer.size)) % count
    unit = np.exp(random.normal(0.0, 4.0, count))
    amount = -share * random.random(buyer.size) * unit[supplier] / unit[buyer]
    every, empty = np.arange(count), Entries(np.zeros(0, int), np.zeros(0, int), [])
    entries = Entries(np.r_[supplier, every], np.r_[buyer, every], np.r_[amount, np.ones(count)])
    names = [f"P{index}" for index in range(count)]
    return assemble(MatrixSystem(entries, empty, empty, names, names, (), ()))


def test_a_tangle_is_solved_by_iteration_to_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    matrices = tangle(700)
    right = np.random.default_rng(2).random((2, 700))
    direct = factorise(matrices)
    assert direct.triangular
    monkeypatch.setattr(ordering, "COSTLY_FROM", 300)
    monkeypatch.setattr(ordering, "COSTLY", 1e5)
    iterated = factorise(matrices)
    assert not iterated.triangular
    for kind in ("adjoint", "forward"):
        expected, found = solve(direct, right, kind=kind), solve(iterated, right, kind=kind)
        assert found.values == pytest.approx(expected.values, rel=1e-9)
        assert max(found.residual.max(), found.forward_error.max()) < 1e-9


def test_a_tangle_of_ten_thousand_is_never_factorised() -> None:
    matrices = tangle(10_000)
    factors = factorise(matrices)
    assert not factors.triangular
    assert solve(factors, np.ones((1, 10_000)), kind="adjoint").residual.max() < 1e-9


def test_a_tangle_that_does_not_converge_is_refused_and_not_factorised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    matrices = tangle(700, share=2.0)
    monkeypatch.setattr(ordering, "COSTLY_FROM", 300)
    monkeypatch.setattr(ordering, "COSTLY", 1e5)
    monkeypatch.setattr(iterated_factors, "ROUNDS", 1)
    with pytest.raises(InaccurateError) as error:
        solve(factorise(matrices), np.ones((1, 700)), kind="adjoint")
    assert error.value.code == "result-inaccurate"


def test_the_work_of_an_elimination_is_that_of_its_factors() -> None:
    matrices = tangle(400)
    block = matrices.technosphere.T.tocsc()
    order = fill.column_order(block)
    pattern = (abs(block) + abs(block.T)).toarray()[np.ix_(order, order)] != 0.0
    counts = []
    for pivot in range(400):
        below = np.flatnonzero(pattern[pivot + 1 :, pivot]) + pivot + 1
        pattern[np.ix_(below, below)] = True
        counts.append(below.size)
    assert fill.elimination_work(block, order, limit=np.inf) == sum(count**2 for count in counts)
    assert 1e4 < fill.elimination_work(block, order, limit=1e4) < 3e5


def test_a_loop_that_makes_nothing_is_named() -> None:
    dense = [[1.0, 0.0, 0.0, 0.0], [-1.0, 2.0, -4.0, 0.0], [0.0, -1.0, 2.0, 0.0], [0.0, 0.0, 0.0, 1.0]]
    with pytest.raises(InputError) as error:
        factorise(matrices_of(dense))
    assert error.value.code == "system-singular"
    assert "'P1'" in error.value.message.en
    assert "'P2'" in error.value.message.en
    assert "'P0'" not in error.value.message.en
    assert "'P3'" not in error.value.message.en


@pytest.mark.parametrize("gap", [1e-15, 1e-13, 1e-11, 1e-9])
def test_nearly_singular_is_refused_although_the_residual_is_small(gap: float) -> None:
    factors = factorise(matrices_of([[1.0, -1.0, 0.0], [-1.0, 1.0 + gap, 0.0], [0.0, -1.0, 1.0]]))
    with pytest.raises(InaccurateError) as error:
        solve(factors, np.array([[1.0, 0.0, 0.0]]), kind="forward")
    assert error.value.code == "result-inaccurate"
    assert "'P0'" in error.value.message.en


def test_estimate_is_of_the_size_of_the_true_error() -> None:
    gap = 2.0**-20
    factors = factorise(matrices_of([[3.0, -1.1], [-3.0, 1.1 + gap]]))
    solution = solve(factors, np.array([[1.0, 0.0]]), kind="forward")
    assert 1e-12 < solution.forward_error[0] < 1e-9


def test_units_far_apart_do_not_spoil_the_result() -> None:
    random = np.random.default_rng(3)
    dense = np.eye(40) - random.random((40, 40)) * 0.02
    unit = 10.0 ** random.uniform(-12, 12, 40)
    scaled = dense * unit[:, None] / unit[None, :]
    solution = solve(factorise(matrices_of(scaled)), unit[None, :], kind="forward")
    assert solution.values[0] / unit == pytest.approx(np.linalg.solve(dense, np.ones(40)), rel=1e-12)
    assert solution.forward_error.max() < 1e-12


def test_a_wrong_inverse_is_mended_or_refused() -> None:
    @attrs.frozen(eq=False)
    class Skewed:
        exact: solving.Factorisation
        factor: float

        @property
        def matrices(self) -> Matrices:
            return self.exact.matrices

        def adjoint(self, right):
            return self.exact.adjoint(right) * self.factor

        def forward(self, right):
            return self.exact.forward(right) * self.factor

        def sharper(self):
            return None

    factors = factorise(matrices_of([[1.0, -0.2], [-0.5, 2.0]]))
    right = np.array([[1.0, 1.0]])
    exact = solve(factors, right, kind="forward").values
    mended = solve(Skewed(factors, 1.0 + 1e-5), right, kind="forward").values
    assert mended == pytest.approx(exact, rel=1e-9)
    with pytest.raises(InaccurateError):
        solve(Skewed(factors, 1.2), right, kind="forward")


def test_no_number_is_refused() -> None:
    factors = factorise(matrices_of([[1.0, -0.2], [-0.5, 2.0]]))
    with pytest.raises(InaccurateError):
        solve(factors, np.array([[np.nan, 1.0]]), kind="adjoint")


def test_pivots_off_the_diagonal_when_the_diagonal_is_bad() -> None:
    dense = [[1e-14, -1.0, 0.0], [-1.0, 1.0, -1.0], [-1.0, 0.0, 1.0]]
    solution = solve(factorise(matrices_of(dense)), np.array([[1.0, 2.0, 3.0]]), kind="adjoint")
    assert solution.values[0] == pytest.approx(
        np.linalg.solve(np.transpose(dense), [1.0, 2.0, 3.0]), rel=1e-12
    )


def test_nothing_wanted_is_nothing() -> None:
    factors = factorise(matrices_of([[1.0, -0.2], [-0.5, 2.0]]))
    solution = solve(factors, np.zeros((1, 2)), kind="forward")
    assert (solution.values == 0.0).all()
    assert solution.forward_error.tolist() == [0.0]


def full_table(count: int) -> np.ndarray:
    """Sectors that all buy from each other, in units far apart."""
    random = np.random.default_rng(7)
    bought = random.lognormal(0.0, 2.0, (count, count))
    bought *= 0.6 * random.random(count) / bought.sum(axis=0)
    unit = 10.0 ** random.uniform(-6, 6, count)
    return (np.eye(count) - bought) * unit[:, None] / unit[None, :]


def test_a_full_matrix_is_solved_both_ways() -> None:
    dense = full_table(90)
    factors = factorise(matrices_of(dense))
    assert not factors.triangular
    assert factors.sharper() is None
    right = np.abs(dense[:3]) + 1.0
    for kind, matrix in (("forward", dense), ("adjoint", dense.T)):
        solution = solve(factors, right, kind=kind)
        refined = np.linalg.solve(matrix, right.T)
        assert solution.values == pytest.approx(refined.T, rel=1e-9)
        assert solution.forward_error.max() < 1e-10
    assert factorise(matrices_of(np.eye(90) - 0.5 * np.eye(90, k=1))).triangular


def test_a_full_matrix_that_is_singular_is_refused() -> None:
    dense = np.eye(90) - 0.5 / 90
    dense[:, 1] = 0.0
    dense[1, 1], dense[0, 1] = 1.0, -1.0
    dense[:, 0] = 0.0
    dense[0, 0], dense[1, 0] = 1.0, -1.0
    with pytest.raises(InputError) as error:
        factorise(matrices_of(dense))
    assert error.value.code == "system-singular"
    assert "'P0'" in error.value.where
    assert "'P1'" in error.value.where
    assert "'P2'" not in error.value.where
