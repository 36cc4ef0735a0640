"""What does a publisher's value mean, whatever the format it came in?

The small rules that RSS, Atom and JSON Feed share: languages, sizes, media types, which of
several texts is the content. It reads no document and cleans no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from aggregator.model.parsing import Enclosure
from aggregator.parsing.sanitise import plain_text, words_of
from aggregator.parsing.unsanitised_entry import NOTHING, Markup
from aggregator.parsing.urls import absolute_url, normalise_url

MOST_VALUES = 100
"""Authors, categories or enclosures kept of one entry."""

LONG_SUMMARY = 1500
"""Characters of text from which a lone description is the article rather than a summary of it."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_FRAGMENT = re.compile(r"[A-Za-z0-9._~:!/-]{1,200}")
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}", re.ASCII)


def language(*stated: str | None) -> str | None:
    """The first value that looks like a language tag (BCP 47), with ``-`` for ``_`` and a lower-case first part."""
    for value in stated:
        tag = value.strip().replace("_", "-") if value else ""
        if tag and _LANGUAGE.fullmatch(tag):
            first, dash, rest = tag.partition("-")
            return first.lower() + dash + rest
    return None


def names(values: Iterable[str | None]) -> tuple[str, ...]:
    """Authors or categories as plain text, without blanks and repeats, in the order given."""
    texts = (plain_text(value) for value in values if value)
    return tuple(dict.fromkeys(text for text in texts if text))[:MOST_VALUES]


def place_in_page(candidates: Iterable[str], *, base: str) -> str | None:
    """The first candidate that is an address, with its fragment: comments often stand in the article's own page."""
    for candidate in candidates:
        if candidate and (address := absolute_url(candidate, base=base)):
            fragment = candidate.strip().partition("#")[2]
            return f"{address}#{fragment}" if _FRAGMENT.fullmatch(fragment) else address
    return None


def enclosure(url: str | None, *, media_type: object, length: object, base: str) -> Enclosure | None:
    """An enclosure if its address is usable; a senseless type or length (bytes) counts as not given."""
    address = normalise_url(url or "", base=base)
    if address is None:
        return None
    kind = str(media_type or "").partition(";")[0].strip().lower()
    return Enclosure(url=address, media_type=kind if _MEDIA_TYPE.fullmatch(kind) else None, length=_size(length))


def distinct(enclosures: Iterable[Enclosure | None]) -> tuple[Enclosure, ...]:
    """The enclosures there are, the first of each address."""
    found: dict[str, Enclosure] = {}
    for item in enclosures:
        if item is not None:
            found.setdefault(item.url, item)
    return tuple(found.values())[:MOST_VALUES]


def image_among(enclosures: Iterable[Enclosure]) -> str | None:
    """The first enclosure that is a picture."""
    return next((item.url for item in enclosures if (item.media_type or "").startswith("image/")), None)


def summary_and_content(summary: Markup, content: Markup) -> tuple[Markup, Markup, str]:
    """Which of the two texts is which, and the words of the one that says more.

    A copy of the content is no summary, and a lone text as long as an article is the content:
    many RSS feeds put the whole article into ``description``.
    """
    if words := words_of(content.text):
        is_copy = len(summary.text) >= len(words) and words_of(summary.text) == words
        return (NOTHING if is_copy else summary), content, words
    words = words_of(summary.text)
    is_article = len(words) >= LONG_SUMMARY and not content.text.strip()
    return (NOTHING, summary, words) if is_article else (summary, content, words)


def _size(length: object) -> int | None:
    if isinstance(length, bool) or not isinstance(length, int | float | str):
        return None
    try:
        size = int(float(length)) if not isinstance(length, int) else length
    except (ValueError, OverflowError):
        return None
    return size if 0 <= size < 2**63 else None
