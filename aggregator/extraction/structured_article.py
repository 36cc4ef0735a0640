"""Reads the article of a page from its JSON-LD (schema.org Article and its subtypes).

Of several articles it prefers the one with the page's URL, then one that is not in a list, then the one with the
longest text. Missing fields are filled from other nodes about the same article. ``page_metadata`` combines the
result with the other sources of metadata.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from aggregator.extraction.jsonld import JsonLdGraph, JsonLdNode, node_name, node_types, string_value
from aggregator.extraction.words import words

_ARTICLE = re.compile(r"(Article|BlogPosting|Report|Review)$")
_LIVE_BLOG = "LiveBlogPosting"
_PAGE_TYPES = frozenset({"WebPage", "ItemPage"})
_ORGANISATION = re.compile(r"Organi[sz]ation$|^Corporation$|^NewsMedia")
_CREDITS = ("sourceOrganization", "creditText", "copyrightHolder")
_FALSE = re.compile(r"(?:https?://schema\.org/)?(?:false|no|0)", re.IGNORECASE)
_HOME_PAGE_NAMES = frozenset({
    "home", "homepage", "home page", "start", "startseite", "accueil", "inicio", "início", "portada", "hjem", "hem",
    "首页", "首頁", "ホーム", "トップ", "главная", "الرئيسية", "홈",
})  # fmt: skip
_MAX_SECTION_CHARACTERS = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonLdArticle:
    """The fields of an Article node as the publisher wrote them ("" or () if absent).

    ``authors`` are people or authors without a type, ``organisations`` are organisations in author fields.
    ``page_published`` is the date of the page, which may be older than the article on it. ``credits`` are
    the stated sources and copyright holders of the text. ``paywalled``: the article is not free to read.
    ``live``: it is a live blog.
    """

    headline: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    published: str = ""
    page_published: str = ""
    modified: str = ""
    language: str = ""
    image: str = ""
    publisher: str = ""
    publisher_is_person: bool = False
    section: str = ""
    credits: tuple[str, ...] = ()
    paywalled: bool = False
    live: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    """An article node; ``has_page_url``: it has the URL of the page; ``is_list_item``: it is an item of a list."""

    article: JsonLdArticle
    has_page_url: bool
    is_list_item: bool

    @property
    def rank(self) -> tuple[bool, bool, int, bool]:
        return self.has_page_url, not self.is_list_item, len(self.article.body), bool(self.article.headline)

    def is_same_article(self, other: _Candidate) -> bool:
        headline = words(self.article.headline)
        return (self.has_page_url and other.has_page_url) or (
            bool(headline) and headline == words(other.article.headline)
        )


def jsonld_article(graph: JsonLdGraph, *, page_urls: Collection[str] = ()) -> JsonLdArticle:
    """Returns the article of a page from its JSON-LD nodes; ``page_urls`` are the URLs of the page."""
    url_keys = {_url_key(url) for url in page_urls if url}
    candidates = [
        _Candidate(
            article=_article(entry.node, graph),
            has_page_url=_has_url(entry.node, url_keys),
            is_list_item=entry.is_list_item,
        )
        for entry in graph.nodes
        if _is_article(entry.node)
    ]
    none = _Candidate(article=JsonLdArticle(), has_page_url=False, is_list_item=True)
    best = max(candidates, key=lambda candidate: candidate.rank, default=none)
    same = (other.article for other in candidates if other is not best and best.is_same_article(other))
    pages = (_page_fields(entry.node, graph) for entry in graph.nodes if node_types(entry.node) & _PAGE_TYPES)
    section = JsonLdArticle(section=_breadcrumb_section(graph, best.article.headline))
    return _filled(best.article, (*same, *pages, section))


def _is_article(node: JsonLdNode) -> bool:
    return any(_ARTICLE.search(kind) or kind == _LIVE_BLOG for kind in node_types(node))


def _article(node: JsonLdNode, graph: JsonLdGraph) -> JsonLdArticle:
    authors = [author for key in ("author", "creator") for author in graph.each(node.get(key))]
    return JsonLdArticle(
        headline=string_value(node.get("headline")) or string_value(node.get("name")),
        body=string_value(node.get("articleBody")),
        authors=_names(authors, lambda author: not _is_organisation(author)),
        organisations=_names(authors, _is_organisation),
        published=_date(node.get("datePublished")) or _date(node.get("dateCreated")),
        modified=_date(node.get("dateModified")),
        language=_language(node.get("inLanguage")),
        image=graph.url(node.get("image")) or string_value(node.get("thumbnailUrl")),
        publisher=next(graph.names(node.get("publisher")), ""),
        publisher_is_person=any(
            isinstance(one, dict) and "Person" in node_types(one) for one in graph.each(node.get("publisher"))
        ),
        section=string_value(node.get("articleSection")),
        credits=tuple(dict.fromkeys(name for key in _CREDITS for name in graph.names(node.get(key)))),
        paywalled=_is_paywalled(node, graph),
        live=_LIVE_BLOG in node_types(node),
    )


def _page_fields(node: JsonLdNode, graph: JsonLdGraph) -> JsonLdArticle:
    """The fields of a page node that are also valid for its article."""
    return JsonLdArticle(
        page_published=_date(node.get("datePublished")),
        modified=_date(node.get("dateModified")),
        language=_language(node.get("inLanguage")),
        image=graph.url(node.get("primaryImageOfPage")),
        publisher=next(graph.names(node.get("publisher")), "") or next(graph.names(node.get("isPartOf")), ""),
        paywalled=_is_paywalled(node, graph),
    )


def _names(authors: Iterable[Any], accepts: Callable[[Any], bool]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for author in authors if accepts(author) and (name := node_name(author))))


def _is_organisation(author: Any) -> bool:
    """True if the author has a type of organisation and not Person; the owner of a one-person site has both."""
    if not isinstance(author, dict):
        return False
    author_types = node_types(author)
    return "Person" not in author_types and any(_ORGANISATION.search(kind) for kind in author_types)


def _date(value: Any) -> str:
    """A date as written; some publishers write seconds or milliseconds since 1970 as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else string_value(value)


