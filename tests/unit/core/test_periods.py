from datetime import date

import pytest

from cradlemark.core.errors import InputError
from cradlemark.core.periods import Period, parse_period


@pytest.mark.parametrize(
    ("text", "interval"),
    [
        ("2025", "2025-01-01/2025-12-31"),
        ("2025年", "2025-01-01/2025-12-31"),
        ("2025年度", "2025-01-01/2025-12-31"),
        ("２０２５", "2025-01-01/2025-12-31"),
        ("2025-03", "2025-03-01/2025-03-31"),
        ("2025/03", "2025-03-01/2025-03-31"),
        ("2025年3月", "2025-03-01/2025-03-31"),
        ("2024-02", "2024-02-01/2024-02-29"),
        ("2025-Q1", "2025-01-01/2025-03-31"),
        ("2025Q4", "2025-10-01/2025-12-31"),
        ("2025年第二季度", "2025-04-01/2025-06-30"),
        ("2025年1季度", "2025-01-01/2025-03-31"),
        ("2025-H2", "2025-07-01/2025-12-31"),
        ("2025年上半年", "2025-01-01/2025-06-30"),
        ("2025-03-05", "2025-03-05/2025-03-05"),
        ("2025年3月5日", "2025-03-05/2025-03-05"),
        ("2025-01-01/2025-12-31", "2025-01-01/2025-12-31"),
        ("2025/01/01 - 2025/12/31", "2025-01-01/2025-12-31"),
        ("2025/01/01", "2025-01-01/2025-01-01"),
        ("2025.1.1 至 2025.6.30", "2025-01-01/2025-06-30"),
        ("2025年1月1日至2025年12月31日", "2025-01-01/2025-12-31"),
        ("2025年1月-2025年6月", "2025-01-01/2025-06-30"),
        ("2025-01 to 2025-06", "2025-01-01/2025-06-30"),
        ("2025-01/2025-06", "2025-01-01/2025-06-30"),
        ("2024-2025", "2024-01-01/2025-12-31"),
        ("2024年至2025年", "2024-01-01/2025-12-31"),
        ("2024/2025", "2024-01-01/2025-12-31"),
    ],
)
def test_period_is_read(text, interval):
    assert str(parse_period(text)) == interval


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "period-format"),
        ("last year", "period-format"),
        ("01/02/2025", "period-format"),
        ("25", "period-format"),
        ("2025-Q5", "period-format"),
        ("2025-13", "period-date"),
        ("2025-00", "period-date"),
        ("2025-02-30", "period-date"),
        ("0000", "period-date"),
        ("2025-12-31/2025-01-01", "period-order"),
        ("2025-2024", "period-order"),
        ("2025/", "period-format"),
        ("2025-01-01/2025-02-01/2025-03-01", "period-format"),
    ],
)
def test_what_is_no_period_is_refused(text, code):
    with pytest.raises(InputError) as caught:
        parse_period(text, where="cell B2")
    assert (caught.value.code, caught.value.where) == (code, "cell B2")
    assert caught.value.hint.en


@pytest.mark.parametrize(
    ("text", "days", "months"),
    [
        ("2025", 365, 12),
        ("2024", 366, 12),
        ("2024-2025", 731, 24),
        ("2025-03", 31, 1),
        ("2025-03-05", 1, 0),
        ("2025-01-15/2025-02-14", 31, 1),
        ("2025-01-15/2025-02-13", 30, 0),
        ("2025-01-31/2025-02-27", 28, 1),
        ("2024-04-01/2025-03-31", 365, 12),
        ("2024-04-01/2025-03-30", 364, 11),
        ("9999", 365, 12),
    ],
)
def test_length(text, days, months):
    period = parse_period(text)
    assert (period.days, period.months) == (days, months)


def test_covering_and_distance():
    year, month = parse_period("2025"), parse_period("2025-03")
    assert year.covers(month)
    assert year.covers(year)
    assert not month.covers(year)
    assert [parse_period("2023-2025").distance_years(year) for year in (2020, 2023, 2024, 2025, 2030)] == [
        3,
        0,
        0,
        0,
        5,
    ]


def test_end_before_start_is_refused():
    with pytest.raises(InputError) as caught:
        Period(date(2025, 2, 1), date(2025, 1, 1))
    assert caught.value.code == "period-order"
