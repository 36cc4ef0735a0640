"""Reads the metadata of an article page: title, authors, times, language, image, section, URL, outlet.

The sources are the structured data of the page (JSON-LD, Open Graph, meta tags, microdata) and the visible
text near the headline. No value is guessed: a field that the page does not state is None. Each kind of value
has its own module; this module combines them.
"""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from urllib.parse import urljoin, urlsplit

from lxml import html

from aggregator.agencies import agency_named
from aggregator.extraction.article_times import read_article_times
from aggregator.extraction.author_names import AuthorNames, parse_author_names
from aggregator.extraction.bylines import byline_candidates, microdata_authors
from aggregator.extraction.headline import TitleCandidates, choose_headline
from aggregator.extraction.jsonld import read_jsonld
from aggregator.extraction.language_detection import detect_language
from aggregator.extraction.meta_tags import MetaTags, read_meta_tags
from aggregator.extraction.outlet_names import host_names
from aggregator.extraction.structured_article import JsonLdArticle, jsonld_article

_AUTHOR_TAGS = (
    "author", "article:author", "og:article:author", "og:author", "article:author_name", "article.author",
    "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator", "dc.creator.aut", "dcterms.creator.aut",
    "dc:creator", "byl", "citation_author", "dcsext.author", "authors", "rbauthors", "cxenseparse:author",
    "article_author", "creator", "shareaholic:article_author_name",
)  # fmt: skip
_TITLE_TAGS = ("og:title", "twitter:title", "dc.title", "parsely-title", "sailthru.title", "citation_title")
_SUMMARY_TAGS = ("og:description", "description", "twitter:description", "dc.description")
_IMAGE_TAGS = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src", "thumbnailurl")
_SITE_TAGS = ("og:site_name", "application-name", "apple-mobile-web-app-title", "cre", "dc.publisher", "publisher")
_LANGUAGE_TAGS = ("inlanguage", "dc.language", "dcterms.language", "language", "content-language")
_SECTION_TAGS = ("article:section", "og:section", "parsely-section", "cxenseparse:section", "section", "articlesection")
_CREDIT_TAGS = (
    "syndication-source",
    "original-source",
    "article:content_source",
    "source",
    "dc.source",
    "copyright-holder",
)
_TIER_TAGS = ("article:content_tier", "og:article:content_tier", "content_tier", "cxenseparse:access")
_PAYWALLED_TIERS = frozenset({"locked", "metered", "paid", "premium", "subscriber", "subscribers"})
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u2060\ufeff\x00-\x08\x0e-\x1b\x7f]")
"""Soft hyphens, zero-width spaces, direction marks and control characters; not the joiners that Persian needs."""

_MAX_HEADINGS = 50
_MAX_CHARACTERS = 500
_MAX_RAW_CHARACTERS = 5000
_MAX_PARAGRAPHS = 60


