"""Parses a plain list of feed URLs: one on each line, or newsboat's ``urls`` file.

In the format of newsboat (its manual, section "First Steps"), tags follow the URL, separated by blanks. A tag with
blanks is in quotation marks, ``~`` begins a title, and ``#`` a comment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from aggregator.model.parsing import Unreadable
from aggregator.parsing.document_encoding import decode_document
from aggregator.parsing.subscription_list import SubscriptionCollector, Subscriptions, web_url
from aggregator.parsing.titles import plain_text
from aggregator.url_credentials import without_userinfo

URL_LIST = "a list of URLs"
"""The format, as reports name it."""

_TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"?|(\S+)')
_BULLET = re.compile(r"[-*\u2022]\s+")
_ESCAPED = re.compile(r"\\(.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}
_FEED = re.compile(r"https?://|exec:|filter:|query:", re.IGNORECASE)
_OTHER_FORMATS = ("<", "{", "[")
_HIDDEN = "!"
"""A tag by which newsboat hides a feed from its list."""


def read_url_list(body: bytes) -> Subscriptions | Unreadable:
    """Parses a list in any encoding; most of its lines, without empty ones and comments, must begin with a URL."""
    text = decode_document(body, content_type=None).text
    lines = [] if text.lstrip().startswith(_OTHER_FORMATS) else list(_lines(text))
    urls = sum(1 for _, tokens in lines if _FEED.match(web_url(tokens[0])))
    if not urls or 2 * urls < len(lines):
        return Unreadable(reason="this is neither an OPML document nor a list of feed URLs")
    collector = SubscriptionCollector()
    for number, (url, *tags) in lines:
        _add_line(collector, number, url, tags)
    return Subscriptions(format=URL_LIST, feeds=collector.feeds, skipped=tuple(collector.skipped))


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yields the number and the tokens of each line that has some."""
    for number, line in enumerate(text.splitlines(), start=1):
        if tokens := list(_tokens(_BULLET.sub("", line.strip(), count=1))):
            yield number, tokens


def _tokens(line: str) -> Iterator[str]:
    for match in _TOKEN.finditer(line):
        if match[2] is not None and match[2].startswith("#"):
            return
        token = _ESCAPED.sub(lambda escaped: _ESCAPES.get(escaped[1], escaped[1]), match[1] or "")
        if token := token if match[2] is None else match[2]:
            yield token


def _add_line(collector: SubscriptionCollector, number: int, url: str, tags: list[str]) -> None:
    title = next((title for tag in tags if tag.startswith("~") and (title := plain_text(tag[1:]))), "")
    labels = tuple(
        dict.fromkeys(label for tag in tags if tag[0] not in "~!" and (label := " ".join(plain_text(tag).split())))
    )
    what = title or without_userinfo(url)
    settings: dict[str, object] = {"url": url}
    if title:
        settings["title"] = title
    if labels:
        settings["tags"] = labels
    collector.add(settings, what=f"line {number}, {what}")
    if _HIDDEN in tags:
        collector.skip(f"line {number}, {what}", "newsboat hides this feed (!); here it is like any other")
