"""What does the page's JSON-LD say of the article (schema.org Article and its kinds)?

It does not weigh what it finds: ``metadata`` does. Of several articles the page's own is taken: the
one at the page's address, not one in a list, the one with the longest text. What it leaves out is
filled in from nodes that speak of the same article.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlsplit

from aggregator.extraction.jsonld import Graph, Node, kinds, name_of, word
from aggregator.extraction.words import words

_ARTICLE = re.compile(r"(Article|BlogPosting|Report|Review)$")
_LIVE = "LiveBlogPosting"
_PAGE = frozenset({"WebPage", "ItemPage"})
_HOUSE = re.compile(r"Organi[sz]ation$|^Corporation$|^NewsMedia")
_CREDITS = ("sourceOrganization", "creditText", "copyrightHolder")
_NO = re.compile(r"(?:https?://schema\.org/)?(?:false|no|0)", re.IGNORECASE)
_FIRST_STEPS = frozenset({
    "home", "homepage", "home page", "start", "startseite", "accueil", "inicio", "início", "portada", "hjem", "hem",
    "首页", "首頁", "ホーム", "トップ", "главная", "الرئيسية", "홈",
})  # fmt: skip
_MAX_SECTION = 40


@dataclass(frozen=True, kw_only=True, slots=True)
class StructuredArticle:
    """An Article node, every field as the publisher wrote it ("" or () when absent).

    ``authors`` are people, or of no stated kind, ``houses`` organisations that are named as authors.
    ``page_published`` is the date of the page, which may be older than the article on it. ``personal``
    says that the publisher is a person. ``credits`` are those the text or its rights are said to come
    from. ``locked`` says that it is not free to read, ``live`` that it is a live blog.
    """

    headline: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    houses: tuple[str, ...] = ()
    published: str = ""
    page_published: str = ""
    modified: str = ""
    language: str = ""
    image: str = ""
    publisher: str = ""
    personal: bool = False
    section: str = ""
    credits: tuple[str, ...] = ()
    locked: bool = False
    live: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    """An article, whether its node names the page's address, and whether it was an item of a list."""

    article: StructuredArticle
    here: bool
    listed: bool

    @property
    def rank(self) -> tuple[bool, bool, int, bool]:
        return self.here, not self.listed, len(self.article.body), bool(self.article.headline)

    def speaks_of_the_same(self, other: _Candidate) -> bool:
        mine = words(self.article.headline)
        return (self.here and other.here) or (bool(mine) and mine == words(other.article.headline))


def structured_article(graph: Graph, *, addresses: Collection[str] = ()) -> StructuredArticle:
    """The article that the nodes of a page speak of; ``addresses`` are those by which the page is known."""
    known = {_place(address) for address in addresses if address}
    candidates = [
        _Candidate(article=_article(found.node, graph), here=_is_at(found.node, known), listed=found.listed)
        for found in graph.found
        if _is_article(found.node)
    ]
    nobody = _Candidate(article=StructuredArticle(), here=False, listed=True)
    best = max(candidates, key=lambda candidate: candidate.rank, default=nobody)
    same = (other.article for other in candidates if other is not best and best.speaks_of_the_same(other))
    pages = (_about_page(found.node, graph) for found in graph.found if kinds(found.node) & _PAGE)
    section = StructuredArticle(section=_last_crumb(graph, best.article.headline))
    return _filled(best.article, (*same, *pages, section))


def _is_article(node: Node) -> bool:
    return any(_ARTICLE.search(kind) or kind == _LIVE for kind in kinds(node))


