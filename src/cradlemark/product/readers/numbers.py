"""Numbers as people and systems write them: decimal comma or point, thousands, units in the cell, dates by mistake."""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal

import attrs

from cradlemark.product.bom import Decimal

Evidence = Literal["", ".", ",", "?"]
"""What a number says about the decimal mark: nothing (an integer), point, comma, or either (``1,234``)."""

_MONTHS = "jan|feb|mar|mär|mrz|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez"
_DATE = re.compile(
    rf"""^(?:(?:19|20)\d{{2}}[-/年]\d{{1,2}}(?:[-/月]\d{{1,2}})?[日月]?(?:[ t].*)?
    |(?:19|20)\d{{2}}\.\d{{1,2}}\.\d{{1,2}}
    |\d{{1,2}}月(?:\d{{1,2}}日)?
    |\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}
    |\d{{1,2}}[-. ]+(?:{_MONTHS})[a-z]*\.?(?:[- ]\d{{2,4}})?
    |(?:{_MONTHS})[a-z]*[- .]+\d{{1,4}})$""",
    re.IGNORECASE | re.VERBOSE,
)
_NUMBER = re.compile(
    r"""^(?P<sign>[+-]?)\s*(?P<body>\d(?:[\d.,]|[ '](?=\d))*|[.,]\d+)
    (?:[eE](?P<exponent>[+-]?\d{1,3}))?(?P<minus>-?)\s*(?P<unit>(?:[^\W\d_]|[µμ%‰°]).*)?$""",
    re.VERBOSE,
)
_GROUPED = {mark: re.compile(rf"^\d{{1,3}}(?:{re.escape(mark)}\d{{3}})+$") for mark in " '.,"}
_ERROR_CELL = re.compile(
    r"^(?:#(?:REF!|N/A|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|WERT!|BEZUG!|NV)|Err:\d{3})$", re.IGNORECASE
)
_MINUS = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2014": "-", "\u2019": "'", "`": "'", "\u02bc": "'"})


@attrs.frozen
class NumberText:
    """A number as text, taken apart but not yet read.

    Parameters
    ----------
    body : str
        Digits with ``.`` and ``,`` as written, other thousands marks removed.
    unit : str
        Text behind the number.
    evidence : str
        What the body says about the decimal mark.
    """

    body: str
    unit: str
    negative: bool
    exponent: int
    evidence: Evidence

    def magnitude(self, decimal: Decimal) -> float:
        """Return the number [unit] under a decimal mark.

        Raises
        ------
        ValueError
            If the digits contradict the decimal mark, or the mark is needed and not stated.
        """
        mark = self.evidence if self.evidence in (".", ",") else decimal
        if decimal and self.evidence not in ("", "?", decimal):
            raise ValueError(self.body)
        if self.evidence == "?" and not mark:
            raise ValueError(self.body)
        other = "," if mark == "." else "."
        plain = self.body.replace(other, "").replace(mark, ".") if mark else self.body
        value = float(plain) * 10.0**self.exponent
        if not math.isfinite(value):
            raise ValueError(self.body)
        return -value if self.negative else value


def plain(cell: object) -> str:
    """Return a cell as text in compatibility form (full-width digits and brackets become plain), trimmed."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        if cell.isascii():
            return cell.strip()
        return unicodedata.normalize("NFKC", cell).replace("\u200b", "").replace("\ufeff", "").strip()
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    return str(cell)


REMEMBERED = 65_536
"""Number texts that are remembered: a column is looked at for evidence first and read afterwards."""


def is_date(cell: object) -> bool:
    """Whether a cell holds a date or time, as such or as text."""
    if isinstance(cell, dt.date | dt.time | dt.timedelta):
        return True
    return isinstance(cell, str) and bool(_DATE.match(plain(cell)))


def is_error(cell: object) -> bool:
    """Whether a cell holds the error value of a formula, for example ``#REF!``."""
    return isinstance(cell, str) and cell[:1] in "#Ee" and bool(_ERROR_CELL.match(cell.strip()))


@lru_cache(maxsize=REMEMBERED)
def scan_number(text: str) -> NumberText | None:
    """Take a number written as text apart; None if it is not one number with at most a unit behind it.

    Accounting negatives ``(3.6)`` and trailing minus ``3,6-`` are negative. Marks of estimates and ranges (``~3``,
    ``3-4``) are not numbers.
    """
    clean = plain(text).translate(_MINUS)
    if len(clean) > 80:
        return None
    bracketed = clean.startswith("(") and clean.endswith(")")
    match = _NUMBER.match(clean[1:-1].strip() if bracketed else clean)
    if match is None:
        return None
    body = _without_spaces(match["body"])
    evidence = _evidence(body) if body is not None else None
    if body is None or evidence is None:
        return None
    negative = bracketed or match["sign"] == "-" or match["minus"] == "-"
    return NumberText(body, (match["unit"] or "").strip(), negative, int(match["exponent"] or 0), evidence)


def _without_spaces(body: str) -> str | None:
    """Remove thousands marks that can be nothing else; None if they do not group by three."""
    for mark in " '":
        if mark in body:
            whole = re.split(r"[.,]", body, maxsplit=1)[0]
            if not _GROUPED[mark].match(whole) or mark in body[len(whole) :]:
                return None
            body = body.replace(mark, "")
    return body


def _evidence(body: str) -> Evidence | None:
    """Return what the separators of a number say, None if they fit no number."""
    dots, commas = body.count("."), body.count(",")
    if not dots and not commas:
        return ""
    if dots and commas:
        mark: Decimal = "." if body.rfind(".") > body.rfind(",") else ","
        other = "," if mark == "." else "."
        whole, _, fraction = body.rpartition(mark)
        return mark if _GROUPED[other].match(whole) and fraction.isdigit() else None
    mark = "." if dots else ","
    other_mark: Decimal = "," if dots else "."
    if dots + commas > 1:
        return other_mark if _GROUPED[mark].match(body) else None
    whole, _, fraction = body.partition(mark)
    if _GROUPED[mark].match(body) and not whole.startswith("0"):
        return "?"
    return mark if (whole or fraction) and len(whole) + len(fraction) else None


def column_evidence(texts: Iterable[str]) -> tuple[frozenset[str], int]:
    """Return the decimal marks that the texts of one column prove, and how many texts could be read either way."""
    marks: set[str] = set()
    either = 0
    for text in texts:
        number = scan_number(text)
        if number is None:
            continue
        if number.evidence == "?":
            either += 1
        elif number.evidence:
            marks.add(number.evidence)
    return frozenset(marks), either


def decide_decimal(per_column: dict[int, frozenset[str]]) -> tuple[dict[int, Decimal], Decimal]:
    """Decide the decimal mark of each column, and of the file.

    A column's own evidence decides. A column without evidence takes the mark of the file if all columns with
    evidence agree. A column that proves both marks decides nothing.
    """
    proven = {marks for marks in per_column.values() if len(marks) == 1}
    contradicting = any(len(marks) > 1 for marks in per_column.values())
    file: Decimal = ""
    if len(proven) == 1 and not contradicting:
        file = "," if "," in next(iter(proven)) else "."
    decided: dict[int, Decimal] = {}
    for column, marks in per_column.items():
        if len(marks) == 1:
            decided[column] = "," if "," in marks else "."
        else:
            decided[column] = "" if marks else file
    return decided, file
