"""Finds addresses that may be feeds: in an HTML page, at common paths, and in robots.txt.

The order in which they should be tried: feeds that the page declares for programs, then links for people; if the
page names no feed, common feed paths; at last news sitemaps that robots.txt lists. This module sends no
requests: the caller does, and finds out whether an address is a feed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.titles import plain_text
from aggregator.parsing.urls import MAX_URL_LENGTH

MAX_CANDIDATES = 20
"""Addresses of one page that are returned; of a directory of feeds these are the first."""

MAX_PAGE_BYTES = 5_000_000
"""Bytes of a page that are parsed."""

_FEED_TYPES = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
    "application/rdf+xml": "RDF",
}
_GENERIC_TYPES = frozenset({"application/json", "application/xml", "text/xml", "application/x-rss+xml"})
"""Media types that some sites use for feeds and others for their APIs."""

_FEED_NAME = re.compile(r"(?:feeds?|rss2?|atom|newsfeed)", re.IGNORECASE)
_FEED_FILE = re.compile(
    r"[\w.-]+\.(?:rss|atom|rdf)|(?:[\w.-]*(?:feed|rss|atom)[\w.-]*|index)\.(?:xml|json)", re.IGNORECASE
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed=\w+|(?:format|type|output|alt)=(?:rss|atom|feed)\w*)(?:&|$)", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|replies", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", re.IGNORECASE)
_NEWS = re.compile(r"news(?!letter)", re.IGNORECASE)
_MAX_SITEMAPS = 2
_API_URL = re.compile(r"/wp-json/|/oembed", re.IGNORECASE)

_COMMON_PATHS = (
    "/feed", "/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json", "/feed.atom",
    "/rss/", "/feeds/posts/default",
)  # fmt: skip
"""Feed paths, the most frequent first: WordPress, Ghost, Jekyll, Hugo, Eleventy, JSON Feed, Blogger."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedCandidate:
    """An address that may be a feed, and the reason, as a text for people."""

    url: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _RankedCandidate:
    """A candidate of a page; the lowest rank is tried first."""

    rank: int
    candidate: FeedCandidate


def feed_candidates(body: bytes, *, url: str, content_type: str | None) -> tuple[FeedCandidate, ...]:
    """Returns the addresses that the page at ``url`` declares as feeds, or that look like feeds; never raises.

    The order is: declared ones (``link rel=alternate`` with a feed's media type), declared ones with a
    general media type, links (``a``) to addresses that look like feeds, and feeds of comments. Each
    is there once, absolute, http or https, without fragment.
    """
    tree = _tree(body, content_type)
    if tree is None:
        return ()
    base = _base(tree, url)
    ranked = sorted((*_declared(tree, base), *_linked(tree, base)), key=lambda found: found.rank)
    return _unique((found.candidate for found in ranked), exclude=url)[:MAX_CANDIDATES]


def common_feed_urls(url: str) -> tuple[FeedCandidate, ...]:
    """Returns common feed addresses of the site of ``url``: below its path, then below the root."""
    folder = urlsplit(url).path.rstrip("/")
    below = tuple(f"{folder}{path}" for path in ("/feed", "/rss.xml")) if folder else ()
    paths = (*below, *_COMMON_PATHS)
    return _unique(
        (FeedCandidate(url=urljoin(url, path), reason=f"sites often have a feed at {path}") for path in paths),
        exclude=url,
    )


def news_sitemaps(addresses: Iterable[str], *, url: str) -> tuple[FeedCandidate, ...]:
    """Returns those sitemaps of a robots.txt that seem to list news; ``url`` is an address of the site."""
    sitemaps = (_absolute(url, address) for address in addresses if _NEWS.search(address))
    reason = "the site's robots.txt lists it as a news sitemap"
    return _unique((FeedCandidate(url=sitemap, reason=reason) for sitemap in sitemaps if sitemap), exclude=url)[
        :_MAX_SITEMAPS
    ]


