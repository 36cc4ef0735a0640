"""Computes the position of a block in the markup: its depth, and hints from class names and ids above it.

Most sites use the same few words in class names and ids. The table of hints lists such words by the part
of the layout that they name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from lxml import etree
from numpy.typing import NDArray

from aggregator.extraction.dom_branches import path_from_known

HintDistances = NDArray[np.intp]

_HINTS = {
    "comment": r"comment|disqus|reply|respond",
    "related": r"relat|recirc|recommend|more-?(?:on|from|stor|news|in)|popular|trend|read-?(?:more|next|also)|up-?next"
    r"|also|teaser|similar|most-?",
    "share": r"shar(?:e|ing)|social|follow|tweet|facebook",
    "promo": r"promo|advert|\bads?\b|sponsor|newsletter|subscri|sign-?up|paywall|piano|cta|banner|offer|donat"
    r"|membership|premium|abo",
    "meta": r"meta|date|time|tags?\b|breadcrumb|categor|label|kicker|eyebrow|topic|keyword|dateline|pubd",
    "caption": r"caption|credit|figure|gallery|image|photo|media|video|slide|picture|copyright",
    "footer": r"foot|copyright|disclaim|legal|terms|policy|cookie|consent|gdpr",
    "side": r"nav|menu|sidebar|rail|aside|widget|toolbar|secondary|modal|popup|overlay|dialog",
    "head": r"head(?:er|line)?|title|dek|standfirst|summary|lead|lede|intro|excerpt|abstract|chapo|deck",
    "body": r"article|content|story|post|entry|body|text|rich|prose|copy|paragraph|wysiwyg|markdown",
    "card": r"card|item|grid|tile|list|feed|stream|carousel|slider|row|col",
    "box": r"box|info|fact|callout|pull|quote|highlight|note|product|deal|table|embed|key-?(?:point|takeaway)",
    "hidden": r"hidden|hide|sr-only|visually|screen-?reader|print|invisible",
}
CLASS_HINTS = tuple(_HINTS)
MAX_HINT_DISTANCE = 9
"""The distance of a hint that is absent, or too far above to mean anything."""

_PATTERNS = tuple((number, re.compile(pattern)) for number, pattern in enumerate(_HINTS.values()))
_NAME = re.compile(r"[a-z-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class MarkupPosition:
    """The position of an element: its depth and, for each of ``CLASS_HINTS``, the depth of the nearest hint."""

    depth: int
    hints: tuple[int, ...]


def hint_distances(positions: Sequence[MarkupPosition]) -> HintDistances:
    """The number of elements from each position (rows) up to the nearest hint of each kind (columns).

    The number is ``MAX_HINT_DISTANCE`` at most.
    """
    depths = np.array([position.depth for position in positions], dtype=np.intp)
    hints = np.array([position.hints for position in positions], dtype=np.intp).reshape(
        len(positions), len(CLASS_HINTS)
    )
    distances: HintDistances = np.minimum(depths[:, None] - hints, MAX_HINT_DISTANCE)
    return distances


_ROOT = MarkupPosition(depth=0, hints=(-MAX_HINT_DISTANCE,) * len(CLASS_HINTS))


@dataclass(frozen=True, slots=True)
class MarkupPositions:
    """The positions of a page's elements; each is computed once."""

    _positions: dict[etree._Element | None, MarkupPosition] = field(default_factory=lambda: {None: _ROOT})

    def of(self, element: etree._Element) -> MarkupPosition:
        """The position of an element in its tree."""
        ancestor, path = path_from_known(element, self._positions)
        position = self._positions[ancestor]
        for descendant in path:
            position = self._positions[descendant] = self._child_position(position, descendant)
        return position

    def _child_position(self, parent: MarkupPosition, element: etree._Element) -> MarkupPosition:
        depth, hints = parent.depth + 1, parent.hints
        if found := _hints_in(f"{element.get('class', '')} {element.get('id', '')}".lower()):
            hints = tuple([depth if number in found else hint for number, hint in enumerate(hints)])
        return MarkupPosition(depth=depth, hints=hints)


def _hints_in(names: str) -> set[int]:
    return set().union(*map(_hints_in_name, _NAME.findall(names)))


@lru_cache(maxsize=4096)  # most sites use the same few hundred names
def _hints_in_name(name: str) -> tuple[int, ...]:
    return tuple(number for number, pattern in _PATTERNS if pattern.search(name))
