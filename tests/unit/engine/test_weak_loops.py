"""Who is to blame where a system has no single, or no exact, solution: the members of the bad loops and nobody else."""

from __future__ import annotations

import re

import numpy as np
import pytest

from cradlemark.core.errors import CradlemarkError, InputErrors
from cradlemark.engine.matrices import Matrices, assemble
from cradlemark.engine.solve import InaccurateError, factorise, solve
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.engine.weak_loops import weak_loops

EMPTY = Entries(np.zeros(0, int), np.zeros(0, int), [])


def system(inputs: dict[tuple[int, int], float], count: int, *, units: bool = False) -> Matrices:
    """Processes that make one unit each; inputs by (supplier, user)."""
    row, column = (np.array(each, dtype=int) for each in zip(*inputs, strict=True))
    unit = 2.0 ** np.random.default_rng(3).integers(-40, 40, count) if units else np.ones(count)
    amount = -np.array(list(inputs.values())) * unit[row] / unit[column]
    own = np.arange(count)
    names = [f"P{index}" for index in own]
    technosphere = Entries(np.append(own, row), np.append(own, column), np.append(np.ones(count), amount))
    return assemble(MatrixSystem(technosphere, EMPTY, EMPTY, names, names, (), ()))


def ring(count: int, last: float) -> dict[tuple[int, int], float]:
    """Each process buys one unit from the next; the last one buys from process 0."""
    chain = {(index + 1, index): 1.0 for index in range(count - 1)}
    return chain | {(0, count - 1): last}


def blamed(error: CradlemarkError) -> list[set[str]]:
    return [set(re.findall(r"'(P\d+)'", problem.where)) for problem in error.problems]


@pytest.mark.parametrize("units", [False, True])
def test_two_disjoint_loops_are_two_problems(units: bool) -> None:
    """0 and 1, and 4, 5 and 6 make nothing; 2 supplies them, 3 and 7 buy from them, 8 and 9 are a sound loop."""
    pair = {(0, 1): 2.0, (1, 0): 0.5}
    three = {(4, 5): 2.0, (5, 6): 1.0, (6, 4): 0.5}
    around = {(2, 0): 0.3, (1, 3): 0.2, (6, 7): 0.1, (3, 4): 0.1, (8, 9): 0.5, (9, 8): 0.5}
    with pytest.raises(InputErrors) as error:
        factorise(system(pair | three | around, 10, units=units))
    assert error.value.code == "system-singular"
    assert sorted(map(sorted, blamed(error.value))) == [["P0", "P1"], ["P4", "P5", "P6"]]


@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("count", [60, 700])
def test_the_bad_pair_inside_a_large_component(count: int, units: bool) -> None:
    """Everybody is in the ring; 7 and 8 feed each other so that with the ring's 2^-12 nothing is left over."""
    through = 2.0**-12
    inputs = ring(count, 2.0 * through)
    inputs[8, 7], inputs[7, 8] = 0.5, 2.0 * (1.0 - through)
    with pytest.raises(CradlemarkError) as error:
        solve(factorise(system(inputs, count, units=units)), np.ones((1, count)), kind="adjoint")
    assert error.value.code in {"system-singular", "result-inaccurate"}
    assert blamed(error.value) == [{"P7", "P8"}]


@pytest.mark.parametrize("units", [False, True])
@pytest.mark.parametrize("count", [60, 700])
@pytest.mark.parametrize("gap", [1e-14, 1e-11])
def test_nearly_singular_names_the_loop_and_not_its_customers(gap: float, count: int, units: bool) -> None:
    inputs = ring(count, 2.0**-3)
    inputs |= {(count, count + 1): 1.0, (count + 1, count): 1.0 - gap}
    inputs |= {(count, 5): 0.25}
    matrices = system(inputs, count + 2, units=units)
    with pytest.raises(InaccurateError) as error:
        solve(factorise(matrices), np.ones((1, count + 2)), kind="adjoint")
    assert blamed(error.value) == [{f"P{count}", f"P{count + 1}"}]


@pytest.mark.parametrize("units", [False, True])
def test_sound_systems_have_no_weak_loop(units: bool) -> None:
    for count in (10, 700):
        assert weak_loops(system(ring(count, 0.5), count, units=units), limit=1e-5) == []


@pytest.mark.parametrize("count", [80, 450])
def test_a_full_matrix_names_the_same(count: int) -> None:
    """Sectors that all buy from each other; 3 and 4 take all that they make from each other and nothing else."""
    inputs = {(i, j): 0.5 / count for i in range(count) for j in range(count) if i != j and j not in {3, 4}}
    inputs |= {(3, 4): 1.0, (4, 3): 1.0, (9, 4): 1e-13}
    matrices = system(inputs, count)
    with pytest.raises(CradlemarkError) as error:
        solve(factorise(matrices), np.ones((1, count)), kind="adjoint")
    assert blamed(error.value) == [{"P3", "P4"}]
