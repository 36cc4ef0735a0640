"""When the next poll is, for every outcome, and the laws that hold for all of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.model import (
    Answer,
    FetchOutcome,
    Hints,
    HttpError,
    NotModified,
    ParsedFeed,
    ParseOutcome,
    Refused,
    Rule,
    Trouble,
    Unreachable,
    Unreadable,
)
from aggregator.polling.pauses import Policy
from aggregator.polling.schedule import GONE_CONFIRMATIONS, History, Plan, PollResult, plan_poll

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = Policy(floor=HOUR, cap=DAY, jitter=0.1)
URL = "https://example.org/feed"
FEED = ParsedFeed(format="rss20")


def ok(**headers: str) -> Answer:
    return Answer(url=URL, status=200, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=b"")


def error(status: int, **headers: str) -> HttpError:
    return HttpError(url=URL, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def plan(outcome: FetchOutcome, parsed: ParseOutcome | None = None, history: History | None = None) -> Plan:
    return plan_poll(outcome=outcome, parsed=parsed, history=history or History(), policy=POLICY, now=NOW, chance=0.0)


def test_a_document_that_was_read_clears_every_count() -> None:
    assert plan(ok(), FEED, History(failures=7, gone_count=3)) == Plan(
        next_poll_at=NOW + HOUR,
        failures=0,
        gone_count=0,
        retired=False,
        host_quiet_until=None,
        reason="read, 0 entries; next poll in 1 h (the floor)",
        result=PollResult.READ,
    )


@pytest.mark.parametrize(
    ("outcome", "parsed", "history", "hours", "result"),
    [
        pytest.param(ok(cache_control="max-age=7200"), FEED, History(), 2, "read", id="max-age"),
        pytest.param(ok(cache_control="max-age=60"), FEED, History(), 1, "read", id="a short max-age"),
        pytest.param(
            ok(cache_control="max-age=7200"),
            ParsedFeed(format="rss20", hints=Hints(ttl=3 * HOUR, update_period=5 * HOUR)),
            History(),
            5,
            "read",
            id="the longest of max-age, ttl and period",
        ),
        pytest.param(
            ok(), FEED, History(published=(NOW - 12 * HOUR, NOW - 24 * HOUR)), 6, "read", id="how often it publishes"
        ),
        pytest.param(
            ok(), FEED, History(hints=Hints(ttl=9 * HOUR)), 1, "read", id="a new document's hints replace the old ones"
        ),
        pytest.param(
            NotModified(url=URL, headers={"cache-control": "max-age=7200"}),
            None,
            History(failures=3),
            2,
            "unchanged",
            id="a 304's headers count",
        ),
        pytest.param(
            NotModified(url=URL, headers={}), None, History(hints=Hints(ttl=4 * HOUR)), 4, "unchanged",
            id="a 304 leaves the hints in force",
        ),
        pytest.param(ok(), Unreadable(reason="HTML"), History(), 1, "unreadable", id="a page instead of a feed"),
        pytest.param(ok(), None, History(failures=1), 2, "unreadable", id="a document nobody could read"),
        pytest.param(error(404), None, History(), 1, "http-error", id="404"),
        pytest.param(error(404, cache_control="max-age=18000"), None, History(), 5, "http-error", id="a 404 to keep"),
        pytest.param(error(500), None, History(failures=3), 8, "http-error", id="the fourth failure"),
        pytest.param(error(500), None, History(failures=99), 24, "http-error", id="the hundredth failure"),
        pytest.param(error(302, retry_after="10800"), None, History(), 3, "http-error", id="a redirect that waits"),
        pytest.param(
            Unreachable(url=URL, trouble=Trouble.DNS, reason="no name"), None, History(failures=2), 4, "unreachable",
            id="the network",
        ),
        pytest.param(
            Refused(url=URL, rule=Rule.SIZE, reason="large"), None, History(), 1, "refused", id="a rule of ours"
        ),
        pytest.param(error(410), None, History(), 24, "gone", id="gone is asked again after the cap"),
    ],
)  # fmt: skip
def test_the_pause_after_each_outcome(
    outcome: FetchOutcome, parsed: ParseOutcome | None, history: History, hours: float, result: str
) -> None:
    made = plan(outcome, parsed, history)
    assert (made.next_poll_at - NOW, made.result, made.host_quiet_until) == (hours * HOUR, PollResult(result), None)
    assert made.failures == (0 if result in ("read", "unchanged") else history.failures + 1)


@pytest.mark.parametrize(
    ("outcome", "failures", "quiet_hours", "poll_hours"),
    [
        pytest.param(error(429, retry_after="7200"), 0, 2, 2, id="seconds"),
        pytest.param(error(429, retry_after="Wed, 01 May 2024 15:00:00 GMT"), 0, 3, 3, id="a date"),
        pytest.param(error(429, retry_after="60"), 0, 1 / 60, 1, id="less than the floor"),
        pytest.param(error(429, retry_after="317100"), 0, 24, 24, id="longer than the cap"),
        pytest.param(error(429, retry_after="garbage"), 0, 1, 1, id="garbage is an hour"),
        pytest.param(error(429), 0, 1, 1, id="without Retry-After"),
        pytest.param(error(429), 2, 4, 4, id="without Retry-After, again and again"),
        pytest.param(error(429, cache_control="max-age=172800"), 0, 1, 24, id="a 429 to keep for two days"),
        pytest.param(error(503, retry_after="7200"), 0, 2, 2, id="503"),
    ],
)
def test_a_busy_server_gets_quiet_from_all_its_feeds(
    outcome: HttpError, failures: int, quiet_hours: float, poll_hours: float
) -> None:
    made = plan(outcome, history=History(failures=failures))
    assert made.result is PollResult.QUIET
    assert (made.host_quiet_until, made.next_poll_at) == (NOW + quiet_hours * HOUR, NOW + poll_hours * HOUR)


def test_a_503_that_asks_for_nothing_is_a_failure_of_the_feed_alone() -> None:
    made = plan(error(503))
    assert (made.result, made.host_quiet_until) == (PollResult.HTTP_ERROR, None)


def test_a_feed_is_retired_when_it_was_gone_a_week() -> None:
    history, plans = History(), list[Plan]()
    while not plans or not plans[-1].retired:
        plans.append(plan(error(410), history=history))
        history = History(failures=plans[-1].failures, gone_count=plans[-1].gone_count)
    assert len(plans) == GONE_CONFIRMATIONS
    assert (
        plans[-1].reason
        == "gone (HTTP status 410), 7 of 7 times, retired; next poll in 1 d (to see whether it stays gone)"
    )


@pytest.mark.parametrize(
    ("outcome", "parsed", "count"),
    [
        pytest.param(ok(), FEED, 0, id="a feed contradicts it"),
        pytest.param(NotModified(url=URL, headers={}), None, 0, id="so does a 304"),
        pytest.param(error(404), None, 0, id="and another status"),
        pytest.param(Unreachable(url=URL, trouble=Trouble.DNS, reason="x"), None, 3, id="the network says nothing"),
        pytest.param(Refused(url=URL, rule=Rule.ADDRESS, reason="x"), None, 3, id="nor do we"),
        pytest.param(error(410), None, 4, id="another 410 confirms it"),
    ],
)
def test_only_410s_in_a_row_count(outcome: FetchOutcome, parsed: ParseOutcome | None, count: int) -> None:
    assert plan(outcome, parsed, History(gone_count=3)).gone_count == count


durations = st.timedeltas(timedelta(0), timedelta(days=400))
header_values = st.one_of(
    st.integers(0, 10**12).map(lambda n: f"max-age={n}"), st.integers(0, 10**9).map(str), st.text(max_size=20)
)
headers = st.dictionaries(st.sampled_from(["cache-control", "expires", "retry-after", "age", "date"]), header_values)
hints = st.builds(
    Hints,
    ttl=st.none() | durations,
    update_period=st.none() | durations,
    skip_hours=st.lists(st.integers(0, 24), max_size=30).map(tuple),
    skip_days=st.lists(st.sampled_from(["Monday", "Wednesday", "Thursday", "Sunday", "x"]), max_size=7).map(tuple),
)
failures_of = st.one_of(
    st.builds(lambda status, found: HttpError(url=URL, status=status, headers=found), st.integers(300, 599), headers),
    st.sampled_from(Trouble).map(lambda trouble: Unreachable(url=URL, trouble=trouble, reason="x")),
    st.sampled_from(Rule).map(lambda rule: Refused(url=URL, rule=rule, reason="x")),
)
polls = st.one_of(
    st.tuples(
        headers.map(lambda found: Answer(url=URL, status=200, headers=found, body=b"")),
        st.none() | st.just(Unreadable(reason="x")) | hints.map(lambda said: ParsedFeed(format="atom10", hints=said)),
    ),
    st.tuples(headers.map(lambda found: NotModified(url=URL, headers=found)), st.none()),
    st.tuples(failures_of, st.none()),
)
histories = st.builds(
    History,
    failures=st.integers(0, 10**6),
    gone_count=st.integers(0, 20),
    published=st.lists(st.timedeltas(-9 * DAY, 900 * DAY).map(lambda ago: NOW - ago), max_size=5).map(tuple),
    hints=hints,
)
policies = st.builds(Policy, floor=durations, cap=durations, jitter=st.floats(0, 1))
chances = st.floats(0, 1, exclude_max=True)
Poll = tuple[FetchOutcome, ParseOutcome | None]


@given(poll=polls, history=histories, policy=policies, chance=chances)
def test_no_poll_is_earlier_than_the_floor_or_later_than_the_cap(
    poll: Poll, history: History, policy: Policy, chance: float
) -> None:
    made = plan_poll(outcome=poll[0], parsed=poll[1], history=history, policy=policy, now=NOW, chance=chance)
    pause = made.next_poll_at - NOW
    assert policy.floor <= pause
    assert pause <= max(policy.cap, policy.floor) * (1 + policy.jitter) + timedelta(microseconds=2)
    assert made.host_quiet_until is None or NOW <= made.host_quiet_until <= NOW + max(policy.cap, policy.floor)


@given(poll=polls, history=histories, policy=policies, chance=chances)
def test_jitter_only_adds(poll: Poll, history: History, policy: Policy, chance: float) -> None:
    still, moved = (
        plan_poll(outcome=poll[0], parsed=poll[1], history=history, policy=policy, now=NOW, chance=throw)
        for throw in (0.0, chance)
    )
    assert moved.next_poll_at >= still.next_poll_at
    assert moved.reason == still.reason


@given(outcome=failures_of, failures=st.integers(0, 40), policy=policies)
def test_more_failures_never_mean_an_earlier_poll(outcome: FetchOutcome, failures: int, policy: Policy) -> None:
    fewer, more = (
        plan_poll(outcome=outcome, parsed=None, history=History(failures=count), policy=policy, now=NOW, chance=0.0)
        for count in (failures, failures + 1)
    )
    assert fewer.next_poll_at <= more.next_poll_at
    assert more.failures == fewer.failures + 1


@given(outcome=failures_of, history=histories)
def test_no_failure_but_410_ever_retires_a_feed(outcome: FetchOutcome, history: History) -> None:
    assume(history.gone_count < GONE_CONFIRMATIONS)
    made = plan(outcome, history=history)
    assert not made.retired or (isinstance(outcome, HttpError) and outcome.status == 410)