def _article(node: Node, graph: Graph) -> StructuredArticle:
    authors = [author for key in ("author", "creator") for author in graph.each(node.get(key))]
    return StructuredArticle(
        headline=word(node.get("headline")) or word(node.get("name")),
        body=word(node.get("articleBody")),
        authors=_names_of(authors, lambda author: not _is_house(author)),
        houses=_names_of(authors, _is_house),
        published=_date(node.get("datePublished")) or _date(node.get("dateCreated")),
        modified=_date(node.get("dateModified")),
        language=_language(node.get("inLanguage")),
        image=graph.address(node.get("image")) or word(node.get("thumbnailUrl")),
        publisher=next(graph.names(node.get("publisher")), ""),
        personal=any(isinstance(one, dict) and "Person" in kinds(one) for one in graph.each(node.get("publisher"))),
        section=word(node.get("articleSection")),
        credits=tuple(dict.fromkeys(name for key in _CREDITS for name in graph.names(node.get(key)))),
        locked=_is_locked(node, graph),
        live=_LIVE in kinds(node),
    )


def _about_page(node: Node, graph: Graph) -> StructuredArticle:
    """What a page says of itself that is true of its article, too."""
    return StructuredArticle(
        page_published=_date(node.get("datePublished")),
        modified=_date(node.get("dateModified")),
        language=_language(node.get("inLanguage")),
        image=graph.address(node.get("primaryImageOfPage")),
        publisher=next(graph.names(node.get("publisher")), "") or next(graph.names(node.get("isPartOf")), ""),
        locked=_is_locked(node, graph),
    )


def _names_of(authors: Iterable[Any], wanted: Callable[[Any], bool]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for author in authors if wanted(author) and (name := name_of(author))))


def _is_house(author: Any) -> bool:
    """Whether only an organisation can be meant; one who runs a site alone is called both."""
    if not isinstance(author, dict):
        return False
    stated = kinds(author)
    return "Person" not in stated and any(_HOUSE.search(kind) for kind in stated)


def _date(value: Any) -> str:
    """A date as written; some write seconds or milliseconds since 1970 as a number."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else word(value)


def _language(value: Any) -> str:
    if isinstance(value, dict):
        return word(value.get("alternateName")) or word(value.get("name"))
    return word(value)


def _is_locked(node: Node, graph: Graph) -> bool:
    """Whether the article, or where it says nothing of itself a part of it, is not free to read.

    Source: https://developers.google.com/search/docs/appearance/structured-data/paywalled-content
    """
    if (stated := node.get("isAccessibleForFree")) is not None:
        return _is_no(stated)
    parts = graph.each(node.get("hasPart"))
    return any(isinstance(part, dict) and _is_no(part.get("isAccessibleForFree")) for part in parts)


def _is_no(value: Any) -> bool:
    return value is False or _NO.fullmatch(word(value)) is not None


def _is_at(node: Node, known: set[str]) -> bool:
    page = node.get("mainEntityOfPage")
    of_page = (page.get("@id"), page.get("url")) if isinstance(page, dict) else (page,)
    stated = (node.get("url"), node.get("@id"), *of_page)
    return any(_place(address) in known for value in stated if (address := word(value)))


def _place(address: str) -> str:
    """An address without what differs between two spellings of one: scheme, www, query, last slash."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return address
    return host.removeprefix("www.") + parts.path.rstrip("/")


def _filled(best: StructuredArticle, others: Iterable[StructuredArticle]) -> StructuredArticle:
    """``best`` with what it leaves out taken from the first of the others that says it."""
    for other in others:
        empty = [one.name for one in fields(best) if not getattr(best, one.name)]
        best = replace(best, **{name: getattr(other, name) for name in empty})
    return best


def _last_crumb(graph: Graph, headline: str) -> str:
    """The section by the page's breadcrumb: the last step that is neither the first page nor the article."""
    lists = (found.node for found in graph.found if "BreadcrumbList" in kinds(found.node))
    for steps in lists:
        names = [_step(item, graph) for item in graph.each(steps.get("itemListElement"))]
        between = [name for name in names if _is_section(name) and words(name) != words(headline)]
        if between:
            return between[-1]
    return ""


def _is_section(name: str) -> bool:
    return 0 < len(name) <= _MAX_SECTION and name.casefold() not in _FIRST_STEPS


def _step(item: Any, graph: Graph) -> str:
    if not isinstance(item, dict):
        return ""
    return name_of(item) or name_of(graph.resolved(item.get("item")))
