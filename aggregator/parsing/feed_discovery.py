"""Where might the feeds of this page be?

Reads the bytes of a page and gives addresses in the order in which they are worth asking for: what the
page declares for machines, then what it links for people, then, for a page that names nothing, the
places where feeds usually are, and at last the sitemaps of news that a robots.txt names. It asks for
none of them; whether a feed is there is seen when somebody does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from aggregator.parsing.document_encoding import decode
from aggregator.parsing.sanitise import plain_text
from aggregator.parsing.urls import LONGEST_URL

MOST_CANDIDATES = 20
"""Addresses taken from one page; a directory of feeds is not read to its end."""

LARGEST_PAGE = 5_000_000
"""Bytes of a page that are looked at."""

_FEED_TYPES = {
    "application/rss+xml": "RSS",
    "application/atom+xml": "Atom",
    "application/feed+json": "JSON Feed",
    "application/rdf+xml": "RDF",
}
_GENERIC_TYPES = frozenset({"application/json", "application/xml", "text/xml", "application/x-rss+xml"})
"""What some sites call their feeds, and others their programming interfaces."""

_FEED_NAME = re.compile(r"(?:feeds?|rss2?|atom|newsfeed)", re.IGNORECASE)
_FEED_FILE = re.compile(
    r"[\w.-]+\.(?:rss|atom|rdf)|(?:[\w.-]*(?:feed|rss|atom)[\w.-]*|index)\.(?:xml|json)", re.IGNORECASE
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed=\w+|(?:format|type|output|alt)=(?:rss|atom|feed)\w*)(?:&|$)", re.IGNORECASE)
_COMMENTS = re.compile(r"comment|kommentar|commentaire|comentario|replies", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"^feed:(?://)?(?=https?:)|^feed:(?=//)", re.IGNORECASE)
_NEWS = re.compile(r"news(?!letter)", re.IGNORECASE)
_MOST_SITEMAPS = 2
_PROGRAMS = re.compile(r"/wp-json/|/oembed", re.IGNORECASE)

_COMMON_PLACES = (
    "/feed", "/feed/", "/rss", "/rss.xml", "/atom.xml", "/feed.xml", "/index.xml", "/feed.json", "/feed.atom",
    "/rss/", "/feeds/posts/default",
)  # fmt: skip
"""The commonest first: WordPress, Ghost, Jekyll, Hugo, Eleventy, JSON Feed, Blogger."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An address that may be a feed's, and why it may, in words for people."""

    url: str
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Named:
    """A candidate as it stands on the page; the lower rank is asked first."""

    rank: int
    candidate: Candidate


def advertised(body: bytes, *, url: str, content_type: str | None) -> tuple[Candidate, ...]:
    """The addresses that a page got from ``url`` names as feeds, or seems to; never raises.

    Declared ones (``link rel=alternate`` with a feed's media type) come first, then declared ones
    of a media type that says little, then links (``a``) to addresses that look like a feed's, and
    feeds of comments last. Each once, absolute, http or https, without fragment.
    """
    tree = _tree(body, content_type)
    if tree is None:
        return ()
    base = _base(tree, url)
    named = sorted((*_declared(tree, base), *_linked(tree, base)), key=lambda found: found.rank)
    return _each_once((found.candidate for found in named), but=url)[:MOST_CANDIDATES]


def usual_places(url: str) -> tuple[Candidate, ...]:
    """The addresses at which sites like that of ``url`` have their feeds: below the page, then below the root."""
    folder = urlsplit(url).path.rstrip("/")
    below = tuple(f"{folder}{place}" for place in ("/feed", "/rss.xml")) if folder else ()
    places = (*below, *_COMMON_PLACES)
    return _each_once(
        (Candidate(url=urljoin(url, place), reason=f"sites often have a feed at {place}") for place in places), but=url
    )


