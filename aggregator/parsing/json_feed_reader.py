"""Parses JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/).

Invalid JSON is refused as a whole, as the specification requires, so a truncated document has no entries; only commas
before a closing bracket are accepted. An item without an id is reported, and identified by its URL or its text. A
number in the place of a text, and one value in the place of a list, are read as meant. Only hubs of the type WebSub
count.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from aggregator.model.parsing import Enclosure, ParsedFeed, Unreadable
from aggregator.parsing import entry_fields
from aggregator.parsing.author_lines import people_of_line
from aggregator.parsing.entry_identity import identify_entries
from aggregator.parsing.entry_media import add_pictures, pictures_of_files
from aggregator.parsing.feed_dates import parse_date
from aggregator.parsing.feed_links import advertised_push, first_other_url
from aggregator.parsing.sanitise import storable
from aggregator.parsing.titles import literal_text
from aggregator.parsing.unsanitised_entry import Markup, UnsanitisedEntry, UnsanitisedFeed
from aggregator.parsing.urls import anchor_of, normalise_url

_TRAILING_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|(?<=[\]}"\w])\s*,(?=\s*[}\]])', re.DOTALL)
_IDENTIFYING = ("url", "external_url", "title", "content_html", "content_text", "summary")


def read_json_feed(text: str, *, base: str) -> UnsanitisedFeed | Unreadable:
    """Parses a JSON document; ``base`` is its absolute URL after redirects."""
    try:
        feed = _parsed(text)
    except json.JSONDecodeError as error:
        if error.pos >= len(text) or error.msg.startswith("Unterminated"):
            return Unreadable(reason="the JSON document is truncated")
        return Unreadable(reason=f"invalid JSON: {error.msg}, line {error.lineno}")
    except (ValueError, RecursionError) as error:  # a number with thousands of digits; deep nesting
        return Unreadable(reason=f"the JSON cannot be read ({type(error).__name__})")
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        return Unreadable(reason="the JSON document is not a feed: it has no list of items")
    items = [item for item in feed["items"] if isinstance(item, dict) and _is_identifiable(item)]
    parsed = ParsedFeed(
        format=_format(feed),
        title=literal_text(_text(feed, "title")),
        site_url=entry_fields.web_address(_text(feed, "home_page_url"), base=base),
        language=entry_fields.first_language(_text(feed, "language")),
        push=advertised_push(topics=[_text(feed, "feed_url")], hubs=_hubs(feed), base=base),
        older_url=first_other_url([_text(feed, "next_url")], base=base),
        problems=tuple(_problems(feed, items)),
    )
    return identify_entries(parsed, (_entry(item, feed, base) for item in items))


def _format(feed: dict[str, Any]) -> str:
    version = _text(feed, "version").rstrip("/").rpartition("/")[2]
    return f"JSON Feed {version if version in ('1', '1.1') else '1'}"


def _parsed(text: str) -> Any:
    """Parses JSON, also with line breaks in strings and with commas before a closing bracket."""
    try:
        return json.loads(text, strict=False)
    except json.JSONDecodeError:
        without_commas = _TRAILING_COMMA.sub(lambda match: match[0] if match[0][0] == '"' else "", text)
        if without_commas == text:
            raise
        return json.loads(without_commas, strict=False)


def _is_identifiable(item: dict[str, Any]) -> bool:
    """True if an item has an id, or else a URL or a text that identifies it."""
    return bool(_id(item)) or any(_text(item, name).strip() for name in _IDENTIFYING)


def _problems(feed: dict[str, Any], items: list[dict[str, Any]]) -> Iterator[str]:
    if "jsonfeed.org/version/" not in _text(feed, "version"):
        yield "does not declare a JSON Feed version"
    if nameless := sum(not _id(item) for item in items):
        yield f"has {nameless} items without an id"
    if dropped := len(feed["items"]) - len(items):
        yield f"has {dropped} items that are empty"


def _entry(item: dict[str, Any], feed: dict[str, Any], base: str) -> UnsanitisedEntry:
    url, anchor = _link(item, base)
    enclosures = entry_fields.distinct_enclosures(_enclosures(item, base))
    images = (entry_fields.file_address(_text(item, name), base=base) for name in ("image", "banner_image"))
    markup = _text(item, "content_html")
    plain = Markup.of_text(_words(item.get("content_text")))
    item_content = Markup(markup, url or base, page=url) if markup.strip() else plain
    summary, content, words = entry_fields.summary_and_content(Markup.of_text(_text(item, "summary")), item_content)
    summary, content = add_pictures(summary, content, pictures=pictures_of_files(enclosures))
    modified_at = parse_date(_words(item.get("date_modified")))
    return UnsanitisedEntry(
        guid=storable(_id(item)),
        url=url,
        anchor=anchor,
        title=literal_text(_words(item.get("title"))),
        summary=summary,
        content=content,
        words=words,
        authors=_authors(item) or _authors(feed),
        published_at=parse_date(_words(item.get("date_published"))) or modified_at,
        updated_at=modified_at,
        categories=entry_fields.plain_names(_words(tag) for tag in _list(item, "tags")),
        language=entry_fields.first_language(_text(item, "language"), _text(feed, "language")),
        image=next((image for image in images if image), None) or entry_fields.first_image(enclosures),
        enclosures=enclosures,
        external_links=tuple(url for url in (normalise_url(_text(item, "external_url"), base=base),) if url),
    )


def _id(item: dict[str, Any]) -> str:
    """Returns the id as text, also if it is a number; "" if there is none."""
    value = _words(item.get("id"))
    return value if value.strip() else ""


def _hubs(feed: dict[str, Any]) -> Iterator[str]:
    for hub in _list(feed, "hubs"):
        if isinstance(hub, dict) and _text(hub, "type").lower() == "websub":
            yield _text(hub, "url")


def _link(item: dict[str, Any], base: str) -> tuple[str | None, str]:
    """Returns the URL of the item's page, else of the page it is about, else its id if that is an absolute URL."""
    url, anchor = entry_fields.first_link((_text(item, name) for name in ("url", "external_url")), base=base)
    return (url, anchor) if url else (normalise_url(_text(item, "id")), anchor_of(_text(item, "id")))


def _authors(source: dict[str, Any]) -> tuple[str, ...]:
    """Returns the names of ``authors`` (version 1.1), else of ``author`` (version 1.0)."""
    people = _list(source, "authors") or _list(source, "author")
    lines = (_text(person, "name") if isinstance(person, dict) else person for person in people)
    return entry_fields.plain_names(name for line in lines if isinstance(line, str) for name in people_of_line(line))


def _enclosures(item: dict[str, Any], base: str) -> Iterator[Enclosure | None]:
    for attachment in _list(item, "attachments"):
        if isinstance(attachment, dict):
            yield entry_fields.make_enclosure(
                _text(attachment, "url"),
                media_type=attachment.get("mime_type"),
                length=attachment.get("size_in_bytes"),
                title=attachment.get("title"),
                duration=attachment.get("duration_in_seconds"),
                base=base,
            )


def _text(source: dict[str, Any], name: str) -> str:
    value = source.get(name)
    return value if isinstance(value, str) else ""


def _words(value: object) -> str:
    """Returns a text, also if it is a number; "" for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return json.dumps(value)
    return value if isinstance(value, str) else ""


def _list(source: dict[str, Any], name: str) -> list[Any]:
    """Returns a list; a single value in the place of a list is a list of one."""
    value = source.get(name)
    if value is None or isinstance(value, bool):
        return []
    return value if isinstance(value, list) else [value]
