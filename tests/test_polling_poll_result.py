"""Every outcome of a poll as it is classified, field by field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from aggregator.model.parsing import ParsedEntry, ParsedFeed, ParseOutcome, PollHints, Unreadable
from aggregator.model.polling import (
    DeferredRedirect,
    FailureKind,
    FeedState,
    FetchOutcome,
    HttpError,
    LastDocument,
    NotModified,
    PendingRedirect,
    PollAddress,
    PollState,
    RefusalRule,
    Refused,
    SuccessResponse,
    Unreachable,
)
from aggregator.polling.poll_interval import PollPolicy, RequestedInterval
from aggregator.polling.poll_result import (
    ClassifiedPoll,
    PollHistory,
    PollResult,
    classify_poll,
    unreachable_backoff,
)
from tests.loops import loop_over

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
URL = "https://example.org/feed"
POLICY = PollPolicy(floor=MINUTE, cap=DAY, pushed=7 * HOUR, gone_after=3)
FRESH = {"cache-control": "max-age=7200"}
FRESH_INTERVAL = (2 * HOUR, "Cache-Control or Expires")
HINTS = PollHints(ttl=3 * HOUR, update_period=5 * HOUR)
DNS = Unreachable(url=URL, trouble=FailureKind.DNS, reason="no name")
TOO_LARGE = Refused(url=URL, rule=RefusalRule.SIZE, reason="large")


def known(*, host_failures: int = 0, pushed: bool = False, **others: Any) -> PollHistory:
    """What is known of a feed; ``others`` are fields of its poll state or of its last document."""
    of_document = {field.name for field in fields(LastDocument)} & others.keys()
    document = LastDocument(**{name: others.pop(name) for name in of_document})
    poll_state = PollState(**{"address": PollAddress(url=URL), "next_poll_at": NOW, "document": document, **others})
    return PollHistory(poll_state=poll_state, host_failures=host_failures, pushed=pushed)


TROUBLED: dict[str, Any] = {"failures": 3, "gone_count": 2, "host_failures": 4, "validated": False}


def ok(headers: Mapping[str, str]) -> SuccessResponse:
    return SuccessResponse(url=URL, status=200, headers=headers, body=b"")


def error(status: int, **headers: str) -> HttpError:
    return HttpError(url=URL, status=status, headers={name.replace("_", "-"): value for name, value in headers.items()})


def deferred(headers: Mapping[str, str]) -> DeferredRedirect:
    return DeferredRedirect(url=URL, headers=headers, hops=())


def dated(*hours: int) -> ParsedFeed:
    """A document with entries of so many hours ago, and one without a date."""
    entries = [ParsedEntry(uid=f"{ago}", url=None, title="x", published_at=NOW - ago * HOUR) for ago in hours]
    return ParsedFeed(format="rss20", entries=(*entries, ParsedEntry(uid="none", url=None, title="x")))


def classified(
    outcome: FetchOutcome, parsed: ParseOutcome | None = None, *, policy: PollPolicy = POLICY, **history: Any
) -> ClassifiedPoll:
    return classify_poll(outcome, parsed, known(**history), policy, now=NOW, asked_at=NOW)


def poll(
    result: PollResult, state: FeedState, said: str, *intervals: tuple[timedelta, str], **others: Any
) -> ClassifiedPoll:
    requested = tuple(RequestedInterval(pause=pause, source=source) for pause, source in intervals)
    return ClassifiedPoll(result=result, state=state, said=said, requested_intervals=requested, **others)


def test_a_document_gives_its_intervals_in_order_and_clears_the_counts() -> None:
    read = classified(
        ok(FRESH),
        ParsedFeed(format="rss20", hints=HINTS, entries=dated(12).entries),
        **TROUBLED,
        pushed=True,
        published=(NOW - 24 * HOUR,),
        hints=PollHints(ttl=9 * HOUR),
    )
    assert read == poll(
        PollResult.READ,
        FeedState.ACTIVE,
        "read, 2 entries",
        FRESH_INTERVAL,
        (3 * HOUR, "ttl"),
        (5 * HOUR, "updatePeriod"),
        (6 * HOUR, "publication interval"),
        (7 * HOUR, "push subscription"),
        hints=HINTS,
    )
    assert (read.failures, read.gone_count, read.host_failures, read.validated) == (0, 0, 0, True)
    assert (read.host_backoff_time, read.asked) == (None, None)


@loop_over(
    ("entries", "before", "hours"),
    [
        pytest.param((), (), None, id="no dates"),
        pytest.param((10,), (), 5, id="one entry"),
        pytest.param((12, 24), (), 6, id="two entries"),
        pytest.param((12,), (24,), 6, id="one entry, and one of an earlier document"),
        pytest.param((12, 24), (24,), 6, id="an instant of both counts once"),
        pytest.param((), (10,), 5, id="an earlier document alone"),
    ],
)
def test_publications_of_the_document_and_of_earlier_ones_give_the_rhythm(
    entries: tuple[int, ...], before: tuple[int, ...], hours: int | None
) -> None:
    read = classified(ok({}), dated(*entries), published=tuple(NOW - ago * HOUR for ago in before))
    assert [each.pause for each in read.requested_intervals] == ([] if hours is None else [hours * HOUR])


def test_an_entry_without_a_publication_date_counts_by_its_update() -> None:
    entries = (
        ParsedEntry(uid="1", url=None, title="x", updated_at=NOW - 10 * HOUR),
        ParsedEntry(uid="2", url=None, title="x", published_at=NOW - 20 * HOUR, updated_at=NOW - HOUR),
    )
    (interval,) = classified(ok({}), ParsedFeed(format="rss20", entries=entries)).requested_intervals
    assert interval.pause == 5 * HOUR


def test_a_304_keeps_the_hints_and_publications_of_the_last_document() -> None:
    history: dict[str, Any] = {"published": (NOW - 12 * HOUR,), "hints": HINTS}
    expected = poll(
        PollResult.UNCHANGED,
        FeedState.ACTIVE,
        "not modified",
        FRESH_INTERVAL,
        (3 * HOUR, "ttl"),
        (5 * HOUR, "updatePeriod"),
        (6 * HOUR, "publication interval"),
        (7 * HOUR, "push subscription"),
        hints=HINTS,
    )
    assert classified(NotModified(url=URL, headers=FRESH), **TROUBLED, pushed=True, **history) == expected
    assert classified(NotModified(url=URL, headers={})) == poll(PollResult.UNCHANGED, FeedState.ACTIVE, "not modified")


@loop_over(
    ("headers", "hints", "validated"),
    [
        pytest.param({}, PollHints(), False, id="nothing"),
        pytest.param({"etag": "", "last-modified": ""}, PollHints(), False, id="empty validators"),
        pytest.param({"etag": '"1"'}, PollHints(), True, id="ETag"),
        pytest.param({"last-modified": "x"}, PollHints(), True, id="Last-Modified"),
        pytest.param({"cache-control": "public, Max-Age=0"}, PollHints(), True, id="max-age in any case"),
        pytest.param({"cache-control": "no-cache"}, PollHints(), False, id="another directive"),
        pytest.param({"expires": ""}, PollHints(), True, id="Expires, whatever it says"),
        pytest.param({}, PollHints(ttl=timedelta()), True, id="ttl"),
        pytest.param({}, PollHints(update_period=HOUR), True, id="updatePeriod"),
        pytest.param({}, PollHints(skip_hours=(3,)), False, id="skipHours"),
    ],
)
def test_what_lets_a_feed_be_polled_as_often_as_others(
    headers: dict[str, str], hints: PollHints, validated: bool
) -> None:
    assert classified(ok(headers), ParsedFeed(format="rss20", hints=hints)).validated is validated
    not_modified = NotModified(url=URL, headers=headers)
    assert classified(not_modified, hints=hints, validated=False).validated is validated
    assert classified(not_modified, hints=hints, validated=True).validated


def failed(result: PollResult, said: str, *intervals: tuple[timedelta, str], **others: Any) -> ClassifiedPoll:
    """The fourth failure of a feed that was troubled before."""
    values = {"failures": 4, "validated": False, **others}
    return poll(result, FeedState.FAILING, said, *intervals, **values)


FOURTH = (80 * MINUTE, "4 failures in a row")


@loop_over(
    ("outcome", "parsed", "expected"),
    [
        pytest.param(
            ok(FRESH), Unreadable(reason="HTML"), failed(PollResult.UNREADABLE, "HTML", FRESH_INTERVAL, FOURTH), id="a page"
        ),
        pytest.param(
            ok({}), None, failed(PollResult.UNREADABLE, "the document was not parsed", FOURTH), id="not parsed"
        ),
        pytest.param(
            error(404, **{"cache-control": "max-age=7200"}), None,
            failed(PollResult.HTTP_ERROR, "HTTP status 404", FRESH_INTERVAL, FOURTH), id="404",
        ),
        pytest.param(
            error(404, retry_after="600"), None,
            failed(
                PollResult.HTTP_ERROR, "HTTP status 404", (10 * MINUTE, "Retry-After"), FOURTH, asked=10 * MINUTE
            ),
            id="404 with Retry-After is about the feed alone",
        ),
        pytest.param(error(503), None, failed(PollResult.HTTP_ERROR, "HTTP status 503", FOURTH), id="503"),
        pytest.param(
            DNS, None,
            failed(
                PollResult.UNREACHABLE, "no name", FOURTH, gone_count=2, host_failures=5, host_backoff_time=16 * MINUTE
            ),
            id="no response",
        ),
        pytest.param(
            TOO_LARGE, None, failed(PollResult.REFUSED, "large", FOURTH, gone_count=2, host_failures=4), id="refused"
        ),
        pytest.param(
            error(410, **{"cache-control": "max-age=7200"}), None,
            failed(
                PollResult.GONE, "gone (HTTP status 410), 3 of 3 times, retired", FRESH_INTERVAL,
                (DAY, "to confirm that it is gone"), gone_count=3,
            ),
            id="the last 410",
        ),
    ],
)  # fmt: skip
def test_a_failure_after_others(outcome: FetchOutcome, parsed: ParseOutcome | None, expected: ClassifiedPoll) -> None:
    assert classified(outcome, parsed, **TROUBLED) == expected


@loop_over(
    ("outcome", "failures", "expected"),
    [
        pytest.param(
            error(429), 0,
            {"requested": [(HOUR, "first failure")], "host_backoff_time": HOUR, "asked": None}, id="429",
        ),
        pytest.param(
            error(429), 1,
            {"requested": [(2 * HOUR, "2 failures in a row")], "host_backoff_time": 2 * HOUR, "asked": None},
            id="429 again",
        ),
        pytest.param(
            error(429, retry_after="60"), 1,
            {
                "requested": [(MINUTE, "Retry-After"), (20 * MINUTE, "2 failures in a row")],
                "host_backoff_time": MINUTE, "asked": MINUTE,
            },
            id="429 with Retry-After",
        ),
        pytest.param(
            error(503, retry_after="60"), 0,
            {
                "requested": [(MINUTE, "Retry-After"), (10 * MINUTE, "first failure")],
                "host_backoff_time": MINUTE, "asked": MINUTE,
            },
            id="503 with Retry-After",
        ),
        pytest.param(
            error(429, cache_control="max-age=7200"), 0,
            {"requested": [FRESH_INTERVAL, (HOUR, "first failure")], "host_backoff_time": HOUR, "asked": None},
            id="a fresh 429",
        ),
    ],
)  # fmt: skip
def test_a_busy_host(outcome: HttpError, failures: int, expected: dict[str, Any]) -> None:
    found = classified(outcome, failures=failures, gone_count=2, host_failures=4)
    assert found == poll(
        PollResult.QUIET,
        FeedState.QUIET,
        f"HTTP status {outcome.status}",
        *expected.pop("requested"),
        failures=failures + 1,
        **expected,
    )


@loop_over(
    ("headers", "asked"),
    [({"retry-after": "7200"}, 2 * HOUR), ({}, timedelta()), ({"retry-after": "garbage"}, timedelta())],
)
def test_a_redirect_to_follow_later_counts_nothing(headers: dict[str, str], asked: timedelta) -> None:
    assert classified(deferred(headers), **TROUBLED) == poll(
        PollResult.QUIET,
        FeedState.QUIET,
        "a redirect to follow later",
        (asked, "Retry-After"),
        failures=3,
        validated=False,
        asked=asked,
    )


@loop_over(
    ("gone_count", "said"),
    [
        (0, "gone (HTTP status 410), 1 of 3 times"),
        (1, "gone (HTTP status 410), 2 of 3 times"),
        (2, "gone (HTTP status 410), 3 of 3 times, retired"),
        (3, "gone (HTTP status 410), 4 of 3 times, retired"),
    ],
)
def test_a_410_says_how_often_it_was_given(gone_count: int, said: str) -> None:
    found = classified(error(410), gone_count=gone_count)
    interval = (DAY, "to confirm that it is gone")
    assert found == poll(PollResult.GONE, FeedState.FAILING, said, interval, failures=1, gone_count=gone_count + 1)


def test_a_410_of_another_address_than_the_feeds_own_is_an_error_like_others() -> None:
    move = PendingRedirect(target="https://example.org/new", count=1, seen_at=NOW - HOUR)
    history = known(address=PollAddress(url=URL, move=move), gone_count=2)
    found = classify_poll(error(410), None, history, POLICY, now=NOW + DAY, asked_at=NOW)
    first = (10 * MINUTE, "first failure")
    assert found == poll(PollResult.HTTP_ERROR, FeedState.FAILING, "HTTP status 410", first, failures=1)
    later = classify_poll(error(410), None, history, POLICY, now=NOW, asked_at=NOW + DAY)
    assert (later.result, later.gone_count) == (PollResult.GONE, 3)


@loop_over(
    ("outcome", "pauses"),
    [
        pytest.param(error(500), [10 * MINUTE, 20 * MINUTE, 40 * MINUTE], id="an error"),
        pytest.param(error(429), [HOUR, 2 * HOUR, 4 * HOUR], id="a busy host"),
        pytest.param(TOO_LARGE, [10 * MINUTE, 20 * MINUTE, 40 * MINUTE], id="refused"),
    ],
)
def test_failures_in_a_row_double_the_pause_from_the_floor_on(outcome: FetchOutcome, pauses: list[timedelta]) -> None:
    found = [classified(outcome, failures=failures).requested_intervals[-1].pause for failures in range(3)]
    assert found == pauses
    slow = PollPolicy(floor=3 * HOUR, cap=DAY)
    slower = [classified(outcome, policy=slow, failures=failures).requested_intervals[-1].pause for failures in (0, 1)]
    assert slower == [3 * HOUR, 6 * HOUR]


def test_a_host_without_a_response_is_left_for_a_minute_and_then_longer() -> None:
    assert [unreachable_backoff(failures) for failures in (0, 1, 2, 3, 11, 12)] == [
        MINUTE,
        MINUTE,
        2 * MINUTE,
        4 * MINUTE,
        1024 * MINUTE,
        1024 * MINUTE,
    ]


def test_a_feed_without_a_history_has_no_failures_and_no_subscription() -> None:
    history = PollHistory(poll_state=PollState(address=PollAddress(url=URL), next_poll_at=NOW))
    assert (history.host_failures, history.pushed) == (0, False)
    found = classify_poll(DNS, None, history, POLICY, now=NOW, asked_at=NOW)
    assert (found.host_failures, found.host_backoff_time, found.requested_intervals[0].source) == (
        1,
        MINUTE,
        "first failure",
    )


def test_results_have_the_names_under_which_they_are_counted() -> None:
    assert {result.name: result.value for result in PollResult} == {
        "READ": "read",
        "UNCHANGED": "unchanged",
        "UNREADABLE": "unreadable",
        "QUIET": "quiet",
        "GONE": "gone",
        "HTTP_ERROR": "http-error",
        "UNREACHABLE": "unreachable",
        "REFUSED": "refused",
        "OFFLINE": "offline",
    }
