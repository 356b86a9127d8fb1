"""Numbers of labels: short enough for a small code, with a check character that finds slips of the pen.

The text is that of a programme and a running number in Crockford's base 32, which has no letters I, L, O and U, with the
check character of ISO/IEC 7064, MOD 37,36. It finds every single wrong character, and all but about two in a thousand swaps of
neighbours, which a hybrid system of that standard cannot find.
"""

from __future__ import annotations

import re

import attrs

from cradlemark.core.errors import InputError

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits of base 32."""
RUNNING = 6
"""Characters of the running number, at least; 10^9 labels a programme."""
_CHECKED = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_PROGRAMME = re.compile(r"[A-Z][A-Z0-9]{1,5}")
_WRITTEN = re.compile(r"([A-Z][A-Z0-9]{1,5})-([0-9A-HJKMNP-TV-Z]{6,13})-([0-9A-Z])")
_ALIKE = str.maketrans("ILOU", "110V")


@attrs.frozen(order=True)
class LabelNumber:
    """Number of a label.

    Parameters
    ----------
    programme : str
        Short mark of the programme, 2 to 6 capital letters and digits.
    sequence : int
        Running number, from 0; never used twice.
    """

    programme: str = attrs.field()
    sequence: int = attrs.field()

    @programme.validator
    def _check_programme(self, _attribute: object, value: str) -> None:
        if not _PROGRAMME.fullmatch(value):
            raise _wrong(f"{value!r} is no mark of a programme", "use 2 to 6 capital letters and digits")

    @sequence.validator
    def _check_sequence(self, _attribute: object, value: int) -> None:
        if not 0 <= value < 32**13:
            raise _wrong(f"{value} is no running number", "use a number from 0")

    @property
    def running(self) -> str:
        """The running number in base 32."""
        text, rest = "", self.sequence
        while rest or len(text) < RUNNING:
            rest, digit = divmod(rest, 32)
            text = DIGITS[digit] + text
        return text

    @property
    def check(self) -> str:
        """The check character."""
        return check_character(self.programme + self.running)

    @property
    def code(self) -> str:
        """The number without hyphens, as in an address."""
        return f"{self.programme}{self.running}{self.check}"

    def __str__(self) -> str:
        return f"{self.programme}-{self.running}-{self.check}"


def check_character(text: str) -> str:
    """Check character of capital letters and digits (ISO/IEC 7064, MOD 37,36).

    Examples
    --------
    >>> check_character("A12425GABC1234002")
    'M'
    """
    product = 36
    for character in text:
        total = (product + _CHECKED.index(character)) % 36 or 36
        product = total * 2 % 37
    return _CHECKED[(37 - product) % 36]


def read_number(text: str) -> LabelNumber:
    """Read a number as somebody types it: small letters, spaces, O for 0, I and L for 1 in the running part.

    Raises
    ------
    InputError
        ``label-number``; it says when only the check character is wrong.
    """
    plain = re.sub(r"[\s‐-―-]+", "-", text.strip().upper())
    if plain.count("-") != 2:
        raise _wrong(f"{text[:60]!r} is no number of a label", "copy it as it is printed, like DEMO-00001Z-7")
    programme, running, check = plain.split("-")
    running = running.translate(_ALIKE)
    if not _WRITTEN.fullmatch(f"{programme}-{running}-{check}"):
        raise _wrong(f"{text[:60]!r} is no number of a label", "copy it as it is printed, like DEMO-00001Z-7")
    sequence = 0
    for character in running:
        sequence = sequence * 32 + DIGITS.index(character)
    number = LabelNumber(programme, sequence)
    if number.running != running:
        raise _wrong(f"{text[:60]!r} has zeros in front that no number has", "copy it as it is printed")
    if number.check != check:
        raise _wrong(
            f"{text[:60]!r} is mistyped: its last character does not fit", "compare it with what is printed"
        )
    return number


def _wrong(message: str, hint: str) -> InputError:
    return InputError(message, code="label-number", hint=hint)