def looks_like_feed_url(url: str) -> bool:
    """True if an address looks like that of a feed, such as ``/feed``, ``/news.rss`` or ``?format=atom``."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    last = parts.path.rstrip("/").rpartition("/")[2]
    host = (parts.hostname or "").partition(".")[0]
    return bool(
        _FEED_NAME.fullmatch(last)
        or _FEED_FILE.fullmatch(last)
        or _FEED_QUERY.search(parts.query)
        or (host == "feeds" and last)
    )


def to_web_url(text: str) -> str:
    """Converts an address that a person typed or a page links to into an http or https URL, where possible.

    ``feed:`` (an old scheme for subscriptions) is removed; ``example.org`` without a scheme becomes https.
    """
    text = text.strip()
    text = _FEED_SCHEME.sub("", text)
    if text.startswith("//"):
        return f"https:{text}"
    return text if re.match(r"[a-zA-Z][\w+.-]*:(?!\d)", text) else f"https://{text}"


def _tree(body: bytes, content_type: str | None) -> html.HtmlElement | None:
    text = decode_document(body[:MAX_PAGE_BYTES], content_type=content_type).text.replace("\0", "")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _base(tree: html.HtmlElement, url: str) -> str:
    for element in tree.iter("base"):
        if href := _attribute(element, "href"):
            return _absolute(url, href) or url
    return url


def _declared(tree: html.HtmlElement, base: str) -> Iterator[_RankedCandidate]:
    for element in tree.iter("link"):
        relations = _attribute(element, "rel").lower().split()
        media_type = _attribute(element, "type").partition(";")[0].strip().lower()
        target = _absolute(base, _attribute(element, "href"))
        if target is None or not {"alternate", "feed"}.intersection(relations):
            continue
        title = plain_text(_attribute(element, "title"), limit=200)
        if media_type in _FEED_TYPES or "feed" in relations:
            kind = _FEED_TYPES.get(media_type, "feed")
            reason = f"the page declares it ({kind}{f', “{title}”' if title else ''})"
            rank = 3 if _is_comment_feed(target, title) else 0
        elif media_type in _GENERIC_TYPES and not _API_URL.search(target):
            reason, rank = f"the page declares it ({media_type})", 1
        else:
            continue
        yield _RankedCandidate(rank=rank, candidate=FeedCandidate(url=target, reason=reason))


def _linked(tree: html.HtmlElement, base: str) -> Iterator[_RankedCandidate]:
    for element in tree.iter("a", "area"):
        href = _attribute(element, "href")
        target = _absolute(base, href)
        if target is None or not (looks_like_feed_url(target) or _FEED_SCHEME.match(href)):
            continue
        rank = 3 if _is_comment_feed(target, "") else 2
        yield _RankedCandidate(rank=rank, candidate=FeedCandidate(url=target, reason="the page links to it"))


def _attribute(element: html.HtmlElement, name: str) -> str:
    return str(element.get(name) or "").strip()


def _is_comment_feed(url: str, title: str) -> bool:
    return bool(_COMMENTS.search(title) or _COMMENTS.search(urlsplit(url).path))


def _absolute(base: str, href: str) -> str | None:
    """Returns ``href`` as an absolute http or https URL without fragment, or None."""
    href = _FEED_SCHEME.sub("", href)
    if not href or href.startswith("#") or len(href) > MAX_URL_LENGTH:
        return None
    try:
        target = urlsplit(urljoin(base, href))
        if target.scheme not in ("http", "https") or not target.hostname:
            return None
        return target._replace(fragment="", netloc=target.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return None


def _unique(candidates: Iterable[FeedCandidate], *, exclude: str) -> tuple[FeedCandidate, ...]:
    """Returns each candidate once, without the address ``exclude``, which was requested before."""
    seen = {exclude.partition("#")[0]}
    result = []
    for candidate in candidates:
        if candidate.url not in seen:
            seen.add(candidate.url)
            result.append(candidate)
    return tuple(result)
