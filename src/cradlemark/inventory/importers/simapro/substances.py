"""Elementary flows: where they go to or come from, what they are called everywhere, their CAS numbers.

SimaPro knows a substance by its name within a compartment, and has no identifier for it in a subcompartment. The
identifier made here is compartment, subcompartment, name and reference unit; processes and methods arrive at the same
one, whatever file they come from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import attrs

from cradlemark.core.identifiers import cas_check_digit
from cradlemark.core.language import Text
from cradlemark.inventory.processes.records import Direction

UNSPECIFIED = "(unspecified)"
"""Subcompartment of a substance without one."""
CATEGORIES: Mapping[str, str] = {
    "raw": "resource", "air": "emission/air", "water": "emission/water", "soil": "emission/soil",
    "waste": "final waste", "non material": "non material", "social": "social", "economic": "economic",
}  # fmt: skip
"""Category of a compartment."""
OF_METHODS: Mapping[str, str] = {
    "raw": "raw", "air": "air", "water": "water", "soil": "soil", "waste": "waste", "non mat.": "non material",
    "social": "social", "economic": "economic",
}  # fmt: skip
"""Compartments as methods name them."""
_CAS = re.compile(r"0*(\d{2,7})-(\d{2})-(\d?)")
_DAY_LIKE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4,7})")


def flow_id(compartment: str, subcompartment: str, name: str, unit: str) -> str:
    """Identifier of an elementary flow.

    Examples
    --------
    >>> flow_id("air", "", "Carbon dioxide", "kg")
    'emission/air/(unspecified)/Carbon dioxide [kg]'
    """
    return f"{CATEGORIES[compartment]}/{subcompartment or UNSPECIFIED}/{name} [{unit}]"


def direction_of(compartment: str) -> Direction:
    """Direction of the flows of a compartment, seen from the process."""
    return "input" if compartment == "raw" else "output"


@attrs.frozen
class Cas:
    """A CAS number and what was done to it.

    Parameters
    ----------
    number : str
        Without leading zeros; empty when there is none or it cannot be one.
    remark : str
        What was wrong with it.
    """

    number: str = ""
    remark: Text = Text()


def read_cas(text: str) -> Cas:
    """Read a CAS number, complete its check digit, restore it where a spreadsheet made a date of it.

    Examples
    --------
    >>> read_cas("000124-38-9").number, read_cas("1228284-64-").number, read_cas("10/8/5595").remark
    ('124-38-9', '1228284-64-7', '10/8/5595 is no CAS number')
    """
    plain = text.strip()
    if plain in {"", "0"}:
        return Cas()
    found = _CAS.fullmatch(plain)
    if not found:
        return _from_date(plain)
    first, second, digit = found.groups()
    right = str(cas_check_digit(first + second))
    number = f"{first.lstrip('0')}-{second}-{right}"
    if not digit:
        return Cas(
            number,
            Text(
                f"{plain} has no check digit; completed to {number}", f"{plain} 没有校验位；已补全为 {number}"
            ),
        )
    return (
        Cas(number)
        if digit == right
        else Cas("", Text(f"{plain[:30]} has a wrong check digit", f"{plain[:30]} 的校验位错误"))
    )


def _from_date(plain: str) -> Cas:
    found = _DAY_LIKE.fullmatch(plain)
    if found:
        middle, last, first = found.groups()
        if len(last) == 1 and cas_check_digit(first + middle.zfill(2)) == int(last):
            number = f"{first}-{middle.zfill(2)}-{last}"
            return Cas(
                number, Text(f"{plain} was a date; it is {number}", f"{plain} 曾被转成日期；应为 {number}")
            )
    return Cas("", Text(f"{plain[:30]} is no CAS number", f"{plain[:30]} 不是 CAS 号"))
