"""A page is seen again at the configured ages, ever more seldom, and never after the last of them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.polling.revisit_schedule import next_revisit_at
from tests.stored import NOW

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AGES = (HOUR, 3 * HOUR, 12 * HOUR, DAY, 3 * DAY, 7 * DAY)


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        pytest.param(0 * HOUR, HOUR, id="just published"),
        pytest.param(HOUR, 3 * HOUR, id="at an age"),
        pytest.param(2 * HOUR, 3 * HOUR, id="between two"),
        pytest.param(0.8 * HOUR, 3 * HOUR, id="seen late, so that the first is near already"),
        pytest.param(2.5 * HOUR, 12 * HOUR, id="and the second"),
        pytest.param(5 * DAY, 7 * DAY, id="after the service was down"),
        pytest.param(6 * DAY, None, id="near the last"),
        pytest.param(30 * DAY, None, id="old"),
        pytest.param(-5 * HOUR, HOUR, id="from the future"),
    ],
)
def test_when_it_is_seen_again(age: timedelta, expected: timedelta | None) -> None:
    found = next_revisit_at(NOW, AGES, now=NOW + age)
    assert found == (None if expected is None else NOW + expected)


def test_without_ages_never() -> None:
    assert next_revisit_at(NOW, (), now=NOW) is None


ages = st.lists(st.timedeltas(timedelta(minutes=10), timedelta(days=30)), max_size=20)


@given(ages, st.timedeltas(timedelta(days=-2), timedelta(days=40)))
def test_it_is_always_later_at_an_age_and_after_a_pause(listed: list[timedelta], age: timedelta) -> None:
    now = NOW + age
    found = next_revisit_at(NOW, listed, now=now)
    if found is not None:
        assert found > now
        assert found - NOW in listed
        assert found - now >= (found - NOW) / 4
    assert found == next_revisit_at(NOW, sorted(listed, reverse=True), now=now)


@given(ages)
def test_there_are_no_more_visits_than_ages(listed: list[timedelta]) -> None:
    seen, at = 0, next_revisit_at(NOW, listed, now=NOW)
    while at is not None:
        seen, at = seen + 1, next_revisit_at(NOW, listed, now=at)
    assert seen <= len(set(listed))
