"""Which entries a feed comes to, poll after poll, whatever its publisher does to their ids, links and order."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, func, select
from sqlmodel import col

from aggregator.model.parsing import Enclosure, FreshEntry, ParsedFeed
from aggregator.parsing.document_reader import ParsedDocument
from aggregator.parsing.entry_identity import content_digest, entry_keys, identify_entries
from aggregator.parsing.unsanitised_entry import Markup, UnsanitisedEntry
from aggregator.parsing.urls import normalise_url
from aggregator.settings.feeds_file import EntryIdentity
from aggregator.steps.ingest import store_entries
from aggregator.store.database import Database
from aggregator.store.entries import EntryContext
from aggregator.store.tables import Article, Entry
from tests.stored import MINUTE, NOW, add_feeds, origin_of
from tests.thoroughness import examples

Document = Sequence[UnsanitisedEntry]


@dataclass(frozen=True, kw_only=True)
class Came:
    """What one poll brought."""

    new: int = 0
    changed: int = 0
    corrected: int = 0
    unchanged: int = 0


def item(guid: str, link: str | None, title: str = "", text: str = "", **more: Any) -> UnsanitisedEntry:
    """An entry as a parser gives it."""
    url = normalise_url(f"https://{link}" if link and "://" not in link else link or "")
    words = text or title
    return UnsanitisedEntry(guid=guid, url=url, title=title, content=Markup(f"<p>{words}</p>"), words=words, **more)


def poll(
    database: Database,
    document: Document,
    *,
    feed: str = "one",
    number: int = 0,
    identity: EntryIdentity = EntryIdentity.AUTO,
) -> Came:
    """Take in one document of a feed, as ``steps.ingest`` does."""
    parsed = identify_entries(ParsedFeed(format="RSS 2.0"), document)
    items = tuple(
        FreshEntry(entry=draft.sanitised(uid), digest=content_digest(draft), keys=entry_keys(draft))
        for uid, draft in parsed.entries_by_uid.items()
    )
    with database.writing() as session:
        context = EntryContext(
            origin=origin_of(session, feed),
            host_of=lambda _: "a.example",
            dropped_by=lambda _: None,
            now=NOW + number * MINUTE,
        )
        read = ParsedDocument(outcome=parsed.feed, items=items, repeated=parsed.repeated)
        intake, _ = store_entries(session, context, read, identity=identity)
    return Came(
        new=len(intake.new),
        changed=len(intake.changed),
        corrected=len(intake.corrected),
        unchanged=intake.unchanged,
    )


def count(database: Database, table: type[Entry | Article]) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


PAST, LATER, FUTURE = NOW - 600 * MINUTE, NOW - 60 * MINUTE, NOW + 600 * MINUTE
TEXT = "The ferry office adds two crossings in the morning because the bridge stays closed until spring."
OTHER_TEXT = "A bakery in the old harbour reopens after the flood with a new oven and half of its staff."
THIRD_TEXT = "The town library lends telescopes from December, three for a week each, to all who have a card."

A, B, C = (item(f"id-{name}", f"a.example/{name}", f"Title {name}") for name in "abc")
FIRST_TWO, SAME_TWO = Came(new=2), Came(unchanged=2)

SCENARIOS: dict[str, tuple[list[tuple[Document, Came]], int]] = {
    "the same document again": ([([A, B], FIRST_TWO), ([A, B], SAME_TWO)], 2),
    "the other way round": ([([A, B], FIRST_TWO), ([B, A], SAME_TWO)], 2),
    "the window slides": ([([A, B], FIRST_TWO), ([B, C], Came(new=1, unchanged=1))], 3),
    "an entry leaves and comes back": ([([A, B], FIRST_TWO), ([B], Came(unchanged=1)), ([A, B], SAME_TWO)], 2),
    "a corrected title": ([([A], Came(new=1)), ([replace(A, title="Corrected")], Came(changed=1))], 1),
    "a new guid": ([([A, B], FIRST_TWO), ([replace(A, guid="x1"), replace(B, guid="x2")], SAME_TWO)], 2),
    "a new guid at every poll": (
        [([replace(A, guid=f"g{n}")], Came(new=n == 0, unchanged=n > 0)) for n in range(4)],
        1,
    ),
    "a new guid and another title": ([([A], Came(new=1)), ([replace(A, guid="x", title="Other")], Came(changed=1))], 1),
    "from permalink to number": (
        [
            ([item("https://a.example/a", "a.example/a", "T")], Came(new=1)),
            ([item("17", "a.example/a", "T")], Came(unchanged=1)),
        ],
        1,
    ),
    "no guid any more": ([([A], Came(new=1)), ([replace(A, guid="")], Came(unchanged=1))], 1),
    "from http to https, in link and guid": (
        [
            ([item("http://a.example/a", "http://a.example/a", "T")], Came(new=1)),
            ([item("https://a.example/a", "https://a.example/a", "T")], Came(corrected=1)),
        ],
        1,
    ),
    "tracking that changes at every poll, in link and guid": (
        [
            (
                [item(f"https://a.example/a?utm_source=s{n}", f"a.example/a?utm_source=s{n}&utm_id={n}", "T")],
                Came(new=n == 0, unchanged=n > 0),
            )
            for n in range(3)
        ],
        1,
    ),
    "a guid repeated in one document": (
        [
            ([item("1", "a.example/a", "T"), item("1", "a.example/b", "U")], FIRST_TWO),
            ([item("1", "a.example/b", "U"), item("1", "a.example/a", "T")], SAME_TWO),
        ],
        2,
    ),
    "an entry twice in one document": ([([A, A], Came(new=1)), ([A, A, B], Came(new=1, unchanged=1))], 2),
    "neither guid nor link": (
        [
            ([item("", None, "T", "one"), item("", None, "U", "two")], FIRST_TWO),
            ([item("", None, "U", "two")], Came(unchanged=1)),
        ],
        2,
    ),
    "two entries swap their guids": (
        [([A, B], FIRST_TWO), ([replace(A, guid=B.guid), replace(B, guid=A.guid)], SAME_TWO)],
        2,
    ),
    "one guid for whatever is news now": (
        [([item("now", f"a.example/{n}", f"T{n}")], Came(new=1)) for n in range(3)],
        3,
    ),
    "a live blog": (
        [([item("live", "a.example/live", "Live", f"Update {n}")], Came(new=n == 0, changed=n > 0)) for n in range(4)],
        1,
    ),
    "a counter of comments and a new guid": (
        [
            ([item(f"g{n}", "a.example/a", "T", f"Text. {n} comments")], Came(new=n == 0, unchanged=n > 0))
            for n in range(3)
        ],
        1,
    ),
    "new guids where entries share a link": (
        [
            ([item("1", "a.example/l", "T"), item("2", "a.example/l", "U")], FIRST_TWO),
            ([item("4", "a.example/l", "U"), item("3", "a.example/l", "T")], SAME_TWO),
            ([item("5", "a.example/l", "V"), item("6", "a.example/l", "T")], Came(new=1, unchanged=1)),
        ],
        3,
    ),
    "new guids and https at once": (
        [
            ([item("1", "http://a.example/a", "T"), item("2", "http://a.example/b", "U")], FIRST_TWO),
            ([item("3", "a.example/a", "T"), item("4", "a.example/b", "U")], Came(corrected=2)),
        ],
        2,
    ),
    "every entry links to the front page": (
        [
            ([item("1", "a.example/", "T"), item("2", "a.example/", "U")], FIRST_TWO),
            ([item("2", "a.example/", "U"), item("3", "a.example/", "V")], Came(new=1, unchanged=1)),
            ([item("3", "a.example/", "V"), item("4", "a.example/", "T")], Came(unchanged=2)),
        ],
        3,
    ),
    "a site moves to another domain with its guids": (
        [([A], Came(new=1)), ([replace(A, url="https://b.example/a")], Came(corrected=1))],
        1,
    ),
    "a site moves with other guids and other links, without dates": (
        [([A], Came(new=1)), ([replace(A, guid="x", url="https://b.example/2026/a")], Came(new=1))],
        2,
    ),
    "a site moves to another domain with other guids": (
        [
            ([A, B], FIRST_TWO),
            (
                [replace(each, guid=f"x{each.guid}", url=f"https://b.example/{each.guid[3:]}") for each in (A, B)],
                Came(corrected=2),
            ),
        ],
        2,
    ),
    "a site moves with other guids and links; the dates stay": (
        [
            ([replace(A, published_at=PAST)], Came(new=1)),
            ([replace(A, guid="x", url="https://b.example/2026/a", published_at=PAST)], Came(corrected=1)),
        ],
        1,
    ),
    "a release feed whose entries link to one page": (
        [
            ([item("1.0", "a.example/downloads", "Release 1.0", TEXT)], Came(new=1)),
            ([item("1.1", "a.example/downloads", "Release 1.1", OTHER_TEXT)], Came(new=1)),
            ([item("1.2", "a.example/downloads", "Release 1.2", THIRD_TEXT)], Came(new=1)),
        ],
        3,
    ),
    "one entry, another day": (
        [
            ([item("w-1", "a.example/coast", "Storm warning", "Gusts on the coast.", published_at=PAST)], Came(new=1)),
            ([item("w-2", "a.example/coast", "Frost warning", "Minus eight.", published_at=LATER)], Came(new=1)),
        ],
        2,
    ),
    "one entry, another day, and only the date is new": (
        [
            ([item("w-1", "a.example/coast", "Warning", "None today.", published_at=PAST)], Came(new=1)),
            ([item("w-2", "a.example/coast", "Warning", "None today.", published_at=LATER)], Came(new=1)),
        ],
        2,
    ),
    "one entry without an id, another day": (
        [
            ([item("", "a.example/coast", "Storm warning", "Gusts on the coast.", published_at=PAST)], Came(new=1)),
            ([item("", "a.example/coast", "Frost tonight", "Minus eight.", published_at=LATER)], Came(new=1)),
        ],
        2,
    ),
    "an id that is used again": (
        [
            ([item("7", "a.example/x", "Bridge closed", TEXT, published_at=PAST)], Came(new=1)),
            ([item("7", "a.example/y", "Pool opens", OTHER_TEXT, published_at=LATER)], Came(new=1)),
            ([item("7", "a.example/y", "Pool opens today", OTHER_TEXT, published_at=LATER)], Came(changed=1)),
            ([item("7", "a.example/z", "Bus moved", THIRD_TEXT, published_at=NOW)], Came(new=1)),
        ],
        3,
    ),
    "an id that is used again under a shared link": (
        [
            (
                [
                    item("1", "a.example/", "Bridge closed", TEXT, published_at=PAST),
                    item("2", "a.example/", "Pool opens", OTHER_TEXT, published_at=PAST),
                ],
                FIRST_TWO,
            ),
            ([item("1", "a.example/", "Bus moved", THIRD_TEXT, published_at=LATER)], Came(new=1)),
        ],
        3,
    ),
    "a corrected title, and a link that follows it": (
        [
            ([item("7", "a.example/bridge-closd", "Bridge closd", TEXT, published_at=PAST)], Came(new=1)),
            ([item("7", "a.example/bridge-closed", "Bridge is closed", TEXT, published_at=LATER)], Came(changed=1)),
        ],
        1,
    ),
    "title, link and text edited under one id, with a date": (
        [
            ([item("7", "a.example/x", "Bridge closed", TEXT, published_at=PAST)], Came(new=1)),
            (
                [item("7", "a.example/y", "What we know", f"Update: {TEXT} More soon.", published_at=LATER)],
                Came(changed=1),
            ),
        ],
        1,
    ),
    "all ids are equal": (
        [
            ([item("0", "a.example/a", "T", "x"), item("0", "a.example/b", "U", "y")], FIRST_TWO),
            (
                [item("0", "a.example/c", "V", "z"), item("0", "a.example/a", "T", "x")],
                Came(new=1, unchanged=1),
            ),
            ([item("0", "a.example/c", "V", "z")], Came(unchanged=1)),
        ],
        3,
    ),
    "ids equal to the link, which loses its slash": (
        [
            ([item(f"https://a.example/{n}/", f"a.example/{n}/", f"T{n}") for n in "ab"], FIRST_TWO),
            ([item(f"https://a.example/{n}", f"a.example/{n}", f"T{n}") for n in "ab"], Came(corrected=2)),
        ],
        2,
    ),
    "ids equal to the link, which gains www": (
        [
            ([item(f"https://a.example/{n}", f"a.example/{n}", f"T{n}") for n in "ab"], FIRST_TWO),
            ([item(f"https://www.a.example/{n}", f"www.a.example/{n}", f"T{n}") for n in "ab"], Came(corrected=2)),
        ],
        2,
    ),
    "ids equal to the link, with an unknown parameter": (
        [
            ([item(f"https://a.example/{n}", f"a.example/{n}", f"T{n}") for n in "ab"], FIRST_TWO),
            (
                [item(f"https://a.example/{n}?xyz=7", f"a.example/{n}?xyz=7", f"T{n}") for n in "ab"],
                Came(corrected=2),
            ),
        ],
        2,
    ),
    "the slash goes and the text is edited at once": (
        [
            ([item("https://a.example/a/", "a.example/a/", "Bridge closed", TEXT)], Came(new=1)),
            ([item("https://a.example/a", "a.example/a", "Bridge closed", f"{TEXT} More soon.")], Came(changed=1)),
        ],
        1,
    ),
    "links that differ in the fragment": (
        [
            ([item("", "a.example/news", f"T{n}", f"Text {n}", anchor=n) for n in "ab"], FIRST_TWO),
            (
                [item("", "a.example/news", f"T{n}", f"Text {n}", anchor=n) for n in "bc"],
                Came(new=1, unchanged=1),
            ),
            ([item("", "a.example/news", "Td", "Text d", anchor="d")], Came(new=1)),
        ],
        4,
    ),
    "entries that differ in their file": (
        [
            ([item("", "a.example/", "T", "x", enclosures=(Enclosure(url=f"{n}.mp3"),)) for n in "ab"], FIRST_TWO),
            ([item("", "a.example/", "T", "x", enclosures=(Enclosure(url=f"{n}.mp3"),)) for n in "ba"], SAME_TWO),
        ],
        2,
    ),
    "a new picture with a new id": (
        [([item(f"g{n}", "a.example/", "Today", "x", image=f"https://a.example/{n}.png")], Came(new=1)) for n in "ab"],
        2,
    ),
    "a corrected file": (
        [
            ([item("e", "a.example/9", "T", "x", enclosures=(Enclosure(url="broken.mp3"),))], Came(new=1)),
            ([item("e", "a.example/9", "T", "x", enclosures=(Enclosure(url="9.mp3"),))], Came(corrected=1)),
            ([item("e", "a.example/9", "T", "x", enclosures=(Enclosure(url="9.mp3"),))], Came(unchanged=1)),
        ],
        1,
    ),
    "ids and dates that are new at every poll": (
        [
            (
                [
                    item(f"{name}-{n}", f"a.example/{name}", f"T{name}", published_at=PAST + n * MINUTE)
                    for name in "abc"
                ],
                Came(new=3 * (n == 0), unchanged=3 * (n > 0)),
            )
            for n in range(3)
        ],
        3,
    ),
    "a daily entry of the same words": (
        [
            (
                [item(f"d{n}", "a.example/status", "No incidents", published_at=PAST + n * MINUTE) for n in days],
                Came(new=new, unchanged=len(days) - new),
            )
            for days, new in (((1,), 1), ((2, 1), 1), ((3, 2), 1), ((4,), 1))
        ],
        4,
    ),
    "two entries exchange their texts under one link": (
        [
            ([item("1", "a.example/", "T", TEXT), item("2", "a.example/", "U", OTHER_TEXT)], FIRST_TWO),
            ([item("1", "a.example/", "U", OTHER_TEXT), item("2", "a.example/", "T", TEXT)], SAME_TWO),
        ],
        2,
    ),
    "two entries exchange their texts under links of their own": (
        [
            ([item("1", "a.example/1", "T", TEXT), item("2", "a.example/2", "U", OTHER_TEXT)], FIRST_TWO),
            (
                [item("1", "a.example/1", "U", OTHER_TEXT), item("2", "a.example/2", "T", TEXT)],
                Came(changed=2),
            ),
        ],
        2,
    ),
}
"""Polls with what they bring, and how many entries there are in the end."""


@pytest.mark.parametrize(("polls", "in_the_end"), SCENARIOS.values(), ids=SCENARIOS)
def test_a_feed_comes_to_its_entries(database: Database, polls: list[tuple[Document, Came]], in_the_end: int) -> None:
    add_feeds(database, "one")
    came = [poll(database, document, number=number) for number, (document, _) in enumerate(polls)]
    assert came == [expected for _, expected in polls]
    assert count(database, Entry) == in_the_end


def test_two_feeds_with_the_same_guids_have_nothing_to_do_with_each_other(database: Database) -> None:
    add_feeds(database, "one", "two")
    assert poll(database, [A, B]) == FIRST_TWO
    assert poll(database, [replace(A, title="Another"), C], feed="two") == Came(new=2)
    assert poll(database, [A, B]) == SAME_TWO
    assert count(database, Entry) == 4


SETTINGS: dict[EntryIdentity, tuple[list[tuple[Document, Came]], int]] = {
    EntryIdentity.ID: (
        [
            ([item("1", "a.example/a", "T"), item("1", "a.example/b", "U"), B], FIRST_TWO),
            ([item("1", "a.example/c", "V", TEXT), B], Came(changed=1, unchanged=1)),
        ],
        2,
    ),
    EntryIdentity.LINK: (
        [
            ([A, replace(B, url=A.url)], Came(new=1)),
            ([replace(C, url=f"{A.url}/")], Came(changed=1)),
        ],
        1,
    ),
    EntryIdentity.TITLE: (
        [
            ([item("live", "a.example/live", "One o'clock", TEXT)], Came(new=1)),
            ([item("live", "a.example/live", "Two o'clock", TEXT)], Came(new=1)),
            ([item("live", "a.example/live", "Two o'clock", OTHER_TEXT)], Came(changed=1)),
        ],
        2,
    ),
    EntryIdentity.ID_AND_LINK: (
        [
            ([A, replace(A, url=B.url)], FIRST_TWO),
            ([replace(A, url=C.url, title="Title a")], Came(new=1)),
        ],
        3,
    ),
}


@pytest.mark.parametrize(("identity", "case"), SETTINGS.items(), ids=SETTINGS)
def test_a_feed_whose_identity_is_set_comes_to_its_entries(
    database: Database, identity: EntryIdentity, case: tuple[list[tuple[Document, Came]], int]
) -> None:
    add_feeds(database, "one")
    polls, in_the_end = case
    came = [poll(database, document, number=number, identity=identity) for number, (document, _) in enumerate(polls)]
    assert came == [expected for _, expected in polls]
    assert count(database, Entry) == in_the_end


def test_every_feed_of_an_outlet_has_its_entries_under_a_shared_link(database: Database) -> None:
    add_feeds(database, "one", "two", outlet="Herald")
    poll(database, [replace(A, url="https://a.example/x")], feed="one")
    poll(database, [replace(A, url="https://a.example/x")], feed="two")
    assert count(database, Article) == 1
    poll(database, [replace(each, url="https://a.example/x") for each in (B, C)], feed="two", number=1)
    assert count(database, Article) == 3
    with database.reading() as session:
        articles = session.scalars(select(Article)).all()
        owners = session.execute(select(col(Entry.uid), col(Entry.article_id)).order_by(col(Entry.id))).all()
    assert {(article.shares_link, article.wants_page) for article in articles} == {(True, False)}
    uids, article_ids = zip(*owners, strict=True)
    assert uids == ("id-a", "id-a", "id-c", "id-b")
    assert article_ids[0] == article_ids[1]
    assert len(set(article_ids)) == 3


@pytest.mark.parametrize(
    ("first", "then", "dated"),
    [
        pytest.param({}, {}, NOW, id="never dated"),
        pytest.param({}, {"published_at": PAST}, NOW, id="dated afterwards"),
        pytest.param({"published_at": PAST}, {}, PAST, id="no longer dated"),
        pytest.param({"published_at": PAST}, {"published_at": LATER}, PAST, id="dated later than before"),
        pytest.param({"published_at": LATER}, {"published_at": PAST}, LATER, id="dated earlier than before"),
        pytest.param({"published_at": FUTURE}, {"published_at": PAST}, NOW, id="dated in the future, then corrected"),
        pytest.param({"published_at": FUTURE, "updated_at": PAST}, {}, PAST, id="only updated when it can be"),
        pytest.param({"published_at": PAST}, {"published_at": PAST, "updated_at": LATER}, PAST, id="updated"),
    ],
)
def test_an_entry_keeps_the_date_it_had_when_first_seen(
    database: Database, first: dict[str, datetime], then: dict[str, datetime], dated: datetime
) -> None:
    add_feeds(database, "one")
    assert poll(database, [replace(A, **first)]) == Came(new=1)  # type: ignore[arg-type]  # the two names are dates
    assert poll(database, [replace(A, **then)], number=1) == Came(unchanged=1)  # type: ignore[arg-type]
    with database.reading() as session:
        assert session.scalars(select(col(Entry.published_at))).all() == [dated]


def test_entries_without_dates_are_dated_by_the_poll_that_brought_them_and_ordered_as_they_stood(
    database: Database,
) -> None:
    add_feeds(database, "one")
    assert poll(database, [B, A]) == Came(new=2)
    assert poll(database, [C, B, A], number=1) == Came(new=1, unchanged=2)
    with database.reading() as session:
        newest_first = select(col(Entry.uid), col(Entry.published_at)).order_by(
            col(Entry.published_at).desc(), col(Entry.id).desc()
        )
        rows = [tuple(row) for row in session.execute(newest_first)]
    assert rows == [("id-c", NOW + MINUTE), ("id-b", NOW), ("id-a", NOW)]


@contextmanager
def written(engine: Engine) -> Iterator[list[str]]:
    """The statements that write, as they are sent."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            sent.append(" ".join(statement.split()[:3]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def test_an_unchanged_document_writes_nothing(database: Database) -> None:
    add_feeds(database, "one")
    document = [item(f"id-{n}", f"a.example/{n}", f"Title {n}") for n in range(50)]
    poll(database, document)
    with written(database.engine) as sent:
        assert poll(database, document) == Came(unchanged=50)
    assert sent == []


