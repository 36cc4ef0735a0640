"""Private feeds from the wire to the web: in a public digest nothing of theirs, in one's own everything."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from aggregator.model.operations import FeedHealth
from aggregator.model.publishing import StoryMoved
from aggregator.settings.feeds_file import FeedSettings, FullText
from aggregator.web.app import create_app
from tests.publisher import Publisher, reply
from tests.running import Running, configuration, running
from tests.test_pipeline import WORDS, item, rss

pytestmark = pytest.mark.anyio

PUBLIC: dict[str, Any] = {"publishing": {"public_url": "https://news.example", "settle": 0}}
OWN: dict[str, Any] = {"publishing": {"settle": 0}}
ADDRESSES = ("/", "/digest.atom", "/digest.rss", "/digest.json", "/feeds", "/healthz")


def feed(url: str, name: str, **others: Any) -> FeedSettings:
    return FeedSettings(url=url, name=name, outlet=f"{name}.example", full_text=FullText.FEED, **others)


def scripted(publisher: Publisher) -> tuple[str, str]:
    """A private feed with a copy of a story and a story of its own, and an open one; gives their URLs."""
    private = rss(
        item("https://paid.example/a", guid="1", title="Paid headline", description=WORDS),
        item("https://paid.example/b", guid="2", title="Paid alone", description="Paid words. " + WORDS[::-1]),
    )
    public = rss(item("https://open.example/a", guid="1", title="Open headline", description=WORDS))
    return (
        publisher.script("/paid", reply(200, {"Cache-Control": "private, max-age=60"}, private)),
        publisher.script("/open", reply(200, {"Cache-Control": "max-age=60"}, public)),
    )


@asynccontextmanager
async def browsing(service: Running) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(service.library, version="1")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://news.example") as client:
        yield client


def by_name(service: Running) -> dict[str, FeedHealth]:
    return {health.name: health for health in service.library.feeds()}


async def test_a_public_service_shows_nothing_of_a_feed_that_its_server_calls_private(database_url: str) -> None:
    async with Publisher() as publisher:
        paid, open_ = scripted(publisher)
        wanted = configuration(database_url, feed(paid, "paid", priority=9), feed(open_, "open"), **PUBLIC)
        async with running(wanted) as service, browsing(service) as client:
            await service.once()
            (story,) = service.stories
            pages = {path: await client.get(path) for path in (*ADDRESSES, f"/stories/{story.key}")}
            assert {page.status_code for page in pages.values()} == {200}
            assert [path for path, page in pages.items() if "paid" in page.text.lower()] == []
            assert "Open headline" in pages["/digest.atom"].text
            assert "1 private feed is not shown" in pages["/feeds"].text
            (entry,) = json.loads(pages["/digest.json"].text)["items"]
            assert [copy["url"] for copy in entry["_aggregator"]["copies"]] == ["https://open.example/a"]
            assert (await client.get("/digest.atom")).content == pages["/digest.atom"].content
            assert by_name(service)["paid"].private_because == "its server sends Cache-Control: private"
            assert (by_name(service)["open"].private, by_name(service)["open"].private_because) == (False, "")


async def test_the_page_of_a_private_story_is_not_found(database_url: str) -> None:
    async with Publisher() as publisher:
        paid, open_ = scripted(publisher)
        feeds = feed(paid, "paid"), feed(open_, "open")
        async with running(configuration(database_url, *feeds, **OWN)) as service, browsing(service) as client:
            await service.once()
            keys = {story.title: story.key for story in service.stories}
            assert set(keys) == {"Paid alone", "Paid headline"}
            own = await client.get(f"/stories/{keys['Paid alone']}")
            assert (own.status_code, "Paid words." in own.text) == (200, True)
            assert "private: its server sends Cache-Control: private" in (await client.get("/feeds")).text
            clock = service.clock
        async with (
            running(configuration(database_url, *feeds, **PUBLIC), clock) as service,
            browsing(service) as client,
        ):
            hidden = await client.get(f"/stories/{keys['Paid alone']}")
            assert (hidden.status_code, "Paid" in hidden.text) == (404, False)
            shown = await client.get(f"/stories/{keys['Paid headline']}")
            assert (shown.status_code, "Paid" in shown.text, "Open headline" in shown.text) == (200, False, True)


@pytest.mark.parametrize("private", [False, True])
async def test_the_configuration_has_the_last_word(database_url: str, private: bool) -> None:
    async with Publisher() as publisher:
        paid, open_ = scripted(publisher)
        overruled = feed(paid, "paid", private=False) if not private else feed(open_, "paid", private=True)
        async with running(configuration(database_url, overruled, **PUBLIC)) as service:
            await service.once()
            assert len(service.stories) == (0 if private else 2)
            because = "set in the configuration" if private else ""
            assert by_name(service)["paid"].private_because == because


async def test_a_feed_is_public_again_when_its_server_says_so(database_url: str) -> None:
    async with Publisher() as publisher:
        body = rss(item("https://paid.example/a", description=WORDS))
        url = publisher.script(
            "/paid",
            reply(200, {"Cache-Control": "private", "ETag": '"1"'}, body),
            reply(304),
            reply(304, {"Cache-Control": "public"}),
        )
        wanted = configuration(database_url, feed(url, "paid", every="1h"), **PUBLIC)
        async with running(wanted) as service:
            seen = []
            for _ in range(3):
                await service.once(after=timedelta(days=2))
                seen.append((by_name(service)["paid"].private, len(service.stories)))
            assert seen == [(True, 0), (True, 0), (False, 1)]


async def test_a_password_is_never_shown_and_its_feed_is_private(database_url: str) -> None:
    async with Publisher() as publisher:
        body = rss(item("", description=WORDS))
        url = publisher.script("/paid", reply(200, {}, body), reply(500)).replace("http://", "http://me:s3cret@")
        with capture_logs() as logs:
            async with running(configuration(database_url, feed(url, "paid"), **OWN)) as service:
                await service.once()
                await service.once(after=timedelta(days=2))
                (health,) = service.library.feeds()
                assert (health.url, health.private_because) == (
                    publisher.url("/paid"),
                    "its requests carry a password or other credentials",
                )
                (story,) = service.stories
                detail = service.library.story(story.key)
                assert detail is not None
                assert not isinstance(detail, StoryMoved)
                async with browsing(service) as client:
                    told = [(await client.get(path)).text for path in (*ADDRESSES, f"/stories/{story.key}")]
        assert [text for text in (*told, str(logs), str(detail)) if "s3cret" in text] == []
        assert len(publisher.requests) == 2
        async with running(configuration(database_url, feed(url, "paid"), **PUBLIC), service.clock) as service:
            assert service.stories == ()


async def test_what_a_private_feed_gave_of_an_article_is_not_shown_when_a_public_one_carries_it(
    database_url: str,
) -> None:
    async with Publisher() as publisher:
        link = "https://herald.example/a"
        paid = publisher.script("/paid", reply(200, {}, rss(item(link, guid="1", title="Paid", description=WORDS))))
        teaser = rss(item(link, guid="1", title="Open", description="A teaser."))
        open_ = publisher.script("/open", reply(200, {}, rss()), reply(200, {}, teaser))
        outlet = {"outlet": "herald.example", "full_text": FullText.FEED}
        feeds = (
            FeedSettings(url=paid, name="paid", private=True, **outlet),
            FeedSettings(url=open_, name="open", **outlet),
        )
        async with running(configuration(database_url, *feeds, **PUBLIC)) as service:
            await service.once()
            assert [story.title for story in service.stories] == []
            await service.once(after=timedelta(days=2))
            assert [(story.title, story.text) for story in service.stories] == [("Open", "A teaser.")]
