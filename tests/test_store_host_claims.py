"""One host, one asker: claims hand out work so that nobody is asked twice at once, or too soon."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from aggregator.model.polling import Backfill, PollAddress, PollState
from aggregator.store import feeds, host_claims, hosts
from aggregator.store.database import Database
from aggregator.store.host_claims import ClaimScope, FeedClaim, HostClaim
from aggregator.store.page_claims import PageClaim
from aggregator.store.tables import Feed, Host, Subscription, SubscriptionState
from tests.stored import MINUTE, NOW, add_entries, add_feeds, entry, feed_row, wanted


def claim(database: Database, *, now: datetime = NOW, by: str = "me", limit: int = 10) -> tuple[HostClaim, ...]:
    with database.writing() as session:
        scope = ClaimScope(feeds_due_before=now)
        return host_claims.claim_hosts(session, scope=scope, now=now, until=now + 5 * MINUTE, by=by, limit=limit)


def release(database: Database, host: str, *, at: datetime, by: str = "me") -> None:
    with database.writing() as session:
        hosts.release_host(session, host, by=by, pauses={host: at})


def put_off(database: Database, *names: str, until: datetime = NOW + timedelta(days=1)) -> None:
    with database.writing() as session:
        rows = [feed_row(session, name) for name in names]
        for row in rows:
            row.next_poll_at = until
        hosts.update_ready_at(session, {row.host for row in rows})


def names_of(visits: tuple[HostClaim, ...]) -> list[str]:
    return [visit.name if isinstance(visit, FeedClaim) else visit.url for visit in visits]


def test_a_due_feed_is_claimed_once(database: Database) -> None:
    add_feeds(database, "one")
    assert names_of(claim(database)) == ["one"]
    assert claim(database, by="you") == ()


def test_two_feeds_of_one_host_are_claimed_one_after_the_other(database: Database) -> None:
    with database.writing() as session:
        feeds.apply_configured_feeds(session, [wanted("one"), wanted("two", host="one.example")], now=NOW)
    assert names_of(claim(database)) == ["one"]
    put_off(database, "one")
    release(database, "one.example", at=NOW + MINUTE)
    assert claim(database) == ()
    assert names_of(claim(database, now=NOW + MINUTE)) == ["two"]


def test_a_claim_that_is_not_given_back_ends_by_itself(database: Database) -> None:
    add_feeds(database, "one")
    claim(database)
    assert claim(database, now=NOW + 4 * MINUTE) == ()
    assert names_of(claim(database, now=NOW + 5 * MINUTE, by="you")) == ["one"]


def test_a_late_worker_does_not_take_the_host_from_its_new_claimer(database: Database) -> None:
    add_feeds(database, "one")
    claim(database, by="me")
    claim(database, now=NOW + 6 * MINUTE, by="you")
    release(database, "one.example", at=NOW + 7 * MINUTE, by="me")
    assert claim(database, now=NOW + 8 * MINUTE, by="them") == ()


def test_the_longest_ready_come_first_and_the_limit_holds(database: Database) -> None:
    add_feeds(database, "one", "two", "three")
    for minute, name in enumerate(("two", "three", "one"), start=1):
        put_off(database, name, until=NOW + minute * MINUTE)
    later = NOW + 5 * MINUTE
    assert names_of(claim(database, now=later, limit=2)) == ["two", "three"]
    assert names_of(claim(database, now=later, limit=2)) == ["one"]


def test_feeds_of_a_host_go_before_its_pages_and_both_respect_its_pause(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"), entry("b"))
    assert names_of(claim(database)) == ["one"]
    put_off(database, "one")
    release(database, "one.example", at=NOW + MINUTE)
    assert claim(database) == ()
    (page,) = claim(database, now=NOW + MINUTE)
    assert page == PageClaim(article_id=1, url="https://one.example/a", host="one.example", host_failures=0, attempts=0)


def test_a_retired_feed_is_never_claimed(database: Database) -> None:
    add_feeds(database, "one")
    add_feeds(database)
    assert claim(database) == ()


def test_what_a_feed_visit_carries(database: Database) -> None:
    with database.writing() as session:
        feeds.apply_configured_feeds(session, [wanted("one", every=timedelta(minutes=30), priority=7)], now=NOW)
    (visit,) = claim(database)
    assert visit == FeedClaim(
        feed_id=1,
        name="one",
        host="one.example",
        host_failures=0,
        outlet="one.example",
        priority=7,
        full_text="auto",
        every=timedelta(minutes=30),
        at_most=None,
        poll_state=PollState(address=PollAddress(url="https://one.example/feed"), next_poll_at=NOW),
        read_at=None,
        pushed=False,
        backfill=Backfill(),
        resume_poll_at=None,
    )


@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        pytest.param(timedelta(0), NOW, id="at once"),
        pytest.param(3 * MINUTE, NOW + 3 * MINUTE, id="when the host may be asked"),
    ],
)
def test_when_the_next_visit_is(database: Database, wait: timedelta, expected: datetime) -> None:
    add_feeds(database, "one")
    if wait:
        claim(database)
        release(database, "one.example", at=NOW + wait)
    with database.reading() as session:
        assert host_claims.next_claim_at(session, scope=ClaimScope(feeds_due_before=NOW), now=NOW) == expected


def test_nothing_due_means_no_next_visit(database: Database) -> None:
    add_feeds(database, "one")
    put_off(database, "one")
    with database.reading() as session:
        assert host_claims.next_claim_at(session, scope=ClaimScope(feeds_due_before=NOW), now=NOW) is None


def test_claims_given_back_by_name_or_all_at_once_are_free(database: Database) -> None:
    add_feeds(database, "one", "two")
    claim(database, by="me", limit=1)
    claim(database, by="you", limit=1)
    with database.writing() as session:
        hosts.release_claimed_hosts(session, by="me")
    assert len(claim(database, by="me")) == 1
    with database.writing() as session:
        hosts.release_all_claims(session)
    assert len(claim(database, by="me")) == 2


def test_workers_that_claim_at_the_same_moment_share_no_host(database: Database) -> None:
    names = [f"n{number}" for number in range(40)]
    add_feeds(database, *names)
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda worker: claim(database, by=f"w{worker}", limit=10), range(4)))
    taken = [visit.host for visits in claimed for visit in visits]
    assert len(taken) == len(set(taken))
    assert len(taken) >= 10


def test_a_pile_of_feeds_on_one_host_takes_its_turn_after_every_other_host(database: Database) -> None:
    pile = [wanted(f"pile-{number:03}", host="pile.example") for number in range(900)]
    with database.writing() as session:
        feeds.apply_configured_feeds(session, [*pile, wanted("one"), wanted("two")], now=NOW)
    turns: list[str] = []
    for second in range(6):
        now = NOW + timedelta(seconds=second)
        (visit,) = claim(database, now=now, limit=1)
        turns.append(visit.host)
        if not visit.host.startswith("pile"):
            put_off(database, visit.host.removesuffix(".example"))
        else:
            put_off(database, names_of((visit,))[0])
        release(database, visit.host, at=now + timedelta(seconds=1))
    assert turns[:3] == ["one.example", "pile.example", "two.example"]
    assert turns[3:] == ["pile.example"] * 3


def test_a_worker_may_ask_for_some_feeds_alone_and_for_no_pages(database: Database) -> None:
    add_feeds(database, "one", "two")
    add_entries(database, "two", entry("a"))
    put_off(database, "two")
    scope = ClaimScope(feeds_due_before=NOW, feed_ids={2}, pages=False)
    with database.writing() as session:
        assert host_claims.claim_hosts(session, scope=scope, now=NOW, until=NOW, by="me", limit=9) == ()
    put_off(database, "two", until=NOW)
    with database.writing() as session:
        visits = host_claims.claim_hosts(session, scope=scope, now=NOW, until=NOW, by="me", limit=9)
    assert names_of(visits) == ["two"]


@pytest.mark.parametrize(
    ("last_poll", "whole", "failures", "read"),
    [
        pytest.param(None, None, 0, None, id="never"),
        pytest.param(2, 2, 0, 2, id="read"),
        pytest.param(5, 2, 0, 5, id="unchanged since"),
        pytest.param(5, 2, 1, 2, id="failed since"),
        pytest.param(5, None, 0, None, id="never whole"),
    ],
)
def test_a_visit_knows_when_its_feed_was_read_before(
    database: Database, last_poll: int | None, whole: int | None, failures: int, read: int | None
) -> None:
    def at(minute: int | None) -> datetime | None:
        return None if minute is None else NOW - timedelta(minutes=60 - minute)

    add_feeds(database, "one")
    with database.writing() as session:
        feed = session.get_one(Feed, 1)
        feed.last_poll_at, feed.whole_at, feed.failures = at(last_poll), at(whole), failures
    (visit,) = claim(database)
    assert isinstance(visit, FeedClaim)
    assert visit.origin.read_at == at(read)


def claim_some(database: Database, *, feed_ids: set[int] | None = None, pages: bool = True, **more: Any) -> list[str]:
    values: dict[str, Any] = {"now": NOW, "until": NOW + 5 * MINUTE, "by": "me", "limit": 9}
    scope = ClaimScope(feeds_due_before=NOW, feed_ids=feed_ids, pages=pages)
    with database.writing() as session:
        return names_of(host_claims.claim_hosts(session, scope=scope, **{**values, **more}))


def next_at(database: Database, *, now: datetime = NOW, **scope: Any) -> datetime | None:
    with database.reading() as session:
        wanted_work = ClaimScope(**{"feeds_due_before": now, **scope})
        return host_claims.next_claim_at(session, scope=wanted_work, now=now)


def test_a_claim_names_its_worker_and_its_end_and_keeps_others_away_for_the_spacing(database: Database) -> None:
    add_feeds(database, "one", "two")
    assert claim_some(database, limit=1, by="w", spacing=3 * MINUTE) == ["one"]
    with database.reading() as session:
        one, two = session.get_one(Host, "one.example"), session.get_one(Host, "two.example")
        assert (one.claimed_by, one.claimed_until) == ("w", NOW + 5 * MINUTE)
        assert (one.next_request_at, one.ready_at) == (NOW + 3 * MINUTE, NOW + 3 * MINUTE)
        assert (two.claimed_by, two.claimed_until, two.next_request_at) == (None, None, NOW)
    assert claim_some(database) == ["two"]
    with database.reading() as session:
        assert session.get_one(Host, "two.example").next_request_at == NOW


def test_of_the_feeds_of_a_host_the_one_that_has_been_due_longest_is_polled(database: Database) -> None:
    with database.writing() as session:
        names = ("one", "two", "three", "four")
        feeds.apply_configured_feeds(session, [wanted(name, host="one.example") for name in names], now=NOW)
        for name, minute in (("one", -1), ("two", -2), ("three", -2), ("four", 1)):
            feed_row(session, name).next_poll_at = NOW + minute * MINUTE
        session.get_one(Host, "one.example").failures = 3
    assert claim_some(database, until=NOW) == ["two"], "the older of two feeds that are due alike"
    assert claim_some(database, feed_ids={1, 3, 4}, until=NOW) == ["three"]
    assert claim_some(database, feed_ids={4}, until=NOW) == []
    (visit,) = claim(database)
    assert visit.host_failures == 3


def test_a_host_is_claimed_at_the_instant_at_which_it_is_ready_and_its_feed_due(database: Database) -> None:
    add_feeds(database, "one")
    put_off(database, "one", until=NOW + MINUTE)
    assert claim(database) == ()
    with database.writing() as session:
        scope = ClaimScope(feeds_due_before=NOW + 9 * MINUTE)
        assert host_claims.claim_hosts(session, scope=scope, now=NOW, until=NOW, by="me", limit=9) == ()
    assert names_of(claim(database, now=NOW + MINUTE)) == ["one"]


@pytest.mark.parametrize(
    ("state", "ends", "pushed"),
    [
        (SubscriptionState.ACTIVE, MINUTE, True),
        (SubscriptionState.ACTIVE, 0 * MINUTE, False),
        (SubscriptionState.ACTIVE, -MINUTE, False),
        (SubscriptionState.PENDING, MINUTE, False),
        (SubscriptionState.ENDED, MINUTE, False),
    ],
)
def test_a_feed_is_pushed_while_its_subscription_is_active(
    database: Database, state: SubscriptionState, ends: timedelta, pushed: bool
) -> None:
    add_feeds(database, "one", "two")
    with database.writing() as session:
        session.add(
            Subscription(
                feed_id=1,
                kind="websub",
                hub="https://hub.example/",
                host="one.example",
                topic="t",
                token="x",
                state=state,
                lease_expires_at=NOW + ends,
            )
        )
    found = {visit.name: visit.pushed for visit in claim(database) if isinstance(visit, FeedClaim)}
    assert found == {"one": pushed, "two": False}


def test_the_next_claim_is_when_the_first_host_with_due_work_is_free(database: Database) -> None:
    add_feeds(database, "one", "two", "three")
    put_off(database, "three", until=NOW + 8 * MINUTE)
    assert next_at(database) == NOW
    assert next_at(database, now=NOW + MINUTE) == NOW + MINUTE, "what was due before is due now"
    assert claim_some(database, limit=1) == ["one"]
    assert next_at(database) == NOW
    assert claim_some(database, limit=1, until=NOW + 4 * MINUTE) == ["two"]
    assert next_at(database) == NOW + 4 * MINUTE, "the claim that ends first"
    assert next_at(database, feed_ids={1}) == NOW + 5 * MINUTE
    assert next_at(database, feed_ids={3}) is None
    assert next_at(database, now=NOW + 9 * MINUTE, feed_ids={3}) == NOW + 9 * MINUTE
    assert next_at(database, feeds_due_before=NOW + 8 * MINUTE, feed_ids={3}) == NOW + 8 * MINUTE


def test_a_page_counts_as_work_only_for_those_who_fetch_pages(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"))
    put_off(database, "one")
    assert next_at(database) == NOW
    assert next_at(database, pages=False) is None
    assert claim_some(database, pages=False) == []
    assert claim_some(database, feed_ids=set()) == ["https://one.example/a"]


def test_a_feed_is_known_to_its_entries_by_its_row(database: Database) -> None:
    with database.writing() as session:
        configured = [wanted("one", priority=7, outlet="the.example"), wanted("two", full_text="feed")]
        feeds.apply_configured_feeds(session, configured, now=NOW)
        one, two = (feed_row(session, name) for name in ("one", "two"))
        origin = host_claims.source_feed_of(one, read_at=NOW)
        assert origin == host_claims.SourceFeed(
            feed_id=1,
            feed_name="one",
            feed_host="one.example",
            outlet="the.example",
            priority=7,
            wants_page=True,
            read_at=NOW,
        )
        assert not host_claims.source_feed_of(two).wants_page
        one.whole_at = one.last_poll_at = NOW
    first, second = claim(database)
    assert isinstance(first, FeedClaim)
    assert isinstance(second, FeedClaim)
    assert first.origin == origin
    assert not second.origin.wants_page


def test_a_claim_carries_what_the_schedule_of_its_feed_needs(database: Database) -> None:
    add_feeds(database, "one")
    with database.writing() as session:
        feed = feed_row(session, "one")
        feed.every_seconds, feed.at_most_seconds = None, 90.0
        feed.older_url, feed.backfilled, feed.resume_poll_at = "https://one.example/2", 3, NOW + MINUTE
    (visit,) = claim(database)
    assert isinstance(visit, FeedClaim)
    assert (visit.every, visit.at_most) == (None, timedelta(seconds=90))
    assert (visit.backfill, visit.resume_poll_at) == (Backfill(older_url="https://one.example/2", read=3), NOW + MINUTE)