def test_one_changed_entry_among_many_writes_itself_and_its_article(database: Database) -> None:
    add_feeds(database, "one")
    document = [item(f"id-{n}", f"a.example/{n}", f"Title {n}") for n in range(50)]
    poll(database, document)
    with written(database.engine) as sent:
        came = poll(database, [replace(document[0], title="Corrected"), *document[1:]], number=1)
    assert came == Came(changed=1, unchanged=49)
    assert sorted(sent) == ["UPDATE article SET", "UPDATE entry SET", "UPDATE shelf_version SET"]


@pytest.mark.parametrize(
    ("guid", "uid"),
    [
        pytest.param("17", "17", id="its own id"),
        pytest.param("https://a.example/x?emc=rss&id=3", "//a.example/x?emc=rss&id=3", id="a link for an id"),
        pytest.param("", "//a.example/x?emc=rss&id=3", id="no id"),
    ],
)
def test_a_link_from_which_an_earlier_version_removed_less_stays_as_it_was_published(
    database: Database, guid: str, uid: str
) -> None:
    add_feeds(database, "one")
    link = "https://a.example/x?emc=rss&id=3"
    before = replace(item(guid, link, "The baths reopen", TEXT), url=link)
    poll(database, [before, A])
    with database.writing() as session:
        stored = session.scalars(select(Entry).where(col(Entry.url) == link)).one()
        stored.uid, stored.guid, stored.text_key, stored.details = uid, None, None, None
        kept = (stored.id, stored.article_id, stored.url)
    after = item(guid, link, "The baths reopen", TEXT)
    assert after.url == "https://a.example/x?id=3"
    assert [poll(database, [after, A], number=n).new for n in (1, 2)] == [0, 0]
    with database.reading() as session:
        found = session.scalars(select(Entry).where(col(Entry.title) == "The baths reopen")).one()
        assert (found.id, found.article_id, found.url) == kept
        assert [article.url for article in session.scalars(select(Article).where(col(Article.id) == kept[1]))] == [link]


