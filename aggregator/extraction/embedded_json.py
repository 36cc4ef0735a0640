"""Reads articles from the JSON in the scripts of a page (``__NEXT_DATA__`` and the like).

It knows no format of a site. Scripts store an article as a list of parts, each with its text at some depth, or as
one string of HTML. ``jsonld_body_end.is_teaser`` decides if a text that looks like an article is the article
that the page shows.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import html

from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.words import words

_MIN_SCRIPT_CHARACTERS = 2_000
_MAX_SCRIPT_CHARACTERS = 3_000_000
_MAX_DEPTH = 40
_TEXT_KEYS = ("value", "text", "content", "children", "html")
"""The keys of the text of a part, and of its inner parts."""
_MIN_PROSE_WORDS = 8
_MIN_PARAGRAPHS = 3
_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟।][\"'”’»)）」』]*$")
_PARAGRAPH_TAG = re.compile(r"</p\s*>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def embedded_articles(tree: html.HtmlElement) -> tuple[str, ...]:
    """The texts in the page's JSON scripts that look like an article, one paragraph per line, the longest first."""
    texts = {text for script in tree.iter("script") for text in _texts(_parsed(script), 0)}
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))


def _parsed(script: html.HtmlElement) -> Any:
    text = script.text or ""
    if (script.get("type") or "").strip().lower() != "application/json":
        return None
    if not _MIN_SCRIPT_CHARACTERS <= len(text) <= _MAX_SCRIPT_CHARACTERS:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _texts(value: Any, depth: int) -> Iterator[str]:
    """The texts in a JSON value that look like an article."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        if len(_PARAGRAPH_TAG.findall(value)) >= _MIN_PARAGRAPHS:
            yield text_of_html(value)
        return
    if isinstance(value, list):
        lines = [line for part in value if (line := _plain_line(_part_text(part, 0)))]
        if sum(map(_is_prose, lines)) >= _MIN_PARAGRAPHS:
            yield "\n".join(lines)
    children = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for child in children:
        yield from _texts(child, depth + 1)


def _part_text(part: Any, depth: int) -> str:
    if isinstance(part, str):
        return part
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(part, list):
        return "".join(_part_text(child, depth + 1) for child in part)
    if isinstance(part, dict):
        return next((text for key in _TEXT_KEYS if (text := _part_text(part.get(key), depth + 1))), "")
    return ""


def _is_prose(line: str) -> bool:
    return _ENDS_SENTENCE.search(line) is not None and len(words(line)) >= _MIN_PROSE_WORDS


def _plain_line(text: str) -> str:
    return _SPACE.sub(" ", text_of_html(text) if "</" in text else text).strip()
