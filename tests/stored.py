"""Rows for tests: feeds, entries and articles put in place in one line each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select
from sqlmodel import Session, col

from aggregator.model.dedup import Sketch
from aggregator.model.extraction import ArticleText, TextSource
from aggregator.model.parsing import ChangedEntry, FreshEntry, ParsedEntry
from aggregator.steps.store_text import store_text
from aggregator.store import entries, feeds, host_claims
from aggregator.store.database import Database
from aggregator.store.host_claims import SourceFeed
from aggregator.store.tables import Article, Feed, row_id

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def wanted(
    name: str = "one", *, url: str | None = None, outlet: str | None = None, **others: Any
) -> feeds.ConfiguredFeed:
    """A configured feed of the outlet ``NAME.example``."""
    values: dict[str, Any] = {
        "name": name,
        "url": url or f"https://{name}.example/feed",
        "host": f"{name}.example",
        "outlet": outlet or f"{name}.example",
        "title": None,
        "tags": (),
        "priority": 0,
        "full_text": "auto",
        "every": None,
    }
    return feeds.ConfiguredFeed(**{**values, **others})


def add_feeds(database: Database, *names: str, **others: Any) -> None:
    """Configure these feeds and no others."""
    with database.writing() as session:
        feeds.apply_configured_feeds(session, [wanted(name, **others) for name in names], now=NOW)


def entry(uid: str = "1", **others: Any) -> ParsedEntry:
    """A parsed entry."""
    values: dict[str, Any] = {"uid": uid, "url": f"https://one.example/{uid}", "title": f"Title {uid}"}
    return ParsedEntry(**{**values, **others})


def origin_of(session: Session, name: str) -> SourceFeed:
    """A feed as entries know it."""
    row = feed_row(session, name)
    return host_claims.source_feed_of(row, read_at=host_claims.last_read_at(row))


def feed_row(session: Session, name: str) -> Feed:
    """The row of a feed."""
    return session.scalars(select(Feed).where(col(Feed.name) == name)).one()


def add_entries(
    database: Database, feed: str, *parsed: ParsedEntry, now: datetime = NOW, dropped_by: str | None = None
) -> None:
    """Store entries of a feed as new."""
    with database.writing() as session:
        accepted = [
            entries.NewEntry(
                incoming=FreshEntry(entry=item, digest=f"digest of {item.title} {item.content}"),
                published_at=item.published_at or now,
                page_host=f"{feed}.example",
                dropped_by=dropped_by,
            )
            for item in parsed
        ]
        entries.add_entries(session, origin_of(session, feed), accepted, now=now)


def change_entry(
    session: Session, feed: str, entry_id: int, changed: ParsedEntry, *, digest: str = "new", now: datetime = NOW
) -> None:
    """Store another version of an entry; its host is that of its URL, and no rule drops it."""
    context = entries.EntryContext(
        origin=origin_of(session, feed),
        host_of=lambda url: urlsplit(url).hostname or "",
        dropped_by=lambda _: None,
        now=now,
    )
    incoming = FreshEntry(entry=changed, digest=digest)
    entries.update_entries(session, context, [ChangedEntry(entry_id=entry_id, incoming=incoming)])


def add_article(
    database: Database,
    feed: str,
    uid: str,
    text: str,
    *,
    fingerprints: Iterable[int] = (),
    now: datetime = NOW,
    **more: Any,
) -> int:
    """Store an entry of a feed and the text of its article; gives the article's id."""
    url = f"https://{feed}.example/{uid}"
    add_entries(database, feed, entry(uid, url=url, title=more.get("title", f"Title {uid}")), now=now)
    with database.writing() as session:
        article_id = row_id(session.scalar(select(col(Article.id)).where(col(Article.url) == url)))
        keep_text(session, article_id, text, fingerprints=fingerprints, now=now, **more)
    return article_id


def keep_text(
    session: Session, article_id: int, text: str, *, fingerprints: Iterable[int] = (), now: datetime = NOW, **more: Any
) -> bool:
    """Store a text of an article; ``more`` are fields of it."""
    numbers = tuple(sorted(fingerprints))
    return store_text(
        session,
        article_id,
        ArticleText(
            title=more.get("title", f"Title {article_id}"),
            text=text,
            html=more.get("html", f"<p>{text}</p>"),
            source=TextSource.PAGE,
            reason="the page gave it",
            credit=more.get("credit"),
            language=more.get("language", "en"),
            published_at=more.get("published_at"),
            modified_at=more.get("modified_at"),
            section=more.get("section"),
            paywalled=more.get("paywalled", False),
            live=more.get("live", False),
            cuts=more.get("cuts", ()),
            marks=more.get("marks", ()),
        ),
        Sketch(exact=hash_of(text), fingerprints=numbers, tokens=len(text.split())),
        now=now,
    )


def hash_of(text: str) -> int:
    """A number for a text, the same in every run."""
    return sum(ord(letter) * 31**place for place, letter in enumerate(text[:8]))
