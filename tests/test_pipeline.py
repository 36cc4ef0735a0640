"""From feeds on the wire to stories in the digest, on both databases, with nothing faked but time."""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from aggregator.demo.outlets import OUTLETS
from aggregator.demo.server import DemoNewsroom
from aggregator.model.dedup import Relation
from aggregator.model.extraction import TextSource
from aggregator.model.operations import FeedHealth
from aggregator.model.publishing import StoryDetail, StoryView
from aggregator.pipeline import Pipeline
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import render_feed
from aggregator.settings.feeds_file import EntryRule, FeedSettings, FullText
from aggregator.store import articles
from aggregator.store.database import Database
from tests.feed_rules import mistakes
from tests.publisher import Publisher, reply
from tests.running import Running, TestClock, configuration, running
from tests.stored import NOW

pytestmark = pytest.mark.anyio

HOUR = timedelta(hours=1)
RSS = {"Content-Type": "application/rss+xml; charset=utf-8"}
HTML = {"Content-Type": "text/html; charset=utf-8"}
OPEN = {"/robots.txt": reply(404)}

WORDS = (
    "The town's swimming baths open again on Saturday after two winters of repairs to the glass roof.\n"
    "Builders replaced four hundred panes and found the initials of the men who fitted the first ones in 1911.\n"
    "Entry costs three crowns, and for anyone who can prove a birthday it costs nothing at all.\n"
    "The old clock above the deep end still runs six minutes fast, and the council voted to leave it so."
)


def page(text: str, title: str = "Baths open again") -> bytes:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in text.split("\n"))
    head = f"<html><head><title>{title}</title></head>"
    return f"{head}<body><article><h1>{title}</h1>{body}</article></body></html>".encode()


def rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel><title>One</title>{''.join(items)}</channel></rss>".encode()


def item(link: str, *, title: str = "Baths open again", guid: str = "1", description: str = "", more: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>{link}</link><guid isPermaLink='false'>{guid}</guid>"
        f"<description>{description}</description>{more}</item>"
    )


def demo_feeds(newsroom: DemoNewsroom) -> list[FeedSettings]:
    priorities = {outlet.slug: outlet.priority for outlet in OUTLETS}
    return [
        FeedSettings(url=feed.url, name=feed.name, outlet=feed.name, priority=priorities[feed.name])
        for feed in newsroom.feed_urls
    ]


def merged(stories: Iterable[StoryView]) -> set[frozenset[str]]:
    return {frozenset(copy.url.split("?utm")[0] for copy in story.copies) for story in stories}


def expected(newsroom: DemoNewsroom) -> set[frozenset[str]]:
    groups = defaultdict(set)
    for url, story in newsroom.truth().items():
        groups[story].add(url)
    return {frozenset(group) for group in groups.values()}


def health(service: Running, name: str = "one") -> FeedHealth:
    return next(feed for feed in service.library.feeds() if feed.name == name)


def detail(service: Running, number: int = 0) -> StoryDetail:
    found = service.library.story(service.stories[number].key)
    assert isinstance(found, StoryDetail)
    return found


def one(publisher: Publisher, **others: object) -> FeedSettings:
    return FeedSettings.model_validate({"url": publisher.url("/feed"), "name": "one", **others})


async def test_the_sample_newsroom_is_merged_as_it_should_be(database_url: str) -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        async with running(configuration(database_url, *demo_feeds(newsroom))) as service:
            await service.once()
            assert merged(service.stories) == expected(newsroom)
            assert [mistakes(render_feed(digest_document(service.digest()), form), form) for form in FeedFormat] == [
                [],
                [],
                [],
            ]


