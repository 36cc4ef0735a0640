"""Finds the author strings in the elements of a page: microdata, rel=author, elements with byline classes.

It returns the strings as written; ``author_names`` parses them. Pages name many other authors: of linked
stories, of comments, of pictures. So a byline must be near the headline, and outside elements whose class or
id names a comment, card, list or credit.
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

_AUTHOR_CLASS = re.compile(
    r"by-?_?line|byname|author|auteur|autor|verfasser|writer|reporter|journalist|redakteur|signature", re.IGNORECASE
)
_OTHER_CLASS = re.compile(
    r"bio\b|biograph|image|img|avatar|photo|portrait|picture|icon|social|share|follow|twitter|handle|e-?mail|contact|"
    r"role|\bjob\b|job-?title|position|occupation|(?:author|byline)[-_]*title|desc|date|time|stamp|comment|repl(?:y|ies)|related|recirc|"
    r"teaser|promo|testimonial|quote|credit|caption|article-type|location|count",
    re.IGNORECASE,
)
"""Class names of other parts of a byline (such as a picture) and of unrelated elements."""

_OUTSIDE_CLASS = re.compile(
    r"comment|respond|related|recirc|recommend|teaser|sidebar|widget|most-?read|popular|trending|promo|testimonial|"
    r"newsletter|footer|\bnav|menu|carousel|playlist|latest|outbrain|taboola",
    re.IGNORECASE,
)
_CARD = re.compile(r"card|teaser|related|recirc|promo|preview", re.IGNORECASE)
"""Class names of ``article`` elements that are a link to another article."""

_OUTSIDE_TAGS = frozenset({"aside", "blockquote", "figure", "form", "nav"})
_AUTHOR_URL = re.compile(
    r"/(?:authors?|autor(?:es|en|in)?|auteurs?|autori?|by|columnists?|contributors?|journalists?|"
    r"reporters?|staff|writers?)/[^/?#]{2,80}/?(?:[?#]|$)",
    re.IGNORECASE,
)
_LINE_TAGS = frozenset(
    {"a", "address", "b", "dd", "div", "em", "h2", "h3", "h4", "h5", "h6", "i", "li", "p", "small", "span", "strong"}
)
_IGNORED = frozenset(
    {"circle", "g", "img", "input", "link", "meta", "noscript", "path", "rect", "script", "style", "svg", "use"}
)
_REACH_BEFORE = 80
_REACH_AFTER = 300
_REACH_AFTER_PLAIN = 30
"""Number of elements before and after the headline that are searched; fewer for a line without byline markup."""

_MAX_GROUP_DISTANCE = 8
_MAX_CHARACTERS = 160
_MAX_PLAIN_WORDS = 9
_MAX_NAMES = 10
_MAX_GROUPS = 5
_MAX_HEADINGS = 50
_MAX_ANCESTORS = 12
_MICRODATA = etree.XPath("//*[contains(concat(' ', @itemprop, ' '), ' author ') and not(self::meta)]")


@dataclass(frozen=True, kw_only=True, slots=True)
class _Candidate:
    """An element that may be a byline, its text, and its offset from the headline in elements."""

    element: html.HtmlElement
    offset: int
    text: str

    @property
    def distance(self) -> int:
        """Its distance to the headline, doubled above it: there are often the bylines of other stories."""
        return self.offset if self.offset >= 0 else -2 * self.offset


def microdata_authors(tree: html.HtmlElement) -> tuple[str, ...]:
    """The author strings in the microdata (``itemprop=author``) of the article itself."""
    authors: list[str] = []
    for element in cast("list[html.HtmlElement]", _MICRODATA(tree))[:_MAX_HEADINGS]:
        if not _is_outside_article(element):
            name_element = element.find(".//*[@itemprop='name']")
            source = element if name_element is None else name_element
            authors.append(source.get("content") or _text(source))
    return tuple(filter(None, authors))[:_MAX_NAMES]


def byline_candidates(tree: html.HtmlElement, *, title: str | None) -> Iterator[tuple[str, ...]]:
    """The candidates for the page's byline, the likeliest first; each is a group of neighbouring author strings.

    Links to an author come first, then elements with an author class, then lines that begin with "By".
    Within one kind, the nearest to the headline ``title`` comes first.
    """
    elements = [element for element in tree.iter(etree.Element) if element.tag not in _IGNORED]
    headline = _headline(tree, title)
    start = next((number for number, element in enumerate(elements) if element is headline), 0)
    first = max(0, start - _REACH_BEFORE)
    window = list(enumerate(elements[first : start + _REACH_AFTER], first - start))
    for is_byline in (_is_author_link, _has_author_class, _is_plain_byline):
        yield from islice(_groups(_innermost(window, is_byline)), _MAX_GROUPS)


def _headline(tree: html.HtmlElement, title: str | None) -> html.HtmlElement | None:
    """The h1 that equals the title; without a title the first h1; without any h1 the start of the body."""
    headings = list(islice(tree.iter("h1"), _MAX_HEADINGS))
    title_words = words(title or "")
    equal = (heading for heading in headings if words(_text(heading)) == title_words)
    return (
        next(equal, None)
        if title_words and headings
        else next(iter(headings), next(tree.iter("article", "main", "body"), None))
    )


def _innermost(
    window: Sequence[tuple[int, html.HtmlElement]], is_byline: Callable[[html.HtmlElement, int], bool]
) -> list[_Candidate]:
    """The matching elements that contain no other matching element, the nearest to the headline first."""
    matching = [
        (offset, element)
        for offset, element in window
        if is_byline(element, offset) and not _is_outside_article(element)
    ]
    ancestors = {ancestor for _, element in matching for ancestor in islice(element.iterancestors(), _MAX_ANCESTORS)}
    inner = [
        _Candidate(element=element, offset=offset, text=text)
        for offset, element in matching
        if element not in ancestors and (text := _text(element))
    ]
    return sorted(inner, key=lambda candidate: candidate.distance)


def _groups(candidates: Sequence[_Candidate]) -> Iterator[tuple[str, ...]]:
    """Each candidate with the candidates shortly after it that have the same class names."""
    for leader in candidates:
        names = _class_names(leader.element)
        group = (
            other.text
            for other in sorted(candidates, key=lambda candidate: candidate.offset)
            if 0 <= other.offset - leader.offset <= _MAX_GROUP_DISTANCE and _class_names(other.element) == names
        )
        yield tuple(dict.fromkeys(group))[:_MAX_NAMES]


def _is_author_link(element: html.HtmlElement, _: int) -> bool:
    if "author" in (element.get("rel") or "").lower().split():
        return True
    if element.tag != "a" or _AUTHOR_URL.search(element.get("href") or "") is None:
        return False
    parent = element.getparent()
    return parent is not None and bool(_text(parent))  # a link in a longer text is about a person, not by them


def _has_author_class(element: html.HtmlElement, _: int) -> bool:
    names = _class_names(element)
    return _AUTHOR_CLASS.search(names) is not None and _OTHER_CLASS.search(names) is None


def _is_plain_byline(element: html.HtmlElement, offset: int) -> bool:
    """True for a short line after the headline that begins with "By" or the like and goes on with a name."""
    if not 0 <= offset <= _REACH_AFTER_PLAIN or element.tag not in _LINE_TAGS:
        return False
    text = _text(element)
    start = BYLINE.match(text)
    rest = text[start.end() :] if start else ""
    return bool(rest) and not rest[0].islower() and 2 <= len(words(rest)) <= _MAX_PLAIN_WORDS


def _class_names(element: html.HtmlElement) -> str:
    return " ".join(filter(None, map(element.get, ("class", "id", "data-testid", "itemprop"))))


def _is_outside_article(element: html.HtmlElement) -> bool:
    """True if the element is not part of the article; the article itself may have a footer."""
    in_footer = False
    for ancestor in islice(element.iterancestors(), _MAX_ANCESTORS):
        if ancestor.tag == "article":
            return _CARD.search(_class_names(ancestor)) is not None
        if ancestor.tag in ("main", "body"):
            break
        if ancestor.tag in _OUTSIDE_TAGS or _OUTSIDE_CLASS.search(_class_names(ancestor)):
            return True
        in_footer = in_footer or ancestor.tag == "footer"
    return in_footer


def _text(element: html.HtmlElement) -> str:
    """The text of an element; "" if it is longer than a byline."""
    parts: list[str] = []
    size = 0
    for part in element.itertext():
        size += len(part)
        if size > 4 * _MAX_CHARACTERS:
            return ""
        parts.append(str(part))
    text = " ".join(" ".join(parts).split())
    return text if len(text) <= _MAX_CHARACTERS else ""
