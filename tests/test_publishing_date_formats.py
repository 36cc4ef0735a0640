"""Instants, as the formats write them."""

from __future__ import annotations

from calendar import month_name
from datetime import UTC, datetime, timedelta, timezone

import pytest

from aggregator.publishing.date_formats import EMPTY_FEED_DATE, day_and_time, readable_time, rfc3339, rfc5322

HALIFAX = timezone(timedelta(hours=-4))


@pytest.mark.parametrize(
    ("at", "written"),
    [
        pytest.param(
            datetime(2026, 11, 3, 8, 5, tzinfo=UTC),
            ("2026-11-03T08:05:00Z", "Tue, 03 Nov 2026 08:05:00 GMT", "3 November 2026, 08:05 UTC"),
            id="UTC",
        ),
        pytest.param(
            datetime(2026, 12, 31, 22, 0, 59, 999_999, tzinfo=HALIFAX),
            ("2027-01-01T02:00:59Z", "Fri, 01 Jan 2027 02:00:59 GMT", "1 January 2027, 02:00 UTC"),
            id="another zone, with a fraction that is dropped",
        ),
        pytest.param(
            datetime(1, 1, 1, tzinfo=UTC),
            ("0001-01-01T00:00:00Z", "Mon, 01 Jan 0001 00:00:00 GMT", "1 January 1, 00:00 UTC"),
            id="the first",
        ),
    ],
)
def test_an_instant_is_written_in_utc_and_whole_seconds(at: datetime, written: tuple[str, str, str]) -> None:
    assert (rfc3339(at), rfc5322(at), readable_time(at)) == written


def test_people_read_the_name_of_every_month() -> None:
    names = [day_and_time(datetime(2026, month, 9, 7, 5, tzinfo=UTC)) for month in range(1, 13)]
    assert names == [f"9 {month_name[month]} 2026, 07:05" for month in range(1, 13)]


def test_an_empty_feed_changed_last_in_2000() -> None:
    assert datetime(2000, 1, 1, tzinfo=UTC) == EMPTY_FEED_DATE


def test_a_day_is_told_in_the_zone_of_the_instant() -> None:
    assert day_and_time(datetime(2026, 11, 3, 23, 5, tzinfo=HALIFAX)) == "3 November 2026, 23:05"
