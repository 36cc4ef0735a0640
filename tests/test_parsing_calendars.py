"""Days of other calendars are days of ours."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from aggregator.parsing.calendars import PERSIAN_YEARS, persian_to_gregorian, replace_era_years


@pytest.mark.parametrize(
    ("year", "first"),
    [
        (1370, date(1991, 3, 21)), (1375, date(1996, 3, 20)), (1376, date(1997, 3, 21)), (1379, date(2000, 3, 20)),
        (1388, date(2009, 3, 21)), (1391, date(2012, 3, 20)), (1396, date(2017, 3, 21)), (1399, date(2020, 3, 20)),
        (1400, date(2021, 3, 21)), (1403, date(2024, 3, 20)), (1404, date(2025, 3, 21)), (1408, date(2029, 3, 20)),
    ],
)  # fmt: skip
def test_a_persian_year_begins_at_the_equinox(year: int, first: date) -> None:
    assert persian_to_gregorian(year, 1, 1) == first


def test_every_persian_day_follows_the_one_before() -> None:
    days = []
    for year in PERSIAN_YEARS:
        for month in range(1, 13):
            for day in range(1, 32):
                try:
                    days.append(persian_to_gregorian(year, month, day))
                except ValueError:
                    assert day > 29
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1402, 12, 30), (1402, 7, 31), (1402, 13, 1), (1402, 0, 1), (1300, 1, 1)]
)
def test_what_is_no_persian_day_is_refused(year: int, month: int, day: int) -> None:
    with pytest.raises(ValueError, match="not a day of the Persian calendar"):
        persian_to_gregorian(year, month, day)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("令和8年3月1日", "2026年3月1日", id="Reiwa"),
        pytest.param("平成31年4月30日", "2019年4月30日", id="Heisei"),
        pytest.param("昭和64年1月7日", "1989年1月7日", id="Showa"),
        pytest.param("令和 元 年", "2019 年", id="a first year"),
        pytest.param("民國115年", "2026年", id="the Republic of China"),
        pytest.param("令和の時代", "令和の時代", id="an era without a year"),
    ],
)
def test_the_year_of_an_era_is_one_of_ours(text: str, expected: str) -> None:
    assert replace_era_years(text) == expected
