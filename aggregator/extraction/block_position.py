"""Where in the markup does a block stand: how deep, under which names of classes?

It does not say what follows from it. Class names and ids are words that people chose, and on most
sites the same few: the table of hints has what they begin or contain, in the sense of the layout.
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

Steps = NDArray[np.intp]

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
HINTS = tuple(_HINTS)
FAR = 9
"""The distance of a hint that stands nowhere above, or so far above that it says nothing."""

_PATTERNS = tuple((number, re.compile(pattern)) for number, pattern in enumerate(_HINTS.values()))
_NAME = re.compile(r"[a-z-]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """``hints`` has the depth of the nearest of each of ``HINTS``."""

    depth: int
    hints: tuple[int, ...]


def steps_to_hints(places: Sequence[Place]) -> Steps:
    """How many elements up the nearest of each of ``HINTS`` (columns) is from each place (rows), ``FAR`` at most."""
    depths = np.array([place.depth for place in places], dtype=np.intp)
    hints = np.array([place.hints for place in places], dtype=np.intp).reshape(len(places), len(HINTS))
    steps: Steps = np.minimum(depths[:, None] - hints, FAR)
    return steps


_ROOT = Place(depth=0, hints=(-FAR,) * len(HINTS))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The places of a page's elements, each worked out once."""

    _places: dict[etree._Element | None, Place] = field(default_factory=lambda: {None: _ROOT})

    def of(self, element: etree._Element) -> Place:
        """The place of an element in its tree."""
        above, path = path_from_known(element, self._places)
        place = self._places[above]
        for below in path:
            place = self._places[below] = self._below(place, below)
        return place

    def _below(self, place: Place, element: etree._Element) -> Place:
        depth, hints = place.depth + 1, place.hints
        if named := _hints_in(f"{element.get('class', '')} {element.get('id', '')}".lower()):
            hints = tuple([depth if number in named else hint for number, hint in enumerate(hints)])
        return Place(depth=depth, hints=hints)


def _hints_in(names: str) -> set[int]:
    return set().union(*map(_hints_in_name, _NAME.findall(names)))


@lru_cache(maxsize=4096)  # the pages of a site, and many sites, use the same few hundred
def _hints_in_name(name: str) -> tuple[int, ...]:
    return tuple(number for number, pattern in _PATTERNS if pattern.search(name))
