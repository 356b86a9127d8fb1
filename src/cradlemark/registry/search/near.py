"""A number that was typed: of a label, of none, or nearly that of one, which can be a slip of the pen or a forgery."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

import attrs

from cradlemark.core.errors import InputError
from cradlemark.label.number import LabelNumber, read_number
from cradlemark.registry.search.models import Row
from cradlemark.registry.search.shelf import HIDDEN

Answer = Literal["issued", "not_issued", "mistyped", "elsewhere"]
LONGEST = 40
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@attrs.frozen
class NumberAnswer:
    """What is known of a number.

    Parameters
    ----------
    answer : {"issued", "not_issued", "mistyped", "elsewhere"}
        ``not_issued``: a possible number that no label has; ``mistyped``: its check characters do not fit;
        ``elsewhere``: of another programme.
    number : str
        As it is printed on labels; as it was typed where it is mistyped.
    near : tuple of str
        Numbers of labels that differ from it in one character, or in the order of two neighbours.
    """

    answer: Answer
    number: str
    near: tuple[str, ...] = ()


def number_asked(text: str, *, mark: str) -> NumberAnswer | None:
    """What is known of a number; None for a text that is nothing like one.

    Parameters
    ----------
    text : str
        As it was typed.
    mark : str
        Of the programme.
    """
    typed = re.sub(r"[\s‐-―-]+", "-", text.strip().upper())
    if len(typed) > LONGEST or typed.count("-") != 2:
        return None
    found = _read(typed)
    if found is None:
        like = re.fullmatch(rf"{re.escape(mark)}-[0-9A-Z]{{5,}}-[0-9A-Z]+", typed)
        return NumberAnswer("mistyped", typed, _issued(set(_near(typed)))) if like else None
    number = str(found)
    if _issued({number}):
        return NumberAnswer("issued", number)
    if found.programme != mark:
        return NumberAnswer("elsewhere", number)
    return NumberAnswer("not_issued", number, _issued(set(_near(number))))


def _read(text: str) -> LabelNumber | None:
    try:
        return read_number(text)
    except InputError:
        return None


def _near(typed: str) -> Iterator[str]:
    """Possible numbers one slip away."""
    variants = [
        typed[:at] + sign + typed[at + 1 :] for at, old in enumerate(typed) if old != "-" for sign in _SIGNS
    ]
    variants += [typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :] for at in range(len(typed) - 1)]
    for variant in variants:
        found = _read(variant)
        if found is not None:
            yield str(found)


def _issued(numbers: set[str]) -> tuple[str, ...]:
    rows = Row.objects.filter(label_id__in=numbers).exclude(state=HIDDEN).order_by("sequence")
    return tuple(rows.values_list("label_id", flat=True))
