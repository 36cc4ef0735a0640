"""Parses the JSON-LD of a page into nodes, and reads the values of their properties.

JSON-LD on news pages is often invalid, and may be hostile. A script that cannot be parsed is skipped. The
number of nodes, the depth and the references are limited, so that the time is bounded by the size of the page.
``jsonld_article`` finds the article among the nodes.
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

JsonLdNode = Mapping[str, Any]

_MAX_SCRIPT_CHARACTERS = 2_000_000
_MAX_DEPTH = 8
_MAX_NODES = 2000
_MAX_VALUES = 50
_MAX_NAME_CHARACTERS = 200
_WRAPPERS = re.compile(r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>(?:\*/)?)\s*;?\s*$")
_TRAILING_COMMA = re.compile(r",\s*(?=[}\]])")
_NODE_KEYS = ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "item", "hasPart")
"""The properties whose values are searched for further nodes."""

_LIST_ITEM_KEYS = frozenset({"itemListElement", "item"})
_DECODER = json.JSONDecoder(strict=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class GraphNode:
    """A node; ``is_list_item``: it is an item of a list, as are other articles that a page links to."""

    node: JsonLdNode
    is_list_item: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class JsonLdGraph:
    """All nodes of a page in page order, and the nodes by their ``@id``."""

    nodes: tuple[GraphNode, ...] = ()
    by_id: Mapping[str, JsonLdNode] = field(default_factory=dict)

    def resolved(self, value: Any) -> Any:
        """The node that ``{"@id": …}`` refers to; any other value, or a reference to no node, is returned unchanged."""
        if isinstance(value, dict) and len(value) <= 2 and isinstance(name := value.get("@id"), str):
            return self.by_id.get(name, value)
        return value

    def each(self, value: Any) -> Iterator[Any]:
        """The values of a list, or the value itself, with references resolved; 50 at most."""
        for item in value[:_MAX_VALUES] if isinstance(value, list) else (value,):
            yield self.resolved(item)

    def names(self, value: Any) -> Iterator[str]:
        """The names of a property's values: the names of nodes, or the strings themselves."""
        for item in self.each(value):
            if name := node_name(item):
                yield name

    def url(self, value: Any) -> str:
        """The first URL of a property, such as an image: the string itself, or the URL of the node; else ""."""
        for item in self.each(value):
            url = string_value(item) or (
                (string_value(item.get("url")) or string_value(item.get("contentUrl")))
                if isinstance(item, dict)
                else ""
            )
            if url:
                return url
        return ""


def read_jsonld(tree: html.HtmlElement) -> JsonLdGraph:
    """Reads all nodes in the JSON-LD scripts of a page, outer nodes before inner ones."""
    nodes: list[GraphNode] = []
    for script in _scripts(tree):
        nodes.extend(_nodes(_parsed(script), _MAX_NODES - len(nodes)))
    by_id: dict[str, JsonLdNode] = {}
    for entry in nodes:
        node_id = entry.node.get("@id")
        if isinstance(node_id, str) and len(entry.node) > 1:
            by_id.setdefault(node_id, entry.node)
    return JsonLdGraph(nodes=tuple(nodes), by_id=by_id)


def node_types(node: JsonLdNode) -> frozenset[str]:
    """The types of a node without their vocabulary: ``http://schema.org/NewsArticle`` is NewsArticle."""
    stated = node.get("@type")
    values = stated[:_MAX_VALUES] if isinstance(stated, list) else [stated]
    return frozenset(re.split(r"[/:#]", value)[-1] for value in values if isinstance(value, str))


def string_value(value: Any) -> str:
    """The value of a property as one unescaped string: the first one of a list; "" if it is no string."""
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, dict):
        value = value.get("@value")
    return _unescaped(value).strip() if isinstance(value, str) else ""


def node_name(value: Any) -> str:
    """The name of a node: its ``name``, its given and family name, or the value itself if it is a string."""
    if not isinstance(value, dict):
        name = string_value(value)
    else:
        stated = value.get("name")
        name = node_name(stated) if isinstance(stated, dict) and "@value" not in stated else string_value(stated)
        name = name or " ".join(
            filter(None, (string_value(value.get("givenName")), string_value(value.get("familyName"))))
        )
    return name if len(name) <= _MAX_NAME_CHARACTERS else ""


def _scripts(tree: html.HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            text = script.text or ""
            if len(text) <= _MAX_SCRIPT_CHARACTERS:
                yield _WRAPPERS.sub("", text)


def _parsed(script: str) -> Any:
    """The value in a script; text after it is ignored, trailing commas are accepted; None if it is invalid."""
    text = script.strip()
    for attempt in (text, _TRAILING_COMMA.sub("", text)):
        try:
            return _DECODER.raw_decode(attempt)[0]
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(value: Any, limit: int) -> Iterator[GraphNode]:
    """The nodes in a JSON value, breadth first, so that the limit cuts off the inner nodes."""
    waiting: deque[tuple[Any, int, bool]] = deque([(value, 0, False)])
    remaining = limit
    while waiting and remaining > 0:
        value, depth, is_list_item = waiting.popleft()
        if depth > _MAX_DEPTH:
            continue
        if isinstance(value, list):
            waiting.extend((item, depth + 1, is_list_item) for item in value[:limit])
        elif isinstance(value, dict):
            remaining -= 1
            yield GraphNode(node=value, is_list_item=is_list_item)
            waiting.extend(
                (value[key], depth + 1, is_list_item or key in _LIST_ITEM_KEYS) for key in _NODE_KEYS if key in value
            )


def _unescaped(text: str) -> str:
    """The text without HTML entities: publishers escape in JSON without need, some of them twice."""
    return entities.unescape(entities.unescape(text))
