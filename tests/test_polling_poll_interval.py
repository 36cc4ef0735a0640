"""The longest wish counts, within the floor and the cap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.parsing import Hints
from aggregator.polling.poll_interval import Pause, Policy, Wish, backoff, hinted, in_words, rhythm, settle

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = Policy(floor=HOUR, cap=DAY, jitter=0.1)


@pytest.mark.parametrize(
    ("wishes", "hints", "policy", "pause"),
    [
        pytest.param(
            (), Hints(), POLICY, Pause(until=NOW + HOUR, reason="next poll in 1 h (shortest poll interval)"), id="none"
        ),
        pytest.param(
            (Wish(pause=HOUR / 2, source="ttl"),),
            Hints(),
            POLICY,
            Pause(until=NOW + HOUR, reason="next poll in 1 h (shortest poll interval)"),
            id="below the floor",
        ),
        pytest.param(
            (Wish(pause=2 * HOUR, source="ttl"), Wish(pause=3 * HOUR, source="max-age")),
            Hints(),
            POLICY,
            Pause(until=NOW + 3 * HOUR, reason="next poll in 3 h (max-age)"),
            id="the longest",
        ),
        pytest.param(
            (Wish(pause=99 * DAY, source="max-age"),),
            Hints(),
            POLICY,
            Pause(until=NOW + DAY, reason="next poll in 1 d (max-age, limited to the longest poll interval)"),
            id="beyond the cap",
        ),
        pytest.param(
            (),
            Hints(),
            Policy(floor=2 * DAY, cap=DAY),
            Pause(until=NOW + 2 * DAY, reason="next poll in 2 d (shortest poll interval)"),
            id="a floor above the cap wins",
        ),
        pytest.param(
            (),
            Hints(skip_hours=(13, 14)),
            POLICY,
            Pause(until=NOW + 3 * HOUR, reason="next poll in 3 h (skipHours and skipDays)"),
            id="moved out of skipped hours",
        ),
        pytest.param(
            (),
            Hints(skip_days=("Wednesday", "Thursday", "Friday")),
            POLICY,
            Pause(until=NOW + DAY, reason="next poll in 1 d (skipHours and skipDays)"),
            id="moved no further than the cap",
        ),
    ],
)
def test_one_pause_is_made_of_all_wishes(wishes: tuple[Wish, ...], hints: Hints, policy: Policy, pause: Pause) -> None:
    assert settle(wishes, hints=hints, policy=policy, now=NOW, chance=0.0) == pause


def test_jitter_adds_its_share_of_the_pause() -> None:
    pause = settle((), hints=Hints(), policy=POLICY, now=NOW, chance=0.5)
    assert pause.until == NOW + 1.05 * HOUR


def test_hints_become_wishes() -> None:
    assert hinted(Hints(ttl=HOUR, update_period=DAY)) == (
        Wish(pause=HOUR, source="ttl"),
        Wish(pause=DAY, source="updatePeriod"),
    )
    assert hinted(Hints()) == ()


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
    wishes = rhythm([NOW - ago * DAY for ago in days_ago], now=NOW)
    assert wishes == (() if pause is None else (Wish(pause=pause, source="publication interval"),))


def test_each_failure_doubles_the_pause() -> None:
    assert [backoff(n, first=HOUR) / HOUR for n in (0, 1, 2, 3, 4)] == [1, 1, 2, 4, 8]
    assert backoff(10**9, first=HOUR) == 1024 * HOUR


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (45, "45 s"), (90, "90 s"), (60, "1 min"), (5400, "90 min"), (7200, "2 h"), (200_000, "2.31 d")],
)
def test_durations_are_written_for_people(seconds: int, words: str) -> None:
    assert in_words(timedelta(seconds=seconds)) == words
