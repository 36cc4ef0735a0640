"""Stores the texts of articles, and selects the articles that need one.

``host_claims`` claims the hosts of pages; ``merge_queries`` and ``stories`` place articles in stories.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, update
from sqlmodel import Session, col

from aggregator.model.dedup import AliasKey, Sketch
from aggregator.model.extraction import ArticleText, LineHashes, RemovedLine
from aggregator.store.article_aliases import feed_hosts, set_aliases
from aggregator.store.link_origins import is_link_post
from aggregator.store.page_lines import outlet_line_hashes, store_line_hashes
from aggregator.store.sketches import pass_sketch_to_index, store_sketch
from aggregator.store.tables import (
    Article,
    ArticleState,
    Copy,
    Entry,
    Feed,
    Revision,
    RobotsFile,
    is_in_state,
    row_id,
    sql_table,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleSource:
    """The feeds' values for an article whose text is needed.

    ``feed`` is the feed whose entry is used. ``private`` says that only private feeds carry the article.
    ``shares_link`` says that several entries of a feed have the link, so that its page is not the article's.
    ``pages`` are the line hashes of the newest other pages of its outlet (see ``extraction.repeated_lines``). A link
    post has no content and no summary here: its words are about the article, not the article's.
    """

    article_id: int
    feed: str
    url: str | None
    title: str
    content: str
    summary: str
    full_text: str
    authors: tuple[str, ...]
    language: str | None
    image: str | None
    private: bool
    published_at: datetime
    shares_link: bool = False
    pages: tuple[LineHashes, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredRobots:
    """The stored robots.txt of an origin, and when it expires."""

    origin: str
    access: str
    text: str | None
    expires_at: datetime


def claim_feed_texts(session: Session, *, now: datetime, until: datetime, limit: int) -> tuple[int, ...]:
    """Claims articles whose text comes from the feed alone, because no page is wanted; returns their ids."""
    due = (
        select(col(Article.id))
        .where(
            is_in_state(ArticleState.WAITING),
            col(Article.wants_page) == false(),
            col(Article.next_attempt_at) <= now,
            or_(col(Article.claimed_until).is_(None), col(Article.claimed_until) <= now),
        )
        .order_by(col(Article.next_attempt_at), col(Article.id))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = tuple(row_id(article_id) for article_id in session.scalars(due))
    session.execute(update(Article).where(col(Article.id).in_(ids)).values(claimed_until=until))
    return ids


def article_source(session: Session, article_id: int) -> ArticleSource:
    """Returns the feeds' values for an article, from the entry with the longest content.

    As soon as a public feed carries the article, no entry of a private feed is used: everyone may read the stored
    text. A dropped entry is used only if there is no other.
    """
    article = session.get_one(Article, article_id)
    length = func.length(col(Entry.content)) + func.length(col(Entry.summary))
    best_entry = (
        select(Entry, Feed)
        .join_from(Entry, Feed, col(Entry.feed_id) == col(Feed.id))
        .where(col(Entry.article_id) == article_id)
        .order_by(col(Feed.private), col(Entry.dropped_by).is_not(None), length.desc(), col(Entry.id))
        .limit(1)
    )
    entry, feed = session.execute(best_entry).one()
    is_remark = is_link_post(entry, feed, page_host=article.host)
    return ArticleSource(
        article_id=article_id,
        feed=feed.name,
        url=article.url,
        title=entry.title,
        content="" if is_remark else entry.content,
        summary="" if is_remark else entry.summary,
        full_text=feed.full_text,
        authors=tuple(entry.authors),
        language=entry.language,
        image=entry.image,
        private=feed.private,
        published_at=article.published_at,
        shares_link=article.shares_link,
        pages=tuple(outlet_line_hashes(session, article.outlet, but=article_id).values()) if article.wants_page else (),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredText:
    """The stored text of an article, as far as the next text is compared with it.

    ``feed_hosts`` are the hosts of the feeds that carry the article. ``silent`` says that the next text is no update
    for readers, ``shares_link`` that the URL is not the article's alone.
    """

    url: str | None
    title: str
    text: str
    cuts: tuple[RemovedLine, ...]
    seen_at: datetime
    feed_hosts: frozenset[str]
    silent: bool = False
    shares_link: bool = False


def stored_text(session: Session, article_id: int) -> StoredText:
    """Returns the stored text of an article."""
    article = session.get_one(Article, article_id)
    return StoredText(
        url=article.url,
        title=article.title,
        text=article.text,
        cuts=removed_lines(article),
        seen_at=article.seen_at,
        feed_hosts=feed_hosts(session, article_id),
        silent=article.silent,
        shares_link=article.shares_link,
    )


def replace_article_text(
    session: Session,
    article_id: int,
    text: ArticleText,
    sketch: Sketch,
    *,
    aliases: Iterable[AliasKey],
    published_at: datetime,
    same_page_text: bool,
    now: datetime,
) -> bool:
    """Stores the text of an article and indexes it; returns True if the text differs from the stored one.

    The text that it replaces becomes a revision. ``aliases`` replace those of the article. ``published_at`` is
    used if no entry stated a date. If title and text are unchanged, or if ``same_page_text`` says that the page
    has the same lines as before, there is no revision; with the same words the article gets the new markup, so
    its links and pictures are current.
    """
    article = session.get_one(Article, article_id)
    article.modified_at, article.section = text.modified_at, text.section
    article.paywalled, article.live = text.paywalled, text.live
    if text.marks:
        store_line_hashes(session, article_id, article.outlet, text.marks)
    article.claimed_until, article.reading = None, None
    if article.published_at == article.seen_at:  # no entry stated a date
        article.published_at = published_at
    article.canonical_url = text.canonical_url
    set_aliases(session, article, aliases)
    had_text = article.text_at is not None
    same_words = (article.title, article.text) == (text.title, text.text)
    if had_text and (same_words or same_page_text):
        if same_words:
            article.html, article.cuts = text.html, [asdict(cut) for cut in text.cuts] or None
        _end_silent_read(session, article)
        return False
    if had_text:
        _add_revision(session, article, now)
    article.title, article.text, article.html = text.title, text.text, text.html
    article.cuts = [asdict(cut) for cut in text.cuts] or None
    article.text_source, article.text_reason, article.text_at = text.source, text.reason, now
    article.authors, article.language, article.image = list(text.authors), text.language, text.image
    article.credit = text.credit
    article.state = ArticleState.READY
    store_sketch(session, article, sketch)
    session.flush()
    return True


def replace_markup(session: Session, article_id: int, html: str) -> None:
    """Stores the HTML of an article whose words did not change; everything that its page told stays."""
    article = session.get_one(Article, article_id)
    article.claimed_until = article.reading = None
    article.html = html
    _end_silent_read(session, article)


def shares_link(session: Session, article_id: int) -> bool:
    """Returns True if several entries of a feed have the link of an article, so that its page is not the article's."""
    return session.get_one(Article, article_id).shares_link


