"""Converts publishers' values to the fields of an entry, by rules that RSS, Atom and JSON Feed share.

The rules cover languages, sizes, media types, and which of several texts is the content. This module reads no
document and sanitises no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from aggregator.model.parsing import Enclosure
from aggregator.parsing.sanitise import markup_text
from aggregator.parsing.schemeless_urls import with_scheme
from aggregator.parsing.titles import plain_text
from aggregator.parsing.unsanitised_entry import EMPTY_MARKUP, Markup
from aggregator.parsing.urls import absolute_url, anchor_of, normalise_url

MAX_VALUES = 100
"""The largest number of authors, of categories and of enclosures of one entry."""

MIN_ARTICLE_LENGTH = 1500
"""Characters from which a description without a content is the article, not its summary."""

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*", re.ASCII)
_FRAGMENT = re.compile(r"[A-Za-z0-9._~:!/-]{1,200}")
_DURATION = re.compile(r"(?:\d{1,3}:){0,2}\d{1,6}(?:\.\d{1,6})?", re.ASCII)
_MEDIA_TYPE = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}", re.ASCII)


def first_language(*stated: str | None) -> str | None:
    """Returns the first valid language tag (BCP 47), with ``-`` instead of ``_`` and a lower-case first part."""
    for value in stated:
        tag = value.strip().replace("_", "-") if value else ""
        if tag and _LANGUAGE.fullmatch(tag):
            first, dash, rest = tag.partition("-")
            return first.lower() + dash + rest
    return None


def plain_names(values: Iterable[str | None]) -> tuple[str, ...]:
    """Returns authors or categories as plain text, without empty and repeated ones, in the order given."""
    texts = (plain_text(value) for value in values if value)
    return tuple(dict.fromkeys(text for text in texts if text))[:MAX_VALUES]


def first_link(candidates: Iterable[str], *, base: str, hosts: Collection[str] = ()) -> tuple[str | None, str]:
    """Returns the first usable link, normalised, and its anchor ("" if it has none); (None, "") without a link.

    ``hosts`` are further hosts of the feed, for links without a scheme.
    """
    for candidate in candidates:
        if candidate and (url := web_address(candidate, base=base, hosts=hosts)):
            return url, anchor_of(with_scheme(candidate, base=base, hosts=hosts), base=base)
    return None, ""


def first_url_with_fragment(candidates: Iterable[str], *, base: str) -> str | None:
    """Returns the first usable URL with its fragment: comments are often a section of the article's page."""
    for candidate in candidates:
        if candidate and (address := absolute_url(with_scheme(candidate, base=base), base=base)):
            fragment = candidate.strip().partition("#")[2]
            return f"{address}#{fragment}" if _FRAGMENT.fullmatch(fragment) else address
    return None


def web_address(candidate: str, *, base: str, hosts: Collection[str] = ()) -> str | None:
    """Returns a normalised absolute URL, also of one without a scheme (``schemeless_urls``); None if it is no URL.

    ``hosts`` are further hosts of the feed.
    """
    return normalise_url(with_scheme(candidate, base=base, hosts=hosts), base=base)


def file_address(candidate: str, *, base: str) -> str | None:
    """Returns the absolute URL of a file or picture, in the publisher's spelling; None if it is no URL.

    A file is not identified by its URL as an article is, and a signature in it may cover every character.
    """
    written = with_scheme(candidate, base=base)
    return absolute_url(written, base=base) or normalise_url(written, base=base)


def make_enclosure(
    url: str | None, *, media_type: object, length: object, base: str, title: object = None, duration: object = None
) -> Enclosure | None:
    """Returns an enclosure, or None if its URL is unusable.

    An invalid media type, length (bytes), title or duration (seconds, or hours, minutes and seconds with colons)
    becomes None.
    """
    address = file_address(url or "", base=base)
    if address is None:
        return None
    kind = str(media_type or "").partition(";")[0].strip().lower()
    return Enclosure(
        url=address,
        media_type=kind if _MEDIA_TYPE.fullmatch(kind) else None,
        length=_length_in_bytes(length),
        title=plain_text(title) or None if isinstance(title, str) else None,
        duration=_seconds(duration),
    )


def distinct_enclosures(enclosures: Iterable[Enclosure | None]) -> tuple[Enclosure, ...]:
    """Returns the enclosures that are not None, the first for each URL."""
    by_url: dict[str, Enclosure] = {}
    for item in enclosures:
        if item is not None:
            by_url.setdefault(item.url, item)
    return tuple(by_url.values())[:MAX_VALUES]


def first_image(enclosures: Iterable[Enclosure]) -> str | None:
    """Returns the URL of the first enclosure that is an image."""
    return next((item.url for item in enclosures if (item.media_type or "").startswith("image/")), None)


def summary_and_content(summary: Markup, content: Markup) -> tuple[Markup, Markup, str]:
    """Returns the summary, the content, and the plain text of the content, or of the summary if there is none.

    A summary that repeats the content is left out. A description without content that is as long as an article
    becomes the content: many RSS feeds put the whole article into ``description``.
    """
    if words := markup_text(content.text):
        is_copy = len(summary.text) >= len(words) and markup_text(summary.text) == words
        return (EMPTY_MARKUP if is_copy else summary), content, words
    words = markup_text(summary.text)
    is_article = len(words) >= MIN_ARTICLE_LENGTH and not content.text.strip()
    return (EMPTY_MARKUP, summary, words) if is_article else (summary, content, words)


def _seconds(duration: object) -> int | None:
    """Returns seconds of ``1:02:03``, ``62:03``, ``3723`` or a number; None for anything else, and for no time."""
    text = str(duration).strip() if isinstance(duration, int | float | str) else ""
    if not _DURATION.fullmatch(text):
        return None
    seconds = 0.0
    for part in text.split(":"):
        seconds = 60 * seconds + float(part)
    return round(seconds) or None


def _length_in_bytes(length: object) -> int | None:
    if isinstance(length, bool) or not isinstance(length, int | float | str):
        return None
    try:
        size = int(float(length)) if not isinstance(length, int) else length
    except (ValueError, OverflowError):
        return None
    return size if 0 <= size < 2**63 else None
