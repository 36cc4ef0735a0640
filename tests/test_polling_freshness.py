"""What publishers ask of when to come back is read out of headers and hints."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model.parsing import PollHints
from aggregator.polling.freshness import next_unskipped_time, parse_http_date, remaining_freshness, retry_after

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)  # a Wednesday
S = timedelta(seconds=1)
YEARS = timedelta(days=3650)


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        pytest.param({}, None, id="nothing said"),
        pytest.param({"cache-control": "public, max-age=600"}, 600 * S, id="max-age"),
        pytest.param({"cache-control": 'MAX-AGE="600"'}, 600 * S, id="quoted and in capitals"),
        pytest.param({"cache-control": "max-age=600", "age": "500"}, 100 * S, id="less Age"),
        pytest.param({"cache-control": "max-age=600", "age": "900"}, 0 * S, id="older than its age"),
        pytest.param({"cache-control": "max-age=600", "age": "old"}, 600 * S, id="an Age that is none"),
        pytest.param({"cache-control": "max-age=600, max-age=60"}, 60 * S, id="the shorter of two"),
        pytest.param({"cache-control": "s-maxage=900"}, 900 * S, id="s-maxage"),
        pytest.param({"cache-control": "s-maxage=900, max-age=60"}, 900 * S, id="s-maxage goes before max-age"),
        pytest.param({"cache-control": "s-maxage=x, max-age=60"}, 60 * S, id="an s-maxage that is none"),
        pytest.param({"cache-control": "max-age=600, no-cache"}, 0 * S, id="no-cache"),
        pytest.param({"cache-control": "no-store"}, 0 * S, id="no-store"),
        pytest.param({"cache-control": "max-age=-5"}, None, id="a negative age is none"),
        pytest.param({"cache-control": "max-age=soon"}, None, id="a word is none"),
        pytest.param({"cache-control": "max-age=" + "9" * 400}, YEARS, id="for ever"),
        pytest.param(
            {"expires": "Wed, 01 May 2024 13:00:00 GMT", "date": "Wed, 01 May 2024 12:30:00 GMT"},
            1800 * S,
            id="Expires less Date, whatever our clock says",
        ),
        pytest.param({"expires": "Wed, 01 May 2024 13:00:00 GMT"}, 3600 * S, id="Expires without Date"),
        pytest.param({"expires": "Wed, 01 May 2024 11:00:00 GMT"}, 0 * S, id="expired"),
        pytest.param({"expires": "0"}, 0 * S, id="an invalid Expires is expired"),
        pytest.param({"expires": "0", "cache-control": "max-age=60"}, 60 * S, id="max-age before Expires"),
        pytest.param({"expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, YEARS, id="the end of time"),
    ],
)
def test_freshness_is_read_as_a_shared_cache_reads_it(headers: dict[str, str], fresh: timedelta | None) -> None:
    assert remaining_freshness(headers, now=NOW) == fresh


@pytest.mark.parametrize(
    ("value", "pause"),
    [
        ("120", 120 * S),
        (" 120 ", 120 * S),
        ("0", 0 * S),
        ("317100", 317_100 * S),
        ("9" * 30, YEARS),
        ("Wed, 01 May 2024 12:10:00 GMT", 600 * S),
        ("Wednesday, 01-May-24 12:10:00 GMT", 600 * S),
        ("Wed May  1 12:10:00 2024", 600 * S),
        ("Wed, 01 May 2024 11:00:00 GMT", 0 * S),
        ("-5", None),
        ("1.5", None),
        ("later", None),
        ("", None),
        ("²", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(value: str, pause: timedelta | None) -> None:
    assert retry_after({"retry-after": value}, now=NOW) == pause


def test_no_retry_after_asks_for_nothing() -> None:
    assert retry_after({}, now=NOW) is None


@given(st.text(max_size=60))
def test_no_header_makes_it_raise(text: str) -> None:
    names = ("cache-control", "age", "expires", "date", "retry-after")
    for pause in (
        remaining_freshness(dict.fromkeys(names, text), now=NOW),
        retry_after({"retry-after": text}, now=NOW),
    ):
        assert pause is None or timedelta() <= pause <= YEARS
    parsed = parse_http_date(text)
    assert parsed is None or parsed.tzinfo is UTC


@pytest.mark.parametrize(
    ("hints", "opens"),
    [
        pytest.param(PollHints(), NOW, id="nothing skipped"),
        pytest.param(PollHints(skip_hours=(11, 13)), NOW, id="other hours"),
        pytest.param(PollHints(skip_hours=(12,)), NOW.replace(hour=13), id="this hour"),
        pytest.param(PollHints(skip_hours=(12, 13, 15)), NOW.replace(hour=14), id="this hour and the next"),
        pytest.param(
            PollHints(skip_hours=tuple(range(12, 25))), datetime(2024, 5, 2, 1, tzinfo=UTC), id="over midnight"
        ),
        pytest.param(PollHints(skip_days=("WEDNESDAY",)), datetime(2024, 5, 2, tzinfo=UTC), id="this day"),
        pytest.param(
            PollHints(skip_days=("Wednesday", "Thursday"), skip_hours=(0,)),
            datetime(2024, 5, 3, 1, tzinfo=UTC),
            id="days and hours",
        ),
        pytest.param(PollHints(skip_hours=tuple(range(24))), NOW, id="every hour is nonsense"),
        pytest.param(
            PollHints(skip_days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")),
            NOW,
            id="every day is nonsense",
        ),
        pytest.param(PollHints(skip_days=("Mittwoch",)), NOW, id="an unknown day"),
    ],
)
def test_polls_move_out_of_skipped_hours_and_days(hints: PollHints, opens: datetime) -> None:
    assert next_unskipped_time(NOW, hints) == opens


@given(
    instant=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    hours=st.sets(st.integers(0, 23), max_size=23),
    days=st.sets(st.sampled_from(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday"])),
)
def test_the_next_open_instant_is_open_and_not_earlier(instant: datetime, hours: set[int], days: set[str]) -> None:
    hints = PollHints(skip_hours=tuple(hours), skip_days=tuple(days))
    opens = next_unskipped_time(instant, hints)
    assert opens >= instant
    assert opens.hour not in hours
    assert opens.strftime("%A").lower() not in days
    assert next_unskipped_time(opens, hints) == opens
