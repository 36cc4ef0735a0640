"""The addresses the service answers."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date

import feedparser
import httpx
import pytest
from lxml import etree

from aggregator.model.publishing import LateStory
from aggregator.publishing.atom import render_atom
from aggregator.publishing.digest_documents import digest_document
from aggregator.publishing.html_page import render_html
from aggregator.publishing.issue_entries import issue_story
from aggregator.publishing.json_feed_writer import render_json
from aggregator.publishing.rss import render_rss
from aggregator.watchdog import STOPPED_AFTER, Watchdog
from aggregator.web.app import create_app
from tests.newsstand import (
    CARRIED,
    UNAVAILABLE,
    Newsstand,
    coast_issue,
    copy_view,
    digest_page,
    stocked,
    story_view,
)

pytestmark = pytest.mark.anyio


def client_of(library: Newsstand, *, root_path: str = "", watchdog: Watchdog | None = None) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(
        app=create_app(library, version="1.2.3", watchdog=watchdog), raise_app_exceptions=False, root_path=root_path
    )
    return httpx.AsyncClient(transport=transport, base_url="https://digest.example")


@pytest.fixture
def library() -> Newsstand:
    return stocked()


@pytest.fixture
async def client(library: Newsstand) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(library) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "media_type"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/?page=2", "text/html; charset=utf-8"),
        ("/digests/coast", "text/html; charset=utf-8"),
        ("/stories/ferry", "text/html; charset=utf-8"),
        ("/feeds", "text/html; charset=utf-8"),
        ("/status", "text/html; charset=utf-8"),
        ("/digest.atom", "application/atom+xml; charset=utf-8"),
        ("/digest.rss?page=2", "application/rss+xml; charset=utf-8"),
        ("/digest.json", "application/feed+json; charset=utf-8"),
        ("/digests/coast.atom", "application/atom+xml; charset=utf-8"),
        ("/healthz", "application/json"),
        ("/robots.txt", "text/plain; charset=utf-8"),
        ("/favicon.svg", "image/svg+xml"),
        ("/feeds.opml", "text/x-opml; charset=utf-8"),
        ("/operator.atom", "application/atom+xml; charset=utf-8"),
    ],
)
async def test_every_address_answers_get_and_head_alike(client: httpx.AsyncClient, path: str, media_type: str) -> None:
    get, head = await client.get(path), await client.head(path)
    assert (get.status_code, get.headers["content-type"]) == (200, media_type)
    assert (head.status_code, head.content, head.headers) == (200, b"", get.headers)


@pytest.mark.parametrize(
    "path", ["/", "/feeds", "/stories/ferry", "/stories/raft", "/digest.atom", "/nowhere", "/healthz", "/favicon.svg"]
)
async def test_every_answer_is_harmless(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "base-uri 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "frame-src https://archive.org " in policy
    assert "script" not in policy
    assert (headers["referrer-policy"], headers["x-content-type-options"]) == ("no-referrer", "nosniff")


async def test_the_feeds_are_the_rendered_pages(client: httpx.AsyncClient, library: Newsstand) -> None:
    first, second = library.digests["digest"]
    assert (await client.get("/digest.atom")).content == render_atom(digest_document(first))
    assert (await client.get("/digest.rss?page=2")).content == render_rss(digest_document(second))
    assert (await client.get("/digests/coast.json")).content == render_json(
        digest_document(library.digests["coast"][0])
    )


async def test_the_front_page_is_the_digest_with_links_within_the_service(
    client: httpx.AsyncClient, library: Newsstand
) -> None:
    expected = render_html(library.digests["digest"][0], root="", digests=("digest", "coast"))
    assert (await client.get("/")).content == expected


async def test_the_self_link_is_the_address_that_was_asked(client: httpx.AsyncClient) -> None:
    for path in ("/digest.atom", "/digest.atom?page=2", "/digests/coast.rss"):
        answer = await client.get(path)
        links = {link.rel: link.href for link in feedparser.parse(answer.content).feed.links}
        assert links["self"] == str(answer.url)


async def test_a_reader_that_follows_next_meets_every_story_once(client: httpx.AsyncClient) -> None:
    found: list[str] = []
    address: str | None = "/digest.json"
    while address is not None:
        feed = (await client.get(address)).json()
        found.extend(item["_aggregator"]["story_id"] for item in feed["items"])
        address = feed.get("next_url")
    assert found == ["ferry", "bridge", "market"]


async def test_the_front_page_is_the_first_digest_when_none_is_the_main_one() -> None:
    library = Newsstand(digests={"coast": (digest_page(name="coast", title="The coast"),)})
    async with client_of(library) as client:
        assert "<title>The coast</title>" in (await client.get("/")).text
        assert (await client.get("/digest.atom")).status_code == 404


async def test_the_main_digest_has_one_address_per_format(client: httpx.AsyncClient) -> None:
    answer = await client.get("/digests/digest.rss?page=2")
    assert (answer.status_code, answer.headers["location"]) == (301, "/digest.rss?page=2")


async def test_a_story_that_was_united_leads_to_the_survivor(client: httpx.AsyncClient) -> None:
    answer = await client.get("/stories/raft")
    assert (answer.status_code, answer.headers["location"]) == (301, "/stories/ferry")


@pytest.mark.parametrize(
    "path",
    [
        "/nowhere",
        "/digest.txt",
        "/digests/none",
        "/digests/none.atom",
        "/digests/.atom",
        "/stories/none",
        "/stories/",
        "/digest.atom?page=3",
        "/digest.atom?page=0",
        "/digest.atom?page=x",
        "/?page=",
        "/digest.atom?page=99999999999999999999",
        "/docs",
        "/openapi.json",
    ],
)
async def test_what_is_not_there_is_a_readable_404(client: httpx.AsyncClient, path: str) -> None:
    answer = await client.get(path)
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert '<h1 class="title">Not Found</h1>' in answer.text
    assert "Back to the stories" in answer.text


async def test_without_a_digest_the_front_page_says_so() -> None:
    async with client_of(Newsstand()) as client:
        answer = await client.get("/")
    assert (answer.status_code, "No public digest is configured." in answer.text) == (404, True)


async def test_nothing_can_be_written(client: httpx.AsyncClient) -> None:
    answer = await client.post("/digest.atom")
    assert answer.status_code == 405
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}
    assert "This address is read-only." in answer.text


@pytest.mark.parametrize("path", ["/", "/digest.rss", "/digest.json", "/stories/ferry", "/feeds"])
@pytest.mark.parametrize("coding", ["gzip", "identity"])
async def test_what_did_not_change_is_not_sent_again(client: httpx.AsyncClient, path: str, coding: str) -> None:
    first = await client.get(path, headers={"accept-encoding": coding})
    again = await client.get(path, headers={"accept-encoding": coding, "if-none-match": first.headers["etag"]})
    assert first.headers.get("content-encoding", "identity") == coding
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


async def test_one_more_copy_is_sent_to_who_asks_by_tag(client: httpx.AsyncClient, library: Newsstand) -> None:
    first = await client.get("/digest.atom")
    more = replace(CARRIED, copies=(*CARRIED.copies, copy_view("late.example")))
    library.digests["digest"] = (digest_page(more),)
    library.changes += 1
    again = await client.get("/digest.atom", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, b"late.example" in again.content) == (200, True)


async def test_a_reader_without_tags_asks_by_date(client: httpx.AsyncClient) -> None:
    first = await client.get("/digest.atom")
    assert first.headers["last-modified"] == "Tue, 03 Nov 2026 09:05:00 GMT"
    again = await client.get("/digest.atom", headers={"if-modified-since": first.headers["last-modified"]})
    assert again.status_code == 304


async def test_health_tells_what_the_service_holds(client: httpx.AsyncClient) -> None:
    answer = await client.get("/healthz")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json() == {
        "status": "ok",
        "version": "1.2.3",
        "feeds": 8,
        "entries": 120,
        "articles": 110,
        "stories": 70,
        "copies_merged": 40,
        "due_feeds": 1,
        "pages_waiting": 2,
        "articles_waiting": 3,
        "last_poll_at": "2026-11-03T08:05:00Z",
        "requests": 900,
        "unchanged": 700,
        "wire_bytes": 8_000_000,
        "saved_bytes": 21_000_000,
    }


async def test_health_is_503_with_the_reason_when_the_store_fails(
    client: httpx.AsyncClient, library: Newsstand
) -> None:
    library.broken = UNAVAILABLE
    answer = await client.get("/healthz")
    assert (answer.status_code, json.loads(answer.content)) == (
        503,
        {"status": "unavailable", "version": "1.2.3", "reason": "the database cannot be opened"},
    )


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        pytest.param(UNAVAILABLE, 503, "Try again in a minute.", id="a fault the program knows"),
        pytest.param(RuntimeError("secret"), 500, "The service has an internal error.", id="a mistake"),
    ],
)
async def test_a_failure_is_a_page_that_gives_nothing_away(
    client: httpx.AsyncClient, library: Newsstand, error: Exception, status: int, words: str
) -> None:
    library.broken = error
    answer = await client.get("/digest.atom")
    assert (answer.status_code, words in answer.text, "secret" in answer.text) == (status, True, False)
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_robots_may_read_the_feeds_but_not_the_pages(client: httpx.AsyncClient) -> None:
    lines = (await client.get("/robots.txt")).text.splitlines()
    assert lines == ["User-agent: *", "Allow: /digest.", "Allow: /digests/", "Disallow: /"]


async def test_mounted_below_a_path_every_link_stays_below_it(library: Newsstand) -> None:
    async with client_of(library, root_path="/news") as client:
        front, moved = await client.get("/news/"), await client.get("/news/stories/raft")
        assert 'href="/news/stories/ferry"' in front.text
        assert 'href="/stories' not in front.text
        assert moved.headers["location"] == "/news/stories/ferry"


async def test_what_did_not_change_is_answered_without_a_look_at_the_stories(
    client: httpx.AsyncClient, library: Newsstand
) -> None:
    first = await client.get("/digest.atom")
    for _ in range(3):
        again = await client.get("/digest.atom", headers={"if-none-match": first.headers["etag"]})
        assert (again.status_code, library.asked) == (304, 1)
    library.digests["digest"] = (digest_page(story_view("new")),)
    library.changes += 1
    fresh = await client.get("/digest.atom", headers={"if-none-match": first.headers["etag"]})
    assert (fresh.status_code, library.asked) == (200, 2)


async def test_a_digest_with_a_token_is_not_there_for_who_does_not_give_it(
    client: httpx.AsyncClient, library: Newsstand
) -> None:
    library.tokens["coast"] = "a-long-secret-word"
    library.digests["coast"] = (digest_page(story_view(), name="coast", token="a-long-secret-word", page=1, pages=2),)
    for path in ("/digests/coast", "/digests/coast.atom", "/digests/coast.atom?token=guessed"):
        assert (await client.get(path)).status_code == 404
    answer = await client.get("/digests/coast.atom?token=a-long-secret-word")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, max-age=300")
    links = {link.get("rel"): link.get("href") for link in etree.fromstring(answer.content).iterfind("{*}link")}
    assert links["self"] == "https://digest.example/digests/coast.atom?token=a-long-secret-word"
    assert links["next"] == "https://digest.example/digests/coast.atom?token=a-long-secret-word&page=2"
    page = await client.get("/digests/coast?token=a-long-secret-word")
    assert "/digests/coast.json?token=a-long-secret-word" in page.text
    assert "coast" not in (await client.get("/")).text.partition("</nav>")[0]


async def test_an_archive_says_that_it_is_one_and_where_to_go_on(client: httpx.AsyncClient, library: Newsstand) -> None:
    day, before = date(2026, 11, 3), date(2026, 11, 1)
    library.archives["digest", day] = (digest_page(story_view(), archive=day, earlier=before),)
    for suffix in ("atom", "rss"):
        answer = await client.get(f"/digest.{suffix}?archive=2026-11-03")
        document = etree.fromstring(answer.content)
        links = {link.get("rel"): link.get("href") for link in document.iter("{http://www.w3.org/2005/Atom}link")}
        assert [e.tag for e in document.iter("{http://purl.org/syndication/history/1.0}archive")] != []
        assert (links["current"], links["prev-archive"]) == (
            f"https://digest.example/digest.{suffix}",
            f"https://digest.example/digest.{suffix}?archive=2026-11-01",
        )
        assert answer.headers["cache-control"] == "public, max-age=86400"
    assert (await client.get("/digest.json?archive=2026-11-03")).json()["next_url"].endswith("?archive=2026-11-01")


@pytest.mark.parametrize("day", ["2026-11-04", "2026-02-30", "yesterday", "2026-W10-1", ""])
async def test_an_archive_that_is_not_there_is_told(client: httpx.AsyncClient, day: str) -> None:
    assert (await client.get(f"/digest.atom?archive={day}")).status_code == 404


async def test_subscribers_find_the_hub_in_document_and_header(client: httpx.AsyncClient, library: Newsstand) -> None:
    hub = "https://hub.example/"
    library.digests["digest"] = (digest_page(story_view(), hubs=(hub,)),)
    for suffix in ("atom", "rss"):
        answer = await client.get(f"/digest.{suffix}")
        assert f'rel="hub" href="{hub}"' in answer.text
        assert answer.headers["link"] == f'<{hub}>; rel="hub", <https://digest.example/digest.{suffix}>; rel="self"'
    assert (await client.get("/digest.json")).json()["hubs"] == [{"type": "WebSub", "url": hub}]


async def test_an_issue_has_a_page_of_its_own(client: httpx.AsyncClient, library: Newsstand) -> None:
    story = issue_story(replace(CARRIED, title="Fish & <chips>"))
    issue = coast_issue(
        story,
        late=(LateStory(key="k", title="Earlier", issue="20261102T0600Z", copies=story.copies[1:]),),
    )
    library.digests["coast"] = (digest_page(name="coast", issues=(issue,)),)
    page = await client.get("/digests/coast/20261103T0600Z")
    assert (page.status_code, page.headers["cache-control"]) == (200, "public, max-age=60")
    assert "Fish &amp; &lt;chips&gt;</a></h3>" in page.text
    assert (
        '<a href="https://digest.example/digests/coast/20261102T0600Z">Earlier</a>' not in page.text
    )  # a path is enough
    assert '<a href="/digests/coast/20261102T0600Z">Earlier</a>' in page.text
    listed = await client.get("/digests/coast")
    assert '<a href="/digests/coast/20261103T0600Z">Coast: 3 November 2026, 07:00</a>' in listed.text
    library.tokens["coast"] = "a-long-secret-word"
    for path in ("/digests/coast/20261103T0600Z", "/digests/coast/20251103T0600Z?token=a-long-secret-word"):
        assert (await client.get(path)).status_code == 404
    page = await client.get("/digests/coast/20261103T0600Z?token=a-long-secret-word")
    assert (page.status_code, page.headers["cache-control"]) == (200, "private, max-age=60")
    assert '<a href="/digests/coast/20261102T0600Z?token=a-long-secret-word">Earlier</a>' in page.text


async def test_a_service_is_ready_while_its_database_answers_and_its_scheduler_ticks(library: Newsstand) -> None:
    seconds = 0.0
    watchdog = Watchdog(environ={}, ticks=lambda: seconds)
    client = client_of(library, watchdog=watchdog)
    assert (await client.get("/readyz")).status_code == 503
    watchdog.begin()
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.json()["seconds_since_tick"] == 0
    seconds += STOPPED_AFTER + 1
    assert (await client.get("/readyz")).json()["ready"] is False
    await watchdog.heartbeat()
    library.full = "the disk is full"
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, "the disk is full")
    library.tokens["operator"] = "open sesame"
    assert (await client.get("/readyz")).json()["database"] == "unavailable; the log says why"
    assert "the disk is full" not in (await client.get("/status")).text
    del library.tokens["operator"]
    library.broken = UNAVAILABLE
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["database"], answer.json()["last_poll_at"]) == (
        503,
        str(UNAVAILABLE),
        None,
    )
