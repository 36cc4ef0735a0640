"""States the facts of a feed document in one form, from the program and from other parsers, so that they compare.

A fact has a name ("title", "link") and a value without what parsers may do as they like: white space, markup, the
scheme of an address. ``differences`` compares the facts of two readings of one document.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from time import struct_time
from typing import Any

import feedparser

from aggregator.parsing.feed_document import parse_unsanitised
from aggregator.parsing.unsanitised_entry import UnsanitisedEntry, UnsanitisedFeed
from benchmarks.content_parts import address_key, letters_of
from benchmarks.html_parts import list_parts

Value = str | int | tuple[str, ...] | None
Facts = Mapping[str, Value]
_TAG = re.compile(r"<[A-Za-z/!][^<>]*>")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """What a parser reads in a document: facts of the feed, and of each entry in document order."""

    feed: Facts
    entries: tuple[Facts, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A fact that two parsers read otherwise; ``fact`` begins with "feed" for one of the feed."""

    document: str
    fact: str
    ours: Value
    theirs: Value


def differences(document: str, ours: Reading, theirs: Reading) -> Iterator[Difference]:
    """Yields the facts in which two readings of a document differ, as far as the other parser states them."""
    if len(ours.entries) != len(theirs.entries):
        yield Difference(document=document, fact="entries", ours=len(ours.entries), theirs=len(theirs.entries))
    pairs = [(f"feed {name}", ours.feed.get(name), value) for name, value in theirs.feed.items()]
    if len(ours.entries) == len(theirs.entries):
        for own, other in zip(ours.entries, theirs.entries, strict=True):
            pairs += [(name, own.get(name), value) for name, value in other.items()]
    for fact, own_value, value in pairs:
        if own_value != value:
            yield Difference(document=document, fact=fact, ours=own_value, theirs=value)


def read_ours(body: bytes, *, url: str, headers: Mapping[str, str]) -> Reading:
    """Reads a document with the program."""
    outcome = parse_unsanitised(
        body,
        url=url,
        content_type=headers.get("content-type"),
        content_location=headers.get("content-location"),
    )
    if not isinstance(outcome, UnsanitisedFeed):
        return Reading(feed={"title": "", "link": None, "language": None})
    feed = {
        "title": outcome.feed.title,
        "link": address_fact(outcome.feed.site_url),
        "language": (outcome.feed.language or "").lower() or None,
    }
    return Reading(feed=feed, entries=tuple(_our_entry(draft) for draft in outcome.entries_by_uid.values()))


def read_with_feedparser(body: bytes, *, url: str, headers: Mapping[str, str]) -> tuple[Reading, Mapping[str, Any]]:
    """Reads a document with feedparser; gives its whole result too."""
    result = feedparser.parse(io.BytesIO(body), response_headers={"content-location": url, **headers})
    feed = result.feed
    stated = {
        "title": _text(feed.get("title", ""), feed.get("title_detail", {})),
        "link": address_fact(feed.get("link")),
        "language": (feed.get("language") or "").replace("_", "-").lower() or None,
    }
    return Reading(feed=stated, entries=tuple(_feedparser_entry(entry) for entry in result.entries)), result


def _our_entry(draft: UnsanitisedEntry) -> Facts:
    entry = draft.sanitised("")
    return {
        "id": draft.guid.strip(),
        "link": address_fact(entry.url),
        "title": folded(entry.title),
        "published": instant_fact(entry.published_at),
        "updated": instant_fact(entry.updated_at),
        "authors": entry.authors,
        "text": letters_fact(entry.content, entry.summary),
        "enclosures": tuple(sorted(address_key(one.url) for one in entry.enclosures)),
        "categories": entry.categories,
    }


def _feedparser_entry(entry: Mapping[str, Any]) -> Facts:
    texts = [_html(detail) for detail in (*entry.get("content", ()), entry.get("summary_detail") or {})]
    published, updated = entry.get("published_parsed"), entry.get("updated_parsed")
    return {
        "id": entry.get("id", "").strip(),
        "link": address_fact(entry.get("link")),
        "title": _text(entry.get("title", ""), entry.get("title_detail", {})),
        "published": _stamp(published),
        "updated": _stamp(updated if "updated_parsed" in set(entry) else None),
        "authors": tuple(
            dict.fromkeys(name for one in entry.get("authors", ()) if (name := folded(one.get("name") or "")))
        ),
        "text": letters_fact(*texts),
        "enclosures": tuple(
            sorted({address_key(one["href"]) for one in entry.get("enclosures", ()) if one.get("href")})
        ),
        "categories": tuple(
            dict.fromkeys(term for one in entry.get("tags", ()) if (term := folded(one.get("term") or "")))
        ),
    }


def _each_once(texts: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for one in texts if (text := folded(one or ""))))


def _html(detail: Mapping[str, Any]) -> str:
    value = str(detail.get("value") or "")
    return html.escape(value, quote=False) if detail.get("type") == "text/plain" else value


def _text(value: str, detail: Mapping[str, Any]) -> str:
    if detail.get("type") != "text/plain":
        value = html.unescape(_TAG.sub("", value))
    return folded(value)


def folded(text: str) -> str:
    """Returns a text as one line."""
    return " ".join(text.split())


def letters_fact(*texts: str) -> str:
    """Returns the letters of HTML texts, each text once, in any order."""
    distinct = {
        letters_of("".join(part.label for part in list_parts(text).parts if part.kind == "words")) for text in texts
    }
    return " ".join(sorted(distinct - {""}))


def address_fact(url: str | None) -> str | None:
    """Returns an address without its scheme, None for none."""
    return address_key(url) if url else None


def instant_fact(at: datetime | None) -> str | None:
    """Returns an instant in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if at else None


def _stamp(at: struct_time | None) -> str | None:
    return (
        f"{at.tm_year:04}-{at.tm_mon:02}-{at.tm_mday:02}T{at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02}" if at else None
    )
