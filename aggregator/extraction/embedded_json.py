"""Which articles does the page's own program carry, to be shown once it runs (``__NEXT_DATA__`` and its kin)?

It knows no site's format. Programs keep an article as a list of parts, each with its words somewhere
inside, or as one string of HTML. Whether what reads like an article is the one that the page shows,
or another's, is for ``witness`` to say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from lxml import html

from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.words import words

_SMALLEST = 2_000
_LARGEST = 3_000_000
"""Characters of a script that can hold an article and is worth reading."""
_MAX_DEPTH = 40
_WORDS_IN = ("value", "text", "content", "children", "html")
"""Keys under which programs keep the words of a part, and its parts."""
_PROSE_WORDS = 8
_PARAGRAPHS = 3
_ENDS_SENTENCE = re.compile(r"[.!?…。！？؟।][\"'”’»)）」』]*$")
_PARAGRAPH_TAG = re.compile(r"</p\s*>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")


def embedded_articles(tree: html.HtmlElement) -> tuple[str, ...]:
    """Whatever reads like an article in the page's JSON scripts, one paragraph per line, the longest first."""
    texts = {text for script in tree.iter("script") for text in _texts(_read(script), 0)}
    return tuple(sorted(texts, key=lambda text: (-len(text), text)))


def _read(script: html.HtmlElement) -> Any:
    text = script.text or ""
    if (script.get("type") or "").strip().lower() != "application/json" or not _SMALLEST <= len(text) <= _LARGEST:
        return None
    try:
        return json.loads(text, strict=False)
    except (ValueError, RecursionError):
        return None


def _texts(value: Any, depth: int) -> Iterator[str]:
    """Everything in a JSON value that reads like an article."""
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, str):
        if len(_PARAGRAPH_TAG.findall(value)) >= _PARAGRAPHS:
            yield text_of_html(value)
        return
    if isinstance(value, list):
        lines = [line for part in value if (line := _tidy(_words_of(part, 0)))]
        if sum(map(_is_prose, lines)) >= _PARAGRAPHS:
            yield "\n".join(lines)
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for part in inside:
        yield from _texts(part, depth + 1)


def _words_of(part: Any, depth: int) -> str:
    if isinstance(part, str):
        return part
    if depth > _MAX_DEPTH:
        return ""
    if isinstance(part, list):
        return "".join(_words_of(inside, depth + 1) for inside in part)
    if isinstance(part, dict):
        return next((found for key in _WORDS_IN if (found := _words_of(part.get(key), depth + 1))), "")
    return ""


def _is_prose(line: str) -> bool:
    return _ENDS_SENTENCE.search(line) is not None and len(words(line)) >= _PROSE_WORDS


def _tidy(text: str) -> str:
    return _SPACE.sub(" ", text_of_html(text) if "</" in text else text).strip()
