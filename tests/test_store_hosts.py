"""A host says when it is ready, and what it was asked and spared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from aggregator.store import hosts
from aggregator.store.database import Database
from aggregator.store.hosts import RequestCounts
from aggregator.store.tables import Article, ArticleState, Feed, Host
from tests.stored import MINUTE, NOW, add_article, add_entries, add_feeds, entry
from tests.test_store_host_claims import put_off


def test_hosts_that_two_workers_add_at_the_same_moment_are_added_once(database: Database) -> None:
    keys = [f"h{number}.example" for number in range(50)]

    def add(_: int) -> None:
        with database.writing() as session:
            hosts.add_missing_hosts(session, keys, now=NOW)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    with database.writing() as session:
        hosts.release_host(session, keys[-1], by="me", pauses={keys[-1]: NOW})


def test_what_a_visit_cost_and_saved_is_counted_for_its_host_alone(database: Database) -> None:
    add_feeds(database, "one", "two")
    pauses = {"one.example": NOW, "two.example": NOW + MINUTE}
    for tally in (RequestCounts(wire_bytes=900), RequestCounts(requests=2, unchanged=1, saved_bytes=900)):
        with database.writing() as session:
            hosts.release_host(session, "one.example", by="me", pauses=pauses, tally=tally, failures=3)
    with database.reading() as session:
        one, two = session.get_one(Host, "one.example"), session.get_one(Host, "two.example")
        assert (one.requests, one.unchanged, one.wire_bytes, one.saved_bytes, one.failures) == (3, 1, 900, 900, 3)
        assert (two.requests, two.failures, two.ready_at) == (0, 0, NOW + MINUTE)


def test_a_host_is_ready_when_the_first_thing_of_it_is_due_and_never_when_nothing_is(database: Database) -> None:
    add_feeds(database, "one", "two")
    add_entries(database, "two", entry("a", url="https://two.example/a"))
    put_off(database, "one", "two", until=NOW + 9 * MINUTE)
    with database.reading() as session:
        assert session.get_one(Host, "one.example").ready_at == NOW + 9 * MINUTE
        assert session.get_one(Host, "two.example").ready_at == NOW
    add_feeds(database)
    with database.reading() as session:
        assert session.get_one(Host, "one.example").ready_at is None


def test_a_revisit_of_a_page_makes_its_own_host_ready_and_no_other(database: Database) -> None:
    add_feeds(database, "one", "two")
    article_id = add_article(database, "one", "a", "text")
    add_article(database, "two", "a", "text")
    with database.writing() as session:
        session.get_one(Article, article_id).revisit_at = NOW + MINUTE
    put_off(database, "one", "two", until=NOW + 9 * MINUTE)
    with database.reading() as session:
        ready = [session.get_one(Host, f"{name}.example").ready_at for name in ("one", "two")]
    assert ready == [NOW + MINUTE, NOW + 9 * MINUTE]


@pytest.fixture
def claimed(database: Database) -> Database:
    """The hosts one and two, each claimed by a worker of that name; their feeds are due in an hour."""
    add_feeds(database, "one", "two")
    put_off(database, "one", "two", until=NOW + 60 * MINUTE)
    with database.writing() as session:
        for name in ("one", "two"):
            host = session.get_one(Host, f"{name}.example")
            host.claimed_by, host.claimed_until, host.failures = name, NOW + 5 * MINUTE, 4
            host.next_request_at = NOW + MINUTE
    return database


def release(database: Database, host: str = "one.example", *, by: str = "one", **more: Any) -> None:
    with database.writing() as session:
        hosts.release_host(session, host, by=by, **{"pauses": {}, **more})


def host_of(database: Database, key: str = "one.example") -> Host:
    with database.reading() as session:
        return session.get_one(Host, key)


def claim_of(database: Database, key: str = "one.example") -> tuple[str | None, datetime | None]:
    return host_of(database, key).claimed_by, host_of(database, key).claimed_until


def test_a_release_frees_the_host_and_counts_one_request_unless_more_is_said(claimed: Database) -> None:
    release(claimed)
    host = host_of(claimed)
    assert claim_of(claimed) == (None, None)
    assert claim_of(claimed, "two.example") == ("two", NOW + 5 * MINUTE)
    assert (host.requests, host.unchanged, host.wire_bytes, host.saved_bytes) == (1, 0, 0, 0)
    assert (host.failures, host.next_request_at, host.ready_at) == (4, NOW + MINUTE, NOW + 60 * MINUTE)
    release(claimed, failures=0)
    assert (host_of(claimed).failures, host_of(claimed).requests) == (0, 2)


def test_a_release_by_another_worker_leaves_the_claim_and_keeps_the_longer_pause(claimed: Database) -> None:
    release(claimed, by="two", pauses={"one.example": NOW + 3 * MINUTE}, failures=7)
    assert claim_of(claimed) == ("one", NOW + 5 * MINUTE)
    assert (host_of(claimed).next_request_at, host_of(claimed).failures) == (NOW + 3 * MINUTE, 7)
    release(claimed, pauses={"one.example": NOW + 2 * MINUTE})
    assert host_of(claimed).next_request_at == NOW + 3 * MINUTE


def test_the_hosts_of_redirects_get_their_pause_and_are_added_if_they_are_new(claimed: Database) -> None:
    release(claimed, pauses={"two.example": NOW + 90 * MINUTE, "new.example": NOW + 2 * MINUTE}, failures=9)
    assert (host_of(claimed, "two.example").next_request_at, host_of(claimed, "two.example").ready_at) == (
        NOW + 90 * MINUTE,
        NOW + 90 * MINUTE,
    )
    assert claim_of(claimed, "two.example") == ("two", NOW + 5 * MINUTE)
    new = host_of(claimed, "new.example")
    assert (new.next_request_at, new.ready_at, new.requests, new.failures) == (NOW + 2 * MINUTE, None, 0, 0)
    assert (host_of(claimed, "two.example").failures, host_of(claimed).failures) == (4, 9)


def test_a_host_on_which_something_else_is_due_is_ready_for_it_and_keeps_its_pause(claimed: Database) -> None:
    with claimed.writing() as session:
        session.get_one(Feed, 2).next_poll_at = NOW
    release(claimed, changed={"two.example"})
    two = host_of(claimed, "two.example")
    assert (two.next_request_at, two.ready_at, two.requests) == (NOW + MINUTE, NOW + MINUTE, 0)


def test_claims_are_given_back_by_their_worker_all_or_some(claimed: Database) -> None:
    with claimed.writing() as session:
        session.get_one(Host, "two.example").claimed_by = "one"
        hosts.add_missing_hosts(session, ["other.example", "two.example"], now=NOW)
        other = session.get_one(Host, "other.example")
        assert (other.next_request_at, other.ready_at) == (NOW, None)
        other.claimed_by, other.claimed_until = "other", NOW
    with claimed.writing() as session:
        hosts.release_claimed_hosts(session, by="one", keys=["two.example", "other.example"])
    assert [claim_of(claimed, f"{name}.example")[0] for name in ("one", "two", "other")] == ["one", None, "other"]
    assert claim_of(claimed, "two.example")[1] is None
    with claimed.writing() as session:
        hosts.release_claimed_hosts(session, by="one")
    assert [claim_of(claimed, f"{name}.example") for name in ("one", "other")] == [(None, None), ("other", NOW)]
    assert host_of(claimed).next_request_at == NOW + MINUTE


def test_after_a_crash_no_host_and_no_article_is_claimed(claimed: Database) -> None:
    add_entries(claimed, "one", entry("a"))
    with claimed.writing() as session:
        session.get_one(Article, 1).claimed_until = NOW + MINUTE
    with claimed.writing() as session:
        hosts.release_all_claims(session)
    assert [claim_of(claimed, f"{name}.example") for name in ("one", "two")] == [(None, None)] * 2
    with claimed.reading() as session:
        assert session.get_one(Article, 1).claimed_until is None


def test_a_claim_holds_other_requests_back_until_its_spacing_is_over(claimed: Database) -> None:
    with claimed.writing() as session:
        one, two = session.get_one(Host, "one.example"), session.get_one(Host, "two.example")
        one.ready_at = NOW + 3 * MINUTE
        session.flush()
        for until, expected in ((0, (1, 3)), (2, (2, 3)), (4, (4, 4))):
            for column, value in hosts.spacing_columns(session, until=NOW + until * MINUTE).items():
                setattr(one, column, value)
            session.flush()
            session.expire_all()
            assert (one.next_request_at, one.ready_at) == tuple(NOW + minutes * MINUTE for minutes in expected)
        assert two.next_request_at == NOW + MINUTE


@pytest.mark.parametrize(
    ("state", "wants_page", "ready"),
    [
        (ArticleState.WAITING, True, NOW + 2 * MINUTE),
        (ArticleState.WAITING, False, NOW + 60 * MINUTE),
        (ArticleState.READY, True, NOW + 60 * MINUTE),
        (ArticleState.PLACED, True, NOW + 60 * MINUTE),
    ],
)
def test_only_a_page_that_is_still_wanted_makes_its_host_ready(
    claimed: Database, state: ArticleState, wants_page: bool, ready: datetime
) -> None:
    add_entries(claimed, "one", entry("a"))
    with claimed.writing() as session:
        article = session.get_one(Article, 1)
        article.state, article.wants_page, article.next_attempt_at = state, wants_page, NOW + 2 * MINUTE
        hosts.update_ready_at(session, ["one.example"])
    assert host_of(claimed).ready_at == ready
    with claimed.writing() as session:
        session.get_one(Feed, 1).next_poll_at = NOW
        session.get_one(Feed, 2).next_poll_at = NOW
        hosts.update_ready_at(session, ["one.example"])
    assert (host_of(claimed).ready_at, host_of(claimed, "two.example").ready_at) == (NOW + MINUTE, NOW + 60 * MINUTE)
    with claimed.writing() as session:
        hosts.update_all_ready_at(session)
    assert host_of(claimed, "two.example").ready_at == NOW + MINUTE
