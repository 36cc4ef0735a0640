"""What does the page's JSON-LD say of the article (schema.org Article and its kinds)?

It does not weigh what it finds: ``metadata`` does. JSON-LD on news pages is often broken; a block
that cannot be read is passed over.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lxml import html

_ARTICLE = re.compile(r"(Article|BlogPosting|Report)$|^LiveBlogPosting$|^Review$")
_TOO_BIG = 2_000_000
_MAX_DEPTH = 8
_WRAPPERS = re.compile(r"^\s*(?:<!--|(?://|/\*)?\s*<!\[CDATA\[(?:\*/)?)|(?:-->|(?://|/\*)?\s*\]\]>(?:\*/)?)\s*;?\s*$")


@dataclass(frozen=True, kw_only=True, slots=True)
class StructuredArticle:
    """An Article node, every field as the publisher wrote it ("" or () when absent)."""

    headline: str = ""
    body: str = ""
    authors: tuple[str, ...] = ()
    published: str = ""
    language: str = ""
    image: str = ""
    publisher: str = ""


def structured_article(tree: html.HtmlElement) -> StructuredArticle:
    """The page's Article node; of several, the one with the longest body, then the first with a headline."""
    found = [_article(node) for script in _scripts(tree) for node in _nodes(_read(script), 0) if _is_article(node)]
    return max(found, key=lambda article: (len(article.body), bool(article.headline)), default=StructuredArticle())


def _scripts(tree: html.HtmlElement) -> Iterator[str]:
    for script in tree.iter("script"):
        if (script.get("type") or "").strip().lower().startswith("application/ld+json"):
            text = script.text or ""
            if len(text) <= _TOO_BIG:
                yield _WRAPPERS.sub("", text)


def _read(script: str) -> Any:
    try:
        return json.loads(script, strict=False)
    except (ValueError, RecursionError):
        return None


def _nodes(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(value, list):
        for item in value:
            yield from _nodes(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        for key in ("@graph", "mainEntity", "mainEntityOfPage", "itemListElement", "hasPart"):
            yield from _nodes(value.get(key), depth + 1)


def _is_article(node: Mapping[str, Any]) -> bool:
    kinds = node.get("@type")
    return any(
        isinstance(kind, str) and _ARTICLE.search(kind) for kind in (kinds if isinstance(kinds, list) else [kinds])
    )


def _article(node: Mapping[str, Any]) -> StructuredArticle:
    return StructuredArticle(
        headline=_word(node.get("headline")) or _word(node.get("name")),
        body=_word(node.get("articleBody")),
        authors=tuple(_names(node.get("author")) or _names(node.get("creator"))),
        published=_word(node.get("datePublished")),
        language=_word(node.get("inLanguage")),
        image=_address(node.get("image")),
        publisher=next(iter(_names(node.get("publisher"))), ""),
    )


def _word(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return _unescaped(value).strip() if isinstance(value, str) else ""


def _unescaped(text: str) -> str:
    """Publishers escape what needs no escaping in JSON, some of them twice."""
    return entities.unescape(entities.unescape(text))


def _names(value: Any) -> list[str]:
    if isinstance(value, list):
        return [name for item in value for name in _names(item)]
    if isinstance(value, dict):
        return _names(value.get("name"))
    return [name] if (name := _word(value)) else []


def _address(value: Any) -> str:
    if isinstance(value, list):
        return next((found for item in value if (found := _address(item))), "")
    if isinstance(value, dict):
        return _word(value.get("url")) or _word(value.get("contentUrl"))
    return _word(value)