async def test_a_second_edition_revises_and_adds_without_a_story_appearing_again(database_url: str) -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        async with running(configuration(database_url, *demo_feeds(newsroom)), TestClock()) as service:
            await service.once()
            before = {story.uri: story for story in service.stories}
            newsroom.advance()
            await service.once(after=25 * HOUR)
            after = {story.uri: story for story in service.stories}
            assert merged(service.stories) == expected(newsroom)
            assert after.keys() == before.keys()
            grown = {uri for uri in after if len(after[uri].copies) > len(before[uri].copies)}
            updated = {uri for uri in after if after[uri].updated_at > before[uri].updated_at}
            assert (len(grown), len(updated), grown & updated) == (1, 1, set())
            (revised,) = updated
            assert after[revised].update_note
            assert [mistakes(render_feed(digest_document(service.digest()), form), form) for form in FeedFormat] == [
                [],
                [],
                [],
            ]
            assert after[revised].text != before[revised].text
            assert [feed.last_outcome for feed in service.library.feeds()].count("unchanged") == len(OUTLETS) - 2


async def test_nothing_is_asked_again_before_it_is_due(database_url: str) -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        async with running(configuration(database_url, *demo_feeds(newsroom))) as service:
            await service.once()
            asked = len(newsroom.requests)
            shown = service.stories
            await service.once(after=timedelta(minutes=30))
            assert (len(newsroom.requests), service.stories) == (asked, shown)


async def test_the_digest_is_the_same_bytes_after_a_restart(database_url: str) -> None:
    with DemoNewsroom(now=NOW) as newsroom:
        wanted = configuration(database_url, *demo_feeds(newsroom))
        async with running(wanted) as service:
            await service.once()
            first = service.library.digest("digest", 1)
        async with running(wanted) as service:
            assert service.library.digest("digest", 1) == first


async def test_a_page_gives_the_text_and_the_feed_when_the_page_cannot(database_url: str) -> None:
    async with Publisher() as publisher:
        summary = "<p>The baths open on Saturday, the council said on Monday evening.</p>"
        publisher.script("/a", reply(200, HTML, page(WORDS)))
        publisher.script("/b", reply(410))
        entries = (
            item(publisher.url("/a"), guid="a", description="short"),
            item(publisher.url("/b"), guid="b", title="Second", description=f"<![CDATA[{summary}]]>"),
        )
        publisher.script("/feed", reply(200, RSS, rss(*entries)))
        async with running(configuration(database_url, one(publisher))) as service:
            await service.once()
            stories = {story.title: story for story in service.stories}
            assert stories["Baths open again"].text == WORDS
            assert stories["Second"].text == "The baths open on Saturday, the council said on Monday evening."
            sources = {detail(service, number).copies[0].text_source for number in (0, 1)}
            assert sources == {TextSource.PAGE, TextSource.FEED}


async def test_what_an_outlet_prints_on_its_pages_goes_from_all_its_texts_as_soon_as_that_is_seen(
    database_url: str,
) -> None:
    reports = {
        name: [f"On day {n} the {name} of the town was mended by its keeper alone." for n in range(9)]
        for name in ("bridge", "clock")
    }
    blurb = "Ferry times for the bay"
    async with Publisher() as publisher:
        for name, lines in reports.items():
            publisher.script(f"/{name}", reply(200, HTML, page("\n".join([*lines, blurb]), title=f"The {name}")))
        first, second = (item(publisher.url(f"/{name}"), guid=name, title=f"The {name}") for name in reports)
        publisher.script("/feed", reply(200, RSS, rss(first)), reply(200, RSS, rss(first, second)))
        clock = TestClock()
        async with running(configuration(database_url, one(publisher)), clock=clock) as service:
            await service.once()
            assert service.stories[0].text.splitlines() == [*reports["bridge"], blurb]
            before = service.stories[0]
            clock.advance(25 * HOUR)
            await service.once()
            found = {story.title: story for story in service.stories}
            assert found["The bridge"].text.splitlines() == reports["bridge"]
            assert found["The clock"].text.splitlines() == reports["clock"]
            assert (found["The bridge"].key, found["The bridge"].updated_at) == (before.key, before.updated_at)
            cuts = {
                (detail(service, number).story.title, cut.text, cut.reason)
                for number in (0, 1)
                for cut in detail(service, number).copies[0].cuts
            }
            assert ("The bridge", blurb, "on 2 of 2 pages of the outlet") in cuts
            assert [title for title, text, _ in cuts if text == blurb].count("The clock") == 1


