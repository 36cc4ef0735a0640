"""What a worker reads of a document, and what it leaves because it is stored already."""

from __future__ import annotations

import pytest

from aggregator.model.parsing import FreshEntry, ParsedEntry, ParsedFeed, UnchangedEntry, Unreadable
from aggregator.parsing.document_reader import (
    MAX_ENTRY_STATES,
    ParsedDocument,
    entry_state,
    entry_states,
    read_document,
)

URL = "https://example.org/feed"


def read(*items: str, stored: tuple[int, ...] = ()) -> ParsedDocument:
    inside = "".join(f"<item>{item}</item>" for item in items)
    body = f"<rss version='2.0'><channel><title>T</title>{inside}</channel></rss>"
    return read_document(body.encode(), url=URL, content_type=None, stored=stored)


FIRST = "<guid>one</guid><title>A</title><description>&lt;p onclick='x'>words&lt;/p></description>"
SECOND = "<guid>two</guid><title>B</title>"


def test_every_entry_of_a_document_that_was_never_seen_is_read() -> None:
    document = read(FIRST, SECOND)
    assert isinstance(document.outcome, ParsedFeed)
    assert [item.uid for item in document.items] == ["one", "two"]
    assert document.outcome.entries[0] == ParsedEntry(uid="one", url=None, title="A", summary="<p>words</p>")
    assert tuple(item.entry for item in document.items if isinstance(item, FreshEntry)) == document.outcome.entries


def test_of_an_entry_that_is_stored_as_it_is_only_its_name_is_read() -> None:
    stored = entry_states(read(FIRST, SECOND).items)
    document = read(f" {FIRST}<pubDate>2026-01-02</pubDate>", SECOND.replace("B", "C"), stored=stored)
    first, second = document.items
    assert (type(first), type(second)) == (UnchangedEntry, FreshEntry)
    assert (first.uid, first.digest) == ("one", read(FIRST).items[0].digest)
    assert isinstance(document.outcome, ParsedFeed)
    assert [entry.title for entry in document.outcome.entries] == ["C"]


def test_another_entry_of_the_same_content_is_read() -> None:
    stored = entry_states(read(FIRST).items)
    assert isinstance(read(FIRST.replace("one", "three"), stored=stored).items[0], FreshEntry)


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    items = read(*(f"<guid>{number}</guid>" for number in range(MAX_ENTRY_STATES + 1))).items
    assert len(items) == MAX_ENTRY_STATES + 1
    assert entry_states(items) == tuple(entry_state(item) for item in items[:MAX_ENTRY_STATES])
    assert all(-(2**63) <= state < 2**63 for state in entry_states(items))


def test_a_document_that_is_no_feed_has_no_entries() -> None:
    assert read_document(b"", url=URL, content_type=None) == ParsedDocument(
        outcome=Unreadable(reason="the body is empty")
    )


@pytest.mark.parametrize("change", ["<p onclick='x'>words</p>\n", "  <p onclick='x'>words</p>"])
def test_markup_that_differs_in_white_space_is_not_read_again(change: str) -> None:
    stored = entry_states(read(FIRST).items)
    markup = change.replace("<", "&lt;")
    again = read(f"<guid>one</guid><title>A</title><description>{markup}</description>", stored=stored)
    assert isinstance(again.items[0], UnchangedEntry)


@pytest.mark.parametrize("change", ["<p>words</p>", "<p><b>words</b></p>", "<p onclick='x'>words</p><img src=/a.png>"])
def test_other_markup_of_the_same_words_is_read_again(change: str) -> None:
    stored = entry_states(read(FIRST).items)
    markup = change.replace("<", "&lt;")
    again = read(f"<guid>one</guid><title>A</title><description>{markup}</description>", stored=stored)
    assert isinstance(again.items[0], FreshEntry)
    assert again.items[0].digest == read(FIRST).items[0].digest


def test_repeats_are_counted() -> None:
    document = read(FIRST, SECOND, FIRST)
    assert ([item.uid for item in document.items], document.repeated) == (["one", "two"], 1)
