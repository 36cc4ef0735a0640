"""Whom do the elements of a page name as its authors: microdata, rel=author, what is called a byline?

It gives strings as they stand in the page; who of them is a person is the business of ``authors``.
Pages name many authors: of the stories they point to, of comments, of pictures. A byline is what stands
near the headline, outside of what is called a comment, a card, a list or a credit.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import cast

from lxml import etree, html

from aggregator.extraction.name_phrases import BYLINE
from aggregator.extraction.words import words

_CALLED_AUTHOR = re.compile(
    r"by-?_?line|byname|author|auteur|autor|verfasser|writer|reporter|journalist|redakteur|signature", re.IGNORECASE
)
_CALLED_OTHERWISE = re.compile(
    r"bio\b|biograph|image|img|avatar|photo|portrait|picture|icon|social|share|follow|twitter|handle|e-?mail|contact|"
    r"role|\bjob\b|job-?title|position|occupation|(?:author|byline)[-_]*title|desc|date|time|stamp|comment|repl(?:y|ies)|related|recirc|"
    r"teaser|promo|testimonial|quote|credit|caption|article-type|location|count",
    re.IGNORECASE,
)
"""What is called after the author or the byline and is another part of it, or something else."""

_ELSEWHERE = re.compile(
    r"comment|respond|related|recirc|recommend|teaser|sidebar|widget|most-?read|popular|trending|promo|testimonial|"
    r"newsletter|footer|\bnav|menu|carousel|playlist|latest|outbrain|taboola",
    re.IGNORECASE,
)
_CARD = re.compile(r"card|teaser|related|recirc|promo|preview", re.IGNORECASE)
"""An ``article`` that is called so is another one."""

_OUTSIDE = frozenset({"aside", "blockquote", "figure", "form", "nav"})
_PAGE_OF_AUTHOR = re.compile(
    r"/(?:authors?|autor(?:es|en|in)?|auteurs?|autori?|by|columnists?|contributors?|journalists?|"
    r"reporters?|staff|writers?)/[^/?#]{2,80}/?(?:[?#]|$)",
    re.IGNORECASE,
)
_LINES = frozenset(
    {"a", "address", "b", "dd", "div", "em", "h2", "h3", "h4", "h5", "h6", "i", "li", "p", "small", "span", "strong"}
)
_SILENT = frozenset(
    {"circle", "g", "img", "input", "link", "meta", "noscript", "path", "rect", "script", "style", "svg", "use"}
)
_BEFORE = 80
_AFTER = 300
_AFTER_BARE = 30
"""Elements before and after the headline among which a byline is looked for; less far where nothing calls it one."""

_SAME_BYLINE = 8
_MAX_TEXT = 160
_MAX_BARE_WORDS = 9
_MAX_NAMES = 10
_MAX_GROUPS = 5
_MAX_HEADINGS = 50
_MAX_ANCESTORS = 12
_MARKED = etree.XPath("//*[contains(concat(' ', @itemprop, ' '), ' author ') and not(self::meta)]")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    """An element that may be a byline, its text, and how many elements stand between it and the headline."""

    element: html.HtmlElement
    place: int
    text: str

    @property
    def distance(self) -> int:
        """Bylines mostly follow the headline; above it often stand those of other stories."""
        return self.place if self.place >= 0 else -2 * self.place


def marked_authors(tree: html.HtmlElement) -> tuple[str, ...]:
    """Names in microdata (``itemprop=author``) of the article itself."""
    found: list[str] = []
    for element in cast("list[html.HtmlElement]", _MARKED(tree))[:_MAX_HEADINGS]:
        if not _is_elsewhere(element):
            named = element.find(".//*[@itemprop='name']")
            name = element if named is None else named
            found.append(name.get("content") or _text(name))
    return tuple(filter(None, found))[:_MAX_NAMES]


def bylines(tree: html.HtmlElement, *, title: str | None) -> Iterator[tuple[str, ...]]:
    """What may be the page's byline, the likeliest first, each as the strings of neighbours of one kind.

    Links to an author come before what is only called one, these before lines that begin with "By";
    of one kind the nearest to the headline ``title`` comes first.
    """
    elements = [element for element in tree.iter(etree.Element) if element.tag not in _SILENT]
    headline = _headline(tree, title)
    start = next((place for place, element in enumerate(elements) if element is headline), 0)
    first = max(0, start - _BEFORE)
    window = list(enumerate(elements[first : start + _AFTER], first - start))
    for is_byline in (_is_linked, _is_called, _is_bare):
        yield from islice(_groups(_innermost(window, is_byline)), _MAX_GROUPS)


def _headline(tree: html.HtmlElement, title: str | None) -> html.HtmlElement | None:
    """The heading that says the title, else the first, else where the body begins."""
    headings = list(islice(tree.iter("h1"), _MAX_HEADINGS))
    wanted = words(title or "")
    same = (heading for heading in headings if words(_text(heading)) == wanted)
    return (
        next(same, None)
        if wanted and headings
        else next(iter(headings), next(tree.iter("article", "main", "body"), None))
    )


def _innermost(
    window: Sequence[tuple[int, html.HtmlElement]], is_byline: Callable[[html.HtmlElement, int], bool]
) -> list[_Candidate]:
    """The elements of one kind that hold no other of it, the nearest first."""
    alike = [(place, element) for place, element in window if is_byline(element, place) and not _is_elsewhere(element)]
    holders = {ancestor for _, element in alike for ancestor in islice(element.iterancestors(), _MAX_ANCESTORS)}
    inner = [
        _Candidate(element=element, place=place, text=text)
        for place, element in alike
        if element not in holders and (text := _text(element))
    ]
    return sorted(inner, key=lambda candidate: candidate.distance)


def _groups(candidates: Sequence[_Candidate]) -> Iterator[tuple[str, ...]]:
    """Each candidate with those that follow it closely and are called the same."""
    for leader in candidates:
        called = _called(leader.element)
        group = (
            other.text
            for other in sorted(candidates, key=lambda candidate: candidate.place)
            if 0 <= other.place - leader.place <= _SAME_BYLINE and _called(other.element) == called
        )
        yield tuple(dict.fromkeys(group))[:_MAX_NAMES]


def _is_linked(element: html.HtmlElement, _: int) -> bool:
    if "author" in (element.get("rel") or "").lower().split():
        return True
    if element.tag != "a" or _PAGE_OF_AUTHOR.search(element.get("href") or "") is None:
        return False
    parent = element.getparent()
    return parent is not None and bool(_text(parent))  # in a sentence it is somebody who is written about


def _is_called(element: html.HtmlElement, _: int) -> bool:
    called = _called(element)
    return _CALLED_AUTHOR.search(called) is not None and _CALLED_OTHERWISE.search(called) is None


def _is_bare(element: html.HtmlElement, place: int) -> bool:
    """Whether it is a short line that begins as bylines do and goes on with a name."""
    if not 0 <= place <= _AFTER_BARE or element.tag not in _LINES:
        return False
    text = _text(element)
    begins = BYLINE.match(text)
    rest = text[begins.end() :] if begins else ""
    return bool(rest) and not rest[0].islower() and 2 <= len(words(rest)) <= _MAX_BARE_WORDS


def _called(element: html.HtmlElement) -> str:
    return " ".join(filter(None, map(element.get, ("class", "id", "data-testid", "itemprop"))))


def _is_elsewhere(element: html.HtmlElement) -> bool:
    """Whether the element belongs to something else than the article; the article itself may have a footer."""
    in_footer = False
    for ancestor in islice(element.iterancestors(), _MAX_ANCESTORS):
        if ancestor.tag == "article":
            return _CARD.search(_called(ancestor)) is not None
        if ancestor.tag in ("main", "body"):
            break
        if ancestor.tag in _OUTSIDE or _ELSEWHERE.search(_called(ancestor)):
            return True
        in_footer = in_footer or ancestor.tag == "footer"
    return in_footer


def _text(element: html.HtmlElement) -> str:
    """The text of an element, or "" when it is longer than a byline."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        size += len(part)
        if size > 4 * _MAX_TEXT:
            return ""
        parts.append(str(part))
    text = " ".join(" ".join(parts).split())
    return text if len(text) <= _MAX_TEXT else ""
