"""What is read next of an article that stands on several pages, and what do its parts make together?

A *part* has the address of the first page with a number more: ``?page=2``, ``/2/``, ``/page/2``, ``_2.htm``.
A link to the next article, however it is marked, has another address, and the pages of an index have no
article on them. A page that says mostly what was read before is no part either: many sites serve the first
page for any number, and comments are paged, too. A *twin*, the AMP page or the printed one, is read when
the page itself gave no text.

It fetches nothing: ``after`` takes what one page gave and says what to read next, or what came of it all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import takewhile
from urllib.parse import parse_qsl, urlsplit

from aggregator.extraction.outlet_line_removal import without_lines
from aggregator.model.extraction import Cleaned, CutLine, ExtractedPage, NoArticle, PageLinks, PageOutcome, Reading

MOST_PARTS = 10
MOST_CHARACTERS = 5_000_000
"""HTML of all parts together."""

_REPEATED = "it stands on another page of the article, too"
_NEW = 0.5
"""Share of a part's lines that must not have been read before."""

_PARAMETERS = frozenset({"page", "p", "pg", "pn", "part", "seite", "pagina", "pag", "pageno", "pagenum", "currentpage"})
_NUMBER = re.compile(r"[1-9]\d?")
_BEHIND = re.compile(r"/(?:(?:page|p|part|seite|teil|pagina)[-_/]?)?([1-9]\d?)(?:/|\.html?)?", re.IGNORECASE)
_BEFORE_SUFFIX = re.compile(r"[-_,.](?:(?:page|p|part|seite|teil|pagina)[-_]?)?([1-9]\d?)", re.IGNORECASE)
_SUFFIX = re.compile(r"\.(?:s?html?|php|aspx?|jsp)$", re.IGNORECASE)
_OF_AN_ARTICLE = re.compile(r"[\d_-]|[^/]{16,}")
"""What the last step of an article's path has, and that of a section seldom; else its query has a number."""


def after(reading: Reading | None, page: PageOutcome, *, url: str) -> Reading | PageOutcome:
    """What is to be read after ``page``, which came from ``url``, or what came of the whole article.

    ``reading`` is what was read before; None says that ``page`` is the article's own.
    """
    if reading is None:
        return _after_own(page, url)
    if not reading.pages:
        return _after_twin(reading, page)
    return _after_part(reading, page)


def part_number(first: str, other: str) -> int | None:
    """Which part of the article at ``first`` stands at ``other``, says its address; None: it is no part of it."""
    one, two = urlsplit(first), urlsplit(other)
    if one.netloc.lower() != two.netloc.lower() or not _is_of_article(one.path, one.query):
        return None
    if one.path.rstrip("/") == two.path.rstrip("/"):
        return _number_in_query(one.query, two.query)
    if two.query not in ("", one.query):
        return None
    return _number_in_path(one.path, two.path)


def _is_of_article(path: str, query: str) -> bool:
    if _OF_AN_ARTICLE.search(path.rstrip("/").rpartition("/")[2]):
        return True
    return any(value.isdecimal() for name, value in parse_qsl(query) if name.lower() not in _PARAMETERS)


def _number_in_query(first: str, other: str) -> int | None:
    ours = [pair for pair in parse_qsl(first, keep_blank_values=True) if pair[0].lower() not in _PARAMETERS]
    theirs = parse_qsl(other, keep_blank_values=True)
    more = [pair for pair in theirs if pair not in ours]
    if len(more) != 1 or len(theirs) != len(ours) + 1:
        return None
    name, value = more[0]
    return int(value) if name.lower() in _PARAMETERS and _NUMBER.fullmatch(value) else None


def _number_in_path(first: str, other: str) -> int | None:
    suffix = _SUFFIX.search(first)
    if suffix and other.lower().endswith(suffix[0].lower()):
        stem, tail = first[: suffix.start()], other[: -len(suffix[0])]
        if tail.startswith(stem) and (found := _BEFORE_SUFFIX.fullmatch(tail[len(stem) :])):
            return int(found[1])
    base = first.rstrip("/")
    found = _BEHIND.fullmatch(other[len(base) :]) if other.startswith(base) else None
    return int(found[1]) if found else None


def _next_part(first_url: str, links: PageLinks, *, number: int) -> str | None:
    return next((url for url in links.onward if part_number(first_url, url) == number), None)


