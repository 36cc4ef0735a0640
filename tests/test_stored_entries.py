"""Entries that are stored as they are cost nothing at the next poll, and are never mistaken for it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import col, select

from aggregator.store.tables import Entry, Poll
from tests.wire import HOUR, Wire, feed, item

pytestmark = pytest.mark.anyio

LATER = 25 * HOUR


def stored(wire: Wire, *columns: Any) -> list[Any]:
    with wire.service.service.database.reading() as session:
        return [tuple(row) for row in session.execute(select(*columns).order_by(columns[0]))]


def counts(wire: Wire) -> list[Any]:
    """New and changed entries of each poll, in order."""
    return [row[1:] for row in stored(wire, col(Poll.id), col(Poll.new_entries), col(Poll.changed_entries))]


async def test_a_poll_stores_what_is_new_and_what_changed_and_nothing_else(wire: Wire) -> None:
    wire.publisher.script(
        "/feed",
        feed(item("a", more="<description>one</description>"), item("b")),
        feed(item("c"), item("a", more="<description>two</description>"), item("b"), etag='"2"'),
    )
    await wire.asked_after(0 * HOUR, LATER)
    assert counts(wire) == [(2, 0), (1, 1)]
    assert stored(wire, col(Entry.uid), col(Entry.summary)) == [("a", "two"), ("b", ""), ("c", "")]


async def test_an_entry_that_another_document_changed_meanwhile_is_read_again(wire: Wire) -> None:
    wire.publisher.script(
        "/feed",
        feed(item("a")),
        feed(item("b"), item("a"), etag='"2"'),
        feed(item("b"), item("a"), etag='"2"'),
    )
    await wire.poll()
    with wire.service.service.database.writing() as session:
        entry = session.scalars(select(Entry)).one()
        entry.title, entry.title_key, entry.digest = "pushed", "key of pushed", "another"
    await wire.poll(after=LATER)
    assert stored(wire, col(Entry.uid), col(Entry.title)) == [("a", "pushed"), ("b", "b")]
    await wire.poll(after=LATER)
    assert wire.sent("If-None-Match") == [None, '"1"', '"1"']
    assert stored(wire, col(Entry.uid), col(Entry.title)) == [("a", "a"), ("b", "b")]
    assert counts(wire) == [(1, 0), (1, 0), (0, 1)]
