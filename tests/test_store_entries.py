"""Entries and their articles: stored once, changed in place, found again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlmodel import col

from aggregator.model.parsing import Enclosure, EntryKeys, FreshEntry, UnchangedEntry
from aggregator.store import feeds
from aggregator.store.column_types import MAX_KEY_LENGTH, bounded_key
from aggregator.store.database import Database
from aggregator.store.entry_lookup import known_entries
from aggregator.store.shared_links import add_shared_links
from aggregator.store.sketches import stored_fingerprints
from aggregator.store.tables import Article, ArticleState, Entry
from aggregator.stored_keys import text_key
from tests.stored import (
    MINUTE,
    NOW,
    add_article,
    add_entries,
    add_feeds,
    change_entry,
    entry,
    keep_text,
    origin_of,
    wanted,
)


def test_an_entry_is_stored_with_the_article_it_points_to(database: Database) -> None:
    add_feeds(database, "one")
    file = Enclosure(url="https://one.example/a.mp3", length=3)
    item = entry("a", authors=("Ada",), enclosures=(file,), comments_url="https://one.example/a#comments")
    add_entries(database, "one", item)
    with database.reading() as session:
        row = session.scalars(select(Entry)).one()
        article = session.scalars(select(Article)).one()
    assert (row.uid, row.article_id, row.authors, row.seen_at) == ("a", article.id, ["Ada"], NOW)
    assert row.comments_url == "https://one.example/a#comments"
    assert row.enclosures == [
        {"url": "https://one.example/a.mp3", "media_type": None, "length": 3, "title": None, "duration": None}
    ]
    assert (article.url, article.outlet, article.state, article.wants_page) == (
        "https://one.example/a",
        "one.example",
        ArticleState.WAITING,
        True,
    )


def test_two_entries_of_an_outlet_that_point_to_one_page_share_an_article(database: Database) -> None:
    add_feeds(database, "one", "two", outlet="Herald")
    add_entries(database, "one", entry("a", url="https://herald.example/x"))
    add_entries(database, "two", entry("b", url="https://herald.example/x"))
    with database.reading() as session:
        assert len(session.scalars(select(Article)).all()) == 1
        assert {row.article_id for row in session.scalars(select(Entry))} == {1}


def test_the_same_link_in_another_outlet_is_another_article(database: Database) -> None:
    add_feeds(database, "one", "two")
    add_entries(database, "one", entry("a", url="https://herald.example/x"))
    add_entries(database, "two", entry("b", url="https://herald.example/x"))
    with database.reading() as session:
        assert sorted(row.outlet for row in session.scalars(select(Article))) == ["one.example", "two.example"]


def test_an_entry_without_a_link_has_an_article_that_wants_no_page(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a", url=None))
    with database.reading() as session:
        article = session.scalars(select(Article)).one()
    assert (article.key, article.url, article.wants_page) == ("one:a", None, False)


def test_a_dropped_entry_is_kept_without_an_article(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"), dropped_by="drop tag: sport")
    with database.reading() as session:
        assert session.scalars(select(Article)).all() == []
        assert session.scalars(select(Entry)).one().dropped_by == "drop tag: sport"


def test_known_entries_are_found_by_id_link_and_title_and_only_in_their_feed(database: Database) -> None:
    add_feeds(database, "one", "two")
    add_entries(
        database,
        "one",
        entry("a"),
        entry("b"),
        entry("c", url="http://www.one.example/b/"),
        entry("d", title="Title x"),
        entry("e"),
    )
    looked_for = [
        FreshEntry(entry=entry("a"), digest="digest of Title a "),
        FreshEntry(
            entry=entry("x", url="https://one.example/b"), digest="d", keys=EntryKeys(title=text_key("Title x"))
        ),
    ]
    with database.reading() as session:
        found = known_entries(session, origin_of(session, "one").feed_id, looked_for)
        assert {known.uid for known in found} == {"a", "b", "c", "d"}
        assert {known.uid for known in found if known.title} == {"a", "b", "c", "d"}
        assert known_entries(session, origin_of(session, "two").feed_id, looked_for) == ()


def test_an_unchanged_document_is_looked_up_by_its_ids_alone(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"), entry("b", url="https://one.example/a"))
    with database.reading() as session:
        found = known_entries(session, 1, [UnchangedEntry(uid="a", url=None, digest="digest of Title a ")])
    assert [known.uid for known in found] == ["a"]


def test_ids_and_links_of_any_length_are_found_again(database: Database) -> None:
    add_feeds(database, "one")
    long = entry("u" * 5000, url="https://one.example/" + "v" * 5000)
    other = UnchangedEntry(uid="w" * 5000, url=long.url, digest="d")
    add_entries(database, "one", long)
    with database.reading() as session:
        assert [known.uid for known in known_entries(session, 1, [FreshEntry(entry=long, digest="d")])] == [long.uid]
        assert len(known_entries(session, 1, [other])) == 1


def test_an_id_that_is_used_again_gets_a_uid_of_its_own(database: Database) -> None:
    add_feeds(database, "one")
    for number in range(4):
        add_entries(database, "one", entry("now", url=f"https://one.example/{number // 2}", title=f"Title {number}"))
    with database.reading() as session:
        uids = session.scalars(select(col(Entry.uid)).order_by(col(Entry.id))).all()
    assert uids[:2] == ["now", "now //one.example/0"]
    assert len(set(uids)) == 4


def test_every_entry_of_a_feed_has_an_article_of_its_own(database: Database) -> None:
    add_feeds(database, "one", "two", outlet="Herald")
    first, second = (entry(uid, url="https://herald.example/x") for uid in "ab")
    add_entries(database, "one", first)
    add_entries(database, "one", second)
    add_entries(database, "two", second)
    with database.reading() as session:
        rows = session.execute(select(col(Entry.uid), col(Entry.article_id)).order_by(col(Entry.id))).all()
        shared = session.scalars(select(col(Article.shares_link))).all()
    assert [tuple(row) for row in rows] == [("a", 1), ("b", 2), ("b", 1)], "only the link of the other feed is known"
    assert shared == [False, False]


def test_entries_under_a_shared_link_have_the_text_of_the_feed(database: Database) -> None:
    add_feeds(database, "one", "two", outlet="Herald")
    with database.writing() as session:
        assert add_shared_links(session, "Herald", ["//herald.example/x"], now=NOW) == {"//herald.example/x"}
        assert add_shared_links(session, "Herald", ["//herald.example/x"], now=NOW) == frozenset()
    first, second = (
        entry(uid, url="https://herald.example/x", anchor=anchor) for uid, anchor in (("a", ""), ("b", "b"))
    )
    add_entries(database, "one", first, second)
    add_entries(database, "two", second)
    with database.reading() as session:
        rows = session.execute(select(col(Entry.uid), col(Entry.article_id)).order_by(col(Entry.id))).all()
        articles = session.scalars(select(Article).order_by(col(Article.id))).all()
    assert [tuple(row) for row in rows] == [("a", 1), ("b", 2), ("b", 2)]
    assert [(article.url, article.wants_page, article.shares_link) for article in articles] == [
        ("https://herald.example/x", False, True),
        ("https://herald.example/x#b", False, True),
    ]


def change(database: Database, entry_id: int, uid: str, url: str) -> None:
    with database.writing() as session:
        change_entry(session, "one", entry_id, entry(uid, url=url))


def addresses(database: Database) -> list[tuple[str, str | None, str]]:
    with database.reading() as session:
        return [(row.key, row.url, row.host) for row in session.scalars(select(Article).order_by(col(Article.id)))]


def test_an_article_moves_with_its_entry(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"))
    change(database, 1, "a", "https://new.example/a")
    assert addresses(database) == [("https://new.example/a", "https://new.example/a", "new.example")]


def test_an_article_stays_where_another_entry_has_it_or_another_article_is(database: Database) -> None:
    add_feeds(database, "one", "two", outlet="Herald")
    add_entries(database, "one", entry("a"), entry("b"))
    add_entries(database, "two", entry("a"))
    before = addresses(database)
    change(database, 1, "a", "https://new.example/a")
    change(database, 2, "b", "https://one.example/a")
    assert addresses(database) == before


def test_a_changed_entry_sends_its_article_to_be_read_again(database: Database) -> None:
    add_feeds(database, "one")
    add_entries(database, "one", entry("a"))
    with database.writing() as session:
        session.scalars(select(Article)).one().state = ArticleState.PLACED
    later = NOW + timedelta(hours=1)
    with database.writing() as session:
        change_entry(session, "one", 1, entry("a", title="Corrected"), digest="new", now=later)
    with database.reading() as session:
        row = session.scalars(select(Entry)).one()
        article = session.scalars(select(Article)).one()
    assert (row.title, row.digest, row.changed_at, row.seen_at) == ("Corrected", "new", later, NOW)
    assert (article.state, article.next_attempt_at) == (ArticleState.WAITING, later)


@pytest.mark.parametrize(
    ("first", "then", "forgotten"),
    [
        pytest.param(True, False, True, id="a public feed carries a private article"),
        pytest.param(True, True, False, id="another private feed does"),
        pytest.param(False, False, False, id="a public feed carries a public article"),
        pytest.param(False, True, False, id="a private feed does"),
    ],
)
def test_what_was_read_for_private_feeds_alone_is_forgotten_when_a_public_one_carries_it(
    database: Database, first: bool, then: bool, forgotten: bool
) -> None:
    later = NOW + timedelta(hours=1)
    with database.writing() as session:
        configured = [wanted("one", private=first), wanted("two", outlet="one.example", private=then)]
        feeds.apply_configured_feeds(session, configured, now=NOW)
    add_article(database, "one", "a", "words of one", title="Title a")
    add_entries(database, "two", entry("b", url="https://one.example/a"), now=later)
    with database.reading() as session:
        article = session.scalars(select(Article)).one()
    told = (article.state, article.title, article.text, article.html, article.next_attempt_at)
    as_it_was = ("ready", "Title a", "words of one", "<p>words of one</p>", NOW)
    assert told == (("waiting", "", "", "", later) if forgotten else as_it_was)


def test_a_forgotten_text_is_no_revision_and_its_fingerprints_go_with_the_next(database: Database) -> None:
    with database.writing() as session:
        configured = [wanted("one", private=True), wanted("two", outlet="one.example")]
        feeds.apply_configured_feeds(session, configured, now=NOW)
    add_article(database, "one", "a", "words of one", fingerprints=[1, 2])
    add_entries(database, "two", entry("b", url="https://one.example/a"))
    with database.writing() as session:
        assert keep_text(session, 1, "words for all", fingerprints=[2, 3])
    with database.reading() as session:
        assert session.scalars(select(Article)).one().revisions == 0
        assert stored_fingerprints(session, 1) == (2, 3)


def test_entries_come_out_as_they_went_in_whatever_they_hold(database: Database) -> None:
    add_feeds(database, "one")
    odd = "nul \x00 lone surrogate \ud800 emoji 🙂 right-to-left \u202e"
    add_entries(database, "one", entry("a", title=odd, categories=(odd,) if database.is_sqlite else ()))
    with database.reading() as session:
        row = session.scalars(select(Entry)).one()
    assert row.title == "nul  lone surrogate ? emoji 🙂 right-to-left \u202e"


def test_the_time_of_a_row_has_to_have_a_time_zone(database: Database) -> None:
    add_feeds(database, "one")
    with pytest.raises(Exception, match="has no time zone"):
        add_entries(database, "one", entry("a"), now=NOW.replace(tzinfo=None))
    add_entries(database, "one", entry("b"), now=NOW.astimezone(tz=None) + MINUTE)
    with database.reading() as session:
        assert session.scalar(select(col(Entry.seen_at))) == NOW + MINUTE


@given(st.text(max_size=2000))
def test_a_key_is_bounded_and_short_ones_are_themselves(text: str) -> None:
    key = bounded_key(text)
    assert len(key) <= MAX_KEY_LENGTH
    assert key == text or len(text) > MAX_KEY_LENGTH
