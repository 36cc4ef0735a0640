"""What does a sitemap say of the pages it lists, read as a feed?

Plain sitemaps (https://www.sitemaps.org/protocol.html) and those with Google's extensions for news,
images and video. Elements are known by their local names and by what they stand in, because the
namespaces differ between versions (0.84, 0.9) and their prefixes are forgotten.

An entry is named by its ``loc``, on whichever host that is: an operator chose the sitemap, as any
other feed. A page without a news or video title has none here; its own is chosen when it is read.
Only the newest ``MOST_PAGES`` are taken. ``lastmod`` is a date like any other and no sign of a
change (docs/decisions/0009): many sites write the time of the request into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from aggregator.model.parsing import ParsedFeed, Unreadable
from aggregator.parsing import entry_fields
from aggregator.parsing.entry_identity import named
from aggregator.parsing.feed_dates import parse_date
from aggregator.parsing.sanitise import plain_text, storable
from aggregator.parsing.sitemap_recovery import well_formed_pages
from aggregator.parsing.unsanitised_entry import Draft, DraftFeed, Markup
from aggregator.parsing.urls import absolute_url, normalise_url
from aggregator.parsing.xml_repair import Mended, mended
from aggregator.parsing.xml_tree import Element, local_name, xml_tree

MOST_PAGES = 1_000
"""Pages taken of one sitemap: as many as a news sitemap may list, of the 50,000 that a plain one may."""

_NAMED = 3
_LISTS = ("keywords", "genres", "stock_tickers")


def read_sitemap(text: str, *, base: str) -> DraftFeed | Unreadable:
    """Read a document whose root is ``urlset`` or ``sitemapindex``; ``base`` is the URL it was got from.

    An index lists no pages, so it is ``Unreadable`` with the newest of its sitemaps in the reason.
    """
    root, problems = xml_tree(text), tuple[str, ...]()
    if root is None:
        document = mended(text)
        if isinstance(document, Unreadable):
            return document
        root, problems = _mended_tree(document)
    if root is None:
        return Unreadable(reason="the XML cannot be read")
    if local_name(root) == "sitemapindex":
        return Unreadable(reason=_listed_instead(root, base))
    pages = list(_children(root, "url"))
    entries = [_entry(page, base) for page in _newest(pages)]
    usable = [entry for entry in entries if entry.url]
    feed = ParsedFeed(
        format="News sitemap" if any(_value(page, "news") is not None for page in pages) else "Sitemap",
        title=next((name for page in pages if (name := plain_text(_text(page, "news", "publication", "name")))), ""),
        language=next((entry.language for entry in usable if entry.language), None),
        problems=problems + tuple(_problems(len(pages), len(entries) - len(usable))),
    )
    return DraftFeed(feed=feed, drafts=named(sorted(usable, key=_age)))


def _mended_tree(document: Mended) -> tuple[Element | None, tuple[str, ...]]:
    """The root of a document that had to be mended, and what was wrong with it."""
    if not document.structure.is_garbled:
        return xml_tree(document.text, recover=True), document.problems
    text, lost = well_formed_pages(document.text)
    return xml_tree(text, recover=True), (
        *document.problems,
        *([f"has {lost} ill-formed pages"] if lost else []),
    )


def _problems(pages: int, dropped: int) -> Iterator[str]:
    if pages > MOST_PAGES:
        yield f"lists {pages} pages, of which the newest {MOST_PAGES} are read"
    if dropped:
        yield f"has {dropped} pages without a URL"


def _entry(page: Element, base: str) -> Draft:
    changed_at = parse_date(_text(page, "lastmod"))
    stated = (_text(page, kind, "publication_date") for kind in ("news", "video"))
    images = (_text(page, "image", "loc"), _text(page, "video", "thumbnail_loc"))
    enclosure = entry_fields.enclosure(_text(page, "video", "content_loc"), media_type=None, length=None, base=base)
    description = plain_text(_text(page, "video", "description"), limit=entry_fields.LONG_SUMMARY)
    return Draft(
        guid=storable(_text(page, "loc")),
        url=normalise_url(_text(page, "loc"), base=base),
        title=plain_text(_text(page, "news", "title") or _text(page, "video", "title")),
        summary=Markup.of_text(description),
        words=description,
        published_at=next((date for value in stated if (date := parse_date(value))), changed_at),
        updated_at=changed_at,
        categories=entry_fields.names(_categories(page)),
        language=entry_fields.language(_text(page, "news", "publication", "language")),
        image=next((url for image in images if (url := normalise_url(image, base=base))), None),
        enclosures=entry_fields.distinct([enclosure]),
    )


def _categories(page: Element) -> Iterator[str]:
    for name in _LISTS:
        yield from _text(page, "news", name).split(",")
    for video in _children(page, "video"):
        yield from (tag.text or "" for tag in (*_children(video, "category"), *_children(video, "tag")))


def _listed_instead(index: Element, base: str) -> str:
    sitemaps = (_text(child, "loc") for child in _newest(list(_children(index, "sitemap"))))
    urls = [url for sitemap in sitemaps if (url := absolute_url(sitemap, base=base))][:_NAMED]
    advice = f"; configure its sitemaps instead, newest first: {', '.join(urls)}" if urls else ""
    return f"the body is a sitemap index, not a feed{advice}"


def _newest(listed: Sequence[Element]) -> list[Element]:
    """The newest by date, in the order given; among equals those near either end, where sites add."""
    if len(listed) <= MOST_PAGES and (not listed or local_name(listed[0]) == "url"):
        return list(listed)

    def rank(place: int) -> tuple[float, int]:
        date = parse_date(_text(listed[place], "news", "publication_date") or _text(listed[place], "lastmod"))
        return -_seconds(date), min(place, len(listed) - 1 - place)

    return [listed[place] for place in sorted(range(len(listed)), key=rank)[:MOST_PAGES]]


def _age(entry: Draft) -> float:
    return -_seconds(entry.published_at)


def _seconds(date: datetime | None) -> float:
    return date.timestamp() if date else float("-inf")


def _text(element: Element, *path: str) -> str:
    """The text at a path of local names, the first at each step; "" where there is none."""
    found = _value(element, *path)
    return (found.text or "").strip() if found is not None else ""


def _value(element: Element, *path: str) -> Element | None:
    found: Element | None = element
    for name in path:
        found = next(_children(found, name), None) if found is not None else None
    return found


def _children(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if local_name(child) == name)
