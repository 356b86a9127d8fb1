"""Periods of days: the time that data stand for or a label is valid in."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date

import attrs

from cradlemark.core.errors import InputError
from cradlemark.core.language import Text

_HINT = Text(
    'write a year "2025", a month "2025-03", a quarter "2025-Q1" or an interval "2025-01-01/2025-12-31"',
    '写年 "2025"、年月 "2025-03"、季度 "2025-Q1" 或区间 "2025-01-01/2025-12-31"',
)
_DATE = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_MONTH = re.compile(r"(\d{4})[-./](\d{1,2})")
_QUARTER = re.compile(r"(\d{4})-?Q([1-4])", re.IGNORECASE)
_HALF = re.compile(r"(\d{4})-?H([12])", re.IGNORECASE)
_YEAR = re.compile(r"(\d{4})")
_YEARS = re.compile(r"(\d{4})-(\d{4})")
_SEPARATOR = re.compile(r"\s+(?:to|until|bis)\s+|\s*(?:至|到|~|—|–)\s*|\s+-\s+|--", re.IGNORECASE)


def _check_order(period: Period, _attribute: object, end: date) -> None:
    if end < period.start:
        raise InputError(
            Text(
                f"the period ends on {end.isoformat()}, before it starts on {period.start.isoformat()}",
                f"期间结束于 {end.isoformat()}，早于开始的 {period.start.isoformat()}",
            ),
            code="period-order",
            hint=Text("exchange the two dates", "交换两个日期"),
        )


@attrs.frozen(order=True)
class Period:
    """Days from start to end, both included.

    Parameters
    ----------
    start : datetime.date
        First day.
    end : datetime.date
        Last day, included.
    """

    start: date
    end: date = attrs.field(validator=_check_order)

    def __str__(self) -> str:
        return f"{self.start.isoformat()}/{self.end.isoformat()}"

    @property
    def days(self) -> int:
        """Number of days, first and last included [day]."""
        return (self.end - self.start).days + 1

    @property
    def months(self) -> int:
        """Number of complete months from the first day on [month]; a calendar year has 12."""
        months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
        day = self.end.day + 1
        last_day = calendar.monthrange(self.end.year, self.end.month)[1]
        if day > last_day:
            # The last day of a month is followed by the first of the next.
            return months + 1 if self.start.day == 1 else months
        # A month that starts on the 31st is complete on the last day but one of a shorter month.
        return months if day >= min(self.start.day, last_day) else months - 1

    def covers(self, other: Period) -> bool:
        """Whether every day of the other period is in this one."""
        return self.start <= other.start and other.end <= self.end

    def distance_years(self, year: int) -> int:
        """Years between a calendar year and the nearest year of this period [year]; 0 if it is touched."""
        return max(self.start.year - year, year - self.end.year, 0)


def parse_period(text: str, *, where: str = "") -> Period:
    """Read a period as people write it.

    Parameters
    ----------
    text : str
        A year (``2025``, ``2025年``), month (``2025-03``, ``2025年3月``), quarter (``2025-Q1``), half year
        (``2025-H1``), day (``2025-03-01``), span of years (``2024-2025``), or two of these joined by ``/``,
        ``to`` or ``至``. Days are year-month-day; other orders are ambiguous and refused.
    where : str
        Place in the user's document, for the message.

    Raises
    ------
    InputError
        ``period-format``, ``period-date`` (no such day) or ``period-order``.
    """
    plain = _plain(text)
    if years := _YEARS.fullmatch(plain):
        first, last = years.group(1), years.group(2)
    elif "/" in plain and not (_DATE.fullmatch(plain) or _MONTH.fullmatch(plain)):
        first, _, last = plain.partition("/")
        if "/" in last:
            first, last = _split_slashed(plain) or (plain, plain)
    else:
        first = last = plain
    try:
        return Period(_span(first.strip(), text)[0], _span(last.strip(), text)[1])
    except InputError as error:
        raise InputError(error.message, code=error.code, where=where, hint=error.hint) from None


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = re.sub(r"第?([1-4一二三四])季度", lambda found: f"Q{_digit(found.group(1))}", plain)
    plain = plain.replace("上半年", "H1").replace("下半年", "H2")
    plain = _SEPARATOR.sub("/", plain)
    plain = re.sub(r"(?<=[年月日])\s*-\s*(?=\d{4})", "/", plain)
    plain = re.sub(r"年(?=\s*[\dQH])", "-", plain)
    plain = re.sub(r"月(?=\s*\d)", "-", plain)
    return re.sub(r"(?:年度?|月份?|日|号)(?=/|$)", "", plain).replace("- ", "-")


def data_years(period: str) -> str:
    """Years of a data period of two ISO dates.

    Examples
    --------
    >>> data_years("2025-01-01/2025-12-31"), data_years("2025-07-01/2026-06-30")
    ('2025', '2025–26')
    """
    first, _, last = period.partition("/")
    one, other = first[:4], last[:4]
    if not other or one == other:
        return one
    return f"{one}–{other[2:] if one[:2] == other[:2] else other}"


def _digit(mark: str) -> str:
    return str("一二三四".find(mark) + 1) if mark in "一二三四" else mark


def _split_slashed(plain: str) -> tuple[str, str] | None:
    """Split ``2025/01/01/2025/12/31`` in the middle."""
    parts = plain.split("/")
    half = len(parts) // 2
    return ("/".join(parts[:half]), "/".join(parts[half:])) if len(parts) in {4, 6} else None


def _span(text: str, whole: str) -> tuple[date, date]:
    try:
        if found := _DATE.fullmatch(text):
            day = date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
            return day, day
        if found := _MONTH.fullmatch(text):
            return _months(int(found.group(1)), int(found.group(2)), 1)
        if found := _QUARTER.fullmatch(text):
            return _months(int(found.group(1)), 3 * int(found.group(2)) - 2, 3)
        if found := _HALF.fullmatch(text):
            return _months(int(found.group(1)), 6 * int(found.group(2)) - 5, 6)
        if found := _YEAR.fullmatch(text):
            return _months(int(found.group(1)), 1, 12)
    except ValueError:
        raise InputError(
            Text(f"there is no such day in {whole!r}", f"{whole!r} 中没有这样的日期"),
            code="period-date",
            hint=_HINT,
        ) from None
    raise InputError(
        Text(f"{whole!r} is not a period", f"{whole!r} 不是期间"), code="period-format", hint=_HINT
    )


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    last = month + count - 1
    if not 1 <= month <= 12:
        raise ValueError(month)
    return date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1])
