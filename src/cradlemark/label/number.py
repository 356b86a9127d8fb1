"""Numbers of labels: short enough for a small code, with two check characters that find slips of the pen.

The text is that of a programme and a running number in Crockford's base 32, which has no letters I, L, O and U, with the two
check characters of ISO/IEC 7064, MOD 1271-36. A pure system of that standard, it finds every single wrong character and every swap of
two neighbours, and all but one in 1271 of other mistakes. Hyphens belong to the number, in addresses and files as well: without them
nobody could tell where the mark of a programme ends (CNS and CN with a running number that begins with S).
"""

from __future__ import annotations

import re

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Digits of base 32."""
RUNNING = 6
"""Characters of the running number, at least; 10^9 labels a programme."""
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
"""Characters that are checked, by their value."""
MODULUS, RADIX = 1271, 36
_PROGRAMME = re.compile(r"[A-Z][A-Z0-9]{1,5}")
_WRITTEN = re.compile(r"([A-Z][A-Z0-9]{1,5})-([0-9A-HJKMNP-TV-Z]{6,13})-([0-9A-Z]{2})")
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
            raise _wrong(
                Text(f"{value!r} is no mark of a programme", f"{value!r} 不是计划的标记"),
                Text("use 2 to 6 capital letters and digits", "使用 2 至 6 个大写字母和数字"),
            )

    @sequence.validator
    def _check_sequence(self, _attribute: object, value: int) -> None:
        if not 0 <= value < 32**13:
            raise _wrong(
                Text(f"{value} is no running number", f"{value} 不是流水号"),
                Text("use a number from 0", "使用从 0 开始的数字"),
            )

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
        """The two check characters."""
        return check_characters(self.programme + self.running)

    def __str__(self) -> str:
        return f"{self.programme}-{self.running}-{self.check}"


def check_characters(text: str) -> str:
    """Two check characters of capital letters and digits (ISO/IEC 7064, MOD 1271-36).

    With them the values of all characters, weighted by powers of 36 from the right, add up to 1 modulo 1271.

    Examples
    --------
    >>> check_characters("ISO79")
    '3W'
    """
    total = 0
    for character in text:
        total = (total * RADIX + CHARACTERS.index(character)) % MODULUS
    first, second = divmod((1 - total * RADIX**2) % MODULUS, RADIX)
    return CHARACTERS[first] + CHARACTERS[second]


def read_number(text: str) -> LabelNumber:
    """Read a number as somebody types it: small letters, spaces, O for 0, I and L for 1 in the running part.

    Raises
    ------
    InputError
        ``label-number``; it says when only the check characters are wrong.
    """
    plain = re.sub(r"[\s‐-―-]+", "-", text.strip().upper())
    if plain.count("-") != 2:
        raise _wrong(
            Text(f"{text[:60]!r} is no number of a label", f"{text[:60]!r} 不是标签编号"),
            Text("copy it as it is printed, like DEMO-00001Z-2K", "按印刷的样子抄写，如 DEMO-00001Z-2K"),
        )
    programme, running, check = plain.split("-")
    running = running.translate(_ALIKE)
    if not _WRITTEN.fullmatch(f"{programme}-{running}-{check}"):
        raise _wrong(
            Text(f"{text[:60]!r} is no number of a label", f"{text[:60]!r} 不是标签编号"),
            Text("copy it as it is printed, like DEMO-00001Z-2K", "按印刷的样子抄写，如 DEMO-00001Z-2K"),
        )
    sequence = 0
    for character in running:
        sequence = sequence * 32 + DIGITS.index(character)
    number = LabelNumber(programme, sequence)
    if number.running != running:
        raise _wrong(
            Text(
                f"{text[:60]!r} has zeros in front that no number has",
                f"{text[:60]!r} 前面有编号中不会有的零",
            ),
            Text("copy it as it is printed", "按印刷的样子抄写"),
        )
    if number.check != check:
        raise _wrong(
            Text(
                f"{text[:60]!r} is mistyped: its last two characters do not fit",
                f"{text[:60]!r} 有误：末两位字符不符",
            ),
            Text("compare it with what is printed", "与印刷的内容核对"),
        )
    return number


def _wrong(message: Text, hint: Text) -> InputError:
    return InputError(message, code="label-number", hint=hint)
