"""Parses a sitemap as a feed: one entry per page.

Plain sitemaps (https://www.sitemaps.org/protocol.html) and those with Google's extensions for news, images and
video are supported. Elements are recognised by their local names and parents, because the namespaces differ
between versions (0.84, 0.9) and publishers omit the prefixes' declarations.

The ``loc`` of a page is its guid and link, on any host: an operator chose the sitemap, like any other feed. A page
without a news or video title has no title here; it gets one when the page is extracted. Only the newest ``MAX_PAGES``
are read. ``lastmod`` is a date like any other and no sign of a change (docs/decisions/0009): many sites write
the time of the request into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from aggregator.model.parsing import ParsedFeed, Unreadable
from aggregator.parsing import entry_fields
from aggregator.parsing.entry_identity import identify_entries
from aggregator.parsing.feed_dates import parse_date
from aggregator.parsing.sanitise import storable
from aggregator.parsing.sitemap_recovery import well_formed_pages
from aggregator.parsing.titles import plain_text
from aggregator.parsing.unsanitised_entry import Markup, UnsanitisedEntry, UnsanitisedFeed
from aggregator.parsing.urls import absolute_url, normalise_url
from aggregator.parsing.xml_repair import RepairedXml, repair_xml
from aggregator.parsing.xml_tree import XmlElement, local_name, parse_xml_tree

MAX_PAGES = 1_000
"""Pages read of one sitemap: the limit of a news sitemap; a plain one may list 50,000."""

_MAX_SUGGESTED = 3
_CATEGORY_LISTS = ("keywords", "genres", "stock_tickers")


def read_sitemap(text: str, *, base: str) -> UnsanitisedFeed | Unreadable:
    """Parses a document with the root ``urlset`` or ``sitemapindex``; ``base`` is its URL after redirects.

    An index lists no pages, so it is ``Unreadable``; the reason names its newest sitemaps.
    """
    root, problems = parse_xml_tree(text), tuple[str, ...]()
    if root is None:
        document = repair_xml(text)
        if isinstance(document, Unreadable):
            return document
        root, problems = _tree_of_repaired(document)
    if root is None:
        return Unreadable(reason="the XML cannot be read")
    if local_name(root) == "sitemapindex":
        return Unreadable(reason=_reason_for_index(root, base))
    pages = list(_children(root, "url"))
    entries = [_entry(page, base) for page in _newest(pages)]
    usable = [entry for entry in entries if entry.url]
    feed = ParsedFeed(
        format="News sitemap" if any(_find(page, "news") is not None for page in pages) else "Sitemap",
        title=next((name for page in pages if (name := plain_text(_text(page, "news", "publication", "name")))), ""),
        language=next((entry.language for entry in usable if entry.language), None),
        problems=problems + tuple(_problems(len(pages), len(entries) - len(usable))),
    )
    return identify_entries(feed, sorted(usable, key=_newest_first))


def _tree_of_repaired(document: RepairedXml) -> tuple[XmlElement | None, tuple[str, ...]]:
    """Returns the root of a repaired document, and its problems."""
    if not document.structure.is_garbled:
        return parse_xml_tree(document.text, recover=True), document.problems
    text, lost = well_formed_pages(document.text)
    return parse_xml_tree(text, recover=True), (
        *document.problems,
        *([f"has {lost} ill-formed pages"] if lost else []),
    )


def _problems(pages: int, dropped: int) -> Iterator[str]:
    if pages > MAX_PAGES:
        yield f"lists {pages} pages, of which the newest {MAX_PAGES} are read"
    if dropped:
        yield f"has {dropped} pages without a URL"


def _entry(page: XmlElement, base: str) -> UnsanitisedEntry:
    changed_at = parse_date(_text(page, "lastmod"))
    published = (_text(page, kind, "publication_date") for kind in ("news", "video"))
    images = (_text(page, "image", "loc"), _text(page, "video", "thumbnail_loc"))
    enclosure = entry_fields.make_enclosure(
        _text(page, "video", "content_loc"), media_type=None, length=None, base=base
    )
    description = plain_text(_text(page, "video", "description"), limit=entry_fields.MIN_ARTICLE_LENGTH)
    return UnsanitisedEntry(
        guid=storable(_text(page, "loc")),
        url=normalise_url(_text(page, "loc"), base=base),
        title=plain_text(_text(page, "news", "title") or _text(page, "video", "title")),
        summary=Markup.of_text(description),
        words=description,
        published_at=next((date for value in published if (date := parse_date(value))), changed_at),
        updated_at=changed_at,
        categories=entry_fields.plain_names(_categories(page)),
        language=entry_fields.first_language(_text(page, "news", "publication", "language")),
        image=next((url for image in images if (url := entry_fields.file_address(image, base=base))), None),
        enclosures=entry_fields.distinct_enclosures([enclosure]),
    )


def _categories(page: XmlElement) -> Iterator[str]:
    for name in _CATEGORY_LISTS:
        yield from _text(page, "news", name).split(",")
    for video in _children(page, "video"):
        yield from (tag.text or "" for tag in (*_children(video, "category"), *_children(video, "tag")))


def _reason_for_index(index: XmlElement, base: str) -> str:
    sitemaps = (_text(child, "loc") for child in _newest(list(_children(index, "sitemap"))))
    urls = [url for sitemap in sitemaps if (url := absolute_url(sitemap, base=base))][:_MAX_SUGGESTED]
    advice = f"; configure its sitemaps instead, newest first: {', '.join(urls)}" if urls else ""
    return f"the body is a sitemap index, not a feed{advice}"


def _newest(listed: Sequence[XmlElement]) -> list[XmlElement]:
    """Returns the newest pages, the newest first; of equal dates those near either end, where sites add pages."""
    if len(listed) <= MAX_PAGES and (not listed or local_name(listed[0]) == "url"):
        return list(listed)

    def rank(index: int) -> tuple[float, int]:
        date = parse_date(_text(listed[index], "news", "publication_date") or _text(listed[index], "lastmod"))
        return -_timestamp(date), min(index, len(listed) - 1 - index)

    return [listed[index] for index in sorted(range(len(listed)), key=rank)[:MAX_PAGES]]


def _newest_first(entry: UnsanitisedEntry) -> float:
    return -_timestamp(entry.published_at)


def _timestamp(date: datetime | None) -> float:
    return date.timestamp() if date else float("-inf")


def _text(element: XmlElement, *path: str) -> str:
    """Returns the text at a path of local names, of the first match at each step; "" if there is none."""
    target = _find(element, *path)
    return (target.text or "").strip() if target is not None else ""


def _find(element: XmlElement, *path: str) -> XmlElement | None:
    found: XmlElement | None = element
    for name in path:
        found = next(_children(found, name), None) if found is not None else None
    return found


def _children(element: XmlElement, name: str) -> Iterator[XmlElement]:
    return (child for child in element if local_name(child) == name)
