"""When the next poll is, for every outcome, and the laws that hold for all of them."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from aggregator.model.parsing import ParsedEntry, ParsedFeed, ParseOutcome, PollHints, Unreadable
from aggregator.model.polling import (
    DeferredRedirect,
    FailureKind,
    FeedState,
    FetchOutcome,
    Hop,
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
from aggregator.polling.poll_interval import PollPolicy
from aggregator.polling.poll_result import PollHistory, PollResult, classify_poll
from aggregator.polling.schedule import PollPlan, plan_offline, plan_poll

NOW = datetime(2024, 5, 1, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
POLICY = PollPolicy(floor=HOUR, cap=DAY, jitter=0.1, floor_without_validators=DAY)
URL = "https://example.org/feed"
FEED = ParsedFeed(format="rss20")
VALIDATED = {"etag": '"1"'}


def known(*, host_failures: int = 0, pushed: bool = False, **others: Any) -> PollHistory:
    """What is known of a feed; ``others`` are fields of its poll state or of its last document."""
    of_document = {field.name for field in fields(LastDocument)} & others.keys()
    document = LastDocument(**{name: others.pop(name) for name in of_document})
    poll_state = PollState(**{"address": PollAddress(url=URL), "next_poll_at": NOW, "document": document, **others})
    return PollHistory(poll_state=poll_state, host_failures=host_failures, pushed=pushed)


def ok(**headers: str) -> SuccessResponse:
    said = {k.replace("_", "-"): v for k, v in headers.items()}
    return SuccessResponse(url=URL, status=200, headers={**VALIDATED, **said}, body=b"")


def error(status: int, **headers: str) -> HttpError:
    return HttpError(url=URL, status=status, headers={k.replace("_", "-"): v for k, v in headers.items()})


def plan(outcome: FetchOutcome, parsed: ParseOutcome | None = None, history: PollHistory | None = None) -> PollPlan:
    return plan_poll(outcome=outcome, parsed=parsed, history=history or known(), policy=POLICY, now=NOW, chance=0.0)


def test_a_document_that_was_read_clears_every_count() -> None:
    history = known(failures=7, gone_count=3, validated=False, quiet_until=NOW, body_digest="as before")
    assert plan(ok(), FEED, history) == PollPlan(
        result=PollResult.READ,
        poll_state=PollState(
            address=PollAddress(url=URL),
            next_poll_at=NOW + HOUR,
            feed_state=FeedState.ACTIVE,
            reason="read, 0 entries; next poll in 1 h (shortest poll interval)",
            document=LastDocument(body_digest="as before"),
        ),
        host_failures=0,
        host_backoff_until=None,
    )


@pytest.mark.parametrize(
    ("outcome", "parsed", "history", "hours", "result"),
    [
        pytest.param(ok(cache_control="max-age=7200"), FEED, known(), 2, "read", id="max-age"),
        pytest.param(ok(cache_control="max-age=60"), FEED, known(), 1, "read", id="a short max-age"),
        pytest.param(
            ok(cache_control="max-age=7200"),
            ParsedFeed(format="rss20", hints=PollHints(ttl=3 * HOUR, update_period=5 * HOUR)),
            known(),
            5,
            "read",
            id="the longest of max-age, ttl and period",
        ),
        pytest.param(
            ok(), FEED, known(published=(NOW - 12 * HOUR, NOW - 24 * HOUR)), 6, "read", id="how often it publishes"
        ),
        pytest.param(
            ok(), FEED, known(hints=PollHints(ttl=9 * HOUR)), 1, "read", id="a new document's hints replace the old ones"
        ),
        pytest.param(
            NotModified(url=URL, headers={"cache-control": "max-age=7200"}),
            None,
            known(failures=3),
            2,
            "unchanged",
            id="a 304's headers count",
        ),
        pytest.param(
            NotModified(url=URL, headers={}), None, known(hints=PollHints(ttl=4 * HOUR)), 4, "unchanged",
            id="a 304 leaves the hints in force",
        ),
        pytest.param(ok(), Unreadable(reason="HTML"), known(), 1, "unreadable", id="a page instead of a feed"),
        pytest.param(ok(), None, known(failures=1), 2, "unreadable", id="a document nobody could read"),
        pytest.param(error(404), None, known(), 1, "http-error", id="404"),
        pytest.param(error(404, cache_control="max-age=18000"), None, known(), 5, "http-error", id="a 404 to keep"),
        pytest.param(error(500), None, known(failures=3), 8, "http-error", id="the fourth failure"),
        pytest.param(error(500), None, known(failures=99), 24, "http-error", id="the hundredth failure"),
        pytest.param(error(302, retry_after="10800"), None, known(), 3, "http-error", id="a redirect that waits"),
        pytest.param(
            Unreachable(url=URL, trouble=FailureKind.DNS, reason="no name"), None, known(failures=2), 4, "unreachable",
            id="the network",
        ),
        pytest.param(
            Refused(url=URL, rule=RefusalRule.SIZE, reason="large"), None, known(), 1, "refused", id="a rule of ours"
        ),
        pytest.param(error(410), None, known(), 24, "gone", id="gone is asked again after the cap"),
    ],
)  # fmt: skip
def test_the_pause_after_each_outcome(
    outcome: FetchOutcome, parsed: ParseOutcome | None, history: PollHistory, hours: float, result: str
) -> None:
    made = plan(outcome, parsed, history)
    assert (made.poll_state.next_poll_at - NOW, made.result) == (hours * HOUR, PollResult(result))
    assert (made.host_backoff_until is None) == (result != "unreachable")
    assert made.poll_state.failures == (0 if result in ("read", "unchanged") else history.poll_state.failures + 1)


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
    made = plan(outcome, history=known(failures=failures))
    assert made.result is PollResult.QUIET
    assert (made.host_backoff_until, made.poll_state.next_poll_at) == (
        NOW + quiet_hours * HOUR,
        NOW + poll_hours * HOUR,
    )


def test_a_503_that_asks_for_nothing_is_a_failure_of_the_feed_alone() -> None:
    made = plan(error(503))
    assert (made.result, made.host_backoff_until) == (PollResult.HTTP_ERROR, None)


@pytest.mark.parametrize(
    ("outcome", "parsed", "history", "said", "sources"),
    [
        pytest.param(ok(), FEED, known(), "read, 0 entries", (), id="a document"),
        pytest.param(NotModified(url=URL, headers={}), None, known(), "not modified", (), id="304"),
        pytest.param(ok(), FEED, known(pushed=True), "read, 0 entries", ("push subscription",), id="pushed"),
        pytest.param(ok(), Unreadable(reason="HTML"), known(), "HTML", ("first failure",), id="a page"),
        pytest.param(ok(), None, known(), "the document was not parsed", ("first failure",), id="not parsed"),
        pytest.param(error(500), None, known(failures=1), "HTTP status 500", ("2 failures in a row",), id="500 again"),
        pytest.param(
            error(404, cache_control="max-age=60"), None, known(), "HTTP status 404",
            ("Cache-Control or Expires", "first failure"), id="a fresh 404",
        ),
        pytest.param(
            error(429, retry_after="60"), None, known(), "HTTP status 429", ("Retry-After", "first failure"), id="429"
        ),
        pytest.param(
            DeferredRedirect(url=URL, headers={"retry-after": "60"}, hops=()), None, known(), "a redirect to follow later",
            ("Retry-After",), id="a redirect with Retry-After",
        ),
        pytest.param(
            Unreachable(url=URL, trouble=FailureKind.DNS, reason="no name"), None, known(), "no name", ("first failure",),
            id="no response",
        ),
        pytest.param(
            Refused(url=URL, rule=RefusalRule.SIZE, reason="large"), None, known(), "large", ("first failure",), id="refused"
        ),
        pytest.param(
            error(410), None, known(), "gone (HTTP status 410), 1 of 7 times", ("to confirm that it is gone",),
            id="the first 410",
        ),
        pytest.param(
            error(410), None, known(gone_count=6), "gone (HTTP status 410), 7 of 7 times, retired",
            ("to confirm that it is gone",), id="the last 410",
        ),
    ],
)  # fmt: skip
def test_every_outcome_has_a_reason_for_people(
    outcome: FetchOutcome, parsed: ParseOutcome | None, history: PollHistory, said: str, sources: tuple[str, ...]
) -> None:
    verdict = classify_poll(outcome, parsed, history, POLICY, now=NOW, asked_at=NOW)
    assert (verdict.said, tuple(requested_mode.source for requested_mode in verdict.requested_intervals)) == (
        said,
        sources,
    )


def test_a_feed_is_retired_when_it_was_gone_a_week() -> None:
    history, plans = known(), list[PollPlan]()
    while not plans or not plans[-1].poll_state.is_retired:
        plans.append(plan(error(410), history=history))
        history = known(failures=plans[-1].poll_state.failures, gone_count=plans[-1].poll_state.gone_count)
    assert len(plans) == POLICY.gone_after
    assert (
        plans[-1].poll_state.reason
        == "gone (HTTP status 410), 7 of 7 times, retired; next poll in 1 d (to confirm that it is gone)"
    )


@pytest.mark.parametrize(
    ("outcome", "parsed", "count"),
    [
        pytest.param(ok(), FEED, 0, id="a feed contradicts it"),
        pytest.param(NotModified(url=URL, headers={}), None, 0, id="so does a 304"),
        pytest.param(error(404), None, 0, id="and another status"),
        pytest.param(Unreachable(url=URL, trouble=FailureKind.DNS, reason="x"), None, 3, id="the network says nothing"),
        pytest.param(Refused(url=URL, rule=RefusalRule.ADDRESS, reason="x"), None, 3, id="nor do we"),
        pytest.param(error(410), None, 4, id="another 410 confirms it"),
    ],
)
def test_only_410s_in_a_row_count(outcome: FetchOutcome, parsed: ParseOutcome | None, count: int) -> None:
    assert plan(outcome, parsed, known(gone_count=3)).poll_state.gone_count == count


durations = st.timedeltas(timedelta(0), timedelta(days=400))
header_values = st.one_of(
    st.integers(0, 10**12).map(lambda n: f"max-age={n}"), st.integers(0, 10**9).map(str), st.text(max_size=20)
)
headers = st.dictionaries(st.sampled_from(["cache-control", "expires", "retry-after", "age", "date"]), header_values)
hints = st.builds(
    PollHints,
    ttl=st.none() | durations,
    update_period=st.none() | durations,
    skip_hours=st.lists(st.integers(0, 24), max_size=30).map(tuple),
    skip_days=st.lists(st.sampled_from(["Monday", "Wednesday", "Thursday", "Sunday", "x"]), max_size=7).map(tuple),
)
failures_of = st.one_of(
    st.builds(lambda status, found: HttpError(url=URL, status=status, headers=found), st.integers(300, 599), headers),
    st.sampled_from(FailureKind).map(lambda trouble: Unreachable(url=URL, trouble=trouble, reason="x")),
    st.sampled_from(RefusalRule).map(lambda rule: Refused(url=URL, rule=rule, reason="x")),
)
polls = st.one_of(
    st.tuples(
        headers.map(lambda found: SuccessResponse(url=URL, status=200, headers=found, body=b"")),
        st.none() | st.just(Unreadable(reason="x")) | hints.map(lambda said: ParsedFeed(format="atom10", hints=said)),
    ),
    st.tuples(headers.map(lambda found: NotModified(url=URL, headers=found)), st.none()),
    st.tuples(failures_of, st.none()),
)
histories = st.builds(
    known,
    host_failures=st.integers(0, 10**6),
    validated=st.booleans(),
    pushed=st.booleans(),
    failures=st.integers(0, 10**6),
    gone_count=st.integers(0, 20),
    published=st.lists(st.timedeltas(-9 * DAY, 900 * DAY).map(lambda ago: NOW - ago), max_size=5).map(tuple),
    hints=hints,
)
policies = st.builds(
    PollPolicy,
    floor=durations,
    cap=durations,
    jitter=st.floats(0, 1),
    floor_without_validators=st.none() | durations,
    pushed=durations,
)
chances = st.floats(0, 1, exclude_max=True)
Poll = tuple[FetchOutcome, ParseOutcome | None]


@given(poll=polls, history=histories, policy=policies, chance=chances)
def test_no_poll_is_earlier_than_the_floor_or_later_than_the_cap(
    poll: Poll, history: PollHistory, policy: PollPolicy, chance: float
) -> None:
    made = plan_poll(outcome=poll[0], parsed=poll[1], history=history, policy=policy, now=NOW, chance=chance)
    pause = made.poll_state.next_poll_at - NOW
    assert policy.floor <= pause
    assert pause <= max(policy.cap, policy.floor) * (1 + policy.jitter) + timedelta(microseconds=2)
    assert made.host_backoff_until is None or NOW <= made.host_backoff_until <= NOW + max(policy.cap, policy.floor)


@given(poll=polls, history=histories, policy=policies, chance=chances)
def test_jitter_only_adds(poll: Poll, history: PollHistory, policy: PollPolicy, chance: float) -> None:
    still, moved = (
        plan_poll(outcome=poll[0], parsed=poll[1], history=history, policy=policy, now=NOW, chance=throw)
        for throw in (0.0, chance)
    )
    assert moved.poll_state.next_poll_at >= still.poll_state.next_poll_at
    assert moved.poll_state.reason == still.poll_state.reason


@given(outcome=failures_of, failures=st.integers(0, 40), policy=policies)
def test_more_failures_never_mean_an_earlier_poll(outcome: FetchOutcome, failures: int, policy: PollPolicy) -> None:
    fewer, more = (
        plan_poll(outcome=outcome, parsed=None, history=known(failures=count), policy=policy, now=NOW, chance=0.0)
        for count in (failures, failures + 1)
    )
    assert fewer.poll_state.next_poll_at <= more.poll_state.next_poll_at
    assert more.poll_state.failures == fewer.poll_state.failures + 1


@given(outcome=failures_of, history=histories)
def test_no_failure_but_410_ever_retires_a_feed(outcome: FetchOutcome, history: PollHistory) -> None:
    assume(history.poll_state.gone_count < POLICY.gone_after)
    made = plan(outcome, history=history)
    assert not made.poll_state.is_retired or (isinstance(outcome, HttpError) and outcome.status == 410)


def test_a_feed_without_validators_is_polled_once_a_day() -> None:
    bare = SuccessResponse(url=URL, status=200, headers={}, body=b"")
    made = plan(bare, FEED)
    assert (made.poll_state.next_poll_at - NOW, made.poll_state.validated) == (DAY, False)
    assert made.poll_state.reason.endswith("(shortest poll interval without validators)")


@pytest.mark.parametrize(
    ("headers", "hints"),
    [
        pytest.param({"last-modified": "x"}, PollHints(), id="Last-Modified is a validator"),
        pytest.param({"cache-control": "max-age=600"}, PollHints(), id="max-age says when to come back"),
        pytest.param({"expires": "0"}, PollHints(), id="so does Expires"),
        pytest.param({}, PollHints(ttl=timedelta(minutes=5)), id="and ttl"),
        pytest.param({}, PollHints(update_period=HOUR), id="and updatePeriod"),
    ],
)
def test_a_feed_that_says_how_to_come_back_keeps_the_ordinary_floor(headers: dict[str, str], hints: PollHints) -> None:
    made = plan(
        SuccessResponse(url=URL, status=200, headers=headers, body=b""), ParsedFeed(format="rss20", hints=hints)
    )
    assert (made.poll_state.next_poll_at - NOW, made.poll_state.validated) == (HOUR, True)


def test_the_operators_own_interval_for_a_feed_wins_over_the_floor_without_validators() -> None:
    policy = PollPolicy(floor=HOUR, cap=DAY, floor_without_validators=None)
    bare = SuccessResponse(url=URL, status=200, headers={}, body=b"")
    made = plan_poll(outcome=bare, parsed=FEED, history=known(), policy=policy, now=NOW, chance=0.0)
    assert made.poll_state.next_poll_at - NOW == HOUR


def test_the_entries_of_the_document_itself_set_the_rhythm() -> None:
    entry = ParsedEntry(uid="1", url=None, title="x", published_at=NOW - 10 * HOUR)
    assert plan(ok(), ParsedFeed(format="rss20", entries=(entry,))).poll_state.next_poll_at - NOW == 5 * HOUR


def test_a_feed_whose_news_is_pushed_is_polled_as_a_safety_net() -> None:
    assert plan(ok(), FEED, known(pushed=True)).poll_state.next_poll_at - NOW == POLICY.pushed
    assert plan(error(500), history=known(pushed=True)).poll_state.next_poll_at - NOW == HOUR


def test_a_host_that_does_not_answer_is_spared_by_all_its_feeds_more_each_time() -> None:
    lost = Unreachable(url=URL, trouble=FailureKind.TIMEOUT, reason="no answer")
    plans = [plan(lost, history=known(host_failures=failures)) for failures in (0, 1, 2, 40)]
    quiet = [made.host_backoff_until - NOW for made in plans if made.host_backoff_until]
    assert quiet == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4), timedelta(minutes=1024)]
    assert [made.host_failures for made in plans] == [1, 2, 3, 41]
    assert plan(error(500), history=known(host_failures=9)).host_failures == 0


def test_a_redirect_to_follow_later_is_no_failure_and_is_gone_on_with() -> None:
    hop = Hop(url=URL, status=302, location="https://example.org/later")
    made = plan(DeferredRedirect(url=URL, headers={"retry-after": "7200"}, hops=(hop,)), history=known(failures=2))
    assert (made.poll_state.next_poll_at - NOW, made.poll_state.failures, made.poll_state.feed_state) == (
        2 * HOUR,
        2,
        FeedState.QUIET,
    )
    assert made.poll_state.address == PollAddress(url=URL, resume=(hop,))


def test_a_410_at_the_place_a_feed_is_said_to_have_moved_to_does_not_retire_it() -> None:
    address = PollAddress(url=URL, move=PendingRedirect(target="https://example.org/new", count=1, seen_at=NOW - HOUR))
    made = plan(error(410), history=known(address=address, gone_count=6))
    assert (made.poll_state.is_retired, made.poll_state.gone_count, made.poll_state.address) == (
        False,
        0,
        PollAddress(url=URL),
    )


def test_without_a_network_of_our_own_nobody_is_blamed() -> None:
    history = known(failures=3, gone_count=2, host_failures=1, validated=False, feed_state=FeedState.FAILING)
    made = plan_offline(history=history, now=NOW, chance=0.5)
    assert made == PollPlan(
        result=PollResult.OFFLINE,
        poll_state=replace(
            history.poll_state,
            next_poll_at=NOW + timedelta(seconds=90),
            reason="this machine seems to have no network; next try in 1 min",
        ),
        host_failures=1,
        host_backoff_until=None,
    )


def test_a_plan_limits_the_quiet_time_of_host_and_feed_to_the_cap() -> None:
    for asked, quiet in ((7200, 2 * HOUR), (86_400, DAY), (86_401, DAY)):
        made = plan(error(429, retry_after=f"{asked}"), history=known(failures=1, host_failures=3))
        assert made.host_backoff_until == made.poll_state.quiet_until == NOW + quiet
        assert made.host_failures == 0
    without = plan(error(429))
    assert (without.host_backoff_until, without.poll_state.quiet_until) == (NOW + HOUR, None)
    of_feed = plan(error(404, retry_after="7200"))
    assert (of_feed.host_backoff_until, of_feed.poll_state.quiet_until) == (None, NOW + 2 * HOUR)


def test_a_plan_keeps_what_a_poll_does_not_decide() -> None:
    kept: dict[str, Any] = {
        "private": True,
        "whole_at": NOW - DAY,
        "published": (NOW - DAY,),
        "body_digest": "d",
        "validated": False,
    }
    made = plan(error(500), history=known(**kept, gone_count=2, failures=1, feed_state=FeedState.ACTIVE))
    assert made == PollPlan(
        result=PollResult.HTTP_ERROR,
        poll_state=known(
            **kept,
            next_poll_at=NOW + DAY,
            feed_state=FeedState.FAILING,
            reason="HTTP status 500; next poll in 1 d (shortest poll interval without validators)",
            failures=2,
        ).poll_state,
        host_failures=0,
        host_backoff_until=None,
    )


def moved(*, count: int, hours: int) -> PollHistory:
    seen_at = NOW - hours * HOUR
    return known(address=PollAddress(url=URL, move=PendingRedirect(target=TARGET, count=count, seen_at=seen_at)))


TARGET = "https://user:secret@example.org/new"
MOVED = (Hop(url=URL, status=301, location=TARGET),)


def test_a_permanent_redirect_is_stored_after_three_of_a_day() -> None:
    answer = SuccessResponse(url=TARGET, status=200, headers=VALIDATED, body=b"", hops=MOVED)
    first = plan(answer, FEED).poll_state
    assert first.address == PollAddress(url=URL, move=PendingRedirect(target=TARGET, count=1, seen_at=NOW))
    assert first.reason == "read, 0 entries; next poll in 1 h (shortest poll interval)"
    second = plan(answer, FEED, moved(count=1, hours=24)).poll_state.address
    assert second == PollAddress(url=URL, move=PendingRedirect(target=TARGET, count=2, seen_at=NOW))
    third = plan(answer, FEED, moved(count=2, hours=24)).poll_state
    assert third.address == PollAddress(url=TARGET)
    assert third.reason == (
        "read, 0 entries; moved permanently to https://example.org/new; next poll in 1 h (shortest poll interval)"
    )
    unreadable = plan(answer, Unreadable(reason="HTML"), moved(count=2, hours=24)).poll_state
    assert unreadable.address == PollAddress(url=URL)
    unchanged = NotModified(url=TARGET, headers={}, hops=MOVED)
    assert plan(unchanged, None, moved(count=2, hours=24)).poll_state.address == PollAddress(url=TARGET)


def test_a_poll_counts_for_the_time_at_which_it_was_sent() -> None:
    answer = SuccessResponse(url=TARGET, status=200, headers=VALIDATED, body=b"", hops=MOVED)
    history = moved(count=1, hours=22)
    sent = {asked_at: history.poll_state.address.requests_own_url(now=asked_at) for asked_at in (NOW, NOW + 2 * HOUR)}
    assert list(sent.values()) == [False, True]
    for asked_at, count in ((None, 1), (NOW, 1), (NOW + 2 * HOUR, 2)):
        made = plan_poll(
            outcome=answer, parsed=FEED, history=history, policy=POLICY, now=NOW, chance=0.0, asked_at=asked_at
        )
        assert made.poll_state.address.move is not None
        assert made.poll_state.address.move.count == count


def test_a_redirect_to_follow_later_is_followed_from_where_it_was_sent() -> None:
    hop = Hop(url=TARGET, status=302, location="https://example.org/later")
    outcome = DeferredRedirect(url=TARGET, headers={"retry-after": "60"}, hops=(hop,))
    assert plan(outcome, history=moved(count=1, hours=1)).poll_state.address == PollAddress(url=URL)
    own = plan(outcome, history=moved(count=1, hours=24)).poll_state.address
    assert (own.resume, own.url) == ((hop,), URL)
    assert own.move is not None


def test_chance_lengthens_the_pause_by_its_share_of_the_jitter() -> None:
    for chance, minutes in ((0.0, 60), (0.5, 63)):
        made = plan_poll(outcome=ok(), parsed=FEED, history=known(), policy=POLICY, now=NOW, chance=chance)
        assert made.poll_state.next_poll_at == NOW + timedelta(minutes=minutes)
        offline = plan_offline(history=known(), now=NOW, chance=chance)
        assert offline.poll_state.next_poll_at == NOW + timedelta(minutes=1 + chance)


def test_skipped_hours_of_the_last_document_hold_after_a_304() -> None:
    skipping = known(hints=PollHints(skip_hours=(13, 14)))
    made = plan(NotModified(url=URL, headers={}), history=skipping)
    assert made.poll_state.next_poll_at == NOW + 3 * HOUR
    assert made.poll_state.reason == "not modified; next poll in 3 h (skipHours and skipDays)"
