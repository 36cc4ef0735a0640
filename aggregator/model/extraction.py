"""Values of extraction: article pages and article texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TextSource(StrEnum):
    """Where an article's text was taken from."""

    PAGE = "page"
    FEED = "feed"
    TITLE = "title"


@dataclass(frozen=True, kw_only=True, slots=True)
class CutLine:
    """A line that was found with an article's text and is not of it; ``after`` counts the kept lines above."""

    text: str
    reason: str
    after: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PageLinks:
    """Links of a page that may lead to further parts of its article, and to the same article on a plainer page.

    ``following`` is the one of ``onward`` that is marked, or called, the next.
    """

    onward: tuple[str, ...] = ()
    following: str | None = None
    twins: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ExtractedPage:
    """What was got from an article page: plain text (paragraphs split by newlines) and clean HTML.

    ``authors`` are people. ``credits`` are those the page says the text comes from or belongs to, besides
    its outlet, as names or addresses. ``paywalled`` says that the page does not give the article to
    everyone, ``live`` that it is a live blog. ``cuts`` are the lines that were taken out of the text, in
    order, each with its reason; ``marks`` are all lines, as ``extraction.repeated_lines`` remembers them.
    ``note`` says what the reason of the text should say of how it was got, if anything.
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
    cuts: tuple[CutLine, ...] = ()
    marks: tuple[int, ...] = ()
    note: str = ""
    links: PageLinks = PageLinks()


@dataclass(frozen=True, kw_only=True, slots=True)
class NoArticle:
    """The page held no article, or could not be had; ``reason`` is for people."""

    reason: str
    links: PageLinks = PageLinks()


PageOutcome = ExtractedPage | NoArticle


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleText:
    """The text chosen for an article, where it came from and why.

    ``canonical_url`` is what the page claims to be, as it was written; ``served_url`` is where the text
    was served after redirects, or None when it is not the page's. ``credit`` is the agency it names as
    its origin. ``credits``, ``paywalled``, ``live``, ``cuts`` and ``marks`` are its page's, as
    ``ExtractedPage`` has them.
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
    cuts: tuple[CutLine, ...] = ()
    marks: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Cleaned:
    """A text as plain lines and as HTML, and the lines that were cut from it."""

    text: str
    html: str
    cuts: tuple[CutLine, ...]


Lines = tuple[int, ...]
"""The lines of one page by their marks, in order."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """An article that was read in part: ``pages`` are its parts so far, and ``next_url`` is asked for next.

    While twins are tried ``pages`` is empty, ``twins`` are those to be tried afterwards, and ``reason`` is
    why the page at ``first_url`` gave no text. ``whole`` says that without one of its parts it comes to
    nothing, because a whole text is stored already.
    """

    first_url: str
    next_url: str
    pages: tuple[ExtractedPage, ...] = ()
    twins: tuple[str, ...] = ()
    reason: str = ""
    whole: bool = False
