"""What does an article page say of itself: title, authors, time, language, image, address, outlet?

It reads what publishers wrote for machines (JSON-LD, Open Graph, meta tags, ``time`` elements) and
invents nothing: a field that nobody states is None. Names and dates found in running text are not
its business: of pages that name no author, such guesses gave one to every second.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from lxml import html

from aggregator.extraction.jsonld import StructuredArticle, structured_article
from aggregator.extraction.outlet_names import host_names
from aggregator.extraction.title import TitleWitnesses, choose_title

_AUTHOR_TAGS = (
    "author", "article:author", "og:article:author", "parsely-author", "sailthru.author", "dc.creator",
    "dcterms.creator", "byl", "citation_author", "dcsext.author", "authors",
)  # fmt: skip
_TIME_TAGS = (
    "article:published_time", "og:article:published_time", "og:published_time", "parsely-pub-date", "date",
    "pubdate", "publishdate", "publish-date", "publication_date", "sailthru.date", "dc.date.issued", "dc.date",
    "dcterms.created", "dcterms.date", "article.published", "datepublished", "cxenseparse:recs:publishtime",
)  # fmt: skip
_IMAGE_TAGS = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_SITE_TAGS = ("og:site_name", "application-name", "apple-mobile-web-app-title")
_LANGUAGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}))?(?![A-Za-z])")
_BYLINE_WORD = re.compile(r"^(?:written by|by|von|par|por|di|door|av|af)\s+(?=\S)", re.IGNORECASE)
_BETWEEN_AUTHORS = re.compile(r"\s*(?:;|\||\s/\s|\band\b|\bund\b|\bet\b|、|，|•)\s*")
_FULL_NAME_WORDS = (2, 3)
"""How many words each part must have for a comma to stand between people, not before a job or a degree."""
_NOT_A_NAME = re.compile(r"https?:|www\.|@|[\d<>{}\[\]=_]")
_NOBODY = frozenset({
    "admin", "administrator", "anonymous", "author", "company", "editor", "editorial", "editors", "guest", "newsroom",
    "none", "null", "redaction", "redaktion", "root", "staff", "undefined", "unknown", "user", "webmaster",
})  # fmt: skip
_AROUND_NAMES = " ,.;:|-"
_MAX_NAME = 60
_MAX_NAME_WORDS = 6
_MAX_AUTHORS = 10
_MAX_ACRONYM = 5
_FIRST_YEAR = 1990


@dataclass(frozen=True, kw_only=True, slots=True)
class PageClaims:
    """What the page claims; ``titles`` are all its titles, ``body`` the publisher's own copy of the text or ""."""

    title: str | None = None
    titles: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    language: str | None = None
    image: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    body: str = ""


def read_claims(tree: html.HtmlElement, *, url: str, feed_title: str | None) -> PageClaims:
    """The claims of a parsed page that was fetched from ``url``; relative addresses become absolute."""
    tags = _meta_tags(tree)
    article = structured_article(tree)
    site_name = _first(tags, _SITE_TAGS) or article.publisher or None
    witnesses = TitleWitnesses(
        headings=tuple(_words(heading) for heading in tree.iter("h1")),
        headline=_text(article.headline),
        social=_first(tags, ("og:title", "twitter:title")),
        document=_words(found) if (found := tree.find(".//title")) is not None else "",
        feed=feed_title or "",
        outlets=tuple(filter(None, (site_name, article.publisher, *host_names(url)))),
    )
    title = choose_title(witnesses)
    return PageClaims(
        title=title,
        titles=tuple(dict.fromkeys(filter(None, (title, witnesses.headline, witnesses.social, witnesses.feed)))),
        authors=_authors(tree, article, tags, site_name),
        published_at=next(_instants(article, tags, tree), None),
        language=_language(tree, tags, article),
        image=_address(_first(tags, _IMAGE_TAGS) or article.image, url),
        canonical_url=_canonical(tree, tags, url),
        site_name=site_name,
        body=article.body,
    )


def _meta_tags(tree: html.HtmlElement) -> Mapping[str, str]:
    """Meta tags by their lower-case name, property or itemprop; the first of each name counts."""
    tags: dict[str, str] = {}
    for tag in tree.iter("meta"):
        content = _text(tag.get("content") or "")
        for attribute in ("property", "name", "itemprop"):
            name = (tag.get(attribute) or "").strip().lower()
            if name and content:
                tags.setdefault(name, content)
    return tags


