"""Which of the page's titles is the headline, without the outlet's suffix?

It does not read the page: it is given the strings. A first-level heading is the headline when
another witness agrees with it; alone it is often the outlet's name, or a section's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from aggregator.extraction.words import words

_WORD = re.compile(r"\w")
_SEPARATOR = re.compile(r"\s+[|\-–—·•:»«/]{1,2}\s+|\s*[|｜]\s*|_(?=[^_]{2,20}$)")
_AGREEMENT = 0.5
_MAX_SUFFIX_WORDS = 5
_MAX_SECTION_WORDS = 2
_PIPES = ("|", "｜")


@dataclass(frozen=True, kw_only=True, slots=True)
class TitleWitnesses:
    """Every title that can be had: ``headings`` are the h1 elements in order, ``outlets`` names of the site."""

    headings: tuple[str, ...] = ()
    headline: str = ""
    social: str = ""
    document: str = ""
    feed: str = ""
    outlets: tuple[str, ...] = ()


def choose_title(witnesses: TitleWitnesses) -> str | None:
    """The headline, or None when nobody gives one.

    A heading that agrees with another witness; else the structured headline, the social title
    (``og:title``), the feed's title, the document's, each without the outlet; else the first heading.
    """
    others = tuple(
        stripped
        for title in (witnesses.headline, witnesses.social, witnesses.document, witnesses.feed)
        if (stripped := without_outlet(title, witnesses.outlets))
    )
    agreeing = [
        (max(agreement(heading, other) for other in others), -place, heading)
        for place, heading in enumerate(witnesses.headings)
        if others and heading.strip()
    ]
    best = max(agreeing, default=(0.0, 0, ""))
    if best[0] >= _AGREEMENT:
        return without_outlet(best[2], witnesses.outlets)
    return next(iter(others), None) or next((heading for heading in witnesses.headings if heading.strip()), None)


def agreement(one: str, other: str) -> float:
    """How much two titles have in common: Jaccard similarity of their words, of characters in CJK."""
    left, right = set(words(one)), set(words(other))
    union = left | right
    return len(left & right) / len(union) if union else 0.0


def without_outlet(title: str, outlets: Iterable[str]) -> str:
    """``title`` without the segments that name its outlet: ``Rain at last | Example News``.

    Beside ``|`` a short segment goes in any case, at the end or, as a section, at the start; beside
    other separators only an outlet's name does.
    """
    title = " ".join(title.split())
    known = {_squeezed(outlet) for outlet in outlets if _squeezed(outlet)}
    while len(parts := list(_SEPARATOR.finditer(title))):
        first, last = parts[0], parts[-1]
        head, tail = title[: first.start()], title[last.end() :]
        if _names_outlet(tail, known) or (last[0].strip() in _PIPES and _is_short_end(tail, title[: last.start()])):
            title = title[: last.start()]
        elif _names_outlet(head, known) or (first[0].strip() in _PIPES and len(head.split()) <= _MAX_SECTION_WORDS):
            title = title[first.end() :]
        else:
            break
    return title.strip()


def _names_outlet(segment: str, known: set[str]) -> bool:
    squeezed = _squeezed(segment)
    return squeezed in known or any(
        len(name) > 4 and name in squeezed and len(squeezed) < 2 * len(name) for name in known
    )


def _is_short_end(segment: str, rest: str) -> bool:
    return len(segment.split()) <= _MAX_SUFFIX_WORDS and len(rest) > len(segment)


def _squeezed(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
