"""Which nodes stand in a page's JSON-LD, and what do their values say?

It does not know what an article is: ``structured`` does. JSON-LD on news pages is often broken, and may
be hostile: a block that cannot be read is passed over, and of nodes, depth and references only so
many are followed that the time is bounded by the size of the page.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import html

Node = Mapping[str, Any]

_TOO_BIG = 2_000_000
_MAX_DEPTH = 8
_MAX_NODES = 2000
_MAX_VALUES = 50
_MAX_NAME = 200
_WRAPPERS = re.compile(r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>(?:\*/)?)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_INSIDE = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart")
"""Under which keys further nodes are looked for."""

_LISTED = frozenset({"itemListElement", "item"})
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """A node and whether it was an item of a list, as other articles are that a page points to."""

    node: Node
    listed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Graph:
    """All nodes of a page in the order they stand, and those that can be referred to by ``@id``."""

    found: tuple[Found, ...] = ()
    by_id: Mapping[str, Node] = field(default_factory=dict)

    def resolved(self, value: Any) -> Any:
        """The node that ``{"@id": …}`` refers to; any other value is itself, and so is a reference to nothing."""
        if isinstance(value, dict) and len(value) <= 2 and isinstance(name := value.get("@id"), str):
            return self.by_id.get(name, value)
        return value

    def each(self, value: Any) -> Iterator[Any]:
        """The values of a list, or the value itself, references resolved, as many as make sense."""
        for item in value[:_MAX_VALUES] if isinstance(value, list) else (value,):
            yield self.resolved(item)

    def names(self, value: Any) -> Iterator[str]:
        """What the things are called that a property holds: names of nodes, or the strings themselves."""
        for item in self.each(value):
            if name := name_of(item):
                yield name

    def address(self, value: Any) -> str:
        """The first address that a property holds: of an image, as a string or as its node."""
        for item in self.each(value):
            found = word(item) or (
                (word(item.get("url")) or word(item.get("contentUrl"))) if isinstance(item, dict) else ""
            )
            if found:
                return found
        return ""


def read_graph(tree: html.HtmlElement) -> Graph:
    """Every node in the scripts of the page, outer before inner."""
    found: list[Found] = []
    for script in _scripts(tree):
        found.extend(_nodes(_read(script), _MAX_NODES - len(found)))
    by_id: dict[str, Node] = {}
    for one in found:
        name = one.node.get("@id")
        if isinstance(name, str) and len(one.node) > 1:
            by_id.setdefault(name, one.node)
    return Graph(found=tuple(found), by_id=by_id)


def kinds(node: Node) -> frozenset[str]:
    """The types of a node without their vocabulary: ``http://schema.org/NewsArticle`` is NewsArticle."""
    stated = node.get("@type")
    values = stated[:_MAX_VALUES] if isinstance(stated, list) else [stated]
    return frozenset(re.split(r"[/:#]", value)[-1] for value in values if isinstance(value, str))


def word(value: Any) -> str:
    """A property as one string, unescaped; of several values the first; "" for what is no string."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value")
    return _unescaped(value).strip() if isinstance(value, str) else ""


def name_of(value: Any) -> str:
    """What a thing is called: its ``name``, its given and family name, or the string that stands for it."""
    if not isinstance(value, dict):
        name = word(value)
    else:
        stated = value.get("name")
        name = name_of(stated) if isinstance(stated, dict) and "@value" not in stated else word(stated)
        name = name or " ".join(filter(None, (word(value.get("givenName")), word(value.get("familyName")))))
    return name if len(name) <= _MAX_NAME else ""


def _scripts(tree: html.HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            text = script.text or ""
            if len(text) <= _TOO_BIG:
                yield _WRAPPERS.sub("", text)


def _read(script: str) -> Any:
    """The value a script holds; what stands behind it is passed over, and a comma too many forgiven."""
    text = script.strip()
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return _DECODER.raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any, most: int) -> Iterator[Found]:
    """Breadth first, so that the outer nodes are those that are kept when there are too many."""
    waiting: deque[tuple[Any, int, bool]] = deque([(value, 0, False)])
    left = most
    while waiting and left > 0:
        value, depth, listed = waiting.popleft()
        if depth > _MAX_DEPTH:
            continue
        if isinstance(value, list):
            waiting.extend((item, depth + 1, listed) for item in value[:most])
        elif isinstance(value, dict):
            left -= 1
            yield Found(node=value, listed=listed)
            waiting.extend((value[key], depth + 1, listed or key in _LISTED) for key in _INSIDE if key in value)


def _unescaped(text: str) -> str:
    """Publishers escape what needs no escaping in JSON, some of them twice."""
    return entities.unescape(entities.unescape(text))
