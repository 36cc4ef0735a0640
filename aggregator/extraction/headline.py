"""Which of the page's titles is the headline, without the outlet's suffix?

It does not read the page: it is given the strings. A first-level heading is the headline when
another witness agrees with it; alone it is often the outlet's name, or a section's. How an outlet's
name is told from a headline, and cut off, is the business of ``outlet_names``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from aggregator.extraction.outlet_names import without_outlet
from aggregator.extraction.words import words

_AGREEMENT = 0.5
_HEADLINE_WORDS = 5
"""Fewest words a heading must have to be believed with little support: sections and outlets have fewer."""

_TELLING_LETTERS = 4
_CUT_OFF = ("...", "…")


@dataclass(frozen=True, kw_only=True, slots=True)
class TitleWitnesses:
    """Every title that can be had.

    ``headings`` are the h1 elements in order, ``outlets`` names of the site, ``sections`` names of the
    part of it where the article stands.
    """

    headings: tuple[str, ...] = ()
    headline: str = ""
    social: str = ""
    document: str = ""
    feed: str = ""
    outlets: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()


def choose_title(witnesses: TitleWitnesses) -> str | None:
    """The headline, or None when nobody gives one.

    A heading that agrees with another witness, unless the structured and the social title say with one
    voice something else; else a heading of some length that has a telling word in common with another
    witness, because what stands over the text is what readers know it by, and titles for machines are
    written for machines; else the structured headline, the social title (``og:title``), the feed's
    title, the document's; else the first heading. All without the outlet.
    """
    headline, social, feed, document = (
        _stripped(title, witnesses)
        for title in (witnesses.headline, witnesses.social, witnesses.feed, witnesses.document)
    )
    others = tuple(filter(None, (headline, social, document, feed)))
    stated = _whole(next(iter(filter(None, (headline, social, feed, document))), ""), others)
    headings = [heading for heading in witnesses.headings if heading.strip()]
    if (agreed := _best_agreed(headings, others)) is not None:
        shown = _stripped(agreed, witnesses)
        outvoted = bool(headline) and words(headline) == words(social) and words(shown) != words(document)
        return headline if outvoted else shown
    supported = next((heading for heading in headings if _is_supported(heading, others)), None)
    return _stripped(supported, witnesses) if supported else stated or _first_heading(headings, witnesses)


def agreement(one: str, other: str) -> float:
    """How much two titles have in common: Jaccard similarity of their words, of characters in CJK."""
    left, right = set(words(one)), set(words(other))
    union = left | right
    return len(left & right) / len(union) if union else 0.0


def _stripped(title: str, witnesses: TitleWitnesses) -> str:
    return without_outlet(title, witnesses.outlets, sections=witnesses.sections)


def _first_heading(headings: list[str], witnesses: TitleWitnesses) -> str | None:
    return _stripped(headings[0], witnesses) if headings else None


def _best_agreed(headings: list[str], others: tuple[str, ...]) -> str | None:
    """The heading that another witness agrees with most, the first of equals."""
    agreeing = [
        (max(agreement(heading, other) for other in others), -place, heading)
        for place, heading in enumerate(headings)
        if others
    ]
    best = max(agreeing, default=(0.0, 0, ""))
    return best[2] if best[0] >= _AGREEMENT else None


def _is_supported(heading: str, others: tuple[str, ...]) -> bool:
    if len(words(heading)) < _HEADLINE_WORDS:
        return False
    mine = set(_telling(heading))
    return any(not mine.isdisjoint(_telling(other)) for other in others)


def _telling(title: str) -> Iterator[str]:
    """What hardly two titles share by chance: words of some length, pairs of characters in CJK."""
    found = words(title)
    yield from (word for word in found if len(word) >= _TELLING_LETTERS)
    yield from (one + other for one, other in pairwise(found) if len(one) == len(other) == 1 and not one.isascii())


def _whole(title: str, others: tuple[str, ...]) -> str:
    """The title, or the witness that goes on where it was cut off for want of space."""
    start = title
    for mark in _CUT_OFF:
        start = start.removesuffix(mark)
    start = start.rstrip()
    if len(words(start)) < _HEADLINE_WORDS:
        return title
    longer = (other for other in others if len(other) > len(start) and other.startswith(start))
    return next((other for other in longer if not other.endswith(_CUT_OFF)), title)
