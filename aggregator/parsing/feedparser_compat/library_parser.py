"""Runs feedparser itself, for documents that are not plain.

The document is repaired before (``xml_repair``), so feedparser guesses neither the encoding nor the entities.
Its sanitising and its resolution of links are off: nh3 does both later in one pass.
"""

from __future__ import annotations

import io
from typing import Any

import feedparser

from aggregator.model.parsing import Unreadable
from aggregator.parsing.feedparser_compat.fast_parser import FeedparserResult

_HISTORY = "http://purl.org/syndication/history/1.0"
_HEADERS = {"content-type": "application/xml; charset=utf-8"}


def parse_with_library(text: str) -> FeedparserResult | Unreadable:
    """Parses a repaired document with feedparser; any of its exceptions gives ``Unreadable``."""
    try:
        result = feedparser.parse(
            io.BytesIO(text.encode()), response_headers=_HEADERS, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # noqa: BLE001  # hostile input can fail anywhere in it; that is an outcome, not a crash
        return Unreadable(reason=f"the XML cannot be read ({type(error).__name__})")
    if not result["version"] and not result["entries"]:
        return Unreadable(reason="the XML document is not a feed")
    feed = _plain_value(result["feed"])
    return FeedparserResult(
        version=result["version"],
        feed=feed,
        entries=[_plain_value(entry) for entry in result["entries"]],
        complete=_is_complete(feed, result["namespaces"]),
    )


def _plain_value(value: Any) -> Any:
    """Converts feedparser's dictionaries to ``dict``: they look up a missing key under other names."""
    if isinstance(value, dict):
        return {key: _plain_value(part) for key, part in value.items()}
    return [_plain_value(part) for part in value] if isinstance(value, list) else value


def _is_complete(feed: dict[str, Any], namespaces: dict[str, str]) -> bool:
    """True if the feed declares itself complete (RFC 5005 section 2).

    The RFC does not define ``complete`` in an archive document, so there it is ignored.
    """
    prefixes = [prefix for prefix, uri in namespaces.items() if uri == _HISTORY]
    names = {f"{prefix.lower()}_" if prefix else "" for prefix in prefixes}
    return any(f"{name}complete" in feed for name in names) and not any(f"{name}archive" in feed for name in names)
