"""Reads the publication and modification times of an article from its page.

The structured data of the page comes first, then the visible dates, then the date in the URL. The text is
searched for a date only if all of them fail, because that takes as long as everything else together. The
choice between the times of the page and of the feed is made where the article is stored, because it needs the
current time.
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
from aggregator.extraction.structured_article import JsonLdArticle
from aggregator.parsing.feed_dates import EARLIEST_DATE, parse_date

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
_TIME_ELEMENTS = etree.XPath("//time[not(ancestor::aside or ancestor::footer or ancestor::nav)]")
_MICRODATA = etree.XPath("//*[starts-with(normalize-space(@itemprop), 'date') and not(self::meta)]")
_DATE_ELEMENTS = etree.XPath(
    "//*[self::span or self::div or self::p or self::li or self::small or self::em]"
    "[contains(@class, 'date') or contains(@class, 'Date') or contains(@class, 'time') or contains(@class, 'publish')"
    " or contains(@class, 'posted') or contains(@id, 'date')]"
    "[not(ancestor::aside or ancestor::footer or ancestor::nav)]"
)
_PUBLISHED_LABEL = re.compile(
    r"(?i)^\W*(?:(?:last |first )?(?:published|posted|updated|publié|publicado|pubblicato|veröffentlicht|erstellt|"
    r"stand|опубликовано|发布时间|发布|公開|掲載|نشر(?:ت)?)(?:\s+(?:on|at|am|le|el|em|il|в|في))?)\s*[:：]?\s*"
)
_MODIFIED_LABEL = re.compile(r"(?i)updat|modif|aktualis|mise? à jour|actuali|atuali|aggiorn|обновл|更新|تحديث")
_DATE_IN_URL = re.compile(r"/((?:19|20)\d\d)[/-](0?[1-9]|1[0-2])[/-](0?[1-9]|[12]\d|3[01])(?=[/\-_.]|$)")
_CLOCK = re.compile(r"\d[T\s,]*\d{1,2}:\d\d|\d{1,2}:\d\d|^\d{9,13}$")
_ZONE = re.compile(r"(?:Z|[+-]\d\d:?\d\d|\b(?:GMT|UTC)\b.*)$|^\d{9,13}$", re.IGNORECASE)
_YEAR_ONLY = "-01-01"
"""The end of a date of which htmldate found only the year, most often in a copyright notice."""

_MAX_DATE_ELEMENTS = 8
_MAX_MICRODATA = 50
_MAX_CHARACTERS = 80
_MAX_DIFFERENCE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleTimes:
    """The times of an article in UTC, None if unknown; a time without a zone is UTC, a day is its midnight."""

    published_at: datetime | None = None
    modified_at: datetime | None = None


def read_article_times(tree: html.HtmlElement, tags: MetaTags, article: JsonLdArticle, *, url: str) -> ArticleTimes:
    """Reads the times of a parsed page that was fetched from ``url``."""
    microdata = _microdata_dates(tree)
    published = _best([article.published, *_values(tags, _PUBLISHED_TAGS), *microdata["datePublished"]])
    if published is None:
        published = _best(
            [
                *_time_elements(tree),
                article.page_published,
                *_date_elements(tree),
                *_date_in_url(url),
            ]
        )
    modified = _best([article.modified, *_values(tags, _MODIFIED_TAGS), *microdata["dateModified"]])
    if published is None:
        published = _date_in_text(tree, url) or modified
    if modified is not None and published is not None and modified <= published:
        modified = None
    return ArticleTimes(published_at=published, modified_at=modified)


def _values(tags: MetaTags, names: Iterable[str]) -> Iterator[str]:
    for values in tags.each(names):
        yield from values


def _microdata_dates(tree: html.HtmlElement) -> Mapping[str, list[str]]:
    """The dates in microdata outside of meta tags, by property: ``<time itemprop="datePublished" datetime="…">``."""
    dates: dict[str, list[str]] = {"datePublished": [], "dateModified": []}
    for element in islice(_elements(_MICRODATA, tree), _MAX_MICRODATA):
        for name in (element.get("itemprop") or "").split():
            if name in dates:
                dates[name].append(element.get("datetime") or element.get("content") or _text(element))
    return dates


def _time_elements(tree: html.HtmlElement) -> Iterator[str]:
    """The values of the first ``time`` elements of the page, without times of modification."""
    times = (time for time in _elements(_TIME_ELEMENTS, tree) if not _is_modification(time))
    for time in islice(times, _MAX_DATE_ELEMENTS):
        yield time.get("datetime") or time.get("data-date") or _text(time)


def _is_modification(time: html.HtmlElement) -> bool:
    label = " ".join(filter(None, (time.get("class"), time.get("itemprop"), time.text)))
    parent = time.getparent()
    return _MODIFIED_LABEL.search(label) is not None or (
        parent is not None and _MODIFIED_LABEL.search(parent.text or "") is not None
    )


def _date_elements(tree: html.HtmlElement) -> Iterator[str]:
    """The short texts of elements with a class or id for dates."""
    for element in islice(_elements(_DATE_ELEMENTS, tree), _MAX_DATE_ELEMENTS):
        if text := _text(element):
            yield _PUBLISHED_LABEL.sub("", text)


def _date_in_url(url: str) -> Iterator[str]:
    if match := _DATE_IN_URL.search(url):
        yield f"{match[1]}-{match[2]:0>2}-{match[3]:0>2}"


def _date_in_text(tree: html.HtmlElement, url: str) -> datetime | None:
    """The date that htmldate finds in the text, for pages without other dates."""
    try:
        found = find_date(tree, url=url, original_date=True, outputformat="%Y-%m-%d")
    except (ValueError, OverflowError, RecursionError):
        return None
    return _instant(found) if found and not found.endswith(_YEAR_ONLY) else None


def _best(values: Iterable[str]) -> datetime | None:
    """The first valid value, or a value within a day of it that is more precise."""
    parsed = [(instant, value) for value in values if (instant := _instant(value)) is not None]
    if not parsed:
        return None
    first = parsed[0][0]
    same_day = (pair for pair in parsed if abs(pair[0] - first) < _MAX_DIFFERENCE)
    return max(same_day, key=lambda pair: _precision(pair[1]))[0]


def _precision(value: str) -> int:
    """0 for a date, 1 for a date and time, 2 for a date and time with a time zone."""
    clock = _CLOCK.search(value)
    return 0 if clock is None else 1 if _ZONE.search(value) is None else 2


def _instant(value: str) -> datetime | None:
    instant = parse_date(value)
    return instant if instant is not None and instant >= EARLIEST_DATE else None


def _elements(path: etree.XPath, tree: html.HtmlElement) -> list[html.HtmlElement]:
    return cast("list[html.HtmlElement]", path(tree))


def _text(element: html.HtmlElement) -> str:
    text = " ".join("".join(element.itertext()).split())
    return text if len(text) <= _MAX_CHARACTERS else ""
