"""What an answer means for its host: how long it is left alone, and how much it was asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.model.polling import (
    DeferredRedirect,
    FailureKind,
    FetchOutcome,
    Hop,
    HttpError,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.polling.host_backoff import host_backoff_time, host_failures_after, is_temporary_failure, requests_made

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://a.example/page"
MOVED = (Hop(url="https://a.example/old", status=302, location=URL),)


def http(status: int, **headers: str) -> HttpError:
    return HttpError(url=URL, status=status, headers={name.replace("_", "-"): headers[name] for name in headers})


def refused(rule: RefusalRule, hops: tuple[Hop, ...] = ()) -> Refused:
    return Refused(url=URL, rule=rule, reason="", hops=hops)


SILENCE = Unreachable(url=URL, trouble=FailureKind.TIMEOUT, reason="no answer")
ANSWER = SuccessResponse(url=URL, status=200, headers={}, body=b"", hops=MOVED)
DEFERRED = DeferredRedirect(url="https://a.example/old", headers={"retry-after": "600"}, hops=MOVED)


@pytest.mark.parametrize(
    ("outcome", "pause"),
    [
        pytest.param(http(429, retry_after="600"), 10 * MINUTE, id="429 that says for how long"),
        pytest.param(http(503, retry_after="600"), 10 * MINUTE, id="503 that says for how long"),
        pytest.param(http(429), 5 * MINUTE, id="429"),
        pytest.param(http(503), 5 * MINUTE, id="503"),
        pytest.param(http(429, retry_after="9999999"), DAY, id="for ever"),
        pytest.param(http(500, retry_after="600"), None, id="another error means what was asked for alone"),
        pytest.param(DEFERRED, 10 * MINUTE, id="a redirect to follow later"),
        pytest.param(SILENCE, 4 * MINUTE, id="the third silence in a row"),
        pytest.param(ANSWER, None, id="an answer"),
        pytest.param(refused(RefusalRule.ROBOTS), None, id="not asked for"),
    ],
)
def test_how_long_a_host_is_left_alone(outcome: FetchOutcome, pause: timedelta | None) -> None:
    assert host_backoff_time(outcome, host_failures=3, now=NOW, cap=DAY) == pause


@pytest.mark.parametrize(
    ("outcome", "failures"),
    [(SILENCE, 3), (refused(RefusalRule.ROBOTS), 2), (ANSWER, 0), (http(500), 0), (DEFERRED, 0)],
)
def test_only_silence_counts_as_a_failure_of_the_host_and_any_answer_ends_it(
    outcome: FetchOutcome, failures: int
) -> None:
    assert host_failures_after(outcome, before=2) == failures


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        *[(http(status), True) for status in (429, 500, 503)],
        *[(http(status), False) for status in (401, 404, 410)],
        (SILENCE, True),
        (DEFERRED, True),
        (ANSWER, False),
        (refused(RefusalRule.ADDRESS), False),
    ],
)
def test_what_may_go_better_later(outcome: FetchOutcome, expected: bool) -> None:
    assert is_temporary_failure(outcome) == expected


@pytest.mark.parametrize(
    ("outcome", "requests"),
    [
        pytest.param(ANSWER, 2, id="a redirect and an answer"),
        pytest.param(http(404), 1, id="an error"),
        pytest.param(SILENCE, 1, id="a silence"),
        pytest.param(DEFERRED, 1, id="a redirect that was not followed"),
        pytest.param(refused(RefusalRule.ROBOTS), 0, id="forbidden"),
        pytest.param(refused(RefusalRule.ADDRESS, MOVED), 1, id="a redirect that may not be followed"),
        pytest.param(refused(RefusalRule.SIZE), 1, id="an answer that is too large"),
    ],
)
def test_how_many_requests_led_to_an_outcome(outcome: FetchOutcome, requests: int) -> None:
    assert requests_made(outcome) == requests