def news_sitemaps(addresses: Iterable[str], *, url: str) -> tuple[Candidate, ...]:
    """Of the sitemaps that the robots.txt of the site of ``url`` names, those that seem to list news."""
    named = (_joined(url, address) for address in addresses if _NEWS.search(address))
    reason = "the site's robots.txt lists it as a news sitemap"
    return _each_once((Candidate(url=place, reason=reason) for place in named if place), but=url)[:_MOST_SITEMAPS]


def looks_like_a_feed(url: str) -> bool:
    """Whether an address reads like a feed's: ``/feed``, ``/news.rss``, ``?format=atom`` and their like."""
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


def web_address(text: str) -> str:
    """What a person typed or a page links, as an http or https URL where it can be read as one.

    ``feed:`` (an old scheme for subscribing) is taken off, and a bare ``example.org`` is https.
    """
    text = text.strip()
    text = _FEED_SCHEME.sub("", text)
    if text.startswith("//"):
        return f"https:{text}"
    return text if re.match(r"[a-zA-Z][\w+.-]*:(?!\d)", text) else f"https://{text}"


def _tree(body: bytes, content_type: str | None) -> html.HtmlElement | None:
    text = decode(body[:LARGEST_PAGE], content_type=content_type).text.replace("\0", "")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _base(tree: html.HtmlElement, url: str) -> str:
    for element in tree.iter("base"):
        if href := _attribute(element, "href"):
            return _joined(url, href) or url
    return url


def _declared(tree: html.HtmlElement, base: str) -> Iterator[_Named]:
    for element in tree.iter("link"):
        relations = _attribute(element, "rel").lower().split()
        media_type = _attribute(element, "type").partition(";")[0].strip().lower()
        target = _joined(base, _attribute(element, "href"))
        if target is None or not {"alternate", "feed"}.intersection(relations):
            continue
        title = plain_text(_attribute(element, "title"), limit=200)
        if media_type in _FEED_TYPES or "feed" in relations:
            kind = _FEED_TYPES.get(media_type, "feed")
            reason = f"the page declares it ({kind}{f', “{title}”' if title else ''})"
            rank = 3 if _is_of_comments(target, title) else 0
        elif media_type in _GENERIC_TYPES and not _PROGRAMS.search(target):
            reason, rank = f"the page declares it ({media_type})", 1
        else:
            continue
        yield _Named(rank=rank, candidate=Candidate(url=target, reason=reason))


def _linked(tree: html.HtmlElement, base: str) -> Iterator[_Named]:
    for element in tree.iter("a", "area"):
        href = _attribute(element, "href")
        target = _joined(base, href)
        if target is None or not (looks_like_a_feed(target) or _FEED_SCHEME.match(href)):
            continue
        rank = 3 if _is_of_comments(target, "") else 2
        yield _Named(rank=rank, candidate=Candidate(url=target, reason="the page links to it"))


def _attribute(element: html.HtmlElement, name: str) -> str:
    return str(element.get(name) or "").strip()


def _is_of_comments(url: str, title: str) -> bool:
    return bool(_COMMENTS.search(title) or _COMMENTS.search(urlsplit(url).path))


def _joined(base: str, href: str) -> str | None:
    """``href`` as an absolute http or https URL without fragment, or None."""
    href = _FEED_SCHEME.sub("", href)
    if not href or href.startswith("#") or len(href) > LONGEST_URL:
        return None
    try:
        target = urlsplit(urljoin(base, href))
        if target.scheme not in ("http", "https") or not target.hostname:
            return None
        return target._replace(fragment="", netloc=target.netloc.rpartition("@")[2]).geturl()
    except ValueError:
        return None


def _each_once(candidates: Iterable[Candidate], *, but: str) -> tuple[Candidate, ...]:
    """The candidates without repetitions and without ``but``, which was asked for already."""
    seen = {but.partition("#")[0]}
    result = []
    for candidate in candidates:
        if candidate.url not in seen:
            seen.add(candidate.url)
            result.append(candidate)
    return tuple(result)
