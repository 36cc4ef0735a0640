"""Chooses the next page of an article on several pages, and joins its parts.

A *part* has the URL of the first page plus a number: ``?page=2``, ``/2/``, ``/page/2``, ``_2.htm``. A link to
another article has another URL, even if it is marked as the next page. A page that mostly repeats the
parts before it is no part: many sites serve the first page for any number, and comments have pages too. The
AMP version or the print version is fetched if the page itself has no text.

It fetches nothing: ``continue_article`` takes the result of one page and returns the next page to fetch, or
the result for the article.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from urllib.parse import parse_qsl, urlsplit

from aggregator.extraction.outlet_line_removal import remove_lines
from aggregator.model.extraction import (
    CleanedText,
    ExtractedPage,
    NoArticle,
    PageLinks,
    PageOutcome,
    PartialArticle,
    RemovedLine,
)

MAX_PARTS = 10
MAX_CHARACTERS = 5_000_000
"""Most characters of HTML of all parts together."""

_REPEATED = "repeated on another page of the article"
_MIN_NEW = 0.5
"""Least share of a part's text that is not in the parts before it."""

_PARAMETERS = frozenset({"page", "p", "pg", "pn", "part", "seite", "pagina", "pag", "pageno", "pagenum", "currentpage"})
_NUMBER = re.compile(r"[1-9]\d?")
_NUMBER_AFTER_PATH = re.compile(r"/(?:(?:page|p|part|seite|teil|pagina)[-_/]?)?([1-9]\d?)(?:/|\.html?)?", re.IGNORECASE)
_NUMBER_BEFORE_SUFFIX = re.compile(r"[-_,.](?:(?:page|p|part|seite|teil|pagina)[-_]?)?([1-9]\d?)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
_ARTICLE_SEGMENT = re.compile(r"[\d_-]|[^/]{16,}")
"""A pattern of the last path segment of articles, which sections seldom have."""


def continue_article(reading: PartialArticle | None, page: PageOutcome, *, url: str) -> PartialArticle | PageOutcome:
    """Processes ``page``, which came from ``url``: returns the next page to fetch or the result for the article.

    ``reading`` has the pages before; None means that ``page`` is the first page of the article.
    """
    if reading is None:
        return _after_first(page, url)
    if not reading.pages:
        return _after_other_version(reading, page)
    return _after_part(reading, page)


def part_number(first: str, other: str) -> int | None:
    """The number of the part at URL ``other`` of the article at URL ``first``; None if it is no part of it."""
    first_url, other_url = urlsplit(first), urlsplit(other)
    if first_url.netloc.lower() != other_url.netloc.lower() or not _is_article_url(first_url.path, first_url.query):
        return None
    if first_url.path.rstrip("/") == other_url.path.rstrip("/"):
        return _number_in_query(first_url.query, other_url.query)
    if other_url.query not in ("", first_url.query):
        return None
    return _number_in_path(first_url.path, other_url.path)


def _is_article_url(path: str, query: str) -> bool:
    """True if the path ends as the paths of articles do, or if a parameter other than the page is a number."""
    if _ARTICLE_SEGMENT.search(path.rstrip("/").rpartition("/")[2]):
        return True
    return any(value.isdecimal() for name, value in parse_qsl(query) if name.lower() not in _PARAMETERS)


def _number_in_query(first: str, other: str) -> int | None:
    first_pairs = [pair for pair in parse_qsl(first, keep_blank_values=True) if pair[0].lower() not in _PARAMETERS]
    other_pairs = parse_qsl(other, keep_blank_values=True)
    added = [pair for pair in other_pairs if pair not in first_pairs]
    if len(added) != 1 or len(other_pairs) != len(first_pairs) + 1:
        return None
    name, value = added[0]
    return int(value) if name.lower() in _PARAMETERS and _NUMBER.fullmatch(value) else None


def _number_in_path(first: str, other: str) -> int | None:
    suffix = _SUFFIX.search(first)
    if suffix and other.lower().endswith(suffix[0].lower()):
        stem, tail = first[: suffix.start()], other[: -len(suffix[0])]
        if tail.startswith(stem) and (match := _NUMBER_BEFORE_SUFFIX.fullmatch(tail[len(stem) :])):
            return int(match[1])
    base = first.rstrip("/")
    match = _NUMBER_AFTER_PATH.fullmatch(other[len(base) :]) if other.startswith(base) else None
    return int(match[1]) if match else None


def _next_part(first_url: str, links: PageLinks, *, number: int) -> str | None:
    return next((url for url in links.onward if part_number(first_url, url) == number), None)


def _number_of_second(url: str, links: PageLinks) -> int:
    """The number in the URL of the second part: 1 if the site counts from 0, else 2."""
    if links.following and part_number(url, links.following) == 1 and not _has_page_number(url):
        return 1
    return 2


def _has_page_number(url: str) -> bool:
    return any(name.lower() in _PARAMETERS and value != "0" for name, value in parse_qsl(urlsplit(url).query))


def _after_first(page: PageOutcome, url: str) -> PartialArticle | PageOutcome:
    match page:
        case ExtractedPage(links=links):
            following = _next_part(url, links, number=_number_of_second(url, links))
            return PartialArticle(first_url=url, next_url=following, pages=(page,)) if following else page
        case NoArticle(reason=reason, links=PageLinks(twins=(version, *others))):
            return PartialArticle(first_url=url, next_url=version, twins=tuple(others), reason=reason)
        case NoArticle():
            return page


def _after_other_version(reading: PartialArticle, page: PageOutcome) -> PartialArticle | PageOutcome:
    if isinstance(page, ExtractedPage):
        return replace(page, note=_joined_notes(f"taken from {reading.next_url}, because {reading.reason}", page.note))
    if reading.twins:
        return replace(reading, next_url=reading.twins[0], twins=reading.twins[1:])
    return NoArticle(reason=reading.reason)


def _after_part(reading: PartialArticle, page: PageOutcome) -> PartialArticle | PageOutcome:
    count = len(reading.pages)
    if isinstance(page, NoArticle):
        missing = f"part {count + 1} is missing: {page.reason}"
        return NoArticle(reason=missing) if reading.whole else join_parts(reading.pages, note=missing)
    if not _has_new_text(reading.pages, page):
        return join_parts(reading.pages)
    pages = (*reading.pages, page)
    number = part_number(reading.first_url, reading.next_url) or count
    following = _next_part(reading.first_url, page.links, number=number + 1)
    if following is None:
        return join_parts(pages)
    if len(pages) == MAX_PARTS or sum(len(part.html) for part in pages) > MAX_CHARACTERS:
        return join_parts(pages, note="further pages were not read")
    return replace(reading, next_url=following, pages=pages)


def _has_new_text(pages: Sequence[ExtractedPage], page: ExtractedPage) -> bool:
    known = {line for part in pages for line in part.text.splitlines()}
    lines = page.text.splitlines()
    return sum(len(line) for line in lines if line not in known) >= _MIN_NEW * sum(len(line) for line in lines)


def join_parts(pages: Sequence[ExtractedPage], *, note: str = "") -> ExtractedPage:
    """Joins the parts of an article to one page with the metadata of the first part.

    The lines that a later part shares with the start of the first part are removed, and so are the lines
    that parts share at their ends.
    """
    first = pages[0]
    if len(pages) == 1:
        return replace(first, note=_joined_notes(first.note, note))
    lines = [page.text.splitlines() for page in pages]
    texts, markup, removed = list[str](), list[str](), list[RemovedLine]()
    for number, page in enumerate(pages):
        others = [lines[other] for other in range(len(pages)) if other != number]
        head = _shared_prefix(lines[number], lines[0]) if number else 0
        foot = max(_shared_prefix(lines[number][::-1], other[::-1]) for other in others)
        part = _without_ends(page, head=head, foot=foot)
        removed += [replace(line, after=line.after + len(texts)) for line in part.cuts]
        texts += part.text.splitlines()
        markup.append(part.html)
    return replace(
        first,
        text="\n".join(texts),
        html="".join(markup),
        cuts=tuple(removed),
        note=_joined_notes(first.note, f"joined from {len(pages)} pages", note),
    )


def _joined_notes(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _shared_prefix(lines: Sequence[str], others: Sequence[str]) -> int:
    """The number of lines that two parts have in common before they differ."""
    same = (one == other for one, other in zip(lines, others, strict=False))
    return sum(takewhile(bool, same))


def _without_ends(page: ExtractedPage, *, head: int, foot: int) -> ExtractedPage:
    """Removes the first ``head`` and the last ``foot`` lines of a part and adds them to its ``cuts``."""
    line_count = len(page.text.splitlines())
    ends = {number: _REPEATED for number in range(line_count) if number < head or number >= line_count - foot}
    text = remove_lines(CleanedText(text=page.text, html=page.html, cuts=page.cuts), ends)
    return replace(page, text=text.text, html=text.html, cuts=text.cuts)
