"""Chooses the headline among the titles of a page, without the outlet's name.

It works on strings and does not read the page. An h1 is the headline if another title of the page is similar;
without such a title it is often the name of the outlet or of a section. ``outlet_names`` removes the outlet's
name from a title.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from aggregator.extraction.outlet_names import strip_outlet_name
from aggregator.extraction.words import words

_MIN_SIMILARITY = 0.5
_MIN_HEADLINE_WORDS = 5
"""Least number of words of a heading that needs little support: names of sections and outlets have fewer."""

_MIN_DISTINCTIVE_LETTERS = 4
_ELLIPSES = ("...", "…")


@dataclass(frozen=True, kw_only=True, slots=True)
class TitleCandidates:
    """All titles of a page.

    ``headings`` are the h1 elements in order, ``headline`` is from JSON-LD, ``social`` from ``og:title``,
    ``document`` from the title element and ``feed`` from the feed entry. ``outlets`` are names of the
    outlet, ``sections`` names of the article's section.
    """

    headings: tuple[str, ...] = ()
    headline: str = ""
    social: str = ""
    document: str = ""
    feed: str = ""
    outlets: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


def choose_headline(candidates: TitleCandidates) -> str | None:
    """Chooses the headline and removes the outlet's name; None if the page has no title.

    In this order:

    1. The h1 that is most similar to another title; but the JSON-LD headline if it equals ``og:title`` and
       if the h1 does not equal the document's title.
    2. An h1 of five words or more that shares a distinctive word with another title. It is preferred
       because readers see it; the other titles are written for search engines and social media.
    3. The JSON-LD headline, ``og:title``, the feed's title, the document's title.
    4. The first h1.
    """
    headline, social, feed, document = (
        _stripped(title, candidates)
        for title in (candidates.headline, candidates.social, candidates.feed, candidates.document)
    )
    others = tuple(filter(None, (headline, social, document, feed)))
    stated = _untruncated(next(iter(filter(None, (headline, social, feed, document))), ""), others)
    headings = [heading for heading in candidates.headings if heading.strip()]
    if (similar := _most_similar(headings, others)) is not None:
        visible = _stripped(similar, candidates)
        is_outvoted = bool(headline) and words(headline) == words(social) and words(visible) != words(document)
        return headline if is_outvoted else visible
    supported = next((heading for heading in headings if _is_supported(heading, others)), None)
    return _stripped(supported, candidates) if supported else stated or _first_heading(headings, candidates)


def title_similarity(one: str, other: str) -> float:
    """The Jaccard similarity (0 to 1) of the words of two titles, of their characters in CJK."""
    left, right = set(words(one)), set(words(other))
    union = left | right
    return len(left & right) / len(union) if union else 0.0


def _stripped(title: str, candidates: TitleCandidates) -> str:
    return strip_outlet_name(title, candidates.outlets, sections=candidates.sections)


def _first_heading(headings: list[str], candidates: TitleCandidates) -> str | None:
    return _stripped(headings[0], candidates) if headings else None


def _most_similar(headings: list[str], others: tuple[str, ...]) -> str | None:
    """The heading with the highest similarity to another title, the first one if several are equal."""
    rated = [
        (max(title_similarity(heading, other) for other in others), -number, heading)
        for number, heading in enumerate(headings)
        if others
    ]
    best = max(rated, default=(0.0, 0, ""))
    return best[2] if best[0] >= _MIN_SIMILARITY else None


def _is_supported(heading: str, others: tuple[str, ...]) -> bool:
    if len(words(heading)) < _MIN_HEADLINE_WORDS:
        return False
    distinctive = set(_distinctive(heading))
    return any(not distinctive.isdisjoint(_distinctive(other)) for other in others)


def _distinctive(title: str) -> Iterator[str]:
    """Words that two titles seldom share by chance: words of four letters or more, pairs of characters in CJK."""
    title_words = words(title)
    yield from (word for word in title_words if len(word) >= _MIN_DISTINCTIVE_LETTERS)
    yield from (
        one + other for one, other in pairwise(title_words) if len(one) == len(other) == 1 and not one.isascii()
    )


def _untruncated(title: str, others: tuple[str, ...]) -> str:
    """The title, or another title that begins with it, if the title was truncated."""
    start = title
    for ellipsis in _ELLIPSES:
        start = start.removesuffix(ellipsis)
    start = start.rstrip()
    if len(words(start)) < _MIN_HEADLINE_WORDS:
        return title
    longer = (other for other in others if len(other) > len(start) and other.startswith(start))
    return next((other for other in longer if not other.endswith(_ELLIPSES)), title)
