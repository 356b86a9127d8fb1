"""Laws of reading SimaPro CSV: notation does not matter, quoting is undone, check digits find single errors."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from cradlemark.core.language import Text
from cradlemark.inventory.importers.simapro.cells import Rows
from cradlemark.inventory.importers.simapro.substances import read_cas
from cradlemark.inventory.importers.simapro.values import read_amount
from cradlemark.inventory.importers.simapro.waste import remainder, times

NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\n\r\x7f", exclude_categories=["Cs"]), max_size=20
)


@given(NUMBERS, st.sampled_from([".", ","]))
def test_numbers_in_either_notation(value: float, decimal: str) -> None:
    found = read_amount(repr(value).replace(".", decimal), decimal)
    assert (found.value, found.formula) == (value, "")


@given(st.lists(st.lists(TEXTS, min_size=1, max_size=5), max_size=5), st.sampled_from([";", ",", "\t"]))
def test_quoted_cells_come_back(rows: list[list[str]], separator: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    read = [cells for _, cells in Rows(iter(out.getvalue().split("\n")[:-1]), separator)]
    assert len(read) == len(rows)
    for cells, wanted in zip(read, rows, strict=True):
        assert cells == wanted[: len(cells)]
        assert not any(cell.strip() for cell in wanted[len(cells) :])


@given(st.integers(10_00, 9_999_999), st.integers(0, 9), st.integers(0, 2**31))
def test_one_wrong_digit_of_a_cas_number_is_seen(digits: int, other: int, place: int) -> None:
    text = f"{digits // 100}-{digits % 100:02}-"
    whole = read_cas(text).number
    assert whole.startswith(text.lstrip("0"))
    assert read_cas(whole).remark == Text()
    places = [at for at, character in enumerate(whole) if character.isdigit()]
    at = places[place % len(places)]
    changed = whole[:at] + str(other) + whole[at + 1 :]
    weight = len(places) - 1 - places.index(at)
    # A change by a multiple of 10 / its weight cannot be seen.
    if at and (weight == 0 or (weight * (other - int(whole[at]))) % 10):
        assert (read_cas(changed).remark == Text()) == (changed == whole)


@given(st.lists(st.floats(0.0, 1.0), max_size=6), st.floats(0.0, 1e6))
def test_shares_and_remainder_make_the_whole(shares: list[float], amount: float) -> None:
    parts = [read_amount(repr(share), ".") for share in shares]
    whole = read_amount(repr(amount), ".")
    total = sum(times(whole, part).value for part in (*parts, remainder(parts)))
    assert abs(total - amount) <= 1e-9 * max(1.0, amount) * (1 + len(shares))
