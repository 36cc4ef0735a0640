"""Chooses the text of an article: the page's text, the feed's content or summary, or only the title.

It fetches and extracts nothing. The reason for the choice is a phrase that users see; it is stored with
the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import assert_never

from aggregator.extraction.configured_selectors import with_note
from aggregator.extraction.headline import title_similarity
from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.outlet_names import strip_outlet_name
from aggregator.extraction.words import words
from aggregator.model.extraction import ArticleText, ExtractedPage, NoArticle, PageOutcome, TextSource
from aggregator.settings.feeds_file import FullText

_MIN_SHARE_OF_FEED = 0.75
"""A page with a smaller share of the feed's words is a teaser: the stub of a paywall or of a cookie wall."""

_MIN_TITLE_SIMILARITY = 0.5

_MIN_WORDS_BESIDE_PICTURE = 20
"""Words of a page beyond its title from which the page is the text of an entry that is only a picture.

Fewer are the headline and the labels around the picture."""

_MAX_WORDS_OF_POST = 100
"""Words of a post: beside so few words the pictures are a part of the message."""

_MEDIA = re.compile(r"<(?:img|video|audio|figure data-player|svg|math)\b")
_PICTURE_ADDRESS = re.compile(r"<img[^<>]* src=\"([^\"]+)\"")


@dataclass(frozen=True, kw_only=True, slots=True)
class _FeedText:
    """The feed's text of the article; ``html`` is sanitised and may have media without any word."""

    text: str
    html: str
    word_count: int

    @property
    def media_count(self) -> int:
        """The number of pictures, players and formulas."""
        return len(_MEDIA.findall(self.html))

    @property
    def is_media_only(self) -> bool:
        """True for an entry such as a comic or a photo: a picture is the content."""
        return not self.word_count and self.media_count > 0


def choose_text(
    *,
    title: str,
    content: str,
    summary: str,
    page: PageOutcome | None,
    policy: FullText,
    entry_url: str | None,
) -> ArticleText:
    """Chooses the text of one article.

    ``title`` is the entry's plain title, ``content`` and ``summary`` are its sanitised HTML. ``page`` is
    None if the page was not fetched. ``policy`` ``auto`` prefers the page unless it has much less text
    than the feed, or fewer pictures of a short post; ``page`` uses the page whenever it has text, ``feed`` never uses
    the page's text. An entry that is only a picture stays that picture if the page has only a headline.
    """
    feed = _feed_text(content, summary)
    if policy is FullText.FEED:
        return _from_feed(title, feed, "full_text is set to feed")
    match page:
        case None:
            missing = "the page was not fetched" if entry_url else "the entry has no link to a page"
            return _from_feed(title, feed, missing)
        case NoArticle(reason=reason):
            return _from_feed(title, feed, reason)
        case ExtractedPage():
            return _from_page_or_feed(title, feed, page, policy)
        case _:
            assert_never(page)


def _from_page_or_feed(title: str, feed: _FeedText, page: ExtractedPage, policy: FullText) -> ArticleText:
    word_count = len(words(page.text))
    if word_count == 0:
        return _from_feed(title, feed, "the page has no text", page)
    if policy is FullText.AUTO and word_count < _MIN_SHARE_OF_FEED * feed.word_count:
        reason = f"the page has much less text than the feed: {word_count} words against {feed.word_count}"
        return _from_feed(title, feed, reason, page)
    if feed.is_media_only and _words_beside(page, title) < _MIN_WORDS_BESIDE_PICTURE:
        return _from_feed(title, feed, "the entry is a picture, and the page has only a headline", page)
    if policy is FullText.AUTO and _lacks_pictures_of_post(page, word_count, feed):
        return _from_feed(title, feed, "the entry is a short post, and the page has fewer pictures of it", page)
    return _article(
        title=title,
        text=page.text,
        html=_with_pictures_of(feed, page.html) if feed.is_media_only else page.html,
        source=TextSource.PAGE,
        reason=f"the page has {_counted(word_count)}, the feed {feed.word_count or 'none'}",
        page=page,
    )


def _from_feed(title: str, feed: _FeedText, reason: str, page: ExtractedPage | None = None) -> ArticleText:
    if feed.word_count or feed.media_count:
        return _article(title=title, text=feed.text, html=feed.html, source=TextSource.FEED, reason=reason, page=page)
    return _article(
        title=title,
        text="",
        html="",
        source=TextSource.TITLE,
        reason=f"{reason}; the feed has no text either",
        page=page,
    )


def _lacks_pictures_of_post(page: ExtractedPage, word_count: int, feed: _FeedText) -> bool:
    """True if the feed has a short post in full, and pictures that the extracted page has not."""
    is_post = word_count <= feed.word_count <= _MAX_WORDS_OF_POST
    return is_post and feed.media_count > len(_MEDIA.findall(page.html))


def _words_beside(page: ExtractedPage, title: str) -> int:
    """The number of the page's words that neither its headline nor the entry's title has."""
    of_title = {*words(title), *words(page.title or "")}
    return sum(word not in of_title for word in words(page.text))


def _with_pictures_of(feed: _FeedText, html: str) -> str:
    """The page's HTML, after the feed's pictures if it has none of them."""
    return html if any(address in html for address in _PICTURE_ADDRESS.findall(feed.html)) else f"{feed.html}{html}"


def _article(
    *, title: str, text: str, html: str, source: TextSource, reason: str, page: ExtractedPage | None
) -> ArticleText:
    """The text with the metadata of the page, which is valid even if the page's text is not used."""
    if page is None:
        return ArticleText(title=title, text=text, html=html, source=source, reason=reason)
    return ArticleText(
        title=_title(title, page, source),
        text=text,
        html=html,
        source=source,
        reason=with_note(reason, page.note),
        authors=page.authors,
        published_at=page.published_at,
        modified_at=page.modified_at,
        language=page.language,
        image=page.image,
        section=page.section,
        canonical_url=page.canonical_url,
        credits=page.credits,
        paywalled=page.paywalled,
        live=page.live,
        cuts=page.cuts if source is TextSource.PAGE else (),
        marks=page.marks,
    )


def _title(title: str, page: ExtractedPage, source: TextSource) -> str:
    """The page's headline if the page's text is used and the entry's title is similar, else the entry's title."""
    entry_title = strip_outlet_name(title, (page.site_name,) if page.site_name else ())
    if not page.title:
        return entry_title
    is_similar = source is TextSource.PAGE and title_similarity(page.title, entry_title) >= _MIN_TITLE_SIMILARITY
    return page.title if is_similar or not entry_title else entry_title


def _feed_text(content: str, summary: str) -> _FeedText:
    """The content, or the summary if it is longer: some feeds put the article there."""
    candidates = [
        _FeedText(text=text, html=html if text or _MEDIA.search(html) else "", word_count=len(words(text)))
        for html in (content, summary)
        for text in (text_of_html(html),)
    ]
    return max(candidates, key=lambda candidate: (candidate.word_count, candidate.media_count))


def _counted(word_count: int) -> str:
    return "1 word" if word_count == 1 else f"{word_count} words"