def _authors(
    tree: html.HtmlElement, article: StructuredArticle, tags: Mapping[str, str], site_name: str | None
) -> tuple[str, ...]:
    outlets = {name.casefold() for name in (site_name, article.publisher) if name}
    claims = (article.authors, *((tags[name],) for name in _AUTHOR_TAGS if name in tags), _marked_authors(tree))
    for claimed in claims:
        names = [name for claim in claimed for name in _split_authors(claim)]
        people = tuple(dict.fromkeys(name for name in names if _is_person(name, outlets)))
        if people:
            return people[:_MAX_AUTHORS]
    return ()


def _marked_authors(tree: html.HtmlElement) -> tuple[str, ...]:
    """Names in microdata (``itemprop=author``)."""
    marked = (element for element in tree.iter() if element.get("itemprop") == "author")
    return tuple(
        _words(name if (name := element.find(".//*[@itemprop='name']")) is not None else element) for element in marked
    )


def _split_authors(claim: str) -> Iterator[str]:
    for part in _BETWEEN_AUTHORS.split(_text(claim)):
        byline = _BYLINE_WORD.sub("", part.strip(_AROUND_NAMES))
        names = [name.strip(_AROUND_NAMES) for name in byline.split(",")]
        if all(len(name.split()) in _FULL_NAME_WORDS for name in names):
            yield from names
        else:
            yield byline


def _is_person(name: str, outlets: set[str]) -> bool:
    folded = name.casefold()
    return (
        1 < len(name) <= _MAX_NAME
        and len(name.split()) <= _MAX_NAME_WORDS
        and not _NOT_A_NAME.search(name)
        and not any(folded == outlet or outlet in folded for outlet in outlets)
        and not _NOBODY.intersection(folded.split())
        and not name.islower()
        and not (name.isupper() and len(name) <= _MAX_ACRONYM)
    )


def _instants(article: StructuredArticle, tags: Mapping[str, str], tree: html.HtmlElement) -> Iterator[datetime]:
    claims = [article.published, *(tags[name] for name in _TIME_TAGS if name in tags)]
    claims += [
        time.get("datetime") or ""
        for time in tree.iter("time")
        if time.get("pubdate") is not None or time.get("itemprop") == "datePublished" or _is_in_header(time)
    ][:1]
    for claim in claims:
        if (instant := parse_instant(claim)) is not None:
            yield instant


def _is_in_header(time: html.HtmlElement) -> bool:
    return next(time.iterancestors("header", "article"), None) is not None


def parse_instant(claim: str) -> datetime | None:
    """An ISO 8601 date or time as UTC; without an offset it is taken as UTC, without a time as midnight."""
    try:
        instant = datetime.fromisoformat(claim.strip())
        instant = instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return instant if instant.year >= _FIRST_YEAR else None


def _language(tree: html.HtmlElement, tags: Mapping[str, str], article: StructuredArticle) -> str | None:
    root = tree.getroottree().getroot()
    claims = (
        root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or "",
        article.language,
        tags.get("og:locale", ""),
        tags.get("language", ""),
    )
    for claim in claims:
        if match := _LANGUAGE.fullmatch(claim.strip()):
            primary, script, region = match.groups()
            parts = (primary.lower(), script and script.title(), region and region.upper())
            return "-".join(part for part in parts if part)
    return None


def _canonical(tree: html.HtmlElement, tags: Mapping[str, str], url: str) -> str | None:
    """The address a page claims; none where its claims differ, for one may be a reader's, in a comment."""
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    claimed = {found for link in links if (found := _address(link.get("href"), url))}
    if claimed:
        return claimed.pop() if len(claimed) == 1 else None
    return _address(tags.get("og:url"), url)


def _address(claim: str | None, url: str) -> str | None:
    if not claim or not claim.strip():
        return None
    try:
        address = urljoin(url, claim.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def _first(tags: Mapping[str, str], names: tuple[str, ...]) -> str:
    return next((tags[name] for name in names if name in tags), "")


def _words(element: html.HtmlElement) -> str:
    return _text(element.text_content())


def _text(claim: str) -> str:
    return " ".join(claim.split())