def test_a_link_from_which_an_earlier_version_removed_more_is_the_same_entry(database: Database) -> None:
    add_feeds(database, "one")
    old = [
        replace(item(f"https://a.example/x#{n}", "a.example/x", f"Title {n}", text), url="https://a.example/x")
        for n, text in enumerate((TEXT, OTHER_TEXT))
    ]
    poll(database, old)
    with database.reading() as session:
        ids = set(session.scalars(select(col(Entry.id))))
    new = [
        replace(entry, guid=f"https://a.example/x?at_id={n}", url=f"https://a.example/x?at_id={n}")
        for n, entry in enumerate(old)
    ]
    assert poll(database, new, number=1).new == 0
    with database.reading() as session:
        assert set(session.scalars(select(col(Entry.id)))) == ids


@settings(max_examples=examples(25))
@given(
    st.lists(st.tuples(st.integers(0, 8), st.integers(1, 6), st.randoms(use_true_random=False)), min_size=1, max_size=6)
)
def test_whatever_is_shown_of_a_feed_nothing_is_lost_or_stored_twice(
    migrated_file: Path, windows: list[tuple[int, int, object]]
) -> None:
    published = [item(f"id-{n}", f"a.example/{n}", f"Title {n}") for n in range(16)]
    shown: set[str] = set()
    with TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{shutil.copy(migrated_file, folder)}")
        add_feeds(database, "one")
        known: dict[str, int | None] = {}
        for start, size, random in windows:
            document = sorted(published[start : start + size], key=lambda _: random.random())  # type: ignore[attr-defined]
            fresh = {entry.guid for entry in document} - shown
            assert poll(database, document) == Came(new=len(fresh), unchanged=len(document) - len(fresh))
            shown |= fresh
            with database.reading() as session:
                ids = dict(session.execute(select(col(Entry.uid), col(Entry.id))).all())
            assert ids.keys() == shown
            assert ids.items() >= known.items()
            known = ids
        database.close()