AuthorParser = Callable[[tuple[str, ...]], AuthorNames]
"""A function that parses author strings of one outlet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageMetadata:
    """The metadata of a page.

    ``titles`` and ``summaries`` are all titles and summaries of the page and of its feed entry. ``body`` is
    the publisher's copy of the text or "". ``credits`` are the names or URLs that the page states as source
    or owner of the text, without the outlet. ``authors`` are people, not organisations or editorial desks.
    ``paywalled``: the article is not free to read. ``live``: it is a live blog.
    """

    title: str | None = None
    titles: tuple[str, ...] = ()
    summaries: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    image: str | None = None
    section: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    credits: tuple[str, ...] = ()
    paywalled: bool = False
    live: bool = False
    body: str = ""


def read_page_metadata(
    tree: html.HtmlElement, *, url: str, feed_title: str | None = None, feed_summary: str | None = None
) -> PageMetadata:
    """Reads the metadata of a parsed page that was fetched from ``url``; relative URLs become absolute."""
    tags = read_meta_tags(tree)
    canonical_url = _canonical(tree, tags, url)
    article = jsonld_article(read_jsonld(tree), page_urls=tuple(filter(None, (url, canonical_url))))
    site_name = _site_name(tags, article)
    outlets = tuple(dict.fromkeys(filter(None, (site_name, article.publisher))))
    hosts = tuple(host_names(url))
    section = article.section or tags.first(_SECTION_TAGS) or None
    title_candidates = TitleCandidates(
        headings=tuple(_text_of(heading) for heading in islice(tree.iter("h1"), _MAX_HEADINGS)),
        headline=_clean_text(article.headline),
        social=_clean_text(tags.first(_TITLE_TAGS)),
        document=_text_of(title_element) if (title_element := tree.find(".//title")) is not None else "",
        feed=feed_title or "",
        outlets=(*outlets, *hosts),
        sections=(section,) if section else (),
    )
    title = choose_headline(title_candidates)
    parse_authors = (
        parse_author_names if article.publisher_is_person else partial(parse_author_names, outlets=outlets, hosts=hosts)
    )
    authors = _authors(tree, tags, article, title=title, parse_authors=parse_authors)
    times = read_article_times(tree, tags, article, url=url)
    titles = (title, title_candidates.headline, title_candidates.social, title_candidates.feed)
    return PageMetadata(
        title=title,
        titles=tuple(dict.fromkeys(filter(None, titles))),
        summaries=_summaries(tags, feed_summary or ""),
        authors=authors.people,
        published_at=times.published_at,
        modified_at=times.modified_at,
        language=detect_language(_languages(tree, tags, article), _running_text(tree, article)),
        image=_absolute_url(tags.first(_IMAGE_TAGS) or article.image, url),
        section=section,
        canonical_url=canonical_url,
        site_name=site_name,
        credits=_credits(tags, article, authors, outlets),
        paywalled=article.paywalled or tags.first(_TIER_TAGS).casefold() in _PAYWALLED_TIERS,
        live=article.live,
        body=article.body,
    )


def _summaries(tags: MetaTags, feed_summary: str) -> tuple[str, ...]:
    stated = (_clean_text(value) for values in tags.each(_SUMMARY_TAGS) for value in values)
    return tuple(dict.fromkeys(filter(None, (*stated, feed_summary))))


def _authors(
    tree: html.HtmlElement, tags: MetaTags, article: JsonLdArticle, *, title: str | None, parse_authors: AuthorParser
) -> AuthorNames:
    """The people of the first source that names people: structured data first, then the visible bylines.

    Of the visible bylines only the likeliest one with a name is used; the next ones belong to other stories.
    Organisations are collected from all sources that were read.
    """
    organisations = dict.fromkeys(parse_authors(article.organisations).organisations)
    people: tuple[str, ...] = ()
    for strings in _structured_authors(tree, tags, article):
        parsed = parse_authors(tuple(map(_clean_text, strings)))
        organisations.update(dict.fromkeys(parsed.organisations))
        if people := parsed.people:
            break
    else:
        visible = (parse_authors(tuple(map(_clean_text, strings))) for strings in byline_candidates(tree, title=title))
        parsed = next((parsed for parsed in visible if parsed.has_names), AuthorNames())
        organisations.update(dict.fromkeys(parsed.organisations))
        people = parsed.people
    return AuthorNames(people=people, organisations=tuple(organisations))


def _structured_authors(tree: html.HtmlElement, tags: MetaTags, article: JsonLdArticle) -> Iterator[tuple[str, ...]]:
    yield article.authors
    yield from tags.each(_AUTHOR_TAGS)
    yield microdata_authors(tree)


def _site_name(tags: MetaTags, article: JsonLdArticle) -> str | None:
    return tags.first(_SITE_TAGS[:3]) or article.publisher or tags.first(_SITE_TAGS[3:]) or None


def _languages(tree: html.HtmlElement, tags: MetaTags, article: JsonLdArticle) -> Iterator[str]:
    root = tree.getroottree().getroot()
    yield root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or ""
    yield article.language
    yield tags.first(("og:locale",))
    yield tags.first(_LANGUAGE_TAGS)


def _running_text(tree: html.HtmlElement, article: JsonLdArticle) -> str:
    return article.body or " ".join(paragraph.text_content() for paragraph in islice(tree.iter("p"), _MAX_PARAGRAPHS))


def _credits(tags: MetaTags, article: JsonLdArticle, authors: AuthorNames, outlets: tuple[str, ...]) -> tuple[str, ...]:
    """The stated sources and owners of the text, without the outlet itself.

    An agency in an author field is a source of the text; an editorial desk is not.
    """
    own_names = {outlet.casefold() for outlet in outlets}
    agencies = (name for name in authors.organisations if agency_named(name) is not None)
    stated = (*article.credits, *(value for values in tags.each(_CREDIT_TAGS) for value in values), *agencies)
    cleaned = (_clean_text(value) for value in stated)
    return tuple(dict.fromkeys(credit for credit in cleaned if credit and credit.casefold() not in own_names))


def _canonical(tree: html.HtmlElement, tags: MetaTags, url: str) -> str | None:
    """The canonical URL of a page; None if it declares different ones, because a reader's comment may have one."""
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    declared = {absolute for link in links if (absolute := _absolute_url(link.get("href"), url))}
    if declared:
        return declared.pop() if len(declared) == 1 else None
    return _absolute_url(tags.first(("og:url",)), url)


def _absolute_url(value: str | None, base: str) -> str | None:
    if not value or not value.strip():
        return None
    try:
        absolute = urljoin(base, value.strip())
        parts = urlsplit(absolute)
    except ValueError:
        return None
    return absolute if parts.scheme in ("http", "https") and parts.hostname else None


def _text_of(element: html.HtmlElement) -> str:
    return _clean_text(element.text_content())


def _clean_text(value: str) -> str:
    """A metadata value as plain text, without double escapes, markup and invisible characters."""
    value = value[:_MAX_RAW_CHARACTERS]
    if "&" in value:
        value = entities.unescape(value)
    if "<" in value:
        value = _MARKUP.sub("", value)
    return " ".join(_INVISIBLE.sub("", value).split())[:_MAX_CHARACTERS]
