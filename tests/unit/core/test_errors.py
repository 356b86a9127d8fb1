"""Errors say in English and Chinese what is wrong, where and how it is repaired."""

from __future__ import annotations

import pickle

from cradlemark.core.errors import InputError, InputErrors, Problem
from cradlemark.core.language import Text

LATE = Problem("a.csv, row 3", "late", Text("it is late", "已经晚了"), Text("hurry", "赶快"))


def test_a_problem_on_one_line() -> None:
    assert LATE.as_text == Text(
        "a.csv, row 3: it is late (hurry) [late]", "a.csv, 第 3 行：已经晚了（赶快） [late]"
    )
    assert str(LATE) == LATE.as_text.en
    assert Problem("", "late", Text("it is late", "已经晚了")).as_text.zh == "已经晚了 [late]"


def test_several_problems_are_counted_in_both_languages() -> None:
    error = InputErrors([LATE, LATE, LATE])
    assert error.message == Text("it is late (and 2 more)", "已经晚了（另有 2 项）")
    assert str(error) == "a.csv, row 3: it is late (and 2 more) (hurry) [late]"
    assert error.problems == (LATE,) * 3


def test_an_error_is_one_problem() -> None:
    error = InputError(LATE.message, code="late", where=LATE.where, hint=LATE.hint)
    assert error.problems == (LATE,)
    assert error.as_text == LATE.as_text
    assert pickle.loads(pickle.dumps(LATE)) == LATE  # processes that draw send theirs back
