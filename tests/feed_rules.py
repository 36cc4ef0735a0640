"""What must hold of a feed document, by format: a check of our own for every document the tests produce.

Atom by RFC 4287 (section in the message) and RFC 5005, RSS 2.0 by its specification and the RSS Advisory
Board's best practices, JSON Feed by version 1.1. Each function gives the mistakes it finds, in words.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"
FH = "{http://purl.org/syndication/history/1.0}"
DC = "{http://purl.org/dc/elements/1.1/}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}"
_RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ONCE_IN_FEED = ("id", "title", "updated", "generator", "icon", "logo", "rights", "subtitle")
_ONCE_IN_ENTRY = ("id", "title", "updated", "published", "content", "rights", "source", "summary")


def mistakes(body: bytes, suffix: str) -> list[str]:
    """What is wrong with a document of this format."""
    return list({"atom": atom_mistakes, "rss": rss_mistakes, "json": json_feed_mistakes}[suffix](body))


def atom_mistakes(body: bytes) -> Iterator[str]:
    """What is wrong with an Atom document."""
    feed = etree.fromstring(body)
    if feed.tag != f"{ATOM}feed":
        yield "4.1.1: the root is not atom:feed"
    yield from _atom_holder(feed, "feed", _ONCE_IN_FEED)
    entries = feed.findall(f"{ATOM}entry")
    for number, entry in enumerate(entries):
        yield from _atom_holder(entry, f"entry {number}", _ONCE_IN_ENTRY)
        links = _links(entry)
        if entry.find(f"{ATOM}content") is None and not any(rel == "alternate" for rel, *_ in links):
            yield f"4.1.2: entry {number} has neither content nor an alternate link"
        source = entry.find(f"{ATOM}source")
        if source is not None and any(source.find(f"{ATOM}{name}") is None for name in ("id", "title", "updated")):
            yield f"4.2.11: the source of entry {number} lacks id, title or updated"
    yield from _twice("4.2.6: the id", [entry.findtext(f"{ATOM}id") or "" for entry in entries])
    relations = Counter(rel for rel, *_ in _links(feed))
    if relations["self"] != 1:
        yield "4.1.1: the feed has not one self link"
    if feed.find(f"{FH}archive") is not None and not relations["current"]:
        yield "RFC 5005 section 4: an archive without a link to the current document"
    for relation in ("first", "last", "next", "previous", "current", "prev-archive", "next-archive"):
        if relations[relation] > 1:
            yield f"RFC 5005: more than one {relation} link"


def _atom_holder(holder: etree._Element, what: str, once: tuple[str, ...]) -> Iterator[str]:
    for name in once:
        found = len(holder.findall(f"{ATOM}{name}"))
        if found > 1 or (found == 0 and name in ("id", "title", "updated")):
            yield f"4.1: {what} has {found} {name} elements"
    if not holder.findall(f"{ATOM}author"):
        yield f"4.1: {what} has no author"
    if any(not (name.text or "").strip() for name in holder.findall(f"{ATOM}author/{ATOM}name")):
        yield f"3.2.1: an author of {what} has no name"
    for name in ("updated", "published"):
        yield from (
            f"3.3: {name} of {what} is {date.text!r}"
            for date in holder.findall(f"{ATOM}{name}")
            if not _RFC_3339.fullmatch(date.text or "")
        )
    links = _links(holder)
    alternates = [(kind, language) for rel, kind, language, _ in links if rel == "alternate"]
    yield from _twice(f"4.1: {what} has alternate links of one type, which", map(str, alternates))
    yield from (f"4.2.7.1: a link of {what} has no href" for *_, url in links if url is None)
    for text in (*holder.findall(f"{ATOM}title"), *holder.findall(f"{ATOM}summary"), *holder.findall(f"{ATOM}content")):
        if text.get("type", "text") not in ("text", "html", "xhtml"):
            yield f"3.1.1: a text of {what} has the type {text.get('type')}"
        if len(text):
            yield f"3.1.1: a text of {what} has elements inside"


def rss_mistakes(body: bytes) -> Iterator[str]:
    """What is wrong with an RSS document."""
    rss = etree.fromstring(body)
    channel = rss.find("channel")
    if rss.tag != "rss" or rss.get("version") != "2.0" or channel is None:
        yield "the root is not rss 2.0 with a channel"
        return
    yield from (f"the channel has no {name}" for name in ("title", "link", "description") if not channel.findall(name))
    links = _links(channel)
    if Counter(rel for rel, *_ in links)["self"] != 1:
        yield "best practices: the channel has not one atom:link to itself"
    for date in (*channel.findall("lastBuildDate"), *channel.findall("pubDate"), *channel.findall("item/pubDate")):
        if parsedate_to_datetime(date.text or "").tzinfo is None:
            yield f"a date is {date.text!r}"
    items = channel.findall("item")
    for number, item in enumerate(items):
        yield from _rss_item(item, f"item {number}")
    yield from _twice("the guid", [item.findtext("guid") or "" for item in items])


def _rss_item(item: etree._Element, what: str) -> Iterator[str]:
    for name in ("title", "link", "description", "guid", "pubDate", "enclosure", "comments", "source"):
        if len(item.findall(name)) > 1:
            yield f"{what} has more than one {name}"
    if item.find("title") is None and item.find("description") is None:
        yield f"{what} has neither title nor description"
    guid = item.find("guid")
    if guid is None or (guid.get("isPermaLink") != "false" and not _is_web(guid.text)):
        yield f"the guid of {what} is said to be a link and is none"
    for enclosure in item.findall("enclosure"):
        if not (enclosure.get("length") or "").isdecimal() or not enclosure.get("type") or enclosure.get("url") is None:
            yield f"the enclosure of {what} lacks url, length or type"
    if any(source.get("url") is None for source in item.findall("source")):
        yield f"the source of {what} has no url"
    if item.findall("author"):
        yield f"{what} names an author that is no e-mail address; dc:creator is for names"
    if len(item.findall(f"{CONTENT}encoded")) > 1:
        yield f"{what} has more than one content:encoded"


def json_feed_mistakes(body: bytes) -> Iterator[str]:
    """What is wrong with a JSON Feed."""
    feed = json.loads(body.decode("utf-8"))
    if feed.get("version") != "https://jsonfeed.org/version/1.1":
        yield "the version is not 1.1"
    if not isinstance(feed.get("title"), str):
        yield "the title is missing"
    if feed.get("next_url") == feed.get("feed_url"):
        yield "next_url is the feed itself"
    for hub in feed.get("hubs", []):
        if not hub.get("type") or not hub.get("url"):
            yield "a hub lacks type or url"
    items: list[dict[str, Any]] = feed.get("items", [])
    for number, item in enumerate(items):
        yield from _json_item(item, f"item {number}")
    yield from _twice("the id", [str(item.get("id")) for item in items])
    if any(value is None for value in (*feed.values(), *(value for item in items for value in item.values()))):
        yield "a member is null"


def _json_item(item: dict[str, Any], what: str) -> Iterator[str]:
    if not isinstance(item.get("id"), str):
        yield f"the id of {what} is no string"
    if not isinstance(item.get("content_html", item.get("content_text")), str):
        yield f"{what} has neither content_html nor content_text"
    for name in ("date_published", "date_modified"):
        if name in item and not _RFC_3339.fullmatch(item[name]):
            yield f"{name} of {what} is {item[name]!r}"
    if any(not author.get("name") for author in item.get("authors", [])):
        yield f"an author of {what} has no name"
    if any(not isinstance(tag, str) for tag in item.get("tags", [])):
        yield f"a tag of {what} is no string"
    for attachment in item.get("attachments", []):
        if attachment.get("url") is None or not attachment.get("mime_type"):
            yield f"an attachment of {what} lacks url or mime_type"
    if any(name.startswith("_") and not isinstance(value, dict) for name, value in item.items()):
        yield f"an extension of {what} is no object"


def _links(holder: etree._Element) -> list[tuple[str, str | None, str | None, str | None]]:
    """The links of a feed or an entry: relation, type, language and URL."""
    return [
        (link.get("rel", "alternate"), link.get("type"), link.get("hreflang"), link.get("href"))
        for link in holder.findall(f"{ATOM}link")
    ]


def _twice(what: str, values: Iterator[str] | list[str]) -> Iterator[str]:
    yield from (f"{what} {value!r} stands there {times} times" for value, times in Counter(values).items() if times > 1)


def _is_web(url: str | None) -> bool:
    return urlsplit(url or "").scheme in ("http", "https")