def _language(value: Any) -> str:
    if isinstance(value, dict):
        return string_value(value.get("alternateName")) or string_value(value.get("name"))
    return string_value(value)


def _is_paywalled(node: JsonLdNode, graph: JsonLdGraph) -> bool:
    """True if the article is not free to read; if it does not say so, True if one of its parts is not free.

    Source: https://developers.google.com/search/docs/appearance/structured-data/paywalled-content
    """
    if (stated := node.get("isAccessibleForFree")) is not None:
        return _is_false(stated)
    parts = graph.each(node.get("hasPart"))
    return any(isinstance(part, dict) and _is_false(part.get("isAccessibleForFree")) for part in parts)


def _is_false(value: Any) -> bool:
    return value is False or _FALSE.fullmatch(string_value(value)) is not None


def _has_url(node: JsonLdNode, url_keys: set[str]) -> bool:
    page = node.get("mainEntityOfPage")
    page_values = (page.get("@id"), page.get("url")) if isinstance(page, dict) else (page,)
    values = (node.get("url"), node.get("@id"), *page_values)
    return any(_url_key(url) in url_keys for value in values if (url := string_value(value)))


def _url_key(url: str) -> str:
    """A URL for comparison, without scheme, "www.", query and last slash."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return url
    return host.removeprefix("www.") + parts.path.rstrip("/")


def _filled(best: JsonLdArticle, others: Iterable[JsonLdArticle]) -> JsonLdArticle:
    """``best`` with each empty field filled from the first of ``others`` that has it."""
    for other in others:
        empty = [one.name for one in fields(best) if not getattr(best, one.name)]
        best = replace(best, **{name: getattr(other, name) for name in empty})
    return best


def _breadcrumb_section(graph: JsonLdGraph, headline: str) -> str:
    """The section in the page's breadcrumb: the last item that is neither the home page nor the article."""
    breadcrumbs = (entry.node for entry in graph.nodes if "BreadcrumbList" in node_types(entry.node))
    for breadcrumb in breadcrumbs:
        names = [_item_name(item, graph) for item in graph.each(breadcrumb.get("itemListElement"))]
        sections = [name for name in names if _is_section(name) and words(name) != words(headline)]
        if sections:
            return sections[-1]
    return ""


def _is_section(name: str) -> bool:
    return 0 < len(name) <= _MAX_SECTION_CHARACTERS and name.casefold() not in _HOME_PAGE_NAMES


def _item_name(item: Any, graph: JsonLdGraph) -> str:
    if not isinstance(item, dict):
        return ""
    return node_name(item) or node_name(graph.resolved(item.get("item")))
