"""Entries that share a link are stories of their own, from the first poll or after an upgrade; corrections are taken."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from alembic import command
from sqlalchemy import MetaData, Table, insert, select, text
from sqlmodel import col

from aggregator.model.publishing import StoryView
from aggregator.settings.feeds_file import FeedSettings
from aggregator.store.article_separation import separate_articles
from aggregator.store.database import Database
from aggregator.store.schema_migration import alembic_configuration
from aggregator.store.shared_links import add_shared_links
from aggregator.store.tables import Article, Entry, Feed, StoryChange
from aggregator.stored_keys import link_key
from tests.publisher import Publisher, reply
from tests.running import Running, configuration, running
from tests.stored import origin_of

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
RSS = {"Content-Type": "application/rss+xml"}
HTML = {"Content-Type": "text/html"}

TEXTS = {
    "Lighthouse": "The keeper of the lighthouse counts the ships of the night and writes their names into a green book.",
    "Orchard": "Pears are late this year, so the orchard sells its cider of last autumn at half of the usual price.",
    "Tramway": "Carriages of the tramway get wooden seats again, after passengers collected signatures for six weeks.",
    "Quarry": "Divers found a steam engine on the ground of the flooded quarry, with its boiler still full of coal.",
}
PAGE = " ".join(
    ["Everything about the town on one page, with all that was ever written here since the first year."] * 6
)


def page(words: str = PAGE) -> bytes:
    paragraphs = "".join(f"<p>{words}</p>" for _ in range(3))
    return f"<html><head><title>Town</title></head><body><article><h1>Town</h1>{paragraphs}</article></body></html>".encode()


def item(title: str, link: str, *, guid: str | None = "", more: str = "", html: str | None = None) -> str:
    written = html if html is not None else f"<p>{TEXTS[title]}</p>"
    name = "" if guid is None else f"<guid isPermaLink='false'>{guid or title}</guid>"
    return (
        f"<item>{name}<title>{title}</title><link>{link}</link><description><![CDATA[{written}]]></description>"
        f"{more}</item>"
    )


def rss(items: Sequence[str]) -> bytes:
    return f"<rss version='2.0'><channel><title>Town</title>{''.join(items)}</channel></rss>".encode()


def feed_of(publisher: Publisher, **others: Any) -> FeedSettings:
    return FeedSettings.model_validate({"url": publisher.url("/feed"), "name": "town", **others})


async def poll(
    service: Running, publisher: Publisher, *items: str, after: timedelta = 25 * HOUR
) -> dict[str, StoryView]:
    """Let the feed have these items; gives the published stories by title."""
    publisher.script("/feed", reply(200, RSS, rss(items)))
    await service.once(after=after)
    return {story.title: story for story in service.stories}


async def test_entries_with_one_link_are_stories_with_the_words_of_the_feed(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/town", reply(200, HTML, page()))
        link = publisher.url("/town")
        async with running(configuration(database_url, feed_of(publisher))) as service:
            entries = [item(title, link) for title in ("Lighthouse", "Orchard")]
            stories = await poll(service, publisher, *entries)
            assert {title: story.text for title, story in stories.items()} == {
                title: TEXTS[title] for title in ("Lighthouse", "Orchard")
            }
            more = await poll(service, publisher, item("Tramway", link), *entries)
            assert more["Tramway"].text == TEXTS["Tramway"]
            assert {more[title].uri for title in stories} == {story.uri for story in stories.values()}
            assert [request.target for request in publisher.requests if request.target == "/town"] == []
            with service.service.database.reading() as session:
                reasons = set(session.scalars(select(col(Article.text_reason))))
                assert reasons == {"several entries of the feed have this link, so its page is not the article"}
                assert all(session.scalars(select(col(Entry.identity_reason))))


async def test_links_that_differ_in_their_anchor_lead_to_it(database_url: str) -> None:
    async with Publisher() as publisher:
        link = publisher.url("/news")
        async with running(configuration(database_url, feed_of(publisher))) as service:
            entries = [item(title, f"{link}#{title}", guid=None) for title in ("Quarry", "Orchard", "Tramway")]
            stories = await poll(service, publisher, *entries)
            assert {title: story.copies[0].url for title, story in stories.items()} == {
                title: f"{link}#{title}" for title in ("Quarry", "Orchard", "Tramway")
            }


async def test_text_from_a_page_that_turns_out_to_be_shared_is_replaced_silently(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/town", reply(200, HTML, page()))
        link = publisher.url("/town")
        async with running(configuration(database_url, feed_of(publisher))) as service:
            (alone,) = (await poll(service, publisher, item("Lighthouse", link))).values()
            assert PAGE in alone.text
            stories = await poll(service, publisher, item("Quarry", link), after=90 * 24 * HOUR)
            assert {title: story.text for title, story in stories.items()} == {
                title: TEXTS[title] for title in ("Lighthouse", "Quarry")
            }
            assert (stories["Lighthouse"].uri, stories["Lighthouse"].updated_at) == (alone.uri, alone.updated_at)


async def test_a_page_that_is_being_read_while_its_link_turns_out_to_be_shared_is_not_used(database_url: str) -> None:
    async with Publisher() as publisher:
        link = publisher.url("/town")
        async with running(configuration(database_url, feed_of(publisher))) as service:

            async def find_shared_link(writer: asyncio.StreamWriter) -> None:
                with service.service.database.writing() as session:
                    origin = origin_of(session, "town")
                    added = add_shared_links(session, origin.outlet, [link_key(link)], now=service.clock())
                    assert separate_articles(session, origin, added, now=service.clock()).kept == 1
                await reply(200, HTML, page())(writer)

            publisher.script("/town", find_shared_link)
            stories = await poll(service, publisher, item("Quarry", link))
            assert [story.text for story in stories.values()] == [TEXTS["Quarry"]]


async def test_a_corrected_link_file_author_and_picture_are_shown_and_no_update(database_url: str) -> None:
    async with Publisher() as publisher:
        link = publisher.url("/1")

        def entry(path: str, *, author: str, category: str) -> str:
            files = f"<enclosure url='{publisher.url(path)}.mp3' type='audio/mpeg' length='7'/>"
            people = f"<author>mail@a.example ({author})</author><category>{category}</category>"
            html = f"<p>Give <a href='{publisher.url(path)}'>here</a>, please.</p><img src='{publisher.url(path)}.png'>"
            return item("Give", link, html=html, more=files + people)

        async with running(configuration(database_url, feed_of(publisher, full_text="feed"))) as service:
            before = (await poll(service, publisher, entry("/wrong", author="Ane", category="A")))["Give"]
            after = (await poll(service, publisher, entry("/right", author="Ann", category="B")))["Give"]
            assert [file.url for file in after.enclosures] == [publisher.url("/right.mp3")]
            assert (after.authors, after.categories) == (("Ann",), ("B",))
            assert "/wrong" in before.html
            assert "/wrong" not in after.html
            assert (publisher.url("/right") in after.html, publisher.url("/right.png") in after.html) == (True, True)
            assert (after.uri, after.updated_at, after.text) == (before.uri, before.updated_at, before.text)
            with service.service.database.reading() as session:
                assert "revised" not in set(session.scalars(select(col(StoryChange.what))))


async def test_a_corrected_link_is_read_and_is_no_update(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/wrong", reply(404))
        publisher.script("/right", reply(200, HTML, page(TEXTS["Orchard"])))
        async with running(configuration(database_url, feed_of(publisher))) as service:
            before = (await poll(service, publisher, item("Orchard", publisher.url("/wrong"))))["Orchard"]
            (after,) = (await poll(service, publisher, item("Orchard", publisher.url("/right")))).values()
            assert after.copies[0].url == publisher.url("/right")
            assert (after.uri, after.updated_at) == (before.uri, before.updated_at)
            assert len(after.text) > len(before.text)


async def test_one_entry_that_is_another_every_day_is_a_story_every_day(database_url: str) -> None:
    async with Publisher() as publisher:
        link = publisher.url("/today")
        async with running(configuration(database_url, feed_of(publisher))) as service:
            for number, title in enumerate(TEXTS):
                date = f"<pubDate>Sun, 0{number + 1} Feb 2026 10:00:00 GMT</pubDate>"
                stories = await poll(service, publisher, item(title, link, guid=f"day-{number}", more=date))
            assert {title: story.text for title, story in stories.items()} == TEXTS


async def test_a_person_says_what_names_the_entries_of_a_feed_and_is_told(database_url: str) -> None:
    async with Publisher() as publisher:
        link = publisher.url("/town")
        publisher.script("/town", reply(200, HTML, page()))
        async with running(configuration(database_url, feed_of(publisher, identity="link"))) as service:
            stories = await poll(service, publisher, item("Lighthouse", link), item("Orchard", link))
            assert list(stories) == ["Lighthouse"]
            (health,) = service.library.feeds()
            assert health.taken_for_one == {"same link in this document": 1}


FOLDED = ("Orchard", "Tramway", "Quarry")


def fold(database: Database, titles: Sequence[str]) -> None:
    """Store entries as the version before did, under the article of the first one; goes back to its schema."""
    with database.engine.connect().execution_options(writes=True) as connection, connection.begin():
        command.downgrade(alembic_configuration(connection), "0019")
        entries = Table("entry", MetaData(), autoload_with=connection)
        row = connection.execute(select(*(column for column in entries.c if column.name != "id"))).mappings().one()
        for title in titles:
            texts = {"uid": title, "title": title, "digest": title, "summary": f"<p>{TEXTS[title]}</p>"}
            connection.execute(insert(entries).values({**row, **texts}))
        connection.execute(text("UPDATE feed SET etag = 'x', body_digest = 'y'"))


async def test_entries_that_were_folded_come_apart_at_the_next_poll_without_a_flood(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/town", reply(200, HTML, page()))
        publisher.script("/new", reply(404))
        link = publisher.url("/town")
        wanted = configuration(database_url, feed_of(publisher))
        entries = [item(title, link) for title in TEXTS]
        async with running(wanted) as service:
            (folded,) = (await poll(service, publisher, entries[0])).values()
            database, clock = service.service.database, service.clock
            fold(database, FOLDED)
        async with running(wanted, clock) as service:
            with service.service.database.reading() as session:
                assert session.execute(select(col(Feed.etag), col(Feed.body_digest))).one() == (None, None)
            fresh = item("Fresh", publisher.url("/new"), html="<p>A new bell for the chapel is on its way by ship.</p>")
            stories = await poll(service, publisher, *entries[:3], fresh)
            assert {title: stories[title].text for title in TEXTS} == TEXTS, "also one that left the document"
            assert stories["Lighthouse"].uri == folded.uri
            assert stories["Lighthouse"].updated_at == folded.updated_at
            assert next(iter(service.stories)).title == "Fresh"
            earlier = {stories[title].visible_at for title in FOLDED}
            assert max(earlier) <= folded.visible_at
            again = await poll(service, publisher, *entries[:3], fresh)
            assert again == stories