def _number_of_second(url: str, links: PageLinks) -> int:
    """What number the part after the first one has: 1 where the site counts from 0."""
    if links.following and part_number(url, links.following) == 1 and not _own_numbers(url):
        return 1
    return 2


def _own_numbers(url: str) -> bool:
    return any(name.lower() in _PARAMETERS and value != "0" for name, value in parse_qsl(urlsplit(url).query))


def _after_own(page: PageOutcome, url: str) -> Reading | PageOutcome:
    match page:
        case ExtractedPage(links=links):
            following = _next_part(url, links, number=_number_of_second(url, links))
            return Reading(first_url=url, next_url=following, pages=(page,)) if following else page
        case NoArticle(reason=reason, links=PageLinks(twins=(twin, *others))):
            return Reading(first_url=url, next_url=twin, twins=tuple(others), reason=reason)
        case NoArticle():
            return page


def _after_twin(reading: Reading, page: PageOutcome) -> Reading | PageOutcome:
    if isinstance(page, ExtractedPage):
        return replace(page, note=_told(f"taken from {reading.next_url}, because {reading.reason}", page.note))
    if reading.twins:
        return replace(reading, next_url=reading.twins[0], twins=reading.twins[1:])
    return NoArticle(reason=reading.reason)


def _after_part(reading: Reading, page: PageOutcome) -> Reading | PageOutcome:
    have = len(reading.pages)
    if isinstance(page, NoArticle):
        missing = f"part {have + 1} is missing: {page.reason}"
        return NoArticle(reason=missing) if reading.whole else joined(reading.pages, note=missing)
    if not _says_something_new(reading.pages, page):
        return joined(reading.pages)
    pages = (*reading.pages, page)
    number = part_number(reading.first_url, reading.next_url) or have
    following = _next_part(reading.first_url, page.links, number=number + 1)
    if following is None:
        return joined(pages)
    if len(pages) == MOST_PARTS or sum(len(part.html) for part in pages) > MOST_CHARACTERS:
        return joined(pages, note="further ones were not read")
    return replace(reading, next_url=following, pages=pages)


def _says_something_new(pages: Sequence[ExtractedPage], page: ExtractedPage) -> bool:
    known = {line for part in pages for line in part.text.splitlines()}
    lines = page.text.splitlines()
    return sum(len(line) for line in lines if line not in known) >= _NEW * sum(len(line) for line in lines)


def joined(pages: Sequence[ExtractedPage], *, note: str = "") -> ExtractedPage:
    """The parts of an article as one page: it is called what the first one is called.

    What a later part begins with as the first does goes, and what parts have in common at their ends.
    """
    first = pages[0]
    if len(pages) == 1:
        return replace(first, note=_told(first.note, note))
    lines = [page.text.splitlines() for page in pages]
    texts, markup, cuts = list[str](), list[str](), list[CutLine]()
    for place, page in enumerate(pages):
        others = [lines[other] for other in range(len(pages)) if other != place]
        head = _shared(lines[place], lines[0]) if place else 0
        foot = max(_shared(lines[place][::-1], other[::-1]) for other in others)
        part = _without_ends(page, head=head, foot=foot)
        cuts += [replace(cut, after=cut.after + len(texts)) for cut in part.cuts]
        texts += part.text.splitlines()
        markup.append(part.html)
    return replace(
        first,
        text="\n".join(texts),
        html="".join(markup),
        cuts=tuple(cuts),
        note=_told(first.note, f"joined from {len(pages)} pages", note),
    )


def _told(*notes: str) -> str:
    return "; ".join(note for note in notes if note)


def _shared(lines: Sequence[str], others: Sequence[str]) -> int:
    """How many lines two parts have in common before they differ."""
    same = (one == other for one, other in zip(lines, others, strict=False))
    return sum(takewhile(bool, same))


def _without_ends(page: ExtractedPage, *, head: int, foot: int) -> ExtractedPage:
    """A part without so many of its first and last lines; they are cuts now."""
    lines = len(page.text.splitlines())
    ends = {number: _REPEATED for number in range(lines) if number < head or number >= lines - foot}
    text = without_lines(Cleaned(text=page.text, html=page.html, cuts=page.cuts), ends)
    return replace(page, text=text.text, html=text.html, cuts=text.cuts)
