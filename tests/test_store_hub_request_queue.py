"""Which request a hub gets next, how long it may take to confirm it, and what its answer changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.polling import HubMode, HubRejection, LeaseTerms, PushKind
from aggregator.store import hub_request_queue
from aggregator.store.database import Database
from aggregator.store.hub_request_queue import HubRequest
from aggregator.store.tables import Host, Subscription, SubscriptionState
from tests.stored import MINUTE, NOW, add_feeds

State = SubscriptionState
HOUR = timedelta(hours=1)
REFUSED = HubRejection(reason="no answer", pause=10 * MINUTE)


@pytest.fixture
def stored(database: Database) -> Database:
    """Four feeds with a subscription each, of which nothing is due; the hubs of three and four share a host."""
    names = ("one", "two", "three", "four")
    add_feeds(database, *names)
    with database.writing() as session:
        for number, name in enumerate(names, start=1):
            host = "three.example" if name == "four" else f"{name}.example"
            session.add(
                Subscription(
                    feed_id=number, kind="websub", hub=f"https://{host}/hub", host=host, topic=name, token=f"t{number}"
                )
            )
            session.flush()
    return database


def change(database: Database, number: int, **values: Any) -> None:
    with database.writing() as session:
        for name, value in values.items():
            setattr(session.get_one(Subscription, number), name, value)


def due(database: Database, **minutes: int) -> None:
    """Plans requests, a number of minutes after now, by the name of the feed."""
    with database.writing() as session:
        for name, minute in minutes.items():
            row = session.scalars(select(Subscription).where(col(Subscription.topic) == name)).one()
            row.next_attempt_at = NOW + minute * MINUTE


def claim(database: Database, *, now: datetime = NOW, limit: int = 9, **more: Any) -> tuple[HubRequest, ...]:
    values: dict[str, Any] = {"until": now, "by": "me", "pause_after": lambda attempts: attempts * HOUR}
    with database.writing() as session:
        return hub_request_queue.claim_hub_requests(
            session, now=now, limit=limit, **{"most_farewells": 3, **values, **more}
        )


def names(requests: tuple[HubRequest, ...]) -> list[str]:
    return [request.feed_name for request in requests]


def row(database: Database, number: int = 1) -> Subscription:
    with database.reading() as session:
        return session.get_one(Subscription, number)


def test_the_hub_whose_request_has_been_due_longest_comes_first_one_request_for_each_host(stored: Database) -> None:
    assert claim(stored) == ()
    due(stored, one=1)
    assert claim(stored) == ()
    due(stored, one=0, two=-1, three=-2, four=-3)
    assert names(claim(stored, limit=1)) == ["four"]
    assert names(claim(stored)) == ["three", "two", "one"]
    due(stored, one=-1, two=-1, three=-1, four=-1)
    assert names(claim(stored)) == ["one", "three", "two"], "of one instant: by host, then by age"


def test_a_claim_holds_the_host_until_its_end_and_its_spacing(stored: Database) -> None:
    due(stored, one=0, two=0)
    assert names(claim(stored, limit=1, until=NOW + 5 * MINUTE, by="w", spacing=2 * MINUTE)) == ["one"]
    with stored.reading() as session:
        one, two = session.get_one(Host, "one.example"), session.get_one(Host, "two.example")
        assert (one.claimed_by, one.claimed_until, one.next_request_at) == ("w", NOW + 5 * MINUTE, NOW + 2 * MINUTE)
        assert (two.claimed_by, two.claimed_until, two.next_request_at) == (None, None, NOW)
    due(stored, one=0, two=1)
    assert claim(stored, now=NOW + 5 * MINUTE - timedelta(seconds=1), limit=9)[0].feed_name == "two"
    assert names(claim(stored, now=NOW + 5 * MINUTE)) == ["one"]


def test_no_hub_gets_a_request_before_the_pause_of_its_host_is_over(stored: Database) -> None:
    due(stored, one=0)
    with stored.writing() as session:
        session.get_one(Host, "one.example").next_request_at = NOW + MINUTE
    assert claim(stored) == ()
    assert names(claim(stored, now=NOW + MINUTE)) == ["one"]


@pytest.mark.parametrize(
    ("before", "after", "mode"),
    [
        (State.WANTED, State.PENDING, HubMode.SUBSCRIBE),
        (State.DENIED, State.PENDING, HubMode.SUBSCRIBE),
        (State.FAILED, State.PENDING, HubMode.SUBSCRIBE),
        (State.PENDING, State.PENDING, HubMode.SUBSCRIBE),
        (State.ACTIVE, State.ACTIVE, HubMode.SUBSCRIBE),
        (State.ENDED, State.ENDED, HubMode.UNSUBSCRIBE),
    ],
)
def test_a_request_is_counted_and_is_due_again_unless_it_is_confirmed(
    stored: Database, before: State, after: State, mode: HubMode
) -> None:
    change(stored, 1, state=before, kind="rsscloud", attempts=1, secret="s", next_attempt_at=NOW)
    assert claim(stored) == (
        HubRequest(
            subscription_id=1,
            feed_name="one",
            mode=mode,
            kind=PushKind.RSSCLOUD,
            hub="https://one.example/hub",
            host="one.example",
            topic="one",
            token="t1",
            secret="s",
            attempts=2,
            confirm_by=NOW + 2 * HOUR,
        ),
    )
    stored_row = row(stored)
    assert (stored_row.state, stored_row.attempts, stored_row.next_attempt_at) == (after, 2, NOW + 2 * HOUR)


def test_a_hub_is_told_of_the_end_a_few_times_and_of_a_beginning_without_end(stored: Database) -> None:
    change(stored, 1, state=State.ENDED, attempts=1, next_attempt_at=NOW)
    change(stored, 2, state=State.WANTED, attempts=2, next_attempt_at=NOW)
    claim(stored)
    assert (row(stored, 1).next_attempt_at, row(stored, 2).next_attempt_at) == (NOW + 2 * HOUR, NOW + 3 * HOUR)
    (last,) = claim(stored, now=NOW + 2 * HOUR)
    assert (last.mode, last.attempts, row(stored, 1).next_attempt_at) == (HubMode.UNSUBSCRIBE, 3, None)
    change(stored, 2, attempts=7)
    (again,) = claim(stored, now=NOW + 3 * HOUR)
    assert (again.attempts, row(stored, 2).next_attempt_at) == (8, NOW + 11 * HOUR)


@pytest.mark.parametrize(
    ("before", "after"),
    [(State.WANTED, State.FAILED), (State.ACTIVE, State.ACTIVE), (State.ENDED, State.ENDED)],
)
def test_a_rejected_request_is_repeated_after_a_pause_with_its_reason(
    stored: Database, before: State, after: State
) -> None:
    change(stored, 1, state=before, next_attempt_at=NOW)
    (request,) = claim(stored)
    with stored.writing() as session:
        hub_request_queue.record_hub_rejection(session, request, REFUSED, now=NOW + MINUTE)
    found = row(stored)
    assert (found.state, found.reason, found.next_attempt_at) == (after, "no answer", NOW + 11 * MINUTE)


def test_an_answer_to_an_earlier_request_or_callback_changes_nothing(stored: Database) -> None:
    due(stored, one=0)
    (request,) = claim(stored)
    terms = LeaseTerms(renew_at=NOW + 9 * HOUR, ends_at=NOW + 10 * HOUR)
    for old in (replace(request, token="old"), replace(request, confirm_by=NOW)):
        with stored.writing() as session:
            hub_request_queue.record_hub_rejection(session, old, REFUSED, now=NOW)
            hub_request_queue.record_registration(session, old, terms)
        found = row(stored)
        assert (found.state, found.reason, found.next_attempt_at) == (State.PENDING, "", request.confirm_by)
    with stored.writing() as session:
        hub_request_queue.record_registration(session, request, terms)
    found = row(stored)
    assert (found.state, found.next_attempt_at, found.lease_expires_at, found.attempts) == (
        State.ACTIVE,
        NOW + 9 * HOUR,
        NOW + 10 * HOUR,
        0,
    )
