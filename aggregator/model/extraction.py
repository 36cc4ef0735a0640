"""Values of extraction: article pages and article texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TextSource(StrEnum):
    """The source of an article's text."""

    PAGE = "page"
    FEED = "feed"
    TITLE = "title"


@dataclass(frozen=True, kw_only=True, slots=True)
class RemovedLine:
    """A line that was removed from an article's text; ``after`` is the number of remaining lines above it."""

    text: str
    reason: str
    after: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLinks:
    """The links of a page to further parts of its article and to other versions of it.

    ``onward`` may lead to further parts. ``following`` is the one of them that is marked, or labelled, as
    the next page. ``twins`` are the AMP version and the print version.
    """

    onward: tuple[str, ...] = ()
    following: str | None = None
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtractedPage:
    """The article of a page: plain text (one paragraph per line), clean HTML and metadata.

    ``authors`` are people. ``credits`` are the names or URLs that the page states as source or owner of
    the text, without its outlet. ``paywalled``: the article is not free to read. ``live``: it is a live
    blog. ``cuts`` are the lines that were removed from the text, in order, each with its reason.
    ``marks`` are the hashes of all lines, as ``extraction.repeated_lines`` makes them. ``note`` is added
    to the reason of the text: it says how the text was found, or is "".
    """

    text: str
    html: str
    title: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    image: str | None = None
    section: str | None = None
    canonical_url: str | None = None
    site_name: str | None = None
    credits: tuple[str, ...] = ()
    paywalled: bool = False
    live: bool = False
    cuts: tuple[RemovedLine, ...] = ()
    marks: tuple[int, ...] = ()
    note: str = ""
    links: PageLinks = PageLinks()


@dataclass(frozen=True, kw_only=True, slots=True)
class NoArticle:
    """The page has no article, or could not be fetched; ``reason`` is shown to users."""

    reason: str
    links: PageLinks = PageLinks()


PageOutcome = ExtractedPage | NoArticle


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleText:
    """The text of an article, its source and the reason for the choice.

    ``canonical_url`` is the URL that the page declares, as written. ``served_url`` is the URL that
    answered after redirects, or None if the text is not from the page. ``credit`` is the agency that the
    text names as its origin. ``credits``, ``paywalled``, ``live``, ``cuts`` and ``marks`` come from the
    page (see ``ExtractedPage``).
    """

    title: str
    text: str
    html: str
    source: TextSource
    reason: str
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    modified_at: datetime | None = None
    language: str | None = None
    image: str | None = None
    section: str | None = None
    canonical_url: str | None = None
    served_url: str | None = None
    credit: str | None = None
    credits: tuple[str, ...] = ()
    paywalled: bool = False
    live: bool = False
    cuts: tuple[RemovedLine, ...] = ()
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class CleanedText:
    """A text as plain lines and as HTML, and the lines that were removed from it."""

    text: str
    html: str
    cuts: tuple[RemovedLine, ...]


LineHashes = tuple[int, ...]
"""The hashes of the lines of one page, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PartialArticle:
    """An article of which some pages are still to be fetched.

    ``pages`` are the parts so far, ``next_url`` is fetched next. While the AMP and print versions are
    tried, ``pages`` is empty, ``twins`` are the versions that are left to try, and ``reason`` says why the
    page at ``first_url`` has no text. If ``whole`` is set, one missing part gives ``NoArticle``, because a
    complete text is stored already.
    """

    first_url: str
    next_url: str
    pages: tuple[ExtractedPage, ...] = ()
    twins: tuple[str, ...] = ()
    reason: str = ""
    whole: bool = False
