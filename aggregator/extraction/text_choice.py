"""Which text does an article get: the page's, the feed's content, its summary, or only its title?

It fetches and extracts nothing; it compares what was got and says why it chose. The reason is a
sentence for people, stored beside the text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from aggregator.extraction.configured_selectors import noted
from aggregator.extraction.headline import agreement
from aggregator.extraction.html_to_text import text_of_html
from aggregator.extraction.outlet_names import without_outlet
from aggregator.extraction.words import words
from aggregator.model.extraction import ArticleText, ExtractedPage, NoArticle, PageOutcome, TextSource
from aggregator.settings.feeds_file import FullText

_CLEARLY_LESS = 0.75
"""Share of the feed's words below which a page is a teaser: a paywall's stub, a cookie wall's rest."""

_AGREE = 0.5


@dataclass(frozen=True, kw_only=True, slots=True)
class _FeedText:
    """The feed's own words; ``html`` is sanitised already."""

    text: str
    html: str
    size: int


def choose_text(
    *,
    title: str,
    content: str,
    summary: str,
    page: PageOutcome | None,
    policy: FullText,
    entry_url: str | None,
) -> ArticleText:
    """The text for one article.

    ``title`` is the entry's, plain; ``content`` and ``summary`` are its sanitised HTML; ``page`` is None
    when the page was not asked. With ``auto`` the page leads unless it gives clearly less than the feed,
    with ``page`` whenever it gave anything, with ``feed`` never.
    """
    feed = _feed_text(content, summary)
    if policy is FullText.FEED:
        return _from_feed(title, feed, "the configuration takes the feed's text")
    match page:
        case None:
            missing = "the page was not fetched" if entry_url else "the entry links to no page"
            return _from_feed(title, feed, missing)
        case NoArticle(reason=reason):
            return _from_feed(title, feed, reason)
        case ExtractedPage():
            return _weighed(title, feed, page, policy)
        case _:
            assert_never(page)


def _weighed(title: str, feed: _FeedText, page: ExtractedPage, policy: FullText) -> ArticleText:
    size = len(words(page.text))
    if size == 0:
        return _from_feed(title, feed, "the page gave no text", page)
    if policy is FullText.AUTO and size < _CLEARLY_LESS * feed.size:
        return _from_feed(title, feed, f"the page gives less than the feed: {size} words against {feed.size}", page)
    return _article(
        title=title,
        text=page.text,
        html=page.html,
        source=TextSource.PAGE,
        reason=f"the page gave {_counted(size)}, the feed {feed.size or 'none'}",
        page=page,
    )


def _from_feed(title: str, feed: _FeedText, reason: str, page: ExtractedPage | None = None) -> ArticleText:
    if feed.size:
        return _article(title=title, text=feed.text, html=feed.html, source=TextSource.FEED, reason=reason, page=page)
    return _article(
        title=title,
        text="",
        html="",
        source=TextSource.TITLE,
        reason=f"{reason}; the feed gave no text either",
        page=page,
    )


def _article(
    *, title: str, text: str, html: str, source: TextSource, reason: str, page: ExtractedPage | None
) -> ArticleText:
    """The text with what the page said about itself, which holds even where the page's text does not."""
    if page is None:
        return ArticleText(title=title, text=text, html=html, source=source, reason=reason)
    return ArticleText(
        title=_title(title, page, source),
        text=text,
        html=html,
        source=source,
        reason=noted(reason, page.note),
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
    """The page's headline when its text is taken and the entry's title agrees, else the entry's own."""
    own = without_outlet(title, (page.site_name,) if page.site_name else ())
    if page.title and (not own or (source is TextSource.PAGE and agreement(page.title, own) >= _AGREE)):
        return page.title
    return own


def _feed_text(content: str, summary: str) -> _FeedText:
    """The content, or the summary where that is longer: some feeds put the article there."""
    candidates = [
        _FeedText(text=text, html=html, size=len(words(text)))
        for html in (content, summary)
        if (text := text_of_html(html))
    ]
    return max(candidates, key=lambda candidate: candidate.size, default=_FeedText(text="", html="", size=0))


def _counted(size: int) -> str:
    return "1 word" if size == 1 else f"{size} words"