def is_silent(session: Session, article_id: int) -> bool:
    """Returns True if the text of an article was read again to correct it, which is no update for readers."""
    return session.get_one(Article, article_id).silent


def removed_lines(article: Article) -> tuple[RemovedLine, ...]:
    """Returns the lines that were removed from the text of an article."""
    return tuple(RemovedLine(**cut) for cut in article.cuts or ())


def _end_silent_read(session: Session, article: Article) -> None:
    """Returns an article whose text did not change to its state before it was read again."""
    placed = session.scalar(select(col(Copy.article_id)).where(col(Copy.article_id) == article.id)) is not None
    article.state, article.silent = ArticleState.PLACED if placed else ArticleState.READY, False


def _add_revision(session: Session, article: Article, now: datetime) -> None:
    article.revisions += 1
    session.add(
        Revision(
            article_id=row_id(article.id),
            number=article.revisions,
            text_at=article.text_at,
            replaced_at=now,
            title=article.title,
            text=article.text,
            html=article.html,
        )
    )


def reset_texts(session: Session, where: ColumnElement[bool], *, now: datetime, **others: Any) -> None:
    """Deletes the texts of these articles and lets them be read again.

    For texts that some readers of the article may not see, so they do not become revisions. ``others`` are
    further columns to set.
    """
    waiting = {"state": ArticleState.WAITING, "attempts": 0, "next_attempt_at": now, **others}
    was_read = and_(where, or_(col(Article.text_at).is_not(None), col(Article.reading).is_not(None)))
    session.execute(update(sql_table(Article)).where(was_read).values(**_UNREAD, **waiting))


_UNREAD: dict[str, Any] = {
    "title": "",
    "text": "",
    "html": "",
    "text_source": "",
    "text_reason": "",
    "cuts": None,
    "text_at": None,
    "reading": None,
    "revisit_at": None,
    "authors": [],
    "language": None,
    "image": None,
    "canonical_url": None,
    "credit": None,
    "modified_at": None,
    "section": None,
    "paywalled": False,
    "live": False,
    "silent": False,
}
"""The columns of an article without text; its fingerprints and alias URLs stay, so it is still found."""


def mark_placed(session: Session, article_id: int) -> None:
    """Stores that an article is in its story, so that other texts find it from now on."""
    article = session.get_one(Article, article_id)
    article.state, article.silent = ArticleState.PLACED, False
    pass_sketch_to_index(session, article_id)


def postpone_page(session: Session, article_id: int, *, reason: str, next_attempt_at: datetime) -> None:
    """Stores that a page request failed for a temporary reason, and when it is repeated."""
    article = session.get_one(Article, article_id)
    article.attempts += 1
    article.text_reason, article.next_attempt_at, article.claimed_until = reason, next_attempt_at, None


def reschedule_page(session: Session, article_id: int, *, next_attempt_at: datetime) -> None:
    """Stores when a page is requested again that was not requested because our own network was down."""
    article = session.get_one(Article, article_id)
    set_page_due(article, next_attempt_at)


def set_page_due(article: Article, at: datetime) -> None:
    """Sets when the page of an article is due, for its first read or for a revisit."""
    article.claimed_until = None
    if article.revisit_at is None:
        article.next_attempt_at = at
    else:
        article.revisit_at = at


def stored_robots(session: Session, origin: str, *, now: datetime) -> StoredRobots | None:
    """Returns the stored robots.txt of an origin; None if there is none or it has expired."""
    row = session.get(RobotsFile, origin)
    if row is None or row.expires_at <= now:
        return None
    return StoredRobots(origin=row.origin, access=row.access, text=row.text, expires_at=row.expires_at)


def store_robots(session: Session, robots: StoredRobots) -> None:
    """Stores the robots.txt of an origin."""
    session.merge(
        RobotsFile(origin=robots.origin, access=robots.access, text=robots.text, expires_at=robots.expires_at)
    )
