"""Defines the tree of an entry's media: what Media RSS says of which medium.

``media:content`` and ``media:group`` may be nested, and a text belongs to the element around it. Both parsers build
this tree. ``entry_media`` reads it.
"""

from __future__ import annotations

from typing import Any

MediaNode = dict[str, Any]
"""A medium, a group of media, or the entry around them.

``kind`` is ``content``, ``group`` or ``entry``; ``attributes`` are those of the element; ``texts`` are feedparser's
details of its title, description, text and credit, by name; ``parts`` are the media inside it.
"""

_MAX_PARTS = 200
"""Media in one element that are read."""


def media_node(kind: str, attributes: dict[str, str]) -> MediaNode:
    """Returns a node without texts and parts."""
    return {"kind": kind, "attributes": attributes, "texts": {}, "parts": []}


def media_root(context: dict[str, Any]) -> MediaNode:
    """Returns the root of a feed's or entry's tree, which is made when it is first needed."""
    root: MediaNode = context.setdefault("media", media_node("entry", {}))
    return root


def add_medium(around: MediaNode, node: MediaNode) -> None:
    """Adds a medium or group to the element around it."""
    if len(around["parts"]) < _MAX_PARTS:
        around["parts"].append(node)


def add_text(node: MediaNode, name: str, detail: dict[str, Any]) -> None:
    """Stores a text of a node; the first one of a name stays."""
    if detail["value"]:
        node["texts"].setdefault(name, detail)
