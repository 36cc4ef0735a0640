"""Which entries are looked at again when rules change, and which ones rules drop."""

from __future__ import annotations

import pytest

from aggregator.store import rule_changes
from aggregator.store.database import Database
from aggregator.store.rule_changes import DroppedEntry
from aggregator.store.tables import Entry
from tests.stored import MINUTE, NOW, add_entries, add_feeds, entry, feed_row


@pytest.fixture
def stored(database: Database) -> Database:
    """Five entries of two feeds in turn, of which rules drop the last three."""
    add_feeds(database, "one", "two")
    for number in range(1, 6):
        name = ("one", "two")[number % 2 == 0]
        dropped_by = f"rule {number}" if number > 2 else None
        item = entry(f"e{number}", url=f"https://{name}.example/{number}", title=f"Title {number}")
        add_entries(database, name, item, now=NOW + number * MINUTE, dropped_by=dropped_by)
    return database


def test_a_feed_has_changed_rules_if_it_is_stored_with_another_key_or_none(stored: Database) -> None:
    with stored.writing() as session:
        rule_changes.set_rules_key(session, "two", "k")
        assert [feed_row(session, name).rules_key for name in ("one", "two")] == [None, "k"]
        changed = rule_changes.feeds_with_changed_rules
        assert changed(session, {"two": "k", "one": "k", "new": "k"}) == ("one",)
        assert changed(session, {"two": "other", "one": "k"}) == ("two", "one")
        assert changed(session, {}) == ()


def test_the_entries_of_a_feed_follow_one_another_by_id(stored: Database) -> None:
    def ids(after: int, limit: int = 9, *, only_dropped: bool = False) -> list[int | None]:
        with stored.reading() as session:
            found = rule_changes.stored_entries(session, "one", after=after, limit=limit, only_dropped=only_dropped)
            return [row.id for row in found]

    assert [ids(0), ids(0, 2), ids(1), ids(3), ids(5)] == [[1, 3, 5], [1, 3], [3, 5], [5], []]
    assert [ids(0, only_dropped=True), ids(0, 1, only_dropped=True)] == [[3, 5], [3]]
    with stored.reading() as session:
        assert rule_changes.last_entry_id([session.get_one(Entry, number) for number in (3, 1)]) == 1


def test_the_newest_dropped_entries_are_listed_of_all_feeds_or_of_some(stored: Database) -> None:
    def listed(*names: str, limit: int = 9) -> list[str]:
        with stored.reading() as session:
            return [row.title for row in rule_changes.dropped_entries(session, names, limit=limit)]

    assert [listed(), listed(limit=1)] == [["Title 5", "Title 4", "Title 3"], ["Title 5"]]
    assert [listed("two"), listed("one"), listed("new")] == [["Title 4"], ["Title 5", "Title 3"], []]
    with stored.reading() as session:
        assert rule_changes.dropped_entries(session, ("two",), limit=9) == (
            DroppedEntry(
                feed="two",
                title="Title 4",
                url="https://two.example/4",
                seen_at=NOW + 4 * MINUTE,
                dropped_by="rule 4",
            ),
        )
