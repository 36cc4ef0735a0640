"""A host says when it is ready, and what it was asked and spared."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from aggregator.store import hosts
from aggregator.store.database import Database
from aggregator.store.hosts import RequestCounts
from aggregator.store.tables import Article, Host
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
