"""What does an article page say of itself: title, authors, times, language, image, section, address, outlet?

It reads what publishers wrote for machines (JSON-LD, Open Graph, meta tags, microdata) and what stands
beside the headline, and invents nothing: a field that nobody states is None. Each kind of value has a
module of its own; here they are put together.
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
from aggregator.extraction.article_times import read_times
from aggregator.extraction.author_names import Named, named_in
from aggregator.extraction.bylines import bylines, marked_authors
from aggregator.extraction.headline import TitleWitnesses, choose_title
from aggregator.extraction.jsonld import read_graph
from aggregator.extraction.language_detection import language_of
from aggregator.extraction.meta_tags import MetaTags, read_meta_tags
from aggregator.extraction.outlet_names import host_names
from aggregator.extraction.structured_article import StructuredArticle, structured_article

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
_TIERS_TO_PAY_FOR = frozenset({"locked", "metered", "paid", "premium", "subscriber", "subscribers"})
_MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
_UNSEEN = re.compile(r"[\u00ad\u200b\u200e\u200f\u2060\ufeff\x00-\x08\x0e-\x1b\x7f]")
"""Soft hyphens, spaces of no width, marks of direction and control characters; not the joiners that Persian needs."""

_MAX_HEADINGS = 50
_MAX_TITLE = 500
_MAX_CLAIM = 5000
_MAX_PARAGRAPHS = 60


Naming = Callable[[tuple[str, ...]], Named]
"""Who is named in claims, of a certain outlet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PageClaims:
    """What the page claims.

    ``titles`` are all its titles and ``summaries`` all it says in short, those of its feed among them;
    ``body`` is the publisher's own copy of the text or "". ``credits`` are those the text is said to come
    from or belong to, besides the outlet, as names or addresses. ``authors`` are people; a house or a
    desk is none. ``paywalled`` says that the article is not free to read, ``live`` that it is a live blog.
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


def read_claims(
    tree: html.HtmlElement, *, url: str, feed_title: str | None = None, feed_summary: str | None = None
) -> PageClaims:
    """The claims of a parsed page that was fetched from ``url``; relative addresses become absolute."""
    tags = read_meta_tags(tree)
    canonical_url = _canonical(tree, tags, url)
    article = structured_article(read_graph(tree), addresses=tuple(filter(None, (url, canonical_url))))
    site_name = _site_name(tags, article)
    outlets = tuple(dict.fromkeys(filter(None, (site_name, article.publisher))))
    hosts = tuple(host_names(url))
    section = article.section or tags.first(_SECTION_TAGS) or None
    witnesses = TitleWitnesses(
        headings=tuple(_words(heading) for heading in islice(tree.iter("h1"), _MAX_HEADINGS)),
        headline=_text(article.headline),
        social=_text(tags.first(_TITLE_TAGS)),
        document=_words(found) if (found := tree.find(".//title")) is not None else "",
        feed=feed_title or "",
        outlets=(*outlets, *hosts),
        sections=(section,) if section else (),
    )
    title = choose_title(witnesses)
    naming = named_in if article.personal else partial(named_in, outlets=outlets, hosts=hosts)
    named = _authors(tree, tags, article, title=title, naming=naming)
    times = read_times(tree, tags, article, url=url)
    return PageClaims(
        title=title,
        titles=tuple(dict.fromkeys(filter(None, (title, witnesses.headline, witnesses.social, witnesses.feed)))),
        summaries=_summaries(tags, feed_summary or ""),
        authors=named.people,
        published_at=times.published_at,
        modified_at=times.modified_at,
        language=language_of(_languages(tree, tags, article), _running_text(tree, article)),
        image=_address(tags.first(_IMAGE_TAGS) or article.image, url),
        section=section,
        canonical_url=canonical_url,
        site_name=site_name,
        credits=_credits(tags, article, named, outlets),
        paywalled=article.locked or tags.first(_TIER_TAGS).casefold() in _TIERS_TO_PAY_FOR,
        live=article.live,
        body=article.body,
    )


def _summaries(tags: MetaTags, feed: str) -> tuple[str, ...]:
    stated = (_text(value) for values in tags.each(_SUMMARY_TAGS) for value in values)
    return tuple(dict.fromkeys(filter(None, (*stated, feed))))


def _authors(
    tree: html.HtmlElement, tags: MetaTags, article: StructuredArticle, *, title: str | None, naming: Naming
) -> Named:
    """Whom the first witness names that names people: what is written for machines, then what is shown.

    The byline that is shown nearest to the headline is the last word: behind it begin the bylines of
    other stories. Houses are gathered from all that was asked.
    """
    houses = dict.fromkeys(naming(article.houses).houses)
    people: tuple[str, ...] = ()
    for claims in _written_for_machines(tree, tags, article):
        named = naming(tuple(map(_text, claims)))
        houses.update(dict.fromkeys(named.houses))
        if people := named.people:
            break
    else:
        shown = (naming(tuple(map(_text, claims))) for claims in bylines(tree, title=title))
        named = next((named for named in shown if named.anybody), Named())
        houses.update(dict.fromkeys(named.houses))
        people = named.people
    return Named(people=people, houses=tuple(houses))


def _written_for_machines(
    tree: html.HtmlElement, tags: MetaTags, article: StructuredArticle
) -> Iterator[tuple[str, ...]]:
    yield article.authors
    yield from tags.each(_AUTHOR_TAGS)
    yield marked_authors(tree)


def _site_name(tags: MetaTags, article: StructuredArticle) -> str | None:
    return tags.first(_SITE_TAGS[:3]) or article.publisher or tags.first(_SITE_TAGS[3:]) or None


def _languages(tree: html.HtmlElement, tags: MetaTags, article: StructuredArticle) -> Iterator[str]:
    root = tree.getroottree().getroot()
    yield root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang") or root.get("xml:lang") or ""
    yield article.language
    yield tags.first(("og:locale",))
    yield tags.first(_LANGUAGE_TAGS)


def _running_text(tree: html.HtmlElement, article: StructuredArticle) -> str:
    return article.body or " ".join(paragraph.text_content() for paragraph in islice(tree.iter("p"), _MAX_PARAGRAPHS))


def _credits(tags: MetaTags, article: StructuredArticle, named: Named, outlets: tuple[str, ...]) -> tuple[str, ...]:
    """Who else the text is said to come from or belong to; the outlet itself is no news.

    An agency that stands where authors stand is its origin; a desk there is not.
    """
    own = {outlet.casefold() for outlet in outlets}
    agencies = (house for house in named.houses if agency_named(house) is not None)
    stated = (*article.credits, *(value for values in tags.each(_CREDIT_TAGS) for value in values), *agencies)
    return tuple(dict.fromkeys(credit for credit in map(_text, stated) if credit and credit.casefold() not in own))


def _canonical(tree: html.HtmlElement, tags: MetaTags, url: str) -> str | None:
    """The address a page claims; none where its claims differ, for one may be a reader's, in a comment."""
    links = (link for link in tree.iter("link") if "canonical" in (link.get("rel") or "").lower().split())
    claimed = {found for link in links if (found := _address(link.get("href"), url))}
    if claimed:
        return claimed.pop() if len(claimed) == 1 else None
    return _address(tags.first(("og:url",)), url)


def _address(claim: str | None, url: str) -> str | None:
    if not claim or not claim.strip():
        return None
    try:
        address = urljoin(url, claim.strip())
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.hostname else None


def _words(element: html.HtmlElement) -> str:
    return _text(element.text_content())


def _text(claim: str) -> str:
    """A claim as plain words: what was escaped twice, markup and what nobody sees are gone."""
    claim = claim[:_MAX_CLAIM]
    if "&" in claim:
        claim = entities.unescape(claim)
    if "<" in claim:
        claim = _MARKUP.sub("", claim)
    return " ".join(_UNSEEN.sub("", claim).split())[:_MAX_TITLE]
