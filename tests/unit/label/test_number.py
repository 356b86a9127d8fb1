"""Numbers of labels."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cradlemark.core.errors import InputError
from cradlemark.label.number import CHARACTERS, LabelNumber, check_characters, read_number

ALIKE = {"I": "1", "L": "1", "O": "0", "U": "V"}
numbers = st.builds(LabelNumber, st.just("DEMO"), st.integers(0, 32**8))


def test_check_characters_are_those_of_the_published_example() -> None:
    assert check_characters("ISO79") == "3W"  # ISO/IEC 7064:2003, MOD 1271-36


def test_numbers_are_divided_in_one_way_only() -> None:
    one, other = LabelNumber("CN", 25 * 32**5 + 7), LabelNumber("CNS", 7)
    assert one.programme + one.running != other.programme + other.running
    assert (read_number(str(one)), read_number(str(other))) == (one, other)
    for number in (one, other):
        with pytest.raises(InputError):
            read_number(str(number).replace("-", ""))


@given(numbers)
def test_number_survives_writing(number: LabelNumber) -> None:
    assert read_number(str(number)) == number
    assert read_number(f"  {str(number).lower().replace('-', ' ')} ") == number


def slips(text: str) -> set[str]:
    """Every single wrong character and every swap of two neighbours, check characters included, with the hyphens left out."""
    wrong = {text[:at] + sign + text[at + 1 :] for at in range(len(text)) for sign in CHARACTERS}
    wrong |= {text[:at] + text[at + 1] + text[at] + text[at + 2 :] for at in range(len(text) - 1)}
    return wrong - {text}


def fits(text: str) -> bool:
    return check_characters(text[:-2]) == text[-2:]


@pytest.mark.parametrize(
    "number",
    [
        LabelNumber("DEMO", 0),
        LabelNumber("DEMO", 1073741823),
        LabelNumber("CN", 123456),
        LabelNumber("A1B2C3", 32**9 + 5),
    ],
)
def test_every_slip_is_found(number: LabelNumber) -> None:
    text = str(number).replace("-", "")
    assert fits(text)
    assert [wrong for wrong in slips(text) if fits(wrong)] == []


@settings(max_examples=50)
@given(st.builds(LabelNumber, st.from_regex(r"[A-Z][A-Z0-9]{1,5}", fullmatch=True), st.integers(0, 32**9)))
def test_every_slip_in_any_number_is_found(number: LabelNumber) -> None:
    assert not any(map(fits, slips(str(number).replace("-", ""))))


@given(numbers, st.integers(0, 13), st.sampled_from(CHARACTERS))
def test_a_wrong_character_is_refused_or_read_as_what_it_looks_like(
    number: LabelNumber, place: int, other: str
) -> None:
    text = str(number)
    if place >= len(text) or text[place] in ("-", other):
        return
    wrong = text[:place] + other + text[place + 1 :]
    if place >= 5 and ALIKE.get(other) == text[place] and text.count("-", 0, place) == 1:
        assert read_number(wrong) == number
        return
    with pytest.raises(InputError):
        read_number(wrong)


def test_letters_that_look_like_digits_are_taken_for_them() -> None:
    number = LabelNumber("DEMO", 32)
    assert number.running == "000010"
    assert read_number(f"DEMO-OOOOIO-{number.check}") == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DEMO",
        "DEMO-000001",
        "D-000001-11",
        "DEMO-0000011-A-B",
        "DEMO-0000000-9",
        "DEMO-00001Z-2",
        "DEMO-00001Z-2KK",
        "DEMO00001Z2K",
    ],
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_number(text)
    assert caught.value.code == "label-number"


@pytest.mark.parametrize(("programme", "sequence"), [("demo", 1), ("D", 1), ("TOOLONG", 1), ("DEMO", -1)])
def test_impossible_numbers_are_refused(programme: str, sequence: int) -> None:
    with pytest.raises(InputError):
        LabelNumber(programme, sequence)
