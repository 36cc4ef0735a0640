"""Which articles lack their text, and how is it stored once it was got?

Fetching pages is claimed by host, in ``claims``; placing articles in stories is ``copies``'.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, or_, select, update
from sqlmodel import Session, col

from aggregator.model.dedup import AddressKey, Sketch
from aggregator.model.extraction import ArticleText, CutLine, Lines
from aggregator.store.article_aliases import feed_hosts, set_aliases
from aggregator.store.page_lines import pages_of, remember_page
from aggregator.store.sketches import enter_sketch, keep_sketch
from aggregator.store.tables import (
    Article,
    ArticleState,
    Copy,
    Entry,
    Feed,
    Revision,
    Robots,
    is_in,
    row_id,
    table_of,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class ArticleSource:
    """What the feeds say of an article whose text is wanted; ``private`` when only private ones carry it.

    ``feed`` is the name of the one that speaks, ``pages`` are the lines of the newest other pages of its
    outlet (``extraction.repeated_lines``).
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
    pages: tuple[Lines, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptRobots:
    """The robots.txt of an origin as it was read, and until when it holds."""

    origin: str
    access: str
    text: str | None
    expires_at: datetime


def claim_texts(session: Session, *, now: datetime, until: datetime, limit: int) -> tuple[int, ...]:
    """Claim articles that need no page, so that their text comes from the feed; gives their ids."""
    due = (
        select(col(Article.id))
        .where(
            is_in(ArticleState.WAITING),
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


def source_of(session: Session, article_id: int) -> ArticleSource:
    """What the feeds say of one article; the entry that says most speaks for all.

    As soon as a feed that is not private carries the article, no entry of a private one speaks: the
    text that is stored is the text everyone may read. An entry that a rule drops speaks where no other does.
    """
    article = session.get_one(Article, article_id)
    said = func.length(col(Entry.content)) + func.length(col(Entry.summary))
    speaks = (
        select(Entry, col(Feed.name), col(Feed.full_text), col(Feed.private))
        .join_from(Entry, Feed, col(Entry.feed_id) == col(Feed.id))
        .where(col(Entry.article_id) == article_id)
        .order_by(col(Feed.private), col(Entry.dropped_by).is_not(None), said.desc(), col(Entry.id))
        .limit(1)
    )
    entry, feed, full_text, private = session.execute(speaks).one()
    return ArticleSource(
        article_id=article_id,
        feed=feed,
        url=article.url,
        title=entry.title,
        content=entry.content,
        summary=entry.summary,
        full_text=full_text,
        authors=tuple(entry.authors),
        language=entry.language,
        image=entry.image,
        private=private,
        published_at=article.published_at,
        pages=tuple(pages_of(session, article.outlet, but=article_id).values()) if article.wants_page else (),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredText:
    """The stored text of an article, as far as the next text is compared with it.

    ``feed_hosts`` are the hosts of the feeds that carry the article.
    """

    url: str | None
    title: str
    text: str
    cuts: tuple[CutLine, ...]
    seen_at: datetime
    feed_hosts: frozenset[str]


def stored_text(session: Session, article_id: int) -> StoredText:
    """Returns the stored text of an article."""
    article = session.get_one(Article, article_id)
    return StoredText(
        url=article.url,
        title=article.title,
        text=article.text,
        cuts=cuts_of(article),
        seen_at=article.seen_at,
        feed_hosts=feed_hosts(session, article_id),
    )


def keep_text(
    session: Session,
    article_id: int,
    text: ArticleText,
    sketch: Sketch,
    *,
    aliases: Iterable[AddressKey],
    published_at: datetime,
    same_page_text: bool,
    now: datetime,
) -> bool:
    """Stores the text of an article and indexes it; returns True if the text is another one than before.

    The text that it replaces becomes a revision. ``aliases`` replace those of the article, ``published_at`` is the
    date of an article for which no entry stated one. If title and text are as before, or if ``same_page_text``
    says that the page has the same lines as before, there is no revision: the article takes the new markup, with
    its links and pictures.
    """
    article = session.get_one(Article, article_id)
    article.modified_at, article.section = text.modified_at, text.section
    article.paywalled, article.live = text.paywalled, text.live
    if text.marks:
        remember_page(session, article_id, article.outlet, text.marks)
    placed = session.scalar(select(col(Copy.article_id)).where(col(Copy.article_id) == article_id)) is not None
    article.claimed_until, article.reading = None, None
    if article.published_at == article.seen_at:  # no entry said when
        article.published_at = published_at
    article.canonical_url = text.canonical_url
    set_aliases(session, article, aliases)
    had_text = article.text_at is not None
    same_words = (article.title, article.text) == (text.title, text.text)
    if had_text and (same_words or same_page_text):
        if same_words:
            article.html, article.cuts = text.html, [asdict(cut) for cut in text.cuts] or None
        article.state = ArticleState.PLACED if placed else ArticleState.READY
        return False
    if had_text:
        _keep_revision(session, article, now)
    article.title, article.text, article.html = text.title, text.text, text.html
    article.cuts = [asdict(cut) for cut in text.cuts] or None
    article.text_source, article.text_reason, article.text_at = text.source, text.reason, now
    article.authors, article.language, article.image = list(text.authors), text.language, text.image
    article.credit = text.credit
    article.state = ArticleState.READY
    keep_sketch(session, article, sketch)
    session.flush()
    return True


def cuts_of(article: Article) -> tuple[CutLine, ...]:
    """The lines that were cut from the text of an article."""
    return tuple(CutLine(**cut) for cut in article.cuts or ())


def _keep_revision(session: Session, article: Article, now: datetime) -> None:
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


def forget_text(session: Session, where: ColumnElement[bool], *, now: datetime, **others: Any) -> None:
    """Let those of the articles that were read be read again, and show nothing of what was read until then.

    For texts that some readers of the article may not see. They do not become revisions. ``others``
    are columns to set beside.
    """
    waiting = {"state": ArticleState.WAITING, "attempts": 0, "next_attempt_at": now, **others}
    was_read = and_(where, or_(col(Article.text_at).is_not(None), col(Article.reading).is_not(None)))
    session.execute(update(table_of(Article)).where(was_read).values(**_UNREAD, **waiting))


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
}
"""What is shown of an article that was not read; by its fingerprints and second keys it is still found."""


def mark_placed(session: Session, article_id: int) -> None:
    """Note that an article is in the story it belongs to, where other texts find it from now on."""
    session.get_one(Article, article_id).state = ArticleState.PLACED
    enter_sketch(session, article_id)


def try_page_again(session: Session, article_id: int, *, reason: str, next_attempt_at: datetime) -> None:
    """Note that a page could not be had for a passing reason, and when to ask again."""
    article = session.get_one(Article, article_id)
    article.attempts += 1
    article.text_reason, article.next_attempt_at, article.claimed_until = reason, next_attempt_at, None


def wait_for_page(session: Session, article_id: int, *, next_attempt_at: datetime) -> None:
    """Note when to ask for a page again that could not be asked for, for want of a network of our own."""
    article = session.get_one(Article, article_id)
    set_due(article, next_attempt_at)


def set_due(article: Article, at: datetime) -> None:
    """Let the page of an article, whether it waits to be read or to be seen again, be due at an instant."""
    article.claimed_until = None
    if article.revisit_at is None:
        article.next_attempt_at = at
    else:
        article.revisit_at = at


def robots_of(session: Session, origin: str, *, now: datetime) -> KeptRobots | None:
    """The robots.txt of an origin, when it was read and still holds."""
    row = session.get(Robots, origin)
    if row is None or row.expires_at <= now:
        return None
    return KeptRobots(origin=row.origin, access=row.access, text=row.text, expires_at=row.expires_at)


def keep_robots(session: Session, robots: KeptRobots) -> None:
    """Keep the robots.txt of an origin."""
    session.merge(Robots(origin=robots.origin, access=robots.access, text=robots.text, expires_at=robots.expires_at))
