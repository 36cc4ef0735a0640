"""The longest wish counts, within the floor and the cap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.parsing import PollHints
from aggregator.polling.poll_interval import (
    ChosenInterval,
    PollPolicy,
    RequestedInterval,
    backoff,
    choose_interval,
    format_duration,
    intervals_from_hints,
    publication_interval,
)

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = PollPolicy(floor=HOUR, cap=DAY, jitter=0.1)


@pytest.mark.parametrize(
    ("requested", "hints", "policy", "pause"),
    [
        pytest.param(
            (),
            PollHints(),
            POLICY,
            ChosenInterval(until=NOW + HOUR, reason="next poll in 1 h (shortest poll interval)"),
            id="none",
        ),
        pytest.param(
            (RequestedInterval(pause=HOUR / 2, source="ttl"),),
            PollHints(),
            POLICY,
            ChosenInterval(until=NOW + HOUR, reason="next poll in 1 h (shortest poll interval)"),
            id="below the floor",
        ),
        pytest.param(
            (RequestedInterval(pause=2 * HOUR, source="ttl"), RequestedInterval(pause=3 * HOUR, source="max-age")),
            PollHints(),
            POLICY,
            ChosenInterval(until=NOW + 3 * HOUR, reason="next poll in 3 h (max-age)"),
            id="the longest",
        ),
        pytest.param(
            (RequestedInterval(pause=99 * DAY, source="max-age"),),
            PollHints(),
            POLICY,
            ChosenInterval(until=NOW + DAY, reason="next poll in 1 d (max-age, limited to the longest poll interval)"),
            id="beyond the cap",
        ),
        pytest.param(
            (),
            PollHints(),
            PollPolicy(floor=2 * DAY, cap=DAY),
            ChosenInterval(until=NOW + 2 * DAY, reason="next poll in 2 d (shortest poll interval)"),
            id="a floor above the cap wins",
        ),
        pytest.param(
            (),
            PollHints(skip_hours=(13, 14)),
            POLICY,
            ChosenInterval(until=NOW + 3 * HOUR, reason="next poll in 3 h (skipHours and skipDays)"),
            id="moved out of skipped hours",
        ),
        pytest.param(
            (),
            PollHints(skip_days=("Wednesday", "Thursday", "Friday")),
            POLICY,
            ChosenInterval(until=NOW + DAY, reason="next poll in 1 d (skipHours and skipDays)"),
            id="moved no further than the cap",
        ),
    ],
)
def test_one_pause_is_made_of_all_wishes(
    requested: tuple[RequestedInterval, ...], hints: PollHints, policy: PollPolicy, pause: ChosenInterval
) -> None:
    assert choose_interval(requested, hints=hints, policy=policy, now=NOW, chance=0.0) == pause


def test_jitter_adds_its_share_of_the_pause() -> None:
    pause = choose_interval((), hints=PollHints(), policy=POLICY, now=NOW, chance=0.5)
    assert pause.until == NOW + 1.05 * HOUR


def test_hints_become_wishes() -> None:
    assert intervals_from_hints(PollHints(ttl=HOUR, update_period=DAY)) == (
        RequestedInterval(pause=HOUR, source="ttl"),
        RequestedInterval(pause=DAY, source="updatePeriod"),
    )
    assert intervals_from_hints(PollHints()) == ()


@pytest.mark.parametrize(
    ("days_ago", "pause"),
    [
        pytest.param([], None, id="no dates"),
        pytest.param([-1], None, id="only in the future"),
        pytest.param([0.5, 1, 1.5, 2], DAY / 4, id="twice a day"),
        pytest.param([7, 14, 21, 28], 3.5 * DAY, id="every week"),
        pytest.param([10, -300], 5 * DAY, id="the future does not count"),
        pytest.param([100, 101, 102], 50 * DAY, id="silent for a month and more"),
    ],
)
def test_a_feed_is_polled_twice_as_often_as_it_publishes(days_ago: list[float], pause: timedelta | None) -> None:
    requested = publication_interval([NOW - ago * DAY for ago in days_ago], now=NOW)
    assert requested == (() if pause is None else (RequestedInterval(pause=pause, source="publication interval"),))


def test_each_failure_doubles_the_pause() -> None:
    assert [backoff(n, first=HOUR) / HOUR for n in (0, 1, 2, 3, 4)] == [1, 1, 2, 4, 8]
    assert backoff(10**9, first=HOUR) == 1024 * HOUR


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (45, "45 s"), (90, "90 s"), (60, "1 min"), (5400, "90 min"), (7200, "2 h"), (200_000, "2.31 d")],
)
def test_durations_are_written_for_people(seconds: int, words: str) -> None:
    assert format_duration(timedelta(seconds=seconds)) == words