async def test_robots_txt_keeps_us_from_pages_and_is_asked_once(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/robots.txt", reply(200, {"Content-Type": "text/plain"}, b"User-agent: *\nDisallow: /a\n"))
        publisher.script("/b", reply(200, HTML, page(WORDS)))
        entries = (
            item(publisher.url("/a"), guid="a", title="Forbidden", description="What the feed says."),
            item(publisher.url("/b"), guid="b"),
        )
        publisher.script("/feed", reply(200, RSS, rss(*entries)))
        async with running(configuration(database_url, one(publisher))) as service:
            await service.once()
            assert sorted(request.target for request in publisher.requests) == ["/b", "/feed", "/robots.txt"]
            forbidden = next(story for story in service.stories if story.title == "Forbidden")
            assert forbidden.text == "What the feed says."


async def test_a_page_that_fails_for_a_while_is_asked_for_again_and_then_done_without(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/a", reply(500), reply(200, HTML, page(WORDS)))
        publisher.script("/b", reply(500))
        entries = (
            item(publisher.url("/a"), guid="a"),
            item(publisher.url("/b"), guid="b", title="Second", description="What the feed says."),
        )
        publisher.script("/feed", reply(200, RSS, rss(*entries)))
        async with running(
            configuration(database_url, one(publisher), extraction={"workers": 1, "attempts": 2})
        ) as service:
            await service.once()
            assert merged(service.stories) == set()
            await service.once(after=timedelta(minutes=2))
            assert {story.title: story.text for story in service.stories} == {
                "Baths open again": WORDS,
                "Second": "What the feed says.",
            }


async def test_a_busy_host_is_left_alone_for_every_feed_and_page(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/feed", reply(429, {"Retry-After": "7200"}))
        publisher.script("/other", reply(200, RSS, rss()))
        feeds = (one(publisher), FeedSettings(url=publisher.url("/other"), name="two"))
        async with running(configuration(database_url, *feeds)) as service:
            await service.service.database.write(_put_off, "two")
            await service.once()
            await service.once(after=HOUR)
            assert [request.target for request in publisher.requests] == ["/feed"]
            assert health(service).last_outcome == "quiet"


def _put_off(session: object, name: str) -> None:
    from tests.stored import feed_row

    feed_row(session, name).next_poll_at = NOW + HOUR  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        pytest.param(reply(200, HTML, b"<html><body><h1>Log in</h1></body></html>"), "unreadable", id="a login page"),
        pytest.param(reply(200, RSS, b""), "unreadable", id="an empty body"),
        pytest.param(reply(503), "http-error", id="a server error"),
        pytest.param(reply(302, {"Location": "http://169.254.169.254/meta"}), "refused", id="a private address"),
    ],
)
async def test_a_poll_that_fails_keeps_everything_and_says_what_happened(
    database_url: str, answer: object, outcome: str
) -> None:
    async with Publisher() as publisher:
        publisher.script("/a", reply(200, HTML, page(WORDS)))
        good = reply(200, {**RSS, "ETag": '"v1"'}, rss(item(publisher.url("/a"))))
        publisher.script("/feed", good, answer, reply(304))  # type: ignore[arg-type]
        async with running(configuration(database_url, one(publisher))) as service:
            await service.once()
            shown = service.stories
            await service.once(after=25 * HOUR)
            failed = health(service)
            assert (failed.last_outcome, failed.failures, failed.entries, failed.title) == (outcome, 1, 1, "One")
            assert failed.reason
            await service.once(after=25 * HOUR)
            assert health(service).last_outcome == "unchanged"
            assert publisher.requests[-1].header("If-None-Match") == '"v1"'
            assert service.stories == shown


async def test_the_same_body_again_is_unchanged_and_its_new_validators_are_kept(database_url: str) -> None:
    async with Publisher() as publisher:
        body = rss(item(publisher.url("/a"), description="x"))
        publisher.script(
            "/feed", reply(200, {**RSS, "ETag": '"v1"'}, body), reply(200, {**RSS, "ETag": '"v2"'}, body), reply(304)
        )
        async with running(configuration(database_url, one(publisher, full_text="feed"))) as service:
            await service.once()
            await service.once(after=25 * HOUR)
            assert health(service).last_outcome == "unchanged"
            await service.once(after=25 * HOUR)
            assert publisher.requests[-1].header("If-None-Match") == '"v2"'


async def test_a_document_that_was_cut_off_is_asked_for_again_in_full(database_url: str) -> None:
    async with Publisher() as publisher:
        first, second = (item(publisher.url(f"/{name}"), guid=name, description=name) for name in "ab")
        whole = rss(first, second)
        cut = reply(200, {**RSS, "ETag": '"cut"'}, whole[: whole.index(b"<guid isPermaLink='false'>b")])
        publisher.script("/feed", cut, cut, reply(200, {**RSS, "ETag": '"whole"'}, whole), reply(304))
        async with running(configuration(database_url, one(publisher, full_text="feed"))) as service:
            entries = []
            for _ in range(4):
                await service.once(after=25 * HOUR)
                entries.append(health(service).entries)
            assert entries == [1, 1, 2, 2]
            asked = [request.header("If-None-Match") for request in publisher.requests]
            assert asked == [None, None, None, '"whole"']


async def test_relative_links_start_at_the_content_location(database_url: str) -> None:
    async with Publisher() as publisher:
        located = {**RSS, "Content-Location": "/archive/7/feed.xml"}
        publisher.script("/feed", reply(200, located, rss(item("baths.html"))))
        publisher.script("/archive/7/baths.html", reply(200, HTML, page(WORDS)))
        async with running(configuration(database_url, one(publisher))) as service:
            await service.once()
            assert [story.lead.url for story in service.stories] == [publisher.url("/archive/7/baths.html")]


async def test_pages_that_lead_to_one_address_are_one_article(database_url: str) -> None:
    """One feed links to a redirect, one to the page itself, one to a page that names the page and has a part of it."""
    async with Publisher() as publisher:
        publisher.script("/go/7", reply(302, {"Location": "/baths"}))
        publisher.script("/baths", reply(200, HTML, page(WORDS)))
        teaser = page(WORDS.split("\n", maxsplit=1)[0]).replace(
            b"<head>", b"<head><link rel='canonical' href='/baths'>"
        )
        publisher.script("/short", reply(200, HTML, teaser))
        links = [f"/{name}" for name in ("go/7", "baths", "short")]
        for number, link in enumerate(links):
            publisher.script(f"/feed{number}", reply(200, RSS, rss(item(publisher.url(link)))))
        feeds = [FeedSettings(url=publisher.url(f"/feed{number}"), name=f"feed{number}") for number in range(3)]
        async with running(configuration(database_url, *feeds)) as service:
            await service.once()
            (story,) = service.stories
            assert story.text == WORDS
            assert {copy.url for copy in story.copies} == {publisher.url(link) for link in links}
            assert {copy.verdict.relation for copy in detail(service).copies if copy.verdict} == {Relation.SAME_URL}


async def test_new_ids_for_old_links_bring_nothing_new(database_url: str) -> None:
    async with Publisher() as publisher:
        link = publisher.url("/a")
        publisher.script(
            "/feed", *(reply(200, RSS, rss(item(link, guid=f"poll-{poll}", description="same"))) for poll in range(3))
        )
        async with running(configuration(database_url, one(publisher, full_text="feed"))) as service:
            for _ in range(3):
                await service.once(after=25 * HOUR)
            assert health(service).entries == 1
            assert len(service.stories) == 1


async def test_a_feed_with_full_text_feed_never_has_its_pages_fetched(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/feed", reply(200, RSS, rss(item(publisher.url("/a"), description="What the feed says."))))
        async with running(configuration(database_url, one(publisher, full_text=FullText.FEED))) as service:
            await service.once()
            assert [request.target for request in publisher.requests] == ["/feed"]
            assert service.stories[0].text == "What the feed says."


async def test_what_a_poll_brings_while_others_look_for_work_is_not_left_behind(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The poll ends after the second look for texts found none, and before its caller heard so."""
    write, looks, looked = Database.write, count(1), asyncio.Event()
    monkeypatch.setattr("aggregator.pipeline._CLAIM_INTERVAL", 0)

    async def answer(writer: asyncio.StreamWriter) -> None:
        await looked.wait()
        await reply(200, RSS, rss(item("http://one.example/a", description="What the feed says.")))(writer)

    async with Publisher() as publisher:
        publisher.script("/feed", answer)
        async with running(configuration(database_url, one(publisher, full_text=FullText.FEED))) as service:
            pipeline = Pipeline(service.service)

            async def slow(self: Database, question: Any, /, *args: Any, **kwargs: Any) -> Any:
                found = await write(self, question, *args, **kwargs)
                if question is articles.claim_feed_texts and next(looks) == 2:
                    looked.set()
                    await pipeline._tasks.wait_for_one(at_most=60)
                return found

            monkeypatch.setattr(Database, "write", slow)
            await pipeline.once()
            assert [story.text for story in service.stories] == ["What the feed says."]


async def test_dropped_entries_are_kept_out_of_stories_and_their_pages_are_not_fetched(database_url: str) -> None:
    async with Publisher() as publisher:
        entries = (
            item(publisher.url("/a"), guid="a", more="<category>Sport</category>"),
            item(publisher.url("/b"), guid="b", title="Second", description="Kept."),
        )
        publisher.script("/feed", reply(200, RSS, rss(*entries)))
        feed = one(publisher, full_text="feed", drop=[EntryRule(tag="sport")])
        async with running(configuration(database_url, feed)) as service:
            await service.once()
            assert [story.title for story in service.stories] == ["Second"]
            assert health(service).entries == 2


async def test_a_future_or_ancient_date_neither_pins_nor_buries_a_story(database_url: str) -> None:
    async with Publisher() as publisher:
        dates = {"future": "Fri, 01 Jan 2099 00:00:00 GMT", "ancient": "Thu, 01 Jan 1970 00:00:00 GMT"}
        entries = (
            item(publisher.url(f"/{name}"), guid=name, title=name, more=f"<pubDate>{date}</pubDate>")
            for name, date in dates.items()
        )
        publisher.script("/feed", reply(200, RSS, rss(*entries)))
        async with running(configuration(database_url, one(publisher, full_text="feed"))) as service:
            await service.once()
            assert {story.published_at for story in service.stories} == {NOW}


async def test_hostile_markup_reaches_no_reader(database_url: str) -> None:
    payload = "<![CDATA[<p onclick='x()'>Text <script>alert(1)</script><a href='javascript:x()'>link</a> of it</p>]]>"
    async with Publisher() as publisher:
        publisher.script(
            "/feed",
            reply(
                200,
                RSS,
                rss(item("javascript:alert(1)", title="&lt;script&gt;x&lt;/script&gt; T", description=payload)),
            ),
        )
        async with running(configuration(database_url, one(publisher))) as service:
            await service.once()
            (story,) = service.stories
            assert not any(word in (story.html + story.title).lower() for word in ("script", "onclick"))
            assert story.lead.url.startswith("http")


async def test_publishers_find_whom_to_turn_to_in_every_request(database_url: str) -> None:
    async with Publisher() as publisher:
        publisher.script("/feed", reply(200, RSS, rss()))
        wanted = configuration(database_url, one(publisher), publishing={"public_url": "https://digest.example/"})
        async with running(wanted) as service:
            await service.once()
        agent = publisher.requests[0].header("User-Agent") or ""
        assert re.fullmatch(r"aggregator/[\w.]+ \(\+https://digest\.example/\)", agent), agent
