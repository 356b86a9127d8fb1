"""Rows of text tables whose cells have moved, and columns without a header."""

from __future__ import annotations

import pytest

from cradlemark.inventory.moved_cells import Span, moved, moved_rows, span_of, unnamed_columns
from cradlemark.inventory.safe_files import Sheet
from cradlemark.inventory.text_files import TextTable, read_delimited

COMMA = Span(3, 3, ",")
NOTE = Span(4, 4, ",")


@pytest.mark.parametrize(
    ("row", "width", "span", "message"),
    [
        (
            ["Screw", "kg", "1", "2"], 4, COMMA,
            '4 cells instead of 3, "2" stands beyond the last header: "1" and "2" may be the one number 1,2',
        ),
        (
            ["Screw", "1", "2", "kg"], 4, COMMA,
            '4 cells instead of 3, "kg" stands beyond the last header: "1" and "2" may be the one number 1,2',
        ),
        (["Screw", " zinc", "kg", "1.2"], 4, COMMA, '4 cells instead of 3, "1.2" stands beyond the last header'),
        (["Nut", "piece", "3", "x"], 4, Span(3, 3, "\t"), '4 cells instead of 3, "x" stands beyond the last header'),
        # the last column is empty: the surplus cell is, too
        (["Screw", "kg", "1", "2", None], 5, NOTE, '5 cells instead of 4: "1" and "2" may be the one number 1,2'),
        (["Screw", "0", "5 kg", "x", None], 5, NOTE, '5 cells instead of 4: "0" and "5 kg" may be the one number 0,5 kg'),
        (["Screw", "1.234", "5", None, None], 5, NOTE, '5 cells instead of 4: "1.234" and "5" may be the one number 1.234,5'),
        # a program has filled all rows up to the same number of cells
        (
            ["Screw", "kg", "1", "2"], 4, Span(3, 4, ","),
            '"2" stands in a column without a header: "1" and "2" may be the one number 1,2',
        ),
    ],
)  # fmt: skip
def test_rows_that_are_refused(row: list[str | None], width: int, span: Span, message: str) -> None:
    problem = moved(row, width, span, where="a.csv, row 3")
    assert problem is not None
    assert problem.code == "cells-moved"
    assert problem.message.en.removeprefix("the row has ") == message
    assert problem.where.startswith("a.csv, row 3")
    assert problem.message.complete
    assert problem.hint.complete


@pytest.mark.parametrize(
    ("row", "width", "span"),
    [
        (["Screw", "kg", "1.2"], 3, COMMA),
        (["Screw", "kg"], 2, COMMA),
        (["Screw", "kg", None, None], 4, COMMA),
        (["Nut", "piece", "3", None, None], 5, COMMA),
        ([None, None, None, None], 4, COMMA),
        (["1", "2", "3", None], 4, Span(3, 3, ";")),  # a semicolon cuts no number
        (["Nut", "piece", "3", "look at it"], 4, Span(3, 4, ",")),
        (["Nut", "piece", "3", "5 pieces of it are spare"], 4, Span(3, 4, ",")),
        (["1", "2", "x", "y"], 4, Span(3, 4, ",")),
        (["Screw", "kg", "1", "2"], 4, Span(3, 4, ";")),
    ],
)
def test_rows_that_stand_where_they_should(row: list[str | None], width: int, span: Span) -> None:
    assert moved(row, width, span, where="a.csv, row 3") is None


def test_place_is_that_of_the_first_cell_beyond_and_the_repair_names_the_separator() -> None:
    for delimiter, named in (
        (",", 'holds ","'),
        (";", 'holds ";"'),
        ("\t", "holds a tab"),
        ("", "holds the separator"),
    ):
        problem = moved(["a", "b", "c", None, "d"], 5, Span(3, 3, delimiter), where="a.csv, row 3")
        assert problem is not None
        assert problem.where == "a.csv, row 3, column E"
        assert named in problem.hint.en


def test_span_of_a_table_with_a_header_and_without() -> None:
    widths = (1, 3, 4, 5, 2)
    assert span_of({0, 2}, widths, header=1, delimiter=",") == Span(3, 3, ",")
    assert span_of({0, 3}, widths, header=1, delimiter=",") == Span(4, 4, ",")
    assert span_of({0, 2}, widths, header=None, delimiter=",") == Span(3, 3, ",")
    assert span_of({0, 3}, widths, header=None, delimiter=",") == Span(4, 4, ",")
    assert span_of({0, 9}, widths, header=None, delimiter=",") == Span(10, 10, ",")


def test_all_rows_of_a_text_and_none_of_a_workbook() -> None:
    table = read_delimited("name,unit,quantity\nA,kg,1,2\nB,kg,3\n\nC,kg,0,5\n", where="a.csv")
    assert table.widths == (3, 4, 3, 0, 4)
    found = moved_rows(table, {0, 1, 2}, header=0, start=1, where=lambda row: f"a.csv, row {row + 1}")
    assert {row: problem.where for row, problem in found.items()} == {
        1: "a.csv, row 2, column D",
        4: "a.csv, row 5, column D",
    }
    sheet = Sheet("S", table.rows)
    assert moved_rows(sheet, {0, 1, 2}, header=0, start=1, where=str) == {}


def test_columns_without_a_header_are_warned_of_once() -> None:
    table = TextTable([["a", None, "b", None], ["1", "x", "2", None], ["3", "y", "4", None]], (4, 4, 4), ";")
    (problem,) = unnamed_columns(table, {0, 2}, [1, 2], where="a.csv, ", first_row=5)
    assert (problem.where, problem.code) == ("a.csv, column B", "column-unnamed")
    assert problem.message.en == (
        'the column has no header and is not used; filled cells: 2, the first "x" in row 6'
    )
    assert problem.message.complete
    assert problem.hint.complete
