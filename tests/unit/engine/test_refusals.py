"""What the parts of the engine refuse, and how they say it."""

from __future__ import annotations

import math

import numpy as np
import pytest
from benchmarks.synthetic_database import synthetic_system

from cradlemark.core.errors import CradlemarkError, InputError, InputErrors
from cradlemark.engine.contributions import by_place, by_process
from cradlemark.engine.foreground import Foreground, solve_foreground
from cradlemark.engine.intensities import intensities
from cradlemark.engine.life_cycle_inventory import life_cycle_inventory
from cradlemark.engine.matrices import assemble
from cradlemark.engine.sankey import sankey
from cradlemark.engine.solve import Factorisation, InaccurateError, factorise
from cradlemark.engine.system import Entries, MatrixSystem
from cradlemark.engine.tiers import upstream_tree
from cradlemark.engine.what_if import Change, Updated, change

NONE = Entries(np.zeros(0, int), np.zeros(0, int), [])


@pytest.fixture(scope="module")
def factors() -> Factorisation:
    return factorise(assemble(synthetic_system(80, flows=10, categories=2)))


@pytest.mark.parametrize(
    ("demand", "code"),
    [
        ({}, "demand-empty"),
        ({3: 0.0}, "demand-empty"),
        ({80: 1.0}, "demand-unknown"),
        ({-1: 1.0}, "demand-unknown"),
        ({3: math.nan}, "demand-amount"),
        ({3: math.inf}, "demand-amount"),
    ],
)
def test_demands(factors: Factorisation, demand: dict[int, float], code: str) -> None:
    with pytest.raises(InputErrors) as error:
        life_cycle_inventory(factors, demand)
    assert error.value.code == code


@pytest.mark.parametrize("cut_off", [-0.1, 1.0, math.nan])
def test_cut_offs(factors: Factorisation, cut_off: float) -> None:
    inventory = life_cycle_inventory(factors, {3: 1.0})
    with pytest.raises(InputError, match="no share"):
        by_process(inventory, 0, cut_off=cut_off)
    with pytest.raises(InputError, match="no share"):
        upstream_tree(intensities(factors), 3, 1.0, 0, cut_off=cut_off)


def test_places_that_nobody_gave() -> None:
    system = MatrixSystem(Entries([0], [0], [1.0]), NONE, NONE, ("a",), ("a",), (), ("x",))
    with pytest.raises(InputError) as error:
        by_place(life_cycle_inventory(factorise(assemble(system)), {0: 1.0}), 0)
    assert error.value.code == "places-missing"


def test_a_diagram_of_two_systems(factors: Factorisation) -> None:
    other = factorise(assemble(synthetic_system(80, flows=10, categories=2)))
    with pytest.raises(InputError) as error:
        sankey(life_cycle_inventory(factors, {3: 1.0}), intensities(other), 0)
    assert error.value.code == "sankey-mismatch"


def test_changes_that_cannot_be_are_all_named(factors: Factorisation) -> None:
    changes = [
        Change("technosphere", 80, 0, 1.0),
        Change("biosphere", 10, 0, 1.0),
        Change("technosphere", 0, 0, math.nan),
        Change("biosphere", 1, 0, 1.0),
        Change("biosphere", 1, 0, 2.0),
    ]
    with pytest.raises(InputErrors) as error:
        change(factors, changes)
    assert [(problem.where, problem.code) for problem in error.value.problems] == [
        ("change 0", "change-unknown"),
        ("change 1", "change-unknown"),
        ("change 2", "change-amount"),
        ("change 4", "change-twice"),
    ]


def test_a_change_that_takes_the_own_product_away(factors: Factorisation) -> None:
    with pytest.raises(InputErrors) as error:
        change(factors, [Change("technosphere", 4, 4, 0.0)])
    assert error.value.code == "system-reference-zero"
    assert "'process 4'" in error.value.message.en


def test_a_change_that_makes_a_loop_singular_is_refused() -> None:
    system = MatrixSystem(
        Entries([0, 1, 1, 0], [0, 1, 0, 1], [1.0, 1.0, -0.5, -0.5]),
        Entries([0], [0], [1.0]),
        Entries([0], [0], [1.0]),
        ("mill", "plant"),
        ("steel", "power"),
        ("CO2",),
        ("climate",),
    )
    with pytest.raises(CradlemarkError) as error:
        intensities(change(factorise(assemble(system)), [Change("technosphere", 1, 0, -2.0)]))
    assert error.value.code in {"system-singular", "result-inaccurate"}
    assert "'mill'" in error.value.message.en


def test_many_changed_processes_are_factorised_anew() -> None:
    factors = factorise(assemble(synthetic_system(200, flows=10, categories=1)))
    changes = [Change("technosphere", place, place, 2.0) for place in range(51)]
    assert isinstance(change(factors, changes[:50]), Updated)
    anew = change(factors, changes)
    assert isinstance(anew, Factorisation)
    assert anew.matrices.reference_amount[:52].tolist() == [2.0] * 51 + [1.0]


def test_foreground_with_a_loop_by_hand() -> None:
    """Two own processes: part takes 0.5 of frame, frame takes 0.2 of part; 3 kg steel (2 kg/kg) and 1 kg direct."""
    study = Foreground([[1.0, -0.2], [-0.5, 1.0]], Entries([0], [0], [3.0]), [[0.0, 1.0]])
    result = solve_foreground(study, np.array([[2.0]]))
    assert result.burden.tolist() == [[6.0, 1.0]]
    assert result.values[0].tolist() == pytest.approx([6.5 / 0.9, 2.2 / 0.9])
    assert max(result.residual, result.forward_error) < 1e-14


@pytest.mark.parametrize(
    ("technosphere", "links", "direct", "code"),
    [
        ([[1.0, 0.0]], NONE, [[0.0]], "foreground-shape"),
        ([[1.0]], NONE, [[0.0, 1.0]], "foreground-shape"),
        ([[1.0]], Entries([0], [1], [1.0]), [[0.0]], "foreground-shape"),
        ([[1.0]], Entries([9], [0], [1.0]), [[0.0]], "foreground-shape"),
        ([[1.0]], NONE, [[0.0], [0.0]], "foreground-shape"),
        ([[math.nan]], NONE, [[0.0]], "foreground-amount"),
        ([[1.0, -1.0], [-1.0, 1.0]], NONE, [[1.0, 1.0]], "foreground-singular"),
        ([[1.0, -1.0], [-1.0, 1.0 + 1e-12]], NONE, [[1.0, 1.0]], "result-inaccurate"),
    ],
)
def test_foregrounds(technosphere, links, direct, code: str) -> None:
    with pytest.raises((InputError, InaccurateError)) as error:
        solve_foreground(Foreground(technosphere, links, direct), np.array([[2.0]]))
    assert error.value.code == code
