"""Whom a feed names besides itself: hubs, a cloud, older documents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from aggregator.model.parsing import ParsedFeed, PushLinks
from aggregator.parsing.feed_document import parse_feed
from aggregator.parsing.feed_links import MAX_HUBS
from aggregator.parsing.urls import MAX_URL_LENGTH

URL = "https://example.org/news/feed"
ATOM = "http://www.w3.org/2005/Atom"
HISTORY = "http://purl.org/syndication/history/1.0"
TOPIC = PushLinks(topic="https://example.org/topic")
HUB = PushLinks(hubs=("https://hub.example/",))


def read(body: str, *, content_location: str | None = None) -> ParsedFeed:
    outcome = parse_feed(body.encode(), url=URL, content_type=None, content_location=content_location)
    assert isinstance(outcome, ParsedFeed)
    return outcome


def atom(inside: str, *, attributes: str = "", entry: str = "") -> ParsedFeed:
    return read(
        f'<feed xmlns="{ATOM}" xmlns:fh="{HISTORY}" {attributes}>{inside}<entry><id>1</id>{entry}</entry></feed>'
    )


def rss(inside: str, *, attributes: str = f'xmlns:atom="{ATOM}"', item: str = "") -> ParsedFeed:
    return read(f'<rss version="2.0" {attributes}><channel><item><guid>1</guid>{item}</item>{inside}</channel></rss>')


def json_feed(**members: Any) -> ParsedFeed:
    return read(json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1"}], **members}))


@pytest.mark.parametrize(
    ("feed", "push"),
    [
        pytest.param(atom('<link rel="self" href="https://example.org/topic"/>'), TOPIC, id="the topic of Atom"),
        pytest.param(atom('<link rel="hub" href="https://hub.example/"/>'), HUB, id="the hub of Atom"),
        pytest.param(rss('<atom:link rel="self" href="https://example.org/topic"/>'), TOPIC, id="the topic of RSS"),
        pytest.param(
            rss('<a:link rel="hub" href="https://hub.example/"/>', attributes=f'xmlns:a="{ATOM}"'), HUB, id="any prefix"
        ),
        pytest.param(
            rss(
                f'<atom10:link xmlns:atom10="{ATOM}" rel="self" type="application/rss+xml" href="https://example.org/topic"/>'
                f'<atom10:link xmlns:atom10="{ATOM}" rel="hub" href="https://hub.example/"/>'
            ),
            PushLinks(topic="https://example.org/topic", hubs=("https://hub.example/",)),
            id="a prefix bound on the spot",
        ),
        pytest.param(
            atom('<link rel="HUB" href="https://hub.example/"/><link rel="hub" href="https://two.example/?a=b"/>'),
            PushLinks(hubs=("https://hub.example/", "https://two.example/?a=b")),
            id="two hubs",
        ),
        pytest.param(
            atom('<link rel="http://www.iana.org/assignments/relation/hub" href="https://hub.example/"/>'),
            HUB,
            id="a relation written as its URL",
        ),
        pytest.param(atom('<link rel="self" href="/topic"/>'), TOPIC, id="a relative topic"),
        pytest.param(
            atom('<link rel="self" href="topic"/>', attributes='xml:base="https://example.org/"'), TOPIC, id="xml:base"
        ),
        pytest.param(
            atom('<link rel="self" href="HTTPS://Example.org/%7efeed?utm_source=x&amp;b=&amp;a#top"/>'),
            PushLinks(topic="HTTPS://Example.org/%7efeed?utm_source=x&b=&a"),
            id="a topic in its own spelling",
        ),
        pytest.param(
            atom('<link rel="hub" href="https://hub.example/"/><link rel="hub" href="https://hub.example/"/>'),
            HUB,
            id="the same hub twice",
        ),
        pytest.param(
            json_feed(
                feed_url="https://example.org/topic",
                hubs=[{"type": "WebSub", "url": "https://hub.example/"}, {"type": "rssCloud", "url": "https://b.example/"}],
            ),
            PushLinks(topic="https://example.org/topic", hubs=("https://hub.example/",)),
            id="JSON Feed",
        ),
        pytest.param(json_feed(feed_url=7, hubs=["x", {"type": "WebSub"}, {"type": 7, "url": 7}]), PushLinks(), id="no JSON Feed"),
        pytest.param(rss('<atom:link rel="self"/><atom:link rel="hub" href=""/>'), PushLinks(), id="links without address"),
    ],
)  # fmt: skip
def test_a_feed_names_its_topic_and_its_hubs(feed: ParsedFeed, push: PushLinks) -> None:
    assert feed.push == push


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", "ftp://example.org/", "file:///etc/passwd", "mailto:a@example.org", "http://",
        "https://me:secret@example.org/", "https://example.org:99999/", f"/{'a' * MAX_URL_LENGTH}",
    ],
)  # fmt: skip
def test_what_cannot_be_asked_for_is_not_an_address(href: str) -> None:
    feed = atom("".join(f'<link rel="{rel}" href="{href}"/>' for rel in ("self", "hub", "next", "prev-archive")))
    assert (feed.push, feed.older_url) == (PushLinks(), None)


def test_hubs_are_bounded_in_number() -> None:
    feed = atom("".join(f'<link rel="hub" href="https://hub{number}.example/"/>' for number in range(500)))
    assert feed.push.hubs == tuple(f"https://hub{number}.example/" for number in range(MAX_HUBS))


@pytest.mark.parametrize(
    ("attributes", "cloud"),
    [
        pytest.param(
            'domain="rpc.example" port="5337" path="/rsscloud/pleaseNotify" registerProcedure="" protocol="http-post"',
            "http://rpc.example:5337/rsscloud/pleaseNotify",
            id="http-post",
        ),
        pytest.param(
            'domain="rpc.example" port="443" path="/?notify" protocol="https-post"',
            "https://rpc.example:443/?notify",
            id="https-post",
        ),
        pytest.param('domain="rpc.example" path="notify" protocol="http-post"', "http://rpc.example/notify", id="no port"),
        pytest.param('domain="rpc.example" port="80" path="/RPC2" registerProcedure="x.y" protocol="xml-rpc"', None, id="XML-RPC"),
        pytest.param('domain="rpc.example" port="80" path="/RPC2" registerProcedure="x.y" protocol="soap"', None, id="SOAP"),
        pytest.param('domain="" port="80" path="/" protocol="http-post"', None, id="no domain"),
        pytest.param('domain="rpc.example" port="x" path="/" protocol="http-post"', None, id="a port that is none"),
        pytest.param('domain="me@rpc.example/a" port="80" path="/" protocol="http-post"', None, id="a domain that is none"),
        pytest.param('url="https://rpc.example/"', None, id="an unknown way"),
    ],
)  # fmt: skip
def test_a_cloud_is_where_to_register(attributes: str, cloud: str | None) -> None:
    assert rss(f"<cloud {attributes}/>").push == PushLinks(cloud=cloud)


def test_what_an_entry_says_is_not_said_of_its_feed() -> None:
    links = "".join(f'<atom:link rel="{rel}" href="https://evil.example/"/>' for rel in ("self", "hub", "next"))
    cloud = '<cloud domain="evil.example" port="80" path="/" protocol="http-post"/>'
    entry = f'{links}{cloud}<fh:complete/><source>{links}<link rel="hub" href="https://evil.example/"/></source>'
    feeds = (
        rss("", attributes=f'xmlns:atom="{ATOM}" xmlns:fh="{HISTORY}"', item=entry),
        atom("", attributes=f'xmlns:atom="{ATOM}"', entry=entry),
    )
    assert [(feed.push, feed.older_url, feed.complete) for feed in feeds] == [(PushLinks(), None, False)] * 2


@pytest.mark.parametrize(
    ("feed", "older"),
    [
        pytest.param(atom('<link rel="next" href="?page=2"/>'), f"{URL}?page=2", id="paged"),
        pytest.param(
            atom('<link rel="next" href="/2"/><link rel="prev-archive" href="/archive/7"/>'),
            "https://example.org/archive/7",
            id="archived before paged",
        ),
        pytest.param(rss('<atom:link rel="next" href="/2"/>'), "https://example.org/2", id="RSS"),
        pytest.param(json_feed(next_url="/2"), "https://example.org/2", id="JSON Feed"),
        pytest.param(json_feed(next_url=2), None, id="no JSON Feed"),
        pytest.param(atom('<link rel="next" href=""/><link rel="next-archive" href="/8"/>'), None, id="newer, not older"),
        pytest.param(atom(f'<link rel="next" href="{URL}"/>'), None, id="itself"),
    ],
)  # fmt: skip
def test_a_feed_leads_to_its_older_entries(feed: ParsedFeed, older: str | None) -> None:
    assert feed.older_url == older


@pytest.mark.parametrize(
    ("feed", "complete"),
    [
        pytest.param(atom("<fh:complete/>"), True, id="Atom"),
        pytest.param(rss("<x:complete/>", attributes=f'xmlns:x="{HISTORY}"'), True, id="RSS with another prefix"),
        pytest.param(atom(f'<complete xmlns="{HISTORY}"/>'), True, id="no prefix"),
        pytest.param(atom(""), False, id="nothing said"),
        pytest.param(atom("<complete/>"), False, id="another namespace"),
        pytest.param(atom("<fh:complete/><fh:archive/>"), False, id="an archive document, of which nothing is defined"),
    ],
)
def test_a_feed_may_be_complete(feed: ParsedFeed, complete: bool) -> None:
    assert feed.complete == complete


def test_addresses_start_at_the_content_location_unless_it_is_none() -> None:
    body = f'<feed xmlns="{ATOM}"><link rel="self" href="topic"/><entry><id>1</id></entry></feed>'
    assert read(body, content_location="/archive/feed").push == PushLinks(topic="https://example.org/archive/topic")
    assert read(body, content_location="javascript:x").push == PushLinks(topic="https://example.org/news/topic")
