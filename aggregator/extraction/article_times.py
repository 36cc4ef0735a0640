"""When was the article published, and when last changed, as far as the page tells?

The publisher's statements for machines come first, then what the page shows beside its headline, then
the day in its address. The running text is read for a date only where all of that fails: it takes as
long as everything else together. Which of several dates of an article to believe is decided where it
is stored, for that needs to know the time of day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import cast

from htmldate import find_date
from lxml import etree, html

from aggregator.extraction.meta_tags import MetaTags
from aggregator.extraction.structured_article import StructuredArticle
from aggregator.parsing.feed_dates import EARLIEST, parse_date

_PUBLISHED_TAGS = (
    "article:published_time", "article:published", "og:article:published_time", "og:published_time",
    "parsely-pub-date", "datepublished", "article.published", "sailthru.date", "cxenseparse:recs:publishtime",
    "cxenseparse:publishtime", "publishdate", "publish-date", "publish_date", "published_date", "published-date",
    "publication_date", "pubdate", "date.issued", "dc.date.issued", "dcterms.issued", "dc.date.created",
    "dcterms.created", "citation_publication_date", "citation_online_date", "date", "dc.date", "dcterms.date",
    "article_date_original", "originalpublicationdate", "article.created", "datecreated", "creation_date",
    "rnews:datepublished", "timestamp",
)  # fmt: skip
_MODIFIED_TAGS = (
    "article:modified_time", "article:modified", "og:article:modified_time", "og:updated_time", "og:modified_time",
    "datemodified", "article.updated", "dc.date.modified", "dcterms.modified", "last-modified", "lastmod", "revised",
    "cxenseparse:recs:modifiedtime", "modified", "last_updated_date", "bt:moddate",
)  # fmt: skip
_TIMES = etree.XPath("//time[not(ancestor::aside or ancestor::footer or ancestor::nav)]")
_PROPERTIES = etree.XPath("//*[starts-with(normalize-space(@itemprop), 'date') and not(self::meta)]")
_SHOWN = etree.XPath(
    "//*[self::span or self::div or self::p or self::li or self::small or self::em]"
    "[contains(@class, 'date') or contains(@class, 'Date') or contains(@class, 'time') or contains(@class, 'publish')"
    " or contains(@class, 'posted') or contains(@id, 'date')]"
    "[not(ancestor::aside or ancestor::footer or ancestor::nav)]"
)
_LABEL = re.compile(
    r"(?i)^\W*(?:(?:last |first )?(?:published|posted|updated|publié|publicado|pubblicato|veröffentlicht|erstellt|"
    r"stand|опубликовано|发布时间|发布|公開|掲載|نشر(?:ت)?)(?:\s+(?:on|at|am|le|el|em|il|в|في))?)\s*[:：]?\s*"
)
_CHANGED = re.compile(r"(?i)updat|modif|aktualis|mise? à jour|actuali|atuali|aggiorn|обновл|更新|تحديث")
_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/\-_.]|$)")
_CLOCK = re.compile(r"\d[T\s,]*\d{1,2}:\d\d|\d{1,2}:\d\d|^\d{9,13}$")
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|\b(?:GMT|UTC)\b.*)$|^\d{9,13}$", re.IGNORECASE)
_GUESSED = "-01-01"
"""How a date ends of which htmldate found only the year, most often in a line of copyright."""

_MAX_SHOWN = 8
_MAX_MARKED = 50
_MAX_TEXT = 80
_SAME = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """Both in UTC, None where nobody tells. A time without a zone counts as UTC, a day as its midnight."""

    published_at: datetime | None = None
    modified_at: datetime | None = None


def read_times(tree: html.HtmlElement, tags: MetaTags, article: StructuredArticle, *, url: str) -> Times:
    """The times of a parsed page that was fetched from ``url``."""
    marked = _marked(tree)
    published = _best([article.published, *_values(tags, _PUBLISHED_TAGS), *marked["datePublished"]])
    if published is None:
        published = _best([*_times_shown(tree), article.page_published, *_days_shown(tree), *_in_address(url)])
    modified = _best([article.modified, *_values(tags, _MODIFIED_TAGS), *marked["dateModified"]])
    if published is None:
        published = _in_text(tree, url) or modified
    if modified is not None and published is not None and modified <= published:
        modified = None
    return Times(published_at=published, modified_at=modified)


def _values(tags: MetaTags, names: Iterable[str]) -> Iterator[str]:
    for values in tags.each(names):
        yield from values


def _marked(tree: html.HtmlElement) -> Mapping[str, list[str]]:
    """Microdata outside of meta tags, by property: ``<time itemprop="datePublished" datetime="…">``."""
    found: dict[str, list[str]] = {"datePublished": [], "dateModified": []}
    for element in islice(_elements(_PROPERTIES, tree), _MAX_MARKED):
        for name in (element.get("itemprop") or "").split():
            if name in found:
                found[name].append(element.get("datetime") or element.get("content") or _text(element))
    return found


def _times_shown(tree: html.HtmlElement) -> Iterator[str]:
    """The first ``time`` elements of the page but those that tell of a change."""
    times = (time for time in _elements(_TIMES, tree) if not _tells_of_change(time))
    for time in islice(times, _MAX_SHOWN):
        yield time.get("datetime") or time.get("data-date") or _text(time)


def _tells_of_change(time: html.HtmlElement) -> bool:
    before = " ".join(filter(None, (time.get("class"), time.get("itemprop"), time.text)))
    parent = time.getparent()
    return _CHANGED.search(before) is not None or (
        parent is not None and _CHANGED.search(parent.text or "") is not None
    )


def _days_shown(tree: html.HtmlElement) -> Iterator[str]:
    """Short texts of elements that are called dates."""
    for element in islice(_elements(_SHOWN, tree), _MAX_SHOWN):
        if text := _text(element):
            yield _LABEL.sub("", text)


def _in_address(url: str) -> Iterator[str]:
    if match := _IN_ADDRESS.search(url):
        yield f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}"


def _in_text(tree: html.HtmlElement, url: str) -> datetime | None:
    """The day that stands in the text, for pages that state none for machines."""
    try:
        found = find_date(tree, url=url, original_date=True, outputformat="%Y-%m-%d")
    except (ValueError, OverflowError, RecursionError):
        return None
    return _instant(found) if found and not found.endswith(_GUESSED) else None


def _best(claims: Iterable[str]) -> datetime | None:
    """The first claim that can be read, as exactly as a later one tells the same day."""
    read = [(instant, claim) for claim in claims if (instant := _instant(claim)) is not None]
    if not read:
        return None
    first = read[0][0]
    return max((pair for pair in read if abs(pair[0] - first) < _SAME), key=lambda pair: _exactness(pair[1]))[0]


def _exactness(claim: str) -> int:
    clock = _CLOCK.search(claim)
    return 0 if clock is None else 1 if _ZONE.search(claim) is None else 2


def _instant(claim: str) -> datetime | None:
    instant = parse_date(claim)
    return instant if instant is not None and instant >= EARLIEST else None


def _elements(path: etree.XPath, tree: html.HtmlElement) -> list[html.HtmlElement]:
    return cast("list[html.HtmlElement]", path(tree))


def _text(element: html.HtmlElement) -> str:
    text = " ".join("".join(element.itertext()).split())
    return text if len(text) <= _MAX_TEXT else ""
