"""Runs feedparser's parsers, for documents that are not plain.

The document is repaired before (``xml_repair``), so feedparser's guesses of the encoding and of the entities are not
needed. Its handlers are corrected (``corrected_handlers``). Its sanitising and its resolution of links are off: nh3
does both later in one pass.
"""

from __future__ import annotations

import io
from typing import Any
from xml import sax

from aggregator.model.parsing import Unreadable
from aggregator.parsing.feedparser_compat.corrected_handlers import LenientParser, StrictParser
from aggregator.parsing.feedparser_compat.fast_parser import FeedparserResult

_HISTORY = "http://purl.org/syndication/history/1.0"
_ENCODING = "utf-8"


def parse_with_library(text: str, *, base: str) -> FeedparserResult | Unreadable:
    """Parses a repaired document, whose URL is ``base``; any exception of feedparser gives ``Unreadable``."""
    try:
        parser = _parse_strictly(text, base) or _parse_leniently(text, base)
    except Exception as error:  # noqa: BLE001  # hostile input can fail anywhere in it; that is an outcome, not a crash
        return Unreadable(reason=f"the XML cannot be read ({type(error).__name__})")
    if not parser.version and not parser.entries:
        return Unreadable(reason="the XML document is not a feed")
    feed = _plain_value(parser.feeddata)
    return FeedparserResult(
        version=parser.version,
        feed=feed,
        entries=[_plain_value(entry) for entry in parser.entries],
        complete=_is_complete(feed, parser.namespaces_in_use),
    )


def _parse_strictly(text: str, base: str) -> StrictParser | None:
    parser = StrictParser("", None, _ENCODING)
    _configure(parser, base)
    reader = sax.make_parser()  # noqa: S317  # ``xml_repair`` removed the DOCTYPE and checked depth and size
    reader.setFeature(sax.handler.feature_namespaces, True)
    reader.setFeature(sax.handler.feature_external_ges, False)
    reader.setContentHandler(parser)
    reader.setErrorHandler(parser)
    try:
        reader.parse(io.BytesIO(text.encode()))
    except sax.SAXException:
        return None
    return parser


def _parse_leniently(text: str, base: str) -> LenientParser:
    parser = LenientParser("", None, _ENCODING, {})
    _configure(parser, base)
    parser.feed(text)
    return parser


def _configure(parser: StrictParser | LenientParser, base: str) -> None:
    parser.document_url = base
    parser.resolve_relative_uris = parser.sanitize_html = False


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
