"""Numbers of labels."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cradlemark.core.errors import InputError
from cradlemark.label.number import DIGITS, LabelNumber, check_character, read_number

numbers = st.builds(LabelNumber, st.just("DEMO"), st.integers(0, 32**8))


def test_check_character_is_that_of_a_published_example() -> None:
    # Global Release Identifier handbook (IFPI): A1-2425G-ABC1234002-M, ISO/IEC 7064 MOD 37,36.
    assert check_character("A12425GABC1234002") == "M"


@given(numbers)
def test_number_survives_writing(number: LabelNumber) -> None:
    assert read_number(str(number)) == number
    assert read_number(f"  {str(number).lower().replace('-', ' ')} ") == number


@given(numbers, st.integers(0, 5), st.sampled_from(DIGITS))
def test_every_wrong_character_is_found(number: LabelNumber, place: int, other: str) -> None:
    running = number.running
    if place >= len(running) or running[place] == other:
        return
    wrong = running[:place] + other + running[place + 1 :]
    with pytest.raises(InputError):
        read_number(f"DEMO-{wrong}-{number.check}")


def test_nearly_every_swap_of_neighbours_is_found() -> None:
    # A hybrid system finds all but a few; the pure ones that find all have a check character that is no letter or digit.
    source, swaps, missed = random.Random(1), 0, 0
    for _ in range(20_000):
        number, place = LabelNumber("DEMO", source.randrange(32**6)), source.randrange(5)
        running = number.running
        wrong = running[:place] + running[place + 1] + running[place] + running[place + 2 :]
        swaps += wrong != running
        missed += wrong != running and check_character("DEMO" + wrong) == number.check
    assert 0 < missed < swaps / 400


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    number = LabelNumber("DEMO", 32)
    assert number.running == "000010"
    assert read_number(f"DEMO-OOOOIO-{number.check}") == number


@pytest.mark.parametrize(
    "text", ["", "DEMO", "DEMO-000001", "D-000001-1", "DEMO-0000011-A-B", "DEMO-0000000-9"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_number(text)
    assert caught.value.code == "label-number"


@pytest.mark.parametrize(("programme", "sequence"), [("demo", 1), ("D", 1), ("TOOLONG", 1), ("DEMO", -1)])
def test_impossible_numbers_are_refused(programme: str, sequence: int) -> None:
    with pytest.raises(InputError):
        LabelNumber(programme, sequence)
