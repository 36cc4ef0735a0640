"""Every shared case goes through the service, from the publisher's bytes to the digest; skips where the cases are absent.

``README.md`` beside the cases states the outcomes. The hosts of the cases resolve to a publisher on loopback. Cases of
HTTP responses are in ``test_polling_as_found``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest

from aggregator.model.publishing import StoryView
from aggregator.parsing.opml_reader import read_opml
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.digest_urls import FeedFormat
from aggregator.publishing.feed_formats import render_feed
from aggregator.settings.feeds_file import FeedSettings
from tests.conftest import SHARED
from tests.publisher import Publisher, reply
from tests.running import Running, TestClock, configuration, running
from tests.shell import Shell

CASES = SHARED / "cases" / "feeds"

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not CASES.is_dir(), reason="reads the shared cases"),
]

XML = {"Content-Type": "text/xml"}
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 10, tzinfo=UTC)
"""After all dates of the cases."""


async def loopback(_host: str, _port: int) -> Sequence[IPv4Address | IPv6Address]:
    """Resolves every name to this machine."""
    return (IPv4Address("127.0.0.1"),)


@dataclass(frozen=True, kw_only=True, slots=True)
class Digest:
    """The digest as its readers get it: the items of the JSON Feed in the order of their titles, and the stories."""

    items: tuple[dict[str, Any], ...]
    stories: tuple[StoryView, ...]

    @property
    def titles(self) -> list[str]:
        return [item["title"] for item in self.items]

    @property
    def contents(self) -> list[str]:
        return [item["content_html"] for item in self.items]

    @property
    def content(self) -> str:
        """The content of the only item."""
        (content,) = self.contents
        return content

    def files(self) -> list[list[str]]:
        """The addresses of the attachments of each item."""
        return [[one["url"] for one in item.get("attachments", ())] for item in self.items]


def digest_of(service: Running) -> Digest:
    page = service.digest(limit=100)
    items = json.loads(render_feed(digest_document(page), FeedFormat.JSON))["items"]
    return Digest(items=tuple(sorted(items, key=lambda item: str(item["title"]))), stories=page.stories)


async def poll(database_url: str, *documents: bytes, settings: dict[str, Any] | None = None) -> list[Digest]:
    """The digest after each state of one feed."""
    async with Publisher() as publisher:
        publisher.script("/feed.xml", *(reply(200, XML, document) for document in documents))
        url = publisher.url("/feed.xml", host="site.example")
        feed = FeedSettings.model_validate({"url": url, "name": "site", "full_text": "feed", **(settings or {})})
        async with running(configuration(database_url, feed), clock=TestClock(NOW), resolver=loopback) as service:
            digests = []
            for _ in documents:
                await service.once(after=25 * HOUR)
                digests.append(digest_of(service))
            return digests


async def poll_with_page(database_url: str, page: bytes) -> Digest:
    """The digest of a feed with one entry, whose page this is."""
    async with Publisher() as publisher:
        link = publisher.script("/page", reply(200, {"Content-Type": "text/html; charset=utf-8"}, page))
        link = publisher.url("/page", host="site.example")
        document = (
            f"<rss version='2.0'><channel><item><title>Night ferries</title><link>{link}</link></item></channel></rss>"
        )
        publisher.script("/feed.xml", reply(200, XML, document.encode()))
        feed = FeedSettings(url=publisher.url("/feed.xml", host="site.example"), name="site")
        async with running(configuration(database_url, feed), clock=TestClock(NOW), resolver=loopback) as service:
            await service.once()
            return digest_of(service)


def body(name: str) -> bytes:
    """A case as it is served."""
    return (CASES / name).read_bytes()


def text_of(markup: str) -> str:
    return " ".join(re.sub(r"<[^<>]*>", " ", markup).split())


Check = Callable[[Digest], object]

CHECKS: dict[str, Check] = {
    "01-same-link.xml": lambda digest: digest.titles == ["Release 1.0", "Release 1.1", "Release 2.0"],
    "02-podcast-home-link.xml": lambda digest: (
        digest.files() == [[f"https://show.example/{number}.mp3"] for number in (1, 2, 3)]
    ),
    "05-media-description.xml": lambda digest: (
        sorted(content.startswith("<p>Good morning!</p>") for content in digest.contents) == [False, True]
        and sorted(content.startswith("<p>Two boats today</p>") for content in digest.contents) == [False, True]
        and all(f"/{number}.jpg" in "".join(digest.contents) for number in (1, 2, 3))
        and all('alt="A red boat"' not in content or "/2.jpg" in content for content in digest.contents)
    ),
    "07-xml-base-entries.xml": lambda digest: all(
        f"/posts/{number}/a.png" in item["content_html"] and item["url"].endswith(f"/posts/{number}/page")
        for number, item in zip(("01", "02", "03"), digest.items, strict=True)
    ),
    "08-xhtml-br.xml": lambda digest: digest.content.count("<br>") == 2,
    "10-noscript.xml": lambda digest: (
        digest.content.count("<img") == 1 and "photo.jpg" in digest.content and "&lt;" not in digest.content
    ),
    "11-iframe.xml": lambda digest: (
        "abc123" in digest.contents[0] and ">Launch" in digest.contents[0] and "vimeo.com/" in digest.contents[1]
    ),
    "13-lazy-srcset.xml": lambda digest: (
        "blank.gif" not in "".join(digest.contents)
        and "real.jpg" in "".join(digest.contents)
        and any('src="https://site.example/l.jpg"' in content and "1200w" in content for content in digest.contents)
        and any('src="https://site.example/s.jpg"' in content for content in digest.contents)
    ),
    "14-titles-text.xml": lambda digest: (
        digest.titles == ["The <a> element", "Why <br> and <a> are fine", "std::unique_ptr<S> pitfalls"]
    ),
    "20-author-tld.xml": lambda digest: [story.authors for story in digest.stories] == [("Jane Doe",)] * 2,
    "25-atom-anchor.xml": lambda digest: 'href="https://site.example/releases/15-3/#sec-1"' in digest.content,
    "31-cdata-as-text.xml": lambda digest: digest.titles == ["Open letter"],
    "31-cdata-as-text-description.xml": lambda digest: text_of(digest.content) == "some text of it",
    "32-cdata-in-cdata.xml": lambda digest: (
        text_of(digest.content).split() == ["before", "in", "after"] and "&lt;p" not in digest.content
    ),
    "34-link-without-scheme.xml": lambda digest: re.fullmatch(
        r"https?://www\.paper\.example/a", digest.items[0]["url"]
    ),
    "35-content-src.xml": lambda digest: digest.items[0]["url"] == "https://site.example/c/1",
    "38-zone-et.xml": lambda digest: digest.stories[0].published_at == datetime(2026, 11, 3, 14, 5, tzinfo=UTC),
    "40-hidden-preheader.xml": lambda digest: text_of(digest.content) == "Dear reader",
    "41-svg-1x1.xml": lambda digest: "chart.svg" in digest.content,
    "43-picture-only.xml": lambda digest: all(
        part in digest.content for part in ("14.png", 'alt="A cat explains gravity"', 'title="the hidden joke"')
    ),
    "46-fragment-links-news.xml": lambda digest: (
        digest.titles == ["Bus line moved", "Mayor resigns", "Pool opens again"]
        and "Line four" in digest.contents[0]
        and [item["url"][-1] for item in digest.items] == ["c", "a", "b"]
    ),
    "47-caption-first.xml": lambda digest: text_of(digest.content).startswith("Ships wait outside"),
    "48-doctype-html.xml": lambda digest: digest.titles == ["First note"],
}
"""What must hold of the digest, by the file of the feed."""


@pytest.mark.parametrize("name", CHECKS)
async def test_a_feed_is_published_as_its_outcome_says(name: str, sqlite_url: str) -> None:
    (digest,) = await poll(sqlite_url, body(name))
    assert CHECKS[name](digest), json.dumps(digest.items, indent=1, ensure_ascii=False)


async def test_an_episode_that_comes_later_is_a_story_too(sqlite_url: str) -> None:
    whole = body("02-podcast-home-link.xml").decode()
    items = re.findall(r"<item>.*?</item>", whole, re.DOTALL)
    digests = await poll(sqlite_url, whole.replace(items[0], "").encode(), whole.encode())
    assert [digest.titles for digest in digests] == [
        ["Episode 2", "Episode 3"],
        ["Episode 1", "Episode 2", "Episode 3"],
    ]


async def test_a_new_id_with_another_title_is_a_new_story(sqlite_url: str) -> None:
    days = await poll(sqlite_url, body("04-single-item-day1.xml"), body("04-single-item-day2.xml"))
    assert [day.titles for day in days] == [["Storm warning"], ["Frost warning", "Storm warning"]]
    assert "Gusts" in days[1].contents[1]


async def test_a_corrected_enclosure_is_shown_and_is_no_update(sqlite_url: str) -> None:
    before, after = await poll(sqlite_url, body("16-enclosure-fixed-before.xml"), body("16-enclosure-fixed-after.xml"))
    assert (before.files(), after.files()) == (
        [["https://show.example/9-broken.mp3"]],
        [["https://show.example/9.mp3"]],
    )
    assert before.stories[0].updated_at == after.stories[0].updated_at


async def test_a_corrected_link_in_the_text_is_shown_and_is_no_update(sqlite_url: str) -> None:
    before, after = await poll(
        sqlite_url, body("17-link-in-text-fixed-before.xml"), body("17-link-in-text-fixed-after.xml")
    )
    assert "wrong.example" in before.content
    assert ("right.example/pay" in after.content, "good.png" in after.content) == (True, True)
    assert before.stories[0].updated_at == after.stories[0].updated_at


PAGES: dict[str, tuple[str, ...]] = {
    "22-page-body-ul.html": ("first point about the bridge", "second point about the harbour", "<li>"),
    "22-page-dl-ul.html": ("Level", "The height of the water at the bridge", "<dt>", "<dd>"),
    "23-page-iframe-math.html": ("abc", "youtu"),
}


@pytest.mark.parametrize("name", PAGES)
async def test_a_page_keeps_its_parts(name: str, sqlite_url: str) -> None:
    digest = await poll_with_page(sqlite_url, body(name))
    assert [part for part in PAGES[name] if part not in digest.content] == [], digest.content
    if "math" in name:
        assert "E=m" in text_of(digest.content).replace(" ", "")


async def test_rules_find_decomposed_letters_and_typographic_apostrophes(sqlite_url: str) -> None:
    titles = ("Zu\u0308rich brennt", "Don’t panic now", "Bern liest")
    items = "".join(f"<item><title>{title}</title><guid>{title}</guid></item>" for title in titles)
    document = f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>"
    rules = {"drop": [{"words": ["zürich", "don't panic"]}]}
    assert "words: [zürich" in body("37-words-nfd.yaml").decode()
    (digest,) = await poll(sqlite_url, document.encode(), settings=rules)
    assert digest.titles == ["Bern liest"]


async def test_the_blog_leads_before_the_planet_and_its_file_is_kept(sqlite_url: str) -> None:
    async with Publisher() as publisher:
        feeds = []
        for name, host in (("planet", "site.example"), ("blog", "ann.example")):
            publisher.script(f"/{name}.xml", reply(200, XML, body(f"44-{name}.xml")))
            url = publisher.url(f"/{name}.xml", host=host)
            feeds.append(FeedSettings.model_validate({"url": url, "name": name, "full_text": "feed"}))
        async with running(configuration(sqlite_url, *feeds), clock=TestClock(NOW), resolver=loopback) as service:
            await service.once()
            digest = digest_of(service)
    (story,) = digest.stories
    assert story.lead.outlet.startswith("ann.example")
    assert digest.files() == [["https://ann.example/c.mp3"]]


async def test_brackets_of_a_title_are_printed_as_they_are(sqlite_url: str, shell: Shell) -> None:
    await poll(sqlite_url, body("49-markup-title.xml"))
    code, out, _ = shell.configured().types("stories", "list", AGGREGATOR_DATABASE_URL=sqlite_url)
    assert (code, "[/b] closes nothing" in out) == (0, True)


def test_a_bare_ampersand_in_a_subscription_list_is_read() -> None:
    outlines = read_opml(body("19-amp.opml"))
    assert "https://show.example/feed?show=12&format=rss&lang=en" in str(outlines)


def test_every_case_has_a_test() -> None:
    tested = {*CHECKS, *PAGES, *re.findall(r'body\("([\w.-]+)"\)', Path(__file__).read_text(encoding="utf-8"))}
    elsewhere = {
        "26-header-line.http",
        "28-gzip-that-is-not.http",
        "29-cookie-redirect.txt",
        "44-blog.xml",
        "44-planet.xml",
    }
    assert {path.name for path in CASES.iterdir()} - tested - elsewhere == set()
