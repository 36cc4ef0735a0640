"""When an edition is due."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from aggregator.edition_schedule import EditionTimetable


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("timetable", "now", "due", "before"),
    [
        pytest.param("07:00 Europe/Berlin", "2026-11-03T08:00", "2026-11-03T06:00", "2026-11-02T06:00", id="winter"),
        pytest.param("07:00 Europe/Berlin", "2026-07-03T08:00", "2026-07-03T05:00", "2026-07-02T05:00", id="summer"),
        pytest.param("07:00 Europe/Berlin", "2026-11-03T06:00", "2026-11-03T06:00", "2026-11-02T06:00", id="just now"),
        pytest.param("07:00 Europe/Berlin", "2026-11-03T05:59", "2026-11-02T06:00", "2026-11-01T06:00", id="not yet"),
        pytest.param("07:00", "2026-11-03T08:00", "2026-11-03T07:00", "2026-11-02T07:00", id="without a zone"),
        pytest.param(
            "02:30 Europe/Berlin",
            "2026-03-29T03:00",
            "2026-03-29T01:00",
            "2026-03-28T01:30",
            id="a time the clock skips",
        ),
        pytest.param(
            "02:30 Europe/Berlin",
            "2026-10-25T03:00",
            "2026-10-25T00:30",
            "2026-10-24T00:30",
            id="a time it shows twice",
        ),
        pytest.param(
            "0 7,18 * * mon-fri America/New_York", "2026-11-02T11:00", "2026-10-30T22:00", "2026-10-30T11:00", id="cron"
        ),
    ],
)
def test_the_last_time_that_was_due_and_the_one_before(timetable: str, now: str, due: str, before: str) -> None:
    read = EditionTimetable(timetable)
    assert read.last_due(at(now)) == at(due)
    assert read.previous_due(at(due)) == at(before)


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("7 o'clock", "is not a timetable; write for example"),
        ("25:00 Europe/Berlin", "is not a timetable (Bad hour); write for example"),
        ("07:00 Berlin", "'Berlin' is not a time zone; write for example"),
        ("07:00 ../../etc/passwd", "is not a time zone"),
        ("", "is not a timetable"),
        ("* * * * * * UTC", "is not a timetable"),
    ],
)
def test_what_is_no_timetable_is_told(source: str, told: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011 - the words are asserted
        EditionTimetable(source)
    assert told in str(error.value)
