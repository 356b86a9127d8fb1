"""Who is the parent of whom, in every way people write it."""

import pytest

from cradlemark.product.bom import Place
from cradlemark.product.readers.cells import indent_of
from cradlemark.product.readers.hierarchy import MAX_LEVEL, Node, build_hierarchy, level_style


def nodes(*rows: dict[str, object]) -> list[Node]:
    return [Node(Place("bom.csv", row=number + 2), **row) for number, row in enumerate(rows)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["0", "1", "2", "1"], "number"),
        ([".1", "..2", "..2", ".1"], "dots"),
        (["+", "++", "++", "+"], "marks"),
        (["1", "1.1", "1.1.1", "1.2"], "positions"),
        (["1-1", "1-2"], "positions"),
        (["L0", "L1", "L2", "L1"], "words"),
        (["第一层", "第二层"], "words"),
        (["1级", "2级"], "words"),
        (["a", "b"], ""),
        ([], ""),
    ],
)
def test_styles_of_levels(texts: list[str], style: str) -> None:
    assert level_style(texts) == style


@pytest.mark.parametrize(
    "levels",
    [["0", "1", "2", "1"], ["1", "2", "3", "2"], [".1", "..2", "...3", "..2"], ["", "+", "++", "+"], ["+", "++", "+++", "++"],
     ["1", "1.1", "1.1.1", "1.2"], ["L0", "L1", "L2", "L1"], ["一级", "二级", "三级", "二级"], ["1.", "1.1.", "1.1.1.", "1.2."]],
)  # fmt: skip
def test_level_columns_give_the_same_tree(levels: list[str]) -> None:
    found = build_hierarchy(nodes(*({"level": level} for level in levels)), has_level=True)
    assert found.problems == ()
    assert found.parents == ((), (0,), (1,), (0,))
    assert found.levels == (0, 1, 2, 1)


def test_indents_of_spaces_and_full_width_spaces() -> None:
    assert [indent_of(cell) for cell in ("a", "  a", "\u3000a", "\ta", "\u3000\u3000a", 1.0, None)] == [
        0,
        2,
        2,
        4,
        4,
        0,
        0,
    ]
    found = build_hierarchy(nodes(*({"indent": indent} for indent in (0, 2, 4, 2, 0))))
    assert found.parents == ((), (0,), (1,), (0,), ())
    uneven = build_hierarchy(nodes(*({"indent": indent} for indent in (0, 4, 2))))
    assert [problem.code for problem in uneven.problems] == ["indent-uneven"]
    assert uneven.parents[2] is None


def test_parents_by_number_in_any_order() -> None:
    found = build_hierarchy(
        nodes({"part_number": "C", "parent": "B"}, {"part_number": "A"}, {"part_number": "B", "parent": "A"}),
        has_parent=True,
    )
    assert found.parents == ((2,), (), (1,))
    assert found.levels == (2, 0, 1)


def test_the_product_that_is_only_named_as_parent() -> None:
    found = build_hierarchy(
        nodes({"part_number": "A", "parent": "P"}, {"part_number": "B", "parent": "A"}), has_parent=True
    )
    assert found.parents == ((), (0,))
    assert tuple(note.en for note in found.notes) == (
        "P is named as parent only: it is taken as the product",
    )


def test_an_assembly_in_two_places_keeps_its_content_in_both() -> None:
    rows = nodes(
        {"part_number": "P"},
        {"part_number": "L", "parent": "P"},
        {"part_number": "R", "parent": "P"},
        {"part_number": "S", "parent": "L"},
        {"part_number": "S", "parent": "R"},
        {"part_number": "W", "parent": "S"},
    )
    found = build_hierarchy(rows, has_parent=True)
    assert found.parents[5] == (3, 4)
    assert found.levels == (0, 1, 1, 2, 2, 3)


def test_a_part_that_is_its_own_parent() -> None:
    found = build_hierarchy(nodes({"part_number": "P"}, {"part_number": "A", "parent": "A"}), has_parent=True)
    assert [(problem.where, problem.code) for problem in found.problems] == [
        ("bom.csv, row 3", "parent-cycle")
    ]
    assert "A -> A" in found.problems[0].message.en


def test_a_cycle_names_its_members() -> None:
    rows = [
        {"part_number": name, "parent": above}
        for name, above in (("A", "C"), ("B", "A"), ("C", "B"), ("P", ""))
    ]
    found = build_hierarchy(nodes(*rows), has_parent=True)
    assert found.parents == (None, None, None, ())
    assert all(set("ABC") <= set(problem.message.en) for problem in found.problems)


def test_missing_levels_and_a_first_row_that_is_too_deep() -> None:
    found = build_hierarchy(nodes(*({"level": level} for level in ("0", "", "1"))), has_level=True)
    assert [(problem.where, problem.code) for problem in found.problems] == [
        ("bom.csv, row 3", "level-missing")
    ]
    assert found.parents == ((), None, (0,))
    first = build_hierarchy(nodes(*({"level": level} for level in ("2", "1"))), has_level=True)
    assert [problem.code for problem in first.problems] == ["level-jump"]


def test_position_numbers_without_a_parent_row() -> None:
    found = build_hierarchy(nodes(*({"position": position} for position in ("1", "1.1", "2.1"))))
    assert [(problem.where, problem.code) for problem in found.problems] == [
        ("bom.csv, row 4", "parent-unknown")
    ]


def test_plain_running_numbers_are_no_hierarchy() -> None:
    found = build_hierarchy(nodes(*({"position": str(number)} for number in (10, 20, 30))))
    assert found.parents == ((), (), ())


def test_a_ladder_that_is_too_deep() -> None:
    rows = [
        {"part_number": str(number), "parent": str(number - 1) if number else ""}
        for number in range(MAX_LEVEL + 3)
    ]
    found = build_hierarchy(nodes(*rows), has_parent=True)
    assert [problem.code for problem in found.problems] == ["level-too-deep"] * 2


def test_further_materials_belong_to_the_part_above() -> None:
    found = build_hierarchy(
        nodes({"level": "0"}, {"level": "1"}, {"additional": True}, {"level": "1"}), has_level=True
    )
    assert found.parents == ((), (0,), (1,), (0,))
    assert found.levels == (0, 1, 2, 1)
