"""Matrices from arrays, and what is said about those that do not fit."""

from __future__ import annotations

import numpy as np
import pytest

from cradlemark.core.errors import InputErrors
from cradlemark.engine.matrices import assemble
from cradlemark.engine.system import Entries, MatrixSystem


def system(*, entries=((0, 0, 1.0), (1, 1, 1.0), (1, 0, -0.5)), processes=("mill", "plant"), **more):
    row, column, amount = zip(*entries, strict=True)
    products = more.pop("products", ("steel", "power"))
    return MatrixSystem(
        more.pop("technosphere", Entries(row, column, amount)),
        more.pop("biosphere", Entries([0, 0], [0, 1], [2.0, 3.0])),
        more.pop("characterisation", Entries([0], [0], [10.0])),
        processes,
        products,
        ("CO2",),
        ("climate",),
        **more,
    )


def codes(error: pytest.ExceptionInfo[InputErrors]) -> set[str]:
    return {problem.code for problem in error.value.problems}


def test_direct_impacts_and_diagonal() -> None:
    matrices = assemble(system())
    assert matrices.direct.tolist() == [[20.0, 30.0]]
    assert matrices.reference_amount.tolist() == [1.0, 1.0]
    assert matrices.technosphere.toarray().tolist() == [[1.0, 0.0], [-0.5, 1.0]]


def test_entries_at_one_place_add_up() -> None:
    matrices = assemble(system(entries=((0, 0, 1.0), (0, 0, -0.25), (1, 1, 1.0))))
    assert matrices.technosphere[0, 0] == 0.75


def test_products_in_another_order_than_processes() -> None:
    matrices = assemble(system(entries=((1, 0, 1.0), (0, 1, 1.0), (0, 0, -0.5)), reference=[1, 0]))
    assert matrices.technosphere.toarray().tolist() == [[1.0, 0.0], [-0.5, 1.0]]
    assert matrices.process_of.tolist() == [1, 0]


def test_treated_waste_has_a_negative_reference() -> None:
    matrices = assemble(system(entries=((0, 0, 1.0), (1, 0, 0.2), (1, 1, -1.0)), waste=[False, True]))
    assert matrices.sign.tolist() == [1.0, -1.0]


def test_undefined_product_names_its_users() -> None:
    with pytest.raises(InputErrors) as error:
        assemble(
            system(
                products=("steel", "power", "gas", "dust"),
                entries=((0, 0, 1.0), (1, 1, 1.0), (2, 0, -1.0), (2, 1, -1.0)),
            )
        )
    assert codes(error) == {"system-product-undefined"}
    used, unused = error.value.problems
    assert used.message.en == "product 'gas' is exchanged by 'mill', 'plant', but no process makes it"
    assert unused.message.en == "product 'dust' is neither made nor used"


def test_all_that_hinders_a_square_matrix_is_said_at_once() -> None:
    with pytest.raises(InputErrors) as error:
        assemble(
            system(
                processes=("mill", "plant", "other mill", "idle"),
                entries=((0, 0, 1.0), (0, 2, 1.0), (1, 1, 1.0)),
                reference=[0, 1, 0, -1],
            )
        )
    assert codes(error) == {"system-product-ambiguous", "system-process-without-product"}
    assert any("'mill', 'other mill'" in problem.message.en for problem in error.value.problems)


@pytest.mark.parametrize(
    ("entries", "waste", "code"),
    [
        (((0, 0, 1.0), (1, 0, -1.0)), [False, False], "system-reference-zero"),
        (((0, 0, 1.0), (1, 1, 1.0), (1, 1, -1.0)), [False, False], "system-reference-zero"),
        (((0, 0, 1.0), (1, 1, 1.0), (1, 1, -1.5)), [False, False], "system-reference-sign"),
        (((0, 0, 1.0), (1, 1, -1.0)), [False, False], "system-reference-sign"),
        (((0, 0, 1.0), (1, 1, 1.0)), [False, True], "system-reference-sign"),
    ],
)
def test_reference_amount_that_cannot_be(entries, waste, code) -> None:
    with pytest.raises(InputErrors) as error:
        assemble(system(entries=entries, waste=waste))
    assert codes(error) == {code}
    assert "plant" in error.value.problems[0].message.en


def test_every_bad_entry_is_named() -> None:
    with pytest.raises(InputErrors) as error:
        system(
            technosphere=Entries([0, 5, 1, -1], [0, 0, 1, 1], [1.0, 1.0, np.nan, 2.0]),
            biosphere=Entries([0], [7], [np.inf]),
        )
    places = [(problem.where, problem.code) for problem in error.value.problems]
    assert places == [
        ("technosphere, entry 1", "system-index"),
        ("technosphere, entry 3", "system-index"),
        ("technosphere, entry 2", "system-amount"),
        ("biosphere, entry 0", "system-index"),
        ("biosphere, entry 0", "system-amount"),
    ]


def test_many_bad_entries_are_counted() -> None:
    with pytest.raises(InputErrors) as error:
        system(biosphere=Entries(np.zeros(250, int), np.zeros(250, int), np.full(250, np.nan)))
    assert len(error.value.problems) == 101
    assert error.value.problems[-1].message.en == "the same holds for 150 more entries"


@pytest.mark.parametrize(
    "build",
    [
        lambda: Entries([0, 1], [0], [1.0]),
        lambda: Entries([0.5], [0], [1.0]),
        lambda: system(reference=[0]),
        lambda: system(waste=[True]),
        lambda: system(places=["CN"]),
    ],
)
def test_lengths_that_do_not_match(build) -> None:
    with pytest.raises(InputErrors) as error:
        build()
    assert codes(error) == {"system-shape"}
