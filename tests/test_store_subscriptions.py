"""Subscriptions and errands in both databases: wished for, claimed, confirmed, let go."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import text

from aggregator.model.polling import HubMode, HubRejection, LeaseTerms, PushKind, PushOffer
from aggregator.polling.subscription_leases import MAX_UNSUBSCRIBE_ATTEMPTS, PAUSE_AFTER_DENIAL, confirmation_timeout
from aggregator.store import hosts, hub_request_queue, subscriptions
from aggregator.store.database import Database
from aggregator.store.hub_request_queue import HubRequest
from aggregator.store.subscriptions import CallbackSubscription
from aggregator.store.tables import Host, Subscription, SubscriptionState
from tests.stored import MINUTE, NOW, add_feeds, feed_row

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TERMS = LeaseTerms(ends_at=NOW + 10 * DAY, renew_at=NOW + 9 * DAY)


def offer(hub: str = "https://hub.example/", topic: str = "https://one.example/feed", **others: PushKind) -> PushOffer:
    return PushOffer(kind=others.get("kind", PushKind.WEBSUB), hub=hub, topic=topic)


def want(
    database: Database,
    feed: str = "one",
    *,
    token: str = "t1",
    what: PushOffer | None = None,
    host: str = "hub.example",
) -> bool:
    with database.writing() as session:
        feed_id = feed_row(session, feed).id
        assert feed_id is not None
        return subscriptions.ensure_subscription(
            session, feed_id, what or offer(), host=host, token=token, secret="s", floor=HOUR, now=NOW
        )


claim_from = partial(
    hub_request_queue.claim_hub_requests, pause_after=confirmation_timeout, most_farewells=MAX_UNSUBSCRIBE_ATTEMPTS
)


def claim(database: Database, *, now: datetime = NOW, by: str = "me", limit: int = 10) -> tuple[HubRequest, ...]:
    with database.writing() as session:
        return claim_from(session, now=now, until=now + 5 * MINUTE, by=by, limit=limit)


def release(database: Database, host: str = "hub.example", *, at: datetime = NOW, by: str = "me") -> None:
    with database.writing() as session:
        hosts.release_host(session, host, by=by, pauses={host: at})


def confirm(database: Database, *, terms: LeaseTerms = TERMS) -> None:
    with database.writing() as session:
        subscriptions.record_confirmed(session, 1, terms)


def row(database: Database, number: int = 1) -> Subscription:
    with database.reading() as session:
        return session.get_one(Subscription, number)


def callback(database: Database, token: str = "t1") -> CallbackSubscription | None:
    with database.reading() as session:
        return subscriptions.subscription_of_callback(session, token)


def plan(database: Database, feed: str = "one", *, last: datetime = NOW, at: datetime, failures: int = 0) -> None:
    with database.writing() as session:
        planned = feed_row(session, feed)
        planned.last_poll_at, planned.next_poll_at, planned.failures = last, at, failures


def next_poll(database: Database, feed: str = "one") -> datetime:
    with database.reading() as session:
        return feed_row(session, feed).next_poll_at


def test_what_is_wished_for_is_claimed_as_one_errand_and_waits_for_its_verification(database: Database) -> None:
    add_feeds(database, "one")
    assert want(database)
    assert claim(database) == (
        HubRequest(
            subscription_id=1,
            feed_name="one",
            mode=HubMode.SUBSCRIBE,
            kind=PushKind.WEBSUB,
            hub="https://hub.example/",
            host="hub.example",
            topic="https://one.example/feed",
            token="t1",
            secret="s",
            attempts=1,
            confirm_by=NOW + HOUR,
        ),
    )
    assert (row(database).state, row(database).next_attempt_at) == (SubscriptionState.PENDING, NOW + HOUR)


def test_wishing_for_the_same_again_changes_nothing(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    claim(database)
    assert not want(database, token="t2")
    assert (row(database).token, row(database).state) == ("t1", SubscriptionState.PENDING)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(offer(hub="https://other.example/"), id="another hub"),
        pytest.param(offer(topic="https://one.example/other"), id="another topic"),
        pytest.param(offer(kind=PushKind.RSSCLOUD), id="a cloud"),
    ],
)
def test_wishing_for_another_replaces_the_subscription_and_its_callback(database: Database, other: PushOffer) -> None:
    add_feeds(database, "one")
    want(database)
    claim(database)
    confirm(database)
    plan(database, at=NOW + DAY)
    assert want(database, token="t2", what=other, host="other.example")
    replaced = row(database)
    assert (replaced.state, replaced.host, replaced.lease_expires_at) == ("wanted", "other.example", None)
    assert callback(database, "t1") is None
    assert next_poll(database) == NOW + HOUR


def test_two_feeds_at_one_hub_are_asked_for_one_after_the_other(database: Database) -> None:
    add_feeds(database, "one", "two")
    want(database, "one")
    want(database, "two", token="t2")
    assert [request.feed_name for request in claim(database)] == ["one"]
    assert claim(database, by="you") == ()
    release(database, at=NOW + MINUTE)
    assert claim(database) == ()
    assert [request.feed_name for request in claim(database, now=NOW + MINUTE)] == ["two"]


def test_a_hub_is_not_asked_while_its_host_is_polled(database: Database) -> None:
    add_feeds(database, "one")
    want(database, host="one.example")
    with database.writing() as session:
        host = session.get_one(Host, "one.example")
        host.claimed_until, host.claimed_by = NOW + MINUTE, "you"
    assert claim(database) == ()
    assert len(claim(database, now=NOW + MINUTE)) == 1


def test_a_hub_is_spared_after_a_claim_whatever_became_of_the_claimer(database: Database) -> None:
    add_feeds(database, "one", "two")
    want(database)
    want(database, "two", token="t2")

    def asked(minute: int) -> int:
        with database.writing() as session:
            now = NOW + minute * MINUTE
            return len(claim_from(session, now=now, until=now, by="me", limit=9, spacing=5 * MINUTE))

    assert [asked(minute) for minute in (0, 4, 5)] == [1, 0, 1]


def test_workers_that_claim_at_the_same_moment_share_no_hub(database: Database) -> None:
    names = [f"n{number}" for number in range(20)]
    add_feeds(database, *names)
    for name in names:
        want(database, name, token=name, host=f"{name}.example")
    with ThreadPoolExecutor(4) as pool:
        claimed = list(pool.map(lambda worker: claim(database, by=f"w{worker}", limit=5), range(4)))
    hosts = [request.host for some in claimed for request in some]
    assert len(hosts) == len(set(hosts))
    assert len(hosts) >= 5


def test_a_verification_during_the_request_outlives_its_failure(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    (request,) = claim(database)
    confirm(database)
    with database.writing() as session:
        hub_request_queue.record_hub_rejection(session, request, HubRejection(reason="cut off", pause=MINUTE), now=NOW)
    kept = row(database)
    assert (kept.state, kept.reason, kept.next_attempt_at) == ("active", "", TERMS.renew_at)
    assert kept.lease_expires_at == TERMS.ends_at


def test_a_request_that_failed_is_repeated_after_its_pause(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    (request,) = claim(database)
    with database.writing() as session:
        hub_request_queue.record_hub_rejection(
            session, request, HubRejection(reason="no answer", pause=10 * MINUTE), now=NOW
        )
    release(database)
    assert (row(database).state, row(database).reason) == ("failed", "no answer")
    assert claim(database, now=NOW + 9 * MINUTE) == ()
    (again,) = claim(database, now=NOW + 10 * MINUTE)
    assert (again.attempts, again.token) == (2, "t1")


def test_a_renewal_that_fails_leaves_the_subscription_active_until_its_lease_ends(database: Database) -> None:
    add_feeds(database, "one", "two")
    want(database)
    claim(database)
    confirm(database)
    release(database)
    plan(database, last=NOW + 9 * DAY, at=NOW + 12 * DAY)
    (renewal,) = claim(database, now=NOW + 9 * DAY)
    with database.writing() as session:
        hub_request_queue.record_hub_rejection(
            session, renewal, HubRejection(reason="no answer", pause=HOUR), now=NOW + 9 * DAY
        )
    assert (row(database).state, row(database).lease_expires_at) == (SubscriptionState.ACTIVE, NOW + 10 * DAY)
    with database.writing() as session:
        assert subscriptions.end_expired_leases(session, floor=HOUR, now=NOW + 10 * DAY - MINUTE) == ()
        assert subscriptions.end_expired_leases(session, floor=HOUR, now=NOW + 10 * DAY) == ("one",)
        assert subscriptions.end_expired_leases(session, floor=HOUR, now=NOW + 10 * DAY) == ()
    assert row(database).state == SubscriptionState.FAILED
    assert next_poll(database) == NOW + 10 * DAY


@pytest.mark.parametrize(
    ("ordinary", "failures", "at"),
    [
        pytest.param(None, 0, NOW + HOUR, id="the floor after the last poll"),
        pytest.param(NOW + 5 * HOUR, 0, NOW + 5 * HOUR, id="when it would have been polled"),
        pytest.param(NOW - HOUR, 0, NOW, id="not in the past"),
        pytest.param(None, 3, NOW + DAY, id="a feed that fails keeps its pause"),
    ],
)
def test_a_feed_that_is_pushed_no_more_is_polled_as_any_other(
    database: Database, ordinary: datetime | None, failures: int, at: datetime
) -> None:
    add_feeds(database, "one")
    want(database)
    claim(database)
    confirm(database)
    plan(database, at=NOW + DAY, failures=failures)
    with database.writing() as session:
        if ordinary is not None:
            subscriptions.store_ordinary_poll(session, 1, at=ordinary)
        subscriptions.record_denied(session, 1, reason="no", pause=PAUSE_AFTER_DENIAL, floor=HOUR, now=NOW)
    assert next_poll(database) == at
    denied = row(database)
    assert (denied.state, denied.reason, denied.next_attempt_at) == ("denied", "no", NOW + 7 * DAY)


def test_a_feed_that_was_never_pushed_keeps_its_plan_when_the_hub_denies(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    claim(database)
    plan(database, at=NOW + DAY)
    with database.writing() as session:
        subscriptions.record_denied(session, 1, reason="no", pause=PAUSE_AFTER_DENIAL, floor=HOUR, now=NOW)
    assert next_poll(database) == NOW + DAY


def test_a_hub_that_was_asked_is_told_of_the_end_and_no_other(database: Database) -> None:
    add_feeds(database, "one", "two", "three")
    want(database, "one")
    claim(database)
    release(database)
    want(database, "two", token="t2")
    want(database, "three", token="t3", what=offer(kind=PushKind.RSSCLOUD))
    with database.writing() as session:
        for feed_id in (1, 2, 3):
            assert subscriptions.end_subscription(session, feed_id, reason="no more", floor=HOUR, now=NOW)
            assert not subscriptions.end_subscription(session, feed_id, reason="no more", floor=HOUR, now=NOW)
    assert [row(database, number).next_attempt_at for number in (1, 2, 3)] == [NOW, None, None]
    (request,) = claim(database)
    assert (request.feed_name, request.mode) == ("one", HubMode.UNSUBSCRIBE)
    with database.writing() as session:
        subscriptions.record_unsubscribed(session, 1)
    assert row(database).next_attempt_at is None


def test_the_subscriptions_of_retired_feeds_are_ended(database: Database) -> None:
    add_feeds(database, "one", "two")
    want(database, "one")
    want(database, "two", token="t2")
    claim(database)
    add_feeds(database, "two")
    with database.writing() as session:
        assert subscriptions.end_retired_subscriptions(session, now=NOW) == ("one",)
        assert subscriptions.end_retired_subscriptions(session, now=NOW) == ()
    assert [row(database, number).state for number in (1, 2)] == ["ended", "wanted"]


def test_all_are_ended_at_once(database: Database) -> None:
    add_feeds(database, "one", "two")
    want(database, "one")
    want(database, "two", token="t2")
    claim(database)
    confirm(database)
    plan(database, at=NOW + DAY)
    with database.writing() as session:
        assert subscriptions.end_all_subscriptions(session, reason="off", floor=HOUR, now=NOW) == 2
        assert subscriptions.end_all_subscriptions(session, reason="off", floor=HOUR, now=NOW) == 0
    assert next_poll(database) == NOW + HOUR
    assert [row(database, number).state for number in (1, 2)] == ["ended", "ended"]


@pytest.mark.parametrize(
    ("state", "kind", "requested_mode"),
    [
        pytest.param("wanted", PushKind.WEBSUB, None, id="not asked for yet"),
        pytest.param("pending", PushKind.WEBSUB, HubMode.SUBSCRIBE, id="asked for"),
        pytest.param("active", PushKind.WEBSUB, HubMode.SUBSCRIBE, id="confirmed"),
        pytest.param("failed", PushKind.WEBSUB, HubMode.SUBSCRIBE, id="asked for in vain"),
        pytest.param("denied", PushKind.WEBSUB, None, id="denied"),
        pytest.param("ended", PushKind.WEBSUB, HubMode.UNSUBSCRIBE, id="ended"),
        pytest.param("ended", PushKind.RSSCLOUD, None, id="a cloud that is left"),
    ],
)
def test_what_a_callback_is_for(database: Database, state: str, kind: PushKind, requested_mode: HubMode | None) -> None:
    add_feeds(database, "one")
    want(database, what=offer(kind=kind))
    with database.writing() as session:
        session.get_one(Subscription, 1).state = state
    found = callback(database)
    assert found is not None
    assert (found.requested_mode, found.listens) == (requested_mode, requested_mode is HubMode.SUBSCRIBE)
    assert (found.origin.feed_name, found.origin.outlet, found.feed_url) == (
        "one",
        "one.example",
        "https://one.example/feed",
    )


def test_nobody_listens_for_a_retired_feed(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    claim(database)
    add_feeds(database)
    found = callback(database)
    assert found is not None
    assert not found.listens


@pytest.mark.parametrize(
    ("last", "planned", "at"),
    [
        pytest.param(NOW - MINUTE, NOW + DAY, NOW + 9 * MINUTE, id="never sooner than the floor"),
        pytest.param(NOW - HOUR, NOW + DAY, NOW, id="at once after it"),
        pytest.param(NOW - MINUTE, NOW + MINUTE, NOW + MINUTE, id="never later than planned"),
    ],
)
def test_a_feed_that_is_said_to_have_news_is_polled_soon(
    database: Database, last: datetime, planned: datetime, at: datetime
) -> None:
    add_feeds(database, "one")
    plan(database, last=last, at=planned)
    with database.writing() as session:
        assert subscriptions.advance_poll(session, 1, floor=10 * MINUTE, now=NOW) == at
    assert next_poll(database) == at


def test_a_retired_feed_is_not_polled_whatever_is_said(database: Database) -> None:
    add_feeds(database, "one")
    add_feeds(database)
    with database.writing() as session:
        assert subscriptions.advance_poll(session, 1, floor=10 * MINUTE, now=NOW) is None


def test_a_delivery_that_was_acknowledged_and_never_stored_makes_the_feed_be_polled(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    plan(database, last=NOW - HOUR, at=NOW + DAY)

    def recovered(now: datetime) -> tuple[str, ...]:
        with database.writing() as session:
            return subscriptions.poll_lost_deliveries(session, received_before=now - MINUTE, floor=HOUR, now=now)

    with database.writing() as session:
        subscriptions.record_delivery(session, 1, now=NOW)
        subscriptions.record_delivery(session, 1, now=NOW)
        subscriptions.record_delivery_stored(session, 1)
    assert recovered(NOW) == ()
    assert next_poll(database) == NOW + DAY
    assert recovered(NOW + MINUTE) == ("one",)
    assert next_poll(database) == NOW + MINUTE
    assert recovered(NOW + 2 * MINUTE) == ()


def test_a_delivery_that_was_stored_is_not_asked_for(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    with database.writing() as session:
        subscriptions.record_delivery(session, 1, now=NOW)
        subscriptions.record_delivery_stored(session, 1)
        assert subscriptions.poll_lost_deliveries(session, received_before=NOW + DAY, floor=HOUR, now=NOW + DAY) == ()
    assert row(database).received_at == NOW


@pytest.mark.parametrize(
    ("question", "index"),
    [
        ("SELECT id FROM subscription WHERE next_attempt_at <= :now", "ix_subscription_due"),
        ("SELECT id FROM subscription WHERE state = 'active' AND lease_expires_at <= :now", "ix_subscription_lease"),
        ("SELECT id FROM subscription WHERE token = :now", "(token=?)"),
    ],
)
def test_what_is_asked_every_second_is_answered_by_an_index(sqlite_url: str, question: str, index: str) -> None:
    database = Database(sqlite_url)
    with database.reading() as session:
        plan_of_it = session.execute(text(f"EXPLAIN QUERY PLAN {question}"), {"now": "2026-01-01"}).all()
    database.close()
    assert index in str(plan_of_it)


def set_columns(database: Database, number: int = 1, **values: Any) -> None:
    with database.writing() as session:
        for name, value in values.items():
            setattr(session.get_one(Subscription, number), name, value)


def columns(database: Database, number: int = 1) -> dict[str, Any]:
    """The columns of a subscription, but those that say for whom and with whom it is."""
    return row(database, number).model_dump(exclude={"id", "feed_id", "kind", "hub", "host", "topic"})


FRESH: dict[str, Any] = {
    "token": "t1",
    "secret": "s",
    "state": "wanted",
    "reason": "",
    "attempts": 0,
    "next_attempt_at": NOW,
    "lease_expires_at": None,
    "ordinary_poll_at": None,
    "received_at": None,
    "unstored": 0,
}
USED: dict[str, Any] = {
    "state": "active",
    "reason": "it said so",
    "attempts": 4,
    "next_attempt_at": NOW + DAY,
    "lease_expires_at": NOW + 2 * DAY,
    "ordinary_poll_at": NOW + 3 * HOUR,
}
"""Columns of a subscription in the middle of its life."""


def test_a_subscription_that_ended_or_is_replaced_begins_anew_in_every_column(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    assert columns(database) == FRESH
    for state, what in (("ended", offer()), ("active", offer(topic="https://one.example/other"))):
        set_columns(database, **USED | {"state": state})
        assert want(database, token="t2", what=what, host="new.example")
        assert columns(database) == FRESH | {"token": "t2"}
        found = row(database)
        assert (found.topic, found.host, found.hub) == (what.topic, "new.example", what.hub)
    with database.reading() as session:
        assert session.get_one(Host, "new.example").next_request_at == NOW


def test_a_replaced_subscription_lets_its_feed_be_polled_as_usual_and_an_ended_one_did_before(
    database: Database,
) -> None:
    add_feeds(database, "one")
    want(database)
    for state, at in (("ended", NOW + DAY), ("active", NOW + 3 * HOUR)):
        set_columns(database, **USED | {"state": state})
        plan(database, at=NOW + DAY)
        want(database, what=offer(hub=f"https://{state}.example/"))
        assert next_poll(database) == at


@pytest.mark.parametrize(
    ("state", "kind", "informed"),
    [
        ("wanted", PushKind.WEBSUB, False),
        ("pending", PushKind.WEBSUB, True),
        ("active", PushKind.WEBSUB, True),
        ("failed", PushKind.WEBSUB, True),
        ("denied", PushKind.WEBSUB, False),
        ("active", PushKind.RSSCLOUD, False),
    ],
)
def test_an_ended_subscription_has_its_reason_and_a_last_request_if_the_hub_knows_of_it(
    database: Database, state: str, kind: PushKind, informed: bool
) -> None:
    add_feeds(database, "one", "two")
    want(database, what=offer(kind=kind))
    want(database, "two", token="t2")
    after = FRESH | USED | {"state": "ended", "attempts": 0, "next_attempt_at": NOW if informed else None}
    not_polled = after | {"reason": "the feed is no longer polled"}
    with database.writing() as session:
        retired = feed_row(session, "one")
        retired.retired_at, retired.last_poll_at, retired.next_poll_at = NOW, NOW, NOW + DAY
    set_columns(database, **USED | {"state": state})
    with database.writing() as session:
        assert subscriptions.end_retired_subscriptions(session, now=NOW) == ("one",)
    assert columns(database) == not_polled
    set_columns(database, **USED | {"state": state})
    with database.writing() as session:
        assert subscriptions.end_subscription(session, 1, reason="off", floor=HOUR, now=NOW)
    assert columns(database) == after | {"reason": "off"}
    set_columns(database, **USED | {"state": state})
    with database.writing() as session:
        assert subscriptions.end_all_subscriptions(session, reason="all off", floor=HOUR, now=NOW) == 2
    assert columns(database) == after | {"reason": "all off"}
    assert next_poll(database) == NOW + DAY, "a retired feed is not polled"


def test_what_a_hub_says_is_stored_in_the_columns_that_it_concerns(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    used = FRESH | USED
    set_columns(database, **USED | {"state": "pending"})
    confirm(database)
    confirmed = {"reason": "", "attempts": 0, "next_attempt_at": TERMS.renew_at, "lease_expires_at": TERMS.ends_at}
    assert columns(database) == used | confirmed
    set_columns(database, **USED | {"state": "ended"})
    with database.writing() as session:
        subscriptions.record_unsubscribed(session, 1)
    assert columns(database) == used | {"state": "ended", "next_attempt_at": None, "lease_expires_at": None}
    set_columns(database, **USED | {"state": "pending"})
    with database.writing() as session:
        subscriptions.record_denied(session, 1, reason="no", pause=HOUR, floor=HOUR, now=NOW)
    assert columns(database) == used | {
        "state": "denied",
        "reason": "no",
        "attempts": 0,
        "next_attempt_at": NOW + HOUR,
        "lease_expires_at": None,
    }
    set_columns(database, **USED)
    with database.writing() as session:
        subscriptions.end_expired_leases(session, floor=HOUR, now=NOW + 2 * DAY)
    assert columns(database) == used | {"state": "failed", "reason": "the lease ended before it was renewed"}


def test_only_a_lease_of_an_active_subscription_ends(database: Database) -> None:
    add_feeds(database, "one")
    want(database)
    for state in ("wanted", "pending", "failed", "denied", "ended"):
        set_columns(database, **USED | {"state": state})
        with database.writing() as session:
            assert subscriptions.end_expired_leases(session, floor=HOUR, now=NOW + 9 * DAY) == ()


def test_deliveries_are_counted_until_they_are_stored_and_never_below_none(database: Database) -> None:
    add_feeds(database, "one", "two")
    want(database)
    want(database, "two", token="t2")
    counts = []
    with database.writing() as session:
        for minute, stored in enumerate((False, False, True, True, True, False)):
            if stored:
                subscriptions.record_delivery_stored(session, 1)
            else:
                subscriptions.record_delivery(session, 1, now=NOW + minute * MINUTE)
            counts.append(session.get_one(Subscription, 1).unstored)
    assert counts == [1, 2, 1, 0, 0, 1]
    assert columns(database) == FRESH | {"received_at": NOW + 5 * MINUTE, "unstored": 1}
    assert columns(database, 2) == FRESH | {"token": "t2"}
    with database.writing() as session:
        subscriptions.poll_lost_deliveries(session, received_before=NOW + 5 * MINUTE, floor=HOUR, now=NOW + DAY)
    assert columns(database) == FRESH | {"received_at": NOW + 5 * MINUTE}


@pytest.mark.parametrize(
    ("last", "every", "expected"),
    [
        pytest.param(NOW - MINUTE, None, NOW + 59 * MINUTE, id="the floor after the last poll"),
        pytest.param(NOW - MINUTE, 7200.0, NOW + 119 * MINUTE, id="its own interval after the last poll"),
        pytest.param(NOW - DAY, 7200.0, NOW, id="not in the past"),
        pytest.param(None, 7200.0, NOW + DAY, id="a feed that was never polled keeps its plan"),
    ],
)
def test_a_feed_that_is_pushed_no_more_is_polled_at_its_own_interval(
    database: Database, last: datetime | None, every: float | None, expected: datetime
) -> None:
    add_feeds(database, "one", "two")
    want(database)
    set_columns(database, **USED | {"ordinary_poll_at": None})
    for name in ("one", "two"):
        with database.writing() as session:
            feed = feed_row(session, name)
            feed.last_poll_at, feed.next_poll_at, feed.every_seconds = last, NOW + DAY, every
    with database.writing() as session:
        subscriptions.end_subscription(session, 1, reason="off", floor=HOUR, now=NOW)
    assert (next_poll(database), next_poll(database, "two")) == (expected, NOW + DAY)


def test_the_ordinary_poll_is_stored_for_one_feed_and_used_once(database: Database) -> None:
    add_feeds(database, "one", "two")
    want(database)
    want(database, "two", token="t2")
    with database.writing() as session:
        subscriptions.store_ordinary_poll(session, 1, at=NOW + 5 * HOUR)
    assert (row(database).ordinary_poll_at, row(database, 2).ordinary_poll_at) == (NOW + 5 * HOUR, None)
    set_columns(database, state="active", lease_expires_at=NOW)
    plan(database, at=NOW + DAY)
    with database.writing() as session:
        subscriptions.end_expired_leases(session, floor=HOUR, now=NOW)
        assert session.get_one(Host, "one.example").ready_at == NOW + 5 * HOUR
    assert (next_poll(database), row(database).ordinary_poll_at) == (NOW + 5 * HOUR, None)


@pytest.mark.parametrize(
    ("last", "quiet", "at"),
    [
        pytest.param(None, None, NOW, id="never polled"),
        pytest.param(None, NOW + HOUR, NOW + HOUR, id="a pause that its host asked for"),
        pytest.param(NOW - MINUTE, NOW + MINUTE, NOW + 9 * MINUTE, id="the floor is longer"),
        pytest.param(NOW - HOUR, NOW - MINUTE, NOW, id="both are over"),
    ],
)
def test_news_wait_for_the_floor_and_for_the_pause_that_a_host_asked_for(
    database: Database, last: datetime | None, quiet: datetime | None, at: datetime
) -> None:
    add_feeds(database, "one")
    with database.writing() as session:
        feed = feed_row(session, "one")
        feed.last_poll_at, feed.quiet_until, feed.next_poll_at = last, quiet, NOW + DAY
        assert subscriptions.advance_poll(session, 1, floor=10 * MINUTE, now=NOW) == at
        assert session.get_one(Host, "one.example", populate_existing=True).ready_at == at


def test_a_callback_is_known_by_its_token_alone(database: Database) -> None:
    add_feeds(database, "one", "two")
    want(database)
    want(database, "two", token="t2", what=offer(hub="https://other.example/", topic="https://two.example/feed"))
    found = callback(database, "t2")
    assert found is not None
    assert (found.subscription_id, found.kind, found.hub, found.topic, found.secret, found.feed_url) == (
        2,
        PushKind.WEBSUB,
        "https://other.example/",
        "https://two.example/feed",
        "s",
        "https://two.example/feed",
    )
    assert found.origin.feed_name == "two"
    assert callback(database, "t3") is None
